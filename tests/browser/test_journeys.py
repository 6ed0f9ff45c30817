"""The main jobs, done in a real browser by somebody who does not know the code.

Each journey also fails on a console error, a violation of the Content-Security-Policy, or an axe finding (fixtures).
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from articles.models import Article
from cpd.models import Activity, Provenance, Sitting
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery 9"
LONG = "".join(f"<h2>Part {number}</h2><p>{'Words to read. ' * 60}</p>" for number in range(4))


@pytest.fixture
def article() -> Article:
    article: Article = ArticleFactory(published=True, title="Hearing what is not said", body=LONG)
    return article


def code_in(mail: Any) -> str:
    """The code to type, in the newest message."""
    found = re.search(r"^\s*([A-Z0-9-]{6,12})\s*$", mail[-1].body, re.MULTILINE)
    assert found, mail[-1].body
    return found[1]


def sign_up(page: Page, mail: Any, *, email: str) -> None:
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).first.fill(email)
    page.get_by_label(re.compile("^Password")).first.fill(PASSWORD)
    name = page.get_by_label(re.compile("name", re.IGNORECASE))
    if name.count():
        name.first.fill("Dr Zoë Adébáyọ̀")
    page.get_by_role("button", name="Create my account").click()
    page.wait_for_url("**/confirm-email/**")
    page.locator("main input:not([type=hidden])").first.fill(code_in(mail))
    page.locator("main").get_by_role("button").first.click()


def test_from_signing_up_to_a_logged_article(
    live_server: Any, clean_page: Page, axe: Callable[..., None], mailoutbox: Any, article: Article
) -> None:
    page = clean_page
    page.goto(live_server.url)
    expect(page.get_by_text("New to Meducation?")).to_be_visible()
    expect(page.get_by_text("Already signed up?")).to_be_visible()
    expect(page.get_by_role("link", name="CPD Tracker").first).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Sign up").first.click()
    axe(page)
    sign_up(page, mailoutbox, email="zoe@example.org")
    page.wait_for_url("**/cpd/requirements/new/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to Meducation")
    axe(page)
    page.get_by_role("button", name="Skip for now").click()
    page.wait_for_url("**/cpd/")
    axe(page)
    assert User.objects.get().name == "Dr Zoë Adébáyọ̀"

    page.get_by_role("link", name="Read", exact=True).first.click()
    page.get_by_role("link", name=article.revision.title if article.revision else "").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hearing what is not said")
    axe(page)
    page.wait_for_timeout(1500)
    page.mouse.wheel(0, 400)
    # From the end of the article: two taps.
    page.get_by_role("button", name=re.compile("as CPD")).first.click()
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.locator("#toast")).to_contain_text("Logged")
    activity = Activity.objects.get()
    assert (activity.provenance, activity.minutes, activity.article) == (Provenance.MEASURED, 1, article)

    page.goto(f"{live_server.url}/cpd/")
    expect(page.get_by_role("main")).to_contain_text("Hearing what is not said")
    page.get_by_role("link", name="Hearing what is not said").first.click()
    expect(page.get_by_role("main")).to_contain_text("Counted while reading")
    axe(page)


def test_reading_first_and_signing_up_afterwards(
    live_server: Any, clean_page: Page, axe: Callable[..., None], mailoutbox: Any, article: Article
) -> None:
    page = clean_page
    page.goto(f"{live_server.url}{article.get_absolute_url()}")
    page.wait_for_timeout(1500)
    page.mouse.wheel(0, 300)
    page.wait_for_timeout(500)
    assert Sitting.objects.get().reader.user is None
    axe(page)
    page.get_by_role("link", name="Sign up").first.click()
    sign_up(page, mailoutbox, email="later@example.org")
    page.wait_for_url(re.compile(f"{article.get_absolute_url()}|/cpd/"))
    sitting = Sitting.objects.order_by("started_at").first()
    assert sitting is not None
    assert sitting.reader.user == User.objects.get()
    assert sitting.before_sign_in


def test_everything_by_keyboard(
    live_server: Any, clean_page: Page, axe: Callable[..., None], sign_in: Callable[..., User], article: Article
) -> None:
    user = sign_in(UserFactory())
    page = clean_page
    page.goto(f"{live_server.url}{article.get_absolute_url()}")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    button = page.get_by_role("button", name=re.compile("as CPD")).first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Save to my CPD")).to_be_focused()
    axe(page)
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_contain_text("Logged")
    assert user.activities.count() == 1


def test_without_javascript(live_server: Any, browser: Browser, client: Any, article: Article) -> None:
    user = UserFactory()
    client.force_login(user)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}{article.get_absolute_url()}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hearing what is not said")
    page.get_by_role("link", name=re.compile("log", re.IGNORECASE)).filter(has_text="CPD").first.click()
    page.get_by_label("Minutes").fill("0")
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.locator("#error-summary")).to_contain_text("Enter at least 1 minute.")
    page.get_by_label("Minutes").fill("12")
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.get_by_role("main")).to_contain_text("12 min")
    page.get_by_role("button", name="Delete activity").click()
    page.get_by_role("button", name="Undo").click()
    assert user.activities.kept().get().minutes == 12
    context.close()


def test_words_survive_a_sign_in_that_ended(live_server: Any, browser: Browser, sign_in: Callable[..., User]) -> None:
    """Without JavaScript; with it, one signs in over the page (test_drafts_browser.py)."""
    context = browser.new_context(java_script_enabled=False)
    user = sign_in(UserFactory(password=PASSWORD), on=context)
    page = context.new_page()
    page.goto(f"{live_server.url}/cpd/activities/new/")
    page.get_by_label("What did you do?").fill("A long night's audit")
    page.get_by_label("Minutes").fill("40")
    page.get_by_label("What happened?").fill("Half a page of thought.")
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save to my CPD").click()
    page.wait_for_url("**/accounts/login/**")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).first.fill(user.email)
    page.get_by_label(re.compile("^Password")).first.fill(PASSWORD)
    page.get_by_role("button", name=re.compile("^Log in")).first.click()
    page.wait_for_url("**/cpd/activities/new/")
    expect(page.get_by_label("What happened?")).to_have_value("Half a page of thought.")
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.get_by_role("main")).to_contain_text("Half a page of thought.")
    assert user.activities.get().minutes == 40
    context.close()


@pytest.mark.parametrize("width", [320, 1600])
def test_no_page_scrolls_sideways(
    live_server: Any, page: Page, sign_in: Callable[..., User], article: Article, width: int
) -> None:
    sign_in(UserFactory())
    page.set_viewport_size({"width": width, "height": 800})
    paths = ["/", "/articles/", article.get_absolute_url(), "/cpd/", "/cpd/activities/", "/cpd/activities/new/"]
    paths += ["/cpd/reading/", "/accounts/", "/accounts/profile/", "/how-we-time-reading/", "/no-such-page/"]
    for path in paths:
        page.goto(f"{live_server.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
