"""Sitemaps, robots.txt, security.txt and canonical links: what other programs are told about the site."""

import datetime
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import sitemaps
from articles.models import Article, Significance, Status
from meducation.lib import page_cache
from tests.factories.articles import PUBLISHED_AT, ArticleFactory, AuthorFactory, RevisionFactory, TopicFactory

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    page_cache.store.clear()


def listed(path: str) -> dict[str, str | None]:
    """Addresses of a sitemap or an index, and when they changed."""
    page_cache.store.clear()
    response = Client().get(path)
    assert response.status_code == 200 and response.headers["Content-Type"] == "application/xml; charset=utf-8"
    root = ET.fromstring(response.content)  # noqa: S314 (what we wrote ourselves)
    return {str(item.findtext(f"{SPACE}loc")): item.findtext(f"{SPACE}lastmod") for item in root}


def everything() -> dict[str, str | None]:
    """All pages of all parts."""
    found: dict[str, str | None] = {}
    for part in listed("/sitemap.xml"):
        found |= listed(part.removeprefix(SITE))
    return found


def test_the_sitemap_has_every_page_anybody_may_read_and_no_other() -> None:
    article = ArticleFactory(slug="soap", published=True, author=AuthorFactory(slug="ada"))
    article.topics.add(TopicFactory(slug="hygiene"))
    ArticleFactory(slug="draft", author=AuthorFactory(slug="nobody")).topics.add(TopicFactory(slug="nothing"))
    later = timezone.now() + datetime.timedelta(days=1)
    ArticleFactory(slug="later", published=True, publish_at=later)
    pages = everything()
    assert {f"{SITE}/", f"{SITE}/articles/", f"{SITE}/articles/soap/", f"{SITE}/privacy/"} <= pages.keys()
    assert {f"{SITE}/articles/topics/hygiene/", f"{SITE}/articles/authors/ada/"} <= pages.keys()
    assert f"{SITE}/cpd/requirements/frameworks/uk-nmc/" in pages
    assert not [page for page in pages if re.search("draft|later|nobody|nothing", page)]
    for page in pages:
        assert Client().get(page.removeprefix(SITE)).status_code == 200, page


def test_lastmod_is_the_last_real_change() -> None:
    first, second = ArticleFactory(slug="first", published=True), ArticleFactory(slug="second", published=True)
    for day, significance in ((3, Significance.CORRECTION), (9, Significance.EDITORIAL)):
        at = PUBLISHED_AT + datetime.timedelta(days=day)
        first.revision = RevisionFactory(article=first, significance=significance, live_from=at)
    first.save()
    second.status, second.retired_at = Status.RETIRED, PUBLISHED_AT + datetime.timedelta(days=1)
    second.save()
    pages = everything()
    assert pages[f"{SITE}/articles/first/"] == "2026-01-04T09:00:00Z"
    assert pages[f"{SITE}/articles/second/"] == "2026-01-02T09:00:00Z"
    parts = listed("/sitemap.xml")
    assert {changed for part, changed in parts.items() if "-articles-" in part} == {"2026-01-04T09:00:00Z"}


def test_a_sitemap_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "SPAN", 2)
    articles = [ArticleFactory(published=True) for _ in range(5)]
    parts = [part for part in listed("/sitemap.xml") if "-articles-" in part]
    assert 3 <= len(parts) <= 4
    pages = [page for part in parts for page in listed(part.removeprefix(SITE))]
    assert pages == [f"{SITE}{article.get_absolute_url()}" for article in articles]


def test_a_part_reads_nothing_long() -> None:
    article = ArticleFactory(published=True)
    with CaptureQueriesContext(connection) as queries:
        sitemaps.parts()
        sitemaps.entries("articles", (article.pk - 1) // sitemaps.SPAN + 1)
    for query in queries:
        assert not re.search(r'"(body|rendered|details|standfirst)"', query["sql"])


def test_robots_names_the_sitemap_and_keeps_the_rest() -> None:
    lines = Client().get("/robots.txt").text.splitlines()
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    assert {"User-agent: *", "Disallow: /cpd/", "Disallow: /accounts/", "Disallow: /admin/"} <= set(lines)


def test_security_txt_says_whom_to_tell_and_is_never_out_of_date(settings: Any) -> None:
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    response = Client().get("/.well-known/security.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert fields["Contact"] == "mailto:security@example.org"
    assert fields["Canonical"] == f"{SITE}/.well-known/security.txt"
    left = datetime.datetime.fromisoformat(fields["Expires"]) - timezone.now()
    assert datetime.timedelta(days=90) < left < datetime.timedelta(days=365)


# --- Canonical links -------------------------------------------------------------------------------------------------


def canonical(path: str) -> str | None:
    page_cache.store.clear()
    link = BeautifulSoup(Client().get(path).text, "html.parser").select_one("link[rel=canonical]")
    return str(link["href"]) if link is not None else None


def test_every_page_of_the_sitemap_names_itself() -> None:
    article = ArticleFactory(published=True)
    article.topics.add(TopicFactory())
    for page in everything():
        assert canonical(page.removeprefix(SITE)) == page


@pytest.mark.parametrize("path", ["/", "/articles/", "/articles/soap/", "/articles/topics/hygiene/", "/privacy/"])
def test_a_query_makes_no_other_page(path: str) -> None:
    ArticleFactory(slug="soap", published=True).topics.add(TopicFactory(slug="hygiene"))
    assert canonical(f"{path}?utm_source=elsewhere&x=%22%3E%3Cscript%3E") == f"{SITE}{path}"


# --- Addresses that are spoken for -----------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["feed", "topics", "authors", "preview", "images"])
def test_an_article_cannot_have_the_address_of_another_page(slug: str) -> None:
    article = ArticleFactory()
    article.slug = slug
    with pytest.raises(ValidationError) as refused:
        article.full_clean()
    assert refused.value.message_dict["slug"] == [f"“{slug}” is the address of another page. Choose a different one."]


def test_no_article_is_hidden_behind_a_page_of_ours() -> None:
    """Whatever stands beside the articles' own address: each fixed first part is refused."""
    from django.urls import get_resolver

    fixed = {
        match.group()
        for pattern in get_resolver("articles.urls").url_patterns
        if (match := re.match(r"^[\w-]+(?=/)", str(pattern.pattern)))
    }
    assert {"feed", "topics", "authors"} <= fixed
    for slug in fixed:
        with pytest.raises(ValidationError):
            Article(slug=slug).clean_fields(exclude=["title", "standfirst"])


@pytest.mark.parametrize("slug", ["feeds", "topic", "2026", "a", "-"])
def test_other_words_are_free(slug: str) -> None:
    article: Article = ArticleFactory()
    article.slug = slug
    article.full_clean()
    ArticleFactory(published=True, slug=f"{slug}x")
    assert Client().get(f"/articles/{slug}x/").status_code == 200


def test_topics_and_authors_are_checked_as_well() -> None:
    TopicFactory().full_clean()
    AuthorFactory().full_clean()
