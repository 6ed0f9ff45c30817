"""What searching reads. Database triggers write both tables (articles/migrations: search), and nothing else does.

Whatever route a change takes, be it the desk, an action, a rename or SQL by hand, the row of a published article is
right when the change commits. Scheduling needs nothing: `visible_from` says since when readers may find it.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from articles.models.articles import Article


class SearchEntry(models.Model):
    """A published (or scheduled, or retired) article as searching sees it."""

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="search_entry", editable=False
    )
    visible_from = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    # Offered for credit while this holds and the review is not overdue.
    offers_cpd = models.BooleanField()
    review_due_on = models.DateField(null=True)
    topics = ArrayField(models.BigIntegerField())
    # Title (weight A), standfirst (B), topics and authors (C): small, so that many rows can be ranked in little time.
    heading = SearchVectorField()
    # The body (D) and all of the above: what a word is looked for in.
    words = SearchVectorField()

    class Meta:
        indexes = [
            models.Index(fields=["-visible_from", "-article"], name="articles_search_newest"),
            # Without a list of changes still to be put in: publishing is rare, searching is not.
            GinIndex(fields=["heading"], name="articles_search_heading", fastupdate=False),
            GinIndex(fields=["words"], name="articles_search_words", fastupdate=False),
            GinIndex(fields=["topics"], name="articles_search_topics", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.article}"


class SearchWord(models.Model):
    """A word that some published text has or had: for finishing a word as it is typed, and for "did you mean"."""

    word = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.word
