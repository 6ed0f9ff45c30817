"""A meeting with two devices: one begins and shows the code, the other joins, both confirm and add."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from accounts.models import User
from cpd.discussions import token_of
from cpd.models import Activity, Discussion, Invitation, Participant
from tests.browser.conftest import Console
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import EnrolmentFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PHONE = ViewportSize(width=390, height=844)


def nurse(name: str) -> User:
    """On the NMC's register, which asks for participatory hours."""
    user: User = UserFactory(name=name)
    EnrolmentFactory(user=user)
    return user


def say_how_long(page: Page, line: str, axe: Callable[[Page], None]) -> None:
    page.get_by_role("link", name="Say how long you took part").click()
    expect(page.get_by_label("Minutes you took part")).to_have_value("40")
    axe(page)
    page.get_by_label("Minutes you took part").fill("41")
    page.get_by_role("button", name="Save my time").click()
    expect(page.locator("#error-summary")).to_contain_text("You were there for 40 min. Enter that, or less.")
    page.get_by_label("Minutes you took part").fill("40")
    page.get_by_label("What I took from it").fill(line)
    page.get_by_role("button", name="Save my time").click()
    expect(page.get_by_text("You said 40 min.")).to_be_visible()


def confirm(page: Page, name: str, axe: Callable[[Page], None]) -> None:
    page.reload()
    page.get_by_role("link", name="Confirm who was there").click()
    axe(page)
    page.get_by_label(f"{name}, 40 min").check()
    page.get_by_role("button", name="Save whom I confirm").click()
    expect(page.get_by_text("You confirmed 1 of the others.")).to_be_visible()


def add(page: Page, other: str, axe: Callable[[Page], None]) -> None:
    page.reload()
    page.get_by_role("link", name="Add to my CPD").click()
    expect(page.get_by_text("40 min, all of it participatory")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Add to my CPD").click()
    page.wait_for_url(re.compile("/activities/[0-9a-f-]{36}/$"))
    expect(page.get_by_text("Confirmed by 1 colleague")).to_be_visible()
    expect(page.locator("section", has_text="Who was there").last).to_contain_text(other)
    axe(page)


def test_two_people_discuss_an_article(
    live_server: Any,
    clean_page: Page,
    another_browser: BrowserContext,
    console: Console,
    sign_in: Callable[..., User],
    axe: Callable[[Page], None],
) -> None:
    # What is more than passed is refused.
    console.expect("422")
    anna, ben = nurse("Anna Brown"), nurse("Ben Clarke")
    article = ArticleFactory(published=True, title="Delirium")
    host = clean_page
    sign_in(anna)
    host.goto(f"{live_server.url}{article.get_absolute_url()}")
    host.get_by_role("link", name="Discuss this with colleagues").click()
    expect(host.get_by_label("What is it about?")).to_have_value("Discussion: Delirium")
    axe(host)
    host.get_by_role("button", name="Start the discussion").click()
    code = host.locator(".joincode__code").inner_text().replace("The code:", "").strip()
    axe(host)

    phone = another_browser.new_page()
    console.watch(phone)
    phone.set_viewport_size(PHONE)
    sign_in(ben, on=another_browser)
    phone.goto("/cpd/discussions/join/")
    expect(phone.get_by_text("Joining shows your name to the others")).to_be_visible()
    axe(phone)
    phone.get_by_label("Code").fill(code.lower())
    phone.get_by_role("button", name="Join the discussion").click()
    expect(phone.get_by_role("heading", name="Discussion: Delirium")).to_be_visible()
    axe(phone)
    # The host's page learns of it by itself.
    expect(host.locator("[data-people]")).to_contain_text("Ben Clarke", timeout=15_000)

    # Forty minutes pass.
    earlier = timedelta(minutes=40)
    Discussion.objects.update(started_at=F("started_at") - earlier)
    Participant.objects.update(joined_at=F("joined_at") - earlier)
    host.get_by_role("button", name="End the discussion").click()
    expect(host.get_by_role("heading", name="What is left for you")).to_be_visible()
    # So does the phone.
    expect(phone.get_by_role("heading", name="What is left for you")).to_be_visible(timeout=15_000)
    axe(host)
    axe(phone)

    say_how_long(host, "Ask the family first", axe)
    say_how_long(phone, "Look at the drug chart", axe)
    confirm(host, "Ben Clarke", axe)
    confirm(phone, "Anna Brown", axe)

    host.get_by_role("link", name="Write the group’s notes").click()
    host.get_by_label("The main points").fill("Four items, two minutes")
    axe(host)
    host.get_by_role("button", name="Save for everybody").click()
    expect(host.get_by_text("Saved for everybody who took part.")).to_be_visible()

    add(host, "Ben Clarke", axe)
    add(phone, "Anna Brown", axe)
    expect(phone.get_by_text("Four items, two minutes")).to_be_visible()
    for user in (anna, ben):
        activity = Activity.objects.get(user=user)
        assert (activity.minutes, activity.participatory_minutes) == (40, 40)
    phone.goto("/cpd/discussions/")
    expect(phone.get_by_text("In your CPD")).to_be_visible()
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert phone.evaluate("window.policyViolations") == []


def test_it_works_afterwards_and_on_a_page_without_scripts(
    live_server: Any, browser: Browser, sign_in: Callable[..., User]
) -> None:
    anna = nurse("Anna Brown")
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    sign_in(anna, on=context)
    page = context.new_page()
    page.goto("/cpd/discussions/new/?afterwards=1")
    page.get_by_label("What is it about?").fill("Falls on the ward")
    page.get_by_label("Date").fill((anna.profile.local_date() - timedelta(days=1)).isoformat())
    page.get_by_label("It began at").fill("13:00")
    page.get_by_label("It took, in minutes").fill("30")
    page.get_by_role("button", name="Record the discussion").click()
    page.get_by_label("E-mail addresses").fill("ben@example.org")
    page.get_by_role("button", name="Send invitations").click()
    expect(page.get_by_text("Invitations on the way: 1.")).to_be_visible()
    invitation = Invitation.objects.get()
    sign_in(nurse("Ben Clarke"), on=context)
    page.goto(f"/cpd/discussions/invited/{token_of(invitation.pk)}/")
    page.get_by_role("button", name="I was there").click()
    expect(page.get_by_role("link", name="Say how long you took part")).to_be_visible()
    sign_in(anna, on=context)
    page.reload()
    expect(page.get_by_text("Ben Clarke")).to_be_visible()
    page.get_by_role("button", name="Cancel this discussion").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The discussion is back.")).to_be_visible()
    context.close()
