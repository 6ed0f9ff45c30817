"""Where pages are, seen from outside, and which last parts of an address are spoken for."""

import datetime
import re
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import Resolver404, URLPattern, get_resolver, resolve, reverse

ROUTE = re.compile(r"^[\w-]+")
# For ids of our own making; any fixed UUID would do.
ARTICLES = uuid.UUID("6f1d7a0e-3f0b-5a52-9d0c-2b1f7f0f6f0c")


def absolute(path: str) -> str:
    """The one address of a page of ours, host and all, whatever host a request named."""
    return f"{settings.SITE_URL}{path}"


def stable_id(pk: int, begun_at: datetime.datetime) -> str:
    """The name of an article for programs: the same for good, wherever the site moves and whatever the slug becomes.

    `begun_at` is the instant its row was made, which tells this site's articles from another's.
    """
    return uuid.uuid5(ARTICLES, f"{pk} {begun_at.astimezone(datetime.UTC).isoformat()}").urn


def free_article_slug(slug: str) -> None:
    """Raises ValidationError if another page of ours has the address that an article with this slug would get."""
    _refuse_if_taken(slug, "article-detail")


def free_topic_slug(slug: str) -> None:
    """The same for a topic."""
    _refuse_if_taken(slug, "topic-detail")


def free_author_slug(slug: str) -> None:
    """The same for an author."""
    _refuse_if_taken(slug, "author-detail")


def is_taken(slug: str, name: str) -> bool:
    """Whether the page called `name` could not be shown at, or would be mistaken for a folder at, this slug."""
    if slug in set(_fixed_parts(name)):
        return True
    try:
        return resolve(reverse(f"articles:{name}", args=[slug])).url_name != name
    except Resolver404:
        return True


def _refuse_if_taken(slug: str, name: str) -> None:
    # What is no slug at all is told by its own validator.
    if re.fullmatch(r"[-\w]+", slug, re.ASCII) and is_taken(slug, name):
        raise ValidationError(f"“{slug}” is the address of another page. Choose a different one.", code="reserved")


def _fixed_parts(name: str) -> Iterator[str]:
    """The words that stand in other addresses where the page called `name` has its slug."""
    routes = {
        pattern.name: str(pattern.pattern)
        for pattern in get_resolver("articles.urls").url_patterns
        if isinstance(pattern, URLPattern)
    }
    folder = routes[name].partition("<")[0]
    for route in routes.values():
        if route.startswith(folder) and (fixed := ROUTE.match(route.removeprefix(folder))):
            yield fixed.group()
