"""A reader's comforts on a phone: saved for later, carried on at the place on another device, in a size that stays."""

import datetime
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from articles.models import Article
from cpd.models import Sitting
from meducation.lib import page_cache
from tests.browser.conftest import Console, SignIn, close_quietly, requests
from tests.browser.test_reading_browser import eventually, fast
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import SittingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE: ViewportSize = {"width": 390, "height": 800}
LINE = "innerHeight * 0.25"
# How far the paragraph's own line is from where reading lines are taken to be, in pixels.
BLOCK_AT_LINE = f"""() => [...document.querySelectorAll("#article > *")].findIndex((block) => {{
    const {{ top, bottom }} = block.getBoundingClientRect();
    return top <= {LINE} + 2 && bottom >= {LINE} - 2;
}})"""
type Checker = Callable[[Page], None]


@pytest.fixture
def reader() -> User:
    return UserFactory()


@pytest.fixture
def article() -> Iterator[Article]:
    page_cache.store.clear()
    parts = "".join(f"<h2>Part {number}</h2>" + f"<p>{'Words to read. ' * 40}</p>" * 4 for number in range(1, 7))
    yield ArticleFactory(title="Sepsis in the first hour", slug="sepsis", body=parts, published=True)
    page_cache.store.clear()


@pytest.fixture
def desktop(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", service_workers="block")
    yield context
    close_quietly(context)
    context.close()


def scroll_to_block(page: Page, index: int) -> None:
    page.evaluate(
        f"""(index) => {{
            const {{ top, height }} = document.querySelectorAll("#article > *")[index].getBoundingClientRect();
            window.scrollBy({{ top: top + height / 2 - {LINE}, behavior: "instant" }});
        }}""",
        index,
    )


def test_left_on_a_phone_and_carried_on_at_the_place_on_a_desktop(
    clean_page: Page,
    sign_in: SignIn,
    reader: User,
    article: Article,
    live_server: LiveServer,
    desktop: BrowserContext,
    console: Console,
    axe: Checker,
) -> None:
    sign_in(reader)
    address = f"{live_server.url}{article.get_absolute_url()}"
    clean_page.set_viewport_size(PHONE)
    clean_page.goto(fast(address))
    eventually(Sitting.objects.exists, "the sitting was opened")
    scroll_to_block(clean_page, 12)
    assert clean_page.evaluate(BLOCK_AT_LINE) == 12
    there = Sitting.objects.filter(section="section-part-3", place__range=(2000, 2999))
    eventually(there.exists, "the server knew the place")
    # Long enough to be carried on.
    clean_page.goto(f"{live_server.url}/privacy/")
    requests.wait_for_the_last()
    Sitting.objects.update(counted_ms=60_000, furthest=50)

    sign_in(reader, on=desktop)
    page = desktop.new_page()
    console.watch(page)
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="Carry on", exact=True).click()
    page.wait_for_function("() => document.activeElement.classList.contains('is-place')")
    assert page.evaluate(BLOCK_AT_LINE) == 12
    assert "carry-on" not in page.url
    axe(page)

    # Opened another way, the page stays where it is and only offers.
    page = desktop.new_page()
    console.watch(page)
    page.goto(address)
    link = page.get_by_role("link", name="Carry on where you left: 3. Part 3")
    expect(link).to_be_visible()
    assert page.evaluate("scrollY") == 0
    axe(page)
    link.click()
    page.wait_for_function(f"() => ({BLOCK_AT_LINE})() === 12")
    expect(link).to_have_count(0)


def test_the_offer_can_be_put_away(
    clean_page: Page, sign_in: SignIn, reader: User, article: Article, live_server: LiveServer
) -> None:
    sign_in(reader)
    yesterday = timezone.now() - datetime.timedelta(days=1)
    SittingFactory(
        reader__user=reader,
        article=article,
        started_at=yesterday,
        furthest=60,
        section="section-part-4",
        place=1500,
    )
    clean_page.goto(f"{live_server.url}{article.get_absolute_url()}")
    expect(clean_page.locator("[data-part=place] a")).to_have_text("Carry on where you left: 4. Part 4")
    clean_page.get_by_role("button", name="Dismiss").click()
    expect(clean_page.locator("[data-part=place]")).to_be_empty()


def test_saved_for_later_with_one_press_and_taken_off_again(
    clean_page: Page, sign_in: SignIn, reader: User, article: Article, live_server: LiveServer, axe: Checker
) -> None:
    sign_in(reader)
    clean_page.set_viewport_size(PHONE)
    clean_page.goto(f"{live_server.url}{article.get_absolute_url()}")
    clean_page.get_by_role("button", name="Save for later").click()
    button = clean_page.get_by_role("button", name="Saved for later")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert reader.saved_articles.get().article == article
    axe(clean_page)
    clean_page.get_by_role("link", name="See your list").click()
    expect(clean_page.get_by_role("link", name="Sepsis in the first hour")).to_be_visible()
    axe(clean_page)
    clean_page.get_by_role("button", name="Remove Sepsis in the first hour").click()
    expect(clean_page.get_by_text("Removed “Sepsis in the first hour”.")).to_be_visible()
    clean_page.get_by_role("button", name="Undo").click()
    expect(clean_page.get_by_role("link", name="Sepsis in the first hour")).to_be_visible()


def test_a_size_of_text_is_there_from_the_first_paint_on(
    clean_page: Page, article: Article, live_server: LiveServer, axe: Checker
) -> None:
    address = f"{live_server.url}{article.get_absolute_url()}"
    size = "parseFloat(getComputedStyle(document.querySelector('#article p')).fontSize)"
    clean_page.set_viewport_size(ViewportSize(width=320, height=640))
    clean_page.goto(address)
    usual = clean_page.evaluate(size)
    with clean_page.expect_response("**/text-size/"):
        clean_page.get_by_role("button", name="Largest").click()
    assert clean_page.evaluate(size) > 1.3 * usual
    expect(clean_page.get_by_role("button", name="Largest")).to_have_attribute("aria-pressed", "true")
    assert clean_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(clean_page)
    answer = clean_page.goto(address)
    # In the page as it is sent: no script has to run for it.
    assert answer is not None and 'data-text-size="largest"' in answer.text()
    assert clean_page.evaluate(size) > 1.3 * usual


def test_without_javascript_the_buttons_and_the_link_do_the_same(
    browser: Browser, article: Article, live_server: LiveServer
) -> None:
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{live_server.url}{article.get_absolute_url()}")
    page.get_by_role("button", name="Large", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-text-size", "large")
    page.get_by_role("link", name="Save for later").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    plain.close()


def test_a_handout_has_the_words_and_nothing_to_press(
    clean_page: Page, article: Article, live_server: LiveServer
) -> None:
    clean_page.emulate_media(color_scheme="dark")
    clean_page.goto(f"{live_server.url}{article.get_absolute_url()}")
    clean_page.evaluate("dispatchEvent(new Event('beforeprint'))")
    clean_page.emulate_media(media="print", color_scheme="dark")
    for words in ("Sepsis in the first hour", article.get_absolute_url(), "Printed on"):
        expect(clean_page.locator("main").get_by_text(words).first).to_be_visible()
    for gone in (".readbar", ".receipt", ".tools", ".contents", ".foot", "main button"):
        assert not any(each.is_visible() for each in clean_page.locator(gone).all()), gone
    assert clean_page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert clean_page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert clean_page.evaluate("getComputedStyle(document.querySelector('#article p')).color") == "rgb(0, 0, 0)"
