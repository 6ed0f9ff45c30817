"""Topics, authors, the archive, and what stands beside an article."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import URLResolver, get_resolver

from articles.addresses import free_article_slug
from articles.models import Article, Author, Status, Topic
from articles.querysets import published_authors, published_topics
from articles.rendering import Picture, render
from articles.shelves import archive, authors_lately_on, related_to, topics_lately_of
from meducation.lib import page_cache
from tests.factories.articles import ArticleFactory, AuthorFactory, RevisionFactory, TopicFactory

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 6, 1, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    page_cache.store.clear()
    yield
    page_cache.store.clear()


def at(year: int, month: int = 1, day: int = 1, hour: int = 12) -> datetime.datetime:
    return datetime.datetime(year, month, day, hour, tzinfo=datetime.UTC)


def published(*topics: Topic, when: datetime.datetime = NOW, **fields: Any) -> Article:
    article: Article = ArticleFactory(published=True, publish_at=when, **fields)
    article.topics.add(*topics)
    return article


def words(response: Any) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def links(response: Any, within: str) -> list[str]:
    return [str(link["href"]) for link in BeautifulSoup(response.content, "html.parser").select(f"{within} a[href]")]


# --- Counts ----------------------------------------------------------------------------------------------------------

NOT_TO_COUNT: dict[str, Callable[[Article], Any]] = {
    "a draft": lambda article: Article.objects.filter(pk=article.pk).update(status=Status.DRAFT),
    "in review": lambda article: Article.objects.filter(pk=article.pk).update(status=Status.IN_REVIEW),
    "unpublished": lambda article: Article.objects.filter(pk=article.pk).update(status=Status.DRAFT, revision=None),
    "to come": lambda article: Article.objects.filter(pk=article.pk).update(
        status=Status.SCHEDULED, publish_at=NOW + datetime.timedelta(days=1)
    ),
}


@pytest.mark.parametrize("make", NOT_TO_COUNT.values(), ids=NOT_TO_COUNT)
@time_machine.travel(NOW, tick=False)
def test_only_what_can_be_read_is_counted(make: Callable[[Article], Any]) -> None:
    topic, author = TopicFactory(), AuthorFactory()
    for _ in range(3):
        published(topic, author=author)
    Article.objects.filter(pk=published(topic, author=author).pk).update(status=Status.RETIRED, retired_at=NOW)
    make(published(topic, author=author))
    ArticleFactory(author=author).topics.add(topic)
    assert published_topics().with_counts().get().article_count == 4
    assert published_authors().with_counts().get().article_count == 4
    assert sum(year.articles for year in archive()) == 4


@time_machine.travel(NOW, tick=False)
def test_a_scheduled_article_is_counted_from_its_time_on() -> None:
    article = published(TopicFactory(), when=NOW + datetime.timedelta(hours=1))
    Article.objects.filter(pk=article.pk).update(status=Status.SCHEDULED)
    assert not published_topics().exists() and not archive()
    later = NOW + datetime.timedelta(hours=2)
    assert Topic.objects.in_use(later).with_counts(later).get().article_count == 1
    assert archive(later)[0].articles == 1


# --- Topics and authors ----------------------------------------------------------------------------------------------


def test_the_indexes_say_how_much_there_is_and_leave_out_what_has_nothing(client: Client) -> None:
    topic, author = TopicFactory(name="Sepsis", description="Fast."), AuthorFactory(name="Ada", credentials="MRCGP")
    published(topic, author=author)
    published(topic, author=author)
    TopicFactory(name="Empty")
    AuthorFactory(name="Nobody")
    topics, authors = client.get("/articles/topics/"), client.get("/articles/authors/")
    assert "Sepsis 2 articles Fast." in words(topics) and "Empty" not in words(topics)
    assert "Ada MRCGP 2 articles" in words(authors) and "Nobody" not in words(authors)
    assert topic.get_absolute_url() in links(topics, ".shelf")
    assert author.get_absolute_url() in links(authors, ".shelf")


def test_a_topic_leads_to_its_authors_and_an_author_to_their_topics(client: Client) -> None:
    topic, author = TopicFactory(), AuthorFactory(name="Ada", credentials="MRCGP", bio="Writes a lot.")
    published(topic, author=author)
    ArticleFactory(author=AuthorFactory(name="Only Drafts")).topics.add(topic)
    page = client.get(topic.get_absolute_url())
    assert links(page, "[aria-labelledby=authors-of-topic]") == [author.get_absolute_url()]
    assert links(page, ".crumbs") == ["/articles/", "/articles/topics/"]
    page = client.get(author.get_absolute_url())
    assert links(page, "[aria-label='Topics of this author']") == [topic.get_absolute_url()]
    assert "MRCGP Writes a lot." in words(page) and "1 article" in words(page)


def test_who_writes_most_lately_comes_first() -> None:
    topic, busy, rare = TopicFactory(), AuthorFactory(name="Busy"), AuthorFactory(name="Rare")
    published(topic, author=rare)
    published(topic, author=busy)
    published(topic, TopicFactory(name="Aside"), author=busy)
    assert authors_lately_on(topic) == [busy, rare]
    assert topics_lately_of(busy)[0] == topic


def test_authors_are_paged(client: Client) -> None:
    for number in range(61):
        published(author=AuthorFactory(name=f"Author {number:03}"))
    assert "Author 060" not in words(client.get("/articles/authors/"))
    assert "Author 060" in words(client.get("/articles/authors/", {"page": 2}))


def test_without_articles_the_indexes_say_so(client: Client) -> None:
    assert "No topics yet" in words(client.get("/articles/topics/"))
    assert "No authors yet" in words(client.get("/articles/authors/"))
    assert "No articles yet" in words(client.get("/articles/archive/"))


# --- The archive -----------------------------------------------------------------------------------------------------


def test_the_archive_leads_to_years_and_months(client: Client) -> None:
    for when, title in ((at(2024, 3), "March 24"), (at(2024, 12, 31), "December 24"), (at(2026, 5), "May 26")):
        published(when=when, title=title)
    page = client.get("/articles/archive/")
    assert links(page, "main section") == [
        "/articles/archive/2026/",
        "/articles/archive/2026/5/",
        "/articles/archive/2024/",
        "/articles/archive/2024/12/",
        "/articles/archive/2024/3/",
    ]
    year = client.get("/articles/archive/2024/")
    assert "2 articles" in words(year) and "March 24" in words(year) and "May 26" not in words(year)
    assert "/articles/archive/2026/" in links(year, "[aria-label='Other years']")
    month = client.get("/articles/archive/2024/12/")
    assert "December 2024 1 article" in words(month) and "March 24" not in words(month)


def test_a_day_belongs_to_the_year_of_the_sites_calendar(client: Client) -> None:
    # Half past midnight in London, still June in UTC.
    published(when=datetime.datetime(2025, 6, 30, 23, 30, tzinfo=datetime.UTC), title="In July")
    assert "In July" in words(client.get("/articles/archive/2025/7/"))
    assert client.get("/articles/archive/2025/6/").status_code == 404


@pytest.mark.parametrize(
    "place", ["2025/", "2024/4/", "2024/13/", "2024/0/", "0/", "99999/", "9" * 30 + "/", "2024/3/3/"]
)
def test_an_empty_or_impossible_time_is_not_there(client: Client, place: str) -> None:
    published(when=at(2024, 3))
    assert client.get(f"/articles/archive/{place}").status_code == 404


def test_a_year_is_paged(client: Client) -> None:
    for day in range(1, 23):
        published(when=at(2024, 3, day), title=f"Day {day:02}")
    assert "22 articles" in words(client.get("/articles/archive/2024/"))
    assert "Day 01" in words(client.get("/articles/archive/2024/", {"page": 2}))


# --- Related ---------------------------------------------------------------------------------------------------------


def titles(article: Article) -> list[str]:
    return [other.title for other in related_to(article)]


def test_a_rare_topic_in_common_weighs_more_than_a_common_one() -> None:
    rare, common = TopicFactory(), TopicFactory()
    article = published(rare, common)
    published(common, title="Common, newer", when=NOW + datetime.timedelta(days=-1))
    for number in range(5):
        published(common, title=f"Filler {number}", when=at(2020))
    published(rare, title="Rare, old", when=at(2001))
    published(rare, common, title="Both", when=at(2000))
    assert titles(article)[:3] == ["Both", "Rare, old", "Common, newer"]


def test_then_the_author_decides_and_then_the_date() -> None:
    topic, author = TopicFactory(), AuthorFactory()
    article = published(topic, author=author)
    published(topic, title="Older", when=at(2020))
    published(topic, title="Newer", when=at(2025))
    published(topic, title="Same author, oldest", when=at(2010), author=author)
    published(title="Same author only", when=at(2026), author=author)
    assert titles(article) == ["Same author, oldest", "Newer", "Older", "Same author only"]


@pytest.mark.parametrize("what", ["draft", "retired", "withdrawn", "to come"])
def test_what_should_not_be_read_is_not_recommended(what: str) -> None:
    topic = TopicFactory()
    article, other = published(topic), published(topic)
    if what == "withdrawn":
        other.revision = RevisionFactory(article=other, significance="withdrawal")
        other.save()
    elif what == "to come":
        Article.objects.filter(pk=other.pk).update(publish_at=at(2100))
    else:
        Article.objects.filter(pk=other.pk).update(status=what, retired_at=NOW)
    assert titles(article) == []


def test_the_page_ends_with_what_is_related_and_is_silent_when_nothing_is(client: Client) -> None:
    topic = TopicFactory()
    article = published(topic)
    assert "Related articles" not in words(client.get(article.get_absolute_url()))
    page_cache.store.clear()
    other = published(topic)
    assert links(client.get(article.get_absolute_url()), ".related") == [other.get_absolute_url()]


# --- Addresses, pictures ---------------------------------------------------------------------------------------------


def test_no_article_can_hide_another_page_or_be_hidden_by_one() -> None:
    rooms = [each for each in get_resolver().url_patterns if isinstance(each, URLResolver)]
    [room] = [each for each in rooms if each.namespace == "articles"]
    names = {str(pattern.pattern).strip("/") for pattern in room.url_patterns}
    taken = {name for name in names if name and "<" not in name and "/" not in name}
    assert {"topics", "authors", "archive", "saved"} <= taken
    for name in taken:
        with pytest.raises(ValidationError):
            free_article_slug(name)
    free_article_slug("sepsis")
    free_article_slug("no address")


@pytest.mark.parametrize(("width", "is_linked"), [(600, False), (1600, True)])
def test_a_figure_that_is_shown_smaller_leads_to_the_whole_of_it(width: int, is_linked: bool) -> None:
    name = f"{'a' * 64}.webp"
    body = f'<figure><img src="/articles/images/{name}" alt="A hand"><figcaption>A hand.</figcaption></figure>'
    html = render(body, pictures={name: Picture(width=width, height=900, alternative_text="A hand")}).html
    found = BeautifulSoup(html, "html.parser").select(f"figcaption a[href='/articles/images/{name}']")
    assert bool(found) == is_linked


def test_the_names_of_authors_of_drafts_stay_unknown(client: Client) -> None:
    author: Author = AuthorFactory(name="Not Yet")
    ArticleFactory(author=author)
    for address in ("/articles/authors/", "/articles/topics/", "/articles/archive/"):
        assert "Not Yet" not in words(client.get(address))
