"""Logging out, which leaves nothing of a person on the device: it may be a shared one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

type View = Callable[..., HttpResponseBase]

# Caches, words that were not sent, and the service worker. Not cookies: the session's is gone, and the size of text
# that somebody needs is no secret.
CLEARED = '"cache", "storage"'


def clearing_device(view: View) -> View:
    """The view of logging out, whose answer asks the browser to forget what this site keeps on the device."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            response.headers["Clear-Site-Data"] = CLEARED
        return response

    return wrapped
