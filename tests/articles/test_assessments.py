"""Assessments: what is asked, what an answer is worth, who may see what."""

import pytest

from articles.attempts import FEWEST_PEOPLE, questions_most_missed
from articles.models import Article, Question
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AttemptFactory, QuestionFactory, RevisionFactory

pytestmark = pytest.mark.django_db


def publish_again(article: Article) -> None:
    """The next revision, of the words as they are now."""
    article = Article.objects.for_composing().get(pk=article.pk)
    article.revision = RevisionFactory(article=article)
    article.save()


# --- What authors see of many attempts -------------------------------------------------------------------------------


def test_no_figure_stands_on_fewer_than_five_people() -> None:
    article = ArticleFactory(published=True, questions=2)
    for _ in range(FEWEST_PEOPLE - 1):
        AttemptFactory(article=article, right=1)
    assert [(found.people, found.missed_share) for found in questions_most_missed(article)] == [(None, None)] * 2
    AttemptFactory(article=article, right=0)
    assert [(found.people, found.missed_share) for found in questions_most_missed(article)] == [(5, 1.0), (5, 0.2)]


def test_a_person_counts_once_by_the_first_attempt() -> None:
    article = ArticleFactory(published=True, questions=1)
    people = [UserFactory() for _ in range(FEWEST_PEOPLE)]
    for person in people:
        AttemptFactory(article=article, user=person, right=0)
    for person in people:
        AttemptFactory(article=article, user=person, right=1)
    for _ in range(20):
        AttemptFactory(article=article, user=people[0], right=1)
    [found] = questions_most_missed(article)
    assert (found.people, found.missed_share) == (5, 1.0)
    AttemptFactory(article=article)  # Under way: nothing is known of it.
    assert questions_most_missed(article) == [found]


def test_the_most_missed_stands_first_and_a_new_one_last() -> None:
    article = ArticleFactory(published=True, questions=2)
    for _ in range(FEWEST_PEOPLE):
        AttemptFactory(article=article, right=1)
    QuestionFactory(article=article, position=3, text="New?")
    publish_again(article)
    article.refresh_from_db()
    first, second = article.questions.order_by("position")[:2]
    assert [(found.text, found.missed_share) for found in questions_most_missed(article)] == [
        (second.text, 1.0),
        (first.text, 0.0),
        ("New?", None),
    ]


def test_what_was_said_to_another_wording_is_not_counted() -> None:
    article = ArticleFactory(published=True, questions=2)
    for _ in range(FEWEST_PEOPLE):
        AttemptFactory(article=article, right=0)
    Question.objects.filter(article=article, position=1).update(text="Reworded?")
    publish_again(article)
    article.refresh_from_db()
    assert {found.text: found.people for found in questions_most_missed(article)}["Reworded?"] is None
    Question.objects.filter(article=article, position=2).update(explanation="Better explained.")
    publish_again(article)
    article.refresh_from_db()
    assert sorted(found.people or 0 for found in questions_most_missed(article)) == [0, 5]


def test_an_article_without_questions_has_nothing_to_miss() -> None:
    assert questions_most_missed(ArticleFactory(published=True)) == []
    assert questions_most_missed(ArticleFactory()) == []
