"""Words that are not saved, and two people at one article.

While somebody types, a script sends the whole form every few moments (articles/admin/autosaving.py); it is kept as a
`WorkingCopy` until the form is saved. Whoever opens the form again is told of it, and can look at it, use it or throw
it away. A form remembers which version of the article it was made from: saving over another's save is refused once,
with both texts side by side, and what is then replaced is kept.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.forms import BaseForm, BaseModelFormSet, ModelForm
from django.forms.utils import ErrorDict, ErrorList
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, QueryDict

from accounts.people import person
from articles.actions import (
    SavedMeanwhile,
    claim_version,
    finish_words,
    keep_replaced,
    keep_words,
)
from articles.admin.autosaving import (
    AutosavingMixin,
    address_of,
    key_of,
    last_save,
    name_of,
    number_of,
    others_at,
    when_kept,
)
from articles.admin.differences import Difference, differences, is_same
from articles.admin.fillings import (
    KEY,
    OVER,
    VERSION,
    Filling,
    as_posted,
    filling_from,
    filling_of,
    fitted,
)
from articles.models import Article, CopyKind, WorkingCopy
from articles.querysets import COPY_DAYS
from meducation.lib import kept_words

MOST_OFFERED = 3
MOST_REPLACED = 5
CHANGED_MEANWHILE = (
    "Somebody saved this article while you had it open. Nothing of yours is saved yet, and nothing is lost."
)


@dataclass(frozen=True)
class Offer:
    """Words that wait to be taken up."""

    copy: WorkingCopy
    when: str
    differences: list[Difference]
    title: str


@dataclass
class Desk:
    """What one request knows of the form it is about."""

    key: uuid.UUID
    # The version the writer had before them, as far as the form says; None for a script that did not look.
    seen: int | None = None
    # What to fill the form with instead of what is saved.
    words: QueryDict | None = None
    came_back: str = ""
    # Somebody else saved meanwhile: how that and what was sent differ.
    is_conflict: bool = False
    over: str = ""
    saved: Filling = field(default_factory=dict)


class KeepingMixin(AutosavingMixin):
    """The part of the article's page that loses no words."""

    class Media:
        js = [
            Script("js/admin/autosave.js", type="module"),
            Script("js/admin/references.js", type="module"),
        ]

    # --- Which words the form shows

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form; with the words that came back, or with both texts when somebody saved meanwhile."""
        _set_desk(request, self._desk(request, object_id))
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except SavedMeanwhile:
            # Between looking and saving. Looking again finds it.
            _set_desk(request, self._desk(request, object_id))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _desk(self, request: HttpRequest, object_id: str | None) -> Desk:
        article = self.get_object(request, unquote(object_id)) if object_id else None
        if request.method != "POST":
            return self._desk_to_open(request, article)
        desk = Desk(key=key_of(request.POST.get(KEY, "")), over=request.POST.get(OVER, ""))
        desk.seen = number_of(request.POST.get(VERSION))
        if article is None or desk.seen is None or not self.has_change_permission(request, article):
            return desk
        # A form whose preview was opened beside it has saved since, and is not its own rival.
        own = self.own_copies(request).filter(pk=desk.key, article=article).first()
        if own is not None:
            desk.seen = max(desk.seen, own.seen_version)
        if desk.seen == article.version:
            return desk
        form, formsets = self._blank(request, article)
        saved, sent = filling_of(form, formsets), filling_from(request.POST)
        if is_same(form, formsets, saved, sent):
            # Both wrote the same, as the two clicks of a double click do.
            desk.seen = article.version
            return desk
        keep_words(key=desk.key, by=person(request), article=article, fields=sent, seen_version=desk.seen)
        desk.is_conflict, desk.over, desk.saved = True, str(article.version), saved
        desk.words = fitted(request.POST, saved, formsets, seen=desk.seen)
        return desk

    def _desk_to_open(self, request: HttpRequest, article: Article | None) -> Desk:
        desk = Desk(key=uuid.uuid4(), seen=article.version if article else 0)
        wanted = request.GET.get("copy", "")
        copy = (
            self.copies_within_reach(request, article).filter(pk=key_of(wanted)).with_words().first()
            if wanted
            else None
        )
        words = None if copy else kept_words.take(request)
        if copy is not None:
            words = as_posted(copy.fields)
            if copy.kind == CopyKind.TYPED:
                desk.key, desk.seen, desk.over = copy.pk, copy.seen_version, words.get(OVER, "")
                desk.came_back = (
                    f"These are your words from {when_kept(copy)}. Save them when they are as you want them."
                )
            else:
                desk.came_back = f"This is the draft as it was saved before it was replaced, {when_kept(copy)}."
                desk.seen = article.version if article else 0
        elif words is not None:
            desk.key = key_of(words.get(KEY, ""))
            desk.seen = number_of(words.get(VERSION)) or desk.seen
            desk.came_back = "We kept what you had typed. Check it, then save."
        if words is not None:
            saved: Filling = {}
            formsets: list[Any] = []
            if article is not None:
                form, formsets = self._blank(request, article)
                saved = filling_of(form, formsets)
            desk.words = fitted(words, saved, formsets, seen=desk.seen)
        return desk

    def get_form(self, request: HttpRequest, obj: Article | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form; filled with words that came back, unchecked; or refusing to save over another's save."""
        form_class = super().get_form(request, obj, change=change, **kwargs)
        desk = _desk_of(request)
        if desk is None or desk.words is None:
            return form_class
        words, is_conflict = desk.words, desk.is_conflict

        class Filled(form_class):  # type: ignore[valid-type, misc]  # the admin makes the class as it goes
            """The same with `words` in it."""

            def __init__(self, *args: Any, **given: Any) -> None:
                if not is_conflict:
                    given["data"] = words
                super().__init__(*args, **given)

            def full_clean(self) -> None:
                """Nobody has asked yet whether it is right."""
                if is_conflict:
                    super().full_clean()
                else:
                    self._errors = ErrorDict()
                    self.cleaned_data: dict[str, Any] = {}

            def clean(self) -> Any:
                """Somebody else's words come first, until they were seen."""
                self.add_error(None, CHANGED_MEANWHILE)
                return super().clean()

        return Filled

    def get_formset_kwargs(self, request: HttpRequest, obj: Article, inline: Any, prefix: str) -> dict[str, Any]:
        """The rows with the words that came back."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        desk = _desk_of(request)
        if desk is not None and desk.words is not None and f"{prefix}-TOTAL_FORMS" in desk.words:
            kwargs["data"] = desk.words
        return kwargs

    def _create_formsets(self, request: HttpRequest, obj: Article, change: bool) -> Any:
        formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]  # not in the stubs
        desk = _desk_of(request)
        if desk is not None and desk.words is not None and not desk.is_conflict:
            for formset in formsets:
                if formset.is_bound:
                    _leave_unchecked(formset)
        return formsets, inlines

    def _blank(self, request: HttpRequest, article: Article) -> tuple[BaseForm, list[Any]]:
        """Form and rows of the article as it is saved."""
        names = flatten_fieldsets(self.get_fieldsets(request, article))
        form = super().get_form(request, article, change=True, fields=names)(instance=article)
        formsets = [
            formset(instance=article, prefix=formset.get_default_prefix(), queryset=inline.get_queryset(request))
            for formset, inline in self.get_formsets_with_inlines(request, article)
        ]
        return form, formsets

    # --- What stands beside the form

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Article | None = None,
    ) -> HttpResponse:
        """With what waits, who else is there, and what the form has to send along."""
        desk = _desk_of(request)
        if desk is not None:
            context = context | self._beside(request, desk, context, obj)
        response = super().render_change_form(request, context, add, change, form_url, obj)
        if desk is not None and desk.is_conflict:
            response.status_code = 409
        return response

    def _beside(
        self, request: HttpRequest, desk: Desk, context: dict[str, Any], article: Article | None
    ) -> dict[str, Any]:
        user = person(request)
        seen = article.version if article is not None and desk.is_conflict else desk.seen
        beside: dict[str, Any] = {
            "desk": desk,
            "hidden": {KEY: desk.key, VERSION: 0 if seen is None else seen, OVER: desk.over},
            "owner_token": kept_words.owner_token(user.pk),
            "copy_days": COPY_DAYS,
            "most_bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
            "autosave_url": address_of("autosave", article),
            "others": others_at(article, user),
        }
        if desk.is_conflict and article is not None:
            form, formsets = self._blank(request, article)
            saved_by, at = last_save(article)
            beside |= {
                "meanwhile": differences(form, formsets, desk.saved, filling_from(request.POST)),
                "saved_by": name_of(saved_by) if saved_by else "Somebody",
                "saved_at": at,
            }
        elif desk.words is None and request.method != "POST":
            beside["offers"] = self._offers(request, context, article)
        if article is not None and request.method != "POST":
            replaced = article.working_copies.filter(kind=CopyKind.REPLACED).select_related("user")
            beside["replaced"] = [
                {"copy": copy, "by": name_of(copy.user) if copy.user else "", "when": when_kept(copy)}
                for copy in replaced.defer("fields")[:MOST_REPLACED]
            ]
        return beside

    def _offers(self, request: HttpRequest, context: dict[str, Any], article: Article | None) -> list[Offer]:
        """One's own words that are not what is saved, the newest first."""
        copies = list(self.own_copies(request).filter(article=article).with_words()[:MOST_OFFERED])
        if not copies:
            return []
        form = context["adminform"].form
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        saved = filling_of(form, formsets)
        return [
            Offer(
                copy=copy,
                when=when_kept(copy),
                differences=differences(form, formsets, saved, copy.fields),
                title=(copy.fields.get("title") or [""])[0],
            )
            for copy in copies
            if not is_same(form, formsets, saved, copy.fields)
        ]

    # --- Saving

    def save_model(self, request: HttpRequest, obj: Article, form: ModelForm[Article], change: bool) -> None:
        """In turn: only over a version that the writer has seen."""
        desk = _desk_of(request)
        if change:
            if desk is not None and desk.over:
                self.keep_what_is_replaced(request, obj.pk)
            claim_version(article=obj, seen=obj.version if desk is None or desk.seen is None else desk.seen)
        super().save_model(request, obj, form, change)

    def keep_what_is_replaced(self, request: HttpRequest, pk: int) -> None:
        """Keep the saved draft, in a list below the form, before other words take its place."""
        article = self.get_queryset(request).get(pk=pk)
        form, formsets = self._blank(request, article)
        saved_by, _ = last_save(article)
        keep_replaced(article=article, fields=filling_of(form, formsets), saved_by=saved_by, by=person(request))

    def save_related(
        self, request: HttpRequest, form: ModelForm[Article], formsets: list[BaseModelFormSet[Any, Any]], change: bool
    ) -> None:
        """Then nothing of the form waits any more."""
        super().save_related(request, form, formsets, change)
        desk = _desk_of(request)
        if desk is not None:
            finish_words(key=desk.key, by=person(request), article=form.instance)


def _set_desk(request: HttpRequest, desk: Desk) -> None:
    request.desk = desk  # type: ignore[attr-defined]  # the admin's own steps hand on nothing but the request


def _desk_of(request: HttpRequest) -> Desk | None:
    return getattr(request, "desk", None)


def _leave_unchecked(formset: Any) -> None:
    formset._errors, formset._non_form_errors = [], ErrorList()
    for form in formset.forms:
        form._errors, form.cleaned_data = ErrorDict(), {}
        formset._errors.append(form._errors)
