"""What stands in the way of publishing."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from articles.composing import compose
from articles.models import Article, Byline, Reference
from articles.readiness import advice, obstacles
from tests.factories.articles import ArticleFactory, AuthorFactory, ImageFactory, ReviewFactory

pytestmark = pytest.mark.django_db


def messages(article: Article) -> list[str]:
    return [obstacle.message for obstacle in obstacles(article)]


def test_a_whole_article_has_none() -> None:
    assert obstacles(ArticleFactory()) == []


@pytest.mark.parametrize(
    ("fields", "anchor"),
    [
        ({"title": " "}, "id_title"),
        ({"standfirst": ""}, "id_standfirst"),
        ({"body": ""}, "id_body"),
        ({"body": "<p><br></p>"}, "id_body"),
        ({"body": "<hr>"}, "id_body"),
    ],
)
def test_missing_words_are_named_with_their_place(fields: dict[str, str], anchor: str) -> None:
    assert [obstacle.anchor for obstacle in obstacles(ArticleFactory(**fields))] == [anchor]


TODAY = datetime.date(2028, 2, 29)


def in_years(years: int, days: int = 0) -> datetime.date:
    return datetime.date(TODAY.year + years, 2, 28) + datetime.timedelta(days=days)


@pytest.mark.parametrize(
    ("fields", "anchors"),
    [
        ({"learning_objectives": " \n"}, ["id_learning_objectives"]),
        ({"learning_objectives": "", "offers_cpd": False}, []),
        ({"competing_interests": ""}, ["id_competing_interests"]),
        ({"competing_interests": "", "interests_declared_on": TODAY}, ["id_competing_interests"]),
        ({"competing_interests": "Shares in soap.", "interests_declared_on": None}, ["id_interests_declared_on"]),
        ({"competing_interests": "Shares in soap.", "interests_declared_on": TODAY}, []),
        ({"competing_interests": "None declared.", "interests_declared_on": None}, []),
        ({"competing_interests": " none ", "interests_declared_on": None}, []),
        (
            {"competing_interests": "None of your business.", "interests_declared_on": None},
            ["id_interests_declared_on"],
        ),
        ({"review_due_on": None}, ["id_review_due_on"]),
        ({"review_due_on": in_years(3)}, []),
        ({"review_due_on": in_years(3, days=1)}, ["id_review_due_on"]),
        ({"review_due_on": in_years(-1)}, []),
    ],
)
def test_what_medicine_asks_for_is_named_with_its_place(fields: dict[str, Any], anchors: list[str]) -> None:
    article = ArticleFactory(**{"review_due_on": in_years(1)} | fields)
    assert [obstacle.anchor for obstacle in obstacles(article, TODAY)] == anchors


def test_only_a_request_for_changes_that_nobody_settled_stands_in_the_way() -> None:
    article = ArticleFactory()
    moment = timezone.now()
    for verdict, settled_at in (("waiting", None), ("withdrawn", None), ("changes", moment)):
        ReviewFactory(article=article, verdict=verdict, changes="It.", decided_at=moment, settled_at=settled_at)
    assert messages(article) == []
    ReviewFactory(article=article, verdict="changes", changes="It.", decided_at=moment)
    assert messages(article) == ["Dr Rhea Viewer asks for changes: make them and ask again."]


def thoughts(article: Article) -> list[str]:
    return [thought.message for thought in advice(article, compose(article), TODAY)]


def test_advice_stands_in_nobody_s_way() -> None:
    article = ArticleFactory(review_due_on=in_years(-1))
    ReviewFactory(article=article)
    assert thoughts(article) == [
        "The date of the next review has passed: readers are told so.",
        "Dr Rhea Viewer was asked to review it and has not answered yet.",
        "Nobody is named as its reviewer.",
    ]
    assert obstacles(article, TODAY) == []
    signed = ArticleFactory(review_due_on=in_years(1))
    ReviewFactory(article=signed, signed=True)
    assert thoughts(signed) == []


def test_an_author_is_needed() -> None:
    article = ArticleFactory()
    article.bylines.all().delete()
    assert messages(article) == ["Name at least one author."]


def test_more_names_than_a_byline_holds() -> None:
    article = ArticleFactory()
    for number in range(5):
        Byline.objects.create(article=article, author=AuthorFactory(name=str(number) * 150))
    assert messages(article) == ["Name fewer authors: all the names together may have 700 characters."]


def image(name: str, alt: str = "") -> str:
    return f'<p>Words.</p><img src="/articles/images/{name}" alt="{alt}">'


@pytest.mark.parametrize(
    ("make", "is_ready"),
    [
        (lambda: image(ImageFactory(alternative_text="A phone").name), True),
        (lambda: image(ImageFactory(alternative_text="", is_decorative=True).name), True),
        (lambda: image(f"{'b' * 64}.webp"), False),
        (lambda: image(f"{'b' * 64}.webp", alt="Described, but not in the library"), False),
        (lambda: '<p>Words.</p><img src="https://elsewhere.example/x.png" alt="x">', False),
    ],
)
def test_pictures_come_from_the_library_and_are_described(make: Callable[[], Any], is_ready: bool) -> None:
    assert (messages(ArticleFactory(body=make())) == []) is is_ready


def test_a_cited_number_needs_its_reference() -> None:
    article = ArticleFactory(body="<p>True [1], [2,3].</p>")
    Reference.objects.create(article=article, position=2, title="A trial")
    assert messages(article) == [
        "The text cites [1], but there is no reference with that number.",
        "The text cites [3], but there is no reference with that number.",
    ]


def test_a_reference_nobody_cites_is_fine() -> None:
    article = ArticleFactory()
    Reference.objects.create(article=article, position=1, title="Further reading")
    assert messages(article) == []


def test_a_number_is_used_once() -> None:
    article = ArticleFactory()
    for _ in range(2):
        Reference.objects.create(article=article, position=1, title="A trial")
    assert messages(article) == ["More than one reference has the number 1."]
