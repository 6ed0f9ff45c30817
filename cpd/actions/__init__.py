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

__all__ = [
    "EDITABLE",
    "Changed",
    "Cleared",
    "InboxChoice",
    "Logged",
    "LoggedAgain",
    "NeedsReason",
    "NotOffered",
    "NotYours",
    "SentAlready",
    "add_activity",
    "amend_activity",
    "clear_history",
    "delete_activity",
    "dismiss_readings",
    "finish_activity",
    "log_inbox",
    "log_reading",
    "restore_activity",
]
