"""How reading is counted: plain arithmetic, no database and no clock.

The browser says how much attentive time it has measured since a sitting began, over and over. What counts of it is
decided here, from the server's own instants: never more than the time that has really passed, and no second twice.
A change of these rules is a new `VERSION`, which every sitting carries. docs/adr/0006 tells how they were found.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

VERSION = 1

# A beat arrives every 15 seconds. One that covers more than this was not live: a phone in a lift, a laptop asleep.
LIVE_MS = 75_000
# Another sitting may take the clock when its holder has been silent this long, or at once when its page is touched.
TAKE_OVER_AFTER = datetime.timedelta(seconds=40)
# After this much silence a sitting is over; reading on is a new one.
CLOSED_AFTER = datetime.timedelta(minutes=30)
# Time measured without a connection is believed up to here in one sitting, and labelled.
MOST_OFFLINE_MS = 4 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Credit:
    """What one beat adds to its sitting, in whole milliseconds."""

    counted_ms: int
    offline_ms: int


def credit(
    *,
    now: datetime.datetime,
    sitting_began: datetime.datetime,
    last_beat: datetime.datetime,
    clock: datetime.datetime | None,
    claimed_ms: int,
    counted_ms: int,
    offline_ms: int,
) -> Credit:
    """What a beat that arrives at `now` earns.

    `claimed_ms` is the browser's total for the sitting; `counted_ms` and `offline_ms` are what it was given so far.
    `clock` is the instant up to which this reader's time has been given out, to any sitting. So the counted time of
    a reader, together with what is offline, never exceeds the time between their first beat and their last.
    """
    wanted = max(0, claimed_ms - counted_ms - offline_ms)
    passed = _milliseconds(now - max(clock or sitting_began, sitting_began))
    live = min(wanted, passed, LIVE_MS)
    if _milliseconds(now - last_beat) <= LIVE_MS:
        # The rest, if any, is jitter between two clocks: it stays unclaimed and comes with the next beat.
        return Credit(live, 0)
    kept = min(wanted - live, passed - live, MOST_OFFLINE_MS - offline_ms)
    return Credit(live, max(0, kept))


def first_credit(*, claimed_ms: int, alone_ms: int) -> Credit:
    """What the beat that opens a sitting earns.

    Nothing is counted, for the server's clock starts with it. What the browser measured while it could reach nobody
    (`alone_ms`) is kept as offline: nobody can check it, so it is labelled and bounded.
    """
    return Credit(0, max(0, min(claimed_ms, alone_ms, MOST_OFFLINE_MS)))


def carried_over_ms(
    *,
    counted_ms: int,
    span: tuple[datetime.datetime, datetime.datetime],
    taken: Iterable[tuple[datetime.datetime, datetime.datetime]],
) -> int:
    """How much of an anonymous sitting stays counted when its reader signs in.

    While another sitting of the same person was open (`taken`), only one of the two could have been read: that part of
    the `span` is not counted again.
    """
    began, ended = span
    free = ended - began
    reached = began
    for other_began, other_ended in sorted(taken):
        overlap_from, overlap_to = max(other_began, reached), min(other_ended, ended)
        if overlap_to > overlap_from:
            free -= overlap_to - overlap_from
            reached = overlap_to
    return min(counted_ms, _milliseconds(free))


def _milliseconds(length: datetime.timedelta) -> int:
    return max(0, length // datetime.timedelta(milliseconds=1))
