"""Articles."""

import datetime

import factory
from factory.django import DjangoModelFactory

from articles.models import Article, Author, Byline, Revision, Topic


class AuthorFactory(DjangoModelFactory[Author]):
    class Meta:
        model = Author

    name = factory.Sequence(lambda number: f"Author {number}")
    slug = factory.Sequence(lambda number: f"author-{number}")


class TopicFactory(DjangoModelFactory[Topic]):
    class Meta:
        model = Topic

    name = factory.Sequence(lambda number: f"Topic {number}")
    slug = factory.Sequence(lambda number: f"topic-{number}")


class ArticleFactory(DjangoModelFactory[Article]):
    class Meta:
        model = Article

    title = factory.Sequence(lambda number: f"Article {number}")
    slug = factory.Sequence(lambda number: f"article-{number}")
    standfirst = "About it."
    body = "<p>Words.</p>"

    @classmethod
    def _create(cls, model_class, *args, published=False, **kwargs):
        article = model_class.objects.create(**kwargs)
        Byline.objects.create(article=article, author=AuthorFactory())
        if published:
            when = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
            article.revision = Revision.objects.create(
                article=article,
                number=1,
                title=article.title,
                standfirst="x",
                body="x",
                details={},
                byline="Author",
                sha256="0" * 64,
                rendered="<p>x</p>",
                outline=[],
                words=1,
                reading_minutes=5,
                live_from=when,
            )
            article.status, article.publish_at = "published", when
            article.save()
        return article
