"""From an author's first word to a corrected article, by three people in real browsers who know nothing of the code."""

import datetime
import re
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from articles.models import Article
from meducation.lib import page_cache
from tests.browser.conftest import NOTE_VIOLATIONS, Console, close_quietly
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLE = "Three questions before a drip"
YEAR_AHEAD = datetime.timedelta(days=365)


def save(page: Page, button: str | re.Pattern[str] = "Save draft") -> None:
    page.get_by_role("button", name=button).first.click()
    page.wait_for_load_state("networkidle")


def rewrite(page: Page, words: str) -> None:
    page.locator("[contenteditable=true]").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(words)


@pytest.fixture
def desk_of(
    live_server: LiveServer, browser: Browser, context: BrowserContext, console: Console, sign_in: Callable[..., User]
) -> Iterator[Callable[[User], Page]]:
    """`desk_of(user)`: somebody else's browser, watched as the test's own is."""
    opened: list[Page] = []

    def open_desk(user: User) -> Page:
        theirs = browser.new_context(
            base_url=live_server.url, locale="en-GB", timezone_id="Europe/London", service_workers="block"
        )
        theirs.add_init_script(NOTE_VIOLATIONS)
        sign_in(user, on=theirs)
        page = theirs.new_page()
        console.watch(page)
        opened.append(page)
        return page

    yield open_desk
    violations = [page.evaluate("window.policyViolations") for page in opened]
    for page in opened:
        close_quietly(page.context)
        page.context.close()
    assert violations == [[] for _ in opened]


def test_written_reviewed_scheduled_corrected_compared_and_restored(
    live_server: LiveServer,
    clean_page: Page,
    console: Console,
    sign_in: Callable[..., User],
    desk_of: Callable[[User], Page],
    axe: Callable[[Page], None],
) -> None:
    author = sign_in(UserFactory(author=True, name="Sam Whitfield"))
    reviewer = desk_of(UserFactory(reviewer=True, name="Dr Mei Tanaka"))
    editor = desk_of(UserFactory(editor=True, name="Ines Carvalho"))

    # The author writes, sees what is missing, and sends it to a named person.
    page = clean_page
    page.goto(f"{live_server.url}/admin/articles/article/add/")
    page.get_by_label("Title").first.fill(TITLE)
    page.get_by_label("Standfirst").fill("What to ask before you hang a bag.")
    rewrite(page, "Ask first what is missing: water, salt or sugar.")
    save(page)
    expect(page.locator(".standing")).to_contain_text("Write at least one learning objective")
    expect(page.get_by_role("button", name=re.compile("^Publish"))).to_have_count(0)
    page.get_by_role("textbox", name="Learning objectives").fill("Say what is missing before you prescribe")
    page.get_by_role("radio", name="None", exact=True).check()
    page.get_by_label("Review due on").fill((timezone.localdate() + YEAR_AHEAD).strftime("%d/%m/%Y"))
    save(page)
    expect(page.locator(".standing")).to_contain_text("Nothing is missing.")
    axe(page)
    page.get_by_role("button", name="Send to review").click()
    page.get_by_label("Who should read it").select_option(label="Dr Mei Tanaka")
    axe(page)
    save(page, "Send to review")
    expect(page.get_by_text("Asked Dr Mei Tanaka.")).to_be_visible()

    # The reviewer finds it, reads the real page, comments, and asks for changes.
    reviewer.goto("/admin/")
    axe(reviewer)
    reviewer.locator(".tasks").get_by_role("link", name=TITLE).click()
    axe(reviewer)
    with reviewer.expect_popup() as opened:
        reviewer.get_by_role("link", name="Read the article").click()
    expect(opened.value.locator("main")).to_contain_text("Draft: not published.")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(TITLE)
    opened.value.close()
    reviewer.get_by_label("The passage it is about").fill("water, salt or sugar")
    reviewer.get_by_label("Your comment").fill("And blood?")
    save(reviewer, "Add comment")
    expect(reviewer.locator(".comments")).to_contain_text("And blood?")
    reviewer.get_by_label("What should change").fill("Name blood as well.")
    save(reviewer, "Ask for changes")

    # The author finds that, mends it, and asks again.
    page.goto(f"{live_server.url}/admin/")
    expect(page.locator(".tasks")).to_contain_text("Sent back")
    page.locator(".tasks").get_by_role("link", name=TITLE).click()
    expect(page.get_by_text("Name blood as well.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Mark as done")).click()
    axe(page)
    page.get_by_role("link", name="Back to the article").click()
    rewrite(page, "Ask first what is missing: water, salt, sugar or blood.")
    save(page, "Send to review")
    page.get_by_label("Who should read it").select_option(label="Dr Mei Tanaka")
    save(page, "Send to review")

    # The reviewer signs: first without a statement of interests, which is asked for.
    console.expect("422")
    reviewer.goto("/admin/")
    reviewer.locator(".tasks").get_by_role("link", name=TITLE).click()
    reviewer.get_by_label("Your credentials").fill("FRCP")
    save(reviewer, "Sign off")
    expect(reviewer.locator(".errornote")).to_contain_text("None declared.")
    axe(reviewer)
    expect(reviewer.get_by_label("Your credentials")).to_have_value("FRCP")
    reviewer.get_by_label("Your competing interests").fill("None declared.")
    save(reviewer, "Sign off")
    expect(reviewer.get_by_text("Signed off. Thank you")).to_be_visible()

    # The editor schedules it, and then publishes it at once.
    editor.goto("/admin/")
    expect(editor.locator(".tasks")).to_contain_text("Signed off: ready to be published")
    editor.locator(".tasks").get_by_role("link", name=TITLE).first.click()
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    editor.locator("#id_publish_at_0").fill(tomorrow.strftime("%d/%m/%Y"))
    editor.locator("#id_publish_at_1").fill("09:00")
    editor.get_by_role("button", name="Schedule").focus()
    save(editor, "Schedule")
    expect(editor.locator(".standing")).to_contain_text("09:00 (Europe/London)")
    article = Article.objects.get()
    assert not article.is_published()
    editor.locator("#id_publish_at_0").fill("")
    editor.locator("#id_publish_at_1").fill("")
    save(editor, re.compile("Publish|Schedule"))
    reader = desk_of(UserFactory())
    reader.goto(article.get_absolute_url())
    expect(reader.locator("main")).to_contain_text("Written by Sam Whitfield · ")
    expect(reader.locator("main")).to_contain_text("Dr Mei Tanaka, FRCP")

    # A correction needs its sentence; readers see it on top.
    rewrite(editor, "Ask first what is missing: water, salt, sugar, blood or nothing at all.")
    editor.get_by_label("How much changes").select_option("correction")
    save(editor, "Publish changes")
    expect(editor.get_by_text("Say in a sentence what changes").first).to_be_visible()
    editor.get_by_label("What changes").fill("Sometimes nothing is missing.")
    save(editor, "Publish changes")
    expect(editor.get_by_text("Published as revision 2.")).to_be_visible()
    axe(editor)
    page_cache.store.clear()  # A trigger tells the real site.
    reader.goto(article.get_absolute_url())
    expect(reader.locator("main")).to_contain_text("Sometimes nothing is missing.")
    expect(reader.locator("main")).to_contain_text("an earlier text")

    # Compared, and the first words restored to the draft; readers see no difference.
    editor.get_by_role("link", name="Compare any two").click()
    expect(editor.locator("ins")).to_contain_text(["nothing at all"])
    axe(editor)
    editor.go_back()
    editor.get_by_role("link", name="Restore revision 1").click()
    axe(editor)
    save(editor, "Restore revision 1")
    expect(editor.get_by_text("The words are those of revision 1 again.")).to_be_visible()
    article.refresh_from_db()
    assert article.body == "<p>Ask first what is missing: water, salt, sugar or blood.</p>"
    assert article.revision is not None and article.revision.number == 2
    assert author.pk == article.created_by_id
