"""Five clinicians under five regulators: what each sees on the tracker, why, and what they do about it."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from cpd.management.colleagues import Colleague, colleagues, record
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What the tracker must say of each, in words.
SEEN = {
    "nurse": ["NMC revalidation", "Participatory hours", "1 h 30 min to go", "18 h 30 min of 20 h"],
    "dentist": ["GDC Enhanced CPD", "13 h to go", "Recorded, not counted: 6 h", "Ten hours in any two years"],
    "gp": ["GMC revalidation", "RCGP CPD guidance", "RCGP sets no amount that must be reached."],
    "trainee": ["Maintenance of Professional Competence", "29 h 30 min to go", "it may be about 41 h 40 min"],
    "pharmacist": ["Pharmacy Board of Australia CPD", "34 of 40 credits", "Recorded, not counted: 2 credits"],
}
NEVER = ["Not met, the time is over", "compliant"]


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def the(name: str) -> Colleague:
    return next(each for each in colleagues(today()) if each.email == f"{name}@example.org")


def enrolled(name: str, sign_in: Callable[..., User]) -> User:
    colleague = the(name)
    user = UserFactory(email=colleague.email, name=colleague.name)
    user.profile.profession, user.profile.country = colleague.profession, colleague.country
    user.profile.time_zone = colleague.time_zone
    user.profile.save()
    record(user, colleague, today())
    return sign_in(user)


@pytest.mark.parametrize("name", SEEN)
def test_each_sees_where_they_stand_and_why(
    live_server: Any, clean_page: Page, axe: Callable[..., None], sign_in: Callable[..., User], name: str
) -> None:
    user = enrolled(name, sign_in)
    page = clean_page
    page.goto(f"{live_server.url}/cpd/")
    main = page.locator("main")
    for words in SEEN[name]:
        expect(main).to_contain_text(words)
    for words in NEVER:
        expect(main).not_to_contain_text(words)
    axe(page)
    page.set_viewport_size({"width": 320, "height": 800})
    for path in ("/cpd/", "/cpd/requirements/", user.enrolments.earliest("created_at").get_absolute_url()):
        page.goto(f"{live_server.url}{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    # Each figure leads to the page it was read on, and says when.
    expect(main.get_by_text(re.compile(r"Checked 22 November 2026")).first).to_be_visible()
    assert main.locator("a[href^=http]").count() > 3


def test_a_nurse_records_an_account_and_sees_one_less_to_go(
    live_server: Any, clean_page: Page, console: Any, axe: Callable[..., None], sign_in: Callable[..., User]
) -> None:
    console.expect("422")
    user, page = enrolled("nurse", sign_in), clean_page
    page.goto(f"{live_server.url}/cpd/requirements/")
    page.get_by_role("link", name=re.compile("Record it.*Written reflective accounts")).click()
    axe(page)
    page.get_by_role("button", name=re.compile("Save")).click()
    page.get_by_role("link", name=re.compile("What was the CPD activity")).click()
    page.keyboard.type("A drill with the ambulance crew")
    for question in ("What did you learn", "How did you change", "How is it relevant"):
        page.get_by_label(re.compile(question)).fill("Say the plan aloud before starting.")
    page.get_by_role("button", name=re.compile("Save")).click()
    expect(page.locator("main")).to_contain_text("A drill with the ambulance crew")
    page.goto(f"{live_server.url}/cpd/")
    expect(page.locator("main")).to_contain_text("4 of 5")
    assert user.enrolments.get().artefacts.filter(kind="reflective-account").count() == 4


def test_a_dentist_adds_a_certificate_and_is_told_why_it_counts(
    live_server: Any, clean_page: Page, axe: Callable[..., None], sign_in: Callable[..., User]
) -> None:
    page = clean_page
    enrolled("dentist", sign_in)
    page.goto(f"{live_server.url}/cpd/activities/new/")
    page.get_by_label("What did you do?").fill("Oral cancer update")
    page.get_by_label("Minutes", exact=True).fill("780")
    section = page.locator("#counts-towards")
    verifiable = section.get_by_role("checkbox", name=re.compile("verifiable"))
    if not verifiable.is_visible():
        section.locator("summary").first.click()
    verifiable.check()
    section.get_by_label(re.compile("^C: knowledge")).check()
    page.get_by_role("button", name="Save to my CPD").click()
    main = page.locator("main")
    expect(main).to_contain_text("13 h")
    axe(page)
    expect(main.get_by_role("heading", name=re.compile("Why this counts|What this counts"))).to_be_visible()
    page.goto(f"{live_server.url}/cpd/requirements/")
    expect(main).to_contain_text("100 h of 100 h")
    # The six hours of plain reading say why they count for nothing.
    page.goto(f"{live_server.url}/cpd/activities/")
    page.get_by_role("link", name="Journal articles on periodontitis").click()
    expect(main).to_contain_text("Recorded, not counted")


def test_reminders_are_turned_on_and_a_calendar_is_made_and_stopped(
    live_server: Any, clean_page: Page, axe: Callable[..., None], sign_in: Callable[..., User]
) -> None:
    user, page = enrolled("nurse", sign_in), clean_page
    page.goto(f"{live_server.url}/cpd/reminders/")
    axe(page)
    page.get_by_label(re.compile("first of each month")).check()
    page.get_by_role("button", name=re.compile("Save")).first.click()
    expect(page.get_by_label(re.compile("first of each month"))).to_be_checked()
    page.get_by_role("button", name=re.compile("Make")).click()
    address = page.locator("input[readonly]").input_value()
    axe(page)
    assert re.fullmatch(r"http.*/cpd/calendar/[\w-]{22,}\.ics", address)
    path = address[address.index("/cpd/") :]
    calendar = page.request.get(f"{live_server.url}{path}")
    assert calendar.status == 200 and "NMC" in calendar.text()
    page.get_by_role("button", name=re.compile("Stop")).first.click()
    assert page.request.get(f"{live_server.url}{path}").status == 404
    assert user.reminders.how_often == "monthly"
