""" "Did you mean": what could have been meant by a word that no text has.

Words of published texts and of the thesaurus that look alike are tried, and only a query that finds something is
suggested. Ask within finding.bounded().
"""

import itertools
import re
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from django.db import connection

from articles.search import finding
from articles.search.queries import Query, parse
from articles.search.synonyms import thesaurus

# Below this, the words of a small site suggested “arrange” for “haemorrage”.
LEAST_ALIKE = 0.75
MOST_LOOKED_AT = 40
MOST_DIFFERENCE = 3
MOST_FOR_A_WORD = 3
MOST_WORDS = 2
MOST_TRIED = 3


@dataclass(frozen=True)
class Suggestion:
    """Another query, and how many articles it finds (`is_more`: more than that)."""

    text: str
    count: int
    is_more: bool


def suggest(query: Query, unknown: tuple[str, ...]) -> Suggestion | None:
    """The likeliest query with the unknown words replaced that finds something."""
    words = unknown[:MOST_WORDS]
    found = alike(words)
    for chosen in itertools.islice(itertools.product(*(found[word] for word in words)), MOST_TRIED):
        text = query.text
        for word, other in zip(words, chosen, strict=True):
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", other, text, flags=re.IGNORECASE)
        if text == query.text:
            continue
        count = finding.ask(parse(text), and_count=True).count or 0
        if count:
            return Suggestion(text, min(count, finding.MOST_RANKED), count > finding.MOST_RANKED)
    return None


def alike(words: tuple[str, ...]) -> dict[str, list[str]]:
    """For each of `words` known ones that look like it, the likeliest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT typed.word, near.word FROM unnest(%s::text[]) AS typed (word) CROSS JOIN LATERAL (
                SELECT known.word FROM articles_searchword AS known
                WHERE articles_search_trigrams(known.word) && articles_search_trigrams(typed.word)
                AND abs(length(known.word) - length(typed.word)) <= %s
                ORDER BY cardinality(ARRAY(
                    SELECT unnest(articles_search_trigrams(known.word))
                    INTERSECT SELECT unnest(articles_search_trigrams(typed.word))
                )) DESC, known.word LIMIT %s
            ) AS near""",
            [list(words), MOST_DIFFERENCE, MOST_LOOKED_AT],
        )
        near: dict[str, set[str]] = {word: set() for word in words}
        for word, known in cursor.fetchall():
            near[word].add(known)
    listed = thesaurus().all_words()
    return {
        word: _likeliest(word, known | set(get_close_matches(word, listed, n=MOST_FOR_A_WORD, cutoff=LEAST_ALIKE)))
        for word, known in near.items()
    }


def _likeliest(word: str, known: set[str]) -> list[str]:
    scored = [(SequenceMatcher(None, word, other, autojunk=False).ratio(), other) for other in known - {word}]
    return [other for score, other in sorted(scored, key=lambda pair: (-pair[0], pair[1])) if score >= LEAST_ALIKE][
        :MOST_FOR_A_WORD
    ]
