"""A part of a record, for somebody who has its address and no account (cpd.views.by_link)."""

import io
import logging
import uuid
from typing import IO

from allauth.core import ratelimit
from allauth.core.internal.ratelimit import consume as consume_any
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.views.decorators.http import require_http_methods, require_safe

from cpd.actions.sharing import CODE_MINUTES, Refused, ask_for_code, note, try_code, write_comment
from cpd.evidence.judging import CONTENT_TYPES
from cpd.evidence.storing import storage
from cpd.forms.sharing import CommentForm, LinkCodeForm, MailedCodeForm, WhoForm
from cpd.models import Appraiser, AuditWhat, FileKind, ShareLink
from cpd.shared_pack import shared_pack
from cpd.shared_paper import as_pdf
from cpd.shared_paper_work import is_long, ready_paper
from cpd.shared_record import ENTRIES_PER_PAGE, ForOwner, SharedRecord, page_of, shared_file, shared_view
from cpd.shared_table import as_csv
from cpd.sharing import is_code_of
from cpd.tasks import send_appraiser_code, send_comment_mail
from cpd.views.by_link import (
    APPRAISER_COOKIE,
    CODE_COOKIE,
    appraiser_of,
    by_link,
    has_told_code,
    not_shared,
    remember,
    shared_page,
)
from cpd.views.evidence import BLOCK_BYTES, DOWNLOAD_POLICY
from cpd.views.shared_pack import pack_shown_to
from meducation.lib.typesetting import CannotBeSet

logger = logging.getLogger(__name__)

TOO_MANY_CODES = "Wrong codes were tried too often. Wait five minutes, then try again."
TOO_MANY_MAILS = "We have sent many codes already. Wait an hour, then try again."
WRONG_CODE = "This is not the code of the link. Check it with whoever gave it to you."
WRONG_MAILED_CODE = "This is not the code of our last e-mail, or it is too old. Try again, or have another one sent."


@require_safe
@by_link()
def record(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """The page for ten minutes. Every opening is in the owner's log."""
    appraiser = appraiser_of(request, link)
    if request.method == "GET":
        note(link=link, what=AuditWhat.LINK_OPENED, appraiser=appraiser)
    page = request.GET.get("log", "")
    if link.is_of_pack:
        return HttpResponse(pack_shown_to(shared_pack(link), page=page, token=token, appraiser=appraiser))
    return HttpResponse(shown_to(shared_view(link), page=page, token=token, appraiser=appraiser))


def shown_to(
    record: SharedRecord,
    *,
    page: str = "",
    token: str = "",
    appraiser: Appraiser | None = None,
    preview: ForOwner | None = None,
) -> str:
    """The page itself, with one `page` of its log; without a token, for the owner's preview, nothing to press."""
    context = {
        "record": record,
        "link": record.link,
        "log": Paginator(record.entries, ENTRIES_PER_PAGE).get_page(page),
        "is_unfolded": bool(page),
        "token": token,
        "appraiser": appraiser,
        "preview": preview,
    }
    return render_to_string("shared/record.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(asks_code=False)
def code(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """The code that goes with the link; asked once, and remembered by this browser for this address alone."""
    there = HttpResponseRedirect(reverse("shared:record", args=[token]))
    if not link.asks_code or has_told_code(request, link):
        return there
    form, status = LinkCodeForm(), 200
    if request.method == "POST":
        form, status = LinkCodeForm(request.POST), 422
        if not ratelimit.consume(request, action="share_code", key=str(link.pk)):
            form.add_error("code", TOO_MANY_CODES)
            status = 429
        elif form.is_valid():
            if is_code_of(link, form.cleaned_data["code"]):
                remember(there, CODE_COOKIE, link, token, "told")
                return there
            form.add_error("code", WRONG_CODE)
    return shared_page("shared/code.html", {"form": form, "link": link}, status=status)


@require_safe
@by_link(of_pack=False)
def file(request: HttpRequest, link: ShareLink, token: str, pk: uuid.UUID) -> HttpResponseBase:
    """An evidence file that the link shows, to be saved. Each is in the owner's log."""
    evidence = shared_file(link, pk)
    if evidence is None:
        return not_shared(token)
    try:
        stored = storage().open(evidence.stored_as)
    except FileNotFoundError:
        logger.exception("A stored file is missing: restore it from a copy.")
        return not_shared(token)
    if request.method == "GET":
        note(link=link, what=AuditWhat.EVIDENCE_DOWNLOADED, appraiser=appraiser_of(request, link), file=evidence)
    content_type = CONTENT_TYPES[FileKind(evidence.kind)]
    response = FileResponse(stored, as_attachment=True, filename=evidence.name, content_type=content_type)
    response.block_size = BLOCK_BYTES
    response.headers[str(CSP.HEADER_ENFORCE)] = DOWNLOAD_POLICY
    return response


@require_safe
@by_link(of_pack=False)
def table(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """The log as a table (CSV), to be taken along. Each is in the owner's log."""
    if request.method == "GET":
        note(link=link, what=AuditWhat.LINK_DOWNLOADED, appraiser=appraiser_of(request, link))
    name = f"cpd-{link.first_on:%Y-%m-%d}-{link.last_on:%Y-%m-%d}.csv"
    return HttpResponse(
        as_csv(shared_view(link).entries),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@by_link(of_pack=False)
def paper(request: HttpRequest, link: ShareLink, token: str) -> HttpResponseBase:
    """The page as a PDF, to be taken along. Each is in the owner's log. Made by a process of its own, so not often."""
    if not consume_any(request, app="allauth.account", action="share_paper", key=str(link.pk), limit_get=True):
        context = {"token": token, "heading": "Please wait a little", "text": "The PDF was made often just now."}
        return shared_page("shared/no_paper.html", context, status=429)
    pdf: bytes | IO[bytes] | None
    try:
        pdf = ready_paper(link) if is_long(link) else as_pdf(shared_view(link), made_on=timezone.localdate())
    except CannotBeSet:
        logger.exception("The paper of a link could not be set.")
        text = "Something in it could not be set. You can print the page instead, or download the log."
        context = {"token": token, "heading": "The PDF could not be made", "text": text}
        return shared_page("shared/no_paper.html", context, status=503)
    if pdf is None:
        text = "It has many entries. Come back in a minute: then it can be downloaded at the same place."
        context = {"token": token, "heading": "The PDF is being made", "text": text}
        return shared_page("shared/no_paper.html", context, status=202)
    if request.method == "GET":
        note(link=link, what=AuditWhat.LINK_DOWNLOADED, appraiser=appraiser_of(request, link))
    response = FileResponse(
        io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf,
        as_attachment=True,
        filename=f"cpd-{link.first_on:%Y-%m-%d}-{link.last_on:%Y-%m-%d}.pdf",
        content_type="application/pdf",
    )
    response.headers[str(CSP.HEADER_ENFORCE)] = DOWNLOAD_POLICY
    return response


# --- Saying who one is -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@by_link()
def who(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """A name and an address, to which a code goes."""
    form, status = WhoForm(), 200
    if request.method == "POST":
        form, status = WhoForm(request.POST), 422
        if form.is_valid():
            name, email = form.cleaned_data["name"], form.cleaned_data["email"]
            # Of the address as well, whichever link it is: nobody's mailbox is filled by us.
            if not (
                ratelimit.consume(request, action="share_mail", key=str(link.pk))
                and ratelimit.consume(request, action="share_mail_to", key=email)
            ):
                form.add_error("email", TOO_MANY_MAILS)
                status = 429
            else:
                try:
                    appraiser = ask_for_code(link=link, name=name, email=email)
                except Refused as error:
                    form.add_error(None, str(error))
                else:
                    send_appraiser_code.enqueue(str(appraiser.pk))
                    return HttpResponseRedirect(reverse("shared:confirm", args=[token, appraiser.pk]))
    return shared_page("shared/who.html", {"form": form, "link": link, "token": token}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link()
def confirm(request: HttpRequest, link: ShareLink, token: str, pk: uuid.UUID) -> HttpResponse:
    """The code from the mail."""
    form, status = MailedCodeForm(), 200
    if request.method == "POST":
        form, status = MailedCodeForm(request.POST), 422
        if form.is_valid():
            try:
                is_right = try_code(link=link, appraiser_id=pk, code=form.cleaned_data["code"])
            except Appraiser.DoesNotExist:
                is_right = False
            if is_right:
                there = HttpResponseRedirect(reverse("shared:comment", args=[token]))
                remember(there, APPRAISER_COOKIE, link, token, str(pk))
                return there
            form.add_error("code", WRONG_MAILED_CODE)
    context = {"form": form, "link": link, "token": token, "minutes": CODE_MINUTES}
    return shared_page("shared/confirm.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link()
def comment(request: HttpRequest, link: ShareLink, token: str, pk: uuid.UUID | None = None) -> HttpResponse:
    """Comment on the whole, or on one activity that the link shows; for who has shown who they are."""
    appraiser = appraiser_of(request, link)
    if appraiser is None:
        return HttpResponseRedirect(reverse("shared:who", args=[token]))
    shown = shared_pack(link) if link.is_of_pack else shared_view(link)
    entry = shown.entry(pk) if pk else None
    if pk and entry is None:
        return not_shared(token)
    form, status = CommentForm(initial={"id": uuid.uuid4()}), 200
    if request.method == "POST":
        form, status = CommentForm(request.POST), 422
        if form.is_valid():
            try:
                write_comment(
                    link=link,
                    appraiser=appraiser,
                    comment_id=form.cleaned_data["id"],
                    words=form.cleaned_data["words"],
                    is_discussed=form.cleaned_data["is_discussed"],
                    activity=entry.activity if entry else None,
                )
            except Refused as error:
                form.add_error(None, str(error))
            else:
                send_comment_mail.enqueue(link.user_id)
                there = f"?log={page_of(shown.place(pk))}#entry-{pk}" if pk else "#comments"
                return HttpResponseRedirect(f"{reverse('shared:record', args=[token])}{there}")
    context = {"form": form, "link": link, "token": token, "appraiser": appraiser, "record": shown, "entry": entry}
    return shared_page("shared/comment.html", context, status=status)
