"""How a published article stands: what readers are told above it, and whether it is offered as CPD.

Pure: what is known of the article and a day go in, sentences come out. Credit follows the article's standing: while a
review is overdue or a disclosure missing it stays readable, says so, and is not offered until that is mended.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from articles.details import Details, names_in_line
from meducation.lib.dates import day_month_year, site_day

if TYPE_CHECKING:
    from articles.models import Article

EDITORIAL, CORRECTION, WITHDRAWAL = "editorial", "correction", "withdrawal"
RETIRED = "retired"


class Flaw(StrEnum):
    """Why an article is not offered as CPD, the gravest first."""

    WITHDRAWN = "withdrawn"
    RETIRED = "retired"
    INTERESTS_MISSING = "interests-missing"
    REVIEW_OVERDUE = "review-overdue"
    NO_CPD = "no-cpd"


@dataclass(frozen=True)
class Change:
    """A published text that differed from the one before it, as its readers were told."""

    number: int
    significance: str
    on: datetime.date
    note: str = ""


@dataclass(frozen=True)
class Remark:
    """A plain notice: what it is about ("corrected" or a flaw), and two sentences, the second of which may be empty."""

    about: str
    heading: str
    text: str = ""

    @property
    def is_grave(self) -> bool:
        """Whether a reader might otherwise do something wrong."""
        return self.about in ("corrected", Flaw.WITHDRAWN, Flaw.RETIRED)


@dataclass(frozen=True)
class Standing:
    """How an article stands on a day."""

    remarks: tuple[Remark, ...] = ()  # For the top of the page.
    corrections: tuple[Change, ...] = ()  # All there ever were, the newest first.
    flaws: tuple[Flaw, ...] = ()
    because: str = ""  # Why it is not offered, as a part of a sentence; empty when it is.

    @property
    def is_offered(self) -> bool:
        """Whether reading it may be logged as CPD."""
        return not self.flaws

    @property
    def sentence(self) -> str:
        """Why it is not offered: "This article is not offered as CPD: its review …"; empty when it is."""
        return f"This article is not offered as CPD: {self.because}." if self.because else ""


def standing_of(
    *,
    details: Details,
    changes: Sequence[Change] = (),
    status: str = "published",
    retired_on: datetime.date | None = None,
    retired_because: str = "",
    today: datetime.date,
) -> Standing:
    """How an article stands `today`, by its published text's `details` and the `changes` readers have seen so far.

    A correction stays on top while nothing but editorial changes followed it; so does a withdrawal, which any other
    real change ends. A review is overdue from the day after it was due; without a date it is never overdue.
    """
    newest_first = sorted(changes, key=lambda change: change.number, reverse=True)
    real = [change for change in newest_first if change.significance != EDITORIAL]
    withdrawal = next((change for change in real[:1] if change.significance == WITHDRAWAL), None)
    found: list[tuple[Flaw, Remark | None, str]] = []
    if withdrawal is not None:
        day = day_month_year(withdrawal.on)
        remark = Remark(Flaw.WITHDRAWN, f"Withdrawn on {day}: do not rely on this article.", withdrawal.note)
        found.append((Flaw.WITHDRAWN, remark, f"it was withdrawn on {day}"))
    if status == RETIRED:
        on = f" on {day_month_year(retired_on)}" if retired_on else ""
        remark = Remark(Flaw.RETIRED, f"Retired{on}: this article is no longer kept up to date.", retired_because)
        found.append((Flaw.RETIRED, remark, f"it was retired{on}"))
    if not details.competing_interests.strip():
        remark = Remark(
            Flaw.INTERESTS_MISSING,
            "The authors have not stated their competing interests.",
            "We do not know whether there are any.",
        )
        found.append((Flaw.INTERESTS_MISSING, remark, "its authors have not stated their competing interests"))
    if details.review_due_on is not None and details.review_due_on < today:
        day = day_month_year(details.review_due_on)
        remark = Remark(Flaw.REVIEW_OVERDUE, f"The review of this article was due on {day}.", _last_review(details))
        found.append((Flaw.REVIEW_OVERDUE, remark, f"its review was due on {day} and has not been done"))
    if not details.offers_cpd:
        # Nothing is wrong with the article, so nothing stands on top of it.
        found.append((Flaw.NO_CPD, None, "its authors do not offer it as CPD"))
    corrected = [
        Remark("corrected", f"Corrected on {day_month_year(change.on)}.", change.note)
        for change in takewhile(lambda change: change.significance == CORRECTION, real)
    ]
    remarks = [remark for _, remark, _ in found if remark is not None]
    return Standing(
        remarks=(
            *(each for each in remarks if each.is_grave),
            *corrected,
            *(each for each in remarks if not each.is_grave),
        ),
        corrections=tuple(change for change in real if change.significance in (CORRECTION, WITHDRAWAL)),
        flaws=tuple(flaw for flaw, _, _ in found),
        because=names_in_line([reason for _, _, reason in found]),
    )


def _last_review(details: Details) -> str:
    if details.last_reviewed_on is None:
        return "It may not say what is known by now."
    return f"It was last reviewed on {day_month_year(details.last_reviewed_on)} and may not say what is known by now."


# --- Of a row --------------------------------------------------------------------------------------------------------


def standing_now(article: "Article", now: datetime.datetime | None = None) -> Standing:
    """How an article from `ArticleQuerySet.with_changes()` stands by the site's calendar. Takes no query."""
    now = now or timezone.now()
    if article.revision is None:
        return Standing(flaws=(Flaw.WITHDRAWN,), because="it is not published")
    return standing_of(
        details=Details.from_json(article.revision.details),
        changes=changes_from(article.changes, now),  # type: ignore[attr-defined]  # of with_changes()
        status=article.status,
        retired_on=site_day(article.retired_at) if article.retired_at else None,
        retired_because=article.retired_because,
        today=site_day(now),
    )


def changes_from(rows: Iterable[Mapping[str, Any]], now: datetime.datetime) -> list[Change]:
    """The changes that readers had seen at `now`, from the rows of `ArticleQuerySet.with_changes()`."""
    found = []
    for row in rows:
        live_from = datetime.datetime.fromisoformat(row["live_from"])
        if live_from <= now:
            found.append(Change(row["number"], row["significance"], site_day(live_from), row["note"]))
    return found
