"""Joining frameworks and looking after an enrolment: each page works, is one's own, and says what is wrong."""

import datetime
import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from cpd import catalogue
from cpd.actions.enrolments import (
    EnrolledAgain,
    Overlaps,
    add_leave,
    amend_enrolments,
    enrol,
    restore_enrolment,
    state_of,
)
from cpd.models import Enrolment, Leave, Placement
from cpd.rules.types import Framework
from meducation.lib.kept_words import owner_token
from tests.accounts.journeys import code_in, sign_up
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory, EnrolmentFactory, GrantFactory, LeaveFactory

pytestmark = pytest.mark.django_db

START = "/cpd/requirements/new/"
TITLES = "/cpd/requirements/new/titles/"
NUMBERS = "/cpd/requirements/new/numbers/"
REQUIREMENTS = "/cpd/requirements/"


@pytest.fixture
def user() -> User:
    user = UserFactory(name="Nora Nurse")
    user.profile.profession, user.profile.country = "nurse", "GB"
    user.profile.save()
    return user


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def today() -> datetime.date:
    return timezone.localdate()


def ticked(*frameworks: str, **changes: str) -> dict[str, str | list[str]]:
    plain: dict[str, str | list[str]] = {"profession": "nurse", "country": "GB", "key": str(uuid.uuid4())}
    return plain | {"frameworks": list(frameworks)} | changes


def asked(address: str, *enrolments: Enrolment) -> str:
    return f"{address}?{'&'.join(f'enrolment={enrolment.pk}' for enrolment in enrolments)}"


def known(framework_id: str) -> Framework:
    framework = catalogue.framework(framework_id)
    assert framework is not None
    return framework


def page_of(enrolment: Enrolment, page: str) -> str:
    return f"/cpd/requirements/{enrolment.pk}/{page}/"


# --- Screen 1: whose rules -------------------------------------------------------------------------------------------


def test_what_fits_the_profile_is_offered_first(client: Client) -> None:
    page = client.get(START).text
    fitting, others = page.split("All other frameworks")
    assert "NMC revalidation" in fitting and "Nursing and Midwifery Council (regulator)" in fitting
    assert "Every three years: 35 hours of CPD" in fitting
    assert known("uk-gdc").name in others and known("uk-gdc").name not in fitting
    assert re.findall(r'class="offer-country">([^<]+)', others)[0] == "United Kingdom"
    assert "Step 1 of 3" in page


def test_the_list_is_drawn_again_without_javascript(client: Client, user: User) -> None:
    data = ticked("uk-gmc", profession="dentist", show="1")
    response = client.post(START, data)
    fitting, others = response.text.split("All other frameworks")
    assert response.status_code == 200 and "There is a problem" not in response.text
    assert known("uk-gdc").name in fitting and "NMC revalidation" in others
    # What was ticked stays ticked, in sight, and the form is the same form.
    assert re.search(r'value="uk-gmc"[^>]*checked', others) and '<details class="mt4" open>' in response.text
    assert str(data["key"]) in response.text
    assert not user.enrolments.exists()
    user.profile.refresh_from_db()
    assert user.profile.profession == "nurse"


@pytest.mark.parametrize(
    ("profession", "country", "sentence"),
    [
        ("", "", "Choose your profession and country above"),
        ("paramedic", "FR", "We have no framework for this profession there yet."),
    ],
)
def test_where_nothing_fits_it_says_so(
    client: Client, user: User, profession: str, country: str, sentence: str
) -> None:
    user.profile.profession, user.profile.country = profession, country
    user.profile.save()
    assert sentence in client.get(START).text


def test_joining_keeps_profile_enrolment_and_places(client: Client, user: User) -> None:
    ActivityFactory(user=user, done_on=today())
    response = client.post(START, ticked("uk-nmc", "uk-gdc", profession="midwife"))
    nmc, gdc = user.enrolments.get(framework="uk-nmc"), user.enrolments.get(framework="uk-gdc")
    assert response["Location"] == asked(TITLES, nmc, gdc)
    # The title that the profession leaves no doubt about is known already; the other is not guessed.
    assert (nmc.titles, gdc.titles) == ([{"titles": ["midwife"], "since": None}], [])
    assert Placement.objects.filter(enrolment__in=[nmc, gdc]).count() == 2
    user.profile.refresh_from_db()
    assert (user.profile.profession, user.profile.country.code) == ("midwife", "GB")


def test_the_same_form_twice_enrols_once(client: Client, user: User) -> None:
    data = ticked("uk-nmc")
    first, second = client.post(START, data), client.post(START, data)
    assert first["Location"] == second["Location"]
    assert user.enrolments.count() == 1


def test_two_forms_enrol_once(client: Client, user: User) -> None:
    for _ in range(2):
        client.post(START, ticked("uk-nmc"))
    assert user.enrolments.count() == 1


def test_what_one_has_is_shown_and_not_offered(client: Client, user: User) -> None:
    EnrolmentFactory(user=user)
    page = client.get(START).text
    assert "You have this one" in page and 'value="uk-nmc"' not in page and 'value="uk-gdc"' in page


def test_whoever_left_may_join_again(client: Client, user: User) -> None:
    EnrolmentFactory(user=user, left_on=today() - datetime.timedelta(days=1))
    assert 'value="uk-nmc"' in client.get(START).text
    client.post(START, ticked("uk-nmc"))
    assert user.enrolments.filter(left_on__isnull=True).count() == 1


def test_skipping_keeps_what_was_said(client: Client, user: User) -> None:
    response = client.post(START, ticked("uk-gdc", profession="dentist", country="IE", skip="1"))
    assert response["Location"] == "/cpd/"
    user.profile.refresh_from_db()
    assert (user.profile.profession, user.profile.country.code) == ("dentist", "IE")
    assert not user.enrolments.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Tick at least one, or skip this step"),
        ({"frameworks": "no-such-body"}, "Select a valid choice"),
        ({"frameworks": "uk-nmc", "profession": "wizard"}, "Select a valid choice"),
        ({"frameworks": "uk-nmc", "country": "ZZ"}, "Select a valid choice"),
        ({"frameworks": "uk-nmc", "key": "not-a-uuid"}, "Enter a valid UUID."),
    ],
)
def test_what_is_wrong_with_screen_1_is_said(
    client: Client, user: User, changes: dict[str, str], sentence: str
) -> None:
    response = client.post(START, ticked(**changes))
    assert response.status_code == 422 and sentence in response.text and "There is a problem" in response.text
    assert not user.enrolments.exists()


# --- Screen 2: titles and dates --------------------------------------------------------------------------------------


def test_the_question_and_its_help_are_the_frameworks(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user, titles=[], anchor_on=None)
    page = client.get(asked(TITLES, nmc)).text
    assert (
        "When does your present registration period end?" in page
        and "Three years after your registration was last renewed" in page
    )
    assert "Without this date we cannot tell your cycle." in page
    assert re.search(r'value="nurse"[^>]*checked', page) and "Step 2 of 3" in page


def test_titles_and_dates_are_kept(client: Client, user: User) -> None:
    nmc, gdc = EnrolmentFactory(user=user, titles=[]), EnrolmentFactory(user=user, framework="uk-gdc", titles=[])
    data = {
        f"titles_{nmc.pk}": "nurse-and-midwife",
        f"anchor_{nmc.pk}": "2028-03-31",
        f"titles_{gdc.pk}": ["dental-nurse", "dental-therapist"],
        f"anchor_{gdc.pk}": "2024-08-01",
    }
    response = client.post(asked(TITLES, nmc, gdc), data)
    assert response["Location"] == asked(NUMBERS, nmc, gdc)
    nmc.refresh_from_db()
    gdc.refresh_from_db()
    assert (nmc.titles, nmc.anchor_on) == (
        [{"titles": ["nurse-and-midwife"], "since": None}],
        datetime.date(2028, 3, 31),
    )
    assert gdc.titles == [{"titles": ["dental-nurse", "dental-therapist"], "since": None}]


def test_a_date_may_be_left_out_and_that_is_said(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    response = client.post(asked(TITLES, nmc), {f"titles_{nmc.pk}": "nurse", f"anchor_{nmc.pk}": ""}, follow=True)
    assert "You left out the date for NMC. Without this date we cannot tell your cycle." in response.text
    nmc.refresh_from_db()
    assert nmc.anchor_on is None


def test_several_that_were_left_out_are_one_list(client: Client, user: User) -> None:
    bodies = [EnrolmentFactory(user=user, framework=name, titles=[]) for name in ("uk-nmc", "uk-gdc", "uk-gmc")]
    response = client.post(asked(TITLES, *bodies), {}, follow=True)
    assert "You left out the date for NMC, GDC and GMC." in response.text


def test_a_title_left_out_is_said_too(client: Client, user: User) -> None:
    gdc = EnrolmentFactory(user=user, framework="uk-gdc", titles=[])
    response = client.post(asked(TITLES, gdc), {f"anchor_{gdc.pk}": "2025-01-01"}, follow=True)
    assert "Without this we cannot tell which figures are yours." in response.text


@pytest.mark.parametrize(
    ("framework", "title", "anchor", "sentence"),
    [
        ("uk-nmc", "nurse", "1950-01-01", "this is more than 60 years ago"),
        ("uk-nmc", "nurse", "2090-01-01", "a cycle is 3 years long"),
        ("uk-nmc", "nurse", "soon", "Enter a date that exists"),
        ("uk-gdc", "dentist", "2025-08-01", "A cycle here starts on 1 January."),
        ("uk-gdc", "dental-nurse", "2025-01-01", "A cycle here starts on 1 August."),
        ("uk-gdc", "astrologer", "2025-01-01", "Select a valid choice"),
        ("uk-nmc", "nurse", "2012-02-02", "This day has passed. If you renewed since, your present period ends on 2 "),
        ("uk-gdc", "dentist", "2010-01-01", "A cycle of five years that started on 1 January 2010 is over."),
    ],
)
def test_what_is_wrong_with_screen_2_is_said_beside_the_field(
    client: Client, user: User, framework: str, title: str, anchor: str, sentence: str
) -> None:
    enrolment = EnrolmentFactory(user=user, framework=framework, titles=[], anchor_on=None)
    response = client.post(
        asked(TITLES, enrolment), {f"titles_{enrolment.pk}": title, f"anchor_{enrolment.pk}": anchor}
    )
    assert response.status_code == 422 and sentence in response.text
    assert f'value="{anchor}"' in response.text  # Nothing typed is lost.
    enrolment.refresh_from_db()
    assert not enrolment.titles and enrolment.anchor_on is None


def test_one_bad_date_saves_nothing_of_the_others(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    gdc = EnrolmentFactory(user=user, framework="uk-gdc", titles=[], anchor_on=None)
    data = {f"anchor_{nmc.pk}": "2028-01-31", f"titles_{gdc.pk}": "dentist", f"anchor_{gdc.pk}": "2025-05-05"}
    assert client.post(asked(TITLES, nmc, gdc), data).status_code == 422
    nmc.refresh_from_db()
    assert nmc.anchor_on == datetime.date(2027, 9, 30)


def test_a_framework_that_asks_nothing_is_passed_over(client: Client, user: User) -> None:
    """Neither title nor date: a calendar year is everybody's."""
    ama = EnrolmentFactory(user=user, framework="us-ama-pra", titles=[], anchor_on=None)
    assert client.get(asked(TITLES, ama))["Location"] == asked(NUMBERS, ama)


def test_a_framework_this_release_does_not_know_is_passed_over(client: Client, user: User) -> None:
    unknown = EnrolmentFactory(user=user, framework="mars-council")
    assert client.get(asked(TITLES, unknown))["Location"] == asked(NUMBERS, unknown)
    assert client.post(asked(NUMBERS, unknown), {f"number_{unknown.pk}": "M 1"})["Location"] == REQUIREMENTS
    assert client.get(page_of(unknown, "edit")).status_code == 200
    assert client.get(page_of(unknown, "grants")).status_code == 200


@pytest.mark.parametrize("address", [TITLES, NUMBERS])
def test_the_later_screens_are_about_somebodys_own(client: Client, address: str) -> None:
    assert client.get(address)["Location"] == START
    assert client.get(f"{address}?enrolment=nonsense").status_code == 404
    assert client.get(f"{address}?enrolment={uuid.uuid4()}").status_code == 404
    strangers = EnrolmentFactory()
    assert client.get(asked(address, strangers)).status_code == 404
    assert client.post(asked(address, strangers), {}).status_code == 404


def test_a_deleted_one_is_not_asked_about(client: Client, user: User) -> None:
    gone = EnrolmentFactory(user=user, deleted_at=timezone.now())
    assert client.get(asked(TITLES, gone)).status_code == 404


# --- Screen 3: the number --------------------------------------------------------------------------------------------


def test_number_and_joining_are_kept_and_the_way_ends_at_the_requirements(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    data = {f"number_{nmc.pk}": " 71a 2998e", f"joined_{nmc.pk}": "2015-09-30"}
    response = client.post(asked(NUMBERS, nmc), data)
    assert response["Location"] == REQUIREMENTS
    nmc.refresh_from_db()
    assert (nmc.number, nmc.joined_on) == ("71A2998E", datetime.date(2015, 9, 30))


def test_an_unusual_number_is_asked_about_and_then_let_through(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    page = client.get(asked(NUMBERS, nmc)).text
    assert "For example 71A2998E." in page and "This is how it stands on the register" not in page
    wrong = client.post(asked(NUMBERS, nmc), {f"number_{nmc.pk}": "71-A", f"joined_{nmc.pk}": ""})
    assert wrong.status_code == 422 and "The usual form is that of 71A2998E." in wrong.text
    assert "This is how it stands on the register" in wrong.text and "verified" not in wrong.text
    sure = {f"number_{nmc.pk}": "71-A", f"sure_{nmc.pk}": "on", f"joined_{nmc.pk}": ""}
    assert client.post(asked(NUMBERS, nmc), sure)["Location"] == REQUIREMENTS
    nmc.refresh_from_db()
    assert nmc.number == "71-A"


def test_screen_3_may_be_left_empty(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    empty = {f"number_{nmc.pk}": "", f"joined_{nmc.pk}": ""}
    assert client.post(asked(NUMBERS, nmc), empty)["Location"] == REQUIREMENTS


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("number", "9" * 31, "This is longer than 30 characters."),
        ("number", "71A2998\x00", "Null characters are not allowed."),
        ("joined", "2999-01-01", "This date is in the future."),
        ("joined", "1901-01-01", "this is more than 60 years ago"),
        ("joined", "yesterday", "Enter a date that exists"),
    ],
)
def test_what_is_wrong_with_screen_3_is_said(client: Client, user: User, field: str, value: str, sentence: str) -> None:
    nmc = EnrolmentFactory(user=user)
    data = {f"number_{nmc.pk}": "", f"joined_{nmc.pk}": "", f"{field}_{nmc.pk}": value}
    response = client.post(asked(NUMBERS, nmc), data)
    assert response.status_code == 422 and sentence in response.text
    nmc.refresh_from_db()
    assert (nmc.number, nmc.joined_on) == ("", None)


# --- From signing up -------------------------------------------------------------------------------------------------


def test_a_new_person_is_welcomed_and_may_skip(
    settings: Settings, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr("accounts.timing.STEP_SECONDS", 0)
    visitor = Client()
    sign_up(visitor, "new@example.org")
    landed = visitor.post("/accounts/confirm-email/", {"code": code_in(mailoutbox[0])})
    assert landed["Location"] == START
    page = visitor.get(START).text
    assert "<h1>Welcome to Meducation</h1>" in page and "Skip for now" in page
    assert visitor.post(START, ticked(skip="1"))["Location"] == "/cpd/"


def test_nobody_is_welcomed_twice(client: Client, user: User) -> None:
    user.date_joined = timezone.now() - datetime.timedelta(days=2)
    user.save()
    page = client.get(START).text
    assert "Welcome" not in page and "Add a regulator or college" in page


# --- Changing one ----------------------------------------------------------------------------------------------------


def edited(enrolment: Enrolment, **changes: str | list[str]) -> dict[str, str | list[str]]:
    """The form of a nurse on the NMC's register as it was opened, and changed in places."""
    plain: dict[str, str | list[str]] = {"anchor_on": "2027-09-30", "titles_0": "nurse", "since_1": "", "number": ""}
    enrolment.refresh_from_db()
    return plain | {"joined_on": "", "left_on": "", "seen": state_of(enrolment)} | changes


def test_everything_about_one_can_be_changed(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    data = edited(
        nmc,
        anchor_on="2028-01-31",
        titles_0="midwife",
        number="71a2998e",
        joined_on="2019-02-01",
        left_on=today().isoformat(),
        trusts_unsure="on",
    )
    assert client.post(page_of(nmc, "edit"), data)["Location"] == nmc.get_absolute_url()
    nmc.refresh_from_db()
    assert nmc.titles == [{"titles": ["midwife"], "since": None}]
    assert (nmc.number, nmc.joined_on, nmc.left_on) == ("71A2998E", datetime.date(2019, 2, 1), today())
    assert nmc.trusts_unsure


def test_an_old_date_that_rolled_over_stays_while_it_is_not_changed(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user, anchor_on=datetime.date(2012, 2, 2))
    assert client.post(page_of(nmc, "edit"), edited(nmc, anchor_on="2012-02-02")).status_code == 302
    assert client.post(page_of(nmc, "edit"), edited(nmc, anchor_on="2012-02-03")).status_code == 422
    data = {f"titles_{nmc.pk}": "nurse", f"anchor_{nmc.pk}": "2012-02-02"}
    assert client.post(asked(TITLES, nmc), data).status_code == 302


def test_what_could_not_be_checked_is_listed_for_the_titles_held(client: Client, user: User) -> None:
    both = "Practice hours as a midwife"
    for title, is_listed in (("nurse", False), ("nurse-and-midwife", True)):
        nmc = EnrolmentFactory(user=user, titles=[{"titles": [title], "since": None}])
        page = client.get(page_of(nmc, "edit")).text
        assert "These are: " in page and (both in page) == is_listed
        nmc.delete()


def test_a_change_of_title_has_its_day_and_can_be_taken_out(client: Client, user: User) -> None:
    gdc = EnrolmentFactory(
        user=user, framework="uk-gdc", titles=[{"titles": ["dental-nurse"], "since": None}], anchor_on=None
    )
    address = page_of(gdc, "edit")
    data = edited(gdc, anchor_on="", titles_0=["dental-nurse"], since_1="2023-07-01", titles_1=["dentist"])
    assert client.post(address, data).status_code == 302
    gdc.refresh_from_db()
    both = [{"titles": ["dental-nurse"], "since": None}, {"titles": ["dentist"], "since": "2023-07-01"}]
    assert gdc.titles == both
    assert 'value="2023-07-01"' in client.get(address).text
    # An earlier change entered later stands before it.
    data |= {"since_2": "2021-01-01", "titles_2": ["dental-therapist"], "seen": state_of(gdc)}
    client.post(address, data)
    gdc.refresh_from_db()
    assert [row["since"] for row in gdc.titles] == [None, "2021-01-01", "2023-07-01"]
    data = edited(gdc, anchor_on="", titles_0=["dental-nurse"], since_1="2021-01-01", titles_1=["dental-therapist"])
    data |= {"drop_1": "on", "since_2": "2023-07-01", "titles_2": ["dentist"]}
    client.post(address, data)
    gdc.refresh_from_db()
    assert gdc.titles == both


def test_the_second_screen_corrects_the_present_title_and_leaves_the_past(client: Client, user: User) -> None:
    rows = [{"titles": ["dental-nurse"], "since": None}, {"titles": ["dentist"], "since": "2023-07-01"}]
    gdc = EnrolmentFactory(user=user, framework="uk-gdc", titles=rows, anchor_on=None)
    client.post(asked(TITLES, gdc), {f"titles_{gdc.pk}": ["dental-therapist"], f"anchor_{gdc.pk}": ""})
    gdc.refresh_from_db()
    assert gdc.titles == [rows[0], {"titles": ["dental-therapist"], "since": "2023-07-01"}]


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"anchor_on": "2090-01-01"}, "anchor_on", "a cycle is 3 years long"),
        ({"anchor_on": "2012-02-02"}, "anchor_on", "This day has passed."),
        ({"titles_0": "wizard"}, "titles_0", "Select a valid choice"),
        ({"since_1": "2024-01-01"}, "titles_1", "Choose what you hold since that day"),
        ({"titles_1": "midwife"}, "since_1", "Enter the day from which you hold it."),
        ({"since_1": "2024-01-01", "titles_1": "nurse"}, "titles_1", "You held the same before."),
        ({"since_1": "1950-01-01", "titles_1": "midwife"}, "since_1", "more than 60 years ago"),
        ({"since_1": "2090-01-01", "titles_1": "midwife"}, "since_1", "more than a year ahead"),
        ({"since_1": "then", "titles_1": "midwife"}, "since_1", "Enter a date that exists"),
        ({"number": "123"}, "number", "The usual form is that of 71A2998E"),
        ({"joined_on": "2090-01-01"}, "joined_on", "This date is in the future."),
        ({"left_on": "2090-01-01"}, "left_on", "more than a year ahead"),
        ({"joined_on": "2020-01-01", "left_on": "2019-01-01"}, "left_on", "You cannot have left before you joined."),
    ],
)
def test_what_is_wrong_with_the_changes_is_said_beside_the_field(
    client: Client, user: User, changes: dict[str, str], field: str, sentence: str
) -> None:
    nmc = EnrolmentFactory(user=user)
    response = client.post(page_of(nmc, "edit"), edited(nmc, **changes))
    assert response.status_code == 422
    error = re.search(rf'id="id_{field}_error">(.*?)</div>', response.text, re.DOTALL)
    assert error and sentence in error[1]
    assert nmc.titles == Enrolment.objects.get(pk=nmc.pk).titles


def test_two_changes_on_one_day_are_one(client: Client, user: User) -> None:
    rows = [{"titles": ["dental-nurse"], "since": None}, {"titles": ["dentist"], "since": "2023-07-01"}]
    gdc = EnrolmentFactory(user=user, framework="uk-gdc", titles=rows, anchor_on=None)
    data = edited(gdc, anchor_on="", titles_0=["dental-nurse"], since_1="2023-07-01", titles_1=["dentist"])
    data |= {"since_2": "2023-07-01", "titles_2": ["dental-therapist"]}
    response = client.post(page_of(gdc, "edit"), data)
    assert response.status_code == 422 and "There is another change on this day." in response.text


def test_working_share_and_trust_are_asked_where_they_matter(
    client: Client, user: User, rewrite: Callable[..., None]
) -> None:
    nmc = EnrolmentFactory(user=user)
    page = client.get(page_of(nmc, "edit")).text
    assert "per cent of full time" not in page  # It changes nothing there.
    assert "These are: Practice hours" in page
    # No body that we know lowers its figures by the working share. If one did:
    rewrite("uk-nmc", ('part_time = "none"', 'part_time = "days"'))
    assert "per cent of full time" in client.get(page_of(nmc, "edit")).text
    data = edited(nmc, titles_0="nurse", working_percent="60")
    assert client.post(page_of(nmc, "edit"), data).status_code == 302
    nmc.refresh_from_db()
    assert nmc.working_percent == 60
    for senseless in ("0", "101", "half", ""):
        data["working_percent"] = senseless
        assert client.post(page_of(nmc, "edit"), data).status_code == 422


def test_an_unusual_number_can_be_kept_here_too(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    assert client.post(page_of(nmc, "edit"), edited(nmc, number="123", sure="on")).status_code == 302
    nmc.refresh_from_db()
    assert nmc.number == "123"
    # It is not asked about again.
    assert client.post(page_of(nmc, "edit"), edited(nmc, number="123", joined_on="2019-01-01")).status_code == 302


def test_coming_back_while_enrolled_anew_is_refused_with_a_sentence(client: Client, user: User) -> None:
    old = EnrolmentFactory(user=user, left_on=today() - datetime.timedelta(days=400))
    EnrolmentFactory(user=user)
    response = client.post(page_of(old, "edit"), edited(old))
    assert response.status_code == 422 and "You have this one already." in response.text


def test_nothing_is_overwritten_unseen(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    opened = edited(nmc, number="71A2998E")
    Enrolment.objects.filter(pk=nmc.pk).update(joined_on=datetime.date(2015, 9, 30))
    response = client.post(page_of(nmc, "edit"), opened)
    assert response.status_code == 409 and "This was changed somewhere else" in response.text
    assert "30 September 2015" in response.text and 'value="71A2998E"' in response.text
    nmc.refresh_from_db()
    assert nmc.number == "" and state_of(nmc) in response.text
    # Saved once more, having seen both.
    assert client.post(page_of(nmc, "edit"), opened | {"seen": state_of(nmc)}).status_code == 302


def test_what_is_remembered_of_habits_is_no_change(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    opened = edited(nmc, number="71A2998E")
    Enrolment.objects.filter(pk=nmc.pk).update(habits={"course": {"category": "", "marks": []}})
    assert client.post(page_of(nmc, "edit"), opened).status_code == 302


def test_an_empty_form_empties_nothing(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    response = client.post(page_of(nmc, "edit"), {})
    assert response.status_code == 422 and "Open this page again" in response.text
    nmc.refresh_from_db()
    assert nmc.titles


def test_habits_survive_a_change(user: User) -> None:
    """What is remembered of somebody's habits may be written between reading and saving."""
    nmc = EnrolmentFactory(user=user)
    Enrolment.objects.filter(pk=nmc.pk).update(habits={"course": {"category": "", "marks": []}})
    amend_enrolments(by=user, changes={nmc.pk: {"number": "71A2998E"}})
    nmc.refresh_from_db()
    assert nmc.habits and nmc.number == "71A2998E"


def test_words_survive_a_session_that_ended(user: User) -> None:
    visitor, nmc = Client(), EnrolmentFactory(user=user)
    data = edited(nmc, number="71A2998E") | {"owner": owner_token(user.pk)}
    assert visitor.post(page_of(nmc, "edit"), data).status_code == 302
    visitor.force_login(user)
    page = visitor.get(page_of(nmc, "edit")).text
    assert "We kept what you had typed." in page and 'value="71A2998E"' in page


def test_ticks_survive_a_session_that_ended(user: User) -> None:
    visitor = Client()
    visitor.post(START, ticked("uk-nmc", "uk-gdc") | {"owner": owner_token(user.pk)})
    visitor.force_login(user)
    page = visitor.get(START).text
    assert re.search(r'value="uk-nmc"[^>]*checked', page) and re.search(r'value="uk-gdc"[^>]*checked', page)


def test_a_box_that_was_unticked_stays_so_after_a_session_that_ended(user: User) -> None:
    visitor, nmc = Client(), EnrolmentFactory(user=user, trusts_unsure=True)
    visitor.force_login(user)
    address = page_of(nmc, "edit")
    assert re.search(r'name="trusts_unsure"[^>]*checked', visitor.get(address).text)
    visitor.logout()
    visitor.post(address, edited(nmc) | {"owner": owner_token(user.pk)})
    visitor.force_login(user)
    page = visitor.get(address).text
    assert "We kept what you had typed." in page and 'name="trusts_unsure"' in page
    assert not re.search(r'name="trusts_unsure"[^>]*checked', page)


def test_titles_that_were_unticked_stay_so_after_a_session_that_ended(user: User) -> None:
    held = [{"titles": ["dentist"], "since": None}]
    visitor, gdc = Client(), EnrolmentFactory(user=user, framework="uk-gdc", titles=held)
    visitor.post(asked(TITLES, gdc), {"owner": owner_token(user.pk), f"anchor_{gdc.pk}": "2023-01-01"})
    visitor.force_login(user)
    page = visitor.get(asked(TITLES, gdc)).text
    assert "We kept what you had typed." in page and not re.search(r'name="titles_[^>]*checked', page)


def test_a_stale_token_loses_neither_the_words_nor_what_they_are_about(user: User) -> None:
    """The address of the later screens says in its query which enrolments they ask about."""
    client, nmc = Client(enforce_csrf_checks=True), EnrolmentFactory(user=user, anchor_on=None)
    client.force_login(user)
    data = {"owner": owner_token(user.pk), f"anchor_{nmc.pk}": "2027-09-30"}
    response = client.post(asked(TITLES, nmc), data, headers={"sec-fetch-site": "same-origin"})
    assert response["Location"] == asked(TITLES, nmc)
    assert "2027-09-30" in client.get(response["Location"]).text


# --- Deleting and having back ----------------------------------------------------------------------------------------


def test_deleting_can_be_undone(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    response = client.post(page_of(nmc, "delete"))
    assert response["Location"] == f"{REQUIREMENTS}?deleted={nmc.pk}"
    assert client.get(page_of(nmc, "edit")).status_code == 404
    assert "Undo" in client.get(response["Location"]).text
    activity = ActivityFactory(user=user, done_on=today())
    assert client.post(page_of(nmc, "restore"))["Location"] == nmc.get_absolute_url()
    nmc.refresh_from_db()
    assert nmc.deleted_at is None
    # What was logged meanwhile has its place.
    assert nmc.placements.filter(activity=activity).exists()


def test_after_thirty_days_it_is_gone(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user, deleted_at=timezone.now() - datetime.timedelta(days=31))
    assert client.post(page_of(nmc, "restore")).status_code == 404
    assert "Put back" not in client.get(REQUIREMENTS).text


def test_it_does_not_come_back_beside_another(client: Client, user: User) -> None:
    old = EnrolmentFactory(user=user, deleted_at=timezone.now())
    EnrolmentFactory(user=user)
    with pytest.raises(EnrolledAgain):
        restore_enrolment(by=user, enrolment_id=old.pk)
    assert client.post(page_of(old, "restore"))["Location"] == REQUIREMENTS


def test_joining_after_deleting_makes_another_one(client: Client, user: User) -> None:
    old = EnrolmentFactory(user=user, deleted_at=timezone.now())
    client.post(START, ticked("uk-nmc"))
    assert user.enrolments.kept().get().pk != old.pk


def test_a_form_sent_again_after_deleting_brings_its_own_back(user: User) -> None:
    key, framework = uuid.uuid4(), known("uk-nmc")
    [first] = enrol(by=user, form_key=key, frameworks=[framework])
    Enrolment.objects.filter(pk=first.enrolment.pk).update(deleted_at=timezone.now())
    [again] = enrol(by=user, form_key=key, frameworks=[framework])
    assert again.enrolment.pk == first.enrolment.pk and user.enrolments.kept().count() == 1


# --- Leave -----------------------------------------------------------------------------------------------------------


def away(first: str, last: str, **changes: object) -> dict[str, object]:
    return {"first_on": first, "last_on": last, "id": str(uuid.uuid4())} | changes


def test_leave_is_entered_listed_and_deleted_and_had_back(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    address = page_of(nmc, "leave")
    data = away("2026-01-01", "2026-06-30")
    for _ in range(2):  # The same form twice is one leave.
        assert client.post(address, data)["Location"] == address
    leave = nmc.leaves.get()
    assert "1 January 2026 to 30 June 2026" in client.get(address).text
    response = client.post(f"{address}{leave.pk}/delete/")
    assert not nmc.leaves.exists()
    undo = client.get(response["Location"]).text
    assert "Deleted your leave from 1 January 2026 to 30 June 2026." in undo and str(leave.pk) in undo
    client.post(address, away("2026-01-01", "2026-06-30", id=str(leave.pk)))
    assert nmc.leaves.get().pk == leave.pk
    assert "Deleted your leave" not in client.get(response["Location"]).text


def test_the_page_says_what_leave_changes(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    version = known("uk-nmc").version_on(today())
    assert version is not None and version.pro_rata.sentence in client.get(page_of(nmc, "leave")).text


def test_a_leave_form_sent_again_with_other_days_says_that_nothing_was_saved(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    address, data = page_of(nmc, "leave"), away("2026-01-01", "2026-02-01")
    assert "Saved your leave." in client.post(address, data, follow=True).text
    response = client.post(address, data | {"first_on": "2026-03-01", "last_on": "2026-09-01"})
    assert response.status_code == 422 and "This form was sent already." in response.text
    assert "Saved your leave" not in response.text
    assert 'value="2026-03-01"' in response.text and 'value="2026-09-01"' in response.text
    assert nmc.leaves.get().first_on == datetime.date(2026, 1, 1)


def test_a_leave_form_of_one_enrolment_is_not_sent_under_another(client: Client, user: User) -> None:
    nmc, gdc = EnrolmentFactory(user=user), EnrolmentFactory(user=user, framework="uk-gdc", titles=[])
    data = away("2026-01-01", "2026-02-01")
    client.post(page_of(nmc, "leave"), data)
    assert client.post(page_of(gdc, "leave"), data).status_code == 422
    assert not gdc.leaves.exists()


@pytest.mark.parametrize(
    ("first", "last", "field", "sentence"),
    [
        ("", "2026-06-30", "first_on", "Enter the first day."),
        ("2026-06-30", "", "last_on", "Enter the last day."),
        ("2026-06-30", "2026-06-29", "last_on", "The last day is before the first."),
        ("1950-01-01", "2026-06-30", "first_on", "more than 60 years ago"),
        ("2026-01-01", "2090-06-30", "last_on", "more than 5 years ahead"),
        ("2026-02-30", "2026-06-30", "first_on", "Enter a date that exists"),
        ("2025-06-01", "2025-06-30", "first_on", "overlaps your leave from 30 June 2025 to 31 July 2025"),
        ("2025-07-31", "2025-12-31", "first_on", "overlaps your leave from 30 June 2025 to 31 July 2025"),
        ("2025-01-01", "2025-12-31", "first_on", "overlaps your leave from 30 June 2025 to 31 July 2025"),
    ],
)
def test_what_is_wrong_with_leave_is_said_beside_the_field(
    client: Client, user: User, first: str, last: str, field: str, sentence: str
) -> None:
    nmc = EnrolmentFactory(user=user)
    LeaveFactory(enrolment=nmc, first_on=datetime.date(2025, 6, 30), last_on=datetime.date(2025, 7, 31))
    response = client.post(page_of(nmc, "leave"), away(first, last))
    assert response.status_code == 422
    error = re.search(rf'id="id_{field}_error">(.*?)</div>', response.text, re.DOTALL)
    assert error and sentence in error[1]
    assert nmc.leaves.count() == 1


def test_leave_may_follow_leave(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    LeaveFactory(enrolment=nmc)
    assert client.post(page_of(nmc, "leave"), away("2026-07-01", "2026-07-31")).status_code == 302


def test_one_leave_is_entered_for_all_at_once_or_for_none(client: Client, user: User) -> None:
    nmc, hcpc = EnrolmentFactory(user=user), EnrolmentFactory(user=user, framework="uk-hcpc", titles=[])
    gdc, strangers = EnrolmentFactory(user=user, framework="uk-gdc", titles=[]), EnrolmentFactory()
    address = page_of(nmc, "leave")
    page = client.get(address).text
    assert "Also for" in page and known("uk-hcpc").name in page and str(strangers.pk) not in page
    data = away("2026-01-01", "2026-06-30", also=[str(hcpc.pk)])
    for _ in range(2):
        assert client.post(address, data).status_code == 302
    assert (nmc.leaves.count(), hcpc.leaves.count(), gdc.leaves.count()) == (1, 1, 0)
    response = client.post(address, away("2025-01-01", "2025-06-30", also=[str(strangers.pk)]))
    assert response.status_code == 422
    LeaveFactory(enrolment=hcpc, first_on=datetime.date(2024, 1, 1), last_on=datetime.date(2024, 1, 31))
    response = client.post(address, away("2024-01-15", "2024-02-15", also=[str(hcpc.pk), str(gdc.pk)]))
    assert response.status_code == 422 and f"for {known('uk-hcpc').name}" in response.text
    assert (nmc.leaves.count(), gdc.leaves.count()) == (1, 0)


def test_overlapping_leave_is_refused_under_the_lock(user: User) -> None:
    """A form that was opened before another tab saved its leave knows nothing of it."""
    nmc = EnrolmentFactory(user=user)
    LeaveFactory(enrolment=nmc)
    with pytest.raises(Overlaps):
        add_leave(
            by=user,
            enrolment_id=nmc.pk,
            leave_id=uuid.uuid4(),
            first_on=datetime.date(2026, 6, 30),
            last_on=datetime.date(2026, 7, 1),
        )


def test_somebody_elses_leave_is_out_of_reach(client: Client, user: User) -> None:
    nmc, theirs = EnrolmentFactory(user=user), LeaveFactory()
    assert client.post(f"{page_of(nmc, 'leave')}{theirs.pk}/delete/").status_code == 404
    assert client.post(f"{page_of(theirs.enrolment, 'leave')}{theirs.pk}/delete/").status_code == 404
    # Their leave's id in my form neither shows nor changes it.
    response = client.post(page_of(nmc, "leave"), away("2020-01-01", "2020-02-01", id=str(theirs.pk)))
    assert response.status_code == 404
    assert "Deleted your leave" not in client.get(f"{page_of(nmc, 'leave')}?deleted={theirs.pk}").text
    assert Leave.objects.get() == theirs


@pytest.mark.parametrize("asked_for", ["nonsense", "", "00000000-0000-0000-0000-000000000000"])
def test_a_senseless_undo_offers_nothing(client: Client, user: User, asked_for: str) -> None:
    nmc = EnrolmentFactory(user=user)
    for page in ("leave", "grants"):
        response = client.get(f"{page_of(nmc, page)}?deleted={asked_for}")
        assert response.status_code == 200 and "Undo" not in response.text


# --- Grants ----------------------------------------------------------------------------------------------------------


def granted(**changes: str) -> dict[str, str]:
    plain = {"requirement": "cpd-total", "cycle": "2024-10-01", "value": "20", "reason": "Letter of 3 May 2026."}
    return plain | {"id": str(uuid.uuid4())} | changes


def test_a_grant_is_entered_listed_deleted_and_had_back(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    address = page_of(nmc, "grants")
    page = client.get(address).text
    assert "CPD hours (usually 35 h)" in page and "1 October 2024 to 30 September 2027" in page
    data = granted(value="17.5")
    for _ in range(2):
        assert client.post(address, data)["Location"] == address
    grant = nmc.grants.get()
    assert (grant.value, grant.cycle_first_on) == (Decimal("17.5"), datetime.date(2024, 10, 1))
    assert "CPD hours: 17 h 30 min" in client.get(address).text
    response = client.post(f"{address}{grant.pk}/delete/")
    assert not nmc.grants.exists()
    assert "Letter" not in response["Location"]  # Private words are in no address.
    assert "Letter of 3 May 2026." in client.get(response["Location"]).text
    client.post(address, granted(value="17.50", id=str(grant.pk)))
    assert nmc.grants.get().pk == grant.pk


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"requirement": ""}, "requirement", "Choose one."),
        ({"requirement": "world-peace"}, "requirement", "Select a valid choice"),
        ({"cycle": ""}, "cycle", "Choose one."),
        ({"cycle": "2024-10-02"}, "cycle", "Select a valid choice"),
        ({"value": ""}, "value", "Enter the figure that was granted, like 30."),
        ({"value": "-1"}, "value", "Enter 0 or more."),
        ({"value": "30 hours"}, "value", "Enter the figure alone"),
        ({"value": "NaN"}, "value", "Enter the figure alone"),
        ({"value": "1e99"}, "value", "Enter the figure alone, like 30 or 7.5."),
        ({"value": "1.234"}, "value", "Enter at most two decimal places."),
        ({"reason": ""}, "reason", "Say in a few words"),
        ({"reason": "x" * 301}, "reason", "This is longer than 300 characters."),
    ],
)
def test_what_is_wrong_with_a_grant_is_said_beside_the_field(
    client: Client, user: User, changes: dict[str, str], field: str, sentence: str
) -> None:
    nmc = EnrolmentFactory(user=user)
    response = client.post(page_of(nmc, "grants"), granted(**changes))
    assert response.status_code == 422
    error = re.search(rf'id="id_{field}_error">(.*?)</div>', response.text, re.DOTALL)
    assert error and sentence in error[1]
    assert not nmc.grants.exists()


def test_one_grant_for_a_requirement_and_cycle(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    GrantFactory(enrolment=nmc)
    response = client.post(page_of(nmc, "grants"), granted())
    assert response.status_code == 422
    assert "There is one for this requirement and cycle already." in response.text


def test_without_a_cycle_there_is_nothing_to_grant(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user, anchor_on=None)
    page = client.get(page_of(nmc, "grants")).text
    assert "First tell us the date of your cycle" in page and "<textarea" not in page
    assert client.post(page_of(nmc, "grants"), granted()).status_code == 422


def test_somebody_elses_grant_is_out_of_reach(client: Client, user: User) -> None:
    nmc, theirs = EnrolmentFactory(user=user), GrantFactory()
    assert client.post(f"{page_of(nmc, 'grants')}{theirs.pk}/delete/").status_code == 404
    assert client.post(page_of(nmc, "grants"), granted(id=str(theirs.pk))).status_code == 404
    assert "Undo" not in client.get(f"{page_of(nmc, 'grants')}?deleted={theirs.pk}").text


def test_a_grant_form_sent_again_with_another_figure_says_that_nothing_was_saved(client: Client, user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    data = granted()
    for _ in range(2):  # The same form twice is one grant.
        assert client.post(page_of(nmc, "grants"), data).status_code == 302
    response = client.post(page_of(nmc, "grants"), data | {"value": "11", "reason": "Letter of 4 May"})
    assert response.status_code == 422 and "This form was sent already." in response.text
    assert 'value="11"' in response.text and "Letter of 4 May" in response.text
    assert nmc.grants.get().value == Decimal(data["value"])


# --- The actions themselves ------------------------------------------------------------------------------------------


def test_several_are_changed_or_none(user: User) -> None:
    mine, theirs = EnrolmentFactory(user=user), EnrolmentFactory()
    with pytest.raises(Enrolment.DoesNotExist):
        amend_enrolments(by=user, changes={mine.pk: {"number": "1"}, theirs.pk: {"number": "2"}})
    mine.refresh_from_db()
    assert mine.number == ""


def test_to_have_left_later_or_not_at_all_gives_what_was_done_meanwhile_its_place(user: User) -> None:
    nmc = EnrolmentFactory(user=user, left_on=datetime.date(2026, 1, 1))
    february, may = (ActivityFactory(user=user, done_on=datetime.date(2026, month, 1)) for month in (2, 5))
    amend_enrolments(by=user, changes={nmc.pk: {"left_on": datetime.date(2026, 3, 1)}})
    assert [placement.activity for placement in nmc.placements.all()] == [february]
    amend_enrolments(by=user, changes={nmc.pk: {"left_on": None}})
    assert nmc.placements.filter(activity=may).exists()


@pytest.mark.django_db(transaction=True)
def test_coming_back_beside_joining_anew_is_answered_with_a_sentence(user: User) -> None:
    """Both at the same moment: whoever comes second learns of the first."""
    old = EnrolmentFactory(user=user, left_on=datetime.date(2026, 1, 1))

    def come_back() -> None:
        try:
            amend_enrolments(by=user, changes={old.pk: {"left_on": None}})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            enrol(by=user, form_key=uuid.uuid4(), frameworks=[known("uk-nmc")])
            second = pool.submit(come_back)
            wait([second], timeout=0.5)
        with pytest.raises(ValidationError, match="You have this one already"):
            second.result(timeout=30)


def test_a_sentence_of_the_database_names_its_field(user: User) -> None:
    nmc = EnrolmentFactory(user=user)
    with pytest.raises(ValidationError, match="percentage from 1 to 100"):
        amend_enrolments(by=user, changes={nmc.pk: {"working_percent": 0}})


def test_the_lists_are_only_ones_own(client: Client, user: User, stranger_client: Client) -> None:
    nmc = EnrolmentFactory(user=user)
    for page in ("edit", "leave", "grants"):
        assert client.get(page_of(nmc, page)).status_code == 200
        assert stranger_client.get(page_of(nmc, page)).status_code == 404
    for action in ("delete", "restore"):
        assert stranger_client.post(page_of(nmc, action)).status_code == 404


# --- The three screens beside other tabs -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("screen", "question", "typed", "elsewhere"),
    [
        (TITLES, "anchor", "2027-09-30", {"anchor_on": datetime.date(2028, 9, 30)}),
        (NUMBERS, "number", "71A2998E", {"number": "99I1234E"}),
    ],
)
def test_the_later_screens_overwrite_nothing_unseen(
    client: Client, user: User, screen: str, question: str, typed: str, elsewhere: dict[str, object]
) -> None:
    nmc = EnrolmentFactory(user=user, anchor_on=None)
    nmc.refresh_from_db()
    opened = client.get(asked(screen, nmc)).text
    seen, state = f"seen_{nmc.pk}", state_of(nmc)
    assert seen in opened and state in opened
    data = {seen: state, f"titles_{nmc.pk}": "nurse", f"{question}_{nmc.pk}": typed}
    Enrolment.objects.filter(pk=nmc.pk).update(**elsewhere)
    response = client.post(asked(screen, nmc), data)
    assert response.status_code == 409 and "NMC revalidation was changed somewhere else" in response.text
    assert f'value="{typed}"' in response.text
    nmc.refresh_from_db()
    [(column, value)] = elsewhere.items()
    assert getattr(nmc, column) == value and state_of(nmc) in response.text
    # Saved once more, having seen it; and the same form twice is no change.
    for _ in range(2):
        assert client.post(asked(screen, nmc), data | {seen: state_of(nmc)}).status_code == 302
    nmc.refresh_from_db()
    assert str(getattr(nmc, column)) == typed


@pytest.mark.parametrize("country", ["9" * 5000, "\x00", "XX", "99999999999999999999"])
def test_a_country_that_is_none_is_refused_calmly(client: Client, country: str) -> None:
    assert client.post(START, ticked("uk-nmc", country=country)).status_code == 422
    assert client.post(START, ticked("uk-nmc", country=country) | {"show": ""}).status_code == 200
