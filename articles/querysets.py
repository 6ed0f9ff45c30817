"""Which articles somebody may see, and what a page needs of them."""

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import FETCH_RAISE, Exists, OuterRef, Q, Subquery
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import Article, Author, Topic  # noqa: F401 (the bases below name them in quotes)

# The parts of a revision that are long and that a list does not show.
LONG_PARTS = ("revision__body", "revision__rendered", "revision__details", "revision__outline")


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles."""

    def published(self, now: datetime.datetime | None = None) -> Self:
        """Those readers see (at `now`). Scheduling needs no worker: time passing is enough."""
        return self.filter(
            status__in=("scheduled", "published", "retired"),
            revision__isnull=False,
            publish_at__lte=now or timezone.now(),
        )

    def editable_by(self, user: "User") -> Self:
        """Those `user` may change: editors all, authors what they began or what carries their byline."""
        if user.has_perm("articles.edit_any_article"):
            return self
        if not user.has_perm("articles.change_article"):
            return self.none()
        from articles.models import Byline

        with_their_byline = Byline.objects.filter(author__user=user).values("article")
        return self.filter(Q(created_by=user) | Q(pk__in=with_their_byline))

    def for_listing(self) -> Self:
        """Newest first, with what a card shows: two queries however many there are."""
        return (
            self.select_related("revision")
            .defer("body", *LONG_PARTS)
            .prefetch_related("topics")
            .order_by("-publish_at", "-pk")
            .fetch_mode(FETCH_RAISE)
        )

    def for_composing(self) -> Self:
        """With the rows that `composing` and `readiness` go through: three queries more."""
        return self.prefetch_related("bylines__author", "references")

    def for_reading(self) -> Self:
        """With the published text and the topics: two queries."""
        return self.select_related("revision").defer("body", "revision__body").prefetch_related("topics")


class TopicQuerySet(models.QuerySet["Topic"]):
    """Topics."""

    def in_use(self, now: datetime.datetime | None = None) -> Self:
        """Topics with at least one published article."""
        from articles.models import Article

        # One look for each topic. As EXISTS, PostgreSQL would join all topics of all articles: 300 ms for 100,000.
        one = Article.objects.published(now).filter(topics=OuterRef("pk")).values("pk")[:1]
        return self.alias(one=Subquery(one)).filter(one__isnull=False)


class AuthorQuerySet(models.QuerySet["Author"]):
    """Authors."""

    def published(self, now: datetime.datetime | None = None) -> Self:
        """Authors of at least one published article."""
        from articles.models import Article

        return self.filter(Exists(Article.objects.published(now).filter(authors=OuterRef("pk"))))


def published_articles() -> ArticleQuerySet:
    """What everybody may read; views start from here."""
    from articles.models import Article

    return Article.objects.published()


def working_articles() -> ArticleQuerySet:
    """All articles, published or not: only for somebody who was given a preview's address."""
    from articles.models import Article

    return Article.objects.all()


def published_topics() -> TopicQuerySet:
    """Topics with something to read."""
    from articles.models import Topic

    return Topic.objects.in_use()


def published_authors() -> AuthorQuerySet:
    """Authors of something to read."""
    from articles.models import Author

    return Author.objects.published()


def picture_is_in_use(name: str) -> bool:
    """Whether an article's working text or any published text shows the picture with this file name."""
    from articles.models import Article, Revision

    return Article.objects.filter(body__contains=name).exists() or Revision.objects.filter(body__contains=name).exists()


def latest_articles(most: int) -> "list[Article]":
    """The newest published articles, ready to list."""
    from articles.models import Article

    return list(Article.objects.published().for_listing()[:most])


def topics_in_use() -> "list[Topic]":
    """Topics with something to read."""
    return list(published_topics())


def published_article(slug: str) -> "Article | None":
    """The published article at an address, with what its record needs of the text: one query."""
    from articles.models import Article

    return Article.objects.published().filter(slug=slug).select_related("revision").defer("body", *LONG_PARTS).first()
