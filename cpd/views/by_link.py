"""What every address of a link has in common: whether it is open, its code, and who came by it.

These pages ask no session who is there and set no cookie, with two exceptions that only this link's address gets, each
when somebody asks for it: that they have entered the code of the link, and that they have shown who they are. Exempt
from the check against forgery, which would need a cookie: what shows that somebody may write here is the secret in the
address, which another site cannot know.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from allauth.core.internal.ratelimit import consume as consume_any
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from cpd.models import Appraiser, Pack, ShareLink
from cpd.sharing import open_link
from cpd.views.reminders import SECRET_HEADERS

# A working day: somebody reads, is called away, and comes back.
COOKIE_SECONDS = 12 * 60 * 60
PREFIX = "__Secure-" if settings.SESSION_COOKIE_SECURE else ""
CODE_COOKIE, APPRAISER_COOKIE = f"{PREFIX}link", f"{PREFIX}appraiser"

type ByLink = Callable[..., HttpResponseBase]


def by_link(*, asks_code: bool = True, of_pack: bool | None = None) -> Callable[[ByLink], ByLink]:
    """A view of an open link, given instead of its token. Whatever is not open looks alike: unknown, over, stopped.

    Who tries many addresses that are none is made to wait. With `asks_code`, a link with a code shows nothing before
    this browser has told it. With `of_pack`, the page is one of links to packs alone, or of all others alone.
    """

    def decorator(view: ByLink) -> ByLink:
        @login_not_required
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = _answer(request, token, view, args, kwargs, asks_code=asks_code, of_pack=of_pack)
            for name, value in SECRET_HEADERS.items():
                response.headers[name] = value
            return response

        return wrapped

    return decorator


def _answer(
    request: HttpRequest, token: str, view: ByLink, args: Any, kwargs: Any, *, asks_code: bool, of_pack: bool | None
) -> HttpResponseBase:
    link = open_link(token)
    if link is None:
        # Of wrong addresses only: whoever else comes from a hospital's one address goes on reading. That the right one
        # would still open is no hint, for no number of guesses finds one of 2^160.
        # (allauth's public function passes over GET.)
        if not consume_any(request, app="allauth.account", action="share_guess", limit_get=True):
            too_many: HttpResponse = ratelimit.respond_429(request)
            return too_many
        return _gone()
    # The owner's clock: what happened when, is theirs.
    with timezone.override(link.user.profile.zone):
        if asks_code and link.asks_code and not has_told_code(request, link):
            return HttpResponseRedirect(reverse("shared:code", args=[token]))
        if of_pack not in (None, link.is_of_pack):
            return not_shared(token)
        try:
            return view(request, link, token, *args, **kwargs)
        except Pack.DoesNotExist:
            # Deleted since the link was looked up.
            return _gone()


def _gone() -> HttpResponse:
    return HttpResponse(render_to_string("shared/gone.html"), status=410)


def shared_page(template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    """A page without the request: no session is asked, and nothing says whether the reader has an account here."""
    return HttpResponse(render_to_string(template, context), status=status)


def not_shared(token: str) -> HttpResponse:
    """What is not, or no longer, part of what an open link shows."""
    return shared_page("shared/missing.html", {"token": token}, status=404)


def remember(response: HttpResponse, name: str, link: ShareLink, token: str, value: str) -> None:
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


def has_told_code(request: HttpRequest, link: ShareLink) -> bool:
    """Whether this browser has entered the code of a link."""
    return bool(_remembered(request, CODE_COOKIE, link))


def appraiser_of(request: HttpRequest, link: ShareLink) -> Appraiser | None:
    """Who has shown to this browser's link who they are. A query only where there is something to look up."""
    key = _remembered(request, APPRAISER_COOKIE, link)
    return link.appraisers.filter(pk=key, confirmed_at__isnull=False).first() if key else None
