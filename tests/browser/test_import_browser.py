"""An imported draft at the desk: the editor understands what the import wrote, and keeps it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from PIL import Image as PillowImage
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.models import User
from articles.models import Article
from tests.articles.test_import_posts import WORDPRESS
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shape(body: str) -> list[str]:
    """Its elements and words, without the paragraphs that the editor puts into items and cells."""
    soup = BeautifulSoup(re.sub(r">\s+<", "><", body), "html.parser")
    for paragraph in soup.select("li > p, td > p, th > p"):
        paragraph.unwrap()
    return [f"{tag.name} {' '.join(tag.get_text(' ').split())}" for tag in soup.find_all(True)]


def test_an_imported_draft_is_opened_and_edited(
    live_server: Any,
    clean_page: Page,
    sign_in: Callable[..., User],
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "library"
    media = tmp_path / "uploads"
    (media / "2013" / "12").mkdir(parents=True)
    PillowImage.new("RGB", (600, 400), "teal").save(media / "2013" / "12" / "basin.png")
    editor = sign_in(UserFactory(administrator=True, name="Ed Itor"))
    call_command("import_posts", str(WORDPRESS), media=media, by=editor.email, verbosity=0)
    article = Article.objects.get(slug="soap-and-water")
    before = shape(article.body)
    assert {element.split()[0] for element in before} >= {"br", "figure", "figcaption", "h2", "h3", "li", "td", "a"}

    page = clean_page
    page.goto(f"{live_server.url}/admin/articles/article/{article.pk}/change/")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("The text says “[Picture missing: gone.jpg]”")).to_be_visible()
    page.get_by_role("textbox", name="Body").get_by_text("The first line").click(position={"x": 2, "y": 5})
    page.keyboard.press("Home")
    page.keyboard.type("Now: ")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Saved. Readers do not see it until it is published.")).to_be_visible()
    article.refresh_from_db()
    assert "Now: The first line" in article.body
    assert shape(article.body.replace("Now: ", "")) == before
