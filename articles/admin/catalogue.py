"""Topics and authors: what articles are filed under."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest

from accounts.models import User
from accounts.roles import DESK_ROLES
from articles.models import Author, Topic


class AddressedAdmin[Row: (Author, Topic)](admin.ModelAdmin[Row]):
    """Something with a page of its own, whose address follows its name once and then stays."""

    search_fields = ["name"]
    ordering = ["name"]
    # "Delete" on its own page asks first and says what hangs on it.
    actions = None

    def get_prepopulated_fields(self, request: HttpRequest, obj: Row | None = None) -> dict[str, Any]:
        """Only before it is saved."""
        return {"slug": ["name"]} if obj is None else {}

    def get_readonly_fields(self, request: HttpRequest, obj: Row | None = None) -> list[str]:
        """Readers may have kept the address."""
        return ["slug"] if obj is not None else []


@admin.register(Topic)
class TopicAdmin(AddressedAdmin[Topic]):
    """What articles are about."""

    list_display = ["name", "description"]
    fields = ["name", "slug", "description"]


@admin.register(Author)
class AuthorAdmin(AddressedAdmin[Author]):
    """Bylines. An author looks after their own; editors after all."""

    list_display = ["name", "credentials", "user"]
    fields = ["name", "family_name", "slug", "credentials", "bio", "user"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Author]:
        """With the login, which the list shows."""
        return super().get_queryset(request).select_related("user")

    def has_change_permission(self, request: HttpRequest, obj: Author | None = None) -> bool:
        """Everybody may write their own biography."""
        is_own = obj is not None and obj.user_id is not None and obj.user_id == request.user.pk
        return is_own or super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Author | None = None) -> list[str]:
        """Whose byline it is decides who may edit, so only editors choose it."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if request.user.has_perm("articles.change_author") else [*fixed, "user"]

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Logins that can reach the desk, not every reader of the site."""
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(role__in=DESK_ROLES).order_by("email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
