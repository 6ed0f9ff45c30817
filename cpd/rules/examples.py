"""Example clinicians of a framework file: reading them, and judging them as the file says they must be."""

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from cpd.rules.counting import GRAINS
from cpd.rules.engine import assess
from cpd.rules.tables import Table
from cpd.rules.types import (
    Artefact,
    Assessment,
    CycleKind,
    Enrolled,
    Entry,
    Example,
    Framework,
    Leave,
    Outcome,
    TitleHeld,
)

# What an example says of a rule beside the outcome words: it does not apply to that person now.
NOT_ASKED = "not-asked"


def read_example(table: Table, root: Table) -> Example:
    """One `[[examples]]` table. Raises FrameworkError."""
    titles = table.words("titles")
    held = [TitleHeld(titles)] if titles else []
    for part in table.tables("titles_since"):
        held.append(TitleHeld(part.words("titles"), part.day("since")))
        part.done()
    leave = []
    for part in table.tables("leave"):
        first, last = part.day("first"), part.day("last")
        if first is None or last is None or last < first:
            raise part.wrong("leave needs a first and a last day")
        leave.append(Leave(first, last))
        part.done()
    as_of = table.day("as_of")
    if as_of is None:
        raise table.wrong("as_of is missing: the day on which the example is judged")
    share = table.number("working_share")
    enrolled = Enrolled(
        framework=str(root.rest.get("id", "")),
        titles=tuple(held),
        anchor=table.day("anchor"),
        joined_on=table.day("joined"),
        left_on=table.day("left"),
        leave=tuple(leave),
        working_share=Decimal(1) if share is None else share,
        granted=table.numbers("granted"),
        trusts_unsure=table.flag("trusts_unsure"),
    )
    entries = tuple(entry for number, part in enumerate(table.tables("entries")) for entry in _entries(part, number))
    artefacts = tuple(artefact for part in table.tables("artefacts") for artefact in _artefacts(part))
    example = Example(
        name=table.text("name"),
        enrolled=enrolled,
        as_of=as_of,
        entries=entries,
        artefacts=artefacts,
        expect=_expected(table),
        counted=table.number("counted"),
        needs=table.numbers("needs"),
        have=table.numbers("have"),
        on=table.day("on"),
    )
    table.done()
    return example


def _expected(table: Table) -> Mapping[str, Outcome | None]:
    """What must come out, by requirement; None where it does not apply to that person now."""

    def convert(value: Any) -> Outcome | None:
        try:
            return None if value == NOT_ASKED else Outcome(value)
        except ValueError:
            raise table.wrong(f"“{value}” is no outcome: {', '.join(Outcome)}, {NOT_ASKED}") from None

    table.need("expect")
    return table.by_key("expect", convert)


def _entries(table: Table, number: int) -> list[Entry]:
    on, minutes = table.day("on"), table.number("minutes")
    hours = table.number("hours")
    if on is None or (minutes is None) == (hours is None):
        raise table.wrong("an entry needs on, and minutes or hours")
    exact = minutes if minutes is not None else (hours or Decimal(0)) * 60
    if exact != int(exact):
        raise table.wrong("an entry takes whole minutes")
    count = table.whole("count", 1)
    split = tuple(table.integers("split").items())
    template = Entry(
        key="",
        done_on=on,
        minutes=int(exact),
        participatory_minutes=table.whole("participatory"),
        kind=table.text("kind", "other"),
        category=table.text("category", ""),
        split=split,
        marks=table.words("marks"),
        stated=table.number("stated"),
        items=table.whole("items", 1),
        note=table.text("note", ""),
        recorded_on=table.day("recorded"),
    )
    table.done()
    return [
        Entry(
            key=f"{number}.{index}",
            done_on=on + datetime.timedelta(days=index),
            minutes=template.minutes,
            participatory_minutes=template.participatory_minutes,
            kind=template.kind,
            category=template.category,
            split=template.split,
            marks=template.marks,
            stated=template.stated,
            items=template.items,
            note=template.note,
            recorded_on=template.recorded_on,
        )
        for index in range(count)
    ]


def _artefacts(table: Table) -> list[Artefact]:
    on = table.day("on")
    if on is None:
        raise table.wrong("an artefact needs on")
    quantity, count = table.number("quantity"), table.whole("count", 1)
    kind, until, marks = table.text("kind"), table.day("until"), table.words("marks")
    table.done()
    return [
        Artefact(kind, on + datetime.timedelta(days=index), Decimal(1) if quantity is None else quantity, until, marks)
        for index in range(count)
    ]


# --- Judging them ----------------------------------------------------------------------------------------------------


def judged(example: Example, framework: Framework) -> Assessment:
    """What the engine says of an example clinician, in the cycle of the last thing that they did."""
    version = framework.versions[-1]
    days = [*(entry.done_on for entry in example.entries), *(artefact.done_on for artefact in example.artefacts)]
    done = [day for day in days if day <= example.as_of]
    on = example.on or max(done, default=example.as_of)
    if version.cycle.kind is CycleKind.ROLLING:
        on = example.as_of
    return assess(example.entries, framework, example.enrolled, example.as_of, artefacts=example.artefacts, on=on)


def outcomes(example: Example, framework: Framework) -> dict[str, str]:
    """Every requirement's and limit's outcome word, "not-asked" included."""
    assessment = judged(example, framework)
    version = framework.version(assessment.version) if assessment.version else framework.versions[-1]
    # Whatever is for other titles is not asked either.
    found = {requirement.id: NOT_ASKED for requirement in version.requirements}
    found |= {finding.requirement.id: finding.outcome.value for finding in assessment.findings}
    taken = {reason.requirement for tally in assessment.tallies.values() for reason in tally.reasons}
    for limit in version.limits:
        found[limit.id] = (Outcome.NOT_YET if limit.id in taken else Outcome.MET).value
    return found


def faults_of(example: Example, framework: Framework) -> Iterator[str]:
    """A sentence for each thing that comes out otherwise than the example says."""
    assessment, found = judged(example, framework), outcomes(example, framework)
    for rule, expected in example.expect.items():
        word = NOT_ASKED if expected is None else expected.value
        if (got := found.get(rule, "nothing at all")) != word:
            yield f"{rule} comes out as {got}, not {word}"
    if example.counted is not None and assessment.counted != example.counted:
        yield f"{_shown(assessment.counted)} counts, not {_shown(example.counted)}"
    for name, wanted in (("needs", example.needs), ("have", example.have)):
        for rule, figure in wanted.items():
            finding = next((each for each in assessment.findings if each.requirement.id == rule), None)
            value = None if finding is None else finding.need if name == "needs" else finding.have
            if value is None or abs(value - figure) * GRAINS >= 1:
                yield f"{rule}: {name} is {'nothing' if value is None else _shown(value)}, not {_shown(figure)}"


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}"
