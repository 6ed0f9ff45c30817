"""A person's places in frameworks, with all that their standing rests on, and what they are told."""

import datetime
import uuid
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, JSONField, Max, OuterRef, Q, Subquery, Sum, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from cpd.querysets.record import UNDO_DAYS

if TYPE_CHECKING:
    from accounts.models import User
    from cpd.models import Enrolment, Grant, Leave, Notice


# Notices about articles that the tracker shows; the others are one link away.
NEWS_SHOWN = 3


class ShortAnswers(models.Func):
    """Of an artefact's answers those that are short: what is chosen from a list is; what is written may be pages."""

    template = (
        "(SELECT jsonb_object_agg(name, value) FROM jsonb_each("
        # Anything but an object would break the page of all enrolments.
        "CASE jsonb_typeof(%(expressions)s) WHEN 'object' THEN %(expressions)s END) AS answer (name, value)"
        " WHERE length(value::text) <= 1000)"
    )
    output_field = JSONField()


class NoticeQuerySet(models.QuerySet["Notice"]):
    """What people are told. Start from `user.cpd_notices`: they are between us and one person."""

    def waiting(self) -> Self:
        """Not put away."""
        return self.filter(dismissed_at__isnull=True)

    def of_articles(self) -> Self:
        """About articles they logged, the newest first, with what a list shows."""
        return self.filter(article__isnull=False).order_by("-created_at", "pk")

    def shown(self) -> "list[Notice]":
        """What the tracker shows of them, and one more to know of when there are more."""
        return list(self.of_articles().waiting()[: NEWS_SHOWN + 1])

    def for_page(self) -> Self:
        """With the article and the text it is about, without that text's words."""
        long_parts = ("article__body", "revision__body", "revision__rendered", "revision__details", "revision__outline")
        return self.select_related("article", "revision").defer(*long_parts)


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Places in frameworks."""

    def owned_by(self, user: "User") -> Self:
        """One person's, deleted ones included."""
        return self.filter(user=user)

    def kept(self) -> Self:
        """Not deleted."""
        return self.filter(deleted_at__isnull=True)

    def current(self, on: datetime.date) -> Self:
        """Kept, and not left before `on`; the oldest first."""
        return self.kept().filter(Q(left_on__isnull=True) | Q(left_on__gte=on)).order_by("created_at", "pk")

    def left(self, *, before: datetime.date) -> Self:
        """Kept, and left before that day; the last left first."""
        return self.kept().filter(left_on__lt=before).order_by("-left_on", "pk")

    def restorable(self, now: datetime.datetime | None = None) -> Self:
        """Deleted, and still to be had back; the last deleted first."""
        since = (now or timezone.now()) - datetime.timedelta(days=UNDO_DAYS)
        return self.filter(deleted_at__gt=since).order_by("-deleted_at", "pk")

    def with_facts(self, user: "User") -> Self:
        """Enrolments of `user` with `standing`, and with `facts`: all else that a standing rests on, as JSON.

        For cpd.standing only. One row for each enrolment, so that a dashboard costs one query and not nine.
        """
        activity, placement, leave, grant, artefact, notice = (
            apps.get_model("cpd", name)._default_manager
            for name in ("Activity", "Placement", "Leave", "Grant", "Artefact", "Notice")
        )
        mine = Q(enrolment=OuterRef("pk"))
        return self.select_related("standing").annotate(
            facts=JSONObject(
                # Changes of an activity raise its version; a new one or one that is gone changes the count.
                activities=Subquery(
                    activity.filter(user=user)
                    .order_by()
                    .values("user")
                    .values(json=JSONObject(count=Count("*"), versions=Sum("version"), newest=Max("changed_at")))
                ),
                placements=Subquery(
                    placement.filter(mine)
                    .order_by()
                    .values("enrolment")
                    .values(json=JSONObject(count=Count("*"), newest=Max("changed_at")))
                ),
                leaves=ArraySubquery(
                    leave.filter(mine)
                    .order_by("first_on", "pk")
                    .values(json=JSONObject(first_on="first_on", last_on="last_on"))
                ),
                grants=ArraySubquery(
                    grant.filter(mine)
                    .order_by("pk")
                    .values(
                        json=JSONObject(
                            requirement="requirement", cycle_first_on="cycle_first_on", value=Cast("value", TextField())
                        )
                    )
                ),
                artefacts=ArraySubquery(
                    artefact.filter(mine, deleted_at__isnull=True)
                    .order_by("done_on", "pk")
                    .values(
                        json=JSONObject(
                            id="pk",
                            kind="kind",
                            done_on="done_on",
                            done_until="done_until",
                            quantity=Cast("quantity", TextField()),
                            answers=ShortAnswers("answers"),
                            changed_at="changed_at",
                        )
                    )
                ),
                notices=ArraySubquery(
                    notice.filter(mine, user=user, dismissed_at__isnull=True)
                    .order_by("created_at", "pk")
                    .values(json=JSONObject(id="pk", text="text"))
                ),
                # Of the person and not of the enrolment; here, because the tracker has it all from one query.
                news=ArraySubquery(
                    notice.filter(user=user)
                    .of_articles()
                    .waiting()
                    .values(json=JSONObject(id="pk", text="text", article_id="article"))[: NEWS_SHOWN + 1]
                ),
            )
        )


def deleted_leave(enrolment: "Enrolment", pk: str) -> "Leave | None":
    """A leave of the enrolment that was deleted, as its history knows it, so that it can be had back; unsaved."""
    from cpd.models import Leave

    row = _last_of_deleted(enrolment, Leave, pk)
    return Leave(pk=row["id"], enrolment=enrolment, first_on=row["first_on"], last_on=row["last_on"]) if row else None


def deleted_grant(enrolment: "Enrolment", pk: str) -> "Grant | None":
    """The same of what a body granted."""
    from cpd.models import Grant

    row = _last_of_deleted(enrolment, Grant, pk)
    names = ("requirement", "cycle_first_on", "value", "reason")
    return Grant(pk=row["id"], enrolment=enrolment, **{name: row[name] for name in names}) if row else None


def _last_of_deleted(enrolment: "Enrolment", model: "type[Leave | Grant]", pk: str) -> dict[str, Any] | None:
    try:
        key = uuid.UUID(pk)
    except ValueError:
        return None
    if model._default_manager.filter(pk=key).exists():
        return None
    events = apps.get_model("cpd", f"{model.__name__}Event")
    rows = events._default_manager.filter(pgh_obj_id=key, enrolment_id=enrolment.pk).order_by("-pgh_id")
    row: dict[str, Any] | None = rows.values().first()
    return row
