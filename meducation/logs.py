"""Log lines without personal data.

A message of an exception can hold what somebody typed (a database error quotes the row), and so can a request's path
(tokens). So a line carries the logger, the level, the fixed text of the call, and for exceptions the class and the
places in the code, never the exception's words, never arguments that come from a request.
"""

import json
import logging
import traceback
from datetime import UTC, datetime

# Loggers whose arguments are request paths or host names given by a stranger: only their fixed text is kept.
UNTRUSTED_ARGUMENTS = ("django.request", "django.security", "django.server", "allauth")


def safe_message(record: logging.LogRecord) -> str:
    """The text of a record with nothing in it that a visitor chose; one line."""
    if record.name.startswith(UNTRUSTED_ARGUMENTS):
        # "%s: %s" of django.request is the reason and the path.
        return f"{record.name} status {getattr(record, 'status_code', 'unknown')}"
    return record.getMessage().replace("\r", " ").replace("\n", " ")


def safe_traceback(record: logging.LogRecord) -> list[str]:
    """Class of the exception and the frames it came through, innermost last; no values."""
    if not record.exc_info or record.exc_info[1] is None:
        return []
    error = record.exc_info[1]
    frames = traceback.extract_tb(error.__traceback__)
    return [type(error).__name__, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)]


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Fields: time, level, logger, message, and where there is one, the exception."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": safe_message(record),
        }
        if frames := safe_traceback(record):
            line["exception"] = frames
        return json.dumps(line, ensure_ascii=True)


class PlainFormatter(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, message; an exception's frames below it."""
        moment = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        return "\n    ".join([f"{moment} {record.levelname} {safe_message(record)}", *safe_traceback(record)])
