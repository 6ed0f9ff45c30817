"""Logging what was read. Each is one transaction, done `by` somebody, and may be repeated without harm."""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from articles.models import Article, Revision
from articles.querysets import published_article
from articles.standing import standing_now
from cpd.actions.activities import Logged, existing_activity
from cpd.actions.article_news import tell_late_claimant
from cpd.actions.evidence import attach_waiting
from cpd.actions.offline import when_written
from cpd.actions.placements import SaidByEnrolment, place
from cpd.actions.reflections import Reflected, reflect
from cpd.models import Activity, Kind, Provenance, Reflection, Sitting
from cpd.reading import (
    BeatReport,
    Elsewhere,
    Measured,
    UnclaimedReading,
    UnknownSitting,
    days_of,
    lock_reader,
    measure,
    take_beat_of,
)

if TYPE_CHECKING:
    from accounts.models import User

# A deterministic id for each article of one inbox form: sent twice, it logs once.
INBOX_NAMESPACE = uuid.UUID("5b0b2f0e-3c5e-4d7e-9a30-3f6a7d0c1c7d")
# What stands as a form says it, when it differs from what the article and its sittings say.
SAID_BY_THE_PERSON = (
    "title",
    "provider",
    "kind",
    "done_on",
    "done_until",
    "participatory_minutes",
    "tags",
    "finish_later",
)


class NotOffered(Exception):
    """The article is not offered as CPD, and none of the reading was begun while it was; the message says why."""


class NeedsReason(Exception):
    """More minutes are claimed than were measured, and no reason is given."""

    def __init__(self, measured: Measured) -> None:
        super().__init__("More than was timed needs a reason.")
        self.measured = measured


@transaction.atomic
def log_reading(
    *,
    by: "User",
    activity_id: uuid.UUID,
    article: Article,
    minutes: int,
    more_because: str = "",
    reflection: str | Reflected = "",
    last_beat: BeatReport | None = None,
    fields: Mapping[str, Any] | None = None,
    places: SaidByEnrolment | None = None,
    now: datetime.datetime | None = None,
) -> Logged:
    """Log all unclaimed reading of `article` as one activity of `minutes`.

    `fields` are what a form lets the person say otherwise than we would: title, kind, provider, days, tags. `places`
    say what it counts as; where they say nothing, a guess does.

    The page's last beat comes along and is counted first, so that time and entry are one transaction. The same
    `activity_id` again gives the same activity. Reading that was begun while
    the article was offered as CPD can be logged whatever became of the article since; other reading cannot. Raises
    NeedsReason, NotOffered, NotYours.
    """
    now = now or timezone.now()
    reader = lock_reader(by)
    if (existing := existing_activity(activity_id, by)) is not None:
        return Logged(existing, is_new=False)
    if last_beat is not None:
        # If the last seconds were counted elsewhere or make no sense, that is no reason to refuse the entry.
        with suppress(Elsewhere, UnknownSitting):
            take_beat_of(reader, last_beat, now=now)
    sittings = list(
        reader.sittings.loggable().filter(article=article).select_related("revision").order_by("started_at")
    )
    if not sittings:
        # Asked now and not when the page was opened: it may have been retired meanwhile.
        found = published_article(article.slug, now)
        if found is not None and (sentence := standing_now(found, now).sentence):
            raise NotOffered(sentence)
    activity = _log(
        by=by,
        activity_id=activity_id,
        article=article,
        sittings=sittings,
        minutes=minutes,
        more_because=more_because,
        reflection=reflect(by, reflection, now),
        fields=fields or {},
        places=places,
        now=now,
    )
    return Logged(activity, is_new=True)


@dataclass(frozen=True)
class InboxChoice:
    """One article ticked in the inbox."""

    reading: UnclaimedReading
    minutes: int
    more_because: str = ""


@transaction.atomic
def log_inbox(
    *,
    by: "User",
    form_key: uuid.UUID,
    choices: Iterable[InboxChoice],
    reflection: str = "",
    now: datetime.datetime | None = None,
) -> list[Logged]:
    """Log several articles' reading, an activity for each, with one reflection shared by all.

    The same `form_key` again logs nothing again. Raises NeedsReason, NotYours.
    """
    now = now or timezone.now()
    reader = lock_reader(by)
    logged: list[Logged] = []
    shared: Reflection | None = None
    for choice in choices:
        article = choice.reading.article
        activity_id = uuid.uuid5(INBOX_NAMESPACE, f"{form_key}/{article.pk}")
        if (existing := existing_activity(activity_id, by)) is not None:
            logged.append(Logged(existing, is_new=False))
            continue
        sittings = list(
            reader.sittings.loggable()
            .filter(pk__in=[sitting.pk for sitting in choice.reading.sittings])
            .select_related("revision")
            .order_by("started_at")
        )
        if not sittings:
            # Logged from another page since the inbox was opened: once is enough.
            continue
        shared = shared or reflect(by, reflection, now)
        activity = _log(
            by=by,
            activity_id=activity_id,
            article=article,
            sittings=sittings,
            minutes=choice.minutes,
            more_because=choice.more_because,
            reflection=shared,
            fields={},
            places=None,
            now=now,
        )
        logged.append(Logged(activity, is_new=True))
    return logged


@transaction.atomic
def dismiss_readings(*, by: "User", readings: Iterable[UnclaimedReading], now: datetime.datetime | None = None) -> int:
    """Put reading aside as no CPD; returns how many sittings. The measured time stays on file."""
    reader = lock_reader(by)
    pks = [sitting.pk for reading in readings for sitting in reading.sittings]
    return reader.sittings.unclaimed().filter(pk__in=pks).update(dismissed_at=now or timezone.now())


def _log(
    *,
    by: "User",
    activity_id: uuid.UUID,
    article: Article,
    sittings: list[Sitting],
    minutes: int,
    more_because: str,
    reflection: Reflection | None,
    fields: Mapping[str, Any],
    places: SaidByEnrolment | None,
    now: datetime.datetime,
) -> Activity:
    measured = measure(sittings)
    if sittings and minutes > measured.most_minutes and not more_because.strip():
        raise NeedsReason(measured)
    revision = sittings[-1].revision if sittings else _current_revision(article)
    first_day, last_day = days_of(sittings, by.profile) if sittings else (by.profile.local_date(now),) * 2
    activity = Activity(
        pk=activity_id,
        user=by,
        title=revision.title,
        provider="Meducation",
        kind=Kind.READING,
        done_on=first_day,
        done_until=last_day if last_day != first_day else None,
        minutes=minutes,
        more_because=more_because.strip() if sittings and minutes > measured.most_minutes else "",
        reflection=reflection,
        provenance=Provenance.MEASURED if sittings else Provenance.SELF_DECLARED,
        measured_seconds=round(measured.counted_ms / 1000) if sittings else None,
        offline_seconds=round(measured.offline_ms / 1000),
        open_seconds=round(measured.open_ms / 1000) if sittings else None,
        before_sign_in=measured.before_sign_in_ms > 0,
        article=article,
        article_title=revision.title,
        article_byline=revision.byline,
        article_address=article.get_absolute_url(),
        revision_number=revision.number,
        revision_sha256=revision.sha256,
        recorded_at=now,
        written_at=when_written(fields.get("written_at"), now=now),
    )
    for name in SAID_BY_THE_PERSON:
        if name in fields:
            setattr(activity, name, fields[name])
    activity.full_clean(exclude=["user", "reflection", "article"], validate_unique=False)
    activity.save(force_insert=True)
    attach_waiting(activity)
    Sitting.objects.filter(pk__in=[sitting.pk for sitting in sittings]).update(activity=activity)
    place(by=by, activity=activity, said=places)
    # It may have been read before the text was changed, and logged after.
    tell_late_claimant(activity, now=now)
    return activity


def _current_revision(article: Article) -> Revision:
    if article.revision is None:
        raise Revision.DoesNotExist("The article has no published text.")
    return article.revision
