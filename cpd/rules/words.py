"""Days and amounts as people write them."""

import datetime
from decimal import Decimal

from cpd.rules.types import Period, Unit


def in_words(day: datetime.date) -> str:
    """ "22 November 2026"."""
    return f"{day.day} {day:%B %Y}"


def amount_in_words(value: Decimal, unit: Unit | None) -> str:
    """ "7 h 30 min" where the unit is a time, otherwise "7.5 credits" or "3"; to two places, half up."""
    if unit is not None and unit.is_time:
        hours, minutes = divmod(int(value * 60 + Decimal("0.5")), 60)
        return f"{hours} h {minutes} min" if hours and minutes else f"{hours} h" if hours else f"{minutes} min"
    number = f"{int(value * 100 + Decimal('0.5')) / Decimal(100):f}"
    if unit is None:
        return number
    return f"{number} {unit.name if value == 1 else unit.plural}"


def span_in_words(period: Period) -> str:
    """ "1 April 2026 to 31 March 2027"."""
    return f"{in_words(period.first)} to {in_words(period.last)}"
