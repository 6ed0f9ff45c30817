"""Topics and authors: what articles are filed under."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from articles.querysets import AuthorQuerySet, TopicQuerySet


class Topic(models.Model):
    """What an article is about; readers browse by it."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
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
    article_count: int  # Of AuthorQuerySet.with_counts().

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page that lists the author's articles."""
        return reverse("articles:author-detail", args=[self.slug])
