"""Everything that happened to somebody's record, in one query: the log, and the histories that the database writes."""

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Case, CharField, F, Q, QuerySet, TextField, UUIDField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat

from cpd.models import AuditEvent, AuditWhat

if TYPE_CHECKING:
    from accounts.models import User

type Lines = QuerySet[Any, dict[str, Any]]

SEEN, SENT, CHANGED = "seen", "sent", "changed"
BY_OTHERS = (
    AuditWhat.LINK_OPENED,
    AuditWhat.LINK_DOWNLOADED,
    AuditWhat.CERTIFICATE_CHECKED,
    AuditWhat.COMMENT_WRITTEN,
)
# A file may be downloaded by its owner too: who came by a link has a name in the line.
_BY_OTHERS = Q(what__in=BY_OTHERS) | ~Q(seen_by="")
# Histories: the table, how to know whose rows they are, the column that names the row for its owner, and whether such
# rows are put away before they are deleted. Placements are told on the page of their activity.
HISTORIES: tuple[tuple[str, str, str, bool], ...] = (
    ("activity", "user", "title", True),
    ("reflection", "user", "", False),
    ("enrolment", "user", "framework", True),
    ("leave", "enrolment__user", "", False),
    ("grant", "enrolment__user", "requirement", False),
    ("artefact", "enrolment__user", "kind", True),
    ("evidence", "user", "name", True),
    ("goal", "user", "title", True),
    ("impact", "activity__user", "", False),
    ("discussion", "host", "title", False),
    ("participant", "user", "", False),
    ("confirmation", "of__user", "", False),
)
COLUMNS = ("moment", "said", "subject", "named", "actor")


def log_of(user: "User", which: str = "") -> Lines:
    """Lines about one person's record, the newest first: `moment`, `said`, `subject`, `named`, `actor`.

    `said` is one of AuditWhat, or what became of which kind of row: "activity/update". `actor` is somebody's number as
    text; None for nobody who was logged in. `which` is SEEN (others looked), SENT (it was exported, shared or closed by
    its owner) or CHANGED; else all.
    """
    lines = AuditEvent.objects.owned_by(user)
    if which == SEEN:
        return _in_order(_of_log(lines.filter(_BY_OTHERS)))
    if which == SENT:
        return _in_order(_of_log(lines.exclude(_BY_OTHERS)))
    changes = [_of_history(*each, user) for each in HISTORIES]
    if which == CHANGED:
        return _in_order(changes[0].union(*changes[1:], all=True))
    return _in_order(_of_log(lines).union(*changes, all=True))


def _in_order(lines: Lines) -> Lines:
    return lines.order_by("-moment", "said", "subject")


def _of_log(lines: QuerySet[AuditEvent]) -> Lines:
    found: Lines = lines.annotate(
        moment=F("at"),
        said=Cast("what", CharField()),
        subject=F("about"),
        named=Cast("seen_by", CharField()),
        actor=Cast("by_id", TextField()),
    ).values(*COLUMNS)
    return found


def _of_history(model: str, owner: str, naming: str, is_put_away: bool, user: "User") -> Lines:
    label: Any = F("pgh_label")
    if is_put_away:
        label = Case(
            When(Q(deleted_at__isnull=False), then=Value("delete")), default=F("pgh_label"), output_field=TextField()
        )
    events = apps.get_model("cpd", f"{model}event")._default_manager.filter(**{owner: user})
    found: Lines = events.annotate(
        moment=F("pgh_created_at"),
        said=Concat(Value(f"{model}/"), label, output_field=CharField()),
        subject=Cast("pgh_obj_id", UUIDField()),
        named=Cast(naming, CharField()) if naming else Value("", CharField()),
        actor=KeyTextTransform("user", "pgh_context__metadata"),
    ).values(*COLUMNS)
    return found
