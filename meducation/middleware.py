"""What happens to every request and answer."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone

from meducation.lib import kept_words, page_variant
from meducation.lib.answers import wants_json
from meducation.sessions import is_signed_in, touch
from meducation.views import bad_request, method_not_allowed

type GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Features no page of ours uses; passkeys (publickey-credentials-*) stay allowed.
UNUSED_FEATURES = (
    "accelerometer",
    "camera",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "payment",
    "usb",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES)


class ResponseHeadersMiddleware:
    """Headers that Django has no setting for, and no-store on whatever was made for one person."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers that the view has not set itself."""
        response = self.get_response(request)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        session = getattr(request, "session", None)
        # A form holds a token against forgery, made for this visitor, signed in or not; its cookie comes with it.
        has_form = settings.CSRF_COOKIE_NAME in response.cookies
        if has_form or (session is not None and is_signed_in(session)):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class RequestGuardMiddleware:
    """Refuses what no honest browser sends, before it can surprise code further in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """400 without a host or with a NUL in the address; 405 for TRACE and its kin."""
        if request.method not in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            return method_not_allowed(request)
        query = request.META.get("QUERY_STRING", "")
        # A server hands on a missing Host as an empty one.
        if request.META.get("HTTP_HOST") == "" or "\x00" in request.path or "%00" in query or "\x00" in query:
            return bad_request(request)
        return self.get_response(request)


class SignedInHintMiddleware:
    """Keeps the cookie that chooses between the two versions of a public page in agreement with the session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Only where the session was looked at anyway: asking costs a query."""
        response = self.get_response(request)
        signed_in = is_signed_in(request.session)
        if signed_in is not None:
            touch(request.session)
            page_variant.set_hint(request, response, signed_in=signed_in)
        return response


class PersonalTimeMiddleware:
    """Shows a signed-in person times and dates by their own clock, on private pages.

    Public pages are the same for everybody, and health checks must not need the database: who is there is not asked.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The next request of this thread starts by the site's clock again."""
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Before a private view: set the person's clock."""
        if getattr(view, "login_required", True) and request.user.is_authenticated:
            timezone.activate(request.user.profile.zone)


class KeepWordsLoginRequiredMiddleware(LoginRequiredMiddleware):
    """Django's rule that pages are private, kinder to someone whose session ended while they were typing."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """To a script say 401 and where one signs in: it still has the words, so they are not kept a second time."""
        is_private = getattr(view_func, "login_required", True)
        if is_private and wants_json(request) and not request.user.is_authenticated:
            return JsonResponse({"login_url": reverse("account_login")}, status=401)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        """Send to the login page; what a form held is kept for its owner's return."""
        if request.method == "POST":
            kept_words.keep(request)
        return super().handle_no_permission(request, view_func)
