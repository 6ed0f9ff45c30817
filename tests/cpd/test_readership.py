"""What authors learn of their readers, and what they do not."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from articles.models import Article
from cpd.models import Activity
from cpd.readership import Readership, figures, missed_of, readership_of
from tests.conftest import logged_in
from tests.factories.articles import ArticleFactory, AttemptFactory, AuthorFactory, ReviewFactory
from tests.factories.cpd import ActivityFactory, ReaderFactory, SittingFactory

MINUTE = 60_000
TODAY = object()  # Where the reader is, when the test runs.


def read_by(article: Article, number: int, *, minutes: int = 10, logged: int = 0) -> None:
    """So many members read it, each in two sittings; some log it."""
    for each in range(number):
        reader = ReaderFactory()
        SittingFactory.create_batch(2, reader=reader, article=article, counted_ms=minutes * MINUTE // 2)
        if each < logged:
            ActivityFactory(user=reader.user, article=article)


@pytest.fixture
def article(author: User) -> Article:
    return ArticleFactory(published=True, author=AuthorFactory(user=author), created_by=author)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("people", "logged", "shown"),
    [
        (0, 0, Readership(None, None, None, None)),
        (4, 4, Readership(None, None, None, None)),
        (5, 0, Readership(5, 10, 10, None)),
        # Five logged it: the others, whom the share would tell of, are four.
        (9, 5, Readership(5, 15, 10, None)),
        (9, 9, Readership(5, 15, 10, None)),
        (10, 5, Readership(10, 20, 10, 50)),
        (12, 5, Readership(10, 20, 10, 40)),
        (12, 4, Readership(10, 20, 10, None)),
    ],
)
def test_no_figure_rests_on_fewer_than_five(article: Article, people: int, logged: int, shown: Readership) -> None:
    read_by(article, people, logged=logged)
    assert readership_of(article) == shown


@pytest.mark.django_db
def test_only_members_who_read_are_counted(article: Article, author: User, editor: User) -> None:
    read_by(article, 4)
    for user in (author, editor):
        SittingFactory(reader=ReaderFactory(user=user), article=article)
    SittingFactory(reader=ReaderFactory(user=None, browser="5b0b2f0e-3c5e-4d7e-9a30-3f6a7d0c1c7e"), article=article)
    read_by(ArticleFactory(published=True), 6)
    assert readership_of(article).people is None


@pytest.mark.django_db
def test_a_glance_is_an_open_and_no_reading(article: Article) -> None:
    read_by(article, 5, minutes=12)
    for _ in range(9):
        SittingFactory(reader=ReaderFactory(), article=article, counted_ms=5000)
    assert readership_of(article) == Readership(people=10, sittings=15, median_minutes=12, logged_percent=None)


@pytest.mark.django_db
def test_a_deleted_activity_is_no_log(article: Article) -> None:
    read_by(article, 10, logged=5)
    assert readership_of(article).logged_percent == 50
    deleted = Activity.objects.all()[:1].values("pk")
    Activity.objects.filter(pk__in=deleted).update(deleted_at=timezone.now())
    assert readership_of(article).logged_percent is None


@given(people=st.integers(0, 300), data=st.data())
def test_what_is_shown_leaves_no_group_of_fewer_than_five(people: int, data: st.DataObject) -> None:
    read = data.draw(st.integers(0, people))
    logged = data.draw(st.integers(0, people))
    shown = figures(people=people, sittings=people * 2, read=read, median_ms=MINUTE, logged=logged)
    assert shown.people is None or (shown.people <= people and shown.people % 5 == 0 and people >= 5)
    assert (shown.median_minutes is None) == (read < 5)
    if shown.logged_percent is not None:
        assert logged >= 5 and people - logged >= 5
    # Whoever knows the figures and comes again after one more reader sees either the same or a step of five.
    again = figures(people=people + 1, sittings=people * 2 + 1, read=read, median_ms=MINUTE, logged=logged)
    if shown.people is not None and again.people is not None:
        assert again.people - shown.people in (0, 5)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([("A?", 4, 4)], [("A?", None)]),
        # Five got it wrong: the others, of whom the figure tells as well, are four.
        ([("A?", 9, 5)], [("A?", None)]),
        ([("A?", 10, 5), ("B?", 40, 35), ("C?", 40, 5)], [("B?", 90), ("A?", 50), ("C?", 10)]),
        # The order of those without a figure says nothing of them.
        ([("Z?", 8, 4), ("A?", 8, 0), ("M?", 10, 5)], [("M?", 50), ("A?", None), ("Z?", None)]),
    ],
)
def test_what_is_shown_of_questions(counts: list[tuple[str, int, int]], shown: list[tuple[str, int | None]]) -> None:
    assert [(question.text, question.percent) for question in missed_of(counts)] == shown


@pytest.mark.django_db
def test_the_page_shows_the_questions_most_missed(author: User, author_client: Client) -> None:
    article = ArticleFactory(published=True, questions=2, created_by=author)
    for right in [1] * 5 + [2] * 5:
        AttemptFactory(article=article, right=right)
    html = author_client.get(reverse("cpd:readership", args=[article.slug])).content.decode()
    assert html.count("About 50 per cent answered it wrong at first") == 1 and html.count("Too few to say") == 1


@pytest.mark.django_db
def test_the_page_is_for_those_who_may_edit_it(
    article: Article, author_client: Client, editor_client: Client, reader_client: Client
) -> None:
    read_by(article, 10, logged=5)
    path = reverse("cpd:readership", args=[article.slug])
    for client in (author_client, editor_client):
        html = client.get(path).content.decode()
        assert "10 members or more" in html and "By about 50 per cent" in html
    assert reader_client.get(path).status_code == 404
    other = ArticleFactory(published=True)
    assert author_client.get(reverse("cpd:readership", args=[other.slug])).status_code == 404


@pytest.mark.django_db
def test_the_figures_cost_one_query(article: Article) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            readership_of(article)
        return len(queries)

    read_by(article, 1)
    for_one = cost()
    read_by(article, 20, logged=8)
    assert cost() == for_one == 1


# --- One's own work --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_author_can_start_an_entry_for_their_writing(
    article: Article, author: User, author_client: Client, editor_client: Client
) -> None:
    path = reverse("cpd:readership", args=[article.slug])
    desk = author_client.get(reverse("admin:articles_article_change", args=[article.pk]))
    assert path in desk.content.decode()
    assert "Log your writing" in author_client.get(path).content.decode()
    # Who edits it has not written it.
    assert "Log your writing" not in editor_client.get(path).content.decode()
    [work] = author_client.get(path).context["own_work"]
    form = author_client.get(work.address).context["form"]
    assert form["title"].value() == f"Writing “{article.title}”"
    assert form["kind"].value() == "writing"
    assert form["done_on"].value() == datetime.date(2026, 1, 1)
    assert form["minutes"].value() is None


@pytest.mark.django_db
def test_a_reviewer_who_signed_off_can_start_an_entry_for_it(author: User) -> None:
    article = ArticleFactory(title="A “dose” & more")
    signed = ReviewFactory(article=article, signed=True)
    client = logged_in(signed.reviewer)
    html = client.get(reverse("admin:articles_review_change", args=[signed.pk])).content.decode()
    found = re.search(r'href="([^"]*activities/new[^"]*)"', html)
    assert found is not None
    form = client.get(found[1].replace("&amp;", "&")).context["form"]
    assert form["title"].value() == "Reviewing “A “dose” & more”"
    assert form["kind"].value() == "writing" and form["minutes"].value() is None
    assert form["done_on"].value() == signed.reviewer.profile.local_date(signed.decided_at)


@pytest.mark.django_db
def test_only_who_signed_is_offered_to_log_it(editor: User, editor_client: Client) -> None:
    waiting, signed = ReviewFactory(reviewer=editor), ReviewFactory(article=ArticleFactory(), signed=True)
    for review in (waiting, signed):
        page = reverse("admin:articles_review_change", args=[review.pk])
        assert "Log your reviewing" not in editor_client.get(page).content.decode()
        readers = reverse("cpd:readership", args=[review.article.slug])
        assert "Log your reviewing" not in editor_client.get(readers).content.decode()
    mine = ReviewFactory(article=ArticleFactory(), reviewer=editor, signed=True)
    readers = reverse("cpd:readership", args=[mine.article.slug])
    assert "Log your reviewing" in editor_client.get(readers).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "name", "value"),
    [
        ({"title": "  A  course\n "}, "title", "A course"),
        ({"title": "x" * 10_000}, "title", "x" * 200),
        ({"title": "<script>alert(1)</script>"}, "title", "<script>alert(1)</script>"),
        ({"kind": "espionage"}, "kind", "course"),
        ({"kind": "teaching"}, "kind", "teaching"),
        ({"done_on": "2026-02-03"}, "done_on", datetime.date(2026, 2, 3)),
        ({"done_on": "2026-02-30"}, "done_on", TODAY),
        ({"done_on": "soon"}, "done_on", TODAY),
        ({"minutes": "600"}, "minutes", None),
    ],
)
def test_a_link_fills_in_what_makes_sense(
    reader: User, reader_client: Client, asked: dict[str, str], name: str, value: object
) -> None:
    response = reader_client.get(reverse("cpd:activity-create"), asked)
    assert response.status_code == 200 and b"<script>alert" not in response.content
    expected = reader.profile.local_date() if value is TODAY else value
    assert response.context["form"][name].value() == expected
