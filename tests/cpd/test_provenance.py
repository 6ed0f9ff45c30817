"""Every change is in an activity's history, whoever made it and however."""

import uuid

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from cpd.models import Activity
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory, EnrolmentFactory

# The history has the moment of the transaction: each request needs one of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user() -> User:
    user: User = UserFactory()
    return user


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def add(client: Client, **changes: str) -> Activity:
    key = uuid.uuid4()
    plain = {"title": "Audit", "kind": "quality", "done_on": "2026-11-20", "minutes": "45", "id": str(key)}
    client.post("/cpd/activities/new/", {**plain, "reflection": "", **changes})
    return Activity.objects.get(pk=key)


def history(client: Client, activity: Activity) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    page = client.get(f"/cpd/activities/{activity.pk}/history/")
    assert page.status_code == 200
    return [
        (edit.what, edit.who, [(each.what, each.before, each.after) for each in edit.differences])
        for edit in page.context["edits"]
    ]


def test_a_change_in_the_form_says_what_and_who(client: Client) -> None:
    activity = add(client)
    changes = {"title": "Audit", "kind": "teaching", "done_on": "2026-11-20", "minutes": "90", "version": "1"}
    client.post(f"/cpd/activities/{activity.pk}/edit/", {**changes, "reflection": "Words", "id": str(activity.pk)})
    newest, recorded = history(client, activity)
    assert recorded == ("Recorded", "You", [])
    assert newest[:2] == ("Changed", "You")
    assert ("Kind", "Audit or quality improvement", "Teaching or training others") in newest[2]
    assert ("Minutes", "45 min", "1 h 30 min") in newest[2]
    assert ("What happened", "nothing", "Words") in newest[2]


def test_a_line_of_sql_is_in_it_too(client: Client) -> None:
    activity = add(client)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cpd_activity SET minutes = 600 WHERE id = %s", [activity.pk])
    newest = history(client, activity)[0]
    assert newest == (
        "Changed",
        "Meducation itself, or somebody with access to its database",
        [("Minutes", "45 min", "10 h")],
    )


def test_deleted_and_put_back(client: Client) -> None:
    activity = add(client)
    client.post(f"/cpd/activities/{activity.pk}/delete/")
    assert client.get(f"/cpd/activities/{activity.pk}/history/").status_code == 404
    client.post(f"/cpd/activities/{activity.pk}/restore/")
    assert [what for what, _, _ in history(client, activity)] == ["Put back", "Deleted", "Recorded"]


def test_what_it_counts_as_is_in_the_frameworks_words(client: Client, user: User) -> None:
    enrolment = EnrolmentFactory(user=user, framework="uk-gdc")
    activity = add(client)
    placement = activity.placements.get(enrolment=enrolment)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cpd_placement SET items = 3 WHERE id = %s", [placement.pk])
    newest = history(client, activity)[0]
    assert newest[2] == [("GDC: number of papers or chapters", "1", "3")]


def test_a_strangers_is_hidden(client: Client) -> None:
    assert client.get(f"/cpd/activities/{ActivityFactory().pk}/history/").status_code == 404
