"""The check on pages: its own, under forms, on an activity, and before a reflection may be shown. Nothing is kept."""

import json
import logging
import uuid
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.views.debug import SafeExceptionReporterFilter
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from cpd.identifying import identifiers_in_activity, needs_confirming
from cpd.models import Activity, Reflection
from cpd.views.identifiers import identifier_check
from meducation.logs import JsonFormatter
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory, ArtefactFactory, EnrolmentFactory, ReflectionFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/cpd/identifier-check/"
NUMBER = "999 000 0018"
CANARY = "canary-7f3a@example.org"


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(**changes: str) -> dict[str, str]:
    return {
        "title": "Audit of handover",
        "kind": "quality",
        "done_on": timezone.localdate().isoformat(),
        "minutes": "45",
        "reflection": "",
        "id": str(uuid.uuid4()),
        **changes,
    }


# --- Its page --------------------------------------------------------------------------------------------------------


def test_the_page_says_plainly_what_it_is_worth(client: Client) -> None:
    page = client.get(ADDRESS).text
    assert "Passing is no proof of anonymity" in page
    assert "What it does not see" in page
    assert "no-store" in client.get(ADDRESS).headers["Cache-Control"]


def test_a_text_comes_back_marked_with_reasons_and_neutral_words(client: Client) -> None:
    response = client.post(ADDRESS, {"text": f"NHS {NUMBER} and <b>Mrs Bell</b>"})
    assert response.status_code == 200
    assert f"<mark>{NUMBER}</mark>" in response.text
    assert "&lt;b&gt;<mark>Mrs Bell</mark>&lt;/b&gt;" in response.text
    assert "Ten digits that pass the NHS number check." in response.text
    assert "no-store" in response.headers["Cache-Control"]


def test_the_chosen_ones_are_replaced_and_the_others_stay(client: Client) -> None:
    text = f"Mrs Bell, NHS {NUMBER}"
    start = text.index("999")
    mark = f"{start}-{start + len(NUMBER)}-nhs-number"
    response = client.post(ADDRESS, {"text": text, "use": [mark, "0-3-name", "nonsense"], "replace": "1"})
    assert "Mrs Bell, NHS [number removed]</textarea>" in response.text
    assert "Neutral wording used 1 time." in response.text


def test_finding_nothing_is_called_no_proof(client: Client) -> None:
    response = client.post(ADDRESS, {"text": "I will ask earlier."})
    assert "We found nothing." in response.text and "That is no proof" in response.text


@pytest.mark.parametrize(("text", "words"), [("", "Paste or type"), ("x" * 100_001, "Check it in parts.")])
def test_no_text_and_too_much_of_it_is_a_sentence(client: Client, text: str, words: str) -> None:
    response = client.post(ADDRESS, {"text": text})
    assert response.status_code == 422
    assert words in response.text


def test_a_nul_byte_is_a_sentence(client: Client) -> None:
    assert client.post(ADDRESS, {"text": "a\x00b"}).status_code == 422


# --- What a script asks ----------------------------------------------------------------------------------------------


def test_a_script_gets_places_and_not_the_words(client: Client) -> None:
    text = f"🙂 NHS {NUMBER}"
    response = client.post(ADDRESS, json.dumps({"fields": {"reflection": text}}), content_type="application/json")
    (finding,) = response.json()["fields"]["reflection"]
    # The face is two units to a script.
    assert (finding["start"], finding["end"]) == (7, 19)
    assert finding["suggestion"] == "[number removed]"
    assert NUMBER not in response.text
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "body",
    ["[", "[]", "1", "null", "{}", '{"fields": []}', '{"fields": {"a": 1}}', "[" * 200_000, '"\\ud800"'],
    ids=lambda body: body[:20],
)
def test_nonsense_from_a_script_is_a_sentence(client: Client, body: str) -> None:
    response = client.post(ADDRESS, body, content_type="application/json")
    assert response.status_code == 400
    assert "Reload the page" in response.json()["error"]


def test_a_lone_surrogate_from_a_script_is_no_error(client: Client) -> None:
    body = '{"fields": {"a": "\\ud800 NHS 999 000 0018"}}'
    response = client.post(ADDRESS, body, content_type="application/json")
    assert [finding["start"] for finding in response.json()["fields"]["a"]] == [6]


def test_too_much_from_a_script_is_a_sentence(client: Client) -> None:
    body = json.dumps({"fields": {"a": "x" * 100_001}})
    assert client.post(ADDRESS, body, content_type="application/json").status_code == 422


def test_nobody_uses_it_without_signing_in() -> None:
    assert Client().post(ADDRESS, {"text": "x"}).status_code == 302


# --- Nothing is kept -------------------------------------------------------------------------------------------------


def test_nothing_is_logged_stored_or_reported(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    body = json.dumps({"fields": {"reflection": CANARY}})
    client.post(ADDRESS, {"text": CANARY})
    client.post(ADDRESS, body, content_type="application/json")

    def fails(*args: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("cpd.views.identifiers.for_script", fails)
    monkeypatch.setattr("cpd.views.identifiers.checked", fails)
    client.raise_request_exception = False
    assert client.post(ADDRESS, body, content_type="application/json").status_code == 500
    assert client.post(ADDRESS, {"text": CANARY}).status_code == 500
    # As it is written: a record of a log holds the exception, a line of it only its class.
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert any("RuntimeError" in line for line in lines)
    assert not [line for line in lines if "canary" in line]
    assert not [session for session in Session.objects.all() if "canary" in str(session.get_decoded())]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cpd_reflection")
        assert cursor.fetchone() == (0,)


def test_a_report_of_an_error_leaves_the_text_out(monkeypatch: pytest.MonkeyPatch) -> None:
    request = RequestFactory().post(ADDRESS, {"text": CANARY})
    request.user = UserFactory()
    identifier_check(request)
    shown = SafeExceptionReporterFilter()
    monkeypatch.setattr(shown, "is_active", lambda request: True)  # As in production.
    assert CANARY not in str(dict(shown.get_post_parameters(request)))


# --- On an activity and an artefact ----------------------------------------------------------------------------------


def test_an_activitys_page_says_what_may_identify_somebody(client: Client, user: User) -> None:
    activity = ActivityFactory(
        user=user,
        title="Case of Mrs Bell",
        reflection=ReflectionFactory(user=user, text="fine", important=f"NHS {NUMBER}"),
    )
    page = client.get(activity.get_absolute_url()).text
    assert "This may identify a patient" in page
    assert "<mark>Mrs Bell</mark>" in page and f"<mark>{NUMBER}</mark>" in page


def test_an_activity_in_which_nothing_is_found_says_nothing(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, reflection=ReflectionFactory(user=user))
    assert "This may identify a patient" not in client.get(activity.get_absolute_url()).text


def test_looking_at_an_activity_asks_the_database_nothing(
    user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    activity = ActivityFactory(user=user, reflection=ReflectionFactory(user=user, text=NUMBER))
    loaded = Activity.objects.select_related("reflection").get(pk=activity.pk)
    with django_assert_num_queries(0):
        assert identifiers_in_activity(loaded)


def test_an_artefacts_page_says_it_too(client: Client, user: User) -> None:
    artefact = ArtefactFactory(enrolment=EnrolmentFactory(user=user), answers={"what": f"NHS {NUMBER}"})
    page = client.get(artefact.get_absolute_url()).text
    assert f"<mark>{NUMBER}</mark>" in page


@pytest.mark.parametrize("name", ["activity", "artefact"])
def test_long_boxes_are_looked_at_while_typing(client: Client, user: User, name: str) -> None:
    artefact = ArtefactFactory(enrolment=EnrolmentFactory(user=user))
    pages = {"activity": "/cpd/activities/new/", "artefact": reverse("cpd:artefact-update", args=[artefact.pk])}
    page = client.get(pages[name]).text
    assert f'data-identifier-check="{ADDRESS}"' in page
    assert "js/identifiers" in page


# --- Before a reflection may be shown --------------------------------------------------------------------------------


def saved(client: Client, **changes: str) -> tuple[Activity, str]:
    """What becomes of a form, and the page it leads to."""
    form = typed(**changes)
    response = client.post("/cpd/activities/new/", form, follow=True)
    assert response.status_code == 200
    return Activity.objects.select_related("reflection").get(pk=form["id"]), response.text


def reflection_of(activity: Activity) -> Reflection:
    assert activity.reflection is not None
    return activity.reflection


def test_private_words_are_saved_whatever_is_in_them(client: Client) -> None:
    activity, page = saved(client, reflection=f"NHS {NUMBER}")
    assert reflection_of(activity).text == f"NHS {NUMBER}"
    assert "kept private" not in page


def test_words_to_show_in_which_nothing_is_found_are_shown(client: Client) -> None:
    activity, page = saved(client, reflection="I will ask earlier.", is_shareable="on")
    assert reflection_of(activity).is_shareable
    assert "kept private" not in page
    assert not needs_confirming(reflection_of(activity))


@pytest.mark.parametrize("part", ["reflection", "important", "next_step", "title"])
def test_words_to_show_with_a_finding_are_saved_and_stay_private(client: Client, part: str) -> None:
    activity, page = saved(client, **{"reflection": "One.", part: f"NHS {NUMBER}", "is_shareable": "on"})
    assert not reflection_of(activity).is_shareable
    assert reflection_of(activity).identifiers_confirmed_at is None
    assert NUMBER in f"{activity.title} {reflection_of(activity).words}"
    assert "kept private" in page


def test_its_author_may_say_that_nobody_can_be_identified(client: Client) -> None:
    activity, page = saved(client, reflection=f"NHS {NUMBER}", is_shareable="on", identifiers_confirmed="on")
    reflection = reflection_of(activity)
    assert reflection.is_shareable and reflection.identifiers_confirmed_at is not None
    assert "kept private" not in page
    assert not needs_confirming(reflection)


def change(client: Client, activity: Activity, **changes: str) -> Reflection:
    reflection = reflection_of(activity)
    form = typed(
        id=str(activity.pk),
        version=str(activity.version),
        reflection=reflection.text,
        reflection_version=str(reflection.version),
        **changes,
    )
    response = client.post(reverse("cpd:activity-update", args=[activity.pk]), form)
    assert response.status_code == 302
    activity = Activity.objects.select_related("reflection").get(pk=activity.pk)
    return reflection_of(activity)


def test_what_was_confirmed_need_not_be_confirmed_again(client: Client) -> None:
    activity, _ = saved(client, reflection=f"NHS {NUMBER}", is_shareable="on", identifiers_confirmed="on")
    reflection = change(client, activity, is_shareable="on", minutes="50")
    assert reflection.is_shareable and reflection.identifiers_confirmed_at is not None


def test_other_words_are_not_confirmed(client: Client) -> None:
    activity, _ = saved(client, reflection=f"NHS {NUMBER}", is_shareable="on", identifiers_confirmed="on")
    reflection = change(client, activity, is_shareable="on", important="Mrs Bell was right.")
    assert not reflection.is_shareable
    assert reflection.identifiers_confirmed_at is None
    assert needs_confirming(reflection)


def test_words_saved_as_private_may_be_confirmed_later(client: Client) -> None:
    activity, _ = saved(client, reflection=f"NHS {NUMBER}", is_shareable="on")
    page = client.get(reverse("cpd:activity-update", args=[activity.pk])).text
    assert "Fix these before you show it to others, or confirm that nobody can be identified." in page
    assert f"<mark>{NUMBER}</mark>" in page
    reflection = change(client, activity, is_shareable="on", identifiers_confirmed="on")
    assert reflection.is_shareable and reflection.identifiers_confirmed_at is not None


def test_sharing_can_be_taken_back_and_what_was_said_stays(client: Client) -> None:
    activity, _ = saved(client, reflection=f"NHS {NUMBER}", is_shareable="on", identifiers_confirmed="on")
    reflection = change(client, activity)
    assert not reflection.is_shareable and reflection.identifiers_confirmed_at is not None


def test_the_check_itself_writes_nothing_down() -> None:
    folder = Path(__file__).resolve().parents[3] / "cpd" / "identifiers"
    for path in folder.glob("*.py"):
        words = path.read_text(encoding="utf-8")
        assert "logging" not in words and "print(" not in words
