"""Leaving and coming back, in a browser: export, download, bring back; read-only; closing and staying."""

import json
import uuid
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import User
from cpd.actions.evidence import add_evidence
from cpd.archive.work import work_on_archive
from cpd.models import Activity, AuditEvent
from tests.browser.conftest import Console
from tests.factories.accounts import UserFactory
from tests.factories.cpd import (
    ActivityFactory,
    AppraiserFactory,
    AuditEventFactory,
    GoalFactory,
    ReflectionFactory,
    ShareCommentFactory,
    ShareLinkFactory,
)
from tests.support import files

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("evidence_folder"),
]


def test_somebody_leaves_with_everything_and_comes_back(
    live_server: Any,
    clean_page: Page,
    sign_in: Callable[..., User],
    axe: Callable[[Page], None],
    console: Console,
    tmp_path: Path,
) -> None:
    console.expect("422")
    user = sign_in(UserFactory())
    email = user.email
    ActivityFactory(user=user, title="Regional conference", reflection=ReflectionFactory(user=user))
    page = clean_page
    page.goto(f"{live_server.url}/accounts/")
    page.get_by_role("link", name="Your data").click()
    axe(page)
    page.get_by_role("button", name="Export everything").click()
    expect(page.get_by_role("heading", name="Exporting everything")).to_be_visible()
    axe(page)
    work_on_archive.call(str(user.archives.get().pk))
    # The page asks by itself whether it is ready.
    expect(page.get_by_role("heading", name="Your export is ready")).to_be_visible(timeout=15_000)
    axe(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the export").click()
    export = tmp_path / "export.zip"
    download.value.save_as(export)
    user.delete()

    back = sign_in(UserFactory(email=email))
    page.goto(f"{live_server.url}/cpd/leaving/bring-back/")
    axe(page)
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_role("link", name="Choose the file first.")).to_be_visible()
    page.get_by_label("Export").set_input_files(export)
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_role("heading", name="Bringing back your export")).to_be_visible()
    work_on_archive.call(str(back.archives.get().pk))
    expect(page.get_by_role("heading", name="Your record is back")).to_be_visible(timeout=15_000)
    axe(page)
    assert Activity.objects.get(user=back).title == "Regional conference"
    page.goto(f"{live_server.url}/cpd/activities/")
    expect(page.get_by_role("link", name="Regional conference")).to_be_visible()


@pytest.mark.slow
def test_a_wiped_database_comes_back_from_the_export(
    live_server: Any, clean_page: Page, sign_in: Callable[..., User], tmp_path: Path
) -> None:
    """With a file, a plan and what an appraiser said; exporting again lists the same files with the same hashes."""
    user = sign_in(UserFactory())
    email, name = user.email, user.name
    activity = ActivityFactory(user=user, title="Regional conference", reflection=ReflectionFactory(user=user))
    paper = files.pdf()
    added = add_evidence(by=user, evidence_id=uuid.uuid4(), activity_id=activity.pk, file=BytesIO(paper), name="a.pdf")
    GoalFactory(user=user, title="Read an ECG in order")
    link = ShareLinkFactory(user=user, is_on=True)
    ShareCommentFactory(appraiser=AppraiserFactory(link=link), words="A full year.")
    page = clean_page
    first = export_everything(page, live_server.url, user, tmp_path / "first.zip")
    kept = added.evidence.sha256

    call_command("flush", interactive=False, verbosity=0)
    assert not User.objects.exists() and not AuditEvent.objects.exists()
    page.context.clear_cookies()
    back = sign_in(UserFactory(email=email, name=name))
    page.goto(f"{live_server.url}/cpd/leaving/bring-back/")
    page.get_by_label("Export").set_input_files(tmp_path / "first.zip")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_role("heading", name="Bringing back your export")).to_be_visible()
    work_on_archive.call(str(back.archives.get().pk))
    expect(page.get_by_role("heading", name="Your record is back")).to_be_visible(timeout=15_000)

    page.goto(f"{live_server.url}{activity.get_absolute_url()}")
    expect(page.get_by_role("heading", name="Regional conference")).to_be_visible()
    expect(page.get_by_role("link", name="a.pdf")).to_be_visible()
    assert back.evidence.get().sha256 == kept
    back.archives.all().delete()
    second = export_everything(page, live_server.url, back, tmp_path / "second.zip")
    assert {each["name"]: each["sha256"] for each in second["files"]} == {
        each["name"]: each["sha256"] for each in first["files"]
    }
    # Last: its owner has then seen the comment, which is kept.
    page.goto(f"{live_server.url}{link.get_absolute_url()}")
    expect(page.get_by_text("A full year.")).to_be_visible()


def export_everything(page: Page, site: str, user: User, to: Path) -> Any:
    """Export in the browser, as its owner does; the manifest."""
    page.goto(f"{site}/cpd/leaving/")
    page.get_by_role("button", name="Export everything").click()
    expect(page.get_by_role("heading", name="Exporting everything")).to_be_visible()
    work_on_archive.call(str(user.archives.get().pk))
    expect(page.get_by_role("heading", name="Your export is ready")).to_be_visible(timeout=15_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the export").click()
    download.value.save_as(to)
    with ZipFile(to) as archive:
        return json.loads(archive.read("manifest.json"))


def test_a_record_is_made_read_only_and_the_log_says_so(
    live_server: Any, clean_page: Page, sign_in: Callable[..., User], axe: Callable[[Page], None]
) -> None:
    user = sign_in(UserFactory())
    AuditEventFactory(owner=user)
    page = clean_page
    page.goto(f"{live_server.url}/cpd/leaving/")
    page.get_by_role("button", name="Make my record read-only").click()
    expect(page.get_by_text("Your record is read-only now.")).to_be_visible()
    axe(page)
    page.goto(f"{live_server.url}/cpd/")
    expect(page.get_by_role("complementary", name="Your record is read-only")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Open it for changes").click()
    page.get_by_role("link", name="Who saw what").click()
    expect(page.get_by_text("Record made read-only")).to_be_visible()
    expect(page.get_by_text("Dr A. Jones, by your link")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Seen by others").click()
    expect(page.get_by_text("Link opened")).to_be_visible()
    expect(page.get_by_text("Record made read-only")).to_have_count(0)


def test_an_account_is_to_be_closed_and_stays(
    live_server: Any, clean_page: Page, sign_in: Callable[..., User], axe: Callable[[Page], None]
) -> None:
    sign_in(UserFactory())
    page = clean_page
    page.goto(f"{live_server.url}/cpd/leaving/")
    page.get_by_role("link", name="Close my account").click()
    expect(page.get_by_role("heading", name="What stays, and why")).to_be_visible()
    axe(page)
    page.get_by_label("I have what I want to keep").check()
    page.get_by_role("button", name="Close my account in 30 days").click()
    expect(page.get_by_role("button", name="Keep my account")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Keep my account").click()
    expect(page.get_by_text("Your account stays.")).to_be_visible()
