"""The article that Meducation grew from, put in through the form an author uses, and read.

Its text is not ours to publish, so it is not in this repository: it is read from beside it, or from where
MEDUCATION_SEED_ARTICLE says.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils.html import escape

from articles.models import Article, Author
from meducation.lib import page_cache
from tests.articles.test_admin import ADD, form, rows
from tests.factories.accounts import UserFactory

SHARED = Path(__file__).resolve().parent.parent.parent.parent / "shared"
PLACE = Path(os.environ.get("MEDUCATION_SEED_ARTICLE") or SHARED / "seed-article.txt")

BYLINE = "Written by Nicole Chalmers · Monday 9th December 2013"


@dataclass(frozen=True)
class Seed:
    """The parts of the file, in its own words."""

    title: str
    paragraphs: list[str]
    headings: list[str]
    body: str
    thanks: str


@pytest.fixture(scope="module")
def seed() -> Seed:
    if not PLACE.exists() and "MEDUCATION_SEED_ARTICLE" not in os.environ and not SHARED.exists():
        pytest.skip("the seed article is not beside this repository; name it in MEDUCATION_SEED_ARTICLE")
    lines = [line.strip() for line in PLACE.read_text(encoding="utf-8").splitlines() if line.strip()]
    place = lines.index(BYLINE)
    thanks = lines[-1]
    assert thanks.startswith("Thank you")
    text = lines[place + 1 : -1]
    headings = [line for line in text if re.match(r"\d\. ", line)]
    body = "".join(f"<h2>{escape(line)}</h2>" if line in headings else f"<p>{escape(line)}</p>" for line in text)
    return Seed(
        title=lines[place - 1],
        paragraphs=[line for line in text if line not in headings],
        headings=headings,
        body=body,
        thanks=thanks,
    )


@pytest.mark.django_db
def test_the_seed_article_comes_out_as_it_went_in(seed: Seed) -> None:
    page_cache.store.clear()
    author = Author.objects.create(name="Nicole Chalmers", slug="nicole-chalmers")
    desk = Client()
    desk.force_login(UserFactory(role="editor"))
    sent = form(
        "_publish",
        title=seed.title,
        slug="five-top-tips",
        standfirst="Why it pays to take part.",
        body=seed.body,
        acknowledgement=seed.thanks,
        publish_at_0="09/12/2013",
        publish_at_1="09:00",
        **rows("bylines", {"position": "1", "author": author.pk}),
    )
    response = desk.post(ADD, sent, follow=True)
    assert "Published as revision 1." in BeautifulSoup(response.content, "html.parser").get_text(), response.content
    assert Article.objects.get().published_on == "Monday 9th December 2013"

    page = BeautifulSoup(Client().get("/articles/five-top-tips/").content, "html.parser")
    article = page.select_one("article.prose")
    byline, heading = page.select_one(".byline"), page.h1
    assert article is not None
    assert byline is not None
    assert heading is not None
    assert heading.get_text() == seed.title
    assert byline.get_text() == BYLINE
    assert len(seed.headings) == 5
    assert [part.get_text() for part in article.find_all("h2")] == seed.headings
    assert [part.get_text() for part in article.find_all("p")] == seed.paragraphs
    assert [part.get_text() for part in page.select(".article-layout .prose p")][-1] == seed.thanks
    assert len(page.select("nav.contents--beside li")) == 5
