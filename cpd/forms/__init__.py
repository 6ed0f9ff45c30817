"""What people type into their record, checked, with sentences that say what to do."""

from cpd.forms.activities import ActivityForm
from cpd.forms.fields import LOGGED_MEANWHILE, NEEDS_REASON, check_minutes, sentences_of
from cpd.forms.listing import ActivityListForm
from cpd.forms.reading import BeatForm, InboxForm, LogReadingForm
from cpd.forms.several import SeveralForm

__all__ = [
    "LOGGED_MEANWHILE",
    "NEEDS_REASON",
    "ActivityForm",
    "ActivityListForm",
    "BeatForm",
    "InboxForm",
    "LogReadingForm",
    "SeveralForm",
    "check_minutes",
    "sentences_of",
]
