"""Where readers browse: topics, authors, and the archive by year. The same for everybody, and kept as such."""

import datetime

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from articles.paging import ArticlePaginator
from articles.querysets import published_articles, published_authors, published_topics
from articles.shelves import archive, authors_lately_on, published_within, topics_lately_of
from meducation.lib.page_cache import same_for_everybody

AUTHORS_A_PAGE = 60


@login_not_required
@require_safe
@same_for_everybody
def topic_list(request: HttpRequest) -> HttpResponse:
    """All topics with something to read, by name."""
    return render(request, "articles/topic_list.html", {"section": "read", "topics": published_topics().with_counts()})


@login_not_required
@require_safe
@same_for_everybody
def topic_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic, its articles, and who writes on it. A topic nobody has published on is not there."""
    topic = get_object_or_404(published_topics().with_counts(), slug=slug)
    articles = published_articles().filter(topics=topic)
    context = {
        "section": "read",
        "topic": topic,
        "page_obj": ArticlePaginator(articles, count=topic.article_count).get_page(request.GET.get("page")),
        "authors": authors_lately_on(topic),
    }
    return render(request, "articles/topic_detail.html", context)


@login_not_required
@require_safe
@same_for_everybody
def author_list(request: HttpRequest) -> HttpResponse:
    """Everybody who has published something, by name."""
    authors = Paginator(published_authors().with_counts().order_by("name", "pk"), AUTHORS_A_PAGE)
    context = {"section": "read", "page_obj": authors.get_page(request.GET.get("page"))}
    return render(request, "articles/author_list.html", context)


@login_not_required
@require_safe
@same_for_everybody
def author_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An author, what they wrote, and what about."""
    author = get_object_or_404(published_authors().with_counts(), slug=slug)
    articles = published_articles().filter(authors=author)
    context = {
        "section": "read",
        "author": author,
        "page_obj": ArticlePaginator(articles, count=author.article_count).get_page(request.GET.get("page")),
        "topics": topics_lately_of(author),
    }
    return render(request, "articles/author_detail.html", context)


@login_not_required
@require_safe
@same_for_everybody
def archive_index(request: HttpRequest) -> HttpResponse:
    """The years and months in which something was published."""
    return render(request, "articles/archive.html", {"section": "read", "years": archive()})


@login_not_required
@require_safe
@same_for_everybody
def archive_year(request: HttpRequest, year: int) -> HttpResponse:
    """A year's articles, and its months. A year without any is not there."""
    return _archive_of(request, year)


@login_not_required
@require_safe
@same_for_everybody
def archive_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """A month's articles. A month without any is not there."""
    return _archive_of(request, year, month)


def _archive_of(request: HttpRequest, year: int, month: int | None = None) -> HttpResponse:
    years = archive()
    shown = next((each for each in years if each.year == year), None)
    if shown is None:
        raise Http404
    shown_month = next((each for each in shown.months if each.first.month == month), None)
    if month is not None and shown_month is None:
        raise Http404
    first = datetime.date(year, month or 1, 1)
    after = datetime.date(year + (month is None or month == 12), 1 if month is None or month == 12 else month + 1, 1)
    count = shown_month.articles if shown_month else shown.articles
    place = years.index(shown)
    articles = ArticlePaginator(published_within(first, after), count=count)
    context = {
        "section": "read",
        "year": shown,
        "month": shown_month,
        "later": years[place - 1] if place else None,
        "earlier": years[place + 1] if place + 1 < len(years) else None,
        "page_obj": articles.get_page(request.GET.get("page")),
    }
    return render(request, "articles/archive_year.html", context)
