"""Without a connection: articles that open, words that wait, and nothing of one person for another."""

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from articles.models import Article
from cpd.models import Activity, Sitting
from tests.browser.conftest import Console, SignIn
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import ActivityFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATIENCE_SECONDS = 20.0
KEPT = "Saved on this device. It will be sent when you are online."
# What a browser says of a request that meets no network, and of the copies it then goes by.
NO_NETWORK = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "503", "FetchEvent")
type Checker = Callable[[Page], None]


@pytest.fixture
def reader() -> User:
    return UserFactory()


@pytest.fixture
def article() -> Article:
    body = "".join(f"<h2>Part {number}</h2><p>{'Words to read. ' * 60}</p>" for number in range(1, 5))
    return ArticleFactory(title="Sepsis in the first hour", slug="sepsis", body=body, published=True)


@pytest.fixture
def page(with_worker: BrowserContext, console: Console) -> Iterator[Page]:
    """A page of the browser with the worker, that fails its test on anything its console shows."""
    page = with_worker.new_page()
    console.expect(*NO_NETWORK)
    console.watch(page)
    yield page
    assert console.unexpected == []


def eventually(condition: Callable[[], object], what: str, *, on: Page | None = None) -> None:
    """Wait for something; `on` a page whose requests the test answers itself, which takes its turns."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if condition():
            return
        if on is not None:
            on.wait_for_timeout(100)
        else:
            time.sleep(0.1)
    pytest.fail(f"In {PATIENCE_SECONDS:.0f} seconds it never was so that {what}.")


def cached(page: Page, name: str) -> list[str]:
    """The addresses in one of the worker's caches."""
    found: list[str] = page.evaluate(
        """async (name) => {
            if (!(await caches.has(name))) return [];
            return (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname);
        }""",
        name,
    )
    return found


def wait_for_worker(page: Page) -> None:
    """Until the worker has what an article and the offline page need, and has this page."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def stored(page: Page, store: str) -> list[dict[str, Any]]:
    """The rows of one store of this device."""
    found: str = page.evaluate(
        """(store) => new Promise((resolve, reject) => {
            const request = indexedDB.open("meducation");
            request.onerror = () => reject(request.error);
            request.onsuccess = () => {
                const database = request.result;
                if (!database.objectStoreNames.contains(store)) { database.close(); resolve("[]"); return; }
                const all = database.transaction(store).objectStore(store).getAll();
                all.onsuccess = () => { database.close(); resolve(JSON.stringify(all.result)); };
            };
        })""",
        store,
    )
    rows: list[dict[str, Any]] = json.loads(found)
    return rows


def open_article(page: Page, live_server: LiveServer, article: Article) -> str:
    """Open an article until the worker has it."""
    address = article.get_absolute_url()
    page.goto(f"{live_server.url}{address}?beat=1&idle=60")
    wait_for_worker(page)
    eventually(lambda: address in cached(page, "articles"), "the article was kept")
    return f"{live_server.url}{address}"


def open_offline_page(page: Page, live_server: LiveServer) -> None:
    """The offline page, with this device knowing its reader."""
    page.goto(f"{live_server.url}/cpd/")
    wait_for_worker(page)
    eventually(lambda: any(row["key"] == "reader" for row in stored(page, "copies")), "the reader was remembered")
    page.goto(f"{live_server.url}/offline/")
    expect(page.get_by_role("heading", name="Add CPD")).to_be_visible()


def fill(page: Page, title: str, minutes: str = "30") -> None:
    form = page.locator("#offline-activity, #activity-form")
    form.locator("input[name=title]").fill(title)
    form.locator("input[name=minutes]").fill(minutes)


# --- Reading ---------------------------------------------------------------------------------------------------------


def test_an_article_opened_once_opens_again_without_a_network(
    page: Page, with_worker: BrowserContext, live_server: LiveServer, article: Article, axe: Checker
) -> None:
    address = open_article(page, live_server, article)
    with_worker.set_offline(True)
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sepsis in the first hour")
    # With its fonts and its look.
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"IBM Plex Sans')
    assert page.evaluate("document.styleSheets.length") == 1
    page.goto(f"{live_server.url}/cpd/")
    expect(page.get_by_role("heading", level=1)).to_have_text("On this device")
    expect(page.get_by_text("We cannot reach Meducation just now")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Sepsis in the first hour").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sepsis in the first hour")


def test_the_timer_goes_on_and_what_is_logged_says_so(
    page: Page,
    with_worker: BrowserContext,
    live_server: LiveServer,
    sign_in: SignIn,
    reader: User,
    article: Article,
) -> None:
    sign_in(reader, on=with_worker)
    address = open_article(page, live_server, article)
    eventually(lambda: any(row["key"] == "reader" for row in stored(page, "copies")), "the reader was remembered")
    page.goto("about:blank")
    with_worker.set_offline(True)
    # Restored from the worker's copy: nothing the server says about the person is there.
    tab = with_worker.new_page()
    tab.goto(f"{address}?beat=1&idle=60")
    expect(tab.locator(".readbar [data-part=state]")).to_have_text("offline, kept on this device")
    tab.wait_for_timeout(2500)
    tab.locator(".readbar [data-action=open]").click()
    tab.get_by_label("What will you take from this?").fill("Written in the lift.")
    tab.get_by_role("button", name="Save to my CPD").click()
    expect(tab.locator("#toast")).to_contain_text("Saved on this device. It will be logged when you are online.")
    tab.close()
    with_worker.set_offline(False)
    page.goto(f"{live_server.url}/cpd/")
    expect(page.locator("#toast")).to_contain_text("Sent 1 activity kept on this device.")
    activity = Activity.objects.get()
    assert activity.user == reader
    assert activity.offline_seconds > 0
    page.goto(f"{live_server.url}{activity.get_absolute_url()}")
    expect(page.locator("main")).to_contain_text("ecorded offline")


def test_reading_without_a_network_is_not_lost_with_the_tab(
    page: Page,
    with_worker: BrowserContext,
    live_server: LiveServer,
    sign_in: SignIn,
    reader: User,
    article: Article,
) -> None:
    sign_in(reader, on=with_worker)
    address = open_article(page, live_server, article)
    eventually(lambda: any(row["key"] == "reader" for row in stored(page, "copies")), "the reader was remembered")
    page.goto("about:blank")
    with_worker.set_offline(True)
    tab = with_worker.new_page()
    tab.goto(f"{address}?beat=1&idle=60")
    eventually(lambda: any(row["key"].startswith("beat:") for row in stored(tab, "outbox")), "the report was kept")
    tab.wait_for_timeout(1500)
    tab.close()
    with_worker.set_offline(False)
    page.goto(f"{live_server.url}/cpd/")
    eventually(Sitting.objects.filter(reader__user=reader, offline_ms__gt=0).exists, "it was counted")
    eventually(lambda: stored(page, "outbox") == [], "nothing waits any more")


def test_a_copy_opened_after_signing_out_is_a_visitors(
    page: Page, with_worker: BrowserContext, live_server: LiveServer, sign_in: SignIn, reader: User, article: Article
) -> None:
    sign_in(reader, on=with_worker)
    address = open_article(page, live_server, article)
    page.goto(f"{live_server.url}/accounts/logout/")
    page.locator("main").get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{live_server.url}/")
    open_article(page, live_server, article)
    with_worker.set_offline(True)
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator(".readbar").get_by_role("link", name="Log in to log this")).to_be_visible()


# --- Adding ----------------------------------------------------------------------------------------------------------


def test_what_is_added_on_the_open_form_arrives_once(
    page: Page, with_worker: BrowserContext, live_server: LiveServer, sign_in: SignIn, reader: User
) -> None:
    sign_in(reader, on=with_worker)
    page.goto(f"{live_server.url}/cpd/activities/new/")
    wait_for_worker(page)
    with_worker.set_offline(True)
    fill(page, "Ward round teaching")
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    assert not Activity.objects.exists()
    with_worker.set_offline(False)
    expect(page.get_by_text("Sent. It is in your CPD.")).to_be_visible()
    expect(page.locator("#toast")).to_contain_text("Sent 1 activity kept on this device.")
    activity = Activity.objects.get()
    assert (activity.user, activity.title, activity.minutes) == (reader, "Ward round teaching", 30)
    assert activity.written_at is not None and activity.written_at <= activity.recorded_at
    eventually(lambda: stored(page, "outbox") == [], "nothing waits any more")


def test_what_is_added_on_the_offline_page_outlives_the_page(
    page: Page, with_worker: BrowserContext, live_server: LiveServer, sign_in: SignIn, reader: User, axe: Checker
) -> None:
    sign_in(reader, on=with_worker)
    open_offline_page(page, live_server)
    with_worker.set_offline(True)
    page.goto("about:blank")
    page.goto(f"{live_server.url}/cpd/activities/new/")
    page.get_by_role("button", name="Save on this device").click()
    expect(page.get_by_role("link", name="Say what you did, in a few words.")).to_be_visible()
    fill(page, "Audit of handovers", "45")
    page.get_by_role("button", name="Save on this device").click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    axe(page)
    # Another look, and a change, after the page was closed.
    page.goto("about:blank")
    page.goto(f"{live_server.url}/offline/")
    waiting = page.locator("[data-part=waiting]")
    expect(waiting).to_contain_text("Audit of handovers")
    waiting.get_by_role("button", name="Change").click()
    fill(page, "Audit of handovers at night", "50")
    page.get_by_role("button", name="Save on this device").click()
    expect(waiting).to_contain_text("Audit of handovers at night")
    expect(waiting.locator("article")).to_have_count(1)
    with_worker.set_offline(False)
    expect(waiting).to_be_hidden()
    assert [(each.title, each.minutes) for each in Activity.objects.all()] == [("Audit of handovers at night", 50)]


def test_a_lost_answer_and_killed_tabs_cost_nothing(
    page: Page, with_worker: BrowserContext, live_server: LiveServer, sign_in: SignIn, reader: User
) -> None:
    sign_in(reader, on=with_worker)
    open_offline_page(page, live_server)
    with_worker.set_offline(True)
    fill(page, "Journal club")
    page.get_by_role("button", name="Save on this device").click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.close()
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        # The server has it; the browser never hears.
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    def is_lost(times: int) -> bool:
        return len(lost) >= times

    with_worker.set_offline(False)
    with_worker.route("**/cpd/activities/new/", lose_the_answer)
    for tries in (1, 2):
        tab = with_worker.new_page()
        tab.goto(f"{live_server.url}/cpd/")
        eventually(partial(is_lost, tries), "it was sent", on=tab)
        tab.close()
    assert Activity.objects.count() == 1
    with_worker.unroute("**/cpd/activities/new/")
    tab = with_worker.new_page()
    tab.goto(f"{live_server.url}/cpd/")
    expect(tab.locator("#toast")).to_contain_text("Sent 1 activity kept on this device.")
    assert Activity.objects.count() == 1
    eventually(lambda: stored(tab, "outbox") == [], "nothing waits any more")


@pytest.mark.slow
def test_fifty_entries_arrive_in_order(
    page: Page, with_worker: BrowserContext, live_server: LiveServer, sign_in: SignIn, reader: User
) -> None:
    sign_in(reader, on=with_worker)
    open_offline_page(page, live_server)
    with_worker.set_offline(True)
    for number in range(50):
        fill(page, f"Entry {number}", str(number + 1))
        page.get_by_role("button", name="Save on this device").click()
        expect(page.locator("[data-part=waiting-rows] article")).to_have_count(number + 1)
    page.close()
    with_worker.set_offline(False)
    # Two tabs at once, one of which is killed at work.
    killed = with_worker.new_page()
    killed.goto(f"{live_server.url}/cpd/")
    eventually(Activity.objects.exists, "the first arrived")
    other = with_worker.new_page()
    other.goto(f"{live_server.url}/cpd/activities/")
    killed.close()
    eventually(lambda: Activity.objects.count() == 50, "all arrived")
    eventually(lambda: stored(other, "outbox") == [], "nothing waits any more")
    arrived = list(Activity.objects.order_by("recorded_at"))
    assert [activity.title for activity in arrived] == [f"Entry {number}" for number in range(50)]
    assert [activity.minutes for activity in arrived] == list(range(1, 51))
    written = [activity.written_at for activity in arrived]
    assert None not in written and written == sorted(written)  # type: ignore[type-var]  # None is not among them


# --- Changing --------------------------------------------------------------------------------------------------------


def remembered(user: User) -> str:
    """A session of somebody who asked to stay logged in on this device."""
    client = Client()
    client.force_login(user)
    session = client.session
    session.set_expiry(14 * 24 * 60 * 60)
    session.save()
    return str(session.session_key)


def test_a_change_without_a_network_meets_another(
    page: Page, with_worker: BrowserContext, live_server: LiveServer, reader: User, console: Console
) -> None:
    console.expect("409")
    activity = ActivityFactory(user=reader, title="Sepsis teaching", minutes=30, provider="The trust")
    with_worker.add_cookies([{"name": "sessionid", "value": remembered(reader), "url": live_server.url}])
    page.goto(f"{live_server.url}/cpd/")
    eventually(lambda: "Sepsis teaching" in json.dumps(stored(page, "copies")), "the record was copied")
    open_offline_page(page, live_server)
    with_worker.set_offline(True)
    page.goto("about:blank")
    page.goto(f"{live_server.url}{activity.get_absolute_url()}")
    page.locator("[data-part=recent]").get_by_role("button", name="Change Sepsis teaching").click()
    fill(page, "Sepsis teaching for nurses", "40")
    page.get_by_role("button", name="Save on this device").click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    # Meanwhile, on the phone.
    Activity.objects.filter(pk=activity.pk).update(title="Sepsis teaching for all", version=2)
    with_worker.set_offline(False)
    waiting = page.locator("[data-part=waiting]")
    expect(waiting).to_contain_text("Changed somewhere else meanwhile")
    waiting.get_by_role("button", name="See both and choose").click()
    expect(page.get_by_text("Sepsis teaching for all").first).to_be_visible()
    expect(page.locator("input[name=title]")).to_have_value("Sepsis teaching for nurses")
    page.get_by_role("button", name="Save changes").click()
    page.wait_for_url("**/cpd/activities/*-*/")
    activity.refresh_from_db()
    assert (activity.title, activity.minutes, activity.provider) == ("Sepsis teaching for nurses", 40, "The trust")
    eventually(lambda: stored(page, "outbox") == [], "nothing waits any more")


def test_a_change_whose_answer_was_lost_is_no_conflict(
    page: Page, with_worker: BrowserContext, live_server: LiveServer, sign_in: SignIn, reader: User, console: Console
) -> None:
    console.expect("409")
    activity = ActivityFactory(user=reader, title="Sepsis teaching", minutes=30)
    sign_in(reader, on=with_worker)
    page.goto(f"{live_server.url}{activity.get_absolute_url()}edit/")
    wait_for_worker(page)
    fill(page, "Sepsis teaching, twice", "60")
    sent: list[str] = []

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        sent.append(route.request.url)
        route.abort()

    with_worker.route("**/edit/", lose_the_answer, times=1)
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    activity.refresh_from_db()
    assert (activity.title, activity.version) == ("Sepsis teaching, twice", 2)
    page.goto(f"{live_server.url}/cpd/")
    expect(page.locator("#toast")).to_contain_text("Sent 1 activity kept on this device.")
    activity.refresh_from_db()
    assert activity.version == 2
    eventually(lambda: stored(page, "outbox") == [], "nothing waits any more")


# --- Shared computers ------------------------------------------------------------------------------------------------


def test_nothing_of_one_person_is_sent_or_shown_to_another(
    page: Page, with_worker: BrowserContext, live_server: LiveServer, sign_in: SignIn, reader: User
) -> None:
    sign_in(reader, on=with_worker)
    open_offline_page(page, live_server)
    with_worker.set_offline(True)
    fill(page, "Mine alone")
    page.get_by_role("button", name="Save on this device").click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.goto("about:blank")
    with_worker.set_offline(False)
    # The session ends, and somebody else sits down.
    with_worker.clear_cookies()
    other = sign_in(UserFactory(), on=with_worker)
    open_offline_page(page, live_server)
    expect(page.get_by_text("1 entry on this device, of somebody who is not logged in now.")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Mine alone")
    assert not Activity.objects.filter(user=other).exists()
    page.goto("about:blank")
    with_worker.clear_cookies()
    sign_in(reader, on=with_worker)
    page.goto(f"{live_server.url}/cpd/")
    expect(page.locator("#toast")).to_contain_text("Sent 1 activity kept on this device.")
    assert Activity.objects.get().user == reader
    assert not Activity.objects.filter(user=other).exists()


def test_signing_out_warns_and_clears_all(
    page: Page,
    with_worker: BrowserContext,
    live_server: LiveServer,
    sign_in: SignIn,
    reader: User,
    article: Article,
    axe: Checker,
) -> None:
    sign_in(reader, on=with_worker)
    open_article(page, live_server, article)
    page.goto(f"{live_server.url}/accounts/logout/")
    logout = page.locator("main").get_by_role("button", name="Log out")
    expect(logout).to_have_text("Log out")
    open_offline_page(page, live_server)
    with_worker.route("**/cpd/activities/new/", lambda route: route.fulfill(status=503, body="Down."))
    fill(page, "Never sent")
    page.get_by_role("button", name="Save on this device").click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.goto(f"{live_server.url}/accounts/logout/")
    expect(page.get_by_text("1 entry on this device has not been sent.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Log out and lose it").click()
    page.wait_for_url(f"{live_server.url}/")
    wait_for_worker(page)
    assert cached(page, "articles") == []
    assert stored(page, "outbox") == [] and stored(page, "copies") == []
    page.goto(f"{live_server.url}/offline/")
    expect(page.get_by_text("To add CPD without a connection, log in on this device")).to_be_visible()


def test_a_ward_computer_keeps_no_copies_of_the_record(
    page: Page, with_worker: BrowserContext, live_server: LiveServer, sign_in: SignIn, reader: User
) -> None:
    ActivityFactory(user=reader, title="Not for the next one")
    sign_in(reader, on=with_worker)
    open_offline_page(page, live_server)
    assert "Not for the next one" not in json.dumps(stored(page, "copies"))
    expect(page.locator("[data-part=recent]")).to_be_hidden()
