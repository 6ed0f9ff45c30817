"""What was written on a device without a connection, and arrives later."""

import datetime

# Longer than anybody is away from a network; what a device says beyond is its clock's mistake.
LONGEST_ON_A_DEVICE = datetime.timedelta(days=90)


def when_written(said: datetime.datetime | None, *, now: datetime.datetime) -> datetime.datetime | None:
    """When it was written, as the device says: None when that is not in the past, or absurd."""
    return said if said is not None and now - LONGEST_ON_A_DEVICE <= said < now else None
