"""Evidence files: add, download, delete, have back; whole by a form, or in parts by a page's script."""

import logging
import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.csp import CSP
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import person
from cpd.actions.audit import write_down
from cpd.actions.evidence import (
    AddedAgain,
    HasAlready,
    WrongPlace,
    add_evidence,
    append_part,
    begin_upload,
    cancel_upload,
    delete_evidence,
    finish_upload,
    restore_evidence,
    use_again,
)
from cpd.evidence.judging import CONTENT_TYPES
from cpd.evidence.parts import MOST_PART_BYTES, received
from cpd.evidence.refusing import CannotJustNow, NoRoom, Refused
from cpd.evidence.showing import panel_of
from cpd.evidence.storing import storage
from cpd.forms.evidence import EvidenceForm, UploadForm, UseForm
from cpd.models import Activity, AuditWhat, Evidence, FileKind, UnfinishedUpload

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

# Whoever opens a download in a browser after all: nothing in it may run, load or reach us.
DOWNLOAD_POLICY = "sandbox; default-src 'none'"
BLOCK_BYTES = 64 * 1024
ADDED_AGAIN = "This file has been added again since, so there is nothing to put back."
# Both say that it is nobody's fault and may be tried again.
INSUFFICIENT_STORAGE, UNAVAILABLE = 507, 503


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_of(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The files of one activity, and a form to add one: for a browser without script, and what a script shows anew."""
    user = person(request)
    activity = user.activities.kept().filter(pk=pk).first()
    if activity is None and panel_of(user, pk).is_empty:
        # A stranger's, or none at all.
        raise Http404
    status = 200
    form = EvidenceForm()
    again: HasAlready | None = None
    if request.method == "POST":
        form = EvidenceForm(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                return _add(form, user, pk)
            except HasAlready as error:
                again, status = error, 409
            except Refused as error:
                form.add_error("file", str(error))
            except CannotJustNow as error:
                form.add_error("file", str(error))
                status = _cannot(error)
    # Asked for again: what happened meanwhile may have added one.
    context = {"section": "cpd", "activity": activity, "evidence": panel_of(user, pk, form), "again": again}
    return render(request, "cpd/evidence_of.html", context, status=status)


def _add(form: EvidenceForm, user: "User", activity_id: uuid.UUID) -> HttpResponse:
    file = form.cleaned_data["file"]
    try:
        add_evidence(
            by=user,
            evidence_id=form.cleaned_data["id"],
            activity_id=activity_id,
            file=file.file,
            name=file.name or "",
        )
    except (Activity.DoesNotExist, Evidence.DoesNotExist) as error:
        raise Http404 from error
    return _back_to(user, activity_id)


@require_safe
def evidence_download(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """The file itself, for its owner alone, to be saved and not to be shown."""
    evidence = get_object_or_404(person(request).evidence.kept(), pk=pk)
    try:
        file = storage().open(evidence.stored_as)
    except FileNotFoundError as error:
        logger.exception("A stored file is missing: restore it from a copy.")
        raise Http404 from error
    response = FileResponse(
        file, as_attachment=True, filename=evidence.name, content_type=CONTENT_TYPES[FileKind(evidence.kind)]
    )
    response.block_size = BLOCK_BYTES
    response.headers[str(CSP.HEADER_ENFORCE)] = DOWNLOAD_POLICY
    response.headers["Cache-Control"] = "no-store, private"
    if request.method == "GET":
        user = person(request)
        write_down(owner=user, what=AuditWhat.EVIDENCE_DOWNLOADED, by=user, about=pk)
    return response


@require_POST
def evidence_use(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a file that somebody has the evidence of another activity as well."""
    user = person(request)
    source = get_object_or_404(user.evidence.kept(), pk=pk)
    form = UseForm(request.POST)
    if not form.is_valid():
        raise Http404
    activity_id = form.cleaned_data["activity"]
    try:
        use_again(by=user, evidence_id=form.cleaned_data["id"], source_id=source.pk, activity_id=activity_id)
    except HasAlready:
        pass  # As it was to be.
    except Refused as error:
        if _wants_json(request):
            return _refused(error)
        messages.error(request, str(error))
    except (Activity.DoesNotExist, Evidence.DoesNotExist) as error:
        raise Http404 from error
    return HttpResponse(status=204) if _wants_json(request) else _back_to(user, activity_id)


@require_POST
def evidence_delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a file away from its activity; the next page offers to put it back."""
    user = person(request)
    try:
        evidence = delete_evidence(by=user, evidence_id=pk)
    except Evidence.DoesNotExist as error:
        raise Http404 from error
    return HttpResponse(status=204) if _wants_json(request) else _back_to(user, evidence.meant_for)


@require_POST
def evidence_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a deleted file back."""
    user = person(request)
    try:
        evidence = restore_evidence(by=user, evidence_id=pk)
    except Evidence.DoesNotExist as error:
        raise Http404 from error
    except AddedAgain:
        return _cannot_restore(request, user, pk, ADDED_AGAIN)
    except Refused as error:
        return _cannot_restore(request, user, pk, str(error))
    return HttpResponse(status=204) if _wants_json(request) else _back_to(user, evidence.meant_for)


def _cannot_restore(request: HttpRequest, user: "User", pk: uuid.UUID, sentence: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"error": sentence}, status=422)
    messages.error(request, sentence)
    return _back_to(user, get_object_or_404(user.evidence, pk=pk).meant_for)


# --- In parts, for a page's script -----------------------------------------------------------------------------------


@require_POST
def upload_begin(request: HttpRequest) -> JsonResponse:
    """Begin an upload, or go on with one: how much of it has come."""
    form = UploadForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": "This file cannot be sent in parts. Choose it again."}, status=422)
    asked = form.cleaned_data
    try:
        offset = begin_upload(
            by=person(request),
            upload_id=asked["id"],
            activity_id=asked["activity"],
            name=asked["name"],
            size=asked["size"],
            sha256=asked["sha256"],
        )
    except HasAlready as error:
        return _has_already(error)
    except (Refused, CannotJustNow) as error:
        return _refused(error)
    except (Activity.DoesNotExist, Evidence.DoesNotExist, UnfinishedUpload.DoesNotExist) as error:
        raise Http404 from error
    return JsonResponse({"part": MOST_PART_BYTES, **({"done": True} if offset is None else {"offset": offset})})


@require_http_methods(["GET", "HEAD", "POST"])
def upload_part(request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
    """How much has come; posted, the part that begins at `?offset=`."""
    user = person(request)
    upload = get_object_or_404(user.unfinished_uploads, pk=pk)
    if request.method != "POST":
        return JsonResponse({"offset": received(upload.pk)})
    offset = request.GET.get("offset", "")
    if not offset.isdecimal() or len(offset) > 12:
        return JsonResponse({"error": "Say where the part begins."}, status=400)
    piece = request.read(MOST_PART_BYTES + 1)
    if len(piece) > MOST_PART_BYTES:
        return JsonResponse({"error": "The part is too large."}, status=413)
    if len(piece) != int(request.META.get("CONTENT_LENGTH") or 0):
        # The connection broke off in the middle of it.
        return JsonResponse({"error": "The part did not arrive whole."}, status=400)
    try:
        now_received = append_part(by=user, upload_id=pk, offset=int(offset), piece=piece)
    except UnfinishedUpload.DoesNotExist as error:
        raise Http404 from error
    except WrongPlace as error:
        return JsonResponse({"offset": error.received}, status=409)
    except (Refused, CannotJustNow) as error:
        return _refused(error)
    return JsonResponse({"offset": now_received})


@require_POST
def upload_finish(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """All has come: look at it and keep it."""
    try:
        finish_upload(by=person(request), upload_id=pk)
    except HasAlready as error:
        return _has_already(error)
    except WrongPlace as error:
        return JsonResponse({"offset": error.received}, status=409)
    except (Refused, CannotJustNow) as error:
        return _refused(error)
    except (Activity.DoesNotExist, Evidence.DoesNotExist, UnfinishedUpload.DoesNotExist) as error:
        raise Http404 from error
    return HttpResponse(status=204)


@require_POST
def upload_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Forget it."""
    if not cancel_upload(by=person(request), upload_id=pk):
        raise Http404
    return HttpResponse(status=204)


# --- What these share ------------------------------------------------------------------------------------------------


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _back_to(user: "User", activity_id: uuid.UUID) -> HttpResponse:
    """To the panel on the activity's page, or to the panel's own page while there is no activity."""
    name = "cpd:activity-detail" if user.activities.kept().filter(pk=activity_id).exists() else "cpd:evidence-of"
    return redirect(reverse(name, args=[activity_id], fragment="evidence"))


def _cannot(error: CannotJustNow) -> int:
    return INSUFFICIENT_STORAGE if isinstance(error, NoRoom) else UNAVAILABLE


def _refused(error: Refused | CannotJustNow) -> JsonResponse:
    status = _cannot(error) if isinstance(error, CannotJustNow) else 422
    return JsonResponse({"error": str(error)}, status=status)


def _has_already(error: HasAlready) -> JsonResponse:
    """Said, and, when it is with another activity, where to ask for it here as well."""
    use = "" if error.is_here else reverse("cpd:evidence-use", args=[error.evidence.pk])
    return JsonResponse({"has_already": str(error), "use": use})
