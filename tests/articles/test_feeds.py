"""Feeds: read back by parsers that are not ours, whole, the same for good, and moved only by real changes."""

import datetime
import io
import unicodedata
import warnings
import xml.etree.ElementTree as ET
from typing import Any

import atoma
import feedparser
import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article, Reference, Significance, Status
from meducation.lib import page_cache
from tests.factories.articles import PUBLISHED_AT, ArticleFactory, AuthorFactory, RevisionFactory, TopicFactory

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"
ATOM, RSS = "/articles/feed/", "/articles/feed/rss/"
DAY = datetime.timedelta(days=1)
HOSTILE = [
    "]]> & <b>bold</b> </title><script>alert(1)</script>",
    "Bell\x07 and \x1b[31mescape",
    "\ufffe\uffff\x85 odd ends",
    "السكتة الدماغية \u202etxt.exe",
    "Sepsis 🩺👩🏽‍⚕️ e\u0301",
    "&lt;img src=x onerror=alert(1)&gt; &amp;",
]


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    page_cache.store.clear()


def get(path: str, **headers: str) -> Any:
    page_cache.store.clear()
    return Client().get(path, headers=headers)


def parsed(path: str) -> Any:
    """The feed as feedparser reads it; it had nothing to forgive."""
    response = get(path)
    assert response.status_code == 200
    # A file, so that it cannot be taken for an address; with its headers, as a program gets it.
    feed = feedparser.parse(
        io.BytesIO(response.content), response_headers={"content-type": response.headers["Content-Type"]}
    )
    assert feed.bozo is False, feed.get("bozo_exception")
    strict = atoma.parse_rss_bytes if path.endswith("rss/") else atoma.parse_atom_bytes
    with warnings.catch_warnings():
        # It asks elements whether they are true, which Python means to change.
        warnings.simplefilter("ignore", DeprecationWarning)
        strict(response.content)
    return feed


def whole(entry: Any) -> str:
    return str(entry.content[0].value)


def tell(article: Article, significance: Significance, at: datetime.datetime, note: str = "") -> None:
    """Publish a new text."""
    article.acknowledgement += "Thanks. "
    article.revision = RevisionFactory(article=article, significance=significance, live_from=at, note=note)
    article.save()


@pytest.mark.parametrize("path", [ATOM, RSS])
def test_it_says_who_wrote_what_and_when(path: str) -> None:
    article = ArticleFactory(
        published=True, title="Soap", standfirst="Why it works.", slug="soap", author=AuthorFactory(name="Ada Lovelace")
    )
    article.topics.add(TopicFactory(name="Hygiene"))
    feed = parsed(path)
    assert feed.version == ("rss20" if path == RSS else "atom10")
    assert (feed.feed.title, feed.feed.link) == ("Meducation: articles", f"{SITE}/articles/")
    [entry] = feed.entries
    assert (entry.title, entry.link, entry.summary) == ("Soap", f"{SITE}/articles/soap/", "Why it works.")
    assert [author.name for author in entry.authors] == ["Ada Lovelace"]
    assert [tag.term for tag in entry.tags] == ["Hygiene"]
    assert entry.id.startswith("urn:uuid:")
    assert entry.published_parsed[:5] == entry.updated_parsed[:5] == (2026, 1, 1, 9, 0)


@pytest.mark.parametrize("path", [ATOM, RSS])
def test_an_entry_holds_the_whole_article_with_addresses_that_lead_somewhere(path: str) -> None:
    picture = f"/articles/images/{'a' * 64}.webp"
    article = ArticleFactory(
        slug="soap",
        body=(
            '<h2>How</h2><p>It breaks fat [1]. See <a href="/articles/">more</a> or <a href="https://who.int/x">WHO</a>.</p>'
            f'<figure><img src="{picture}" alt="Hands"></figure>'
            '<blockquote class="callout-warning"><p>Not for eyes.</p></blockquote>'
            "<table><tr><th>A</th></tr><tr><td>B</td></tr></table>"
        ),
        acknowledgement="Thanks to Bea.",
        funding="A grant.",
        learning_objectives="Wash\nDry",
    )
    Reference.objects.create(article=article, position=1, title="Fat", doi="10.1000/182", source="BMJ")
    tell(article, Significance.UPDATE, PUBLISHED_AT)
    article.status, article.publish_at = Status.PUBLISHED, PUBLISHED_AT
    article.save()
    [entry] = parsed(path).entries
    html = whole(entry)
    for words in ("1. How", "Safety warning", "Not for eyes.", "Thanks to Bea.", "A grant.", "None declared.", "Dry"):
        assert words in html
    assert f'href="{SITE}/articles/soap/#ref-1"' in html and "https://doi.org/10.1000/182" in html
    assert f'href="{SITE}/articles/"' in html and 'href="https://who.int/x"' in html
    assert f'src="{SITE}{picture}"' in html and 'alt="Hands"' in html
    assert 'href="/' not in html and 'href="#' not in html and "class=" not in html and "<svg" not in html


@pytest.mark.sweep
@pytest.mark.parametrize("path", [ATOM, RSS])
@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_the_words_the_feed_can_be_read(path: str, words: str) -> None:
    article = ArticleFactory(
        published=True,
        title=words,
        standfirst=words,
        body=f"<p>{words}</p>",
        acknowledgement=words,
        author=AuthorFactory(name=words),
    )
    article.topics.add(TopicFactory(name=words, slug="hostile", description=words))
    for place in (path, path.replace("/articles/", "/articles/topics/hostile/")):
        response = get(place)
        # Also by a parser that forgives nothing: the title is the words, less what XML cannot hold.
        root = ET.fromstring(response.content)  # noqa: S314 (what we wrote ourselves)
        titles = [element.text for element in root.iter() if element.tag.rpartition("}")[2] == "title"]
        kept = [each for each in words if unicodedata.category(each) not in ("Cc", "Cn")]
        expected = " ".join("".join(kept).split())
        assert expected in titles
        feed = parsed(place)
        assert "<script" not in whole(feed.entries[0])


def test_the_id_outlives_the_slug_and_the_host(settings: Any) -> None:
    article = ArticleFactory(published=True)
    [before] = parsed(ATOM).entries
    article.slug, settings.SITE_URL = "another", "https://elsewhere.example"
    article.save()
    [after] = parsed(ATOM).entries
    [rss] = parsed(RSS).entries
    assert before.id == after.id == rss.id and after.link == "https://elsewhere.example/articles/another/"
    ArticleFactory(published=True)
    assert len({entry.id for entry in parsed(ATOM).entries}) == 2


@pytest.mark.parametrize(
    ("significance", "moves"),
    [(each, each != Significance.EDITORIAL) for each in Significance],
)
def test_only_a_real_change_moves_updated(significance: Significance, moves: bool) -> None:
    article = ArticleFactory(published=True)
    before = parsed(ATOM)
    tell(article, significance, PUBLISHED_AT + 30 * DAY)
    after, rss = parsed(ATOM), parsed(RSS)
    [entry] = after.entries
    assert (entry.updated_parsed != before.entries[0].updated_parsed) is moves
    assert (after.feed.updated != before.feed.updated) is moves
    assert rss.entries[0].updated_parsed == entry.updated_parsed
    assert entry.published_parsed == before.entries[0].published_parsed


def test_an_editorial_change_after_a_real_one_leaves_its_date() -> None:
    article = ArticleFactory(published=True)
    tell(article, Significance.UPDATE, PUBLISHED_AT + 30 * DAY)
    tell(article, Significance.EDITORIAL, PUBLISHED_AT + 60 * DAY)
    [entry] = parsed(ATOM).entries
    assert entry.updated == (PUBLISHED_AT + 30 * DAY).isoformat()


def test_saving_a_draft_of_a_published_article_changes_nothing() -> None:
    article = ArticleFactory(published=True)
    before = get(ATOM).content
    article.body = "<p>Not for readers yet.</p>"
    article.save()
    assert get(ATOM).content == before


def test_what_nobody_may_read_is_in_no_feed() -> None:
    ArticleFactory(title="A draft")
    ArticleFactory(title="Tomorrow", published=True, publish_at=timezone.now() + DAY)
    feed = parsed(ATOM)
    assert feed.entries == [] and feed.feed.updated == "1970-01-01T00:00:00+00:00"
    assert parsed(RSS).entries == []


@pytest.mark.parametrize("path", [ATOM, RSS])
def test_a_withdrawn_text_is_not_sent_again(path: str) -> None:
    article = ArticleFactory(published=True, body="<p>Give ten times the dose.</p>")
    tell(article, Significance.WITHDRAWAL, PUBLISHED_AT + DAY, "The dose was wrong.")
    [entry] = parsed(path).entries
    assert "ten times" not in whole(entry)
    assert "Withdrawn on 2 January 2026: do not rely on this article. The dose was wrong." in whole(entry)
    assert entry.summary.startswith("Withdrawn")
    assert entry.updated_parsed[:3] == (2026, 1, 2)
    tell(article, Significance.EDITORIAL, PUBLISHED_AT + 2 * DAY)
    [entry] = parsed(path).entries
    assert "ten times" not in whole(entry) and entry.updated_parsed[:3] == (2026, 1, 2)


def test_a_correction_and_a_retirement_come_first_and_move_updated() -> None:
    corrected, retired = ArticleFactory(published=True), ArticleFactory(published=True)
    tell(corrected, Significance.CORRECTION, PUBLISHED_AT + DAY, "It said left.")
    retired.status, retired.retired_at = Status.RETIRED, PUBLISHED_AT + 2 * DAY
    retired.retired_because = "Nobody does this any more."
    retired.save()
    entries = {entry.title: entry for entry in parsed(ATOM).entries}
    assert whole(entries[corrected.title]).strip().startswith("<p><strong>Corrected on 2 January 2026. It said left.")
    assert whole(entries[retired.title]).strip().startswith("<p><strong>Retired on 3 January 2026: this article")
    assert "Words." in whole(entries[retired.title])
    assert entries[retired.title].updated_parsed[:3] == (2026, 1, 3)


def test_a_feed_has_the_newest_twenty() -> None:
    for number in range(22):
        ArticleFactory(published=True, title=f"Number {number}", publish_at=PUBLISHED_AT + number * DAY)
    assert [entry.title for entry in parsed(ATOM).entries] == [f"Number {number}" for number in range(21, 1, -1)]


def test_topics_and_authors_have_their_own() -> None:
    topic, author = TopicFactory(slug="one", name="One"), AuthorFactory(slug="two", name="Two")
    on_topic, by_author = ArticleFactory(published=True), ArticleFactory(published=True, author=author)
    on_topic.topics.add(topic)
    for suffix in ("feed/", "feed/rss/"):
        one, two = parsed(f"/articles/topics/one/{suffix}"), parsed(f"/articles/authors/two/{suffix}")
        assert [entry.title for entry in one.entries] == [on_topic.title]
        assert [entry.title for entry in two.entries] == [by_author.title]
        assert one.feed.title == "Meducation: One" and two.feed.link == f"{SITE}/articles/authors/two/"


def test_a_program_that_has_it_gets_304_and_nothing_is_asked(django_assert_num_queries: Any) -> None:
    ArticleFactory(published=True)
    first = Client().get(ATOM)
    with django_assert_num_queries(0):
        for headers in (
            {"if-none-match": first.headers["ETag"]},
            {"if-modified-since": first.headers["Last-Modified"]},
            {"if-none-match": first.headers["ETag"], "if-modified-since": "Mon, 01 Jan 1990 00:00:00 GMT"},
        ):
            again = Client().get(ATOM, headers=headers)
            assert again.status_code == 304 and again.content == b""
        for headers in ({"if-none-match": '"other"'}, {"if-modified-since": "Mon, 01 Jan 1990 00:00:00 GMT"}):
            assert Client().get(ATOM, headers=headers).status_code == 200


def test_a_program_that_has_an_older_text_gets_the_new_one_editorial_or_not() -> None:
    article = ArticleFactory(published=True)
    first = get(ATOM)
    tell(article, Significance.EDITORIAL, PUBLISHED_AT + DAY)
    for name, header in (("if-none-match", "ETag"), ("if-modified-since", "Last-Modified")):
        assert get(ATOM, **{name: first.headers[header]}).status_code == 200


def test_one_of_two_taken_away_is_noticed_by_its_date() -> None:
    ArticleFactory(published=True)
    newer = ArticleFactory(published=True, publish_at=PUBLISHED_AT + DAY)
    first = get(ATOM)
    Article.objects.filter(pk=newer.pk).update(status=Status.DRAFT)
    assert get(ATOM, **{"if-modified-since": first.headers["Last-Modified"]}).status_code == 200


def test_pages_name_their_feeds() -> None:
    article = ArticleFactory(published=True, author=AuthorFactory(slug="two"))
    article.topics.add(TopicFactory(slug="one"))
    for page, feed in (
        ("/articles/", ATOM),
        ("/articles/topics/one/", "/articles/topics/one/feed/"),
        ("/articles/authors/two/", "/articles/authors/two/feed/"),
    ):
        text = get(page).text
        assert '<link rel="alternate" type="application/atom+xml"' in text and f'<a href="{feed}">Follow' in text
        assert f'href="{feed}rss/"' in text
    assert 'type="application/atom+xml"' in get(article.get_absolute_url()).text


def test_pictures_of_a_feed_may_be_shown_on_other_sites(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / f"{'a' * 64}.webp").write_bytes(b"webp")
    response = get(f"/articles/images/{'a' * 64}.webp")
    response.close()
    assert response.status_code == 200
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
