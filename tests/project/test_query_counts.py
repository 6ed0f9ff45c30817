"""Lists cost the same for one row and for many; no page costs more than twelve queries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AuthorFactory, TopicFactory
from tests.factories.cpd import ActivityFactory, ReaderFactory, ReflectionFactory, SittingFactory

pytestmark = pytest.mark.django_db
MANY = 50
MOST = 12


@dataclass(frozen=True)
class Page:
    """One page, and how to make it one row longer."""

    path: Callable[[User], str]
    add_row: Callable[[User], Any]
    most: int = MOST
    signed_in: bool = True


def published(user: User) -> Any:
    article = ArticleFactory(published=True)
    article.topics.add(TopicFactory())
    return article


def published_on_one_topic(user: User) -> Any:
    published(user).topics.add(the_topic())


def the_topic() -> Any:
    from articles.models import Topic

    return Topic.objects.filter(slug="one").first() or TopicFactory(slug="one", name="One")


def the_author() -> Any:
    from articles.models import Author

    return Author.objects.filter(slug="one").first() or AuthorFactory(slug="one", name="One")


def published_by_one_author(user: User) -> Any:
    article = published(user)
    article.bylines.update(author=the_author())


def activity(user: User) -> Any:
    return ActivityFactory(user=user, done_on=user.profile.local_date(), reflection=ReflectionFactory(user=user))


def sitting(user: User) -> Any:
    reader = user.reader if hasattr(user, "reader") else ReaderFactory(user=user)
    return SittingFactory(reader=reader)


PAGES = {
    "home": Page(lambda user: "/", published, signed_in=False, most=3),
    "home, signed in": Page(lambda user: "/", published),
    "articles": Page(lambda user: "/articles/", published, signed_in=False, most=4),
    "topic": Page(
        lambda user: f"/articles/topics/{the_topic().slug}/", published_on_one_topic, signed_in=False, most=5
    ),
    "author": Page(
        lambda user: f"/articles/authors/{the_author().slug}/", published_by_one_author, signed_in=False, most=5
    ),
    "tracker, activities": Page(lambda user: "/cpd/", activity, most=8),
    "tracker, inbox": Page(lambda user: "/cpd/", sitting, most=8),
    "activities": Page(lambda user: "/cpd/activities/", activity, most=8),
    "inbox": Page(lambda user: "/cpd/reading/", sitting, most=8),
}


def count(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len([query for query in queries if "SAVEPOINT" not in query["sql"]])


@pytest.mark.parametrize("name", PAGES)
def test_a_list_costs_the_same_for_one_row_and_for_many(name: str) -> None:
    page, user, client = PAGES[name], UserFactory(), Client()
    if page.signed_in:
        client.force_login(user)
    page.add_row(user)
    path = page.path(user)
    client.get(path)  # The first request of a session writes that its owner is here.
    for_one = count(client, path)
    for _ in range(MANY - 1):
        page.add_row(user)
    for_many = count(client, path)
    assert for_one == for_many <= page.most


def test_an_article_costs_at_most_three() -> None:
    article = ArticleFactory(published=True)
    article.topics.add(*TopicFactory.create_batch(5))
    assert count(Client(), article.get_absolute_url()) <= 3


def test_every_other_page_stays_small() -> None:
    user, client = UserFactory(), Client()
    client.force_login(user)
    one, read = activity(user), sitting(user)
    paths = [
        one.get_absolute_url(),
        f"{one.get_absolute_url()}edit/",
        "/cpd/activities/new/",
        "/accounts/",
        "/accounts/profile/",
    ]
    paths += [f"/cpd/reading/context/{read.article.slug}/", read.article.get_absolute_url(), "/how-we-time-reading/"]
    client.get("/cpd/")
    for path in paths:
        assert count(client, path) <= MOST, path
