"""Beats against the database: one clock for each reader, whatever arrives."""

import datetime
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from articles.models import Article
from cpd.models import Reader, Sitting
from cpd.reading import (
    BeatReport,
    Elsewhere,
    UnknownSitting,
    carry_over,
    recount,
    take_beat,
    unclaimed_readings,
)
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import ActivityFactory, SittingFactory

pytestmark = pytest.mark.django_db
START = datetime.datetime.now(datetime.UTC).replace(microsecond=0)


@pytest.fixture
def article() -> Article:
    return ArticleFactory(published=True)


@pytest.fixture
def user() -> User:
    return UserFactory()


def at(seconds: float) -> datetime.datetime:
    return START + datetime.timedelta(seconds=seconds)


def report(article: Article, sequence: int = 1, counted_ms: int = 0, **changes: Any) -> BeatReport:
    plain = BeatReport(
        sitting=uuid.UUID(int=1),
        article=article.slug,
        revision=1,
        sequence=sequence,
        counted_ms=counted_ms,
        furthest=0,
        touched=False,
        alone_ms=0,
    )
    return replace(plain, **changes)


def read(article: Article, user: User | None, *, seconds: int, began: float = 0, **changes: Any) -> Sitting:
    """Honest reading, a beat every 15 seconds."""
    browser = changes.pop("browser", None)
    for number, second in enumerate(range(0, seconds + 1, 15)):
        sitting, _ = take_beat(
            report(article, number + 1, second * 1000, **changes), user=user, browser=browser, now=at(began + second)
        )
    return Sitting.objects.get(pk=sitting.pk)


def test_ten_honest_minutes_are_ten_minutes(article: Article, user: User) -> None:
    sitting = read(article, user, seconds=600)
    assert (sitting.counted_ms, sitting.offline_ms, sitting.open_ms) == (600_000, 0, 600_000)
    assert sitting.revision == article.revision


def test_a_replayed_or_reordered_beat_changes_nothing(article: Article, user: User) -> None:
    read(article, user, seconds=60)
    for sequence in (5, 2):
        sitting, state = take_beat(report(article, sequence, 999_000), user=user, browser=None, now=at(75))
        assert (state, sitting.counted_ms) == ("stale", 60_000)
    assert Sitting.objects.get().beats.count() == 5


def test_a_lie_buys_only_the_time_that_passed(article: Article, user: User) -> None:
    read(article, user, seconds=15)
    sitting, _ = take_beat(report(article, 9, 10**9), user=user, browser=None, now=at(20))
    assert sitting.counted_ms == 20_000


def test_a_long_silence_is_kept_apart_as_offline(article: Article, user: User) -> None:
    read(article, user, seconds=15)
    sitting, _ = take_beat(report(article, 9, 615_000), user=user, browser=None, now=at(615))
    assert (sitting.counted_ms, sitting.offline_ms) == (90_000, 525_000)


def test_after_half_an_hour_of_silence_a_sitting_is_closed(article: Article, user: User) -> None:
    read(article, user, seconds=15)
    sitting, state = take_beat(report(article, 9, 90_000), user=user, browser=None, now=at(15 + 30 * 60 + 1))
    assert (state, sitting.counted_ms) == ("closed", 15_000)


def test_a_logged_sitting_is_closed_and_one_whose_entry_was_deleted_is_open(article: Article, user: User) -> None:
    sitting = read(article, user, seconds=15)
    activity = ActivityFactory(user=user)
    Sitting.objects.filter(pk=sitting.pk).update(activity=activity)
    assert take_beat(report(article, 9, 30_000), user=user, browser=None, now=at(30))[1] == "closed"
    activity.deleted_at = at(31)
    activity.save()
    assert take_beat(report(article, 9, 30_000), user=user, browser=None, now=at(32))[1] == "counted"


def test_another_tab_waits_for_forty_seconds_of_silence_or_a_touch(article: Article, user: User) -> None:
    read(article, user, seconds=15)
    other = uuid.UUID(int=2)
    with pytest.raises(Elsewhere):
        take_beat(report(article, 1, 0, sitting=other), user=user, browser=None, now=at(20))
    take_beat(report(article, 1, 0, sitting=other, touched=True), user=user, browser=None, now=at(25))
    with pytest.raises(Elsewhere):
        take_beat(report(article, 9, 40_000), user=user, browser=None, now=at(30))
    sitting, state = take_beat(report(article, 9, 40_000), user=user, browser=None, now=at(66))
    # Given back after silence: only what nobody else was given since is left.
    assert state == "counted" and sitting.counted_ms <= 15_000 + 41_000


def test_two_readers_do_not_disturb_each_other(article: Article, user: User) -> None:
    read(article, user, seconds=15)
    stranger = UserFactory()
    with pytest.raises(UnknownSitting):
        take_beat(report(article, 9, 30_000), user=stranger, browser=None, now=at(30))
    assert (
        take_beat(report(article, 1, 0, sitting=uuid.UUID(int=2)), user=stranger, browser=None, now=at(30))[1]
        == "counted"
    )


@pytest.mark.parametrize("change", [{"article": "no-such-article"}, {"revision": 7}])
def test_a_text_that_is_not_published_cannot_be_sat_with(article: Article, user: User, change: dict[str, Any]) -> None:
    with pytest.raises(UnknownSitting):
        take_beat(replace(report(article), **change), user=user, browser=None, now=at(0))
    assert not Sitting.objects.exists()


def test_a_sitting_cannot_be_moved_to_another_article(article: Article, user: User) -> None:
    read(article, user, seconds=15)
    other = ArticleFactory(published=True)
    with pytest.raises(UnknownSitting):
        take_beat(report(other, 9, 30_000), user=user, browser=None, now=at(30))


def test_a_clock_set_back_neither_pays_nor_breaks(article: Article, user: User) -> None:
    read(article, user, seconds=60)
    sitting, state = take_beat(report(article, 9, 90_000), user=user, browser=None, now=at(-3600))
    assert (state, sitting.counted_ms) == ("counted", 60_000)


def test_what_was_read_with_no_network_at_all_is_offline(article: Article, user: User) -> None:
    sitting, _ = take_beat(report(article, 1, 240_000, alone_ms=240_000), user=user, browser=None, now=at(0))
    assert (sitting.counted_ms, sitting.offline_ms) == (0, 240_000)


def test_the_figure_can_be_worked_out_again_from_the_beats(article: Article, user: User) -> None:
    sitting = read(article, user, seconds=120)
    take_beat(report(article, 50, 700_000), user=user, browser=None, now=at(720))
    sitting.refresh_from_db()
    again = recount(sitting, sitting.beats.all())
    assert (again.counted_ms, again.offline_ms) == (sitting.counted_ms, sitting.offline_ms)
    assert sitting.offline_ms > 0


def test_a_beat_costs_two_statements(article: Article, user: User) -> None:
    read(article, user, seconds=15)
    with CaptureQueriesContext(connection) as queries:
        take_beat(report(article, 9, 30_000), user=user, browser=None, now=at(30))
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 2, statements


schedules = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(-30_000, 400_000),
        st.integers(0, 40_000_000),
        st.booleans(),
        st.integers(0, 500_000),
    ),
    min_size=1,
    max_size=20,
)


@pytest.mark.slow
def test_no_reader_is_counted_more_than_the_time_there_was(article: Article, user: User) -> None:
    """The same through the database, with take-overs, closed sittings and refusals."""

    @given(schedules)
    @settings(max_examples=60, deadline=None, database=None)
    def run(schedule: list[tuple[int, int, int, bool, int]]) -> None:
        savepoint = transaction.savepoint_create()
        now = earliest = latest = START
        for sequence, (which, gap_ms, claimed, touched, alone) in enumerate(schedule, start=1):
            now += datetime.timedelta(milliseconds=gap_ms)
            earliest, latest = min(earliest, now), max(latest, now)
            sent = report(
                article, sequence, claimed, sitting=uuid.UUID(int=10 + which), touched=touched, alone_ms=alone
            )
            try:
                take_beat(sent, user=user, browser=None, now=now)
            except (Elsewhere, UnknownSitting):
                continue
        counted = sum(Sitting.objects.values_list("counted_ms", flat=True))
        transaction.savepoint_rollback(savepoint)
        assert counted <= (latest - earliest) / datetime.timedelta(milliseconds=1)

    run()


# --- Anonymous reading -----------------------------------------------------------------------------------------------


def test_anonymous_reading_is_carried_over_and_labelled(article: Article, user: User) -> None:
    browser = uuid.uuid4()
    read(article, None, seconds=120, browser=browser)
    assert carry_over(browser=browser, by=user) == 1
    reading = unclaimed_readings(user)[0]
    assert reading.is_before_sign_in and reading.measured.counted_ms == 120_000
    assert not Reader.objects.filter(browser=browser).exists()
    # It keeps its label: reading on is a new sitting.
    assert take_beat(report(article, 20, 150_000), user=user, browser=None, now=at(135))[1] == "closed"


def test_carrying_over_twice_or_nothing_is_harmless(article: Article, user: User) -> None:
    browser = uuid.uuid4()
    assert carry_over(browser=browser, by=user) == 0
    read(article, None, seconds=60, browser=browser)
    assert carry_over(browser=browser, by=user) == 1
    assert carry_over(browser=browser, by=user) == 0


def test_reading_on_two_devices_at_once_is_not_carried_over_twice(article: Article, user: User) -> None:
    browser = uuid.uuid4()
    read(article, user, seconds=60, began=60)
    read(article, None, seconds=120, browser=browser, sitting=uuid.UUID(int=2))
    carry_over(browser=browser, by=user)
    assert sum(Sitting.objects.values_list("counted_ms", flat=True)) == 120_000


# --- The inbox -------------------------------------------------------------------------------------------------------


def test_the_inbox_sums_an_articles_sittings_and_leaves_glances_out(user: User) -> None:
    first = SittingFactory(reader__user=user)
    SittingFactory(
        reader=first.reader, article=first.article, started_at=first.started_at + datetime.timedelta(hours=2)
    )
    SittingFactory(reader=first.reader, counted_ms=20_000)
    logged = SittingFactory(reader=first.reader, activity=ActivityFactory(user=user))
    SittingFactory(reader=first.reader, dismissed_at=START)
    SittingFactory()
    readings = unclaimed_readings(user)
    assert [reading.article for reading in readings] == [first.article]
    assert readings[0].measured.minutes == 20
    logged.activity.deleted_at = START
    logged.activity.save()
    assert len(unclaimed_readings(user)) == 2
