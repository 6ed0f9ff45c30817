"""Where activities belong in each framework of a person: by what they say, or by guess."""

import datetime
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from articles.models import Article
from cpd import catalogue
from cpd.models import Activity, Enrolment, Placement
from cpd.rules.guessing import Facts, Place, guess, habit_of
from cpd.rules.types import Version

if TYPE_CHECKING:
    from accounts.models import User

AT_ONCE = 1000


@dataclass(frozen=True)
class Said:
    """What is said of an activity under one enrolment."""

    place: Place
    split: Mapping[str, int] = field(default_factory=dict)  # Minutes by category.
    stated: Decimal | None = None
    items: int = 1
    is_guess: bool = False  # The person has not seen it: the kind was changed and the guess followed.
    is_remembered: bool = False  # The person chose otherwise than was offered: offer this next time.

    def columns(self) -> dict[str, Any]:
        """The columns of the placement."""
        return {
            "category": self.place.category,
            "marks": sorted(self.place.marks),
            "split": dict(self.split),
            "stated": self.stated,
            "items": self.items,
            "is_guess": self.is_guess,
        }


type SaidByEnrolment = Mapping[uuid.UUID, Said]


def place(
    *, by: "User", activity: Activity, said: SaidByEnrolment | None = None, kind_before: str | None = None
) -> None:
    """Put an activity into its place under each enrolment of its owner not left before it: as said, else by guess.

    For the transaction that writes the activity. Where nothing is said, a place that is there already stays, unless
    it was a guess and `kind_before` is another kind than the activity's. What is said under an enrolment that was over
    by then, or somebody else's, is passed over.
    """
    said = said or {}
    # Locked, because what is said is remembered on them; in one order, so that nobody waits for each other.
    enrolments = list(by.enrolments.current(activity.done_on).select_for_update(of=("self",)))
    if not enrolments:
        return
    facts = Facts(activity.kind, topics_of([activity.article_id]).get(activity.article_id, frozenset()))
    there = {placement.enrolment_id: placement for placement in activity.placements.all()}
    for enrolment in enrolments:
        version = version_on(enrolment, activity.done_on)
        if version is None:
            continue
        placement, here = there.get(enrolment.pk), said.get(enrolment.pk)
        if here is None:
            if placement is not None and not (placement.is_guess and kind_before not in (None, activity.kind)):
                continue
            here = guessed(enrolment, version, facts)
        elif here.is_remembered:
            remember(enrolment, activity.kind, habit_of(version, here.place))
        if placement is None:
            Placement.objects.create(activity=activity, enrolment=enrolment, **here.columns())
        else:
            _change(placement, here)


def _change(placement: Placement, said: Said) -> None:
    columns = said.columns()
    if all(getattr(placement, name) == value for name, value in columns.items()):
        return  # The history would get a line that says nothing.
    for name, value in columns.items():
        setattr(placement, name, value)
    placement.save()


@transaction.atomic
def place_all(*, enrolment: Enrolment, by: "User") -> int:
    """Guess the places of all kept activities of a person that have none under `enrolment`; returns how many.

    Those done after it was left need none. Raises Enrolment.DoesNotExist for somebody else's.
    """
    enrolment = Enrolment.objects.owned_by(by).select_for_update(of=("self",)).get(pk=enrolment.pk)
    activities = (
        Activity.objects.owned_by(by)
        .kept()
        .filter(~Exists(Placement.objects.filter(activity=OuterRef("pk"), enrolment=enrolment)))
    )
    if enrolment.left_on is not None:
        activities = activities.filter(done_on__lte=enrolment.left_on)
    rows = list(activities.values_list("pk", "kind", "done_on", "article_id"))
    topics = topics_of(article for _, _, _, article in rows)
    known: dict[tuple[int, Facts], dict[str, Any]] = {}
    placed = 0
    # Never all of them at once: a whole record of a hundred thousand may have been imported.
    for some in batched(rows, AT_ONCE, strict=False):
        placements = list(_placements(enrolment, some, topics, known))
        Placement.objects.bulk_create(placements, ignore_conflicts=True)
        placed += len(placements)
    return placed


def _placements(
    enrolment: Enrolment,
    rows: Iterable[tuple[uuid.UUID, str, datetime.date, int | None]],
    topics: Mapping[int | None, frozenset[str]],
    known: dict[tuple[int, Facts], dict[str, Any]],
) -> Iterator[Placement]:
    """Guessed places; `known` keeps the guesses made so far."""
    for pk, kind, done_on, article in rows:
        version = version_on(enrolment, done_on)
        if version is None:
            continue
        facts = Facts(kind, topics.get(article, frozenset()))
        # The same few guesses over and over: thousands of activities, a dozen kinds.
        columns = known.get((id(version), facts))
        if columns is None:
            columns = known[id(version), facts] = guessed(enrolment, version, facts).columns()
        yield Placement(activity_id=pk, enrolment=enrolment, **columns)


# --- What forms and pages use too -------------------------------------------------------------------------------------


def guessed(enrolment: Enrolment, version: Version, facts: Facts) -> Said:
    """The guess for an activity under an enrolment, with what the person usually says of such activities."""
    return Said(guess(version, facts, habit(enrolment, facts.kind)), is_guess=True)


def habit(enrolment: Enrolment, kind: str) -> Place | None:
    """What the person last said of activities of a kind; None when they never did."""
    kept = enrolment.habits.get(kind)
    return Place(kept["category"], frozenset(kept["marks"])) if kept else None


def remember(enrolment: Enrolment, kind: str, place: Place) -> None:
    """Offer this for the next activity of the kind. The enrolment's row is locked by whoever calls."""
    habits = {**enrolment.habits, kind: {"category": place.category, "marks": sorted(place.marks)}}
    if habits != enrolment.habits:
        enrolment.habits = habits
        enrolment.save(update_fields=["habits", "changed_at"])


def version_on(enrolment: Enrolment, day: datetime.date) -> Version | None:
    """The rules of an enrolment's framework in force on a day; None where they are not known here."""
    framework = catalogue.framework(enrolment.framework)
    return framework.version_on(day) if framework is not None else None


def topics_of(articles: Iterable[int | None]) -> Mapping[int | None, frozenset[str]]:
    """The slugs of the topics of some articles. One query, or none where there is no article."""
    wanted = {article for article in articles if article is not None}
    found: dict[int | None, set[str]] = {}
    if wanted:
        rows = Article.objects.filter(pk__in=wanted, topics__isnull=False).values_list("pk", "topics__slug")
        for article, slug in rows:
            found.setdefault(article, set()).add(slug)
    return {article: frozenset(slugs) for article, slugs in found.items()}
