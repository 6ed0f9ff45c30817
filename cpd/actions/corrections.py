"""A changed framework file: open cycles are judged anew, and those for whom something changes are told.

Cycles that are closed keep the rules they were judged by (cpd.actions.closing).
"""

import datetime
import logging
from collections.abc import Iterator
from itertools import batched

from django.db import transaction

from cpd import catalogue, ledger
from cpd.actions.closing import BATCH, GRACE
from cpd.corrections import sentences_of
from cpd.models import Enrolment, FrameworkText, HowOften, Mailing, Notice, Reminders
from cpd.rules.comparing import Comparison, compare
from cpd.rules.engine import assess, current_cycle, earlier_cycles
from cpd.rules.loading import parse
from cpd.rules.tables import FrameworkError
from cpd.rules.types import Framework
from meducation.lib.dates import day_month_year

logger = logging.getLogger(__name__)


def take_up_corrections(now: datetime.datetime) -> int:
    """Keep the files of this release, and tell whoever comes out differently by one that changed; how many notices.

    Of a file that was never seen before nobody is told: there is nothing to compare it with. Run once by each
    deployment; a second run finds nothing new.
    """
    seen = FrameworkText.objects.order_by("framework", "-seen_at", "-pk").distinct("framework")
    latest = {text.framework: text for text in seen.defer("text")}
    told = 0
    for framework_id, framework in catalogue.frameworks().items():
        before, digest = latest.get(framework_id), catalogue.digest_of(framework_id)
        if before is not None and before.sha256 == digest:
            continue
        if before is not None:
            told += tell_of_correction(before, framework, now=now)
        # Last, so that who is interrupted before does it all again. An earlier text that is back is seen anew.
        FrameworkText.objects.update_or_create(
            framework=framework_id,
            sha256=digest,
            defaults={"seen_at": now},
            create_defaults={"seen_at": now, "text": catalogue.text_of(framework_id)},
        )
    return told


def tell_of_correction(before: FrameworkText, framework: Framework, *, now: datetime.datetime) -> int:
    """Judge every open cycle in a framework by the text before and by the new one; how many people were told."""
    try:
        old = parse(before.text, name=f"{before.framework}.toml")
    except FrameworkError:
        # Written for an earlier release, with words that this one does not know.
        logger.warning("The framework file of the release before cannot be read, so nobody is told what changed.")
        return 0
    enrolments = Enrolment.objects.kept().filter(framework=framework.id)
    told = 0
    for keys in batched(enrolments.order_by("pk").values_list("pk", flat=True), BATCH, strict=False):
        batch = enrolments.filter(pk__in=keys).select_related("user__profile")
        for enrolment in batch.prefetch_related("leaves", "grants", "judged_cycles"):
            try:
                told += _tell(enrolment, old, framework, now)
            except Exception:  # One person's record must not keep the news from everybody else.
                logger.exception("A correction could not be worked out for one person.")
    return told


@transaction.atomic
def _tell(enrolment: Enrolment, old: Framework, new: Framework, now: datetime.datetime) -> int:
    """Give one person a notice, and a mail if they want any, when something changes for them; 1 or 0."""
    user = enrolment.user
    changed = [each for each in _comparisons(enrolment, old, new, now) if not each.is_empty]
    if not changed:
        return 0
    # By enrolment: who has left and joined again has two in one framework.
    about = f"corrected/{enrolment.pk}/{catalogue.digest_of(new.id)}"
    Notice.objects.update_or_create(
        user=user,
        about=about,
        defaults={
            "enrolment": enrolment,
            "text": notice_text(changed, old, new),
            "created_at": now,
            "dismissed_at": None,
        },
    )
    if user.is_active and Reminders.objects.filter(user=user).exclude(how_often=HowOften.OFF).exists():
        Mailing.objects.get_or_create(user=user, about=about, defaults={"due_at": now})
    return 1


def notice_text(changed: list[Comparison], old: Framework, new: Framework) -> str:
    """What a person is told: a line for each requirement that comes out differently, by cycle."""
    lines = [f"Our record of the rules of {new.name} was corrected, and what you have recorded was judged again."]
    for comparison in changed:
        cycle = comparison.new.cycle or comparison.old.cycle
        if cycle is not None:
            lines.append(f"Your cycle from {day_month_year(cycle.first)} to {day_month_year(cycle.last)}:")
        lines += [f"- {sentence}" for sentence in sentences_of(comparison, old, new)]
    return "\n".join(lines)


def _comparisons(enrolment: Enrolment, old: Framework, new: Framework, now: datetime.datetime) -> Iterator[Comparison]:
    """The present cycle, and those that have ended and are not closed, by both texts."""
    today = enrolment.user.profile.local_date(now)
    days = _days_of_open_cycles(enrolment, new, today)
    if not days:
        return
    entries, artefacts = ledger.entries_of(enrolment.user, [enrolment]), ledger.artefacts_of([enrolment])
    for day in days:
        by_old, by_new = (
            assess(
                entries[enrolment.pk],
                framework,
                ledger.enrolled_in_cycle(enrolment, framework, day),
                today,
                artefacts=artefacts[enrolment.pk],
                on=day,
            )
            for framework in (old, new)
        )
        yield compare(by_old, by_new)


def _days_of_open_cycles(enrolment: Enrolment, framework: Framework, today: datetime.date) -> list[datetime.date]:
    """A day of each open cycle, the newest first."""
    enrolled = ledger.enrolled_of(enrolment)
    has_left = enrolment.left_on is not None and enrolment.left_on < today
    last_day = enrolment.left_on if has_left and enrolment.left_on else today
    judged = enrolment.judged_cycles.all()
    recent = [
        cycle.last
        for cycle in earlier_cycles(framework, enrolled, as_of=last_day, back_to=today - GRACE)
        if not any(one.overlaps(cycle.first, cycle.last) for one in judged)
    ]
    now = current_cycle(framework, enrolled, last_day)
    is_open = now is None or (all(one.first_on != now.first for one in judged) and now.last >= today - GRACE)
    return [last_day, *recent] if is_open else recent
