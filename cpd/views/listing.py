"""The list of activities: search, filters, totals; and what is done to several of them at once."""

import datetime
import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST, require_safe

from accounts.people import person
from cpd.actions import MOST_AT_ONCE, Outcome, change_several, delete_several, restore_several
from cpd.forms import ActivityListForm, SeveralForm
from cpd.models import Activity
from cpd.querysets.record import ActivityQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from cpd.models import Enrolment

PER_PAGE = 25
MOST_DELETED_SHOWN = 10
MOST_TITLES = 10
TICK_SOME = "Tick the activities first, then say what to do with them."
TOO_MANY = f"That is more than {MOST_AT_ONCE:,} at once. Narrow the list, and do it in parts."


class CountedPaginator(Paginator[Activity]):
    """Pages of a list that has been counted already, with its minutes."""

    def __init__(self, activities: ActivityQuerySet, *, count: int) -> None:
        super().__init__(activities, PER_PAGE)
        self.known_count = count

    @cached_property
    def count(self) -> int:
        """How many there are."""
        return self.known_count


@require_safe
def activity_list(request: HttpRequest) -> HttpResponse:
    """The record, as it is searched and filtered; what was deleted lately can be had back."""
    user = person(request)
    kept = user.activities.kept()
    form = _form_of(request.GET, user, _enrolments(user))
    asked = form.asked()
    found = asked.of(kept)
    summed = found.summed()
    page: Page[Activity] = CountedPaginator(
        found.with_evidence_count().for_listing(*asked.ordering), count=summed.count
    ).get_page(request.GET.get("page"))
    together = _moment(request.GET.get("deleted-at", ""))
    deleted = list(user.activities.restorable().for_listing("-deleted_at")[:MOST_DELETED_SHOWN])
    context = {
        "section": "cpd",
        "form": form,
        "asked": asked,
        "is_narrowed": asked.is_narrowed or bool(asked.words),
        "is_open": asked.is_narrowed or bool(form.errors),
        "page": page,
        "summed": summed,
        "deleted": deleted,
        "together": together,
        "deleted_together": user.activities.restorable().filter(deleted_at=together).count() if together else 0,
        "just_deleted": next((each for each in deleted if str(each.pk) == request.GET.get("deleted")), None),
        "list_query": _without_page(request.GET),
    }
    return render(request, "cpd/activity_list.html", context)


@require_POST
def activities_change(request: HttpRequest) -> HttpResponse:
    """Change kind, tags and category of those ticked: asks what first, then does it."""
    user = person(request)
    enrolments = _enrolments(user)
    chosen = _chosen(request, user, enrolments)
    if (problem := _problem(chosen)) is not None:
        return _back(request, problem)
    ticked = user.activities.kept().filter(pk__in=chosen)
    form = SeveralForm(
        request.POST if "save" in request.POST else None, user=user, enrolments=enrolments, tags=ticked.tags_used()
    )
    if form.is_bound and form.is_valid():
        _tell(request, change_several(by=user, chosen=chosen, change=form.change()))
        return redirect(_list_address(request))
    summed = ticked.summed()
    context = {
        "section": "cpd",
        "form": form,
        "summed": summed,
        "shown": ticked.for_listing()[:MOST_TITLES],
        "more": summed.count - MOST_TITLES,
        "chosen": chosen,
        "list_query": request.POST.get("list", ""),
        "back": _list_address(request),
    }
    return render(request, "cpd/activities_change.html", context, status=422 if form.errors else 200)


@require_POST
def activities_delete(request: HttpRequest) -> HttpResponse:
    """Take those ticked out of the record. The next page offers to put them back."""
    user = person(request)
    chosen = _chosen(request, user, _enrolments(user))
    if (problem := _problem(chosen)) is not None:
        return _back(request, problem)
    at = delete_several(by=user, chosen=chosen)
    return redirect(reverse("cpd:activity-list", query={"deleted-at": at.isoformat()}))


@require_POST
def activities_restore(request: HttpRequest) -> HttpResponse:
    """Put back what was deleted together."""
    at = _moment(request.POST.get("at", ""))
    restored, again = restore_several(by=person(request), deleted_at=at) if at is not None else (0, 0)
    if restored:
        messages.success(request, f"Put {_activities(restored)} back into your CPD.")
    if again:
        messages.error(request, f"{_activities(again)} had been logged again since, and cannot be put back as well.")
    return redirect("cpd:activity-list")


# --- What was asked for ----------------------------------------------------------------------------------------------


def _enrolments(user: "User") -> "list[Enrolment]":
    return list(user.enrolments.current(user.profile.local_date()))


def _form_of(query: QueryDict, user: "User", enrolments: "list[Enrolment]") -> ActivityListForm:
    return ActivityListForm(query, user=user, enrolments=enrolments, tags=user.activities.kept().tags_used())


def _chosen(request: HttpRequest, user: "User", enrolments: "list[Enrolment]") -> list[uuid.UUID]:
    """The activities ticked, or all of the list: one more than may be chosen, where there are too many."""
    kept: ActivityQuerySet = user.activities.kept()
    if "all" in request.POST:
        found = _form_of(QueryDict(request.POST.get("list", "")), user, enrolments).asked().of(kept)
    else:
        found = kept.filter(pk__in=_uuids(request.POST.getlist("activity")))
    return list(found.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])


def _uuids(texts: list[str]) -> list[uuid.UUID]:
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _problem(chosen: list[uuid.UUID]) -> str | None:
    if not chosen:
        return TICK_SOME
    return TOO_MANY if len(chosen) > MOST_AT_ONCE else None


def _back(request: HttpRequest, problem: str) -> HttpResponse:
    messages.error(request, problem)
    return redirect(_list_address(request))


def _list_address(request: HttpRequest) -> str:
    query = _without_page(QueryDict(request.POST.get("list", "")))
    return f"{reverse('cpd:activity-list')}?{query}" if query else reverse("cpd:activity-list")


def _without_page(query: QueryDict) -> str:
    """The list's address without the page, and without what is empty: where one comes back to."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if name in ActivityListForm.base_fields and any(values):
            kept.setlist(name, values)
    return kept.urlencode()


def _moment(text: str) -> datetime.datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


# --- What became of it -----------------------------------------------------------------------------------------------


def _activities(count: int) -> str:
    return f"{count:,} activit{'y' if count == 1 else 'ies'}"


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    if outcome.changed:
        messages.success(request, f"Changed {_activities(outcome.changed)}.")
    else:
        messages.info(request, "Nothing was changed: they say all of that already, or could not.")
    if outcome.other_kind:
        messages.warning(
            request,
            f"{_activities(outcome.other_kind)} kept the kind: what you say they count towards is not possible for the"
            " other. Open each to change it.",
        )
    if outcome.other_category:
        messages.warning(
            request,
            f"The category was left as it is {_activities_times(outcome.other_category)}: the body does not offer it"
            " for that kind or day, or the minutes are divided among several.",
        )
    if outcome.too_many_tags:
        messages.warning(request, f"{_activities(outcome.too_many_tags)} would have had too many tags.")


def _activities_times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
