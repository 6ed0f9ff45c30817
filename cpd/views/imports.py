"""Bringing activities from elsewhere: upload, columns, preview, import, undo."""

import csv
import datetime
import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import person
from cpd.actions.activities import NotYours
from cpd.actions.imports import (
    MOST_ROWS_KEPT,
    PREVIEWED,
    NotNow,
    begin_import,
    bring_back,
    can_be_had_back,
    can_be_undone,
    choose_columns,
    choose_sheet,
    decide_to_import,
    discard_import,
    start_again,
    undo_import,
)
from cpd.forms.imports import ColumnsForm, SheetForm, UndoForm, UploadForm
from cpd.importing.unreadable import Unreadable
from cpd.importing.work import go_on, has_stopped
from cpd.models import Import, ImportState, Kind
from cpd.progress import Heard
from cpd.querysets.imports import changed_since_import, rows_not_taken
from meducation.lib.forms import put_words_back

if TYPE_CHECKING:
    from accounts.models import User

PER_PAGE = 20
ROWS_PER_PAGE = 50
MOST_CHANGED_SHOWN = 50
QUICKER = "Another page was quicker. This is how it stands now."
WORDS_OF_WORK = {
    ImportState.UPLOADED: "Reading the file",
    ImportState.MAPPED: "Checking the rows",
    ImportState.RUNNING: "Importing",
}
SAMPLE = (
    ("What you did", "Date", "Minutes", "Kind", "Provider", "Reflection", "Tags"),
    ("Basic life support update", "03/11/2025", "120", "Mandatory training", "Trust resuscitation team", "", ""),
    (
        "Journal club: anticoagulation in the old",
        "21/10/2025",
        "60",
        "Journal club",
        "Practice",
        "I will use the shared-decision leaflet before I start anything.",
        "prescribing; frailty",
    ),
)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Upload a file; what was brought before."""
    user = person(request)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, owner_pk=user.pk)
        if form.is_valid():
            brought = _begin(user, form)
            if brought is not None:
                return redirect(brought)
    else:
        form = UploadForm(owner_pk=user.pk, initial={"id": uuid.uuid4()})
        put_words_back(request, form)
    page = Paginator(user.imports.for_listing(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"section": "cpd", "form": form, "page": page}
    return render(request, "cpd/import_start.html", context, status=422 if form.errors else 200)


def _begin(user: "User", form: UploadForm) -> Import | None:
    """Keep the file and read it if that is quickly done. None with an error on the form."""
    file = form.cleaned_data["file"]
    try:
        brought = begin_import(
            by=user, import_id=form.cleaned_data["id"], file=file, file_name=file.name, size=file.size
        )
    except Unreadable as error:
        form.add_error("file", str(error))
        return None
    except NotYours as error:
        raise Http404 from error
    go_on(brought)
    brought.refresh_from_db()
    if brought.state == ImportState.FAILED:
        form.add_error("file", brought.problem)
        discard_import(by=user, import_id=brought.pk)
        return None
    return brought


@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """A small file that shows what can be brought."""
    # The mark in front tells Excel that this is UTF-8.
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="cpd-sample.csv"'
    csv.writer(response).writerows(SAMPLE)
    return response


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far an import has come: progress, preview, or what came of it."""
    brought = _own(request, pk)
    if brought.state == ImportState.READ:
        return redirect("cpd:import-columns", brought.pk)
    user = person(request)
    context: dict[str, Any] = {"section": "cpd", "brought": brought}
    if brought.is_at_work:
        return render(request, "cpd/import_progress.html", context | _progress(brought))
    if brought.state in (ImportState.CHECKED, ImportState.FAILED):
        context |= {
            "shown": [_previewed(row) for row in brought.preview],
            "previewed": PREVIEWED,
            "same": user.imports.of_file(brought.sha256).exclude(pk=pk).order_by("-finished_at").first(),
        }
    page = Paginator(rows_not_taken(brought), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    left_out = brought.refused + (0 if brought.takes_duplicates else brought.duplicates)
    context |= {
        "page": page,
        "more_left_out": max(0, left_out - MOST_ROWS_KEPT),
        "can_be_undone": can_be_undone(brought),
        "can_be_had_back": can_be_had_back(brought),
        "with_duplicates": brought.imported + brought.duplicates,
    }
    template = "cpd/import_preview.html" if brought.state == ImportState.CHECKED else "cpd/import_result.html"
    return render(request, template, context)


def _previewed(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the preview with its days and its kind as they are shown."""
    kind = row.get("kind")
    return row | {
        "done_on": datetime.date.fromisoformat(row["done_on"]) if row.get("done_on") else None,
        "done_until": datetime.date.fromisoformat(row["done_until"]) if row.get("done_until") else None,
        "kind": Kind(kind).label if kind in Kind.values else "",
    }


@require_safe
def progress(request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
    """How far the work on an import has come, for the page that shows it."""
    brought = _own(request, pk)
    how_far = _progress(brought)
    return JsonResponse({"state": brought.state, "at_work": brought.is_at_work} | how_far)


def _progress(brought: Import) -> dict[str, Any]:
    heard = Heard.about(brought.pk, since=brought.started_at) if brought.is_at_work else None
    done, of = (heard.done, heard.of) if heard else (0, brought.rows)
    is_waiting = brought.started_at is None
    return {
        "what": WORDS_OF_WORK.get(ImportState(brought.state), ""),
        "done": min(done, of) if of else done,
        "of": of,
        "is_waiting": is_waiting,
        "has_stopped": has_stopped(brought, heard),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say which column is what."""
    brought, user = _own(request, pk), person(request)
    if brought.state not in (ImportState.READ, ImportState.CHECKED):
        return redirect(brought)
    if request.method == "POST":
        form = ColumnsForm(request.POST, user=user, brought=brought)
        if form.is_valid():
            try:
                go_on(choose_columns(by=user, import_id=pk, mapping=form.said()))
            except NotNow:
                messages.info(request, QUICKER)
            return redirect(brought)
    else:
        form = ColumnsForm(user=user, brought=brought)
        put_words_back(request, form)
    context = {
        "section": "cpd",
        "brought": brought,
        "form": form,
        "sheets": SheetForm(brought=brought) if len(brought.survey.get("sheets", [])) > 1 else None,
    }
    return render(request, "cpd/import_columns.html", context, status=422 if form.errors else 200)


@require_POST
def sheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Read another sheet of a workbook."""
    brought = _own(request, pk)
    form = SheetForm(request.POST, brought=brought)
    if form.is_valid():
        try:
            go_on(choose_sheet(by=person(request), import_id=pk), sheet=form.cleaned_data["sheet"])
        except NotNow:
            messages.info(request, QUICKER)
    return redirect(brought)


@require_POST
def run(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Import what the preview shows; or begin again where the last try stopped."""
    brought = _own(request, pk)
    if brought.is_at_work:
        if has_stopped(brought, Heard.about(pk, since=brought.started_at)):
            go_on(start_again(by=person(request), import_id=pk))
        return redirect(brought)
    try:
        go_on(
            decide_to_import(by=person(request), import_id=pk, takes_duplicates=request.POST.get("duplicates") == "on")
        )
    except NotNow:
        messages.info(request, QUICKER)
    return redirect(brought)


@require_POST
def discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Forget an upload that is not to be imported."""
    brought = _own(request, pk)
    try:
        discard_import(by=person(request), import_id=pk)
    except NotNow:
        messages.info(request, QUICKER)
        return redirect(brought)
    messages.success(request, "The file is deleted here. Nothing was imported from it.")
    return redirect("cpd:import-start")


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a whole import out of the record; where some of it was changed since, ask what becomes of that."""
    brought, user = _own(request, pk), person(request)
    if not can_be_undone(brought):
        return redirect(brought)
    changed = changed_since_import(brought)
    count = changed.count()
    form = UndoForm(request.POST if request.method == "POST" and "changed" in request.POST else None)
    if request.method == "POST" and (not count or form.is_valid()):
        try:
            undo_import(by=user, import_id=pk, with_changed=bool(count) and form.cleaned_data["changed"] == "remove")
        except NotNow:
            messages.info(request, QUICKER)
        return redirect(brought)
    context = {
        "section": "cpd",
        "brought": brought,
        "form": form,
        "changed": list(changed.for_listing()[:MOST_CHANGED_SHOWN]),
        "count": count,
        "unchanged": brought.activities.kept().count() - count,
    }
    return render(request, "cpd/import_undo.html", context, status=422 if form.errors else 200)


@require_POST
def restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Bring back what undoing took away."""
    brought = _own(request, pk)
    try:
        bring_back(by=person(request), import_id=pk)
    except NotNow:
        messages.info(request, QUICKER)
    return redirect(brought)


def _own(request: HttpRequest, pk: uuid.UUID) -> Import:
    """The person's own import; anybody else's does not exist."""
    user = person(request)
    brought = get_object_or_404(user.imports.all(), pk=pk)
    # Not asked for again: the person is who is signed in.
    brought.user = user
    return brought
