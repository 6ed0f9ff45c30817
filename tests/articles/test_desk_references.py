"""References: what is pasted with a DOI or PMID is taken off; [3], [3,5] and [3-5] lead there and back."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from articles.admin.identifiers import bare_doi, bare_pmid
from articles.models import Article
from articles.rendering import citation_anchors, cited_numbers, render

DOI = "10.1056/NEJMsa0810119"


@pytest.mark.parametrize(
    "pasted",
    [
        DOI, f"https://doi.org/{DOI}", f"http://dx.doi.org/{DOI}", f"doi:{DOI}", f"DOI: {DOI}", f"doi.org/{DOI}",
        f" {DOI} ", f"{DOI}.", f"https://doi.org/{DOI}.", f"doi: https://doi.org/{DOI}", f"[doi: {DOI}]", f"({DOI})",
        f"https://doi.org/{DOI.replace('/', '%2F')}", f"\u200b{DOI}", "10.1056/ NEJMsa0810119", f"doi {DOI};",
    ],
)  # fmt: skip
def test_a_doi_is_kept_bare(pasted: str) -> None:
    assert bare_doi(pasted) == DOI


@pytest.mark.parametrize(
    "doi",
    ["10.1016/S0140-6736(05)67394-1", "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID>3.0.CO;2-2", "10.1000/a(b)"],
)
def test_odd_but_real_shapes_stay_whole(doi: str) -> None:
    assert bare_doi(doi) == doi
    assert bare_doi(f"https://doi.org/{doi}") == doi


@pytest.mark.parametrize(
    "pasted",
    [
        "PMID: 123", "123", "pmid 123", "PMID:00123", "https://pubmed.ncbi.nlm.nih.gov/123/", "PMID: 123.",
        "https://pubmed.ncbi.nlm.nih.gov/123/?from=x", "https://www.ncbi.nlm.nih.gov/pubmed/123",
    ],
)  # fmt: skip
def test_a_pmid_is_kept_bare(pasted: str) -> None:
    assert bare_pmid(pasted) == "123"


@given(st.text(max_size=60))
def test_whatever_is_pasted_gets_an_answer(pasted: str) -> None:
    for bare in (bare_doi, bare_pmid):
        assert bare(bare(pasted)) == bare(pasted)


def form(**row: str) -> dict[str, Any]:
    return {
        "title": "Soap", "slug": "soap", "standfirst": "Why.", "body": "<p>True [1].</p>", "publish_at_0": "",
        "publish_at_1": "", "bylines-TOTAL_FORMS": "0", "bylines-INITIAL_FORMS": "0", "references-TOTAL_FORMS": "1",
        "references-INITIAL_FORMS": "0", "questions-TOTAL_FORMS": "0", "questions-INITIAL_FORMS": "0", "_save": "1",
        **{f"references-0-{name}": value for name, value in row.items()},
    }  # fmt: skip


@pytest.mark.django_db
def test_the_form_forgives_and_stores_what_is_meant(author_client: Client) -> None:
    row = {"title": "A", "doi": f"https://doi.org/{DOI}", "pmid": "PMID: 19144931", "year": "2009"}
    author_client.post("/admin/articles/article/add/", form(**row))
    reference = Article.objects.get().references.get()
    assert (reference.doi, reference.pmid, reference.year) == (DOI, "19144931", 2009)


@pytest.mark.sweep
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"title": "A", "doi": "NEJM 2009"}, "A DOI looks like"),
        ({"title": "A", "doi": "10.1/x"}, "A DOI looks like"),
        ({"title": "A", "doi": "javascript:alert(1)"}, "A DOI looks like"),
        ({"title": "A", "doi": f"10.1000/{'x' * 200}"}, "at most 150 characters"),
        ({"title": "A", "doi": "x" * 600}, "at most 500 characters"),
        ({"title": "A", "pmid": "PMC123"}, "A PMID is a number"),
        ({"title": "A", "pmid": "123456789"}, "at most 8 characters"),
        ({"title": "A", "url": "ftp://x"}, "Enter a valid URL"),
        ({"title": "A", "year": "soon"}, "Enter a whole number"),
        ({"title": "A\x00"}, "Null characters are not allowed"),
        ({"doi": DOI}, "This field is required"),
    ],
)
def test_what_has_not_their_form_is_answered_with_a_sentence(
    author_client: Client, row: dict[str, str], sentence: str
) -> None:
    response = author_client.post("/admin/articles/article/add/", form(**row))
    assert response.status_code == 200
    assert sentence in BeautifulSoup(response.content, "html.parser").get_text()
    assert not Article.objects.exists()


# --- In the text


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("[3]", {3}), ("[3,5]", {3, 5}), ("[3, 5]", {3, 5}), ("[3-5]", {3, 4, 5}), ("[3–5]", {3, 4, 5}),
        ("[1,3-5,9]", {1, 3, 4, 5, 9}), ("[3 - 5]", {3, 4, 5}),
        # Ranges of something else.
        ("[60-100]", set()), ("[135-145]", set()), ("[5-3]", set()), ("[3-3]", set()), ("[1-2-3]", set()),
        ("[3-]", set()), ("[-3]", set()), ("[3.5-5.0]", set()), ("[1-99]", set()),
    ],
)  # fmt: skip
def test_which_numbers_a_citation_means(text: str, numbers: set[int]) -> None:
    assert cited_numbers(f"<p>True {text}.</p>") == numbers


def test_every_number_of_a_range_leads_there_and_back() -> None:
    html = render("<p>True [2-4].</p>", references=[1, 2, 3, 4]).html
    assert [link["href"] for link in BeautifulSoup(html, "html.parser").find_all("a")] == ["#ref-2", "#ref-3", "#ref-4"]
    assert citation_anchors(html) == {2: ["cite-2-1"], 3: ["cite-3-1"], 4: ["cite-4-1"]}
    assert "[2, 3, 4]" in BeautifulSoup(html, "html.parser").get_text()


def test_a_range_with_a_number_that_is_not_there_stays_text() -> None:
    assert "<a" not in render("<p>True [2-4].</p>", references=[2, 3]).html
