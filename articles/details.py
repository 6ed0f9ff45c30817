"""What a published text carries beside its title, standfirst and body.

It is stored as JSON in the revision, where nothing can change it, so reading has to cope with whatever an
older version of this file wrote: every key may be missing.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from articles.assessing import Assessment

NONE_DECLARED = (
    "none",
    "none declared",
    "nothing to declare",
    "no competing interests",
    "no competing interests declared",
)
DATES = ("last_reviewed_on", "review_due_on", "interests_declared_on")


@dataclass(frozen=True)
class Writer:
    """An author as they were named then."""

    name: str = ""
    slug: str = ""
    credentials: str = ""
    family_name: str = ""


@dataclass(frozen=True)
class Source:
    """One reference."""

    number: int = 0
    title: str = ""
    authors: str = ""
    source: str = ""
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    url: str = ""


@dataclass(frozen=True)
class SignedReview:
    """A reviewer's signature as it was given."""

    name: str = ""
    credentials: str = ""
    competing_interests: str = ""
    signed_on: datetime.date | None = None
    # False when the words were changed after they had been signed.
    is_of_this_text: bool = True

    @property
    def signature(self) -> str:
        """ "Dr Ada Byron, FRCP"."""
        return f"{self.name}, {self.credentials}" if self.credentials else self.name


@dataclass(frozen=True)
class Details:
    """All of it, in the order of the page."""

    writers: tuple[Writer, ...] = ()
    learning_objectives: tuple[str, ...] = ()
    acknowledgement: str = ""
    references: tuple[Source, ...] = ()
    competing_interests: str = ""
    funding: str = ""
    reviewed_by: str = ""
    last_reviewed_on: datetime.date | None = None
    review_due_on: datetime.date | None = None
    interests_declared_on: datetime.date | None = None
    offers_cpd: bool = True
    gdc_outcomes: str = ""  # "AC": letters of the General Dental Council's development outcomes.
    # With the right answers: it may not be shown to anybody before they have answered.
    assessment: Assessment | None = None
    reviews: tuple[SignedReview, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values, the same before and after a journey through the database, so that the hash can be checked."""
        plain = asdict(self)
        for name in DATES:
            plain[name] = plain[name].isoformat() if plain[name] else None
        for name in ("writers", "learning_objectives", "references", "reviews"):
            plain[name] = list(plain[name])
        # A text without questions or outcomes is stored, and hashed, as it was before there were any.
        if not self.gdc_outcomes:
            del plain["gdc_outcomes"]
        del plain["assessment"]
        if self.assessment is not None:
            plain["assessment"] = self.assessment.to_json()
        for review in plain["reviews"]:
            review["signed_on"] = review["signed_on"].isoformat() if review["signed_on"] else None
        return plain

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Details":
        """The details of a stored revision."""
        return cls(
            writers=tuple(Writer(**_known(Writer, writer)) for writer in stored.get("writers", ())),
            learning_objectives=tuple(stored.get("learning_objectives", ())),
            acknowledgement=stored.get("acknowledgement", ""),
            references=tuple(Source(**_known(Source, source)) for source in stored.get("references", ())),
            competing_interests=stored.get("competing_interests", ""),
            funding=stored.get("funding", ""),
            reviewed_by=stored.get("reviewed_by", ""),
            offers_cpd=stored.get("offers_cpd", True),
            gdc_outcomes=stored.get("gdc_outcomes", ""),
            assessment=Assessment.from_json(stored["assessment"]) if stored.get("assessment") else None,
            reviews=tuple(
                SignedReview(**_known(SignedReview, review) | {"signed_on": _date(review.get("signed_on"))})
                for review in stored.get("reviews", ())
            ),
            **{name: _date(stored.get(name)) for name in DATES},
        )


def is_answered(competing_interests: str, declared_on: datetime.date | None) -> bool:
    """Whether the question about competing interests has its answer: that there are none, or a dated statement."""
    return is_no_interest(competing_interests) or bool(competing_interests.strip() and declared_on)


def is_no_interest(statement: str) -> bool:
    """Whether an answer says that there are none."""
    return statement.strip().rstrip(".").casefold() in NONE_DECLARED


def names_in_line(names: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _known(kind: type, stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stored.items() if name in kind.__annotations__}


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
