"""The entry point of the web server."""

import logging
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meducation.settings")

logger = logging.getLogger("meducation.wsgi")
_site = get_wsgi_application()
# Every page's code, now and not with the first request: workers that part from this process share it.
_ = get_resolver().url_patterns


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """The site; and when even its error page fails, a plain answer.

    The web server would print such an exception in full, with what somebody typed in it.
    """
    try:
        return _site(environ, start_response)
    except Exception:
        logger.exception("The error page failed.")
        start_response("500 Internal Server Error", [("Content-Type", "text/plain"), ("Cache-Control", "no-store")])
        return [b"Something went wrong. Please try again later."]
