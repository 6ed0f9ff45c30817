"""What the rules speak of: plain values. Nothing here knows a database, a clock or a web page.

Three groups: what a framework file says (`Framework` and its parts), what a person did (`Entry`, `Artefact`,
`Enrolled`), and what comes of it (`Assessment` and its parts). docs/cpd-rules.md tells how one leads to the other;
docs/frameworks.md how a file is written.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Outcome(StrEnum):
    """What is said of one requirement. A recommended one is never `NOT_MET`."""

    MET = "met"
    NOT_YET = "not-yet"
    NOT_MET = "not-met"  # Its window has closed.
    DECLARE = "needs-your-declaration"
    UNKNOWN = "cannot-tell"


class Binding(StrEnum):
    """How much a requirement binds."""

    MANDATORY = "mandatory"  # A condition of registration, licence, membership or certificate.
    RECOMMENDED = "recommended"  # Advice: falling short is no breach.
    SCHEME = "scheme"  # Needed only for this body's own certificate or diary.


class Confidence(StrEnum):
    """How well a figure is known."""

    A = "A"  # The body's own page or the law, recent.
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


# --- What a framework file says --------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Example:
    """An example clinician, and what the rules must say of them."""

    name: str
    enrolled: "Enrolled"
    as_of: datetime.date
    entries: tuple["Entry", ...]
    artefacts: tuple["Artefact", ...]
    expect: Mapping[str, Outcome | None]  # None: it does not apply to that person on that day.
    counted: Decimal | None = None  # The total that counts, if the example says so.
    needs: Mapping[str, Decimal] = field(default_factory=dict)  # What is needed, by requirement, if it says so.
    have: Mapping[str, Decimal] = field(default_factory=dict)
    on: datetime.date | None = None  # A day of the cycle that is judged; None: the one of the last thing done.


@dataclass(frozen=True, slots=True)
class Framework:
    """One file of cpd/frameworks."""

    id: str
    name: str
    short: str
    body: str
    status: str  # "regulator", "professional-body", "credit-system"
    summary: str
    countries: frozenset[str]  # ISO codes, with a subdivision where the body is one's: "GB", "US-CA".
    professions: frozenset[str]  # Of accounts.Profession.
    checked: datetime.date
    versions: tuple[Version, ...]  # In order of time.
    examples: tuple[Example, ...]
    numbers: tuple[NumberForm, ...] = ()
    number_label: str = ""

    def version_on(self, day: datetime.date) -> Version | None:
        """The version in force on `day`; None where none is known."""
        for version in reversed(self.versions):
            if (version.starts is None or version.starts <= day) and (version.ends is None or day <= version.ends):
                return version
        return None

    def version(self, version_id: str) -> Version:
        """The version of that id. Raises KeyError."""
        for version in self.versions:
            if version.id == version_id:
                return version
        raise KeyError(version_id)


# --- What a person did -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One activity as one framework sees it."""

    key: str
    done_on: datetime.date
    minutes: int
    participatory_minutes: int = 0
    kind: str = "other"
    category: str = ""  # Empty: not placed.
    split: tuple[tuple[str, int], ...] = ()  # Minutes by category, where the framework divides them.
    marks: frozenset[str] = frozenset()
    stated: Decimal | None = None  # Credits that a certificate states.
    items: int = 1  # Papers or chapters, where each counts.
    note: str = ""  # Which reflection it has; empty: none.
    recorded_on: datetime.date | None = None
    until: datetime.date | None = None  # The last day, where it took several.


@dataclass(frozen=True, slots=True)
class Artefact:
    """An account, a discussion, a plan, a declaration."""

    kind: str
    done_on: datetime.date
    quantity: Decimal = Decimal(1)
    until: datetime.date | None = None  # The last day it speaks of: of hours worked, of a gap explained.
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Leave:
    """Time away, both days included."""

    first: datetime.date
    last: datetime.date


@dataclass(frozen=True, slots=True)
class TitleHeld:
    """A title and since when; until the next change."""

    titles: frozenset[str]
    since: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody's place in a framework."""

    framework: str
    titles: tuple[TitleHeld, ...] = ()
    anchor: datetime.date | None = None
    joined_on: datetime.date | None = None  # First registered: nothing is asked for before.
    left_on: datetime.date | None = None
    leave: tuple[Leave, ...] = ()
    working_share: Decimal = Decimal(1)  # 1 is full time.
    granted: Mapping[str, Decimal] = field(default_factory=dict)  # What the body granted instead, by requirement.
    trusts_unsure: bool = False  # The person has checked the figures below grade A and wants them to count.

    def titles_on(self, day: datetime.date) -> frozenset[str]:
        """The titles held on `day`; before the first, those held first."""
        held: frozenset[str] = self.titles[0].titles if self.titles else frozenset()
        for change in self.titles:
            if change.since is not None and change.since <= day:
                held = change.titles
        return held


# --- What comes of it ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: datetime.date
    last: datetime.date

    def __contains__(self, day: datetime.date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle of somebody's, and the years in it."""

    whole: Period
    years: tuple[Period, ...]
    number: int | None = None  # 1 is the first since joining; None where the day of joining is not known.

    @property
    def first(self) -> datetime.date:
        """Its first day."""
        return self.whole.first

    @property
    def last(self) -> datetime.date:
        """Its last day."""
        return self.whole.last


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of how an entry came to count as it does, in a sentence."""

    sentence: str
    amount: Decimal = Decimal(0)  # What it added (conversion) or took away (a cap), in the unit.
    requirement: str = ""  # The id of the rule, limit or cap behind it.
    cite: Cite | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one entry. `recorded` = `counted` + what is recorded and not counted; all in the unit."""

    entry: str
    recorded: Decimal
    counted: Decimal
    category: str
    reasons: tuple[Reason, ...]

    @property
    def not_counted(self) -> Decimal:
        """What is recorded, not counted."""
        return self.recorded - self.counted


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a finding: a year, a pair of years, a member of a set, a gap."""

    name: str
    outcome: Outcome
    have: Decimal | None = None
    need: Decimal | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of one requirement."""

    requirement: Requirement
    outcome: Outcome
    window: Period | None = None
    is_closed: bool = False  # The window is over.
    have: Decimal | None = None
    need: Decimal | None = None
    reached_on: datetime.date | None = None  # When it came to be met.
    parts: tuple[Part, ...] = ()
    caveats: tuple[str, ...] = ()
    counts: bool = True  # False: below grade A and not trusted, so shown with "check with your regulator" only.
    due: datetime.date | None = None  # The last day to meet it.

    @property
    def left(self) -> Decimal:
        """How much is missing, never below 0."""
        if self.have is None or self.need is None:
            return Decimal(0)
        return max(Decimal(0), self.need - self.have)


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A requirement that does not apply now, and why."""

    requirement: Requirement
    reason: str


class Verdict(StrEnum):
    """All requirements together."""

    ENOUGH = "enough"
    NOT_YET = "not-yet"
    NOT_MET = "not-met"
    UNKNOWN = "cannot-tell"
    NO_AMOUNT = "no-amount"  # The body sets nothing that can be counted, or nothing that binds.


@dataclass(frozen=True, slots=True)
class Assessment:
    """Where somebody stands in one cycle of one framework, on one day."""

    framework: str
    version: str  # Empty where none is known.
    cycle: Cycle | None
    as_of: datetime.date
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    recorded: Decimal = Decimal(0)  # Of this cycle, in the unit.
    counted: Decimal = Decimal(0)
    caveats: tuple[str, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Whether the cycle is over."""
        return self.cycle is not None and self.cycle.last < self.as_of

    def finding(self, requirement_id: str) -> Finding:
        """The finding on that requirement. Raises KeyError."""
        for finding in self.findings:
            if finding.requirement.id == requirement_id:
                return finding
        raise KeyError(requirement_id)
