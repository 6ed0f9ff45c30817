"""Reading on a shared computer, taken along: once, within seven days, for what was measured and no more."""

import datetime
import re
import threading
import uuid
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from articles.models import Article
from cpd.actions.reading_codes import claim_code, make_code
from cpd.models import Beat, Reader, ReadingCode, Sitting
from cpd.reading import BeatReport, UnknownSitting, carry_over, take_beat, unclaimed_readings
from cpd.reading_codes import CODES, reading_behind
from cpd.tasks import tidy_now
from tests.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import NINE, ReaderFactory, ReadingCodeFactory, SittingFactory

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)
MINUTE = datetime.timedelta(minutes=1)
CODE, CLAIM, FORGET = "/cpd/reading/code/", "/cpd/reading/claim/", "/cpd/reading/forget/"
ALIKE = "This code has been used, has expired, or is not one of ours."


@pytest.fixture(autouse=True)
def no_rates_of_earlier_tests() -> None:
    cache.clear()


@pytest.fixture
def article() -> Article:
    return ArticleFactory(published=True, title="Sepsis in the first hour")


def ward(article: Article, *, minutes: int = 5, began: datetime.datetime = NOON) -> uuid.UUID:
    """A browser nobody is logged in on, which has read so long, with a beat every 15 seconds."""
    browser, sitting = uuid.uuid4(), uuid.uuid4()
    for number in range(minutes * 4 + 1):
        beat(article, browser, sitting, number, began=began)
    return browser


def beat(
    article: Article, browser: uuid.UUID, sitting: uuid.UUID, number: int, *, began: datetime.datetime = NOON
) -> Sitting:
    report = BeatReport(
        sitting=sitting,
        article=article.slug,
        revision=1,
        sequence=number + 1,
        counted_ms=number * 15_000,
        furthest=0,
        touched=False,
        alone_ms=0,
    )
    return take_beat(report, user=None, browser=browser, now=began + number * 15 * SECOND)[0]


def code_of(article: Article, browser: uuid.UUID, now: datetime.datetime = NOON + 5 * MINUTE) -> str:
    made = make_code(browser=browser, article=article, form_key=uuid.uuid4(), now=now)
    assert made is not None
    return made.code


def on_the_ward(browser: uuid.UUID) -> Client:
    client = Client()
    session = client.session
    session["browser"] = str(browser)
    session.save()
    return client


def minutes_of(user: User) -> list[float]:
    return [reading.measured.timed_ms / 60_000 for reading in unclaimed_readings(user)]


# --- The code --------------------------------------------------------------------------------------------------------


def test_only_a_digest_is_kept(article: Article) -> None:
    code = code_of(article, ward(article))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cpd_readingcode::text FROM cpd_readingcode")
        row = cursor.fetchone()[0]
    assert code not in row and CODES.grouped(code) not in row
    assert ReadingCode.objects.get().sha256 != code


def test_the_same_form_twice_is_one_code(article: Article) -> None:
    browser, key = ward(article), uuid.uuid4()
    first, second = (make_code(browser=browser, article=article, form_key=key, now=NOON + 5 * MINUTE) for _ in "ab")
    assert first == second and first is not None and first.measured.counted_ms == 300_000
    assert ReadingCode.objects.count() == 1


def test_another_browser_learns_nothing_from_the_forms_key(article: Article) -> None:
    key = uuid.uuid4()
    make_code(browser=ward(article), article=article, form_key=key)
    assert make_code(browser=ward(article), article=article, form_key=key) is None


def test_a_glance_is_worth_no_code(article: Article) -> None:
    browser, sitting = uuid.uuid4(), uuid.uuid4()
    for number in (0, 1):
        beat(article, browser, sitting, number)
    assert make_code(browser=browser, article=article, form_key=uuid.uuid4()) is None
    assert Sitting.objects.get().reader.browser == browser


def test_what_is_not_offered_as_cpd_is_not_taken_along(article: Article) -> None:
    browser = ward(article)
    Sitting.objects.update(offered=False)
    assert make_code(browser=browser, article=article, form_key=uuid.uuid4()) is None


# --- It stands still -------------------------------------------------------------------------------------------------


def test_it_cannot_be_stretched(article: Article, reader: User) -> None:
    browser = ward(article)
    [sitting] = Sitting.objects.all()
    code = code_of(article, browser)
    for number in range(21, 41):
        with pytest.raises(UnknownSitting):
            beat(article, browser, sitting.pk, number)
    before = Beat.objects.count()
    claim_code(by=reader, code=code, now=NOON + 60 * MINUTE)
    assert minutes_of(reader) == [5.0]
    # Nor afterwards, by its new owner or by the computer.
    with pytest.raises(UnknownSitting):
        beat(article, browser, sitting.pk, 41)
    report = BeatReport(sitting.pk, article.slug, 1, 99, 3_600_000, 0, True, 0)
    assert take_beat(report, user=reader, browser=None, now=NOON + 6 * MINUTE)[1] == "closed"
    assert Beat.objects.count() == before and minutes_of(reader) == [5.0]


def test_reading_on_counts_anew_and_no_second_twice(article: Article) -> None:
    browser = ward(article)
    code_of(article, browser)
    again = uuid.uuid4()
    for number in range(5):
        beat(article, browser, again, number, began=NOON + 5 * MINUTE)
    assert sum(Sitting.objects.values_list("counted_ms", flat=True)) == 6 * 60_000


def test_the_computer_does_not_carry_it_over_again(article: Article, reader: User, stranger: User) -> None:
    browser = ward(article)
    code = code_of(article, browser)
    assert carry_over(browser=browser, by=stranger) == 0
    claim_code(by=reader, code=code, now=NOON + 10 * MINUTE)
    assert carry_over(browser=browser, by=stranger) == 0
    assert (minutes_of(stranger), minutes_of(reader)) == ([], [5.0])


def test_reading_of_other_articles_stays_with_the_browser(article: Article, reader: User) -> None:
    other = ArticleFactory(published=True)
    browser = ward(article)
    for number in range(9):
        beat(other, browser, uuid.UUID(int=7), number, began=NOON + 30 * MINUTE)
    code_of(article, browser)
    assert carry_over(browser=browser, by=reader) == 1


# --- Claiming --------------------------------------------------------------------------------------------------------


def test_claimed_it_is_ones_own_and_labelled(article: Article, reader: User) -> None:
    code = code_of(article, ward(article))
    claim_code(by=reader, code=code, now=NOON + 10 * MINUTE)
    [sitting] = Sitting.objects.all()
    assert (sitting.reader.user, sitting.before_sign_in, sitting.counted_ms) == (reader, True, 300_000)
    assert not Reader.objects.filter(reading_code__isnull=False).exists()
    row = ReadingCode.objects.get()
    assert (row.claimed_by, row.claimed_at, row.holder) == (reader, NOON + 10 * MINUTE, None)


def test_it_works_once(article: Article, reader: User, stranger: User) -> None:
    code = code_of(article, ward(article))
    assert claim_code(by=reader, code=code, now=NOON + 6 * MINUTE) is not None
    assert claim_code(by=stranger, code=code, now=NOON + 7 * MINUTE) is None
    # Pressed twice by the same person it says the same twice, and adds nothing.
    assert claim_code(by=reader, code=code, now=NOON + 7 * MINUTE) is not None
    assert (minutes_of(reader), minutes_of(stranger)) == ([5.0], [])


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_gets_it(article: Article) -> None:
    code = code_of(article, ward(article), now=datetime.datetime.now(datetime.UTC))
    people, together, won = UserFactory.create_batch(4), threading.Barrier(4), []

    def claim(user: User) -> None:
        together.wait()
        try:
            if claim_code(by=user, code=code) is not None:
                won.append(user.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert [user.pk for user in people if minutes_of(user)] == won


def test_it_expires_after_seven_days_to_the_second(article: Article, reader: User) -> None:
    code = code_of(article, ward(article), now=NOON)
    end = NOON + datetime.timedelta(days=7)
    assert reading_behind(code, end - SECOND) is not None
    assert reading_behind(code, end) is None
    assert claim_code(by=reader, code=code, now=end) is None
    assert claim_code(by=reader, code=code, now=end - SECOND) is not None


def test_time_in_which_its_owner_read_elsewhere_is_not_counted_twice(article: Article, reader: User) -> None:
    SittingFactory(
        reader=ReaderFactory(user=reader),
        started_at=NOON + 2 * MINUTE,
        last_beat_at=NOON + 4 * MINUTE,
        counted_ms=120_000,
    )
    claim_code(by=reader, code=code_of(article, ward(article)), now=NOON + 10 * MINUTE)
    assert sorted(minutes_of(reader)) == [2.0, 3.0]


def test_claiming_takes_the_clock_from_nobody(article: Article, reader: User) -> None:
    """Who is reading on the phone goes on there: the code's sitting holds no clock."""
    code = code_of(article, ward(article))
    claim_code(by=reader, code=code, now=NOON + 6 * MINUTE)
    report = BeatReport(uuid.uuid4(), article.slug, 1, 1, 0, 0, False, 0)
    assert take_beat(report, user=reader, browser=None, now=NOON + 6 * MINUTE)[1] == "counted"


def test_what_nobody_claims_is_deleted(article: Article, reader: User) -> None:
    code_of(article, ward(article), now=NOON)
    claimed = code_of(article, ward(article), now=NOON)
    claim_code(by=reader, code=claimed, now=NOON)
    tidy_now(NOON + datetime.timedelta(days=6))
    assert ReadingCode.objects.count() == 2
    tidy_now(NOON + datetime.timedelta(days=7, seconds=1))
    assert not ReadingCode.objects.exists()
    assert minutes_of(reader) == [5.0] and Sitting.objects.count() == 1
    assert not Reader.objects.exclude(user=reader).filter(sittings__isnull=False).exists()


# --- The pages -------------------------------------------------------------------------------------------------------


def get_code(client: Client, article: Article) -> str:
    page = client.get(CODE, {"article": article.slug}).text
    key = re.search(r'name="key" value="([0-9a-f-]+)"', page)
    assert key
    made = client.post(CODE, {"key": key[1], "article": article.slug})
    assert made.status_code == 200
    found = re.search(r'class="secret reading-code"[^>]*>([^<]+)<', made.text)
    assert found
    return found[1]


def test_from_the_ward_to_the_phone(article: Article, reader: User, reader_client: Client) -> None:
    with time_machine.travel(NOON + 6 * MINUTE):
        client = on_the_ward(ward(article))
        assert "5 min of “Sepsis in the first hour”" in client.get(CODE, {"article": article.slug}).text
        code = get_code(client, article)
        reader_client.force_login(reader)
        shown = reader_client.get(CLAIM, {"code": code.lower()}).text
        assert "Sepsis in the first hour" in shown and "5 min, on another computer" in shown
        assert unclaimed_readings(reader) == []  # To look is not to take.
        done = reader_client.post(CLAIM, {"code": code, "claim": "yes"}, follow=True)
    assert "Added to your reading: 5 min" in done.text
    assert done.request["PATH_INFO"] == "/cpd/activities/new/"
    assert minutes_of(reader) == [5.0]


def test_the_code_is_drawn_without_styles_and_never_kept_on_the_way(article: Article) -> None:
    with time_machine.travel(NOON + 6 * MINUTE):
        client = on_the_ward(ward(article))
        made = client.post(CODE, {"key": str(uuid.uuid4()), "article": article.slug})
    assert re.search(r'<svg class="qr" viewBox="0 0 \d+ \d+" role="img"', made.text)
    assert "style=" not in made.text
    assert "no-store" in made.headers["Cache-Control"]


def test_who_is_not_logged_in_comes_back_to_the_code_after_logging_in(client: Client) -> None:
    answer = client.get(CLAIM, {"code": "7K2MQ-4XW01"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/cpd/reading/claim/%3Fcode%3D7K2MQ-4XW01"


def test_used_expired_and_unknown_look_alike(article: Article, reader_client: Client, stranger: User) -> None:
    used = ReadingCodeFactory(claimed_at=NOON, claimed_by=stranger, made_at=NOON)
    long_ago = NINE - datetime.timedelta(days=30)
    codes = {name: code_of(article, ward(article)) for name in ("used", "expired")}
    claim_code(by=stranger, code=codes["used"], now=NOON + 6 * MINUTE)
    ReadingCode.objects.exclude(pk=used.pk).filter(claimed_at=None).update(made_at=long_ago, expires_at=NINE)
    answers = [
        reader_client.post(CLAIM, {"code": code} | extra)
        for code in (*codes.values(), "0000000000", "nonsense", "7K2MQ\x004XW01", "x" * 100_000)
        for extra in ({}, {"claim": "yes"})
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all(ALIKE in answer.text for answer in answers)


def test_guessing_is_limited(reader: User, stranger_client: Client, article: Article) -> None:
    client = logged_in(reader)
    statuses = [client.get(CLAIM, {"code": f"{number:010d}"}).status_code for number in range(15)]
    statuses += [client.post(CLAIM, {"code": f"{number:010d}"}).status_code for number in range(16)]
    assert statuses == [422] * 30 + [429]
    right = code_of(article, ward(article), now=datetime.datetime.now(datetime.UTC))
    refused = client.post(CLAIM, {"code": right, "claim": "yes"})
    assert refused.status_code == 429 and "Wait an hour" in refused.text
    # Somebody else at another place is not kept from theirs.
    assert stranger_client.get(CLAIM, {"code": right}).status_code == 200


def test_making_codes_is_limited(article: Article, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"make_reading_code": "2/h/ip"}
    client = on_the_ward(uuid.uuid4())
    form = {"key": str(uuid.uuid4()), "article": article.slug}
    assert [client.post(CODE, form).status_code for _ in range(3)] == [422, 422, 429]


def test_without_a_browsers_name_there_is_nothing_to_take(article: Article, client: Client) -> None:
    page = client.get(CODE, {"article": article.slug})
    assert page.status_code == 200 and "Get a code" not in page.text
    assert client.post(CODE, {"key": str(uuid.uuid4()), "article": article.slug}).status_code == 422


@pytest.mark.parametrize("slug", ["", "no-such-article", "ÄÖ", "x" * 5000])
def test_of_no_article_there_is_no_page(client: Client, slug: str) -> None:
    assert client.get(CODE, {"article": slug}).status_code == 404
    assert client.post(CODE, {"key": str(uuid.uuid4()), "article": slug}).status_code == 404


def test_forgetting_leaves_nothing_but_the_code(article: Article, reader: User) -> None:
    other = ArticleFactory(published=True)
    browser = ward(article, began=NOON)
    for number in range(9):
        beat(other, browser, uuid.UUID(int=7), number, began=NOON + 30 * MINUTE)
    client = on_the_ward(browser)
    code = code_of(article, browser)
    assert "knows nothing of what you read" in client.post(FORGET).text
    assert "browser" not in client.session
    assert not Reader.objects.filter(browser=browser).exists()
    assert client.post(FORGET).status_code == 200
    assert claim_code(by=reader, code=code, now=NOON + 10 * MINUTE) is not None
    assert minutes_of(reader) == [5.0]


def test_the_article_offers_it_to_visitors_only(article: Article, client: Client) -> None:
    page = client.get(article.get_absolute_url()).text
    link = reverse("cpd:reading-code", query={"article": article.slug})
    assert re.search(rf'<p data-show="visitor" hidden>[^§]*?{re.escape(link)}', page)
