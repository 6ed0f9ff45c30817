"""Where an activity probably belongs in a framework, and what may be said of it there at all. The person decides.

A guess is made of, in this order: what the person last said of the same kind of activity, the guesses of the framework
file, and what the file says of reading. It never holds a fact that only the person can know (a question that is not
remembered), and nothing that the body rules out for plain reading.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cpd.rules.counting import Share, fits, worth
from cpd.rules.types import Choice, DoubleCount, Entry, Guess, Question, Requirement, RuleKind, Unit, Version

# The kind of activity that is reading alone.
READING = "reading"
# Words of ReadingRule.never that are neither a category nor a mark.
PARTICIPATORY = "participatory"
EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an activity without asking."""

    kind: str  # Of Activity.kind.
    topics: frozenset[str] = frozenset()  # Slugs of the topics of the article, if it was one.

    @property
    def is_reading(self) -> bool:
        """Whether it is plain reading, alone. Whoever did more with an article says so by another kind."""
        return self.kind == READING


@dataclass(frozen=True, slots=True)
class Place:
    """Where an activity belongs: its category, if it has one, and the answers to the questions, as marks."""

    category: str = ""
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be said of an activity in one framework."""

    categories: tuple[Choice, ...]
    questions: tuple[Question, ...]  # With the choices that may be ticked.
    participatory: bool  # Whether a part of its minutes may be participatory.
    stated: bool  # Whether credits that a certificate states are asked for.
    items: bool  # Whether the number of papers or chapters is asked for.
    split: bool  # Whether its minutes may be divided among the categories.
    is_nothing: bool = False  # It counts for nothing here, whatever is said.

    @property
    def marks(self) -> frozenset[str]:
        """All answers that may be given."""
        return frozenset(mark for question in self.questions for mark in marks_of(question))

    @property
    def remembered_marks(self) -> frozenset[str]:
        """Those that may be offered again for the next activity of the same kind."""
        return frozenset(mark for question in self.questions if question.remembered for mark in marks_of(question))

    @property
    def category_ids(self) -> frozenset[str]:
        """The categories, by their ids."""
        return frozenset(category.id for category in self.categories)


def marks_of(question: Question) -> tuple[str, ...]:
    """The marks that answers to a question make, in order: one for a yes, or one for each choice."""
    return tuple(f"{question.id}/{choice.id}" for choice in question.choices) or (question.id,)


def offered(version: Version, *, is_reading: bool) -> Offer:
    """What may be said of an activity: all the version has, but for reading what the body never allows for it."""
    never = version.reading.never if is_reading and version.reading is not None else frozenset()
    if EVERYTHING in never:
        return Offer((), (), participatory=False, stated=False, items=False, split=False, is_nothing=True)
    categories = tuple(category for category in version.categories if category.id not in never)
    unit = version.unit
    return Offer(
        categories=categories,
        questions=tuple(_allowed(version.questions, never)),
        participatory=version.asks_participatory and PARTICIPATORY not in never,
        stated=unit is not None and unit.stated,
        items=unit is not None and any(rate.per_item is not None for rate in unit.rates),
        split=version.double_count is DoubleCount.SPLIT and len(categories) > 1,
    )


def _allowed(questions: tuple[Question, ...], never: frozenset[str]) -> Iterator[Question]:
    for question in questions:
        if not question.choices:
            if question.id not in never:
                yield question
            continue
        choices = tuple(choice for choice in question.choices if f"{question.id}/{choice.id}" not in never)
        if choices:
            yield replace(question, choices=choices)


def guess(version: Version, facts: Facts, habit: Place | None = None) -> Place:
    """Where an activity of these facts probably belongs. `habit` is what the person last said of its kind."""
    offer = offered(version, is_reading=facts.is_reading)
    usual = _usual(version, facts, offer)
    if habit is None:
        return usual
    return Place(
        category=habit.category if habit.category in offer.category_ids else usual.category,
        marks=habit.marks & offer.remembered_marks,
    )


def _usual(version: Version, facts: Facts, offer: Offer) -> Place:
    """The file's own guess: the first that fits and is allowed, or what the body says of reading."""
    for each in version.guesses:
        if _fits(each, facts) and (not each.category or each.category in offer.category_ids):
            return Place(each.category, each.marks & offer.remembered_marks)
    of_reading = version.reading.category if facts.is_reading and version.reading is not None else ""
    return Place(of_reading if of_reading in offer.category_ids else "")


def _fits(each: Guess, facts: Facts) -> bool:
    return (not each.kinds or facts.kind in each.kinds) and (not each.topics or bool(each.topics & facts.topics))


def habit_of(version: Version, place: Place) -> Place:
    """What to remember of a place for the next activity of the kind: without the facts of this one alone."""
    return Place(place.category, place.marks & offered(version, is_reading=False).remembered_marks)


def unmet(version: Version, facts: Facts, place: Place, *, trusts_unsure: bool = False) -> tuple[Requirement, ...]:
    """The rules of eligibility that an activity in this place does not fulfil: as it stands, it counts for nothing.

    Rules below grade A take nothing away, unless the person trusts them.
    """
    share = _share(facts, place, minutes=0)
    return tuple(
        rule
        for rule in version.requirements
        if rule.kind is RuleKind.ELIGIBILITY and (rule.cite.is_sure or trusts_unsure) and not fits(rule.where, share)
    )


# --- In words --------------------------------------------------------------------------------------------------------


def in_short(
    version: Version, facts: Facts, place: Place, *, trusts_unsure: bool = False, participatory: bool = True
) -> str:
    """The place in a few words, to stand after the framework's name: "non-participatory hours".

    `participatory`: whether some of its minutes are said to be, where the body asks for that.
    """
    offer = offered(version, is_reading=facts.is_reading)
    if offer.is_nothing:
        return "does not count"
    if unmet(version, facts, place, trusts_unsure=trusts_unsure):
        return "does not count as it stands"
    label = category_label(version, place.category)
    if offer.categories and not label:
        return "no category yet"
    if version.unit is not None and not _earns_by_itself(version.unit, facts, place):
        by_certificate = "as your certificate states" if version.unit.stated else "no amount by itself"
        return f"{label}, {by_certificate}" if label else by_certificate
    is_alone = version.asks_participatory and not (offer.participatory and participatory)
    if label or version.unit is None:
        return (f"{label}, non-participatory" if is_alone else label) or "recorded"
    if is_alone:
        return f"non-participatory {version.unit.plural}"
    return version.unit.plural


def counts_as(version: Version, facts: Facts, place: Place, *, short: str, trusts_unsure: bool = False) -> str:
    """The same in sentences: "Counts towards NMC as non-participatory hours."."""
    offer = offered(version, is_reading=facts.is_reading)
    if offer.is_nothing:
        of_reading = version.reading.sentence if version.reading is not None else ""
        return f"Does not count for {short}. {of_reading}"
    if missing := unmet(version, facts, place, trusts_unsure=trusts_unsure):
        return f"Does not count for {short} as it stands. {missing[0].sentence}"
    label = category_label(version, place.category)
    if offer.categories and not label:
        return f"Has no category for {short} yet. You can choose one after saving."
    unit, as_what = version.unit, f" as {label}" if label else ""
    if unit is None:
        return f"Recorded for {short}{as_what}. It sets no amount."
    if not _earns_by_itself(unit, facts, place):
        by_certificate = " unless your certificate states them" if unit.stated else ""
        return f"Recorded for {short}{as_what}. It earns no {unit.plural} by itself{by_certificate}."
    return f"Counts towards {short} as {in_short(version, facts, place, trusts_unsure=trusts_unsure)}."


def category_label(version: Version, category: str) -> str:
    """A category's name for people; empty where the version has no such category."""
    return next((each.label for each in version.categories if each.id == category), "")


def _earns_by_itself(unit: Unit, facts: Facts, place: Place) -> bool:
    """Whether an hour of it is worth anything without a certificate that says so."""
    return bool(worth(_share(facts, place, minutes=60), unit)[0])


def _share(facts: Facts, place: Place, *, minutes: int) -> Share:
    entry = Entry("", datetime.date.min, minutes, kind=facts.kind, category=place.category, marks=place.marks)
    return Share(entry, place.category, minutes)
