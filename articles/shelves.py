"""Articles in their order on the shelves: by topic, by author, by month; and what stands beside one.

What these cost is bounded by how many rows a page shows, not by how many articles there are: where something cannot be
so, the function says what it costs.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Author, Status, Topic
from articles.querysets import OUT, ArticleQuerySet

# How many of the latest articles of a topic or an author are looked at for what else they share.
LATELY = 100
MOST_LINKS = 8
MOST_RELATED = 4
# Of each topic and each author, the newest candidates for "related": enough to rank, few enough to be quick.
CANDIDATES_OF_TOPIC = 100
CANDIDATES_OF_AUTHOR = 50
# Topics with more articles than this are all equally common.
COMMON = 1000


@dataclass(frozen=True, slots=True)
class Month:
    """A month in which something was published, by the site's calendar."""

    first: datetime.date
    articles: int

    def get_absolute_url(self) -> str:
        """The page with its articles."""
        return reverse("articles:archive-month", args=[self.first.year, self.first.month])


@dataclass(frozen=True, slots=True)
class Year:
    """A year in which something was published, with its months, the latest first."""

    year: int
    months: tuple[Month, ...]

    @property
    def articles(self) -> int:
        """How many were published."""
        return sum(month.articles for month in self.months)

    def get_absolute_url(self) -> str:
        """The page with its articles."""
        return reverse("articles:archive-year", args=[self.year])


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article that stands near another, as it was published."""

    slug: str
    title: str
    standfirst: str
    reading_minutes: int
    publish_at: datetime.datetime

    def get_absolute_url(self) -> str:
        """The article's page."""
        return reverse("articles:article-detail", args=[self.slug])


# --- Topics and authors ----------------------------------------------------------------------------------------------


def authors_lately_on(topic: Topic) -> list[Author]:
    """Who wrote most of a topic's latest articles, by the order in which they were begun: an index knows that one."""
    lately = Article.topics.through._default_manager.filter(topic=topic).order_by("-article_id").values("article_id")
    authors = Author.objects.filter(bylines__article__in=Article.objects.published().filter(pk__in=lately[:LATELY]))
    return list(authors.annotate(lately=Count("bylines")).order_by("-lately", "name")[:MOST_LINKS])


def topics_lately_of(author: Author) -> list[Topic]:
    """What most of an author's latest articles are about, by the same order."""
    lately = author.bylines.order_by("-article_id").values("article_id")
    topics = Topic.objects.filter(articles__in=Article.objects.published().filter(pk__in=lately[:LATELY]))
    return list(topics.annotate(lately=Count("articles")).order_by("-lately", "name")[:MOST_LINKS])


# --- The archive -----------------------------------------------------------------------------------------------------

# One range of an index for each month. Grouping by month would first work out the month of every article there is.
MONTHS = """
    SELECT month::date, (
        SELECT count(*) FROM articles_article
        WHERE status = ANY(%(out)s) AND revision_id IS NOT NULL AND publish_at <= %(now)s
            AND publish_at >= month AT TIME ZONE %(zone)s
            AND publish_at < (month + interval '1 month') AT TIME ZONE %(zone)s
    ) AS articles
    FROM generate_series(
        date_trunc('month', (
            SELECT min(publish_at) FROM articles_article
            WHERE status = ANY(%(out)s) AND revision_id IS NOT NULL AND publish_at <= %(now)s
        ) AT TIME ZONE %(zone)s),
        %(now)s AT TIME ZONE %(zone)s,
        interval '1 month'
    ) AS month
    ORDER BY month DESC
"""


def archive(now: datetime.datetime | None = None) -> list[Year]:
    """The years in which something was published, the latest first. It counts an index: 10 ms for 100,000 articles."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, {"out": list(OUT), "now": now, "zone": settings.TIME_ZONE})
        months = [Month(first=first, articles=articles) for first, articles in cursor.fetchall() if articles]
    years = dict.fromkeys(month.first.year for month in months)
    return [Year(year, tuple(month for month in months if month.first.year == year)) for year in years]


def published_within(first: datetime.date, after: datetime.date) -> ArticleQuerySet:
    """Published articles from the day `first` until before the day `after`, by the site's calendar."""
    return Article.objects.published().filter(publish_at__gte=_midnight(first), publish_at__lt=_midnight(after))


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), tzinfo=timezone.get_default_timezone())


# --- Related ---------------------------------------------------------------------------------------------------------

TO_RECOMMEND = [Status.SCHEDULED.value, Status.PUBLISHED.value]
# MATERIALIZED, or the rarity of a topic would be worked out for each of its articles.
RELATED = """
    WITH own_topics AS MATERIALIZED (
        SELECT topic_id, 1 / ln(2 + (
            SELECT count(*) FROM (
                SELECT 1 FROM articles_article_topics link WHERE link.topic_id = own.topic_id LIMIT %(common)s
            ) AS counted
        )) AS rarity
        FROM articles_article_topics own WHERE own.article_id = %(article)s
    ), shared AS (
        SELECT near.article_id, own_topics.rarity, 0 AS by_author
        FROM own_topics CROSS JOIN LATERAL (
            SELECT link.article_id FROM articles_article_topics link WHERE link.topic_id = own_topics.topic_id
            ORDER BY link.article_id DESC LIMIT %(of_topic)s
        ) AS near
        UNION ALL
        SELECT near.article_id, 0, 1
        FROM articles_byline own CROSS JOIN LATERAL (
            SELECT line.article_id FROM articles_byline line WHERE line.author_id = own.author_id
            ORDER BY line.article_id DESC LIMIT %(of_author)s
        ) AS near
        WHERE own.article_id = %(article)s
    ), scored AS (
        SELECT article_id, round(sum(rarity)::numeric, 6) AS score, max(by_author) AS by_author
        FROM shared WHERE article_id <> %(article)s GROUP BY article_id
    )
    SELECT article.slug, revision.title, revision.standfirst, revision.reading_minutes, article.publish_at
    FROM scored
    JOIN articles_article article ON article.id = scored.article_id
    JOIN articles_revision revision ON revision.id = article.revision_id
    WHERE article.status = ANY(%(statuses)s) AND article.publish_at <= %(now)s
        AND revision.significance <> 'withdrawal'
    ORDER BY scored.score DESC, scored.by_author DESC, article.publish_at DESC, article.id DESC
    LIMIT %(most)s
"""


def related_to(article: Article, now: datetime.datetime | None = None) -> list[Neighbour]:
    """What to read after `article`: by the topics they share, a rare one weighing more; then by author; then by date.

    Candidates are the newest hundred of each topic and fifty of each author: some 3 ms, however many articles there
    are. What was retired or withdrawn is not recommended.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            RELATED,
            {
                "article": article.pk,
                "common": COMMON,
                "of_topic": CANDIDATES_OF_TOPIC,
                "of_author": CANDIDATES_OF_AUTHOR,
                "statuses": TO_RECOMMEND,
                "now": now or timezone.now(),
                "most": MOST_RELATED,
            },
        )
        return [Neighbour(*row) for row in cursor.fetchall()]
