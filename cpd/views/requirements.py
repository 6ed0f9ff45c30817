"""What a person's regulators and colleges ask of them, and how each requirement stands."""

import datetime
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.people import person
from cpd.forms.registrations import registration_of
from cpd.rules.artefacts import shape_of
from cpd.rules.types import ArtefactKind
from cpd.standing import Stand, cycles_before, earlier_cycle, standings, stands_of
from cpd.wording import amount, unit_of

if TYPE_CHECKING:
    from accounts.models import User
    from cpd.models import Artefact


@require_safe
def requirements(request: HttpRequest) -> HttpResponse:
    """All of a person's frameworks side by side; what they left or deleted lately below."""
    user = person(request)
    today = user.profile.local_date()
    deleted = [registration_of(each, today) for each in user.enrolments.restorable()]
    just_deleted = next((each for each in deleted if str(each.enrolment.pk) == request.GET.get("deleted")), None)
    context = {
        "section": "cpd",
        "today": today,
        "stands": standings(user, today=today),
        "left": [registration_of(each, today) for each in user.enrolments.left(before=today)],
        "deleted": [each for each in deleted if each is not just_deleted],
        "just_deleted": just_deleted,
    }
    return render(request, "cpd/requirements.html", context)


@require_safe
def enrolment_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One framework in full: every rule with its source, what was recorded for it, and the cycles before."""
    user = person(request)
    today = user.profile.local_date()
    stand = _own_stand(user, pk, today)
    enrolment = stand.enrolment
    context = {
        "section": "cpd",
        "today": today,
        "stand": stand,
        "titles": _titles(stand),
        "kinds": _kinds(stand, list(enrolment.artefacts.kept().order_by("-done_on", "-recorded_at"))),
        "granted": _granted(stand),
        "earlier": cycles_before(user, stand, today=today),
    }
    return render(request, "cpd/enrolment_detail.html", context)


@require_safe
def cycle_detail(request: HttpRequest, pk: uuid.UUID, first: str) -> HttpResponse:
    """A cycle that is over: as it was closed, or, until that has happened, by the rules of its time."""
    user = person(request)
    today = user.profile.local_date()
    first_on = _day(first)
    enrolment = get_object_or_404(user.enrolments.kept().with_facts(user), pk=pk)
    cycle = earlier_cycle(user, enrolment, first_on, today=today)
    if cycle is None:
        # The present one is on the enrolment's own page, to which an old bookmark may lead.
        [stand] = stands_of(user, [enrolment], today=today)
        if stand.assessment.cycle is not None and stand.assessment.cycle.first == first_on:
            return redirect(enrolment)
        raise Http404
    context = {
        "section": "cpd",
        "today": today,
        "stand": cycle.stand,
        "judged_at": cycle.judged_at,
        "can_be_read": cycle.can_be_read,
    }
    return render(request, "cpd/cycle_detail.html", context)


def _day(text: str) -> datetime.date:
    """ "2024-10-01" as a day. Raises Http404 for anything else: a page has one address."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if day.isoformat() != text:
        raise Http404
    return day


def _own_stand(user: "User", pk: uuid.UUID, today: datetime.date) -> Stand:
    enrolment = get_object_or_404(user.enrolments.kept().with_facts(user), pk=pk)
    [stand] = stands_of(user, [enrolment], today=today)
    return stand


# --- What the page of one enrolment shows beside its requirements ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """Titles in words, and since when."""

    labels: str
    since: datetime.date | None


def _titles(stand: Stand) -> list[Held]:
    labels = (
        {title.id: title.label for version in stand.framework.versions for title in version.titles}
        if stand.framework
        else {}
    )
    return [
        Held(", ".join(labels.get(title, title) for title in sorted(held.titles)), held.since)
        for held in stand.enrolled.titles
    ]


def _granted(stand: Stand) -> list[tuple[str, str]]:
    """Requirement → figure, of what the body granted for this cycle."""
    rules = {rule.id: rule for rule in stand.version.requirements} if stand.version else {}
    return [
        (rules[rule].name, amount(value, unit_of(rules[rule], stand.version)))
        for rule, value in stand.enrolled.granted.items()
        if rule in rules
    ]


@dataclass(frozen=True, slots=True)
class KindRecorded:
    """A kind of artefact that the body asks for, and what is recorded of it."""

    id: str
    name: str
    sentence: str
    recorded: "list[Artefact]"
    can_add: bool


def _kinds(stand: Stand, artefacts: "list[Artefact]") -> list[KindRecorded]:
    """What the version asks for, in its order; then what an earlier version asked for and is recorded."""
    recorded: dict[str, list[Artefact]] = {}
    for artefact in artefacts:
        recorded.setdefault(artefact.kind, []).append(artefact)
    asked: tuple[ArtefactKind, ...] = stand.version.artefacts if stand.version else ()
    kinds = [KindRecorded(kind.id, kind.name, kind.sentence, recorded.pop(kind.id, []), can_add=True) for kind in asked]
    for kind_id, rows in recorded.items():
        shape = shape_of(stand.framework, kind_id, rows[0].done_on) if stand.framework else None
        kinds.append(
            KindRecorded(
                kind_id,
                shape.kind.name if shape else kind_id,
                shape.kind.sentence if shape else "",
                rows,
                can_add=False,
            )
        )
    return kinds
