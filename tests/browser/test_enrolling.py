"""Joining a framework in a real browser: three screens, a slip on each, and what the page does with JavaScript."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [320, 1280])
def test_three_screens_from_profession_to_requirements(
    live_server: Any,
    clean_page: Page,
    console: Any,
    axe: Callable[..., None],
    sign_in: Callable[..., User],
    width: int,
) -> None:
    page, user = clean_page, sign_in(UserFactory())
    console.expect("422")
    page.set_viewport_size({"width": width, "height": 800})

    def look() -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    page.goto(f"{live_server.url}/cpd/requirements/new/")
    expect(page.get_by_text("Choose your profession and country above")).to_be_visible()
    # With JavaScript the list follows what is chosen.
    expect(page.get_by_role("button", name="Show what fits")).to_be_hidden()
    page.get_by_label("Country where you practise").select_option("GB")
    page.get_by_label("Profession", exact=True).select_option("dental-care")
    expect(page.locator("#frameworks-status")).to_have_text("1 framework fits what you chose.")
    look()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name=re.compile("Tick at least one")).click()
    expect(page.get_by_label("GDC Enhanced CPD")).to_be_focused()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Continue").click()

    page.wait_for_url("**/titles/**")
    page.get_by_label("Dental nurse").check()
    page.get_by_label(re.compile("On which day did your present")).fill("2025-01-01")
    page.get_by_role("button", name="Save and continue").click()
    look()
    expect(page.get_by_label("Dental nurse")).to_be_checked()
    page.get_by_label(re.compile("On which day did your present")).fill("2024-08-01")
    page.get_by_role("button", name="Save and continue").click()

    page.wait_for_url("**/numbers/**")
    look()
    page.get_by_label(re.compile("GDC registration number")).fill("123456")
    page.get_by_label(re.compile("When did you join")).fill("2090-01-01")
    page.get_by_role("button", name="Save and finish").click()
    expect(page.locator(".error").first).to_contain_text("This date is in the future.")
    look()
    page.get_by_label(re.compile("When did you join")).fill("2019-07-01")
    page.get_by_role("button", name="Save and finish").click()
    # The link of the error summary left its mark on the address.
    page.wait_for_url(re.compile(r"/cpd/requirements/(#\w*)?$"))
    enrolment = user.enrolments.get()
    assert (enrolment.titles, enrolment.number) == ([{"titles": ["dental-nurse"], "since": None}], "123456")

    for part in ("edit", "leave", "grants"):
        page.goto(f"{live_server.url}{enrolment.get_absolute_url()}{part}/")
        look()
