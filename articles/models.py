"""What authors write and readers read.

An `Article` holds the words being worked on. What readers see is never that, but its current `Revision`: the text as it
was when somebody published it, which nothing can change afterwards (a database trigger refuses). A CPD record
can therefore point at the very words that were read.
"""

import datetime
import hashlib
import json
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from articles.fields import BodyField
from articles.querysets import ArticleQuerySet, AuthorQuerySet, TopicQuerySet
from meducation.lib.dates import long_date

DOI_SHAPE = RegexValidator(r"^10\.\d{4,9}/\S+$", "A DOI looks like 10.1056/NEJMsa0810119, without https://doi.org/.")
PMID_SHAPE = RegexValidator(r"^\d{1,8}$", "A PMID is a number of up to eight digits.")


class Topic(models.Model):
    """What an article is about; readers browse by it."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    description = models.TextField(blank=True, help_text="One or two sentences for the topic's page.")

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page that lists the topic's articles."""
        return reverse("articles:topic-detail", args=[self.slug])


class Author(models.Model):
    """A byline: somebody who writes here, whether or not they can log in."""

    name = models.CharField(max_length=150)
    slug = models.SlugField(max_length=150, unique=True)
    credentials = models.CharField(max_length=150, blank=True, help_text="For example: MRCGP, consultant nurse.")
    bio = models.TextField("biography", blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="byline",
        help_text="The login of this author, if there is one: they may then edit what carries this byline.",
    )

    objects = AuthorQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page that lists the author's articles."""
        return reverse("articles:author-detail", args=[self.slug])


class Image(models.Model):
    """A picture in the library, re-encoded when it came in. Its file is named for its content."""

    name = models.CharField(max_length=80, unique=True, editable=False)  # "<sha256>.webp"
    title = models.CharField(max_length=150, help_text="To find it again in the library.")
    alternative_text = models.CharField(
        max_length=300, blank=True, help_text="What the picture tells, for somebody who cannot see it."
    )
    is_decorative = models.BooleanField("decorative", default=False, help_text="It tells nothing the text does not.")
    caption = models.CharField(max_length=300, blank=True)
    credit = models.CharField(max_length=150, blank=True, help_text="Whose picture it is, and under what licence.")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_decorative=True) ^ ~models.Q(alternative_text=""),
                name="articles_image_has_alternative_text_or_is_decorative",
                violation_error_message="Write alternative text, or tick “decorative”; not both.",
                violation_error_code="alternative_text",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where the picture is served."""
        return reverse("articles:image", args=[self.name])


class Status(models.TextChoices):
    """How far an article has come."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in-review", "In review"
    SCHEDULED = "scheduled", "Scheduled"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


class Article(models.Model):
    """A piece of writing: the words being worked on, and which published text readers see."""

    title = models.CharField(max_length=160)
    slug = models.SlugField(
        "address",
        max_length=160,
        unique=True,
        help_text="The last part of the article's address. Do not change it once published.",
    )
    standfirst = models.TextField(max_length=400, help_text="One or two sentences under the title.")
    body = BodyField(blank=True)
    authors = models.ManyToManyField(Author, through="Byline", related_name="articles")
    topics = models.ManyToManyField(Topic, blank=True, related_name="articles")
    acknowledgement = models.TextField(blank=True, help_text="Whom to thank, below the text.")
    learning_objectives = models.TextField(blank=True, help_text="What a reader can do afterwards. One a line.")
    competing_interests = models.TextField(blank=True, help_text="“None declared.” if there are none.")
    funding = models.CharField(max_length=300, blank=True)
    reviewed_by = models.CharField(max_length=300, blank=True, help_text="Who checked it, with their credentials.")
    last_reviewed_on = models.DateField(null=True, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT, editable=False)
    publish_at = models.DateTimeField(
        "publish at",
        null=True,
        blank=True,
        help_text=(
            "Empty: when you press Publish. In the future: readers see it from then on. In the past: the byline's date."
        ),
    )
    revision = models.ForeignKey(
        "Revision", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="articles_begun"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        permissions = [
            ("publish_article", "Can publish and unpublish articles"),
            ("edit_any_article", "Can edit articles of others"),
        ]
        indexes = [
            # The lists of published articles, newest first.
            models.Index(
                fields=["-publish_at", "-id"], name="articles_newest_first", condition=models.Q(revision__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values),
                name="articles_article_status_is_known",
                violation_error_message="Choose one of the states.",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=[Status.SCHEDULED, Status.PUBLISHED, Status.RETIRED])
                | models.Q(revision__isnull=False, publish_at__isnull=False),
                name="articles_article_published_has_a_text_and_a_date",
                violation_error_message="A published article needs a published text and a date.",
            ),
            models.CheckConstraint(
                condition=models.Q(review_due_on__isnull=True)
                | models.Q(last_reviewed_on__isnull=True)
                | models.Q(review_due_on__gt=models.F("last_reviewed_on")),
                name="articles_article_review_is_due_after_the_last_one",
                violation_error_message="The next review must be after the last one.",
                violation_error_code="review_due_on",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The article's page."""
        return reverse("articles:article-detail", args=[self.slug])

    def is_published(self, now: datetime.datetime | None = None) -> bool:
        """Whether readers see it (at `now`): the same rule as ArticleQuerySet.published()."""
        return (
            self.revision_id is not None
            and self.publish_at is not None
            and self.status in (Status.SCHEDULED, Status.PUBLISHED, Status.RETIRED)
            and self.publish_at <= (now or timezone.now())
        )

    def state(self, now: datetime.datetime | None = None) -> Status:
        """How far it has come (at `now`): a scheduled one is published once its time has passed."""
        if self.status == Status.SCHEDULED and self.is_published(now):
            return Status.PUBLISHED
        return Status(self.status)

    @property
    def published_on(self) -> str:
        """ "Monday 9th December 2013", by the site's calendar; empty before there is a date."""
        if self.publish_at is None:
            return ""
        return long_date(timezone.localdate(self.publish_at, timezone.get_default_timezone()))


class Byline(models.Model):
    """One author of one article, in the order the names are printed."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                name="articles_byline_names_an_author_once",
                violation_error_message="This author is named already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.author}"


class Reference(models.Model):
    """A source. `[3]` in the text points at the one with the number 3."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="references")
    position = models.PositiveSmallIntegerField("number", default=1)
    authors = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=400)
    source = models.CharField(
        max_length=300, blank=True, help_text="Journal, publisher or body, with volume and pages."
    )
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    doi = models.CharField("DOI", max_length=150, blank=True, validators=[DOI_SHAPE])
    pmid = models.CharField("PMID", max_length=8, blank=True, validators=[PMID_SHAPE])
    url = models.URLField("address", max_length=500, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class Significance(models.TextChoices):
    """How much a new text differs, for those who read an earlier one."""

    EDITORIAL = "editorial", "Editorial: nothing a reader would act on"
    UPDATE = "update", "Update: new or better information"
    PRACTICE_CHANGING = "practice-changing", "Practice-changing: do something differently"
    CORRECTION = "correction", "Correction: something was wrong"
    WITHDRAWAL = "withdrawal", "Withdrawal: do not rely on it"


class Revision(models.Model):
    """One published text of an article, numbered and hashed, never changed (articles/migrations: trigger)."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    standfirst = models.TextField()
    body = models.TextField()
    # Everything else the page shows: authors, acknowledgement, objectives, disclosures, review dates, references.
    details = models.JSONField(encoder=DjangoJSONEncoder)
    byline = models.CharField(max_length=700)
    sha256 = models.CharField("SHA-256", max_length=64)
    # Made from the above by articles.rendering, kept so that a page costs no work.
    rendered = models.TextField()
    outline = models.JSONField()
    words = models.PositiveIntegerField()
    reading_minutes = models.PositiveSmallIntegerField()
    significance = models.CharField(max_length=20, choices=Significance, default=Significance.UPDATE)
    note = models.CharField(max_length=300, blank=True, help_text="What changed, in a sentence for readers.")
    live_from = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"],
                name="articles_revision_number_is_used_once",
                violation_error_message="This article already has a revision with this number.",
            ),
            models.CheckConstraint(
                condition=models.Q(significance__in=Significance.values),
                name="articles_revision_significance_is_known",
                violation_error_message="Choose how much changed.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, revision {self.number}"


def text_hash(*, title: str, standfirst: str, body: str, details: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of all the words of a revision in one canonical form."""
    canonical = json.dumps(
        {"title": title, "standfirst": standfirst, "body": body, "details": details},
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
