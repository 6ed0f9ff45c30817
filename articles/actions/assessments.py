"""Writing questions, and answering them. Each is one transaction and asks whether `by` may."""

import datetime
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.assessing import Assessment, mark, shuffle
from articles.attempts import turn_at
from articles.details import Details
from articles.models import Article, Attempt, Choice, Question

# Nobody can work out the next order from those they have seen.
CHANCE = random.SystemRandom()


class NotTheirs(Exception):
    """The attempt with this id is somebody else's, or belongs to another article."""


class NoTurn(Exception):
    """No attempt can be begun: none is left, the text was passed already or is closed, or it asks nothing."""


class Unanswered(Exception):
    """Not every question has one of its own answers."""


@dataclass(frozen=True)
class Finished:
    """A finished attempt, and whether these very answers finished it."""

    attempt: Attempt
    is_new: bool


@transaction.atomic
def begin_attempt(
    *, by: User, attempt_id: uuid.UUID, article: Article, now: datetime.datetime | None = None
) -> Attempt:
    """Begin an attempt at the published questions of `article`, in an order of its own.

    The same `attempt_id` again gives the same attempt, and so does any other while one is under way: a person answers
    one set of questions at a time. Raises NotTheirs, NoTurn.
    """
    _one_at_a_time(by)
    existing = Attempt.objects.filter(pk=attempt_id).first()
    if existing is not None:
        if existing.user_id != by.pk or existing.article_id != article.pk:
            raise NotTheirs
        return existing
    turn = turn_at(article, list(Attempt.objects.filter(user=by).at(article)))
    if turn is None or article.revision is None:
        raise NoTurn
    if turn.under_way is not None:
        return turn.under_way
    if not turn.may_begin:
        raise NoTurn
    return Attempt.objects.create(
        pk=attempt_id,
        user=by,
        article=article,
        revision=article.revision,
        begun_at=now or timezone.now(),
        order=shuffle(turn.assessment, CHANCE),
    )


@transaction.atomic
def finish_attempt(
    *, by: User, attempt: Attempt, answers: Mapping[str, str], now: datetime.datetime | None = None
) -> Finished:
    """Mark `answers`, from question key to answer key, by the text the attempt was begun with.

    What is finished stays as it is, whatever is sent afterwards. Raises NotTheirs, Unanswered.
    """
    locked = Attempt.objects.select_for_update(of=("self",)).for_answering().filter(pk=attempt.pk, user=by).first()
    if locked is None:
        raise NotTheirs
    if locked.finished_at is not None:
        return Finished(locked, is_new=False)
    assessment = Details.from_json(locked.revision.details).assessment or Assessment()
    offered = {question.key: {option.key for option in question.options} for question in assessment.questions}
    if set(answers) != set(offered) or any(answers[key] not in keys for key, keys in offered.items()):
        raise Unanswered
    given = mark(assessment, answers)
    locked.answers = dict(answers)
    locked.score, locked.passed = given.score, given.is_pass
    # Another server's clock may be a little behind the one that began it.
    locked.finished_at = max(now or timezone.now(), locked.begun_at)
    locked.save(update_fields=["answers", "score", "passed", "finished_at"])
    return Finished(locked, is_new=True)


def _one_at_a_time(user: User) -> None:
    """Hold the person's row until the transaction ends, so that two taps cannot both find that nothing was begun."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


# --- At the desk -----------------------------------------------------------------------------------------------------


@transaction.atomic
def write_choices(*, by: User, question: Question, texts: Sequence[str], right: int | None) -> None:
    """Make `texts` the answers that `question` offers, the one at place `right` (from 0) the right one.

    An answer keeps its key as long as it keeps its place. Raises PermissionDenied.
    """
    _check_may_write(by, question.article)
    saved = list(question.choices.all())
    # The one that was right first: the table allows no second one, not even for a moment.
    question.choices.filter(is_correct=True).update(is_correct=False)
    for place, text in enumerate(texts):
        choice = saved[place] if place < len(saved) else Choice(question=question)
        choice.position, choice.text, choice.is_correct = place + 1, text, place == right
        choice.save()
    question.choices.filter(pk__in=[choice.pk for choice in saved[len(texts) :]]).delete()


@transaction.atomic
def put_questions_back(*, by: User, article: Article, assessment: Assessment | None) -> None:
    """Make the questions being worked on those of a published text, with the same keys. Raises PermissionDenied."""
    _check_may_write(by, article)
    article.questions.all().delete()
    for position, asked in enumerate(assessment.questions if assessment else (), start=1):
        question = Question.objects.create(
            article=article,
            position=position,
            key=asked.key,
            kind=asked.kind,
            text=asked.text,
            explanation=asked.explanation,
        )
        Choice.objects.bulk_create(
            Choice(
                question=question,
                position=place,
                key=option.key,
                text=option.text,
                is_correct=option.key == asked.right,
            )
            for place, option in enumerate(asked.options, start=1)
        )


def _check_may_write(user: User, article: Article) -> None:
    may = user.has_perm("articles.change_question")
    if not may or not Article.objects.editable_by(user).filter(pk=article.pk).exists():
        raise PermissionDenied
