"""Put down in a hurry, finished later."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.people import person
from cpd.actions import NotYours, SentAlready, add_activity, finish_activity
from cpd.forms.quick import QuickForm
from cpd.models import Activity, Kind
from meducation.lib.dates import duration
from meducation.lib.forms import SENT_ALREADY, put_words_back

PER_PAGE = 25


def quick_form(user: User) -> QuickForm:
    """An empty one, for a page of that person."""
    return QuickForm(owner_pk=user.pk, initial={"id": uuid.uuid4()}, auto_id="quick_%s")


@require_http_methods(["GET", "HEAD", "POST"])
def activity_quick(request: HttpRequest) -> HttpResponse:
    """Put down what was done today and for how long; all else waits on the list of what is to be finished."""
    user = person(request)
    status = 200
    if request.method == "POST":
        form = QuickForm(request.POST, owner_pk=user.pk, auto_id="quick_%s")
        if form.is_valid():
            try:
                return _save(request, form, user)
            except SentAlready:
                form.add_error(None, SENT_ALREADY)
        status = 422
    else:
        form = quick_form(user)
        put_words_back(request, form)
    return render(request, "cpd/activity_quick.html", {"section": "add", "quick": form}, status=status)


def _save(request: HttpRequest, form: QuickForm, user: User) -> HttpResponse:
    """Save it. Raises SentAlready."""
    fields = {
        "title": form.cleaned_data["title"],
        "minutes": form.cleaned_data["minutes"],
        "kind": Kind.OTHER,
        "done_on": user.profile.local_date(),
        "finish_later": True,
    }
    try:
        logged = add_activity(by=user, activity_id=form.cleaned_data["id"], fields=fields)
    except NotYours as error:
        raise Http404 from error
    if logged.is_new:
        messages.success(request, f"Saved {duration(logged.activity.minutes)} to your CPD. It waits to be finished.")
    return redirect("cpd:tracker")


@require_safe
def unfinished_list(request: HttpRequest) -> HttpResponse:
    """What was put down in a hurry, the newest first."""
    unfinished = person(request).activities.kept().unfinished().for_listing()
    page = Paginator(unfinished, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cpd/unfinished_list.html", {"section": "cpd", "page": page})


@require_POST
def activity_finish(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """There is nothing to add: take it off that list."""
    try:
        finish_activity(by=person(request), activity_id=pk)
    except Activity.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "Finished.")
    return redirect("cpd:unfinished-list")
