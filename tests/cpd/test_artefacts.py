"""Accounts, discussions, plans, declarations: recorded with their own forms, private, never lost."""

import datetime
import logging
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cpd import catalogue, ledger
from cpd.forms.artefacts import form_field
from cpd.models import Artefact, Enrolment
from cpd.rules.artefacts import shape_of
from cpd.rules.types import ArtefactField
from meducation.lib.kept_words import owner_token
from tests.factories.cpd import ArtefactFactory, EnrolmentFactory

pytestmark = pytest.mark.django_db
DAY = "2026-05-03"


@pytest.fixture
def enrolment(reader: User) -> Enrolment:
    return EnrolmentFactory(user=reader)


def new(enrolment: Enrolment, kind: str) -> str:
    return reverse("cpd:artefact-create", args=[enrolment.pk, kind])


def account(**changes: Any) -> dict[str, Any]:
    plain = {
        "id": str(uuid.uuid4()),
        "done_on": DAY,
        "answer-nature": "A course on sepsis",
        "answer-learned": "Ask.",
        "answer-changed": "I ask.",
        "answer-code": "Listen to people.",
    }
    return plain | changes


def hours(**changes: Any) -> dict[str, Any]:
    plain = {"id": str(uuid.uuid4()), "done_on": "2026-01-01", "done_until": "2026-03-31", "answer-hours": "450"}
    return plain | changes


# --- Recording -------------------------------------------------------------------------------------------------------


def test_a_form_asks_what_the_body_asks(reader_client: Client, enrolment: Enrolment) -> None:
    page = reader_client.get(new(enrolment, "reflective-account")).text
    for words in (
        "Written reflective account",
        "What was the CPD activity, feedback or event?",
        "How is it relevant to the Code?",
        "Prioritise people",
        "Checked 22 November 2026",
    ):
        assert words in page
    assert page.count("Do not include anything that could identify a patient.") == 4


def test_an_account_is_recorded_and_shown(reader_client: Client, enrolment: Enrolment) -> None:
    data = account(**{"answer-themes": ["people", "safety"]})
    page = reader_client.post(new(enrolment, "reflective-account"), data, follow=True).text
    artefact = Artefact.objects.get()
    assert artefact.answers == {
        "nature": "A course on sepsis",
        "learned": "Ask.",
        "changed": "I ask.",
        "code": "Listen to people.",
        "themes": ["people", "safety"],
    }
    assert (artefact.done_on, artefact.quantity) == (datetime.date(2026, 5, 3), Decimal(1))
    assert "A course on sepsis" in page and "Preserve safety" in page and "3 May 2026" in page


def test_choices_become_marks_for_the_rules_and_words_do_not(reader_client: Client, enrolment: Enrolment) -> None:
    reader_client.post(new(enrolment, "reflective-account"), account(**{"answer-themes": ["people"]}))
    [seen] = ledger.artefacts_of([enrolment])[enrolment.pk]
    assert seen.marks == {"themes/people"}


def test_the_same_form_twice_is_one_artefact(reader_client: Client, enrolment: Enrolment) -> None:
    data = account()
    for _ in range(2):
        assert reader_client.post(new(enrolment, "reflective-account"), data).status_code == 302
    assert Artefact.objects.count() == 1


def test_a_form_sent_again_with_other_words_keeps_them_and_says_so(reader_client: Client, enrolment: Enrolment) -> None:
    data = account()
    reader_client.post(new(enrolment, "reflective-account"), data)
    response = reader_client.post(
        new(enrolment, "reflective-account"), data | {"answer-learned": "Twenty lines on something else."}
    )
    assert response.status_code == 422 and "This form was sent already." in response.text
    assert "Twenty lines on something else." in response.text
    assert Artefact.objects.get().answers["learned"] == "Ask."


def test_hours_are_summed_from_their_own_box(reader_client: Client, enrolment: Enrolment) -> None:
    page = reader_client.post(new(enrolment, "practice-hours"), hours(**{"answer-hours": "7.5"}), follow=True).text
    artefact = Artefact.objects.get()
    assert artefact.quantity == Decimal("7.5") and "hours" not in artefact.answers
    assert artefact.done_until == datetime.date(2026, 3, 31)
    assert "First day" in page and "31 March 2026" in page and ">7.5<" in page
    [seen] = ledger.artefacts_of([enrolment])[enrolment.pk]
    assert (seen.quantity, seen.until) == (Decimal("7.5"), datetime.date(2026, 3, 31))


def test_a_declaration_is_one_tick_and_a_date(reader_client: Client, enrolment: Enrolment) -> None:
    address = new(enrolment, "health-and-character")
    page = reader_client.get(address).text
    assert "My health and character allow me to practise safely and effectively." in page
    assert f'name="done_on" value="{timezone.localdate().isoformat()}"' in page
    data = {"id": str(uuid.uuid4()), "done_on": DAY}
    refused = reader_client.post(address, data)
    assert refused.status_code == 422 and "Tick the box to declare it." in refused.text
    assert reader_client.post(address, data | {"declared": "on"}).status_code == 302
    artefact = Artefact.objects.get()
    assert (artefact.kind, artefact.answers) == ("health-and-character", {})


def test_a_gap_is_explained_by_its_days(reader: User, reader_client: Client) -> None:
    enrolment = EnrolmentFactory(user=reader, framework="uk-hcpc", titles=[], anchor_on=datetime.date(2027, 9, 30))
    framework = catalogue.frameworks()["uk-hcpc"]
    rule = next(rule for rule in framework.versions[-1].requirements if rule.kind == "max_gap")
    ahead = timezone.localdate() + datetime.timedelta(days=60)
    page = reader_client.get(new(enrolment, rule.artefact)).text
    assert "First day" in page and "Last day" in page
    shape = shape_of(framework, rule.artefact, timezone.localdate())
    assert shape is not None
    words = {f"answer-{field.id}": "Parental leave" for field in shape.kind.fields if field.kind in ("long", "short")}
    chosen = {f"answer-{field.id}": field.choices[0].id for field in shape.kind.fields if field.choices}
    data = {"id": str(uuid.uuid4()), "done_on": DAY, "done_until": ahead.isoformat()} | words | chosen
    assert reader_client.post(new(enrolment, rule.artefact), data).status_code == 302
    assert Artefact.objects.get().done_until == ahead


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("done_on", "", "Enter the first day."),
        ("done_on", "2026-02-30", "Enter a date that exists"),
        ("done_on", "2999-01-01", "This date is in the future."),
        ("done_on", "1026-11-22", "Your record starts on"),
        ("done_until", "2025-12-31", "The last day is before the first."),
        ("done_until", "2999-01-01", "This date is in the future."),
        ("answer-hours", "", "Enter the hours, like 7.5."),
        ("answer-hours", "0", "Enter more than 0 hours"),
        ("answer-hours", "-4", "Enter the hours as a number, like 7.5."),
        ("answer-hours", "7,5", "Enter the hours as a number, like 7.5."),
        ("answer-hours", "1e3", "Enter the hours as a number, like 7.5."),
        ("answer-hours", "NaN", "Enter the hours as a number, like 7.5."),
        ("answer-hours", "9" * 40, "Enter the hours as a number, like 7.5."),
        ("answer-hours", "2161", "That is more than fits: at most 2,160 hours in 90 days."),
        ("answer-setting", "x" * 301, "This is longer than 300 characters"),
        ("answer-setting", "a\x00b", "Null characters are not allowed."),
        ("answer-description", "x" * 20_001, "This is longer than 20000 characters"),
        ("answer-registration", "wizard", "Choose one of the list."),
        ("id", "not-a-uuid", "Enter a valid UUID"),
    ],
)
def test_wrong_data_gets_a_sentence_and_keeps_what_was_typed(
    reader_client: Client, enrolment: Enrolment, field: str, value: str, sentence: str
) -> None:
    data = hours(**{"answer-organisation": "Precious words"}) | {field: value}
    response = reader_client.post(new(enrolment, "practice-hours"), data)
    assert response.status_code == 422
    assert sentence in response.text and 'id="error-summary"' in response.text and "<title>Error: " in response.text
    assert "Precious words" in response.text
    assert not Artefact.objects.exists()


def test_what_a_body_requires_cannot_stay_empty(reader_client: Client, enrolment: Enrolment) -> None:
    response = reader_client.post(new(enrolment, "reflective-account"), account(**{"answer-nature": " "}))
    assert response.status_code == 422 and "Fill this in." in response.text
    assert "cannot stay empty" not in response.text
    assert "Ask." in response.text


@pytest.mark.parametrize(
    ("title", "offered", "chosen"),
    [
        ("nurse-and-midwife", ["", "midwife", "nurse"], ""),
        ("midwife", ["", "midwife", "nurse", "nursing-associate"], "midwife"),
        (None, ["", "midwife", "nurse", "nursing-associate"], ""),
    ],
)
def test_a_choice_of_titles_goes_by_those_held(
    reader: User, reader_client: Client, title: str | None, offered: list[str], chosen: str
) -> None:
    titles = [{"titles": [title], "since": None}] if title else []
    enrolment = EnrolmentFactory(user=reader, titles=titles)
    box = reader_client.get(new(enrolment, "practice-hours")).context["form"]["answer-registration"]
    assert sorted(choice for choice, _ in box.field.choices) == offered
    assert (box.value() or "") == chosen
    response = reader_client.post(new(enrolment, "practice-hours"), hours())
    assert response.status_code == (422 if title == "nurse-and-midwife" else 302)
    assert ("Choose one." in response.text) == (title == "nurse-and-midwife")


def test_an_answer_given_under_another_title_stays(reader: User, reader_client: Client) -> None:
    held = [{"titles": ["nurse-and-midwife"], "since": None}]
    enrolment = EnrolmentFactory(user=reader, titles=held)
    artefact = ArtefactFactory(
        enrolment=enrolment, kind="practice-hours", answers={"registration": "nursing-associate"}
    )
    page = reader_client.get(reverse("cpd:artefact-update", args=[artefact.pk])).text
    assert 'value="nursing-associate" selected' in page


@pytest.mark.sweep
@pytest.mark.parametrize("kind", ["long", "short", "date", "hours", "choice", "choices"])
@pytest.mark.parametrize("required", [True, False])
def test_every_kind_of_box_has_a_field(kind: str, required: bool) -> None:
    field = form_field(ArtefactField("box", "Box", kind=kind, required=required), is_quantity=False)
    assert field.required is required and field.label == "Box"


def test_words_typed_before_the_session_ended_come_back_with_every_tick(
    client: Client, reader: User, enrolment: Enrolment
) -> None:
    address = new(enrolment, "reflective-account")
    words = account(owner=owner_token(reader.pk), **{"answer-themes": ["people", "safety"]})
    assert client.post(address, words).status_code == 302
    client.force_login(reader)
    page = client.get(address).text
    assert "We kept what you had typed." in page and "A course on sepsis" in page
    assert page.count("checked") == 2


# --- Changing --------------------------------------------------------------------------------------------------------


def change(artefact: Artefact) -> str:
    return reverse("cpd:artefact-update", args=[artefact.pk])


def test_changing_works_and_keeps_what_an_earlier_form_asked(reader_client: Client, enrolment: Enrolment) -> None:
    artefact = ArtefactFactory(enrolment=enrolment, answers={"content": "Kind.", "mood": "Good."})
    assert "Kind." in reader_client.get(change(artefact)).text
    data = {"id": str(artefact.pk), "version": "1", "done_on": DAY, "answer-content": "Clear."}
    assert reader_client.post(change(artefact), data).status_code == 302
    artefact.refresh_from_db()
    assert artefact.answers == {"content": "Clear.", "mood": "Good."} and artefact.version == 2
    page = reader_client.get(artefact.get_absolute_url()).text
    assert "Clear." in page and "Mood" in page


def test_an_edit_from_an_old_form_shows_both_and_saves_only_when_asked_again(
    reader_client: Client, enrolment: Enrolment
) -> None:
    artefact = ArtefactFactory(enrolment=enrolment, kind="reflective-account", answers={"nature": "A course"})
    phone = account(version="1", **{"answer-nature": "From the phone", "answer-themes": ["people"]})
    ward = account(version="1", **{"answer-nature": "From the ward", "answer-themes": ["people", "safety"]})
    reader_client.post(change(artefact), phone)
    response = reader_client.post(change(artefact), ward)
    assert response.status_code == 409
    assert "From the phone" in response.text and "From the ward" in response.text
    assert 'name="version" value="2"' in response.text and response.text.count(" checked") == 2
    reader_client.post(change(artefact), ward | {"version": "2"})
    artefact.refresh_from_db()
    assert artefact.answers["nature"] == "From the ward" and artefact.answers["themes"] == ["people", "safety"]


def test_a_changed_sum_of_hours(reader_client: Client, enrolment: Enrolment) -> None:
    artefact = ArtefactFactory(enrolment=enrolment, kind="practice-hours", quantity=Decimal("450.00"), answers={})
    assert 'name="answer-hours" value="450"' in reader_client.get(change(artefact)).text
    reader_client.post(change(artefact), hours(version="1", **{"answer-hours": "12.25"}))
    artefact.refresh_from_db()
    assert artefact.quantity == Decimal("12.25")


# --- Deleting --------------------------------------------------------------------------------------------------------


def test_deleting_can_be_undone_for_thirty_days(reader_client: Client, enrolment: Enrolment) -> None:
    artefact = ArtefactFactory(enrolment=enrolment, answers={"content": "Private words"})
    page = reader_client.post(reverse("cpd:artefact-delete", args=[artefact.pk]), follow=True).text
    assert "Deleted." in page and "Undo" in page and "Private words" not in page
    assert ledger.artefacts_of([enrolment])[enrolment.pk] == []
    assert reader_client.get(change(artefact)).status_code == 404
    page = reader_client.post(reverse("cpd:artefact-restore", args=[artefact.pk]), follow=True).text
    assert "Private words" in page
    assert len(ledger.artefacts_of([enrolment])[enrolment.pk]) == 1


def test_after_thirty_days_it_is_gone(reader_client: Client, enrolment: Enrolment) -> None:
    long_ago = timezone.now() - datetime.timedelta(days=31)
    artefact = ArtefactFactory(enrolment=enrolment, deleted_at=long_ago)
    assert reader_client.get(artefact.get_absolute_url()).status_code == 404
    assert reader_client.post(reverse("cpd:artefact-restore", args=[artefact.pk])).status_code == 404


# --- Whose -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["artefact-detail", "artefact-update", "artefact-delete", "artefact-restore"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_strangers_artefact_does_not_exist(reader_client: Client, name: str, method: str) -> None:
    theirs = ArtefactFactory(answers={"content": "Private matter"})
    response = getattr(reader_client, method)(reverse(f"cpd:{name}", args=[theirs.pk]))
    assert response.status_code in (404, 405) and "Private matter" not in response.text
    theirs.refresh_from_db()
    assert theirs.deleted_at is None


def test_nobody_records_under_a_strangers_enrolment(reader_client: Client, enrolment: Enrolment) -> None:
    theirs = EnrolmentFactory()
    assert reader_client.post(new(theirs, "feedback"), account()).status_code == 404
    gone = EnrolmentFactory(user=enrolment.user, framework="uk-gmc", deleted_at=timezone.now())
    assert reader_client.get(new(gone, "feedback")).status_code == 404
    assert not Artefact.objects.exists()


def test_somebody_elses_id_is_not_found(reader_client: Client, enrolment: Enrolment) -> None:
    theirs = ArtefactFactory()
    data = {"id": str(theirs.pk), "done_on": DAY, "answer-content": "Mine"}
    assert reader_client.post(new(enrolment, "feedback"), data).status_code == 404


def test_a_kind_that_the_framework_does_not_know_is_not_found(reader_client: Client, enrolment: Enrolment) -> None:
    assert reader_client.get(new(enrolment, "horoscope")).status_code == 404


def test_what_a_newer_release_wrote_can_be_read(reader: User, reader_client: Client) -> None:
    enrolment = EnrolmentFactory(user=reader, framework="xx-future")
    artefact = ArtefactFactory(enrolment=enrolment, kind="hologram", answers={"said": ["One", "Two"]})
    page = reader_client.get(artefact.get_absolute_url()).text
    assert "One" in page and "Two" in page and "hologram" in page
    assert reader_client.get(change(artefact)).status_code == 404
    assert reader_client.get(new(enrolment, "hologram")).status_code == 404


def test_words_reach_no_log_and_no_name(
    reader_client: Client, enrolment: Enrolment, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for done_on in (DAY, "no day"):
        words = account(done_on=done_on, **{"answer-nature": "Zaphod's secret"})
        reader_client.post(new(enrolment, "reflective-account"), words)
    assert "Zaphod" not in caplog.text + str(Artefact.objects.get())


def test_these_pages_are_not_stored(reader_client: Client, enrolment: Enrolment) -> None:
    artefact = ArtefactFactory(enrolment=enrolment)
    for address in (artefact.get_absolute_url(), change(artefact), new(enrolment, "feedback")):
        response = reader_client.get(address)
        assert "no-store" in response.headers["Cache-Control"] and "noindex" in response.text
