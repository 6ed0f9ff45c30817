"""What is asked of people's attempts: their own, by themselves; and sums over many, by authors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.db import connection, models

from accounts.roles import Role
from articles.assessing import Assessment
from articles.details import Details

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import Article, Attempt

# A figure about fewer people could tell what one of them did.
FEWEST_PEOPLE = 5

# Somebody counts in a question once, by the attempt in which they first met it: from the second on they know it.
# Revisions are few and long, attempts many and short, so the questions are taken out of each revision only once.
MISSED_SQL = """
WITH asked AS MATERIALIZED (
    SELECT revision.id AS revision_id, question->>'key' AS key, question->>'text' AS text, question->>'right' AS correct
    FROM articles_revision revision, jsonb_array_elements(revision.details->'assessment'->'questions') question
    WHERE revision.article_id = %(article)s
), first_met AS (
    SELECT DISTINCT ON (attempt.user_id, asked.key)
        asked.key, asked.text, asked.correct, attempt.answers->>asked.key IS DISTINCT FROM asked.correct AS is_missed
    FROM articles_attempt attempt JOIN asked ON asked.revision_id = attempt.revision_id
    JOIN accounts_user member ON member.id = attempt.user_id AND member.role = %(reader)s
    WHERE attempt.article_id = %(article)s AND attempt.finished_at IS NOT NULL
    ORDER BY attempt.user_id, asked.key, attempt.begun_at, attempt.id
)
SELECT key, text, correct, count(*), count(*) FILTER (WHERE is_missed) FROM first_met GROUP BY key, text, correct
"""


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Attempts at assessments. Private: start from one person's."""

    def passed_by(self, user: "User", article: "Article | None" = None) -> Self:
        """The attempts `user` has passed (at `article`), the first pass first."""
        own = self.filter(user=user, passed=True).order_by("finished_at", "pk")
        return own if article is None else own.filter(article=article)

    def at(self, article: "Article") -> Self:
        """All at one article, the latest first."""
        return self.filter(article=article).order_by("-begun_at", "-pk")

    def for_listing(self) -> Self:
        """With the title and number of the text each belongs to, in one query."""
        return self.select_related("article", "revision").only(
            "user_id",
            "begun_at",
            "finished_at",
            "score",
            "passed",
            "article__slug",
            "article__status",
            "article__publish_at",
            "article__revision_id",
            "revision__title",
            "revision__number",
        )

    def for_answering(self) -> Self:
        """With the article and the questions that were asked, in one query."""
        return self.select_related("article", "revision").defer(
            "article__body", "revision__body", "revision__rendered", "revision__outline"
        )


@dataclass(frozen=True)
class Turn:
    """Where one person stands with the assessment of one article."""

    assessment: Assessment
    under_way: "Attempt | None" = None
    # Of the text that readers see now; who passed an earlier one may take the new one.
    passed: "Attempt | None" = None
    left: int | None = None  # None: as many as they like.
    is_closed: bool = False

    @property
    def may_begin(self) -> bool:
        """Whether a new attempt can be begun."""
        return not self.is_closed and self.under_way is None and self.passed is None and self.left != 0


def assessment_of(article: "Article") -> Assessment | None:
    """What readers of the published text are asked; None when there is no such text, or it has no questions."""
    return Details.from_json(article.revision.details).assessment if article.revision is not None else None


def turn_at(article: "Article", attempts: "Sequence[Attempt]") -> Turn | None:
    """Where the person stands whose `attempts` at `article` these are, all of them; None without questions."""
    assessment, revision = assessment_of(article), article.revision
    if assessment is None or revision is None:
        return None
    allowed = assessment.attempts_allowed
    return Turn(
        assessment=assessment,
        under_way=next((attempt for attempt in attempts if attempt.finished_at is None), None),
        passed=next((attempt for attempt in attempts if attempt.passed and attempt.revision_id == revision.pk), None),
        left=None if allowed is None else max(0, allowed - len(attempts)),
        # Nobody should prove that they learned what must not be relied on.
        is_closed=article.status == "retired" or revision.significance == "withdrawal",
    )


@dataclass(frozen=True)
class MissedQuestion:
    """How a question fares. Without figures (None) there are too few people to show any."""

    key: str
    text: str
    people: int | None
    missed_share: float | None  # 0 to 1: of these people, those who first answered it wrong


def questions_most_missed(article: "Article") -> list[MissedQuestion]:
    """Each question of the published text, the most often missed first; those without figures last.

    Nobody who works at the desk counts, or an author could take themselves away from the figure. One person counts
    once, by the first attempt in which they met the question. A question that was reworded since, or
    whose right answer was changed, begins anew: what people said to the old one says nothing about it. Three queries.
    """
    assessment = assessment_of(article)
    if assessment is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(MISSED_SQL, {"article": article.pk, "reader": Role.READER.value})
        met = {(key, text, right): (people, missed) for key, text, right, people, missed in cursor.fetchall()}
    found = []
    for question in assessment.questions:
        people, missed = met.get((question.key, question.text, question.right), (0, 0))
        is_shown = people >= FEWEST_PEOPLE
        found.append(
            MissedQuestion(
                key=question.key,
                text=question.text,
                people=people if is_shown else None,
                missed_share=missed / people if is_shown else None,
            )
        )
    return sorted(found, key=lambda question: -1 if question.missed_share is None else question.missed_share)[::-1]
