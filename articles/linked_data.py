"""What an article is, for search engines: schema.org's vocabulary as JSON-LD, every property from what is stored.

Reviews belong to the page in that vocabulary, and everything else to the article; so there are nodes for both.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from articles import cards
from articles.addresses import absolute, stable_id
from articles.citing import Name
from articles.details import Details, Source, Writer
from articles.models import Article, Revision, Topic
from articles.standing import CORRECTION, Flaw, Standing
from meducation.lib.text import printable

CONTEXT = "https://schema.org"


def graph(
    article: Article, revision: Revision, details: Details, topics: Iterable[Topic], standing: Standing
) -> dict[str, Any]:
    """The JSON-LD document of a published article. Take the article from ArticleQuerySet.with_last_change()."""
    topics = list(topics)
    address = absolute(article.get_absolute_url())
    nodes = (
        _article(article, revision, details, topics, standing, address),
        _page(details, address),
        _trail(revision, address),
    )
    document: dict[str, Any] = _filled({"@context": CONTEXT, "@graph": nodes})
    return document


def card_address(article: Article, revision: Revision, topics: Iterable[Topic]) -> str:
    """Where the picture for other sites is."""
    key = cards.face_of(revision, (topic.name for topic in topics)).key
    return absolute(reverse("articles:card", args=[article.slug, key]))


def _article(
    article: Article, revision: Revision, details: Details, topics: list[Topic], standing: Standing, address: str
) -> dict[str, Any]:
    return {
        "@type": ["MedicalScholarlyArticle", "LearningResource"],
        "@id": f"{address}#article",
        "url": address,
        "mainEntityOfPage": {"@id": address},
        "headline": revision.title,
        "description": revision.standfirst,
        "image": card_address(article, revision, topics),
        "author": [_person(writer) for writer in details.writers],
        "publisher": {"@type": "Organization", "name": settings.SITE_NAME, "url": absolute("/")},
        "datePublished": article.publish_at,
        "dateModified": article.last_change_at,
        "version": revision.number,
        "identifier": [
            stable_id(article.pk, article.created_at),
            {"@type": "PropertyValue", "propertyID": "SHA-256", "value": revision.sha256},
        ],
        "creativeWorkStatus": _status(standing),
        "correction": _corrections(standing),
        "inLanguage": "en-GB",
        "wordCount": revision.words,
        "timeRequired": f"PT{revision.reading_minutes}M",
        "audience": {"@type": "MedicalAudience", "audienceType": "Clinician"},
        "teaches": list(details.learning_objectives),
        "about": [
            {"@type": "Thing", "name": topic.name, "url": absolute(topic.get_absolute_url())} for topic in topics
        ],
        "citation": [_source(source) for source in details.references],
    }


def _page(details: Details, address: str) -> dict[str, Any]:
    return {
        "@type": "MedicalWebPage",
        "@id": address,
        "url": address,
        "mainEntity": {"@id": f"{address}#article"},
        "breadcrumb": {"@id": f"{address}#breadcrumb"},
        "lastReviewed": details.last_reviewed_on,
        "reviewedBy": {"@type": "Person", "name": details.reviewed_by} if details.reviewed_by else None,
    }


def _trail(revision: Revision, address: str) -> dict[str, Any]:
    articles = {"@type": "WebPage", "@id": absolute(reverse("articles:article-list"))}
    steps: list[tuple[str, dict[str, Any]]] = [("Articles", articles), (revision.title, {"@id": address})]
    return {
        "@type": "BreadcrumbList",
        "@id": f"{address}#breadcrumb",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": step}
            for position, (name, step) in enumerate(steps, start=1)
        ],
    }


def _person(writer: Writer) -> dict[str, Any]:
    name = Name(writer.name, writer.family_name)
    return {
        "@type": "Person",
        "name": writer.name,
        "familyName": name.family,
        "givenName": name.given if name.has_parts() else "",
        "description": writer.credentials,
        "url": absolute(reverse("articles:author-detail", args=[writer.slug])) if writer.slug else "",
    }


def _source(source: Source) -> dict[str, Any]:
    numbers = {"DOI": source.doi, "PMID": source.pmid}
    return {
        "@type": "CreativeWork",
        "position": source.number,
        "name": source.title,
        # Names as they were typed, and journal, volume and pages in one: neither can be taken apart for certain.
        "creditText": source.authors,
        "description": source.source,
        "datePublished": str(source.year or ""),
        "identifier": [
            {"@type": "PropertyValue", "propertyID": kind, "value": value} for kind, value in numbers.items() if value
        ],
        "url": source.url,
        "sameAs": f"https://doi.org/{source.doi}" if source.doi else "",
    }


def _status(standing: Standing) -> str:
    if Flaw.WITHDRAWN in standing.flaws:
        return "Withdrawn"
    return "Retired" if Flaw.RETIRED in standing.flaws else "Published"


def _corrections(standing: Standing) -> list[dict[str, Any]]:
    return [
        {"@type": "CorrectionComment", "text": change.note, "datePublished": change.on}
        for change in standing.corrections
        if change.significance == CORRECTION
    ]


def _filled(value: Any) -> Any:
    """Without what is not known, and in values that JSON has."""
    if isinstance(value, Mapping):
        inner = {key: _filled(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [_filled(item) for item in value]
    if isinstance(value, datetime.date):  # A datetime is one as well.
        return value.isoformat()
    return printable(value) if isinstance(value, str) else value
