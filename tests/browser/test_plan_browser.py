"""A plan made, kept and closed; a question answered from the mail; reading taken from a ward computer to a phone."""

import datetime
import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from articles.models import Article
from cpd.asking import send_questions, write_due_questions
from cpd.models import Goal, Impact, Sitting
from tests.browser.conftest import Console, SignIn
from tests.browser.test_reading_browser import eventually, fast
from tests.factories.cpd import ActivityFactory, GoalFactory, ImpactFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NARROW: ViewportSize = {"width": 320, "height": 640}
IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
type Checker = Callable[[Page], None]


def test_a_goal_from_the_first_words_to_what_came_of_it(
    clean_page: Page, console: Console, sign_in: SignIn, reader: User, live_server: LiveServer, axe: Checker
) -> None:
    console.expect("422")
    page = clean_page
    sign_in(reader)
    activity = ActivityFactory(user=reader, title="Reading an ECG")
    page.set_viewport_size(NARROW)
    page.goto(f"{live_server.url}/cpd/plan/")
    axe(page)
    page.get_by_role("link", name="Add your first goal").click()
    page.get_by_role("button", name="Add to my plan").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    axe(page)
    page.get_by_label("What do you want to learn or change?").fill("Read an ECG in the same order every time")
    page.get_by_label("Why?").fill("I guess.")
    page.get_by_role("button", name="Add to my plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Read an ECG in the same order every time")
    page.get_by_role("link", name="Choose activities").click()
    axe(page)
    page.get_by_label("Reading an ECG", exact=True).check()
    page.get_by_role("button", name="Save choice").click()
    expect(page.get_by_role("link", name="Reading an ECG")).to_be_visible()
    axe(page)
    assert not page.evaluate(IS_TOO_WIDE)

    page.goto(f"{live_server.url}{activity.get_absolute_url()}")
    page.get_by_role("link", name="Read an ECG in the same order every time").click()
    page.get_by_role("link", name="Say what came of it").click()
    page.get_by_label("Done", exact=True).check()
    page.get_by_label("What came of it?").fill("I no longer guess.")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("I no longer guess.")).to_be_visible()
    page.get_by_role("link", name="Your plan").first.click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert Goal.objects.get().status == "done"


def test_open_goals_go_into_the_new_year(
    clean_page: Page, sign_in: SignIn, reader: User, live_server: LiveServer, axe: Checker
) -> None:
    page = clean_page
    sign_in(reader)
    last_year = timezone.localdate() - datetime.timedelta(days=366)
    GoalFactory(user=reader, title="Not finished", planned_on=last_year)
    page.goto(f"{live_server.url}/cpd/plan/")
    page.get_by_role("button", name="Carry open goals into the new year").click()
    expect(page.get_by_text("Carried 1 goal into this year's plan.")).to_be_visible()
    expect(page.get_by_role("button", name="Carry open goals into the new year")).to_have_count(0)
    page.get_by_role("link", name="Not finished").click()
    page.get_by_role("link", name="See how it began").click()
    expect(page.get_by_role("link", name="See how it goes on")).to_be_visible()
    axe(page)


def test_the_mail_is_answered_by_one_press_without_logging_in_or_javascript(
    without_javascript: BrowserContext, clean_page: Page, reader: User, live_server: LiveServer, axe: Checker
) -> None:
    activity = ActivityFactory(user=reader)
    ImpactFactory(activity=activity, ask_on=timezone.localdate() - datetime.timedelta(days=1))
    write_due_questions(timezone.now())
    send_questions(reader.pk)
    found = re.search(r"(/cpd/change/[0-9a-f]+/)\?answer=not-yet", str(mail.outbox[0].body))
    assert found
    page = without_javascript.new_page()
    page.goto(f"{live_server.url}{found[0]}")
    assert Impact.objects.get().answer == ""  # Programs that check mail open its links, too.
    page.get_by_role("button", name="Not yet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You answered: Not yet")
    assert Impact.objects.get().answer == "not-yet"

    clean_page.goto(f"{live_server.url}{found[0]}")
    expect(clean_page.get_by_role("button", name="Not yet")).to_be_focused()
    clean_page.keyboard.press("Enter")
    expect(clean_page.get_by_role("heading", level=1)).to_have_text("You answered: Not yet")
    axe(clean_page)


def test_reading_goes_from_the_ward_to_the_phone(
    clean_page: Page,
    another_browser: BrowserContext,
    console: Console,
    sign_in: SignIn,
    reader: User,
    article: Article,
    live_server: LiveServer,
    axe: Checker,
) -> None:
    ward = clean_page
    ward.goto(fast(f"{live_server.url}{article.get_absolute_url()}"))
    eventually(Sitting.objects.exists, "the sitting was opened")
    # Nobody waits ten minutes for a test.
    read = Sitting.objects.get()
    began = read.started_at - datetime.timedelta(minutes=10)
    Sitting.objects.update(counted_ms=600_000, started_at=began)
    ward.get_by_role("link", name="Take this reading with you").click()
    expect(ward.get_by_text("10 min of “Sepsis in the first hour” are timed")).to_be_visible()
    axe(ward)
    ward.get_by_role("button", name="Get a code").click()
    expect(ward.get_by_role("img", name="The same code for a phone's camera")).to_be_visible()
    code = ward.locator(".reading-code").inner_text()
    axe(ward)

    sign_in(reader, on=another_browser)
    phone = another_browser.new_page()
    console.watch(phone)
    phone.set_viewport_size(NARROW)
    phone.goto(f"{live_server.url}/cpd/reading/claim/")
    axe(phone)
    phone.get_by_label("Code").fill(code.lower().replace("-", " "))
    phone.get_by_role("button", name="Show this reading").click()
    expect(phone.get_by_text("10 min, on another computer")).to_be_visible()
    axe(phone)
    phone.get_by_role("button", name="Add to my reading").click()
    expect(phone.get_by_text("Added to your reading: 10 min")).to_be_visible()
    expect(phone.get_by_label("Minutes", exact=True)).to_have_value("10")
    assert Sitting.objects.get(pk=read.pk).reader.user == reader
    assert not phone.evaluate(IS_TOO_WIDE)

    # The code is used, and the computer has nothing more to give.
    ward.get_by_role("button", name="Forget my reading on this computer").click()
    expect(ward.get_by_role("heading", name="Forgotten")).to_be_visible()
    console.expect("422")
    phone.goto(f"{live_server.url}/cpd/reading/claim/?code={code}")
    expect(phone.get_by_text("This code has been used, has expired, or is not one of ours.").first).to_be_visible()


def test_reading_on_after_the_code_is_another_sitting(
    clean_page: Page, console: Console, article: Article, live_server: LiveServer
) -> None:
    # The page reports to its old sitting once more, and hears that there is none.
    console.expect("404")
    ward = clean_page
    address = fast(f"{live_server.url}{article.get_absolute_url()}")
    ward.goto(address)
    eventually(Sitting.objects.exists, "the sitting was opened")
    old = Sitting.objects.get()
    Sitting.objects.update(counted_ms=600_000, started_at=old.started_at - datetime.timedelta(minutes=10))
    ward.get_by_role("link", name="Take this reading with you").click()
    ward.get_by_role("button", name="Get a code").click()
    expect(ward.locator(".reading-code")).to_be_visible()
    taken = Sitting.objects.get(pk=old.pk).counted_ms
    ward.goto(address)
    eventually(lambda: Sitting.objects.exclude(pk=old.pk).exists(), "a new sitting was opened")
    assert Sitting.objects.get(pk=old.pk).counted_ms == taken
