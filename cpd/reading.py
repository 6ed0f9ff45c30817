"""Reading as it happens: beats in, counted time out; and anonymous reading carried over to its owner."""

import datetime
import math
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.signing import Signer
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from articles.models import Article, Revision
from articles.querysets import published_article
from articles.standing import standing_now
from cpd import counting
from cpd.models import Beat, Reader, Sitting
from cpd.querysets.reading import SHORTEST_READING_MS
from meducation.lib.dates import nearest_minutes

if TYPE_CHECKING:
    from accounts.models import Profile, User

# Where an anonymous visitor's session keeps the name of their browser.
BROWSER_KEY = "browser"
_reader_signer = Signer(salt="cpd.reader")


class Elsewhere(Exception):
    """The reader's clock is running for another sitting: another tab or device."""


class UnknownSitting(Exception):
    """No such article, or the sitting is somebody else's. Which of the two is not told."""


@dataclass(frozen=True, slots=True)
class BeatReport:
    """What the browser says: its totals for the sitting, in milliseconds."""

    sitting: uuid.UUID
    article: str
    revision: int
    sequence: int
    counted_ms: int
    furthest: int
    touched: bool
    alone_ms: int
    # Where the reader is (see Sitting); a page from before this was reported says nothing of it.
    section: str = ""
    place: int | None = None


def most_minutes(timed_ms: int) -> int:
    """The minutes that so much timed reading can stand for: a begun minute is a minute, and there is always one."""
    return max(1, math.ceil(timed_ms / 60_000))


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of some reading, in milliseconds."""

    counted_ms: int = 0
    offline_ms: int = 0
    open_ms: int = 0
    before_sign_in_ms: int = 0

    @property
    def timed_ms(self) -> int:
        """All that was timed, with and without a connection."""
        return self.counted_ms + self.offline_ms

    @property
    def minutes(self) -> int:
        """What is offered for logging: to the nearest minute, at least one."""
        return max(1, nearest_minutes(self.timed_ms))

    @property
    def most_minutes(self) -> int:
        """What may be logged without saying why: a begun minute is a minute, and there is always one."""
        return most_minutes(self.timed_ms)


@dataclass(frozen=True)
class UnclaimedReading:
    """All that somebody read of one article and has not logged."""

    article: Article
    revision: Revision
    sittings: tuple[Sitting, ...]
    measured: Measured

    @property
    def last_read_at(self) -> datetime.datetime:
        """The last sign of reading."""
        return max(sitting.last_beat_at for sitting in self.sittings)

    @property
    def is_before_sign_in(self) -> bool:
        """Whether some of it was read before logging in."""
        return self.measured.before_sign_in_ms > 0


# --- Who reads -------------------------------------------------------------------------------------------------------


def lock_reader(user: "User") -> Reader:
    """The reader that is this user, made on first use, locked until the transaction ends."""
    reader = Reader.objects.select_for_update().filter(user=user).first()
    if reader is None:
        Reader.objects.get_or_create(user=user)
        reader = Reader.objects.select_for_update().get(user=user)
    return reader


def lock_browser(browser: uuid.UUID) -> Reader:
    """The reader that is this anonymous browser, made on first use, locked until the transaction ends."""
    reader = Reader.objects.select_for_update().filter(browser=browser).first()
    if reader is None:
        Reader.objects.get_or_create(browser=browser)
        reader = Reader.objects.select_for_update().get(browser=browser)
    return reader


def reader_name(user: "User") -> str:
    """The opaque name under which a device keeps what is somebody's: it tells nobody who that is."""
    return _reader_signer.signature(str(user.pk))


def browser_of(request: HttpRequest) -> uuid.UUID | None:
    """The anonymous browser behind a request; None before its first beat."""
    name = request.session.get(BROWSER_KEY)
    return uuid.UUID(name) if name else None


def name_browser(request: HttpRequest) -> uuid.UUID:
    """Give an anonymous visitor's browser a name that lasts as long as the browser's session."""
    browser = uuid.uuid4()
    request.session[BROWSER_KEY] = str(browser)
    request.session.set_expiry(0)
    return browser


# --- Beats -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_beat(
    report: BeatReport, *, user: "User | None", browser: uuid.UUID | None, now: datetime.datetime | None = None
) -> tuple[Sitting, str]:
    """Count one beat. Returns the sitting and what became of the beat: "counted", "stale" or "closed".

    Two statements for a sitting that is known already. Raises Elsewhere and UnknownSitting.
    """
    now = now or timezone.now()
    known = _lock_sitting(report, user=user, browser=browser)
    if known is not None:
        return _count(known.reader, known, report, now=now)
    reader = lock_reader(user) if user is not None else lock_browser(browser or uuid.uuid4())
    return take_beat_of(reader, report, now=now)


def take_beat_of(reader: Reader, report: BeatReport, *, now: datetime.datetime) -> tuple[Sitting, str]:
    """The same, for a reader whose row is locked already."""
    sitting = Sitting.objects.select_related("article").filter(pk=report.sitting).first()
    if sitting is None:
        return _open_sitting(reader, report, now)
    if sitting.reader_id != reader.pk or sitting.article.slug != report.article:
        raise UnknownSitting
    return _count(reader, sitting, report, now=now)


LOCK_SITTING = """
    SELECT reader.id, reader.clock, reader.holder, reader.holder_seen_at,
        sitting.started_at, sitting.last_beat_at, sitting.last_sequence, sitting.counted_ms, sitting.offline_ms,
        sitting.furthest, sitting.before_sign_in, sitting.dismissed_at, sitting.activity_id
    FROM cpd_reader reader
    JOIN cpd_sitting sitting ON sitting.reader_id = reader.id
    JOIN articles_article article ON article.id = sitting.article_id
    WHERE sitting.id = %s AND article.slug = %s AND reader.{owner} = %s
    FOR UPDATE OF reader, sitting
"""


def _lock_sitting(report: BeatReport, *, user: "User | None", browser: uuid.UUID | None) -> Sitting | None:
    """This reader's own sitting and, before it, the reader, both locked; None when there is none such.

    Written out, because a beat is the busiest request of the site and building the same by the ORM costs more than the
    database does. The reader comes first in the lock list, as everywhere else: no two requests wait for each other.
    """
    owner, key = ("user_id", user.pk) if user is not None else ("browser", browser)
    with connection.cursor() as cursor:
        cursor.execute(LOCK_SITTING.format(owner=owner), [report.sitting, report.article, key])
        row = cursor.fetchone()
    if row is None:
        return None
    reader = Reader(pk=row[0], clock=row[1], holder=row[2], holder_seen_at=row[3])
    return Sitting(
        pk=report.sitting,
        reader=reader,
        started_at=row[4],
        last_beat_at=row[5],
        last_sequence=row[6],
        counted_ms=row[7],
        offline_ms=row[8],
        furthest=row[9],
        before_sign_in=row[10],
        dismissed_at=row[11],
        activity_id=row[12],
    )


def _count(reader: Reader, sitting: Sitting, report: BeatReport, *, now: datetime.datetime) -> tuple[Sitting, str]:
    if _is_closed(sitting, now):
        return sitting, "closed"
    if report.sequence <= sitting.last_sequence:
        return sitting, "stale"
    _hold_clock(reader, report, now)
    # A server whose clock was set back must not make time run backwards for a sitting.
    now = max(now, sitting.last_beat_at)
    earned = counting.credit(
        now=now,
        sitting_began=sitting.started_at,
        last_beat=sitting.last_beat_at,
        clock=reader.clock,
        claimed_ms=report.counted_ms,
        counted_ms=sitting.counted_ms,
        offline_ms=sitting.offline_ms,
    )
    _write_beat(reader, sitting, report, earned, now)
    return sitting, "counted"


def _is_closed(sitting: Sitting, now: datetime.datetime) -> bool:
    is_logged = sitting.activity is not None and sitting.activity.deleted_at is None
    # What was read before signing in keeps its label: reading on is a new sitting.
    is_over = is_logged or sitting.dismissed_at is not None or sitting.before_sign_in
    return is_over or now - sitting.last_beat_at > counting.CLOSED_AFTER


def _hold_clock(reader: Reader, report: BeatReport, now: datetime.datetime) -> None:
    if reader.holder in (None, report.sitting) or reader.holder_seen_at is None or report.touched:
        return
    if now - reader.holder_seen_at < counting.TAKE_OVER_AFTER:
        raise Elsewhere


def _open_sitting(reader: Reader, report: BeatReport, now: datetime.datetime) -> tuple[Sitting, str]:
    _hold_clock(reader, report, now)
    article = published_article(report.article, now)
    if article is None:
        raise UnknownSitting
    revision = article.revisions.filter(number=report.revision, live_from__lte=now).only("article").first()
    if revision is None:
        raise UnknownSitting
    earned = counting.first_credit(claimed_ms=report.counted_ms, alone_ms=report.alone_ms)
    sitting = Sitting(
        pk=report.sitting,
        reader=reader,
        article_id=revision.article_id,
        revision=revision,
        started_at=now,
        last_beat_at=now,
        last_sequence=report.sequence,
        offline_ms=earned.offline_ms,
        furthest=report.furthest,
        section=report.section,
        place=report.place,
        counting_version=counting.VERSION,
        offered=standing_now(article, now).is_offered,
    )
    try:
        with transaction.atomic():
            sitting.save(force_insert=True)
    except IntegrityError as error:
        # Somebody else's browser named a sitting so at this very moment.
        raise UnknownSitting from error
    Beat.objects.create(
        sitting=sitting,
        sequence=report.sequence,
        received_at=now,
        claimed_ms=report.counted_ms,
        alone_ms=report.alone_ms,
        clock_before=reader.clock,
        counted_ms=earned.counted_ms,
        offline_ms=earned.offline_ms,
    )
    reader.clock = max(now, reader.clock) if reader.clock else now
    reader.holder, reader.holder_seen_at = sitting.pk, now
    reader.save(update_fields=["clock", "holder", "holder_seen_at"])
    return sitting, "counted"


def _write_beat(
    reader: Reader, sitting: Sitting, report: BeatReport, earned: counting.Credit, now: datetime.datetime
) -> None:
    """Keep the beat, move the sitting and the clock on: one statement, for this is the busiest write of the site."""
    clock_before = reader.clock
    sitting.counted_ms += earned.counted_ms
    sitting.offline_ms += earned.offline_ms
    sitting.furthest = max(sitting.furthest, report.furthest)
    sitting.last_sequence, sitting.last_beat_at = report.sequence, now
    reader.clock = max(now, clock_before) if clock_before else now
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH beat AS (
                INSERT INTO cpd_beat
                    (sitting_id, sequence, received_at, claimed_ms, alone_ms, clock_before, counted_ms, offline_ms)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
            ), sitting AS (
                UPDATE cpd_sitting
                SET counted_ms = %s, offline_ms = %s, furthest = %s, last_sequence = %s, last_beat_at = %s,
                    section = CASE WHEN %s THEN %s ELSE section END, place = coalesce(%s, place)
                WHERE id = %s
            )
            UPDATE cpd_reader SET clock = %s, holder = %s, holder_seen_at = %s WHERE id = %s
            """,
            [
                sitting.pk, report.sequence, now, report.counted_ms, report.alone_ms, clock_before,
                earned.counted_ms, earned.offline_ms,
                sitting.counted_ms, sitting.offline_ms, sitting.furthest, sitting.last_sequence, now,
                report.place is not None, report.section, report.place, sitting.pk,
                reader.clock, sitting.pk, now, reader.pk,
            ],
        )  # fmt: skip


def recount(sitting: Sitting, beats: Iterable[Beat]) -> counting.Credit:
    """Work a sitting's time out again from the beats it was built from: the same figures, or something is wrong.

    (A sitting carried over from an anonymous browser may keep less: see `carry_over`.)
    """
    counted = offline = 0
    last: datetime.datetime | None = None
    for beat in sorted(beats, key=lambda beat: beat.sequence):
        if last is None:
            earned = counting.first_credit(claimed_ms=beat.claimed_ms, alone_ms=beat.alone_ms)
        else:
            earned = counting.credit(
                now=beat.received_at,
                sitting_began=sitting.started_at,
                last_beat=last,
                clock=beat.clock_before,
                claimed_ms=beat.claimed_ms,
                counted_ms=counted,
                offline_ms=offline,
            )
        counted, offline, last = counted + earned.counted_ms, offline + earned.offline_ms, beat.received_at
    return counting.Credit(counted, offline)


# --- What has been read and not logged -------------------------------------------------------------------------------


def measure(sittings: Iterable[Sitting]) -> Measured:
    """The sum of some sittings."""
    counted = offline = opened = before = 0
    for sitting in sittings:
        counted += sitting.counted_ms
        offline += sitting.offline_ms
        opened += sitting.open_ms
        before += sitting.counted_ms + sitting.offline_ms if sitting.before_sign_in else 0
    return Measured(counted, offline, opened, before)


def days_of(sittings: Sequence[Sitting], profile: "Profile") -> tuple[datetime.date, datetime.date]:
    """The first and the last day on which any of the sittings began, where the reader is."""
    days = [profile.local_date(sitting.started_at) for sitting in sittings]
    return min(days), max(days)


def unclaimed_readings(user: "User") -> list[UnclaimedReading]:
    """What somebody read and may still log, an entry for each article, the latest first. One query."""
    by_article: dict[int, list[Sitting]] = {}
    for sitting in Sitting.objects.owned_by(user).loggable().for_inbox():
        by_article.setdefault(sitting.article_id, []).append(sitting)
    readings = [
        UnclaimedReading(sittings[0].article, sittings[0].revision, tuple(sittings), measure(sittings))
        for sittings in by_article.values()
    ]
    return [reading for reading in readings if reading.measured.timed_ms >= SHORTEST_READING_MS]


# --- Signing in ------------------------------------------------------------------------------------------------------


def on_login(sender: Any, request: HttpRequest, user: "User", **kwargs: Any) -> None:
    """A person logged in: what their browser read before is theirs."""
    browser = browser_of(request)
    if browser is not None:
        del request.session[BROWSER_KEY]
        carry_over(browser=browser, by=user)


@transaction.atomic
def carry_over(*, browser: uuid.UUID, by: "User") -> int:
    """Give an anonymous browser's sittings to the person who signed in on it; returns how many.

    Each is labelled as read before signing in. Time during which the person was reading elsewhere is not counted twice.
    """
    anonymous = Reader.objects.select_for_update().filter(browser=browser).first()
    if anonymous is None:
        return 0
    reader = lock_reader(by)
    sittings = list(anonymous.sittings.order_by("started_at"))
    if sittings:
        began = min(sitting.started_at for sitting in sittings)
        ended = max(sitting.last_beat_at for sitting in sittings)
        taken = list(
            reader.sittings.filter(started_at__lt=ended, last_beat_at__gt=began).values_list(
                "started_at", "last_beat_at"
            )
        )
        for sitting in sittings:
            span = (sitting.started_at, sitting.last_beat_at)
            sitting.counted_ms = counting.carried_over_ms(counted_ms=sitting.counted_ms, span=span, taken=taken)
            sitting.reader, sitting.before_sign_in = reader, True
            sitting.save(update_fields=["reader", "before_sign_in", "counted_ms"])
        if anonymous.clock is not None and (reader.clock is None or anonymous.clock > reader.clock):
            reader.clock, reader.holder, reader.holder_seen_at = (
                anonymous.clock,
                anonymous.holder,
                anonymous.holder_seen_at,
            )
            reader.save(update_fields=["clock", "holder", "holder_seen_at"])
    anonymous.delete()
    return len(sittings)
