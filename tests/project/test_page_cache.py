"""Pages kept in memory: the right one for each visitor, at once new when something changes, and never a person's."""

import gzip
import time
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from articles.models import Article
from meducation.lib import page_cache
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    page_cache.store.clear()
    yield
    page_cache.store.clear()


@pytest.fixture
def article() -> Article:
    return ArticleFactory(published=True)


@pytest.fixture
def user() -> User:
    return UserFactory(name="Dr Nobody Else")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.get("/cpd/")  # A page of one's own sets the hint.
    return client


@pytest.mark.django_db
def test_the_second_visitor_costs_no_query(article: Article) -> None:
    first = Client().get(article.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        second = Client().get(article.get_absolute_url())
    assert len(queries) == 0
    assert first.content == second.content and dict(first.headers) == dict(second.headers)
    assert "Content-Security-Policy" in second.headers and not second.cookies


@pytest.mark.django_db
def test_signed_in_visitors_share_another_page_without_anybody_in_it(article: Article, user: User) -> None:
    out = Client().get(article.get_absolute_url()).text
    mine = signed_in(user).get(article.get_absolute_url())
    client = signed_in(UserFactory())
    with CaptureQueriesContext(connection) as queries:
        theirs = client.get(article.get_absolute_url())
    assert len(queries) == 0 and mine.content == theirs.content
    assert "Already signed up?" in out and "Already signed up?" not in mine.text
    assert user.name not in mine.text and user.email not in mine.text and "csrfmiddlewaretoken" not in mine.text


@pytest.mark.django_db
def test_a_session_without_the_hint_gets_its_own_true_page(article: Article, user: User) -> None:
    client = Client()
    client.force_login(user)
    first = client.get(article.get_absolute_url())
    assert "Already signed up?" not in first.text
    assert not page_cache.store.pages


@pytest.mark.django_db
def test_signed_in_people_never_get_the_public_home_page(article: Article, user: User) -> None:
    Client().get("/")
    page = signed_in(user).get("/").text
    assert "Already signed up?" not in page
    assert len(page_cache.store.pages) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("hint", ["in", "out", "nonsense", ""])
def test_a_forged_hint_shows_another_header_and_no_more(article: Article, hint: str) -> None:
    client = Client()
    client.cookies["reader"] = hint
    assert client.get(article.get_absolute_url()).status_code == 200
    home = client.get("/").text
    assert "Already signed up?" in home


@pytest.mark.django_db
def test_what_is_compressed_is_the_same_and_unchanged_pages_are_not_sent_again(article: Article) -> None:
    plain = Client().get(article.get_absolute_url())
    squeezed = Client().get(article.get_absolute_url(), headers={"accept-encoding": "br, gzip"})
    assert squeezed.headers["Content-Encoding"] == "gzip" and gzip.decompress(squeezed.content) == plain.content
    again = Client().get(article.get_absolute_url(), headers={"if-none-match": plain.headers["ETag"]})
    assert again.status_code == 304 and not again.content


@pytest.mark.django_db
def test_questions_and_errors_are_not_kept(article: Article) -> None:
    Client().get("/articles/?page=1")
    Client().get("/articles/no-such/")
    Client().post(article.get_absolute_url())
    assert not page_cache.store.pages


@pytest.mark.django_db
def test_a_page_is_not_kept_for_long(article: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scheduled publishing relies on it."""
    Client().get(article.get_absolute_url())
    later = time.monotonic() + page_cache.LIFETIME_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with CaptureQueriesContext(connection) as queries:
        Client().get(article.get_absolute_url())
    assert len(queries) > 0


def test_the_store_forgets_the_oldest_and_what_a_change_overtook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "MOST_PAGES", 3)
    store = page_cache.PageStore()
    page = page_cache.Page(b"x", b"y", (), '"e"', time.monotonic() + 60)
    for number in range(5):
        store.put(("http", "host", f"/{number}", "out", ""), page, store.generation)
    assert [key[2] for key in store.pages] == ["/2", "/3", "/4"] and store.bytes == 6
    before = store.generation
    store.clear()
    store.put(("http", "host", "/9", "out", ""), page, before)
    assert not store.pages and store.bytes == 0


@pytest.mark.django_db(transaction=True)
def test_postgresql_announces_every_change_whatever_its_route(article: Article) -> None:
    import psycopg2

    heard = psycopg2.connect(**connection.get_connection_params())
    heard.autocommit = True
    with heard.cursor() as cursor:
        cursor.execute(f"LISTEN {page_cache.CHANNEL}")
    Article.objects.filter(pk=article.pk).update(funding="Nobody")
    deadline = time.monotonic() + 5
    while not heard.notifies and time.monotonic() < deadline:
        heard.poll()
        time.sleep(0.01)
    heard.close()
    assert heard.notifies
