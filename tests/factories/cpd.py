"""The smallest records that are valid."""

import datetime
import uuid
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cpd import sharing
from cpd.actions.certificates import make_certificate
from cpd.discussions import CODES
from cpd.models import (
    Activity,
    ActivityTemplate,
    Appraiser,
    Archive,
    Artefact,
    AuditEvent,
    AuditWhat,
    Certificate,
    Confirmation,
    Discussion,
    Draft,
    Enrolment,
    Evidence,
    FrameworkText,
    Goal,
    GoalActivity,
    Grant,
    Impact,
    Import,
    ImportMapping,
    ImportRow,
    Invitation,
    JudgedCycle,
    Kind,
    Leave,
    Leaving,
    Mailing,
    Notice,
    Pack,
    PackFile,
    PackFormat,
    PackKind,
    Participant,
    Placement,
    Reader,
    ReadingCode,
    Reflection,
    Reminders,
    ShareComment,
    ShareEntry,
    ShareLink,
    Sitting,
    UnfinishedUpload,
)
from cpd.portfolio.contents import Portfolio
from cpd.portfolio.keeping import TEMPLATE_VERSION, digest_of, to_json
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


class ActivityTemplateFactory(DjangoModelFactory[ActivityTemplate]):
    """A weekly hour."""

    class Meta:
        model = ActivityTemplate

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda number: f"Weekly {number}")
    title = "Journal club"
    kind = Kind.JOURNAL_CLUB
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


class DraftFactory(DjangoModelFactory[Draft]):
    """A few words of a new activity."""

    class Meta:
        model = Draft

    user = factory.SubFactory(UserFactory)
    subject = factory.LazyFunction(uuid.uuid4)
    device = factory.LazyFunction(uuid.uuid4)
    address = "/cpd/activities/new/"
    title = "A ward round"
    words = factory.LazyFunction(lambda: {"title": ["A ward round"], "minutes": ["40"]})
    sequence = 1


class DiscussionFactory(DjangoModelFactory[Discussion]):
    """Forty-five minutes of the morning, with its host among those who were there. `going_on=True`: began just now."""

    class Meta:
        model = Discussion

    class Params:
        going_on = factory.Trait(
            started_at=factory.LazyFunction(timezone.now),
            ended_at=None,
            code_sha256=factory.LazyAttribute(lambda discussion: CODES.digest(CODES.of(discussion.id))),
        )

    id = factory.LazyFunction(uuid.uuid4)
    host = factory.SubFactory(UserFactory)
    title = "A case of dizziness"
    started_at = NINE
    ended_at = factory.LazyAttribute(lambda discussion: discussion.started_at + datetime.timedelta(minutes=45))

    @classmethod
    def _create(cls, model_class: type[Discussion], *args: Any, **kwargs: Any) -> Discussion:
        discussion = model_class.objects.create(*args, **kwargs)
        ParticipantFactory(discussion=discussion, user=discussion.host)
        return discussion


class ParticipantFactory(DjangoModelFactory[Participant]):
    """Somebody who was there from beginning to end, and has not said for how long."""

    class Meta:
        model = Participant

    discussion = factory.SubFactory(DiscussionFactory)
    user = factory.SubFactory(UserFactory)
    name = factory.LazyAttribute(lambda participant: participant.user.name)
    joined_at = factory.LazyAttribute(lambda participant: participant.discussion.started_at)
    left_at = factory.LazyAttribute(lambda participant: participant.discussion.ended_at)


class ConfirmationFactory(DjangoModelFactory[Confirmation]):
    """The host says that somebody was there for 45 minutes."""

    class Meta:
        model = Confirmation

    of = factory.SubFactory(ParticipantFactory, minutes=45)
    by = factory.LazyAttribute(
        lambda confirmation: confirmation.of.discussion.participants.exclude(pk=confirmation.of.pk).first()
    )
    minutes = 45


class InvitationFactory(DjangoModelFactory[Invitation]):
    """An invitation that waits to be sent."""

    class Meta:
        model = Invitation

    discussion = factory.SubFactory(DiscussionFactory, going_on=True)
    email = factory.Sequence(lambda number: f"colleague{number}@example.org")


class GoalFactory(DjangoModelFactory[Goal]):
    """Something to learn, in this year's plan."""

    class Meta:
        model = Goal

    user = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda number: f"Goal {number}")
    planned_on = datetime.date(2026, 11, 20)


class GoalActivityFactory(DjangoModelFactory[GoalActivity]):
    """An activity of the goal's owner that was for it."""

    class Meta:
        model = GoalActivity

    goal = factory.SubFactory(GoalFactory)
    activity = factory.SubFactory(ActivityFactory, user=factory.SelfAttribute("..goal.user"))


class ImpactFactory(DjangoModelFactory[Impact]):
    """To be asked about, and not asked yet."""

    class Meta:
        model = Impact

    activity = factory.SubFactory(ActivityFactory)
    ask_on = datetime.date(2027, 1, 1)


class ReadingCodeFactory(DjangoModelFactory[ReadingCode]):
    """A code that is good for a week from now on, for the ten minutes of one sitting."""

    class Meta:
        model = ReadingCode

    sha256 = factory.Sequence(lambda number: f"{number:064x}")
    holder = factory.LazyFunction(lambda: ReaderFactory(user=None, browser=uuid.uuid4()))
    article = factory.LazyAttribute(lambda code: SittingFactory(reader=code.holder).article)
    made_at = factory.LazyFunction(lambda: datetime.datetime.now(datetime.UTC))
    expires_at = factory.LazyAttribute(lambda code: code.made_at + datetime.timedelta(days=7))


class EvidenceFactory(DjangoModelFactory[Evidence]):
    """A certificate of an activity: its row. The file is only there when somebody stored it."""

    class Meta:
        model = Evidence

    id = factory.LazyFunction(uuid.uuid4)
    user = factory.SubFactory(UserFactory)
    activity = factory.LazyAttribute(lambda evidence: ActivityFactory(user=evidence.user))
    meant_for = factory.LazyAttribute(lambda evidence: evidence.activity.pk)
    name = "Certificate.pdf"
    kind = "pdf"
    size = 200
    sha256 = factory.Sequence(lambda number: f"{number:064x}")
    sent_sha256 = factory.SelfAttribute("sha256")
    stored_as = factory.Sequence(lambda number: f"00/{number:032x}")


class UnfinishedUploadFactory(DjangoModelFactory[UnfinishedUpload]):
    """A file of which nothing has come."""

    class Meta:
        model = UnfinishedUpload

    id = factory.LazyFunction(uuid.uuid4)
    user = factory.SubFactory(UserFactory)
    meant_for = factory.LazyFunction(uuid.uuid4)
    name = "Certificate.pdf"
    size = 200


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


class AuditEventFactory(DjangoModelFactory[AuditEvent]):
    """Somebody opened a link."""

    class Meta:
        model = AuditEvent

    owner = factory.SubFactory(UserFactory)
    at = NINE
    what = AuditWhat.LINK_OPENED
    seen_by = "Dr A. Jones, by your link"


class ArchiveFactory(DjangoModelFactory[Archive]):
    """An export that waits to be made."""

    class Meta:
        model = Archive

    user = factory.SubFactory(UserFactory)
    kind = "export"

    class Params:
        done = factory.Trait(state="done", finished_at=factory.LazyFunction(timezone.now))


class LeavingFactory(DjangoModelFactory[Leaving]):
    """A read-only record."""

    class Meta:
        model = Leaving

    user = factory.SubFactory(UserFactory)
    read_only_since = NINE


class ReadActivityFactory(ActivityFactory):
    """Ten minutes of an article, timed and logged."""

    title = factory.LazyAttribute(lambda activity: activity.article.title)
    kind = Kind.READING
    minutes = 10
    provenance = "measured"
    measured_seconds = 600
    open_seconds = 720
    article = factory.SubFactory(ArticleFactory, published=True)
    article_title = factory.LazyAttribute(lambda activity: activity.article.revision.title)
    article_byline = factory.LazyAttribute(lambda activity: activity.article.revision.byline)
    article_address = factory.LazyAttribute(lambda activity: activity.article.get_absolute_url())
    revision_number = factory.LazyAttribute(lambda activity: activity.article.revision.number)
    revision_sha256 = factory.LazyAttribute(lambda activity: activity.article.revision.sha256)


class CertificateFactory(DjangoModelFactory[Certificate]):
    """Of ten minutes' timed reading, as somebody asked for it."""

    class Meta:
        model = Certificate

    user = factory.SubFactory(UserFactory, name="Dr Amara Osei")

    @classmethod
    def _create(cls, model_class: type[Certificate], *args: Any, **kwargs: Any) -> Certificate:
        user = kwargs.pop("user")
        activity = kwargs.pop("activity", None) or ReadActivityFactory(user=user)
        given = {"by": user, "certificate_id": uuid.uuid4(), "activity_id": activity.pk}
        certificate = make_certificate(**given).certificate
        for name, value in kwargs.items():
            setattr(certificate, name, value)
        if kwargs:
            certificate.save(update_fields=list(kwargs))
        return certificate


class ShareLinkFactory(DjangoModelFactory[ShareLink]):
    """A link to this year, made and not turned on."""

    class Meta:
        model = ShareLink

    class Params:
        is_on = factory.Trait(
            started_at=factory.LazyFunction(timezone.now),
            expires_at=factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=14)),
        )
        to_pack = factory.Trait(
            is_of_pack=True,
            pack=factory.LazyAttribute(lambda link: PackFactory(user=link.user)),
            with_plan=False,
            with_requirements=False,
        )

    id = factory.LazyFunction(uuid.uuid4)
    user = factory.SubFactory(UserFactory)
    audience = "Appraisal with Dr Khan"
    shown_name = "Dr Rea Reader"
    first_on = datetime.date(2026, 1, 1)
    last_on = datetime.date(2026, 12, 31)
    token_sha256 = factory.LazyAttribute(lambda link: sharing.digest_of(sharing.token_of(link.id)))


class ShareEntryFactory(DjangoModelFactory[ShareEntry]):
    """An activity that a link shows."""

    class Meta:
        model = ShareEntry

    link = factory.SubFactory(ShareLinkFactory, is_on=True)
    activity = factory.LazyAttribute(lambda entry: ActivityFactory(user=entry.link.user))


class AppraiserFactory(DjangoModelFactory[Appraiser]):
    """Somebody with a link, who has shown that an address is theirs."""

    class Meta:
        model = Appraiser

    id = factory.LazyFunction(uuid.uuid4)
    link = factory.SubFactory(ShareLinkFactory, is_on=True)
    name = "Dr Ada Khan"
    email = factory.Sequence(lambda number: f"khan{number}@example.org")
    code_expires_at = factory.LazyFunction(timezone.now)
    confirmed_at = factory.LazyFunction(timezone.now)


class ShareCommentFactory(DjangoModelFactory[ShareComment]):
    """What an appraiser said of the whole."""

    class Meta:
        model = ShareComment

    id = factory.LazyFunction(uuid.uuid4)
    appraiser = factory.SubFactory(AppraiserFactory)
    link = factory.SelfAttribute("appraiser.link")
    words = "A full year."


class PackFactory(DjangoModelFactory[Pack]):
    """An empty portfolio of November 2026."""

    class Meta:
        model = Pack

    user = factory.SubFactory(UserFactory)
    number = factory.Sequence(lambda number: number + 1)
    kind = PackKind.PORTFOLIO
    first_on = datetime.date(2026, 11, 1)
    last_on = datetime.date(2026, 11, 30)
    template_version = TEMPLATE_VERSION
    contents = factory.LazyAttribute(
        lambda pack: to_json(
            Portfolio(
                kind=pack.kind,
                number=pack.number,
                name=pack.user.name,
                first=pack.first_on,
                last=pack.last_on,
                made_on=datetime.date(2026, 11, 23),
            )
        )
    )
    sha256 = factory.LazyAttribute(lambda pack: digest_of(pack.contents))


class PackFileFactory(DjangoModelFactory[PackFile]):
    """A PDF that waits to be made."""

    class Meta:
        model = PackFile

    pack = factory.SubFactory(PackFactory)
    format = PackFormat.PDF
