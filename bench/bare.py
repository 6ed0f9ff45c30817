"""A bare Django site that answers with bytes read from a folder at the start."""

import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

PAGES = {file.stem: file.read_bytes() for file in Path(os.environ["BENCH_PAGES"]).glob("*.html")}


def page(request: HttpRequest, name: str) -> HttpResponse:
    """The bytes of `name`."""
    return HttpResponse(PAGES[name])


urlpatterns = [path("<str:name>", page)]
application = get_wsgi_application()
