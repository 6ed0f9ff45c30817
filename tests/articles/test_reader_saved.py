"""Saved for later, and the size of the text."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import User
from articles.models import Article, SavedArticle, Status
from meducation.lib import page_cache
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, RevisionFactory, SavedArticleFactory

pytestmark = pytest.mark.django_db
LIST = "/articles/saved/"
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    page_cache.store.clear()
    yield
    page_cache.store.clear()


@pytest.fixture
def article() -> Article:
    return ArticleFactory(published=True, title="Soap", slug="soap")


def words(response: Any) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


# --- Saving ----------------------------------------------------------------------------------------------------------


def test_saving_without_javascript_asks_on_a_page_of_its_own(
    reader_client: Client, reader: User, article: Article
) -> None:
    page = reader_client.get(article.get_absolute_url())
    link = BeautifulSoup(page.content, "html.parser").select_one("[data-part=save]")
    assert link is not None
    assert "Save for later?" in words(reader_client.get(str(link["href"])))
    assert reader.saved_articles.count() == 0
    page = reader_client.post(str(link["href"]), follow=True)
    assert "Soap" in words(page) and page.redirect_chain == [(LIST, 302)]
    assert "Remove from my list" in words(reader_client.get(str(link["href"])))


def test_saving_twice_keeps_one(reader_client: Client, reader: User, article: Article) -> None:
    for _ in range(2):
        assert reader_client.post("/articles/saved/soap/", headers=JSON).json() == {"saved": True}
    assert reader.saved_articles.get().title == "Soap"


def test_removing_can_be_undone_and_the_article_is_back_in_its_place(
    reader_client: Client, reader: User, article: Article
) -> None:
    long_ago = datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC)
    SavedArticleFactory(user=reader, article=article, saved_at=long_ago)
    page = reader_client.post("/articles/saved/soap/", {"remove": "1"}, follow=True)
    assert "Removed “Soap”." in words(page) and not reader.saved_articles.exists()
    form = BeautifulSoup(page.content, "html.parser").select_one("main form")
    assert form is not None
    fields = {str(each["name"]): str(each["value"]) for each in form.select("input[name]")}
    reader_client.post(str(form["action"]), fields)
    assert reader.saved_articles.get().saved_at == long_ago


def test_removing_what_is_not_there_changes_nothing(reader_client: Client) -> None:
    assert reader_client.post("/articles/saved/never/", {"remove": "1"}, headers=JSON).json() == {"saved": False}
    assert reader_client.post("/articles/saved/never/", {"remove": "1"}, follow=True).status_code == 200


@pytest.mark.parametrize(
    "when", ["", "x", "2026-01-01", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59Z", "2" * 5000, "\x00"]
)
def test_an_absurd_time_is_now_at_the_latest(reader_client: Client, reader: User, article: Article, when: str) -> None:
    assert reader_client.post("/articles/saved/soap/", {"saved_at": when}).status_code == 302
    assert abs(reader.saved_articles.get().saved_at - datetime.datetime.now(datetime.UTC)).total_seconds() < 60


@pytest.mark.parametrize("query", ["removed=" + "a" * 10_000, "removed=soap&at=%3Cscript%3E", "page=x"])
def test_a_strange_address_of_the_list_is_the_list(reader_client: Client, article: Article, query: str) -> None:
    response = reader_client.get(f"{LIST}?{query}")
    assert response.status_code == 200 and b"<script>" not in response.content


def test_a_draft_cannot_be_saved_nor_asked_about(reader_client: Client) -> None:
    draft = ArticleFactory(slug="draft")
    assert reader_client.post("/articles/saved/draft/").status_code == 404
    assert reader_client.get("/articles/saved/draft/").status_code == 404
    assert not SavedArticle.objects.filter(article=draft).exists()


# --- The list --------------------------------------------------------------------------------------------------------


def test_the_list_is_ones_own(reader_client: Client, stranger: User, article: Article) -> None:
    SavedArticleFactory(user=stranger, article=article)
    assert "Soap" not in words(reader_client.get(LIST))
    reader_client.post("/articles/saved/soap/", {"remove": "1"})
    assert stranger.saved_articles.exists()


def test_what_was_unpublished_says_so_and_shows_no_working_words(reader_client: Client, reader: User) -> None:
    saved = SavedArticleFactory(user=reader, article__title="As it was")
    Article.objects.filter(pk=saved.article_id).update(status=Status.DRAFT, title="Secret working title")
    page = reader_client.get(LIST)
    assert "As it was No longer published" in words(page) and "Secret" not in words(page)
    assert saved.article.get_absolute_url() not in page.text


def test_what_was_withdrawn_or_retired_says_so(reader_client: Client, reader: User) -> None:
    withdrawn, retired = SavedArticleFactory(user=reader).article, SavedArticleFactory(user=reader).article
    withdrawn.revision = RevisionFactory(article=withdrawn, significance="withdrawal")
    withdrawn.save()
    Article.objects.filter(pk=retired.pk).update(
        status=Status.RETIRED, retired_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    )
    shown = words(reader_client.get(LIST))
    assert "Withdrawn since" in shown and "Retired since" in shown


def test_home_shows_the_last_saved(reader_client: Client, reader: User) -> None:
    assert "Saved for later" not in words(reader_client.get("/"))
    for number in range(4):
        SavedArticleFactory(user=reader, article__title=f"Saved {number}")
    section = BeautifulSoup(reader_client.get("/").content, "html.parser").select_one("[aria-labelledby=saved]")
    assert section is not None
    assert [link.get_text() for link in section.select("h3 a")] == ["Saved 3", "Saved 2", "Saved 1"]


def test_the_page_of_the_article_learns_of_it_by_the_personal_request(
    reader_client: Client, reader: User, article: Article
) -> None:
    address = reverse("cpd:reading-context", args=["soap"])
    assert reader_client.get(address).json()["is_saved"] is False
    SavedArticleFactory(user=reader, article=article)
    assert reader_client.get(address).json()["is_saved"] is True
    assert Client().get(address).json()["is_saved"] is False


# --- The size of the text --------------------------------------------------------------------------------------------


def size_of(response: Any) -> str | None:
    html = BeautifulSoup(response.content, "html.parser").html
    assert html is not None
    size = html.get("data-text-size")
    return str(size) if size else None


def pressed(response: Any) -> list[str]:
    return [str(each["value"]) for each in BeautifulSoup(response.content, "html.parser").select("[aria-pressed=true]")]


def test_a_size_is_remembered_and_comes_with_the_page(client: Client, article: Article) -> None:
    assert size_of(client.get("/articles/soap/")) is None
    response = client.post("/text-size/", {"size": "large", "next": "/articles/soap/"})
    assert response.headers["Location"] == "/articles/soap/"
    cookie = client.cookies["text-size"]
    assert (cookie.value, cookie["max-age"], cookie["httponly"]) == ("large", 365 * 24 * 3600, True)
    page = client.get("/articles/soap/")
    assert (size_of(page), pressed(page)) == ("large", ["large"])
    client.post("/text-size/", {"size": "usual"})
    page = client.get("/articles/soap/")
    assert (size_of(page), pressed(page)) == (None, ["usual"])


def test_each_size_is_kept_by_itself(article: Article) -> None:
    plain, large = Client(), Client()
    large.cookies["text-size"] = "large"
    for _ in range(2):
        assert size_of(plain.get("/articles/soap/")) is None
        assert size_of(large.get("/articles/soap/")) == "large"
    assert len(page_cache.store.pages) == 2


@pytest.mark.parametrize("size", ["huge", "", "<script>", "large;", "x" * 3000])
def test_an_unknown_size_is_the_usual_one_and_takes_no_room(article: Article, size: str) -> None:
    client = Client()
    assert client.post("/text-size/", {"size": size}).status_code == 400
    client.cookies["text-size"] = size
    assert size_of(client.get("/articles/soap/")) is None
    Client().get("/articles/soap/")
    assert len(page_cache.store.pages) == 1


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_size_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    assert client.post("/text-size/", {"size": "large", "next": elsewhere}).headers["Location"] == "/articles/"


def test_scripts_get_a_short_answer() -> None:
    response = Client(enforce_csrf_checks=True).post("/text-size/", {"size": "large"}, headers=JSON)
    assert response.status_code == 204 and response.cookies["text-size"].value == "large"


# --- On paper --------------------------------------------------------------------------------------------------------


def test_a_handout_says_where_it_is_from(client: Client, article: Article, settings: Any) -> None:
    settings.SITE_URL = "https://meducation.example"
    page = BeautifulSoup(client.get("/articles/soap/").content, "html.parser")
    foot = page.select_one(".print-source")
    assert foot is not None
    assert "https://meducation.example/articles/soap/" in foot.get_text()
    assert foot.select_one("[data-part=printed-on]") is not None
    assert "Revision 1" in page.get_text()


def test_users_who_go_take_their_list_along(article: Article) -> None:
    user = UserFactory()
    SavedArticleFactory(user=user, article=article)
    user.delete()
    assert not SavedArticle.objects.exists() and Article.objects.exists()
