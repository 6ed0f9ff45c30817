"""Rows below an article's form."""

from django.contrib import admin

from articles.admin.forms import NumberedFormSet
from articles.models import Article, Byline, Reference


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
