"""Looking after people: who is there, what their role is, who is let in."""

import smtplib
from functools import partial
from typing import override

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.http import HttpRequest
from django_tasks_db.models import DBTaskResult

from accounts.actions import assign_role, deactivate, invite, reactivate
from accounts.invitations import send_link
from accounts.models import User
from accounts.people import person

# Others registered these. They hold secrets or show where people are; rights here come from roles, not from groups;
# and an address changed behind its owner's back would be a way into their account.
for model in (
    Authenticator,
    DBTaskResult,
    EmailAddress,
    Group,
    SocialAccount,
    SocialApp,
    SocialToken,
    UserSession,
):
    admin.site.unregister(model)

NO_MAIL = "The e-mail could not be sent. Select them in the list, and choose “E-mail a link to set a password”."


class PersonForm(forms.ModelForm[User]):
    """Somebody to invite, or to decide about."""

    class Meta:
        model = User
        fields = ("email", "name", "role", "is_active")

    def clean_email(self) -> str:
        """In small letters, and nobody else's."""
        email: str = self.cleaned_data["email"].lower()
        if EmailAddress.objects.filter(email=email, verified=True).exists():
            raise forms.ValidationError("Somebody already uses this e-mail address.", code="unique")
        return email


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Invite people, give them a role, let them in or keep them out. No passwords, no deleting, no superusers."""

    form = PersonForm
    list_display = ("__str__", "email", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")
    search_help_text = "Search by name or e-mail address."
    ordering = ("name", "email")
    actions = ("email_link",)

    @override
    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("email", "name", "role")
        return ("email", "name", "role", "is_active", "date_joined", "last_login")

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        if obj is None:
            return []
        theirs = ["email", "name", "date_joined", "last_login"]
        return [*theirs, "role", "is_active"] if obj == request.user else theirs

    @override
    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_superuser and not person(request).is_superuser:
            return False
        return super().has_change_permission(request, obj)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Their record would go with them. Whoever is to be kept out is deactivated.
        return False

    @override
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        # By default any column can be filtered on, so a password's hash could be guessed letter by letter.
        return lookup.partition("__")[0] in self.list_filter

    @override
    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        by = person(request)
        if not change:
            obj.pk = invite(email=obj.email, name=obj.name, role=obj.role, by=by).pk
            obj._state.adding = False
            transaction.on_commit(partial(self._send_links, request, [obj]))
            return
        if "role" in form.changed_data:
            assign_role(user=obj, role=obj.role, by=by)
        if "is_active" in form.changed_data:
            (reactivate if obj.is_active else deactivate)(user=obj, by=by)

    @admin.action(description="E-mail a link to set a password", permissions=["change"])
    def email_link(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        """Invite once more, or help somebody who cannot find "Forgotten your password?"."""
        self._send_links(request, list(queryset.filter(is_active=True)))

    def _send_links(self, request: HttpRequest, people: list[User]) -> None:
        try:
            for user in people:
                send_link(request, user)
        except (OSError, smtplib.SMTPException):
            self.message_user(request, NO_MAIL, messages.WARNING)
        else:
            count = len(people)
            sent = "Sent an e-mail with a link" if count == 1 else f"Sent {count} e-mails with links"
            self.message_user(request, f"{sent} to set a password.", messages.SUCCESS)
