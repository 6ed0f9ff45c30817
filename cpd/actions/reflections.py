"""What somebody made of an activity. Each of these is a part of the transaction that writes the activity."""

import datetime
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cpd.models import Activity, Reflection

if TYPE_CHECKING:
    from accounts.models import User


class OldWords(Exception):
    """The reflection was changed since its form was opened, perhaps through another activity that shares it."""


@dataclass(frozen=True, slots=True)
class Reflected:
    """What is said of an activity's reflection. Without a word in any part there is none."""

    text: str = ""
    important: str = ""
    next_step: str = ""
    ai_use: str = ""
    is_shareable: bool = False
    is_confirmed: bool = False  # Its author says of these words that nobody can be identified (cpd.identifiers).
    version: int | None = None  # Of the reflection that was in the form; None: there was none.
    shared: uuid.UUID | None = None  # A reflection of the same person, to serve this activity too, in place of words.
    is_separate: bool = False  # It was shared until now: the others keep it, and this activity gets its own.

    @classmethod
    def of(cls, said: "str | Reflected") -> "Reflected":
        """A plain text says what happened, and no more."""
        return cls(said) if isinstance(said, str) else said

    @property
    def has_words(self) -> bool:
        """Whether anything was written."""
        return any((self.text.strip(), self.important.strip(), self.next_step.strip()))

    def columns(self) -> dict[str, Any]:
        """The columns of the reflection, without the day of the declaration."""
        return {
            "text": self.text.strip(),
            "important": self.important.strip(),
            "next_step": self.next_step.strip(),
            "ai_use": self.ai_use,
            "is_shareable": self.is_shareable,
        }

    def is_told_by(self, reflection: Reflection | None) -> bool:
        """Whether a reflection says just this already."""
        if self.shared is not None:
            return reflection is not None and reflection.pk == self.shared
        if reflection is None:
            return not self.has_words
        confirms_anew = self.is_confirmed and reflection.identifiers_confirmed_at is None
        return not confirms_anew and all(getattr(reflection, name) == value for name, value in self.columns().items())

    def has_words_of(self, reflection: Reflection) -> bool:
        """Whether its words are those of a reflection."""
        names = ("text", "important", "next_step")
        return all(getattr(reflection, name) == value for name, value in self.columns().items() if name in names)


def reflect(by: "User", said: str | Reflected, now: datetime.datetime) -> Reflection | None:
    """Keep somebody's words, if there are any, or find those that serve here too. Raises Reflection.DoesNotExist."""
    said = Reflected.of(said)
    if said.shared is not None:
        return by.reflections.get(pk=said.shared)
    if not said.has_words:
        return None
    reflection = Reflection(user=by, written_at=now, **said.columns())
    if said.ai_use:
        reflection.ai_declared_on = by.profile.local_date(now)
    reflection.identifiers_confirmed_at = now if said.is_confirmed else None
    reflection.full_clean(exclude=["user"], validate_unique=False)
    reflection.save(force_insert=True)
    return reflection


def amend_reflection(activity: Activity, *, by: "User", said: Reflected, now: datetime.datetime) -> Reflection | None:
    """The reflection that `activity` has from now on. Raises OldWords, Reflection.DoesNotExist.

    Words that other activities share change for all of them, unless this one lets go of them.
    """
    current = activity.reflection
    if current is None:
        return reflect(by, said, now)
    if said.is_told_by(current) and not said.is_separate:
        return current
    if said.shared is not None or said.is_separate or not said.has_words:
        kept = reflect(by, said, now)
        _let_go(activity, current, said)
        return kept
    _check_version(current, said)
    if current.ai_use != said.ai_use:
        current.ai_declared_on = by.profile.local_date(now) if said.ai_use else None
    if said.is_confirmed:
        current.identifiers_confirmed_at = now
    elif not said.has_words_of(current):
        # Nobody has said so of the new words.
        current.identifiers_confirmed_at = None
    for name, value in said.columns().items():
        setattr(current, name, value)
    current.version += 1
    current.full_clean(exclude=["user"], validate_unique=False)
    current.save()
    return current


def _let_go(activity: Activity, reflection: Reflection, said: Reflected) -> None:
    """Drop a reflection, unless other activities have it too."""
    if not reflection.activities.exclude(pk=activity.pk).exists():
        _check_version(reflection, said)
        reflection.delete()


def _check_version(reflection: Reflection, said: Reflected) -> None:
    if reflection.version != said.version:
        raise OldWords
