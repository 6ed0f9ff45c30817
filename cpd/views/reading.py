"""The timer's requests, and the inbox of reading not yet logged."""

import json
import uuid
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.people import person
from articles.models import Article
from articles.querysets import is_saved, published_article
from articles.standing import standing_now
from cpd.actions import NeedsReason, NotOffered, NotYours, dismiss_readings, log_inbox, log_reading
from cpd.forms import LOGGED_MEANWHILE, NEEDS_REASON, BeatForm, InboxForm, LogReadingForm, sentences_of
from cpd.querysets.reading import SHORTEST_READING_MS, earlier_sittings, logged_lately, place_left
from cpd.reading import (
    BeatReport,
    Elsewhere,
    Measured,
    UnknownSitting,
    browser_of,
    measure,
    name_browser,
    reader_name,
    take_beat,
    unclaimed_readings,
)
from cpd.reasons import reading_counts_as
from meducation.lib.dates import duration
from meducation.lib.forms import put_words_back

BEAT_SECONDS = 15
IDLE_SECONDS = 120
MOST_BEAT_BYTES = 2048


@login_not_required
@require_safe
@never_cache
def context(request: HttpRequest, slug: str) -> JsonResponse:
    """Everything personal that an article page needs: the page itself is the same for everybody."""
    article = published_article(slug)
    if article is None:
        raise Http404
    user = request.user if isinstance(request.user, User) else None
    browser, going_on = browser_of(request), _sitting_of_page(request)
    earlier = measure(earlier_sittings(article, user=user, browser=browser, apart_from=going_on))
    left = place_left(article, user=user, browser=browser, apart_from=going_on)
    logged: list[dict[str, Any]] = []
    counts_as: list[str] = []
    if user is not None:
        counts_as = reading_counts_as(article, user=user, today=user.profile.local_date())
        logged = [
            {"on": activity.done_on.isoformat(), "minutes": activity.minutes, "url": activity.get_absolute_url()}
            for activity in logged_lately(article, user=user)
        ]
    standing = standing_now(article)
    return JsonResponse(
        {
            "not_offered": standing.sentence,
            # What was begun while it was offered can still be logged.
            "waits_in_inbox": not standing.is_offered and user is not None and _waits(article, user),
            "signed_in": user is not None,
            "reader": reader_name(user) if user is not None else None,
            "csrf": get_token(request),
            "beat_seconds": BEAT_SECONDS,
            "idle_seconds": IDLE_SECONDS,
            **_milliseconds(earlier, "earlier_ms"),
            "place": {"section": left.section, "thousandths": left.place} if left is not None else None,
            "is_saved": user is not None and is_saved(article, user=user),
            "logged": logged,
            "counts_as": counts_as,
        }
    )


def _waits(article: Article, user: User) -> bool:
    return measure(earlier_sittings(article, user=user, browser=None)).timed_ms >= SHORTEST_READING_MS


def _sitting_of_page(request: HttpRequest) -> uuid.UUID | None:
    """The sitting that the page goes on with after a reload: it counts that one itself."""
    try:
        return uuid.UUID(request.GET.get("sitting", ""))
    except ValueError:
        return None


def _milliseconds(measured: Measured, counted_name: str) -> dict[str, int]:
    return {
        counted_name: measured.counted_ms,
        "offline_ms": measured.offline_ms,
        "open_ms": measured.open_ms,
        "before_sign_in_ms": measured.before_sign_in_ms,
    }


@login_not_required
@require_POST
@never_cache
def beat(request: HttpRequest) -> HttpResponse:
    """One report of the timer (JSON). Without effect: 400 malformed, 404 not this reader's, 409 elsewhere."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BEAT_BYTES:
        return JsonResponse({"state": "too long"}, status=413)
    report = _report_from(request.body)
    if report is None:
        return JsonResponse({"state": "malformed"}, status=400)
    user = request.user if isinstance(request.user, User) else None
    browser = None if user is not None else browser_of(request)
    if user is None and browser is None:
        # A browser that has a name keeps it; only new ones are counted, by address.
        if not ratelimit.consume(request, action="new_browser"):
            return JsonResponse({"state": "too many"}, status=429)
        browser = name_browser(request)
    try:
        sitting, state = take_beat(report, user=user, browser=browser)
    except Elsewhere:
        return JsonResponse({"state": "elsewhere"}, status=409)
    except UnknownSitting:
        return JsonResponse({"state": "unknown"}, status=404)
    return JsonResponse(
        {"state": state, "counted_ms": sitting.counted_ms, "offline_ms": sitting.offline_ms, "open_ms": sitting.open_ms}
    )


def _report_from(body: bytes | str) -> BeatReport | None:
    """The report in some JSON, or None when it is not one."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not all(isinstance(value, str | int | bool) for value in data.values()):
        return None
    form = BeatForm(data)
    return form.report() if form.is_valid() else None


@login_not_required
@require_POST
@never_cache
def log(request: HttpRequest) -> JsonResponse:
    """Log the reading of an article, from the sheet on its page. 401 keeps the sheet open with its words."""
    if not isinstance(request.user, User):
        return JsonResponse({"login_url": reverse("account_login")}, status=401)
    form = LogReadingForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": sentences_of(form)}, status=422)
    article = published_article(form.cleaned_data["article"])
    if article is None:
        raise Http404
    last_beat = request.POST.get("beat", "")
    try:
        logged = log_reading(
            by=request.user,
            activity_id=form.cleaned_data["id"],
            article=article,
            minutes=form.cleaned_data["minutes"],
            more_because=form.cleaned_data["reason"],
            reflection=form.cleaned_data["reflection"],
            last_beat=_report_from(last_beat) if 0 < len(last_beat) <= MOST_BEAT_BYTES else None,
        )
    except NeedsReason:
        return JsonResponse({"errors": {"reason": [NEEDS_REASON]}}, status=422)
    except NotOffered as error:
        by_hand = reverse("cpd:activity-create", query={"article": article.slug})
        link = {"href": by_hand, "label": "Add it by hand (opens in a new tab)"}
        return JsonResponse({"errors": {"article": [str(error)]}, "link": link}, status=422)
    except NotYours as error:
        raise Http404 from error
    activity = logged.activity
    return JsonResponse(
        {
            "activity": str(activity.pk),
            "minutes": activity.minutes,
            "url": activity.get_absolute_url(),
            "edit_url": reverse("cpd:activity-update", args=[activity.pk]),
            "undo_url": reverse("cpd:activity-delete", args=[activity.pk]),
        },
        status=201 if logged.is_new else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """Reading not logged yet: tick several, one reflection for all."""
    user = person(request)
    readings = unclaimed_readings(user)
    status = 200
    if request.method == "POST":
        form = InboxForm(request.POST, user=user, readings=readings)
        if form.is_valid():
            try:
                return _save_ticked(request, form, user)
            except NeedsReason:
                form.add_error(None, LOGGED_MEANWHILE)
        status = 422
    else:
        form = InboxForm(user=user, readings=readings, initial={"key": uuid.uuid4()})
        put_words_back(request, form)
    return render(
        request, "cpd/reading_inbox.html", {"section": "cpd", "form": form, "readings": readings}, status=status
    )


def _save_ticked(request: HttpRequest, form: InboxForm, user: User) -> HttpResponse:
    try:
        logged = log_inbox(
            by=user,
            form_key=form.cleaned_data["key"],
            choices=form.choices(),
            reflection=form.cleaned_data["reflection"],
        )
    except NotYours as error:
        raise Http404 from error
    total = sum(entry.activity.minutes for entry in logged)
    messages.success(request, f"Saved {duration(total)} to your CPD.")
    return redirect("cpd:tracker")


@require_POST
def dismiss(request: HttpRequest) -> HttpResponse:
    """Put one article's reading aside: it was no CPD."""
    user = person(request)
    wanted = [reading for reading in unclaimed_readings(user) if str(reading.article.pk) == request.POST.get("article")]
    if dismiss_readings(by=user, readings=wanted):
        messages.success(request, "Taken out of your inbox.")
    return redirect("cpd:reading-inbox")
