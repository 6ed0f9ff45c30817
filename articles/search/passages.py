"""Where in an article the words are that somebody looked for.

PostgreSQL knows which words match (ts_headline), but reads a text from end to end to say so. So it gets only the few
hundred signs around the first places where the words seem to be.
"""

import re
from collections.abc import Sequence

from django.db import connection

from articles.search.finding import Asked

# Signs for private use, which no text holds: where a word that was looked for begins and ends.
BEGIN, END = "\ue000", "\ue001"
BEFORE, AFTER = 80, 160
MOST_PLACES = 2
MOST_SIGNS = 100_000
type Piece = tuple[str, bool]


def passages(asked: Asked, keys: Sequence[int]) -> dict[int, tuple[list[Piece], list[Piece]]]:
    """For each article its title and its passages, in pieces: text, and whether it was looked for.

    No passage where the words are not in the body. The pieces are plain text; whoever shows them escapes them.
    """
    places = [
        re.compile(rf"\b(?:{'|'.join(r'\W+'.join(map(re.escape, start.split())) for start in starts)})", re.IGNORECASE)
        for starts in asked.beginnings
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT article.id, text.title, left(articles_search_plain(text.body), %s)
            FROM articles_article AS article JOIN articles_revision AS text ON text.id = article.revision_id
            WHERE article.id = ANY (%s)""",
            [MOST_SIGNS, list(keys)],
        )
        rows = [(key, title, surroundings(body, places)) for key, title, body in cursor.fetchall()]
        cursor.execute(
            """SELECT found.key, ts_headline('pg_catalog.english', found.title, %(q)s::tsquery, %(whole)s),
                ts_headline('pg_catalog.english', found.passage, %(q)s::tsquery, %(whole)s)
            FROM unnest(%(keys)s::bigint[], %(titles)s::text[], %(passages)s::text[]) AS found (key, title, passage)""",
            {
                "q": asked.sought,
                "whole": f'StartSel="{BEGIN}", StopSel="{END}", HighlightAll=true',
                "keys": [key for key, _, _ in rows],
                "titles": [_without_marks(title) for _, title, _ in rows],
                "passages": [_without_marks(passage) for _, _, passage in rows],
            },
        )
        marked = {key: (in_pieces(title), in_pieces(passage)) for key, title, passage in cursor.fetchall()}
    return {key: (title, passage if any(hit for _, hit in passage) else []) for key, (title, passage) in marked.items()}


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
