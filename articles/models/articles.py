"""An article as it is being worked on, with its byline and its references."""

import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from articles.addresses import free_article_slug
from articles.fields import BodyField
from articles.models.catalogue import Author, Topic
from articles.querysets import OUT, ArticleQuerySet
from meducation.lib.dates import long_date, site_day

DOI_SHAPE = RegexValidator(r"^10\.\d{4,9}/\S+$", "A DOI looks like 10.1056/NEJMsa0810119, without https://doi.org/.")
GDC_OUTCOMES_SHAPE = RegexValidator(r"\AA?B?C?D?\Z", "Enter the letters A to D in order, each once, like AC.")
PMID_SHAPE = RegexValidator(r"^\d{1,8}$", "A PMID is a number of up to eight digits.")


class Status(models.TextChoices):
    """How far an article has come."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in-review", "In review"
    SCHEDULED = "scheduled", "Scheduled"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


class State(models.TextChoices):
    """How an article stands now: its status, the clock, and the date its published text promises a review."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in-review", "In review"
    SCHEDULED = "scheduled", "Scheduled"
    PUBLISHED = "published", "Published"
    REVIEW_DUE = "review-due", "Review due"
    RETIRED = "retired", "Retired"


class Article(models.Model):
    """A piece of writing: the words being worked on, and which published text readers see."""

    title = models.CharField(max_length=160)
    slug = models.SlugField(
        "address",
        max_length=160,
        unique=True,
        validators=[free_article_slug],
        help_text="The last part of the article's address. Do not change it once published.",
    )
    standfirst = models.TextField(max_length=400, help_text="One or two sentences under the title.")
    body = BodyField(blank=True)
    authors = models.ManyToManyField(Author, through="Byline", related_name="articles")
    topics = models.ManyToManyField(Topic, blank=True, related_name="articles")
    acknowledgement = models.TextField(blank=True, help_text="Whom to thank, below the text.")
    learning_objectives = models.TextField(blank=True, help_text="What a reader can do afterwards. One a line.")
    competing_interests = models.TextField(blank=True, help_text="“None declared.” if there are none.")
    interests_declared_on = models.DateField(
        "declared on", null=True, blank=True, help_text="The day the authors answered the question."
    )
    funding = models.CharField(max_length=300, blank=True)
    reviewed_by = models.CharField(max_length=300, blank=True, help_text="Who checked it, with their credentials.")
    last_reviewed_on = models.DateField(null=True, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    offers_cpd = models.BooleanField(
        "offers CPD",
        default=True,
        db_default=True,
        help_text="Readers may log it as CPD. It then needs learning objectives.",
    )
    # Verifiable CPD of the UK's General Dental Council names at least one (cpd/frameworks/uk-gdc.toml).
    gdc_outcomes = models.CharField(
        "GDC development outcomes",
        max_length=4,
        blank=True,
        default="",
        db_default="",
        validators=[GDC_OUTCOMES_SHAPE],
        help_text="For dental professionals: which of the outcomes A to D it serves, like AC. Empty: none.",
    )
    # Of the assessment, if the article has questions.
    pass_mark = models.PositiveSmallIntegerField(
        "pass mark",
        default=80,
        db_default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Per cent of the questions.",
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        "attempts", null=True, blank=True, validators=[MinValueValidator(1)], help_text="Empty: as many as they like."
    )
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
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    retired_because = models.CharField(max_length=300, blank=True, editable=False)
    # The post's own id in the site it was brought from, so that bringing it twice makes one draft.
    source_id = models.CharField(max_length=500, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    # Raised by every save at the desk, so that a form opened before another's save can tell.
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    # Only on what ArticleQuerySet.with_last_change() gave.
    last_change_at: datetime.datetime

    objects = ArticleQuerySet.as_manager()

    class Meta:
        permissions = [
            ("publish_article", "Can publish and unpublish articles"),
            ("edit_any_article", "Can edit articles of others"),
        ]
        indexes = [
            # The lists of published articles, newest first. It has the very conditions of ArticleQuerySet.published(),
            # so that a page far down the list, or a count, reads the index alone.
            models.Index(
                fields=["-publish_at", "-id"],
                name="articles_newest_first",
                condition=models.Q(status__in=OUT, revision__isnull=False),
            ),
            # The few that are not: what counts by topic and by author have to leave out.
            models.Index(fields=["id"], name="articles_not_out", condition=~models.Q(status__in=OUT)),
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
            models.CheckConstraint(
                condition=models.Q(pass_mark__range=(1, 100)),
                name="articles_article_pass_mark_is_a_percentage",
                violation_error_message="The pass mark is between 1 and 100 per cent.",
                violation_error_code="pass_mark",
            ),
            models.CheckConstraint(
                condition=models.Q(gdc_outcomes__regex=r"^A?B?C?D?$"),
                name="articles_article_gdc_outcomes_are_known",
                violation_error_message="Enter the letters A to D in order, each once, like AC.",
                violation_error_code="gdc_outcomes",
            ),
            models.CheckConstraint(
                condition=models.Q(attempts_allowed__isnull=True) | models.Q(attempts_allowed__gte=1),
                name="articles_article_allows_an_attempt",
                violation_error_message="Allow at least one attempt, or leave it empty.",
                violation_error_code="attempts_allowed",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.RETIRED) | models.Q(retired_at__isnull=False),
                name="articles_article_retired_has_a_date",
                violation_error_message="A retired article needs the date it was retired.",
            ),
            models.UniqueConstraint(
                fields=["source_id"],
                condition=~models.Q(source_id=""),
                name="articles_article_is_imported_once",
                violation_error_message="This post was brought here already.",
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

    def state(self, now: datetime.datetime | None = None) -> State:
        """How it stands (at `now`): the same rule as ArticleQuerySet.with_state()."""
        now = now or timezone.now()
        if self.status == Status.RETIRED or not self.is_published(now):
            return State(self.status)
        due = self.revision.details.get("review_due_on") if self.revision else None
        is_due = due is not None and due < site_day(now).isoformat()
        return State.REVIEW_DUE if is_due else State.PUBLISHED

    @property
    def published_on(self) -> str:
        """ "Monday 9th December 2013", by the site's calendar; empty before there is a date."""
        if self.publish_at is None:
            return ""
        return long_date(site_day(self.publish_at))


class Byline(models.Model):
    """One author of one article, in the order the names are printed."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        # An author's articles, the last begun first, one by one. (Topics: migration 0005_saved_articles.)
        indexes = [models.Index(fields=["author", "-article"], name="articles_of_author")]
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
