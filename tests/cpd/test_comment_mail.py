"""The owner of a link hears that somebody commented: by a mail once a day, and by "New" until they have looked."""

import datetime
import uuid
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from cpd.actions.reminders import stop_all_mail
from cpd.actions.sharing import see_comments, write_comment
from cpd.comment_mail import send_news_of_comments
from cpd.models import Appraiser, Mailing, ShareComment, ShareLink
from cpd.reminding import send_waiting
from cpd.tasks import queue_mail, send_comment_mail, send_reminders
from tests.cpd.test_sharing import address, come
from tests.factories.cpd import ActivityFactory, AppraiserFactory, ShareEntryFactory, ShareLinkFactory

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@pytest.fixture
def link(reader: User) -> ShareLink:
    link: ShareLink = ShareLinkFactory(user=reader, is_on=True)
    ShareEntryFactory(link=link, activity=ActivityFactory(user=reader))
    return link


def said(link: ShareLink, *, at: datetime.datetime | None = None, words: str = "Very private words.") -> ShareComment:
    appraiser = Appraiser.objects.filter(link=link).first() or AppraiserFactory(link=link, name="Dr Ada Khan")
    return write_comment(
        link=link, appraiser=appraiser, comment_id=uuid.uuid4(), words=words, is_discussed=False, now=at
    )


def test_a_comment_by_the_page_is_told_by_the_queue(reader: User, link: ShareLink) -> None:
    visitor = Client()
    come(visitor, link)
    mail.outbox.clear()
    form = {"id": str(uuid.uuid4()), "words": "Very private words."}
    assert visitor.post(address(link, "comment/"), form).status_code == 302
    assert not mail.outbox
    task = DBTaskResult.objects.get(task_path=send_comment_mail.module_path)
    assert send_comment_mail.func(*task.args_kwargs["args"])
    [message] = mail.outbox
    assert message.to == [reader.email] and link.get_absolute_url() in str(message.body)
    whole = f"{message.subject}{message.message()}"
    for kept_back in ("private words", "Khan", "Rea Reader", link.audience):
        assert kept_back not in whole


def test_there_is_one_mail_a_day_for_each_link(reader: User, link: ShareLink) -> None:
    other = ShareLinkFactory(user=reader, is_on=True)
    for _ in "ab":
        said(link, at=NOON)
        send_news_of_comments(reader.pk, NOON)
    assert len(mail.outbox) == 1
    said(other, at=NOON)
    send_news_of_comments(reader.pk, NOON)
    assert len(mail.outbox) == 2
    tomorrow = NOON + datetime.timedelta(days=1)
    said(link, at=tomorrow)
    said(other, at=tomorrow)
    assert send_news_of_comments(reader.pk, tomorrow)
    # Both links in one.
    assert len(mail.outbox) == 3
    assert all(each.get_absolute_url() in str(mail.outbox[-1].body) for each in (link, other))


def test_what_was_seen_already_is_not_mailed(reader: User, link: ShareLink) -> None:
    comment = said(link)
    see_comments(by=reader, link_id=link.pk, up_to=comment.written_at)
    assert not send_news_of_comments(reader.pk) and not mail.outbox
    assert Mailing.objects.get().sent_at is not None


def test_what_cannot_be_sent_waits_for_the_night(
    reader: User, link: ShareLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> int:
        raise SMTPServerDisconnected

    said(link)
    with monkeypatch.context() as broken:
        broken.setattr(EmailMultiAlternatives, "send", fail)
        assert not send_comment_mail.func(reader.pk)
    assert queue_mail(timezone.now()) == 1
    assert send_reminders.func(reader.pk) and len(mail.outbox) == 1
    assert not send_reminders.func(reader.pk)


def test_it_is_no_reminder(reader: User, link: ShareLink) -> None:
    said(link)
    assert not send_waiting(reader.pk)
    # Who wants no reminders has a link out all the same.
    stop_all_mail(by=reader)
    assert send_news_of_comments(reader.pk)


def test_nobody_who_closed_their_account_is_mailed(reader: User, link: ShareLink) -> None:
    said(link)
    reader.is_active = False
    reader.save()
    assert not send_news_of_comments(reader.pk) and not mail.outbox


def test_new_is_what_the_owner_has_not_seen_on_the_links_page(reader_client: Client, link: ShareLink) -> None:
    def is_told() -> bool:
        told = ["new comment" in reader_client.get("/cpd/").text, ">New<" in reader_client.get("/cpd/shares/").text]
        assert told[0] == told[1]
        return told[0]

    assert not is_told()
    said(link, words="The first.")
    assert is_told()
    assert reader_client.head(link.get_absolute_url()).status_code == 200
    assert is_told()
    assert ">New<" in reader_client.get(link.get_absolute_url()).text
    assert not is_told() and ">New<" not in reader_client.get(link.get_absolute_url()).text
    said(link, words="The second.")
    assert is_told()
    assert reader_client.get(link.get_absolute_url()).text.count(">New<") == 1
    assert not is_told()


def test_a_stranger_sees_nothing_of_it_and_marks_nothing(stranger_client: Client, link: ShareLink) -> None:
    said(link)
    assert "new comment" not in stranger_client.get("/cpd/").text
    assert stranger_client.get(link.get_absolute_url()).status_code == 404
    link.refresh_from_db()
    assert link.comments_seen_at is None
