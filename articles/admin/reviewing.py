"""The reviewer's desk: what they were asked to read, and one page on which to answer."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from accounts.people import person
from articles import actions
from articles.admin.reviewing_forms import ChangesForm, CommentForm, SignForm
from articles.admin.workflow import UNPROCESSABLE, row_number, with_place
from articles.comparing import REVIEW, compare
from articles.composing import compose, hash_to_sign, signed_text, text_of
from articles.details import Details
from articles.models import Article, Author, Review, Verdict
from articles.previews import preview_address


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin[Review]):
    """Requests to review. Editors see all; everybody else those they were asked for."""

    list_display = ["title", "reviewer", "asked_at", "verdict", "decided_at"]
    list_display_links = ["title"]
    list_filter = ["verdict"]
    search_fields = ["article__title"]
    ordering = ["-asked_at"]
    list_per_page = 50
    actions = None

    class Media:
        css = {"all": ["css/admin-articles.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        """Those this person may read."""
        user = person(request)
        reviews = Review.objects.all() if user.has_perm("articles.edit_any_article") else Review.objects.asked_of(user)
        return reviews.select_related("article", "reviewer").defer("article__body", "signed_words")

    @admin.display(description="article", ordering="article__title")
    def title(self, review: Review) -> str:
        """What is to be read."""
        return review.article.title

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Asking is done from the article."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A signature is kept, and a request is withdrawn."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """With the comparison of what was signed."""
        own = path(
            "<path:object_id>/compare/", self.admin_site.admin_view(self.compare_view), name="articles_review_compare"
        )
        return [own, *super().get_urls()]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What happened is in the history of the article."""
        return HttpResponseRedirect(reverse("admin:articles_review_change", args=[self._review(request, object_id).pk]))

    def _review(self, request: HttpRequest, object_id: str) -> Review:
        if not self.has_view_permission(request):
            raise PermissionDenied
        review = self.get_object(request, unquote(object_id))
        if review is None:
            raise Http404
        return review

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Read, comment, ask for changes, sign off."""
        review = self._review(request, object_id)
        user = person(request)
        if review.reviewer_id != user.pk:
            return HttpResponseRedirect(reverse("admin:articles_article_review", args=[review.article_id]))
        article = Article.objects.for_composing().prefetch_related("comments__writer").get(pk=review.article_id)
        composed = compose(article)
        now = hash_to_sign(composed)
        is_open = review.verdict == Verdict.WAITING and actions.may_review(user, article)
        forms = {
            "_comment": CommentForm(prefix="comment"),
            "_changes": ChangesForm(prefix="changes"),
            "_sign": SignForm(prefix="sign", initial=signature_before(user) | {"sha256": now}),
        }
        if request.method == "POST":
            button = next((name for name in forms if name in request.POST), None)
            if button is None:
                return self._resolve(request, review)
            form = forms[button] = type(forms[button])(request.POST, prefix=forms[button].prefix)
            if form.is_valid():
                try:
                    return self._answer(request, review, button, form.cleaned_data)
                except actions.WordsChanged:
                    data = request.POST.copy()
                    data[form.add_prefix("sha256")] = now
                    form.data = data
                    form.add_error(
                        None, "The words have changed since you opened this page. Read them again, then sign."
                    )
                except actions.AlreadyDecided:
                    messages.info(request, "This request has been answered or taken back in the meantime.")
                    return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Review “{article}”",
            "opts": self.opts,
            "original": review,
            "media": self.media,
            "article": article,
            "review": review,
            "is_open": is_open,
            "is_changed": review.verdict == Verdict.SIGNED and review.signed_sha256 != now,
            "earlier": [
                each
                for each in article.reviews.all()
                if each.reviewer_id == user.pk and each.verdict == Verdict.SIGNED and each.pk != review.pk
            ],
            "preview": preview_address(article),
            "assessment": Details.from_json(composed.details).assessment,
            "words": composed.words,
            "minutes": composed.reading_minutes,
            "comments": with_place(article, composed),
            "commenting": forms["_comment"],
            "changes": forms["_changes"],
            "signing": forms["_sign"],
            "faults": [field for form in forms.values() for field in form.visible_fields()],
            "faults_of_all": [error for form in forms.values() for error in form.non_field_errors()],
        }
        status = UNPROCESSABLE if any(form.errors for form in forms.values()) else 200
        return TemplateResponse(request, "admin/articles/review/change_form.html", context, status=status)

    def _answer(self, request: HttpRequest, review: Review, button: str, said: dict[str, Any]) -> HttpResponse:
        by, article = person(request), review.article
        if button == "_comment":
            actions.comment(article=article, by=by, **said)
            sentence, history = "Your comment is there.", "Commented."
        elif button == "_changes":
            actions.ask_for_changes(review=review, by=by, changes=said["changes"])
            sentence, history = "Sent back: the author sees what you ask for.", "Asked for changes."
        else:
            actions.sign_off(review=review, by=by, **said)
            sentence, history = "Signed off. Thank you: readers will see your name and the date.", "Signed off."
        note(by, article, history)
        messages.success(request, sentence)
        return HttpResponseRedirect(request.path)

    def _resolve(self, request: HttpRequest, review: Review) -> HttpResponse:
        for button, is_resolved in (("_resolve", True), ("_reopen", False)):
            if button in request.POST:
                comment = review.article.comments.filter(pk=row_number(request, button)).first()
                if comment is None:
                    raise Http404
                actions.resolve_comment(comment=comment, by=person(request), is_resolved=is_resolved)
                sentence = "Marked as done." if is_resolved else "Open again."
                note(person(request), review.article, f"Comment {sentence.lower()}")
                messages.success(request, sentence)
        return HttpResponseRedirect(request.path)

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What was signed, beside the words as they are now."""
        review = self._review(request, object_id)
        if review.verdict != Verdict.SIGNED:
            raise Http404
        article = Article.objects.for_composing().get(pk=review.article_id)
        sections = compare(signed_text(review), text_of(compose(article)))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Changed since {review.who} signed it off",
            "opts": self.opts,
            "original": review,
            "media": self.media,
            "back": reverse("admin:articles_review_change", args=[review.pk]),
            "before_label": "As signed off",
            "after_label": "As it is now",
            "sections": [section for section in sections if section.is_changed and section.name != REVIEW],
        }
        return TemplateResponse(request, "admin/articles/review/compare.html", context)


def note(by: User, article: Article, history: str) -> None:
    """Write it into the history of the article, where everybody looks for it."""
    LogEntry.objects.log_actions(by.pk, [article], CHANGE, history, single_object=True)


def signature_before(user: User) -> dict[str, str]:
    """What they signed with last time; or else what their account and their byline say."""
    last = Review.objects.asked_of(user).signed().order_by("-decided_at").first()
    if last is not None:
        return {"name": last.name, "credentials": last.credentials}
    byline = Author.objects.filter(user=user).first()
    return {"name": user.name, "credentials": byline.credentials if byline else ""}
