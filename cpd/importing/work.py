"""The three pieces of work on an import: at once where it is little, else by the queue, with its progress told."""

import logging
import uuid
from collections.abc import Callable

from django.tasks import task
from django.utils import timezone

from cpd.actions.imports import check, look_through, stopped_short, store_rows
from cpd.importing import storage
from cpd.importing.formats import is_quick
from cpd.models import Import, ImportState
from cpd.progress import Heard, Progress, told

logger = logging.getLogger(__name__)

# Rows that are gone through within a request, and rows that are stored within one.
CHECKED_AT_ONCE = 2_000
STORED_AT_ONCE = 500


def go_on(brought: Import, *, sheet: str = "") -> None:
    """Do what the state of an import asks for, or put it into the queue. Nothing where it waits for its owner."""
    if not brought.is_at_work:
        return
    if _is_little(brought):
        _work(brought, Progress(), sheet)
    else:
        work_on_import.enqueue(str(brought.pk), sheet)


@task
def work_on_import(pk: str, sheet: str = "") -> str:
    """Do what an import waits for; returns the state it came to. Safe to run twice and side by side."""
    key = uuid.UUID(pk)
    brought = Import.objects.select_related("user__profile").filter(pk=key).first()
    if brought is None or not brought.is_at_work:
        return brought.state if brought is not None else "gone"
    Import.objects.filter(pk=key, state=brought.state).update(started_at=timezone.now())
    with told(key, of=brought.rows) as progress:
        _work(brought, progress, sheet)
    return Import.objects.values_list("state", flat=True).get(pk=key)


def has_stopped(brought: Import, heard: Heard | None) -> bool:
    """Whether somebody took the work up and nothing is heard of them any more."""
    now = timezone.now()
    heard = heard or (Heard(0, 0, brought.started_at) if brought.started_at is not None else None)
    return brought.is_at_work and brought.started_at is not None and heard is not None and heard.is_silent(now)


def _is_little(brought: Import) -> bool:
    if brought.state == ImportState.UPLOADED:
        try:
            with storage.open_upload(brought.pk) as file:
                return is_quick(file, brought.format, brought.size)
        except FileNotFoundError:
            return True
    return brought.rows <= (CHECKED_AT_ONCE if brought.state == ImportState.MAPPED else STORED_AT_ONCE)


def _work(brought: Import, progress: Progress, sheet: str) -> None:
    works: dict[str, Callable[[], None]] = {
        ImportState.UPLOADED: lambda: look_through(brought=brought, progress=progress, sheet=sheet),
        ImportState.MAPPED: lambda: check(brought=brought, progress=progress),
        ImportState.RUNNING: lambda: store_rows(brought=brought, progress=progress),
    }
    try:
        works[brought.state]()
    except Exception as error:
        # Nothing is stored; its owner is told and may try again. The error's own words may hold words of theirs.
        logger.error("Work on an import broke off: %s", type(error).__name__)
        stopped_short(brought=brought)
