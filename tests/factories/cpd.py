"""The smallest records that are valid."""

import datetime
import uuid

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cpd.models import (
    Activity,
    Artefact,
    Enrolment,
    FrameworkText,
    Grant,
    Import,
    ImportMapping,
    ImportRow,
    JudgedCycle,
    Kind,
    Leave,
    Mailing,
    Notice,
    Placement,
    Reader,
    Reflection,
    Reminders,
    Sitting,
)
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


class EnrolmentFactory(DjangoModelFactory[Enrolment]):
    """A nurse on the NMC's register, whose registration is renewed in September 2027."""

    class Meta:
        model = Enrolment

    user = factory.SubFactory(UserFactory)
    framework = "uk-nmc"
    titles = factory.LazyFunction(lambda: [{"titles": ["nurse"], "since": None}])
    anchor_on = datetime.date(2027, 9, 30)


class LeaveFactory(DjangoModelFactory[Leave]):
    """Half a year away from work."""

    class Meta:
        model = Leave

    enrolment = factory.SubFactory(EnrolmentFactory)
    first_on = datetime.date(2026, 1, 1)
    last_on = datetime.date(2026, 6, 30)


class GrantFactory(DjangoModelFactory[Grant]):
    """Thirty hours instead of thirty-five, as a letter says."""

    class Meta:
        model = Grant

    enrolment = factory.SubFactory(EnrolmentFactory)
    requirement = "cpd-total"
    cycle_first_on = datetime.date(2024, 10, 1)
    value = 30
    reason = "Parental leave, letter of 3 May 2026."


class PlacementFactory(DjangoModelFactory[Placement]):
    """An activity of the person who is enrolled, in the place that was guessed for it."""

    class Meta:
        model = Placement

    enrolment = factory.SubFactory(EnrolmentFactory)
    activity = factory.SubFactory(ActivityFactory, user=factory.SelfAttribute("..enrolment.user"))


class ArtefactFactory(DjangoModelFactory[Artefact]):
    """A piece of feedback."""

    class Meta:
        model = Artefact

    enrolment = factory.SubFactory(EnrolmentFactory)
    kind = "feedback"
    done_on = datetime.date(2026, 5, 3)
    answers = factory.LazyFunction(lambda: {"content": "I explain things well."})


class FrameworkTextFactory(DjangoModelFactory[FrameworkText]):
    """A file of a framework as it once was."""

    class Meta:
        model = FrameworkText

    framework = "uk-nmc"
    sha256 = factory.Sequence(lambda number: f"{number:064x}")
    text = "id = 'uk-nmc'"


class JudgedCycleFactory(DjangoModelFactory[JudgedCycle]):
    """A cycle that was judged for good, with nothing said of it."""

    class Meta:
        model = JudgedCycle

    enrolment = factory.SubFactory(EnrolmentFactory)
    first_on = datetime.date(2021, 10, 1)
    last_on = datetime.date(2024, 9, 30)
    rules = factory.SubFactory(FrameworkTextFactory)
    assessment = factory.LazyFunction(dict)


class NoticeFactory(DjangoModelFactory[Notice]):
    """A rule was corrected."""

    class Meta:
        model = Notice

    user = factory.SubFactory(UserFactory)
    enrolment = factory.LazyAttribute(lambda notice: EnrolmentFactory(user=notice.user))
    about = factory.Sequence(lambda number: f"corrected/uk-nmc/{number:064x}")
    text = "Participatory hours: needed 20 h before, 25 h now."


class RemindersFactory(DjangoModelFactory[Reminders]):
    """Wants a mail before dates."""

    class Meta:
        model = Reminders

    user = factory.SubFactory(UserFactory)
    how_often = "deadlines"


class MailingFactory(DjangoModelFactory[Mailing]):
    """The mail of a month, not sent."""

    class Meta:
        model = Mailing

    user = factory.SubFactory(UserFactory)
    about = "monthly/2026-11"


class ImportFactory(DjangoModelFactory[Import]):
    """A file with one row, at its preview."""

    class Meta:
        model = Import

    user = factory.SubFactory(UserFactory)
    file_name = "points.csv"
    format = "csv"
    sha256 = factory.Sequence(lambda number: f"{number:064x}")
    size = 100
    state = "checked"
    rows = 1
    imported = 1
    survey = factory.LazyFunction(
        lambda: {
            "headers": ["Title", "Date"],
            "columns": [
                {
                    "examples": ["One"],
                    "only_day_first": 0,
                    "only_month_first": 0,
                    "either": 0,
                    "days": 0,
                    "plain_numbers": 0,
                    "words": ["one"],
                }
            ]
            * 2,
        }
    )

    class Params:
        done = factory.Trait(state="done", finished_at=factory.LazyFunction(timezone.now), settled_at=NINE)
        undone = factory.Trait(
            state="undone",
            finished_at=factory.LazyFunction(timezone.now),
            settled_at=NINE,
            undone_at=factory.LazyFunction(timezone.now),
        )


class ImportRowFactory(DjangoModelFactory[ImportRow]):
    """The second line, which says no time."""

    class Meta:
        model = ImportRow

    brought_by = factory.SubFactory(ImportFactory)
    line = 2
    reason = "no-time"
    title = "One"
    sentence = "There is nothing in the column of the time."


class ImportMappingFactory(DjangoModelFactory[ImportMapping]):
    """How somebody read such a file."""

    class Meta:
        model = ImportMapping

    user = factory.SubFactory(UserFactory)
    fingerprint = "a" * 64
    mapping = factory.LazyFunction(dict)
