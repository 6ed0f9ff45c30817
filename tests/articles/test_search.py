"""Searching, as a reader does it."""

import datetime
from collections.abc import Iterator
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import psycopg2
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Topic
from articles.search import finding
from articles.search.passages import in_pieces, surroundings
from meducation.lib import page_cache
from tests.factories.articles import ArticleFactory, AuthorFactory, RevisionFactory, TopicFactory

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    page_cache.store.clear()
    yield
    page_cache.store.clear()


def page(client: Client, q: str, **more: Any) -> BeautifulSoup:
    response = client.get(f"/articles/?{urlencode({'q': q, **more})}")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def said(shown: BeautifulSoup) -> str:
    results = shown.find(id="results")
    assert results is not None
    return " ".join(results.get_text(" ").split())


def titles(client: Client, q: str, **more: Any) -> list[str]:
    return [heading.get_text() for heading in page(client, q, **more).select("ol.results h2")]


def published(title: str, body: str = "", **more: Any) -> Article:
    return ArticleFactory(title=title, body=f"<p>{body or 'Words.'}</p>", published=True, **more)


# --- What is found


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("bleeding", ["Bleeding"]), ("BLEEDING", ["Bleeding"]), ("bleed", ["Bleeding"]),
        ("warfarin vitamin", ["Bleeding"]), ("vitamin asthma", []), ("nurse", ["Asthma"]), ("Nursing", ["Asthma"]),
        ('"vitamin k"', ["Bleeding"]), ('"k vitamin"', []), ("k vitamin", ["Bleeding"]),
        ("words -asthma", []), ("warfarin -vitamin", []), ("inhaler -warfarin", ["Asthma"]),
        ("war", ["Bleeding"]), ("hypertensi", ["Pressure"]), ("haemorrh", ["Bleeding"]),
        ("hemorrhage", ["Bleeding"]), ("haemorrhage", ["Bleeding"]), ('"hemorrhage"', []),
        ("mi", ["Heart"]), ("heart attack", ["Heart"]), ('"heart attack"', []), ("htn", ["Pressure"]),
        ("a&e", ["Heart"]), ("emergency department", ["Heart"]), ("CO2", ["Asthma"]), ("covid-19", ["Asthma"]),
        ("meniere", ["Pressure"]), ("Ménière", ["Pressure"]), ("beta blocker", ["Pressure"]),
        ("beta-blocker", ["Pressure"]), ("acetaminophen", ["Heart"]),
    ],
)  # fmt: skip
def test_words_find_articles(q: str, found: list[str], client: Client) -> None:
    published("Bleeding", "Warfarin, vitamin K and haemorrhage.")
    published("Heart", "After a myocardial infarction, call A&amp;E. Paracetamol.")
    published("Pressure", "Hypertension, Ménière’s disease and a beta-blocker.")
    article = published("Asthma", "Inhalers; CO<sub>2</sub>; COVID-19.", author=AuthorFactory(name="Ada Nurse"))
    article.topics.add(TopicFactory(name="Nursing"))
    assert titles(client, q) == found


def test_a_title_counts_more_than_a_standfirst_and_that_more_than_the_text(client: Client) -> None:
    published("In the text", "Sepsis, sepsis and sepsis.")
    published("In the standfirst", standfirst="About sepsis.")
    published("Sepsis")
    assert titles(client, "sepsis") == ["Sepsis", "In the standfirst", "In the text"]


def test_newest_first_when_asked_for(client: Client) -> None:
    for title, year in (("Sepsis", 2020), ("New", 2025), ("Newer", 2026)):
        published(title, "sepsis", publish_at=datetime.datetime(year, 1, 1, tzinfo=datetime.UTC))
    assert titles(client, "sepsis") == ["Sepsis", "Newer", "New"]
    assert titles(client, "sepsis", sort="date") == ["Newer", "New", "Sepsis"]


def test_only_what_readers_may_read_is_found(client: Client) -> None:
    ArticleFactory(title="Draft sepsis")
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    later = published("Scheduled sepsis", publish_at=tomorrow)
    gone = published("Retired sepsis")
    Article.objects.filter(pk=gone.pk).update(status="retired", retired_at=timezone.now())
    Article.objects.filter(pk=later.pk).update(status="scheduled")
    assert titles(client, "sepsis") == ["Retired sepsis"]
    with time_machine.travel(tomorrow + datetime.timedelta(minutes=1), tick=False):
        assert len(titles(client, "sepsis")) == 2


# --- What the page says


def test_the_words_are_marked_and_nothing_an_author_wrote_becomes_markup(client: Client) -> None:
    article = published("Sepsis <script>alert(1)</script>")
    body = "<p>Before &lt;img src=x onerror=alert(2)&gt; sepsis &lt;/mark&gt; \ue000after\ue001</p>"
    Article.objects.filter(pk=article.pk).update(
        revision=RevisionFactory(article=article, body=body, title=article.title, live_from=timezone.now())
    )
    response = client.get("/articles/?q=sepsis")
    shown = BeautifulSoup(response.content, "html.parser")
    assert {mark.get_text().lower() for mark in shown.find_all("mark")} == {"sepsis"}
    assert shown.select_one("ol.results script, ol.results img") is None
    assert b"<script>alert(1)" not in response.content and b"<img src=x" not in response.content
    assert "<img src=x onerror=alert(2)>" in said(shown)


def test_the_query_comes_back_escaped(client: Client) -> None:
    response = client.get("/articles/", {"q": '"><script>alert(1)</script> sepsis'})
    assert b"<script>alert(1)" not in response.content
    box = BeautifulSoup(response.content, "html.parser").find(id="id_q")
    assert box is not None
    assert box["value"] == '"><script>alert(1)</script> sepsis'


def test_the_standfirst_stands_where_the_text_has_no_such_word(client: Client) -> None:
    published("Sepsis", "Nothing of the sort.", standfirst="How to begin.")
    assert "How to begin." in said(page(client, "sepsis"))


def test_a_search_is_not_for_other_search_engines(client: Client) -> None:
    published("Sepsis")
    response = client.get("/articles/?q=sepsis")
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert b'<meta name="robots" content="noindex">' in response.content
    assert "X-Robots-Tag" not in client.get("/articles/").headers


@pytest.mark.parametrize("path", ["/", "/articles/"])
def test_there_is_a_box_to_search_from(path: str, client: Client) -> None:
    shown = BeautifulSoup(client.get(path).content, "html.parser")
    form = shown.select_one("form[role=search]")
    assert form is not None
    assert (form["method"], form["action"]) == ("get", "/articles/")
    assert form.select_one("input[name=csrfmiddlewaretoken]") is None


# --- Counts and filters


@pytest.fixture
def many() -> Topic:
    """Twelve on sepsis: five of them about nursing, four long, three without CPD, two of last month."""
    topic = TopicFactory(name="Nursing", slug="nursing")
    now = timezone.now()
    for number in range(12):
        article = published(
            f"Sepsis {number}", "care " * (2_000 if number < 4 else 10),
            publish_at=now - datetime.timedelta(days=30 if number > 9 else 700),
            competing_interests="" if number in (4, 5, 6) else "None declared.",
        )  # fmt: skip
        if number < 5:
            article.topics.add(topic)
    return topic


def offered(shown: BeautifulSoup) -> dict[str, str]:
    options = [" ".join(link.get_text(" ").split()) for link in shown.select(".filterlist a")]
    return {option.rsplit(" ", 2)[0]: option.rsplit(" ", 2)[1] for option in options if "article" in option}


@pytest.mark.usefixtures("many")
def test_counts_say_what_each_filter_would_leave(client: Client) -> None:
    shown = page(client, "sepsis")
    assert said(shown).startswith("12 articles for “sepsis”")
    counts = offered(shown)
    assert counts["Nursing"] == "5" and counts["Up to 5 min"] == "8" and counts["Offers CPD"] == "9"
    assert counts["Last year"] == "2" and counts["Last 2 years"] == "12"
    for link in shown.select(".filterlist a"):
        words = link.get_text(" ").split()
        left = said(BeautifulSoup(client.get(f"/articles/{link['href']}").content, "html.parser"))
        assert left.startswith(f"{words[-2]} article"), words


@pytest.mark.usefixtures("many")
def test_filters_combine_and_come_off_one_by_one(client: Client) -> None:
    shown = page(client, "sepsis", topic="nursing", minutes="5")
    assert said(shown).startswith("1 article for")
    taken = {link.get_text(" ").split()[0]: str(link["href"]) for link in shown.select(".filterlist a[aria-current]")}
    assert "topic=" not in taken["Nursing"] and "minutes=5" in taken["Nursing"]
    assert said(page(client, "sepsis", topic="nursing", minutes="5", cpd="1")).startswith("No article for “sepsis”")
    assert "Without the filters there are 12." in said(page(client, "sepsis", topic="nursing", minutes="5", cpd="1"))


@pytest.mark.usefixtures("many")
def test_a_new_word_keeps_the_filters(client: Client) -> None:
    kept = {
        str(box["name"]): box["value"] for box in page(client, "sepsis", cpd="1", page="2").select("form [type=hidden]")
    }
    assert kept == {"cpd": "1"}


@pytest.mark.sweep
@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    "more",
    [{"topic": "none"}, {"minutes": "7"}, {"minutes": "x"}, {"years": "-1"}, {"cpd": "yes"}, {"sort": "size"},
     {"page": "0"}, {"page": "-1"}, {"page": "²"}, {"page": "1e9"}, {"topic": "x" * 9_000}],
)  # fmt: skip
def test_what_is_no_filter_is_passed_over(more: dict[str, str], client: Client) -> None:
    assert said(page(client, "sepsis", **more)).startswith("12 articles")


@pytest.mark.usefixtures("many")
def test_pages_are_real_links_and_no_article_stands_on_two(client: Client) -> None:
    first = page(client, "sepsis")
    onward = first.select_one("a[rel=next]")
    assert onward is not None
    second = BeautifulSoup(client.get(f"/articles/{onward['href']}").content, "html.parser")
    both = [heading.get_text() for shown in (first, second) for heading in shown.select("ol.results h2")]
    assert len(both) == len(set(both)) == 12
    assert second.select_one("a[rel=prev]") is not None and second.select_one("a[rel=next]") is None


@pytest.mark.usefixtures("many")
def test_a_page_beyond_the_last_shows_the_last(client: Client) -> None:
    assert len(titles(client, "sepsis", page="99999999999")) == 2


def test_overdue_review_takes_cpd_off(client: Client) -> None:
    published("Sepsis", review_due_on=timezone.localdate() + datetime.timedelta(days=1))
    assert titles(client, "sepsis", cpd="1") == ["Sepsis"]
    with time_machine.travel(timezone.now() + datetime.timedelta(days=3), tick=False):
        assert titles(client, "sepsis", cpd="1") == []
        assert titles(client, "sepsis") == ["Sepsis"]


def test_beyond_the_bound_it_says_more_than_and_counts_no_filter(client: Client) -> None:
    for number in range(8):
        published(f"Plain {number}", "sepsis")
    published("Sepsis in the title", publish_at=datetime.datetime(2015, 1, 1, tzinfo=datetime.UTC))
    with mock.patch.object(finding, "MOST_RANKED", 5):
        shown = page(client, "sepsis")
        # The old one with the word in its title comes before newer ones that have it in the text.
        assert titles(client, "sepsis")[0] == "Sepsis in the title"
        assert len(titles(client, "sepsis")) == len(titles(client, "sepsis", sort="date")) == 5
        assert said(shown).startswith("More than 5 articles")
        assert not offered(shown)
        # A filter that leaves few is counted to the end.
        assert said(page(client, "sepsis", years="1")).startswith("More than 5")
        assert said(page(client, "sepsis title", years="5")).startswith("No article")


# --- Nothing found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("haemorage", "haemorrhage"), ("hemorage", "haemorrhage"), ("sepssis", "sepsis"),
        ("asthmaa sepsys", "asthma sepsis"), ("paracetomol", "paracetamol"),
    ],
)  # fmt: skip
def test_a_misspelt_word_is_put_right(typed: str, meant: str, client: Client) -> None:
    published("Sepsis", "Haemorrhage and asthma and paracetamol.")
    link = page(client, typed).select_one(".didyoumean a")
    assert link is not None
    shown = BeautifulSoup(client.get(f"/articles/{link['href']}").content, "html.parser")
    assert said(shown).startswith("1 article for")
    assert link.get_text() == meant or typed == "hemorage"


def test_only_what_finds_something_is_suggested(client: Client) -> None:
    article = published("Sepsis")
    Article.objects.filter(pk=article.pk).update(status="draft")
    published("Other")
    assert page(client, "sepsys").select_one(".didyoumean") is None


def test_nothing_found_shows_where_to_go_on(client: Client) -> None:
    published("Newest").topics.add(TopicFactory(name="Nursing"))
    shown = page(client, "xyzzy")
    assert "No article for “xyzzy”" in said(shown)
    assert shown.select_one("nav[aria-label=Topics] a") is not None
    assert "Newest" in said(shown)


@pytest.mark.parametrize(
    ("q", "sentence"),
    [
        ("", "Type a word to look for"), ("   ", "Type a word"), ('"" - & | !', "Type a word"),
        ("-", "Type a word"), ("-sepsis", "only words to leave out"), ("the of and", "in nearly every text"),
        ("the -sepsis", "in nearly every text"), ("sepsis " * 1_500, "Only the first part was looked for"),
    ],
)  # fmt: skip
def test_whatever_is_typed_gets_a_sentence(q: str, sentence: str, client: Client) -> None:
    published("Sepsis")
    assert sentence in said(page(client, q))


@pytest.mark.sweep
@pytest.mark.parametrize(
    "q",
    ["x" * 10_000, "a b " * 2_500, "-a " * 3_000, '"' * 999, "'", "\\", "%", "_", "sep:*", "a <-> b", "!!", "()",
     "\u202esisp\u202c", "تسمم الدم",
     "e\u0301\u0301\u0301", "\ud7ff", "🫀", "'; drop table", "％", "1/0", "10.5.5.5", "é" * 300],
)  # fmt: skip
def test_nothing_that_is_typed_breaks_it(q: str, client: Client) -> None:
    published("Sepsis")
    assert page(client, q).find("h1") is not None


def test_a_nul_byte_is_refused_with_a_sentence(client: Client) -> None:
    response = client.get("/articles/", {"q": "sepsis\x00"})
    assert response.status_code == 400
    assert BeautifulSoup(response.content, "html.parser").find("h1") is not None


def test_a_search_that_takes_too_long_is_stopped_with_a_sentence(client: Client) -> None:
    other = psycopg2.connect(**connection.get_connection_params())
    try:
        # As long as somebody else holds the table, no search comes to an end.
        other.cursor().execute("LOCK TABLE articles_searchentry IN ACCESS EXCLUSIVE MODE")
        with mock.patch.object(finding, "MOST_MILLISECONDS", 100):
            shown = page(client, "sepsis")
        assert "This search took too long and was stopped." in said(shown)
    finally:
        other.close()
    published("Sepsis")
    assert titles(client, "sepsis") == ["Sepsis"]


# --- What it costs


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_many_articles_take_no_more_queries_than_one(client: Client) -> None:
    published("Sepsis 0").topics.add(TopicFactory())
    one = queries(client, "/articles/?q=sepsis")
    for number in range(1, 30):
        published(f"Sepsis {number}").topics.add(TopicFactory())
    assert queries(client, "/articles/?q=sepsis") == one <= MOST_QUERIES
    assert queries(client, "/articles/?q=sepsys") <= MOST_QUERIES


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.slow
def test_the_statements_of_a_search_use_their_indexes(client: Client) -> None:
    call_command("seed_articles", 400, verbosity=0)
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/articles/?q=phaeochromocytoma+sarcoidosis").status_code == 200
        assert client.get("/articles/?q=sarcodosis").status_code == 200
    # Four hundred rows are soon read; what is asked here is whether the indexes fit the statements.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    plans = {
        index: [query["sql"] for query in captured if marker in query["sql"]]
        for index, marker in (
            ("articles_search_words", "AS MATERIALIZED"),
            ("articles_search_heading", "WHERE heading @@"),
            ("articles_search_alike", "articles_search_trigrams"),
        )
    }
    for index, statements in plans.items():
        assert statements
        assert index in plan(statements[0])


@pytest.mark.slow
def test_a_list_is_counted_no_further_than_it_is_shown(client: Client) -> None:
    call_command("seed_articles", 1_050, verbosity=0)
    with CaptureQueriesContext(connection) as captured:
        shown = BeautifulSoup(client.get("/articles/?page=51").content, "html.parser")
    assert not [query for query in captured if "COUNT(" in query["sql"]]
    assert [line.get_text() for line in shown.select(".pagination p")] == ["Page 51"]
    with connection.cursor() as cursor:
        # Both are for the one way that a long list takes: a thousand rows could still be sorted.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
    deep = next(query["sql"] for query in captured if "OFFSET 1000" in query["sql"])
    assert "Only Scan using articles_" in plan(deep)
    page_50 = BeautifulSoup(client.get("/articles/?page=50").content, "html.parser")
    assert page_50.select_one("a[rel=next]") is not None
    for number in ("53", "9999"):
        last = BeautifulSoup(client.get(f"/articles/?page={number}").content, "html.parser")
        assert [line.get_text() for line in last.select(".pagination p")] == ["Page 53"]
        assert last.select_one("a[rel=next]") is None


# --- Passages


def test_a_passage_is_taken_from_around_the_word() -> None:
    import re

    body = f"{'before ' * 60}Sepsis kills. {'after ' * 60}"
    [shown] = [surroundings(body, [re.compile(r"\bsepsi", re.IGNORECASE)])]
    assert shown.startswith("… before") and "Sepsis kills." in shown and shown.endswith("after …")
    assert len(shown) < 300
    assert surroundings("Short.", [re.compile("none")]) == ""


@pytest.mark.parametrize(
    ("marked", "pieces"),
    [
        ("plain", [("plain", False)]),
        ("a \ue000b\ue001 c", [("a ", False), ("b", True), (" c", False)]),
        ("\ue000b\ue001", [("b", True)]),
        ("", []),
    ],
)
def test_marked_text_in_pieces(marked: str, pieces: list[tuple[str, bool]]) -> None:
    assert in_pieces(marked) == pieces
