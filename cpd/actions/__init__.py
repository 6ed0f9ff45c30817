"""Every write to the record, by what it is about."""

from cpd.actions.activities import (
    EDITABLE,
    Changed,
    Logged,
    LoggedAgain,
    NotYours,
    SentAlready,
    add_activity,
    amend_activity,
    delete_activity,
    finish_activity,
    restore_activity,
)
from cpd.actions.history import Cleared, clear_history
from cpd.actions.reading import InboxChoice, NeedsReason, NotOffered, dismiss_readings, log_inbox, log_reading
from cpd.actions.several import MOST_AT_ONCE, Change, Outcome, change_several, delete_several, restore_several

__all__ = [
    "EDITABLE",
    "MOST_AT_ONCE",
    "Change",
    "Changed",
    "Cleared",
    "InboxChoice",
    "Logged",
    "LoggedAgain",
    "NeedsReason",
    "NotOffered",
    "NotYours",
    "Outcome",
    "SentAlready",
    "add_activity",
    "amend_activity",
    "change_several",
    "clear_history",
    "delete_activity",
    "delete_several",
    "dismiss_readings",
    "finish_activity",
    "log_inbox",
    "log_reading",
    "restore_activity",
    "restore_several",
]
