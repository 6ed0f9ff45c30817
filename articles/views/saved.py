"""What somebody saved for later: their own list, and the page that saves without JavaScript.

An article's page is the same for everybody and carries no token, so it only links here.
"""

import datetime

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.people import person
from articles.actions import save_for_later, take_off_list
from articles.querysets import published_article, saved_articles

PAGE_SIZE = 20


@require_safe
@never_cache
def saved_list(request: HttpRequest) -> HttpResponse:
    """The person's list, the last saved first."""
    page = Paginator(saved_articles(person(request)).for_listing(), PAGE_SIZE).get_page(request.GET.get("page"))
    removed = request.GET.get("removed", "")
    context = {
        "section": "read",
        "page_obj": page,
        "removed": published_article(removed) if removed else None,
        "removed_at": request.GET.get("at", ""),
    }
    return render(request, "articles/saved_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def saved_article(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Save one article, or take it off the list. The same request again changes nothing more."""
    user = person(request)
    wants_json = "application/json" in request.headers.get("Accept", "")
    if request.method == "POST" and "remove" in request.POST:
        removed = take_off_list(by=user, slug=slug)
        if wants_json:
            return JsonResponse({"saved": False})
        query = {"removed": slug, "at": removed.saved_at.isoformat()} if removed else {}
        return redirect(reverse("articles:saved", query=query))
    article = published_article(slug)
    if article is None:
        raise Http404
    if request.method == "POST":
        save_for_later(by=user, article=article, saved_at=_instant(request.POST.get("saved_at", "")))
        return JsonResponse({"saved": True}) if wants_json else redirect("articles:saved")
    is_saved = saved_articles(user).filter(article=article).exists()
    return render(request, "articles/saved_article.html", {"section": "read", "article": article, "is_saved": is_saved})


def _instant(text: str) -> datetime.datetime | None:
    """The instant in a form's text; None when it is none."""
    try:
        instant = parse_datetime(text)
    except ValueError:
        return None
    return instant if instant is not None and is_aware(instant) else None
