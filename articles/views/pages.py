"""Pages for readers. They show revisions, never the words an author is working on; only a preview does that."""

import re
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles import pictures
from articles.composing import compose
from articles.details import Details
from articles.models import Article, Revision
from articles.paging import ArticlePage, ArticlePaginator
from articles.previews import previewed_pk
from articles.querysets import (
    ArticleQuerySet,
    published_articles,
    topics_in_use,
    working_articles,
)
from articles.rendering import citation_anchors
from articles.shelves import related_to
from articles.standing import standing_now
from articles.views.search import search
from articles.views.sharing import shared_parts
from meducation.lib.html import trusted
from meducation.lib.page_cache import allow_copy, same_for_everybody

IMAGE_NAME = re.compile(r"[0-9a-f]{64}(?:-[1-9][0-9]{2,3})?\.webp")


@login_not_required
@require_safe
@same_for_everybody
def article_list(request: HttpRequest) -> HttpResponse:
    """All articles, newest first, and the topics to choose from; with a query, what it finds."""
    if "q" in request.GET:
        return search(request)
    return render(
        request,
        "articles/article_list.html",
        {"section": "read", "page_obj": _page(request, published_articles()), "topics": topics_in_use()},
    )


@login_not_required
@require_safe
@same_for_everybody
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The published text of an article and what to read next. It takes three queries and does not know who reads it."""
    article = get_object_or_404(published_articles().for_reading().with_last_change(), slug=slug)
    if article.revision is None:
        raise Http404
    standing = standing_now(article)
    context = _text_of(article, article.revision) | {
        "standing": standing,
        "related": related_to(article),
        **shared_parts(article, article.revision, standing),
    }
    response = render(request, "articles/article_detail.html", context)
    allow_copy(request, response)
    return response


@login_not_required
@require_safe
@never_cache
def article_preview(request: HttpRequest, token: str) -> HttpResponse:
    """The words being worked on, as they would look. The address is the permission; it ends after a week."""
    article = get_object_or_404(working_articles().for_composing(), pk=previewed_pk(token))
    context = _text_of(article, compose(article)) | {"is_preview": True, "is_live": article.is_published()}
    response = render(request, "articles/article_detail.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    # The address is a secret; following a link from the preview must not pass it on.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@login_not_required
@require_safe
def image(request: HttpRequest, name: str) -> HttpResponseBase:
    """A picture of the library. Its name is its content's hash, so a browser may keep it for good."""
    path = pictures.find(name) if IMAGE_NAME.fullmatch(name) else None
    if path is None:
        raise Http404
    return FileResponse(
        path.open("rb"),
        content_type="image/webp",
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
            # Feeds hold whole articles, and programs that show them do so on sites of their own.
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )


def _page(request: HttpRequest, articles: ArticleQuerySet) -> ArticlePage:
    return ArticlePaginator(articles).get_page(request.GET.get("page"))


def _text_of(article: Article, revision: Revision) -> dict[str, Any]:
    details = Details.from_json(revision.details)
    anchors = citation_anchors(revision.rendered)
    return {
        "section": "read",
        "article": article,
        "revision": revision,
        "text": trusted(revision.rendered),
        "details": details,
        "references": [(source, anchors.get(source.number, [])) for source in details.references],
        "topics": article.topics.all(),
    }
