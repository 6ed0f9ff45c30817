"""Who saw what: the owner's own list of every view, export, link and change."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.people import person
from cpd import catalogue
from cpd.models import AuditWhat
from cpd.provenance import NOT_HERE, SOMEBODY, YOU
from cpd.querysets.log import CHANGED, SEEN, SENT, log_of

PER_PAGE = 50
WHICH = (("", "Everything"), (SEEN, "Seen by others"), (SENT, "Exports and links"), (CHANGED, "Changes"))
NOUNS = {
    "activity": "Activity",
    "reflection": "Reflection",
    "enrolment": "Registration",
    "leave": "Time away",
    "grant": "Figure that your body allowed",
    "artefact": "Account, discussion or plan",
    "evidence": "Evidence file",
    "goal": "Goal",
    "impact": "What an activity changed",
    "discussion": "Discussion",
    "participant": "Your part in a discussion",
    "confirmation": "Confirmation that you took part",
}
VERBS = {"insert": "added", "update": "changed", "delete": "deleted"}
# Where the row has a page of its own.
PAGES = {
    "activity": "cpd:activity-history",
    "enrolment": "cpd:enrolment-detail",
    "artefact": "cpd:artefact-detail",
    "goal": "cpd:goal-detail",
    "discussion": "cpd:discussion-detail",
}


@dataclass(frozen=True)
class Line:
    """One line as it is shown."""

    at: datetime.datetime
    what: str
    name: str
    who: str
    address: str


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The log of one's own record: three queries with the person's own, however long it is."""
    user = person(request)
    which = request.GET.get("which", "")
    if which not in dict(WHICH):
        which = ""
    page = Paginator(log_of(user, which), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "account",
        "page": page,
        "lines": [_line(row, user.pk) for row in page],
        "which": which,
        "choices": WHICH,
    }
    return render(request, "cpd/log.html", context)


def _line(row: Mapping[str, Any], owner: int) -> Line:
    said, named = row["said"], row["named"] or ""
    model, _, verb = said.partition("/")
    if not verb:
        return Line(row["moment"], AuditWhat(said).label, "", named or _actor(row["actor"], owner, ""), "")
    if model == "enrolment":
        framework = catalogue.framework(named)
        named = framework.short if framework is not None else named
    elif model in ("artefact", "grant"):
        named = named.replace("-", " ")
    return Line(
        row["moment"],
        f"{NOUNS[model]} {VERBS.get(verb, verb)}",
        named,
        _actor(row["actor"], owner, NOT_HERE),
        _address(model, verb, row["subject"]),
    )


def _actor(actor: str | None, owner: int, nobody: str) -> str:
    if not actor:
        return nobody
    return YOU if actor == str(owner) else SOMEBODY


def _address(model: str, verb: str, subject: uuid.UUID) -> str:
    return reverse(PAGES[model], args=[subject]) if model in PAGES and verb != "delete" else ""
