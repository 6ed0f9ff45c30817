"""Pages that belong to no app: the home page, plain information pages, health, and errors."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from articles.querysets import latest_articles, saved_articles, topics_in_use
from cpd.querysets.reading import reading_to_carry_on
from cpd.reading import unclaimed_readings
from cpd.standing import standings
from cpd.views.tracker import told
from meducation.lib import kept_words
from meducation.lib.answers import wants_json
from meducation.lib.files import is_full
from meducation.lib.page_cache import kept_for, same_for_everybody
from meducation.lib.page_variant import variant_of
from meducation.lib.redirects import next_address
from meducation.lib.text_size import SIZES, remember_text_size

LATEST = 9
SAVED = 3
RETRY_AFTER_SECONDS = "10"


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The latest articles and topics; for someone signed in, where they were in their reading."""
    # Only signed-out visitors share a page here: the other one is personal.
    if variant_of(request) != "out" and request.user.is_authenticated:
        carry_on = reading_to_carry_on(request.user)
        saved = list(saved_articles(request.user).published().for_listing()[:SAVED])
        context = {"section": "read", "carry_on": carry_on, "saved": saved, **_next_step(request.user), **_shelf()}
        return render(request, "home.html", context)
    return _public_home(request)


def _next_step(user: User) -> dict[str, object]:
    """The one line of the CPD Tracker that is worth a look here, for somebody who has said whom they answer to."""
    today = user.profile.local_date()
    stands = standings(user, today=today)
    if not stands:
        return {}
    return told(
        stands, today=today, waiting=len(unclaimed_readings(user)), last_done_on=user.activities.kept().last_day()
    )


@kept_for("out")
def _public_home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html", {"section": "read", **_shelf()})


def _shelf() -> dict[str, object]:
    return {"articles": latest_articles(LATEST), "topics": topics_in_use()}


@login_not_required
@require_safe
@same_for_everybody
def how_we_time(request: HttpRequest) -> HttpResponse:
    """How reading is timed, in plain words."""
    return render(request, "how_we_time.html")


@login_not_required
@require_safe
@same_for_everybody
def accessibility(request: HttpRequest) -> HttpResponse:
    """What works for whom, and whom to tell when it does not."""
    return render(request, "accessibility.html")


@login_not_required
@require_safe
@same_for_everybody
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a person, and who can see it."""
    return render(request, "privacy.html")


@csrf_exempt  # Pages kept for everybody carry no token; all that a foreign page could do is to change a size of text.
@login_not_required
@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Remember on this device how large the text of articles is, and lead back to where its buttons were."""
    size = request.POST.get("size", "")
    if size not in SIZES:
        return bad_request(request)
    response: HttpResponse
    if wants_json(request):
        response = HttpResponse(status=204)
    else:
        response = redirect(next_address(request, default=reverse("articles:article-list")))
    remember_text_size(response, size)
    return response


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of the database."""
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers as well; 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError):
        return JsonResponse({"database": "down"}, status=503, headers={"Cache-Control": "no-store"})
    return JsonResponse({"database": "ok"}, headers={"Cache-Control": "no-store"})


# --- Errors ----------------------------------------------------------------------------------------------------------
# These use templates that look at neither the person nor the database: an error page must not fail itself.


def _error(request: HttpRequest, status: int, context: dict[str, object] | None = None) -> HttpResponse:
    page = render_to_string(f"{status}.html", {"site_name": settings.SITE_NAME, **(context or {})})
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request makes no sense; 413 when there is only too much of it."""
    return _error(request, 413 if isinstance(exception, RequestDataTooBig | TooManyFieldsSent) else 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but this is not theirs to do."""
    return _error(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: also the answer for a stranger's record and a draft, so that nobody learns that they exist."""
    return _error(request, 404)


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """405 for methods no page of ours has."""
    return _error(request, 405)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: tried too often. allauth looks for this handler."""
    return _error(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 507 when the disk is full; or, when the database is what failed, 503 with the typed words to copy."""
    failure = sys.exc_info()[1]
    if is_full(failure):
        return _error(request, 507)
    if isinstance(failure, OperationalError | InterfaceError) or (
        isinstance(failure, DatabaseError) and connection.connection is None
    ):
        response = _error(request, 503, {"kept_words": kept_words.readable(request)})
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    return _error(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form's token no longer fits, as after signing in in another tab.

    When the browser vouches that the form was this site's own, its words are put back into the form. Otherwise they
    are only shown, to be copied: submitting them again by a button would undo the protection.
    """
    if request.META.get("HTTP_SEC_FETCH_SITE") == "same-origin" and kept_words.keep(request):
        # With the query, which says what the form was about. Django escapes a second slash at the start of it, so that
        # it leads nowhere but to this site.
        return redirect(request.get_full_path())
    page = render_to_string(
        "403_csrf.html", {"site_name": settings.SITE_NAME, "kept_words": kept_words.readable(request)}
    )
    return HttpResponse(page, status=403, headers={"Cache-Control": "no-store"})
