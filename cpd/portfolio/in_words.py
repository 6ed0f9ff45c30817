"""Everything a portfolio says, in words: so that the templates of its paper and of its page only place them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cpd.portfolio.contents import CertificateLine, Entry, Portfolio, by_month
from cpd.portfolio.totals import Totals
from meducation.lib.dates import Span, day_month_year, duration


def name_of(portfolio: Portfolio) -> str:
    """ "CPD portfolio 3: Dr Zoë Shah, 1 January 2026 to 23 November 2026": the document's title."""
    return f"{portfolio.title} {portfolio.number}: {portfolio.name}, {period_words(portfolio)}"


def period_words(portfolio: Portfolio) -> str:
    """ "1 January 2026 to 23 November 2026"."""
    return days_words(Span(portfolio.first, portfolio.last))


def days_words(span: Span) -> str:
    """One day, or the first and the last."""
    first, last = day_month_year(span.first), day_month_year(span.last)
    return first if first == last else f"{first} to {last}"


def data_of(
    portfolio: Portfolio, *, sha256: str = "", totals: Totals | None = None, log: Sequence[Entry] | None = None
) -> dict[str, Any]:
    """All of it, by the names that the templates know.

    `log`: the part of the log that is shown; `totals`: those of a log that is not all in `portfolio`.
    """
    totals = totals or portfolio.totals
    return {
        "title": portfolio.title,
        "number": portfolio.number,
        "name": portfolio.name,
        "period": period_words(portfolio),
        "made_on": day_month_year(portfolio.made_on),
        "sha256": sha256,
        "facts": [[label, value] for label, value in facts_of(totals)],
        "kinds": [[each.name, str(each.activities), duration(each.minutes)] for each in totals.by_kind],
        "sources": [[each.name, str(each.activities), duration(each.minutes)] for each in totals.by_provenance],
        "has_requirements": portfolio.has_requirements,
        "stands": [
            {
                "framework": stand.framework,
                "number": f"{stand.number_label}: {stand.number}" if stand.number else "",
                "cycle": days_words(Span(stand.first, stand.last)) if stand.first and stand.last else "",
                "as_of": day_month_year(stand.as_of),
                "verdict": stand.verdict,
                "requirements": [asdict(line) for line in stand.requirements],
                "years": [
                    [days_words(Span(year.first, year.last)), str(year.activities), duration(year.minutes)]
                    for year in stand.years
                ],
            }
            for stand in portfolio.stands
        ],
        "highlights": [_entry(entry) for entry in portfolio.highlights],
        "has_plan": portfolio.has_plan,
        "goals": [asdict(goal) | {"due": day_month_year(goal.due) if goal.due else ""} for goal in portfolio.goals],
        "sections": [
            {
                "title": section.title,
                "note": section.note,
                "papers": [
                    {
                        "name": f"{each.name}, {days_words(Span(each.first, each.last))}",
                        "answers": [list(pair) for pair in each.answers],
                    }
                    for each in section.papers
                ],
            }
            for section in portfolio.sections
        ],
        "has_certificates": portfolio.has_certificates,
        "certificates": [certificate_words(each) for each in portfolio.certificates],
        "months": [
            {"name": f"{month:%B %Y}", "entries": [_entry(entry) for entry in entries]}
            for month, entries in by_month(portfolio.entries if log is None else log)
        ],
    }


def facts_of(totals: Totals) -> list[tuple[str, str]]:
    """The totals, in words."""
    facts = [
        ("Activities", str(totals.activities)),
        ("Time claimed", duration(totals.minutes)),
    ]
    if totals.timed_claimed_minutes:
        facts.append(("Claimed for timed reading", duration(totals.timed_claimed_minutes)))
        facts.append(("Timed while reading", duration(totals.timed_minutes)))
    if totals.participatory_minutes:
        facts.append(("Participatory", duration(totals.participatory_minutes)))
    facts.append(("With a reflection in here", str(totals.reflected)))
    if totals.private_reflections:
        facts.append(("With one that is kept private", str(totals.private_reflections)))
    if totals.files:
        facts.append(("Evidence files", str(totals.files)))
    return facts


def certificate_words(line: CertificateLine) -> dict[str, str]:
    """A certificate, and whether it has what the GDC asks of verifiable CPD."""
    verifiable = "Not all that the GDC asks of verifiable CPD is on it"
    if line.outcomes:
        outcomes = f"outcome{'' if len(line.outcomes) == 1 else 's'} {', '.join(line.outcomes)}"
        verifiable = f"{duration(line.verifiable_minutes or 0)}, {outcomes}"
    return {
        "id": line.id,
        "title": line.title,
        "code": line.code,
        "days": days_words(Span(line.first, line.last)),
        "issued": day_month_year(line.issued_on),
        "time": duration(line.minutes),
        "verifiable": verifiable,
        "standing": line.standing,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "facts": " · ".join(entry_facts(entry)),
        "notes": entry_notes(entry),
        "reflection": [list(part) for part in entry.reflection],
        "evidence": [asdict(file) for file in entry.evidence],
    }


def entry_facts(entry: Entry) -> list[str]:
    """When, how long, what: the line under its title."""
    facts = [days_words(Span(entry.first, entry.last)), entry_time(entry), entry.kind]
    return [*facts, *([entry.provider] if entry.provider else []), entry.provenance]


def entry_time(entry: Entry) -> str:
    """Claimed, and measured where it was: "15 min claimed, 14 min timed"."""
    if entry.timed_minutes is None:
        return duration(entry.minutes)
    offline = f" (of it {duration(entry.offline_minutes)} recorded offline)" if entry.offline_minutes else ""
    return f"{duration(entry.minutes)} claimed, {duration(entry.timed_minutes)} timed{offline}"


def entry_notes(entry: Entry) -> list[str]:
    """What else is said of it, a sentence each."""
    notes = []
    if entry.byline or entry.revision:
        article = f"Article by {entry.byline}" if entry.byline else "Article"
        notes.append(f"{article}, revision {entry.revision}" if entry.revision else article)
    if entry.more_because:
        notes.append(f"Why more than was timed: {entry.more_because}")
    if entry.participatory_minutes:
        notes.append(f"Participatory: {duration(entry.participatory_minutes)}")
    notes += [f"{place.framework}: {place.category}" for place in entry.places]
    if entry.tags:
        notes.append(f"Tags: {', '.join(entry.tags)}")
    if entry.ai_use:
        notes.append(f"Use of AI: {entry.ai_use}")
    if entry.is_late:
        notes.append(f"Written down on {day_month_year(entry.recorded_on)}, more than a month later")
    if entry.has_private_reflection:
        notes.append("Has a reflection that is kept private")
    return notes
