"""Rows below an article's form."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import QuerySet
from django.http import HttpRequest

from articles.admin.forms import NumberedFormSet, ReferenceForm
from articles.models import Article, Byline, Reference


class BylineInline(admin.TabularInline[Byline, Article]):
    """Who wrote it."""

    model = Byline
    formset = NumberedFormSet
    goes_with_words = True
    autocomplete_fields = ["author"]
    fields = ["position", "author"]
    extra = 1
    verbose_name = "author"
    verbose_name_plural = "Authors, in the order of the byline"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Byline]:
        """With the names, which head the rows."""
        return super().get_queryset(request).select_related("author")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Without the cross that would delete the author everywhere, not only from this byline."""
        formset = super().get_formset(request, obj, **kwargs)
        widget = formset.form.base_fields["author"].widget
        if isinstance(widget, RelatedFieldWidgetWrapper):
            widget.can_delete_related = False
        return formset


class ReferenceInline(admin.TabularInline[Reference, Article]):
    """What it rests on."""

    model = Reference
    form = ReferenceForm
    formset = NumberedFormSet
    goes_with_words = True
    fields = ["position", "authors", "title", "source", "year", "doi", "pmid", "url"]
    extra = 1
    verbose_name_plural = "References: type [3], [3,5] or [3-5] in the text to cite them"
