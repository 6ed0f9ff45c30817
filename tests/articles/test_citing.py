"""Citations: a line as Vancouver has it, and files that reference managers read as they were meant."""

import datetime
from typing import Any

import pytest
import rispy
from bibtexparser import middlewares
from bibtexparser.entrypoint import parse_string
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from articles.citing import Name, Work, bibtex, in_a_line, ris
from meducation.lib.text import one_line
from tests.factories.articles import ArticleFactory, AuthorFactory

WORK = Work(
    slug="soap",
    title="Why soap works",
    summary="It breaks fat.",
    names=[Name("Dr Nicole Anne Chalmers", "Chalmers")],
    topics=["Hygiene", "Hands & feet"],
    publisher="Meducation",
    published_on=datetime.date(2013, 12, 9),
    changed_on=None,
    revision=1,
    address="https://cpd.example.org/articles/soap/",
)
TODAY = datetime.date(2026, 11, 22)


def work(**changes: Any) -> Work:
    return Work(**{**WORK.__dict__, **changes})


def read_bibtex(text: str, *middleware: Any) -> Any:
    """The one entry, without the braces around its values."""
    library = parse_string(text, append_middleware=middleware)
    assert not library.failed_blocks
    [entry] = library.entries
    return entry


def authors(text: str) -> list[str]:
    """The authors, as BibTeX takes them apart."""
    names: list[str] = read_bibtex(text, middlewares.SeparateCoAuthors())["author"]
    return names


def test_the_line_is_in_vancouver_style() -> None:
    assert in_a_line(WORK, cited_on=TODAY) == (
        "Chalmers NA. Why soap works [Internet]. Meducation; 2013 Dec 9 [cited 2026 Nov 22]. Revision 1. "
        "Available from: https://cpd.example.org/articles/soap/"
    )
    changed = in_a_line(work(changed_on=datetime.date(2020, 1, 2), revision=3), cited_on=TODAY)
    assert "2013 Dec 9 [updated 2020 Jan 2; cited 2026 Nov 22]. Revision 3." in changed
    assert in_a_line(work(names=[], title="Is it?"), cited_on=TODAY).startswith("Is it? [Internet].")


@pytest.mark.parametrize(
    ("whole", "family", "line", "listed"),
    [
        ("Nicole Chalmers", "Chalmers", "Chalmers N", "Chalmers, Nicole"),
        ("Prof Dame Jane Mary Anne Dacre", "Dacre", "Dacre JM", "Dacre, Jane Mary Anne"),
        ("Anne-Marie van der Berg", "van der Berg", "van der Berg AM", "van der Berg, Anne-Marie"),
        ("Gabriel García Márquez", "García Márquez", "García Márquez G", "García Márquez, Gabriel"),
        ("Li Ming", "Li", "Li M", "Li, Ming"),
        ("Nicole Chalmers", "", "Nicole Chalmers", "Nicole Chalmers"),
        ("Meducation learning team", "", "Meducation learning team", "Meducation learning team"),
        ("Dr Byrne", "Byrne", "Byrne", "Byrne"),
        ("Dr Byrne", "", "Byrne", "Byrne"),
        ("Dr", "", "Dr", "Dr"),
        ("Plato", "Plato", "Plato", "Plato"),
        ("李明", "李", "李 明", "李, 明"),
    ],
)
def test_a_name_is_split_where_its_family_name_is_known(whole: str, family: str, line: str, listed: str) -> None:
    cited = work(names=[Name(whole, family)])
    assert in_a_line(cited, cited_on=TODAY).startswith(f"{line}. Why soap works")
    [record] = rispy.loads(ris(cited))
    assert record["authors"] == [listed]
    assert authors(bibtex(cited)) == ([listed] if ", " in listed else [f"{{{listed}}}"])


def test_a_reference_manager_reads_what_was_meant() -> None:
    [record] = rispy.loads(ris(work(names=[Name("Ada Lovelace", "Lovelace"), Name("The team")])))
    assert record["type_of_reference"] == "ELEC"
    assert record["authors"] == ["Lovelace, Ada", "The team"]
    assert (record["title"], record["publisher"], record["year"]) == ("Why soap works", "Meducation", "2013")
    assert (record["date"], record["language"]) == ("2013/12/09/", "en-GB")
    assert record["urls"] == ["https://cpd.example.org/articles/soap/"]
    assert record["keywords"] == ["Hygiene", "Hands & feet"] and record["abstract"] == "It breaks fat."


def test_bibtex_reads_what_was_meant() -> None:
    text = bibtex(work(names=[Name("Ada Lovelace", "Lovelace"), Name("Smith and Sons, Ltd")]))
    assert authors(text) == ["Lovelace, Ada", "{Smith and Sons, Ltd}"]
    entry = read_bibtex(text, middlewares.LatexDecodingMiddleware())
    assert (entry.entry_type, entry.key) == ("misc", "meducation-soap")
    assert entry["title"] == "Why soap works" and entry["year"] == "2013" and entry["note"] == "Revision 1"
    assert entry["url"] == "https://cpd.example.org/articles/soap/"
    assert "Hands & feet" in entry["keywords"]


WORDS = st.text(min_size=1, max_size=160)


@given(title=WORDS, name=WORDS, summary=WORDS)
@example(title="}{ \\input{/etc/passwd} $x_1^2$ ~100% #1 & @misc{evil,", name="a and b", summary="}")
@example(title="]]> </script> \x07 \x1b", name="TY  - BLOG", summary="a\r\nER  - \r\n\r\nTY  - BOOK\r\nTI  - Evil")
@example(title="السكتة الدماغية", name="فلان", summary="👩🏽‍⚕️")
@example(title="\\", name="{", summary="\\textbackslash")
def test_no_words_break_out_of_their_field(title: str, name: str, summary: str) -> None:
    cited = work(title=title, names=[Name(name), Name(f"Ada {name}", name)], summary=summary)
    entry = parse_string(bibtex(cited))
    assert not entry.failed_blocks and len(entry.entries) == 1
    assert entry.entries[0]["url"] == WORK.address and len(entry.entries[0].fields) >= 8
    records = rispy.loads(ris(cited))
    assert len(records) == 1
    assert records[0]["urls"] == [WORK.address] and records[0]["type_of_reference"] == "ELEC"
    if one_line(title):
        assert records[0]["title"] == one_line(title)


# The decoder knows no \textbraceleft and another circumflex; that neither breaks anything is tested above.
@given(words=st.text(alphabet="ab \\$&#_%~", min_size=1, max_size=40))
def test_latex_reads_the_same_words(words: str) -> None:
    expected = one_line(words)
    if expected:
        decoded = read_bibtex(bibtex(work(title=f"x{words}x")), middlewares.LatexDecodingMiddleware())["title"]
        assert decoded.replace(" ", "") == one_line(f"x{words}x").replace(" ", "")


# --- On the page -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_shows_it_and_both_files_can_be_fetched() -> None:
    author = AuthorFactory(name="Nicole Chalmers", family_name="Chalmers", slug="nicole")
    ArticleFactory(published=True, title="Soap & water", slug="soap", author=author)
    text = Client().get("/articles/soap/").text
    assert "How to cite this article" in text
    assert "Chalmers N. Soap &amp; water [Internet]. Meducation; 2026 Jan 1 [cited " in text
    for path, kind in (("cite.bib", "application/x-bibtex"), ("cite.ris", "application/x-research-info-systems")):
        assert f'href="/articles/soap/{path}"' in text
        response = Client().get(f"/articles/soap/{path}")
        assert response.headers["Content-Type"] == f"{kind}; charset=utf-8"
        assert response.headers["Content-Disposition"] == f'attachment; filename="soap.{path[-3:]}"'
        assert "Chalmers, Nicole" in response.content.decode()


@pytest.mark.django_db
def test_a_draft_and_a_preview_are_not_cited() -> None:
    from articles.previews import preview_address

    draft = ArticleFactory(slug="draft")
    assert Client().get("/articles/draft/cite.bib").status_code == 404
    assert "How to cite" not in Client().get(preview_address(draft)).text
