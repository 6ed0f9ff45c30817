"""Reviews: who was asked to read an article, what they said, and which words they signed."""

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from articles.models.articles import Article
from articles.models.revisions import text_hash
from articles.querysets import ReviewQuerySet

# What is about a text and not part of it: changing it leaves a signature good.
NOT_SIGNED = frozenset(
    {"reviews", "reviewed_by", "last_reviewed_on", "review_due_on", "interests_declared_on", "offers_cpd"}
)


class Verdict(models.TextChoices):
    """What became of a request."""

    WAITING = "waiting", "Waiting"
    CHANGES = "changes", "Asked for changes"
    SIGNED = "signed", "Signed off"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Review(models.Model):
    """One person asked once to read one article. Asking again makes another row."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="reviews_asked_for"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    request = models.CharField("what to look at", max_length=500, blank=True)
    verdict = models.CharField(max_length=20, choices=Verdict, default=Verdict.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)
    # What they ask to be changed, in their words.
    changes = models.TextField(blank=True, max_length=5000)
    # A request for changes is open until somebody asks again or sets it aside.
    settled_at = models.DateTimeField(null=True, blank=True)
    # As the reviewer gave them with their signature.
    name = models.CharField(max_length=150, blank=True)
    credentials = models.CharField(max_length=150, blank=True)
    competing_interests = models.TextField(blank=True, max_length=2000)
    signed_sha256 = models.CharField(max_length=64, blank=True)
    # The words themselves, so that what changed since can be shown: title, standfirst, body, details.
    signed_words = models.JSONField(encoder=DjangoJSONEncoder, null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values),
                name="articles_review_verdict_is_known",
                violation_error_message="Choose one of the answers.",
            ),
            models.UniqueConstraint(
                fields=["article", "reviewer"],
                condition=models.Q(verdict=Verdict.WAITING),
                name="articles_review_is_asked_for_once",
                violation_error_message="This person has been asked already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(verdict=Verdict.SIGNED)
                | (
                    ~models.Q(name="")
                    & ~models.Q(competing_interests="")
                    & ~models.Q(signed_sha256="")
                    & models.Q(decided_at__isnull=False, signed_words__isnull=False)
                ),
                name="articles_review_signature_is_whole",
                violation_error_message="Signing off needs a name, a statement of interests and the words signed.",
            ),
            models.CheckConstraint(
                condition=~models.Q(verdict=Verdict.CHANGES)
                | (~models.Q(changes="") & models.Q(decided_at__isnull=False)),
                name="articles_review_says_what_to_change",
                violation_error_message="Say what should change.",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.article}"

    @property
    def who(self) -> str:
        """The reviewer: as they signed, or as their account names them."""
        return self.name or (str(self.reviewer) if self.reviewer else "somebody who has left")

    @property
    def signature(self) -> str:
        """ "Dr Ada Byron, FRCP"."""
        return f"{self.who}, {self.credentials}" if self.credentials else self.who


class Comment(models.Model):
    """Something said about an article at the desk: about the whole, or about a passage that is quoted."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="comments")
    writer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    quotation = models.TextField(blank=True, max_length=1000)
    text = models.TextField(max_length=5000)
    made_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="articles_comment_has_words",
                violation_error_message="Write your comment.",
                violation_error_code="text",
            )
        ]

    def __str__(self) -> str:
        return f"Comment {self.pk}"


def words_hash(*, title: str, standfirst: str, body: str, details: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of what a reviewer signs: the words, without the dates and people about them."""
    signed = {name: value for name, value in details.items() if name not in NOT_SIGNED}
    return text_hash(title=title, standfirst=standfirst, body=body, details=signed)
