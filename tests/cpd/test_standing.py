"""What is kept of where somebody stands: asked anew when anything it rests on changes, and only then."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from cpd import catalogue
from cpd.actions import amend_activity, delete_activity
from cpd.ledger import enrolled_of, entries_of, entry_of, marks_of
from cpd.models import Enrolment, Standing
from cpd.rules.types import Outcome, Verdict
from cpd.standing import Stand, standings
from tests.factories.accounts import UserFactory
from tests.factories.cpd import (
    ActivityFactory,
    ArtefactFactory,
    EnrolmentFactory,
    GrantFactory,
    LeaveFactory,
    NoticeFactory,
    PlacementFactory,
    ReflectionFactory,
)

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 22)
NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


def stands(user: User, today: datetime.date = TODAY) -> tuple[list[Stand], int]:
    """Where somebody stands, and what it cost in queries."""
    with CaptureQueriesContext(connection) as queries:
        found = standings(user, today=today)
    return found, len(queries)


@pytest.fixture
def nurse(reader: User) -> Enrolment:
    """The reader as a nurse, with 90 minutes on record."""
    enrolment = EnrolmentFactory(user=reader)
    PlacementFactory(enrolment=enrolment, activity=ActivityFactory(user=reader, minutes=90))
    return enrolment


# --- When it is asked anew -------------------------------------------------------------------------------------------


def test_the_first_time_it_is_judged_and_then_it_stands(reader: User, nurse: Enrolment) -> None:
    [judged], first = stands(reader)
    [kept], second = stands(reader)
    assert (first, second) == (3, 1)
    assert judged.assessment.finding("cpd-total").have == Decimal("1.5")
    assert kept.assessment.findings == judged.assessment.findings
    assert (kept.sums, kept.forecasts, kept.place.unplaced) == (judged.sums, judged.forecasts, judged.place.unplaced)
    assert (kept.assessment.recorded, kept.assessment.verdict) == (
        judged.assessment.recorded,
        judged.assessment.verdict,
    )


def change_activity(user: User) -> None:
    activity = user.activities.get()
    amend_activity(by=user, activity_id=activity.pk, version=activity.version, fields={"minutes": 120})


def delete(user: User) -> None:
    delete_activity(by=user, activity_id=user.activities.get().pk)


def change_placement(user: User) -> None:
    placement = user.activities.get().placements.get()
    placement.marks = ["code/people"]
    placement.save()


def change_enrolment(user: User) -> None:
    enrolment = user.enrolments.get()
    enrolment.trusts_unsure = True
    enrolment.save()


def delete_artefact_of(user: User) -> None:
    artefact = user.enrolments.get().artefacts.get()
    artefact.deleted_at = NOON
    artefact.save()


CHANGES: dict[str, Callable[[User], object]] = {
    "an activity more": lambda user: ActivityFactory(user=user),
    "an activity changed": change_activity,
    "an activity deleted": delete,
    "a placement changed": change_placement,
    "the enrolment changed": change_enrolment,
    "leave": lambda user: LeaveFactory(enrolment=user.enrolments.get()),
    "a grant": lambda user: GrantFactory(enrolment=user.enrolments.get()),
    "an artefact more": lambda user: ArtefactFactory(enrolment=user.enrolments.get()),
    "an artefact deleted": delete_artefact_of,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_what_it_rests_on_is_seen(change: str, reader: User, nurse: Enrolment) -> None:
    ArtefactFactory(enrolment=nurse)
    stands(reader)
    CHANGES[change](reader)
    assert stands(reader)[1] == 3
    assert stands(reader)[1] == 1


def test_what_changed_is_what_is_said(reader: User, nurse: Enrolment) -> None:
    stands(reader)
    change_activity(reader)
    GrantFactory(enrolment=nurse)
    [stand], _ = stands(reader)
    total = stand.assessment.finding("cpd-total")
    assert (total.have, total.need) == (Decimal(2), Decimal(30))


def test_a_new_day_and_a_new_file_are_seen(reader: User, nurse: Enrolment, monkeypatch: pytest.MonkeyPatch) -> None:
    stands(reader)
    assert stands(reader, TODAY + datetime.timedelta(days=1))[1] == 3
    assert stands(reader)[1] == 3
    monkeypatch.setattr(catalogue, "digest_of", lambda framework_id: "another text")
    assert stands(reader)[1] == 3
    monkeypatch.setattr(catalogue, "engine_digest", lambda: "another engine")
    assert stands(reader)[1] == 3


def test_what_it_does_not_rest_on_changes_nothing(reader: User, nurse: Enrolment) -> None:
    stands(reader)
    ActivityFactory()
    NoticeFactory(user=reader, enrolment=nurse, text="Something was corrected.")
    [stand], queries = stands(reader)
    assert queries == 1
    assert [notice.text for notice in stand.notices] == ["Something was corrected."]


def test_only_what_is_stale_is_judged_again(reader: User, nurse: Enrolment) -> None:
    EnrolmentFactory(user=reader, framework="uk-hcpc", titles=[], anchor_on=datetime.date(2028, 8, 31))
    stands(reader)
    for row in Standing.objects.all():
        row.assessment["without_reflection"] = 7
        row.fingerprint = "" if row.pk == nurse.pk else row.fingerprint
        row.save()
    found, _ = stands(reader)
    assert [stand.without_reflection for stand in found] == [0, 7]


@pytest.mark.parametrize(
    "kept", [{}, [], "x", {"assessment": {"version": "of another release"}}, {"assessment": None}, {"assessment": 3}]
)
def test_what_another_release_kept_is_judged_again(kept: object, reader: User, nurse: Enrolment) -> None:
    stands(reader)
    Standing.objects.update(assessment=kept)
    [stand], queries = stands(reader)
    assert queries == 3 and stand.assessment.findings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("assessment", {"recorded": "abc"}),
        ("assessment", {"cycle": {"whole": [], "years": [], "number": 1}}),
        ("assessment", {"findings": [[]]}),
        ("assessment", {"tallies": [1]}),
        ("sums", [["a", "b", 1, 1, "x", "y"]]),
        ("sums", [["a", "b", "many", 1, "1", "1"]]),
        ("sums", 3),
        ("without_reflection", "x"),
    ],
)
def test_one_odd_value_in_what_was_kept_is_enough(name: str, value: Any, reader: User, nurse: Enrolment) -> None:
    stands(reader)
    row = Standing.objects.get()
    row.assessment[name] = {**row.assessment[name], **value} if isinstance(value, dict) else value
    row.save()
    [stand], queries = stands(reader)
    assert queries == 3 and stand.assessment.findings


@pytest.mark.sweep
@pytest.mark.parametrize(
    "titles",
    [
        [{"titles": ["nurse"]}],
        [{"titles": None, "since": None}],
        [{"titles": "nurse", "since": None}],
        [{"titles": [["nurse"]], "since": None}],
        [{"titles": ["nurse"], "since": "soon"}],
        ["nurse"],
        {"titles": ["nurse"]},
        "nurse",
        3,
    ],
)
def test_titles_that_cannot_be_read_are_none(
    titles: Any, reader: User, reader_client: Client, nurse: Enrolment
) -> None:
    Enrolment.objects.update(titles=titles)
    [stand], _ = stands(reader)
    assert stand.enrolled.titles == ()
    for path in ("/", "/cpd/", "/cpd/requirements/", nurse.get_absolute_url()):
        assert reader_client.get(path).status_code == 200


@pytest.mark.sweep
@pytest.mark.parametrize("answers", [[], ["x"], "x", 3])
def test_answers_that_cannot_be_read_make_no_marks(
    answers: Any, reader: User, reader_client: Client, nurse: Enrolment
) -> None:
    artefact = ArtefactFactory(enrolment=nurse, answers=answers)
    assert marks_of("uk-nmc", artefact.kind, answers) == frozenset()
    for path in ("/", "/cpd/", "/cpd/requirements/", nurse.get_absolute_url()):
        assert reader_client.get(path).status_code == 200


def test_days_are_those_where_the_person_is(reader: User, nurse: Enrolment) -> None:
    reader.profile.time_zone = "America/Toronto"
    reader.profile.save()
    User.objects.update(date_joined=datetime.datetime(2026, 1, 1, 1, tzinfo=datetime.UTC))
    reader.refresh_from_db()
    activity = ActivityFactory(user=reader, recorded_at=reader.date_joined)
    [entry] = [each for each in entries_of(reader, [nurse])[nurse.pk] if each.key == str(activity.pk)]
    new_years_eve = datetime.date(2025, 12, 31)
    assert entry.recorded_on == entry_of(activity, None).recorded_on == new_years_eve
    nurse.user = reader
    assert enrolled_of(nurse).recorded_since == new_years_eve


def test_somebody_in_no_framework_costs_one_query(reader: User) -> None:
    ActivityFactory(user=reader)
    assert stands(reader) == ([], 1)


# --- What it says ----------------------------------------------------------------------------------------------------


def test_what_this_release_does_not_know_cannot_be_told(reader: User) -> None:
    EnrolmentFactory(user=reader, framework="mars-mc")
    for _ in range(2):
        [stand], queries = stands(reader)
        assert (stand.framework, stand.assessment.verdict, queries) == (None, Verdict.UNKNOWN, 1)
    assert stand.name == "mars-mc" and "does not know" in stand.assessment.caveats[0]
    assert not Standing.objects.exists()


def test_a_missing_date_and_a_missing_title_are_told(reader: User) -> None:
    EnrolmentFactory(user=reader, anchor_on=None)
    EnrolmentFactory(user=reader, framework="uk-gdc", titles=[], anchor_on=datetime.date(2022, 1, 1))
    found, _ = stands(reader)
    assert [(stand.needs_anchor, stand.needs_title) for stand in found] == [(True, False), (False, True)]


def test_who_has_left_is_on_no_dashboard_and_keeps_a_page_of_the_last_cycle(
    reader: User, reader_client: Client
) -> None:
    left = EnrolmentFactory(user=reader, left_on=datetime.date(2024, 3, 1))
    assert stands(reader)[0] == []
    assert "1 October 2021" in reader_client.get(left.get_absolute_url()).text


def test_categories_are_summed_and_divided_minutes_go_where_they_belong(reader: User) -> None:
    enrolment = EnrolmentFactory(user=reader, framework="au-mba", titles=[], anchor_on=None)
    for minutes, category, split in (
        (60, "educational-activities", {}),
        (90, "educational-activities", {"reviewing-performance": 30}),
        (45, "", {}),
    ):
        PlacementFactory(
            enrolment=enrolment,
            activity=ActivityFactory(user=reader, minutes=minutes),
            category=category,
            split=split,
        )
    for _ in range(2):
        [stand], _ = stands(reader)
        assert [(each.category, each.activities, each.minutes, each.counted) for each in stand.sums] == [
            ("educational-activities", 2, 120, Decimal(2)),
            ("reviewing-performance", 1, 30, Decimal("0.5")),
            ("", 1, 45, Decimal("0.75")),
        ]
        assert stand.unplaced == 1


def test_where_a_body_has_no_categories_nothing_is_without_one(reader: User, nurse: Enrolment) -> None:
    [stand], _ = stands(reader)
    assert [each.category for each in stand.sums] == [""] and stand.unplaced == 0


def test_activities_without_a_reflection_are_counted_where_the_body_asks(reader: User, nurse: Enrolment) -> None:
    EnrolmentFactory(user=reader, framework="uk-fph", titles=[], anchor_on=datetime.date(2027, 3, 31))
    ActivityFactory(user=reader, reflection=ReflectionFactory(user=reader))
    found, _ = stands(reader)
    assert {stand.short: stand.without_reflection for stand in found} == {"NMC": 0, "FPH": 1}


def test_artefacts_count_by_their_chosen_answers_and_quantities(reader: User, nurse: Enrolment) -> None:
    long = "Words. " * 1000
    ArtefactFactory(enrolment=nurse, answers={"content": long})
    ArtefactFactory(enrolment=nurse, kind="practice-hours", quantity=Decimal("450.5"), answers={"hours": "450.5"})
    [stand], _ = stands(reader)
    assert stand.assessment.finding("feedback").have == 1
    assert stand.assessment.finding("practice-hours").outcome is Outcome.MET


# --- What a whole page costs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("activities", [1, 50])
def test_the_tracker_takes_at_most_eight_queries(activities: int) -> None:
    user, client = UserFactory(), Client()
    client.force_login(user)
    three = [
        EnrolmentFactory(user=user),
        EnrolmentFactory(user=user, framework="uk-gdc", titles=[{"titles": ["dentist"], "since": None}]),
        EnrolmentFactory(user=user, framework="uk-rcp-federation", titles=[]),
    ]
    for _ in range(activities):
        activity = ActivityFactory(user=user)
        for enrolment in three:
            PlacementFactory(enrolment=enrolment, activity=activity)
    client.get("/accounts/")  # The first request of a session writes that its owner is here.
    cost = {}
    for state in ("stale", "fresh"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/cpd/").status_code == 200
        cost[state] = len([query for query in queries if "SAVEPOINT" not in query["sql"]])
    assert cost == {"stale": 8, "fresh": 6}


@time_machine.travel(NOON, tick=False)
def test_a_page_asked_for_twice_says_the_same(reader: User, reader_client: Client, nurse: Enrolment) -> None:
    ArtefactFactory(enrolment=nurse)
    pages = [reader_client.get(path).content for path in ["/cpd/requirements/"] * 2]
    assert pages[0] == pages[1]
