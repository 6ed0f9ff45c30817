"""Where somebody was in an article, what they have read, and clearing it."""

import datetime
import json
import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.models import Article, Status
from cpd.actions import clear_history, delete_activity, log_reading
from cpd.counting import Credit
from cpd.models import Activity, Beat, Sitting
from cpd.querysets.reading import place_left, reading_to_carry_on
from cpd.reading import recount, unclaimed_readings
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, RevisionFactory
from tests.factories.cpd import ReaderFactory, SittingFactory

pytestmark = pytest.mark.django_db
HISTORY, CLEAR, BEATS = "/cpd/reading/history/", "/cpd/reading/history/clear/", "/cpd/reading/beats/"
BODY = "<p>Before.</p>" + "".join(f"<h2>Part {number}</h2><p>Words.</p><p>More.</p>" for number in range(1, 4))


@pytest.fixture
def article() -> Article:
    return ArticleFactory(published=True, title="Soap", slug="soap", body=BODY)


def words(response: Any) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def sitting_of(user: User, article: Article, *, ago: int = 0, **fields: Any) -> Sitting:
    """A sitting that ended `ago` hours ago."""
    ended = timezone.now() - datetime.timedelta(hours=ago)
    reader = user.reader if hasattr(user, "reader") else ReaderFactory(user=user)
    plain = {"started_at": ended - datetime.timedelta(minutes=10), "last_beat_at": ended, "furthest": 40}
    plain |= {"section": "section-part-2", "place": 1500}
    return SittingFactory(reader=reader, article=article, **(plain | fields))


def send(client: Client, article: Article, sitting: uuid.UUID, sequence: int = 1, **more: Any) -> Any:
    beat = {"sitting": str(sitting), "article": article.slug, "revision": 1, "sequence": sequence}
    beat |= {"counted_ms": 1000 * sequence, "furthest": 10, "touched": True, "alone_ms": 0}
    return client.post(BEATS, json.dumps(beat | more), content_type="application/json")


def context(client: Client, article: Article, **query: Any) -> Any:
    return client.get(reverse("cpd:reading-context", args=[article.slug], query=query)).json()


# --- The place -------------------------------------------------------------------------------------------------------


def test_beats_carry_the_place_and_the_last_one_stands(reader_client: Client, article: Article) -> None:
    name = uuid.uuid4()
    assert send(reader_client, article, name, section="section-part-3", place=2100).status_code == 200
    send(reader_client, article, name, 2, section="section-part-1", place=400)
    sitting = Sitting.objects.get()
    assert (sitting.section, sitting.place, sitting.furthest) == ("section-part-1", 400, 10)


def test_a_page_from_before_places_goes_on_and_changes_none(reader_client: Client, article: Article) -> None:
    name = uuid.uuid4()
    send(reader_client, article, name, section="section-part-3", place=2100)
    assert send(reader_client, article, name, 2).json()["state"] == "counted"
    assert (Sitting.objects.get().section, Sitting.objects.get().place) == ("section-part-3", 2100)


@pytest.mark.parametrize(
    "place",
    [{"place": -1}, {"place": 10**9}, {"place": 1.5}, {"place": "x"}, {"section": "<b>", "place": 1},
     {"section": "a" * 81, "place": 1}, {"section": "a\x00", "place": 1}, {"section": ["a"], "place": 1}],
)  # fmt: skip
def test_an_absurd_place_is_refused_with_its_beat(reader_client: Client, article: Article, place: Any) -> None:
    assert send(reader_client, article, uuid.uuid4(), **place).status_code == 400
    assert not Sitting.objects.exists()


def test_the_place_counts_for_nothing(reader_client: Client, article: Article) -> None:
    names = uuid.uuid4(), uuid.uuid4()
    for sequence in (1, 2, 3):
        send(reader_client, article, names[0], sequence, section="section-part-1", place=sequence * 1000)
    with_place = Sitting.objects.get(pk=names[0])
    assert recount(with_place, with_place.beats.all()) == Credit(with_place.counted_ms, with_place.offline_ms)


def test_the_page_is_told_the_place_on_any_device(reader_client: Client, reader: User, article: Article) -> None:
    sitting = sitting_of(reader, article)
    assert context(reader_client, article)["place"] == {"section": "section-part-2", "thousandths": 1500}
    assert context(reader_client, article, sitting=sitting.pk)["place"] is None
    assert context(Client(), article)["place"] is None


def test_an_anonymous_browser_finds_its_own_place_only(article: Article) -> None:
    mine, other = Client(), Client()
    for client in (mine, other):
        send(client, article, uuid.uuid4(), section="section-part-2" if client is mine else "", place=500)
    assert context(mine, article)["place"]["section"] == "section-part-2"
    assert context(other, article)["place"] is None


NO_PLACE: dict[str, dict[str, Any]] = {
    "read to the end": {"furthest": 100},
    "just begun": {"section": "", "place": 900},
    "not known": {"place": None, "section": ""},
    "long ago": {"ago": 31 * 24},
    "cleared": {"hidden_at": datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)},
}


@pytest.mark.parametrize("fields", NO_PLACE.values(), ids=NO_PLACE)
def test_there_is_no_place_worth_offering(reader: User, article: Article, fields: dict[str, Any]) -> None:
    sitting_of(reader, article, **fields)
    assert place_left(article, user=reader, browser=None) is None


def test_a_glance_at_the_top_does_not_lose_the_place(reader: User, article: Article) -> None:
    left = sitting_of(reader, article, ago=5)
    sitting_of(reader, article, ago=1, section="", place=300, furthest=5)
    assert place_left(article, user=reader, browser=None) == left


def test_what_was_read_to_the_end_since_is_not_carried_on(reader: User, article: Article) -> None:
    sitting_of(reader, article, ago=5)
    assert reading_to_carry_on(reader) is not None
    sitting_of(reader, article, ago=1, furthest=100)
    assert place_left(article, user=reader, browser=None) is None
    assert reading_to_carry_on(reader) is None


def test_home_leads_to_the_chapter_and_names_it(reader_client: Client, reader: User, article: Article) -> None:
    sitting_of(reader, article)
    page = reader_client.get("/")
    assert "at “Part 2”" in words(page)
    addresses = {
        link["href"] for link in BeautifulSoup(page.content, "html.parser").select("[aria-labelledby=carry-on] a")
    }
    assert addresses == {"/articles/soap/?carry-on=1#section-part-2"}
    # Without JavaScript the chapter's own anchor does.
    assert 'id="section-part-2"' in reader_client.get("/articles/soap/?carry-on=1").text


def test_a_scheduled_article_that_is_out_can_be_carried_on(reader: User, article: Article) -> None:
    Article.objects.filter(pk=article.pk).update(status=Status.SCHEDULED)
    sitting_of(reader, article)
    assert reading_to_carry_on(reader) is not None


def test_a_withdrawn_text_is_not_carried_on(reader: User, article: Article) -> None:
    sitting_of(reader, article)
    article.revision = RevisionFactory(article=article, significance="withdrawal")
    article.save()
    assert reading_to_carry_on(reader) is None


# --- The history -----------------------------------------------------------------------------------------------------


def test_the_history_says_what_when_how_long_and_whether_logged(
    reader_client: Client, reader: User, article: Article
) -> None:
    sitting_of(reader, article, ago=48)
    sitting_of(reader, article, ago=1)
    logged = sitting_of(reader, ArticleFactory(published=True, title="Water")).article
    entry = log_reading(by=reader, activity_id=uuid.uuid4(), article=logged, minutes=10).activity
    page = reader_client.get(HISTORY)
    assert "Soap 20 min Read 2 times, last on" in words(page) and "Not logged" in words(page)
    assert entry.get_absolute_url() in page.text
    assert words(page).index("Water") < words(page).index("Soap")


def test_an_activity_that_was_deleted_is_not_logged(reader_client: Client, reader: User, article: Article) -> None:
    sitting_of(reader, article)
    entry = log_reading(by=reader, activity_id=uuid.uuid4(), article=article, minutes=10).activity
    delete_activity(by=reader, activity_id=entry.pk)
    assert "Not logged" in words(reader_client.get(HISTORY))


def test_nobody_sees_the_history_of_another(stranger_client: Client, reader: User, article: Article) -> None:
    sitting_of(reader, article)
    assert "Soap" not in words(stranger_client.get(HISTORY))
    assert stranger_client.get("/cpd/reading/history/soap/clear/").status_code == 404
    assert stranger_client.post("/cpd/reading/history/soap/clear/").status_code == 404
    stranger_client.post(CLEAR)
    assert Sitting.objects.count() == 1


def test_an_unpublished_article_stays_in_the_history_without_a_link(
    reader_client: Client, reader: User, article: Article
) -> None:
    sitting_of(reader, article)
    Article.objects.filter(pk=article.pk).update(status=Status.DRAFT, title="Secret working title")
    page = reader_client.get(HISTORY)
    assert "Soap" in words(page) and "No longer published" in words(page) and "Secret" not in words(page)
    assert 'href="/articles/soap/"' not in page.text
    assert reader_client.post("/cpd/reading/history/soap/clear/").status_code == 302
    assert not Sitting.objects.exists()


def test_the_history_is_paged(reader_client: Client, reader: User) -> None:
    for number in range(26):
        sitting_of(reader, ArticleFactory(published=True, title=f"Read {number:02}"), ago=number)
    assert "Read 25" not in words(reader_client.get(HISTORY))
    assert "Read 25" in words(reader_client.get(HISTORY, {"page": 2}))


# --- Clearing --------------------------------------------------------------------------------------------------------


def test_clearing_asks_first_and_says_what_is_lost(reader_client: Client, reader: User, article: Article) -> None:
    sitting_of(reader, article)
    shown = words(reader_client.get(CLEAR))
    assert "This cannot be undone. 10 min of reading that you have not logged will be deleted" in shown
    assert Sitting.objects.exists()
    assert "Cleared from your history." in words(reader_client.post(CLEAR, follow=True))
    assert not Sitting.objects.exists() and not unclaimed_readings(reader)


def test_clearing_keeps_the_evidence_out_of_sight(reader_client: Client, reader: User, article: Article) -> None:
    sitting = sitting_of(reader, article)
    Beat.objects.create(
        sitting=sitting, sequence=1, received_at=sitting.started_at, claimed_ms=0, counted_ms=0, offline_ms=0
    )
    entry = log_reading(by=reader, activity_id=uuid.uuid4(), article=article, minutes=10).activity
    assert "Your CPD record stays as it is." in words(reader_client.get(CLEAR))
    reader_client.post(CLEAR)
    assert "Soap" not in words(reader_client.get(HISTORY))
    assert entry.sittings.get().beats.count() == 1
    assert Activity.objects.get() == entry and entry.measured_seconds == 600
    assert context(reader_client, article)["place"] is None


def test_what_was_cleared_is_not_offered_again_when_its_entry_is_deleted(reader: User, article: Article) -> None:
    sitting_of(reader, article)
    entry = log_reading(by=reader, activity_id=uuid.uuid4(), article=article, minutes=10).activity
    clear_history(by=reader)
    delete_activity(by=reader, activity_id=entry.pk)
    assert not unclaimed_readings(reader)


def test_one_article_is_cleared_by_itself(reader_client: Client, reader: User, article: Article) -> None:
    kept = sitting_of(reader, ArticleFactory(published=True))
    sitting_of(reader, article)
    reader_client.post("/cpd/reading/history/soap/clear/")
    assert Sitting.objects.get() == kept
    assert reader_client.get("/cpd/reading/history/soap/clear/").status_code == 404


def test_clearing_leaves_everybody_elses(reader: User, article: Article) -> None:
    other = UserFactory()
    sitting_of(other, article)
    sitting_of(reader, article)
    assert clear_history(by=reader).deleted == 1
    assert Sitting.objects.get().reader.user == other


def test_reading_goes_on_after_clearing_and_no_second_counts_twice(
    reader_client: Client, reader: User, article: Article
) -> None:
    name = uuid.uuid4()
    send(reader_client, article, name)
    reader_client.post(CLEAR)
    assert send(reader_client, article, name, 40).json()["counted_ms"] == 0
    assert Sitting.objects.get().reader.user == reader
