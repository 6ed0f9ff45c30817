"""Words that are not saved, and two people at one article.

While somebody types, a script sends the whole form here every few moments (`autosave_view`); it is kept as a
`WorkingCopy` until the form is saved. Whoever opens the form again is told of it, and can look at it, use it or throw
it away. A form remembers which version of the article it was made from: saving over another's save is refused once, with
both texts side by side, and what is then replaced is kept too.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db.models import QuerySet
from django.forms import BaseForm, BaseModelFormSet, ModelForm
from django.forms.utils import ErrorDict, ErrorList
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from accounts.people import person
from articles.actions import (
    SavedMeanwhile,
    claim_version,
    finish_words,
    keep_replaced,
    keep_words,
    throw_away,
)
from articles.admin.differences import Difference, Filling, differences, filling_of, is_same
from articles.models import Article, CopyKind, WorkingCopy
from articles.querysets import COPY_DAYS
from meducation.lib import kept_words

# Hidden fields of the form that are about the form itself.
KEY, VERSION, OVER, DOING, LEFT = "working_copy", "version", "over", "doing", "left"
ABOUT_THE_FORM = {KEY, VERSION, DOING, LEFT, kept_words.OWNER_FIELD, "csrfmiddlewaretoken"}
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


class KeepingMixin(admin.ModelAdmin[Article]):
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
        desk = Desk(key=_key(request.POST.get(KEY, "")), over=request.POST.get(OVER, ""))
        posted = request.POST.get(VERSION, "")
        desk.seen = int(posted) if posted.isdecimal() and len(posted) < 10 else None
        if article is None or desk.seen is None or not self.has_change_permission(request, article):
            return desk
        # A form whose preview was opened beside it has saved since, and is not its own rival.
        own = self._own(request).filter(pk=desk.key, article=article).first()
        if own is not None:
            desk.seen = max(desk.seen, own.seen_version)
        if desk.seen == article.version:
            return desk
        form, formsets = self._blank(request, article)
        saved, sent = filling_of(form, formsets), _filling(request.POST)
        if is_same(form, formsets, saved, sent):
            # Both wrote the same, as the two clicks of a double click do.
            desk.seen = article.version
            return desk
        keep_words(key=desk.key, by=person(request), article=article, fields=sent, seen_version=desk.seen)
        desk.is_conflict, desk.over, desk.saved = True, str(article.version), saved
        desk.words = _fitted(request.POST, saved, formsets, seen=desk.seen)
        return desk

    def _desk_to_open(self, request: HttpRequest, article: Article | None) -> Desk:
        desk = Desk(key=uuid.uuid4(), seen=article.version if article else 0)
        wanted = request.GET.get("copy", "")
        copy = self._reachable(request, article).filter(pk=_key(wanted)).with_words().first() if wanted else None
        words = None if copy else kept_words.take(request)
        if copy is not None:
            words = _posted(copy.fields)
            if copy.kind == CopyKind.TYPED:
                desk.key, desk.seen, desk.over = copy.pk, copy.seen_version, words.get(OVER, "")
                desk.came_back = f"These are your words from {_when(copy)}. Save them when they are as you want them."
            else:
                desk.came_back = f"This is the draft as it was saved before it was replaced, {_when(copy)}."
                desk.seen = article.version if article else 0
        elif words is not None:
            desk.key = _key(words.get(KEY, ""))
            desk.seen = int(words[VERSION]) if words.get(VERSION, "").isdecimal() else desk.seen
            desk.came_back = "We kept what you had typed. Check it, then save."
        if words is not None:
            saved, formsets = {}, []
            if article is not None:
                form, formsets = self._blank(request, article)
                saved = filling_of(form, formsets)
            desk.words = _fitted(words, saved, formsets, seen=desk.seen)
        return desk

    def get_form(self, request: HttpRequest, obj: Article | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form; filled with words that came back, unchecked; or refusing to save over another's save."""
        form_class = super().get_form(request, obj, change=change, **kwargs)
        desk = _desk_of(request)
        if desk is None or desk.words is None:
            return form_class
        words = desk.words

        class Filled(form_class):  # type: ignore[valid-type, misc]  # the admin makes the class as it goes
            """The same with `words` in it."""

            def __init__(self, *args: Any, **given: Any) -> None:
                if not desk.is_conflict:
                    given["data"] = words
                super().__init__(*args, **given)

            def full_clean(self) -> None:
                """Nobody has asked yet whether it is right."""
                if desk.is_conflict:
                    super().full_clean()
                else:
                    self._errors, self.cleaned_data = ErrorDict(), {}

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
            "autosave_url": _address("autosave", article),
            "others": _others(article, user),
        }
        if desk.is_conflict and article is not None:
            form, formsets = self._blank(request, article)
            saved_by, at = _last_save(article)
            beside |= {
                "meanwhile": differences(form, formsets, desk.saved, _filling(request.POST)),
                "saved_by": _name(saved_by) if saved_by else "Somebody",
                "saved_at": at,
            }
        elif desk.words is None and request.method != "POST":
            beside["offers"] = self._offers(request, context, article)
        if article is not None and request.method != "POST":
            replaced = article.working_copies.filter(kind=CopyKind.REPLACED).select_related("user")
            beside["replaced"] = [
                {"copy": copy, "by": _name(copy.user) if copy.user else "", "when": _when(copy)}
                for copy in replaced.defer("fields")[:MOST_REPLACED]
            ]
        return beside

    def _offers(self, request: HttpRequest, context: dict[str, Any], article: Article | None) -> list[Offer]:
        """One's own words that are not what is saved, the newest first."""
        copies = list(self._own(request).filter(article=article).with_words()[:MOST_OFFERED])
        if not copies:
            return []
        form = context["adminform"].form
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        saved = filling_of(form, formsets)
        return [
            Offer(
                copy=copy,
                when=_when(copy),
                differences=differences(form, formsets, saved, copy.fields),
                title=(copy.fields.get("title") or [""])[0],
            )
            for copy in copies
            if not is_same(form, formsets, saved, copy.fields)
        ]

    def _own(self, request: HttpRequest) -> Any:
        return WorkingCopy.objects.filter(user=person(request), kind=CopyKind.TYPED)

    def _reachable(self, request: HttpRequest, article: Article | None) -> Any:
        """One's own words on this article, and what was replaced on it."""
        own: QuerySet[WorkingCopy] = self._own(request).filter(article=article)
        if article is None:
            return own
        return own | WorkingCopy.objects.filter(article=article, kind=CopyKind.REPLACED)

    # --- Saving

    def save_model(self, request: HttpRequest, obj: Article, form: ModelForm[Article], change: bool) -> None:
        """In turn: only over a version that the writer has seen."""
        desk = _desk_of(request)
        if change:
            if desk is not None and desk.over:
                self._keep_what_is_replaced(request, obj.pk)
            claim_version(article=obj, seen=obj.version if desk is None or desk.seen is None else desk.seen)
        super().save_model(request, obj, form, change)

    def _keep_what_is_replaced(self, request: HttpRequest, pk: int) -> None:
        article = self.get_queryset(request).get(pk=pk)
        form, formsets = self._blank(request, article)
        saved_by, _ = _last_save(article)
        keep_replaced(
            article=article, fields=filling_of(form, formsets), saved_by=saved_by, by=person(request)
        )

    def save_related(
        self, request: HttpRequest, form: ModelForm[Article], formsets: list[BaseModelFormSet[Any, Any]], change: bool
    ) -> None:
        """Then nothing of the form waits any more."""
        super().save_related(request, form, formsets, change)
        desk = _desk_of(request)
        if desk is not None:
            finish_words(key=desk.key, by=person(request), article=form.instance)

    # --- Keeping

    def get_urls(self) -> list[URLPattern]:
        """With the places words are sent to while somebody types, and thrown away."""
        wrap = self.admin_site.admin_view
        own = [
            path("autosave/", wrap(self.autosave_view), name="articles_article_autosave"),
            path("<int:pk>/autosave/", wrap(self.autosave_view), name="articles_article_autosave"),
            path("copies/<uuid:key>/delete/", wrap(self.throw_away_view), name="articles_article_throw_away"),
        ]
        return [*own, *super().get_urls()]

    def autosave_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Keep what is in an open form, or only that it is open. JSON: when, the form's version, who else is there.

        GET gives a token for a page whose own no longer fits, as after logging in again in another tab.
        """
        user = person(request)
        if request.method != "POST":
            return JsonResponse({"token": get_token(request), "owner": str(user.pk)})
        article = self.get_queryset(request).filter(pk=pk).first() if pk is not None else None
        if pk is not None and (article is None or not self.has_change_permission(request, article)):
            raise Http404
        doing, seen = request.POST.get(DOING, ""), request.POST.get(VERSION, "")
        copy = keep_words(
            key=_key(request.POST.get(KEY, "")),
            by=user,
            article=article,
            fields=_filling(request.POST) if doing == "typing" else None,
            seen_version=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
            is_open=LEFT not in request.POST,
        )
        answer = {
            "kept": date_format(timezone.localtime(copy.kept_at), "H:i"),
            "version": copy.seen_version,
            "others": _others(article, user),
            "saved": "",
        }
        if article is not None and article.version > copy.seen_version:
            saved_by, at = _last_save(article)
            who = _name(saved_by) if saved_by else "Somebody"
            answer["saved"] = f"{who} saved this article{f' at {at}' if at else ''}."
        return JsonResponse(answer)

    def throw_away_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Ask, then delete words that were kept."""
        user = person(request)
        visible = Article.objects.editable_by(user)
        copy = (
            self._own(request).filter(pk=key).first()
            or WorkingCopy.objects.filter(pk=key, kind=CopyKind.REPLACED, article__in=visible).first()
        )
        if copy is None:
            raise Http404
        back = (
            reverse("admin:articles_article_change", args=[copy.article_id])
            if copy.article_id
            else reverse("admin:articles_article_add")
        )
        if request.method == "POST":
            throw_away(copy=copy, by=user)
            messages.success(request, "Thrown away.")
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": "Throw these words away?",
            "opts": self.opts,
            "when": _when(copy),
            "back": back,
        }
        return TemplateResponse(request, "admin/articles/article/throw_away.html", context)


def _set_desk(request: HttpRequest, desk: Desk) -> None:
    request.desk = desk  # type: ignore[attr-defined]  # the admin's own steps hand on nothing but the request


def _desk_of(request: HttpRequest) -> Desk | None:
    return getattr(request, "desk", None)


def _key(text: str) -> uuid.UUID:
    """The form's key; a new one where there is none or it makes no sense."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def _filling(posted: QueryDict) -> Filling:
    return {
        name: [str(value) for value in values]
        for name, values in posted.lists()
        if name not in ABOUT_THE_FORM and not name.startswith("_")
    }


def _posted(fields: Filling) -> QueryDict:
    words = QueryDict(mutable=True)
    for name, values in fields.items():
        words.setlist(name, values)
    return words


def _fitted(words: QueryDict, saved: Filling, formsets: list[Any], *, seen: int | None) -> QueryDict:
    """`words` with rows as they now have to be sent: those that are in the table first, then the new ones.

    A row that somebody deleted meanwhile becomes a new one; one that somebody added since `seen` is added.
    """
    fitted = words.copy()
    for formset in formsets:
        prefix = formset.prefix
        if f"{prefix}-TOTAL_FORMS" not in words:
            continue
        stored = {row["id"][0]: row for row in _rows_of(saved, prefix) if row.get("id")}
        sent = _rows_of(words, prefix)
        there = [row for row in sent if _pk(row) in stored]
        new = [{name: value for name, value in row.items() if name != "id"} for row in sent if _pk(row) not in stored]
        missing = [row for pk, row in stored.items() if pk not in {_pk(row) for row in there}]
        for name in [name for name in fitted if name.startswith(f"{prefix}-") and name.split("-")[1].isdecimal()]:
            del fitted[name]
        rows = [*there, *missing, *new]
        for number, row in enumerate(rows):
            for name, values in row.items():
                fitted.setlist(f"{prefix}-{number}-{name}", values)
        fitted[f"{prefix}-TOTAL_FORMS"] = str(len(rows))
        fitted[f"{prefix}-INITIAL_FORMS"] = str(len(there) + len(missing))
    return fitted


def _rows_of(words: QueryDict | Filling, prefix: str) -> list[dict[str, list[str]]]:
    rows: dict[int, dict[str, list[str]]] = {}
    for name in words:
        start, _, rest = name.removeprefix(f"{prefix}-").partition("-")
        if name.startswith(f"{prefix}-") and start.isdecimal() and len(start) < 5 and rest:
            values = words.getlist(name) if isinstance(words, QueryDict) else words[name]
            rows.setdefault(int(start), {})[rest] = [str(value) for value in values]
    return [rows[number] for number in sorted(rows)]


def _pk(row: dict[str, list[str]]) -> str:
    return (row.get("id") or [""])[0]


def _leave_unchecked(formset: Any) -> None:
    formset._errors, formset._non_form_errors = [], ErrorList()
    for form in formset.forms:
        form._errors, form.cleaned_data = ErrorDict(), {}
        formset._errors.append(form._errors)


def _address(name: str, article: Article | None) -> str:
    return reverse(f"admin:articles_article_{name}", args=[article.pk] if article else [])


def _when(copy: WorkingCopy) -> str:
    """ "10:42" today, otherwise "21 November 2026, 10:42", by the clock of the person who looks."""
    moment = timezone.localtime(copy.kept_at)
    return date_format(moment, "H:i" if moment.date() == timezone.localdate() else "j F Y, H:i")


def _name(user: User) -> str:
    return user.name.strip() or "A colleague without a name"


def _others(article: Article | None, user: User) -> list[str]:
    """A sentence for each other person who has the form open."""
    if article is None:
        return []
    first: dict[int, str] = {}
    for copy in WorkingCopy.objects.open_forms(article, but_not_of=user, now=timezone.now()):
        if copy.user is not None and copy.user.pk not in first:
            since = date_format(timezone.localtime(copy.opened_at), "H:i")
            first[copy.user.pk] = f"{_name(copy.user)} has had this article open since {since}."
    return list(first.values())


def _last_save(article: Article) -> tuple[User | None, str]:
    """Who saved it last and when, as far as the log of the desk knows."""
    entries = LogEntry.objects.filter(
        content_type=get_content_type_for_model(article), object_id=str(article.pk)
    ).select_related("user")
    entry = entries.order_by("-action_time").first()
    if entry is None:
        return None, ""
    moment = timezone.localtime(entry.action_time)
    return entry.user, date_format(moment, "H:i" if moment.date() == timezone.localdate() else "j F Y, H:i")
