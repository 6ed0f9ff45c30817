"""What stands in the way of publishing."""

from collections.abc import Callable
from typing import Any

import pytest

from articles.models import Article, Byline, Reference
from articles.readiness import obstacles
from tests.factories.articles import ArticleFactory, AuthorFactory, ImageFactory

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
