"""Rows below an article's form."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from articles.admin.forms import NumberedFormSet
from articles.models import Article, Byline, Reference, Revision


class BylineInline(admin.TabularInline[Byline, Article]):
    """Who wrote it."""

    model = Byline
    formset = NumberedFormSet
    autocomplete_fields = ["author"]
    fields = ["position", "author"]
    extra = 1
    verbose_name = "author"
    verbose_name_plural = "Authors, in the order of the byline"


class ReferenceInline(admin.TabularInline[Reference, Article]):
    """What it rests on."""

    model = Reference
    formset = NumberedFormSet
    fields = ["position", "authors", "title", "source", "year", "doi", "pmid", "url"]
    extra = 1
    verbose_name_plural = "References: type [3] in the text to cite number 3"


class RevisionInline(admin.TabularInline[Revision, Article]):
    """What was published, newest first; to look at only."""

    model = Revision
    fk_name = "article"
    fields = ["number", "live_from", "significance", "note", "made_by", "page"]
    readonly_fields = fields
    extra = 0
    max_num = 0
    can_delete = False
    verbose_name_plural = "Published texts"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Revision]:
        """Without the long parts, which the table does not show."""
        return super().get_queryset(request).select_related("made_by").defer("body", "rendered", "details", "outline")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Publishing makes them, nothing else."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They never change."""
        return False

    @admin.display(description="Text")
    def page(self, revision: Revision) -> str:
        """Where it can be read."""
        return format_html('<a href="{}">View</a>', reverse("admin:articles_revision_change", args=[revision.pk]))
