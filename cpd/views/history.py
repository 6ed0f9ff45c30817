"""What somebody has read: their own list, which they can clear."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.people import person
from articles.models import Article, Revision
from cpd.actions import clear_history
from cpd.querysets.reading import read_article, reading_history, revisions_read

PAGE_SIZE = 25


@dataclass(frozen=True)
class Row:
    """An article somebody has read, and how."""

    revision: Revision
    read: dict[str, Any]

    @property
    def is_published(self) -> bool:
        """Whether it can still be read."""
        return self.revision.article.is_published()


@require_safe
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    """The articles a person has read, the last read first."""
    page = Paginator(reading_history(person(request)).by_article(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "cpd/reading_history.html", {"section": "read", "page": page, "rows": _rows(page)})


def _rows(page: Page[dict[str, Any]]) -> Sequence[Row]:
    reads = list(page)
    revisions = revisions_read([read["text_id"] for read in reads])
    return [Row(revision=revisions[read["text_id"]], read=read) for read in reads]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def history_clear(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """Clear all of it, or that of one article, after saying what that means."""
    user = person(request)
    article: Article | None = None
    if slug is not None:
        article = read_article(slug, user=user)
        if article is None:
            raise Http404
    if request.method == "POST":
        clear_history(by=user, article=article)
        messages.success(request, "Cleared from your history.")
        return redirect("cpd:reading-history")
    sittings = reading_history(user)
    if article is not None:
        sittings = sittings.filter(article=article)
    context = {"section": "read", "article": article, "clearing": sittings.what_clearing_does()}
    return render(request, "cpd/reading_history_clear.html", context)
