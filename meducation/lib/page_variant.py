"""Which of the two versions of a public page a visitor gets, without asking the database who they are.

A cookie of no secret says "in" or "out". It chooses between a header with "Log in" and one with "Account"; nothing
personal depends on it, so a forged one shows its forger the other header and no more.
"""

from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

Variant = Literal["in", "out"]

HINT_COOKIE = "reader"
HINT_AGE_SECONDS = 90 * 24 * 60 * 60


def variant_of(request: HttpRequest) -> Variant | None:
    """The version this visitor may be given unasked; None when only the session can tell."""
    hint = request.COOKIES.get(HINT_COOKIE)
    if hint == "in":
        return "in"
    if hint == "out" or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return "out"
    return None


def set_hint(request: HttpRequest, response: HttpResponseBase, *, signed_in: bool) -> None:
    """Make the hint agree with the truth, for browsers that hold a session."""
    wanted = "in" if signed_in else "out"
    if request.COOKIES.get(HINT_COOKIE, "out") == wanted and (
        HINT_COOKIE in request.COOKIES or settings.SESSION_COOKIE_NAME not in request.COOKIES
    ):
        return
    response.set_cookie(
        HINT_COOKIE,
        wanted,
        max_age=HINT_AGE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
