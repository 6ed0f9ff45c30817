"""Work of the night, and the news of changed articles, which does not wait for it.

At night: what promises say is not kept, goes; cycles that are over are closed; reminders go out.
"""

import datetime
import logging
import uuid
from collections.abc import Callable
from itertools import batched
from smtplib import SMTPException

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef
from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles.models import Article, Revision, Significance, WorkingCopy
from cpd.actions.article_news import Told, tell_of_missed, tell_of_retirement, tell_of_text
from cpd.actions.closing import close_due_cycles
from cpd.actions.discussions import end_forgotten
from cpd.actions.evidence import remove_leftovers
from cpd.actions.imports import tidy_imports
from cpd.actions.leaving import close_due_accounts, tidy_archives
from cpd.appraiser_mail import send_code
from cpd.asking import send_questions, write_due_questions
from cpd.comment_mail import send_news_of_comments
from cpd.discussions import INVITATION_DAYS
from cpd.inviting import send_invitations
from cpd.models import (
    Activity,
    ActivityTemplate,
    Appraiser,
    Artefact,
    Confirmation,
    Discussion,
    Draft,
    Enrolment,
    Evidence,
    Goal,
    Grant,
    Impact,
    Invitation,
    Leave,
    Mailing,
    Notice,
    Participant,
    Placement,
    Reader,
    ReadingCode,
    Reflection,
)
from cpd.portfolio.storing import remove_old
from cpd.querysets.record import UNDO_DAYS
from cpd.reminding import people_to_mail, send_waiting, write_due_mailings

logger = logging.getLogger(__name__)

# How long anonymous reading waits for its reader to log in.
ANONYMOUS_DAYS = 30
# How long the queue remembers what was done.
TASK_DAYS = 7
# How long a notice that was put away is kept, and the note that a message was sent.
NOTICE_DAYS = 90
MAILING_DAYS = 2 * 365
# How many people's mail one task of the queue sends.
MAIL_BATCH = 100
EVERY = datetime.timedelta(days=1)
# Their history keeps every version of a row as long as the row itself, and no longer.
TRACKED = (
    Activity,
    Reflection,
    Enrolment,
    Leave,
    Grant,
    Placement,
    Artefact,
    Evidence,
    Goal,
    Impact,
    Discussion,
    Participant,
    Confirmation,
)


class NightWentWrong(Exception):
    """Some of the night's work failed; the log says which, and the next night tries again."""


@task
def tidy() -> dict[str, int]:
    """All of the night's work, then wait for tomorrow. Safe to run twice. Raises NightWentWrong."""
    # First: a fault in tonight's work must not be the end of all nights.
    schedule_tidying(after=EVERY)
    now = timezone.now()
    done: dict[str, int] = {}
    failed = False
    parts: list[Callable[[], dict[str, int]]] = [
        # Before what tidies rows and files: all of theirs goes in the same night.
        lambda: {"accounts closed": close_due_accounts(now)},
        lambda: tidy_now(now),
        # After the rows: a file goes when none names it.
        lambda: remove_leftovers(now),
        lambda: remove_old(now),
        lambda: {"discussions ended": end_forgotten(now)},
        lambda: {"cycles": close_due_cycles(now)},
        lambda: tidy_imports(now),
        lambda: tidy_archives(now),
        lambda: {"article_notices": tell_of_missed(now).notices},
        lambda: {"reminders": write_due_mailings(now)},
        lambda: {"questions": write_due_questions(now)},
        lambda: {"mails": queue_mail(now)},
    ]
    for part in parts:
        try:
            done |= part()
        except Exception:  # Each part is worth doing without the others.
            logger.exception("A part of the night's work failed.")
            failed = True
    if failed:
        raise NightWentWrong
    return done


@transaction.atomic
def tidy_now(now: datetime.datetime) -> dict[str, int]:
    """Unclaimed anonymous reading, what is past undoing, ended sessions, old messages; how many rows of each."""
    beyond_undo = now - datetime.timedelta(days=UNDO_DAYS)
    anonymous = Reader.objects.filter(user__isnull=True, clock__lt=now - datetime.timedelta(days=ANONYMOUS_DAYS))
    finished = DBTaskResult.objects.finished().filter(finished_at__lt=now - datetime.timedelta(days=TASK_DAYS))
    # Those about articles stay: that they were given is why they are not given again.
    put_away = Notice.objects.filter(dismissed_at__lt=now - datetime.timedelta(days=NOTICE_DAYS))
    notices = put_away.filter(article__isnull=True)
    mailings = Mailing.objects.filter(due_at__lt=now - datetime.timedelta(days=MAILING_DAYS))
    codes = ReadingCode.objects.filter(expires_at__lt=now)
    invitations = Invitation.objects.filter(created_at__lt=now - datetime.timedelta(days=INVITATION_DAYS))
    deleted = {
        # With what nobody claimed in time.
        "held readings": Reader.objects.filter(reading_code__in=codes).delete()[0],
        "reading codes": codes.delete()[0],
        "readers": anonymous.delete()[0],
        "activities": Activity.objects.filter(deleted_at__lt=beyond_undo).delete()[0],
        "reflections": Reflection.objects.filter(activities__isnull=True).delete()[0],
        "templates": ActivityTemplate.objects.filter(deleted_at__lt=beyond_undo).delete()[0],
        "goals": Goal.objects.filter(deleted_at__lt=beyond_undo).delete()[0],
        "artefacts": Artefact.objects.filter(deleted_at__lt=beyond_undo).delete()[0],
        "evidence": Evidence.objects.past_keeping(now).delete()[0],
        "enrolments": Enrolment.objects.filter(deleted_at__lt=beyond_undo).delete()[0],
        "notices": notices.delete()[0],
        "mailings": mailings.delete()[0],
        "discussions": Discussion.objects.past_keeping(now).delete()[0],
        "invitations": invitations.delete()[0],
        "appraisers": Appraiser.objects.past_keeping(now).delete()[0],
        "working copies": WorkingCopy.objects.past_keeping(now).delete()[0],
        "drafts": Draft.objects.past_keeping(now).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
        "tasks": finished.delete()[0],
    }
    for model in TRACKED:
        history = apps.get_model("cpd", f"{model.__name__}Event")
        history.objects.filter(~Exists(model.objects.filter(pk=OuterRef("pgh_obj_id")))).delete()
    return deleted


@task
def send_reminders(user_pk: int) -> bool:
    """Send one person what waits for them; whether there was anything. Safe to run twice and side by side."""
    was_reminded = send_waiting(user_pk)
    was_asked = send_questions(user_pk)
    return send_news_of_comments(user_pk) or was_asked or was_reminded


@task
def send_discussion_invitations(discussion_pk: str) -> int:
    """Mail the invitations to a discussion that were not sent yet; how many. Safe to run twice and side by side."""
    return send_invitations(uuid.UUID(discussion_pk))


@task
def send_appraiser_code(appraiser_pk: str) -> bool:
    """Mail the newest code to an appraiser; whether it was sent. Safe to run twice and side by side."""
    return send_code(uuid.UUID(appraiser_pk))


@task
def send_comment_mail(user_pk: int) -> bool:
    """Tell the owner of a link that somebody commented; whether a mail went out. Safe to run twice and side by side.

    What the mail server refuses goes on waiting, for the night.
    """
    try:
        return send_news_of_comments(user_pk)
    except (OSError, SMTPException):
        logger.exception("The mail about a comment could not be sent; it goes on waiting.")
        return False


@task
def tell_of_new_text(revision_pk: int) -> int:
    """Tell everybody who logged an earlier text, once readers see this one; how many were told. Safe to run twice."""
    now = timezone.now()
    revision = Revision.objects.filter(pk=revision_pk).defer("body", "rendered", "details", "outline").first()
    if revision is None:
        # It was scheduled, and taken back before anybody saw it.
        return 0
    if revision.live_from > now:
        tell_of_new_text.using(run_after=revision.live_from).enqueue(revision_pk)
        return 0
    return _mail_told(tell_of_text(revision, now=now))


@task
def tell_of_retired(article_pk: int) -> int:
    """The same when an article was retired."""
    article = Article.objects.filter(pk=article_pk).select_related("revision").first()
    return _mail_told(tell_of_retirement(article, now=timezone.now())) if article is not None else 0


def _mail_told(told: Told) -> int:
    for people in batched(told.to_mail, MAIL_BATCH, strict=False):
        send_to_many.enqueue(list(people))
    return told.notices


@task
def send_to_many(user_pks: list[int]) -> int:
    """Send each of these people what waits for them; how many got a mail. Whom it fails for is tried again at night."""
    sent = 0
    for user_pk in user_pks:
        try:
            sent += send_waiting(user_pk)
        except (OSError, SMTPException):
            logger.exception("A mail could not be sent; it goes on waiting.")
    return sent


def queue_news(revision_pk: int) -> None:
    """What articles calls when readers get a new text: put the telling into the queue, for when they see it.

    Nothing that goes wrong here may stop an editor; the night tells what was missed.
    """
    try:
        found = Revision.objects.filter(pk=revision_pk).exclude(significance=Significance.EDITORIAL)
        live_from = found.values_list("live_from", flat=True).first()
        if live_from is not None:
            later = live_from if live_from > timezone.now() else None
            tell_of_new_text.using(run_after=later).enqueue(revision_pk)
    except DatabaseError:
        logger.exception("The news of a changed article could not be queued.")


def queue_news_of_retirement(article_pk: int) -> None:
    """The same when an article was retired."""
    try:
        tell_of_retired.enqueue(article_pk)
    except DatabaseError:
        logger.exception("The news of a retired article could not be queued.")


def queue_mail(now: datetime.datetime) -> int:
    """Queue a mail to everybody for whom something waits; how many people."""
    people = people_to_mail(now)
    for user_pk in people:
        send_reminders.enqueue(user_pk)
    return len(people)


def schedule_tidying(*, after: datetime.timedelta = datetime.timedelta()) -> None:
    """Put the next tidying into the queue, unless one is waiting there."""
    if not DBTaskResult.objects.filter(task_path=tidy.module_path, status="READY").exists():
        tidy.using(run_after=timezone.now() + after).enqueue()
