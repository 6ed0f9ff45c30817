"""Topics and authors: what articles are filed under."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from articles.addresses import free_author_slug, free_topic_slug
from articles.querysets import AuthorQuerySet, TopicQuerySet


class Topic(models.Model):
    """What an article is about; readers browse by it."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True, validators=[free_topic_slug])
    description = models.TextField(blank=True, help_text="One or two sentences for the topic's page.")

    objects = TopicQuerySet.as_manager()
    article_count: int  # Of TopicQuerySet.with_counts().

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
    slug = models.SlugField(max_length=150, unique=True, validators=[free_author_slug])
    family_name = models.CharField(
        max_length=150,
        blank=True,
        default="",
        db_default="",
        help_text="The part of the name that a citation begins with. Empty: the whole name is cited as it stands.",
    )
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
    article_count: int  # Of AuthorQuerySet.with_counts().

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__contains=models.F("family_name")),
                name="articles_author_family_name_is_in_the_name",
                violation_error_message="Write the family name as it stands in the name.",
                violation_error_code="family_name",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page that lists the author's articles."""
        return reverse("articles:author-detail", args=[self.slug])
