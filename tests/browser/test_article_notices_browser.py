"""On a phone: somebody logs an article, it is corrected, and they see that it was and what changed."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import User
from articles.actions import publish
from articles.models import Article, Significance, Status
from cpd.models import Activity, Sitting
from cpd.tasks import tell_of_new_text
from meducation.lib import page_cache
from tests.browser.conftest import Console
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = ViewportSize(width=390, height=844)
BODY = "<p>Wash your hands. Give 50 mg once a day.</p>" + f"<p>{'Words to read. ' * 400}</p>"


@pytest.fixture
def article() -> Article:
    article: Article = ArticleFactory(published=True, title="A dose", body=BODY)
    return article


@pytest.fixture
def editor() -> User:
    editor: User = UserFactory(editor=True, name="Ed Editor")
    return editor


def test_what_was_logged_is_corrected(
    live_server: Any,
    clean_page: Page,
    sign_in: Callable[..., User],
    axe: Callable[[Page], None],
    article: Article,
    editor: User,
) -> None:
    page = clean_page
    page.set_viewport_size(PHONE)
    sign_in(UserFactory(name="Nan Nurse"))
    page.goto(f"{live_server.url}{article.get_absolute_url()}")
    page.locator(".readbar").get_by_role("button", name="Log").click()
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.get_by_text("Logged 1 min")).not_to_have_count(0)
    assert Activity.objects.get().revision_number == 1

    Article.objects.filter(pk=article.pk).update(body=BODY.replace("50 mg", "5 mg"))
    article.refresh_from_db()
    revision = publish(
        article=article, by=editor, significance=Significance.CORRECTION, note="The dose is 5 mg, not 50 mg."
    )
    assert tell_of_new_text.call(revision.pk) == 1

    page.goto(f"{live_server.url}/cpd/")
    expect(page.get_by_text("An article you logged was corrected")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="See what changed").click()
    expect(page.get_by_role("heading", name="A dose")).to_be_visible()
    expect(page.get_by_text("Give 50 mg once a day.")).to_be_visible()
    expect(page.get_by_text("Give 5 mg once a day.")).to_be_visible()
    expect(page.get_by_text("Wash your hands")).to_have_count(0)
    axe(page)
    page.get_by_role("link", name="the text you read").click()
    expect(page.get_by_text("An earlier text: revision 1.")).to_be_visible()
    expect(page.get_by_text("Give 50 mg once a day.")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="read the current text").click()
    expect(page.locator("main").get_by_text("Corrected on").first).to_be_visible()
    expect(page.get_by_text("Give 5 mg once a day.")).to_be_visible()
    page.goto(f"{live_server.url}{Activity.objects.get().get_absolute_url()}")
    expect(page.get_by_text("You read revision 1; revision 2 is current")).to_be_visible()
    page.get_by_role("link", name="What changed").click()
    page.get_by_role("button", name="Put this notice away").click()
    expect(page.get_by_text("An article you logged was corrected")).to_have_count(0)


def retire(article: Article) -> None:
    Article.objects.filter(pk=article.pk).update(
        status=Status.RETIRED, retired_at=article.publish_at, retired_because="There is a newer guideline."
    )
    # A trigger tells the real site.
    page_cache.store.clear()


def test_a_retired_article_is_not_offered_and_can_be_added_by_hand(
    live_server: Any, clean_page: Page, sign_in: Callable[..., User], axe: Callable[[Page], None], article: Article
) -> None:
    page = clean_page
    page.set_viewport_size(PHONE)
    sign_in(UserFactory(name="Nan Nurse"))
    # What the page asks when it opens is answered first: it is to hear of the change by its next question.
    with page.expect_response("**/cpd/reading/context/**"):
        page.goto(f"{live_server.url}{article.get_absolute_url()}")
    page.wait_for_load_state("networkidle")
    log, why = page.locator(".readbar").get_by_role("button", name="Log"), page.get_by_text("it was retired on")
    expect(log).to_be_visible()
    retire(article)
    # A page that is open hears of it when it next asks.
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#reading-receipt").get_by_text("it was retired on")).to_be_visible()
    expect(log).to_have_count(0)
    page.reload()
    expect(page.locator("#reading-receipt").get_by_text("it was retired on")).to_be_visible()
    expect(log).to_have_count(0)
    expect(page.locator("main").get_by_text("There is a newer guideline.")).to_be_visible()
    axe(page)
    # On a slow machine a second of reading was timed before it was retired, and that may still be logged. Not here.
    Sitting.objects.all().delete()
    page.get_by_role("link", name="Add it by hand").click()
    expect(why).to_be_visible()
    page.get_by_label("Minutes", exact=True).fill("10")
    page.get_by_label("What happened?").fill("Worth a thought.")
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.get_by_role("heading", name="A dose")).to_be_visible()
    assert Activity.objects.get().article is None


def test_a_sheet_that_comes_too_late_keeps_its_words(
    live_server: Any,
    clean_page: Page,
    console: Console,
    sign_in: Callable[..., User],
    axe: Callable[[Page], None],
    article: Article,
) -> None:
    console.expect("422")
    page = clean_page
    page.set_viewport_size(PHONE)
    sign_in(UserFactory(name="Nan Nurse"))
    # Nothing of this reading reaches the server before the article is retired, as on a ward without a signal.
    page.route("**/cpd/reading/beats/", lambda route: route.abort())
    console.expect("ERR_FAILED")
    page.goto(f"{live_server.url}{article.get_absolute_url()}")
    page.locator(".readbar").get_by_role("button", name="Log").click()
    page.get_by_label("What will you take from this?").fill("Ask for the weight.")
    retire(article)
    page.get_by_role("button", name="Save to my CPD").click()
    sheet = page.locator("dialog")
    expect(sheet.get_by_text("This article is not offered as CPD: it was retired on")).to_be_visible()
    expect(sheet.get_by_role("link", name="Add it by hand")).to_be_visible()
    expect(page.get_by_label("What will you take from this?")).to_have_value("Ask for the weight.")
    axe(page)
    assert not Activity.objects.exists()
