"""A part of a record, for somebody who has its address and no account.

These pages ask no session who is there and set no cookie, with two exceptions that only this link's address gets, each
when somebody asks for it: that they have entered the code of the link, and that they have shown who they are. Exempt
from the check against forgery, which would need a cookie: what shows that somebody may write here is the secret in the
address, which another site cannot know.
"""

import logging
import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from allauth.core.internal.ratelimit import consume as consume_any
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cpd.actions.sharing import CODE_MINUTES, Refused, ask_for_code, note, try_code, write_comment
from cpd.evidence.judging import CONTENT_TYPES
from cpd.evidence.storing import storage
from cpd.forms.sharing import CommentForm, LinkCodeForm, MailedCodeForm, WhoForm
from cpd.models import Appraiser, AuditWhat, FileKind, ShareLink
from cpd.shared_paper import as_pdf
from cpd.shared_record import ForOwner, SharedRecord, shared_file, shared_view
from cpd.shared_table import as_csv
from cpd.sharing import is_code_of, open_link
from cpd.tasks import send_appraiser_code
from cpd.views.evidence import BLOCK_BYTES, DOWNLOAD_POLICY
from cpd.views.reminders import SECRET_HEADERS
from meducation.lib.typesetting import CannotBeSet

logger = logging.getLogger(__name__)

# A working day: somebody reads, is called away, and comes back.
COOKIE_SECONDS = 12 * 60 * 60
PREFIX = "__Secure-" if settings.SESSION_COOKIE_SECURE else ""
CODE_COOKIE, APPRAISER_COOKIE = f"{PREFIX}link", f"{PREFIX}appraiser"
TOO_MANY_CODES = "Wrong codes were tried too often. Wait five minutes, then try again."
TOO_MANY_MAILS = "We have sent many codes already. Wait an hour, then try again."
WRONG_CODE = "This is not the code of the link. Check it with whoever gave it to you."
WRONG_MAILED_CODE = "This is not the code of our last e-mail, or it is too old. Try again, or have another one sent."

type ByLink = Callable[..., HttpResponseBase]


def by_link(*, asks_code: bool = True) -> Callable[[ByLink], ByLink]:
    """A view of an open link, given instead of its token. Whatever is not open looks alike: unknown, over, stopped.

    Who tries many addresses that are none is made to wait. With `asks_code`, a link with a code shows nothing before
    this browser has told it.
    """

    def decorator(view: ByLink) -> ByLink:
        @login_not_required
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = _answer(request, token, view, args, kwargs, asks_code=asks_code)
            for name, value in SECRET_HEADERS.items():
                response.headers[name] = value
            return response

        return wrapped

    return decorator


def _answer(
    request: HttpRequest, token: str, view: ByLink, args: Any, kwargs: Any, *, asks_code: bool
) -> HttpResponseBase:
    link = open_link(token)
    if link is None:
        # Of wrong addresses only: whoever else comes from a hospital's one address goes on reading. That the right one
        # would still open is no hint, for no number of guesses finds one of 2^160.
        # (allauth's public function passes over GET.)
        if not consume_any(request, app="allauth.account", action="share_guess", limit_get=True):
            too_many: HttpResponse = ratelimit.respond_429(request)
            return too_many
        return HttpResponse(render_to_string("shared/gone.html"), status=410)
    # The owner's clock: what happened when, is theirs.
    with timezone.override(link.user.profile.zone):
        if asks_code and link.asks_code and not _has_told_code(request, link):
            return HttpResponseRedirect(reverse("shared:code", args=[token]))
        return view(request, link, token, *args, **kwargs)


@require_safe
@by_link()
def record(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """The page for ten minutes. Every opening is in the owner's log."""
    appraiser = _appraiser(request, link)
    if request.method == "GET":
        note(link=link, what=AuditWhat.LINK_OPENED, appraiser=appraiser)
    return HttpResponse(shown_to(shared_view(link), token=token, appraiser=appraiser))


def shown_to(
    record: SharedRecord, *, token: str = "", appraiser: Appraiser | None = None, preview: ForOwner | None = None
) -> str:
    """The page itself; for the owner's preview without a token, and so without anything to press."""
    context = {"record": record, "link": record.link, "token": token, "appraiser": appraiser, "preview": preview}
    return render_to_string("shared/record.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(asks_code=False)
def code(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """The code that goes with the link; asked once, and remembered by this browser for this address alone."""
    there = HttpResponseRedirect(reverse("shared:record", args=[token]))
    if not link.asks_code or _has_told_code(request, link):
        return there
    form, status = LinkCodeForm(), 200
    if request.method == "POST":
        form, status = LinkCodeForm(request.POST), 422
        if not ratelimit.consume(request, action="share_code", key=str(link.pk)):
            form.add_error("code", TOO_MANY_CODES)
            status = 429
        elif form.is_valid():
            if is_code_of(link, form.cleaned_data["code"]):
                _remember(there, CODE_COOKIE, link, token, "told")
                return there
            form.add_error("code", WRONG_CODE)
    return _page("shared/code.html", {"form": form, "link": link}, status=status)


@require_safe
@by_link()
def file(request: HttpRequest, link: ShareLink, token: str, pk: uuid.UUID) -> HttpResponseBase:
    """An evidence file that the link shows, to be saved. Each is in the owner's log."""
    evidence = shared_file(link, pk)
    if evidence is None:
        return _page("shared/missing.html", {"token": token}, status=404)
    try:
        stored = storage().open(evidence.stored_as)
    except FileNotFoundError:
        logger.exception("A stored file is missing: restore it from a copy.")
        return _page("shared/missing.html", {"token": token}, status=404)
    if request.method == "GET":
        note(link=link, what=AuditWhat.EVIDENCE_DOWNLOADED, appraiser=_appraiser(request, link), file=evidence)
    content_type = CONTENT_TYPES[FileKind(evidence.kind)]
    response = FileResponse(stored, as_attachment=True, filename=evidence.name, content_type=content_type)
    response.block_size = BLOCK_BYTES
    response.headers[str(CSP.HEADER_ENFORCE)] = DOWNLOAD_POLICY
    return response


@require_safe
@by_link()
def table(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """The log as a table (CSV), to be taken along. Each is in the owner's log."""
    if request.method == "GET":
        note(link=link, what=AuditWhat.LINK_DOWNLOADED, appraiser=_appraiser(request, link))
    name = f"cpd-{link.first_on:%Y-%m-%d}-{link.last_on:%Y-%m-%d}.csv"
    return HttpResponse(
        as_csv(shared_view(link).entries),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@by_link()
def paper(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """The page as a PDF, to be taken along. Each is in the owner's log. Made by a process of its own, so not often."""
    if not consume_any(request, app="allauth.account", action="share_paper", key=str(link.pk), limit_get=True):
        context = {"token": token, "heading": "Please wait a little", "text": "The PDF was made often just now."}
        return _page("shared/no_paper.html", context, status=429)
    shown = shared_view(link)
    try:
        pdf = as_pdf(shown, made_on=timezone.localdate())
    except CannotBeSet:
        logger.exception("The paper of a link could not be set.")
        text = "Something in it could not be set. You can print the page instead, or download the log."
        context = {"token": token, "heading": "The PDF could not be made", "text": text}
        return _page("shared/no_paper.html", context, status=503)
    if request.method == "GET":
        note(link=link, what=AuditWhat.LINK_DOWNLOADED, appraiser=_appraiser(request, link))
    name = f"cpd-{link.first_on:%Y-%m-%d}-{link.last_on:%Y-%m-%d}.pdf"
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', str(CSP.HEADER_ENFORCE): DOWNLOAD_POLICY},
    )


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
    return _page("shared/who.html", {"form": form, "link": link, "token": token}, status=status)


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
                _remember(there, APPRAISER_COOKIE, link, token, str(pk))
                return there
            form.add_error("code", WRONG_MAILED_CODE)
    context = {"form": form, "link": link, "token": token, "minutes": CODE_MINUTES}
    return _page("shared/confirm.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link()
def comment(request: HttpRequest, link: ShareLink, token: str, pk: uuid.UUID | None = None) -> HttpResponse:
    """Comment on the whole, or on one activity that the link shows; for who has shown who they are."""
    appraiser = _appraiser(request, link)
    if appraiser is None:
        return HttpResponseRedirect(reverse("shared:who", args=[token]))
    shown = shared_view(link)
    entry = shown.entry(pk) if pk else None
    if pk and entry is None:
        return _page("shared/missing.html", {"token": token}, status=404)
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
                anchor = f"entry-{pk}" if pk else "comments"
                return HttpResponseRedirect(f"{reverse('shared:record', args=[token])}#{anchor}")
    context = {"form": form, "link": link, "token": token, "appraiser": appraiser, "record": shown, "entry": entry}
    return _page("shared/comment.html", context, status=status)


# --- What they are made of -------------------------------------------------------------------------------------------


def _page(template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    # Without the request: no session is asked, no cookie set, and nothing says whether the reader has an account here.
    return HttpResponse(render_to_string(template, context), status=status)


def _remember(response: HttpResponse, name: str, link: ShareLink, token: str, value: str) -> None:
    """Note something for this link alone: the browser sends it to no other address, not even of ours."""
    response.set_signed_cookie(
        name,
        value,
        salt=f"cpd.sharing.{link.pk}",
        max_age=COOKIE_SECONDS,
        path=reverse("shared:record", args=[token]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _remembered(request: HttpRequest, name: str, link: ShareLink) -> str:
    try:
        value = request.get_signed_cookie(name, default="", salt=f"cpd.sharing.{link.pk}", max_age=COOKIE_SECONDS)
    except BadSignature:
        return ""
    return value or ""


def _has_told_code(request: HttpRequest, link: ShareLink) -> bool:
    return bool(_remembered(request, CODE_COOKIE, link))


def _appraiser(request: HttpRequest, link: ShareLink) -> Appraiser | None:
    """Who has shown to this browser's link who they are. A query only where there is something to look up."""
    key = _remembered(request, APPRAISER_COOKIE, link)
    return link.appraisers.filter(pk=key, confirmed_at__isnull=False).first() if key else None
