"""Articles, lists and searches by how many articles there are: part of `make bench`.

The site is filled step by step (manage.py seed_articles). Pages are asked for in this process, past what is kept in
memory, through every middleware. A search stands beside the same statements sent by a plain cursor, and beside
the plain way to search: every match ranked by the whole text, and counted.
"""

import operator
import statistics
import time
from collections.abc import Callable
from functools import cache
from typing import Any

SIZES = (100, 1_000, 10_000, 100_000)
ROUNDS = 9
# Beside the planted words, one that stands in nearly every text.
EVERYWHERE = "patient"
GROWTH_GOAL, SEARCH_GROWTH_GOAL, SQL_GOAL = 2.0, 3.0, 2.0
MOST_QUERIES = 3
PLAIN = """SELECT article_id, ts_rank(words, q) AS score, count(*) OVER () FROM articles_searchentry,
    plainto_tsquery('pg_catalog.english', %s) AS q
    WHERE words @@ q AND visible_from <= now() ORDER BY score DESC, visible_from DESC LIMIT 10"""
HEADLINES = """SELECT ts_headline('pg_catalog.english', text.body, plainto_tsquery('pg_catalog.english', %s))
    FROM articles_article AS article JOIN articles_revision AS text ON text.id = article.revision_id
    WHERE article.id = ANY (%s)"""


def measure() -> str:
    """Fill the site, measure at each size, and say what was reached."""
    from django.core.management import call_command

    from articles.management.commands.seed_articles import PLANTED

    words = {"rare": "phaeochromocytoma", "middling": "sarcoidosis", "very common": "auscultation"}
    assert set(words.values()) == set(PLANTED)
    words["ubiquitous"] = EVERYWHERE
    pages = {"article": "/articles/seeded-000050/", "list": "/articles/", "list, its last page": ""}
    pages |= {f"search, {kind} word": f"/articles/?q={word}" for kind, word in words.items()}
    taken: dict[str, list[float]] = {what: [] for what in pages}
    began = time.perf_counter()
    for size in SIZES:
        call_command("seed_articles", size, verbosity=0)
        pages["list, its last page"] = f"/articles/?page={size // 20}"
        for what, address in pages.items():
            taken[what].append(_milliseconds(lambda address=address: _ask(address)))  # type: ignore[misc]  # a default binds the loop's value
    filled = time.perf_counter() - began
    lines = [
        f"Articles by number (all of it took {filled:.0f} s, filling included), ms in this process:",
        "",
        f"| | {' | '.join(f'{size:,}' for size in SIZES)} | grew | goal |",
        f"|---|{'--:|' * len(SIZES)}--:|---|",
    ]
    for what, figures in taken.items():
        is_search = what.startswith("search")
        grew = figures[-1] / figures[-2 if is_search else 1]
        goal = SEARCH_GROWTH_GOAL if is_search else GROWTH_GOAL
        since = SIZES[-2 if is_search else 1]
        lines.append(
            f"| {what} | {' | '.join(f'{figure:.1f}' for figure in figures)} | {grew:.2f} "
            f"| ≤ {goal:.0f} from {since:,}: {_reached(grew <= goal)} |"
        )
    return "\n".join([*lines, "", *_beside_sql(words), *_queries()])


def _beside_sql(words: dict[str, str]) -> list[str]:
    lines = [
        f"| search, {SIZES[-1]:,} articles | page ms | its SQL ms | ratio | goal | every match ranked ms | ratio |",
        "|---|--:|--:|--:|---|--:|--:|",
    ]
    for kind, word in words.items():
        statements, pages, own = _statements(word), [], []
        for _ in range(2 * ROUNDS):  # Alternating: what disturbs one disturbs the other.
            pages.append(_took(lambda word=word: _ask(f"/articles/?q={word}")))  # type: ignore[misc]  # a default binds the loop's value
            own.append(_took(lambda statements=statements: _send(statements)))  # type: ignore[misc]  # a default binds the loop's value
        plain = _milliseconds(lambda word=word: _plainly(word), rounds=3)  # type: ignore[misc]  # a default binds the loop's value
        page, ratio = statistics.median(pages), statistics.median(map(operator.truediv, pages, own))
        lines.append(
            f"| {kind} word | {page:.1f} | {statistics.median(own):.1f} | {ratio:.2f} "
            f"| ≤ {SQL_GOAL:.0f}: {_reached(ratio <= SQL_GOAL)} | {plain:.1f} | {page / plain:.2f} |"
        )
    return lines


def _queries() -> list[str]:
    first, again = _asked("/articles/seeded-000050/", fresh=True), _asked("/articles/seeded-000050/")
    reached = _reached(len(first) <= MOST_QUERIES and not again)
    return [
        "",
        f"An article, signed out: {len(first)} queries, from memory {len(again)} (≤ {MOST_QUERIES}, 0: {reached})",
    ]


def _reached(it_is: bool) -> str:
    return "reached" if it_is else "short"


def _milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    work()
    return statistics.median(_took(work) for _ in range(rounds))


def _took(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


@cache
def _browser() -> Any:
    """One for all: each brings a stack of middleware of its own, and a listener for changes."""
    from django.test import Client

    return Client(headers={"host": "127.0.0.1"})


def _ask(address: str) -> None:
    from meducation.lib import page_cache

    page_cache.store.clear()
    assert _browser().get(address).status_code == 200, address


def _asked(address: str, *, fresh: bool = False) -> list[dict[str, Any]]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from meducation.lib import page_cache

    if fresh:
        page_cache.store.clear()
    with CaptureQueriesContext(connection) as captured:
        assert _browser().get(address).status_code == 200
    return [query for query in captured if query["sql"] not in ("BEGIN", "COMMIT")]


def _statements(word: str) -> list[str]:
    return [query["sql"] for query in _asked(f"/articles/?q={word}")]


def _send(statements: list[str]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()


def _plainly(word: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(PLAIN, [word])
        keys = [row[0] for row in cursor.fetchall()]
        cursor.execute(HEADLINES, [word, keys])
        cursor.fetchall()
