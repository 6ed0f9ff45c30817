"""What stands beside the buttons of an article's form: how it stands, what is missing, and what can be done."""

import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from articles.composing import compose, hash_to_sign
from articles.models import Article, Review, Revision, State, Status, Verdict
from articles.previews import LIFETIME_SECONDS, preview_address
from articles.readiness import advice, obstacles
from meducation.lib.dates import iso_day


def standing(request: HttpRequest, article: Article | None, *, may_publish: bool) -> dict[str, Any]:
    """The context of submit_line.html and change_form.html."""
    if article is None:
        return {"publish_label": "Publish" if may_publish else "", "state_sentence": "Not saved yet."}
    is_public = article.is_published()
    label = "Publish changes" if is_public else "Schedule" if is_ahead(article.publish_at) else "Publish"
    composed = compose(article)
    revisions: list[Revision] = []
    if article.revision is not None:
        revisions = list(article.revisions.select_related("made_by").defer("body", "rendered", "details", "outline"))
    return {
        "publish_label": label if may_publish else "",
        "is_public": is_public,
        "may_unpublish": may_publish and article.status in (Status.SCHEDULED, Status.PUBLISHED, Status.RETIRED),
        "may_retire": may_publish and is_public,
        "is_retired": article.status == Status.RETIRED,
        "state_sentence": state_sentence(article, composed),
        "zone": timezone.get_current_timezone_name(),
        "words": composed.words,
        "minutes": composed.reading_minutes,
        "obstacles": obstacles(article),
        "advice": advice(article, composed),
        "revisions": revisions,
        "reviews": reviews_of(article, composed),
        "comments": [comment for comment in article.comments.all() if comment.resolved_at is None],
        "preview": request.build_absolute_uri(preview_address(article)),
        "preview_until": timezone.now() + datetime.timedelta(seconds=LIFETIME_SECONDS),
    }


def reviews_of(article: Article, composed: Revision) -> list[tuple[Review, bool]]:
    """Each request that was not withdrawn, newest first, and whether it is a signature under other words."""
    present = hash_to_sign(composed)
    return [
        (review, review.verdict == Verdict.SIGNED and review.signed_sha256 != present)
        for review in article.reviews.all()
        if review.verdict != Verdict.WITHDRAWN
    ]


def is_ahead(moment: datetime.datetime | None) -> bool:
    """Whether it is still to come."""
    return moment is not None and moment > timezone.now()


def day_and_time(moment: datetime.datetime | None) -> str:
    """ "22 November 2026, 09:00", by the clock of the person who looks; empty when there is none."""
    return date_format(timezone.localtime(moment), "j F Y, H:i") if moment else ""


def state_sentence(article: Article, composed: Revision) -> str:
    """What readers see, and whether it differs from the saved words."""
    revision, state = article.revision, article.state()
    if state in (State.DRAFT, State.IN_REVIEW) or revision is None:
        kept = f" Readers no longer see it; revision {revision.number} was published before." if revision else ""
        return f"{state.label}.{kept or ' Readers do not see it.'}"
    is_same = composed.sha256 == revision.sha256
    if state == State.SCHEDULED:
        zone = timezone.get_current_timezone_name()
        when = f"Scheduled: readers see it from {day_and_time(article.publish_at)} ({zone})."
        return when if is_same else f"{when} Your changes since then are not part of it: press “Schedule” again."
    if state == State.RETIRED:
        how = f"Retired: readers see revision {revision.number} under a notice. {article.retired_because}"
    elif state == State.REVIEW_DUE:
        due = iso_day(revision.details.get("review_due_on"))
        how = f"Review due since {due}: readers see revision {revision.number}, and that its review is overdue."
    else:
        how = f"Published: readers see revision {revision.number}."
    return how if is_same else f"{how} Your changes since then are saved, but not published."
