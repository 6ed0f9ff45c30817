"""Artefacts: record, show, change, delete, have back. Their words are private."""

import uuid
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import person
from cpd.actions.activities import NotYours, SentAlready
from cpd.actions.artefacts import ArtefactChanged, amend_artefact, delete_artefact, record_artefact, restore_artefact
from cpd.artefact_answers import answers_of, artefact_shape
from cpd.drafts import words_in
from cpd.forms.artefacts import ArtefactForm
from cpd.forms.beside import Beside
from cpd.forms.registrations import registration_of
from cpd.identifying import checked
from cpd.models import Artefact, Draft, Drafted, Enrolment
from cpd.querysets.record import own_artefacts
from cpd.views.drafts import (
    BESIDE,
    beside_draft,
    beside_saved,
    in_form,
    is_over_saved,
    over_saved,
    put_draft_back,
    settle,
)
from meducation.lib.forms import SENT_ALREADY, put_words_back


@require_http_methods(["GET", "HEAD", "POST"])
def artefact_create(request: HttpRequest, pk: uuid.UUID, kind: str) -> HttpResponse:
    """Record an artefact of one kind under one enrolment."""
    user = person(request)
    enrolment = get_object_or_404(user.enrolments.kept(), pk=pk)
    today = user.profile.local_date()
    shape = artefact_shape(enrolment, kind, today)
    if shape is None:
        raise Http404
    titles = registration_of(enrolment, today).held
    make_form = partial(ArtefactForm, user=user, shape=shape, titles=titles)
    status = 200
    went_on_with: Draft | None = None
    beside: Beside | None = None
    if request.method == "POST" and BESIDE in request.POST:
        form, beside = beside_draft(request, make_form)
    elif request.method == "POST":
        form = make_form(request.POST)
        if form.is_valid():
            try:
                return _save_new(request, form, enrolment)
            except SentAlready:
                form.add_error(None, SENT_ALREADY)
        status = 422
    else:
        initial = {"id": uuid.uuid4(), "done_on": None if shape.has_period else today}
        form = make_form(initial=initial)
        put_words_back(request, form)
        went_on_with = put_draft_back(request, form)
    context = {
        "section": "cpd",
        "form": form,
        "shape": shape,
        "enrolment": enrolment,
        "beside": beside,
        "drafting": in_form(request, Drafted.ARTEFACT, went_on_with=went_on_with),
    }
    return render(request, "cpd/artefact_form.html", context, status=status)


def _save_new(request: HttpRequest, form: ArtefactForm, enrolment: Enrolment) -> HttpResponse:
    """Save it. Raises SentAlready."""
    try:
        recorded = record_artefact(
            by=form.user,
            enrolment_id=enrolment.pk,
            artefact_id=form.cleaned_data["id"],
            kind=form.shape.kind.id,
            fields=form.artefact_fields(),
        )
    except (NotYours, Enrolment.DoesNotExist) as error:
        raise Http404 from error
    settle(request, recorded.artefact.pk, Drafted.ARTEFACT)
    if recorded.is_new:
        messages.success(request, f"Saved: {form.shape.kind.name}.")
    return redirect(recorded.artefact)


@require_safe
def artefact_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One artefact with its answers; of one that was deleted lately, only the offer to put it back."""
    artefacts = own_artefacts(person(request))
    artefact = get_object_or_404(artefacts.filter(deleted_at__isnull=True) | artefacts.restorable(), pk=pk)
    shape = artefact_shape(artefact.enrolment, artefact.kind, artefact.done_on)
    answers = [] if artefact.deleted_at else answers_of(artefact, shape)
    context = {
        "section": "cpd",
        "artefact": artefact,
        "enrolment": artefact.enrolment,
        "shape": shape,
        "answers": answers,
        "identifiers": checked((answer.label, answer.text) for answer in answers),
    }
    return render(request, "cpd/artefact_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def artefact_update(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change an artefact. If it was changed elsewhere since this form was opened, nothing is overwritten unseen."""
    user = person(request)
    artefact = get_object_or_404(own_artefacts(user).kept(), pk=pk)
    shape = artefact_shape(artefact.enrolment, artefact.kind, artefact.done_on)
    if shape is None:
        # A newer release wrote it. It can be seen, and nothing of it is lost by a form that does not know its boxes.
        raise Http404
    titles = registration_of(artefact.enrolment, user.profile.local_date()).held
    initial = ArtefactForm.initial_for(artefact, shape)
    make_form = partial(ArtefactForm, user=user, shape=shape, titles=titles, artefact=artefact)
    status = 200
    went_on_with: Draft | None = None
    beside: Beside | None = None
    if request.method == "POST" and BESIDE in request.POST:
        form, beside = beside_draft(request, partial(make_form, initial=initial))
    elif request.method == "POST":
        form = make_form(request.POST)
        status = 422
        if form.is_valid():
            before = words_in(make_form(initial=initial)) if is_over_saved(request) else None
            try:
                amend_artefact(
                    by=user,
                    artefact_id=pk,
                    version=form.cleaned_data["version"] or 0,
                    fields=form.artefact_fields(),
                )
            except Artefact.DoesNotExist as error:
                raise Http404 from error
            except ArtefactChanged as error:
                status = 409
                # Saving once more, having seen both, is a decision.
                form = form.for_version(error.current.version)
                beside = beside_saved(form, make_form(initial=ArtefactForm.initial_for(error.current, shape)))
            else:
                settle(request, pk, Drafted.ARTEFACT, replaced=before)
                messages.success(request, "Saved your changes.")
                return redirect(artefact)
    else:
        form = make_form(initial=initial)
        put_words_back(request, form)
        went_on_with = put_draft_back(request, form)
        if went_on_with is not None:
            beside = over_saved(form, make_form(initial=initial))
    context = {
        "section": "cpd",
        "form": form,
        "artefact": artefact,
        "enrolment": artefact.enrolment,
        "shape": shape,
        "beside": beside,
        "drafting": in_form(request, Drafted.ARTEFACT, went_on_with=went_on_with),
    }
    return render(request, "cpd/artefact_form.html", context, status=status)


@require_POST
def artefact_delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put it away; its page then offers to put it back."""
    try:
        artefact = delete_artefact(by=person(request), artefact_id=pk)
    except Artefact.DoesNotExist as error:
        raise Http404 from error
    return redirect(artefact)


@require_POST
def artefact_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a deleted artefact back."""
    try:
        artefact = restore_artefact(by=person(request), artefact_id=pk)
    except Artefact.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "Put back.")
    return redirect(artefact)
