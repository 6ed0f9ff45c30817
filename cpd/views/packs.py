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

from accounts.models import User
from accounts.people import person
from cpd.actions.activities import NotYours
from cpd.actions.packs import ask_for_file, delete_pack, make_pack
from cpd.forms.packs import ChoiceForm, MakeForm
from cpd.importing.progress import Heard
from cpd.models import Pack, PackFile, PackFormat
from cpd.portfolio.contents import Portfolio
from cpd.portfolio.gathering import gathered
from cpd.portfolio.in_words import data_of, name_of, period_words
from cpd.portfolio.keeping import FromNewer, from_json
from cpd.portfolio.storing import storage
from cpd.portfolio.work import go_on, has_stopped
from cpd.views.evidence import BLOCK_BYTES, DOWNLOAD_POLICY
from meducation.lib.dates import day_month_year

PER_PAGE = 20
# More are in the portfolio, and not on the page.
MOST_SHOWN = 200
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
    form = ChoiceForm(initial=ChoiceForm.initial_for(user, today))
    form.offer_first(_bodies(user))
    return render(request, "cpd/portfolio.html", {"section": "cpd", "form": form, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """What it will say, and what is missing. POST makes it, without what is ticked there."""
    user = person(request)
    today = user.profile.local_date()
    form = ChoiceForm(request.GET)
    if not request.GET:
        return redirect("cpd:portfolio")
    if not form.is_valid():
        form.offer_first(_bodies(user))
        page = Paginator(user.packs.for_listing(), PER_PAGE).get_page(1)
        context = {"section": "cpd", "form": form, "page": page}
        return render(request, "cpd/portfolio.html", context, status=422)
    found = gathered(user, form.chosen(), today=today)
    entries = [entry.id for entry in found.portfolio.entries]
    make = MakeForm(request.POST if request.method == "POST" else None, entries=entries, initial={"id": uuid.uuid4()})
    if request.method == "POST" and make.is_valid():
        if make.left_out():
            found = gathered(user, form.chosen(make.left_out()), today=today)
        try:
            pack = make_pack(by=user, pack_id=make.cleaned_data["id"], portfolio=found.portfolio)
        except NotYours as error:
            raise Http404 from error
        go_on(ask_for_file(by=user, pack_id=pack.pk, format=PackFormat.PDF))
        return redirect(pack)
    context = {
        "section": "cpd",
        "portfolio": found.portfolio,
        "shown": data_of(_shortened(found.portfolio)),
        "more": max(0, len(entries) - MOST_SHOWN),
        "period": period_words(found.portfolio),
        "to_mend": found.to_mend,
        "make": make,
        "left_out": make["leave_out"].value() or [],
    }
    return render(request, "cpd/portfolio_preview.html", context, status=422 if make.errors else 200)


@require_safe
def pack_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One that was made: its files, and what it says."""
    pack = _own(request, pk)
    context: dict[str, Any] = {"section": "cpd", "pack": pack, "files": _files(pack)}
    try:
        said = from_json(pack.contents)
        context |= {
            "title": name_of(said),
            "period": period_words(said),
            "shown": data_of(_shortened(said), sha256=pack.sha256),
            "more": max(0, len(said.entries) - MOST_SHOWN),
        }
    except FromNewer:
        # Its files, where they are, can be had all the same.
        context |= {"title": f"{pack.get_kind_display()} {pack.number}", "period": day_month_year(pack.last_on)}
    return render(request, "cpd/pack_detail.html", context)


@require_POST
def file_make(request: HttpRequest, pk: uuid.UUID, ending: str) -> HttpResponse:
    """Make one of its files; again, where the last try failed or stopped."""
    format = _format(ending)
    try:
        file = ask_for_file(by=person(request), pack_id=pk, format=format)
    except Pack.DoesNotExist as error:
        raise Http404 from error
    if has_stopped(file, Heard.of_import(file.pk, since=file.started_at)):
        file.started_at = None
    go_on(file)
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
        content = storage().open(file.stored_as)
    except FileNotFoundError:
        # The night took it, or a disk was lost: it can be made again.
        return redirect(pack)
    name = f"{'portfolio' if pack.kind == 'portfolio' else pack.kind}-{pack.number}.{format.value}"
    response = FileResponse(content, as_attachment=True, filename=name, content_type=CONTENT_TYPES[format])
    response.block_size = BLOCK_BYTES
    response.headers[str(CSP.HEADER_ENFORCE)] = DOWNLOAD_POLICY
    response.headers["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def pack_delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask once, then delete it with its files."""
    pack = _own(request, pk)
    if request.method == "POST":
        delete_pack(by=person(request), pack_id=pk)
        messages.success(request, "Deleted, with its files. Your record is as it was.")
        return redirect("cpd:portfolio")
    return render(request, "cpd/pack_delete.html", {"section": "cpd", "pack": pack})


def _own(request: HttpRequest, pk: uuid.UUID) -> Pack:
    """The person's own; anybody else's does not exist."""
    return get_object_or_404(person(request).packs.all(), pk=pk)


def _bodies(user: User) -> set[str]:
    """The frameworks a person follows. One query."""
    return set(user.enrolments.kept().values_list("framework", flat=True))


def _format(ending: str) -> PackFormat:
    try:
        return PackFormat(ending)
    except ValueError as error:
        raise Http404 from error


def _shortened(whole: Portfolio) -> Portfolio:
    """As much of the log as a page shows."""
    return replace(whole, entries=whole.entries[:MOST_SHOWN])


def _files(pack: Pack) -> list[dict[str, Any]]:
    """Each format, and how far its file is."""
    there = {file.format: file for file in pack.files.all()}
    return [
        {"format": format, "file": file, "progress": _progress(file) if file and file.is_at_work else None}
        for format in PackFormat
        for file in [there.get(format.value)]
    ]


def _progress(file: PackFile) -> dict[str, Any]:
    heard = Heard.of_import(file.pk, since=file.started_at) if file.is_at_work else None
    return {
        "at_work": file.is_at_work,
        "is_waiting": file.started_at is None,
        "done": heard.done if heard else 0,
        "of": heard.of if heard else 0,
        "has_stopped": has_stopped(file, heard),
    }
