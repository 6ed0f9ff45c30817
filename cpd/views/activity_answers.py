"""What a script is told that sends the form of an activity: an outbox, or a page over which somebody signs in anew.

200 {"url", "id", "version"}: it is saved. 401 {"login_url"}: its owner is not signed in. 404: it is not theirs, or was
deleted. 409 {"changed": {field: value}, "version"}: it says something else by now; `changed` is what its form holds,
and with that `version` (and the `reflection_version` among the fields) it can be saved over. 422 {"errors": {field:
[sentence]}}: it cannot be saved like this; "__all__" is the form itself.
"""

from django.http import JsonResponse
from django.urls import reverse

from cpd.forms import ActivityForm, sentences_of
from cpd.models import Activity
from meducation.lib.kept_words import OWNER_FIELD

# Sent by a script that goes on to the activity's page, where messages are seen. An outbox stays where it is.
GOES_ON = "goes-on"
# Of the form's fields those that say nothing of the activity.
ABOUT_THE_FORM = frozenset({OWNER_FIELD, "id", "version", "placed_for"})


def saved_answer(activity: Activity) -> JsonResponse:
    """It is saved, at this version, and has its page there."""
    return JsonResponse({"url": activity.get_absolute_url(), "id": str(activity.pk), "version": activity.version})


def errors_answer(form: ActivityForm) -> JsonResponse:
    """What has to be put right first."""
    return JsonResponse({"errors": sentences_of(form)}, status=422)


def changed_answer(current: ActivityForm, activity: Activity) -> JsonResponse:
    """How it stands now, in the fields of its form."""
    fields = {name: current[name].value() for name in current.fields if name not in ABOUT_THE_FORM}
    return JsonResponse({"changed": fields, "version": activity.version}, status=409)


def sign_in_answer() -> JsonResponse:
    """Nobody is signed in, or somebody else than whose words these are."""
    return JsonResponse({"login_url": reverse("account_login")}, status=401)
