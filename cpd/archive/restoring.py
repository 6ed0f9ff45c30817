"""Putting an archive back into an empty account: all of it in one transaction, or nothing."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import batched
from typing import Any, cast

import pgtrigger
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Field, Model, sql
from pghistory.models import Context

from accounts.models import Profile, User
from cpd.actions.audit import write_down
from cpd.archive.kinds import KINDS, OF_PROFILE, Kind
from cpd.archive.reading import CheckedArchive, Refused
from cpd.archive.rows import AT_ONCE, Incoming, NotHere, own_history
from cpd.evidence.storing import remove, store
from cpd.models import AuditWhat, Certificate, Discussion, Evidence, FrameworkText, Participant, Reader, Reminders
from cpd.progress import Progress
from cpd.reading import lock_reader

logger = logging.getLogger(__name__)

# Kinds of rows that stay when one of those who share them leaves.
SHARED = ("discussions", "participants", "confirmations", "invitations", "certificates")
NOT_EMPTY = "Your account is not empty: {what}. An export can only be brought back into an account that holds nothing."
# What people call the things that may fill an account. Whatever else there is belongs to one of these, as a rule.
KNOWN_AS = {
    "activities": "activities",
    "enrolments": "regulators and colleges",
    "reflections": "reflections",
    "goals": "goals",
    "artefacts": "accounts and declarations",
    "evidence": "evidence files",
    "imports": "imports",
    "templates": "templates",
    "drafts": "drafts",
    "discussions": "discussions",
    "sittings": "readings",
    "attempts": "assessments",
    "saved-articles": "saved articles",
    "certificates": "certificates",
    "packs": "portfolios and packs",
    "share-links": "links",
}
HERE_ALREADY = "What this export holds is in this Meducation already, in another account. Nothing was changed."
NOT_YOURS = (
    "This export is of another account. Log in with the e-mail address that it was made for, or first add that address "
    "to your account."
)
BROKEN = "{name} holds something that cannot be stored. Nothing was changed."


@dataclass(frozen=True)
class Restored:
    """What came of it: how many rows and files, and how many rows need articles that are not here."""

    rows: int
    without_article: int


def what_fills(user: User) -> str:
    """What an account holds that keeps an export out, in words; empty for an empty account."""
    counts = {kind.name: kind.own(user).count() for kind in KINDS if kind.fills}
    words = [f"{words} ({counts[name]})" for name, words in KNOWN_AS.items() if counts.get(name)]
    return ", ".join(words) or ("other things of yours" if any(counts.values()) else "")


def restore(*, by: User, archive: CheckedArchive, about: uuid.UUID, progress: Progress) -> Restored:
    """Put everything back, and write so into the log. Raises Refused, NoRoom, CannotJustNow: then nothing is changed.

    Rows are inserted as they were, histories and times included, without the triggers that would write new history.
    """
    stored: list[str] = []
    try:
        # The inner one, so that the triggers can be put back after a fault.
        with transaction.atomic(), _without_new_history(), transaction.atomic():
            return _restore(by, archive, about, progress, stored)
    except BaseException as error:
        for name in stored:
            remove(name)
        if isinstance(error, IntegrityError):
            raise Refused(HERE_ALREADY) from error
        raise


def _restore(by: User, archive: CheckedArchive, about: uuid.UUID, progress: Progress, stored: list[str]) -> Restored:
    reader = lock_reader(by)
    if what := what_fills(by):
        raise Refused(NOT_EMPTY.format(what=what))
    account = archive.account()
    addresses = EmailAddress.objects.filter(user=by, verified=True)
    if account["email"] not in {by.email, *(address.lower() for address in addresses.values_list("email", flat=True))}:
        raise Refused(NOT_YOURS)
    _put_account(by, account, reader)
    # Wishes of the new account give way to those of the old one.
    Reminders.objects.filter(user=by).delete()
    by.cpd_mailings.all().delete()
    by.cpd_notices.all().delete()
    incoming, rows, without_article = Incoming(by, reader), 0, 0
    known: set[Any] = set()  # The ids of shared rows that are here.
    for kind in KINDS:
        for name, model in _files(kind):
            if model is kind.history and (left := own_history(kind, by)) is not None:
                # Of the rows as they were here before: history stays until the night after they were deleted.
                left.exclude(pgh_obj_id__in=known).delete()
            made: Iterator[Model | None] = _made(name, model, kind, archive, incoming)
            for some in batched(made, AT_ONCE, strict=False):
                here = [row for row in some if row is not None]
                without_article += len(some) - len(here)
                if model is Evidence:
                    here = [row for row in here if _put_file(row, archive, stored)]
                elif model is FrameworkText:
                    FrameworkText.objects.bulk_create(here, ignore_conflicts=True)  # type: ignore[arg-type]  # they are
                    here = []
                if kind.name in SHARED:
                    here = _not_here_yet(kind, model, here, known)
                _insert(name, model, here)
                rows += len(here)
                progress.moved(len(some))
    write_down(owner=by, what=AuditWhat.RECORD_BROUGHT, by=by, about=about)
    return Restored(rows, without_article)


def _not_here_yet(kind: Kind, model: type[Model], rows: list[Model], known: set[Any]) -> list[Model]:
    """The rows that are not here; what stayed when somebody closed their account here is theirs again.

    They left their minutes in others' discussions, under a name, and certificates (cpd.actions.leaving).
    """
    if model is kind.history:
        return [row for row in rows if uuid.UUID(str(row.pgh_obj_id)) not in known]  # type: ignore[attr-defined]  # a history's row
    here = set(model._default_manager.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    known |= here
    for row in rows:
        if row.pk not in here:
            continue
        if isinstance(row, Discussion) and row.host_id is not None:
            mine = Discussion.objects.filter(pk=row.pk, host__isnull=True)
            mine.update(host=row.host_id, activity=row.activity_id)
        elif isinstance(row, Participant) and row.user_id is not None:
            left = Participant.objects.filter(pk=row.pk, user__isnull=True)
            left.update(user=row.user_id, line=row.line, activity=row.activity_id)
        elif isinstance(row, Certificate) and row.user_id is not None:
            parted = Certificate.objects.filter(pk=row.pk, user__isnull=True)
            parted.update(user=row.user_id, activity=row.activity_id, holder_name=row.holder_name)
    return [row for row in rows if row.pk not in here]


def _files(kind: Kind) -> Iterator[tuple[str, type[Model]]]:
    yield f"{kind.name}.jsonl", kind.model
    if kind.history is not None:
        yield f"history/{kind.name}.jsonl", kind.history


def _made(
    name: str, model: type[Model], kind: Kind, archive: CheckedArchive, incoming: Incoming
) -> Iterator[Model | None]:
    """The rows of one file, to be inserted; None for one that needs an article which is not here."""
    for row in archive.rows(name):
        try:
            made = incoming.row(model, kind, row)
            if model is kind.history:
                made.pgh_obj_id = row["id"] if "id" in row else row[kind.model._meta.pk.name]  # type: ignore[attr-defined]  # a history's row
                if (context := incoming.context(row)) is not None:
                    made.pgh_context = context  # type: ignore[attr-defined]  # a history's row
            yield made
        except NotHere:
            yield None
        except (ValidationError, TypeError, KeyError, ValueError) as error:
            raise Refused(BROKEN.format(name=name)) from error


def _insert(name: str, model: type[Model], rows: list[Model]) -> None:
    """Insert rows just as they are: Django's own ways would set "changed at" to now."""
    if not rows:
        return
    contexts = {context.pk: context for row in rows if (context := getattr(row, "pgh_context", None)) is not None}
    Context.objects.bulk_create(contexts.values(), ignore_conflicts=True)
    query = sql.InsertQuery(model)
    fields = [each for each in model._meta.concrete_fields if each is not model._meta.auto_field]
    query.insert_values(fields, rows, raw=True)
    try:
        query.get_compiler(connection=connection).execute_sql()
    except DataError as error:
        raise Refused(BROKEN.format(name=name)) from error


def _put_account(by: User, account: dict[str, Any], reader: Reader) -> None:
    for name in ("name", "date_joined"):
        setattr(by, name, _value(User, name, account[name]))
    by.save(update_fields=["name", "date_joined"])
    profile = by.profile
    for name in OF_PROFILE:
        setattr(profile, name, _value(Profile, name, account["profile"][name]))
    profile.save()
    counted_until = _value(Reader, "clock", account["counted_until"])
    if counted_until is not None and (reader.clock is None or reader.clock < counted_until):
        reader.clock = counted_until
        reader.save(update_fields=["clock"])


def _value(model: type[Model], name: str, said: Any) -> Any:
    return cast("Field[Any, Any]", model._meta.get_field(name)).to_python(said)


def _put_file(row: Model, archive: CheckedArchive, stored: list[str]) -> bool:
    """Store the file of a row of evidence; False when the archive never had it."""
    evidence: Evidence = row  # type: ignore[assignment]  # _restore asks
    file = archive.evidence(evidence.sha256)
    if file is None:
        return False
    with file:
        evidence.stored_as = store(file)
    stored.append(evidence.stored_as)
    return True


def _without_new_history() -> ExitStack:
    """No trigger writes the history of what is inserted: the archive brings that history."""
    stack = ExitStack()
    tracked = [kind.model for kind in KINDS if kind.history is not None]
    uris = [f"{model._meta.label}:insert_insert" for model in tracked]
    stack.enter_context(pgtrigger.ignore(*uris))
    return stack
