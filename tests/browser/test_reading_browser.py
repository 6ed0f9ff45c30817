"""The reading timer and the sheet, in a real browser against the real server: ux.md 12, design.md 6.

`?beat=1&idle=3` makes the timer report every second and pause after three; only test pages listen to it.
"""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from articles.models import Article
from cpd.models import Activity, Provenance, Sitting
from tests.browser.conftest import Console, SignIn
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Headless tabs all believe that they are in view.
HIDE = """
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
"""
SHOW = HIDE.replace('"hidden"', '"visible"')
PATIENCE_SECONDS = 8.0
type Checker = Callable[[Page], None]


@pytest.fixture
def address(live_server: LiveServer, article: Article) -> str:
    return f"{live_server.url}{article.get_absolute_url()}"


def fast(address: str, *, beat: int = 1, idle: int = 60) -> str:
    return f"{address}?beat={beat}&idle={idle}"


def counted_ms() -> int:
    return sum(Sitting.objects.values_list("counted_ms", flat=True))


def claimed_ms() -> int:
    """What the browser said last, whatever the server made of it."""
    return max(Sitting.objects.values_list("beats__claimed_ms", flat=True), default=0) or 0


def eventually(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    pytest.fail(f"In {PATIENCE_SECONDS:.0f} seconds it never was so that {what}.")


def bar(page: Page) -> str:
    return page.locator(".readbar").inner_text()


def open_sheet(page: Page) -> None:
    page.locator(".readbar [data-action=open]").click()
    expect(page.locator("dialog")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save to my CPD").click()


def wait_until_timed(page: Page) -> None:
    """Until the server's clock runs: the report that comes with the log is then worth something."""
    eventually(Sitting.objects.exists, "the sitting was opened")
    page.mouse.move(200, 200)


# --- Counting --------------------------------------------------------------------------------------------------------


def test_reading_is_credited(clean_page: Page, sign_in: SignIn, reader: User, address: str, axe: Checker) -> None:
    sign_in(reader)
    began = time.monotonic()
    clean_page.goto(fast(address))
    eventually(lambda: counted_ms() > 2000, "two seconds were counted")
    assert counted_ms() <= (time.monotonic() - began) * 1000
    expect(clean_page.locator(".readbar [data-part=state]")).to_have_text("timing")
    assert Sitting.objects.get().reader.user == reader
    axe(clean_page)


def test_a_pause_is_not_paid_and_reading_resumes_at_a_touch(
    clean_page: Page, sign_in: SignIn, reader: User, address: str
) -> None:
    sign_in(reader)
    clean_page.goto(fast(address, idle=2))
    state = clean_page.locator(".readbar [data-part=state]")
    expect(state).to_contain_text("paused")
    clean_page.wait_for_timeout(2500)
    at_pause = claimed_ms()
    assert 500 < at_pause <= 2300
    clean_page.mouse.wheel(0, 200)
    expect(state).to_have_text("timing")
    eventually(lambda: claimed_ms() > at_pause + 500, "reading went on")
    assert claimed_ms() <= at_pause + 2300
    assert Sitting.objects.count() == 1


def test_a_hidden_page_is_not_paid_and_reports_as_it_goes(
    clean_page: Page, sign_in: SignIn, reader: User, address: str
) -> None:
    sign_in(reader)
    clean_page.goto(fast(address, beat=60))
    eventually(Sitting.objects.exists, "the sitting was opened")
    clean_page.wait_for_timeout(1500)
    before = claimed_ms()
    clean_page.evaluate(HIDE)
    eventually(lambda: claimed_ms() > before + 1000, "what was unsent was sent on hiding")
    at_hiding = claimed_ms()
    clean_page.wait_for_timeout(1500)
    clean_page.evaluate(SHOW)
    clean_page.wait_for_timeout(1000)
    clean_page.evaluate(HIDE)
    eventually(lambda: claimed_ms() > at_hiding, "reading went on")
    assert claimed_ms() - at_hiding < 1500


def test_only_one_tab_counts(
    context: BrowserContext, clean_page: Page, console: Console, sign_in: SignIn, reader: User, address: str
) -> None:
    console.expect("409")
    sign_in(reader)
    began = time.monotonic()
    clean_page.goto(fast(address))
    eventually(lambda: counted_ms() > 500, "the first tab counted")
    second = context.new_page()
    console.watch(second)
    second.goto(fast(address))
    expect(clean_page.locator(".readbar [data-part=state]")).to_have_text("timing in another tab or device")
    expect(second.locator(".readbar [data-part=state]")).to_have_text("timing")
    second.wait_for_timeout(1500)
    clean_page.mouse.wheel(0, 100)
    expect(clean_page.locator(".readbar [data-part=state]")).to_have_text("timing")
    expect(second.locator(".readbar [data-part=state]")).to_have_text("timing in another tab or device")
    assert Sitting.objects.count() == 2
    assert counted_ms() <= (time.monotonic() - began) * 1000


def test_of_two_devices_the_one_touched_counts(
    clean_page: Page, another_browser: BrowserContext, console: Console, sign_in: SignIn, reader: User, address: str
) -> None:
    console.expect("409")
    sign_in(reader)
    sign_in(reader, on=another_browser)
    began = time.monotonic()
    clean_page.goto(fast(address))
    eventually(lambda: counted_ms() > 500, "the first device counted")
    other = another_browser.new_page()
    console.watch(other)
    other.goto(fast(address))
    expect(clean_page.locator(".readbar [data-part=state]")).to_have_text("timing in another tab or device")
    clean_page.mouse.wheel(0, 300)
    expect(other.locator(".readbar [data-part=state]")).to_have_text("timing in another tab or device")
    expect(clean_page.locator(".readbar [data-part=state]")).to_have_text("timing")
    assert counted_ms() <= (time.monotonic() - began) * 1000


def test_a_reload_and_back_go_on_with_one_sitting(
    clean_page: Page, live_server: LiveServer, sign_in: SignIn, reader: User, address: str
) -> None:
    sign_in(reader)
    clean_page.goto(fast(address))
    eventually(lambda: counted_ms() > 500, "time was counted")
    clean_page.reload()
    clean_page.evaluate("addEventListener('pageshow', (event) => { window.wasRestored = event.persisted; })")
    clean_page.wait_for_timeout(1500)
    clean_page.goto(f"{live_server.url}/how-we-time-reading/")
    clean_page.wait_for_timeout(300)
    before = claimed_ms()
    # A page restored from the cache never loads.
    clean_page.go_back(wait_until="commit")
    clean_page.mouse.move(100, 100)
    eventually(lambda: claimed_ms() > before + 500, "the page counted again")
    assert clean_page.evaluate("window.wasRestored") is True
    assert Sitting.objects.count() == 1
    # What this sitting brought before the reload is not added a second time.
    shown = clean_page.locator(".readbar [data-part=time]").inner_text()
    assert int(shown.removesuffix(" s")) * 1000 <= claimed_ms() + 2500


# What happens to the clock at which millisecond, and what it has counted in the end. It is idle after 5,000.
CLOCK_CASES = {
    "reading": ("see 0, sign 0, tick 1000, tick 2000", 2000),
    "asleep between two ticks": ("see 0, sign 0, tick 1000, tick 9000", 1000),
    "idle from the middle of a tick": ("see 0, sign 0, tick 2000, tick 4000, tick 6000", 5000),
    "no pay for the pause": ("see 0, sign 0, tick 2000, tick 4000, tick 6000, sign 8000, tick 9000", 6000),
    "hidden": ("see 0, sign 0, tick 1000, hide 1500, tick 2500, see 3000, tick 3500", 2000),
    "elsewhere": ("see 0, sign 0, tick 1000, yield 1500, tick 2500", 1500),
    "a clock that goes back": ("see 0, sign 0, tick 1000, tick 500, tick 1500", 2000),
}


def test_attentive_time(clean_page: Page, live_server: LiveServer) -> None:
    clean_page.goto(f"{live_server.url}/how-we-time-reading/")
    counted = clean_page.evaluate(
        """async (cases) => {
            const { ReadingClock } = await import("/static/js/reading-clock.js");
            return cases.map((steps) => {
                const clock = new ReadingClock({ idleMs: 5000 });
                const acts = {
                    tick: (now) => clock.tick(now),
                    sign: (now) => clock.noteSign(now),
                    see: (now) => clock.setVisible(now, true),
                    hide: (now) => clock.setVisible(now, false),
                    yield: (now) => clock.setElsewhere(now, true),
                };
                for (const step of steps.split(", ")) {
                    const [act, now] = step.split(" ");
                    acts[act](Number(now));
                }
                return clock.countedMs;
            });
        }""",
        [steps for steps, _ in CLOCK_CASES.values()],
    )
    assert dict(zip(CLOCK_CASES, counted, strict=True)) == {name: ms for name, (_, ms) in CLOCK_CASES.items()}


# --- Logging ---------------------------------------------------------------------------------------------------------


def test_two_taps_log_and_one_takes_it_back(
    clean_page: Page, sign_in: SignIn, reader: User, address: str, axe: Checker
) -> None:
    sign_in(reader)
    clean_page.goto(fast(address))
    wait_until_timed(clean_page)
    clean_page.locator("#reading-receipt").get_by_role("button", name="Log as CPD").click()
    expect(clean_page.get_by_role("button", name="Save to my CPD")).to_be_focused()
    axe(clean_page)
    save(clean_page)
    toast = clean_page.locator("#toast")
    expect(toast).to_contain_text("Logged 1 min.")
    expect(toast.get_by_role("link", name="Add reflection")).to_be_visible()
    activity = Activity.objects.get()
    assert (activity.minutes, activity.provenance, activity.user) == (1, Provenance.MEASURED, reader)
    assert activity.measured_seconds is not None
    logged = clean_page.locator("#reading-receipt [data-part=logged-link]")
    expect(logged).to_be_focused()
    expect(logged).to_have_attribute("href", activity.get_absolute_url())
    axe(clean_page)
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("Taken out of your CPD again.")
    assert not Activity.objects.kept().exists()
    expect(clean_page.locator(".readbar [data-action=open]")).to_be_visible()
    before = Sitting.objects.count()
    eventually(lambda: Sitting.objects.count() > before, "reading on was a new sitting")


def test_claiming_more_asks_why(clean_page: Page, sign_in: SignIn, reader: User, address: str) -> None:
    sign_in(reader)
    clean_page.goto(fast(address))
    wait_until_timed(clean_page)
    open_sheet(clean_page)
    reason = clean_page.get_by_label("Why more than was timed?")
    expect(reason).to_be_hidden()
    clean_page.get_by_role("button", name="One minute more").click()
    expect(reason).to_be_visible()
    save(clean_page)
    expect(reason).to_be_focused()
    expect(reason).to_have_attribute("aria-invalid", "true")
    assert not Activity.objects.exists()
    clean_page.get_by_role("button", name="One minute less").click()
    expect(clean_page.get_by_label("Minutes to log")).to_have_value("1")
    clean_page.get_by_role("button", name="One minute more").click()
    reason.fill("Notes on paper")
    clean_page.get_by_label("What will you take from this?").fill("Ask about antibiotics earlier.")
    save(clean_page)
    expect(clean_page.locator("#toast")).to_contain_text("Logged 2 min.")
    activity = Activity.objects.get()
    assert (activity.minutes, activity.more_because) == (2, "Notes on paper")
    assert activity.reflection is not None
    assert activity.reflection.text == "Ask about antibiotics earlier."


def test_the_server_has_the_last_word_on_a_field(
    clean_page: Page, console: Console, sign_in: SignIn, reader: User, address: str
) -> None:
    console.expect("422")
    sign_in(reader)
    clean_page.goto(fast(address))
    wait_until_timed(clean_page)

    def refuse(route: Route) -> None:
        route.fulfill(status=422, json={"errors": {"minutes": ["Enter fewer minutes."]}})

    clean_page.route("**/cpd/reading/log/", refuse)
    open_sheet(clean_page)
    save(clean_page)
    minutes = clean_page.get_by_label("Minutes to log")
    expect(minutes).to_be_focused()
    expect(clean_page.locator("#log-minutes-error")).to_have_text("Enter fewer minutes.")
    clean_page.unroute("**/cpd/reading/log/")
    save(clean_page)
    expect(clean_page.locator("#toast")).to_contain_text("Logged 1 min.")
    assert Activity.objects.count() == 1


def test_a_double_click_logs_once(clean_page: Page, sign_in: SignIn, reader: User, address: str) -> None:
    sign_in(reader)
    clean_page.goto(fast(address))
    wait_until_timed(clean_page)
    open_sheet(clean_page)
    sent: list[str] = []
    clean_page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/log/") else None)
    clean_page.get_by_role("button", name="Save to my CPD").dblclick()
    expect(clean_page.locator("#toast")).to_contain_text("Logged 1 min.")
    assert len(sent) == 1
    assert Activity.objects.count() == 1


def test_by_keyboard_alone(clean_page: Page, sign_in: SignIn, reader: User, address: str) -> None:
    sign_in(reader)
    clean_page.goto(fast(address))
    wait_until_timed(clean_page)
    button = clean_page.locator(".readbar [data-action=open]")
    button.focus()
    place = clean_page.evaluate("scrollY")
    clean_page.keyboard.press("Enter")
    expect(clean_page.locator("dialog")).to_be_visible()
    clean_page.get_by_label("What will you take from this?").focus()
    clean_page.keyboard.type("Half a thought")
    clean_page.keyboard.press("Escape")
    expect(clean_page.locator("dialog")).to_be_hidden()
    expect(button).to_be_focused()
    assert clean_page.evaluate("scrollY") == place
    clean_page.keyboard.press("Enter")
    expect(clean_page.get_by_label("What will you take from this?")).to_have_value("Half a thought")
    expect(clean_page.get_by_role("button", name="Save to my CPD")).to_be_focused()
    clean_page.keyboard.press("Enter")
    expect(clean_page.locator("#toast")).to_contain_text("Logged 1 min.")
    expect(clean_page.locator(".readbar [data-part=logged-link]")).to_be_focused()


def test_words_outlive_a_reload_and_a_lost_login(
    context: BrowserContext, clean_page: Page, console: Console, sign_in: SignIn, reader: User, address: str
) -> None:
    # The beat that finds out, and the log.
    console.expect("401", "403", "404")
    sign_in(reader)
    clean_page.goto(fast(address, beat=60))
    eventually(Sitting.objects.exists, "the sitting was opened")
    open_sheet(clean_page)
    reflection = clean_page.get_by_label("What will you take from this?")
    reflection.fill("Handover needs a name.")
    clean_page.reload()
    expect(clean_page.locator(".readbar [data-action=open]")).to_be_visible()
    open_sheet(clean_page)
    expect(reflection).to_have_value("Handover needs a name.")
    context.clear_cookies()
    save(clean_page)
    problem = clean_page.locator("dialog [data-part=problem]")
    expect(problem).to_contain_text("You have been signed out.")
    expect(problem.get_by_role("link")).to_have_attribute("target", "_blank")
    expect(reflection).to_have_value("Handover needs a name.")
    sign_in(reader)
    save(clean_page)
    expect(clean_page.locator("#toast")).to_contain_text("Logged 1 min.")
    activity = Activity.objects.get()
    assert activity.reflection is not None
    assert activity.reflection.text == "Handover needs a name."


def test_nobody_elses_login_gets_the_words(
    context: BrowserContext, clean_page: Page, console: Console, sign_in: SignIn, reader: User, address: str
) -> None:
    console.expect("401", "403", "404")
    sign_in(reader)
    clean_page.goto(fast(address, beat=60))
    eventually(Sitting.objects.exists, "the sitting was opened")
    open_sheet(clean_page)
    clean_page.get_by_label("What will you take from this?").fill("Mine.")
    context.clear_cookies()
    sign_in(UserFactory())
    save(clean_page)
    expect(clean_page.locator("dialog [data-part=problem]")).to_contain_text("Somebody else has logged in")
    assert not Activity.objects.exists()


# --- Without a connection --------------------------------------------------------------------------------------------


def test_what_is_logged_offline_is_kept_and_sent_once(
    context: BrowserContext, clean_page: Page, console: Console, sign_in: SignIn, reader: User, address: str
) -> None:
    console.expect("ERR_INTERNET_DISCONNECTED")
    sign_in(reader)
    clean_page.goto(fast(address))
    wait_until_timed(clean_page)
    context.set_offline(True)
    open_sheet(clean_page)
    clean_page.get_by_label("What will you take from this?").fill("Written in the lift.")
    save(clean_page)
    expect(clean_page.locator("#toast")).to_contain_text("Saved on this device. It will be logged when you are online.")
    expect(clean_page.locator(".readbar")).to_contain_text("Saved on this device")
    assert not Activity.objects.exists()
    context.set_offline(False)
    expect(clean_page.locator("#toast")).to_contain_text("Logged 1 min.")
    expect(clean_page.locator(".readbar [data-part=logged-link]")).to_be_visible()
    activity = Activity.objects.get()
    assert activity.reflection is not None
    assert activity.reflection.text == "Written in the lift."
    clean_page.reload()
    eventually(lambda: Sitting.objects.filter(activity=None).exists(), "the page was read anew")
    assert Activity.objects.count() == 1


def test_what_is_kept_outlives_the_page_and_goes_to_its_owner_only(
    context: BrowserContext, clean_page: Page, console: Console, sign_in: SignIn, reader: User, address: str
) -> None:
    console.expect("503")
    sign_in(reader)
    clean_page.goto(fast(address))
    wait_until_timed(clean_page)
    context.route("**/cpd/reading/log/", lambda route: route.fulfill(status=503, body="Down."))
    open_sheet(clean_page)
    save(clean_page)
    expect(clean_page.locator("#toast")).to_contain_text("Saved on this device.")
    clean_page.goto("about:blank")
    context.unroute("**/cpd/reading/log/")
    context.clear_cookies()
    sign_in(UserFactory())
    with clean_page.expect_response("**/cpd/reading/beats/"):
        clean_page.goto(fast(address))
    assert not Activity.objects.exists()
    clean_page.goto("about:blank")
    context.clear_cookies()
    sign_in(reader)
    clean_page.goto(fast(address))
    expect(clean_page.locator("#toast")).to_contain_text("Logged 1 min.")
    assert Activity.objects.get().user == reader


# --- Visitors --------------------------------------------------------------------------------------------------------


def test_what_a_visitor_read_is_carried_over_at_login(
    clean_page: Page, live_server: LiveServer, reader: User, address: str, axe: Checker
) -> None:
    reader.set_password("correct horse battery")
    reader.save()
    clean_page.goto(fast(address))
    expect(clean_page.locator(".readbar").get_by_role("link", name="New? Sign up")).to_be_visible()
    eventually(lambda: counted_ms() > 500, "time was counted")
    assert Sitting.objects.get().reader.user is None
    axe(clean_page)
    clean_page.locator(".readbar").get_by_role("link", name="Log in to log this").click()
    clean_page.get_by_label("E-mail").fill(reader.email)
    clean_page.locator("input[name=password]").fill("correct horse battery")
    clean_page.locator("main").get_by_role("button", name="Log in", exact=True).click()
    clean_page.wait_for_url(f"{address}#reading-receipt")
    carried = Sitting.objects.get(before_sign_in=True)
    assert carried.reader.user == reader
    assert carried.counted_ms > 0
    clean_page.locator("#reading-receipt").get_by_role("button", name="Log as CPD").click()
    save(clean_page)
    expect(clean_page.locator("#toast")).to_contain_text("Logged 1 min.")
    activity = Activity.objects.get()
    assert activity.before_sign_in
    assert list(activity.sittings.filter(before_sign_in=True)) == [carried]


def test_a_hint_that_is_wrong_is_put_right_by_one_reload(
    context: BrowserContext, clean_page: Page, live_server: LiveServer, sign_in: SignIn, reader: User, address: str
) -> None:
    sign_in(reader)
    context.add_cookies([{"name": "reader", "value": "out", "url": live_server.url}])
    loads: list[str] = []
    clean_page.on("domcontentloaded", lambda page: loads.append(page.url))
    clean_page.goto(address)
    expect(clean_page.locator("reading-timer")).to_have_attribute("data-signed-in", "true")
    expect(clean_page.locator(".readbar [data-action=open]")).to_be_visible()
    clean_page.wait_for_timeout(500)
    assert len(loads) == 2


def test_without_javascript_the_article_reads_and_logs(
    without_javascript: BrowserContext, sign_in: SignIn, reader: User, address: str, article: Article
) -> None:
    sign_in(reader, on=without_javascript)
    page = without_javascript.new_page()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(article.title)
    expect(page.locator("[data-action=open]:visible")).to_have_count(0)
    page.locator(".readbar").get_by_role("link", name="Log this as CPD").click()
    expect(page.locator("input[name=title]")).to_have_value(article.title)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/cpd/activities/*-*/")
    assert Activity.objects.get().user == reader


def test_without_javascript_a_visitor_logs_in_first(without_javascript: BrowserContext, address: str) -> None:
    page = without_javascript.new_page()
    page.goto(address)
    page.locator("#reading-receipt").get_by_role("link", name="Log this as CPD").click()
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=.*new.*article.*sepsis"))


def test_narrow_pages_do_not_scroll_sideways(clean_page: Page, sign_in: SignIn, reader: User, address: str) -> None:
    clean_page.set_viewport_size({"width": 320, "height": 640})
    sign_in(reader)
    clean_page.goto(fast(address))
    wait_until_timed(clean_page)
    open_sheet(clean_page)
    assert clean_page.evaluate("document.documentElement.scrollWidth") <= 320
    assert clean_page.locator("dialog").evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth")
