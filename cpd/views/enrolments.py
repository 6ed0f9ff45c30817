"""Joining frameworks in three short screens, and looking after an enrolment."""

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people import person
from cpd.actions.activities import NotYours, SentAlready
from cpd.actions.enrolments import (
    EnrolledAgain,
    EnrolmentChanged,
    Overlaps,
    add_grant,
    add_leave,
    amend_enrolments,
    delete_enrolment,
    delete_grant,
    delete_leave,
    enrol,
    restore_enrolment,
    save_practice,
)
from cpd.forms.enrolling import FrameworksForm, NumbersForm, TitlesForm
from cpd.forms.enrolments import EnrolmentForm, GrantForm, LeaveForm, granted_figure, overlap
from cpd.forms.registrations import Registration, registration_of
from cpd.ledger import enrolled_of
from cpd.models import Enrolment, Grant, Leave
from cpd.querysets.enrolments import deleted_grant, deleted_leave
from cpd.rules.cycles import DAY
from cpd.rules.engine import current_cycle, earlier_cycles
from cpd.rules.types import Cycle, CycleKind
from meducation.lib.forms import SENT_ALREADY, put_words_back

if TYPE_CHECKING:
    from accounts.models import User

# A person who has been here for longer than this is not welcomed.
NEW_FOR_DAYS = 1
# As many cycles before the present one as a grant may be entered for.
EARLIER_CYCLES = 3


# --- Three short screens ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_start(request: HttpRequest) -> HttpResponse:
    """Screen 1: profession and country, and the frameworks that probably apply. Ticking one is enough to be enrolled.

    "Show what fits" draws the list again by what is chosen; "Skip for now" keeps profession and country all the same.
    """
    user = person(request)
    enrolments = list(user.enrolments.current(user.profile.local_date()))
    status = 200
    if request.method == "POST" and "show" not in request.POST:
        form = FrameworksForm(request.POST, user=user, enrolments=enrolments)
        is_whole = form.is_valid()
        if "skip" in request.POST:
            _save_practice(form, user)
            return redirect("cpd:tracker")
        if is_whole:
            return _enrol(form, user)
        status = 422
    else:
        form = FrameworksForm(user=user, enrolments=enrolments)
        if request.method == "POST":
            form.put_back(request.POST)
        else:
            put_words_back(request, form)
    is_new = not enrolments and (timezone.now() - user.date_joined).days < NEW_FOR_DAYS
    context = {"section": "cpd", "form": form, "is_new": is_new}
    return render(request, "cpd/enrolment_start.html", context, status=status)


def _save_practice(form: FrameworksForm, user: "User") -> None:
    names = [name for name in ("profession", "country") if name in form.cleaned_data]
    if names:
        save_practice(by=user, fields={name: form.cleaned_data[name] for name in names})


def _enrol(form: FrameworksForm, user: "User") -> HttpResponse:
    _save_practice(form, user)
    joined = enrol(
        by=user,
        form_key=form.cleaned_data["key"],
        frameworks=form.chosen(),
        profession=form.cleaned_data["profession"],
    )
    return redirect(_screen("cpd:enrolment-titles", [each.enrolment for each in joined]))


def _screen(name: str, enrolments: list[Enrolment]) -> str:
    return reverse(name, query={"enrolment": [enrolment.pk for enrolment in enrolments]})


def _asked_for(request: HttpRequest) -> list[Enrolment]:
    """The person's own enrolments in the query string, in its order. Raises Http404 unless it has all of them."""
    try:
        wanted = list(dict.fromkeys(uuid.UUID(pk) for pk in request.GET.getlist("enrolment")))
    except ValueError as error:
        raise Http404 from error
    found = person(request).enrolments.kept().in_bulk(wanted)
    if len(found) != len(wanted):
        raise Http404
    return [found[pk] for pk in wanted]


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_titles(request: HttpRequest) -> HttpResponse:
    """Screen 2: title and anchor date of each. Where no framework asks for either, there is no such screen."""
    enrolments = _asked_for(request)
    if not enrolments:
        return redirect("cpd:enrolment-start")
    onward = _screen("cpd:enrolment-numbers", enrolments)
    form = _several(request, TitlesForm, enrolments)
    if not form.rows():
        return redirect(onward)
    status = 200
    if request.method == "POST":
        form, status = _save(form)
        if status == 200:
            for sentence in form.left_out():
                messages.warning(request, sentence)
            return redirect(onward)
    context = {"section": "cpd", "form": form, "onward": onward}
    return render(request, "cpd/enrolment_titles.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_numbers(request: HttpRequest) -> HttpResponse:
    """Screen 3: the number on each register, and since when."""
    enrolments = _asked_for(request)
    if not enrolments:
        return redirect("cpd:enrolment-start")
    form = _several(request, NumbersForm, enrolments)
    status = 200
    if request.method == "POST":
        form, status = _save(form)
        if status == 200:
            names = ", ".join(registration.name for registration in form.registrations)
            messages.success(request, f"Saved: {names}. Below is what is asked of you, and where you stand.")
            return redirect("cpd:requirements")
    context = {"section": "cpd", "form": form, "onward": reverse("cpd:requirements")}
    return render(request, "cpd/enrolment_numbers.html", context, status=status)


def _several[F: (TitlesForm, NumbersForm)](request: HttpRequest, kind: type[F], enrolments: list[Enrolment]) -> F:
    user = person(request)
    registrations = [registration_of(enrolment, user.profile.local_date()) for enrolment in enrolments]
    if request.method == "POST":
        return kind(request.POST, user=user, registrations=registrations)
    form = kind(user=user, registrations=registrations)
    put_words_back(request, form)
    return form


def _save[F: (TitlesForm, NumbersForm)](form: F) -> tuple[F, int]:
    """Save the answers: 200, or the form to show again. Nothing that was changed elsewhere is overwritten unseen.

    A sentence of the database, should the forms have missed something, joins the others.
    """
    if not form.is_valid():
        return form, 422
    try:
        amend_enrolments(by=form.user, changes=form.changes(), seen=form.seen())
    except Enrolment.DoesNotExist as error:
        raise Http404 from error
    except EnrolmentChanged as error:
        # Saving once more is a decision.
        return form.over(registration_of(error.current, form.today)), 409
    except ValidationError as error:
        form.add_error(None, error.messages)
        return form, 422
    return form, 200


# --- One enrolment ---------------------------------------------------------------------------------------------------


def _own_registration(request: HttpRequest, pk: uuid.UUID) -> Registration:
    """The person's own enrolment, not deleted; anything else does not exist."""
    user = person(request)
    return registration_of(get_object_or_404(user.enrolments.kept(), pk=pk), user.profile.local_date())


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_update(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change dates, titles, number. If it was changed elsewhere since this form was opened, nothing is lost unseen."""
    user, registration = person(request), _own_registration(request, pk)
    status = 200
    changed: Registration | None = None
    if request.method == "POST":
        form = EnrolmentForm(request.POST, user=user, registration=registration)
        if form.is_valid():
            try:
                amend_enrolments(by=user, changes={pk: form.changes()}, seen={pk: form.cleaned_data["seen"]})
            except Enrolment.DoesNotExist as error:
                raise Http404 from error
            except EnrolmentChanged as error:
                changed = registration_of(error.current, user.profile.local_date())
                # Saving once more, having seen both, is a decision.
                form = form.over(changed)
            except ValidationError as error:
                # Not left any more, while the same framework has been joined anew.
                form.add_error("left_on", error.messages)
            else:
                messages.success(request, "Saved your changes.")
                return redirect(registration.enrolment)
        status = 409 if changed else 422
    else:
        form = EnrolmentForm(user=user, registration=registration)
        put_words_back(request, form)
    context = {"section": "cpd", "form": form, "registration": registration, "changed": changed}
    return render(request, "cpd/enrolment_form.html", context, status=status)


@require_POST
def enrolment_delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take it out; the next page offers to put it back."""
    try:
        delete_enrolment(by=person(request), enrolment_id=pk)
    except Enrolment.DoesNotExist as error:
        raise Http404 from error
    return redirect(reverse("cpd:requirements", query={"deleted": pk}))


@require_POST
def enrolment_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a deleted enrolment back."""
    try:
        enrolment = restore_enrolment(by=person(request), enrolment_id=pk)
    except Enrolment.DoesNotExist as error:
        raise Http404 from error
    except EnrolledAgain:
        messages.error(request, "You have added this one again since, so it cannot be put back as well.")
        return redirect("cpd:requirements")
    messages.success(request, "Put back, with its dates and everything you recorded for it.")
    return redirect(enrolment)


# --- Leave -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_leave(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Time away from work: what is entered, and a form for more."""
    user, registration = person(request), _own_registration(request, pk)
    today = user.profile.local_date()
    leaves = list(registration.enrolment.leaves.order_by("-first_on"))
    others = [registration_of(each, today) for each in user.enrolments.current(today) if each.pk != pk]
    status = 200
    if request.method == "POST":
        form = LeaveForm(request.POST, user=user, leaves=leaves, others=others)
        if form.is_valid() and _leave_saved(form, user, registration, others):
            messages.success(request, "Saved your leave.")
            return redirect("cpd:enrolment-leave", pk)
        status = 422
    else:
        form = LeaveForm(user=user, leaves=leaves, others=others)
        put_words_back(request, form)
    context = {
        "section": "cpd",
        "form": form,
        "registration": registration,
        "leaves": leaves,
        "just_deleted": deleted_leave(registration.enrolment, request.GET.get("deleted", "")),
    }
    return render(request, "cpd/enrolment_leave.html", context, status=status)


def _leave_saved(form: LeaveForm, user: "User", registration: Registration, others: list[Registration]) -> bool:
    try:
        add_leave(
            by=user,
            enrolment_id=registration.enrolment.pk,
            leave_id=form.cleaned_data["id"],
            first_on=form.cleaned_data["first_on"],
            last_on=form.cleaned_data["last_on"],
            also=form.also_ids(),
        )
    except (NotYours, Enrolment.DoesNotExist) as error:
        raise Http404 from error
    except SentAlready:
        form.add_error(None, SENT_ALREADY)
        return False
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    except Overlaps as error:
        if error.enrolment.pk == registration.enrolment.pk:
            form.add_error("first_on", overlap(error.leave))
        else:
            name = next(each.name for each in others if each.enrolment.pk == error.enrolment.pk)
            form.add_error("also", overlap(error.leave, name))
        return False
    return True


@require_POST
def enrolment_leave_delete(request: HttpRequest, pk: uuid.UUID, leave_pk: uuid.UUID) -> HttpResponse:
    """Take one leave out; the page then offers to put it back."""
    try:
        delete_leave(by=person(request), enrolment_id=pk, leave_id=leave_pk)
    except (Enrolment.DoesNotExist, Leave.DoesNotExist) as error:
        raise Http404 from error
    return redirect(reverse("cpd:enrolment-leave", args=[pk], query={"deleted": leave_pk}))


# --- Grants ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_grants(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the body granted instead of its usual figures: what is entered, and a form for more."""
    user, registration = person(request), _own_registration(request, pk)
    cycles = _cycles(user, registration)
    status = 200
    if request.method == "POST":
        form = GrantForm(request.POST, user=user, registration=registration, cycles=cycles)
        if form.is_valid():
            try:
                add_grant(by=user, enrolment_id=pk, grant_id=form.cleaned_data["id"], **form.grant_fields())
            except (NotYours, Enrolment.DoesNotExist) as error:
                raise Http404 from error
            except SentAlready:
                form.add_error(None, SENT_ALREADY)
            except ValidationError as error:
                form.add_error("requirement", error.messages)
            else:
                messages.success(request, "Saved what was granted.")
                return redirect("cpd:enrolment-grants", pk)
        status = 422
    else:
        form = GrantForm(user=user, registration=registration, cycles=cycles)
        put_words_back(request, form)
    just_deleted = deleted_grant(registration.enrolment, request.GET.get("deleted", ""))
    context = {
        "section": "cpd",
        "form": form,
        "registration": registration,
        "cycles": cycles,
        "grants": [
            _in_words(grant, registration)
            for grant in registration.enrolment.grants.order_by("-cycle_first_on", "requirement")
        ],
        "just_deleted": _in_words(just_deleted, registration) if just_deleted else None,
    }
    return render(request, "cpd/enrolment_grants.html", context, status=status)


def _cycles(user: "User", registration: Registration) -> list[Cycle]:
    """The present cycle, the next and some before; none where a date is missing, or every day has its own."""
    framework, version = registration.framework, registration.version
    if framework is None or version is None or version.cycle.kind is CycleKind.ROLLING:
        return []
    today, enrolled = user.profile.local_date(), enrolled_of(registration.enrolment, leaves=())
    present = current_cycle(framework, enrolled, today)
    if present is None:
        return []
    following = current_cycle(framework, enrolled, present.last + DAY)
    before = earlier_cycles(framework, enrolled, as_of=today, back_to=user.profile.record_starts_on)
    return [present, *([following] if following else []), *before[:EARLIER_CYCLES]]


def _in_words(grant: Grant, registration: Registration) -> dict[str, Any]:
    """A grant with the name of its requirement, and the figure in what that counts."""
    version = registration.version
    requirement = (
        next((each for each in version.requirements if each.id == grant.requirement), None) if version else None
    )
    if requirement is None:
        return {"grant": grant, "name": grant.requirement, "amount": grant.value}
    return {
        "grant": grant,
        "name": requirement.name,
        "amount": granted_figure(requirement, grant.value, registration),
    }


@require_POST
def enrolment_grant_delete(request: HttpRequest, pk: uuid.UUID, grant_pk: uuid.UUID) -> HttpResponse:
    """Take one out; the page then offers to put it back."""
    try:
        delete_grant(by=person(request), enrolment_id=pk, grant_id=grant_pk)
    except (Enrolment.DoesNotExist, Grant.DoesNotExist) as error:
        raise Http404 from error
    return redirect(reverse("cpd:enrolment-grants", args=[pk], query={"deleted": grant_pk}))
