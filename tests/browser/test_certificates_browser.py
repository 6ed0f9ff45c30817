"""A certificate made from an activity, checked by a stranger on a phone, file and all; and withdrawn."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from cpd.certificates import code_of
from cpd.models import Certificate
from tests.browser.conftest import Console, SignIn, close_quietly
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import CertificateFactory, ReadActivityFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NARROW: ViewportSize = {"width": 320, "height": 640}
IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
type Checker = Callable[[Page], None]


@pytest.fixture
def reader() -> User:
    return UserFactory(name="Dr Amara Osei")


def test_from_the_activity_to_a_stranger_who_compares_the_file(
    clean_page: Page,
    console: Console,
    sign_in: SignIn,
    another_browser: BrowserContext,
    reader: User,
    live_server: LiveServer,
    axe: Checker,
    tmp_path: Path,
) -> None:
    page = clean_page
    page.set_viewport_size(NARROW)
    sign_in(reader)
    article = ArticleFactory(title="Sepsis in the first hour", published=True)
    activity = ReadActivityFactory(user=reader, article=article)

    page.goto(f"{live_server.url}{activity.get_absolute_url()}")
    page.get_by_role("link", name="Make a certificate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Make a certificate")
    expect(page.get_by_text("Dr Amara Osei")).to_be_visible()
    axe(page)
    assert not page.evaluate(IS_TOO_WIDE)
    page.get_by_role("button", name="Make certificate").click()
    expect(page.get_by_role("heading", name="Valid")).to_be_visible()
    axe(page)
    assert not page.evaluate(IS_TOO_WIDE)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PDF").click()
    issued = tmp_path / "issued.pdf"
    download.value.save_as(issued)
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(issued.read_bytes().replace(b"PDF-1", b"PDF-2", 1))

    code = code_of(Certificate.objects.get())
    phone = another_browser.new_page()
    console.watch(phone)
    phone.set_viewport_size(NARROW)
    phone.goto("/verify/")
    axe(phone)
    phone.get_by_label("Code of the certificate").fill(code.lower().replace("-", " "))
    phone.get_by_role("button", name="Check certificate").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sepsis in the first hour")
    expect(phone.get_by_text("Dr Amara O.")).to_be_visible()
    expect(phone.get_by_text("Dr Amara Osei")).to_have_count(0)
    axe(phone)
    assert not phone.evaluate(IS_TOO_WIDE)
    for file, said in ((issued, "This is the file issued."), (changed, "This is not the file issued.")):
        phone.get_by_label("The certificate as a PDF").set_input_files(file)
        phone.get_by_role("button", name="Compare this file").click()
        expect(phone.get_by_text(said)).to_be_visible()
    axe(phone)


def test_without_script_the_file_is_compared_by_the_server(
    live_server: LiveServer, browser: Browser, context: BrowserContext, reader: User
) -> None:
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{live_server.url}/verify/{code_of(CertificateFactory(user=reader))}/")
    page.get_by_label("The certificate as a PDF").set_input_files(
        {"name": "other.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 another"}
    )
    page.get_by_role("button", name="Compare this file").click()
    expect(page.get_by_text("This is not the file issued.")).to_be_visible()
    close_quietly(plain)
    plain.close()


def test_a_withdrawn_certificate_says_so_until_it_stands_again(
    clean_page: Page,
    sign_in: SignIn,
    another_browser: BrowserContext,
    reader: User,
    live_server: LiveServer,
    axe: Checker,
) -> None:
    sign_in(reader)
    certificate = CertificateFactory(user=reader)
    address = f"/verify/{code_of(certificate)}/"
    page, visitor = clean_page, another_browser.new_page()
    page.goto(f"{live_server.url}{certificate.get_absolute_url()}")
    page.get_by_role("button", name="Withdraw certificate").click()
    expect(page.get_by_role("heading", name="Withdrawn")).to_be_visible()
    axe(page)
    visitor.goto(address)
    expect(visitor.get_by_role("heading", name="Withdrawn")).to_be_visible()
    axe(visitor)
    page.get_by_role("button", name="Let it stand again").click()
    expect(page.get_by_role("heading", name="Valid")).to_be_visible()
    visitor.goto(address)
    expect(visitor.get_by_role("heading", name="Valid")).to_be_visible()
    page.goto(f"{live_server.url}/cpd/certificates/")
    expect(page.get_by_role("link", name=certificate.article_title)).to_be_visible()
    axe(page)


def test_an_unknown_code_is_told_beside_the_field(
    clean_page: Page, console: Console, live_server: LiveServer, axe: Checker
) -> None:
    console.expect("404", "422")
    clean_page.goto(f"{live_server.url}/verify/3333-3333-3333/")
    expect(clean_page.get_by_role("heading", name="There is a problem")).to_be_visible()
    axe(clean_page)
    clean_page.get_by_label("Code of the certificate").fill("nonsense")
    clean_page.get_by_role("button", name="Check certificate").click()
    expect(clean_page.get_by_label("Code of the certificate")).to_have_value("nonsense")
