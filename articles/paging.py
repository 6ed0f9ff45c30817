"""Pages of a long list that cost the same wherever they are and however long it is.

Counting a hundred thousand articles for "page 1 of 5,000" takes longer than everything else on the page, and nobody
reads the number. So a list is counted as far as MOST_COUNTED; beyond that a page says only which one it is.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

from django.core.paginator import InvalidPage, Page, Paginator

if TYPE_CHECKING:
    from articles.models import Article
    from articles.querysets import ArticleQuerySet

PAGE_SIZE = 20
MOST_COUNTED = 1_000
FARTHEST = 1_000_000_000


class ArticlePage(Page["Article"]):
    """A page of articles; `is_counted` says whether the number of pages is known."""

    is_counted: bool
    more: bool

    def has_next(self) -> bool:
        """Whether there is another page."""
        return self.more

    def next_page_number(self) -> int:
        """The number of the page after this one; Django's own would count the whole list to check it."""
        return self.number + 1

    def previous_page_number(self) -> int:
        """The number of the page before this one."""
        return self.number - 1


class ArticlePaginator(Paginator["Article"]):
    """Newest first. Which articles are on a page is read from an index alone; then only they are fetched."""

    def __init__(self, articles: "ArticleQuerySet", per_page: int = PAGE_SIZE, *, count: int | None = None) -> None:
        """`count` where it is known already, as of a topic: then nothing is counted."""
        super().__init__(articles.order_by("-publish_at", "-pk"), per_page)
        self.articles = articles
        self.known_count = count

    @cached_property
    def first_keys(self) -> list[int]:
        """The newest, as far as MOST_COUNTED and one more: one query for the count and for most pages anybody opens."""
        return self._keys(0, MOST_COUNTED + 1)

    @property
    def counted(self) -> int:
        """How many there are, or MOST_COUNTED + 1 if there are more than MOST_COUNTED."""
        return len(self.first_keys)

    @property
    def is_counted(self) -> bool:
        """Whether `count` is all."""
        return self.known_count is not None or self.counted <= MOST_COUNTED

    @cached_property
    def count(self) -> int:
        """All of them: takes time in proportion."""
        if self.known_count is not None:
            return self.known_count
        return self.counted if self.is_counted else self.articles.count()

    def get_page(self, number: object) -> ArticlePage:
        """The page with that number; the first for what is no number, the last when there are not so many."""
        wanted = self._number(number)
        page = self._page(wanted)
        if not page.object_list and wanted > 1:
            page = self._page(self.num_pages)
        return page

    def _number(self, number: object) -> int:
        try:
            # No list is so long; PostgreSQL knows no larger numbers than some.
            return min(max(1, int(cast(str, number))), FARTHEST)
        except (TypeError, ValueError, InvalidPage):
            return 1

    def _page(self, number: int) -> ArticlePage:
        start = (number - 1) * self.per_page
        end = start + self.per_page + 1
        is_near = self.known_count is None and end <= MOST_COUNTED + 1
        keys = self.first_keys[start:end] if is_near else self._keys(start, end)
        page = ArticlePage(in_order(self.articles, keys[: self.per_page]), number, self)
        page.is_counted = self.known_count is not None or (is_near and self.is_counted)
        page.more = len(keys) > self.per_page
        return page

    def _keys(self, start: int, end: int) -> list[int]:
        newest = self.articles.order_by("-publish_at", "-pk").values_list("pk", flat=True)
        return list(newest[start:end])


def in_order(articles: "ArticleQuerySet", keys: Sequence[int]) -> "list[Article]":
    """Those of `articles` with these keys, ready to list, in the order of the keys."""
    if not keys:
        return []
    rows = {article.pk: article for article in articles.for_listing().filter(pk__in=keys)}
    return [rows[key] for key in keys if key in rows]
