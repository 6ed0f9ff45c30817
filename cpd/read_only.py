"""A record in which nobody writes any more, its owner included: every address of cpd that writes is closed to them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from cpd.querysets.leaving import leaving_of
from meducation.lib import kept_words
from meducation.lib.answers import wants_json

type GetResponse = Callable[[HttpRequest], HttpResponseBase]

WRITING = frozenset(("POST", "PUT", "PATCH", "DELETE"))
# What does not write in the record: leaving itself, showing the record to others, putting a notice away, and the clock
# of reading, which counts for nobody before it is logged. Whatever is not named here is closed.
STILL_OPEN = frozenset(("reading-beat", "notice-dismiss", "identifier-check", "reading-forget"))
STILL_OPEN_BEGIN = ("leaving", "archive-", "share-", "certificate-", "portfolio-", "pack-")
SENTENCE = "Your record is read-only, so this was not saved."


class ReadOnlyMiddleware:
    """Refuses what would change a read-only record. What was typed is kept for when it is opened again."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing here: the address is known only to `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """One query, for those who are logged in and would write. A page, or for a script a sentence, with 403."""
        if request.method not in WRITING or not _writes_in_record(request) or not isinstance(request.user, User):
            return None
        leaving = leaving_of(request.user)
        if leaving is None:
            return None
        if wants_json(request):
            return JsonResponse({"error": SENTENCE, "address": reverse("cpd:leaving")}, status=403)
        kept_words.keep(request)
        return render(request, "cpd/read_only.html", {"section": "cpd", "leaving": leaving}, status=403)


def _writes_in_record(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None or match.app_name != "cpd":
        return False
    name = match.url_name or ""
    # Bringing a record back writes all of it.
    return name == "archive-bring" or (name not in STILL_OPEN and not name.startswith(STILL_OPEN_BEGIN))
