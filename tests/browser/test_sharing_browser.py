"""Citing an article and following the site, in a real browser: no policy is broken, and words are copied."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories.articles import ArticleFactory, AuthorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_article_is_cited_and_its_file_taken_along(
    live_server: Any, clean_page: Page, axe: Callable[..., None], tmp_path: Path
) -> None:
    author = AuthorFactory(name="Dr Nicole Chalmers", family_name="Chalmers")
    ArticleFactory(published=True, title="Soap </script><script>alert(1)</script>", slug="soap", author=author)
    page = clean_page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto(f"{live_server.url}/articles/soap/")
    section = page.get_by_role("region", name="How to cite this article")
    expect(section).to_contain_text(
        "Chalmers N. Soap </script><script>alert(1)</script> [Internet]. Meducation; 2026 Jan 1"
    )
    section.get_by_role("button", name="Copy the citation").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == section.locator("#citation").inner_text()
    for name, first in (("Download BibTeX", "@misc{meducation-soap,"), ("Download RIS", "TY  - ELEC")):
        with page.expect_download() as taken:
            section.get_by_role("link", name=name).click()
        taken.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(first)
    axe(page)


def test_the_list_leads_to_its_feed(live_server: Any, clean_page: Page) -> None:
    ArticleFactory(published=True)
    page = clean_page
    page.goto(f"{live_server.url}/articles/")
    link = page.get_by_role("link", name="Follow all articles")
    answer = page.request.get(f"{live_server.url}{link.get_attribute('href')}")
    assert answer.ok and answer.headers["content-type"].startswith("application/atom+xml")
