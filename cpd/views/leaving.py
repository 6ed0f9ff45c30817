"""Leaving: taking everything along, a read-only record, closing the account."""

import uuid

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import person
from cpd.actions.leaving import DAYS_TO_STAY, ask_to_close, make_read_only
from cpd.actions.leaving import open_again as let_write_again
from cpd.actions.leaving import stay as change_mind
from cpd.forms.leaving import CloseForm
from cpd.querysets.leaving import leaving_of
from meducation.lib.dates import day_month_year
from meducation.lib.forms import put_words_back

MOST_SHOWN = 10


@require_safe
def leaving(request: HttpRequest) -> HttpResponse:
    """All ways to leave, and how this person stands."""
    user = person(request)
    context = {
        "section": "account",
        "leaving": leaving_of(user),
        "archives": list(user.archives.for_listing()[:MOST_SHOWN]),
        "archive_id": uuid.uuid4(),
        "days": DAYS_TO_STAY,
    }
    return render(request, "cpd/leaving.html", context)


@require_POST
def read_only(request: HttpRequest) -> HttpResponse:
    """Let nobody write in the record any more."""
    make_read_only(by=person(request))
    messages.success(request, "Your record is read-only now.")
    return redirect("cpd:leaving")


@require_POST
def open_again(request: HttpRequest) -> HttpResponse:
    """Let its owner write in it again."""
    let_write_again(by=person(request))
    messages.success(request, "You can change your record again.")
    return redirect("cpd:leaving")


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth's decorators have no types
def close(request: HttpRequest) -> HttpResponse:
    """What goes and what stays; ask once. An unlocked screen is not its owner, so the password is asked for first."""
    user = person(request)
    if request.method == "POST":
        form = CloseForm(request.POST, owner_pk=user.pk)
        if form.is_valid():
            closes_at = ask_to_close(by=user).closes_at
            day = day_month_year(timezone.localdate(closes_at))
            messages.success(request, f"Your account will be closed on {day}. Until then you can change your mind.")
            return redirect("cpd:leaving")
    else:
        form = CloseForm(owner_pk=user.pk)
        put_words_back(request, form)
    context = {"section": "account", "form": form, "days": DAYS_TO_STAY}
    return render(request, "cpd/leaving_close.html", context, status=422 if form.errors else 200)


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Keep the account after all."""
    change_mind(by=person(request))
    messages.success(request, "Your account stays.")
    return redirect("cpd:leaving")
