"""Writing at the desk, in a real browser: nothing typed is lost, whatever happens to tab, login or network."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from PIL import Image as PillowImage
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings

from accounts.models import User
from articles.models import Article
from tests.articles.test_desk_pasting import HEAD, TAIL, item
from tests.browser.conftest import Console
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AuthorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVED = re.compile(r"^Saved \d\d:\d\d$")
PASTE = """
    (element, html) => {
        const data = new DataTransfer();
        data.setData("text/html", html);
        data.setData("text/plain", "");
        element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }
"""


@pytest.fixture
def writer(sign_in: Callable[..., User]) -> User:
    return sign_in(UserFactory(author=True, name="Sam Whitfield"))


@pytest.fixture
def draft(writer: User) -> Article:
    return ArticleFactory(created_by=writer, title="Soap", author=AuthorFactory(user=writer))


def change(live_server: Any, article: Article) -> str:
    return f"{live_server.url}/admin/articles/article/{article.pk}/change/"


def text_of(page: Page) -> Any:
    # Not the bare field that it replaces once its script has come: whoever has hold of that would wait for it for ever.
    return page.get_by_role("textbox", name="Body").and_(page.locator("[contenteditable]"))


def test_words_survive_a_killed_tab(
    live_server: Any,
    context: BrowserContext,
    clean_page: Page,
    console: Console,
    axe: Callable[..., None],
    writer: User,
) -> None:
    page = context.new_page()
    console.watch(page)
    page.goto(f"{live_server.url}/admin/articles/article/add/")
    page.get_by_label("Title").first.fill("Three questions before a drip")
    text_of(page).click()
    page.keyboard.type("Ask first what is missing: water, salt or sugar.")
    expect(page.locator("#desk-length")).to_have_text("9 words, about 1 min to read.")
    expect(page.locator("#desk-kept")).to_have_text(SAVED)
    # Nothing of the page runs any more, as when the browser crashes.
    page.close(run_before_unload=False)

    page = clean_page
    page.goto(f"{live_server.url}/admin/articles/article/add/")
    expect(
        page.get_by_role("heading", name=re.compile("^You have words from .*Three questions before a drip"))
    ).to_be_visible()
    page.get_by_text("Look at them").click()
    axe(page)
    page.get_by_role("link", name="Use them").click()
    expect(text_of(page)).to_contain_text("water, salt or sugar")
    page.get_by_label("Standfirst").fill("What to ask.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    assert "water, salt or sugar" in Article.objects.get().body
    expect(page.get_by_role("heading", name=re.compile("^You have words"))).to_have_count(0)
    axe(page)


def test_no_network_and_no_login_are_said_and_cost_nothing(
    live_server: Any, context: BrowserContext, clean_page: Page, console: Console, writer: User, draft: Article,
    sign_in: Callable[..., User],
) -> None:  # fmt: skip
    console.expect("ERR_INTERNET_DISCONNECTED", "403", "Failed to load resource")
    page = clean_page
    page.goto(change(live_server, draft))
    page.wait_for_timeout(800)
    context.set_offline(True)
    page.get_by_label("Standfirst").fill("Typed on a train.")
    expect(page.locator("#desk-kept")).to_contain_text("Not saved: no connection. Your words are kept in this browser.")
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.goto(change(live_server, draft))
    page.get_by_role("button", name="Use them").click()
    page.wait_for_url(re.compile(r"\?copy="))
    expect(page.get_by_label("Standfirst")).to_have_value("Typed on a train.")

    # The login ends while somebody types; they log in again in another tab.
    Session.objects.all().delete()
    page.get_by_label("Standfirst").fill("Typed while logged out.")
    expect(page.locator("#desk-kept")).to_contain_text("Not saved: you are logged out.")
    expect(page.get_by_role("link", name="Log in in another tab")).to_be_visible()
    sign_in(writer)
    page.get_by_label("Standfirst").fill("Typed and logged in again.")
    expect(page.locator("#desk-kept")).to_have_text(SAVED)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    draft.refresh_from_db()
    assert draft.standfirst == "Typed and logged in again."


def test_two_editors_lose_no_words(
    live_server: Any, clean_page: Page, console: Console, axe: Callable[..., None], writer: User, draft: Article,
    another_browser: BrowserContext, sign_in: Callable[..., User],
) -> None:  # fmt: skip
    console.expect("409")
    sign_in(UserFactory(editor=True, name="Ed Itor"), on=another_browser)
    mine, theirs = clean_page, another_browser.new_page()
    console.watch(theirs)
    mine.goto(change(live_server, draft))
    mine.wait_for_timeout(800)
    theirs.goto(change(live_server, draft))
    expect(theirs.locator("#others")).to_contain_text(
        re.compile(r"Sam Whitfield has had this article open since \d\d:\d\d\.")
    )

    theirs.get_by_label("Title").first.fill("Soap and water")
    theirs.get_by_role("button", name="Save draft").click()
    expect(theirs.locator(".messagelist")).to_contain_text("Saved.")

    mine.get_by_label("Title").first.fill("Soap and gel")
    expect(mine.locator("#others")).to_contain_text("Ed Itor saved this article at")
    mine.get_by_role("button", name="Save draft").click()
    expect(mine.get_by_role("heading", name=re.compile("^Ed Itor saved this article"))).to_be_visible()
    expect(mine.locator(".difference del")).to_have_text("water")
    expect(mine.locator(".difference ins")).to_have_text("gel")
    expect(mine.get_by_label("Title").first).to_have_value("Soap and gel")
    axe(mine)
    draft.refresh_from_db()
    assert draft.title == "Soap and water"

    mine.get_by_role("button", name="Save draft").click()
    expect(mine.locator(".messagelist")).to_contain_text("Saved.")
    draft.refresh_from_db()
    assert draft.title == "Soap and gel"
    mine.get_by_role("link", name=re.compile("The draft of Ed Itor")).click()
    expect(mine.get_by_label("Title").first).to_have_value("Soap and water")


def test_a_paste_from_word_keeps_its_structure(
    live_server: Any, clean_page: Page, writer: User, draft: Article
) -> None:
    page = clean_page
    page.goto(change(live_server, draft))
    text_of(page).click()
    page.keyboard.press("Control+A")
    clipboard = (
        HEAD + "<h1>Fluids<o:p></o:p></h1><p class=MsoNormal><b><span style='color:red'>Ask</span></b> H<sub>2</sub>O "
        '<a href="https://example.org/a">link</a><o:p></o:p></p>'
        + item("First", place="First") + item("Inner", level=2, mark="o") + item("Second", place="Last")
        + item("One", mark="1.", style="l1")
        + "<table class=MsoTableGrid><tr style='mso-yfti-firstrow:yes'><td><p class=MsoNormal><b>Drug</b></p></td></tr>"
        "<tr><td><p class=MsoNormal>A</p></td></tr></table>"
        "<p class=MsoNormal><img src=\"https://tracker.example/x.png\" onerror=\"window.hacked = 1\">End"
        "<script>window.hacked = 1</script><svg onload='window.hacked = 1'></svg></p>" + TAIL
    )  # fmt: skip
    text_of(page).evaluate(PASTE, clipboard)
    expect(page.locator("#desk-kept")).to_contain_text("Pictures cannot be pasted.")
    editor = text_of(page)
    expect(editor.locator("h2")).to_have_text("Fluids")
    expect(editor.locator("strong").first).to_have_text("Ask")
    expect(editor.locator("ul > li > p").first).to_have_text("First")
    expect(editor.locator("ul ul li")).to_have_text("Inner")
    expect(editor.locator("ol li")).to_have_text("One")
    expect(editor.locator("th")).to_have_text("Drug")
    assert page.evaluate("window.hacked") is None
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    draft.refresh_from_db()
    for kept in (
        "<h2>Fluids</h2>",
        "<strong>Ask</strong>",
        "<sub>2</sub>",
        'href="https://example.org/a"',
        "<th",
        "<ol>",
    ):
        assert kept in draft.body
    for lost in ("style", "mso", "o:p", "·", "tracker", "script", "<span"):
        assert lost not in draft.body


def test_a_picture_comes_with_its_alternative_text(
    live_server: Any, context: BrowserContext, clean_page: Page, writer: User, draft: Article, settings: Settings,
    tmp_path: Path, axe: Callable[..., None],
) -> None:  # fmt: skip
    settings.MEDIA_ROOT = tmp_path
    drawn = io.BytesIO()
    PillowImage.new("RGB", (1000, 500), "teal").save(drawn, "PNG")
    page = clean_page
    page.goto(change(live_server, draft))
    text_of(page).click()
    page.keyboard.press("End")
    page.locator(".prose-menubar__button[title='figure']").click()
    with context.expect_page() as opened:
        page.get_by_role("button", name="Browse...").click()
    window = opened.value
    window.get_by_role("link", name="Add a picture").click()
    window.locator("#id_file").set_input_files(
        {"name": "soap.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    )
    window.get_by_label("Title").fill("Soap")
    window.get_by_role("button", name="Save", exact=True).click()
    expect(window.locator("#content")).to_contain_text("Write alternative text, or tick “decorative”; not both.")
    window.locator("#id_file").set_input_files(
        {"name": "soap.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    )
    window.get_by_label("Alternative text").fill("A bar of soap")
    window.get_by_role("button", name="Save", exact=True).click()
    window.get_by_role("searchbox").fill("bar soap")
    window.get_by_role("button", name="Search").click()
    with window.expect_event("close"):
        window.get_by_role("button", name="Use Soap").click()
    expect(page.locator("dialog input[name=altText]")).to_have_value("A bar of soap")
    axe(page)
    page.locator("dialog input[name=caption]").fill("Soap, unwrapped")
    page.get_by_role("button", name="Insert", exact=True).click()
    expect(text_of(page).locator("figure img")).to_have_attribute("alt", "A bar of soap")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    draft.refresh_from_db()
    assert 'alt="A bar of soap"' in draft.body
    assert "<figcaption>Soap, unwrapped</figcaption>" in draft.body
    shown = text_of(page).locator("figure img")
    page.wait_for_function("(picture) => picture.naturalWidth > 0", arg=shown.element_handle())


def test_references_warn_while_they_are_changed(
    live_server: Any, clean_page: Page, writer: User, draft: Article
) -> None:
    for number, title in enumerate(("First", "Second"), start=1):
        draft.references.create(position=number, title=title)
    Article.objects.filter(pk=draft.pk).update(body="<p>True [1] and [2].</p>")
    page = clean_page
    page.goto(change(live_server, draft))
    said = page.locator("#citations")
    expect(said).to_be_empty()
    page.locator("#id_references-1-DELETE").check()
    expect(said).to_have_text("The text cites [2], but no reference has that number.")
    page.locator("#id_references-1-DELETE").uncheck()
    expect(said).to_be_empty()
    page.locator("#id_references-0-position").fill("2")
    page.locator("#id_references-1-position").fill("1")
    expect(said).to_contain_text("“First” was number 1 and is now 2: the text’s [1] means another one now.")
    text_of(page).click()
    page.keyboard.press("Control+End")
    page.locator("#references-2").get_by_role("button", name="Cite").click()
    expect(said).to_contain_text("Write the reference’s title first.")
    page.locator("#id_references-2-title").fill("Third")
    page.locator("#references-2").get_by_role("button", name="Cite").click()
    expect(text_of(page)).to_contain_text("[3]")
    expect(page.locator("#id_references-2-position")).to_have_value("3")


def test_five_megabytes_are_refused_in_a_sentence_and_stay(
    live_server: Any, clean_page: Page, console: Console, writer: User, draft: Article
) -> None:
    console.expect("413")
    page = clean_page
    page.goto(change(live_server, draft))
    text_of(page).click()
    text_of(page).evaluate(PASTE, "<p>" + "</p><p>".join(["word " * 2_000] * 500) + "</p>")
    page.get_by_role("button", name="Save draft").click(timeout=60_000)
    expect(page.locator("#desk-kept")).to_contain_text(
        re.compile(r"Not saved: the form holds \d\.\d MB and we take 3\.1 MB")
    )
    expect(text_of(page)).to_contain_text("word word")
    draft.refresh_from_db()
    assert len(draft.body) < 100


def test_menus_of_the_toolbar_work_by_keyboard(
    live_server: Any, clean_page: Page, writer: User, draft: Article
) -> None:
    page = clean_page
    page.goto(change(live_server, draft))
    text_of(page).click()
    menu = page.get_by_role("group", name="Kind of paragraph").get_by_role("button")
    menu.focus()
    page.keyboard.press("Enter")
    page.locator(".prose-menubar__option", has_text="Heading 2").focus()
    page.keyboard.press("Enter")
    expect(text_of(page).locator("h2")).to_have_text("Words.")
    page.get_by_role("button", name="Insert table").click()
    page.get_by_role("button", name="Insert table").last.click()
    expect(text_of(page).locator("th")).to_have_count(3)


def test_a_callout_is_one_press_away(live_server: Any, clean_page: Page, draft: Article) -> None:
    page = clean_page
    page.goto(change(live_server, draft))
    text_of(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Wash your hands.")
    page.get_by_role("button", name="Key point").click()
    page.get_by_role("button", name="Safety warning").click()
    expect(text_of(page).locator("blockquote.callout-warning")).to_have_text("Wash your hands.")
    page.get_by_role("button", name="Safety warning").click()
    expect(text_of(page).locator("blockquote")).to_have_count(0)
    page.get_by_role("button", name="Key point").click()
    # With a fault elsewhere, the way to it stands on top and nothing is lost.
    page.get_by_label("Reference: DOI").first.fill("nonsense")
    page.get_by_label("Reference: Title").first.fill("A source")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="Reference 1, doi: A DOI looks like").click()
    expect(page.get_by_label("Reference: DOI").first).to_be_focused()
    expect(page.locator("#desk-length")).to_have_text("3 words, about 1 min to read.")
    page.get_by_label("Reference: DOI").first.fill("")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    draft.refresh_from_db()
    assert draft.body == '<blockquote class="callout-key"><p>Wash your hands.</p></blockquote>'
