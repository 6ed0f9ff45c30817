"""The plan: goals of a CPD year, carried on once, with the activities that were for them."""

import datetime
import uuid
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cpd import catalogue
from cpd.actions.goals import add_goal, carry_goals, choose_activities
from cpd.models import Goal, GoalActivity
from cpd.plans import PLAN_KINDS, due_words
from cpd.tasks import tidy_now
from tests.factories.cpd import ActivityFactory, EnrolmentFactory, GoalActivityFactory, GoalFactory

pytestmark = pytest.mark.django_db
PLAN = "/cpd/plan/"
NEW = "/cpd/plan/goals/new/"
TODAY = datetime.date(2026, 11, 23)
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with time_machine.travel(NOON):
        yield


def typed(**changes: Any) -> dict[str, Any]:
    plain = {"title": "Read an ECG in order", "why": "I guess.", "how": "A course.", "due_on": "2027-03-01"}
    return plain | {"id": str(uuid.uuid4())} | changes


def page(client: Client, path: str = PLAN) -> str:
    return client.get(path).text


# --- Adding and changing ---------------------------------------------------------------------------------------------


def test_a_goal_is_added_and_shown(reader: User, reader_client: Client) -> None:
    shown = reader_client.post(NEW, typed(), follow=True).text
    assert "Added to your plan." in shown and "I guess." in shown and "1 March 2027" in shown
    goal = Goal.objects.get()
    assert (goal.user, goal.planned_on, goal.status) == (reader, TODAY, "open")
    assert "Read an ECG in order" in page(reader_client) and "By 1 March 2027" in page(reader_client)


def test_the_same_form_twice_is_one_goal_and_other_words_are_not_lost(reader_client: Client) -> None:
    words = typed()
    assert reader_client.post(NEW, words).status_code == reader_client.post(NEW, words).status_code == 302
    again = reader_client.post(NEW, words | {"title": "Another thing"})
    assert again.status_code == 422 and "This form was sent already." in again.text and "Another thing" in again.text
    assert Goal.objects.get().title == "Read an ECG in order"


def test_an_id_of_somebody_elses_goal_is_no_way_to_it(reader_client: Client) -> None:
    theirs = GoalFactory()
    assert reader_client.post(NEW, typed(id=str(theirs.pk))).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Say what you want to learn or change, in a few words."),
        ("title", "x" * 201, "at most 200 characters"),
        ("title", "a\x00b", "Null characters are not allowed."),
        ("why", "x" * 1_000_000, "This is longer than 5000 characters"),
        ("due_on", "soon", "Enter a date that exists"),
        ("due_on", "2026-11-22", "This day has passed."),
        ("due_on", "9999-12-31", "Enter a date from 1900 to 2200."),
        ("id", "not-a-uuid", "Enter a valid UUID."),
    ],
    ids=["nothing", "long", "NUL", "a megabyte", "no date", "past", "far", "no id"],
)
def test_bad_input_is_a_sentence_and_nothing_is_stored(
    reader_client: Client, field: str, value: str, sentence: str
) -> None:
    answer = reader_client.post(NEW, typed(**{field: value}))
    assert answer.status_code == 422 and sentence in answer.text
    assert not Goal.objects.exists()


def test_emoji_and_right_to_left_are_words_like_others(reader_client: Client) -> None:
    reader_client.post(NEW, typed(title="🩺 تعلّم قراءة تخطيط القلب"))
    assert "🩺 تعلّم قراءة تخطيط القلب" in page(reader_client)


def test_a_change_over_another_change_is_shown_and_not_made(reader: User, reader_client: Client) -> None:
    goal = GoalFactory(user=reader, title="First")
    path = reverse("cpd:goal-update", args=[goal.pk])
    words = typed(id=str(goal.pk), version="1", status="done", outcome="It went well.")
    assert reader_client.post(path, words | {"title": "From the phone"}).status_code == 302
    clash = reader_client.post(path, words | {"title": "From the desk"})
    assert clash.status_code == 409
    assert "This was changed somewhere else" in clash.text
    assert "From the phone" in clash.text and "From the desk" in clash.text
    assert Goal.objects.get().title == "From the phone"
    assert 'name="version" value="2"' in clash.text
    assert reader_client.post(path, words | {"title": "From the desk", "version": "2"}).status_code == 302
    goal.refresh_from_db()
    assert (goal.title, goal.status, goal.outcome, goal.version) == ("From the desk", "done", "It went well.", 3)


def test_a_date_that_has_passed_may_stay_where_it_stood(reader: User, reader_client: Client) -> None:
    goal = GoalFactory(user=reader, due_on=datetime.date(2026, 1, 5))
    words = typed(id=str(goal.pk), version="1", status="done", due_on="2026-01-05")
    assert reader_client.post(reverse("cpd:goal-update", args=[goal.pk]), words).status_code == 302


def test_deleting_is_undone_for_30_days(reader: User, reader_client: Client) -> None:
    goal = GoalFactory(user=reader, title="Gone")
    shown = reader_client.post(reverse("cpd:goal-delete", args=[goal.pk]), follow=True).text
    assert "You can undo this for 30 days." in shown
    assert "Deleted in the last 30 days" in page(reader_client)
    assert (
        "Put back into your plan." in reader_client.post(reverse("cpd:goal-restore", args=[goal.pk]), follow=True).text
    )
    reader_client.post(reverse("cpd:goal-delete", args=[goal.pk]))
    with time_machine.travel(NOON + datetime.timedelta(days=31)):
        # The session has ended by then.
        reader_client.force_login(reader)
        assert reader_client.get(goal.get_absolute_url()).status_code == 404
        assert reader_client.post(reverse("cpd:goal-restore", args=[goal.pk])).status_code == 404
        tidy_now(datetime.datetime.now(datetime.UTC))
    assert not Goal.objects.exists()
    assert not apps.get_model("cpd", "GoalEvent").objects.exists()


def test_every_change_is_in_the_history(reader: User) -> None:
    goal = GoalFactory(user=reader, title="Before")
    Goal.objects.filter(pk=goal.pk).update(title="After")  # By any route.
    titles = apps.get_model("cpd", "GoalEvent").objects.order_by("pgh_id").values_list("title", flat=True)
    assert list(titles) == ["Before", "After"]


# --- The year --------------------------------------------------------------------------------------------------------


def test_the_year_is_the_persons_own(reader: User, reader_client: Client) -> None:
    reader.profile.year_starts_in = 4
    reader.profile.save()
    GoalFactory(user=reader, title="This year's", planned_on=datetime.date(2026, 4, 1))
    GoalFactory(user=reader, title="Last year's", planned_on=datetime.date(2026, 3, 31), status="done")
    shown = page(reader_client)
    assert "1 April 2026 to 31 March 2027" in shown
    assert "This year&#x27;s" in shown and "Last year&#x27;s" not in shown
    assert '<a href="?year=2025">April 2025 to March 2026</a>' in shown
    assert "Last year&#x27;s" in page(reader_client, f"{PLAN}?year=2025")


@pytest.mark.parametrize("year", ["", "x", "99999999999", "-1", "٢٠٢٦"])
def test_a_year_that_makes_no_sense_is_this_year(reader_client: Client, year: str) -> None:
    assert "1 January 2026 to 31 December 2026" in reader_client.get(PLAN, {"year": year}).text


@pytest.mark.parametrize(
    ("due_on", "status", "words"),
    [
        (None, "open", ""),
        (TODAY, "open", "Due today"),
        (TODAY - datetime.timedelta(days=1), "open", "1 day overdue"),
        (TODAY - datetime.timedelta(days=12), "open", "12 days overdue"),
        (TODAY - datetime.timedelta(days=12), "done", "By 11 November 2026"),
        (datetime.date(2027, 3, 1), "open", "By 1 March 2027"),
    ],
)
def test_overdue_is_said_in_words(due_on: datetime.date | None, status: str, words: str) -> None:
    assert due_words(Goal(due_on=due_on, status=status), TODAY) == words


def test_the_tracker_says_how_many_are_open_and_overdue(reader: User, reader_client: Client) -> None:
    assert "no goal open" in page(reader_client, "/cpd/")
    old = GoalFactory(user=reader, planned_on=datetime.date(2025, 5, 1), due_on=datetime.date(2025, 9, 1))
    GoalFactory(user=reader, carried_from=old)
    GoalFactory(user=reader, due_on=datetime.date(2026, 11, 22))
    GoalFactory(user=reader, due_on=TODAY, status="dropped")
    GoalFactory(user=reader, deleted_at=NOON)
    GoalFactory()
    assert "2 goals open, 1 overdue" in page(reader_client, "/cpd/")


# --- Carried on ------------------------------------------------------------------------------------------------------


def test_open_goals_are_carried_once_and_know_where_they_came_from(reader: User, reader_client: Client) -> None:
    before = {"user": reader, "planned_on": datetime.date(2025, 6, 1)}
    past = GoalFactory(**before, title="Due then", why="Because.", due_on=datetime.date(2025, 12, 1))
    ahead = GoalFactory(**before, title="Due later", due_on=datetime.date(2027, 2, 1))
    part = GoalActivityFactory(goal=past)
    GoalFactory(**before, title="Done", status="done")
    GoalFactory(**before, title="Deleted", deleted_at=NOON)
    strangers = GoalFactory(planned_on=datetime.date(2025, 6, 1))
    assert "2 goals of earlier years are still open" in page(reader_client)
    assert "Carried 2 goals" in reader_client.post(f"{PLAN}carry/", follow=True).text
    assert "Carried" not in reader_client.post(f"{PLAN}carry/", follow=True).text
    new = {goal.carried_from_id: goal for goal in Goal.objects.filter(carried_from__isnull=False)}
    assert set(new) == {past.pk, ahead.pk}
    assert (new[past.pk].why, new[past.pk].due_on, new[past.pk].planned_on) == ("Because.", None, TODAY)
    assert new[ahead.pk].due_on == datetime.date(2027, 2, 1)
    assert part.goal_id == past.pk and not new[past.pk].links.exists()
    assert not Goal.objects.filter(carried_from=strangers).exists()
    assert "See how it began" in page(reader_client, new[past.pk].get_absolute_url())
    assert "See how it goes on" in page(reader_client, past.get_absolute_url())
    assert "Carried into a later year" in page(reader_client, f"{PLAN}?year=2025")


def test_a_carried_goal_that_was_deleted_is_carried_again_and_then_not_put_back(
    reader: User, reader_client: Client
) -> None:
    old = GoalFactory(user=reader, planned_on=datetime.date(2025, 6, 1))
    span = reader.profile.year_of(TODAY)
    assert carry_goals(by=reader, span=span, today=TODAY) == 1
    first = Goal.objects.get(carried_from=old)
    reader_client.post(reverse("cpd:goal-delete", args=[first.pk]))
    assert carry_goals(by=reader, span=span, today=TODAY) == 1
    shown = reader_client.post(reverse("cpd:goal-restore", args=[first.pk]), follow=True).text
    assert "has been carried into a plan again since" in shown
    assert Goal.objects.kept().filter(carried_from=old).count() == 1


# --- Activities ------------------------------------------------------------------------------------------------------


def test_activities_are_ticked_and_unticked(reader: User, reader_client: Client) -> None:
    goal = GoalFactory(user=reader)
    kept, let_go, new = ActivityFactory.create_batch(3, user=reader)
    for activity in (kept, let_go):
        GoalActivityFactory(goal=goal, activity=activity)
    path = reverse("cpd:goal-activities", args=[goal.pk])
    assert page(reader_client, path).count(" checked") == 2
    reader_client.post(path, {"shown": [let_go.pk, new.pk], "activity": [new.pk]})
    assert set(goal.activities.all()) == {kept, new}  # What was on another page stays.
    shown = page(reader_client, goal.get_absolute_url())
    assert kept.title in shown and new.title in shown and let_go.title not in shown


def test_nobody_elses_activity_becomes_part_of_a_goal(reader: User, reader_client: Client) -> None:
    goal, theirs = GoalFactory(user=reader), ActivityFactory()
    path = reverse("cpd:goal-activities", args=[goal.pk])
    reader_client.post(path, {"shown": [theirs.pk, "nonsense"], "activity": [theirs.pk, "nonsense"]})
    mine = ActivityFactory(user=reader)
    reader_client.post(
        reverse("cpd:activity-goals", args=[mine.pk]),
        {"shown": [GoalFactory().pk], "goal": [GoalFactory().pk, "nonsense"]},
    )
    assert not GoalActivity.objects.exists()


def test_activities_are_found_by_the_words_of_their_title(reader: User, reader_client: Client) -> None:
    goal = GoalFactory(user=reader)
    ActivityFactory(user=reader, title="Taught reading an ECG")
    ActivityFactory(user=reader, title="Wound care 100%")
    path = reverse("cpd:goal-activities", args=[goal.pk])
    found = reader_client.get(path, {"q": "ecg taught"}).text
    assert "Taught reading an ECG" in found and "Wound care" not in found
    assert "Wound care" in reader_client.get(path, {"q": "100%"}).text
    assert "No activity of yours" in reader_client.get(path, {"q": "ecg %" + "x" * 5000}).text


def test_a_deleted_activity_is_not_shown(reader: User, reader_client: Client) -> None:
    part = GoalActivityFactory(goal__user=reader, activity__title="Taken back")
    part.activity.deleted_at = NOON
    part.activity.save()
    assert "Taken back" not in page(reader_client, part.goal.get_absolute_url())
    assert "0 activities" in page(reader_client)


def test_the_activitys_page_names_its_goals(reader: User, reader_client: Client) -> None:
    activity, goal = ActivityFactory(user=reader), GoalFactory(user=reader, title="Read an ECG")
    assert "Add it to a goal" in page(reader_client, activity.get_absolute_url())
    reader_client.post(reverse("cpd:activity-goals", args=[activity.pk]), {"shown": [goal.pk], "goal": [goal.pk]})
    shown = page(reader_client, activity.get_absolute_url())
    assert "Part of your plan" in shown and "Read an ECG" in shown
    reader_client.post(reverse("cpd:activity-goals", args=[activity.pk]), {"shown": [goal.pk]})
    assert "Read an ECG" not in page(reader_client, activity.get_absolute_url())


def test_a_goal_may_be_written_for_an_activity(reader: User, reader_client: Client) -> None:
    activity = ActivityFactory(user=reader)
    reader_client.post(f"{NEW}?activity={activity.pk}", typed())
    assert list(Goal.objects.get().activities.all()) == [activity]


@pytest.mark.parametrize("named", ["nonsense", "stranger"])
def test_a_goal_for_what_is_not_ones_own_activity_is_not_found(reader_client: Client, named: str) -> None:
    key = ActivityFactory().pk if named == "stranger" else named
    assert reader_client.get(f"{NEW}?activity={key}").status_code == 404


def test_choosing_twice_changes_nothing(reader: User) -> None:
    goal, activity = GoalFactory(user=reader), ActivityFactory(user=reader)
    for _ in range(2):
        choose_activities(by=reader, goal_id=goal.pk, shown=[activity.pk], ticked=[activity.pk])
    assert GoalActivity.objects.count() == 1


# --- Bodies ----------------------------------------------------------------------------------------------------------


def test_a_body_that_wants_a_plan_is_named_with_the_way_to_it(reader: User, reader_client: Client) -> None:
    enrolment = EnrolmentFactory(
        user=reader,
        framework="uk-gdc",
        titles=[{"titles": ["dentist"], "since": None}],
        anchor_on=datetime.date(2025, 1, 1),
    )
    assert reverse("cpd:artefact-create", args=[enrolment.pk, "pdp"]) in page(reader_client)


def test_a_body_that_wants_none_is_not(reader: User, reader_client: Client) -> None:
    EnrolmentFactory(user=reader)
    assert "Who wants to see a plan" not in page(reader_client)


def test_every_kind_of_plan_is_one_that_some_body_asks_for() -> None:
    kinds = {
        kind.id
        for framework in catalogue.frameworks().values()
        for version in framework.versions
        for kind in version.artefacts
    }
    assert kinds >= PLAN_KINDS


def test_a_goal_is_private_in_every_name_it_has(reader: User) -> None:
    planned = add_goal(by=reader, goal_id=uuid.uuid4(), fields={"title": "My secret"}, planned_on=TODAY)
    assert "secret" not in str(planned.goal)
