"""JSON-LD, checked against schema.org's vocabulary as a package has it: known types, their properties, right values."""

import datetime
import json
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from schema_org import registry

from articles.models import Article, Reference, Significance, Status
from meducation.lib import page_cache
from tests.factories.articles import PUBLISHED_AT, ArticleFactory, AuthorFactory, RevisionFactory, TopicFactory

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"
DATE = re.compile(r"\d{4}(-\d\d-\d\d(T.*)?)?")


def on_page(article: Article) -> dict[str, Any]:
    """The document, as a browser finds it."""
    page_cache.store.clear()
    page = BeautifulSoup(Client().get(article.get_absolute_url()).text, "html.parser")
    [script] = page.find_all("script", type="application/ld+json")
    document: dict[str, Any] = json.loads(script.get_text())
    return document


def the_article(document: dict[str, Any]) -> dict[str, Any]:
    [found] = [node for node in document["@graph"] if "MedicalScholarlyArticle" in node["@type"]]
    return dict(found)


def check_all(document: dict[str, Any]) -> None:
    kinds = {node["@id"]: node["@type"] for node in document["@graph"]}
    for node in document["@graph"]:
        check(node, kinds)


def check(node: dict[str, Any], kinds: dict[str, Any]) -> Any:
    """The node as objects of the vocabulary, which refuse what it has not. A node of two types may use both.

    `kinds` are the types of the document's other nodes, which this one may name by their ids.
    """
    if set(node) == {"@id"}:
        node = {"@type": kinds[node["@id"]]}
    types = node["@type"] if isinstance(node["@type"], list) else [node["@type"]]
    models = [registry.get_model(kind) for kind in types]
    given: list[dict[str, Any]] = [{} for _ in models]
    for name, value in node.items():
        if name in ("@type", "@id"):
            continue
        known = [
            (place, known)
            for place, model in enumerate(models)
            for known in model.SCHEMA_PROPERTIES
            if known.schema_name == name
        ]
        assert known, f"{types} have no {name}"
        place, described = known[0]
        given[place][name] = checked(value, described.ranges, kinds)
    first, *_ = [model.model_validate(values) for model, values in zip(models, given, strict=True)]
    return first


def checked(value: Any, ranges: tuple[str, ...], kinds: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [checked(item, ranges, kinds) for item in value]
    if isinstance(value, dict):
        return check(value, kinds)
    # The vocabulary's own objects want dates, not their text. ISO 8601 has the year alone as well, Python has not.
    if {"Date", "DateTime"} & set(ranges) and DATE.fullmatch(str(value)):
        full = value if "-" in value else f"{value}-01-01"
        return (datetime.datetime if "T" in full else datetime.date).fromisoformat(full)
    return value


def full() -> Article:
    article: Article = ArticleFactory(
        title="Soap",
        slug="soap",
        standfirst="Why it works.",
        author=AuthorFactory(name="Dr Ada Lovelace", family_name="Lovelace", slug="ada", credentials="RN"),
        learning_objectives="Wash\nDry",
        reviewed_by="Bea Reviewer, FRCP",
        last_reviewed_on=datetime.date(2026, 2, 1),
    )
    article.topics.add(TopicFactory(name="Hygiene", slug="hygiene"))
    Reference.objects.create(
        article=article, position=1, title="Fat", authors="A B, C D", source="BMJ 2010;1:2", year=2010,
        doi="10.1000/182", pmid="12345", url="https://example.org/fat",
    )  # fmt: skip
    Reference.objects.create(article=article, position=2, title="Plain")
    article.revision = RevisionFactory(article=article)
    article.status, article.publish_at = Status.PUBLISHED, PUBLISHED_AT
    article.save()
    return article


@pytest.mark.slow
def test_the_vocabulary_refuses_what_it_has_not() -> None:
    """Or the tests below would hold nothing."""
    with pytest.raises(AssertionError, match="have no bogus"):
        check({"@type": "Person", "bogus": "x"}, {})
    with pytest.raises(ValueError, match="audience"):
        check({"@type": "MedicalScholarlyArticle", "audience": {"@type": "Person", "name": "x"}}, {})


@pytest.mark.slow
@pytest.mark.parametrize("make", [full, lambda: ArticleFactory(published=True)])
def test_every_node_is_valid(make: Any) -> None:
    document = on_page(make())
    assert document["@context"] == "https://schema.org"
    assert len(document["@graph"]) == 3
    check_all(document)


@pytest.mark.sweep
@pytest.mark.parametrize("significance", Significance)
def test_it_stays_valid_whatever_became_of_the_article(significance: Significance) -> None:
    article = full()
    article.revision = RevisionFactory(
        article=article,
        significance=significance,
        live_from=PUBLISHED_AT + datetime.timedelta(days=3),
        note="It said left.",
    )
    article.status, article.retired_at = Status.RETIRED, PUBLISHED_AT + datetime.timedelta(days=9)
    article.save()
    document = on_page(article)
    check_all(document)
    node = the_article(document)
    assert node["creativeWorkStatus"] == ("Withdrawn" if significance == Significance.WITHDRAWAL else "Retired")
    assert ("correction" in node) is (significance == Significance.CORRECTION)
    if "correction" in node:
        [correction] = node["correction"]
        assert (correction["text"], correction["datePublished"]) == ("It said left.", "2026-01-04")


def test_every_property_is_what_is_stored() -> None:
    article = full()
    document = on_page(article)
    node = the_article(document)
    revision = article.revision
    assert revision is not None
    assert node["@type"] == ["MedicalScholarlyArticle", "LearningResource"]
    assert (node["headline"], node["description"], node["url"]) == ("Soap", "Why it works.", f"{SITE}/articles/soap/")
    assert node["author"] == [
        {
            "@type": "Person",
            "name": "Dr Ada Lovelace",
            "familyName": "Lovelace",
            "givenName": "Ada",
            "description": "RN",
            "url": f"{SITE}/articles/authors/ada/",
        }
    ]
    assert (node["version"], node["wordCount"]) == (1, revision.words)
    assert node["timeRequired"] == f"PT{revision.reading_minutes}M"
    assert node["datePublished"] == node["dateModified"] == PUBLISHED_AT.isoformat()
    assert node["teaches"] == ["Wash", "Dry"]
    assert node["about"] == [{"@type": "Thing", "name": "Hygiene", "url": f"{SITE}/articles/topics/hygiene/"}]
    assert node["audience"] == {"@type": "MedicalAudience", "audienceType": "Clinician"}
    assert node["identifier"][1]["value"] == revision.sha256
    first, second = node["citation"]
    assert first["creditText"] == "A B, C D" and first["datePublished"] == "2010"
    assert {each["propertyID"]: each["value"] for each in first["identifier"]} == {
        "DOI": "10.1000/182",
        "PMID": "12345",
    }
    assert first["sameAs"] == "https://doi.org/10.1000/182" and first["url"] == "https://example.org/fat"
    assert second == {"@type": "CreativeWork", "position": 2, "name": "Plain"}
    [page] = [each for each in document["@graph"] if each["@type"] == "MedicalWebPage"]
    assert (page["lastReviewed"], page["reviewedBy"]["name"]) == ("2026-02-01", "Bea Reviewer, FRCP")


def test_date_modified_is_a_real_change() -> None:
    article = full()
    for day, significance in ((5, Significance.UPDATE), (9, Significance.EDITORIAL)):
        article.revision = RevisionFactory(
            article=article, significance=significance, live_from=PUBLISHED_AT + datetime.timedelta(days=day)
        )
    article.save()
    node = the_article(on_page(article))
    assert node["dateModified"] == (PUBLISHED_AT + datetime.timedelta(days=5)).isoformat()
    assert node["datePublished"] == PUBLISHED_AT.isoformat() and node["version"] == 3


@pytest.mark.parametrize(
    "words",
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]> & \"quoted\" 'single' \\ back",
        "Bell\x07 \x1b \ufffe",
        "السكتة \u202etxt",
        "👩🏽‍⚕️ \u2028\u2029",
    ],
)
def test_whatever_the_words_they_stay_inside(words: str) -> None:
    article = ArticleFactory(
        published=True, title=words, standfirst=words, author=AuthorFactory(name=words), learning_objectives=words
    )
    article.topics.add(TopicFactory(name=words))
    text = Client().get(article.get_absolute_url()).text
    inside = text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert "<" not in inside and ">" not in inside
    document = on_page(article)
    node = the_article(document)
    assert node["headline"] == re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe]", "", words)
    assert len(document["@graph"]) == 3


def test_a_preview_has_none() -> None:
    from articles.previews import preview_address

    text = Client().get(preview_address(ArticleFactory())).text
    assert "application/ld+json" not in text and "og:image" not in text
