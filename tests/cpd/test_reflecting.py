"""What somebody makes of an activity: in parts, declared, private, and one for several activities."""

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cpd.actions import Changed, add_activity, amend_activity
from cpd.actions.reflections import Reflected
from cpd.models import Activity, Reflection
from cpd.reflecting import MOST_OFFERED, reusable_reflections
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory, EnrolmentFactory, ReflectionFactory

pytestmark = pytest.mark.django_db

NEW = "/cpd/activities/new/"


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


def edit(activity: Activity) -> str:
    return reverse("cpd:activity-update", args=[activity.pk])


def reflected(user: User, **columns: Any) -> Activity:
    activity: Activity = ActivityFactory(user=user, reflection=ReflectionFactory(user=user, **columns))
    return activity


# --- Parts -----------------------------------------------------------------------------------------------------------


def test_each_part_is_optional_and_any_of_them_is_a_reflection(client: Client, user: User) -> None:
    client.post(NEW, typed(next_step="Ask <earlier>."))
    activity = user.activities.get()
    assert activity.reflection is not None
    assert (activity.reflection.text, activity.reflection.next_step) == ("", "Ask <earlier>.")
    page = client.get(activity.get_absolute_url()).text
    assert "What next?" in page and "Ask &lt;earlier&gt;." in page and "What is important?" not in page
    client.post(NEW, typed(title="Without"))
    assert user.activities.get(title="Without").reflection is None


def test_all_parts_are_shown_to_their_owner_and_in_the_form(client: Client, user: User) -> None:
    parts = {"text": "It went wrong.", "important": "The handover.", "next_step": "A checklist."}
    activity = reflected(user, **parts)
    for address in (activity.get_absolute_url(), edit(activity)):
        page = client.get(address).text
        assert all(words in page for words in parts.values())
    assert activity.reflection is not None
    assert activity.reflection.words == "It went wrong.\n\nThe handover.\n\nA checklist."


def test_a_conflict_shows_all_parts(client: Client, user: User) -> None:
    activity = reflected(user, text="Then", important="Now", next_step="Soon")
    page = client.post(edit(activity), typed(version="7"))
    assert page.status_code == 409 and all(words in page.text for words in ("Then", "Now", "Soon"))


@pytest.mark.sweep
@pytest.mark.parametrize("part", ["reflection", "important", "next_step"])
@pytest.mark.parametrize(
    ("words", "sentence"),
    [("x" * 1_000_000, "This is longer than 20000 characters"), ("a\x00b", "Null characters are not allowed.")],
)
def test_too_much_is_a_sentence_and_nothing_is_stored(
    client: Client, user: User, part: str, words: str, sentence: str
) -> None:
    response = client.post(NEW, typed(**{part: words}))
    assert response.status_code == 422 and sentence in response.text
    assert not user.activities.exists() and not user.reflections.exists()


@pytest.mark.parametrize("words", ["👩🏽‍⚕️ שלום עולם", "‮backwards", "  \n ", "=1+1"])
def test_odd_words_are_kept_as_they_are(client: Client, user: User, words: str) -> None:
    client.post(NEW, typed(important=words))
    activity = user.activities.get()
    kept = activity.reflection.important if activity.reflection else ""
    assert kept == words.strip()


# --- The declaration, and who may read it ----------------------------------------------------------------------------


def test_a_declaration_has_the_persons_own_date(user: User) -> None:
    user.profile.time_zone = "Pacific/Kiritimati"
    late = datetime.datetime(2026, 11, 20, 20, 0, tzinfo=datetime.UTC)
    fields = {"title": "Audit", "kind": "quality", "minutes": 5, "done_on": datetime.date(2026, 11, 20)}
    said = Reflected("Words", ai_use="edited")
    activity = add_activity(by=user, activity_id=uuid.uuid4(), fields=fields, reflection=said, now=late).activity
    assert activity.reflection is not None
    assert activity.reflection.ai_declared_on == datetime.date(2026, 11, 21)


def test_the_date_changes_with_the_declaration_and_not_with_the_words(user: User) -> None:
    activity = reflected(user, ai_use="none", ai_declared_on=datetime.date(2026, 1, 5))
    later = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=datetime.UTC)

    def amend(said: Reflected) -> Reflection:
        activity.refresh_from_db()
        saved = amend_activity(
            by=user, activity_id=activity.pk, version=activity.version, fields={}, reflection=said, now=later
        )
        assert saved.reflection is not None
        return saved.reflection

    assert amend(Reflected("Other words", ai_use="none", version=1)).ai_declared_on == datetime.date(2026, 1, 5)
    assert amend(Reflected("Other words", ai_use="drafted", version=2)).ai_declared_on == datetime.date(2026, 11, 20)
    undeclared = amend(Reflected("Other words", version=3))
    assert (undeclared.ai_use, undeclared.ai_declared_on, undeclared.version) == ("", None, 4)


def test_a_declaration_is_shown_with_its_date(client: Client, user: User) -> None:
    client.post(NEW, typed(reflection="Words", ai_use="drafted"))
    activity = user.activities.get()
    assert activity.reflection is not None and activity.reflection.ai_declared_on == user.profile.local_date()
    assert "AI drafted this and I made it mine" in client.get(activity.get_absolute_url()).text
    assert "Declared on " in client.get(edit(activity)).text
    assert client.post(NEW, typed(reflection="Words", ai_use="perhaps")).status_code == 422


def test_private_unless_ticked_and_a_tick_can_be_taken_away(client: Client, user: User) -> None:
    client.post(NEW, typed(reflection="Words"))
    activity = user.activities.get()
    assert not user.reflections.get().is_shareable
    assert "Private to you" in client.get(activity.get_absolute_url()).text
    answers = typed(reflection="Words", version="1", reflection_version="1")
    client.post(edit(activity), answers | {"is_shareable": "on"})
    assert user.reflections.get().is_shareable
    assert "May be read by people you share this activity with" in client.get(activity.get_absolute_url()).text
    client.post(edit(activity), answers | {"version": "2", "reflection_version": "2"})
    assert not user.reflections.get().is_shareable


# --- What bodies ask -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frameworks", "sentence"),
    [
        ([], "Each part is optional."),
        (["uk-nmc"], "None of your bodies counts reflections on single activities."),
        (["uk-nmc", "uk-fph"], "Each part is optional, but FPH counts reflections."),
    ],
)
def test_the_form_says_whether_bodies_count_reflections(
    client: Client, user: User, frameworks: list[str], sentence: str
) -> None:
    for framework in frameworks:
        extra: dict[str, Any] = {} if framework == "uk-nmc" else {"titles": [], "anchor_on": None}
        EnrolmentFactory(user=user, framework=framework, **extra)
    page = client.get(NEW).text
    assert sentence in page
    # No body sets one for what one writes of an activity.
    assert "words" not in page.partition('id="reflection"')[2].partition("</fieldset>")[0].replace("few words", "")


# --- One for several -------------------------------------------------------------------------------------------------


def test_a_reflection_serves_another_activity(client: Client, user: User) -> None:
    one = reflected(user)
    reflection = one.reflection
    assert reflection is not None
    page = client.get(NEW).text
    assert f'<option value="{reflection.pk}">{one.title}, 20 November 2026</option>' in page
    response = client.post(NEW, typed(shared_reflection=str(reflection.pk)), follow=True)
    assert response.status_code == 200 and "Shared by 2 activities" in response.text
    assert user.activities.filter(reflection=reflection).count() == 2
    assert Reflection.objects.count() == 1


def test_an_activity_without_one_takes_it_over_later(client: Client, user: User) -> None:
    one, other = reflected(user), ActivityFactory(user=user)
    client.post(edit(other), typed(version="1", shared_reflection=str(one.reflection_id)))
    other.refresh_from_db()
    assert other.reflection_id == one.reflection_id


def test_words_and_a_shared_reflection_are_not_both_taken(client: Client, user: User) -> None:
    one = reflected(user)
    response = client.post(NEW, typed(shared_reflection=str(one.reflection_id), next_step="Precious words"))
    assert response.status_code == 422
    assert "Clear them to use this reflection" in response.text and "Precious words" in response.text
    assert user.activities.count() == 1


def test_nobody_elses_reflection_is_offered_or_taken(client: Client, user: User) -> None:
    theirs = reflected(UserFactory())
    reflected(user)
    assert str(theirs.reflection_id) not in client.get(NEW).text
    response = client.post(NEW, typed(shared_reflection=str(theirs.reflection_id)))
    assert response.status_code == 422 and "Choose a reflection of the list." in response.text
    with pytest.raises(Reflection.DoesNotExist):
        add_activity(
            by=user,
            activity_id=uuid.uuid4(),
            fields={"title": "T", "kind": "case", "minutes": 5, "done_on": datetime.date(2026, 11, 20)},
            reflection=Reflected(shared=theirs.reflection_id),
        )


def test_those_offered_are_the_latest_each_once(user: User) -> None:
    shared = reflected(user)
    ActivityFactory(user=user, reflection=shared.reflection, title="The newest", done_on=datetime.date(2026, 11, 22))
    ActivityFactory(user=user, deleted_at=datetime.datetime.now(datetime.UTC), reflection=ReflectionFactory(user=user))
    for _ in range(MOST_OFFERED):
        reflected(user)
    offered = reusable_reflections(user)
    assert len(offered) == MOST_OFFERED
    assert offered[0].label == "The newest, 22 November 2026, and 1 more"
    assert shared.reflection_id not in [
        each.reflection_id for each in reusable_reflections(user, apart_from=shared.reflection_id)
    ]


def test_changing_a_shared_one_changes_it_for_all_and_separating_leaves_it(client: Client, user: User) -> None:
    one = reflected(user)
    other = ActivityFactory(user=user, reflection=one.reflection)
    assert "1 other activity has this reflection too" in client.get(edit(one)).text
    client.post(edit(one), typed(version="1", reflection_version="1", reflection="Better words"))
    assert "Better words" in client.get(other.get_absolute_url()).text
    words = typed(version="1", reflection_version="2", reflection="My own words", is_separate="on")
    client.post(edit(other), words)
    other.refresh_from_db()
    assert other.reflection_id != one.reflection_id
    assert "Better words" in client.get(one.get_absolute_url()).text
    assert "My own words" in client.get(other.get_absolute_url()).text


def test_two_tabs_through_two_activities_do_not_write_over_each_other(client: Client, user: User) -> None:
    one = reflected(user)
    other = ActivityFactory(user=user, reflection=one.reflection)
    client.post(edit(one), typed(version="1", reflection_version="1", reflection="From the phone"))
    stale = typed(version="1", reflection_version="1", reflection="From the ward")
    response = client.post(edit(other), stale)
    assert response.status_code == 409
    assert "From the phone" in response.text and "From the ward" in response.text
    assert 'name="reflection_version" value="2"' in response.text
    assert client.post(edit(other), stale | {"reflection_version": "2"}).status_code == 302
    assert "From the ward" in client.get(one.get_absolute_url()).text


def test_what_was_only_looked_at_is_no_conflict(client: Client, user: User) -> None:
    """The title is changed here; the reflection was changed there to the very words."""
    one = reflected(user)
    other = ActivityFactory(user=user, reflection=one.reflection)
    client.post(edit(one), typed(version="1", reflection_version="1", reflection="Agreed"))
    same = typed(version="1", reflection_version="1", reflection="Agreed", title="Another title")
    assert client.post(edit(other), same).status_code == 302


def test_a_conflict_shows_the_activity_as_it_stands(user: User) -> None:
    activity = reflected(user)
    with pytest.raises(Changed) as caught:
        amend_activity(
            by=user,
            activity_id=activity.pk,
            version=1,
            fields={"title": "Typed here"},
            reflection=Reflected("Typed here", version=9),
        )
    assert caught.value.current.title == activity.title
    activity.refresh_from_db()
    assert activity.version == 1


def test_the_last_words_are_not_dropped_by_an_old_form(user: User) -> None:
    activity = reflected(user)
    Reflection.objects.update(text="Written since", version=2)
    with pytest.raises(Changed):
        amend_activity(by=user, activity_id=activity.pk, version=1, fields={}, reflection=Reflected(version=1))
    assert Reflection.objects.get().text == "Written since"
