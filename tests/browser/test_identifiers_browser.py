"""Words that may identify a patient: said under the box, replaced with one press, asked about before they are shown."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from cpd.models import Activity, Reflection
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = "999 000 0018"


@pytest.fixture
def clinician(sign_in: Callable[..., User]) -> User:
    return sign_in(UserFactory())


def begin(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/cpd/activities/new/")
    page.get_by_label("What did you do?").fill("Case discussion")
    page.get_by_label("Minutes", exact=True).fill("30")


def reflection() -> Reflection:
    reflection = Activity.objects.select_related("reflection").get().reflection
    assert reflection is not None
    return reflection


def test_a_number_is_seen_explained_and_replaced(
    live_server: Any, clean_page: Page, axe: Callable[..., None], clinician: User
) -> None:
    page = clean_page
    begin(page, live_server)
    box = page.get_by_label("What happened?")
    box.fill(f"🙂 I misread NHS {NUMBER}, and Mrs Bell fell.")
    # Two seconds after the last key; leaving the box is not needed.
    finding = page.locator("li", has_text=NUMBER)
    expect(finding).to_contain_text("Ten digits that pass the NHS number check.")
    axe(page)
    finding.get_by_role("button", name="Use: [number removed]").click()
    expect(box).to_have_value("🙂 I misread NHS [number removed], and Mrs Bell fell.")
    expect(finding).to_have_count(0)
    # As typed: the browser's own Undo takes it back.
    box.press("Control+z")
    expect(box).to_have_value(f"🙂 I misread NHS {NUMBER}, and Mrs Bell fell.")
    page.locator("li", has_text=NUMBER).get_by_role("button").click()
    expect(box).to_have_value("🙂 I misread NHS [number removed], and Mrs Bell fell.")
    page.get_by_role("button", name="Save to my CPD").click()
    panel = page.get_by_role("region", name="This may identify a patient")
    expect(panel.locator("mark")).to_have_text(["Mrs Bell"])
    axe(page)
    assert reflection().text == "🙂 I misread NHS [number removed], and Mrs Bell fell."


def test_what_is_left_is_asked_about_before_it_is_shown(
    live_server: Any, clean_page: Page, axe: Callable[..., None], clinician: User
) -> None:
    page = clean_page
    begin(page, live_server)
    confirm = page.get_by_label("I have checked it: nobody can be identified")
    share = page.get_by_label("Show this reflection to people I share the activity with")
    page.get_by_label("What is important?").fill("Mrs Bell was right.")
    expect(page.locator("li", has_text="Mrs Bell")).to_be_visible()
    expect(confirm).to_be_hidden()
    share.check()
    expect(confirm).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.get_by_text("Saved, and kept private")).to_be_visible()
    assert not reflection().is_shareable
    page.get_by_role("link", name="Change the words").click()
    share.check()
    expect(confirm).to_be_visible()
    confirm.check()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Saved your changes.")).to_be_visible()
    assert reflection().is_shareable and reflection().identifiers_confirmed_at is not None


def test_its_page_works_without_javascript(
    live_server: Any, browser: Browser, clean_page: Page, clinician: User
) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=clean_page.context.storage_state())
    page = context.new_page()
    page.goto(f"{live_server.url}/cpd/identifier-check/")
    expect(page.get_by_text("Passing is no proof of anonymity.")).to_be_visible()
    page.get_by_label("Text to check").fill(f"Mrs Bell, {NUMBER}")
    page.get_by_role("button", name="Check the text").click()
    expect(page.locator("#found mark")).to_have_text(["Mrs Bell", NUMBER])
    page.get_by_label("“Mrs Bell” becomes “The patient”").uncheck()
    page.get_by_role("button", name="Use neutral wording").click()
    expect(page.get_by_label("Text to check")).to_have_value("Mrs Bell, [number removed]")
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_its_page_fits_and_is_accessible(
    live_server: Any, clean_page: Page, axe: Callable[..., None], clinician: User, width: int
) -> None:
    page = clean_page
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/cpd/identifier-check/")
    page.get_by_label("Text to check").fill(f"Mrs Bell, {NUMBER}")
    page.get_by_role("button", name="Check the text").click()
    expect(page.locator("#found mark")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe(page)
