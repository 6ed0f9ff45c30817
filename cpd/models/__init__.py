"""The CPD record: the reading it is made from, its lines, and the frameworks it counts towards.

Credits are never stored: a framework's rules compute them from minutes (cpd.rules).
"""

from cpd.models.activity_templates import LONGEST_TEMPLATE_NAME, ActivityTemplate
from cpd.models.audit import LONGEST_SEEN_BY, AuditEvent, AuditWhat
from cpd.models.certificates import GDC_OUTCOMES, Certificate
from cpd.models.discussions import (
    DISCUSSION_KINDS,
    LONGEST_DISCUSSION,
    LONGEST_LINE,
    LONGEST_NOTES,
    Confirmation,
    Discussion,
    Invitation,
    Participant,
    WholeMinutesBetween,
)
from cpd.models.drafts import Draft, Drafted
from cpd.models.evidence import Evidence, FileKind, Scan, UnfinishedUpload
from cpd.models.imports import FileFormat, Import, ImportMapping, ImportRow, ImportState, Reason
from cpd.models.leaving import Archive, ArchiveKind, ArchiveState, Leaving
from cpd.models.packs import Pack, PackFile, PackFormat, PackKind
from cpd.models.plan import LONGEST_GOAL_TEXT, LONGEST_IMPACT, Goal, GoalActivity, GoalStatus, Impact, ImpactAnswer
from cpd.models.reading import Beat, Reader, Sitting
from cpd.models.reading_codes import ReadingCode
from cpd.models.record import (
    LONGEST_REFLECTION,
    LONGEST_TAG,
    MOST_MINUTES_A_DAY,
    MOST_TAGS,
    Activity,
    AiUse,
    Kind,
    MinutesInDays,  # The first migration knows it by this name.
    Provenance,
    Reflection,
)
from cpd.models.reminders import AskAfter, HowOften, Mailing, Notice, Reminders
from cpd.models.requirements import (
    LONGEST_ANSWER,
    Artefact,
    Enrolment,
    FrameworkText,
    Grant,
    JudgedCycle,
    Leave,
    Placement,
    Standing,
)
from cpd.models.sharing import (
    LONGEST_AUDIENCE,
    LONGEST_COMMENT,
    MOST_DAYS,
    USUAL_DAYS,
    Appraiser,
    ShareComment,
    ShareEntry,
    ShareLink,
)

__all__ = [
    "DISCUSSION_KINDS",
    "GDC_OUTCOMES",
    "LONGEST_ANSWER",
    "LONGEST_AUDIENCE",
    "LONGEST_COMMENT",
    "LONGEST_DISCUSSION",
    "LONGEST_GOAL_TEXT",
    "LONGEST_IMPACT",
    "LONGEST_LINE",
    "LONGEST_NOTES",
    "LONGEST_REFLECTION",
    "LONGEST_SEEN_BY",
    "LONGEST_TAG",
    "LONGEST_TEMPLATE_NAME",
    "MOST_DAYS",
    "MOST_MINUTES_A_DAY",
    "MOST_TAGS",
    "USUAL_DAYS",
    "Activity",
    "ActivityTemplate",
    "AiUse",
    "Appraiser",
    "Archive",
    "ArchiveKind",
    "ArchiveState",
    "Artefact",
    "AskAfter",
    "AuditEvent",
    "AuditWhat",
    "Beat",
    "Certificate",
    "Confirmation",
    "Discussion",
    "Draft",
    "Drafted",
    "Enrolment",
    "Evidence",
    "FileFormat",
    "FileKind",
    "FrameworkText",
    "Goal",
    "GoalActivity",
    "GoalStatus",
    "Grant",
    "HowOften",
    "Impact",
    "ImpactAnswer",
    "Import",
    "ImportMapping",
    "ImportRow",
    "ImportState",
    "Invitation",
    "JudgedCycle",
    "Kind",
    "Leave",
    "Leaving",
    "Mailing",
    "MinutesInDays",
    "Notice",
    "Pack",
    "PackFile",
    "PackFormat",
    "PackKind",
    "Participant",
    "Placement",
    "Provenance",
    "Reader",
    "ReadingCode",
    "Reason",
    "Reflection",
    "Reminders",
    "Scan",
    "ShareComment",
    "ShareEntry",
    "ShareLink",
    "Sitting",
    "Standing",
    "UnfinishedUpload",
    "WholeMinutesBetween",
]
