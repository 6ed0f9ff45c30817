"""What somebody brought along from elsewhere."""

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from cpd.querysets.record import UNDO_DAYS, ActivityQuerySet

if TYPE_CHECKING:
    from cpd.models import Import, ImportRow


class ImportQuerySet(models.QuerySet["Import"]):
    """Imports. Start from `user.imports`."""

    def for_listing(self) -> Self:
        """The newest first, without what is long."""
        return self.defer("survey", "mapping", "preview").order_by("-created_at", "pk")

    def of_file(self, sha256: str) -> Self:
        """Those of the very same file that were imported and not undone."""
        return self.filter(sha256=sha256, state="done")

    def left_lying(self, now: datetime.datetime) -> Self:
        """Never imported, and of yesterday or before."""
        return self.filter(created_at__lt=now - datetime.timedelta(days=1)).exclude(state__in=("done", "undone"))

    def past_undoing(self, now: datetime.datetime) -> Self:
        """Imported so long ago that nothing can be undone any more."""
        return self.filter(state__in=("done", "undone"), finished_at__lt=now - datetime.timedelta(days=UNDO_DAYS))


def changed_since_import(brought: "Import") -> ActivityQuerySet:
    """What an import brought and its owner changed since; what they deleted is gone already."""
    from cpd.models import Activity

    return Activity.objects.filter(brought_by=brought, changed_at__gt=brought.settled_at).kept()


def rows_not_taken(brought: "Import") -> "models.QuerySet[ImportRow]":
    """The rows of a file that stay out of the record, in their order."""
    rows = brought.not_taken.order_by("line", "pk")
    return rows.exclude(reason__in=("in-record", "twice")) if brought.takes_duplicates else rows
