"""The picture beside a link on other sites: drawn once, for published words only, never with empty boxes."""

import io
import time
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from PIL import Image

from articles import cards
from articles.cards import HEIGHT, WIDTH, Face, draw
from articles.models import Article
from meducation.lib import page_cache
from tests.factories.articles import ArticleFactory, RevisionFactory, TopicFactory


def face(title: str = "Soap", byline: str = "Ada", topic: str = "Hygiene") -> Face:
    return Face(title=title, byline=byline, topic=topic, site="Meducation")


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.fixture(autouse=True)
def own_media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    page_cache.store.clear()
    return tmp_path


def test_it_is_a_png_of_the_size_that_is_announced() -> None:
    image = opened(draw(face()))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT)) == ("PNG", (1200, 630))


def ink(content: bytes, box: tuple[int, int, int, int]) -> int:
    """Dark points within a part of the picture."""
    part = opened(content).convert("L").crop(box)
    return sum(count for level, count in enumerate(part.histogram()) if level < 100)


def test_the_words_are_on_it() -> None:
    title_place, byline_place = (80, 216, 1120, 512), (80, 530, 1120, 600)
    longer = draw(face(title="Soap and water and time"))
    assert ink(longer, title_place) > ink(draw(face()), title_place) > 0
    assert ink(draw(face(byline="")), byline_place) == 0 < ink(draw(face()), byline_place)


@pytest.mark.parametrize(
    "title",
    [
        "W" * 160,
        "pneumonoultramicroscopicsilicovolcanoconiosis " * 3,
        "How to talk about very difficult things " * 4,
        "i " * 80,
    ],
)
def test_a_long_title_stays_within_its_place(title: str) -> None:
    content = draw(face(title=title.strip()[:160]))
    assert ink(content, (80, 216, 1120, 512)) > 0
    assert ink(content, (1124, 20, 1200, 610)) == 0
    assert ink(draw(face(title=title.strip()[:160], byline="")), (80, 520, 1120, 612)) == 0


@pytest.mark.parametrize(
    "title", ["السكتة الدماغية", "李明的文章", "Sepsis 🩺", "א", "\U0010fffe", "x\u0325\u0363", "", "\u200b\u202e"]
)
def test_a_title_our_fonts_cannot_write_is_left_out(title: str) -> None:
    assert draw(face(title=title)) == draw(face(title="")) != draw(face())


@pytest.mark.parametrize("title", ["5 µg ≥ 3 α-blockers → ½", "Dvořák’s “œuvre” — ŠŽŁŐ", "e\u0301 and n\u0303"])
def test_greek_signs_and_accents_are_written(title: str) -> None:
    assert draw(face(title=title)) != draw(face(title=""))


def test_a_byline_or_topic_we_cannot_write_is_left_out_alone() -> None:
    assert draw(face(byline="李明", topic="א")) == draw(face(byline="", topic=""))


def test_its_name_is_what_is_on_it() -> None:
    keys = {each.key for each in (face(), face(title="Other"), face(byline="Other"), face(topic="Other"))}
    assert len(keys) == 4 and face().key == face().key and all(cards.KEY.fullmatch(key) for key in keys)


def test_drawing_is_quick_once_the_fonts_are_read() -> None:
    draw(face(title="W" * 160))
    taken = []
    for _ in range(3):
        before = time.process_time()
        draw(face(title="How to talk about very difficult things " * 3))
        taken.append(time.process_time() - before)
    assert min(taken) < 0.2, "some 50 ms on a developer's machine"


def announced(article: Article) -> str:
    """The picture's path, as the page's head has it."""
    page = BeautifulSoup(Client().get(article.get_absolute_url()).text, "html.parser")
    assert page.select_one('meta[name="twitter:card"][content="summary_large_image"]')
    found = page.select_one('meta[property="og:image"]')
    assert found is not None
    return str(found["content"]).removeprefix("http://localhost:8000")


def fetched(path: str) -> tuple[int, bytes, dict[str, str]]:
    response = Client().get(path)
    return response.status_code, response.content, dict(response.headers)


@pytest.mark.django_db
def test_it_is_drawn_once_and_then_only_sent(django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    article = ArticleFactory(published=True)
    article.topics.add(TopicFactory())
    path = announced(article)
    status, first, headers = fetched(path)
    assert status == 200 and opened(first).size == (WIDTH, HEIGHT) and headers["Content-Type"] == "image/png"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    monkeypatch.setattr(cards, "draw", None)
    with django_assert_num_queries(0):
        assert fetched(path)[:2] == (200, first)


@pytest.mark.django_db
def test_other_words_have_another_address() -> None:
    article = ArticleFactory(published=True)
    before = announced(article)
    article.title = "Other words"
    article.revision = RevisionFactory(article=article)
    article.save()
    page_cache.store.clear()
    assert announced(article) != before


@pytest.mark.django_db
def test_nothing_is_drawn_of_words_nobody_may_read(own_media: Path) -> None:
    article = ArticleFactory(published=True)
    live = announced(article)
    article.title = "Not for readers yet"
    article.save()
    assert announced(article) == live
    draft = ArticleFactory(slug="draft")
    revision = RevisionFactory(article=draft)
    key = cards.face_of(revision, []).key
    assert fetched(f"/articles/draft/card-{key}.png")[0] == 404
    assert fetched(f"/articles/{article.slug}/card-{key}.png")[0] == 404
    assert fetched(f"/articles/{article.slug}/card-{'0' * 32}.png")[0] == 404
    assert fetched(f"/articles/{article.slug}/card-..%2f..%2fsecret.png")[0] == 404
    assert not list(own_media.rglob("*.png"))
