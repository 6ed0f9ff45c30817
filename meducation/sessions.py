"""Sessions in the database that end by themselves.

A ward computer is shared. Unless the person ticked "Keep me logged in on this device", a session ends after
half an hour of silence and twelve hours at the latest, whatever the browser does with its cookie. The timer's beats
count as activity, so reading is never interrupted. With the tick: two weeks of silence, ninety days at the latest.
"""

import time
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

MINUTE = 60
DAY = 24 * 60 * MINUTE
IDLE_SECONDS = 30 * MINUTE
LONGEST_SECONDS = 12 * 60 * MINUTE
KEPT_IDLE_SECONDS = 14 * DAY
KEPT_LONGEST_SECONDS = 90 * DAY
# A session is written at most this often (a beat of the timer should not cost it) to say that its owner is still here.
TOUCH_SECONDS = 5 * MINUTE

BEGAN = "began"
SEEN = "seen"


def has_ended(data: dict[str, Any], now: float) -> bool:
    """True when a signed-in session's time is up. `now` in seconds since the epoch."""
    if SESSION_KEY not in data or BEGAN not in data:
        return False
    kept = bool(data.get("_session_expiry"))
    idle, longest = (KEPT_IDLE_SECONDS, KEPT_LONGEST_SECONDS) if kept else (IDLE_SECONDS, LONGEST_SECONDS)
    return bool(now - data.get(SEEN, 0) > idle or now - data[BEGAN] > longest)


class SessionStore(DatabaseSessionStore):
    """Django's database sessions with the limits above, checked whenever one is read."""

    def load(self) -> dict[str, Any]:
        """The session's data; empty, as for a stranger, when its time is up."""
        data: dict[str, Any] = super().load()
        if has_ended(data, time.time()):
            self._session_key = None
            return {}
        return data


def is_signed_in(session: SessionBase) -> bool | None:
    """Whether a session that somebody has read belongs to a signed-in person; None when nobody has.

    Never reads it itself: asking costs a query, and while the database is away it would fail once more.
    """
    if not hasattr(session, "_session_cache"):
        return None
    return SESSION_KEY in session


def touch(session: SessionBase) -> None:
    """Note that the signed-in owner is here; at most one write in five minutes."""
    if SESSION_KEY not in session:
        return
    now = time.time()
    if BEGAN not in session:
        session[BEGAN] = now
    if now - session.get(SEEN, 0) > TOUCH_SECONDS:
        session[SEEN] = now
