"""The smallest records that are valid."""

import datetime
import uuid

import factory
from factory.django import DjangoModelFactory

from cpd.models import Activity, Kind, Reader, Reflection, Sitting
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory

NINE = datetime.datetime(2026, 11, 20, 9, 0, tzinfo=datetime.UTC)


class ReflectionFactory(DjangoModelFactory[Reflection]):
    """A few private words."""

    class Meta:
        model = Reflection

    user = factory.SubFactory(UserFactory)
    text = "I will ask earlier."


class ActivityFactory(DjangoModelFactory[Activity]):
    """An hour's course, added by hand."""

    class Meta:
        model = Activity

    user = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda number: f"Course {number}")
    kind = Kind.COURSE
    done_on = datetime.date(2026, 11, 20)
    minutes = 60


class ReaderFactory(DjangoModelFactory[Reader]):
    """A user who reads."""

    class Meta:
        model = Reader

    user = factory.SubFactory(UserFactory)


class SittingFactory(DjangoModelFactory[Sitting]):
    """Ten minutes of reading, not logged."""

    class Meta:
        model = Sitting

    id = factory.LazyFunction(uuid.uuid4)
    reader = factory.SubFactory(ReaderFactory)
    article = factory.SubFactory(ArticleFactory, published=True)
    revision = factory.LazyAttribute(lambda sitting: sitting.article.revision)
    started_at = NINE
    last_beat_at = factory.LazyAttribute(lambda sitting: sitting.started_at + datetime.timedelta(minutes=10))
    last_sequence = 41
    counted_ms = 600_000
    counting_version = 1
