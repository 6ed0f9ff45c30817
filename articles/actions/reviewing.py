"""Sending to review, commenting, asking for changes, signing off. Each is one transaction and asks whether `by` may."""

import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from articles.composing import compose, hash_to_sign
from articles.models import Article, Comment, Review, Status, Verdict

if TYPE_CHECKING:
    from accounts.models import User


class CannotReview(Exception):
    """This person may not review this article: it is theirs, or their role does not allow it."""


class AskedAlready(Exception):
    """This person has been asked, and has not answered yet."""


class WordsChanged(Exception):
    """The words are no longer those the reviewer had before them."""


class AlreadyDecided(Exception):
    """This request has its answer, or was withdrawn."""


# --- Asking ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def send_to_review(
    *,
    article: Article,
    by: "User",
    reviewer: "User | None" = None,
    request: str = "",
    now: datetime.datetime | None = None,
) -> Review | None:
    """Ask `reviewer` to read the article; without one, ask the editors to choose somebody.

    A draft is then in review. What readers see does not change. An earlier request for changes by the same person is
    settled: they will say whether it was met. Raises PermissionDenied, CannotReview or AskedAlready.
    """
    now = now or timezone.now()
    locked = _locked_to_edit(article, by)
    if not by.has_perm("articles.add_review"):
        raise PermissionDenied
    review = None
    if reviewer is not None:
        if not may_review(reviewer, locked):
            raise CannotReview
        asked = locked.reviews.filter(reviewer=reviewer)
        if asked.waiting().exists():
            raise AskedAlready
        asked.open_changes().update(settled_at=now)
        review = Review.objects.create(
            article=locked, reviewer=reviewer, asked_by=by, asked_at=now, request=request.strip()
        )
    if locked.status == Status.DRAFT:
        _move(locked, Status.IN_REVIEW)
    article.refresh_from_db()
    return review


@transaction.atomic
def withdraw_review(*, review: Review, by: "User", now: datetime.datetime | None = None) -> None:
    """Take a request back that has no answer yet, or set a request for changes aside.

    The author may take back what waits; only an editor sets aside what a reviewer asked for. Raises PermissionDenied
    or AlreadyDecided.
    """
    now = now or timezone.now()
    article = _locked_to_edit(review.article, by)
    row = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if row.verdict == Verdict.WAITING:
        row.verdict, row.decided_at = Verdict.WITHDRAWN, now
        row.save(update_fields=["verdict", "decided_at"])
        _back_to_draft_if_nobody_reads(article)
    elif row.verdict == Verdict.CHANGES and row.settled_at is None:
        if not by.has_perm("articles.publish_article"):
            raise PermissionDenied
        row.settled_at = now
        row.save(update_fields=["settled_at"])
    else:
        raise AlreadyDecided


@transaction.atomic
def take_back(*, article: Article, by: "User", now: datetime.datetime | None = None) -> None:
    """Make an article in review a draft again, and withdraw every request that waits. Raises PermissionDenied."""
    locked = _locked_to_edit(article, by)
    locked.reviews.waiting().update(verdict=Verdict.WITHDRAWN, decided_at=now or timezone.now())
    if locked.status == Status.IN_REVIEW:
        _move(locked, Status.DRAFT)
    article.refresh_from_db()


def may_review(person: "User", article: Article) -> bool:
    """Whether `person` may be asked about `article`: their role allows it, and the article is not their own."""
    if not person.is_active or not person.has_perm("articles.change_review"):
        return False
    return not Article.objects.owned_by(person).filter(pk=article.pk).exists()


# --- Answering -------------------------------------------------------------------------------------------------------


@transaction.atomic
def comment(
    *, article: Article, by: "User", text: str, quotation: str = "", now: datetime.datetime | None = None
) -> Comment:
    """Say something about the article, for everybody who works on it. Reviewers may, and whoever may edit it.

    Raises PermissionDenied, or ValueError without words.
    """
    if not text.strip():
        raise ValueError("a comment has words")
    if not _takes_part(by, article):
        raise PermissionDenied
    return Comment.objects.create(
        article=article, writer=by, text=text.strip(), quotation=quotation.strip(), made_at=now or timezone.now()
    )


@transaction.atomic
def resolve_comment(*, comment: Comment, by: "User", is_resolved: bool = True) -> None:
    """Mark a comment as done, or as open again. Who wrote it may, and whoever may edit. Raises PermissionDenied."""
    wrote_it = comment.writer_id == by.pk and _takes_part(by, comment.article)
    if not wrote_it and not Article.objects.editable_by(by).filter(pk=comment.article_id).exists():
        raise PermissionDenied
    comment.resolved_at, comment.resolved_by = (timezone.now(), by) if is_resolved else (None, None)
    comment.save(update_fields=["resolved_at", "resolved_by"])


@transaction.atomic
def ask_for_changes(*, review: Review, by: "User", changes: str, now: datetime.datetime | None = None) -> None:
    """Send the article back with what should change; it cannot be published until that is settled.

    Raises PermissionDenied, AlreadyDecided, or ValueError without words.
    """
    if not changes.strip():
        raise ValueError("what should change has words")
    article, row = _locked_to_answer(review, by)
    row.verdict, row.changes, row.decided_at = Verdict.CHANGES, changes.strip(), now or timezone.now()
    row.save(update_fields=["verdict", "changes", "decided_at"])
    _back_to_draft_if_nobody_reads(article)
    review.refresh_from_db()


@transaction.atomic
def sign_off(
    *,
    review: Review,
    by: "User",
    sha256: str,
    name: str,
    credentials: str,
    competing_interests: str,
    now: datetime.datetime | None = None,
) -> None:
    """Sign the words whose hash is `sha256`: those the reviewer had before them.

    Raises PermissionDenied, AlreadyDecided, WordsChanged, or ValueError without a name or a statement of interests.
    """
    if not name.strip() or not competing_interests.strip():
        raise ValueError("a signature has a name and a statement of interests")
    article, row = _locked_to_answer(review, by)
    composed = compose(article)
    if hash_to_sign(composed) != sha256:
        raise WordsChanged
    row.verdict, row.decided_at = Verdict.SIGNED, now or timezone.now()
    row.name, row.credentials = name.strip(), credentials.strip()
    row.competing_interests = competing_interests.strip()
    row.signed_sha256 = sha256
    row.signed_words = {
        "title": composed.title,
        "standfirst": composed.standfirst,
        "body": composed.body,
        "details": composed.details,
    }
    row.save()
    review.refresh_from_db()


# --- What these share ------------------------------------------------------------------------------------------------


def _locked_to_edit(article: Article, by: "User") -> Article:
    editable = Article.objects.editable_by(by)
    locked = Article.objects.select_for_update(of=("self",)).filter(pk=article.pk, pk__in=editable.values("pk")).first()
    if locked is None:
        raise PermissionDenied
    return locked


def _locked_to_answer(review: Review, by: "User") -> tuple[Article, Review]:
    """The article with its rows and the request, if it is `by` who was asked and may still answer."""
    article = Article.objects.select_for_update(of=("self",)).for_composing().get(pk=review.article_id)
    row = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    # Asked again: a byline may have come since, and a role may have gone.
    if row.reviewer_id != by.pk or not may_review(by, article):
        raise PermissionDenied
    if row.verdict != Verdict.WAITING:
        raise AlreadyDecided
    return article, row


def _takes_part(by: "User", article: Article) -> bool:
    is_asked = by.has_perm("articles.change_review") and Review.objects.asked_of(by).filter(article=article).exists()
    return is_asked or Article.objects.editable_by(by).filter(pk=article.pk).exists()


def _back_to_draft_if_nobody_reads(article: Article) -> None:
    still_needed = article.reviews.filter(verdict__in=[Verdict.WAITING, Verdict.SIGNED])
    if article.status == Status.IN_REVIEW and not still_needed.exists():
        _move(article, Status.DRAFT)


def _move(article: Article, status: Status) -> None:
    article.status = status
    article.save(update_fields=["status", "changed_at"])
