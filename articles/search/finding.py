"""Asking PostgreSQL. A search does a bounded amount of work, whatever it is for and however many articles there are.

1. Up to MOST_RANKED matches: all of them are ranked and counted, and so is what each filter would leave. The hundred
   that rank best by title, standfirst, topics and authors are ranked once more by the whole text.
2. More than that: nothing counts them to the end. The newest MOST_RANKED that have the words in title, standfirst,
   topics or authors are ranked; then come the newest that have them in the body. The page says "more than 1,000".

A statement that takes too long all the same (a phrase of common words that hardly ever stand together) is stopped.
"""

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import psycopg2.errors
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone

from articles.models import SearchWord
from articles.search.queries import Query, Term
from articles.search.synonyms import Thesaurus, Words, thesaurus
from meducation.lib.dates import site_day

MOST_RANKED = 1_000
RANKED_TWICE = 100
MOST_MILLISECONDS = 2_000
# As many of the newest articles are looked through one by one before the index is asked for all that match.
NEWEST_LOOKED_THROUGH = 400
MINUTES = (5, 10, 20)
YEARS = (1, 2, 5)
SHORTEST_BEGINNING = 3
MOST_ENDINGS = 12
MOST_LOOKED_AT = 200
MOST_SPELLINGS = 60
type Sort = Literal["relevance", "date"]


class TooSlow(Exception):
    """The search was stopped."""


@dataclass(frozen=True)
class Filters:
    """What the articles found must be, beside having the words."""

    topic: int | None = None
    minutes: int | None = None
    offers_cpd: bool = False
    years: int | None = None


@dataclass(frozen=True)
class Asked:
    """A query as PostgreSQL has it. Without `tsquery` there is nothing to look for: only words that are everywhere."""

    tsquery: str = ""
    sought: str = ""  # the same without what is left out: for highlighting
    leaves_out: bool = False
    # For each thing that is looked for, how its words may begin in a text: for finding the passage.
    beginnings: tuple[tuple[str, ...], ...] = ()
    unknown: tuple[str, ...] = ()
    # How many articles match, as far as MOST_RANKED + 1; only if that was asked for.
    count: int | None = None


@dataclass(frozen=True)
class Counts:
    """How many would be left by one more filter, or by another in its place."""

    topics: dict[int, int] = field(default_factory=dict)
    minutes: dict[int, int] = field(default_factory=dict)
    offers_cpd: int = 0
    years: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """One page of articles' keys, best first. `is_more` says that `count` is only as far as anybody counted."""

    keys: tuple[int, ...]
    count: int
    is_more: bool = False
    unfiltered: int = 0
    counts: Counts | None = None


@contextmanager
def bounded() -> Iterator[None]:
    """Whatever is asked in here ends in time. Raises TooSlow."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # The planner does not know that reading a long vector costs more than reading a short one. The settings
            # end with the transaction.
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true), set_config('enable_seqscan', 'off', true)",
                [str(MOST_MILLISECONDS)],
            )
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg2.errors.QueryCanceled):
            raise TooSlow from error
        raise


# --- From words to a tsquery -----------------------------------------------------------------------------------------


def ask(query: Query, *, and_count: bool = False) -> Asked:
    """What to ask PostgreSQL for: with synonyms, both spellings, and the last word's endings if it is not finished."""
    words, units = thesaurus(), _units(query, thesaurus())
    variants = {variant for _, terms in units for term in terms for word in term for variant in words.spelled(word)}
    mentioned = {word for term in query.terms for word in term.words}
    beginning = _beginning(query)
    learned, endings = _learned(mentioned | set(sorted(variants)[:MOST_SPELLINGS]), beginning)
    known = learned | (words.all_words() & mentioned)
    parts, values, beginnings = [], list[str](), []
    for place, (term, alternatives) in enumerate(units):
        spelled = [
            tuple(other if word == replaced else word for word in alternative)
            for alternative in alternatives
            for replaced in alternative
            for other in words.spelled(replaced)
            if other in known and not term.is_quoted
        ]
        choices = [" ".join(choice) for choice in dict.fromkeys([*alternatives, *spelled])]
        made = " || ".join(["phraseto_tsquery('pg_catalog.english', %s)"] * len(choices))
        if place == len(units) - 1 and beginning and beginning not in known:
            made += " || to_tsquery('pg_catalog.simple', %s)" + " || plainto_tsquery('pg_catalog.english', %s)" * len(
                endings
            )
            choices += [f"{beginning}:*", *endings]
        parts.append(("!!" if term.is_left_out else "", made))
        values += choices
        if not term.is_left_out:
            beginnings.append(tuple(_stem(choice) for choice in choices))
    unknown = tuple(
        dict.fromkeys(word for term in query.sought for word in term.words if word not in known and word.isalpha())
    )
    if not query.sought:
        return Asked()
    made_of = _made(parts, values, [term.is_left_out for term, _ in units], and_count=and_count)
    return replace(made_of, unknown=unknown, beginnings=tuple(beginnings))


def _units(query: Query, words: Thesaurus) -> list[tuple[Term, list[Words]]]:
    """What is looked for, each with what it may be called instead. Neighbours that make up one term are one."""
    units: list[tuple[Term, list[Words]]] = []
    waiting: list[str] = []

    def settle() -> None:
        while waiting:
            for length in range(min(len(waiting), words.longest), 0, -1):
                some = tuple(waiting[:length])
                alike = words.alike(some)
                if alike or length == 1:
                    units.append((Term(some), [some, *alike]))
                    del waiting[:length]
                    break

    for term in query.terms:
        if not term.is_quoted and not term.is_left_out and len(term.words) == 1:
            waiting.extend(term.words)
            continue
        settle()
        alike = () if term.is_quoted or term.is_left_out else words.alike(term.words)
        units.append((term, [term.words, *alike]))
    settle()
    return units


def _made(parts: list[tuple[str, str]], values: list[str], left_out: list[bool], *, and_count: bool) -> Asked:
    every = " && ".join(f"{sign}({made})" for sign, made in parts)
    counted = [made.count("%s") for _, made in parts]
    wanted = " && ".join(f"({made})" for (_, made), out in zip(parts, left_out, strict=True) if not out)
    wanted_values, start = list[str](), 0
    for count, out in zip(counted, left_out, strict=True):
        wanted_values += [] if out else values[start : start + count]
        start += count
    limits: list[Any] = [timezone.now(), MOST_RANKED + 1] if and_count else []
    with connection.cursor() as cursor:
        cursor.execute(
            # Both are made of the functions named above; every word is a parameter.
            f"SELECT q::text, w::text, querytree(q), {COUNTED if and_count else 'NULL'} "  # noqa: S608 (one of two constants)
            f"FROM (SELECT ({every}) AS q, ({wanted}) AS w) AS made",
            [*limits, *values, *wanted_values],
        )
        tsquery, sought, tree, count = cursor.fetchone()
    if tree in ("", "T"):  # Nothing the index could be asked for.
        return Asked()
    return Asked(tsquery=tsquery, sought=sought, leaves_out=any(left_out), count=count)


COUNTED = """(SELECT count(*) FROM (
    SELECT FROM (SELECT visible_from FROM articles_searchentry WHERE words @@ made.q OFFSET 0) AS entry
    WHERE visible_from <= %s LIMIT %s
) AS counted)"""


def _stem(choice: str) -> str:
    """About as much as all forms of a word, or of the last of several, have in common."""
    return choice.removesuffix(":*") if choice.endswith(":*") else choice[: max(len(choice) - 3, 4)]


def _beginning(query: Query) -> str:
    """The last word, if it could be one that is not finished yet."""
    term = query.terms[-1] if query.terms else None
    if term is None or term.is_quoted or term.is_left_out or len(term.words) > 1:
        return ""
    [last] = term.words
    return last if len(last) >= SHORTEST_BEGINNING and last.isalnum() else ""


def _learned(words: set[str], beginning: str) -> tuple[frozenset[str], list[str]]:
    """Those of `words` that some published text has or had; and words that begin with `beginning`, the shortest first.

    The beginning alone is not enough to look for: what is indexed is a stem, which may be shorter than it.
    """
    which = Q(word__in=words) | Q(word__startswith=beginning) if beginning else Q(word__in=words)
    found = list(
        SearchWord.objects.filter(which)
        .order_by(Length("word"), "word")
        .values_list("word", flat=True)[: len(words) + MOST_LOOKED_AT]
    )
    return frozenset(words.intersection(found)), [word for word in found if beginning and word.startswith(beginning)][
        :MOST_ENDINGS
    ]


# --- Finding ---------------------------------------------------------------------------------------------------------


def find(asked: Asked, filters: Filters, *, sort: Sort, start: int, most: int) -> Found:
    """The articles from place `start` on, `most` of them at most. Ask within bounded()."""
    values = _values(asked, filters) | {"start": start, "most": most}
    by_heading: list[int] = []
    if sort == "relevance" or not asked.leaves_out:
        by_heading = _ranked_headings(asked, filters, values)
    if len(by_heading) < MOST_RANKED:
        found = _all_counted(filters, values, sort, is_narrowed=False)
        if not found.is_more:
            return found
        if filters != Filters():
            found = _all_counted(filters, values, sort, is_narrowed=True)
            if not found.is_more:
                return found
    most = max(0, min(most, MOST_RANKED - start))
    if sort == "date":
        keys = _newest(filters, values, start + most)[start:]
    else:
        keys = by_heading[start : start + most]
        if len(keys) < most:
            before = max(0, start - len(by_heading))
            wanted = before + most - len(keys)
            keys += _newest(filters, values, wanted, only_body=True)[before:]
    return Found(keys=tuple(keys), count=MOST_RANKED, is_more=True)


def _values(asked: Asked, filters: Filters) -> dict[str, Any]:
    now = timezone.now()
    since = now - datetime.timedelta(days=366 * filters.years) if filters.years else None
    return {
        "q": asked.tsquery,
        "now": now,
        "today": site_day(now),
        "topic": filters.topic,
        "minutes": filters.minutes,
        "since": since,
        "ranked": MOST_RANKED,
        "twice": RANKED_TWICE,
        **{f"since_{years}": now - datetime.timedelta(days=366 * years) for years in YEARS},
    }


IN_TOPIC = "topics @> ARRAY[%(topic)s]::bigint[]"
IN_MINUTES = "minutes <= %(minutes)s"
IN_CPD = "offers_cpd AND (review_due_on IS NULL OR review_due_on >= %(today)s)"
IN_YEARS = "visible_from >= %(since)s"


def _conditions(filters: Filters) -> dict[str, str]:
    chosen = {
        "in_topic": IN_TOPIC if filters.topic is not None else "true",
        "in_minutes": IN_MINUTES if filters.minutes is not None else "true",
        "in_cpd": IN_CPD if filters.offers_cpd else "true",
        "in_years": IN_YEARS if filters.years is not None else "true",
    }
    return {name: f"({condition})" for name, condition in chosen.items()}


def _all(filters: Filters) -> str:
    return " AND ".join(["visible_from <= %(now)s", *_conditions(filters).values()])


ALL_COUNTED = """
WITH matched AS MATERIALIZED (
    SELECT article_id, visible_from, minutes, topics, heading, {flags}, ({cpd}) AS cpd
    FROM (SELECT * FROM articles_searchentry WHERE words @@ %(q)s::tsquery OFFSET 0) AS entry
    WHERE {inner} LIMIT %(ranked)s + 1
), few AS MATERIALIZED (
    SELECT * FROM matched WHERE (SELECT count(*) FROM matched) <= %(ranked)s
), shown AS MATERIALIZED (
    SELECT article_id, visible_from, row_number() OVER (
        ORDER BY {first} visible_from DESC, article_id DESC
    ) AS place FROM few WHERE in_topic AND in_minutes AND in_cpd AND in_years
), placed AS (
    SELECT place, article_id, {score} AS score FROM shown
)
SELECT (SELECT count(*) FROM matched), (SELECT count(*) FROM shown),
    ARRAY(SELECT article_id FROM placed ORDER BY score DESC NULLS LAST, place OFFSET %(start)s LIMIT %(most)s),
    (SELECT coalesce(jsonb_object_agg(topic, number), '{{}}')::text FROM (
        SELECT unnest(topics) AS topic, count(*) AS number FROM few WHERE in_minutes AND in_cpd AND in_years GROUP BY 1
    ) AS counted),
    (SELECT ARRAY[{by_minutes}] FROM few WHERE in_topic AND in_cpd AND in_years),
    (SELECT count(*) FILTER (WHERE cpd) FROM few WHERE in_topic AND in_minutes AND in_years),
    (SELECT ARRAY[{by_years}] FROM few WHERE in_topic AND in_minutes AND in_cpd)
"""
BY_MINUTES = ", ".join(f"count(*) FILTER (WHERE minutes <= {minutes})" for minutes in MINUTES)
BY_YEARS = ", ".join(f"count(*) FILTER (WHERE visible_from >= %(since_{years})s)" for years in YEARS)
BY_WORDS = """CASE WHEN place <= %(twice)s THEN (
    SELECT ts_rank(words, %(q)s::tsquery, 1) FROM articles_searchentry AS entry
    WHERE entry.article_id = shown.article_id
) END"""


def _all_counted(filters: Filters, values: dict[str, Any], sort: Sort, *, is_narrowed: bool) -> Found:
    """Every match, ranked and counted; only how many there are when that is more than MOST_RANKED.

    With `is_narrowed` only what passes the filters is looked at, so there is nothing to say about other filters.
    """
    conditions = _conditions(filters)
    statement = ALL_COUNTED.format(
        flags=", ".join(f"{condition} AS {name}" for name, condition in conditions.items()),
        cpd=IN_CPD,
        inner=_all(filters) if is_narrowed else "visible_from <= %(now)s",
        first="ts_rank(heading, %(q)s::tsquery) DESC," if sort == "relevance" else "",
        score=BY_WORDS if sort == "relevance" else "NULL::real",
        by_minutes=BY_MINUTES,
        by_years=BY_YEARS,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        matched, shown, keys, topics, by_minutes, cpd, by_years = cursor.fetchone()
    counts = Counts(
        topics={int(topic): number for topic, number in json.loads(topics).items()},
        minutes=dict(zip(MINUTES, by_minutes, strict=True)),
        offers_cpd=cpd,
        years=dict(zip(YEARS, by_years, strict=True)),
    )
    return Found(
        keys=tuple(keys),
        count=shown,
        is_more=matched > MOST_RANKED,
        unfiltered=matched,
        counts=None if is_narrowed else counts,
    )


def _ranked_headings(asked: Asked, filters: Filters, values: dict[str, Any]) -> list[int]:
    """The newest MOST_RANKED with the words in title, standfirst, topics or authors, best first."""
    # What is left out may stand in the body; only then is the long vector looked at.
    also = " AND words @@ %(q)s::tsquery" if asked.leaves_out else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT article_id FROM (
                SELECT article_id, visible_from, ts_rank(heading, %(q)s::tsquery) AS score FROM (
                    SELECT article_id, visible_from, heading FROM articles_searchentry
                    WHERE heading @@ %(q)s::tsquery{also} AND {_all(filters)}
                    ORDER BY visible_from DESC, article_id DESC LIMIT %(ranked)s
                ) AS newest
            ) AS ranked ORDER BY score DESC, visible_from DESC, article_id DESC""",  # noqa: S608 (our own conditions)
            values,
        )
        return [key for (key,) in cursor.fetchall()]


def _newest(filters: Filters, values: dict[str, Any], most: int, *, only_body: bool = False) -> list[int]:
    """The newest `most` that match, or that match in nothing but the body."""
    which = "words @@ %(q)s::tsquery" + (" AND NOT heading @@ %(q)s::tsquery" if only_body else "")
    order = "ORDER BY visible_from DESC, article_id DESC"
    values = values | {"wanted": most, "window": max(NEWEST_LOOKED_THROUGH, 3 * most)}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT article_id FROM (
                SELECT article_id, visible_from, heading, words FROM articles_searchentry WHERE {_all(filters)}
                {order} LIMIT %(window)s
            ) AS newest WHERE {which} {order} LIMIT %(wanted)s""",  # noqa: S608 (our own conditions)
            values,
        )
        keys = [key for (key,) in cursor.fetchall()]
        if len(keys) < most:
            rest = "NOT heading @@ %(q)s::tsquery" if only_body else "true"
            cursor.execute(
                f"""SELECT article_id FROM (
                    SELECT * FROM articles_searchentry WHERE words @@ %(q)s::tsquery OFFSET 0
                ) AS entry WHERE {_all(filters)} AND {rest} {order} LIMIT %(wanted)s""",  # noqa: S608 (our own conditions)
                values,
            )
            keys = [key for (key,) in cursor.fetchall()]
    return keys
