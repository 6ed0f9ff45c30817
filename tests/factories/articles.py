"""Articles."""

import datetime
import random
import uuid
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from articles.assessing import Assessment, mark, shuffle
from articles.composing import compose, hash_to_sign
from articles.details import Details
from articles.models import (
    Article,
    Attempt,
    Author,
    Byline,
    Choice,
    Comment,
    Image,
    Question,
    QuestionKind,
    Review,
    Revision,
    SavedArticle,
    Status,
    Topic,
    Verdict,
)
from tests.factories.accounts import UserFactory

PUBLISHED_AT = datetime.datetime(2026, 1, 1, 9, 0, tzinfo=datetime.UTC)


class AuthorFactory(DjangoModelFactory[Author]):
    """A byline without a login."""

    class Meta:
        model = Author

    name = factory.Sequence(lambda number: f"Author {number}")
    slug = factory.Sequence(lambda number: f"author-{number}")


class TopicFactory(DjangoModelFactory[Topic]):
    """A topic nothing is about yet."""

    class Meta:
        model = Topic

    name = factory.Sequence(lambda number: f"Topic {number}")
    slug = factory.Sequence(lambda number: f"topic-{number}")


class ArticleFactory(DjangoModelFactory[Article]):
    """A draft that could be published; with `published=True` one that was, at `publish_at` or early in 2026.

    `questions=3` gives it an assessment of three questions.
    """

    class Meta:
        model = Article

    title = factory.Sequence(lambda number: f"Article {number}")
    slug = factory.Sequence(lambda number: f"article-{number}")
    standfirst = "About it."
    body = "<p>Words.</p>"
    learning_objectives = "Tell what it is about"
    competing_interests = "None declared."
    interests_declared_on = PUBLISHED_AT.date()
    review_due_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=365))

    @classmethod
    def _create(cls, model_class: type[Article], *args: Any, **kwargs: Any) -> Article:
        published, author = kwargs.pop("published", False), kwargs.pop("author", None)
        questions = kwargs.pop("questions", 0)
        article = model_class.objects.create(**kwargs)
        Byline.objects.create(article=article, author=author or AuthorFactory())
        for position in range(1, questions + 1):
            QuestionFactory(article=article, position=position)
        if published:
            when = article.publish_at or PUBLISHED_AT
            article.revision = RevisionFactory(article=article, live_from=when)
            article.status, article.publish_at = Status.PUBLISHED, when
            article.save()
        return article


class RevisionFactory(DjangoModelFactory[Revision]):
    """The next published text of an article, made of its present words."""

    class Meta:
        model = Revision

    article = factory.SubFactory(ArticleFactory)
    live_from = PUBLISHED_AT

    @classmethod
    def _create(cls, model_class: type[Revision], *args: Any, **kwargs: Any) -> Revision:
        article = kwargs["article"]
        revision = compose(article)
        revision.number = article.revisions.count() + 1
        for name, value in kwargs.items():
            setattr(revision, name, value)
        revision.save()
        return revision


class SavedArticleFactory(DjangoModelFactory[SavedArticle]):
    """A published article on somebody's list."""

    class Meta:
        model = SavedArticle

    user = factory.SubFactory(UserFactory)
    article = factory.SubFactory(ArticleFactory, published=True)
    title = factory.LazyAttribute(lambda saved: saved.article.title)


class ImageFactory(DjangoModelFactory[Image]):
    """A row of the library; its file is not written."""

    class Meta:
        model = Image

    name = factory.Sequence(lambda number: f"{number:064x}.webp")
    title = factory.Sequence(lambda number: f"Image {number}")
    alternative_text = "A hand holding a phone"
    width = 640
    height = 480


class QuestionFactory(DjangoModelFactory[Question]):
    """A question with three answers, the first of them right; `true=False` makes it a true or false one instead."""

    class Meta:
        model = Question

    article = factory.SubFactory(ArticleFactory)
    text = factory.Sequence(lambda number: f"Question number {number}?")
    explanation = factory.Sequence(lambda number: f"Because of reason {number}.")

    @classmethod
    def _create(cls, model_class: type[Question], *args: Any, **kwargs: Any) -> Question:
        true = kwargs.pop("true", None)
        choices = kwargs.pop("choices", ("The right one", "A wrong one", "Another wrong one"))
        right = kwargs.pop("right", 1)
        if true is not None:
            kwargs["kind"], choices, right = QuestionKind.TRUE_FALSE, ("True", "False"), 1 if true else 2
        question = model_class.objects.create(**kwargs)
        for position, text in enumerate(choices, start=1):
            Choice.objects.create(question=question, position=position, text=text, is_correct=position == right)
        return question


class AttemptFactory(DjangoModelFactory[Attempt]):
    """An attempt under way; `right=2` finishes it with the first two questions right and the others wrong."""

    class Meta:
        model = Attempt

    user = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class: type[Attempt], *args: Any, **kwargs: Any) -> Attempt:
        right, now = kwargs.pop("right", None), timezone.now()
        article = kwargs.pop("article", None) or ArticleFactory(published=True, questions=2)
        revision = kwargs.pop("revision", article.revision)
        assessment = Details.from_json(revision.details).assessment or Assessment()
        fields: dict[str, Any] = {"id": uuid.uuid4(), "begun_at": now}
        fields |= {"order": shuffle(assessment, random.Random(kwargs.pop("seed", 1)))}  # noqa: S311 (the same each time)
        if right is not None:
            answers = {
                question.key: question.right
                if place < right
                else next(option.key for option in question.options if option.key != question.right)
                for place, question in enumerate(assessment.questions)
            }
            given = mark(assessment, answers)
            fields |= {"answers": answers, "finished_at": now, "score": given.score, "passed": given.is_pass}
        return model_class.objects.create(article=article, revision=revision, **(fields | kwargs))


class ReviewFactory(DjangoModelFactory[Review]):
    """Somebody asked to review a draft; with `signed=True` they signed what it says."""

    class Meta:
        model = Review

    article = factory.SubFactory(ArticleFactory)
    reviewer = factory.SubFactory(UserFactory, reviewer=True, name="Dr Rhea Viewer")

    @classmethod
    def _create(cls, model_class: type[Review], *args: Any, **kwargs: Any) -> Review:
        if kwargs.pop("signed", False):
            composed = compose(kwargs["article"])
            kwargs = {
                "verdict": Verdict.SIGNED,
                "decided_at": timezone.now(),
                "name": "Dr Rhea Viewer",
                "credentials": "FRCP",
                "competing_interests": "None declared.",
                "signed_sha256": hash_to_sign(composed),
                "signed_words": {
                    "title": composed.title,
                    "standfirst": composed.standfirst,
                    "body": composed.body,
                    "details": composed.details,
                },
            } | kwargs
        return model_class.objects.create(**kwargs)


class CommentFactory(DjangoModelFactory[Comment]):
    """A comment on the whole of an article."""

    class Meta:
        model = Comment

    article = factory.SubFactory(ArticleFactory)
    text = "Is this dose right?"
