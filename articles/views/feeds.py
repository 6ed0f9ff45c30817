"""Feeds, for programs that follow the site. Kept like pages: they are the same for everybody."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from articles.feeds import MOST, Atom, Channel, Rss, write
from articles.querysets import published_articles, published_authors, published_topics
from meducation.lib.page_cache import same_for_everybody

type Kind = type[Atom] | type[Rss]


@login_not_required
@require_safe
@same_for_everybody
def site_feed(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The newest articles of all."""
    channel = Channel(
        title=f"{settings.SITE_NAME}: articles",
        description="Short articles for healthcare professionals, free to read.",
        page=reverse("articles:article-list"),
        feed=request.path,
        articles=list(published_articles().for_feed()[:MOST]),
    )
    return _answer(channel, kind)


@login_not_required
@require_safe
@same_for_everybody
def topic_feed(request: HttpRequest, slug: str, kind: Kind) -> HttpResponse:
    """The newest articles on a topic."""
    topic = get_object_or_404(published_topics(), slug=slug)
    channel = Channel(
        title=f"{settings.SITE_NAME}: {topic}",
        description=topic.description or f"Articles on {topic}.",
        page=topic.get_absolute_url(),
        feed=request.path,
        articles=list(published_articles().filter(topics=topic).for_feed()[:MOST]),
    )
    return _answer(channel, kind)


@login_not_required
@require_safe
@same_for_everybody
def author_feed(request: HttpRequest, slug: str, kind: Kind) -> HttpResponse:
    """The newest articles of an author."""
    author = get_object_or_404(published_authors(), slug=slug)
    channel = Channel(
        title=f"{settings.SITE_NAME}: {author}",
        description=f"Articles by {author}.",
        page=author.get_absolute_url(),
        feed=request.path,
        articles=list(published_articles().filter(authors=author).for_feed()[:MOST]),
    )
    return _answer(channel, kind)


def _answer(channel: Channel, kind: Kind) -> HttpResponse:
    return HttpResponse(
        write(channel, kind),
        content_type=kind.content_type,
        headers={"Last-Modified": http_date(channel.last_modified().timestamp())},
    )
