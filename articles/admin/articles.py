"""Writing, previewing and publishing an article."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.forms import BaseModelFormSet, ModelForm
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from accounts.people import person
from articles.actions import NotReady, publish, sign_with_own_name
from articles.admin.forms import ArticleForm, was_read
from articles.admin.inlines import BylineInline, ReferenceInline
from articles.admin.questions import QuestionInline
from articles.admin.standing import day_and_time, standing
from articles.admin.workflow import WorkflowAdmin
from articles.details import names_in_line
from articles.models import Article, Author, Significance, State, Status
from articles.previews import preview_address
from articles.querysets import LONG_PARTS, reviews_to_compose
from meducation.lib.dates import iso_day


class StateFilter(admin.SimpleListFilter):
    """By what readers see now, not by what was once asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices."""
        return [(state.value, str(state.label)) for state in State]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """Those in the chosen state."""
        chosen = self.value()
        # The rows come with their state: ArticleAdmin.get_queryset.
        return queryset.filter(Q(("state_now", chosen))) if chosen in State.values else queryset


class LeanChangeList(ChangeList):
    """The list without the words of the articles, which it does not show."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """The rows to list."""
        return super().get_queryset(request, exclude_parameters).defer("body", *LONG_PARTS)


@admin.register(Article)
class ArticleAdmin(WorkflowAdmin):
    """An author's page. Saving keeps the words; only publishing shows them to readers."""

    form = ArticleForm
    inlines = [ReferenceInline, BylineInline, QuestionInline]
    list_display = ["title", "state", "names", "date", "due", "changed_at"]
    list_filter = [StateFilter, "topics"]
    search_fields = ["title", "standfirst", "bylines__author__name"]
    ordering = ["-changed_at"]
    list_per_page = 50
    # Bulk actions would go round what publishing and deleting ask.
    actions = None
    save_on_top = False

    class Media:
        css = {"all": ["css/admin-articles.css"]}
        js = [Script("js/admin/article.js", type="module"), Script("js/admin/copy-link.js", type="module")]

    # --- Who sees and does what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """Editors see all, authors what they began or what carries their byline."""
        editable = Article.objects.editable_by(person(request))
        return editable.select_related("revision").prefetch_related("bylines__author").with_state()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Without the words."""
        return LeanChangeList

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """Only what was never published: the rest is part of people's records."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj.revision is None and not obj.revisions.exists()))

    # --- The list

    @admin.display(description="state", ordering="state_now")
    def state(self, article: Article) -> str:
        """How it stands now."""
        state_now: str = article.state_now  # type: ignore[attr-defined]  # an annotation of with_state()
        return str(State(state_now).label)

    @admin.display(description="authors")
    def names(self, article: Article) -> str:
        """The byline as it stands in the form."""
        return names_in_line([line.author.name for line in article.bylines.all()])

    @admin.display(description="publication", ordering="publish_at")
    def date(self, article: Article) -> str:
        """When it was or will be published."""
        return day_and_time(article.publish_at)

    @admin.display(description="next review", ordering="review_due")
    def due(self, article: Article) -> str:
        """What the published text promises."""
        review_due: str | None = article.review_due  # type: ignore[attr-defined]  # an annotation of with_state()
        return iso_day(review_due)

    # --- The form

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        """The words first; what readers are told of a change only where there are readers."""
        sections: list[tuple[str | None, dict[str, Any]]] = [
            (None, {"fields": ["title", "standfirst", "body"]}),
            ("Learning objectives", {"fields": ["learning_objectives"]}),
            (
                "Disclosures",
                {
                    "fields": [
                        "interests",
                        "competing_interests",
                        "interests_declared_on",
                        "funding",
                        "acknowledgement",
                    ]
                },
            ),
            ("Topics and images", {"fields": ["topics"], "description": about_images()}),
            ("Review", {"fields": ["reviewed_by", "last_reviewed_on", "review_due_on"]}),
            ("Settings", {"fields": ["offers_cpd", "gdc_outcomes", "publish_at", "slug"]}),
            ("If there are questions", {"fields": ["pass_mark", "attempts_allowed"]}),
        ]
        if obj is not None and was_read(obj):
            sections.append(("For readers of the earlier text", {"fields": ["significance", "note"]}))
        return sections

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> list[str]:
        """An address that readers may have kept stays; so does the date of what they see."""
        fixed = []
        if obj is not None and obj.revision is not None:
            fixed.append("slug")
        if obj is not None and obj.is_published():
            fixed.append("publish_at")
        return fixed

    def get_prepopulated_fields(self, request: HttpRequest, obj: Article | None = None) -> dict[str, Any]:
        """The address follows the title until it is saved."""
        return {"slug": ["title"]} if obj is None else {}

    def get_inline_instances(self, request: HttpRequest, obj: Article | None = None) -> list[Any]:
        """Tells an author that they need not name themselves."""
        inlines = super().get_inline_instances(request, obj)
        for inline in inlines:
            if isinstance(inline, BylineInline) and not request.user.has_perm("articles.edit_any_article"):
                inline.verbose_name_plural = f"{BylineInline.verbose_name_plural}: if you leave it empty, your own name"
        return inlines

    def get_formset_kwargs(self, request: HttpRequest, obj: Article, inline: Any, prefix: str) -> dict[str, Any]:
        """An author's new article has their name on it."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, BylineInline) and request.method == "GET" and obj._state.adding:
            author = Author.objects.filter(user=person(request)).first()
            if author is not None:
                kwargs["initial"] = [{"position": 1, "author": author.pk}]
        return kwargs

    def view_on_site(self, obj: Article) -> str | None:
        """The page, when readers have one."""
        return obj.get_absolute_url() if obj.is_published() else None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Article | None:
        """One article, with what it takes to say how it stands."""
        article = super().get_object(request, object_id, from_field)
        if article is not None:
            prefetch_related_objects(
                [article], "references", "questions__choices", reviews_to_compose(), "comments__writer"
            )
        return article

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Article | None = None,
    ) -> HttpResponse:
        """With what stands beside the buttons."""
        beside = standing(request, obj, may_publish=self.may_publish(request))
        return super().render_change_form(request, context | beside, add, change, form_url, obj)

    # --- Saving and publishing

    def save_model(self, request: HttpRequest, obj: Article, form: ModelForm[Article], change: bool) -> None:
        """A new article remembers who began it. The date of a scheduled one changes only by scheduling it again."""
        if not change:
            obj.created_by = person(request)
        elif obj.status == Status.SCHEDULED and "publish_at" in form.fields:
            obj.publish_at = form.initial["publish_at"]
        super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: ModelForm[Article], formsets: list[BaseModelFormSet[Any, Any]], change: bool
    ) -> None:
        """Then the byline of an author who left it empty, and then what the button asked for."""
        super().save_related(request, form, formsets, change)
        article, user = form.instance, person(request)
        # What was fetched before the form was saved must not decide what happens now.
        article.refresh_from_db()
        may_sign = not article.bylines.exists() and not user.has_perm("articles.edit_any_article")
        if may_sign and sign_with_own_name(article=article, by=user) is None:
            messages.warning(request, "No author is named, and your account has no name: write it in your profile.")
        if "_publish" in request.POST and self.may_publish(request):
            self._publish(request, article, form)
        elif "_publish" in request.POST:
            messages.warning(request, "Only editors publish: send it to review.")

    def _publish(self, request: HttpRequest, article: Article, form: ModelForm[Article]) -> None:
        before = article.revision_id if article.is_published() else None
        chosen = form.cleaned_data
        at = None if article.is_published() else chosen.get("publish_at") or timezone.now()
        try:
            revision = publish(
                article=article,
                by=person(request),
                at=at,
                significance=Significance(chosen.get("significance") or Significance.UPDATE),
                note=chosen.get("note", ""),
            )
        except NotReady as error:
            sentences = format_html_join("", "<li>{}</li>", ((obstacle.message,) for obstacle in error.obstacles))
            messages.error(request, format_html("Saved, but not published yet:<ul>{}</ul>", sentences))
            return
        if before == revision.pk:
            messages.info(request, f"Readers see these words already: they are those of revision {revision.number}.")
            return
        self.log_change(request, article, f"Published as revision {revision.number}.")
        if article.is_published():
            page = format_html('<a href="{}">View the article</a>', article.get_absolute_url())
            messages.success(request, format_html("Published as revision {}. {}.", revision.number, page))
        else:
            messages.success(request, f"Scheduled: readers see it from {day_and_time(article.publish_at)}.")

    def response_add(self, request: HttpRequest, obj: Article, post_url_continue: str | None = None) -> HttpResponse:
        """Stay with the article."""
        return self._stay(request, obj, is_new=True)

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        """Stay with the article, or look at the preview."""
        return self._stay(request, obj, is_new=False)

    def _stay(self, request: HttpRequest, article: Article, *, is_new: bool) -> HttpResponse:
        if "_send" in request.POST:
            return HttpResponseRedirect(reverse("admin:articles_article_review", args=[article.pk]))
        if "_preview" in request.POST and not is_new:
            return HttpResponseRedirect(preview_address(article))
        if "_preview" in request.POST:
            # The saved form opens previews beside itself; going back to this one would make a second draft.
            link = format_html('<a href="{}" target="_blank">Open the preview</a>', preview_address(article))
            messages.success(request, format_html("Saved. {}.", link))
        elif "_publish" not in request.POST:
            messages.success(request, "Saved. Readers do not see it until it is published.")
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))


def about_images() -> str:
    """Where pictures come from: they stand in the text, but are looked after elsewhere."""
    return format_html(
        'Pictures stand in the text: put them there with the picture button. They come from the <a href="{}">image '
        "library</a>, where each has its alternative text.",
        reverse("admin:articles_image_changelist"),
    )
