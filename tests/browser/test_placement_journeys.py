"""What an activity counts towards, said and looked up in a real browser, with JavaScript and without."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from cpd.models import Enrolment
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import ActivityFactory, EnrolmentFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clinician(sign_in: Callable[..., User]) -> User:
    """On two registers: a nurse in Britain, and a doctor in Australia."""
    user = UserFactory()
    EnrolmentFactory(user=user)
    EnrolmentFactory(user=user, framework="au-mba", titles=[], anchor_on=None)
    return sign_in(user)


@pytest.fixture
def mba(clinician: User) -> Enrolment:
    return clinician.enrolments.get(framework="au-mba")


def test_the_suggestion_follows_the_kind_until_somebody_chooses(
    live_server: Any, clean_page: Page, axe: Callable[..., None], mba: Enrolment
) -> None:
    page = clean_page
    page.goto(f"{live_server.url}/cpd/activities/new/")
    axe(page)
    place = page.locator(f"#place-{mba.pk} > summary")
    expect(place).to_have_text("MBA: Educational activities")
    page.get_by_label("What did you do?").fill("Audit of handover")
    page.get_by_label("Minutes", exact=True).fill("60")
    page.get_by_label("Kind").select_option("quality")
    expect(place).to_have_text("MBA: Measuring outcomes")
    expect(page.get_by_label("What did you do?")).to_have_value("Audit of handover")
    place.click()
    page.get_by_label(re.compile("^Reviewing performance")).first.check()
    page.get_by_label("Kind").select_option("case")
    expect(page.locator('[name="placed_for"]')).to_have_value("case")
    expect(place).to_have_text("MBA: Reviewing performance")
    expect(page.get_by_label(re.compile("^Reviewing performance")).first).to_be_visible()
    axe(page)
    # Enter in a box saves: it does not ask for suggestions.
    page.get_by_label("What did you do?").press("Enter")
    page.wait_for_url(re.compile("/activities/[0-9a-f-]{36}/$"))
    expect(page.locator("#why")).to_contain_text("Reviewing performance")
    expect(page.locator("#why")).to_contain_text("1 h counted")
    axe(page)


def test_reading_says_what_it_counts_as_before_it_is_logged(
    live_server: Any, clean_page: Page, axe: Callable[..., None], mba: Enrolment
) -> None:
    page = clean_page
    page.goto(f"{live_server.url}{ArticleFactory(published=True).get_absolute_url()}")
    page.get_by_role("button", name=re.compile("as CPD")).first.click()
    expect(page.get_by_text("Counts towards NMC as non-participatory hours.")).to_be_visible()
    expect(page.get_by_text("Counts towards MBA as Educational activities.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.locator("#toast")).to_contain_text("Undo")
    assert mba.placements.get().category == "educational-activities"


def test_it_works_without_javascript(
    live_server: Any, browser: Browser, sign_in: Callable[..., User], clinician: User, mba: Enrolment
) -> None:
    activity = ActivityFactory(user=clinician, done_on=datetime.date(2026, 11, 20))
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    sign_in(clinician, on=context)
    page = context.new_page()
    page.goto(f"/cpd/activities/{activity.pk}/edit/")
    page.get_by_label("Kind").select_option("quality")
    page.get_by_role("button", name="Suggest again for this kind").click()
    expect(page.locator(f"#place-{mba.pk} > summary")).to_have_text("MBA: Measuring outcomes")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("#why")).to_contain_text("Measuring outcomes")
    context.close()
    assert not mba.placements.get().is_guess
