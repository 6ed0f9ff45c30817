"""From an author's HTML to the reader's."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from articles.rendering import (
    Picture,
    Rendered,
    citation_anchors,
    cited_numbers,
    count_words,
    minutes_to_read,
    picture_names,
    render,
)
from articles.sanitising import sanitise

NAME = f"{'a' * 64}.webp"
IMAGE = f'<img src="/articles/images/{NAME}">'


def text(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def headings(rendered: Rendered) -> list[str]:
    return [" ".join(h.get_text().split()) for h in BeautifulSoup(rendered.html, "html.parser").find_all("h2")]


# --- Headings


def test_headings_are_numbered_and_listed() -> None:
    rendered = render("<h2>First things</h2><p>a</p><h2>Second things</h2>")
    assert headings(rendered) == ["1. First things", "2. Second things"]
    assert [(h.number, h.text, h.anchor) for h in rendered.outline] == [
        ("1.", "First things", "section-first-things"),
        ("2.", "Second things", "section-second-things"),
    ]
    assert '<h2 id="section-first-things"><span class="number">1.</span> First things</h2>' in rendered.html


@pytest.mark.parametrize(
    "typed", ["1. Begin", "1) Begin", "<strong>1. Begin</strong>", "<strong>1.</strong> Begin", " 1.  Begin"]
)
def test_numbers_the_author_typed_are_not_doubled(typed: str) -> None:
    rendered = render(f"<h2>{typed}</h2><h2>2. Go on</h2>")
    assert headings(rendered) == ["1. Begin", "2. Go on"]
    assert [heading.text for heading in rendered.outline] == ["Begin", "Go on"]


@pytest.mark.parametrize(
    "typed", [["2. B", "3. C"], ["1. A", "B"], ["A", "2. B"], ["1. A", "1. B"], ["2. B", "1. A"], ["1. A", "3. C"]]
)
def test_a_numbering_of_the_author_s_own_is_left_alone(typed: list[str]) -> None:
    rendered = render("".join(f"<h2>{words}</h2>" for words in typed))
    assert headings(rendered) == typed
    assert {heading.number for heading in rendered.outline} == {""}


def test_smaller_headings_get_a_place_but_no_number() -> None:
    rendered = render("<h2>A</h2><h3>1. Typed</h3><h4>Deep</h4>")
    assert '<h3 id="section-typed">1. Typed</h3><h4 id="section-deep">Deep</h4>' in rendered.html
    assert len(rendered.outline) == 1


def test_places_are_never_shared() -> None:
    rendered = render("<h2>Same</h2><h3>Same</h3><h2>Same</h2><h2>日本</h2><h2>δ</h2>")
    ids = [tag["id"] for tag in BeautifulSoup(rendered.html, "html.parser").find_all(id=True)]
    assert len(ids) == len(set(ids)) == 5


def test_empty_headings_vanish() -> None:
    rendered = render("<h2></h2><h2><br></h2><h2>Real</h2>")
    assert headings(rendered) == ["1. Real"]


def test_a_paragraph_that_begins_with_a_number_stays_a_paragraph() -> None:
    body = "<p>1. Wash your hands</p><p>2. Dry them</p>"
    assert render(body).html == body
    assert render(body).outline == ()


# --- Words


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (200, 1), (201, 2), (400, 2), (1142, 6)])
def test_minutes_are_rounded_up_and_never_none(words: int, minutes: int) -> None:
    assert minutes_to_read(words) == minutes


def test_words_are_counted_as_a_reader_would() -> None:
    assert count_words("<p>Don’t co-prescribe 2.5 mg.</p><ul><li>One</li><li>Two</li></ul><p>—</p>") == 6


# --- Callouts, tables, pictures


@pytest.mark.parametrize(("name", "label"), [("callout-key", "Key point"), ("callout-warning", "Safety warning")])
def test_a_callout_says_in_words_what_it_is(name: str, label: str) -> None:
    html = render(f'<blockquote class="{name}"><p>Ask.</p></blockquote>').html
    assert html == f'<blockquote class="{name}"><p class="callout__label">{label}</p><p>Ask.</p></blockquote>'


def test_a_plain_quotation_gets_no_label() -> None:
    assert render("<blockquote><p>Ask.</p></blockquote>").html == "<blockquote><p>Ask.</p></blockquote>"


def test_a_table_can_be_scrolled_and_its_headers_say_what_they_head() -> None:
    soup = BeautifulSoup(
        render("<table><tr><th>A</th><th>B</th></tr><tr><th>C</th><td>d</td></tr></table><table></table>").html,
        "html.parser",
    )
    frame, second = soup.find_all("div", class_="scroll-x")
    assert (frame["role"], frame["tabindex"], frame["aria-label"]) == ("region", "0", "Table")
    assert second["aria-label"] == "Table 2"
    assert [cell["scope"] for cell in soup.find_all("th")] == ["col", "col", "row"]


def test_a_scope_the_author_chose_is_kept() -> None:
    assert '<th scope="row">' in render('<table><tr><th scope="row">A</th></tr></table>').html


def test_pictures_have_their_size_so_that_the_page_does_not_jump() -> None:
    picture = Picture(width=640, height=480, alternative_text="A phone")
    image = BeautifulSoup(render(f"<figure>{IMAGE}</figure>", pictures={NAME: picture}).html, "html.parser").img
    assert image is not None
    assert (image["width"], image["height"], image["alt"], image["loading"]) == ("640", "480", "A phone", "lazy")


def test_the_author_s_own_alternative_text_wins() -> None:
    picture = Picture(width=1, height=1, alternative_text="Library")
    assert 'alt="Mine"' in render(IMAGE.replace("<img", '<img alt="Mine"'), pictures={NAME: picture}).html


def test_a_decorative_picture_has_empty_alternative_text() -> None:
    picture = Picture(width=1, height=1, alternative_text="")
    assert 'alt=""' in render(IMAGE, pictures={NAME: picture}).html


@pytest.mark.parametrize(
    ("caption", "shown"),
    [
        ("", "Photo: A"),
        ("<figcaption>Soap</figcaption>", "Soap. Photo: A"),
        ("<figcaption>Why?</figcaption>", "Why? Photo: A"),
    ],
)
def test_the_credit_is_in_the_caption(caption: str, shown: str) -> None:
    picture = Picture(width=1, height=1, alternative_text="x", credit="Photo: A")
    figcaption = BeautifulSoup(
        render(f"<figure>{IMAGE}{caption}</figure>", pictures={NAME: picture}).html, "html.parser"
    ).figcaption
    assert figcaption is not None
    assert figcaption.get_text() == shown


def test_picture_names_are_found() -> None:
    assert picture_names(f"<p>{IMAGE}</p><img alt='none'><img src='https://elsewhere.example/y.webp'>") == [NAME]


# --- Citations


def test_a_citation_leads_to_its_reference_and_back() -> None:
    rendered = render("<p>True [3]. Again [3,5].</p>", references=[3, 5])
    assert (
        '<sup class="cite">[<a aria-label="Reference 3" href="#ref-3" id="cite-3-1">3</a>]</sup>' in rendered.html
        or '<sup class="cite">[<a href="#ref-3" id="cite-3-1" aria-label="Reference 3">3</a>]</sup>' in rendered.html
    )
    assert text(rendered.html) == "True [ 3 ] . Again [ 3 , 5 ] ."
    assert citation_anchors(rendered.html) == {3: ["cite-3-1", "cite-3-2"], 5: ["cite-5-1"]}


@pytest.mark.parametrize(
    "body",
    [
        "<p>No row [4].</p>",
        "<p>One of them [3, 4].</p>",
        "<p>A year [2020].</p>",
        "<p>[sic]</p>",
        '<p><a href="/">see [3]</a></p>',
    ],
)
def test_what_is_no_citation_stays_as_typed(body: str) -> None:
    assert "cite" not in render(body, references=[3]).html


def test_a_citation_already_raised_is_not_raised_twice() -> None:
    soup = BeautifulSoup(render("<p>x<sup>[1]</sup></p>", references=[1]).html, "html.parser")
    assert len(soup.find_all("sup")) == 1
    assert soup.find("span", class_="cite") is not None


def test_a_citation_in_a_heading_is_not_in_the_contents() -> None:
    rendered = render("<h2>Evidence [1]</h2>", references=[1])
    assert rendered.outline[0].text == "Evidence"
    assert rendered.outline[0].anchor == "section-evidence"
    assert "cite-1-1" in rendered.html


def test_cited_numbers() -> None:
    assert cited_numbers('<p>[1] and [2, 7] and [2020] <a href="/">[9]</a></p>') == {1, 2, 7}


# --- Nothing typed becomes markup


def test_text_that_looks_like_markup_stays_text() -> None:
    html = render("<p>if x &lt;script&gt;alert(1)&lt;/script&gt; [1] &amp; y</p>", references=[1]).html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@given(st.text(alphabet="<>&\"'/[]1,3 ahrefscriptonclk=:;.!-h2imgp", max_size=120))
def test_rendering_adds_no_way_in(typed: str) -> None:
    """Whatever is typed: after the sanitiser, rendering makes only elements and attributes of its own."""
    soup = BeautifulSoup(render(sanitise(typed), references=[1, 3]).html, "html.parser")
    assert not soup.find_all(["script", "style", "iframe", "svg", "object", "form", "input"])
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name == "style"]
        assert not str(tag.get("href", "")).lower().lstrip().startswith(("javascript:", "data:"))
