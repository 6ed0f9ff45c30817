"""What changed in an article since somebody logged it, in words. Nothing here holds what a person wrote."""

import datetime
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils import timezone

from articles.comparing import Passage, Text, changed_passages
from articles.details import Details
from articles.models import Article, Revision, Significance
from articles.standing import Change, changes_from
from cpd.models import Activity, Notice
from meducation.lib.dates import day_month_year, site_day

if TYPE_CHECKING:
    from accounts.models import User

# What became of an article, after "An article you logged was …". Of an editorial change nobody is told.
WAS = {
    Significance.UPDATE: "updated",
    Significance.PRACTICE_CHANGING: "changed in what it advises",
    Significance.CORRECTION: "corrected",
    Significance.WITHDRAWAL: "withdrawn",
}
RETIRED = "retired"
# The widest text in a notice: an article may have hundreds of changed passages, and a mail must stay one.
MOST_PASSAGES_MAILED = 20
LONGEST_PASSAGE_MAILED = 1500


def was(significance: str) -> str:
    """ "corrected": what a change of that significance did to an article."""
    return WAS.get(Significance(significance), "changed") if significance in Significance.values else RETIRED


def news_of_text(revision: Revision) -> str:
    """The notice's words: what happened when to which article, and the author's sentence."""
    return _news(was(revision.significance), site_day(revision.live_from), revision.title, revision.note)


def news_of_retirement(article: Article) -> str:
    """The same of an article that was retired."""
    title = article.revision.title if article.revision is not None else article.title
    return _news(RETIRED, site_day(article.retired_at or timezone.now()), title, article.retired_because)


def _news(happened: str, on: datetime.date, title: str, sentence: str) -> str:
    return f"An article you logged was {happened} on {day_month_year(on)}: “{title}”. {sentence}".strip()


# --- What changed ----------------------------------------------------------------------------------------------------


def passages_of(revision: Revision) -> tuple[Passage, ...]:
    """The passages that differ between a published text and the one before it. Worked out once for all its readers."""
    return _passages(revision.article_id, revision.number, revision.sha256)


@lru_cache(maxsize=32)
def _passages(article_pk: int, number: int, sha256: str) -> tuple[Passage, ...]:
    """Kept, because published texts never change: the hash names the words."""
    texts = Revision.objects.filter(article=article_pk, number__in=(number - 1, number)).order_by("number")
    words = [
        Text(title=text.title, standfirst=text.standfirst, body=text.body, details=Details.from_json(text.details))
        for text in texts.defer("rendered", "outline")
    ]
    return tuple(changed_passages(*words)) if len(words) == 2 else ()


@dataclass(frozen=True)
class ArticleNews:
    """One notice about an article, as its page and its mail tell it."""

    notice: Notice
    title: str
    happened: str  # "corrected"
    on: datetime.date
    sentence: str
    passages: tuple[Passage, ...]

    @property
    def heading(self) -> str:
        """ "Corrected on 3 May 2026"."""
        return f"{self.happened[:1].upper()}{self.happened[1:]} on {day_month_year(self.on)}"

    @property
    def mailed(self) -> tuple[Passage, ...]:
        """As much of the passages as a mail should carry."""
        return tuple(
            Passage(_short(passage.before), _short(passage.after), passage.where)
            for passage in self.passages[:MOST_PASSAGES_MAILED]
        )

    @property
    def not_mailed(self) -> int:
        """How many passages are left to the notice's page."""
        return max(0, len(self.passages) - MOST_PASSAGES_MAILED)


def news_in(notice: Notice) -> ArticleNews | None:
    """What a notice from `NoticeQuerySet.for_page()` tells of an article; None for a notice about something else."""
    article, revision = notice.article, notice.revision
    if revision is not None:
        return ArticleNews(
            notice=notice,
            title=revision.title,
            happened=was(revision.significance),
            on=site_day(revision.live_from),
            sentence=revision.note,
            passages=passages_of(revision),
        )
    if article is not None:
        return ArticleNews(
            notice=notice,
            title=article.title,
            happened=RETIRED,
            on=site_day(article.retired_at or notice.created_at),
            sentence=article.retired_because,
            passages=(),
        )
    return None


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_PASSAGE_MAILED else f"{text[:LONGEST_PASSAGE_MAILED].rstrip()} …"


# --- What of one's record it touches ---------------------------------------------------------------------------------


def affected_activities(notice: Notice, user: "User") -> list[Activity]:
    """The person's own activities that rest on an earlier text of the article, the latest first."""
    if notice.article_id is None:
        return []
    activities = user.activities.kept().filter(article=notice.article_id, revision_number__isnull=False)
    if notice.revision is not None:
        activities = activities.filter(revision_number__lt=notice.revision.number)
    return list(activities.order_by("-done_on", "-recorded_at"))


@dataclass(frozen=True)
class SinceRead:
    """What became of an article since the text that an activity rests on."""

    article: Article
    current: int  # The number of the present text.
    changes: tuple[tuple[Change, Notice | None], ...]  # More than editorial, the newest first, with what was told.

    @property
    def latest(self) -> str:
        """ "corrected on 3 May 2026", of the last real change; empty when there was none."""
        if not self.changes:
            return ""
        change, _ = self.changes[0]
        return f"{was(change.significance)} on {day_month_year(change.on)}"


def since_read(activity: Activity, now: datetime.datetime | None = None) -> SinceRead | None:
    """What changed since; None while the text that was read is the present one, or the article cannot be read.

    Two queries, and none for an activity that rests on no article.
    """
    now = now or timezone.now()
    number = activity.revision_number
    if activity.article_id is None or number is None:
        return None
    published = Article.objects.published(now).filter(pk=activity.article_id).with_changes()
    article = published.select_related("revision").only("slug", "revision__number").first()
    if article is None or article.revision is None or article.revision.number <= number:
        return None
    told = {
        notice.revision.number: notice
        for notice in Notice.objects.filter(user=activity.user_id, article=article.pk).for_page()
        if notice.revision is not None
    }
    changes = changes_from(article.changes, now)  # type: ignore[attr-defined]  # of with_changes()
    later = sorted((change for change in changes if change.number > number), key=lambda each: -each.number)
    return SinceRead(article, article.revision.number, tuple((change, told.get(change.number)) for change in later))
