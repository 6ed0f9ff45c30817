"""What each entry is worth: eligibility, conversion, limits, caps, in that order (docs/cpd-rules.md, section 4).

Amounts are whole numbers of `GRAINS` inside, so that forty-two times fifty minutes are thirty-five hours and not a hair
less. Decimals go out.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from cpd.rules.types import (
    Cite,
    Entry,
    Limit,
    Reason,
    Requirement,
    Rounding,
    Tally,
    Unit,
    Version,
    Where,
)

# To the credit: divisible by 60 for minutes, and by 1,000 for what certificates state.
GRAINS = 6000
MILLIONTH = Decimal("0.000001")


def amount(grains: int) -> Decimal:
    """The same in the unit. Not rounded, but for what no decimal can write (50 minutes are 0.833333 hours)."""
    value = Decimal(grains) / GRAINS
    return value if value == value.quantize(MILLIONTH) else value.quantize(MILLIONTH)


def grains(value: Decimal) -> int:
    """A figure of a rule, in grains."""
    return int(value * GRAINS)


class Share:
    """One entry, or the part of it that is in one category, on its way to being counted."""

    __slots__ = ("caps", "category", "counted", "entry", "minutes", "reasons", "recorded")

    def __init__(self, entry: Entry, category: str, minutes: int) -> None:
        self.entry, self.category, self.minutes = entry, category, minutes
        self.recorded = self.counted = 0
        self.reasons: list[Reason] = []
        self.caps = 0

    @property
    def participatory(self) -> int:
        """The grains of it that are participatory, of what counts."""
        whole = self.entry.minutes
        if not whole or not self.entry.participatory_minutes:
            return 0
        return min(self.counted, self.recorded * self.entry.participatory_minutes // whole)

    def reduce_to(self, most: int, *, sentence: str, rule: str, cite: Cite) -> None:
        """Let no more than `most` grains of it count, and say why."""
        if self.counted > most:
            self.reasons.append(Reason(sentence, amount(self.counted - most), rule, cite))
            self.counted = most


def fits(where: Where, share: Share) -> bool:
    """Whether a rule means this entry (or this part of it)."""
    entry = share.entry
    return (
        (not where.categories or share.category in where.categories)
        and (not where.marks or where.marks <= entry.marks)
        and (not where.any_marks or not where.any_marks.isdisjoint(entry.marks))
        and (not where.kinds or entry.kind in where.kinds)
    )


def is_plain_reading(entry: Entry) -> bool:
    """Whether somebody only read: nothing about it is certified, and no body was told anything of it."""
    return entry.kind == "reading" and entry.stated is None and not entry.marks


def shares_of(entry: Entry) -> list[Share]:
    """The entry in its one category, or divided among several; what is left over stays with the one."""
    if not entry.split:
        return [Share(entry, entry.category, entry.minutes)]
    shares = [Share(entry, category, minutes) for category, minutes in entry.split if minutes]
    rest = entry.minutes - sum(share.minutes for share in shares)
    if rest > 0:
        shares.append(Share(entry, entry.category, rest))
    return shares


class Count:
    """All entries of somebody, counted by the versions of their dates.

    `window_of(rule, day)` names the window of a cap in which a day falls: a cap is used up once in each.
    `counts(cite)` says whether a figure of that grade takes anything away.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        *,
        version_of: Callable[[datetime.date], Version],
        window_of: Callable[[Requirement, datetime.date], object],
        caps_of: Callable[[Version], Iterable[tuple[Requirement, int]]],
        counts: Callable[[Cite], bool],
    ) -> None:
        self._version_of, self._counts = version_of, counts
        # By date, so that a cap is filled by what was done first; the key makes the order the same for everybody.
        ordered = sorted(entries, key=lambda entry: (entry.done_on, entry.key))
        self.shares = [share for entry in ordered for share in shares_of(entry)]
        self._rules: dict[int, tuple[Version, tuple[Requirement, ...]]] = {}
        for share in self.shares:
            self._convert(share)
        self._limit()
        self._cap(window_of, caps_of)

    def _rules_on(self, day: datetime.date) -> tuple[Version, tuple[Requirement, ...]]:
        version = self._version_of(day)
        known = self._rules.get(id(version))
        if known is None:
            eligibility = tuple(
                rule for rule in version.requirements if rule.kind == "eligibility" and self._counts(rule.cite)
            )
            known = self._rules[id(version)] = (version, eligibility)
        return known

    def _convert(self, share: Share) -> None:
        version, eligibility = self._rules_on(share.entry.done_on)
        if version.unit is None:
            return
        share.recorded, reason = worth(share, version.unit)
        share.reasons.append(reason)
        reading = version.reading
        if reading is not None and "everything" in reading.never and is_plain_reading(share.entry):
            share.reasons.append(Reason(reading.sentence, amount(share.recorded), cite=reading.cite))
            return
        for rule in eligibility:
            if not fits(rule.where, share):
                share.reasons.append(Reason(rule.sentence, amount(share.recorded), rule.id, rule.cite))
                return
        share.counted = share.recorded

    def _limit(self) -> None:
        """Caps within one note, one day, one entry."""
        used: dict[tuple[str, object], int] = {}
        for share in self.shares:
            if not share.counted:
                continue
            version, _ = self._rules_on(share.entry.done_on)
            for limit in version.limits:
                if not self._counts(limit.cite) or not fits(limit.where, share):
                    continue
                key = (limit.id, _group(limit, share.entry))
                left = grains(limit.value) * _days(limit, share.entry) - used.get(key, 0)
                share.reduce_to(max(0, left), sentence=limit.sentence, rule=limit.id, cite=limit.cite)
                used[key] = used.get(key, 0) + share.counted

    def _cap(
        self,
        window_of: Callable[[Requirement, datetime.date], object],
        caps_of: Callable[[Version], Iterable[tuple[Requirement, int]]],
    ) -> None:
        """Caps on categories. Entries under fewer caps go first: then one more entry never lowers the total."""
        caps: dict[int, list[tuple[Requirement, int]]] = {}
        capped: list[tuple[Share, list[tuple[Requirement, int]]]] = []
        for share in self.shares:
            if not share.counted:
                continue
            version, _ = self._rules_on(share.entry.done_on)
            if id(version) not in caps:
                caps[id(version)] = list(caps_of(version))
            mine = [cap for cap in caps[id(version)] if fits(cap[0].where, share)]
            if mine:
                capped.append((share, mine))
        capped.sort(key=lambda pair: len(pair[1]))  # Stable: by date within.
        used: dict[tuple[str, object], int] = {}
        for share, mine in capped:
            keys = [(rule.id, window_of(rule, share.entry.done_on)) for rule, _ in mine]
            for (rule, most), key in zip(mine, keys, strict=True):
                share.reduce_to(max(0, most - used.get(key, 0)), sentence=rule.sentence, rule=rule.id, cite=rule.cite)
            for key in keys:
                used[key] = used.get(key, 0) + share.counted

    def tallies(self, wanted: Callable[[Entry], bool]) -> Mapping[str, Tally]:
        """What became of each entry that is `wanted`."""
        found: dict[str, Tally] = {}
        for share in self.shares:
            if not wanted(share.entry):
                continue
            key = share.entry.key
            recorded, counted = amount(share.recorded), amount(share.counted)
            parts = ((share.category, share.minutes, recorded, counted),) if share.entry.split else ()
            if key in found:
                before = found[key]
                found[key] = Tally(
                    key,
                    before.recorded + recorded,
                    before.counted + counted,
                    before.category,
                    before.reasons + tuple(share.reasons),
                    before.shares + parts,
                )
            else:
                found[key] = Tally(key, recorded, counted, share.category, tuple(share.reasons), parts)
        return found


def worth(share: Share, unit: Unit) -> tuple[int, Reason]:
    """What minutes, items or a certificate earn by themselves, in grains, and the sentence for it."""
    entry = share.entry
    if unit.stated and entry.stated is not None:
        # Divided entries divide what the certificate states.
        value = grains(entry.stated) * share.minutes // entry.minutes if entry.minutes else grains(entry.stated)
        return value, Reason("Your certificate states it.", amount(value), cite=unit.cite)
    per_hour, per_item = unit.per_hour, None
    for rate in unit.rates:
        if fits(rate.where, share):
            per_hour, per_item = rate.per_hour, rate.per_item
            break
    if per_item is not None:
        value = grains(per_item) * entry.items
        name = unit.name if per_item == 1 else unit.plural
        return value, Reason(f"{per_item.normalize():f} {name} each.", amount(value), cite=unit.cite)
    if per_hour is None:
        sentence = (
            f"Time alone earns no {unit.plural} here. Enter those that your certificate states."
            if unit.stated
            else f"Time alone earns no {unit.plural} here."
        )
        return 0, Reason(sentence, cite=unit.cite)
    value = int(per_hour * GRAINS * share.minutes) // 60
    if unit.increment is not None:
        step = grains(unit.increment)
        half = step // 2 if unit.rounding is Rounding.NEAREST else 0
        value = (value + half) // step * step
    if unit.is_time and per_hour == 1:
        return value, Reason("Counted by time.", amount(value), cite=unit.cite)
    name = unit.name if per_hour == 1 else unit.plural
    return value, Reason(f"{per_hour.normalize():f} {name} an hour.", amount(value), cite=unit.cite)


def _days(limit: Limit, entry: Entry) -> int:
    """How often a limit may be used up: once, but once a day by what took several."""
    return (entry.until - entry.done_on).days + 1 if limit.per == "day" and entry.until else 1


def _group(limit: Limit, entry: Entry) -> object:
    if limit.per == "day" and not entry.until:
        return entry.done_on
    if limit.per == "note" and entry.note:
        return entry.note
    return f"entry {entry.key}"
