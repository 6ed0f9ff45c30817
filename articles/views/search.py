"""Searching, at the address of the list of articles: a plain form that is read by GET."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from articles.models import Topic
from articles.querysets import latest_articles, topics_in_use
from articles.search import finding, suggestions
from articles.search.finding import Counts, Filters, Found
from articles.search.passages import results
from articles.search.queries import MOST_CHARACTERS, Query, parse

RESULTS = 10
LATEST = 3
TOPICS_SHOWN = 12
FILTER_NAMES = ("topic", "minutes", "cpd", "years")


@dataclass(frozen=True)
class Choice:
    """One filter to choose or, if it `is_on`, to take off. `count` is how many it leaves; None when nobody counted."""

    label: str
    query: str
    is_on: bool
    count: int | None


def search(request: HttpRequest) -> HttpResponse:
    """What was found for `q`, ten a page; a useful page where nothing was."""
    query = parse(request.GET.get("q", ""))
    topics = topics_in_use()
    chosen = _filters(request.GET, topics)
    sort: finding.Sort = "date" if request.GET.get("sort") == "date" else "relevance"
    page = _page_number(request.GET.get("page"))
    context: dict[str, Any] = {
        "section": "read",
        "query": query,
        "filters": chosen,
        "is_filtered": chosen != Filters(),
        "kept": [(name, request.GET[name]) for name in (*FILTER_NAMES, "sort") if request.GET.get(name)],
        "sort": sort,
        "topics": topics,
        "most_characters": MOST_CHARACTERS,
    }
    try:
        with finding.bounded():
            context |= _searched(query, chosen, topics, sort=sort, page=page)
    except finding.TooSlow:
        context["problem"] = "too-slow"
    found: Found | None = context.get("found")
    if found is not None:
        context["choices"] = _choices(request.GET, chosen, topics, found.counts)
        context["pages"] = -(-found.count // RESULTS)
    if found is None or not found.count:
        context["latest"] = latest_articles(LATEST)
    response = render(request, "articles/search.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _searched(query: Query, filters: Filters, topics: list[Topic], *, sort: finding.Sort, page: int) -> dict[str, Any]:
    if not query.terms:
        return {"problem": "nothing-typed"}
    if not query.sought:
        return {"problem": "only-left-out"}
    asked = finding.ask(query)
    if not asked.tsquery:
        return {"problem": "only-common"}
    found = finding.find(asked, filters, sort=sort, start=(page - 1) * RESULTS, most=RESULTS)
    if found.count and not found.keys:  # There are not so many pages.
        page = -(-found.count // RESULTS)
        found = finding.find(asked, filters, sort=sort, start=(page - 1) * RESULTS, most=RESULTS)
    names = {topic.pk: topic.name for topic in topics}
    listed = [
        (result, " · ".join(sorted(names[topic] for topic in result.topics if topic in names)))
        for result in (results(asked, found.keys) if found.keys else ())
    ]
    shown: dict[str, Any] = {"found": found, "results": listed, "page": page}
    if not found.count:
        shown["suggestion"] = suggestions.suggest(query, asked.unknown) if asked.unknown else None
    return shown


# --- Reading the address ---------------------------------------------------------------------------------------------


def _filters(given: QueryDict, topics: list[Topic]) -> Filters:
    """The filters in an address; what is none is passed over."""
    topic = next((topic.pk for topic in topics if topic.slug == given.get("topic")), None)
    return Filters(
        topic=topic,
        minutes=_one_of(given.get("minutes"), finding.MINUTES),
        offers_cpd=given.get("cpd") == "1",
        years=_one_of(given.get("years"), finding.YEARS),
    )


def _one_of(given: str | None, allowed: tuple[int, ...]) -> int | None:
    return next((number for number in allowed if str(number) == given), None)


def _page_number(given: str | None) -> int:
    most = finding.MOST_RANKED // RESULTS
    return min(int(given), most) if given and given.isascii() and given.isdecimal() and int(given[:9]) > 0 else 1


def _choices(given: QueryDict, chosen: Filters, topics: list[Topic], counts: Counts | None) -> list[dict[str, Any]]:
    """The filters, by what they are about, each with the address that takes it or drops it."""

    kept = {name: value for name, value in given.items() if name in ("q", "sort", *FILTER_NAMES)}

    def choice(label: str, name: str, value: str, *, is_on: bool, count: int | None) -> Choice:
        others = {each: kept[each] for each in kept if each != name}
        return Choice(label, urlencode(others if is_on else others | {name: value}), is_on, count)

    by_topic = [
        choice(
            topic.name, "topic", topic.slug, is_on=topic.pk == chosen.topic,
            count=counts.topics.get(topic.pk, 0) if counts else None,
        )
        for topic in topics
    ]  # fmt: skip
    # Those that would leave most, first; one that would leave none is no choice, unless it is made already.
    by_topic = sorted(by_topic, key=lambda option: (not option.is_on, -(option.count or 0)))
    return [
        {
            "name": "Topic",
            "options": [option for option in by_topic if option.count != 0 or option.is_on][:TOPICS_SHOWN],
        },
        {
            "name": "Length",
            "options": [
                choice(
                    f"Up to {minutes} min", "minutes", str(minutes), is_on=minutes == chosen.minutes,
                    count=counts.minutes.get(minutes, 0) if counts else None,
                )
                for minutes in finding.MINUTES
            ],
        },
        {
            "name": "CPD",
            "options": [
                choice("Offers CPD", "cpd", "1", is_on=chosen.offers_cpd, count=counts.offers_cpd if counts else None)
            ],
        },
        {
            "name": "Published",
            "options": [
                choice(
                    "Last year" if years == 1 else f"Last {years} years", "years", str(years),
                    is_on=years == chosen.years, count=counts.years.get(years, 0) if counts else None,
                )
                for years in finding.YEARS
            ],
        },
    ]  # fmt: skip
