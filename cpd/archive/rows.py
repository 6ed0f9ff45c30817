"""Rows as lines of JSON, and back: values without loss, and references that hold in another database as well.

A person is "me" or null, an article its slug, a revision its article's slug, its number and hash.
"""

import datetime
import decimal
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Field, ForeignKey, JSONField, Model, QuerySet

from accounts.models import User
from articles.models import Article, Revision
from cpd.archive.kinds import ME, Kind, Row
from cpd.models import FrameworkText, Reader, Sitting

if TYPE_CHECKING:
    from pghistory.models import Context

SOMEBODY = "somebody else"
AT_ONCE = 500
# What a row of history has beside the columns of what it is of.
OF_HISTORY = ("pgh_label", "pgh_created_at")


class NotHere(Exception):
    """A row needs an article that this Meducation does not have."""


def is_written(model_field: "Field[Any, Any]", kind: Kind) -> bool:
    """Whether a column goes into the archive."""
    name = model_field.name
    if name.startswith("pgh_"):
        return name in OF_HISTORY
    return not isinstance(model_field, models.AutoField) and name not in (kind.without or {})


def written(model: type[Model], kind: Kind) -> "list[Field[Any, Any]]":
    """The columns of the rows, or of their history, that go into the archive."""
    return [each for each in model._meta.concrete_fields if is_written(each, kind)]


def rows_of(kind: Kind, user: User) -> Iterator[Row]:
    """A person's rows of one kind, in an order that another database gives them too."""
    for row in _outgoing(kind.own(user).order_by(*kind.order), kind, user):
        yield kind.hiding(row)


def own_history(kind: Kind, user: User) -> QuerySet[Any] | None:
    """Earlier states of a person's own rows; None for kinds without a history."""
    if kind.history is None:
        return None
    own: QuerySet[Any] = kind.own(user)
    match kind.name:
        case "discussions":
            own = own.filter(host=user)
        case "participants":
            own = own.filter(user=user)
    return kind.history._default_manager.filter(pgh_obj_id__in=own.order_by().values("pk"))


def history_of(kind: Kind, user: User) -> Iterator[Row]:
    """The same, the oldest first."""
    history = own_history(kind, user)
    if history is not None:
        yield from _outgoing(history.order_by("pgh_id"), kind, user)


def _outgoing(queryset: QuerySet[Any], kind: Kind, user: User) -> Iterator[Row]:
    fields = written(queryset.model, kind)
    is_history = any(each.name == "pgh_label" for each in fields)
    columns = [column for each in fields for column in _columns(each)]
    if is_history:
        columns += ["pgh_context__metadata"]
    for values in queryset.values(*columns).iterator(chunk_size=AT_ONCE):
        row = {each.name: _value_out(each, values, user) for each in fields}
        if is_history:
            context = values["pgh_context__metadata"] or {}
            by = context.get("user")
            row["changed_by"] = None if by is None else ME if by == user.pk else SOMEBODY
            row["on_page"] = context.get("url", "")
        yield row


def _columns(model_field: "Field[Any, Any]") -> Sequence[str]:
    name = model_field.name
    if isinstance(model_field, ForeignKey):
        if model_field.related_model is Article:
            return [f"{name}__slug"]
        if model_field.related_model is Revision:
            return [f"{name}__article__slug", f"{name}__number", f"{name}__sha256"]
        if model_field.related_model is FrameworkText:
            return [f"{name}__framework", f"{name}__sha256"]
    return [model_field.attname]


def _value_out(model_field: "Field[Any, Any]", values: Mapping[str, Any], user: User) -> Any:
    if isinstance(model_field, ForeignKey):
        if model_field.related_model is User:
            by = values[model_field.attname]
            return ME if by == user.pk else None
        found = [values[column] for column in _columns(model_field)]
        if len(found) > 1:
            return None if found[0] is None else found
        return plain(found[0])
    return plain(values[model_field.attname])


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    match value:
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat()
        case datetime.date():
            return value.isoformat()
        case uuid.UUID() | decimal.Decimal():
            return str(value)
    return value


# --- Back ------------------------------------------------------------------------------------------------------------


@dataclass
class Incoming:
    """What rows of an archive are read with: whose they become, and which articles there are."""

    user: User
    reader: Reader
    _articles: dict[str, int | None] = field(default_factory=dict)
    _revisions: dict[tuple[str, int, str], int | None] = field(default_factory=dict)
    _texts: dict[tuple[str, str], int] = field(default_factory=dict)
    _contexts: "dict[tuple[str | None, str, str], Context]" = field(default_factory=dict)

    def row(self, model: type[Model], kind: Kind, row: Row) -> Model:
        """One row to be inserted. Raises NotHere, and ValidationError, TypeError, KeyError for what is no such row."""
        made = model(**{each.attname: self._value_in(each, row[each.name]) for each in written(model, kind)})
        if isinstance(made, Sitting):
            made.reader = self.reader
        return made

    def _value_in(self, model_field: "Field[Any, Any]", value: Any) -> Any:
        if isinstance(model_field, ForeignKey):
            found = self._reference_in(model_field, value)
            if found is None and value is not None and not model_field.null:
                raise NotHere
            return found
        if value is None or isinstance(model_field, JSONField | ArrayField):
            return value
        return model_field.to_python(value)

    def _reference_in(self, model_field: "ForeignKey[Any, Any]", value: Any) -> Any:
        related = model_field.related_model
        if value is None:
            return None
        if related is User:
            return self.user.pk if value == ME else None
        if related is Article:
            if value not in self._articles:
                self._articles[value] = Article.objects.filter(slug=value).values_list("pk", flat=True).first()
            return self._articles[value]
        if related is Revision:
            slug, number, sha256 = value
            key = (slug, number, sha256)
            if key not in self._revisions:
                found = Revision.objects.filter(article__slug=slug, number=number, sha256=sha256)
                self._revisions[key] = found.values_list("pk", flat=True).first()
            return self._revisions[key]
        if related is FrameworkText:
            framework, sha256 = value
            text = (framework, sha256)
            if text not in self._texts:
                self._texts[text] = FrameworkText.objects.values_list("pk", flat=True).get(
                    framework=framework, sha256=sha256
                )
            return self._texts[text]
        return model_field.target_field.to_python(value)

    def context(self, row: Row) -> "Context | None":
        """The context of a row of history: who, and by which page. Saved with `contexts`."""
        from pghistory.models import Context

        by, page = row["changed_by"], row["on_page"]
        if by is None and not page:
            return None
        key = (by, page, row["pgh_created_at"])
        if key not in self._contexts:
            metadata: dict[str, Any] = {"url": page} if page else {}
            if by is not None:
                # Nobody has the number 0: somebody else, who may not be here.
                metadata["user"] = self.user.pk if by == ME else 0
            self._contexts[key] = Context(metadata=metadata)
        return self._contexts[key]

    def contexts(self) -> "list[Context]":
        """All contexts that rows of history need, to be saved once."""
        return list(self._contexts.values())
