"""An appraisal: the owner chooses, looks, turns the link on; the appraiser reads on a phone, without an account."""

import datetime
import io
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from accounts.models import User
from cpd.actions.packs import make_pack
from cpd.appraiser_mail import send_code
from cpd.evidence.storing import store
from cpd.models import Appraiser, PackKind, ShareLink
from cpd.portfolio.contents import Chosen
from cpd.portfolio.gathering import gathered
from tests.browser.conftest import Console
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory, EnrolmentFactory, EvidenceFactory, GoalFactory, ReflectionFactory
from tests.support import files

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
def clinician(evidence_folder: Path) -> User:
    """On the NMC's register, with a highlight, a file, a private reflection, and last year's plan."""
    user: User = UserFactory(name="Dr Amara Osei")
    EnrolmentFactory(user=user)
    today = user.profile.local_date()
    course = ActivityFactory(
        user=user,
        title="Sepsis course",
        done_on=today,
        is_highlight=True,
        reflection=ReflectionFactory(user=user, text="Whom to tell.", is_shareable=True),
    )
    EvidenceFactory(user=user, activity=course, stored_as=store(io.BytesIO(files.pdf())))
    private = ReflectionFactory(user=user, text="For me alone.")
    ActivityFactory(user=user, title="A hard week", done_on=today, reflection=private)
    last_year = today - datetime.timedelta(days=365)
    GoalFactory(user=user, title="Read an ECG in order", planned_on=last_year, outcome="I do, and teach it.")
    return user


def make_link(page: Page, server: str, axe: Callable[[Page], None]) -> None:
    page.goto(f"{server}/cpd/shares/")
    page.get_by_role("link", name="Make a link").click()
    axe(page)
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator("#error-summary")).to_contain_text("Say who it is for, in a few words.")
    axe(page)
    page.get_by_label("Who is it for?").fill("Appraisal with Dr Khan")
    for label in ("Reflections that may be shared", "Evidence files", "Ask for a code as well"):
        page.get_by_label(label).check()
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("heading", name="Look at it, then turn it on")).to_be_visible()
    axe(page)


def test_an_appraisal_on_a_phone(
    live_server: Any,
    clean_page: Page,
    another_browser: BrowserContext,
    console: Console,
    sign_in: Callable[..., User],
    axe: Callable[[Page], None],
    clinician: User,
) -> None:
    # A form with a mistake, a wrong code, and what a stopped link answers.
    console.expect("422", "410")
    owner = clean_page
    sign_in(clinician)
    make_link(owner, live_server.url, axe)

    owner.get_by_role("link", name="See what they will see").click()
    expect(owner.get_by_text("1 reflection private to you, not shown")).to_be_visible()
    expect(owner.get_by_text("Whom to tell.").first).to_be_visible()
    assert "For me alone." not in owner.content()
    axe(owner)
    owner.get_by_role("link", name="Back to the link").click()
    owner.get_by_role("button", name="Turn the link on").click()
    address = owner.locator("#share-address").inner_text()
    code = owner.locator(".joincode__code").inner_text().replace("The code:", "").strip()
    axe(owner)

    phone = another_browser.new_page()
    console.watch(phone)
    phone.set_viewport_size(PHONE)
    phone.goto(f"{live_server.url}{address[address.index('/s/') :]}")
    expect(phone.get_by_role("heading", name="Enter the code")).to_be_visible()
    axe(phone)
    phone.get_by_label("Code").fill("AAA-AAA")
    phone.get_by_role("button", name="Open the record").click()
    expect(phone.locator("#error-summary")).to_contain_text("This is not the code of the link.")
    phone.get_by_label("Code").fill(code.lower())
    phone.get_by_role("button", name="Open the record").click()

    expect(phone.get_by_role("heading", name="Dr Amara Osei")).to_be_visible()
    expect(phone.get_by_text("I do, and teach it.")).to_be_visible()
    expect(phone.get_by_role("heading", name="Still open")).to_be_visible()
    # The log is folded: two taps away, not in the way.
    expect(phone.get_by_role("heading", name="A hard week")).to_be_hidden()
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.locator("#log > summary").click()
    expect(phone.get_by_role("heading", name="A hard week")).to_be_visible()
    assert "For me alone." not in phone.content()
    axe(phone)
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Certificate.pdf").first.click()
    assert Path(download.value.path()).read_bytes() == files.pdf()

    comment(phone, axe)
    expect(phone.get_by_text("Whom did you tell? Bring one example.").first).to_be_visible()
    # For this link alone, and nothing else of ours.
    kept = another_browser.cookies()
    assert {cookie["name"] for cookie in kept} == {"link", "appraiser"}
    assert all(cookie["path"].startswith("/s/") and cookie["httpOnly"] for cookie in kept)

    owner.reload()
    expect(owner.get_by_text("Whom did you tell? Bring one example.")).to_be_visible()
    expect(owner.get_by_text("Dr Ada Khan, by your link").first).to_be_visible()
    axe(owner)
    owner.get_by_role("button", name="Stop the link").click()
    expect(owner.get_by_role("heading", name="It shows nothing now")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("heading", name="This link shows nothing")).to_be_visible()
    axe(phone)
    owner.get_by_role("button", name="Turn the link on again").click()
    expect(owner.locator("#share-address")).to_have_text(address)


def comment(phone: Page, axe: Callable[[Page], None]) -> None:
    """Say who one is, enter the mailed code, comment on the course."""
    phone.get_by_role("link", name="Comment, or mark as discussed").last.click()
    axe(phone)
    phone.get_by_label("Your name").fill("Dr Ada Khan")
    phone.get_by_label("Your e-mail address").fill("khan@example.org")
    phone.get_by_role("button", name="Send me a code").click()
    expect(phone.get_by_role("heading", name="Enter the code from the e-mail")).to_be_visible()
    axe(phone)
    # The worker sends it; here, at once.
    assert send_code(Appraiser.objects.get().pk)
    code = re.search(r"code is (\d{6})", str(mail.outbox[-1].body))
    assert code
    phone.get_by_label("Code from the e-mail").fill(code[1])
    phone.get_by_role("button", name="Confirm my address").click()
    expect(phone.get_by_role("heading", name="Comment on the whole record")).to_be_visible()
    axe(phone)
    phone.get_by_role("link", name="Cancel").click()
    phone.get_by_role("link", name=re.compile("mark as discussed.*Sepsis course")).first.click()
    phone.get_by_role("button", name="Save my comment").click()
    expect(phone.locator("#error-summary")).to_contain_text("Write a comment, or tick")
    axe(phone)
    phone.get_by_role("textbox", name="Comment").fill("Whom did you tell? Bring one example.")
    phone.get_by_label("We have discussed this").check()
    phone.get_by_role("button", name="Save my comment").click()
    expect(phone.get_by_role("heading", name="Dr Amara Osei")).to_be_visible()


def test_choosing_activities(
    live_server: Any,
    clean_page: Page,
    sign_in: Callable[..., User],
    axe: Callable[[Page], None],
    clinician: User,
) -> None:
    sign_in(clinician)
    link = ShareLink.objects.create(
        user=clinician,
        audience="Dr Khan",
        shown_name="Dr Amara Osei",
        first_on=datetime.date(timezone.now().year - 1, 1, 1),
        last_on=datetime.date(timezone.now().year + 1, 12, 31),
        token_sha256="0" * 64,
    )
    clean_page.goto(f"{live_server.url}{link.get_absolute_url()}")
    clean_page.get_by_role("link", name="Choose activities").click()
    axe(clean_page)
    clean_page.get_by_label("Sepsis course").check()
    clean_page.get_by_role("button", name="Save choice").click()
    expect(clean_page.get_by_text("Saved which activities it shows.")).to_be_visible()
    clean_page.get_by_role("link", name="See what they will see").click()
    expect(clean_page.get_by_text("1 activity, 1 h")).to_be_visible()
    assert "A hard week" not in clean_page.content()


def test_a_portfolio_is_shared_as_it_was_made(
    live_server: Any,
    clean_page: Page,
    another_browser: BrowserContext,
    console: Console,
    sign_in: Callable[..., User],
    axe: Callable[[Page], None],
    clinician: User,
    papers_folder: Path,
) -> None:
    console.expect("410")  # What the link answers without its portfolio.
    owner, today = clean_page, clinician.profile.local_date()
    sign_in(clinician)
    choice = Chosen(PackKind.PORTFOLIO, today - datetime.timedelta(days=1), today)
    portfolio = gathered(clinician, choice, today=today).portfolio
    pack = make_pack(by=clinician, pack_id=uuid.uuid4(), portfolio=portfolio)

    owner.goto(f"{live_server.url}{pack.get_absolute_url()}")
    owner.get_by_role("link", name="Share this with your appraiser").click()
    expect(owner.get_by_label("What do you share?")).to_have_value(str(pack.pk))
    expect(owner.get_by_label("From")).to_be_hidden()
    axe(owner)
    owner.get_by_label("What do you share?").select_option(label="Activities of a period")
    expect(owner.get_by_label("From")).to_be_visible()
    owner.get_by_label("What do you share?").select_option(str(pack.pk))
    owner.get_by_label("Who is it for?").fill("Appraisal with Dr Khan")
    owner.get_by_role("button", name="Make the link").click()
    owner.get_by_role("link", name="See what they will see").click()
    expect(owner.get_by_text("It shows 1 reflection, as you chose when you made it.")).to_be_visible()
    assert "For me alone." not in owner.content()
    axe(owner)
    owner.get_by_role("link", name="Back to the link").click()
    owner.get_by_role("button", name="Turn the link on").click()
    address = owner.locator("#share-address").inner_text()
    axe(owner)

    phone = another_browser.new_page()
    console.watch(phone)
    phone.set_viewport_size(PHONE)
    phone.goto(f"{live_server.url}{address[address.index('/s/') :]}")
    expect(phone.get_by_role("heading", name="Dr Amara Osei")).to_be_visible()
    expect(phone.get_by_role("heading", name="A hard week")).to_be_hidden()
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.locator("#log > summary").click()
    expect(phone.get_by_role("heading", name="A hard week")).to_be_visible()
    assert "For me alone." not in phone.content()
    axe(phone)
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Download all of this (PDF)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")

    owner.goto(f"{live_server.url}{pack.get_absolute_url()}delete/")
    expect(owner.get_by_text("1 link shows it.")).to_be_visible()
    axe(owner)
    owner.get_by_role("button", name="Delete it").click()
    expect(owner.get_by_text("Deleted, with its files.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("heading", name="This link shows nothing")).to_be_visible()
