"""Published texts, to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.people import person
from articles.models import Article, Revision, text_hash
from meducation.lib.html import trusted

SHOWN = (
    "article",
    "number",
    "live_from",
    "significance",
    "note",
    "made_by",
    "byline",
    "title",
    "standfirst",
    "text",
    "sha256",
    "verified",
)


@admin.register(Revision)
class RevisionAdmin(admin.ModelAdmin[Revision]):
    """Read only, and reached from the article it belongs to."""

    readonly_fields = SHOWN
    fields = list(SHOWN)
    list_display = ["title", "number", "live_from", "significance"]
    list_select_related = ["article"]
    search_fields = ["title"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Revision]:
        """Those of the articles somebody may edit."""
        own = Article.objects.editable_by(person(request)).values("pk")
        return super().get_queryset(request).filter(article__in=own).defer("body", "details", "outline")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not on the desk's first page."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Publishing makes them, nothing else."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They never change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They never go."""
        return False

    @admin.display(description="is it still the same?")
    def verified(self, revision: Revision) -> str:
        """The hash, computed anew from what is stored."""
        present = text_hash(
            title=revision.title, standfirst=revision.standfirst, body=revision.body, details=revision.details
        )
        if present == revision.sha256:
            return "Yes: the text matches its SHA-256."
        return "No: the text does not match its SHA-256. Somebody changed it past the site; ask an administrator."

    @admin.display(description="text")
    def text(self, revision: Revision) -> str:
        """As readers saw it."""
        return trusted(revision.rendered)
