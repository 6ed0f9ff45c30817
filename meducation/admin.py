"""The admin: Django's own, with the site's look, the site's login and, where required, a second step."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.people import person
from articles.tasks import tasks_for


class MeducationAdminSite(admin.AdminSite):
    """The authors' and editors' desk."""

    site_header = "Meducation"
    site_title = "Meducation desk"
    index_title = "Desk"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff only, and with a second step where the setting asks for one."""
        if not super().has_permission(request):
            return False
        return not settings.ADMIN_SECOND_FACTOR or is_mfa_enabled(request.user)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The first page, with what waits for this person."""
        return super().index(request, {"tasks": tasks_for(person(request)), **(extra_context or {})})

    def password_change(  # type: ignore[override]  # Django's own answers with a page, this one with the way to it
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The site's own page, which limits how often one may guess the old password and tells the owner by mail."""
        return redirect("account_change_password")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The site's own login page, so that its rate limits, passkeys and second step hold here too.

        Somebody who may come in but for the second step is led to where it is set up.
        """
        if super().has_permission(request) and not self.has_permission(request):
            messages.info(request, "The desk needs a second step at login. Set one up here, then come back.")
            return redirect("mfa_index")
        secured: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return secured
