"""The few activities of a year that are to be read first."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.people import person
from cpd.actions.highlights import MOST_HIGHLIGHTS, EnoughHighlights, set_highlight
from cpd.models import Activity


@require_POST
def activity_highlight(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make it a highlight of its year (`on`), or take the mark off. With enough of them already: 422, and which."""
    user, is_on = person(request), "on" in request.POST
    try:
        activity = set_highlight(by=user, activity_id=pk, is_on=is_on)
    except Activity.DoesNotExist as error:
        raise Http404 from error
    except EnoughHighlights as error:
        activity = user.activities.get(pk=pk)
        context = {
            "section": "cpd",
            "activity": activity,
            "highlights": error.highlights,
            "most": MOST_HIGHLIGHTS,
            "span": user.profile.year_of(activity.done_on),
        }
        return render(request, "cpd/highlights_full.html", context, status=422)
    messages.success(request, "Now a highlight of its year." if is_on else "No longer a highlight.")
    return redirect(activity)
