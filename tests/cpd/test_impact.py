""" "Did it change anything?": asked once and only if wished, answered from the mail by one press and nothing less."""

import datetime
import re
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cpd.actions.impact import answer_from_mail
from cpd.actions.reminders import choose_reminders, stop_all_mail
from cpd.asking import send_questions, token_of, write_due_questions
from cpd.models import Activity, AskAfter, HowOften, Impact, ImpactAnswer, Mailing
from cpd.reminding import people_to_mail, send_waiting, stop_link
from cpd.tasks import send_reminders
from tests.factories.cpd import ActivityFactory, ImpactFactory, ReflectionFactory, SittingFactory

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
WEEK = datetime.timedelta(weeks=1)


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def activity(user: User, **changes: Any) -> Activity:
    """Done and recorded today."""
    return ActivityFactory(**{"user": user, "done_on": NOON.date(), "recorded_at": NOON} | changes)


def night(now: datetime.datetime) -> int:
    """What a night sends, as the tasks do."""
    sent = len(mail.outbox)
    write_due_questions(now)
    for user_pk in people_to_mail(now):
        send_waiting(user_pk, now)
        send_questions(user_pk, now)
    return len(mail.outbox) - sent


def asked(user: User, **changes: Any) -> Activity:
    """An activity about which a mail was sent today."""
    one = activity(user, **changes)
    ImpactFactory(activity=one, ask_on=NOON.date())
    assert night(NOON) == 1
    return one


def address(one: Activity) -> str:
    return reverse("cpd:impact-answer", args=[token_of(one)])


# --- Whether and when ------------------------------------------------------------------------------------------------


def test_nobody_is_asked_unless_they_wish(reader: User) -> None:
    activity(reader)
    assert night(NOON + 52 * WEEK) == 0
    assert not Impact.objects.exists()


@pytest.mark.parametrize("weeks", [AskAfter.SIX, AskAfter.TWELVE])
def test_it_is_asked_on_the_day_and_once(reader: User, weeks: AskAfter) -> None:
    choose_reminders(by=reader, how_often=HowOften.OFF, ask_after=weeks)
    activity(reader)
    due = NOON + weeks * WEEK
    assert night(due - DAY) == 0
    assert night(due) == 1
    assert [night(due), night(due + DAY), night(due + 30 * WEEK)] == [0, 0, 0]


def test_a_night_without_a_worker_loses_nothing(reader: User) -> None:
    choose_reminders(by=reader, how_often=HowOften.OFF, ask_after=AskAfter.SIX)
    activity(reader)
    assert night(NOON + 9 * WEEK) == 1


def test_what_was_recorded_before_choosing_late_or_by_import_is_not_asked_of(reader: User) -> None:
    activity(reader, recorded_at=NOON - DAY)
    choose_reminders(by=reader, how_often=HowOften.OFF, ask_after=AskAfter.SIX)
    activity(reader, done_on=NOON.date() - 40 * DAY)
    activity(reader, provenance="imported")
    activity(reader, deleted_at=NOON)
    assert night(NOON + 20 * WEEK) == 0


def test_choosing_again_does_not_begin_anew(reader: User) -> None:
    choose_reminders(by=reader, how_often=HowOften.OFF, ask_after=AskAfter.SIX)
    activity(reader)
    choose_reminders(by=reader, how_often=HowOften.OFF, ask_after=AskAfter.TWELVE, now=NOON + WEEK)
    assert night(NOON + 6 * WEEK) == 0
    assert night(NOON + 12 * WEEK) == 1


def test_one_activity_can_be_chosen_by_itself(reader: User, reader_client: Client) -> None:
    one = activity(reader)
    path = reverse("cpd:activity-impact", args=[one.pk])
    assert "on 4 January 2027" in reader_client.post(path, {"do": "ask", "after": "6"}, follow=True).text
    assert "We do not ask." in reader_client.post(path, {"do": "ask", "after": "0"}, follow=True).text
    assert night(NOON + 20 * WEEK) == 0
    reader_client.post(path, {"do": "ask", "after": "6"})
    assert night(NOON + 6 * WEEK) == 1


def test_one_activity_can_be_left_out(reader: User, reader_client: Client) -> None:
    choose_reminders(by=reader, how_often=HowOften.OFF, ask_after=AskAfter.SIX)
    one = activity(reader)
    assert "on 4 January 2027" in reader_client.get(one.get_absolute_url()).text
    reader_client.post(reverse("cpd:activity-impact", args=[one.pk]), {"do": "ask", "after": "0"})
    assert "on 4 January 2027" not in reader_client.get(one.get_absolute_url()).text
    assert night(NOON + 20 * WEEK) == 0


def test_what_was_answered_already_is_not_asked(reader: User, reader_client: Client) -> None:
    one = activity(reader)
    ImpactFactory(activity=one, ask_on=NOON.date())
    reader_client.post(reverse("cpd:activity-impact", args=[one.pk]), {"do": "answer", "answer": "no"})
    assert night(NOON + WEEK) == 0


def test_what_is_answered_between_writing_and_sending_is_not_sent(reader: User, reader_client: Client) -> None:
    one = activity(reader)
    ImpactFactory(activity=one, ask_on=NOON.date())
    write_due_questions(NOON)
    reader_client.post(reverse("cpd:activity-impact", args=[one.pk]), {"do": "answer", "answer": "yes"})
    assert send_questions(reader.pk, NOON) is False
    assert not mail.outbox


def test_a_mail_that_could_not_be_sent_waits(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ImpactFactory(activity=activity(reader), ask_on=NOON.date())
    with monkeypatch.context() as broken:
        broken.setattr("cpd.asking.EmailMultiAlternatives.send", Mock(side_effect=OSError("No mail server")))
        write_due_questions(NOON)
        with pytest.raises(OSError, match="No mail server"):  # The queue tries again after an error.
            send_questions(reader.pk, NOON)
    assert send_reminders.call(reader.pk)
    assert len(mail.outbox) == 1


def test_several_come_in_one_mail(reader: User) -> None:
    for _ in range(3):
        ImpactFactory(activity=activity(reader), ask_on=NOON.date())
    assert night(NOON) == 1
    assert mail.outbox[0].body.count("Yes, it changed what I do") == 3


def test_stopping_all_mail_stops_this_too(reader: User, client: Client) -> None:
    choose_reminders(by=reader, how_often=HowOften.MONTHLY, ask_after=AskAfter.SIX)
    activity(reader)
    ImpactFactory(activity=activity(reader), ask_on=NOON.date())
    write_due_questions(NOON)
    ImpactFactory(activity=activity(reader), ask_on=NOON.date() + DAY)
    assert client.post(stop_link(reader).partition("testserver")[2] or stop_link(reader)).status_code == 200
    assert night(NOON + 20 * WEEK) == 0
    assert not Mailing.objects.filter(sent_at=None).exists()


def test_stopping_twice_is_as_once(reader: User) -> None:
    stop_all_mail(by=reader)
    stop_all_mail(by=reader)
    assert reader.reminders.asking_since is None


def test_the_choice_stands_on_the_page_of_reminders(reader: User, reader_client: Client) -> None:
    assert re.search(r'name="ask_after" value="0"[^>]* checked', reader_client.get("/cpd/reminders/").text)
    reader_client.post("/cpd/reminders/", {"how_often": "off", "ask_after": "12"})
    assert re.search(r'name="ask_after" value="12"[^>]* checked', reader_client.get("/cpd/reminders/").text)
    assert reader_client.post("/cpd/reminders/", {"how_often": "off", "ask_after": "7"}).status_code == 422


# --- The mail --------------------------------------------------------------------------------------------------------


def test_the_mail_says_kind_and_date_and_no_word_of_theirs(reader: User) -> None:
    asked(reader, title="Private title", provider="Private clinic", reflection=ReflectionFactory(user=reader))
    message = mail.outbox[0]
    assert isinstance(message, EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    for text in (message.body, html):
        assert "Course or e-learning, 23 November 2026" in text
        assert "Private" not in text and "ask earlier" not in text
    assert message.subject == "Did it change anything?"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_database_keeps_no_address(reader: User) -> None:
    one = asked(reader)
    impact = Impact.objects.get(pk=one.pk)
    assert token_of(one) in mail.outbox[0].body
    assert impact.token_sha256 and impact.token_sha256 != token_of(one)


# --- The answer ------------------------------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing(reader: User, client: Client) -> None:
    one = asked(reader)
    before = Impact.objects.values().get(pk=one.pk)
    for answer in ImpactAnswer:
        page = client.get(address(one), {"answer": answer.value})
        assert page.status_code == 200
        # The one that was tapped comes first.
        assert re.findall(r'name="answer" value="([a-z-]+)"', page.text)[0] == answer.value
        client.head(address(one), {"answer": answer.value})
    assert Impact.objects.values().get(pk=one.pk) == before


@pytest.mark.parametrize("answer", ImpactAnswer)
def test_one_press_answers_without_logging_in(reader: User, answer: ImpactAnswer) -> None:
    one = asked(reader)
    client = Client(enforce_csrf_checks=True)
    page = client.post(address(one), {"answer": answer.value})
    assert f"You answered: {answer.label}" in page.text
    impact = Impact.objects.get(pk=one.pk)
    assert (impact.answer, impact.answered_at) == (answer.value, NOON)
    assert one.title not in page.text
    assert page.headers["Cache-Control"] == "private, no-store" and page.headers["Referrer-Policy"] == "no-referrer"


def test_the_answer_stands_on_the_activitys_page(reader: User, reader_client: Client) -> None:
    one = asked(reader)
    assert "We asked you by e-mail on 23 November 2026" in reader_client.get(one.get_absolute_url()).text
    reader_client.post(address(one), {"answer": "not-yet"})
    assert "Not yet." in reader_client.get(one.get_absolute_url()).text


@pytest.mark.parametrize("typed", [{}, {"answer": "perhaps"}, {"answer": "y\x00es"}], ids=["none", "other", "NUL"])
def test_a_press_of_no_button_is_no_answer(reader: User, client: Client, typed: dict[str, str]) -> None:
    one = asked(reader)
    assert client.post(address(one), typed).status_code == 422
    assert Impact.objects.get(pk=one.pk).answer == ""


def test_a_slip_of_the_thumb_is_put_right_and_words_stay(reader: User, reader_client: Client, client: Client) -> None:
    one = asked(reader)
    client.post(address(one), {"answer": "no"})
    reader_client.post(
        reverse("cpd:activity-impact", args=[one.pk]), {"do": "answer", "answer": "no", "words": "I tried."}
    )
    client.post(address(one), {"answer": "yes"})
    impact = Impact.objects.get(pk=one.pk)
    assert (impact.answer, impact.words) == ("yes", "I tried.")


def test_a_token_answers_for_its_own_activity_only(reader: User, stranger: User, client: Client) -> None:
    mine = asked(reader)
    other, not_asked, theirs = activity(reader), activity(reader), activity(stranger)
    for one in (other, theirs):
        ImpactFactory(activity=one, ask_on=NOON.date())
    night(NOON)
    client.post(f"{address(mine)}?activity={other.pk}", {"answer": "yes", "activity": str(other.pk)})
    assert {impact.pk: impact.answer for impact in Impact.objects.all()} == {
        mine.pk: "yes", other.pk: "", theirs.pk: ""
    }  # fmt: skip
    # Worked out rightly, but never sent.
    assert client.post(address(not_asked), {"answer": "yes"}).status_code == 404


def test_a_token_expires_after_60_days_to_the_second(reader: User, client: Client, frozen: Any) -> None:
    one = asked(reader)
    last = NOON + 60 * DAY
    frozen.move_to(last - datetime.timedelta(seconds=1))
    assert client.get(address(one)).status_code == 200
    frozen.move_to(last)
    assert client.get(address(one)).status_code == 404
    assert client.post(address(one), {"answer": "yes"}).status_code == 404
    assert answer_from_mail(token=token_of(one), answer=ImpactAnswer.YES) is None


@pytest.mark.parametrize("gone", ["activity", "owner"])
def test_a_token_of_what_is_gone_answers_nothing(reader: User, client: Client, gone: str) -> None:
    one = asked(reader)
    if gone == "activity":
        one.deleted_at = NOON
        one.save()
    else:
        reader.is_active = False
        reader.save()
    assert client.get(address(one)).status_code == 404


@pytest.mark.parametrize("token", ["0" * 64, "x", "a" * 5000])
def test_a_token_that_is_none_is_not_found(client: Client, token: str) -> None:
    assert client.get(reverse("cpd:impact-answer", args=[token])).status_code == 404


def test_words_are_bounded_and_kept(reader: User, reader_client: Client) -> None:
    one = activity(reader)
    path = reverse("cpd:activity-impact", args=[one.pk])
    much = reader_client.post(path, {"do": "answer", "answer": "yes", "words": "x" * 1_000_000})
    assert much.status_code == 422 and "This is longer than 5000 characters" in much.text
    reader_client.post(path, {"do": "answer", "answer": "yes", "words": "أسأل أبكر 🙂"})
    assert "أسأل أبكر 🙂" in reader_client.get(one.get_absolute_url()).text


def test_timed_reading_is_asked_about_like_all_else(reader: User) -> None:
    choose_reminders(by=reader, how_often=HowOften.OFF, ask_after=AskAfter.SIX)
    one = activity(reader, kind="reading", provenance="measured", measured_seconds=600)
    SittingFactory(reader__user=reader, activity=one)
    assert night(NOON + 6 * WEEK) == 1
    assert "Reading, 23 November 2026" in mail.outbox[0].body
