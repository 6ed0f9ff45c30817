"""Pages for readers."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from articles.models import Article, Byline, Reference, Status
from articles.previews import SALT, preview_address
from meducation.lib import page_cache
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AuthorFactory, RevisionFactory, TopicFactory
from tests.factories.cpd import SittingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    page_cache.store.clear()
    yield
    page_cache.store.clear()


def words(response: Any) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture
def article() -> Article:
    """A published one with everything a page can show."""
    article = ArticleFactory(
        title="Soap",
        slug="soap",
        standfirst="Why it works.",
        body="<h2>How</h2><p>Like this [1]. And [1].</p><h2>When</h2><p>Often.</p>",
        acknowledgement="Thank you, Dee.",
        learning_objectives="Wash\nDry",
        competing_interests="None declared.",
        funding="A charity.",
        reviewed_by="Eve, FRCP",
        last_reviewed_on=datetime.date(2026, 11, 1),
        review_due_on=datetime.date(2028, 11, 1),
        author=AuthorFactory(name="Ada", slug="ada", credentials="RN"),
    )
    Byline.objects.create(article=article, author=AuthorFactory(name="Bea"), position=2)
    Reference.objects.create(
        article=article, position=1, title="A trial", authors="F G", source="Lancet 2009;1:2", year=2009,
        doi="10.1056/NEJMsa0810119", pmid="19144931",
    )  # fmt: skip
    article.topics.add(TopicFactory(name="Hygiene", slug="hygiene"))
    article.publish_at = datetime.datetime(2013, 12, 9, 9, 0, tzinfo=datetime.UTC)
    article.revision = RevisionFactory(article=article)
    article.status = Status.PUBLISHED
    article.save()
    return article


# --- The article


def test_the_article_shows_all_of_its_text(client: Client, article: Article) -> None:
    response = client.get("/articles/soap/")
    shown = words(response)
    for expected in (
        "Written by Ada and Bea · Monday 9th December 2013", "About 1 min to read", "Revision 1", "Why it works.",
        "Reviewed 1 November 2026", "Next review due 1 November 2028", "1. How", "2. When", "Wash", "Dry",
        "Thank you, Dee.", "None declared.", "A charity.", "Eve, FRCP", "RN", "Hygiene",
        "This is education, not medical advice.",
    ):  # fmt: skip
        assert expected in shown
    assert b"Written by Ada and Bea \xc2\xb7 Monday 9th December 2013" in response.content
    page = soup(response)
    assert [h1.get_text() for h1 in page.find_all("h1")] == ["Soap"]
    assert page.title is not None
    assert page.title.get_text() == "Soap – Meducation"
    assert [link["href"] for link in page.select("nav.contents a")] == ["#section-how", "#section-when", "#references"]


def test_every_place_on_the_page_that_is_linked_exists_once(client: Client, article: Article) -> None:
    page = soup(client.get("/articles/soap/"))
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    targets = {str(link["href"])[1:] for link in page.select("a[href^='#']")}
    assert {"section-how", "references", "ref-1", "cite-1-1", "cite-1-2"} <= targets <= set(ids)


def test_references_lead_out_and_back(client: Client, article: Article) -> None:
    reference = soup(client.get("/articles/soap/")).select_one("#ref-1")
    assert reference is not None
    assert [link["href"] for link in reference.find_all("a")] == [
        "https://doi.org/10.1056/NEJMsa0810119", "https://pubmed.ncbi.nlm.nih.gov/19144931/", "#cite-1-1", "#cite-1-2",
    ]  # fmt: skip
    assert reference.get_text(" ").count("2009") == 1


def test_it_says_where_it_lives_and_what_it_is(client: Client, article: Article, settings: Settings) -> None:
    page = soup(client.get("/articles/soap/"))
    canonical, description = page.select_one("link[rel=canonical]"), page.select_one("meta[name=description]")
    assert canonical is not None
    assert canonical["href"] == f"{settings.SITE_URL}/articles/soap/"
    assert description is not None
    assert description["content"] == "Why it works."


def test_readers_see_the_published_words_and_never_those_being_written(client: Client, article: Article) -> None:
    Article.objects.filter(pk=article.pk).update(
        title="Secret", standfirst="Secret", body="<p>Secret</p>", funding="Secret"
    )
    article.references.update(title="Secret")
    for address in ("/articles/soap/", "/articles/", "/", "/articles/topics/hygiene/", "/articles/authors/ada/"):
        response = client.get(address)
        assert response.status_code == 200
        assert "Secret" not in words(response), address
        assert "Soap" in words(response), address


def test_an_article_takes_at_most_three_queries(
    client: Client, article: Article, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):
        client.get("/articles/soap/")


def test_the_page_does_not_know_who_reads_it(article: Article) -> None:
    pages = set()
    for user in (UserFactory(name="Anna Known"), UserFactory(name="Bert Known")):
        page_cache.store.clear()
        client = Client()
        client.force_login(user)
        client.get(reverse("cpd:tracker"))
        response = client.get("/articles/soap/")
        pages.add(response.content)
        assert b"Known" not in response.content
        assert b"csrfmiddlewaretoken" not in response.content
    assert len(pages) == 1


def test_a_withdrawn_text_says_so_first(client: Client) -> None:
    article = ArticleFactory(published=True)
    article.revision = RevisionFactory(article=article, significance="withdrawal", note="The trial was retracted.")
    article.save()
    assert "Withdrawn on 1 January 2026: do not rely on this article. The trial was retracted." in words(
        client.get(article.get_absolute_url())
    )


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW])
def test_a_draft_is_as_unknown_as_no_article(client: Client, status: str) -> None:
    draft = ArticleFactory(published=True, slug="draft")
    Article.objects.filter(pk=draft.pk).update(status=status)
    assert client.get("/articles/draft/").status_code == 404
    assert client.get("/articles/draft/").content == client.get("/articles/never/").content


def test_a_scheduled_article_appears_by_itself(client: Client) -> None:
    when = datetime.datetime(2030, 1, 1, 9, 0, tzinfo=datetime.UTC)
    article = ArticleFactory(published=True, publish_at=when)
    Article.objects.filter(pk=article.pk).update(status=Status.SCHEDULED)
    addresses = (article.get_absolute_url(), article.authors.get().get_absolute_url())
    with time_machine.travel(when - datetime.timedelta(seconds=1), tick=False):
        assert [client.get(address).status_code for address in addresses] == [404, 404]
    with time_machine.travel(when, tick=False):
        assert [client.get(address).status_code for address in addresses] == [200, 200]


def test_a_text_from_before_there_were_details_is_still_shown(client: Client) -> None:
    article = ArticleFactory(published=True)
    article.revision = RevisionFactory(
        article=article, details={"writers": [{"name": "Ada"}], "references": [{"title": "A trial"}], "from_later": 1}
    )
    article.save()
    shown = words(client.get(article.get_absolute_url()))
    assert "Ada" in shown
    assert "A trial." in shown


# --- Home


def test_home_shows_a_reader_where_they_were() -> None:
    sitting = SittingFactory(furthest=40, last_beat_at=timezone.now())
    user = sitting.reader.user
    client = Client()
    client.force_login(user)
    shown = words(client.get("/"))
    assert "Carry on reading" in shown
    assert sitting.revision.title in shown
    assert "10 min counted" in shown
    assert "40% read" in shown
    page_cache.store.clear()
    assert "Carry on reading" not in words(Client().get("/"))


# --- Lists


def test_lists_are_newest_first_and_twenty_a_page(client: Client) -> None:
    topic, author = TopicFactory(), AuthorFactory()
    for day in range(1, 26):
        when = datetime.datetime(2026, 1, day, tzinfo=datetime.UTC)
        ArticleFactory(published=True, title=f"Day {day:02}", publish_at=when, author=author).topics.add(topic)
    for address in ("/articles/", topic.get_absolute_url(), author.get_absolute_url()):
        titles = [link.get_text() for link in soup(client.get(address)).select(".card h2 a")]
        assert titles == [f"Day {day:02}" for day in range(25, 5, -1)], address
        titles = [link.get_text() for link in soup(client.get(address, {"page": 2})).select(".card h2 a")]
        assert titles == [f"Day {day:02}" for day in range(5, 0, -1)], address


@pytest.mark.parametrize("page", ["0", "-1", "999", "x", "", "1e9", "9" * 30, "٣"])
def test_a_strange_page_is_some_page(client: Client, article: Article, page: str) -> None:
    assert "Soap" in words(client.get("/articles/", {"page": page}))


@pytest.mark.parametrize("address", ["/articles/", "/", "/articles/topics/hygiene/", "/articles/authors/ada/"])
def test_lists_take_the_same_number_of_queries_for_one_and_for_many(
    client: Client, article: Article, address: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12) as one:
        client.get(address)
    for _ in range(15):
        other = ArticleFactory(published=True, author=article.authors.get(slug="ada"))
        other.topics.add(article.topics.get(), TopicFactory())
    page_cache.store.clear()
    with django_assert_max_num_queries(12) as many:
        client.get(address)
    assert len(one.captured_queries) == len(many.captured_queries) <= 5


def test_without_articles_the_lists_say_so(client: Client) -> None:
    assert "No articles yet" in words(client.get("/articles/"))
    assert "No articles yet" in words(client.get("/"))


def test_topics_and_authors_without_anything_to_read_are_not_there(client: Client) -> None:
    topic, author = TopicFactory(), AuthorFactory()
    ArticleFactory(author=author).topics.add(topic)
    assert client.get(topic.get_absolute_url()).status_code == 404
    assert client.get(author.get_absolute_url()).status_code == 404
    assert topic.name not in words(client.get("/articles/"))


# --- Previews


def test_a_preview_shows_the_working_words_to_whoever_has_the_address(client: Client) -> None:
    draft = ArticleFactory(title="Being written", body="<h2>Begin</h2><p>Words [1].</p>")
    response = client.get(preview_address(draft))
    assert response.status_code == 200
    assert "Draft: not published." in words(response)
    assert "Being written" in words(response)
    assert "1. Begin" in words(response)
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in response.headers["Cache-Control"]
    page = soup(response)
    assert page.select_one("meta[name=robots][content=noindex]") is not None
    assert page.select_one("link[rel=canonical]") is None
    assert page.select_one("reading-timer") is None


def test_a_preview_shows_changes_to_a_published_article(client: Client, article: Article) -> None:
    Article.objects.filter(pk=article.pk).update(title="Better soap")
    response = client.get(preview_address(article))
    assert "Changes: not published." in words(response)
    assert "Better soap" in words(response)


def test_a_preview_ends_after_a_week(client: Client) -> None:
    draft = ArticleFactory()
    address = preview_address(draft)
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=6, hours=23)):
        assert client.get(address).status_code == 200
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=7, minutes=1)):
        assert client.get(address).status_code == 404


def test_forged_and_foreign_previews_are_not_there(client: Client) -> None:
    draft = ArticleFactory()
    token = preview_address(draft).split("/")[-2]
    for forged in ("x", token[:-1], f"{token}x", signing.dumps(draft.pk, salt="other"), signing.dumps("x", salt=SALT)):
        assert client.get(reverse("articles:article-preview", args=[forged])).status_code == 404, forged
    draft.delete()
    assert client.get(reverse("articles:article-preview", args=[token])).status_code == 404


# --- Pictures


@pytest.fixture
def picture(settings: Settings, tmp_path: Path) -> str:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "images").mkdir()
    name = f"{'c' * 64}.webp"
    (tmp_path / "images" / name).write_bytes(b"RIFF")
    (tmp_path / "secret").write_text("secret")
    return name


def test_a_picture_is_served_to_be_kept_for_good(client: Client, picture: str) -> None:
    response = client.get(f"/articles/images/{picture}")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"RIFF"  # type: ignore[attr-defined]  # a FileResponse
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies


@pytest.mark.parametrize(
    "name",
    [
        f"{'d' * 64}.webp",
        f"{'C' * 64}.webp",
        f"{'c' * 64}.webp%0A",
        "..%2Fsecret",
        "%2e%2e/secret",
        "x.webp",
        f"{'c' * 64}.svg",
    ],
)
def test_nothing_else_is(client: Client, picture: str, name: str) -> None:
    assert client.get(f"/articles/images/{name}").status_code == 404


def test_what_is_retired_is_no_news_and_says_so_in_lists(client: Client) -> None:
    retired = ArticleFactory(published=True, title="Old advice")
    Article.objects.filter(pk=retired.pk).update(status=Status.RETIRED, retired_at=timezone.now())
    current = ArticleFactory(published=True, title="New advice")
    home = BeautifulSoup(client.get("/").content, "html.parser")
    assert home.find("a", href=current.get_absolute_url()) is not None
    assert home.find("a", href=retired.get_absolute_url()) is None
    cards = BeautifulSoup(client.get("/articles/").content, "html.parser").select(".card")
    assert {card.h2.get_text(): "Retired" in card.get_text(" ") for card in cards if card.h2} == {
        "Old advice": True,
        "New advice": False,
    }


@pytest.mark.parametrize(("role", "has_desk"), [("reader", False), ("reviewer", True), ("author", True)])
def test_the_way_to_the_desk_stands_in_the_navigation_of_those_who_have_one(role: str, has_desk: bool) -> None:
    client = Client()
    client.force_login(UserFactory(role=role))
    for page in ("/cpd/", "/accounts/"):
        menu = BeautifulSoup(client.get(page).content, "html.parser").select_one("nav[aria-label=Main]")
        assert menu is not None
        assert ("Desk" in menu.get_text(" ").split()) == has_desk
