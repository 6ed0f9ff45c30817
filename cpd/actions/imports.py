"""Bringing a record from elsewhere: look through the file, check its rows, store them all or none, take them back."""

import datetime
import hashlib
import tempfile
import uuid
from collections.abc import Iterator
from itertools import batched
from typing import IO, TYPE_CHECKING, Any

import pghistory
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cpd.actions.activities import NotYours
from cpd.actions.placements import place_all
from cpd.importing import delimited, events, storage, workbooks
from cpd.importing.columns import fingerprint
from cpd.importing.delimited import Row
from cpd.importing.duplicates import Known, sentence_of
from cpd.importing.formats import format_of
from cpd.importing.mapping import Entry, Mapping, Refusal, RowReader
from cpd.importing.surveys import Survey, first_guess
from cpd.importing.unreadable import Unreadable
from cpd.models import Activity, FileFormat, Import, ImportMapping, ImportRow, ImportState, Provenance, Reflection
from cpd.models.imports import AT_WORK
from cpd.progress import Progress
from cpd.querysets.record import UNDO_DAYS
from cpd.reading import lock_reader
from meducation.lib.text import one_line

if TYPE_CHECKING:
    from accounts.models import User

AT_ONCE = 1000
PREVIEWED = 20
# Of the rows not taken so many are kept to be shown; of the others only the number.
MOST_ROWS_KEPT = 5_000
SHOWN_WORDS = 120
LONGEST_FILE_NAME = 120
CHUNK = 1 << 20
FILE_IS_GONE = "The file is no longer kept here: a day is the longest. Upload it again."
NOT_FINISHED = "The last try did not come to its end, and nothing was stored. Try again."


class NotNow(Exception):
    """The import is not in a state in which this can be done: another page was quicker, or it is too late."""


# --- The file --------------------------------------------------------------------------------------------------------


def begin_import(*, by: "User", import_id: uuid.UUID, file: IO[bytes], file_name: str, size: int) -> Import:
    """Keep a file somebody uploaded. The same `import_id` again is the same import. Raises Unreadable, NotYours."""
    existing = Import.objects.filter(pk=import_id).first()
    if existing is not None:
        if existing.user_id != by.pk:
            raise NotYours
        return existing
    file_format = format_of(file, size)
    storage.keep_upload(import_id, file)
    brought, _ = Import.objects.get_or_create(
        pk=import_id,
        user=by,
        defaults={
            "file_name": _clean_name(file_name),
            "format": file_format,
            "sha256": _digest(file),
            "size": size,
        },
    )
    return brought


def look_through(*, brought: Import, progress: Progress, sheet: str = "") -> None:
    """Read an uploaded file once: its columns, its rows, what is doubtful. `sheet` is one of a workbook's."""
    try:
        with storage.open_upload(brought.pk) as file:
            survey, more = _look(brought, file, sheet, progress)
    except Unreadable as error:
        _give_up(brought, str(error))
        return
    found = survey.as_json() | more
    remembered = brought.user.import_mappings.filter(fingerprint=fingerprint(survey.headers)).first()
    guess = first_guess(found, is_calendar=brought.format == FileFormat.ICS)
    Import.objects.filter(pk=brought.pk, state=ImportState.UPLOADED).update(
        state=ImportState.READ,
        survey=found,
        rows=survey.rows,
        mapping=remembered.mapping if remembered else guess.as_json(),
        remembered_on=timezone.localdate(remembered.used_at, brought.user.profile.zone) if remembered else None,
        problem="",
        started_at=None,
    )


def _look(brought: Import, file: IO[bytes], sheet: str, progress: Progress) -> tuple[Survey, dict[str, Any]]:
    """What a file holds, and how it is written. Raises Unreadable."""
    if brought.format == FileFormat.ICS:
        rows = events.rows_of(file, brought.user.profile.zone)
        return _put_down(brought, Survey(fixed_headers=events.HEADERS), rows, progress), {}
    if brought.format == FileFormat.CSV:
        dialect = delimited.dialect_of(file)
        rows = delimited.rows_of(file, dialect)
        return _put_down(brought, Survey(), rows, progress), {"encoding": dialect.encoding}
    sheets = workbooks.sheets_of(file)
    # The first sheet may be a cover: then the next, unless one was asked for.
    wanted = [sheet] if sheet in sheets else sheets
    for name in wanted:
        try:
            survey = _put_down(brought, Survey(), workbooks.rows_of(file, name), progress)
        except Unreadable:
            if name == wanted[-1]:
                raise
        else:
            return survey, {"sheets": sheets, "sheet": name}
    raise Unreadable(workbooks.NO_TABLE)


def _put_down(brought: Import, survey: Survey, rows: Iterator[Row], progress: Progress) -> Survey:
    with tempfile.TemporaryFile() as lines:
        for row in survey.pass_on(rows):
            storage.write_row(lines, row)
            progress.moved()
        storage.keep_rows(brought.pk, lines)
    return survey


def _give_up(brought: Import, problem: str) -> None:
    """A file that cannot be read: of a workbook that was read before, only this sheet."""
    waiting = Import.objects.filter(pk=brought.pk, state=ImportState.UPLOADED)
    if brought.survey:
        waiting.update(state=ImportState.READ, problem=problem, started_at=None)
    elif waiting.update(state=ImportState.FAILED, problem=problem, started_at=None):
        storage.drop(brought.pk)


def _clean_name(name: str) -> str:
    return one_line(name.replace("\\", "/").rpartition("/")[2])[:LONGEST_FILE_NAME] or "file"


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


# --- Columns and preview ---------------------------------------------------------------------------------------------


@transaction.atomic
def choose_sheet(*, by: "User", import_id: uuid.UUID) -> Import:
    """Take another look at a workbook. Raises NotNow, Import.DoesNotExist."""
    brought = _locked(by, import_id, ImportState.READ, ImportState.CHECKED)
    return _move(brought, ImportState.UPLOADED)


@transaction.atomic
def choose_columns(*, by: "User", import_id: uuid.UUID, mapping: Mapping) -> Import:
    """Say how the columns are meant; the check comes next. Raises NotNow, Import.DoesNotExist."""
    brought = _locked(by, import_id, ImportState.READ, ImportState.CHECKED, ImportState.MAPPED)
    brought.mapping = mapping.as_json()
    return _move(brought, ImportState.MAPPED)


def check(*, brought: Import, progress: Progress) -> None:
    """Go through all rows without storing any: count, note what is not taken, show the first of them."""
    counts = {"imported": 0, "duplicates": 0, "refused": 0}
    preview: list[dict[str, Any]] = []
    not_taken: list[ImportRow] = []
    for entry, refusal in _read(brought, progress):
        what = "imported" if refusal is None else "refused" if entry is None else "duplicates"
        counts[what] += 1
        if refusal is not None and len(not_taken) < MOST_ROWS_KEPT:
            not_taken.append(_not_taken(brought, refusal))
        if len(preview) < PREVIEWED:
            preview.append(_shown(entry, refusal))
    with transaction.atomic():
        current = Import.objects.select_for_update().get(pk=brought.pk)
        if current.state != ImportState.MAPPED or current.mapping != brought.mapping:
            return
        current.not_taken.all().delete()
        ImportRow.objects.bulk_create(not_taken, batch_size=AT_ONCE)
        current.preview, current.problem = preview, ""
        for name, count in counts.items():
            setattr(current, name, count)
        _move(current, ImportState.CHECKED)


def _read(brought: Import, progress: Progress) -> Iterator[tuple[Entry | None, Refusal | None]]:
    """Each row: an entry; an entry and why it is a duplicate; or why it cannot be taken."""
    profile = brought.user.profile
    reader = RowReader(
        mapping=Mapping.from_json(brought.mapping),
        today=profile.local_date(),
        starts_on=profile.record_starts_on,
        is_calendar=brought.format == FileFormat.ICS,
    )
    known = Known(brought.user)
    for line, cells in storage.rows(brought.pk):
        progress.moved()
        read = reader.read(line, cells)
        if isinstance(read, Refusal):
            yield None, read
        elif (reason := known.meet(read)) is not None:
            yield read, Refusal(line, reason, sentence_of(reason), read.title)
        else:
            yield read, None


def _not_taken(brought: Import, refusal: Refusal) -> ImportRow:
    return ImportRow(
        brought_by=brought,
        line=refusal.line,
        reason=refusal.reason,
        title=refusal.title,
        sentence=refusal.sentence,
    )


def _shown(entry: Entry | None, refusal: Refusal | None) -> dict[str, Any]:
    """A row of the preview."""
    shown: dict[str, Any] = {"line": (entry or refusal).line} if entry or refusal else {}  # type: ignore[union-attr]  # one of the two is there
    if entry is not None:
        shown |= {
            "title": entry.title,
            "done_on": entry.done_on.isoformat(),
            "done_until": entry.done_until.isoformat() if entry.done_until else "",
            "minutes": entry.minutes,
            "kind": entry.kind,
            "provider": entry.provider,
            "words": (entry.reflection or entry.important or entry.next_step)[:SHOWN_WORDS],
            "tags": list(entry.tags),
        }
    if refusal is not None:
        shown |= {"title": refusal.title, "sentence": refusal.sentence, "is_duplicate": entry is not None}
    return shown


# --- For good --------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide_to_import(*, by: "User", import_id: uuid.UUID, takes_duplicates: bool) -> Import:
    """Say that what the preview shows is to be stored. Raises NotNow, Import.DoesNotExist."""
    brought = _locked(by, import_id, ImportState.CHECKED)
    brought.takes_duplicates = takes_duplicates
    return _move(brought, ImportState.RUNNING)


@transaction.atomic
def store_rows(*, brought: Import, progress: Progress) -> None:
    """Store every row that can be taken, with its places, in one transaction: all of them or none.

    The rows are judged anew: the record may have changed since the preview.
    """
    user = brought.user
    lock_reader(user)
    current = Import.objects.select_for_update().get(pk=brought.pk)
    if current.state != ImportState.RUNNING:
        return
    now = timezone.now()
    not_taken: list[ImportRow] = []
    current.imported = current.duplicates = current.refused = 0

    def entries() -> Iterator[Entry]:
        for entry, refusal in _read(current, progress):
            if refusal is not None:
                current.refused += entry is None
                current.duplicates += entry is not None
                if (entry is None or not current.takes_duplicates) and len(not_taken) < MOST_ROWS_KEPT:
                    not_taken.append(_not_taken(current, refusal))
            if entry is not None and (refusal is None or current.takes_duplicates):
                yield entry

    with pghistory.context(user=user.pk, url=current.get_absolute_url()):
        for some in batched(entries(), AT_ONCE, strict=False):
            current.imported += _store(current, some, now)
        for enrolment in user.enrolments.kept().order_by("created_at", "pk"):
            place_all(enrolment=enrolment, by=user)
    current.not_taken.all().delete()
    ImportRow.objects.bulk_create(not_taken, batch_size=AT_ONCE)
    _remember(current)
    current.finished_at = current.settled_at = timezone.now()
    current.preview, current.problem = [], ""
    _move(current, ImportState.DONE)
    transaction.on_commit(lambda: storage.drop(brought.pk))


def _store(brought: Import, entries: tuple[Entry, ...], now: datetime.datetime) -> int:
    reflections: list[Reflection] = []
    activities: list[Activity] = []
    for entry in entries:
        reflection = None
        if entry.has_words:
            reflection = Reflection(
                user=brought.user,
                text=entry.reflection,
                important=entry.important,
                next_step=entry.next_step,
                written_at=now,
            )
            reflections.append(reflection)
        activities.append(
            Activity(
                user=brought.user,
                title=entry.title,
                provider=entry.provider,
                kind=entry.kind,
                done_on=entry.done_on,
                done_until=entry.done_until,
                minutes=entry.minutes,
                reflection=reflection,
                tags=list(entry.tags),
                provenance=Provenance.IMPORTED,
                recorded_at=now,
                brought_by=brought,
                brought_key=entry.key,
            )
        )
    Reflection.objects.bulk_create(reflections)
    Activity.objects.bulk_create(activities)
    return len(activities)


def _remember(brought: Import) -> None:
    ImportMapping.objects.update_or_create(
        user=brought.user,
        fingerprint=fingerprint(brought.headers),
        defaults={"mapping": brought.mapping, "headers": brought.headers, "used_at": timezone.now()},
    )


@transaction.atomic
def start_again(*, by: "User", import_id: uuid.UUID) -> Import:
    """Give work that stopped, as when its process was killed, to whoever takes it up. Raises NotNow."""
    brought = _locked(by, import_id, *AT_WORK)
    return _move(brought, ImportState(brought.state))


def stopped_short(*, brought: Import) -> None:
    """After work on an import broke off: back to where its owner can try again, unless the file is gone."""
    if not storage.has_upload(brought.pk):
        going_on = Import.objects.filter(pk=brought.pk, state__in=AT_WORK)
        going_on.update(state=ImportState.FAILED, started_at=None, problem=FILE_IS_GONE)
        return
    before = {
        ImportState.UPLOADED: ImportState.FAILED,
        ImportState.MAPPED: ImportState.READ,
        ImportState.RUNNING: ImportState.CHECKED,
    }
    for state, back in before.items():
        Import.objects.filter(pk=brought.pk, state=state).update(state=back, started_at=None, problem=NOT_FINISHED)


# --- And back --------------------------------------------------------------------------------------------------------


@transaction.atomic
def undo_import(*, by: "User", import_id: uuid.UUID, with_changed: bool, now: datetime.datetime | None = None) -> int:
    """Take what an import brought out of the record again; how many activities. For 30 days all can be had back.

    What its owner changed since stays, unless they say otherwise. What they deleted themselves is deleted already.
    Raises NotNow, Import.DoesNotExist.
    """
    now = now or timezone.now()
    lock_reader(by)
    brought = _locked(by, import_id, ImportState.DONE)
    if not can_be_undone(brought, now):
        raise NotNow
    wanted = brought.activities.kept()
    if not with_changed:
        wanted = wanted.filter(changed_at__lte=brought.settled_at)
    # `changed_at` stays: it tells what its owner changed. The version tells everybody else.
    removed = wanted.update(deleted_at=now, version=F("version") + 1)
    brought.undone_at = now
    _move(brought, ImportState.UNDONE)
    return removed


@transaction.atomic
def bring_back(*, by: "User", import_id: uuid.UUID, now: datetime.datetime | None = None) -> int:
    """Put back what undoing took out; how many activities. Raises NotNow after 30 days, Import.DoesNotExist."""
    now = now or timezone.now()
    lock_reader(by)
    brought = _locked(by, import_id, ImportState.UNDONE)
    if not can_be_had_back(brought, now):
        raise NotNow
    taken = brought.activities.filter(deleted_at=brought.undone_at)
    restored = taken.update(deleted_at=None, version=F("version") + 1)
    # What was joined meanwhile has no places for them yet.
    for enrolment in by.enrolments.kept().order_by("created_at", "pk"):
        place_all(enrolment=enrolment, by=by)
    brought.undone_at = None
    _move(brought, ImportState.DONE)
    return restored


def can_be_undone(brought: Import, now: datetime.datetime | None = None) -> bool:
    """Whether it was imported in the last 30 days."""
    return brought.state == ImportState.DONE and _is_recent(brought.finished_at, now)


def can_be_had_back(brought: Import, now: datetime.datetime | None = None) -> bool:
    """Whether it was undone in the last 30 days."""
    return brought.state == ImportState.UNDONE and _is_recent(brought.undone_at, now)


@transaction.atomic
def discard_import(*, by: "User", import_id: uuid.UUID) -> None:
    """Forget an upload from which nothing was stored. Raises NotNow, Import.DoesNotExist."""
    states = set(ImportState) - {ImportState.DONE, ImportState.UNDONE, ImportState.RUNNING}
    _locked(by, import_id, *states).delete()
    transaction.on_commit(lambda: storage.drop(import_id))


def tidy_imports(now: datetime.datetime) -> dict[str, int]:
    """The night's part: uploads never imported, with their files; rows not taken of what is past undoing."""
    lying = list(Import.objects.left_lying(now).values_list("pk", flat=True))
    for pk in lying:
        storage.drop(pk)
    old = ImportRow.objects.filter(brought_by__in=Import.objects.past_undoing(now))
    return {
        "imports": Import.objects.filter(pk__in=lying).delete()[0],
        "import rows": old.delete()[0],
    }


def _is_recent(moment: datetime.datetime | None, now: datetime.datetime | None) -> bool:
    return moment is not None and moment > (now or timezone.now()) - datetime.timedelta(days=UNDO_DAYS)


def _locked(by: "User", import_id: uuid.UUID, *states: str) -> Import:
    brought = by.imports.select_for_update(of=("self",)).select_related("user__profile").get(pk=import_id)
    if brought.state not in states:
        raise NotNow
    return brought


def _move(brought: Import, state: ImportState) -> Import:
    brought.state = state
    brought.started_at = None
    brought.save()
    return brought
