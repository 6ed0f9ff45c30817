"""What there is to read, for search engines, in parts.

A part is all rows whose keys lie in one span of `SPAN`. So every part costs the same however many there are, nothing is
counted, and a part changes only when something in it does.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max, QuerySet
from django.urls import reverse
from django.utils import timezone

from articles.models import Author, Topic
from articles.querysets import published_articles, published_authors, published_topics, real_changes

SPAN = 5000


@dataclass(frozen=True)
class Part:
    """One part of a section, numbered from 1, and when the newest thing in it changed, where that is known."""

    section: str
    number: int
    changed_at: datetime.datetime | None = None


@dataclass(frozen=True)
class Entry:
    """A page: its path, and when its words last changed, where that is known."""

    path: str
    changed_at: datetime.datetime | None = None


# Sections whose pages are lists: what they hold changed when an article did, and that is said of the article.
LISTS: dict[str, tuple[str, Callable[[], QuerySet[Topic] | QuerySet[Author]]]] = {
    "topics": ("articles:topic-detail", published_topics),
    "authors": ("articles:author-detail", published_authors),
}


def parts() -> list[Part]:
    """Every part with something in it: one query a section, and one for what was changed."""
    changes = _by_part(real_changes().filter(live_from__lte=timezone.now()), "article_id").values_list("part")
    changed = dict(changes.annotate(Max("live_from")))
    newest = _by_part(published_articles(), "pk").values_list("part")
    found = [
        Part("articles", number, max(at for at in (published, retired, changed.get(number)) if at is not None))
        for number, published, retired in newest.annotate(Max("publish_at"), Max("retired_at"))
    ]
    for section, (_, rows) in LISTS.items():
        numbers = _by_part(rows(), "pk").values_list("part", flat=True).distinct()
        found += [Part(section, number) for number in numbers]
    return found


def entries(section: str, number: int) -> list[Entry]:
    """The pages of one part, by one query; empty when there is no such part."""
    first = (number - 1) * SPAN + 1
    span = {"pk__gte": first, "pk__lt": first + SPAN}
    if section == "articles":
        # Plain rows: to make 5,000 objects takes longer than to find them.
        articles: QuerySet[Any] = published_articles().filter(**span).with_last_change().order_by("pk")
        before, after = _around_slug("articles:article-detail")
        rows = articles.values_list("slug", "last_change_at")
        return [Entry(f"{before}{slug}{after}", changed_at) for slug, changed_at in rows]
    if section not in LISTS:
        return []
    page, listed = LISTS[section]
    before, after = _around_slug(page)
    slugs = listed().filter(**span).order_by("pk").values_list("slug", flat=True)
    return [Entry(f"{before}{slug}{after}") for slug in slugs]


def _around_slug(page: str) -> tuple[str, str]:
    """What the addresses of these pages have before and after the slug."""
    before, _, after = reverse(page, args=["slug"]).rpartition("slug")
    return before, after


def _by_part(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    numbered: QuerySet[Any] = rows.order_by().annotate(part=(F(key) - 1) / SPAN + 1).order_by("part")
    return numbered
