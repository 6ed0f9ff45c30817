"""The list of activities: search, filters, totals, order, pages, and what is done to several at once."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from cpd.actions import MOST_AT_ONCE, Change, change_several, delete_several, restore_several
from cpd.actions.placements import version_on
from cpd.models import MOST_TAGS, Activity, Enrolment, Kind, Placement, Provenance
from tests.factories.accounts import UserFactory
from tests.factories.cpd import (
    ActivityFactory,
    EnrolmentFactory,
    EvidenceFactory,
    PlacementFactory,
    ReaderFactory,
    ReflectionFactory,
    SittingFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/cpd/activities/"


@pytest.fixture
def user() -> User:
    user: User = UserFactory()
    return user


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def titles(client: Client, query: str) -> list[str]:
    """What the list shows, in its order."""
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    return [activity.title for activity in answer.context["page"]]


# --- Search and filters ----------------------------------------------------------------------------------------------


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("sepsis", True),
        ("SEPSIS", True),
        ("seps", True),
        ("sepsis deanery", True),
        ("clinic-day", True),
        ("lactate", True),
        ("escalate", True),
        ("audit", True),
        ("sepsis diabetes", False),
        ("100%", False),
        ("_", False),
    ],
)
def test_search_looks_everywhere_for_every_word(client: Client, user: User, query: str, is_found: bool) -> None:
    reflection = ReflectionFactory(user=user, text="Lactate matters", important="Escalate", next_step="An audit")
    ActivityFactory(user=user, title="Sepsis", provider="Deanery", tags=["clinic-day"], reflection=reflection)
    ActivityFactory(user=user, title="Diabetes")
    assert ("Sepsis" in titles(client, f"q={query.replace('%', '%25')}")) is is_found


def test_search_finds_nobody_elses(client: Client) -> None:
    ActivityFactory(title="Somebody else's")
    assert titles(client, "q=somebody") == []


def test_filters_narrow_the_list(client: Client, user: User) -> None:
    today = user.profile.local_date()
    nmc = EnrolmentFactory(user=user)
    old = ActivityFactory(user=user, title="Old", done_on=today - datetime.timedelta(days=800), kind=Kind.TEACHING)
    ActivityFactory(
        user=user,
        title="Timed",
        done_on=today,
        kind=Kind.READING,
        provenance=Provenance.MEASURED,
        measured_seconds=60,
        is_highlight=True,
        reflection=ReflectionFactory(user=user),
    )
    ActivityFactory(user=user, title="Tagged", done_on=today, tags=["asthma"], finish_later=True)
    PlacementFactory(activity=old, enrolment=nmc, category="")
    assert set(titles(client, "")) == {"Old", "Timed", "Tagged"}
    assert titles(client, "kind=teaching") == ["Old"]
    assert titles(client, "tag=asthma") == ["Tagged"]
    assert titles(client, "only=timed") == ["Timed"]
    assert set(titles(client, "only=no-reflection")) == {"Old", "Tagged"}
    EvidenceFactory(user=user, activity=old)
    assert titles(client, "only=evidence") == ["Old"]
    assert titles(client, "only=highlight") == ["Timed"]
    assert titles(client, "only=to-finish") == ["Tagged"]
    assert titles(client, "only=timed&only=to-finish") == []
    assert set(titles(client, "span=year")) == {"Timed", "Tagged"}
    assert set(titles(client, "span=twelve-months")) == {"Timed", "Tagged"}
    assert titles(client, f"last={today - datetime.timedelta(days=1)}") == ["Old"]
    assert set(titles(client, f"first={today}")) == {"Timed", "Tagged"}


def test_filter_by_what_it_counts_as(client: Client, user: User) -> None:
    enrolment = EnrolmentFactory(user=user, framework="uk-rcp-federation")
    planned = ActivityFactory(user=user, title="Planned")
    ActivityFactory(user=user, title="Elsewhere")
    PlacementFactory(activity=planned, enrolment=enrolment, category=first_category(enrolment))
    assert titles(client, f"place={enrolment.pk}:{first_category(enrolment)}") == ["Planned"]


def first_category(enrolment: Enrolment) -> str:
    """A category of its framework."""
    version = version_on(enrolment, datetime.date(2026, 11, 20))
    assert version is not None
    return version.categories[0].id


def test_totals_follow_the_filter(client: Client, user: User) -> None:
    ActivityFactory(user=user, minutes=45, kind=Kind.TEACHING)
    ActivityFactory.create_batch(30, user=user, minutes=60)
    answer = client.get(f"{LIST}?kind=teaching")
    assert "<strong>1 activity</strong>, 45 min" in answer.text
    assert "<strong>31 activities</strong>, 30 h 45 min in all" in client.get(LIST).text


@pytest.mark.parametrize(
    ("sort", "first"),
    [("", "New"), ("oldest", "Old"), ("longest", "Long"), ("shortest", "Old"), ("title", "Long"), ("recorded", "Long")],
)
def test_order(client: Client, user: User, sort: str, first: str) -> None:
    day, moment = datetime.date(2026, 1, 1), timezone.now()
    for number, (title, minutes) in enumerate([("New", 30), ("Old", 10), ("Long", 90)]):
        ActivityFactory(
            user=user,
            title=title,
            minutes=minutes,
            done_on=day - datetime.timedelta(days=number if title != "Old" else 9),
            recorded_at=moment + datetime.timedelta(minutes=number),
        )
    assert titles(client, f"sort={sort}")[0] == first


@pytest.mark.sweep
@pytest.mark.parametrize(
    "query",
    [
        "kind=nap",
        "first=31/31/2026",
        "first=2026-02-01&last=2026-01-01",
        "span=never",
        "tag=unknown",
        "place=x:y",
        "place=8b5c7de4-ac35-4592-9830-d0c9f4d15df5:cpd",
        "sort=worst",
        "only=money",
        "page=0",
        "page=99999999999999999999",
        "q=" + "x" * 300,
        "deleted=x",
        "deleted-at=2026-13-45T00:00:00Z",
    ],
)
def test_nonsense_is_said_and_passed_over(client: Client, user: User, query: str) -> None:
    ActivityFactory(user=user, title="Still here", tags=["a"])
    EnrolmentFactory(user=user)
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert "Still here" in answer.text


def test_pages_keep_the_filter(client: Client, user: User) -> None:
    ActivityFactory.create_batch(30, user=user, kind=Kind.TEACHING)
    assert "?kind=teaching&amp;page=2" in client.get(f"{LIST}?kind=teaching").text
    assert len(titles(client, "kind=teaching&page=2")) == 5


# --- Several at once -------------------------------------------------------------------------------------------------


def test_change_several_in_the_browsers_way(client: Client, user: User) -> None:
    chosen = ActivityFactory.create_batch(3, user=user, tags=["old"])
    other = ActivityFactory(user=user, tags=["old"])
    ticked = {"activity": [each.pk for each in chosen], "list": "kind=course"}
    asks = client.post(f"{LIST}change/", ticked)
    assert asks.status_code == 200 and "Change 3 activities" in asks.text
    saved = client.post(
        f"{LIST}change/",
        {**ticked, "save": "1", "kind": "conference", "add_tags": "asthma, Clinic", "remove_tags": ["old"]},
    )
    assert saved["Location"] == f"{LIST}?kind=course"
    for activity in chosen:
        activity.refresh_from_db()
        assert (activity.kind, activity.tags, activity.version) == (Kind.CONFERENCE, ["asthma", "Clinic"], 2)
    other.refresh_from_db()
    assert (other.kind, other.version) == (Kind.COURSE, 1)


def test_all_of_the_list(client: Client, user: User) -> None:
    ActivityFactory.create_batch(30, user=user)
    ActivityFactory(user=user, kind=Kind.TEACHING)
    client.post(f"{LIST}change/", {"all": "1", "list": "kind=course", "save": "1", "kind": "", "add_tags": "mine"})
    assert user.activities.tagged("mine").count() == 30


def test_nothing_ticked_and_nothing_said(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user)
    answer = client.post(f"{LIST}change/", {"activity": ["nonsense"]}, follow=True)
    assert "Tick the activities first" in answer.text
    empty = client.post(f"{LIST}change/", {"activity": [activity.pk], "save": "1"})
    assert empty.status_code == 422 and "Choose what to change" in empty.text


def test_too_many_are_refused(client: Client, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cpd.views.listing.MOST_AT_ONCE", 2)
    ActivityFactory.create_batch(3, user=user)
    answer = client.post(f"{LIST}delete/", {"all": "1", "list": ""}, follow=True)
    assert "more than" in answer.text
    assert user.activities.kept().count() == 3
    assert MOST_AT_ONCE <= 1000


def test_nobody_elses_is_touched(client: Client, user: User) -> None:
    theirs = ActivityFactory(tags=["a"])
    client.post(f"{LIST}change/", {"activity": [theirs.pk], "save": "1", "kind": "teaching"})
    client.post(f"{LIST}delete/", {"activity": [theirs.pk]})
    change_several(by=user, chosen=[theirs.pk], change=Change(kind=Kind.TEACHING))
    delete_several(by=user, chosen=[theirs.pk])
    theirs.refresh_from_db()
    assert (theirs.kind, theirs.version, theirs.deleted_at) == (Kind.COURSE, 1, None)


def test_a_guess_follows_the_kind_and_what_was_said_stays(user: User) -> None:
    enrolment = EnrolmentFactory(user=user, framework="uk-rcp-federation")
    guessed, said = ActivityFactory(user=user), ActivityFactory(user=user)
    PlacementFactory(activity=guessed, enrolment=enrolment, is_guess=True)
    place = PlacementFactory(activity=said, enrolment=enrolment, is_guess=False, category=first_category(enrolment))
    change_several(by=user, chosen=[guessed.pk, said.pk], change=Change(kind=Kind.TEACHING))
    place.refresh_from_db()
    assert place.category == first_category(enrolment)
    assert Placement.objects.get(activity=guessed).is_guess


def test_a_category_for_several(user: User) -> None:
    enrolment = EnrolmentFactory(user=user, framework="uk-rcp-federation")
    category = first_category(enrolment)
    activities = ActivityFactory.create_batch(2, user=user)
    outcome = change_several(
        by=user, chosen=[each.pk for each in activities], change=Change(categories={enrolment.pk: category})
    )
    assert outcome.changed == 2
    assert set(Placement.objects.values_list("category", "is_guess")) == {(category, False)}
    again = change_several(
        by=user, chosen=[each.pk for each in activities], change=Change(categories={enrolment.pk: category})
    )
    assert again.changed == 0
    unknown = change_several(
        by=user, chosen=[each.pk for each in activities], change=Change(categories={enrolment.pk: "nowhere"})
    )
    assert (unknown.changed, unknown.other_category) == (0, 2)


def test_participatory_minutes_keep_an_activity_from_being_reading(user: User) -> None:
    EnrolmentFactory(user=user, framework="uk-nmc")
    with_others = ActivityFactory(user=user, participatory_minutes=30)
    alone = ActivityFactory(user=user)
    outcome = change_several(by=user, chosen=[with_others.pk, alone.pk], change=Change(kind=Kind.READING))
    assert (outcome.changed, outcome.other_kind) == (1, 1)
    with_others.refresh_from_db()
    assert with_others.kind == Kind.COURSE


def test_tags_are_never_too_many_nor_twice(user: User) -> None:
    full = ActivityFactory(user=user, tags=[f"tag {number}" for number in range(MOST_TAGS)])
    has_it = ActivityFactory(user=user, tags=["Asthma"])
    outcome = change_several(by=user, chosen=[full.pk, has_it.pk], change=Change(add_tags=("asthma",)))
    assert (outcome.changed, outcome.too_many_tags) == (0, 1)


def test_queries_do_not_grow_with_the_number(user: User) -> None:
    EnrolmentFactory(user=user)
    ReaderFactory(user=user)
    counts = []
    for size in (2, 40):
        chosen = [each.pk for each in ActivityFactory.create_batch(size, user=user)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            change_several(by=user, chosen=chosen, change=Change(kind=Kind.TEACHING, add_tags=("x",)))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Delete several, and have them back ------------------------------------------------------------------------------


def test_delete_several_and_undo(client: Client, user: User) -> None:
    chosen = ActivityFactory.create_batch(3, user=user)
    earlier = ActivityFactory(user=user, deleted_at=timezone.now() - datetime.timedelta(days=1))
    answer = client.post(f"{LIST}delete/", {"activity": [each.pk for each in chosen]})
    page = client.get(answer["Location"])
    assert "Deleted 3 activities" in page.text
    client.post(f"{LIST}restore/", {"at": page.context["together"].isoformat()})
    assert user.activities.kept().count() == 3
    earlier.refresh_from_db()
    assert earlier.deleted_at is not None


def test_what_was_logged_again_stays_out(user: User) -> None:
    reader = ReaderFactory(user=user)
    timed = ActivityFactory(user=user, provenance=Provenance.MEASURED, measured_seconds=60, kind=Kind.READING)
    kept = ActivityFactory(user=user, provenance=Provenance.MEASURED, measured_seconds=60, kind=Kind.READING)
    SittingFactory(reader=reader, activity=kept)
    at = delete_several(by=user, chosen=[timed.pk, kept.pk])
    assert restore_several(by=user, deleted_at=at) == (1, 1)
    assert set(Activity.objects.kept().values_list("pk", flat=True)) == {kept.pk}


def test_nobody_else_puts_them_back(user: User) -> None:
    theirs = ActivityFactory()
    at = delete_several(by=theirs.user, chosen=[theirs.pk])
    assert restore_several(by=user, deleted_at=at) == (0, 0)
