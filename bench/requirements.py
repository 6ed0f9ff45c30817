"""Requirements: the rules alone beside a plain sum, and the CPD tracker of somebody in three frameworks.

Part of `make bench`; both halves run in one go, so that their ratios mean something.
"""

import datetime
import random
import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any

ACTIVITIES = 10_000
SIZES = (10, 1_000, 10_000)
ROUNDS = 5
BODIES = ("uk-nmc", "uk-gdc", "uk-rcp-federation")
MOST_QUERIES = 8
SPREAD_DAYS = 1_800


def engine() -> str:
    """Activities a second that the rules judge, for each framework, beside a plain sum over the same rows."""
    from cpd.catalogue import frameworks
    from cpd.rules.engine import assess
    from cpd.rules.types import Enrolled, TitleHeld

    today = datetime.datetime.now(datetime.UTC).date()
    judged, summed, slowest = 0.0, 0.0, ("", 0.0)
    for body in frameworks().values():
        version = body.versions[-1]
        held = frozenset({version.titles[0].id}) if version.titles else frozenset()
        who = Enrolled(
            body.id, titles=(TitleHeld(held),), anchor=today, joined_on=today - datetime.timedelta(days=4_000)
        )
        entries = _entries([category.id for category in version.categories], today)
        took = _median(lambda entries=entries, body=body, who=who: assess(entries, body, who, today))  # type: ignore[misc]  # defaults bind the loop's values
        judged += took
        summed += _median(lambda entries=entries: sum(entry.minutes for entry in entries))  # type: ignore[misc]  # a default binds the loop's value
        slowest = max(slowest, (body.id, took), key=lambda pair: pair[1])
    count = len(frameworks())
    return (
        f"Rules alone, {ACTIVITIES:,} activities by each of {count} frameworks: {ACTIVITIES * count / judged:,.0f} "
        f"activities a second (slowest {slowest[0]}, {ACTIVITIES / slowest[1]:,.0f} a second); a plain sum of the same "
        f"rows {ACTIVITIES * count / summed:,.0f} a second, {judged / summed:,.0f} times as quick"
    )


def _entries(categories: list[str], today: datetime.date) -> list[Any]:
    from cpd.rules.types import Entry

    chance = random.Random(2026)  # noqa: S311 (the same entries in each run; nothing secret)
    return [
        Entry(
            key=str(number),
            done_on=today - datetime.timedelta(days=chance.randrange(SPREAD_DAYS)),
            minutes=chance.randrange(10, 300),
            participatory_minutes=5,
            kind="course",
            category=chance.choice(categories or [""]),
            note=str(number % 50),
        )
        for number in range(ACTIVITIES)
    ]


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def enrol(email: str) -> None:
    """Put somebody into three frameworks, with a place for each of their activities."""
    from accounts.models import User
    from cpd.actions.enrolments import amend_enrolments
    from cpd.actions.enrolments import enrol as join
    from cpd.catalogue import frameworks

    user = User.objects.get(email=email)
    today = user.profile.local_date()
    joined = join(by=user, form_key=uuid.uuid4(), frameworks=[frameworks()[body] for body in BODIES])
    starts = datetime.date(today.year - 4, 1, 1)
    fields: dict[str, dict[str, Any]] = {
        "uk-nmc": {"titles": [{"titles": ["nurse"], "since": None}], "anchor_on": datetime.date(today.year + 1, 3, 31)},
        "uk-gdc": {"titles": [{"titles": ["dentist"], "since": None}], "anchor_on": starts},
    }
    changes = {
        each.enrolment.pk: fields[each.enrolment.framework] for each in joined if each.enrolment.framework in fields
    }
    amend_enrolments(by=user, changes=changes)


def tracker(cookies: dict[int, str]) -> str:
    """Queries and milliseconds of /cpd/ by number of activities: when something changed, and when nothing did."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from cpd.models import Standing

    lines = [
        f"| tracker, {len(BODIES)} enrolments | queries, fresh | ms | queries, after a change | ms |",
        "|---|--:|--:|--:|--:|",
    ]
    for size, cookie in cookies.items():
        client = Client(headers={"cookie": cookie})
        client.get("/cpd/")
        seen: dict[str, tuple[int, float]] = {}
        for state in ("fresh", "changed"):
            taken, queries = [], 0
            for _ in range(ROUNDS):
                if state == "changed":
                    Standing.objects.update(fingerprint="")
                with CaptureQueriesContext(connection) as captured:
                    begun = time.perf_counter()
                    assert client.get("/cpd/").status_code == 200
                    taken.append((time.perf_counter() - begun) * 1000)
                queries = max(queries, len(captured))
            seen[state] = (queries, statistics.median(taken))
        (fresh, quick), (stale, slow) = seen["fresh"], seen["changed"]
        reached = "reached" if max(fresh, stale) <= MOST_QUERIES else "short"
        lines.append(
            f"| {size:,} activities | {fresh} | {quick:.0f} | {stale} | {slow:.0f} | ≤ {MOST_QUERIES}: {reached} |"
        )
    lines[0] += " goal |"
    lines[1] += "---|"
    return "\n".join(lines)
