"""Answers that take the same time whoever they are about.

The words of "log in", "sign up" and "forgotten password" never tell whether an address is known; how long they take
must not either. Each of them does about the same work for both (a hash of a password is most of it), and what still
differs disappears in the wait for the next whole step.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

# Twice what hashing takes on a small server, so that nearly every answer fits into the first step. Not more: a thread
# serves nobody else while it waits, and how often one visitor may ask is limited.
STEP_SECONDS = 0.25

type View = Callable[..., HttpResponseBase]


def in_even_time(view: View) -> View:
    """The view, its answers to POST held back until a whole number of steps has passed."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        began = time.monotonic()
        try:
            return view(request, *args, **kwargs)
        finally:
            time.sleep(until_next_step(time.monotonic() - began))

    return wrapped


def until_next_step(elapsed: float) -> float:
    """Seconds from `elapsed` to the next whole step; 0 when there are no steps."""
    return -elapsed % STEP_SECONDS if STEP_SECONDS else 0.0
