"""Where in an article the words are that somebody looked for.

PostgreSQL knows which words match (ts_headline), but reads a text from end to end to say so. So it gets only the few
hundred signs around the first places where the words seem to be.
"""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from articles.search.finding import Asked

# Signs for private use, which no text holds: where a word that was looked for begins and ends.
BEGIN, END = "\ue000", "\ue001"
BEFORE, AFTER = 80, 160
MOST_PLACES = 2
MOST_SIGNS = 100_000
type Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Result:
    """What is shown of one article that was found. No passage where the words are not in the body.

    `title` and `passage` are plain text in pieces; whoever shows them escapes them.
    """

    slug: str
    title: list[Piece]
    passage: list[Piece]
    standfirst: str
    minutes: int
    published_at: datetime.datetime
    is_retired: bool
    topics: list[int]


def results(asked: Asked, keys: Sequence[int]) -> list[Result]:
    """The articles with these keys, in this order: two queries."""
    places = [
        re.compile(rf"\b(?:{'|'.join(r'\W+'.join(map(re.escape, start.split())) for start in starts)})", re.IGNORECASE)
        for starts in asked.beginnings
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT article.id, text.title, left(articles_search_plain(text.body), %s), article.slug, text.standfirst,
                text.reading_minutes, article.publish_at, article.status, entry.topics
            FROM articles_searchentry AS entry
            JOIN articles_article AS article ON article.id = entry.article_id
            JOIN articles_revision AS text ON text.id = article.revision_id
            WHERE entry.article_id = ANY (%s)""",
            [MOST_SIGNS, list(keys)],
        )
        rows = {key: row for key, *row in cursor.fetchall()}
        cursor.execute(
            """SELECT found.key, ts_headline('pg_catalog.english', found.title, %(q)s::tsquery, %(whole)s),
                ts_headline('pg_catalog.english', found.passage, %(q)s::tsquery, %(whole)s)
            FROM unnest(%(keys)s::bigint[], %(titles)s::text[], %(passages)s::text[]) AS found (key, title, passage)""",
            {
                "q": asked.sought,
                "whole": f'StartSel="{BEGIN}", StopSel="{END}", HighlightAll=true',
                "keys": list(rows),
                "titles": [_without_marks(title) for title, *_ in rows.values()],
                "passages": [_without_marks(surroundings(body, places)) for _, body, *_ in rows.values()],
            },
        )
        marked = {key: (in_pieces(title), in_pieces(passage)) for key, title, passage in cursor.fetchall()}
    found = []
    for key in keys:
        title, passage = marked[key]
        _, _, slug, standfirst, minutes, published_at, status, topics = rows[key]
        shown = passage if any(hit for _, hit in passage) else []
        found.append(
            Result(slug, title, shown, standfirst, minutes, published_at, is_retired=status == "retired", topics=topics)
        )
    return found


def surroundings(body: str, places: Sequence[re.Pattern[str]]) -> str:
    """The text around the first place of each pattern, as far as there is room, in whole words."""
    text = " ".join(body.split())
    taken: list[tuple[int, int]] = []
    for place in places:
        found = place.search(text)
        if found is None or any(start <= found.start() < end for start, end in taken):
            continue
        start = text.rfind(" ", 0, max(0, found.start() - BEFORE)) + 1
        end = text.find(" ", found.start() + AFTER)
        taken.append((start, len(text) if end < 0 else end))
        if len(taken) == MOST_PLACES:
            break
    pieces = []
    for start, end in sorted(taken):
        pieces.append(f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}")
    return " ".join(pieces)


def in_pieces(marked: str) -> list[Piece]:
    """Text with marks in it, in pieces."""
    pieces: list[Piece] = []
    for number, piece in enumerate(marked.split(BEGIN)):
        hit, sign, rest = piece.partition(END) if number else ("", "", piece)
        if hit:
            pieces.append((hit, bool(sign)))
        if rest:
            pieces.append((rest, False))
    return pieces


def _without_marks(text: str) -> str:
    return text.replace(BEGIN, "").replace(END, "")
