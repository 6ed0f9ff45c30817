"""A portfolio chosen, looked at, made and downloaded, on a small screen; and the page in its ZIP opened from a disk."""

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.conftest import Console, SignIn
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory, EnrolmentFactory, ReflectionFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NARROW: ViewportSize = {"width": 320, "height": 640}
IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
type Checker = Callable[[Page], None]


@pytest.fixture
def reader() -> User:
    return UserFactory(name="Dr Zoë 李明")


@pytest.fixture(autouse=True)
def papers_folder(tmp_path: Path, settings: Any) -> None:
    papers = {"BACKEND": "meducation.lib.whole_storage.WholeFileStorage", "OPTIONS": {"location": str(tmp_path / "p")}}
    settings.STORAGES = settings.STORAGES | {"papers": papers}


def test_a_portfolio_from_the_choice_to_the_file(
    clean_page: Page,
    console: Console,
    sign_in: SignIn,
    reader: User,
    live_server: LiveServer,
    axe: Checker,
    tmp_path: Path,
) -> None:
    console.expect("422")
    page = clean_page
    sign_in(reader)
    today = reader.profile.local_date()
    EnrolmentFactory(user=reader, framework="uk-gmc")
    reflection = ReflectionFactory(user=reader, text="Ask earlier.", is_shareable=True)
    ActivityFactory(user=reader, title="Stays in", done_on=today, reflection=reflection)
    ActivityFactory(user=reader, title="Stays out", done_on=today)
    page.set_viewport_size(NARROW)
    page.goto(f"{live_server.url}/cpd/portfolio/")
    axe(page)
    page.get_by_label("Other days", exact=True).check()
    page.get_by_label("First day").fill((today + datetime.timedelta(days=1)).isoformat())
    page.get_by_label("Last day").fill(today.isoformat())
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    axe(page)
    page.get_by_label("First day").fill((today - datetime.timedelta(days=7)).isoformat())
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="What is missing")).to_be_visible()
    expect(page.get_by_text("Ask earlier.")).to_be_visible()
    assert not page.evaluate(IS_TOO_WIDE)
    axe(page)
    page.get_by_label("Leave it out: Stays out").check()
    page.get_by_role("button", name="Make it").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("CPD portfolio 1")
    expect(page.get_by_role("heading", name="Stays in")).to_be_visible()
    expect(page.get_by_text("Stays out")).to_have_count(0)
    assert not page.evaluate(IS_TOO_WIDE)
    axe(page)

    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    text = "".join(each.extract_text() for each in pypdf.PdfReader(download.value.path()).pages)
    assert "Dr Zoë 李明" in text
    assert "Stays in" in text
    assert "Stays out" not in text

    page.get_by_role("button", name="Make the ZIP with evidence files").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the ZIP with evidence files").click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as bundle:
        bundle.extractall(tmp_path / "bundle")
    page.goto((tmp_path / "bundle" / "index.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("CPD portfolio")
    expect(page.get_by_text("Ask earlier.")).to_be_visible()
