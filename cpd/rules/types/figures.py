"""What a framework file says: figures, what they rest on, and what belongs to them."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Binding(StrEnum):
    """How much a requirement binds."""

    MANDATORY = "mandatory"  # A condition of registration, licence, membership or certificate.
    RECOMMENDED = "recommended"  # Advice: falling short is no breach.
    SCHEME = "scheme"  # Needed only for this body's own certificate or diary.


class Confidence(StrEnum):
    """How well a figure is known."""

    A = "A"  # The body's own page, the law, or several independent bodies that agree; recent.
    B = "B"  # A secondary source, or an old page.
    C = "C"  # General knowledge, or sources that conflict.


class RuleKind(StrEnum):
    """The kinds of rule (docs/cpd-rules.md, section 5, has a paragraph on each)."""

    MIN_TOTAL = "min_total"
    MIN_CATEGORY = "min_category"
    MAX_CATEGORY = "max_category"
    COMBINED_MIN = "combined_min"
    MIN_SHARE = "min_share"
    MAX_SHARE = "max_share"
    YEARLY_MIN = "yearly_min"
    SLIDING_MIN = "sliding_min"
    ROLLING_BALANCE = "rolling_balance"
    MIN_COUNT = "min_count"
    ARTEFACT = "artefact"
    COVERAGE = "coverage"
    ATTEST = "attest"
    ONCE_ONLY = "once_only"
    EVERY_NTH_CYCLE = "every_nth_cycle"
    FIRST_CYCLE_ONLY = "first_cycle_only"
    MAX_GAP = "max_gap"
    ELIGIBILITY = "eligibility"
    DEADLINE = "deadline"
    LOCK = "lock"


class Measure(StrEnum):
    """What a requirement counts."""

    CREDITS = "credits"  # In the version's unit, after conversion and caps.
    PARTICIPATORY = "participatory"  # The participatory part of the same.
    ENTRIES = "entries"  # Activities.
    REFLECTIONS = "reflections"  # Different reflections among the activities.
    ARTEFACTS = "artefacts"  # Artefacts of one kind: their number, or the sum of their quantities.


class CycleKind(StrEnum):
    """The six ways to tell a cycle."""

    CALENDAR_YEAR = "calendar-year"
    ANNUAL_BLOCK = "annual-block"  # Twelve months from a day of the year that is the same for everybody.
    FIXED_BLOCK = "fixed-block"  # Several years, from a date in the rule, or from one's own that begins a year.
    INDIVIDUAL = "individual"  # Around a date of the person's own.
    LICENCE = "licence"  # The same, as long as the licence the person holds.
    ROLLING = "rolling"  # The months up to today.


class Rounding(StrEnum):
    """How credits of one entry are rounded, where a body says so."""

    NEAREST = "nearest"  # Half goes up.
    DOWN = "down"


class ProRata(StrEnum):
    """What a body does for part of a cycle."""

    NONE = "none"  # Nothing: the whole amount stands.
    MONTHS = "months"  # Calendar months of the cycle that remain, the month of joining included.
    DAYS = "days"  # Days of the cycle in proportion.
    GRANTED = "granted"  # On request: the person enters what the body granted.
    UNKNOWN = "unknown"  # Not known to us.


class DoubleCount(StrEnum):
    """Whether one activity may count in several categories."""

    EXCLUSIVE = "exclusive"  # One category each.
    SPLIT = "split"  # Its minutes may be divided among categories.


@dataclass(frozen=True, slots=True)
class Source:
    """A page that was read."""

    key: str
    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Cite:
    """What a figure rests on."""

    sources: tuple[Source, ...]
    confidence: Confidence
    checked: datetime.date

    @property
    def is_sure(self) -> bool:
        """Whether it counts without "check with your regulator"."""
        return self.confidence is Confidence.A


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several, with its name for people."""

    id: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A fact about an activity that this framework asks for, beside its category.

    The answers become the entry's marks: "verifiable" for a yes, "outcome/A" for one chosen of several.
    """

    id: str
    label: str
    help: str = ""
    choices: tuple[Choice, ...] = ()  # Empty: a yes or a no. Otherwise any number of them may be ticked.
    remembered: bool = True  # Whether the answer is offered again for the next activity of the same kind.


@dataclass(frozen=True, slots=True)
class Guess:
    """Where an activity probably belongs. The first that fits is offered, and the person decides."""

    kinds: frozenset[str] = frozenset()  # Of Activity.kind; empty: any.
    topics: frozenset[str] = frozenset()  # Slugs of an article's topics; empty: any.
    category: str = ""
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadingRule:
    """What reading an ordinary article alone counts as here."""

    sentence: str
    cite: Cite
    category: str = ""
    # Never offered for plain reading: marks, categories, "participatory", "everything" (it counts for nothing here).
    never: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ArtefactField:
    """One box of an artefact's form."""

    id: str
    label: str
    kind: str = "long"  # "long", "short", "date", "hours", "choice", "choices"
    help: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class ArtefactKind:
    """Something a body wants to see that is no activity: an account, a discussion, a plan, a declaration."""

    id: str
    name: str
    plural: str
    sentence: str  # What it is, or, for a declaration, the words declared.
    fields: tuple[ArtefactField, ...] = ()
    is_declaration: bool = False
    quantity: str = ""  # The id of the field that is summed ("hours"); empty: artefacts are counted.
    cite: Cite | None = None


@dataclass(frozen=True, slots=True)
class NumberForm:
    """The form of a number on the register. It tells slips of the pen, not whether the number is anybody's."""

    label: str
    pattern: str
    example: str
    cite: Cite
    titles: frozenset[str] = frozenset()  # Empty: all.
    luhn_prefix: str = ""  # Where the number has a Luhn check digit: what goes before it.


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of every year."""

    month: int
    day: int

    def of(self, year: int) -> datetime.date:
        """That day of `year`; 29 February becomes the 28th where there is none."""
        try:
            return datetime.date(year, self.month, self.day)
        except ValueError:
            return datetime.date(year, self.month, 28)


@dataclass(frozen=True, slots=True)
class CycleRule:
    """How to tell somebody's cycle."""

    kind: CycleKind
    cite: Cite
    years: int = 1
    years_by_title: Mapping[str, int] = field(default_factory=dict)
    starts: MonthDay | None = None  # The first day of each year of the cycle.
    starts_by_title: Mapping[str, MonthDay] = field(default_factory=dict)
    first: datetime.date | None = None  # A day on which one block began, the same for everybody.
    months: int = 12  # Of a rolling window.
    anchor: str = ""  # "start" or "end": which day of the cycle the person tells us; empty: none is asked.
    asks: str = ""  # The question, "When is your registration renewed next?"
    help: str = ""  # Where to find it.


@dataclass(frozen=True, slots=True)
class Where:
    """Which entries, or which part of them. Everything that is given must hold."""

    categories: frozenset[str] = frozenset()  # Any of these.
    marks: frozenset[str] = frozenset()  # All of these.
    any_marks: frozenset[str] = frozenset()  # At least one of these.
    kinds: frozenset[str] = frozenset()  # Any of these kinds of activity.

    @property
    def is_everything(self) -> bool:
        """Whether it leaves nothing out."""
        return not (self.categories or self.marks or self.any_marks or self.kinds)


@dataclass(frozen=True, slots=True)
class Rate:
    """How minutes or items become credits for some entries. The first that fits is used."""

    where: Where
    per_hour: Decimal | None = None
    per_item: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap within one note, day or entry."""

    id: str
    per: str  # "note" (activities that share one reflection), "day", "entry"
    value: Decimal
    where: Where
    sentence: str
    cite: Cite


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted, and how minutes become it."""

    name: str
    plural: str
    cite: Cite
    per_hour: Decimal | None = None  # None: minutes are worth nothing by themselves.
    rates: tuple[Rate, ...] = ()
    stated: bool = False  # A certificate may state its own amount, which then stands.
    increment: Decimal | None = None
    rounding: Rounding = Rounding.NEAREST
    is_time: bool = False  # Hours, shown as "7 h 30 min".


@dataclass(frozen=True, slots=True)
class Title:
    """A title, scope, endorsement or length of licence under which somebody is enrolled."""

    id: str
    label: str
    help: str = ""
    professions: frozenset[str] = frozenset()  # Whom it is offered to first.


@dataclass(frozen=True, slots=True)
class Requirement:
    """One rule, its figure and what the figure rests on."""

    id: str
    kind: RuleKind
    name: str  # "Participatory CPD"
    sentence: str  # The rule in our words, with its figure.
    binding: Binding
    cite: Cite
    measure: Measure = Measure.CREDITS
    value: Decimal | None = None
    values: Mapping[str, Decimal] = field(default_factory=dict)  # By title, where titles differ.
    where: Where = field(default_factory=Where)
    window: str = "cycle"  # "cycle", "cycle-year", "any-2-years", "lifetime", "P5Y" (years up to the end of the cycle)
    only: frozenset[str] = frozenset()  # Titles it is for; empty: all.
    artefact: str = ""  # Of min_count, artefact, attest, deadline.
    exactly: bool = False  # "4 records": more than that is no gain, and no fault.
    dimension: str = ""  # Of coverage: "category", "kind", "artefact", or a question's id.
    members: tuple[Choice, ...] = ()  # Of coverage: each must occur.
    at_least: int = 0  # Of coverage without members: so many different ones.
    every: int = 0  # Of every_nth_cycle.
    first: int = 1  # Of every_nth_cycle: the cycle in which it is first asked.
    months: int = 0  # Of max_gap (no longer silence than) and rolling_balance (an entry lives so long).
    share_of: str = ""  # Of shares: "required" or "achieved".
    due_on: MonthDay | None = None  # Of deadline: that day after the window's end.
    due_days: int | None = None  # Of deadline: so many days after the window's end.
    due_from_start: bool = False  # … after its start instead.
    counts_from: datetime.date | None = None  # It binds cycles that end on or after this day.
    final_year_only: bool = False  # It is asked for in the last year of the cycle.
    not_in_first_year: bool = False  # Of sliding_min: the first year of the first cycle is left out.
    pro_rata: bool = False  # Whether the version's pro rata applies to it.


@dataclass(frozen=True, slots=True)
class ProRataRule:
    """What happens to amounts when somebody joins late, is on leave or works part of the time."""

    joining: ProRata = ProRata.UNKNOWN
    leave: ProRata = ProRata.UNKNOWN
    part_time: ProRata = ProRata.UNKNOWN
    whole: bool = False  # The result is rounded to a whole number, half up.
    sentence: str = ""
    cite: Cite | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with its source: carry-over, retention, audit, what is coming."""

    text: str
    cite: Cite | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A framework as it stood from one day to another. None: since ever, or until further notice."""

    id: str
    cycle: CycleRule
    unit: Unit | None  # None: the body sets no unit.
    requirements: tuple[Requirement, ...]
    starts: datetime.date | None = None
    ends: datetime.date | None = None
    titles: tuple[Title, ...] = ()
    several_titles: str = ""  # "highest": the highest figure of all titles held; empty: one title at a time.
    categories: tuple[Choice, ...] = ()
    questions: tuple[Question, ...] = ()
    guesses: tuple[Guess, ...] = ()
    limits: tuple[Limit, ...] = ()
    double_count: DoubleCount = DoubleCount.EXCLUSIVE
    asks_participatory: bool = False
    participatory_help: str = ""
    reading: ReadingRule | None = None
    artefacts: tuple[ArtefactKind, ...] = ()
    pro_rata: ProRataRule = field(default_factory=ProRataRule)
    carry_over: Statement | None = None
    notes: tuple[Statement, ...] = ()  # Open points, what is announced, how long to keep evidence.

    def requirement(self, requirement_id: str) -> Requirement:
        """The requirement of that id. Raises KeyError."""
        for requirement in self.requirements:
            if requirement.id == requirement_id:
                return requirement
        raise KeyError(requirement_id)
