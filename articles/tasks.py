"""What somebody at the desk has to do. Nothing is stored: each task follows from the rows as they are."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, TextField, Value, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Trim
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Comment, Review, State
from articles.querysets import ArticleQuerySet
from meducation.lib.dates import day_month_year, iso_day, site_day

if TYPE_CHECKING:
    from accounts.models import User

# Of each kind so many are named; the rest is a number.
SHOWN = 5
# An editor is told of a review this long before it is due.
SOON = datetime.timedelta(days=60)
# An author is told that their article was retired for so long.
RETIRED_FOR = datetime.timedelta(days=90)


@dataclass(frozen=True)
class Task:
    """One thing to do: a sentence, what it is about, and where it is done."""

    sentence: str
    title: str
    url: str


@dataclass(frozen=True)
class Tasks:
    """Those of one kind: the first few, and how many more there are."""

    heading: str
    shown: tuple[Task, ...]
    more: int


def tasks_for(user: "User", now: datetime.datetime | None = None) -> list[Tasks]:
    """What waits for `user`, the most urgent kind first. One query for each kind, however many articles there are."""
    now = now or timezone.now()
    return [found for found in _all_kinds(user, now) if found.shown]


def _all_kinds(user: "User", now: datetime.datetime) -> Iterator[Tasks]:
    if user.has_perm("articles.change_review"):
        yield _reviews_asked(user)
    if user.has_perm("articles.change_article"):
        yield from _of_an_author(user, now)
    if user.has_perm("articles.publish_article"):
        yield from _of_an_editor(now)


def _reviews_asked(user: "User") -> Tasks:
    rows = Review.objects.asked_of(user).waiting().select_related("article", "asked_by").order_by("asked_at", "pk")
    rows = rows.only("asked_at", "request", "article__title", "asked_by__name", "asked_by__email")
    found = list(rows.annotate(of=Window(Count("pk")))[:SHOWN])
    tasks = tuple(
        Task(
            sentence=f"Asked{f' by {row.asked_by}' if row.asked_by else ''} on {_day(row.asked_at)}.",
            title=row.article.title,
            url=reverse("admin:articles_review_change", args=[row.pk]),
        )
        for row in found
    )
    return Tasks("Please review", tasks, _rest(found))


def _of_an_author(user: "User", now: datetime.datetime) -> Iterator[Tasks]:
    own = Article.objects.owned_by(user)
    open_changes = Review.objects.open_changes().filter(article=OuterRef("pk"))
    comments = Comment.objects.filter(article=OuterRef("pk"), resolved_at__isnull=True).order_by()
    counted = comments.values("article").annotate(count=Count("pk")).values("count")
    sent_back = own.filter(Exists(open_changes)).annotate(open_comments=Coalesce(Subquery(counted), 0))
    yield _kind(
        "Sent back: a reviewer asks for changes",
        sent_back,
        lambda article: _comments(article.open_comments),
        place="articles_article_review",
    )
    yield _kind(
        "Review overdue",
        own.in_state(State.REVIEW_DUE, now=now),
        lambda article: (
            f"It was due on {iso_day(article.review_due)}. Until it is done the article is not offered as CPD."
        ),
        anchor="#id_review_due_on",
    )
    yield _kind(
        "Competing interests not declared",
        undisclosed(own, now),
        lambda article: "Readers are told so; until it is mended the article is not offered as CPD.",
        anchor="#id_competing_interests",
    )
    yield _kind(
        "Retired",
        own.filter(status="retired", retired_at__gt=now - RETIRED_FOR),
        lambda article: f"Retired on {_day(article.retired_at)}: {article.retired_because}",
    )


def _of_an_editor(now: datetime.datetime) -> Iterator[Tasks]:
    signed = Review.objects.signed().filter(article=OuterRef("pk"))
    waiting = Review.objects.waiting().filter(article=OuterRef("pk"))
    changes = Review.objects.open_changes().filter(article=OuterRef("pk"))
    later = signed.filter(decided_at__gt=OuterRef("revision__made_at"))
    unanswered = ~Exists(waiting) & ~Exists(changes)
    signed_off = Article.objects.filter(
        unanswered & (Q(status="in-review") & Exists(signed) | Q(revision__isnull=False) & Exists(later))
    )
    yield _kind("Signed off: ready to be published", signed_off, lambda article: "Everybody asked has signed it off.")
    yield _kind(
        "Sent to review: choose a reviewer",
        Article.objects.filter(unanswered & Q(status="in-review") & ~Exists(signed)),
        lambda article: "Nobody has been asked yet.",
        place="articles_article_review",
    )
    soon = site_day(now + SOON).isoformat()
    due = Article.objects.in_state(State.PUBLISHED, State.REVIEW_DUE, now=now).filter(Q(("review_due__lt", soon)))
    yield _kind(
        "Review due soon or overdue",
        due.order_by(F("review_due"), "pk"),
        lambda article: f"Due on {iso_day(article.review_due)}.",
        anchor="#id_review_due_on",
    )


def undisclosed(articles: ArticleQuerySet, now: datetime.datetime) -> ArticleQuerySet:
    """Published articles whose text says nothing of competing interests: not offered as CPD (articles.standing)."""
    said = Coalesce(KeyTextTransform("competing_interests", "revision__details"), Value(""), output_field=TextField())
    return (
        articles.in_state(State.PUBLISHED, State.REVIEW_DUE, now=now).annotate(said=Trim(said)).filter(Q(("said", "")))
    )


def _kind(
    heading: str, articles: ArticleQuerySet, sentence: Any, *, place: str = "articles_article_change", anchor: str = ""
) -> Tasks:
    """The first few of `articles` as tasks, and how many more there are: one query."""
    if not articles.query.order_by:
        articles = articles.order_by(F("changed_at").desc(), "pk")
    found = list(articles.only("title", "retired_at", "retired_because").annotate(of=Window(Count("pk")))[:SHOWN])
    tasks = tuple(
        Task(
            sentence=sentence(article),
            title=article.title,
            url=reverse(f"admin:{place}", args=[article.pk]) + anchor,
        )
        for article in found
    )
    return Tasks(heading, tasks, _rest(found))


def _rest(found: list[Any]) -> int:
    return found[0].of - len(found) if found else 0


def _comments(count: int) -> str:
    return "Read what they say." if not count else f"{count} open comment{'' if count == 1 else 's'}."


def _day(moment: datetime.datetime | None) -> str:
    return day_month_year(site_day(moment)) if moment else ""
