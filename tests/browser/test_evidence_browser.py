"""Evidence files on a phone: chosen, seen to come, there; and a network that breaks off in the middle."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from cpd.evidence.storing import storage
from cpd.models import Activity, Evidence
from tests.browser.conftest import NOTE_VIOLATIONS, Console, SignIn, close_quietly
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory
from tests.support import files

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("evidence_folder"),
]
PARTS = "**/cpd/evidence/uploads/*/?offset=*"
type Checker = Callable[[Page], None]


@pytest.fixture
def reader() -> User:
    return UserFactory()


@pytest.fixture
def activity(reader: User) -> Activity:
    return ActivityFactory(user=reader, title="Wound care day")


@pytest.fixture
def phone(live_server: LiveServer, browser: Browser, context: BrowserContext) -> Iterator[BrowserContext]:
    """A telephone: narrow, with a finger for a pointer."""
    phone = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True, locale="en-GB")
    phone.add_init_script(NOTE_VIOLATIONS)
    yield phone
    close_quietly(phone)
    phone.close()


@pytest.fixture
def page(phone: BrowserContext, sign_in: SignIn, reader: User, console: Console) -> Iterator[Page]:
    """The reader's, on the telephone; fails on what its console shows."""
    sign_in(reader, on=phone)
    page = phone.new_page()
    console.watch(page)
    yield page
    assert console.unexpected == []
    assert page.evaluate("window.policyViolations ?? []") == []


def choose(page: Page, button: str, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button, exact=True).click()
    chooser.value.set_files(path)


def kept(name: str) -> bytes:
    """What is stored under that name."""
    with storage().open(Evidence.objects.get(name=name, deleted_at=None).stored_as) as file:
        return bytes(file.read())


def test_a_photo_and_a_file_are_added_deleted_and_put_back(
    page: Page, live_server: LiveServer, activity: Activity, tmp_path: Path, axe: Checker
) -> None:
    certificate, photo = tmp_path / "Certificate.pdf", tmp_path / "IMG_7.jpg"
    certificate.write_bytes(files.pdf(size=900_000))
    photo.write_bytes(files.photo_with_place())
    page.goto(f"{live_server.url}{activity.get_absolute_url()}")
    panel = page.get_by_role("region", name="Files")
    expect(panel.get_by_text("None yet.")).to_be_visible()
    choose(page, "Choose a file", certificate)
    expect(panel.get_by_role("link", name="Certificate.pdf")).to_be_visible()
    expect(panel.get_by_role("progressbar")).to_have_count(0)
    choose(page, "Take a photo", photo)
    expect(panel.get_by_role("link", name="IMG_7.jpg")).to_be_visible()
    assert kept("Certificate.pdf") == certificate.read_bytes()
    assert b"SecretCameraMaker" not in kept("IMG_7.jpg")
    axe(page)
    with page.expect_download() as download:
        panel.get_by_role("link", name="Certificate.pdf").click()
    assert download.value.suggested_filename == "Certificate.pdf"
    panel.get_by_role("button", name="Delete IMG_7.jpg").click()
    expect(panel.get_by_role("link", name="IMG_7.jpg")).to_have_count(0)
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("link", name="IMG_7.jpg")).to_be_visible()
    choose(page, "Choose a file", certificate)
    expect(panel.get_by_text("This activity has this file already.", exact=True)).to_be_visible()
    axe(page)


def test_a_file_that_is_not_taken_is_told_why(
    page: Page, live_server: LiveServer, activity: Activity, tmp_path: Path, console: Console
) -> None:
    console.expect("422")
    page_as_pdf = tmp_path / "certificate.pdf"
    page_as_pdf.write_bytes(b"<!DOCTYPE html><title>Certificate</title>")
    page.goto(f"{live_server.url}{activity.get_absolute_url()}")
    panel = page.get_by_role("region", name="Files")
    choose(page, "Choose a file", page_as_pdf)
    expect(panel.get_by_text("This is a web page or a script, whatever its name says.").first).to_be_visible()
    panel.get_by_role("button", name="Dismiss").click()
    expect(panel.get_by_text("This is a web page or a script").locator("visible=true")).to_have_count(1)
    assert not Evidence.objects.exists()


def test_an_upload_goes_on_where_the_network_broke_off(
    page: Page, live_server: LiveServer, activity: Activity, tmp_path: Path, console: Console
) -> None:
    console.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    large = tmp_path / "Programme.pdf"
    large.write_bytes(files.pdf(size=2_000_000))
    offsets: list[int] = []
    broken = True

    def note(request: Request) -> None:
        if "?offset=" in request.url:
            offsets.append(int(request.url.partition("=")[2]))

    def break_off(route: Route) -> None:
        if broken and int(route.request.url.partition("=")[2]) >= 800_000:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.on("request", note)
    page.route(PARTS, break_off)
    page.goto(f"{live_server.url}{activity.get_absolute_url()}")
    panel = page.get_by_role("region", name="Files")
    choose(page, "Choose a file", large)
    expect(panel.get_by_text("No connection. What has come is kept")).to_be_visible()
    expect(panel.get_by_role("progressbar")).to_be_visible()
    reached = max(offsets)
    assert 0 < reached < large.stat().st_size
    # The page is opened anew, and the same file chosen again.
    page.reload()
    offsets.clear()
    choose(page, "Choose a file", large)
    expect(panel.get_by_text("No connection. What has come is kept")).to_be_visible()
    assert min(offsets) == reached
    broken = False
    expect(panel.get_by_role("link", name="Programme.pdf")).to_be_visible(timeout=20_000)
    assert hashlib.sha256(kept("Programme.pdf")).digest() == hashlib.sha256(large.read_bytes()).digest()


def test_a_cancelled_upload_leaves_nothing(
    page: Page, live_server: LiveServer, activity: Activity, reader: User, tmp_path: Path, console: Console
) -> None:
    console.expect("ERR_INTERNET_DISCONNECTED")
    large = tmp_path / "Programme.pdf"
    large.write_bytes(files.pdf(size=500_000))
    page.route(PARTS, lambda route: route.abort("internetdisconnected"))
    page.goto(f"{live_server.url}{activity.get_absolute_url()}")
    panel = page.get_by_role("region", name="Files")
    choose(page, "Choose a file", large)
    expect(panel.get_by_text("No connection. What has come is kept")).to_be_visible()
    with page.expect_response("**/cancel/") as answer:
        panel.get_by_role("button", name="Cancel Programme.pdf").click()
    assert answer.value.status == 204
    expect(panel.get_by_text("Programme.pdf").locator("visible=true")).to_have_count(1)
    assert not reader.unfinished_uploads.exists() and not Evidence.objects.exists()


def test_a_file_chosen_on_the_form_is_the_activitys_once_it_is_saved(
    page: Page, live_server: LiveServer, reader: User, tmp_path: Path, axe: Checker
) -> None:
    certificate = tmp_path / "Certificate.pdf"
    certificate.write_bytes(files.pdf())
    page.goto(f"{live_server.url}/cpd/activities/new/")
    page.get_by_label("What did you do?").fill("A course")
    page.get_by_label("Minutes", exact=True).fill("45")
    choose(page, "Choose a file", certificate)
    panel = page.get_by_role("region", name="Files")
    expect(panel.get_by_role("link", name="Certificate.pdf")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Save to my CPD").click()
    expect(page.get_by_role("heading", name="A course", level=1)).to_be_visible()
    expect(panel.get_by_role("link", name="Certificate.pdf")).to_be_visible()
    assert reader.activities.get().evidence.count() == 1
