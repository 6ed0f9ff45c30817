"""The timer's requests and the inbox."""

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from articles.models import Article
from cpd.actions import log_inbox
from cpd.models import Activity, Reader, Sitting
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import ActivityFactory, SittingFactory

pytestmark = pytest.mark.django_db
BEATS, LOG, INBOX, DISMISS = "/cpd/reading/beats/", "/cpd/reading/log/", "/cpd/reading/", "/cpd/reading/dismiss/"


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def article() -> Article:
    return ArticleFactory(published=True)


def beat(of: Article, **changes: Any) -> dict[str, Any]:
    plain = {"sitting": str(uuid.uuid4()), "article": of.slug, "revision": 1, "sequence": 1, "counted_ms": 1000}
    return plain | {"furthest": 10, "touched": True, "alone_ms": 0} | changes


def post(client: Client, data: Any) -> Any:
    return client.post(
        BEATS, data if isinstance(data, str | bytes) else json.dumps(data), content_type="application/json"
    )


# --- Context ---------------------------------------------------------------------------------------------------------


def test_context_tells_a_reader_what_is_theirs(client: Client, user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    ActivityFactory(user=user, article=sitting.article, done_on=user.profile.local_date(), minutes=7)
    SittingFactory(article=sitting.article)
    answer = client.get(reverse("cpd:reading-context", args=[sitting.article.slug])).json()
    assert answer["signed_in"] and answer["earlier_ms"] == 600_000
    assert [entry["minutes"] for entry in answer["logged"]] == [7]
    assert answer["csrf"] and answer["reader"] and str(user.pk) != answer["reader"]


def test_context_for_a_stranger_is_empty(article: Article) -> None:
    answer = Client().get(reverse("cpd:reading-context", args=[article.slug])).json()
    assert (answer["signed_in"], answer["reader"], answer["earlier_ms"], answer["logged"]) == (False, None, 0, [])


def test_context_of_a_draft_is_not_found(client: Client) -> None:
    assert client.get(reverse("cpd:reading-context", args=[ArticleFactory().slug])).status_code == 404


# --- Beats -----------------------------------------------------------------------------------------------------------


def test_a_beat_opens_a_sitting_and_the_same_one_again_is_stale(client: Client, user: User, article: Article) -> None:
    sent = beat(article)
    assert post(client, sent).json() == {"state": "counted", "counted_ms": 0, "offline_ms": 0, "open_ms": 0}
    assert post(client, sent).json()["state"] == "stale"
    assert Sitting.objects.get().reader.user == user


def test_an_anonymous_browser_is_timed_for_its_session_and_carried_over_by_logging_in(
    article: Article, user: User
) -> None:
    client = Client()
    sent = beat(article)
    assert post(client, sent).status_code == 200
    assert post(client, sent | {"sequence": 2}).json()["state"] == "counted"
    assert Reader.objects.get().browser is not None
    assert client.cookies["sessionid"]["max-age"] == ""
    client.force_login(user)
    assert Sitting.objects.get().reader.user == user and Sitting.objects.get().before_sign_in


@pytest.mark.sweep
@pytest.mark.parametrize(
    "change",
    [
        {"sitting": "x"},
        {"sitting": {"a": 1}},
        {"article": "no spaces"},
        {"article": "\ud800"},
        {"article": "a\x00"},
        {"revision": 0},
        {"revision": "1; DROP"},
        {"sequence": 0},
        {"sequence": 2**63},
        {"sequence": [1]},
        {"counted_ms": -1},
        {"counted_ms": 1.5},
        {"counted_ms": 10**11},
        {"counted_ms": 10**18},
        {"furthest": 101},
        {"alone_ms": None},
    ],
)
def test_an_absurd_beat_is_refused_without_effect(client: Client, article: Article, change: dict[str, Any]) -> None:
    assert post(client, beat(article, **change)).status_code == 400
    assert not Sitting.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '"text"', "[" * 1000, b"\xff\xfe", "{}", '{"sitting": NaN}', "9" * 2000]
)
def test_a_malformed_body_is_refused(client: Client, body: str | bytes) -> None:
    assert post(client, body).status_code == 400


def test_an_over_long_body_is_refused(client: Client) -> None:
    assert post(client, "[" * 200_000).status_code == 413


def test_a_beat_for_somebody_elses_sitting_is_refused_without_effect(client: Client) -> None:
    sitting = SittingFactory()
    response = post(client, beat(sitting.article, sitting=str(sitting.pk), sequence=99, counted_ms=900_000))
    assert response.status_code == 404
    sitting.refresh_from_db()
    assert (sitting.counted_ms, sitting.last_sequence) == (600_000, 41)


def test_a_second_tab_is_told_that_reading_is_timed_elsewhere(client: Client, article: Article) -> None:
    post(client, beat(article))
    assert post(client, beat(article, touched=False)).status_code == 409


def test_a_beat_without_a_token_is_refused(user: User, article: Article) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert post(client, beat(article)).status_code == 403
    token = client.get(reverse("cpd:reading-context", args=[article.slug])).json()["csrf"]
    assert (
        client.post(
            BEATS, json.dumps(beat(article)), content_type="application/json", headers={"x-csrftoken": token}
        ).status_code
        == 200
    )


def test_a_beat_takes_four_queries(client: Client, article: Article) -> None:
    """Session, person, the reader and the sitting, and one write: the promise is at most five."""
    sent = beat(article)
    post(client, sent)
    with CaptureQueriesContext(connection) as queries:
        assert post(client, sent | {"sequence": 2}).json()["state"] == "counted"
    # The test itself is a transaction, so ours shows as savepoints here and as BEGIN and COMMIT elsewhere.
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 4


# --- Logging from the page -------------------------------------------------------------------------------------------


def sheet(article: Article, **changes: str) -> dict[str, str]:
    return {"id": str(uuid.uuid4()), "article": article.slug, "minutes": "10", "reason": "", "reflection": ""} | changes


def test_logging_from_the_sheet(client: Client, user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    data = sheet(
        sitting.article,
        reflection="Good",
        beat=json.dumps(beat(sitting.article, sitting=str(sitting.pk), sequence=50, counted_ms=600_000)),
    )
    first, again = client.post(LOG, data), client.post(LOG, data)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() and first.json()["minutes"] == 10
    assert Activity.objects.get().measured_seconds == 600


def test_the_sheet_says_what_is_wrong(client: Client, user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    assert "minutes" in client.post(LOG, sheet(sitting.article, minutes="1441")).json()["errors"]
    response = client.post(LOG, sheet(sitting.article, minutes="20"))
    assert response.status_code == 422 and "reason" in response.json()["errors"]


def test_signed_out_the_sheet_is_told_to_log_in(article: Article) -> None:
    response = Client().post(LOG, sheet(article))
    assert response.status_code == 401 and response.json()["login_url"] == "/accounts/login/"


def test_a_senseless_last_beat_does_not_lose_the_entry(client: Client, user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    for senseless in ("", "nonsense", "[" * 5000):
        assert client.post(LOG, sheet(sitting.article, beat=senseless)).status_code in (200, 201)


# --- The inbox -------------------------------------------------------------------------------------------------------


def inbox_data(*sittings: Sitting, **changes: str) -> dict[str, str]:
    data = {"key": str(uuid.uuid4()), "reflection": ""}
    for sitting in sittings:
        data |= {
            f"tick_{sitting.article_id}": "on",
            f"minutes_{sitting.article_id}": "10",
            f"because_{sitting.article_id}": "",
        }
    return data | changes


def test_several_are_logged_with_one_reflection(client: Client, user: User) -> None:
    one = SittingFactory(reader__user=user)
    other = SittingFactory(reader=one.reader)
    left = SittingFactory(reader=one.reader)
    page = client.get(INBOX).text
    assert one.revision.title in page and left.revision.title in page
    data = inbox_data(one, other, reflection="Both are about listening.")
    for _ in range(2):
        client.post(INBOX, data)
    assert Activity.objects.count() == 2
    assert len(set(Activity.objects.values_list("reflection", flat=True))) == 1
    page = client.get(INBOX).text
    assert left.revision.title in page and one.revision.title not in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("0", "Enter at least 1 minute."),
        ("", "Enter the minutes it took"),
        ("99", "Say why, in a few words."),
        ("x", "as a whole number"),
    ],
)
def test_wrong_minutes_get_a_sentence_and_keep_the_words(
    client: Client, user: User, change: str, sentence: str
) -> None:
    sitting = SittingFactory(reader__user=user)
    data = inbox_data(sitting, reflection="Precious words") | {f"minutes_{sitting.article_id}": change}
    response = client.post(INBOX, data)
    assert response.status_code == 422 and sentence in response.text and "Precious words" in response.text
    assert not Activity.objects.exists()


def test_reading_logged_meanwhile_is_said_and_nothing_is_lost(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tabs: between the check of the form and the write, the other one logs most of it."""
    first = SittingFactory(reader__user=user)
    second = SittingFactory(
        reader=first.reader, article=first.article, started_at=first.started_at + timedelta(hours=2)
    )

    def after_the_other_tab(**arguments: Any) -> Any:
        Sitting.objects.filter(pk=second.pk).update(activity=ActivityFactory(user=user))
        return log_inbox(**arguments)

    monkeypatch.setattr("cpd.views.reading.log_inbox", after_the_other_tab)
    data = inbox_data(first, reflection="Precious words") | {f"minutes_{first.article_id}": "20"}
    response = client.post(INBOX, data)
    assert response.status_code == 422
    assert "logged from another page meanwhile" in response.text
    assert "Precious words" in response.text
    assert not Activity.objects.filter(article=first.article).exists()


def test_nothing_ticked_is_said(client: Client, user: User) -> None:
    SittingFactory(reader__user=user)
    assert "Tick at least one article." in client.post(INBOX, inbox_data()).text


def test_somebody_elses_reading_cannot_be_ticked(client: Client) -> None:
    theirs = SittingFactory()
    assert client.post(INBOX, inbox_data(theirs)).status_code == 422
    assert not Activity.objects.exists()


def test_reading_can_be_put_aside(client: Client, user: User) -> None:
    sitting, theirs = SittingFactory(reader__user=user), SittingFactory()
    for pk in (sitting.article_id, theirs.article_id, "x"):
        client.post(DISMISS, {"article": pk})
    theirs.refresh_from_db()
    assert theirs.dismissed_at is None
    assert "Nothing waits to be logged" in client.get(INBOX).text


def test_words_in_the_inbox_survive_a_sign_in_that_ended(client: Client, user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    owner = re.search(r'name="owner" value="([^"]+)"', client.get(INBOX).text)
    assert owner
    client.session.flush()
    client.post(INBOX, inbox_data(sitting, reflection="Precious words", owner=owner[1]))
    client.force_login(user)
    page = client.get(INBOX).text
    assert "Precious words" in page
    assert "We kept what you had typed." in page
    assert not Activity.objects.exists()
