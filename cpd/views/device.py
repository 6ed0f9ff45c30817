"""What a device asks that keeps something for later: who is signed in, and copies to look at without a connection."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.people import person
from cpd.forms.offline import as_posted
from cpd.models import Activity
from cpd.reading import reader_name

MOST_COPIES = 25


@login_not_required
@require_safe
@never_cache
def device(request: HttpRequest) -> JsonResponse:
    """Who is signed in, by the opaque name, and the token with which what waits on the device can be sent (JSON)."""
    user = request.user if isinstance(request.user, User) else None
    return JsonResponse(
        {
            "signed_in": user is not None,
            "reader": reader_name(user) if user is not None else None,
            "csrf": get_token(request),
        }
    )


@require_safe
@never_cache
def recent(request: HttpRequest) -> JsonResponse:
    """The latest activities, for a device to keep (JSON): none for a device that its owner did not ask to be kept.

    On a ward computer the next person would find them there. "Keep me logged in on this device" says that it is one's
    own.
    """
    user = person(request)
    is_own = not request.session.get_expire_at_browser_close()
    activities = user.activities.kept().for_copying()[:MOST_COPIES] if is_own else []
    return JsonResponse({"reader": reader_name(user), "activities": [_copy_of(activity) for activity in activities]})


def _copy_of(activity: Activity) -> dict[str, Any]:
    return {
        "id": str(activity.pk),
        "version": activity.version,
        "title": activity.title,
        "url": activity.get_absolute_url(),
        "fields": as_posted(activity),
    }
