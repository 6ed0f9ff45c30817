"""What a script is told that sends the form of an activity: an outbox after a day without a connection, for one."""

import uuid
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cpd.models import Activity
from meducation.lib.kept_words import owner_token
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import ActivityFactory, EnrolmentFactory, ReflectionFactory

pytestmark = pytest.mark.django_db

NEW = "/cpd/activities/new/"
JSON = {"accept": "application/json"}


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def client(user: User) -> Client:
    client = Client(headers=JSON)
    client.force_login(user)
    return client


def typed(user: User, **changes: str) -> dict[str, str]:
    plain = {"title": "Audit of handover", "kind": "quality", "done_on": "2026-11-20", "minutes": "45"}
    return {"id": str(uuid.uuid4()), "owner": owner_token(user.pk)} | plain | changes


def edit(activity: Activity) -> str:
    return reverse("cpd:activity-update", args=[activity.pk])


def test_saved_says_where_it_is_and_at_which_version(client: Client, user: User) -> None:
    data = typed(user)
    response = client.post(NEW, data)
    activity = user.activities.get()
    assert response.status_code == 200
    assert response.json() == {"url": activity.get_absolute_url(), "id": data["id"], "version": 1}
    response = client.post(edit(activity), data | {"version": "1", "minutes": "50"})
    assert response.status_code == 200 and response.json()["version"] == 2
    activity.refresh_from_db()
    assert activity.minutes == 50


def test_nothing_is_said_on_the_next_page(client: Client, user: User) -> None:
    """The script says it itself, perhaps long before the person looks at a page again."""
    client.post(NEW, typed(user))
    assert "Saved 45 min" not in client.get("/cpd/", headers={"accept": "text/html"}).text


def test_arriving_twice_is_arriving_once(client: Client, user: User) -> None:
    data = typed(user, reflection="Line one.\r\nLine two. ", minutes="045")
    answers = [client.post(NEW, data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json() and user.activities.count() == 1


def test_other_words_under_the_same_id_are_not_lost_and_not_written_over(client: Client, user: User) -> None:
    data = typed(user, reflection="As I left the ward.")
    client.post(NEW, data)
    response = client.post(NEW, data | {"reflection": "As I thought about it at home."})
    assert response.status_code == 409
    assert response.json()["changed"]["reflection"] == "As I left the ward."
    assert user.reflections.get().text == "As I left the ward."


def test_what_is_wrong_is_said_by_field(client: Client, user: User) -> None:
    response = client.post(NEW, typed(user, title="", minutes="0"))
    assert response.status_code == 422
    assert response.json() == {
        "errors": {"title": ["Say what you did, in a few words."], "minutes": ["Enter at least 1 minute."]}
    }
    activity = ActivityFactory(user=user)
    response = client.post(edit(activity), typed(user, version="1", done_on="2999-01-01"))
    assert response.status_code == 422 and list(response.json()["errors"]) == ["done_on"]
    assert user.activities.get().version == 1


def test_what_was_changed_elsewhere_is_told_in_the_fields_of_the_form(client: Client, user: User) -> None:
    enrolment = EnrolmentFactory(user=user, framework="au-mba", titles=[], anchor_on=None)
    activity = ActivityFactory(user=user, reflection=ReflectionFactory(user=user), title="From the phone", version=3)
    response = client.post(edit(activity), typed(user, version="1"))
    assert response.status_code == 409
    answer = response.json()
    assert answer["version"] == 3
    changed = answer["changed"]
    assert (changed["title"], changed["minutes"], changed["done_on"]) == ("From the phone", 60, "2026-11-20")
    assert changed["reflection"] == "I will ask earlier." and changed["done_until"] is None
    assert changed[f"{enrolment.pk}-category"] == "educational-activities"
    assert not {"owner", "id", "version", "placed_for"} & changed.keys()


@pytest.mark.parametrize("to", ["new", "edit"])
def test_signed_out_is_said_and_nothing_is_kept_a_second_time(user: User, to: str) -> None:
    address = NEW if to == "new" else edit(ActivityFactory(user=user))
    client = Client(headers=JSON)
    response = client.post(address, typed(user, version="1", reflection="Precious words, long enough"))
    assert response.status_code == 401 and response.json() == {"login_url": reverse("account_login")}
    assert not client.session.keys()


@pytest.mark.parametrize("to", ["new", "edit"])
def test_the_words_of_one_are_not_saved_for_another(client: Client, user: User, to: str) -> None:
    """On a shared computer somebody else signed in meanwhile."""
    address = NEW if to == "new" else edit(ActivityFactory(user=user))
    response = client.post(address, typed(UserFactory(), version="1"))
    assert response.status_code == 401
    assert not user.activities.filter(title="Audit of handover").exists()


def test_what_is_not_theirs_is_not_found(client: Client, user: User) -> None:
    theirs = ActivityFactory()
    assert client.post(edit(theirs), typed(user, version="1")).status_code == 404
    assert client.post(NEW, typed(user, id=str(theirs.pk))).status_code == 404


def test_an_article_is_logged_likewise(client: Client, user: User) -> None:
    article = ArticleFactory(published=True)
    response = client.post(f"{NEW}?article={article.slug}", typed(user, kind="reading", minutes="12"))
    assert response.status_code == 200 and user.activities.get().article == article


@pytest.mark.sweep
@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "x" * 1_000_000, "9" * 5000, "‮👩🏽‍⚕️", "[]"])
@pytest.mark.parametrize("field", ["title", "minutes", "done_on", "id", "version", "kind", "owner"])
def test_bad_input_is_an_answer(client: Client, user: User, field: str, value: str) -> None:
    activity = ActivityFactory(user=user)
    for address in (NEW, edit(activity)):
        words: dict[str, str | bytes] = {**typed(user, version="1"), field: value.encode("utf-8", "surrogatepass")}
        response = client.post(address, urlencode(words), content_type="application/x-www-form-urlencoded")
        assert response.status_code in (200, 401, 404, 409, 413, 422), response.status_code
        assert response.headers["Content-Type"] == "application/json" or response.status_code in (404, 413)
