"""What somebody may see of discussions, and the codes and links by which colleagues join one.

A code and a link follow from a row's id and the site's secret. So the host is shown the code again, and a copy of the
database opens nothing.
"""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.core import signing
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from cpd.querysets.record import UNDO_DAYS
from meducation.lib.codes import Codes

if TYPE_CHECKING:
    from cpd.models import Activity, Confirmation, Discussion, Invitation, Participant

SALT = "cpd.discussions"
# The code by which to join a discussion, from its id.
CODES = Codes(SALT, length=8, group=4)
# How long the tracker asks for what a discussion still waits for.
WAITS_DAYS = 30
# How long after it was sent an invitation to what was recorded afterwards can be taken, and is kept at all.
INVITATION_DAYS = 30


# --- Codes and links -------------------------------------------------------------------------------------------------


def token_of(invitation_id: uuid.UUID) -> str:
    """The secret part of the link in an invitation."""
    return signing.dumps(str(invitation_id), salt=f"{SALT}.invitation")


def invitation_id_in(token: str) -> uuid.UUID | None:
    """Which invitation a link belongs to; None for one that is not ours."""
    try:
        return uuid.UUID(signing.loads(token, salt=f"{SALT}.invitation"))
    except (signing.BadSignature, ValueError, UnicodeError):
        return None


# --- Querysets -------------------------------------------------------------------------------------------------------


class DiscussionQuerySet(models.QuerySet["Discussion"]):
    """Discussions. Start from a person's participations: nobody else's discussion is ever in reach."""

    def kept(self) -> Self:
        """Not cancelled."""
        return self.filter(cancelled_at__isnull=True)

    def forgotten(self, now: datetime.datetime) -> Self:
        """Not ended, and longer ago than a discussion can take."""
        from cpd.models.discussions import LONGEST_DISCUSSION

        return self.filter(ended_at__isnull=True, started_at__lte=now - LONGEST_DISCUSSION)

    def past_keeping(self, now: datetime.datetime) -> Self:
        """Cancelled too long ago to be had back, or with nobody left whose account is open."""
        from cpd.models import Participant

        long_ago = now - datetime.timedelta(days=UNDO_DAYS)
        somebody = Participant.objects.filter(discussion=OuterRef("pk"), user__isnull=False)
        return self.filter(Q(cancelled_at__lt=long_ago) | ~Exists(somebody))


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Participations; `user.discussions_joined` are somebody's own."""

    def shown(self, now: datetime.datetime | None = None) -> Self:
        """Those whose discussion has a page: not cancelled, or by its host lately. With the discussion."""
        lately = (now or timezone.now()) - datetime.timedelta(days=UNDO_DAYS)
        return self.filter(
            Q(discussion__cancelled_at__isnull=True)
            | Q(discussion__host=F("user"), discussion__cancelled_at__gt=lately)
        ).select_related("discussion", "discussion__article", "activity")

    def over(self) -> Self:
        """Whose discussion took place and has ended."""
        return self.filter(
            discussion__cancelled_at__isnull=True, discussion__ended_at__isnull=False, left_at__isnull=False
        )

    def with_what_waits(self) -> Self:
        """With `is_confirmed` (by anybody), and `others_wait`: somebody who was there too and is not confirmed yet."""
        from cpd.models import Confirmation, Participant

        confirmed = Confirmation.objects.filter(of=OuterRef("pk"))
        others = (
            Participant.objects.filter(
                discussion=OuterRef("discussion"),
                minutes__isnull=False,
                joined_at__lt=OuterRef("left_at"),
                left_at__gt=OuterRef("joined_at"),
            )
            .exclude(pk=OuterRef("pk"))
            .filter(~Exists(confirmed))
        )
        return self.annotate(is_confirmed=Exists(confirmed), others_wait=Exists(others))

    def waiting(self, now: datetime.datetime | None = None) -> Self:
        """Those that wait for their person: to say how long, to confirm others, or to add what others confirmed."""
        lately = (now or timezone.now()) - datetime.timedelta(days=WAITS_DAYS)
        return (
            self.over()
            .with_what_waits()
            # Who was there for less than a minute has nothing to say.
            .filter(discussion__ended_at__gt=lately, left_at__gte=F("joined_at") + datetime.timedelta(minutes=1))
            .filter(Q(minutes__isnull=True) | Q(others_wait=True) | Q(is_confirmed=True, activity__isnull=True))
        )

    def for_listing(self) -> Self:
        """Newest first, with what a row shows."""
        return (
            self.shown()
            .with_what_waits()
            .annotate(people=Count("discussion__participants"))
            .order_by("-discussion__started_at", "-pk")
        )


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    """Confirmations."""

    def in_discussion(self, discussion: "Discussion") -> Self:
        """All of one discussion, oldest first, with who gave them."""
        return self.filter(of__discussion=discussion).select_related("by").order_by("confirmed_at", "pk")


# --- What pages show -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """One participant as the others see them."""

    participant: "Participant"
    is_me: bool
    is_host: bool
    confirmations: tuple["Confirmation", ...]
    is_confirmed_by_me: bool = False

    @property
    def name(self) -> str:
        """As they gave it when they joined."""
        return self.participant.name


def people_of(discussion: "Discussion", me: "Participant") -> list[Person]:
    """Everybody who takes part, in the order they came. Two queries."""
    from cpd.models import Confirmation

    given: dict[uuid.UUID, list[Confirmation]] = {}
    for confirmation in Confirmation.objects.in_discussion(discussion):
        given.setdefault(confirmation.of_id, []).append(confirmation)
    return [
        Person(
            participant=participant,
            is_me=participant.pk == me.pk,
            is_host=participant.user_id is not None and participant.user_id == discussion.host_id,
            confirmations=tuple(given.get(participant.pk, ())),
            is_confirmed_by_me=any(each.by_id == me.pk for each in given.get(participant.pk, ())),
        )
        for participant in discussion.participants.order_by("joined_at", "pk")
    ]


def to_confirm(people: Iterable[Person]) -> list[Person]:
    """Whom somebody may confirm: the others who were there at the same time and have said for how long."""
    known = list(people)
    me = next(person.participant for person in known if person.is_me)
    return [
        person
        for person in known
        if not person.is_me and person.participant.minutes is not None and me.met(person.participant)
    ]


def has_company(people: Iterable[Person]) -> bool:
    """Whether anybody else was there at the same time: alone, it is no discussion."""
    known = list(people)
    me = next(person.participant for person in known if person.is_me)
    return any(me.met(person.participant) for person in known if not person.is_me)


def in_words(person: Person) -> str:
    """When they came and went: "joined at 10:05", "there from 10:05 to 10:50", by the reader's clock."""
    came = timezone.localtime(person.participant.joined_at)
    if person.participant.left_at is None:
        return f"joined at {came:%H:%M}"
    return f"there from {came:%H:%M} to {timezone.localtime(person.participant.left_at):%H:%M}"


@dataclass(frozen=True)
class Discussed:
    """What an activity's page says of the discussion that stands behind it, or that grew out of it."""

    participant: "Participant"
    is_of_it: bool  # The activity is the discussion itself; otherwise it is what was discussed.
    people: tuple[str, ...]  # The others'.
    confirmed: tuple[tuple[str, datetime.date], ...]  # By whom, and when.
    is_more: bool  # More minutes are in the record than were confirmed.

    @property
    def discussion(self) -> "Discussion":
        """The discussion."""
        return self.participant.discussion


def discussed(activity: "Activity") -> Discussed | None:
    """The discussion an activity has to do with, for its owner; the latest of several. One query."""
    from cpd.models import Confirmation, Participant

    confirmed_at = Confirmation.objects.filter(of=OuterRef(OuterRef("pk")), by=OuterRef("pk")).values("confirmed_at")
    others = (
        Participant.objects.filter(discussion=OuterRef("discussion"))
        .exclude(pk=OuterRef("pk"))
        .order_by("joined_at", "pk")
        .values(json=JSONObject(name="name", at=Subquery(confirmed_at[:1])))
    )
    found = (
        Participant.objects.filter(user=activity.user_id, discussion__cancelled_at__isnull=True)
        .filter(Q(activity=activity) | Q(discussion__activity=activity))
        .select_related("discussion", "discussion__article")
        .annotate(others=ArraySubquery(others))
        .order_by("-joined_at")
        .first()
    )
    if found is None:
        return None
    rows: list[Mapping[str, Any]] = getattr(found, "others", [])
    is_of_it = found.activity_id == activity.pk
    return Discussed(
        participant=found,
        is_of_it=is_of_it,
        people=tuple(row["name"] for row in rows),
        confirmed=tuple(
            (row["name"], timezone.localdate(datetime.datetime.fromisoformat(row["at"]))) for row in rows if row["at"]
        ),
        is_more=is_of_it and activity.minutes > (found.minutes or 0),
    )


def invitations_of(discussion: "Discussion") -> "models.QuerySet[Invitation]":
    """Whom the host asked, for the host's eyes alone."""
    return discussion.invitations.select_related("taken_by").order_by("created_at", "pk")


def invitation_in(token: str) -> "Invitation | None":
    """The invitation of a link, with its discussion; None for a link that is not ours or whose row has gone."""
    from cpd.models import Invitation

    pk = invitation_id_in(token)
    if pk is None:
        return None
    return Invitation.objects.filter(pk=pk).select_related("discussion", "taken_by").first()
