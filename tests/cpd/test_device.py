"""What a device asks to keep something for later, and what arrives late."""

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from cpd.actions.offline import when_written
from cpd.models import Activity, AiUse, Reflection
from cpd.reading import reader_name
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
ADD = "/cpd/activities/new/"
JSON = {"accept": "application/json"}


@pytest.fixture
def user() -> User:
    return UserFactory()


def client_of(user: User, *, kept: bool = False) -> Client:
    """Somebody's browser; `kept`: they asked to stay logged in on this device."""
    client = Client()
    client.force_login(user)
    if kept:
        session = client.session
        session.set_expiry(14 * 24 * 60 * 60)
        session.save()
    return client


def said(**more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "title": "Ward round",
        "kind": "teaching",
        "minutes": "30",
        "done_on": timezone.localdate().isoformat(),
    } | more


def test_it_learns_who_is_signed_in_and_nothing_else(user: User) -> None:
    answer = client_of(user).get("/cpd/device/")
    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert answer.json()["reader"] == reader_name(user)
    assert answer.json()["csrf"]
    assert set(answer.json()) == {"signed_in", "reader", "csrf"}
    assert Client().get("/cpd/device/").json()["reader"] is None


def test_a_private_page_says_whose_it_is_and_a_shared_one_does_not(user: User) -> None:
    client = client_of(user)
    assert f'data-reader="{reader_name(user)}"' in client.get("/cpd/").text
    shared = client.get("/privacy/").text
    assert " data-signed-in" in shared and "data-reader" not in shared
    assert " data-signed-in" not in Client().get("/privacy/").text


def test_the_latest_activities_are_copied_to_ones_own_device_only(user: User) -> None:
    mine = ActivityFactory(user=user, title="Mine", minutes=25)
    ActivityFactory(title="Somebody else's")
    ActivityFactory(user=user, title="Deleted", deleted_at=timezone.now())
    assert client_of(user).get("/cpd/activities/recent.json").json()["activities"] == []
    (copy,) = client_of(user, kept=True).get("/cpd/activities/recent.json").json()["activities"]
    assert (copy["id"], copy["version"], copy["title"]) == (str(mine.pk), 1, "Mine")
    assert ["minutes", "25"] in copy["fields"]


def test_copies_cost_the_same_for_one_and_for_many(user: User, django_assert_num_queries: Any) -> None:
    client = client_of(user, kept=True)
    # The first request notes in the session that its owner is here.
    client.get("/cpd/activities/recent.json")
    for many in (1, 30):
        for _ in range(many):
            ActivityFactory(user=user, reflection=Reflection.objects.create(user=user, text="Words"))
        with django_assert_num_queries(3):
            answer = client.get("/cpd/activities/recent.json")
    assert len(answer.json()["activities"]) == 25


def test_a_copy_sent_back_unchanged_changes_nothing(user: User) -> None:
    reflection = Reflection.objects.create(
        user=user,
        text="Happened",
        important="Important",
        next_step="Next",
        ai_use=AiUse.EDITED,
        ai_declared_on=timezone.localdate(),
        is_shareable=True,
    )
    activity = ActivityFactory(
        user=user, provider="The trust", tags=["sepsis", "night shift"], participatory_minutes=0, reflection=reflection
    )
    client = client_of(user, kept=True)
    (copy,) = client.get("/cpd/activities/recent.json").json()["activities"]
    fields = ("title", "provider", "kind", "done_on", "done_until", "minutes", "tags", "is_highlight")
    words = ("text", "important", "next_step", "ai_use", "ai_declared_on", "is_shareable")
    before = [getattr(activity, name) for name in fields], [getattr(reflection, name) for name in words]
    answer = client.post(f"/cpd/activities/{activity.pk}/edit/", dict(copy["fields"]), headers=JSON)
    assert answer.status_code == 200, answer.json()
    activity.refresh_from_db()
    reflection.refresh_from_db()
    assert before == ([getattr(activity, name) for name in fields], [getattr(reflection, name) for name in words])


@pytest.mark.parametrize(
    ("age", "believed"),
    [
        pytest.param(datetime.timedelta(hours=5), True, id="earlier"),
        pytest.param(datetime.timedelta(days=90), True, id="three months ago"),
        pytest.param(datetime.timedelta(days=91), False, id="a clock that is wrong"),
        pytest.param(datetime.timedelta(0), False, id="now"),
        pytest.param(datetime.timedelta(hours=-1), False, id="to come"),
    ],
)
def test_a_device_is_believed_within_reason(age: datetime.timedelta, believed: bool) -> None:
    assert when_written(NOW - age, now=NOW) == (NOW - age if believed else None)


def test_a_new_activity_keeps_when_it_was_written(user: User) -> None:
    written = timezone.now() - datetime.timedelta(hours=3)
    answer = client_of(user).post(ADD, said(written_at=written.isoformat()), headers=JSON)
    assert answer.status_code == 200
    activity = Activity.objects.get()
    assert activity.written_at == written
    assert activity.recorded_at > written


@pytest.mark.parametrize(
    "written", ["", "yesterday", "2026-11-22", "\x00", "9" * 5000, "0001-01-01T00:00:00+23:59", "2026-11-22T10:00:00"]
)
def test_nonsense_about_when_is_left_out_and_the_words_are_kept(user: User, written: str) -> None:
    assert client_of(user).post(ADD, said(written_at=written), headers=JSON).status_code == 200
    assert Activity.objects.get().written_at is None


def test_a_change_does_not_move_when_it_was_written(user: User) -> None:
    activity = ActivityFactory(user=user)
    written = timezone.now() - datetime.timedelta(hours=3)
    fields = said(id=str(activity.pk), version="1", written_at=written.isoformat())
    assert client_of(user).post(f"/cpd/activities/{activity.pk}/edit/", fields, headers=JSON).status_code == 200
    activity.refresh_from_db()
    assert (activity.title, activity.written_at) == ("Ward round", None)


def test_only_a_page_that_comes_next_is_told(user: User) -> None:
    client = client_of(user)
    client.post(ADD, said(title="From the outbox"), headers=JSON)
    assert "to your CPD." not in client.get("/cpd/").text
    client.post(ADD, said(title="From the form", **{"goes-on": "true"}), headers=JSON)
    assert "Saved 30 min to your CPD." in client.get("/cpd/").text
