"""The places that words are sent to while somebody types, and what is said about them."""

import datetime
import uuid
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from accounts.people import person
from articles.actions import keep_words, throw_away
from articles.admin.fillings import DOING, KEY, LEFT, VERSION, filling_from
from articles.models import Article, CopyKind, WorkingCopy
from articles.querysets import WorkingCopyQuerySet


class AutosavingMixin(admin.ModelAdmin[Article]):
    """Takes words that are not saved, and throws them away again."""

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
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return JsonResponse({"token": get_token(request), "owner": str(user.pk)})
        article = self.get_queryset(request).filter(pk=pk).first() if pk is not None else None
        if pk is not None and (article is None or not self.has_change_permission(request, article)):
            raise Http404
        doing = request.POST.get(DOING, "")
        copy = keep_words(
            key=key_of(request.POST.get(KEY, "")),
            by=user,
            article=article,
            fields=filling_from(request.POST) if doing == "typing" else None,
            seen_version=number_of(request.POST.get(VERSION)) or 0,
            is_open=LEFT not in request.POST,
        )
        answer = {
            "kept": date_format(timezone.localtime(copy.kept_at), "H:i"),
            "version": copy.seen_version,
            "others": others_at(article, user),
            "saved": "",
        }
        if article is not None and article.version > copy.seen_version:
            saved_by, at = last_save(article)
            who = name_of(saved_by) if saved_by else "Somebody"
            answer["saved"] = f"{who} saved this article{f' at {at}' if at else ''}."
        return JsonResponse(answer)

    def throw_away_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Ask, then delete words that were kept."""
        user = person(request)
        visible = Article.objects.editable_by(user)
        copy = (
            self.own_copies(request).filter(pk=key).first()
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
            "when": when_kept(copy),
            "back": back,
        }
        return TemplateResponse(request, "admin/articles/article/throw_away.html", context)

    def own_copies(self, request: HttpRequest) -> WorkingCopyQuerySet:
        """What this person typed and did not save."""
        return WorkingCopy.objects.filter(user=person(request), kind=CopyKind.TYPED)

    def copies_within_reach(self, request: HttpRequest, article: Article | None) -> Any:
        """One's own words on this article, and what was replaced on it."""
        own: WorkingCopyQuerySet = self.own_copies(request).filter(article=article)
        if article is None:
            return own
        return own | WorkingCopy.objects.filter(article=article, kind=CopyKind.REPLACED)


def key_of(text: str) -> uuid.UUID:
    """The form's key; a new one where there is none or it makes no sense."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def number_of(text: object) -> int | None:
    """A version that a form says; None where it makes no sense."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 10 else None


def when_kept(copy: WorkingCopy) -> str:
    """ "10:42" today, otherwise "21 November 2026, 10:42", by the clock of the person who looks."""
    return _when(copy.kept_at)


def _when(moment: datetime.datetime) -> str:
    here = timezone.localtime(moment)
    return date_format(here, "H:i" if here.date() == timezone.localdate() else "j F Y, H:i")


def name_of(user: User) -> str:
    """For a colleague's eyes; an e-mail address is not shown."""
    return user.name.strip() or "A colleague without a name"


def others_at(article: Article | None, user: User) -> list[str]:
    """A sentence for each other person who has the form open."""
    if article is None:
        return []
    first: dict[int, str] = {}
    for copy in WorkingCopy.objects.open_forms(article, but_not_of=user, now=timezone.now()):
        if copy.user is not None and copy.user.pk not in first:
            since = date_format(timezone.localtime(copy.opened_at), "H:i")
            first[copy.user.pk] = f"{name_of(copy.user)} has had this article open since {since}."
    return list(first.values())


def last_save(article: Article) -> tuple[User | None, str]:
    """Who saved it last and when, as far as the log of the desk knows."""
    entries = LogEntry.objects.filter(
        content_type=get_content_type_for_model(article), object_id=str(article.pk)
    ).select_related("user")
    entry = entries.order_by("-action_time").first()
    return (entry.user, _when(entry.action_time)) if entry is not None else (None, "")


def address_of(name: str, article: Article | None) -> str:
    """Of a page about an article, or about one that was never saved."""
    return reverse(f"admin:articles_article_{name}", args=[article.pk] if article else [])
