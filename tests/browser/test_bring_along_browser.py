"""Bringing a file from elsewhere in a real browser, on a phone: upload, columns, preview, import, undo."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from cpd.importing.work import work_on_import
from cpd.models import ImportState
from tests.factories.accounts import UserFactory
from tests.factories.cpd import ActivityFactory, ImportFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILE = (
    "Titel;Datum;Stunden;Art;Überlegung\n"
    "Café talk – a very long title about anticoagulation in the old and the frail;01.02.2025;1,5;Balint;I will ask.\n"
    "Twice;03.04.2025;1;Course;\n"
    "Twice;03.04.2025;1;Course;\n"
    "No time;05.06.2025;;Course;\n"
).encode("cp1252")


@pytest.fixture(autouse=True)
def own_storage(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "imports": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "imports"},
        }
    }


def give(page: Page, name: str, content: bytes) -> None:
    file: Any = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.get_by_label("File", exact=True).set_input_files(file)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_file_with_semicolons_from_upload_to_undo_and_back(
    live_server: Any,
    clean_page: Page,
    console: Any,
    axe: Callable[..., None],
    sign_in: Callable[..., User],
    width: int,
) -> None:
    page, user = clean_page, sign_in(UserFactory())
    kept = ActivityFactory(user=user)
    console.expect("422")
    page.set_viewport_size({"width": width, "height": 700})

    def look() -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    page.goto(f"{live_server.url}/cpd/")
    page.get_by_role("link", name="Bring activities from elsewhere").click()
    look()
    page.get_by_role("button", name="Upload and look at it").click()
    page.get_by_role("link", name=re.compile("Choose the file first")).click()
    expect(page.get_by_label("File", exact=True)).to_be_focused()
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "punkte.csv", "mimeType": "text/csv", "buffer": FILE}
    )
    page.get_by_role("button", name="Upload and look at it").click()

    expect(page.get_by_role("heading", name="Which column is what?")).to_be_visible()
    look()
    # What could be two different days is asked about.
    page.get_by_role("button", name="Show the preview").click()
    expect(page.locator("#error-summary")).to_contain_text("Say which comes first")
    look()
    page.get_by_label("The day first").check()
    page.get_by_label(re.compile("^Reflection: what happened")).select_option(label="Überlegung (like “I will ask.”)")
    page.get_by_label(re.compile("^Kind")).select_option(label="Art (like “Balint”)")
    page.get_by_role("button", name="Show the preview").click()

    expect(page.get_by_role("heading", name="Look before you import")).to_be_visible()
    look()
    expect(page.get_by_text("1 February 2025")).to_be_visible()
    expect(page.get_by_text("1 h 30 min")).to_be_visible()
    expect(page.get_by_text("There is nothing in the column of the time.").first).to_be_visible()
    page.get_by_role("button", name="Import 2 activities").click()

    expect(page.get_by_text("2 activities are in your record from this file.")).to_be_visible()
    look()
    assert user.activities.kept().count() == 3
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("What this file brought is out of your record again.")).to_be_visible()
    look()
    assert list(user.activities.kept()) == [kept]
    page.get_by_role("button", name="Bring them back").click()
    expect(page.get_by_text("2 activities are in your record from this file.")).to_be_visible()
    assert user.activities.kept().count() == 3


def test_work_in_the_background_shows_how_far_it_is_and_then_what_came_of_it(
    live_server: Any, clean_page: Page, axe: Callable[..., None], sign_in: Callable[..., User]
) -> None:
    page, user = clean_page, sign_in(UserFactory())
    lines = "".join(f"Course {number},2025-02-01,30\n" for number in range(15_000))
    page.goto(f"{live_server.url}/cpd/portfolio/import/")
    content = f"Title,Date,Minutes\n{lines}".encode()
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "big.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Upload and look at it").click()
    expect(page.get_by_role("heading", name="Reading the file")).to_be_visible()
    expect(page.get_by_text("Waiting for its turn.")).to_be_visible()
    axe(page)
    brought = user.imports.get()
    assert work_on_import.call(str(brought.pk)) == ImportState.READ
    # The page notices by itself.
    expect(page.get_by_role("heading", name="Which column is what?")).to_be_visible(timeout=15_000)


def test_without_javascript_the_page_has_a_link(
    live_server: Any, browser: Any, sign_in: Callable[..., User], own_storage: None
) -> None:
    user = UserFactory()
    brought = ImportFactory(user=user, state="running", rows=600)
    context = browser.new_context(java_script_enabled=False)
    sign_in(user, on=context)
    page = context.new_page()
    page.goto(f"{live_server.url}{brought.get_absolute_url()}")
    page.get_by_role("link", name="See how far it is").click()
    expect(page.get_by_text("Waiting for its turn.")).to_be_visible()
    context.close()
