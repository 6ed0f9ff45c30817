"""On a phone: find activities while typing, tick some, change them, delete them, have them back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = ViewportSize(width=390, height=844)


def test_search_tick_change_delete_undo(
    live_server: Any, clean_page: Page, sign_in: Callable[..., User], axe: Callable[[Page], None]
) -> None:
    page = clean_page
    page.set_viewport_size(PHONE)
    user = sign_in(UserFactory())
    for title in ("Sepsis in the community", "Sepsis in labour", "Asthma review"):
        ActivityFactory(user=user, title=title)
    ActivityFactory.create_batch(25, user=user)
    page.goto(f"{live_server.url}/cpd/activities/")
    expect(page.get_by_text("28 activities")).to_be_visible()
    axe(page)

    page.get_by_label("Search your activities").fill("sepsis")
    expect(page.get_by_text("2 activities")).to_be_visible()
    expect(page).to_have_url(f"{live_server.url}/cpd/activities/?q=sepsis")
    page.get_by_label("Sepsis in labour").check()
    expect(page.get_by_text("1 ticked")).to_be_visible()
    page.get_by_label("All on this page").check()
    expect(page.get_by_text("2 ticked")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Change ticked").click()
    expect(page.get_by_role("heading", name="Change 2 activities")).to_be_visible()
    axe(page)
    page.get_by_label("Add tags").fill("acute care")
    page.get_by_role("button", name="Change 2 activities").click()
    expect(page.get_by_text("Changed 2 activities.")).to_be_visible()
    # One comes back to the list as it was narrowed.
    expect(page.get_by_text("2 activities, 2 h")).to_be_visible()
    assert user.activities.tagged("acute care").count() == 2

    page.get_by_text("Filter and sort").click()
    page.get_by_label("Tag", exact=True).select_option("acute care")
    expect(page).to_have_url(f"{live_server.url}/cpd/activities/?q=sepsis&tag=acute+care")
    page.get_by_label("Sepsis in labour").check()
    page.get_by_role("button", name="Delete ticked").click()
    expect(page.get_by_text("Deleted 1 activity.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Put 1 activity back into your CPD.")).to_be_visible()
    assert user.activities.kept().count() == 28
    page.goto(f"{live_server.url}{user.activities.get(title='Sepsis in labour').get_absolute_url()}")
    page.get_by_role("link", name="See its history").click()
    expect(page.get_by_role("heading", name="Put back")).to_be_visible()
    axe(page)
