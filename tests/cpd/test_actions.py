"""Writes to the record: each happens once, for its owner only, and can be taken back."""

import datetime
import uuid
import zoneinfo

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from cpd.actions import (
    Changed,
    InboxChoice,
    LoggedAgain,
    NeedsReason,
    NotYours,
    add_activity,
    amend_activity,
    delete_activity,
    dismiss_readings,
    log_inbox,
    log_reading,
    restore_activity,
)
from cpd.actions.reflections import Reflected
from cpd.models import Activity, Kind, Provenance, Reflection
from cpd.reading import BeatReport, unclaimed_readings
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import NINE, ActivityFactory, SittingFactory

pytestmark = pytest.mark.django_db
LATER = NINE + datetime.timedelta(minutes=11)


@pytest.fixture
def user() -> User:
    return UserFactory()


FIELDS = {"title": "Audit", "kind": Kind.QUALITY, "done_on": datetime.date(2026, 11, 2), "minutes": 90}


# --- Logging reading -------------------------------------------------------------------------------------------------


def test_logging_keeps_what_was_measured_and_a_copy_of_what_was_read(user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    activity = log_reading(
        by=user, activity_id=uuid.uuid4(), article=sitting.article, minutes=8, reflection=" Useful. ", now=LATER
    ).activity
    revision = sitting.article.revision
    assert (activity.minutes, activity.measured_seconds, activity.open_seconds) == (8, 600, 600)
    assert activity.provenance == Provenance.MEASURED
    assert (activity.article_title, activity.revision_number, activity.revision_sha256) == (
        revision.title,
        1,
        revision.sha256,
    )
    assert activity.reflection is not None and activity.reflection.text == "Useful."
    sitting.refresh_from_db()
    assert sitting.activity == activity


def test_the_same_form_twice_logs_once(user: User) -> None:
    sitting, activity_id = SittingFactory(reader__user=user), uuid.uuid4()
    first = log_reading(by=user, activity_id=activity_id, article=sitting.article, minutes=8, now=LATER)
    again = log_reading(by=user, activity_id=activity_id, article=sitting.article, minutes=8, now=LATER)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.activity == again.activity and Activity.objects.count() == 1


def test_the_last_beat_is_counted_in_the_same_breath(user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    beat = BeatReport(sitting.pk, sitting.article.slug, 1, 99, 612_000, 100, True, 0)
    now = sitting.last_beat_at + datetime.timedelta(seconds=12)
    activity = log_reading(
        by=user, activity_id=uuid.uuid4(), article=sitting.article, minutes=10, last_beat=beat, now=now
    ).activity
    assert activity.measured_seconds == 612


def test_more_than_was_timed_needs_a_reason_and_a_begun_minute_does_not(user: User) -> None:
    sitting = SittingFactory(reader__user=user, counted_ms=601_000)
    with pytest.raises(NeedsReason):
        log_reading(by=user, activity_id=uuid.uuid4(), article=sitting.article, minutes=12, now=LATER)
    assert not Activity.objects.exists()
    activity = log_reading(
        by=user, activity_id=uuid.uuid4(), article=sitting.article, minutes=11, more_because="Notes", now=LATER
    ).activity
    assert activity.more_because == ""


def test_a_reason_is_kept(user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    activity = log_reading(
        by=user, activity_id=uuid.uuid4(), article=sitting.article, minutes=20, more_because="Notes", now=LATER
    ).activity
    assert activity.more_because == "Notes"


def test_reading_that_was_never_timed_is_added_by_hand(user: User) -> None:
    article = ArticleFactory(published=True)
    activity = log_reading(by=user, activity_id=uuid.uuid4(), article=article, minutes=30).activity
    assert activity.provenance == Provenance.SELF_DECLARED
    assert activity.measured_seconds is None and activity.revision_sha256 == article.revision.sha256


def test_an_id_of_somebody_else_is_refused(user: User) -> None:
    theirs = ActivityFactory()
    with pytest.raises(NotYours):
        log_reading(by=user, activity_id=theirs.pk, article=ArticleFactory(published=True), minutes=5)
    with pytest.raises(NotYours):
        add_activity(by=user, activity_id=theirs.pk, fields=FIELDS)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Australia/Sydney", datetime.date(2027, 1, 1)),
        ("Europe/London", datetime.date(2026, 12, 31)),
        ("Pacific/Honolulu", datetime.date(2026, 12, 31)),
    ],
)
def test_the_day_is_the_readers_own(zone: str, expected: datetime.date) -> None:
    """Late on New Year's Eve in London it is already next year in Sydney."""
    user = UserFactory()
    user.profile.time_zone = zone
    user.profile.save()
    evening = datetime.datetime(2026, 12, 31, 22, 0, tzinfo=zoneinfo.ZoneInfo("Europe/London"))
    sitting = SittingFactory(reader__user=user, started_at=evening)
    activity = log_reading(by=user, activity_id=uuid.uuid4(), article=sitting.article, minutes=5, now=evening).activity
    assert activity.done_on == expected
    assert user.profile.year_of(activity.done_on).first.year == expected.year


# --- The inbox -------------------------------------------------------------------------------------------------------


def test_several_readings_share_one_reflection_and_are_logged_once(user: User) -> None:
    one = SittingFactory(reader__user=user)
    SittingFactory(reader=one.reader)
    readings, key = unclaimed_readings(user), uuid.uuid4()
    choices = [InboxChoice(reading, minutes=10) for reading in readings]
    for _ in range(2):
        logged = log_inbox(by=user, form_key=key, choices=choices, reflection="Both changed my mind.")
        assert len(logged) == 2
    assert Activity.objects.count() == 2
    assert Reflection.objects.get().activities.count() == 2
    assert not unclaimed_readings(user)


def test_what_was_logged_from_another_page_meanwhile_is_not_logged_again(user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    choices = [InboxChoice(reading, minutes=10) for reading in unclaimed_readings(user)]
    log_reading(by=user, activity_id=uuid.uuid4(), article=sitting.article, minutes=10, now=LATER)
    assert log_inbox(by=user, form_key=uuid.uuid4(), choices=choices) == []
    assert Activity.objects.count() == 1


def test_dismissed_reading_leaves_the_inbox(user: User) -> None:
    SittingFactory(reader__user=user)
    assert dismiss_readings(by=user, readings=unclaimed_readings(user)) == 1
    assert unclaimed_readings(user) == []


# --- Adding, changing, deleting --------------------------------------------------------------------------------------


def test_adding_twice_adds_once(user: User) -> None:
    activity_id = uuid.uuid4()
    assert add_activity(by=user, activity_id=activity_id, fields=FIELDS, reflection="Hm.").is_new
    assert not add_activity(by=user, activity_id=activity_id, fields=FIELDS, reflection="Hm.").is_new
    assert Activity.objects.count() == Reflection.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"minutes": 0}, {"minutes": 1441}, {"done_until": datetime.date(2026, 11, 1)}, {"kind": "nap"}]
)
def test_the_impossible_is_refused(user: User, change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        add_activity(by=user, activity_id=uuid.uuid4(), fields=FIELDS | change)
    assert not Activity.objects.exists()


def test_two_days_hold_two_days_of_minutes(user: User) -> None:
    fields = FIELDS | {"done_until": datetime.date(2026, 11, 3), "minutes": 2880}
    assert add_activity(by=user, activity_id=uuid.uuid4(), fields=fields).activity.minutes == 2880


def test_a_change_from_an_old_form_is_not_written_over_a_newer_one(user: User) -> None:
    activity = ActivityFactory(user=user)
    amend_activity(by=user, activity_id=activity.pk, version=1, fields={"minutes": 30})
    with pytest.raises(Changed) as conflict:
        amend_activity(by=user, activity_id=activity.pk, version=1, fields={"minutes": 45})
    assert conflict.value.current.minutes == 30
    activity.refresh_from_db()
    assert (activity.minutes, activity.version) == (30, 2)


def test_letting_go_of_a_shared_reflection_leaves_it_to_the_others(user: User) -> None:
    reflection = Reflection.objects.create(user=user, text="Shared")
    one, other = ActivityFactory(user=user, reflection=reflection), ActivityFactory(user=user, reflection=reflection)
    amend_activity(by=user, activity_id=one.pk, version=1, fields={}, reflection="")
    other.refresh_from_db()
    assert other.reflection == reflection
    amend_activity(by=user, activity_id=other.pk, version=1, fields={}, reflection=Reflected(version=1))
    assert not Reflection.objects.exists()


def test_nobody_else_can_change_or_delete_it(user: User) -> None:
    activity = ActivityFactory()
    with pytest.raises(Activity.DoesNotExist):
        amend_activity(by=user, activity_id=activity.pk, version=1, fields={"minutes": 1})
    with pytest.raises(Activity.DoesNotExist):
        delete_activity(by=user, activity_id=activity.pk)
    with pytest.raises(Activity.DoesNotExist):
        restore_activity(by=user, activity_id=activity.pk)


def test_a_deleted_activity_comes_back_with_its_reading(user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    activity = log_reading(by=user, activity_id=uuid.uuid4(), article=sitting.article, minutes=8, now=LATER).activity
    for _ in range(2):
        delete_activity(by=user, activity_id=activity.pk)
    assert len(unclaimed_readings(user)) == 1
    restore_activity(by=user, activity_id=activity.pk)
    assert not unclaimed_readings(user) and Activity.objects.kept().count() == 1


def test_it_does_not_come_back_beside_a_second_entry_for_the_same_reading(user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    first = log_reading(by=user, activity_id=uuid.uuid4(), article=sitting.article, minutes=8, now=LATER).activity
    delete_activity(by=user, activity_id=first.pk)
    log_reading(by=user, activity_id=uuid.uuid4(), article=sitting.article, minutes=8, now=LATER)
    with pytest.raises(LoggedAgain):
        restore_activity(by=user, activity_id=first.pk)


def test_after_thirty_days_it_is_gone(user: User) -> None:
    activity = ActivityFactory(user=user)
    delete_activity(by=user, activity_id=activity.pk, now=NINE)
    with pytest.raises(Activity.DoesNotExist):
        restore_activity(by=user, activity_id=activity.pk, now=NINE + datetime.timedelta(days=31))


def test_every_version_is_in_the_history_whatever_route_it_took(user: User) -> None:
    activity = ActivityFactory(user=user, minutes=60)
    Activity.objects.filter(pk=activity.pk).update(minutes=45)
    assert sorted(activity.events.values_list("minutes", flat=True)) == [45, 60]
