"""Portfolios and packs: choose, look, make, download."""

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import person
from cpd.actions.activities import NotYours
from cpd.actions.audit import write_down
from cpd.actions.packs import ask_for_file, delete_pack
from cpd.forms.packs import ChoiceForm, MakeForm
from cpd.models import AuditWhat, Pack, PackFile, PackFormat
from cpd.portfolio import work
from cpd.portfolio.gathering import previewed
from cpd.portfolio.in_words import data_of, days_words, period_words
from cpd.portfolio.keeping import FromNewer, from_json
from cpd.portfolio.log import counted
from cpd.portfolio.periods import periods_of
from cpd.portfolio.storing import storage
from cpd.portfolio.work import go_on, has_stopped
from cpd.progress import Heard
from cpd.standing import standings
from cpd.views.evidence import BLOCK_BYTES, DOWNLOAD_POLICY
from meducation.lib.dates import Span
from meducation.lib.forms import put_words_back

PER_PAGE = 20
# Entries on a page of a preview, and of what was made.
MOST_SHOWN = 100
CONTENT_TYPES = {
    PackFormat.PDF: "application/pdf",
    PackFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PackFormat.CSV: "text/csv; charset=utf-8",
    PackFormat.JSON: "application/json",
    PackFormat.ZIP: "application/zip",
}


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """Choose what goes into a portfolio or pack; those that were made."""
    user = person(request)
    today = user.profile.local_date()
    page = Paginator(user.packs.for_listing(), PER_PAGE).get_page(request.GET.get("page"))
    form = ChoiceForm(periods=periods_of(user, standings(user, today=today), today=today))
    return render(request, "cpd/portfolio.html", {"section": "cpd", "form": form, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """What it will say, and what is missing. POST makes it, without what is ticked there."""
    user = person(request)
    today = user.profile.local_date()
    if not request.GET:
        return redirect("cpd:portfolio")
    stands = standings(user, today=today)
    form = ChoiceForm(request.GET, periods=periods_of(user, stands, today=today))
    if not form.is_valid():
        page = Paginator(user.packs.for_listing(), PER_PAGE).get_page(1)
        context = {"section": "cpd", "form": form, "page": page}
        return render(request, "cpd/portfolio.html", context, status=422)
    chosen = form.chosen()
    log = counted(user, chosen)
    make = MakeForm(
        request.POST if request.method == "POST" else None,
        owner_pk=user.pk,
        entries=[line.id for line in log],
        initial={"id": uuid.uuid4()},
    )
    if request.method != "POST":
        put_words_back(request, make)
    elif make.is_valid() and not make.goes_on:
        rest = replace(chosen, left_out=make.left_out())
        try:
            pack = work.make(
                by=user,
                pack_id=make.cleaned_data["id"],
                chosen=rest,
                log=[line for line in log if line.id not in make.ticked],
            )
        except NotYours as error:
            raise Http404 from error
        # The fragment takes the place of the one that turning pages left in the address.
        return redirect(f"{pack.get_absolute_url()}#files")
    shown = Paginator(log, MOST_SHOWN).get_page(make.page)
    ids = [line.id for line in shown.object_list]
    found = previewed(user, chosen, today=today, stands=stands, log=log, ids=ids)
    context = {
        "section": "cpd",
        "portfolio": found.portfolio,
        "shown": data_of(found.portfolio, totals=found.totals, log=found.page),
        "page": shown,
        "period": period_words(found.portfolio),
        "to_mend": found.to_mend,
        "make": make,
        "left_out": make.ticked,
        "is_long": work.is_long(len(log) - len(make.ticked)),
        "elsewhere": " ".join(sorted(make.ticked.difference(ids))),
    }
    return render(request, "cpd/portfolio_preview.html", context, status=422 if make.errors else 200)


@require_safe
def pack_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One that was made: its files, and what it says."""
    pack = _own(request, pk)
    context: dict[str, Any] = {"section": "cpd", "pack": pack, "files": _files(pack)}
    try:
        said = from_json(pack.contents) if pack.is_frozen else None
    except FromNewer:
        # Its files, where they are, can be had all the same.
        said = None
    if said is None:
        context["period"] = days_words(Span(pack.first_on, pack.last_on))
    else:
        page = Paginator(said.entries, MOST_SHOWN).get_page(request.GET.get("page"))
        shown = data_of(said, sha256=pack.sha256, log=list(page.object_list))
        context |= {"period": period_words(said), "shown": shown, "page": page}
    return render(request, "cpd/pack_detail.html", context)


@require_POST
def file_make(request: HttpRequest, pk: uuid.UUID, ending: str) -> HttpResponse:
    """Make one of its files; again, where the last try failed or stopped."""
    format = _format(ending)
    try:
        file = ask_for_file(by=person(request), pack_id=pk, format=format)
    except Pack.DoesNotExist as error:
        raise Http404 from error
    take_up(file)
    return redirect(f"{file.pack.get_absolute_url()}#files")


@require_safe
def file_progress(request: HttpRequest, pk: uuid.UUID, ending: str) -> JsonResponse:
    """How far its making has come, for the page that shows it."""
    file = get_object_or_404(_own(request, pk).files.all(), format=_format(ending).value)
    return JsonResponse(_progress(file))


@require_safe
def file_download(request: HttpRequest, pk: uuid.UUID, ending: str) -> HttpResponseBase:
    """The file, for its owner alone; its page where it is not made."""
    format, pack = _format(ending), _own(request, pk)
    file = pack.files.filter(format=format.value).exclude(stored_as="").first()
    if file is None:
        return redirect(pack)
    try:
        response = as_download(pack, file)
    except FileNotFoundError:
        # The night took it, or a disk was lost: it can be made again.
        return redirect(pack)
    if request.method == "GET":
        user = person(request)
        write_down(owner=user, what=AuditWhat.PACK_DOWNLOADED, by=user, about=pk)
    return response


def as_download(pack: Pack, file: PackFile) -> FileResponse:
    """A file that is made, to be saved. Raises FileNotFoundError."""
    name = f"{'portfolio' if pack.kind == 'portfolio' else pack.kind}-{pack.number}.{file.format}"
    content_type = CONTENT_TYPES[PackFormat(file.format)]
    response = FileResponse(
        storage().open(file.stored_as), as_attachment=True, filename=name, content_type=content_type
    )
    response.block_size = BLOCK_BYTES
    response.headers[str(CSP.HEADER_ENFORCE)] = DOWNLOAD_POLICY
    response.headers["Cache-Control"] = "no-store, private"
    return response


def take_up(file: PackFile) -> None:
    """Have a file made that is not there; also one whose making stopped."""
    if has_stopped(file, Heard.about(file.pk, since=file.started_at)):
        file.started_at = None
    go_on(file)


@require_http_methods(["GET", "HEAD", "POST"])
def pack_delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask once, then delete it with its files."""
    pack = _own(request, pk)
    if request.method == "POST":
        delete_pack(by=person(request), pack_id=pk)
        messages.success(request, "Deleted, with its files. Your record is as it was.")
        return redirect("cpd:portfolio")
    context = {"section": "cpd", "pack": pack, "links": pack.share_links.count()}
    return render(request, "cpd/pack_delete.html", context)


def _own(request: HttpRequest, pk: uuid.UUID) -> Pack:
    """The person's own; anybody else's does not exist."""
    return get_object_or_404(person(request).packs.all(), pk=pk)


def _format(ending: str) -> PackFormat:
    try:
        return PackFormat(ending)
    except ValueError as error:
        raise Http404 from error


def _files(pack: Pack) -> list[dict[str, Any]]:
    """Each format, and how far its file is."""
    there = {file.format: file for file in pack.files.all()}
    formats = PackFormat if pack.is_frozen else [PackFormat.PDF]
    return [
        {"format": format, "file": file, "progress": _progress(file) if file and file.is_at_work else None}
        for format in formats
        for file in [there.get(format.value)]
    ]


def _progress(file: PackFile) -> dict[str, Any]:
    heard = Heard.about(file.pk, since=file.started_at) if file.is_at_work else None
    return {
        "at_work": file.is_at_work,
        "is_waiting": file.started_at is None,
        "done": heard.done if heard else 0,
        "of": heard.of if heard else 0,
        "has_stopped": has_stopped(file, heard),
    }
