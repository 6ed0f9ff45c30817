"""Which articles somebody may see, and what a page needs of them."""

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import (
    FETCH_RAISE,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Greatest, JSONObject
from django.utils import timezone

from meducation.lib.dates import site_day

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import (  # noqa: F401 (the bases below name some of them in quotes)
        Article,
        Author,
        Review,
        Revision,
        SavedArticle,
        Topic,
        WorkingCopy,
    )

# What readers may see once its time has come.
OUT = ("scheduled", "published", "retired")
# The parts of a revision that are long and that a list does not show.
LONG_PARTS = ("revision__body", "revision__rendered", "revision__details", "revision__outline")
# How long after its last sign of life a form counts as open: background tabs give one a minute.
OPEN_SECONDS = 150
# How long words that were typed or replaced, and never taken up, are kept.
COPY_DAYS = 60


def is_out(now: datetime.datetime | None = None, of: str = "") -> Q:
    """That readers see an article (at `now`), said of articles, or `of` a relation to one: "article__"."""
    conditions = {"status__in": OUT, "revision__isnull": False, "publish_at__lte": now or timezone.now()}
    return Q(**{f"{of}{name}": value for name, value in conditions.items()})


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles."""

    def published(self, now: datetime.datetime | None = None) -> Self:
        """Those readers see (at `now`). Scheduling needs no worker: time passing is enough."""
        return self.filter(is_out(now))

    def editable_by(self, user: "User") -> Self:
        """Those `user` may change: editors all, authors what they began or what carries their byline."""
        if user.has_perm("articles.edit_any_article"):
            return self
        if not user.has_perm("articles.change_article"):
            return self.none()
        return self.owned_by(user)

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
        """With the rows that `composing` and `readiness` go through: six queries more."""
        return self.prefetch_related("bylines__author", "references", "questions__choices", reviews_to_compose())

    def with_state(self, now: datetime.datetime | None = None) -> Self:
        """With `state_now`, one of State's values, and `review_due`, the date the published text promises (ISO)."""
        now = now or timezone.now()
        is_public = Q(status__in=("scheduled", "published"), revision__isnull=False, publish_at__lte=now)
        return self.annotate(review_due=KeyTextTransform("review_due_on", "revision__details")).annotate(
            state_now=Case(
                When(is_public & Q(review_due__lt=site_day(now).isoformat()), then=Value("review-due")),
                When(is_public, then=Value("published")),
                default=F("status"),
                output_field=models.CharField(),
            )
        )

    def in_state(self, *states: str, now: datetime.datetime | None = None) -> Self:
        """Those in one of these states (at `now`), with what with_state() adds."""
        return self.with_state(now).filter(Q(("state_now__in", states)))

    def owned_by(self, user: "User") -> Self:
        """Those that carry the byline of `user`, or that they began: the ones they may not review."""
        from articles.models import Byline

        with_their_byline = Byline.objects.filter(author__user=user).values("article")
        return self.filter(Q(created_by=user) | Q(pk__in=with_their_byline))

    def with_last_change(self) -> Self:
        """With `last_change_at`: when readers were last told something else, or first told anything.

        Editorial revisions do not move it, nor does a revision that waits for its day; retirement does.
        """
        changes = (
            real_changes()
            .filter(article=OuterRef("pk"), number__lte=OuterRef("revision__number"))
            .values("article")
            .annotate(newest=Max("live_from"))
            .values("newest")
        )
        # PostgreSQL's GREATEST passes over what is NULL.
        return self.annotate(last_change_at=Greatest("publish_at", Subquery(changes), "retired_at"))

    def for_feed(self) -> Self:
        """Newest first, with the whole published text: two queries however many there are."""
        return (
            self.with_last_change()
            .with_changes()
            .select_related("revision")
            .defer("body", "revision__body")
            .prefetch_related("topics")
            .order_by("-publish_at", "-pk")
            .fetch_mode(FETCH_RAISE)
        )

    def for_reading(self) -> Self:
        """With the published text, how it changed, and the topics: two queries."""
        return self.with_changes().select_related("revision").defer("body", "revision__body").prefetch_related("topics")

    def with_changes(self) -> Self:
        """With `changes`: the later texts that were more than editorial, for articles.standing. No query more."""
        real = real_changes().filter(article=OuterRef("pk")).order_by("number")
        row = JSONObject(number="number", significance="significance", note="note", live_from="live_from")
        return self.annotate(changes=ArraySubquery(real.values(json=row)))

    def for_assessing(self) -> Self:
        """With the published text's details, its questions among them, and none of its long words: one query."""
        return self.select_related("revision").defer(
            "body", "revision__body", "revision__rendered", "revision__outline"
        )


class ReviewQuerySet(models.QuerySet["Review"]):
    """Requests to review, and what became of them."""

    def asked_of(self, user: "User") -> Self:
        """Those `user` may read: withdrawn ones are gone for them."""
        return self.filter(reviewer=user).exclude(verdict="withdrawn")

    def waiting(self) -> Self:
        """Nobody has answered yet."""
        return self.filter(verdict="waiting")

    def open_changes(self) -> Self:
        """Changes were asked for, and nobody has asked again or set it aside since."""
        return self.filter(verdict="changes", settled_at__isnull=True)

    def signed(self) -> Self:
        """Signed off."""
        return self.filter(verdict="signed")


class TopicQuerySet(models.QuerySet["Topic"]):
    """Topics."""

    def in_use(self, now: datetime.datetime | None = None) -> Self:
        """Topics with at least one published article."""
        from articles.models import Article

        # One look for each topic. As EXISTS, PostgreSQL would join all topics of all articles: 300 ms for 100,000.
        one = Article.objects.published(now).filter(topics=OuterRef("pk")).values("pk")[:1]
        return self.alias(one=Subquery(one)).filter(one__isnull=False)

    def with_counts(self, now: datetime.datetime | None = None) -> Self:
        """Each with `article_count`, its published articles."""
        from articles.models import Article

        return self.annotate(article_count=_published_among(Article.topics.through._default_manager, "topic", now))


class AuthorQuerySet(models.QuerySet["Author"]):
    """Authors."""

    def published(self, now: datetime.datetime | None = None) -> Self:
        """Authors of at least one published article."""
        from articles.models import Article

        return self.filter(Exists(Article.objects.published(now).filter(authors=OuterRef("pk"))))

    def with_counts(self, now: datetime.datetime | None = None) -> Self:
        """Each with `article_count`, their published articles."""
        from articles.models import Byline

        return self.annotate(article_count=_published_among(Byline.objects, "author", now))


def _published_among(links: "models.Manager[Any]", column: str, now: datetime.datetime | None) -> Combinable:
    """How many published articles a topic or an author has: all links less those to drafts and to what is to come.

    The same as counting the published ones, but nearly all are, and all links of one are counted in an index without
    a look at the articles: 5 ms instead of 55 for 50,000 of them.
    """
    of_this = links.filter(**{column: OuterRef("pk")}).order_by()

    def counted(rows: "models.QuerySet[Any]") -> Combinable:
        number = Subquery(rows.values(column).annotate(number=Count("*")).values("number"))
        return Coalesce(number, 0, output_field=IntegerField())

    drafts = of_this.exclude(article__status__in=OUT)
    to_come = of_this.filter(
        article__status__in=OUT, article__revision__isnull=False, article__publish_at__gt=now or timezone.now()
    )
    return counted(of_this) - counted(drafts) - counted(to_come)


class SavedArticleQuerySet(models.QuerySet["SavedArticle"]):
    """Lists of what to read later. Start from `owned_by`: nobody else's list is ever in reach."""

    def owned_by(self, user: "User") -> Self:
        """One person's."""
        return self.filter(user=user)

    def published(self, now: datetime.datetime | None = None) -> Self:
        """Those that can still be read."""
        return self.filter(is_out(now, "article__"))

    def for_listing(self, now: datetime.datetime | None = None) -> Self:
        """The last saved first, each with its article, and with `is_published`: whether that can still be read."""
        return (
            self.select_related("article__revision")
            .defer("article__body", *(f"article__{part}" for part in LONG_PARTS))
            .annotate(
                is_published=models.ExpressionWrapper(is_out(now, "article__"), output_field=models.BooleanField())
            )
            .order_by("-saved_at", "-pk")
            .fetch_mode(FETCH_RAISE)
        )


def reviews_to_compose() -> "Prefetch[Any]":
    """The reviews of an article with who was asked, without the copies of the words they signed."""
    from articles.models import Review

    return Prefetch("reviews", Review.objects.select_related("reviewer").defer("signed_words"))


class WorkingCopyQuerySet(models.QuerySet["WorkingCopy"]):
    """Words in forms of the desk that are not saved."""

    def with_words(self) -> Self:
        """Those with more to show than that a form was open."""
        return self.exclude(fields={})

    def open_forms(self, article: "Article", *, but_not_of: "User", now: datetime.datetime) -> Self:
        """Forms in which somebody else has `article` open, the longest first."""
        lately = now - datetime.timedelta(seconds=OPEN_SECONDS)
        rows = self.filter(article=article, kind="typed", open_at__gte=lately)
        return rows.exclude(user=but_not_of).select_related("user").defer("fields").order_by("opened_at")

    def past_keeping(self, now: datetime.datetime) -> Self:
        """Those nobody came back for, and forms that were only open."""
        old, idle = now - datetime.timedelta(days=COPY_DAYS), now - datetime.timedelta(days=1)
        return self.filter(Q(kept_at__lt=old) | Q(fields={}, kept_at__lt=idle)).exclude(open_at__gte=idle)


def published_articles() -> ArticleQuerySet:
    """What everybody may read; views start from here."""
    from articles.models import Article

    return Article.objects.published()


def working_articles() -> ArticleQuerySet:
    """All articles, published or not: only for somebody who was given a preview's address."""
    from articles.models import Article

    return Article.objects.all()


def articles_editable_by(user: "User") -> ArticleQuerySet:
    """What somebody may work on; pages for authors start from here."""
    from articles.models import Article

    return Article.objects.editable_by(user)


def published_topics() -> TopicQuerySet:
    """Topics with something to read."""
    from articles.models import Topic

    return Topic.objects.in_use()


def published_authors() -> AuthorQuerySet:
    """Authors of something to read."""
    from articles.models import Author

    return Author.objects.published()


def real_changes() -> "models.QuerySet[Revision]":
    """Later texts that told readers something else: all but the editorial ones, in no order."""
    from articles.models import Revision, Significance

    return Revision.objects.filter(number__gt=1).exclude(significance=Significance.EDITORIAL).order_by()


def article_to_cite(slug: str) -> "Article | None":
    """The published article at an address, with what a citation and a card say of it: two queries."""
    rows = published_articles().filter(slug=slug).for_reading().with_last_change()
    return rows.defer("body", "revision__body", "revision__rendered", "revision__outline").first()


def picture_is_in_use(name: str) -> bool:
    """Whether an article's working text or any published text shows the picture with this file name."""
    from articles.models import Article, Revision

    return Article.objects.filter(body__contains=name).exists() or Revision.objects.filter(body__contains=name).exists()


def latest_articles(most: int) -> "list[Article]":
    """The newest published articles that are kept up to date, ready to list."""
    from articles.models import Article

    return list(Article.objects.published().exclude(status="retired").for_listing()[:most])


def topics_in_use() -> "list[Topic]":
    """Topics with something to read."""
    return list(published_topics())


def published_article(slug: str, now: datetime.datetime | None = None) -> "Article | None":
    """The published article at an address, with what its record and its standing need of the text: one query."""
    from articles.models import Article

    long_parts = [name for name in LONG_PARTS if name != "revision__details"]
    found = Article.objects.published(now).filter(slug=slug).with_changes().select_related("revision")
    return found.defer("body", *long_parts).first()


def saved_articles(user: "User") -> SavedArticleQuerySet:
    """What somebody saved for later."""
    from articles.models import SavedArticle

    return SavedArticle.objects.owned_by(user)


def is_saved(article: "Article", *, user: "User") -> bool:
    """Whether the article is on somebody's list."""
    return saved_articles(user).filter(article=article).exists()
