"""What an archive holds: each kind of row, whose it is, and what stays out of it and why.

A new model with a path to a person belongs into KINDS or into LEFT_OUT; a test walks them all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from articles.models import Attempt, SavedArticle
from cpd.models import (
    Activity,
    ActivityTemplate,
    Appraiser,
    Artefact,
    AuditEvent,
    AuditWhat,
    Beat,
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
    Leave,
    Mailing,
    Notice,
    Pack,
    PackFile,
    Participant,
    Placement,
    Reader,
    Reflection,
    Reminders,
    ShareComment,
    ShareEntry,
    ShareLink,
    Sitting,
)

if TYPE_CHECKING:
    from accounts.models import User

type Row = dict[str, Any]

# Lines of the log that stay with the account: they tell of this very export, and would differ in each.
LINES_ABOUT_ARCHIVES = (
    AuditWhat.RECORD_EXPORTED,
    AuditWhat.EXPORT_DOWNLOADED,
    AuditWhat.EXPORT_DELETED,
    AuditWhat.RECORD_BROUGHT,
)
ME = "me"


def _as_it_is(row: Row) -> Row:
    return row


@dataclass(frozen=True)
class Kind:
    """One file of the archive: rows of one model that are one person's."""

    name: str  # Of the file, without its ending.
    model: type[Model]
    own: Callable[["User"], QuerySet[Any]]
    order: tuple[str, ...] = ("pk",)
    # Fields that are not in the archive, each with its reason; keys counted by the database never are.
    without: Mapping[str, str] | None = None
    # What of a row is not its owner's to take along. Works on the row as it goes out.
    hiding: Callable[[Row], Row] = _as_it_is
    # Whether an account with such rows is no empty one.
    fills: bool = True

    @property
    def history(self) -> type[Model] | None:
        """The table of its rows' earlier states; None when there is none."""
        return apps.all_models["cpd"].get(f"{self.model._meta.model_name}event")


def _takes_part(user: "User") -> QuerySet[Discussion]:
    """Discussions that somebody hosts or takes part in."""
    return Discussion.objects.filter(Q(host=user) | Q(participants__user=user)).distinct()


def _discussion_of_others(row: Row) -> Row:
    """The activity is its host's."""
    return row if row["host"] == ME else row | {"activity": None, "code_sha256": ""}


def _other_participant(row: Row) -> Row:
    """Of the others: who was there, and for how long, as the discussion's page shows it. Not their words."""
    return row if row["user"] == ME else row | {"activity": None, "line": ""}


KINDS = (
    Kind("enrolments", Enrolment, lambda user: user.enrolments.all()),
    Kind("leave", Leave, lambda user: Leave.objects.filter(enrolment__user=user)),
    Kind("grants", Grant, lambda user: Grant.objects.filter(enrolment__user=user)),
    Kind(
        "framework-texts",
        FrameworkText,
        lambda user: FrameworkText.objects.filter(
            pk__in=JudgedCycle.objects.filter(enrolment__user=user).values("rules")
        ),
        order=("framework", "sha256"),
        fills=False,
    ),
    Kind(
        "judged-cycles",
        JudgedCycle,
        lambda user: JudgedCycle.objects.filter(enrolment__user=user),
        order=("enrolment", "first_on"),
    ),
    Kind("imports", Import, lambda user: user.imports.all()),
    Kind(
        "import-rows",
        ImportRow,
        lambda user: ImportRow.objects.filter(brought_by__user=user),
        order=("brought_by", "line", "pk"),
    ),
    Kind("import-mappings", ImportMapping, lambda user: user.import_mappings.all(), order=("fingerprint",)),
    Kind("reflections", Reflection, lambda user: user.reflections.all()),
    Kind("activities", Activity, lambda user: user.activities.all()),
    Kind("placements", Placement, lambda user: Placement.objects.filter(activity__user=user)),
    Kind("artefacts", Artefact, lambda user: Artefact.objects.filter(enrolment__user=user)),
    Kind("impacts", Impact, lambda user: Impact.objects.filter(activity__user=user)),
    Kind("goals", Goal, lambda user: user.goals.all()),
    Kind(
        "goal-activities",
        GoalActivity,
        lambda user: GoalActivity.objects.filter(goal__user=user),
        order=("goal", "activity"),
    ),
    Kind(
        "evidence",
        Evidence,
        lambda user: user.evidence.all(),
        without={"stored_as": "A name in this installation's storage. The file itself is in the archive."},
    ),
    Kind("templates", ActivityTemplate, lambda user: user.activity_templates.all()),
    Kind("drafts", Draft, lambda user: user.drafts.all()),
    Kind("discussions", Discussion, _takes_part, hiding=_discussion_of_others),
    Kind(
        "participants",
        Participant,
        lambda user: Participant.objects.filter(discussion__in=_takes_part(user)),
        hiding=_other_participant,
    ),
    Kind(
        "confirmations",
        Confirmation,
        lambda user: Confirmation.objects.filter(Q(of__user=user) | Q(by__user=user)),
    ),
    Kind("invitations", Invitation, lambda user: Invitation.objects.filter(discussion__host=user)),
    Kind(
        "sittings",
        Sitting,
        lambda user: Sitting.objects.filter(reader__user=user),
        without={"reader": "It is its owner."},
    ),
    Kind("beats", Beat, lambda user: Beat.objects.filter(sitting__reader__user=user), order=("sitting", "sequence")),
    Kind("attempts", Attempt, lambda user: user.assessment_attempts.all()),
    Kind("saved-articles", SavedArticle, lambda user: user.saved_articles.all(), order=("saved_at", "article__slug")),
    Kind("certificates", Certificate, lambda user: user.certificates.all()),
    Kind("packs", Pack, lambda user: user.packs.frozen()),
    Kind(
        "pack-files",
        PackFile,
        lambda user: PackFile.objects.filter(pack__in=user.packs.frozen()),
        without={"stored_as": "A name in this installation's storage. The file can be made again, byte for byte."},
    ),
    Kind("share-links", ShareLink, lambda user: user.share_links.all()),
    Kind(
        "share-entries",
        ShareEntry,
        lambda user: ShareEntry.objects.filter(link__user=user),
        order=("link", "activity"),
    ),
    Kind("appraisers", Appraiser, lambda user: Appraiser.objects.filter(link__user=user)),
    Kind("share-comments", ShareComment, lambda user: ShareComment.objects.filter(link__user=user)),
    Kind("notices", Notice, lambda user: user.cpd_notices.all(), fills=False),
    Kind("mailings", Mailing, lambda user: user.cpd_mailings.all(), order=("about",), fills=False),
    Kind("reminders", Reminders, lambda user: Reminders.objects.filter(user=user), fills=False),
    Kind(
        "log",
        AuditEvent,
        lambda user: user.audit_events.exclude(what__in=LINES_ABOUT_ARCHIVES),
        order=("at", "pk"),
        fills=False,
    ),
)
# Of the person and their profile, kept in one file of their own.
OF_ACCOUNT = ("email", "name", "date_joined")
OF_PROFILE = (
    "profession",
    "country",
    "specialty",
    "time_zone",
    "year_starts_in",
    "record_starts_on",
)
# Rows with a path to a person that no archive holds, and why.
LEFT_OUT = {
    "accounts.Profile": "In the file account.json, with name and e-mail address.",
    "cpd.Reader": "The clock of reading, which is in the file account.json; the rest of it lasts for seconds.",
    "cpd.Standing": "Worked out again from the record whenever it is missing.",
    "cpd.ReadingCode": "A code that was used opens nothing, and is deleted within days.",
    "cpd.UnfinishedUpload": "Half a file. It is deleted within a day, or becomes evidence.",
    "cpd.Archive": "The archives themselves, and where they lie.",
    "cpd.Leaving": "Whether this very account is read-only or about to be closed.",
    "account.EmailAddress": "Addresses must be proved anew where they are used. The login's own is in account.json.",
    "account.EmailConfirmation": "A key that proves an address.",
    "admin.LogEntry": "What was done at the desk belongs to the articles.",
    "mfa.Authenticator": "Secrets of the second step, which work here alone and must be in no file.",
    "socialaccount.SocialAccount": "Keys of another site.",
    "socialaccount.SocialToken": "Keys of another site.",
    "usersessions.UserSession": "Where somebody is logged in at this moment. It ends by itself.",
    "pghistory.MiddlewareEvents": "A view of the history, whose rows are in the archive with what they are of.",
    # What somebody wrote for others. It was published, or is the desk's, and its authors' names stay on it.
    **dict.fromkeys(
        (
            f"articles.{name}"
            for name in (
                "Article",
                "Author",
                "Byline",
                "Choice",
                "Comment",
                "Question",
                "Reference",
                "Review",
                "Revision",
                "SearchEntry",
                "WorkingCopy",
            )
        ),
        "Work at the desk belongs to the articles, whose exports are the desk's.",
    ),
}


def reader_clock(user: "User") -> Any:
    """Up to when a person's reading has been counted; None when nothing was."""
    return Reader.objects.filter(user=user).values_list("clock", flat=True).first()
