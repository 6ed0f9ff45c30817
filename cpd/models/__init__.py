"""The CPD record: the reading it is made from, its lines, and the frameworks it counts towards.

Credits are never stored: a framework's rules compute them from minutes (cpd.rules).
"""

from cpd.models.activity_templates import LONGEST_TEMPLATE_NAME, ActivityTemplate
from cpd.models.reading import Beat, Reader, Sitting
from cpd.models.record import (
    LONGEST_REFLECTION,
    MOST_MINUTES_A_DAY,
    Activity,
    AiUse,
    Kind,
    MinutesInDays,  # The first migration knows it by this name.
    Provenance,
    Reflection,
)
from cpd.models.reminders import HowOften, Mailing, Notice, Reminders
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

__all__ = [
    "LONGEST_ANSWER",
    "LONGEST_REFLECTION",
    "LONGEST_TEMPLATE_NAME",
    "MOST_MINUTES_A_DAY",
    "Activity",
    "ActivityTemplate",
    "AiUse",
    "Artefact",
    "Beat",
    "Enrolment",
    "FrameworkText",
    "Grant",
    "HowOften",
    "JudgedCycle",
    "Kind",
    "Leave",
    "Mailing",
    "MinutesInDays",
    "Notice",
    "Placement",
    "Provenance",
    "Reader",
    "Reflection",
    "Reminders",
    "Sitting",
    "Standing",
]
