"""Exports of everything, and bringing one back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import person
from cpd.actions.activities import NotYours
from cpd.actions.audit import write_down
from cpd.actions.leaving import OneAtATime, ask_for_export, bring_back, delete_archive, try_again
from cpd.archive import storing
from cpd.archive.work import has_stopped
from cpd.forms.leaving import BringBackForm, ExportForm, most_archive_bytes
from cpd.models import Archive, ArchiveKind, AuditWhat
from cpd.progress import Heard
from meducation.lib.forms import put_words_back
from meducation.lib.uploads import LimitedFileUploadHandler

BLOCK_BYTES = 64 * 1024
ONE_AT_A_TIME = "Something is being exported or brought back already. Wait until it is done."


class ArchiveUploadHandler(LimitedFileUploadHandler):
    """Takes what an export may be, which is more than any other form takes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_file_bytes = self.most_request_bytes = most_archive_bytes()


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Have everything exported."""
    form = ExportForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        return redirect(ask_for_export(by=person(request), archive_id=form.cleaned_data["id"]))
    except NotYours as error:
        raise Http404 from error
    except OneAtATime:
        messages.info(request, ONE_AT_A_TIME)
        return redirect("cpd:leaving")


@csrf_exempt  # Only until the handler for a large file stands: the form is checked below.
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Upload an export that is to be brought back."""
    if request.method == "POST":
        request.upload_handlers = [ArchiveUploadHandler(request)]
    return _bring(request)


@csrf_protect
def _bring(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if request.method == "POST":
        form = BringBackForm(request.POST, request.FILES, owner_pk=user.pk)
        if form.is_valid():
            try:
                return redirect(bring_back(by=user, archive_id=form.cleaned_data["id"], file=form.cleaned_data["file"]))
            except NotYours as error:
                raise Http404 from error
            except OneAtATime:
                form.add_error(None, ONE_AT_A_TIME)
    else:
        form = BringBackForm(owner_pk=user.pk, initial={"id": uuid.uuid4()})
        put_words_back(request, form)
    return render(
        request,
        "cpd/archive_bring.html",
        {"section": "account", "form": form},
        status=422 if form.errors else 200,
    )


@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far it is; what came of it."""
    archive = _own(request, pk)
    context = {"section": "account", "archive": archive, "is_export": archive.kind == ArchiveKind.EXPORT}
    return render(request, "cpd/archive_detail.html", context | _progress(archive))


@require_safe
def progress(request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
    """How far it is, for the page that shows it."""
    archive = _own(request, pk)
    return JsonResponse({"state": archive.state, "at_work": archive.is_at_work} | _progress(archive))


def _progress(archive: Archive) -> dict[str, Any]:
    heard = Heard.about(archive.pk, since=archive.started_at) if archive.is_at_work else None
    done, of = (heard.done, heard.of) if heard else (0, archive.steps)
    return {
        "done": min(done, of) if of else done,
        "of": of,
        "is_waiting": archive.started_at is None,
        "has_stopped": has_stopped(archive, heard),
    }


@require_safe
def download(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """The file itself, for its owner alone."""
    archive = _own(request, pk)
    if not archive.is_ready:
        raise Http404
    try:
        file = storing.open_archive(archive.pk)
    except FileNotFoundError as error:
        raise Http404 from error
    if request.method == "GET":
        write_down(owner=archive.user, what=AuditWhat.EXPORT_DOWNLOADED, by=archive.user, about=archive.pk)
    name = f"meducation-export-{timezone.localdate(archive.created_at):%Y-%m-%d}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response.block_size = BLOCK_BYTES
    response.headers["Cache-Control"] = "no-store, private"
    return response


@require_POST
def retry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take up work that stopped."""
    archive = _own(request, pk)
    if has_stopped(archive, Heard.about(pk, since=archive.started_at)):
        try_again(by=person(request), archive_id=pk)
    return redirect(archive)


@require_POST
def delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete an export here."""
    archive = _own(request, pk)
    if archive.is_at_work:
        messages.info(request, ONE_AT_A_TIME)
        return redirect(archive)
    delete_archive(by=person(request), archive_id=pk)
    messages.success(request, "Deleted here. You can have a new export made whenever you like.")
    return redirect("cpd:leaving")


def _own(request: HttpRequest, pk: uuid.UUID) -> Archive:
    """The person's own archive; anybody else's does not exist."""
    user = person(request)
    archive = get_object_or_404(user.archives.all(), pk=pk)
    # Not asked for again: the person is who is logged in.
    archive.user = user
    return archive
