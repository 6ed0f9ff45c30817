"""Unsaved words: kept as they are typed, never by an older save, for nobody else, and had back."""

import datetime
import json
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cpd.actions.drafts import discard_draft, restore_draft
from cpd.drafts import MOST_CHARACTERS, MOST_DRAFTS
from cpd.models import Activity, Draft
from cpd.reading import reader_name
from cpd.tasks import tidy_now
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory, ArtefactFactory, DraftFactory, EnrolmentFactory, ReflectionFactory

pytestmark = pytest.mark.django_db
NEW = "/cpd/activities/new/"
NOW = timezone.now()


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, user: User, subject: uuid.UUID, words: Mapping[str, Any] | Any, **more: Any) -> Any:
    data = {
        "kind": "activity",
        "device": str(more.pop("device", uuid.UUID(int=1))),
        "slot": 0,
        "sequence": 10,
        "address": NEW,
        "words": words,
        "reader": reader_name(user),
    }
    address = reverse("cpd:draft", args=[subject])
    return client.post(address, json.dumps(data | more), content_type="application/json")


def form_of(page: Any) -> dict[str, Any]:
    """What a browser would send of the page's form, as it stands."""
    soup = BeautifulSoup(page.content, "html.parser")
    form = soup.select_one("#activity-form") or soup.select_one("#artefact-form")
    assert form is not None
    fields: dict[str, Any] = {}
    for control in [*form.select("input, textarea, select"), *soup.select(f'input[form="{form["id"]}"]')]:
        name, kind = control.get("name"), control.get("type")
        if not name or (kind in ("checkbox", "radio") and not control.has_attr("checked")):
            continue
        if control.name == "select":
            chosen = control.select_one("option[selected]")
            fields[str(name)] = chosen["value"] if chosen else ""
        else:
            value = control.text.removeprefix("\n") if control.name == "textarea" else control.get("value", "")
            fields[str(name)] = value
    return fields


# --- Saving while typing ---------------------------------------------------------------------------------------------


def test_words_are_kept_and_the_same_again_is_one_draft(client: Client, user: User) -> None:
    subject = uuid.uuid4()
    first = send(client, user, subject, {"title": ["Ward round"], "csrfmiddlewaretoken": ["x"], "owner": ["y"]})
    again = send(client, user, subject, {"title": ["Ward round"]})
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    draft = user.drafts.get()
    assert (draft.words, draft.title, draft.address) == ({"title": ["Ward round"]}, "Ward round", NEW)
    assert "no-store" in first.headers["Cache-Control"]


def test_an_older_save_that_arrives_late_changes_nothing(client: Client, user: User) -> None:
    subject = uuid.uuid4()
    send(client, user, subject, {"title": ["Newer"]}, sequence=20)
    late = send(client, user, subject, {"title": ["Older"]}, sequence=19)
    assert late.json()["sequence"] == 20
    assert user.drafts.get().title == "Newer"


def test_devices_and_tabs_each_have_their_own(client: Client, user: User) -> None:
    subject = uuid.uuid4()
    for device, slot in ((1, 0), (1, 1), (2, 0)):
        send(client, user, subject, {"title": [f"{device} {slot}"]}, device=uuid.UUID(int=device), slot=slot)
    answer = client.get(reverse("cpd:draft", args=[subject])).json()
    assert {draft["words"]["title"][0] for draft in answer["drafts"]} == {"1 0", "1 1", "2 0"}


ODD_TEXTS = {
    "NUL": "nul \x00 inside",
    "half a pair": "half \ud83d a pair",
    "right to left": "\u202eright to left\u202c",
    "emoji": "\U0001f469\U0001f3fd\u200d\u2695\ufe0f",
    "HTML": "<script>alert(1)</script>",
    "SQL": "' OR 1=1",
}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_any_text_is_kept_or_mended(client: Client, user: User, text: str) -> None:
    subject = uuid.uuid4()
    assert send(client, user, subject, {"title": [text], "reflection": [text]}).status_code == 200
    draft = user.drafts.get()
    assert "\x00" not in draft.words["title"][0] and "\ud83d" not in draft.words["title"][0]
    page = client.get(f"{NEW}?draft={draft.pk}")
    assert page.status_code == 200
    assert form_of(page)["title"].strip() == draft.words["title"][0].strip()
    assert client.get("/cpd/drafts/").status_code == 200


def test_too_much_is_said_in_a_sentence(client: Client, user: User) -> None:
    answer = send(client, user, uuid.uuid4(), {"reflection": ["x" * MOST_CHARACTERS]})
    assert answer.status_code == 413
    assert "at most 200,000 characters" in answer.json()["error"]
    assert not user.drafts.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'"words"',
        b'{"words": 5}',
        b"\xff\xfe",
        b'{"sequence": 1e999}',
    ],
)
def test_what_is_no_draft_is_malformed(client: Client, body: bytes) -> None:
    answer = client.post(reverse("cpd:draft", args=[uuid.uuid4()]), body, content_type="application/json")
    assert answer.status_code == 422
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "poem"},
        {"device": "me"},
        {"slot": -1},
        {"sequence": 10**30},
        {"base_version": 0},
        {"words": {"title": "text"}},
        {"words": {"title": [5]}},
        {"words": {}},
        {"address": "https://evil.example/cpd/activities/new/x"},
        {"address": "/accounts/"},
        {"address": "/cpd/requirements/new/"},
        {"kind": "artefact"},
    ],
)
def test_what_makes_no_sense_is_malformed(client: Client, user: User, wrong: dict[str, Any]) -> None:
    answer = send(client, user, uuid.uuid4(), **({"words": {"title": ["x"]}} | wrong))
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_an_address_is_ours_whatever_host_it_names(client: Client, user: User) -> None:
    send(client, user, uuid.uuid4(), {"title": ["x"]}, address=f"https://evil.example{NEW}?next=//evil.example")
    assert user.drafts.get().address == NEW


# --- For nobody else -------------------------------------------------------------------------------------------------


def test_about_somebody_elses_activity_or_artefact_nothing_is_kept(client: Client, user: User) -> None:
    for theirs in (ActivityFactory(), ArtefactFactory()):
        assert send(client, user, theirs.pk, {"title": ["x"]}).status_code == 404
    assert not user.drafts.exists()


def test_a_strangers_draft_is_in_no_answer(client: Client, user: User) -> None:
    theirs = DraftFactory(words={"title": ["Theirs alone"]}, title="Theirs alone")
    paths = ["/cpd/drafts/", f"{NEW}?draft={theirs.pk}", f"/cpd/drafts/{theirs.subject}/?kind=activity&address={NEW}"]
    for path in paths:
        assert "Theirs alone" not in client.get(path).text
    form = form_of(client.get(NEW)) | {"beside": str(theirs.pk)}
    assert "Theirs alone" not in client.post(NEW, form).text


def test_the_page_of_somebody_who_logged_out_saves_for_nobody(client: Client, user: User) -> None:
    answer = send(client, user, uuid.uuid4(), {"title": ["x"]}, reader=reader_name(UserFactory()))
    assert answer.status_code == 403
    assert not Draft.objects.exists()


def test_the_session_says_who_is_there() -> None:
    user, client = UserFactory(), Client()
    assert client.get("/cpd/device/").json()["signed_in"] is False
    client.force_login(user)
    answer = client.get("/cpd/device/")
    assert answer.json()["reader"] == reader_name(user)
    assert answer.json()["csrf"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_words_are_in_no_log(client: Client, user: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    send(client, user, uuid.uuid4(), {"title": ["A secret thought"]})
    send(client, user, uuid.uuid4(), {"title": ["A secret thought" * 20_000]})
    assert "secret" not in caplog.text
    assert "secret" not in str(user.drafts.get())


# --- Going on, saving ------------------------------------------------------------------------------------------------


def test_a_draft_is_gone_on_with_and_gone_once_it_is_saved(client: Client, user: User) -> None:
    subject = uuid.uuid4()
    words = {"title": ["Night audit"], "minutes": ["40"], "kind": ["quality"], "done_on": ["2026-11-20"]}
    send(client, user, subject, words)
    assert "Night audit" in client.get("/cpd/drafts/").text
    assert "1 draft of unsaved words" in client.get("/cpd/").text
    page = client.get(f"{NEW}?draft={user.drafts.get().pk}")
    fields = form_of(page)
    assert (fields["id"], fields["title"], fields["kind"]) == (str(subject), "Night audit", "quality")

    assert client.post(NEW, fields).status_code == 302
    assert user.activities.get().pk == subject
    assert not user.drafts.waiting().exists()
    assert "unsaved words" not in client.get("/cpd/").text


def saving(device: uuid.UUID, sequence: int) -> dict[str, str]:
    return {"draft_device": str(device), "draft_slot": "0", "draft_sequence": str(sequence)}


def test_saving_forgets_the_draft_of_this_tab_and_leaves_the_other_device(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user)
    edit, here, there = f"{activity.get_absolute_url()}edit/", uuid.uuid4(), uuid.uuid4()
    for device in (here, there):
        send(client, user, activity.pk, {"title": ["Typed"]}, device=device, address=edit, base_version=1)
    client.post(edit, form_of(client.get(edit)) | {"title": "Saved"} | saving(here, 10))
    assert [draft.device for draft in user.drafts.waiting()] == [there]
    # What was held up on the way does not bring the words back; what is typed after that is new.
    send(client, user, activity.pk, {"title": ["Typed"]}, device=here, address=edit, sequence=9)
    assert user.drafts.waiting().count() == 1
    send(client, user, activity.pk, {"title": ["Typed later"]}, device=here, address=edit, sequence=11)
    assert user.drafts.waiting().count() == 2


def test_a_late_draft_of_what_was_saved_at_once_is_not_kept(client: Client, user: User) -> None:
    fields = form_of(client.get(NEW)) | {"title": "Quick", "minutes": "5"} | saving(uuid.UUID(int=1), 10)
    client.post(NEW, fields)
    activity = user.activities.get()
    send(client, user, activity.pk, {"title": ["Quick"]})
    assert not user.drafts.waiting().exists()
    answer = client.get(f"/cpd/drafts/{uuid.uuid4()}/?device={uuid.UUID(int=1)}").json()
    assert answer["saved"] == [{"subject": str(activity.pk), "slot": 0, "sequence": 10}]


def test_words_typed_while_the_form_was_being_saved_stay(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user)
    edit = f"{activity.get_absolute_url()}edit/"
    send(client, user, activity.pk, {"title": ["More"]}, address=edit, sequence=12)
    client.post(edit, form_of(client.get(edit)) | saving(uuid.UUID(int=1), 11))
    assert user.drafts.waiting().get().title == "More"


# --- Two versions ----------------------------------------------------------------------------------------------------


def test_changed_elsewhere_shows_both_and_keeps_what_is_replaced(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, title="First", reflection=ReflectionFactory(user=user, text="Old words"))
    edit = f"{activity.get_absolute_url()}edit/"
    opened = form_of(client.get(edit))
    client.post(edit, opened | {"title": "Theirs", "reflection": "Their words"})
    both = client.post(edit, opened | {"title": "Mine", "reflection": "My words"})
    assert both.status_code == 409
    beside = BeautifulSoup(both.content, "html.parser").select_one("#beside")
    assert beside is not None
    text = " ".join(beside.text.split())
    assert all(part in text for part in ("Mine", "Theirs", "My words", "Their words", "Different", "The same"))

    assert client.post(edit, form_of(both)).status_code == 302
    activity.refresh_from_db()
    assert activity.title == "Mine"
    replaced = user.drafts.put_away(timezone.now()).get()
    assert (replaced.words["title"], replaced.words["reflection"]) == (["Theirs"], ["Their words"])


def test_keeping_theirs_puts_mine_away(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, title="First")
    edit = f"{activity.get_absolute_url()}edit/"
    opened = form_of(client.get(edit))
    client.post(edit, opened | {"title": "Theirs"})
    both = client.post(edit, opened | {"title": "Mine"})
    give_way = f"/cpd/drafts/{activity.pk}/give-way/"
    for _ in range(2):
        page = client.post(give_way, form_of(both), follow=True)
    assert form_of(page)["title"] == "Theirs"
    assert "kept under Unsaved words" in page.text
    assert user.drafts.put_away(timezone.now()).get().words["title"] == ["Mine"]


def test_another_devices_draft_is_put_beside_the_form(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, title="Saved")
    edit = f"{activity.get_absolute_url()}edit/"
    send(client, user, activity.pk, {"title": ["From the phone"], "minutes": ["61"]}, address=edit, base_version=1)
    draft = user.drafts.get()
    page = client.post(edit, form_of(client.get(edit)) | {"title": "Typed here", "beside": str(draft.pk)})
    assert page.status_code == 200
    text = " ".join(page.text.split())
    assert "From the phone" in text and "another device" in text
    assert form_of(page)["title"] == "Typed here"
    assert Activity.objects.get().title == "Saved"
    # Saving mine is a choice: theirs has been seen, and is put away.
    client.post(edit, form_of(page))
    assert Activity.objects.get().title == "Typed here"
    assert user.drafts.put_away(timezone.now()).get() == draft


def test_keeping_another_devices_draft_opens_the_form_with_it(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, title="Saved")
    edit = f"{activity.get_absolute_url()}edit/"
    send(client, user, activity.pk, {"title": ["From the phone"]}, address=edit, base_version=1)
    page = client.post(edit, form_of(client.get(edit)) | {"title": "Mine", "beside": str(user.drafts.get().pk)})
    page = client.post(f"/cpd/drafts/{activity.pk}/give-way/", form_of(page), follow=True)
    assert form_of(page)["title"] == "From the phone"
    assert user.drafts.put_away(timezone.now()).get().words["title"] == ["Mine"]


def test_a_draft_typed_over_an_older_version_shows_both_at_once(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, title="First")
    edit = f"{activity.get_absolute_url()}edit/"
    words = {"title": ["Mine"], "version": ["1"]}
    send(client, user, activity.pk, words, address=edit, base_version=1)
    client.post(edit, form_of(client.get(edit)) | {"title": "Theirs"})
    page = client.get(f"{edit}?draft={user.drafts.waiting().get().pk}")
    assert "Two versions" in page.text
    fields = form_of(page)
    assert (fields["title"], fields["version"]) == ("Mine", "2")


def test_a_new_activity_saved_from_two_devices_loses_neither(client: Client, user: User) -> None:
    opened = form_of(client.get(NEW)) | {"minutes": "40"}
    client.post(NEW, opened | {"title": "From the phone"})
    page = client.post(NEW, opened | {"title": "From the desktop"}, follow=True)
    assert Activity.objects.get().title == "From the phone"
    assert form_of(page)["title"] == "From the desktop"
    assert "Two versions" in page.text


def test_artefacts_have_drafts_too(client: Client, user: User) -> None:
    enrolment = EnrolmentFactory(user=user)
    new = f"/cpd/requirements/{enrolment.pk}/feedback/new/"
    opened = form_of(client.get(new))
    subject = uuid.UUID(opened["id"])
    words = {"done_on": ["2026-05-03"], "answer-content": ["A long account"]}
    assert send(client, user, subject, words, kind="artefact", address=new).status_code == 200
    draft = user.drafts.get()
    fields = form_of(client.get(f"{new}?draft={draft.pk}"))
    assert (fields["id"], fields["answer-content"]) == (str(subject), "A long account")


def test_two_versions_of_an_artefact(client: Client, user: User) -> None:
    artefact = ArtefactFactory(enrolment=EnrolmentFactory(user=user))
    edit = f"{artefact.get_absolute_url()}edit/"
    opened = form_of(client.get(edit))
    client.post(edit, opened | {"answer-content": "Theirs"})
    both = client.post(edit, opened | {"answer-content": "Mine"})
    assert both.status_code == 409
    assert "Theirs" in both.text
    client.post(edit, form_of(both))
    artefact.refresh_from_db()
    assert artefact.answers["content"] == "Mine"
    assert user.drafts.put_away(timezone.now()).get().words["answer-content"] == ["Theirs"]


# --- Discarding, and how much is kept --------------------------------------------------------------------------------


def test_discarded_and_had_back(client: Client, user: User) -> None:
    draft = DraftFactory(user=user)
    page = client.post(f"/cpd/drafts/{draft.pk}/discard/", follow=True)
    assert "Discarded “A ward round”" in page.text
    assert not user.drafts.waiting().exists()
    client.post(f"/cpd/drafts/{draft.pk}/restore/")
    assert user.drafts.waiting().get() == draft


def test_what_is_had_back_does_not_push_out_what_was_typed_since(client: Client, user: User) -> None:
    draft = DraftFactory(user=user)
    discard_draft(by=user, draft_id=draft.pk)
    DraftFactory(user=user, subject=draft.subject, device=draft.device, title="Since", sequence=2)
    restore_draft(by=user, draft_id=draft.pk)
    assert {each.title for each in user.drafts.waiting()} == {"A ward round", "Since"}


def test_after_thirty_days_it_is_gone_for_good(user: User) -> None:
    draft = DraftFactory(user=user, put_away_at=NOW - datetime.timedelta(days=31))
    with pytest.raises(Draft.DoesNotExist):
        restore_draft(by=user, draft_id=draft.pk)


def test_at_most_fifty_wait_and_the_oldest_can_be_had_back(client: Client, user: User) -> None:
    for number in range(MOST_DRAFTS):
        DraftFactory(user=user, title=f"{number}", saved_at=NOW - datetime.timedelta(hours=MOST_DRAFTS - number))
    send(client, user, uuid.uuid4(), {"title": ["One more"]})
    assert user.drafts.waiting().count() == MOST_DRAFTS
    assert user.drafts.put_away(timezone.now()).get().title == "0"


def test_the_night_drops_what_is_too_old(user: User) -> None:
    old, lately = NOW - datetime.timedelta(days=91), NOW - datetime.timedelta(days=89)
    DraftFactory(user=user, saved_at=old)
    DraftFactory(user=user, saved_at=lately, put_away_at=NOW - datetime.timedelta(days=31))
    kept = [
        DraftFactory(user=user, saved_at=lately),
        DraftFactory(user=user, saved_at=lately, put_away_at=NOW - datetime.timedelta(days=29)),
    ]
    assert tidy_now(NOW)["drafts"] == 2
    assert set(user.drafts.all()) == set(kept)


def test_changes_to_what_was_deleted_since_wait_for_it(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, deleted_at=NOW)
    DraftFactory(user=user, subject=activity.pk, base_version=1, address=f"{activity.get_absolute_url()}edit/")
    page = client.get("/cpd/drafts/").text
    assert "put it back first" in page
    assert ">Continue" not in page
