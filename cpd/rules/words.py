"""Days as people write them."""

import datetime

from cpd.rules.types import Period


def in_words(day: datetime.date) -> str:
    """ "22 November 2026"."""
    return f"{day.day} {day:%B %Y}"


def span_in_words(period: Period) -> str:
    """ "1 April 2026 to 31 March 2027"."""
    return f"{in_words(period.first)} to {in_words(period.last)}"
