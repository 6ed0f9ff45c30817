"""Articles."""

import datetime
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from articles.composing import compose, hash_to_sign
from articles.models import Article, Author, Byline, Comment, Image, Review, Revision, Status, Topic, Verdict
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
    """A draft that could be published; with `published=True` one that was, at `publish_at` or early in 2026."""

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
        article = model_class.objects.create(**kwargs)
        Byline.objects.create(article=article, author=author or AuthorFactory())
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


class ImageFactory(DjangoModelFactory[Image]):
    """A row of the library; its file is not written."""

    class Meta:
        model = Image

    name = factory.Sequence(lambda number: f"{number:064x}.webp")
    title = factory.Sequence(lambda number: f"Image {number}")
    alternative_text = "A hand holding a phone"
    width = 640
    height = 480


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
