"""Writes to discussions. Each is one transaction that locks the discussion first, and may be repeated without harm.

Nobody can confirm for themselves, and nobody's minutes exceed the time that passed: here and in the database.
"""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cpd.actions.activities import NotYours
from cpd.discussions import CODES, INVITATION_DAYS
from cpd.models import Activity, Discussion, Invitation, Participant
from cpd.querysets.record import UNDO_DAYS
from cpd.reading import lock_reader

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import Article

MOST_INVITED = 30
MOST_INVITED_A_DAY = 100
MOST_PARTICIPANTS = 100


class Refused(Exception):
    """It cannot be done; the message is a sentence for the person."""


@dataclass(frozen=True)
class Started:
    """What came of starting: the discussion, and whether this request made it."""

    discussion: Discussion
    is_new: bool


# --- Beginning and ending --------------------------------------------------------------------------------------------


@transaction.atomic
def start_discussion(
    *,
    by: "User",
    discussion_id: uuid.UUID,
    title: str,
    kind: str,
    name: str,
    article: "Article | None" = None,
    activity: Activity | None = None,
    took_place: tuple[datetime.datetime, datetime.datetime] | None = None,
    now: datetime.datetime | None = None,
) -> Started:
    """Begin a discussion now, or record one that `took_place`. The same id again gives the same. Raises NotYours."""
    now = now or timezone.now()
    existing = Discussion.objects.filter(pk=discussion_id).first()
    if existing is not None:
        if existing.host_id != by.pk:
            raise NotYours
        return Started(existing, is_new=False)
    revision = article.revision if article is not None else None
    started_at, ended_at = took_place or (now, None)
    discussion = Discussion(
        pk=discussion_id,
        host=by,
        title=title,
        kind=kind,
        article=article if revision is not None else None,
        article_title=revision.title[:160] if revision is not None else "",
        revision_number=revision.number if revision is not None else None,
        activity=activity if activity is not None and activity.user_id == by.pk else None,
        started_at=started_at,
        ended_at=ended_at,
        is_afterwards=took_place is not None,
        code_sha256="" if took_place else CODES.digest(CODES.of(discussion_id)),
        created_at=now,
    )
    discussion.full_clean(exclude=["host", "article", "activity"], validate_unique=False)
    # Two requests with the same form: the second waits here for the first, and then finds it.
    _, is_new = Discussion.objects.get_or_create(pk=discussion_id, defaults=_columns(discussion))
    discussion = Discussion.objects.select_for_update().get(pk=discussion_id)
    if discussion.host_id != by.pk:
        raise NotYours
    _take_part(discussion, by, name, now)
    return Started(discussion, is_new=is_new)


@transaction.atomic
def end_discussion(*, by: "User", discussion_id: uuid.UUID, now: datetime.datetime | None = None) -> Discussion:
    """End it for everybody who is still there. Raises Discussion.DoesNotExist for anybody but the host."""
    now = now or timezone.now()
    discussion = locked(by, discussion_id, host_only=True)
    _end(discussion, now)
    return discussion


def end_forgotten(now: datetime.datetime) -> int:
    """End the discussions that nobody ended in the time a discussion can take; how many."""
    ended = 0
    for pk in list(Discussion.objects.forgotten(now).values_list("pk", flat=True)):
        with transaction.atomic():
            discussion = Discussion.objects.select_for_update().filter(pk=pk).first()
            if discussion is not None and discussion.ended_at is None:
                _end(discussion, now)
                ended += 1
    return ended


@transaction.atomic
def cancel_discussion(*, by: "User", discussion_id: uuid.UUID, now: datetime.datetime | None = None) -> Discussion:
    """Put a discussion away; for 30 days its host can have it back. Raises Refused, Discussion.DoesNotExist."""
    discussion = locked(by, discussion_id, host_only=True, cancelled_too=True)
    if discussion.cancelled_at is not None:
        return discussion
    if discussion.participants.filter(activity__isnull=False).exists():
        raise Refused("Somebody has this discussion in their record already, so it cannot be cancelled.")
    discussion.cancelled_at = now or timezone.now()
    discussion.save(update_fields=["cancelled_at"])
    return discussion


@transaction.atomic
def restore_discussion(*, by: "User", discussion_id: uuid.UUID, now: datetime.datetime | None = None) -> Discussion:
    """Take a cancellation back. Raises Discussion.DoesNotExist after 30 days."""
    discussion = locked(by, discussion_id, host_only=True, cancelled_too=True)
    lately = (now or timezone.now()) - datetime.timedelta(days=UNDO_DAYS)
    if discussion.cancelled_at is not None and discussion.cancelled_at < lately:
        raise Discussion.DoesNotExist
    discussion.cancelled_at = None
    discussion.save(update_fields=["cancelled_at"])
    return discussion


# --- Coming and going ------------------------------------------------------------------------------------------------


@transaction.atomic
def join_by_code(*, by: "User", code: str, name: str, now: datetime.datetime | None = None) -> Participant:
    """Join the discussion of a code that goes on. Who is there already stays as they are. Raises Refused."""
    now = now or timezone.now()
    digest = CODES.digest(code)
    discussion = Discussion.objects.kept().select_for_update().filter(code_sha256=digest).first()
    if discussion is None or discussion.end(now) is not None:
        raise Refused("No discussion that goes on has this code. Check it with whoever read it out.")
    return _take_part(discussion, by, name, now)


@transaction.atomic
def take_invitation(
    *, by: "User", invitation_id: uuid.UUID, name: str, now: datetime.datetime | None = None
) -> Participant:
    """Join by an e-mailed link, which then belongs to this account alone.

    Raises Refused, Invitation.DoesNotExist.
    """
    now = now or timezone.now()
    key = Invitation.objects.values_list("discussion", flat=True).get(pk=invitation_id)
    discussion = Discussion.objects.select_for_update().get(pk=key)
    invitation = Invitation.objects.select_related("taken_by").select_for_update(of=("self",)).get(pk=invitation_id)
    problem = why_not(invitation, discussion, by, now)
    if problem:
        raise Refused(problem)
    participant = _take_part(discussion, by, name, now)
    if invitation.taken_at is None:
        invitation.taken_by, invitation.taken_at = participant, now
        invitation.save(update_fields=["taken_by", "taken_at"])
    return participant


def why_not(invitation: Invitation, discussion: Discussion, by: "User", now: datetime.datetime) -> str:
    """Why somebody cannot take an invitation, in a sentence; empty when they can."""
    if invitation.taken_at is not None and (invitation.taken_by is None or invitation.taken_by.user_id != by.pk):
        return "This link was used by another account. Ask for a link of your own."
    if invitation.taken_at is not None:
        return ""
    if discussion.cancelled_at is not None:
        return "This discussion was cancelled."
    if invitation.created_at < now - datetime.timedelta(days=INVITATION_DAYS):
        return "This link is too old. Ask for another one."
    if not discussion.is_afterwards and discussion.end(now) is not None:
        return "This discussion has ended. Only those who joined while it went on are on its list."
    return ""


@transaction.atomic
def leave_discussion(*, by: "User", discussion_id: uuid.UUID, now: datetime.datetime | None = None) -> Participant:
    """Go before it ends. Raises Refused for the host, Discussion.DoesNotExist."""
    now = now or timezone.now()
    discussion = locked(by, discussion_id)
    if discussion.host_id == by.pk:
        raise Refused("You began this discussion: end it for everybody instead.")
    settle(discussion, now)
    participant = discussion.participants.get(user=by)
    if participant.left_at is None:
        participant.left_at = max(now, participant.joined_at)
        participant.save(update_fields=["left_at"])
    return participant


@transaction.atomic
def stay_in_discussion(*, by: "User", discussion_id: uuid.UUID, now: datetime.datetime | None = None) -> Participant:
    """Take back having left, as after a slip of the thumb. Raises Refused, Discussion.DoesNotExist."""
    discussion = locked(by, discussion_id)
    settle(discussion, now or timezone.now())
    if discussion.ended_at is not None:
        raise Refused("The discussion has ended meanwhile.")
    participant = discussion.participants.get(user=by)
    if participant.minutes is not None:
        raise Refused("You have said how long you were there, so you have left.")
    participant.left_at = None
    participant.save(update_fields=["left_at"])
    return participant


# --- Inviting --------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite_to_discussion(
    *, by: "User", discussion_id: uuid.UUID, emails: Iterable[str], now: datetime.datetime | None = None
) -> list[Invitation]:
    """Write down whom to invite; those asked before are passed over. Returns the new ones, to be sent.

    Raises Refused beyond what one discussion, or one day, allows; Discussion.DoesNotExist for anybody but the host.
    """
    now = now or timezone.now()
    # One host's invitations wait for each other, so that several tabs cannot pass the limit of a day together.
    lock_reader(by)
    discussion = locked(by, discussion_id, host_only=True)
    if not discussion.is_afterwards and discussion.end(now) is not None:
        raise Refused("This discussion has ended: nobody can join it any more.")
    known = set(discussion.invitations.values_list("email", flat=True))
    new = [email for email in dict.fromkeys(emails) if email not in known]
    if len(known) + len(new) > MOST_INVITED:
        raise Refused(f"At most {MOST_INVITED} people can be invited to one discussion.")
    today = Invitation.objects.filter(discussion__host=by, created_at__gt=now - datetime.timedelta(days=1)).count()
    if today + len(new) > MOST_INVITED_A_DAY:
        raise Refused("You have invited very many people today. Read out the code, or go on tomorrow.")
    return Invitation.objects.bulk_create(
        Invitation(discussion=discussion, email=email, created_at=now) for email in new
    )


# --- What they share -------------------------------------------------------------------------------------------------


def locked(by: "User", discussion_id: uuid.UUID, *, host_only: bool = False, cancelled_too: bool = False) -> Discussion:
    """A discussion somebody takes part in, locked. Raises Discussion.DoesNotExist."""
    discussions = Discussion.objects.select_for_update(of=("self",)).filter(participants__user=by)
    if host_only:
        discussions = discussions.filter(host=by)
    if not cancelled_too:
        discussions = discussions.kept()
    return discussions.get(pk=discussion_id)


def _take_part(discussion: Discussion, by: "User", name: str, now: datetime.datetime) -> Participant:
    """Somebody's row in a locked discussion, made unless it is there."""
    existing = discussion.participants.filter(user=by).first()
    if existing is not None:
        return existing
    if discussion.participants.count() >= MOST_PARTICIPANTS:
        raise Refused(f"{MOST_PARTICIPANTS} people take part already. Begin a discussion of your own.")
    participant = Participant(
        discussion=discussion,
        user=by,
        name=name,
        joined_at=discussion.started_at if discussion.is_afterwards else max(now, discussion.started_at),
        left_at=discussion.ended_at if discussion.is_afterwards else None,
    )
    participant.full_clean(exclude=["discussion", "user", "activity"], validate_unique=False)
    participant.save(force_insert=True)
    return participant


def settle(discussion: Discussion, now: datetime.datetime) -> None:
    """End a discussion that nobody ended in time, before anything is done about it."""
    if discussion.ended_at is None and discussion.end(now) is not None:
        _end(discussion, now)


def _end(discussion: Discussion, now: datetime.datetime) -> None:
    if discussion.ended_at is not None:
        return
    discussion.ended_at = max(discussion.started_at, min(now, discussion.ends_at_the_latest))
    discussion.code_sha256 = ""
    discussion.save(update_fields=["ended_at", "code_sha256"])
    for participant in discussion.participants.filter(left_at__isnull=True):
        # Whoever came in the very moment of the end was there for no time at all.
        participant.left_at = max(discussion.ended_at, participant.joined_at)
        participant.save(update_fields=["left_at"])


def _columns(discussion: Discussion) -> dict[str, Any]:
    return {
        field.attname: getattr(discussion, field.attname)
        for field in discussion._meta.concrete_fields
        if not field.primary_key
    }
