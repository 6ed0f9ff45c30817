"""Reading on a shared computer, taken along by a code and claimed on one's own phone."""

import uuid

from allauth.core import ratelimit
from allauth.core.internal.ratelimit import consume as consume_any
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.people import person
from articles.models import Article
from articles.querysets import published_article
from cpd.actions.reading_codes import claim_code, forget_reading, make_code
from cpd.forms.reading_codes import NOT_OURS, ClaimForm, MakeCodeForm
from cpd.querysets.reading import SHORTEST_READING_MS, earlier_sittings
from cpd.reading import BROWSER_KEY, browser_of, measure
from cpd.reading_codes import CODES, reading_behind
from cpd.reminding import site_address
from meducation.lib.codes import drawn
from meducation.lib.dates import time_read
from meducation.lib.forms import put_words_back

TOO_MANY = "Too many codes were tried. Wait an hour, then try again."


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """Get a code for what this browser has read of an article (`?article=`). Shown once: we keep only its hash."""
    if isinstance(request.user, User):
        # Their reading is theirs already.
        return redirect("cpd:reading-inbox")
    browser = browser_of(request)
    if request.method == "POST":
        return _make(request, browser)
    article = _article(request.GET.get("article", ""))
    return _page(request, article, browser)


def _make(request: HttpRequest, browser: uuid.UUID | None) -> HttpResponse:
    form = MakeCodeForm(request.POST)
    if not form.is_valid():
        raise Http404
    article = _article(form.cleaned_data["article"])
    if not ratelimit.consume(request, action="make_reading_code"):
        return _page(request, article, browser, status=429)
    made = make_code(browser=browser, article=article, form_key=form.cleaned_data["key"]) if browser else None
    if made is None:
        return _page(request, article, browser, status=422)
    address = site_address(reverse("cpd:reading-claim", query={"code": made.code}))
    context = {
        "article": article,
        "made": made,
        "code": CODES.grouped(made.code),
        "claim_address": site_address(reverse("cpd:reading-claim")),
        "drawing": drawn(address),
    }
    return render(request, "cpd/reading_code_made.html", context)


def _page(request: HttpRequest, article: Article, browser: uuid.UUID | None, *, status: int = 200) -> HttpResponse:
    measured = measure(earlier_sittings(article, user=None, browser=browser))
    context = {
        "article": article,
        "measured": measured,
        "is_enough": measured.timed_ms >= SHORTEST_READING_MS,
        "form": MakeCodeForm(initial={"key": uuid.uuid4(), "article": article.slug}),
        "has_read": browser is not None,
        "is_limited": status == 429,
    }
    return render(request, "cpd/reading_code.html", context, status=status)


def _article(slug: str) -> Article:
    article = published_article(slug) if slug else None
    if article is None:
        raise Http404
    return article


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def claim(request: HttpRequest) -> HttpResponse:
    """Enter a code, see what it stands for, add that to one's reading. What is wrong with a code is not told."""
    user = person(request)
    typed = request.POST if request.method == "POST" else request.GET
    if "code" not in typed:
        form = ClaimForm(user=user)
        put_words_back(request, form)
        return render(request, "cpd/reading_claim.html", {"section": "cpd", "form": form})
    form = ClaimForm(typed, user=user)
    # Asked of every code, also of one that cannot be: who guesses learns nothing from the difference.
    # (allauth's public function passes over GET, which is how a QR code arrives.)
    is_allowed = consume_any(request, app="allauth.account", action="try_reading_code", user=user, limit_get=True)
    if not is_allowed:
        form.add_error("code", TOO_MANY)
        return render(request, "cpd/reading_claim.html", {"section": "cpd", "form": form}, status=429)
    if form.is_valid():
        if "claim" in request.POST:
            return _claim(request, form)
        held = reading_behind(form.cleaned_data["code"])
        if held is not None:
            context = {"section": "cpd", "held": held, "code": CODES.grouped(form.cleaned_data["code"])}
            return render(request, "cpd/reading_claim.html", context)
        form.add_error("code", NOT_OURS)
    return render(request, "cpd/reading_claim.html", {"section": "cpd", "form": form}, status=422)


def _claim(request: HttpRequest, form: ClaimForm) -> HttpResponse:
    user = person(request)
    claimed = claim_code(by=user, code=form.cleaned_data["code"])
    if claimed is None:
        form.add_error("code", NOT_OURS)
        return render(request, "cpd/reading_claim.html", {"section": "cpd", "form": form}, status=422)
    measured = measure(earlier_sittings(claimed.article, user=user, browser=None))
    if measured.timed_ms < SHORTEST_READING_MS:
        # Read at the same time as something else of theirs, or logged since they pressed the first time.
        messages.success(request, "Added to your reading.")
        return redirect("cpd:reading-inbox")
    messages.success(request, f"Added to your reading: {time_read(measured.timed_ms)}. Log it now, or later.")
    if published_article(claimed.article.slug) is None:
        return redirect("cpd:reading-inbox")
    return redirect(reverse("cpd:activity-create", query={"article": claimed.article.slug}))


@login_not_required
@require_POST
@never_cache
def forget(request: HttpRequest) -> HttpResponse:
    """Leave a shared computer as one would wish to find it: what this browser read and has no code for, goes."""
    browser = browser_of(request)
    if browser is not None:
        forget_reading(browser=browser)
        del request.session[BROWSER_KEY]
    return render(request, "cpd/reading_forgotten.html")
