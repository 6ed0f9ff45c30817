"""The pages of the record, asked the same questions each: works, whose, wrong data, twice."""

import datetime
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cpd.models import Activity, Provenance
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import ActivityFactory, ReflectionFactory, SittingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(**changes: str) -> dict[str, str]:
    today = timezone.localdate().isoformat()
    plain = {
        "title": "Audit of handover",
        "kind": "quality",
        "provider": "",
        "done_on": today,
        "done_until": "",
        "minutes": "45",
    }
    return plain | {"reflection": "", "id": str(uuid.uuid4())} | changes


NEW = "/cpd/activities/new/"


# --- The tracker -----------------------------------------------------------------------------------------------------


def test_tracker_shows_the_year_by_month_and_the_newest(client: Client, user: User) -> None:
    today = user.profile.local_date()
    ActivityFactory(user=user, done_on=today, minutes=80, title="Today's course")
    ActivityFactory(user=user, done_on=today.replace(year=today.year - 1, day=1), minutes=30, title="Last year's")
    ActivityFactory(user=user, done_on=today, minutes=500, deleted_at=datetime.datetime.now(datetime.UTC))
    ActivityFactory(done_on=today, minutes=999, title="A stranger's")
    page = client.get("/cpd/").text
    assert "1 h 20 min" in page and "Today&#x27;s course" in page
    assert "A stranger" not in page and "<svg" in page and "<caption" in page
    assert "30 min" in client.get(f"/cpd/?year={today.year - 1}").text


@pytest.mark.parametrize("year", ["", "abc", "0000", "99999", "²⁰²⁶", "-1", "2026%00"])
def test_a_senseless_year_is_this_year_or_refused(client: Client, year: str) -> None:
    assert client.get(f"/cpd/?year={year}").status_code in (200, 400)


def test_a_cpd_year_may_begin_in_april(client: Client, user: User) -> None:
    user.profile.year_starts_in = 4
    user.profile.save()
    page = client.get("/cpd/?year=2025").text
    assert "1 April 2025 to 31 March 2026" in page


def test_tracker_of_a_newcomer_says_what_to_do(client: Client) -> None:
    assert "Nothing is recorded yet" in client.get("/cpd/").text


# --- Adding ----------------------------------------------------------------------------------------------------------


def test_adding_works(client: Client, user: User) -> None:
    response = client.post(NEW, typed(reflection="Write it down at once."), follow=True)
    activity = user.activities.get()
    assert (activity.title, activity.minutes, activity.provenance) == (
        "Audit of handover",
        45,
        Provenance.SELF_DECLARED,
    )
    assert activity.reflection is not None
    assert "Saved 45 min to your CPD." in response.text


def test_the_same_form_posted_twice_adds_once(client: Client, user: User) -> None:
    data = typed()
    for _ in range(2):
        assert client.post(NEW, data).status_code == 302
    assert user.activities.count() == 1


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Say what you did, in a few words."),
        ("title", "a\x00b", "Null characters are not allowed."),
        ("title", "x" * 201, "at most 200 characters"),
        ("minutes", "", "Enter the minutes it took, like 45."),
        ("minutes", "0", "Enter at least 1 minute."),
        ("minutes", "-5", "Enter at least 1 minute."),
        ("minutes", "1441", "at most 1,440 minutes in 1 day"),
        ("minutes", "forty", "Enter the minutes as a whole number, like 45."),
        ("minutes", "9" * 30, "at most 1,440 minutes in 1 day"),
        ("done_on", "", "Enter the date you did it."),
        ("done_on", "2026-02-30", "Enter a date that exists"),
        ("done_on", "2999-01-01", "This date is in the future."),
        ("done_on", "1026-11-22", "Your record starts on"),
        ("done_until", "2020-01-01", "The last day is before the first."),
        ("kind", "nap", "Select a valid choice"),
        ("reflection", "x" * 20_001, "This is longer than 20000 characters"),
        ("id", "not-a-uuid", "Enter a valid UUID"),
    ],
)
def test_wrong_data_gets_a_sentence_and_keeps_what_was_typed(
    client: Client, user: User, field: str, value: str, sentence: str
) -> None:
    response = client.post(NEW, typed(reflection="Precious words", title="Precious title") | {field: value})
    page = response.text
    assert response.status_code == 422
    assert sentence in page and 'id="error-summary"' in page and "<title>Error: " in page
    if field != "reflection":
        assert "Precious words" in page
    assert not user.activities.exists()


def test_today_is_the_clinicians_own(client: Client, user: User) -> None:
    """Where it is tomorrow already, tomorrow's date is no future."""
    user.profile.time_zone = "Pacific/Kiritimati"
    user.profile.save()
    assert client.post(NEW, typed(done_on=user.profile.local_date().isoformat())).status_code == 302


def test_a_long_or_odd_text_is_kept_exactly(client: Client, user: User) -> None:
    words = "Žižek 李明 שלום 👩🏽‍⚕️ µ ≥ =1+1 <b>not bold</b>\n\nsecond line"
    client.post(NEW, typed(reflection=words))
    activity = user.activities.get()
    assert activity.reflection is not None and activity.reflection.text.replace("\r\n", "\n") == words
    assert "&lt;b&gt;not bold" in client.get(activity.get_absolute_url()).text


def test_an_article_can_be_logged_without_the_timer(client: Client, user: User) -> None:
    article = ArticleFactory(published=True)
    address = f"{NEW}?article={article.slug}"
    assert article.revision.title in client.get(address).text
    client.post(address, typed(minutes="12", kind="reading"))
    activity = user.activities.get()
    assert (activity.article, activity.article_title, activity.minutes) == (article, article.revision.title, 12)


def test_what_the_form_says_of_an_article_is_kept(client: Client, user: User) -> None:
    article = ArticleFactory(published=True)
    yesterday = user.profile.local_date() - datetime.timedelta(days=1)
    said = typed(minutes="12", title="Read with a student", kind="teaching", done_on=yesterday.isoformat())
    client.post(f"{NEW}?article={article.slug}", said)
    activity = user.activities.get()
    assert (activity.title, activity.kind, activity.done_on) == ("Read with a student", "teaching", yesterday)
    assert activity.article_title == article.revision.title


def test_an_activity_deleted_while_its_form_was_open_is_not_found(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user)
    client.post(reverse("cpd:activity-delete", args=[activity.pk]))
    response = client.post(reverse("cpd:activity-update", args=[activity.pk]), typed(version="1"))
    assert response.status_code == 404


def test_the_form_offers_the_day_the_article_was_read(client: Client, user: User) -> None:
    sitting = SittingFactory(reader__user=user, started_at=timezone.now() - datetime.timedelta(days=3))
    page = client.get(f"{NEW}?article={sitting.article.slug}").text
    day = user.profile.local_date(sitting.started_at)
    assert f'name="done_on" value="{day.isoformat()}"' in page


def test_logging_an_article_by_hand_claims_what_was_timed(client: Client, user: User) -> None:
    sitting = SittingFactory(reader__user=user)
    address = f"{NEW}?article={sitting.article.slug}"
    assert "We timed 10 min" in client.get(address).text
    assert "Say why, in a few words." in client.post(address, typed(minutes="30")).text
    client.post(address, typed(minutes="30", more_because="Looked up the trial"))
    assert user.activities.get().measured_seconds == 600


@pytest.mark.parametrize("slug", ["no-such", "DROP TABLE", "a" * 300])
def test_an_unknown_article_is_not_found(client: Client, slug: str) -> None:
    assert client.get(NEW, {"article": slug}).status_code == 404


def test_a_draft_cannot_be_logged(client: Client) -> None:
    assert client.get(NEW, {"article": ArticleFactory().slug}).status_code == 404


def test_somebody_elses_id_is_not_found(client: Client) -> None:
    assert client.post(NEW, typed(id=str(ActivityFactory().pk))).status_code == 404


# --- One activity ----------------------------------------------------------------------------------------------------


def test_detail_shows_measured_beside_claimed(client: Client, user: User) -> None:
    timed = {"provenance": Provenance.MEASURED, "measured_seconds": 600, "open_seconds": 1_200}
    activity = ActivityFactory(user=user, minutes=15, more_because="Made notes", **timed)
    page = client.get(activity.get_absolute_url()).text
    for words in ("15 min", "10 min", "20 min", "Made notes"):
        assert words in page


def test_late_entries_are_labelled(client: Client, user: User) -> None:
    late = ActivityFactory(
        user=user, done_on=datetime.date(2026, 1, 5), recorded_at=datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC)
    )
    assert "more than a month later" in client.get(late.get_absolute_url()).text


def test_editing_works(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, reflection=ReflectionFactory(user=user))
    address = reverse("cpd:activity-update", args=[activity.pk])
    assert "I will ask earlier." in client.get(address).text
    client.post(address, typed(title="Another title", version="1", reflection_version="1", reflection="Changed"))
    activity.refresh_from_db()
    assert (activity.title, activity.version) == ("Another title", 2)
    assert activity.reflection is not None and activity.reflection.text == "Changed"


def test_an_edit_from_an_old_form_shows_both_and_saves_only_when_asked_again(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user)
    address = reverse("cpd:activity-update", args=[activity.pk])
    client.post(address, typed(title="From the phone", version="1"))
    response = client.post(address, typed(title="From the ward", version="1"))
    assert response.status_code == 409
    assert "From the phone" in response.text and "From the ward" in response.text
    assert 'name="version" value="2"' in response.text
    client.post(address, typed(title="From the ward", version="2"))
    activity.refresh_from_db()
    assert activity.title == "From the ward"


def test_a_timed_activity_asks_why_when_raised(client: Client, user: User) -> None:
    activity = ActivityFactory(
        user=user, provenance=Provenance.MEASURED, measured_seconds=600, open_seconds=900, minutes=10
    )
    address = reverse("cpd:activity-update", args=[activity.pk])
    assert client.post(address, typed(minutes="20", version="1")).status_code == 422
    assert client.post(address, typed(minutes="20", version="1", more_because="Notes")).status_code == 302


def test_deleting_offers_undo_and_undo_works(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user, title="Mistaken")
    page = client.post(reverse("cpd:activity-delete", args=[activity.pk]), follow=True).text
    assert "Deleted “Mistaken”." in page and "Undo" in page
    assert client.get(activity.get_absolute_url()).status_code == 404
    client.post(reverse("cpd:activity-restore", args=[activity.pk]))
    assert client.get(activity.get_absolute_url()).status_code == 200


def test_deleting_from_the_article_page_answers_with_nothing(client: Client, user: User) -> None:
    activity = ActivityFactory(user=user)
    assert (
        client.post(
            reverse("cpd:activity-delete", args=[activity.pk]), headers={"accept": "application/json"}
        ).status_code
        == 204
    )


@pytest.mark.sweep
@pytest.mark.parametrize("name", ["activity-detail", "activity-update", "activity-delete", "activity-restore"])
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_a_strangers_activity_does_not_exist(client: Client, name: str, method: str) -> None:
    theirs = ActivityFactory(title="Private matter")
    response = getattr(client, method)(reverse(f"cpd:{name}", args=[theirs.pk]))
    assert response.status_code in (404, 405) and "Private matter" not in response.text
    theirs.refresh_from_db()
    assert theirs.deleted_at is None and Activity.objects.count() == 1


def test_the_list_shows_mine_in_pages(client: Client, user: User) -> None:
    ActivityFactory.create_batch(30, user=user)
    ActivityFactory(title="A stranger's")
    first, second = client.get("/cpd/activities/").text, client.get("/cpd/activities/?page=2").text
    assert "30 activities" in first and "30 h in all" in first
    assert first.count("<article") == 25 and second.count("<article") == 5
    assert "A stranger" not in first + second
    assert client.get("/cpd/activities/?page=zzz").status_code == 200


def test_private_pages_are_not_stored(client: Client, user: User) -> None:
    for address in ("/cpd/", "/cpd/activities/", NEW, "/cpd/reading/", ActivityFactory(user=user).get_absolute_url()):
        assert "no-store" in client.get(address).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("timed_seconds", "minutes", "label"),
    [
        (600, 10, "Timed"),
        (370, 6, "Timed"),
        (370, 7, "Timed"),
        (20, 1, "Timed"),
        (370, 5, "Timed 6 min, you entered 5 min"),
        (370, 20, "Timed 6 min, you entered 20 min"),
    ],
)
def test_the_label_says_when_the_claim_is_not_what_was_timed(
    client: Client, user: User, timed_seconds: int, minutes: int, label: str
) -> None:
    """What the button offered, and a begun minute, are both plainly "Timed"."""
    timed = {"provenance": Provenance.MEASURED, "measured_seconds": timed_seconds, "open_seconds": 900}
    activity = ActivityFactory(user=user, minutes=minutes, **timed)
    assert f"<dd>{label}</dd>" in client.get(activity.get_absolute_url()).text
