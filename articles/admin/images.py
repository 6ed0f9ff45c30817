"""The image library, and the small window in which an author chooses from it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from accounts.people import person
from articles.actions import add_image, delete_image
from articles.admin.forms import ImageForm, NewImageForm
from articles.models import Image
from articles.querysets import picture_is_in_use

PICKER_PAGE_SIZE = 24
MOST_WORDS = 8
# The name under which the editor passes the number that tells it which of its dialogues is waiting.
WAITING = "CKEditorFuncNum"


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin[Image]):
    """Pictures to put into articles."""

    list_display = ["thumbnail", "title", "alternative_text", "is_decorative", "address", "uploaded_at"]
    list_display_links = ["title"]
    list_filter = ["is_decorative"]
    search_fields = ["title", "alternative_text", "caption", "credit"]
    ordering = ["-uploaded_at"]
    list_per_page = 50
    actions = None

    class Media:
        css = {"all": ["css/admin-articles.css"]}

    def get_form(self, request: HttpRequest, obj: Image | None = None, change: bool = False, **kwargs: Any) -> Any:
        """A picture is chosen once; its words can be bettered."""
        kwargs["form"] = NewImageForm if obj is None else ImageForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Image | None = None) -> list[Any]:
        """The picture first."""
        words = ["title", "alternative_text", "is_decorative", "caption", "credit"]
        return ["file", *words] if obj is None else ["thumbnail", "address", *words, "size"]

    def get_readonly_fields(self, request: HttpRequest, obj: Image | None = None) -> list[str]:
        """What the file says."""
        return [] if obj is None else ["thumbnail", "address", "size"]

    def save_model(self, request: HttpRequest, obj: Image, form: ModelForm[Image], change: bool) -> None:
        """Add it to the library, or save its words."""
        if change:
            super().save_model(request, obj, form, change)
            return
        words = {name: form.cleaned_data[name] for name in ImageForm.Meta.fields}
        added = add_image(picture=form.cleaned_data["file"], by=person(request), **words)
        obj.pk = added.pk
        obj.refresh_from_db()

    def has_delete_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        """Not while an article or a published text shows it."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not picture_is_in_use(obj.name))

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        """The row and the file."""
        delete_image(image=obj, by=person(request))

    def response_add(self, request: HttpRequest, obj: Image, post_url_continue: str | None = None) -> HttpResponse:
        """Back to the small window, if that is where the person came from."""
        if WAITING in request.GET:
            return HttpResponseRedirect(
                f"{reverse('admin:articles_image_picker')}?{urlencode({WAITING: request.GET[WAITING]})}"
            )
        return super().response_add(request, obj, post_url_continue)

    @admin.display(description="picture")
    def thumbnail(self, image: Image) -> str:
        """The picture, small."""
        return format_html(
            '<img class="library-thumbnail" src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
            image.get_absolute_url(),
            image.alternative_text,
            image.width,
            image.height,
        )

    @admin.display(description="address")
    def address(self, image: Image) -> str:
        """To copy into the editor by hand."""
        return format_html("<code>{}</code>", image.get_absolute_url())

    @admin.display(description="size")
    def size(self, image: Image) -> str:
        """In pixels."""
        return f"{image.width} × {image.height} pixels"

    # --- The small window

    def get_urls(self) -> list[URLPattern]:
        """With the small window."""
        own = path("picker/", self.admin_site.admin_view(self.picker_view), name="articles_image_picker")
        return [own, *super().get_urls()]

    def picker_view(self, request: HttpRequest) -> HttpResponse:
        """Pictures to choose from; a script hands the chosen one to the editor that opened the window."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        wanted = request.GET.get("q", "").replace("\x00", "").strip()
        found = self.get_queryset(request).order_by("-uploaded_at")
        for word in wanted.split()[:MOST_WORDS]:
            found = found.filter(
                Q(title__icontains=word) | Q(alternative_text__icontains=word) | Q(caption__icontains=word)
            )
        site: AdminSite = self.admin_site
        context = {
            **site.each_context(request),
            "title": "Choose a picture",
            "page_obj": Paginator(found, PICKER_PAGE_SIZE).get_page(request.GET.get("page")),
            "wanted": wanted,
            "waiting_name": WAITING,
            "waiting": request.GET.get(WAITING, ""),
            "is_popup": True,
            "may_add": self.has_add_permission(request),
        }
        return TemplateResponse(request, "admin/articles/image/picker.html", context)
