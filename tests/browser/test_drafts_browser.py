"""Nothing is lost: the network cut mid-sentence, the tab killed, the sign-in expired, two devices, two tabs."""

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from cpd.models import Activity, Draft
from tests.browser.conftest import Console, SignIn
from tests.browser.test_reading_browser import eventually
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory, ArtefactFactory, EnrolmentFactory, ReflectionFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery 9"
NEW = "/cpd/activities/new/"
WORDS = "Half a page of thought"
PHONE: ViewportSize = {"width": 390, "height": 800}
type Checker = Callable[[Page], None]


@pytest.fixture
def user(sign_in: SignIn) -> User:
    return sign_in(UserFactory(password=PASSWORD))


@pytest.fixture
def activity(user: User) -> Activity:
    words = ReflectionFactory(user=user, text="Saved words.")
    activity: Activity = ActivityFactory(user=user, title="Sepsis course", reflection=words)
    return activity


def opened(page: Page, address: str) -> Page:
    """A form whose drafts have been looked for."""
    page.goto(address)
    page.locator('[data-drafts][data-state="ready"]').wait_for(state="attached")
    return page


def state(page: Page) -> Locator:
    return page.locator(".drafting__state")


def reflection(page: Page) -> Locator:
    return page.locator("textarea[name=reflection]")


def is_kept_here(page: Page, text: str) -> None:
    """Wait until the device itself has the words."""
    page.wait_for_function(
        """(text) => new Promise((resolve) => {
            const request = indexedDB.open("meducation");
            request.onsuccess = () => {
                const rows = request.result.transaction("drafts").objectStore("drafts").getAll();
                rows.onsuccess = () => {
                    request.result.close();
                    resolve(JSON.stringify(rows.result).includes(text));
                };
            };
        })""",
        arg=text,
    )


def is_on_server(text: str) -> None:
    eventually(lambda: any(text in str(words) for words in Draft.objects.values_list("words", flat=True)), "kept there")


def test_the_network_is_cut_mid_sentence(
    clean_page: Page, context: BrowserContext, live_server: LiveServer, user: User, console: Console, axe: Checker
) -> None:
    console.expect("ERR_INTERNET_DISCONNECTED")
    page = opened(clean_page, f"{live_server.url}{NEW}")
    reflection(page).press_sequentially("The first half")
    expect(state(page)).to_have_text(re.compile(r"^Draft saved \d\d:\d\d:\d\d$"), timeout=15_000)
    axe(page)
    context.set_offline(True)
    reflection(page).press_sequentially(", and the second")
    is_kept_here(page, "The first half, and the second")
    expect(state(page)).to_have_text("No connection: kept on this device", timeout=15_000)
    context.set_offline(False)
    is_on_server("The first half, and the second")
    expect(state(page)).to_have_text(re.compile("^Draft saved"))


@pytest.mark.parametrize("is_online", [True, False])
def test_the_tab_is_killed(
    clean_page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    activity: Activity,
    console: Console,
    is_online: bool,
) -> None:
    console.expect("ERR_INTERNET_DISCONNECTED")
    edit = f"{live_server.url}{activity.get_absolute_url()}edit/"
    page = opened(clean_page, edit)
    reflection(page).press_sequentially(" " + WORDS)
    if not is_online:
        context.set_offline(True)
    is_kept_here(page, WORDS)
    page.close(run_before_unload=False)
    context.set_offline(False)

    page = context.new_page()
    console.watch(page)
    opened(page, edit)
    expect(page.get_by_text("We put back what you typed on")).to_be_visible()
    expect(reflection(page)).to_have_value(re.compile(WORDS))
    page.get_by_role("button", name="Start again").click()
    expect(reflection(page)).to_have_value("Saved words.")
    page.get_by_role("button", name="Undo").click()
    expect(reflection(page)).to_have_value(re.compile(WORDS))
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Saved your changes.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(WORDS)
    opened(page, edit)
    expect(page.get_by_text("We put back")).to_have_count(0)


def test_the_browser_crashes_over_something_new(
    clean_page: Page, context: BrowserContext, live_server: LiveServer, user: User, console: Console, axe: Checker
) -> None:
    page = opened(clean_page, f"{live_server.url}{NEW}")
    page.get_by_label("What did you do?").fill("A long night's audit")
    page.get_by_label("Kind").select_option("quality")
    reflection(page).press_sequentially(WORDS)
    is_kept_here(page, WORDS)
    page.close(run_before_unload=False)

    page = context.new_page()
    console.watch(page)
    opened(page, f"{live_server.url}{NEW}")
    expect(page.get_by_text("You have unsaved words: “A long night's audit”")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("What did you do?")).to_have_value("A long night's audit")
    expect(page.get_by_label("Kind")).to_have_value("quality")
    expect(reflection(page)).to_have_value(WORDS)
    page.get_by_label("Minutes", exact=True).fill("40")
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A long night's audit")
    assert user.activities.get().minutes == 40
    eventually(lambda: not user.drafts.waiting().exists(), "the draft was forgotten")
    opened(page, f"{live_server.url}{NEW}")
    expect(page.get_by_text("You have unsaved words")).to_have_count(0)


def test_the_sign_in_expires_while_typing(
    clean_page: Page, context: BrowserContext, live_server: LiveServer, user: User, console: Console, axe: Checker
) -> None:
    console.expect("401", "403")
    page = opened(clean_page, f"{live_server.url}{NEW}")
    page.get_by_label("What did you do?").fill("A long night's audit")
    page.get_by_label("Minutes", exact=True).fill("40")
    Session.objects.all().delete()
    reflection(page).press_sequentially(WORDS)
    dialog = page.get_by_role("dialog", name="You have been signed out. Log in to go on")
    expect(dialog).to_be_visible(timeout=15_000)
    expect(reflection(page)).to_be_focused()
    axe(page)
    page.get_by_role("button", name="I have logged in").click()
    expect(dialog).to_contain_text("You are not logged in yet")

    with context.expect_page() as new_tab:
        dialog.get_by_role("link", name="Log in").click()
    login = new_tab.value
    login.get_by_label(re.compile("e-?mail", re.IGNORECASE)).first.fill(user.email)
    login.get_by_label(re.compile("^Password")).first.fill(PASSWORD)
    login.get_by_role("button", name=re.compile("^Log in")).first.click()
    login.wait_for_url(lambda url: "/login/" not in url)
    page.bring_to_front()
    if dialog.is_visible():
        page.get_by_role("button", name="I have logged in").click()
    expect(dialog).not_to_be_visible()
    expect(reflection(page)).to_have_value(WORDS)
    is_on_server(WORDS)
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.get_by_role("main")).to_contain_text(WORDS)
    assert user.activities.get().minutes == 40


def test_somebody_else_logs_in(
    clean_page: Page, live_server: LiveServer, user: User, sign_in: SignIn, console: Console
) -> None:
    console.expect("401", "403")
    page = opened(clean_page, f"{live_server.url}{NEW}")
    sign_in(other := UserFactory())
    reflection(page).press_sequentially(WORDS)
    expect(page.get_by_text("Somebody else has logged in on this device.")).to_be_visible(timeout=15_000)
    expect(reflection(page)).to_have_value(WORDS)
    assert not other.drafts.exists()
    # On their own form they see nothing of it.
    opened(page, f"{live_server.url}{NEW}")
    expect(page.get_by_text("You have unsaved words")).to_have_count(0)
    assert not other.drafts.exists()


def test_two_devices(
    clean_page: Page,
    another_browser: BrowserContext,
    live_server: LiveServer,
    user: User,
    activity: Activity,
    sign_in: SignIn,
    console: Console,
    axe: Checker,
) -> None:
    console.expect("409")
    edit = f"{live_server.url}{activity.get_absolute_url()}edit/"
    sign_in(user, on=another_browser)
    phone = another_browser.new_page()
    console.watch(phone)
    phone.set_viewport_size(PHONE)
    opened(phone, edit)
    reflection(phone).fill("Typed on the phone.")
    is_on_server("Typed on the phone.")

    # The desktop opens the same form: both versions are there, and none is chosen for its owner.
    page = opened(clean_page, edit)
    beside = page.get_by_role("region", name="Two versions: choose one")
    expect(beside).to_contain_text("Typed on the phone.")
    expect(beside).to_contain_text("Saved words.")
    expect(beside.get_by_text("Different")).to_have_count(1)
    axe(page)
    beside.get_by_role("button", name="Use this for What happened?").click()
    expect(reflection(page)).to_have_value("Typed on the phone.")
    reflection(page).fill("Written at the desk.")
    beside.get_by_role("button", name="Keep mine").click()
    expect(beside).to_have_count(0)
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Saved your changes.")).to_be_visible()

    # The phone goes on typing and saves: nothing of the desk is overwritten unseen.
    reflection(phone).fill("Typed on the phone, to the end.")
    phone.get_by_role("button", name="Save changes").click()
    beside = phone.get_by_role("region", name="Two versions: choose one")
    expect(beside).to_contain_text("Written at the desk.")
    expect(beside).to_contain_text("Typed on the phone, to the end.")
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    beside.get_by_role("button", name="Keep theirs").click()
    expect(phone.get_by_text("The form has the other version now.")).to_be_visible()
    expect(reflection(phone)).to_have_value("Written at the desk.")
    assert Activity.objects.get().reflection.text == "Written at the desk."  # type: ignore[union-attr]  # it has one

    phone.goto(f"{live_server.url}/cpd/drafts/")
    axe(phone)
    phone.get_by_role("button", name="Put back").first.click()
    phone.get_by_role("link", name="Continue").first.click()
    expect(reflection(phone)).to_have_value("Typed on the phone, to the end.")


def test_two_tabs(
    clean_page: Page, context: BrowserContext, live_server: LiveServer, activity: Activity, console: Console
) -> None:
    edit = f"{live_server.url}{activity.get_absolute_url()}edit/"
    first = opened(clean_page, edit)
    reflection(first).fill("Typed in the first tab.")
    is_kept_here(first, "Typed in the first tab.")
    second = context.new_page()
    console.watch(second)
    opened(second, edit)
    for page in (first, second):
        expect(page.get_by_text("This form is open in another tab, too.")).to_be_visible()
    expect(reflection(second)).to_have_value("Saved words.")
    reflection(second).fill("Typed in the second tab.")
    is_kept_here(second, "Typed in the second tab.")
    is_kept_here(second, "Typed in the first tab.")
    first.close(run_before_unload=False)
    second.close(run_before_unload=False)

    # Both are gone: the newest is put back, and the other put beside it.
    page = context.new_page()
    console.watch(page)
    opened(page, edit)
    expect(reflection(page)).to_have_value("Typed in the second tab.")
    beside = page.get_by_role("region", name="Two versions: choose one")
    expect(beside).to_contain_text("Typed in the first tab.")
    expect(beside).to_contain_text("another tab of this device")


def test_an_artefact_is_put_back(
    clean_page: Page, context: BrowserContext, live_server: LiveServer, user: User, console: Console
) -> None:
    artefact = ArtefactFactory(enrolment=EnrolmentFactory(user=user))
    edit = f"{live_server.url}{artefact.get_absolute_url()}edit/"
    page = opened(clean_page, edit)
    page.locator("textarea[name=answer-content]").fill(WORDS)
    is_kept_here(page, WORDS)
    page.close(run_before_unload=False)
    page = context.new_page()
    console.watch(page)
    opened(page, edit)
    expect(page.locator("textarea[name=answer-content]")).to_have_value(WORDS)
