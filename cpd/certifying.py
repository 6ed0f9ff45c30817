"""What of an activity can be certified, and why not, where it cannot."""

from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from articles.details import Details
from articles.models import Revision
from cpd.models import Activity
from meducation.lib.dates import nearest_minutes
from meducation.lib.text import one_line

if TYPE_CHECKING:
    import datetime

    from accounts.models import User


@dataclass(frozen=True)
class Obstacle:
    """Why there can be no certificate, and where that is mended, if it can be."""

    text: str
    address: str = ""
    action: str = ""


@dataclass(frozen=True)
class Passed:
    """An assessment that was passed."""

    on: "datetime.date"
    score: int


@dataclass(frozen=True)
class Certifiable:
    """What a certificate of an activity would say: fields of a Certificate. Empty when there is an obstacle."""

    facts: dict[str, Any] = field(default_factory=dict)
    obstacle: Obstacle | None = None
    # What of the GDC's list is missing, as parts of a sentence; empty when nothing is.
    gdc_lacks: tuple[str, ...] = ()


def may_be_certified(activity: Activity, *, has_passed: bool) -> bool:
    """Whether there is anything to certify: a text of an article that was timed, or whose assessment was passed."""
    return activity.revision_number is not None and (activity.measured_seconds is not None or has_passed)


def certifiable(activity: Activity, *, user: "User") -> Certifiable:
    """What can be certified of a person's activity now. Two queries at most.

    The text is the very revision that was read, and only an assessment of that text counts.
    """
    name = one_line(user.name)
    if not name:
        profile = reverse("accounts:profile")
        nameless = Obstacle("A certificate needs your name.", profile, "Add your name to your profile")
        return Certifiable(obstacle=nameless)
    if activity.revision_number is None:
        return Certifiable(obstacle=Obstacle("Certificates are made of articles that were read on Meducation."))
    revision = _text_read(activity)
    if revision is None:
        return Certifiable(obstacle=Obstacle("The text that was read is no longer on Meducation."))
    details = Details.from_json(revision.details)
    passed = _passed(activity, revision, user) if details.assessment else None
    if not may_be_certified(activity, has_passed=passed is not None):
        return Certifiable(
            obstacle=Obstacle(
                "This reading was not timed, and no assessment of its text was passed: there is nothing to certify."
            )
        )
    facts = {"holder_name": name, "provider": provider(), **_of_activity(activity), **_of_text(revision, details)}
    if passed is not None and details.assessment is not None:
        facts |= {
            "passed_on": passed.on,
            "score": passed.score,
            "pass_mark": details.assessment.pass_mark,
            "questions": len(details.assessment.questions),
        }
    lacks = gdc_lacks(activity, details, has_passed=passed is not None)
    if not lacks:
        facts |= {
            "gdc_outcomes": list(details.gdc_outcomes),
            "gdc_minutes": hours_to_vouch_for(activity),
            "quality_assured_by": details.reviewed_by,
        }
    return Certifiable(facts=facts, gdc_lacks=lacks)


def gdc_lacks(activity: Activity, details: Details, *, has_passed: bool) -> tuple[str, ...]:
    """What is missing of what verifiable CPD of the General Dental Council needs, as parts of a sentence. Pure.

    Concise aims and objectives, clear anticipated outcomes (A to D), quality controls, and evidence that it was done.
    """
    needs = (
        ("learning objectives", bool(details.learning_objectives)),
        ("development outcomes of the GDC that the article serves", bool(details.gdc_outcomes)),
        ("somebody who assured its quality", bool(details.reviewed_by)),
        ("timed reading of at least a minute", bool(activity.timed_ms and hours_to_vouch_for(activity))),
        ("a passed assessment", has_passed),
    )
    return tuple(words for words, is_there in needs if not is_there)


def hours_to_vouch_for(activity: Activity) -> int:
    """Whole minutes that we ourselves can state: what was timed, and never more than was claimed."""
    return min(activity.minutes, nearest_minutes(activity.timed_ms or 0))


def provider() -> str:
    """Who issues: our name, address and contact, on one line."""
    return f"{settings.SITE_NAME}, {settings.SITE_URL}, {parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


def _text_read(activity: Activity) -> Revision | None:
    if activity.article_id is None or activity.revision_number is None:
        return None
    texts = Revision.objects.filter(article=activity.article_id, number=activity.revision_number)
    return texts.defer("body", "rendered", "outline").first()


def _passed(activity: Activity, revision: Revision, user: "User") -> Passed | None:
    attempts = user.assessment_attempts.passed_by(user).filter(revision=revision)
    first = attempts.only("finished_at", "score").first()
    return Passed(user.profile.local_date(first.finished_at), first.score or 0) if first is not None else None


def _of_activity(activity: Activity) -> dict[str, Any]:
    names = (
        "done_on",
        "done_until",
        "minutes",
        "measured_seconds",
        "offline_seconds",
        "open_seconds",
        "before_sign_in",
        "article_title",
        "article_address",
        "revision_number",
        "revision_sha256",
    )
    said = {name: getattr(activity, name) for name in names}
    # A whole address, as a certificate is read elsewhere.
    return said | {"article_address": f"{settings.SITE_URL}{activity.article_address}"}


def _of_text(revision: Revision, details: Details) -> dict[str, Any]:
    writers = (
        f"{writer.name} ({writer.credentials})" if writer.credentials else writer.name for writer in details.writers
    )
    return {
        "article_subject": revision.standfirst,
        "article_byline": "; ".join(writers) or revision.byline,
        "objectives": list(details.learning_objectives),
    }
