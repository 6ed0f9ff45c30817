"""The size of an article's text, as this device wants it.

A cookie of no secret says which of four sizes. The server writes it into the page, so that a page comes in its size
with its first bytes: no script has to run first, and no request is added. Pages kept in memory are kept once for each
size that is in use.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

COOKIE = "text-size"
COOKIE_AGE_SECONDS = 365 * 24 * 60 * 60
# The usual size has no name of its own in the page.
USUAL = "usual"
SIZES = ("small", USUAL, "large", "largest")


def text_size_of(request: HttpRequest) -> str:
    """Which size this device asked for; an unknown one is the usual one."""
    size = request.COOKIES.get(COOKIE, USUAL)
    return size if size in SIZES else USUAL


def remember_text_size(response: HttpResponseBase, size: str) -> None:
    """Remember it on this device for a year. Scripts need not read it."""
    response.set_cookie(
        COOKIE,
        size,
        max_age=COOKIE_AGE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
