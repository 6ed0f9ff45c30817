"""A person's own pages. E-mail address, password, second step and sessions are allauth's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import change_profile
from accounts.forms import ProfileForm
from accounts.people import person
from meducation.lib.forms import put_words_back


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Where everything about one's own account is found."""
    return render(request, "accounts/account.html", {"section": "account", "user": person(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change the profile."""
    user = person(request)
    status = 200
    if request.method == "POST":
        form = ProfileForm(request.POST, user=user)
        if form.is_valid():
            change_profile(by=user, name=form.cleaned_data["name"], fields=form.profile_fields())
            messages.success(request, "Saved your profile.")
            return redirect("accounts:profile")
        status = 422
    else:
        form = ProfileForm(user=user)
        put_words_back(request, form)
    return render(request, "accounts/profile.html", {"section": "account", "form": form}, status=status)
