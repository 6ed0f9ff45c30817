"""In a hurry, once more, from a template; and the few of a year that are to be read first."""

import datetime
import uuid
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from cpd.actions import amend_activity, delete_activity, restore_activity, restore_several
from cpd.actions.activity_templates import MOST_TEMPLATES
from cpd.actions.highlights import MOST_HIGHLIGHTS, set_highlight
from cpd.forms.fields import tags_in
from cpd.models import Activity, ActivityTemplate, Kind
from cpd.tasks import tidy_now
from tests.factories.accounts import UserFactory
from tests.factories.cpd import (
    ActivityFactory,
    ActivityTemplateFactory,
    EnrolmentFactory,
    PlacementFactory,
    ReflectionFactory,
)

database = pytest.mark.django_db

NEW = "/cpd/activities/new/"
QUICK = "/cpd/activities/quick/"
UNFINISHED = "/cpd/activities/unfinished/"
TEMPLATES = "/cpd/templates/"


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(**changes: str) -> dict[str, str]:
    plain = {"title": "Audit of handover", "kind": "quality", "done_on": "2026-11-20", "minutes": "45"}
    return {"id": str(uuid.uuid4())} | plain | changes


def at(name: str, pk: object) -> str:
    return reverse(f"cpd:{name}", args=[pk])


# --- Tags ------------------------------------------------------------------------------------------------------------


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(", aAßéİ"))))
def test_tags_are_clean_and_stay_as_they_are(text: str) -> None:
    tags = tags_in(text)
    assert all(tag and tag == " ".join(tag.split()) and "," not in tag for tag in tags)
    assert len({tag.casefold() for tag in tags}) == len(tags)
    assert tags_in(", ".join(tags)) == tags


@database
@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", []),
        (" sepsis ,,  night   shift, Sepsis", ["sepsis", "night shift"]),
        ("Straße, STRASSE", ["Straße"]),
        ("👩🏽‍⚕️, שלום", ["👩🏽‍⚕️", "שלום"]),
        (",".join(str(number) for number in range(10)), [str(number) for number in range(10)]),
        ("x" * 40, ["x" * 40]),
    ],
)
def test_tags_are_kept_and_shown(client: Client, user: User, text: str, tags: list[str]) -> None:
    client.post(NEW, typed(tags=text))
    activity = user.activities.get()
    assert activity.tags == tags
    assert f'name="tags" value="{", ".join(tags)}"' in client.get(at("activity-update", activity.pk)).text or not tags
    assert all(tag in client.get(activity.get_absolute_url()).text for tag in tags)


@database
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 41, "is too long for a tag: at most 40 characters"),
        (",".join(str(number) for number in range(11)), "These are 11 tags. Keep at most 10."),
        ("a\x00b", "Null characters are not allowed."),
        ("a" * 1_000_000, "at most 1000 characters"),
    ],
)
def test_wrong_tags_are_a_sentence(client: Client, user: User, text: str, sentence: str) -> None:
    response = client.post(NEW, typed(tags=text))
    assert response.status_code == 422 and sentence in response.text and not user.activities.exists()


# --- In a hurry ------------------------------------------------------------------------------------------------------


@database
def test_quick_add_saves_today_and_waits_to_be_finished(client: Client, user: User) -> None:
    data = {"id": str(uuid.uuid4()), "title": "Teaching on the round", "minutes": "30"}
    for _ in range(2):
        response = client.post(QUICK, data, follow=True)
        assert response.redirect_chain == [("/cpd/", 302)]
    activity = user.activities.get()
    assert (activity.title, activity.minutes, activity.kind) == ("Teaching on the round", 30, Kind.OTHER)
    assert activity.done_on == user.profile.local_date() and activity.finish_later
    assert "1 activity waits to be finished" in response.text
    assert "Teaching on the round" in client.get(UNFINISHED).text


@database
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Say what you did, in a few words."),
        ("title", "x" * 201, "at most 200 characters"),
        ("minutes", "", "Enter the minutes it took, like 45."),
        ("minutes", "0", "Enter at least 1 minute."),
        ("minutes", "1500", "at most 1,440 minutes"),
        ("minutes", "9" * 500, "minutes"),
        ("id", "nonsense", "Enter a valid UUID"),
        ("title", "a\x00b", "Null characters are not allowed."),
        ("title", "\ud800", ""),
    ],
)
def test_a_hurried_mistake_is_a_sentence(client: Client, user: User, field: str, value: str, sentence: str) -> None:
    data = {"id": str(uuid.uuid4()), "title": "Precious title", "minutes": "30"} | {field: value}
    body = urlencode({name: words.encode("utf-8", "surrogatepass") for name, words in data.items()})
    response = client.post(QUICK, body, content_type="application/x-www-form-urlencoded")
    if sentence:
        assert response.status_code == 422 and sentence in response.text and not user.activities.exists()
    else:
        assert response.status_code in (302, 422)


@database
def test_the_same_form_with_other_words_says_so(client: Client, user: User) -> None:
    data = {"id": str(uuid.uuid4()), "title": "One", "minutes": "30"}
    client.post(QUICK, data)
    response = client.post(QUICK, data | {"title": "Another"})
    assert response.status_code == 422 and "This form was sent already." in response.text and "Another" in response.text
    # The whole form has room for both: it leads to where they stand side by side.
    response = client.post(NEW, typed(id=data["id"]), follow=True)
    assert "Audit of handover" in response.text and "One" in response.text
    assert user.activities.get().title == "One"


@database
def test_saving_the_whole_form_finishes_it_and_the_button_leaves_it(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, finish_later=True)
    client.post(at("activity-update", activity.pk), typed(version="1", finish_later="1"))
    activity.refresh_from_db()
    assert activity.finish_later
    client.post(at("activity-update", activity.pk), typed(version="2"))
    activity.refresh_from_db()
    assert not activity.finish_later


@database
def test_finish_later_needs_only_title_date_and_minutes(client: Client, user: User) -> None:
    data = typed(finish_later="1")
    del data["kind"]
    client.post(NEW, data)
    activity = user.activities.get()
    assert activity.finish_later and activity.kind == Kind.OTHER
    del data["finish_later"]
    assert client.post(NEW, data | {"id": str(uuid.uuid4())}).status_code == 422
    assert client.post(NEW, {"id": str(uuid.uuid4()), "finish_later": "1"}).status_code == 422
    assert user.activities.count() == 1


@database
def test_it_is_finished(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, finish_later=True, title="Half a note")
    ActivityFactory(finish_later=True, title="A stranger's")
    ActivityFactory(user=user, title="Whole", finish_later=False)
    page = client.get(UNFINISHED).text
    assert "Half a note" in page and "stranger" not in page and "Whole" not in page
    for _ in range(2):
        client.post(at("activity-finish", activity.pk))
    activity.refresh_from_db()
    assert not activity.finish_later and activity.version == 2
    assert "Nothing waits to be finished" in client.get(UNFINISHED).text


# --- Once more -------------------------------------------------------------------------------------------------------


@database
def test_repeat_fills_in_all_but_the_day_and_the_reflection(client: Client, user: User) -> None:
    enrolment = EnrolmentFactory(user=user, framework="au-mba", titles=[], anchor_on=None)
    before = ActivityFactory(
        user=user,
        title="Grand round",
        provider="Trust",
        minutes=50,
        tags=["ward"],
        kind=Kind.CASE,
        reflection=ReflectionFactory(user=user, text="Secret words"),
        done_on=datetime.date(2026, 5, 1),
    )
    PlacementFactory(enrolment=enrolment, activity=before, category="measuring-outcomes", is_guess=False)
    assert f"?repeat={before.pk}" in client.get(before.get_absolute_url()).text
    response = client.get(f"{NEW}?repeat={before.pk}")
    form = response.context["form"]
    values = {name: form[name].value() for name in ("title", "provider", "minutes", "tags", "kind")}
    assert values == {"title": "Grand round", "provider": "Trust", "minutes": 50, "tags": "ward", "kind": "case"}
    assert form["done_on"].value() == user.profile.local_date()
    assert form[f"{enrolment.pk}-category"].value() == "measuring-outcomes"
    assert "Secret words" not in response.text and form["id"].value() != before.pk


@database
@pytest.mark.parametrize("name", ["repeat", "template"])
@pytest.mark.parametrize("value", ["nonsense", "1", "a" * 5000, str(uuid.UUID(int=1))])
def test_what_is_not_there_is_not_found(client: Client, name: str, value: str) -> None:
    assert client.get(NEW, {name: value}).status_code == 404


@database
def test_nobody_repeats_what_somebody_else_did(client: Client) -> None:
    assert client.get(NEW, {"repeat": str(ActivityFactory().pk)}).status_code == 404
    assert client.get(NEW, {"template": str(ActivityTemplateFactory().pk)}).status_code == 404


@database
def test_a_template_is_made_used_renamed_deleted_and_had_back(client: Client, user: User) -> None:
    enrolment = EnrolmentFactory(user=user, framework="au-mba", titles=[], anchor_on=None)
    activity = ActivityFactory(user=user, title="Journal club", tags=["papers"], minutes=55)
    PlacementFactory(enrolment=enrolment, activity=activity, category="reviewing-performance", is_guess=False)
    key = {"id": str(uuid.uuid4())}
    for _ in range(2):
        client.post(at("template-create", activity.pk), key)
    template = user.activity_templates.get()
    assert (template.name, template.minutes, template.tags) == ("Journal club", 55, ["papers"])
    form = client.get(f"{NEW}?template={template.pk}").context["form"]
    assert (form["title"].value(), form["minutes"].value()) == ("Journal club", 55)
    assert form[f"{enrolment.pk}-category"].value() == "reviewing-performance"
    client.post(at("template-update", template.pk), {"name": "Fridays"})
    assert "Fridays" in client.get(TEMPLATES).text
    page = client.post(at("template-delete", template.pk), follow=True).text
    assert "Deleted “Fridays”." in page and "Undo" in page
    assert client.get(NEW, {"template": str(template.pk)}).status_code == 404
    client.post(at("template-restore", template.pk))
    assert user.activity_templates.kept().get() == template


@database
def test_templates_of_one_title_get_names_of_their_own(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, title="x" * 200)
    for _ in range(3):
        client.post(at("template-create", activity.pk), {"id": str(uuid.uuid4())})
    names = sorted(user.activity_templates.values_list("name", flat=True), key=len)
    assert len(set(names)) == 3 and all(len(name) <= 80 for name in names)


@database
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Give it a name"),
        ("x" * 81, "at most 80 characters"),
        ("Taken", "You have another template of this name."),
        ("a\x00b", "Null characters are not allowed."),
    ],
)
def test_a_wrong_name_is_a_sentence(client: Client, user: User, name: str, sentence: str) -> None:
    ActivityTemplateFactory(user=user, name="Taken")
    template = ActivityTemplateFactory(user=user, name="Mine")
    response = client.post(at("template-update", template.pk), {"name": name})
    assert response.status_code == 422 and sentence in response.text
    template.refresh_from_db()
    assert template.name == "Mine"


@database
def test_a_name_taken_since_is_said_when_it_comes_back(client: Client, user: User) -> None:
    gone = ActivityTemplateFactory(user=user, name="Fridays", deleted_at=timezone.now())
    ActivityTemplateFactory(user=user, name="Fridays")
    page = client.post(at("template-restore", gone.pk), follow=True).text
    assert "Rename that one" in page and user.activity_templates.kept().count() == 1


@database
def test_there_is_an_end_to_templates(client: Client, user: User) -> None:
    ActivityTemplateFactory.create_batch(MOST_TEMPLATES, user=user)
    page = client.post(
        at("template-create", ActivityFactory(user=user).pk), {"id": str(uuid.uuid4())}, follow=True
    ).text
    assert "You have 50 templates." in page and user.activity_templates.count() == MOST_TEMPLATES


@database
def test_a_template_is_its_owners(client: Client, user: User) -> None:
    theirs = ActivityTemplateFactory(name="Their habit")
    mine = ActivityFactory(user=user)
    assert client.post(at("template-create", mine.pk), {"id": str(theirs.pk)}).status_code == 404
    for name in ("template-update", "template-delete", "template-restore"):
        assert client.post(at(name, theirs.pk), {"name": "Mine"}).status_code == 404
    assert "Their habit" not in client.get(TEMPLATES).text


@database
def test_a_template_deleted_long_ago_is_gone() -> None:
    now = timezone.now()
    ActivityTemplateFactory(deleted_at=now - datetime.timedelta(days=31))
    kept = ActivityTemplateFactory(deleted_at=now - datetime.timedelta(days=29))
    tidy_now(now)
    assert list(ActivityTemplate.objects.all()) == [kept]


# --- Highlights ------------------------------------------------------------------------------------------------------


def highlights(user: User, *, on: datetime.date = datetime.date(2026, 6, 1)) -> list[Activity]:
    five: list[Activity] = ActivityFactory.create_batch(MOST_HIGHLIGHTS, user=user, done_on=on, is_highlight=True)
    return five


@database
def test_a_highlight_is_marked_and_the_mark_comes_off(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user)
    page = client.post(at("activity-highlight", activity.pk), {"on": "1"}, follow=True).text
    assert "Now a highlight of its year." in page and "<span>Highlight</span>" in page
    assert "Highlight" in client.get("/cpd/activities/").text
    page = client.post(at("activity-highlight", activity.pk), follow=True).text
    assert "Make this a highlight" in page
    activity.refresh_from_db()
    assert not activity.is_highlight and activity.version == 3


@database
def test_the_sixth_is_refused_with_the_five(client: Client, user: User) -> None:
    five, sixth = highlights(user), ActivityFactory(user=user, title="One more")
    response = client.post(at("activity-highlight", sixth.pk), {"on": "1"})
    assert response.status_code == 422 and "This year has 5 highlights already" in response.text
    assert all(activity.get_absolute_url() in response.text for activity in five)
    sixth.refresh_from_db()
    assert not sixth.is_highlight
    client.post(at("activity-highlight", five[0].pk))
    assert client.post(at("activity-highlight", sixth.pk), {"on": "1"}).status_code == 302


@database
def test_the_year_is_the_persons_own(client: Client, user: User) -> None:
    user.profile.year_starts_in = 4
    user.profile.save()
    highlights(user, on=datetime.date(2026, 3, 31))
    highlights(UserFactory(), on=datetime.date(2026, 4, 2))
    ActivityFactory(user=user, done_on=datetime.date(2026, 4, 2), is_highlight=True, deleted_at=timezone.now())
    in_april = ActivityFactory(user=user, done_on=datetime.date(2026, 4, 1))
    in_march = ActivityFactory(user=user, done_on=datetime.date(2026, 3, 1))
    assert client.post(at("activity-highlight", in_april.pk), {"on": "1"}).status_code == 302
    assert client.post(at("activity-highlight", in_march.pk), {"on": "1"}).status_code == 422


@database
def test_a_year_is_not_crowded_by_a_move_or_a_return(user: User) -> None:
    highlights(user)
    moved = ActivityFactory(user=user, done_on=datetime.date(2025, 6, 1), is_highlight=True)
    fields = {"done_on": datetime.date(2026, 6, 2)}
    assert not amend_activity(by=user, activity_id=moved.pk, version=1, fields=fields).is_highlight
    one = user.activities.filter(is_highlight=True).first()
    assert one is not None
    delete_activity(by=user, activity_id=one.pk)
    set_highlight(by=user, activity_id=moved.pk, is_on=True)
    assert not restore_activity(by=user, activity_id=one.pk).is_highlight


@database
def test_a_year_is_not_crowded_by_many_that_return(user: User) -> None:
    now = timezone.now()
    user.activities.filter(pk__in=[each.pk for each in highlights(user)]).update(deleted_at=now)
    highlights(user)
    assert restore_several(by=user, deleted_at=now) == (MOST_HIGHLIGHTS, 0)
    assert user.activities.kept().highlights().count() == MOST_HIGHLIGHTS


@database
def test_a_highlight_stays_one_when_it_is_edited(user: User) -> None:
    [one, *_] = highlights(user)
    assert amend_activity(by=user, activity_id=one.pk, version=1, fields={"title": "Better"}).is_highlight
