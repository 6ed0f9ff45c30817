"""Whole public pages, kept in the memory of each worker process.

An article page is the same bytes for everybody signed out and the same for everybody signed in (who wants its text in
the same size). The first request for
it renders it; the next ones are answered here, headers included, before any other middleware and without the database.

It stays right in two ways. PostgreSQL tells every process when an article, author, topic or revision changes (a
trigger sends NOTIFY when the change commits) and everything kept is dropped at once. And nothing is kept longer than
`LIFETIME_SECONDS`, which also serves scheduled publishing and a lost connection to the notifier.
"""

import gzip
import hashlib
import logging
import select
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils import timezone

from meducation.lib.page_variant import Variant, variant_of
from meducation.lib.text_size import text_size_of

logger = logging.getLogger("meducation.page_cache")

CHANNEL = "articles_changed"
LIFETIME_SECONDS = 10.0
MOST_PAGES = 1000
# Read by the service worker (static/js/service-worker.js).
COPY_HEADER = "Offline-Copy"
MOST_BYTES = 48 * 1024 * 1024
RECONNECT_SECONDS = 5

type Key = tuple[str, str | None, str, str, str]
type View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, ready to send."""

    body: bytes
    squeezed: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str
    stale_at: float


class PageStore:
    """Pages by key, the least recently made dropped first. Safe to share between threads."""

    def __init__(self) -> None:
        self.pages: OrderedDict[Key, Page] = OrderedDict()
        self.bytes = 0
        # Raised by every change; a page rendered before the change and finished after it is not kept.
        self.generation = 0
        self.lock = threading.Lock()

    def get(self, key: Key) -> Page | None:
        """The page, unless it is too old. Takes no lock: a dictionary look-up is atomic."""
        page = self.pages.get(key)
        return page if page is not None and page.stale_at > time.monotonic() else None

    def put(self, key: Key, page: Page, generation: int) -> None:
        """Keep a page that was rendered while `generation` was current."""
        with self.lock:
            if generation != self.generation:
                return
            if (old := self.pages.pop(key, None)) is not None:
                self.bytes -= len(old.body) + len(old.squeezed)
            self.pages[key] = page
            self.bytes += len(page.body) + len(page.squeezed)
            while len(self.pages) > MOST_PAGES or self.bytes > MOST_BYTES:
                _, old = self.pages.popitem(last=False)
                self.bytes -= len(old.body) + len(old.squeezed)

    def clear(self) -> None:
        """Forget every page."""
        with self.lock:
            self.generation += 1
            self.pages.clear()
            self.bytes = 0


store = PageStore()


def kept_for(*variants: Variant) -> Callable[[View], View]:
    """Mark a public view whose page depends on nothing but its address, for these variants of its visitors."""

    def decorate(view: View) -> View:
        @wraps(view)
        def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            variant = variant_of(request)
            shared = variant in variants
            # The template looks at this first, so that a page that will be kept is drawn for the variant and not for
            # the person who came first; its dates are the site's, not theirs.
            request.page_variant = variant if shared else None  # type: ignore[attr-defined]  # ours
            with timezone.override(settings.TIME_ZONE):
                response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if shared and response.status_code == 200:
                response.may_be_kept = True  # type: ignore[attr-defined]  # ours
            return response

        return marked

    return decorate


same_for_everybody = kept_for("in", "out")


def allow_copy(request: HttpRequest, response: HttpResponse) -> None:
    """Let a device keep this page to be read without a connection: only as it was drawn for everybody of a variant."""
    if getattr(request, "page_variant", None) is not None:
        response.headers[COPY_HEADER] = "article"


class PageCacheMiddleware:
    """Answers from the store, and fills it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.listening = False

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The kept page if there is one; otherwise the rest of the stack, whose answer may be kept."""
        if request.method not in ("GET", "HEAD") or request.META.get("QUERY_STRING"):
            return self.get_response(request)
        variant = variant_of(request)
        if variant is None:
            return self.get_response(request)
        if not self.listening:
            self.listening = True
            start_listener()
        key: Key = (
            request.META.get("wsgi.url_scheme", ""),
            request.META.get("HTTP_HOST"),
            request.path,
            variant,
            text_size_of(request),
        )
        page = store.get(key)
        if page is None:
            generation = store.generation
            response = self.get_response(request)
            if (
                not getattr(response, "may_be_kept", False)
                or not isinstance(response, HttpResponse)
                or response.cookies
            ):
                return response
            page = _page_from(response)
            if request.method == "GET":
                store.put(key, page, generation)
        return _answer(request, page)


def _page_from(response: HttpResponse) -> Page:
    body = bytes(response.content)
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    response.headers.pop("Content-Length", None)
    return Page(
        body=body,
        squeezed=gzip.compress(body, compresslevel=6, mtime=0),
        headers=tuple(response.headers.items()),
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        stale_at=time.monotonic() + LIFETIME_SECONDS,
    )


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    response: HttpResponse
    if _has_it_already(request, page):
        response = HttpResponseNotModified()
        for name, value in page.headers:
            if name != "Content-Type":
                response.headers[name] = value
    else:
        # Nothing in the page is secret or echoes the visitor's input, so compressing it gives nothing away (BREACH).
        squeeze = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
        response = HttpResponse(page.squeezed if squeeze else page.body)
        for name, value in page.headers:
            response.headers[name] = value
        if squeeze:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))
    response.headers["ETag"] = page.etag
    return response


def _has_it_already(request: HttpRequest, page: Page) -> bool:
    """Whether the visitor's copy is this page.

    A date counts only for want of a tag, and only when it is the very date we gave: one page of a list taken away
    leaves an earlier date behind.
    """
    if known := request.META.get("HTTP_IF_NONE_MATCH"):
        return page.etag in known
    since = request.META.get("HTTP_IF_MODIFIED_SINCE")
    return since is not None and since == dict(page.headers).get("Last-Modified")


# --- Hearing about changes -------------------------------------------------------------------------------------------


def start_listener() -> None:
    """Start this process's one thread that listens for changes. Not in tests, where transactions never commit."""
    if settings.MODE != "test":
        threading.Thread(target=_listen_for_ever, name="articles-changed", daemon=True).start()


def _listen_for_ever() -> None:
    while True:
        try:
            _listen()
        except psycopg2.Error:
            # While deaf, pages live for LIFETIME_SECONDS only; that is the whole cost.
            store.clear()
            logger.warning("The listener for article changes lost its connection; trying again.")
            time.sleep(RECONNECT_SECONDS)


def _listen() -> None:
    heard = psycopg2.connect(**connection.get_connection_params())
    try:
        heard.autocommit = True
        with heard.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        store.clear()
        while True:
            select.select([heard], [], [], 60)
            heard.poll()
            if heard.notifies:
                heard.notifies.clear()
                store.clear()
    finally:
        heard.close()
