"""Finding an article, on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories.articles import ArticleFactory, TopicFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE: ViewportSize = {"width": 390, "height": 844}


def published() -> None:
    article = ArticleFactory(
        title="When a nosebleed will not stop", standfirst="What to do first.", slug="nosebleed",
        body="<p>Packing controls most haemorrhage from the front of the nose.</p>", published=True,
    )  # fmt: skip
    article.topics.add(TopicFactory(name="Emergency medicine"))
    for number in range(3):
        ArticleFactory(title=f"Something else {number}", published=True)


def test_a_reader_finds_an_article_by_a_misspelt_word(
    live_server: LiveServer, clean_page: Page, axe: Callable[[Page], None]
) -> None:
    published()
    page = clean_page
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/")
    page.get_by_label("Search the articles").fill("haemorage")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="No article for")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="haemorrhage").click()
    expect(page.get_by_role("status").filter(has_text="1 article")).to_be_visible()
    expect(page.locator("mark")).to_have_text(["haemorrhage"])
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("link", name="When a nosebleed will not stop").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("When a nosebleed will not stop")


def test_results_change_while_typing_and_the_address_with_them(live_server: LiveServer, clean_page: Page) -> None:
    published()
    page = clean_page
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/articles/")
    box = page.get_by_label("Search the articles")
    box.press_sequentially("nosebl", delay=20)
    expect(page.locator("ol.results h2")).to_have_text(["When a nosebleed will not stop"])
    expect(page).to_have_url(f"{live_server.url}/articles/?q=nosebl")
    expect(page).to_have_title("nosebl – Search – Meducation")
    # The reader is still typing: the box and the place in it are as they were.
    box.press_sequentially("eed", delay=20)
    expect(box).to_have_value("nosebleed")
    expect(page).to_have_url(f"{live_server.url}/articles/?q=nosebleed")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_role("link", name="Emergency medicine").click()
    expect(page.locator("ol.results h2")).to_have_count(1)
    expect(page.locator(".filterlist [aria-current]")).to_contain_text("Emergency medicine")
    page.evaluate("history.back()")  # Playwright waits for a load, which a page from the browser's memory has not.
    expect(page).to_have_url(f"{live_server.url}/articles/?q=nosebleed")
    page.evaluate("history.back()")  # Playwright waits for a load, which a page from the browser's memory has not.
    expect(page).to_have_url(f"{live_server.url}/articles/")
    expect(page.get_by_role("link", name="Something else 0")).to_be_visible()


def test_it_works_without_javascript(live_server: LiveServer, browser: Browser) -> None:
    published()
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{live_server.url}/articles/")
    page.get_by_label("Search the articles").fill("haemorage")
    page.get_by_label("Search the articles").press("Enter")
    page.get_by_role("link", name="haemorrhage").click()
    page.get_by_text("Filter", exact=True).click()
    page.get_by_role("link", name="Offers CPD").click()
    page.get_by_role("link", name="When a nosebleed will not stop").click()
    assert page.url.endswith("/articles/nosebleed/")
    context.close()
