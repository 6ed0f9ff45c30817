"""Reminders: as the person chooses, once, without a word of what they wrote, and stopped by one click."""

import datetime
import re
from typing import Any
from unittest.mock import Mock

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from cpd.actions.reminders import choose_reminders
from cpd.models import Artefact, Enrolment, HowOften, Mailing, Notice, Reminders
from cpd.reminding import people_to_mail, send_waiting, stop_link, write_due_mailings, write_mailings_of
from cpd.standing import Stand, standings
from cpd.tasks import NightWentWrong, queue_mail, tidy, tidy_now
from tests.factories.cpd import (
    ActivityFactory,
    ArtefactFactory,
    EnrolmentFactory,
    LeaveFactory,
    MailingFactory,
    NoticeFactory,
    ReflectionFactory,
    RemindersFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/cpd/reminders/"
ENDS = datetime.date(2027, 9, 30)


def at(day: datetime.date) -> datetime.datetime:
    return datetime.datetime(day.year, day.month, day.day, 12, tzinfo=datetime.UTC)


def before(days: int) -> datetime.datetime:
    """Noon, so many days before the nurse's cycle ends."""
    return at(ENDS - datetime.timedelta(days=days))


def night(now: datetime.datetime) -> int:
    """What a night sends."""
    sent = len(mail.outbox)
    write_due_mailings(now)
    for user_pk in people_to_mail(now):
        send_waiting(user_pk, now)
    return len(mail.outbox) - sent


@pytest.fixture
def nurse(reader: User) -> Enrolment:
    return EnrolmentFactory(user=reader, number="71A2998E")


@pytest.fixture
def deadlines(reader: User, nurse: Enrolment) -> Reminders:
    return RemindersFactory(user=reader, how_often="deadlines")


# --- Choosing --------------------------------------------------------------------------------------------------------


def test_nothing_is_sent_unless_chosen(reader: User, reader_client: Client, nurse: Enrolment) -> None:
    page = reader_client.get(PAGE).text
    assert re.search(r'value="off"[^>]* checked', page)
    assert night(before(14)) == 0


def test_choosing_is_kept(reader: User, reader_client: Client) -> None:
    page = reader_client.post(PAGE, {"how_often": "deadlines"}, follow=True).text
    assert "Each mail has a link that stops them." in page
    assert Reminders.objects.get(user=reader).how_often == "deadlines"
    assert "We send you no reminders." in reader_client.post(PAGE, {"how_often": "off"}, follow=True).text
    assert Reminders.objects.get(user=reader).how_often == "off"


@pytest.mark.parametrize("how_often", ["", "hourly", "a\x00"])
def test_a_wrong_choice_gets_a_sentence(reader_client: Client, how_often: str) -> None:
    response = reader_client.post(PAGE, {"how_often": how_often})
    assert response.status_code == 422 and "<title>Error: " in response.text
    assert "Choose" in response.text and 'id="error-summary"' in response.text


def test_the_account_page_leads_here(reader_client: Client) -> None:
    assert f'href="{PAGE}"' in reader_client.get("/accounts/").text


# --- Before a date ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "sent"), [(61, 0), (60, 1), (59, 1), (15, 1), (14, 1), (1, 1), (0, 1), (-1, 0)])
def test_a_date_is_told_from_sixty_days_before_it_on(deadlines: Reminders, days: int, sent: int) -> None:
    assert night(before(days)) == sent


def test_each_of_the_two_is_sent_once_and_a_missed_night_loses_nothing(deadlines: Reminders) -> None:
    nights = [62, 58, 57, 20, 13, 12, 12, 3]
    assert [night(before(days)) for days in nights] == [0, 1, 0, 0, 1, 0, 0, 0]


def test_who_was_away_for_both_is_told_once(deadlines: Reminders) -> None:
    assert [night(before(10)), night(before(9))] == [1, 0]


def test_the_day_is_the_persons_own(deadlines: Reminders) -> None:
    deadlines.user.profile.time_zone = "Pacific/Kiritimati"
    deadlines.user.profile.save()
    assert night(before(61)) == 1


def test_several_dates_are_one_mail(deadlines: Reminders) -> None:
    EnrolmentFactory(user=deadlines.user, framework="uk-gphc", titles=[], anchor_on=ENDS)
    assert night(before(14)) == 1
    assert Mailing.objects.count() > 1


def test_who_is_in_nothing_or_locked_out_gets_no_mail(deadlines: Reminders, nurse: Enrolment) -> None:
    RemindersFactory(how_often="monthly")
    deadlines.user.is_active = False
    deadlines.user.save()
    assert night(before(14)) == 0


def test_a_left_or_deleted_enrolment_has_no_dates(deadlines: Reminders, nurse: Enrolment) -> None:
    nurse.left_on = datetime.date(2026, 1, 1)
    nurse.save()
    assert night(before(14)) == 0


# --- Each month ------------------------------------------------------------------------------------------------------


def test_a_month_is_told_once_however_late(reader: User, nurse: Enrolment) -> None:
    RemindersFactory(user=reader, how_often="monthly")
    days = [(2026, 12, 1), (2026, 12, 2), (2026, 12, 31), (2027, 3, 9), (2027, 3, 10)]
    assert [night(at(datetime.date(*day))) for day in days] == [1, 0, 0, 1, 0]


def test_the_month_of_choosing_is_not_told(reader: User, nurse: Enrolment) -> None:
    choose_reminders(by=reader, how_often=HowOften.MONTHLY, now=at(datetime.date(2026, 11, 20)))
    choose_reminders(by=reader, how_often=HowOften.MONTHLY, now=at(datetime.date(2026, 11, 21)))
    assert night(at(datetime.date(2026, 11, 30))) == 0
    assert night(at(datetime.date(2026, 12, 1))) == 1


def test_the_month_of_joining_the_first_framework_is_not_told(reader: User) -> None:
    RemindersFactory(user=reader, how_often="monthly")
    assert night(at(datetime.date(2026, 12, 1))) == 0
    EnrolmentFactory(user=reader, created_at=at(datetime.date(2026, 12, 20)))
    assert night(at(datetime.date(2026, 12, 21))) == 0
    # Another one later keeps nothing back.
    EnrolmentFactory(user=reader, framework="uk-hcpc", titles=[], created_at=at(datetime.date(2027, 1, 1)))
    assert night(at(datetime.date(2027, 1, 1))) == 1


# --- The mail --------------------------------------------------------------------------------------------------------


def letter(deadlines: Reminders, days: int = 14) -> Any:
    assert night(before(days)) == 1
    return mail.outbox[-1]


def test_it_says_what_is_left_in_words(deadlines: Reminders, nurse: Enrolment) -> None:
    for _ in range(2):
        ActivityFactory(user=nurse.user, minutes=900, participatory_minutes=450, done_on=datetime.date(2026, 5, 1))
    message = letter(deadlines)
    assert message.subject == "Your CPD: a date is near" and message.to == ["reader@example.org"]
    html = message.alternatives[0].content
    for words in (
        "NMC revalidation",
        "NMC: your present cycle ends on 30 September 2027 (15 days left)",
        "CPD hours: 5 h to go",
        "Participatory hours: 5 h to go",
        "Written reflective accounts: 5 to go",
        "To check with your regulator:",
        "Health and character: needs your declaration",
        "Your regulator decides what counts.",
        "http://localhost:8000/cpd/requirements/",
        "http://localhost:8000/cpd/reminders/",
    ):
        assert words in message.body and words in html
    assert "&#x27;" not in message.body


def test_it_holds_nothing_that_a_person_wrote(deadlines: Reminders, nurse: Enrolment) -> None:
    reflection = ReflectionFactory(user=nurse.user, text="Zaphod cried.")
    ActivityFactory(user=nurse.user, title="Zaphod's course", reflection=reflection)
    ArtefactFactory(enrolment=nurse, answers={"content": "Zaphod said so."})
    text = str(letter(deadlines).message())
    assert "Zaphod" not in text and "71A2998E" not in text


def test_somebody_who_has_enough_is_told_so(reader: User) -> None:
    EnrolmentFactory(user=reader, framework="us-ga-mb", titles=[], anchor_on=datetime.date(2027, 12, 31))
    RemindersFactory(user=reader, how_often="monthly")
    night(at(datetime.date(2026, 12, 1)))
    assert mail.outbox[-1].subject == "Your CPD: what is left"
    assert "This is where you stand on 1 December 2026." in mail.outbox[-1].body


def test_a_correction_is_mailed_in_its_own_words(reader: User, nurse: Enrolment) -> None:
    RemindersFactory(user=reader, how_often="monthly")
    notice = NoticeFactory(user=reader, enrolment=nurse)
    now = before(100)
    MailingFactory(user=reader, about=notice.about, due_at=now)
    assert send_waiting(reader.pk, now)
    message = mail.outbox[-1]
    assert message.subject == "Your CPD: a rule was corrected" and notice.text in message.body
    assert "This is where you stand" not in message.body


# --- Once ------------------------------------------------------------------------------------------------------------


def test_it_is_sent_once_by_two_workers(deadlines: Reminders) -> None:
    now = before(14)
    write_due_mailings(now)
    write_due_mailings(now)
    assert Mailing.objects.count() == 1
    assert [send_waiting(deadlines.user_id, now) for _ in range(2)] == [True, False]
    assert len(mail.outbox) == 1 and Mailing.objects.get().sent_at == now


def test_what_a_mail_server_refused_is_tried_again_for_a_week(
    deadlines: Reminders, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = before(14)
    write_due_mailings(now)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMultiAlternatives.send", lambda message: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            send_waiting(deadlines.user_id, now)
    assert Mailing.objects.get().sent_at is None
    assert people_to_mail(now + datetime.timedelta(days=8)) == []
    assert night(now + datetime.timedelta(days=1)) == 1


def test_the_night_queues_a_mail_for_each_person(deadlines: Reminders) -> None:
    write_due_mailings(before(14))
    assert queue_mail(before(14)) == 1
    [queued] = DBTaskResult.objects.all()
    assert queued.task_path == "cpd.tasks.send_reminders"
    assert queued.args_kwargs["args"] == [deadlines.user_id]


def test_one_persons_fault_keeps_nobody_elses_mail_back(
    deadlines: Reminders, monkeypatch: pytest.MonkeyPatch, stranger: User
) -> None:
    EnrolmentFactory(user=stranger)
    RemindersFactory(user=stranger)

    def some_standings(user: User, *, today: datetime.date) -> list[Stand]:
        if user == deadlines.user:
            raise ValueError
        return standings(user, today=today)

    monkeypatch.setattr("cpd.reminding.standings", some_standings)
    assert night(before(14)) == 1
    assert mail.outbox[-1].to == ["stranger@example.org"]


# --- Stopping --------------------------------------------------------------------------------------------------------


def test_who_stops_while_the_night_is_at_work_gets_nothing(deadlines: Reminders) -> None:
    choose_reminders(by=deadlines.user, how_often=HowOften.OFF)
    assert write_mailings_of(deadlines.user, before(14)) == 0
    # Written by a worker that had read the choice before.
    MailingFactory(user=deadlines.user, about=f"ends/{deadlines.pk}/2027-09-30/14", due_at=before(14))
    assert not send_waiting(deadlines.user_id, before(14))
    assert not mail.outbox and not Mailing.objects.exists()


def test_a_notice_is_not_mailed_to_who_stopped(reader: User, nurse: Enrolment) -> None:
    notice = NoticeFactory(user=reader, enrolment=nurse)
    MailingFactory(user=reader, about=notice.about, due_at=before(14))
    assert not send_waiting(reader.pk, before(14)) and not mail.outbox


def stop_path(user: User) -> str:
    return stop_link(user).removeprefix("http://localhost:8000")


def test_every_mail_can_be_stopped_by_one_click(deadlines: Reminders) -> None:
    message = letter(deadlines)
    assert message.extra_headers["List-Unsubscribe"] == f"<{stop_link(deadlines.user)}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop_link(deadlines.user) in message.body


def test_a_mail_program_stops_them_without_a_login(deadlines: Reminders) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(stop_path(deadlines.user), {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200 and "Reminders are stopped" in response.text
    deadlines.refresh_from_db()
    assert deadlines.how_often == "off" and night(before(14)) == 0


def test_looking_stops_nothing(deadlines: Reminders, client: Client) -> None:
    for method in (client.get, client.head):
        response = method(stop_path(deadlines.user))
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
    page = client.get(stop_path(deadlines.user)).text
    assert page.count("<form") == 1 and "reader@example.org" not in page
    deadlines.refresh_from_db()
    assert deadlines.how_often == "deadlines"


def test_what_waits_already_is_not_sent_after_stopping(deadlines: Reminders, client: Client) -> None:
    write_due_mailings(before(14))
    client.post(stop_path(deadlines.user))
    assert not send_waiting(deadlines.user_id, before(14)) and not mail.outbox


def test_switching_off_keeps_back_what_waits(deadlines: Reminders, reader_client: Client) -> None:
    write_due_mailings(before(14))
    reader_client.post(PAGE, {"how_often": "off"})
    assert night(before(14)) == 0


@pytest.mark.parametrize("forged", ["x", "MQ:1vN000:AAAA", "%F0%9F", "a" * 500])
def test_a_forged_link_is_not_found(deadlines: Reminders, client: Client, forged: str) -> None:
    assert client.post(f"/cpd/reminders/stop/{forged}/").status_code == 404


# --- Notices ---------------------------------------------------------------------------------------------------------


def test_a_notice_is_put_away(reader: User, reader_client: Client) -> None:
    notice = NoticeFactory(user=reader)
    response = reader_client.post(reverse("cpd:notice-dismiss", args=[notice.pk]))
    assert response.headers["Location"] == reverse("cpd:requirements")
    notice.refresh_from_db()
    first = notice.dismissed_at
    assert first is not None
    reader_client.post(reverse("cpd:notice-dismiss", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.dismissed_at == first


def test_a_strangers_notice_stays(reader_client: Client) -> None:
    notice = NoticeFactory()
    assert reader_client.post(reverse("cpd:notice-dismiss", args=[notice.pk])).status_code == 404
    notice.refresh_from_db()
    assert notice.dismissed_at is None


# --- The night -------------------------------------------------------------------------------------------------------


def test_what_has_had_its_time_goes_with_its_history(reader: User, nurse: Enrolment) -> None:
    now = before(100)
    long_ago, lately = now - datetime.timedelta(days=31), now - datetime.timedelta(days=29)
    gone = ArtefactFactory(enrolment=nurse, deleted_at=long_ago)
    kept = ArtefactFactory(enrolment=nurse, deleted_at=lately)
    left = EnrolmentFactory(user=reader, framework="uk-gmc", deleted_at=long_ago)
    leave = LeaveFactory(enrolment=left)
    tidy_now(now)
    assert list(Artefact.objects.all()) == [kept] and list(Enrolment.objects.all()) == [nurse]
    history = Artefact._meta.apps.get_model
    assert not history("cpd", "ArtefactEvent").objects.filter(pgh_obj_id=gone.pk).exists()
    assert history("cpd", "ArtefactEvent").objects.filter(pgh_obj_id=kept.pk).exists()
    assert not history("cpd", "EnrolmentEvent").objects.filter(pgh_obj_id=left.pk).exists()
    assert not history("cpd", "LeaveEvent").objects.filter(pgh_obj_id=leave.pk).exists()


def test_old_messages_and_notices_go(reader: User) -> None:
    now = before(100)
    MailingFactory(user=reader, due_at=now - datetime.timedelta(days=731))
    recent = MailingFactory(user=reader, about="monthly/2027-01", due_at=now - datetime.timedelta(days=700))
    NoticeFactory(user=reader, dismissed_at=now - datetime.timedelta(days=91))
    put_away = NoticeFactory(user=reader, dismissed_at=now - datetime.timedelta(days=89), enrolment=None)
    unread = NoticeFactory(user=reader, created_at=now - datetime.timedelta(days=900), enrolment=None)
    tidy_now(now)
    assert list(Mailing.objects.all()) == [recent]
    assert set(Notice.objects.all()) == {put_away, unread}


def test_the_night_goes_on_after_a_fault_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("schedule_work")
    DBTaskResult.objects.update(status="RUNNING")
    monkeypatch.setattr("cpd.tasks.close_due_cycles", lambda now: 1 / 0)
    done = Mock(return_value=0)
    monkeypatch.setattr("cpd.tasks.write_due_mailings", done)
    with pytest.raises(NightWentWrong):
        tidy.call()
    done.assert_called_once()
    # The next night is queued all the same.
    assert DBTaskResult.objects.filter(status="READY").count() == 1
