"""How somebody is reminded: by mail, by a private calendar."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.people import person
from cpd.actions.reminders import (
    AddressChanged,
    calendar_state,
    choose_reminders,
    make_calendar_address,
    revoke_calendar_address,
    stop_all_mail,
)
from cpd.calendars import calendar_of
from cpd.forms.reminders import CalendarForm, RemindersForm
from cpd.models import HowOften
from cpd.reminding import owner_of_calendar, owner_of_link, reminders_of, site_address
from meducation.lib.forms import put_words_back

# Of pages whose address is a secret: no copy on the way, in a search engine, or in another site's log.
SECRET_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}


@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """Choose how often; make or stop the calendar's address, which is shown this once."""
    user = person(request)
    doing = request.POST.get("do", "choose") if request.method == "POST" else ""
    if doing == "revoke":
        revoke_calendar_address(by=user)
        messages.success(request, "Stopped. The old address shows nothing any more.")
        return redirect("cpd:reminders")
    status, address = 200, ""
    if doing == "make":
        status, address = _make_address(request)
    reminders = reminders_of(user)
    if doing == "choose":
        form = RemindersForm(request.POST, user=user)
        if form.is_valid():
            chosen = form.cleaned_data
            choose_reminders(
                by=user,
                how_often=chosen["how_often"],
                tell_of_changes=chosen["tell_of_changes"],
                ask_after=chosen["ask_after"],
            )
            messages.success(request, _saved(chosen["how_often"], tell_of_changes=chosen["tell_of_changes"]))
            return redirect("cpd:reminders")
        status = 422
    else:
        initial = {
            "how_often": reminders.how_often,
            "tell_of_changes": reminders.tell_of_changes,
            "ask_after": reminders.ask_after_weeks,
        }
        form = RemindersForm(user=user, initial=initial)
        put_words_back(request, form)
    context = {
        "section": "account",
        "form": form,
        "reminders": reminders,
        "address": address,
        "is_out_of_date": doing == "make" and not address,
        "calendar_form": CalendarForm.fresh(calendar_state(reminders)),
    }
    return render(request, "cpd/reminders.html", context, status=status)


def _make_address(request: HttpRequest) -> tuple[int, str]:
    """The status of the answer, and the calendar's address if it was made."""
    form = CalendarForm(request.POST)
    if not form.is_valid():
        return 422, ""
    try:
        _, token = make_calendar_address(
            by=person(request), form_key=form.cleaned_data["key"], seen=form.cleaned_data["seen"]
        )
    except AddressChanged:
        return 409, ""
    return 200, site_address(reverse("cpd:calendar", args=[token]))


def _saved(how_often: HowOften, *, tell_of_changes: bool) -> str:
    if how_often is HowOften.OFF and tell_of_changes:
        return "Saved. We send you no reminders, and a mail when an article you logged changes."
    if how_often is HowOften.OFF:
        return "Saved. We send you no reminders."
    return "Saved. Each mail has a link that stops them."


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def reminders_stop(request: HttpRequest, signed: str) -> HttpResponse:
    """The link in every reminder: one button, nobody need log in. Mail programs post here by themselves (RFC 8058).

    Exempt from the check against forgery, because the signature in the address is what shows that the mail's owner
    asks; and it can only stop mail.
    """
    user = owner_of_link(signed)
    if user is None:
        raise Http404
    if request.method == "POST":
        # All of it: who is tired of our mail should not have to find out which kind this one was.
        stop_all_mail(by=user)
    response = render(request, "cpd/reminders_stop.html", {"is_stopped": request.method == "POST"})
    for name, value in SECRET_HEADERS.items():
        response.headers[name] = value
    return response


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody's dates for their calendar program. Whoever has the address may read it: nothing private is in it.

    No count of wrong guesses: 256 bits are not guessed, and a miss costs less than counting it would.
    """
    user = owner_of_calendar(token)
    if user is None:
        raise Http404
    return HttpResponse(
        calendar_of(user),
        content_type="text/calendar; charset=utf-8",
        headers=SECRET_HEADERS | {"Content-Disposition": 'inline; filename="cpd-dates.ics"'},
    )
