"""The pages beside an article's form: reviewing, comparing, restoring, retiring, taking back. Each asks first."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.people import person
from articles import actions
from articles.admin.keeping import KeepingMixin
from articles.admin.reviewing_forms import AskForm, CommentForm, RetireForm
from articles.admin.standing import reviews_of, state_sentence
from articles.comparing import Text, compare, plain_words
from articles.composing import compose, signed_text, text_of
from articles.models import Article, Comment, Review, Revision, Status, Verdict
from articles.previews import preview_address
from meducation.lib.dates import day_month_year, site_day

WORDS = "words"
UNPROCESSABLE = 422


class WorkflowAdmin(KeepingMixin):
    """What happens to an article besides writing it."""

    def may_publish(self, request: HttpRequest) -> bool:
        """Whether this person publishes, schedules and retires."""
        return request.user.has_perm("articles.publish_article")

    def get_urls(self) -> list[URLPattern]:
        """With the pages beside the form."""
        pages: dict[str, Callable[..., HttpResponse]] = {
            "review": self.review_view,
            "compare": self.compare_view,
            "restore": self.restore_view,
            "retire": self.retire_view,
            "unpublish": self.unpublish_view,
        }
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"articles_article_{name}")
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def _article(self, request: HttpRequest, object_id: str, *, to_publish: bool = False) -> Article:
        """The article, if this person may change it (and, if asked, publish it)."""
        article: Article | None = self.get_object(request, unquote(object_id))
        if article is None:
            raise Http404
        if not self.has_change_permission(request, article) or (to_publish and not self.may_publish(request)):
            raise PermissionDenied
        return article

    def _page(
        self, request: HttpRequest, article: Article, template: str, title: str, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": article,
            "back": reverse("admin:articles_article_change", args=[article.pk]),
            **more,
        }
        return TemplateResponse(request, f"admin/articles/article/{template}.html", context, status=status)

    def _done(
        self, request: HttpRequest, article: Article, sentence: str, history: str, *, to: str = "change"
    ) -> HttpResponse:
        self.log_change(request, article, history)
        messages.success(request, sentence)
        return HttpResponseRedirect(reverse(f"admin:articles_article_{to}", args=[article.pk]))

    # --- Review and comments

    def review_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Who was asked, what they said, and the comments; ask somebody, comment, mark as done."""
        article = self._article(request, object_id)
        asking, commenting = AskForm(article=article), CommentForm()
        if request.method == "POST":
            if "_ask" in request.POST:
                asking = AskForm(request.POST, article=article)
                if asking.is_valid() and (answer := self._ask(request, article, asking)):
                    return answer
            elif "_comment" in request.POST:
                commenting = CommentForm(request.POST)
                if commenting.is_valid():
                    said = commenting.cleaned_data
                    actions.comment(article=article, by=person(request), **said)
                    return self._done(request, article, "Your comment is there.", "Commented.", to="review")
            else:
                return self._answer_button(request, article)
        composed = compose(article)
        return self._page(
            request,
            article,
            "review",
            f"Review of “{article}”",
            status=UNPROCESSABLE if asking.errors or commenting.errors else 200,
            state_sentence=state_sentence(article, composed),
            reviews=reviews_of(article, composed),
            comments=with_place(article, composed),
            asking=asking,
            commenting=commenting,
            faults=[*asking.visible_fields(), *commenting.visible_fields()],
            may_set_aside=self.may_publish(request),
            may_take_back=article.status == Status.IN_REVIEW,
            preview=preview_address(article),
        )

    def _ask(self, request: HttpRequest, article: Article, form: Form) -> HttpResponse | None:
        reviewer = form.cleaned_data["reviewer"]
        try:
            actions.send_to_review(
                article=article, by=person(request), reviewer=reviewer, request=form.cleaned_data["request"]
            )
        except actions.AskedAlready:
            form.add_error("reviewer", f"{reviewer} has been asked already, and has not answered yet.")
            return None
        except actions.CannotReview:
            form.add_error("reviewer", f"{reviewer} cannot review this article.")
            return None
        if reviewer is None:
            sentence = "Sent to review: an editor will choose who reads it."
        else:
            sentence = f"Asked {reviewer}. They find it on their desk under “Your tasks”."
        return self._done(request, article, sentence, "Sent to review.", to="review")

    def _answer_button(self, request: HttpRequest, article: Article) -> HttpResponse:
        """A button beside one of the rows."""
        by = person(request)
        if "_take_back" in request.POST:
            actions.take_back(article=article, by=by)
            return self._done(request, article, "It is a draft again.", "Taken back from review.", to="review")
        if "_withdraw" in request.POST:
            review = get_object_or_404(Review, pk=row_number(request, "_withdraw"), article=article)
            was_waiting = review.verdict == Verdict.WAITING
            try:
                actions.withdraw_review(review=review, by=by)
            except actions.AlreadyDecided:
                messages.info(request, "This request has been answered in the meantime.")
                return HttpResponseRedirect(reverse("admin:articles_article_review", args=[article.pk]))
            if was_waiting:
                return self._done(request, article, "Taken back.", "Took a request to review back.", to="review")
            return self._done(request, article, "Set aside.", "Set a request for changes aside.", to="review")
        for button, is_resolved in (("_resolve", True), ("_reopen", False)):
            if button in request.POST:
                comment = get_object_or_404(Comment, pk=row_number(request, button), article=article)
                actions.resolve_comment(comment=comment, by=by, is_resolved=is_resolved)
                sentence = "Marked as done." if is_resolved else "Open again."
                return self._done(request, article, sentence, f"Comment {sentence.lower()}", to="review")
        return HttpResponseRedirect(reverse("admin:articles_article_review", args=[article.pk]))

    # --- Comparing and restoring

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Any two published texts, or one and the words being worked on, side by side."""
        article = self._article(request, object_id)
        choices = self._texts(article)
        newest = article.revisions.values_list("number", flat=True).first()
        default = str(newest) if newest else next(iter(choices))
        before, after = request.GET.get("before", default), request.GET.get("after", WORDS)
        if before not in choices or after not in choices:
            raise Http404
        sections = compare(self._text(article, before), self._text(article, after))
        return self._page(
            request,
            article,
            "compare",
            f"Compare texts of “{article}”",
            choices=choices.items(),
            before=before,
            after=after,
            before_label=choices[before],
            after_label=choices[after],
            sections=[section for section in sections if section.is_changed],
        )

    def _texts(self, article: Article) -> dict[str, str]:
        """What can be compared, by the name in the address."""
        found = {WORDS: "The words being worked on"}
        for number, live_from in article.revisions.values_list("number", "live_from"):
            found[str(number)] = f"Revision {number}, {day_month_year(site_day(live_from))}"
        for review in article.reviews.all():
            if review.verdict == Verdict.SIGNED and review.decided_at:
                day = day_month_year(site_day(review.decided_at))
                found[f"signed-{review.pk}"] = f"What {review.who} signed off, {day}"
        return found

    def _text(self, article: Article, name: str) -> Text:
        if name == WORDS:
            return text_of(compose(article))
        if name.startswith("signed-"):
            return signed_text(article.reviews.get(pk=name.removeprefix("signed-")))
        return text_of(article.revisions.get(number=name))

    def restore_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then put the words of a published text back into the draft."""
        article = self._article(request, object_id)
        number = request.GET.get("revision", "")
        revision = get_object_or_404(Revision, article=article, number=number if number.isdecimal() else 0)
        if request.method == "POST":
            with transaction.atomic():
                self.keep_what_is_replaced(request, article.pk)
                actions.restore(article=article, revision=revision, by=person(request))
            sentence = (
                f"The words are those of revision {revision.number} again. Readers see no change until you publish."
            )
            if not self.may_publish(request):
                sentence = sentence.replace("you publish", "an editor publishes")
            return self._done(request, article, sentence, f"Restored the words of revision {revision.number}.")
        composed = compose(article)
        sections = compare(text_of(composed), text_of(revision))
        return self._page(
            request,
            article,
            "restore",
            f"Restore revision {revision.number}?",
            revision=revision,
            sections=[section for section in sections if section.is_changed],
            before_label="The words being worked on",
            after_label=f"Revision {revision.number}",
        )

    # --- Retiring and taking back

    def retire_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the reason, then retire; or bring a retired article back."""
        article = self._article(request, object_id, to_publish=True)
        form = RetireForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and "_bring_back" in request.POST:
            actions.bring_back(article=article, by=person(request))
            return self._done(request, article, "It is published again, without the notice.", "Brought back.")
        if request.method == "POST" and form.is_valid():
            try:
                actions.retire(article=article, by=person(request), because=form.cleaned_data["because"])
            except actions.NotPublished:
                raise Http404 from None
            page = format_html('<a href="{}">View the article</a>', article.get_absolute_url())
            return self._done(
                request, article, format_html("Retired: it stays readable under a notice. {}.", page), "Retired."
            )
        return self._page(
            request,
            article,
            "retire",
            "Bring this article back?" if article.status == Status.RETIRED else "Retire this article?",
            status=UNPROCESSABLE if form.errors else 200,
            form=form,
            is_retired=article.status == Status.RETIRED,
            faults=form.visible_fields(),
        )

    def unpublish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then make it a draft again."""
        article = self._article(request, object_id, to_publish=True)
        if request.method == "POST":
            actions.unpublish(article=article, by=person(request))
            return self._done(
                request, article, "Unpublished: it is a draft again, and readers do not find it.", "Unpublished."
            )
        return self._page(request, article, "unpublish", "Unpublish this article?", is_public=article.is_published())


def row_number(request: HttpRequest, button: str) -> int:
    """The row a button belongs to; 0, which no row has, for anything that is no number."""
    value = request.POST.get(button, "")
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def with_place(article: Article, composed: Revision) -> list[tuple[Comment, bool]]:
    """The comments in order, and whether what each quotes still stands in the words."""
    words = " ".join(plain_words(text_of(composed)).split())
    return [
        (comment, not comment.quotation or " ".join(comment.quotation.split()) in words)
        for comment in article.comments.all()
    ]
