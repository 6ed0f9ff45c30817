"""Questions about an article, and people's attempts at them.

A `Question` is what an author works on; what readers are asked is never that, but its copy in the published revision.
"""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from articles.assessing import TRUE_FALSE
from articles.attempts import AttemptQuerySet
from articles.models.articles import Article
from articles.models.revisions import Revision


class QuestionKind(models.TextChoices):
    """How a question is answered."""

    SINGLE_BEST_ANSWER = "single-best-answer", "Single best answer"
    TRUE_FALSE = TRUE_FALSE, "True or false"


class Question(models.Model):
    """One question of an article's assessment, as it is being worked on."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField("number", default=1)
    # Stays through every revision, so that what people answered can be put together.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=QuestionKind, default=QuestionKind.SINGLE_BEST_ANSWER)
    text = models.TextField("question", max_length=1000)
    explanation = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                name="articles_question_key_is_used_once",
                violation_error_message="Another question has this key.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=QuestionKind.values),
                name="articles_question_kind_is_known",
                violation_error_message="Choose one of the kinds of question.",
                violation_error_code="kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {Truncator(self.text).chars(80)}"


class Choice(models.Model):
    """One answer that a question offers."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField(default=1)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    text = models.CharField(max_length=300)
    is_correct = models.BooleanField("right", default=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                name="articles_choice_key_is_used_once",
                violation_error_message="Another answer has this key.",
            ),
            models.UniqueConstraint(
                fields=["question"],
                condition=models.Q(is_correct=True),
                name="articles_choice_one_answer_is_right",
                violation_error_message="A question has one right answer.",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Attempt(models.Model):
    """One person's attempt at the questions of one published text. Nobody else sees it."""

    id = models.UUIDField(primary_key=True)  # Made by the form, so that a retried request is the same attempt.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assessment_attempts")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    # The keys of the questions, each with those of its answers, as they were put to this person (assessing.Order).
    order = models.JSONField()
    # From the key of a question to that of the answer chosen; empty until it is finished.
    answers = models.JSONField(default=dict)
    score = models.PositiveSmallIntegerField(null=True)  # Whole per cent of the questions.
    passed = models.BooleanField(null=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "article"],
                condition=models.Q(finished_at__isnull=True),
                name="articles_attempt_is_one_at_a_time",
                violation_error_message="You have begun an attempt already.",
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True, score__isnull=True, passed__isnull=True)
                | models.Q(finished_at__isnull=False, score__isnull=False, passed__isnull=False),
                name="articles_attempt_has_a_result_once_finished",
                violation_error_message="A finished attempt has a score; one under way has none.",
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True) | models.Q(finished_at__gte=models.F("begun_at")),
                name="articles_attempt_ends_after_it_begins",
                violation_error_message="An attempt cannot end before it begins.",
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__lte=100),
                name="articles_attempt_score_is_a_percentage",
                violation_error_message="A score is at most 100 per cent.",
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.pk}"

    def get_absolute_url(self) -> str:
        """Its owner's page: the questions, then the result."""
        return reverse("articles:attempt", args=[self.article.slug, self.pk])
