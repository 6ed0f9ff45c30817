"""Adding to the record on a phone: all of it on one page, and in a hurry."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import Console
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory, EnrolmentFactory, ReflectionFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def nurse(sign_in: Callable[..., User]) -> User:
    user: User = UserFactory()
    EnrolmentFactory(user=user)
    return sign_in(user)


@pytest.fixture
def phone(clean_page: Page) -> Page:
    clean_page.set_viewport_size({"width": 390, "height": 844})
    return clean_page


def test_add_cpd_on_one_page(live_server: Any, phone: Page, axe: Callable[..., None], nurse: User) -> None:
    page = phone
    page.goto(f"{live_server.url}/cpd/activities/new/")
    today = page.get_by_role("group", name="When it was")
    expect(today.get_by_role("button", name="Today")).to_have_attribute("aria-pressed", "true")
    axe(page)
    page.get_by_label("What did you do?").fill("Sepsis teaching")
    today.get_by_role("button", name="Yesterday").click()
    page.get_by_role("button", name="30 min").click()
    expect(page.get_by_label("Minutes", exact=True)).to_have_value("30")
    page.get_by_text("Provider, last day, tags").click()
    page.get_by_label(re.compile("^Tags")).fill("sepsis, ward, Sepsis")
    page.get_by_label("What happened?").fill("A slow lactate.")
    page.get_by_label("What next?").fill("Ask at triage.")
    page.get_by_label("Did you use AI to write this?").select_option("none")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Save to my CPD").click()
    page.wait_for_url(re.compile("/activities/[0-9a-f-]{36}/$"))
    main = page.get_by_role("main")
    for words in ("Sepsis teaching", "30 min", "A slow lactate.", "Ask at triage.", "I wrote this without AI"):
        expect(main).to_contain_text(words)
    expect(main).to_contain_text("Private to you")
    axe(page)
    page.get_by_role("button", name="Make this a highlight").click()
    expect(page.get_by_role("button", name="Take off the highlight")).to_be_visible()
    page.get_by_role("button", name="Save as a template").click()
    expect(page.get_by_role("heading", name="Sepsis teaching")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Use Sepsis teaching").click()
    expect(page.get_by_label("Minutes", exact=True)).to_have_value("30")
    expect(page.get_by_label("What happened?")).to_have_value("")
    assert nurse.activities.get().tags == ["sepsis", "ward"]


def test_in_a_hurry_then_finished(
    live_server: Any, phone: Page, axe: Callable[..., None], console: Console, nurse: User
) -> None:
    page = phone
    console.expect("422")
    ActivityFactory(user=nurse, title="The same case", reflection=ReflectionFactory(user=nurse))
    page.goto(f"{live_server.url}/cpd/")
    hurry = page.locator("#quick-add")
    hurry.get_by_role("button", name="15 min").click()
    hurry.get_by_role("button", name="Save now, finish later").click()
    expect(page.locator("#error-summary")).to_contain_text("Say what you did")
    axe(page)
    expect(page.get_by_label("Minutes")).to_have_value("15")
    page.get_by_label("What did you do?").fill("Corridor teaching")
    page.get_by_role("button", name="Save now, finish later").click()
    page.get_by_role("link", name="1 activity waits to be finished").click()
    expect(page.get_by_role("heading", name="Corridor teaching")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Finish it").click()
    page.get_by_text("Use a reflection you have already written").click()
    other = page.get_by_label("Use a reflection you wrote for another activity")
    other.select_option(label="The same case, 20 November 2026")
    page.get_by_role("button", name="Save and finish later").click()
    expect(page.get_by_role("main")).to_contain_text("Shared by 2 activities")
    page.get_by_role("button", name="It is finished").click()
    expect(page.get_by_role("heading", name="Nothing waits to be finished")).to_be_visible()
    axe(page)
    assert not nurse.activities.filter(finish_later=True).exists()
    assert nurse.reflections.count() == 1
