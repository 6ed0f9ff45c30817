"""Where one stands, in a real browser: one framework at a time on a phone, all of them on a desktop and on paper."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory, EnrolmentFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture
def nurse(sign_in: Callable[..., User]) -> User:
    """On the registers of the NMC and of the Medical Board of Australia."""
    user = UserFactory()
    ActivityFactory(user=user)
    EnrolmentFactory(user=user)
    EnrolmentFactory(user=user, framework="au-mba", titles=[], anchor_on=None)
    return sign_in(user)


@pytest.mark.parametrize("path", ["/cpd/", "/cpd/requirements/"])
def test_one_at_a_time_on_a_phone_and_all_on_a_desktop(
    path: str, live_server: Any, clean_page: Page, axe: Callable[..., None], nurse: User
) -> None:
    page = clean_page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict is what it takes
    page.goto(f"{live_server.url}{path}")
    first, second = page.locator(".stand").nth(0), page.locator(".stand").nth(1)
    expect(first).to_be_visible()
    expect(second).to_be_hidden()
    axe(page)
    page.locator("label", has_text="MBA").click()
    expect(first).to_be_hidden()
    expect(second).to_be_visible()
    page.get_by_role("radio", name="Show MBA").press("ArrowLeft")
    expect(first).to_be_visible()
    page.emulate_media(media="print")
    expect(second).to_be_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # the same
    expect(first).to_be_visible()
    expect(second).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(0)
    axe(page)


def test_no_page_about_requirements_is_wider_than_a_small_phone(
    live_server: Any, clean_page: Page, axe: Callable[..., None], nurse: User
) -> None:
    page = clean_page
    page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]  # the same
    own = [enrolment.get_absolute_url() for enrolment in nurse.enrolments.all()]
    public = ["/cpd/requirements/frameworks/", "/cpd/requirements/frameworks/uk-gdc/"]
    for path in ["/cpd/", "/cpd/requirements/", *own, *public]:
        page.goto(f"{live_server.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"], path
        axe(page)
