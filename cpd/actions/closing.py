"""Cycles that are over are judged once and kept with the rules they were judged by."""

import datetime
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import batched

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Least

from accounts.models import User
from cpd import catalogue, ledger
from cpd.models import Activity, Artefact, Enrolment, FrameworkText, JudgedCycle
from cpd.rules.engine import assess, current_cycle, earlier_cycles
from cpd.rules.saving import to_json
from cpd.rules.types import Cycle, Framework

logger = logging.getLogger(__name__)

# People write things down late, and bodies take what is sent in some weeks after the end. Both are over by then.
GRACE = datetime.timedelta(days=60)
BATCH = 200


@dataclass(frozen=True)
class Over:
    """A cycle of an enrolment that may be judged for good."""

    enrolment: Enrolment
    framework: Framework
    cycle: Cycle
    rules: FrameworkText


def close_due_cycles(now: datetime.datetime) -> int:
    """Judge every cycle that ended more than GRACE ago and was not judged yet; how many. Safe to run side by side.

    GRACE counts from the last change of the dates, too: a slip in one must not be frozen before it is seen.
    """
    closed = 0
    texts = texts_in_force()
    users = Enrolment.objects.kept().order_by("user").values_list("user", flat=True).distinct()
    for keys in batched(users, BATCH, strict=False):
        for user, over in _over(keys, texts, now).items():
            try:
                closed += close_cycles(user, over, now=now)
            except Exception:  # One person's record must not keep everybody else's cycles open.
                logger.exception("The cycles of one person could not be closed.")
    return closed


@transaction.atomic
def close_cycles(user: User, over: Iterable[Over], *, now: datetime.datetime) -> int:
    """Judge these cycles of one person and keep what was said; how many. What is kept already stays as it is."""
    over = list(over)
    enrolments = list({each.enrolment.pk: each.enrolment for each in over}.values())
    entries, artefacts = ledger.entries_of(user, enrolments), ledger.artefacts_of(enrolments)
    today = user.profile.local_date(now)
    judged = []
    for each in over:
        enrolled = ledger.enrolled_in_cycle(each.enrolment, each.framework, each.cycle.last)
        assessment = assess(
            entries[each.enrolment.pk],
            each.framework,
            enrolled,
            today,
            artefacts=artefacts[each.enrolment.pk],
            on=each.cycle.last,
        )
        judged.append(
            JudgedCycle(
                enrolment=each.enrolment,
                first_on=each.cycle.first,
                last_on=each.cycle.last,
                rules=each.rules,
                assessment=to_json(assessment, tallies=True),
                judged_at=now,
            )
        )
    kept = list(JudgedCycle.objects.filter(enrolment__in=enrolments).defer("assessment"))
    new = [
        cycle
        for cycle in judged
        if not any(
            one.enrolment_id == cycle.enrolment_id and one.overlaps(cycle.first_on, cycle.last_on) for one in kept
        )
    ]
    # Of two who do this side by side, the first is kept.
    JudgedCycle.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _over(users: Iterable[int], texts: Mapping[str, FrameworkText], now: datetime.datetime) -> dict[User, list[Over]]:
    """By person, the cycles whose time has come. Four queries for the whole batch, and no record is read."""
    first_done = Activity.objects.kept().filter(user=OuterRef("user")).order_by("done_on").values("done_on")[:1]
    first_shown = Artefact.objects.kept().filter(enrolment=OuterRef("pk")).order_by("done_on").values("done_on")[:1]
    enrolments = (
        Enrolment.objects.kept()
        .filter(user__in=users, framework__in=list(texts))
        .annotate(first_recorded_on=Least(Subquery(first_done), Subquery(first_shown)))
        .select_related("user__profile")
        .prefetch_related("leaves", "grants", "judged_cycles")
        .order_by("created_at")
    )
    found: dict[User, list[Over]] = {}
    for enrolment in enrolments:
        framework, rules = catalogue.frameworks()[enrolment.framework], texts[enrolment.framework]
        try:
            cycles = cycles_over(
                enrolment,
                framework,
                today=enrolment.user.profile.local_date(now),
                first_recorded_on=enrolment.first_recorded_on,  # type: ignore[attr-defined]  # annotated above
            )
        except Exception:  # One malformed row must not keep everybody else's cycles open.
            logger.exception("The cycles of one enrolment could not be worked out.")
            continue
        judged = enrolment.judged_cycles.all()
        for cycle in cycles:
            # After a corrected date the cycles lie otherwise: no day is judged twice.
            if not any(one.overlaps(cycle.first, cycle.last) for one in judged):
                found.setdefault(enrolment.user, []).append(Over(enrolment, framework, cycle, rules))
    return found


def cycles_over(
    enrolment: Enrolment, framework: Framework, *, today: datetime.date, first_recorded_on: datetime.date | None
) -> list[Cycle]:
    """The cycles that ended more than GRACE before `today`, and that long after their owner came or changed the dates.

    Of the time before somebody came we know only what they recorded: without a record, nothing is said of it.
    """
    profile = enrolment.user.profile
    came_on = profile.local_date(enrolment.created_at)
    known_from = min(came_on, first_recorded_on) if first_recorded_on else came_on
    enrolled = ledger.enrolled_of(enrolment)
    cycles = earlier_cycles(framework, enrolled, as_of=today, back_to=max(profile.record_starts_on, known_from))
    changed_at = enrolment.dates_changed_at
    settled_on = max(came_on, profile.local_date(changed_at)) if changed_at else came_on
    left = current_cycle(framework, enrolled, enrolment.left_on) if enrolment.left_on else None
    return [
        cycle
        for cycle in cycles
        if today > max(cycle.last, settled_on) + GRACE and (left is None or cycle.first <= left.first)
    ]


def texts_in_force() -> dict[str, FrameworkText]:
    """The rows of the files of this release, as far as a deployment has taken them up (cpd.actions.corrections)."""
    digests = {framework_id: catalogue.digest_of(framework_id) for framework_id in catalogue.frameworks()}
    rows = FrameworkText.objects.filter(sha256__in=list(digests.values())).defer("text")
    return {row.framework: row for row in rows if digests.get(row.framework) == row.sha256}
