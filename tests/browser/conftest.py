"""A real Chromium for the journeys, and pages that fail their test on anything a visitor's console would show.

A machine without Chromium fails these tests; skipping them would say that they pass. `python -m tests.chromium` gets
one.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from articles.models import Article
from tests.chromium import FLAGS, executable
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory

# Playwright's synchronous API runs an event loop in this thread, and Django would refuse to use the database beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """
    async (rules) => (await axe.run(document, { runOnly: rules })).violations
        .map((found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join(", ")}`)
"""
NOTE_VIOLATIONS = """
    window.policyViolations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
        window.policyViolations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
# Playwright's own word, where a test has no service worker.
WITHOUT_WORKER = "Service Worker registration blocked by Playwright"
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REQUESTS_END_WITHIN_SECONDS = 5.0
QUIET_SECONDS = 0.2
type SignIn = Callable[..., User]


@dataclass
class Console:
    """What went wrong on the pages of a test, and what the test expects to go wrong."""

    messages: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, *parts: str) -> None:
        """Allow messages with one of `parts` in them, as "409": browsers log every request that failed."""
        self.expected.extend(parts)

    def watch(self, page: Page) -> None:
        """Note this page's errors as well."""
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.messages.append(f"{error}"))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and message.text != WITHOUT_WORKER:
            self.messages.append(message.text)

    @property
    def unexpected(self) -> list[str]:
        """What nobody expected."""
        return [message for message in self.messages if not any(part in message for part in self.expected)]


@pytest.fixture(scope="session")
def base_url() -> None:
    """None: tests open whole addresses, of the live server. (The plugin's own fixture warns under pytest 9.)"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {
        "executable_path": executable(),
        # Playwright switches the back/forward cache off; the timer must live with it.
        "ignore_default_args": ["--disable-back-forward-cache"],
        "args": [*FLAGS, *QUIET],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    # A service worker answers where a test wants to (`page.route`); those that are about it ask for `with_worker`.
    return browser_context_args | {"locale": "en-GB", "timezone_id": "Europe/London", "service_workers": "block"}


class Requests:
    """How many requests the live server is answering: it runs in this process."""

    def __init__(self) -> None:
        self.open = 0
        self.lock = threading.Lock()
        request_started.connect(self._began)
        request_finished.connect(self._ended)

    def _began(self, **kwargs: object) -> None:
        with self.lock:
            self.open += 1

    def _ended(self, **kwargs: object) -> None:
        with self.lock:
            self.open -= 1

    def start_again(self) -> None:
        """Count from here: what earlier tests left unfinished, as a stream nobody read, does not matter."""
        with self.lock:
            self.open = 0

    def wait_for_the_last(self) -> None:
        """Return when nothing has been under way for a moment, or after a few seconds in any case."""
        end = time.monotonic() + REQUESTS_END_WITHIN_SECONDS
        quiet_since = time.monotonic()
        while time.monotonic() < min(end, quiet_since + QUIET_SECONDS):
            time.sleep(0.02)
            if self.open > 0:
                quiet_since = time.monotonic()


requests = Requests()


def close_quietly(context: BrowserContext) -> None:
    """Close a browser's pages without a last request of theirs meeting the flush of the database.

    A page that closes sends a last beat, and the test's end empties all tables: in flight together they deadlock.
    """
    context.set_offline(True)
    for page in context.pages:
        page.close()
    requests.wait_for_the_last()


@pytest.fixture
def context(live_server: LiveServer, context: BrowserContext) -> Iterator[BrowserContext]:
    """One browser. Asks for live_server first, to be taken down before it."""
    context.add_init_script(NOTE_VIOLATIONS)
    # Rate limits count in the cache, which outlives a test's transaction.
    cache.clear()
    requests.start_again()
    yield context
    close_quietly(context)


@pytest.fixture
def another_browser(live_server: LiveServer, browser: Browser, context: BrowserContext) -> Iterator[BrowserContext]:
    """A second device: nothing in common with `context` but the server."""
    other = browser.new_context(base_url=live_server.url, locale="en-GB", service_workers="block")
    other.add_init_script(NOTE_VIOLATIONS)
    yield other
    close_quietly(other)
    other.close()


@pytest.fixture
def without_javascript(live_server: LiveServer, browser: Browser, context: BrowserContext) -> Iterator[BrowserContext]:
    """A browser without JavaScript, as some that open mail are."""
    plain = browser.new_context(java_script_enabled=False)
    yield plain
    close_quietly(plain)
    plain.close()


@pytest.fixture
def reader() -> User:
    """Somebody who reads."""
    return UserFactory()


@pytest.fixture
def article() -> Article:
    """Six parts, long enough to be scrolled through."""
    body = "".join(f"<h2>Part {number}</h2><p>{'Words to read. ' * 60}</p>" for number in range(1, 7))
    return ArticleFactory(title="Sepsis in the first hour", slug="sepsis", body=body, published=True)


@pytest.fixture
def with_worker(live_server: LiveServer, browser: Browser, context: BrowserContext) -> Iterator[BrowserContext]:
    """A browser whose pages have the service worker that visitors have."""
    other = browser.new_context(
        base_url=live_server.url, locale="en-GB", timezone_id="Europe/London", service_workers="allow"
    )
    other.add_init_script(NOTE_VIOLATIONS)
    yield other
    close_quietly(other)
    other.close()


@pytest.fixture
def console() -> Console:
    """The console of the test's pages."""
    return Console()


@pytest.fixture
def clean_page(context: BrowserContext, console: Console) -> Iterator[Page]:
    """A page that fails its test on any console error, script error or breach of the content security policy."""
    page = context.new_page()
    console.watch(page)
    yield page
    violations: list[str] = []
    if not page.is_closed() and page.url.startswith("http"):
        violations = page.evaluate("window.policyViolations ?? []")
    assert console.unexpected == []
    assert violations == []


@pytest.fixture
def sign_in(live_server: LiveServer, context: BrowserContext) -> SignIn:
    """`sign_in(user)`: log somebody in without the form. `on=` another browser than the test's own."""

    def put_session_cookie(user: User, *, on: BrowserContext | None = None) -> User:
        client = Client()
        # Whoever logged in by the form has the cookie against forgery from then on.
        client.get("/accounts/login/")
        client.force_login(user)
        names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        (on or context).add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url} for name in names]
        )
        return user

    return put_session_cookie


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: fail on any accessibility rule that the page breaks, naming the elements."""

    def check(page: Page) -> None:
        # Through the debugger, so that the page's own policy does not stop it.
        page.evaluate(AXE)
        assert page.evaluate(RUN_AXE, AXE_RULES) == []

    return check
