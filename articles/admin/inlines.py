"""Rows below an article's form."""

import re
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest

from articles.admin.forms import NumberedFormSet, ReferenceForm
from articles.models import Article, Byline, Reference


class RowSelect(AutocompleteSelect):
    """Chooses a row, and shows itself as empty when something else was sent: Django's own would stop with an error."""

    def optgroups(self, name: str, value: list[Any], attr: dict[str, Any] | None = None) -> list[Any]:
        """The chosen row, if it can be one."""
        return super().optgroups(name, [each for each in value if re.fullmatch("[0-9]{1,18}", str(each))], attr)


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

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """The author is looked for by name."""
        if db_field.name == "author":
            kwargs["widget"] = RowSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

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
