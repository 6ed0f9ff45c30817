"""Where activities belong in each framework: guessed, shown, changed, remembered; and why they count."""

import datetime
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cpd import catalogue
from cpd.actions import add_activity, amend_activity, delete_activity, log_inbox, log_reading, restore_activity
from cpd.actions.placements import Said, place_all
from cpd.actions.reading import InboxChoice
from cpd.forms import ActivityForm
from cpd.models import Activity, Enrolment, Kind, Placement
from cpd.reading import unclaimed_readings
from cpd.rules.guessing import Place
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, TopicFactory
from tests.factories.cpd import (
    ActivityFactory,
    EnrolmentFactory,
    JudgedCycleFactory,
    PlacementFactory,
    ReflectionFactory,
    SittingFactory,
)

pytestmark = pytest.mark.django_db
NEW = "/cpd/activities/new/"
TODAY = datetime.date(2026, 11, 20)
FIELDS: dict[str, Any] = {"title": "Audit", "kind": Kind.QUALITY, "done_on": TODAY, "minutes": 90}
NEW_YEAR = datetime.date(2023, 1, 1)


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def nmc(user: User) -> Enrolment:
    return EnrolmentFactory(user=user)


@pytest.fixture
def mba(user: User) -> Enrolment:
    """Australia: three categories among which minutes may be divided, and topics."""
    return EnrolmentFactory(user=user, framework="au-mba", titles=[], anchor_on=None)


@pytest.fixture
def gdc(user: User) -> Enrolment:
    """Dentists: nothing counts without a certificate."""
    held = [{"titles": ["dentist"], "since": None}]
    return EnrolmentFactory(user=user, framework="uk-gdc", titles=held, anchor_on=NEW_YEAR)


@pytest.fixture
def pharmacist(user: User) -> Enrolment:
    """Australian pharmacists: three groups, of which only one may be guessed for a course."""
    return EnrolmentFactory(user=user, framework="au-pharmba", titles=[], anchor_on=None)


@pytest.fixture
def royal_college(user: User) -> Enrolment:
    """Canada: articles count by the piece."""
    return EnrolmentFactory(user=user, framework="ca-rcpsc-moc", titles=[], anchor_on=datetime.date(2026, 1, 1))


def added(user: User, **more: Any) -> Activity:
    return add_activity(by=user, activity_id=uuid.uuid4(), fields=FIELDS, **more).activity


def placement(enrolment: Enrolment, activity: Activity | None = None) -> Placement:
    return enrolment.placements.get(**({"activity": activity} if activity else {}))


def said(category: str = "", *marks: str, **more: Any) -> Said:
    return Said(Place(category, frozenset(marks)), **more)


# --- Placing by guess ------------------------------------------------------------------------------------------------


def test_an_activity_gets_its_place_in_every_framework_at_once(user: User, nmc: Enrolment, mba: Enrolment) -> None:
    activity = added(user)
    assert placement(nmc, activity).category == "" and placement(nmc, activity).is_guess
    assert placement(mba, activity).category == "measuring-outcomes" and placement(mba, activity).is_guess


def test_reading_is_placed_when_it_is_logged(user: User, mba: Enrolment) -> None:
    sitting = SittingFactory(reader__user=user)
    activity = log_reading(by=user, activity_id=uuid.uuid4(), article=sitting.article, minutes=10).activity
    assert placement(mba, activity).category == "educational-activities"


def test_and_so_is_the_inbox(user: User, mba: Enrolment) -> None:
    SittingFactory(reader=SittingFactory(reader__user=user).reader)
    choices = [InboxChoice(reading, 10) for reading in unclaimed_readings(user)]
    log_inbox(by=user, form_key=uuid.uuid4(), choices=choices)
    assert [each.category for each in mba.placements.all()] == ["educational-activities"] * 2


def test_the_same_form_twice_places_once(user: User, mba: Enrolment) -> None:
    activity_id = uuid.uuid4()
    for category in ("educational-activities", "reviewing-performance"):
        add_activity(by=user, activity_id=activity_id, fields=FIELDS, places={mba.pk: said(category)})
    assert placement(mba).category == "educational-activities"


def test_frameworks_that_are_over_get_no_more_places(user: User) -> None:
    EnrolmentFactory(user=user, left_on=datetime.date(2020, 1, 1))
    EnrolmentFactory(user=user, deleted_at=timezone.now())
    EnrolmentFactory(user=user, framework="of-a-newer-release")
    added(user)
    assert not Placement.objects.exists()


def test_what_was_done_before_leaving_and_written_down_later_has_its_place(user: User) -> None:
    left = EnrolmentFactory(user=user, left_on=TODAY)
    day = datetime.timedelta(days=1)
    with time_machine.travel(datetime.datetime(2026, 11, 25, tzinfo=datetime.UTC)):
        activity = added(user)
        fields = FIELDS | {"done_on": TODAY + day}
        add_activity(by=user, activity_id=uuid.uuid4(), fields=fields)
    assert placement(left).activity == activity
    # Nor does having it back place what was done after it was left.
    left.placements.all().delete()
    assert place_all(enrolment=left, by=user) == 1


def test_an_activity_that_is_put_back_gets_its_place_in_what_was_joined_meanwhile(user: User) -> None:
    activity = added(user)
    delete_activity(by=user, activity_id=activity.pk)
    joined = EnrolmentFactory(user=user)
    restore_activity(by=user, activity_id=activity.pk)
    assert placement(joined).activity == activity


def test_nothing_is_placed_under_somebody_elses_enrolment(user: User, nmc: Enrolment) -> None:
    theirs = EnrolmentFactory()
    added(user, places={theirs.pk: said("", "code/safety", is_remembered=True)})
    theirs.refresh_from_db()
    assert not theirs.placements.exists() and theirs.habits == {}
    assert placement(nmc).is_guess


def test_what_is_said_is_no_guess(user: User, mba: Enrolment) -> None:
    whole = {"split": {"reviewing-performance": 30}, "stated": Decimal("1.5"), "items": 2}
    added(user, places={mba.pk: said("educational-activities", "topic/ethics", **whole)})
    row = placement(mba)
    assert (row.category, row.marks, row.is_guess) == ("educational-activities", ["topic/ethics"], False)
    assert (row.split, row.stated, row.items) == ({"reviewing-performance": 30}, Decimal("1.5"), 2)


# --- Remembering -----------------------------------------------------------------------------------------------------


def test_a_choice_is_offered_for_the_next_of_the_kind_only(user: User, mba: Enrolment) -> None:
    added(user, places={mba.pk: said("reviewing-performance", is_remembered=True)})
    mba.refresh_from_db()
    assert mba.habits == {"quality": {"category": "reviewing-performance", "marks": []}}
    assert placement(mba, added(user)).category == "reviewing-performance"
    other = add_activity(by=user, activity_id=uuid.uuid4(), fields=FIELDS | {"kind": Kind.COURSE}).activity
    assert placement(mba, other).category == "educational-activities"


def test_a_fact_of_one_activity_is_not_offered_for_the_next(user: User, gdc: Enrolment) -> None:
    added(user, places={gdc.pk: said("", "verifiable", "outcome/A", is_remembered=True)})
    gdc.refresh_from_db()
    assert gdc.habits == {"quality": {"category": "", "marks": []}}
    assert placement(gdc, added(user)).marks == []


# --- All that is there already ---------------------------------------------------------------------------------------


def test_joining_gives_all_activities_a_place(user: User, mba: Enrolment) -> None:
    mine = [ActivityFactory(user=user), ActivityFactory(user=user, kind=Kind.QUALITY)]
    ActivityFactory(user=user, deleted_at=timezone.now())
    ActivityFactory()
    before = ActivityFactory(user=user, done_on=datetime.date(2020, 5, 1))  # The rules of that time are not known.
    PlacementFactory(enrolment=mba, activity=mine[0], category="reviewing-performance", is_guess=False)
    assert place_all(enrolment=mba, by=user) == 1
    assert {row.activity_id: (row.category, row.is_guess) for row in mba.placements.all()} == {
        mine[0].pk: ("reviewing-performance", False),
        mine[1].pk: ("measuring-outcomes", True),
    }
    assert not before.placements.exists()
    assert place_all(enrolment=mba, by=user) == 0


def test_somebody_elses_enrolment_does_not_exist(user: User) -> None:
    with pytest.raises(Enrolment.DoesNotExist):
        place_all(enrolment=EnrolmentFactory(), by=user)


def test_many_activities_are_placed_in_as_many_queries_as_one(user: User, mba: Enrolment) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            place_all(enrolment=mba, by=user)
        return len(found)

    ActivityFactory(user=user)
    for_one = queries()
    ActivityFactory.create_batch(60, user=user)
    assert queries() == for_one


# --- Changing an activity --------------------------------------------------------------------------------------------


def test_a_guess_is_made_anew_when_the_kind_changes(user: User, mba: Enrolment) -> None:
    activity = added(user)
    amend_activity(by=user, activity_id=activity.pk, version=1, fields={"minutes": 80})
    assert placement(mba).category == "measuring-outcomes"
    amend_activity(by=user, activity_id=activity.pk, version=2, fields={"kind": Kind.COURSE})
    assert placement(mba).category == "educational-activities" and placement(mba).is_guess


def test_what_the_person_said_stays(user: User, mba: Enrolment) -> None:
    activity = added(user, places={mba.pk: said("reviewing-performance")})
    amend_activity(by=user, activity_id=activity.pk, version=1, fields={"kind": Kind.COURSE, "minutes": 20})
    assert placement(mba).category == "reviewing-performance" and not placement(mba).is_guess


def test_an_activity_from_before_joining_gets_its_place_when_it_is_changed(user: User) -> None:
    activity = ActivityFactory(user=user)
    enrolment = EnrolmentFactory(user=user, framework="au-mba")
    amend_activity(by=user, activity_id=activity.pk, version=1, fields={"minutes": 80})
    assert placement(enrolment, activity).category == "educational-activities"


# --- The form --------------------------------------------------------------------------------------------------------


def typed(**changes: Any) -> dict[str, Any]:
    plain = {"title": "A course", "kind": "course", "provider": "", "done_until": "", "minutes": "60"}
    day = {"done_on": timezone.localdate().isoformat()}
    return plain | day | {"reflection": "", "id": str(uuid.uuid4()), "placed_for": "course"} | changes


def of(enrolment: Enrolment, **answers: Any) -> dict[str, Any]:
    """Fields about one enrolment, as they stand on the page: `of(gdc, q_verifiable="on")`."""
    answers |= {"shown": "1"}
    return {f"{enrolment.pk}-{name.replace('_', '-')}": value for name, value in answers.items()}


def shown(client: Client, address: str = NEW) -> ActivityForm:
    form = client.get(address).context["form"]
    assert isinstance(form, ActivityForm)
    return form


def test_without_a_framework_the_form_asks_which(client: Client) -> None:
    page = client.get(NEW).text
    assert "Say what this should count towards" in page and reverse("cpd:enrolment-start") in page
    assert "Participatory" not in page and "Suggest again" not in page


def test_the_form_shows_each_framework_once_with_the_guess_filled_in(
    client: Client, nmc: Enrolment, mba: Enrolment
) -> None:
    EnrolmentFactory(framework="uk-gdc")  # A stranger's.
    page = client.get(NEW).text
    assert page.count('class="place"') == 2 and "GDC" not in page
    assert "<b>NMC</b>: non-participatory hours" in page and "<b>MBA</b>: Educational activities" in page
    assert shown(client)[f"{mba.pk}-category"].value() == "educational-activities"


def test_a_place_that_wants_an_answer_is_open(client: Client, mba: Enrolment, gdc: Enrolment) -> None:
    page = client.get(NEW).text
    assert f'id="place-{gdc.pk}" open' in page and "<b>GDC</b>: does not count as it stands" in page
    assert f'id="place-{mba.pk}">' in page


def test_saving_the_guess_says_it_and_remembers_nothing(client: Client, mba: Enrolment) -> None:
    client.post(NEW, typed() | of(mba, category="educational-activities"))
    mba.refresh_from_db()
    assert (placement(mba).category, placement(mba).is_guess, mba.habits) == ("educational-activities", False, {})


def test_another_choice_is_saved_and_offered_next_time(client: Client, mba: Enrolment) -> None:
    client.post(NEW, typed() | of(mba, category="reviewing-performance", q_topic=["ethics", "professionalism"]))
    assert placement(mba).marks == ["topic/ethics", "topic/professionalism"]
    assert "<b>MBA</b>: Reviewing performance" in client.get(NEW).text


def test_to_save_an_activity_again_changes_no_habit(client: Client, user: User, mba: Enrolment) -> None:
    client.post(NEW, typed() | of(mba, category="reviewing-performance"))
    client.post(NEW, typed() | of(mba, category="measuring-outcomes"))
    first = user.activities.get(placements__category="reviewing-performance")
    again = typed(id=str(first.pk), version="1", title="Renamed") | of(mba, category="reviewing-performance")
    assert client.post(reverse("cpd:activity-update", args=[first.pk]), again).status_code == 302
    mba.refresh_from_db()
    assert mba.habits["course"]["category"] == "measuring-outcomes"


def test_the_same_form_posted_twice_makes_one_place(client: Client, mba: Enrolment) -> None:
    data = typed() | of(mba, category="educational-activities")
    for _ in range(2):
        assert client.post(NEW, data).status_code == 302
    assert mba.placements.count() == 1


def test_fields_about_a_strangers_enrolment_are_passed_over(client: Client, nmc: Enrolment) -> None:
    theirs = EnrolmentFactory(framework="au-mba")
    assert client.post(NEW, typed() | of(theirs, category="reviewing-performance")).status_code == 302
    assert not theirs.placements.exists() and nmc.placements.exists()


def test_the_edit_form_shows_what_was_said(client: Client, user: User, mba: Enrolment) -> None:
    split = {"reviewing-performance": 20}
    client.post(NEW, typed() | of(mba, category="educational-activities", split_reviewing_performance="20"))
    assert placement(mba).split == split
    activity = user.activities.get()
    form = shown(client, reverse("cpd:activity-update", args=[activity.pk]))
    assert form[f"{mba.pk}-split-reviewing-performance"].value() == 20


def test_credits_that_a_certificate_states_are_kept(client: Client, gdc: Enrolment) -> None:
    client.post(NEW, typed(minutes="90") | of(gdc, q_verifiable="on", q_outcome=["A", "C"], stated="1.5"))
    row = placement(gdc)
    assert (row.marks, row.stated) == (["outcome/A", "outcome/C", "verifiable"], Decimal("1.5"))
    address = reverse("cpd:activity-update", args=[row.activity_id])
    assert 'value="1.5"' in client.get(address).text


@pytest.mark.parametrize("is_new", [True, False])
def test_a_certificate_cannot_state_more_time_than_it_took(
    client: Client, user: User, gdc: Enrolment, is_new: bool
) -> None:
    activity = None if is_new else ActivityFactory(user=user)
    address = NEW if activity is None else reverse("cpd:activity-update", args=[activity.pk])
    data = typed(minutes="90") | of(gdc, q_verifiable="on", q_outcome=["A"], stated="13.5")
    response = client.post(address, data)
    assert response.status_code == 422 and f'id="id_{gdc.pk}-stated_error"' in response.text
    sentence = "Your certificate states 13 h 30 min, but you entered 1 h 30 min. Correct one of them."
    assert response.text.count(sentence) == 2  # Beside the field and in the summary.
    assert not gdc.placements.exists()


def test_credits_that_are_no_time_are_not_held_against_the_minutes(client: Client, user: User) -> None:
    held = [{"titles": ["practitioner"], "since": None}]
    hpcsa = EnrolmentFactory(user=user, framework="za-hpcsa", titles=held, anchor_on=None)
    client.post(NEW, typed(minutes="60") | of(hpcsa, category="clinical", stated="10"))
    assert placement(hpcsa).stated == 10


def test_the_line_says_non_participatory_while_the_box_is_empty(client: Client, nmc: Enrolment) -> None:
    assert "<b>NMC</b>: non-participatory hours" in client.get(NEW).text
    page = client.post(NEW, typed(participatory_minutes="30", suggest="untouched")).text
    assert "<b>NMC</b>: hours" in page
    # Filled by JavaScript only, so hidden without.
    assert re.search(r'<button[^>]*data-part="all-of-it" hidden>', page)


def test_what_javascript_does_by_itself_can_be_asked_for_without(client: Client, nmc: Enrolment) -> None:
    page = client.get(NEW).text
    assert "Suggest again for this kind" in page
    today = timezone.localdate()
    for day in (today, today - datetime.timedelta(days=1)):
        assert f'<button class="chip" type="button" value="{day.isoformat()}">' in page
    assert page.count('role="group" aria-label="How long it took" hidden>') == 1


def test_papers_are_counted_where_each_counts(client: Client, royal_college: Enrolment) -> None:
    assert "Number of papers" in client.get(NEW).text
    client.post(NEW, typed(kind="reading", placed_for="reading") | of(royal_college, category="article", items="3"))
    assert placement(royal_college).items == 3


def test_a_long_list_of_categories_explains_them(client: Client, royal_college: Enrolment) -> None:
    page = client.get(NEW).text
    assert "<select" in page and "What the categories mean" in page and "Three credits an hour." in page


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("framework", "answers", "sentence"),
    [
        ("au-mba", {"category": "nonsense"}, "Choose a category of the list."),
        ("au-mba", {"q_topic": ["nonsense"]}, "Tick those of the list only."),
        ("au-mba", {"split_measuring_outcomes": "-1"}, "Enter 0 or more minutes."),
        ("au-mba", {"split_measuring_outcomes": "ten"}, "Enter the minutes as a whole number, like 45."),
        (
            "au-mba",
            {"split_measuring_outcomes": "40", "split_educational_activities": "30"},
            "Together these are 70 minutes, more than the 60 it took.",
        ),
        ("uk-gdc", {"stated": "much"}, "Enter a number, like 1.5."),
        ("uk-gdc", {"stated": "-1"}, "Enter 0 or more."),
        ("uk-gdc", {"stated": "123456"}, "A certificate states less than that."),
        ("uk-gdc", {"stated": "1.23456"}, "Enter at most 3 figures after the point."),
        ("uk-gdc", {"stated": "NaN"}, "Enter a number, like 1.5."),
        ("ca-rcpsc-moc", {"items": "0"}, "Enter at least 1."),
        ("ca-rcpsc-moc", {"items": "1000"}, "Enter at most 999."),
        ("ca-rcpsc-moc", {"items": "some"}, "Enter a whole number, like 2."),
    ],
)
def test_wrong_data_gets_a_sentence_and_keeps_what_was_typed(
    client: Client, user: User, framework: str, answers: dict[str, Any], sentence: str
) -> None:
    enrolment = EnrolmentFactory(user=user, framework=framework, titles=[], anchor_on=NEW_YEAR)
    response = client.post(NEW, typed(reflection="Precious words") | of(enrolment, **answers))
    assert response.status_code == 422 and not user.activities.exists()
    page = response.text
    assert sentence in page and 'id="error-summary"' in page and "Precious words" in page
    assert f'id="place-{enrolment.pk}" open' in page


def test_an_unknown_framework_is_left_out_of_the_form(client: Client, user: User, mba: Enrolment) -> None:
    EnrolmentFactory(user=user, framework="of-a-newer-release")
    assert client.get(NEW).text.count('class="place"') == 1
    assert client.post(NEW, typed() | of(mba, category="educational-activities")).status_code == 302


def test_the_rules_of_the_day_are_asked_about(client: Client, user: User, mba: Enrolment) -> None:
    """The Australian rules begin in 2023: before, we know nothing to ask."""
    data = typed(done_on="2022-05-01") | of(mba, category="educational-activities")
    assert client.post(NEW, data).status_code == 302
    assert not mba.placements.exists() and user.activities.exists()


# --- Reading alone ---------------------------------------------------------------------------------------------------


def test_reading_is_not_offered_as_what_the_body_never_allows(
    client: Client, nmc: Enrolment, mba: Enrolment, gdc: Enrolment
) -> None:
    page = client.get(f"{NEW}?article={ArticleFactory(published=True).slug}").text
    assert "<b>NMC</b>: non-participatory hours" in page and "Participatory minutes" not in page
    assert "<b>GDC</b>: does not count" in page and "verifiable, and I hold" not in page
    assert "Reading alone counts for nothing." in page
    assert 'value="educational-activities"' in page and 'value="measuring-outcomes"' not in page


@pytest.mark.parametrize(
    ("framework", "answers"),
    [
        ("au-mba", {"category": "measuring-outcomes"}),
        ("au-mba", {"split_measuring_outcomes": "10"}),
        ("uk-gdc", {"q_verifiable": "on"}),
        ("uk-gdc", {"q_outcome": ["A"]}),
        ("uk-gdc", {"stated": "1"}),
    ],
)
def test_to_say_so_all_the_same_is_answered_with_a_reason(
    client: Client, user: User, framework: str, answers: dict[str, Any]
) -> None:
    enrolment = EnrolmentFactory(user=user, framework=framework, titles=[], anchor_on=NEW_YEAR)
    response = client.post(NEW, typed(kind="reading", placed_for="reading") | of(enrolment, **answers))
    assert response.status_code == 422 and "If you did more than read, choose another kind." in response.text
    assert f'id="place-{enrolment.pk}" open' in response.text and not user.activities.exists()


def test_reading_alone_is_never_participatory(client: Client, user: User, nmc: Enrolment) -> None:
    response = client.post(NEW, typed(kind="reading", placed_for="reading", participatory_minutes="10"))
    assert response.status_code == 422 and "Reading alone is not participatory." in response.text
    assert 'value="10"' in response.text and not user.activities.exists()


# --- Participatory minutes -------------------------------------------------------------------------------------------


def test_participatory_minutes_are_asked_once_where_a_body_asks(client: Client, user: User, nmc: Enrolment) -> None:
    page = client.get(NEW).text
    assert page.count('name="participatory_minutes"') == 1
    assert catalogue.frameworks()["uk-nmc"].versions[-1].participatory_help in page
    client.post(NEW, typed(participatory_minutes="40"))
    assert user.activities.get().participatory_minutes == 40


def test_nobody_else_is_asked(client: Client, mba: Enrolment) -> None:
    assert "participatory_minutes" not in client.get(NEW).text


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("61", "This is a part of the 60 minutes. Enter fewer."),
        ("-1", "greater than or equal to 0"),
        ("most", "Enter the minutes as a whole number, like 45."),
    ],
)
def test_participatory_minutes_are_a_part_of_the_minutes(
    client: Client, nmc: Enrolment, value: str, sentence: str
) -> None:
    response = client.post(NEW, typed(participatory_minutes=value))
    assert response.status_code == 422 and sentence in response.text


def test_minutes_that_were_participatory_stay_where_nobody_asks(client: Client, user: User, mba: Enrolment) -> None:
    activity = ActivityFactory(user=user, participatory_minutes=30)
    address = reverse("cpd:activity-update", args=[activity.pk])
    assert 'name="participatory_minutes"' in client.get(address).text
    assert client.post(address, typed(version="1", minutes="20", participatory_minutes="30")).status_code == 422


# --- When the kind changes -------------------------------------------------------------------------------------------


def test_the_guess_follows_a_kind_that_is_changed_without_looking(client: Client, mba: Enrolment) -> None:
    client.post(NEW, typed(kind="quality") | of(mba, category="educational-activities"))
    assert placement(mba).category == "measuring-outcomes" and placement(mba).is_guess


def test_so_it_does_when_an_activity_is_changed(client: Client, user: User, mba: Enrolment) -> None:
    activity = added(user)
    data = typed(version="1", placed_for="quality") | of(mba, category="measuring-outcomes")
    assert client.post(reverse("cpd:activity-update", args=[activity.pk]), data).status_code == 302
    assert placement(mba).category == "educational-activities" and placement(mba).is_guess


def test_a_choice_of_ones_own_does_not_follow(client: Client, mba: Enrolment) -> None:
    client.post(NEW, typed(kind="quality") | of(mba, category="reviewing-performance"))
    assert placement(mba).category == "reviewing-performance" and not placement(mba).is_guess


def test_asking_for_suggestions_saves_nothing_and_loses_nothing(client: Client, user: User, mba: Enrolment) -> None:
    data = typed(kind="quality", title="Half-typed", minutes="", suggest="all")
    response = client.post(NEW, data | of(mba, category="reviewing-performance", q_topic=["ethics"]))
    assert response.status_code == 200 and not user.activities.exists()
    page = response.text
    assert "<b>MBA</b>: Measuring outcomes" in page and "Half-typed" in page and "error-summary" not in page
    assert 'name="placed_for" value="quality"' in page


def test_a_page_that_follows_by_itself_keeps_what_was_chosen(client: Client, mba: Enrolment, gdc: Enrolment) -> None:
    data = typed(kind="quality", suggest="untouched") | of(gdc, q_verifiable="on")
    form = client.post(NEW, data | of(mba, category="reviewing-performance")).context["form"]
    assert form[f"{mba.pk}-category"].value() == "reviewing-performance"
    assert form[f"{gdc.pk}-q-verifiable"].value() == "on"
    form = client.post(NEW, data | of(mba, category="educational-activities")).context["form"]
    assert form[f"{mba.pk}-category"].value() == "measuring-outcomes"


def test_a_category_that_is_not_offered_any_more_gives_way(client: Client, mba: Enrolment) -> None:
    data = typed(kind="reading") | of(mba, category="measuring-outcomes")
    assert client.post(NEW, data).status_code == 422  # Never behind one's back, when it is saved.
    page = client.post(NEW, data | {"suggest": "untouched"}).text
    assert "<b>MBA</b>: Educational activities" in page


def test_what_reading_cannot_be_is_not_dropped_behind_ones_back(client: Client, gdc: Enrolment) -> None:
    data = typed(kind="reading", suggest="untouched") | of(gdc, q_verifiable="on")
    page = client.post(NEW, data).text
    assert "verifiable, and I hold" in page and "Reading alone counts for nothing." in page


def test_the_edit_form_suggests_too(client: Client, user: User, mba: Enrolment) -> None:
    activity = ActivityFactory(user=user)
    PlacementFactory(activity=activity, enrolment=mba, category="reviewing-performance", is_guess=False)
    address = reverse("cpd:activity-update", args=[activity.pk])
    data = typed(kind="quality", version="1") | of(mba, category="reviewing-performance")
    kept = client.post(address, data | {"suggest": "untouched"}).context["form"]
    assert kept[f"{mba.pk}-category"].value() == "reviewing-performance"
    fresh = client.post(address, data | {"suggest": "all"}).context["form"]
    assert fresh[f"{mba.pk}-category"].value() == "measuring-outcomes"
    activity.refresh_from_db()
    assert activity.version == 1


def test_an_edit_from_an_old_form_keeps_every_tick(client: Client, user: User, mba: Enrolment) -> None:
    activity = ActivityFactory(user=user, version=3)
    address = reverse("cpd:activity-update", args=[activity.pk])
    data = typed(version="1") | of(mba, category="reviewing-performance", q_topic=["ethics", "professionalism"])
    response = client.post(address, data)
    assert response.status_code == 409
    assert response.context["form"][f"{mba.pk}-q-topic"].value() == ["ethics", "professionalism"]


def test_words_typed_before_the_session_ended_come_back_with_every_tick(
    user: User, mba: Enrolment, gdc: Enrolment
) -> None:
    form = ActivityForm(user=user, enrolments=[mba, gdc], initial={"kind": "quality"})
    words = QueryDict(mutable=True)
    for name, value in (typed() | of(mba, q_topic=["ethics", "professionalism"])).items():
        words.setlist(name, value if isinstance(value, list) else [value])
    form.put_back(words)
    assert form[f"{mba.pk}-q-topic"].value() == ["ethics", "professionalism"]
    assert not form[f"{mba.pk}-category"].value() and not form[f"{gdc.pk}-q-verifiable"].value()


# --- On an article's page --------------------------------------------------------------------------------------------


def test_the_sheet_says_what_reading_will_count_as(client: Client, user: User, nmc: Enrolment, gdc: Enrolment) -> None:
    article = ArticleFactory(published=True)
    article.topics.add(TopicFactory())
    address = reverse("cpd:reading-context", args=[article.slug])
    sentences = client.get(address).json()["counts_as"]
    assert sentences[0] == "Counts towards NMC as non-participatory hours."
    assert sentences[1].startswith("Does not count for GDC. Reading alone counts for nothing.")
    assert Client().get(address).json()["counts_as"] == []


# --- Why this counts -------------------------------------------------------------------------------------------------


def page_of(client: Client, activity: Activity) -> str:
    response = client.get(activity.get_absolute_url())
    assert response.status_code == 200
    return str(response.text)


def test_why_it_counts_with_source_and_day(client: Client, user: User, nmc: Enrolment) -> None:
    page = page_of(client, ActivityFactory(user=user, minutes=90, participatory_minutes=30))
    for words in (
        "1 h 30 min counted",
        "Participatory: 30 of 90 min",
        "It adds to: CPD hours.",
        "It adds to: Participatory hours.",
        "NMC: continuing professional development",
        "Checked 22 November 2026",
        "1 October 2024 to 30 September 2027",
        "Change what this counts towards",
    ):
        assert words in page, words
    assert "#counts-towards" in page


def test_nothing_is_said_twice_or_of_nothing(client: Client, user: User, nmc: Enrolment) -> None:
    page = page_of(client, ActivityFactory(user=user, minutes=120))
    assert "2 h counted" in page
    assert "Recorded, not counted" not in page and "<dt>Counted</dt>" not in page


def test_of_many_frameworks_the_first_that_counts_nothing_is_open(
    client: Client, user: User, nmc: Enrolment, gdc: Enrolment
) -> None:
    activity = ActivityFactory(user=user)
    assert page_of(client, activity).count('<details class="why"') == 2
    assert len(re.findall(r'<details class="why"[^>]* open>', page_of(client, activity))) == 2
    EnrolmentFactory(user=user, framework="uk-gmc", titles=[], anchor_on=datetime.date(2027, 5, 1))
    assert re.findall(r'<details class="why" id="why-([^"]+)" open>', page_of(client, activity)) == [str(gdc.pk)]


def test_why_it_does_not_count(client: Client, user: User, gdc: Enrolment) -> None:
    page = page_of(client, ActivityFactory(user=user))
    assert "Does not count" in page and "1 h not counted." in page
    assert "Only verifiable CPD counts towards the hours." in page
    certified = ActivityFactory(user=user)
    PlacementFactory(activity=certified, enrolment=gdc, marks=["verifiable", "outcome/A"], is_guess=False)
    assert "1 h counted" in page_of(client, certified)


def test_reading_that_counts_for_nothing_says_so_and_how_sure_that_is(
    client: Client, user: User, gdc: Enrolment
) -> None:
    page = page_of(client, ActivityFactory(user=user, kind=Kind.READING, minutes=10))
    assert page.count("Reading alone counts for nothing.") == 1 and "10 min not counted." in page
    assert "Check with your regulator" in page


def test_what_is_over_a_cap_is_recorded_and_not_counted(client: Client, user: User, pharmacist: Enrolment) -> None:
    for month in (1, 2, 3):
        activity = ActivityFactory(
            user=user, kind=Kind.READING, minutes=480, done_on=datetime.date(2026, 10, month), done_until=None
        )
        PlacementFactory(activity=activity, enrolment=pharmacist, category="group-1")
    page = page_of(client, activity)
    assert "In part: 4 credits counted" in page and "4 credits not counted." in page


def test_divided_minutes_are_told_by_category(client: Client, user: User, mba: Enrolment) -> None:
    activity = ActivityFactory(user=user)
    split = {"reviewing-performance": 20}
    PlacementFactory(activity=activity, enrolment=mba, category="educational-activities", split=split)
    page = page_of(client, activity)
    assert "Reviewing performance: 20 min" in page and "Educational activities: 40 min" in page


def test_a_body_without_amounts_adds_nothing_up(client: Client, user: User) -> None:
    EnrolmentFactory(user=user, framework="uk-gmc", titles=[], anchor_on=datetime.date(2027, 5, 1))
    assert "sets no amount of CPD, so nothing is added up." in page_of(client, ActivityFactory(user=user))


def test_without_the_date_of_the_cycle_nothing_can_be_told(client: Client, user: User) -> None:
    enrolment = EnrolmentFactory(user=user, anchor_on=None)
    page = page_of(client, ActivityFactory(user=user))
    assert "Cannot tell" in page and reverse("cpd:enrolment-update", args=[enrolment.pk]) in page


def test_rules_that_are_not_known_here_cannot_tell(client: Client, user: User) -> None:
    EnrolmentFactory(user=user, framework="of-a-newer-release")
    assert "This release does not know this framework" in page_of(client, ActivityFactory(user=user))


def test_a_time_before_the_known_rules_cannot_be_told(client: Client, user: User, mba: Enrolment) -> None:
    page = page_of(client, ActivityFactory(user=user, done_on=datetime.date(2020, 5, 1)))
    assert "Cannot tell" in page and "The rules of that time are not known here." in page


def test_a_cycle_that_was_judged_stays_as_it_is(client: Client, user: User, nmc: Enrolment) -> None:
    JudgedCycleFactory(enrolment=nmc, first_on=datetime.date(2021, 10, 1), last_on=datetime.date(2024, 9, 30))
    page = page_of(client, ActivityFactory(user=user, done_on=datetime.date(2023, 5, 1)))
    assert "1 October 2021 to 30 September 2024, which is closed" in page


@pytest.mark.parametrize("newest_last", [True, False])
def test_of_two_judged_cycles_the_newer_one_is_named(
    client: Client, user: User, nmc: Enrolment, newest_last: bool
) -> None:
    spans = [
        (datetime.date(2021, 10, 1), datetime.date(2024, 9, 30)),
        (datetime.date(2022, 1, 1), datetime.date(2024, 12, 31)),
    ]
    for first, last in spans if newest_last else reversed(spans):
        JudgedCycleFactory(enrolment=nmc, first_on=first, last_on=last)
    page = page_of(client, ActivityFactory(user=user, done_on=datetime.date(2023, 5, 1)))
    assert "1 January 2022 to 31 December 2024, which is closed" in page


def test_what_has_lapsed_counts_no_more(client: Client, user: User) -> None:
    held = [{"titles": ["practitioner"], "since": None}]
    hpcsa = EnrolmentFactory(user=user, framework="za-hpcsa", titles=held, anchor_on=None)
    long_ago = timezone.localdate() - datetime.timedelta(days=400)
    for done_on, word in ((long_ago, "Has lapsed"), (timezone.localdate(), "2 CEUs counted")):
        activity = ActivityFactory(user=user, done_on=done_on)
        PlacementFactory(activity=activity, enrolment=hpcsa, category="clinical", stated=2)
        page = page_of(client, activity)
        assert ("It is older than 12 months, so it counts no more." in page) == (done_on == long_ago)
        assert word in page


def test_a_guess_is_called_one(client: Client, user: User, mba: Enrolment) -> None:
    assert "(our guess)" in page_of(client, added(user))
    assert "(our guess)" not in page_of(client, added(user, places={mba.pk: said("measuring-outcomes")}))


def test_without_a_framework_the_page_asks_which(client: Client, user: User) -> None:
    assert "Say what this should count towards" in page_of(client, ActivityFactory(user=user))


def test_detail_and_edit_cost_the_same_for_one_activity_and_for_many(
    client: Client, user: User, nmc: Enrolment, mba: Enrolment, gdc: Enrolment
) -> None:
    activity = ActivityFactory(user=user, reflection=ReflectionFactory(user=user))
    pages = (activity.get_absolute_url(), reverse("cpd:activity-update", args=[activity.pk]))

    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(page).status_code == 200
        return len(found)

    client.get("/cpd/")
    for_one = [queries(page) for page in pages]
    ActivityFactory.create_batch(30, user=user, reflection=activity.reflection)
    assert [queries(page) for page in pages] == for_one
    assert max(for_one) <= 12
