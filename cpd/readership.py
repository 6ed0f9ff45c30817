"""What readers do with an article, for its authors. No figure rests on fewer than five people.

Only members are counted: five visitors without a login may be one person, and what they read is kept for a month only.
Nobody who works at the desk is counted, or an author could take themselves and their editor away from the figure.
Counts are rounded down to a multiple of five and the share to a multiple of five per cent, so that looking again after
one more reader shows nothing of that reader.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from articles.attempts import FEWEST_PEOPLE, questions_most_missed
from articles.models import Article
from cpd.models import Kind
from cpd.querysets.reading import SHORTEST_READING_MS
from meducation.lib.dates import nearest_minutes

if TYPE_CHECKING:
    from accounts.models import User

# Counts and shares are rounded by the same number.
FEWEST = FEWEST_PEOPLE

# One row for each member who opened it, then the figures: in the database, because a popular article has many of them.
FIGURES = """
    WITH person AS (
        SELECT reader.user_id,
            count(*) AS sittings,
            sum(sitting.counted_ms + sitting.offline_ms) AS timed_ms,
            EXISTS (
                SELECT FROM cpd_activity activity
                WHERE activity.user_id = reader.user_id AND activity.article_id = %(article)s
                    AND activity.deleted_at IS NULL
            ) AS has_logged
        FROM cpd_sitting sitting
        JOIN cpd_reader reader ON reader.id = sitting.reader_id
        JOIN accounts_user member ON member.id = reader.user_id AND member.role = %(reader)s
        WHERE sitting.article_id = %(article)s
        GROUP BY reader.user_id
    )
    SELECT count(*),
        coalesce(sum(sittings), 0),
        count(*) FILTER (WHERE timed_ms >= %(shortest)s),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY timed_ms) FILTER (WHERE timed_ms >= %(shortest)s),
        count(*) FILTER (WHERE has_logged)
    FROM person
"""


@dataclass(frozen=True)
class Readership:
    """Figures that may be shown; None where fewer than five people are behind one, or it would give away as few."""

    people: int | None  # At least so many members opened it.
    sittings: int | None  # And at least so often.
    median_minutes: int | None  # Of those who read for half a minute or more, each with all their sittings.
    logged_percent: int | None  # Of those who opened it, about.


def readership_of(article: Article) -> Readership:
    """What members did with an article. One query."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"article": article.pk, "reader": Role.READER.value, "shortest": SHORTEST_READING_MS})
        people, sittings, read, median_ms, logged = cursor.fetchone()
    return figures(people=people, sittings=int(sittings), read=read, median_ms=float(median_ms or 0), logged=logged)


def figures(*, people: int, sittings: int, read: int, median_ms: float, logged: int) -> Readership:
    """What of the true figures may be shown.

    The share is one of two: it also tells how many did not log. So it is shown only when both groups have five people.
    """
    is_shown, has_median = people >= FEWEST, read >= FEWEST
    has_share = logged >= FEWEST and people - logged >= FEWEST
    return Readership(
        people=_down(people) if is_shown else None,
        sittings=_down(sittings) if is_shown else None,
        median_minutes=max(1, nearest_minutes(int(median_ms))) if has_median else None,
        logged_percent=_percent(logged, people) if has_share else None,
    )


def _down(count: int) -> int:
    return count // FEWEST * FEWEST


def _percent(part: int, whole: int) -> int:
    return FEWEST * round(100 * part / whole / FEWEST)


# --- The assessment --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Missed:
    """A question of the assessment, and about how many per cent first answered it wrong; None when too few did."""

    text: str
    percent: int | None


def missed_questions(article: Article) -> list[Missed]:
    """The questions of the published text, the most often missed first, then by their words those without a figure.

    As for the share who logged it, five people must have missed a question and five must not have. Three queries.
    """
    found = [
        (question.text, question.people or 0, question.missed_share or 0.0)
        for question in questions_most_missed(article)
    ]
    return missed_of([(text, people, round(people * share)) for text, people, share in found])


def missed_of(counts: Sequence[tuple[str, int, int]]) -> list[Missed]:
    """The same of each question's text, the people who met it, and those of them who missed it."""
    questions = [
        Missed(text, _percent(missed, people) if missed >= FEWEST and people - missed >= FEWEST else None)
        for text, people, missed in counts
    ]
    # Not even their order may tell how those fare that show no figure.
    return sorted(questions, key=lambda question: (-(question.percent or 0), question.text))


# --- One's own work on it --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnWork:
    """Something a person did for an article and may log: the words of a link, and what it fills in."""

    label: str
    address: str


def own_work(article: Article, user: "User", now: datetime.datetime | None = None) -> list[OwnWork]:
    """Links from which authors log their writing, reviewers their review. They fill in no minutes: only they know."""
    now = now or timezone.now()
    title = article.revision.title if article.revision else article.title
    work = []
    if article.bylines.filter(author__user=user).exists():
        published = article.publish_at if article.is_published(now) and article.publish_at else now
        day = user.profile.local_date(published)
        work.append(_link("Log your writing of this article", f"Writing “{title}”", day))
    for review in article.reviews.signed().filter(reviewer=user).defer("signed_words")[:1]:
        day = user.profile.local_date(review.decided_at or now)
        work.append(_link("Log your reviewing of this article", f"Reviewing “{title}”", day))
    return work


def _link(label: str, title: str, done_on: datetime.date) -> OwnWork:
    asked = {"kind": Kind.WRITING.value, "title": title, "done_on": done_on.isoformat()}
    return OwnWork(label, reverse("cpd:activity-create", query=asked))
