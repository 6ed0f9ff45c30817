"""What is pasted from Word keeps its structure and loses its styling."""

import time

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st

from articles.sanitising import sanitise

HEAD = (
    '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">'
    '<head><meta name=Generator content="Microsoft Word 15"><!--[if gte mso 9]><xml><w:WordDocument>'
    "<w:View>Normal</w:View></w:WordDocument></xml><![endif]--><style><!-- /* Font Definitions */ "
    "@list l0:level1 {mso-level-number-format:bullet;} p.MsoNormal {margin:0cm;} --></style></head>"
    "<body lang=EN-GB style='tab-interval:36.0pt;word-wrap:break-word'><!--StartFragment-->"
)
TAIL = "<!--EndFragment--></body></html>"


def word(inner: str) -> str:
    return sanitise(HEAD + inner + TAIL).replace("\n", "")


def item(text: str, *, mark: str = "·", level: int = 1, place: str = "Middle", style: str = "l0") -> str:
    return (
        f"<p class=MsoListParagraphCxSp{place} style='margin-left:{36 * level}.0pt;text-indent:-18.0pt;"
        f"mso-list:{style} level{level} lfo1'><![if !supportLists]><span style='font-family:Symbol;"
        f"mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>{mark}<span "
        f"style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>"
        f"{text}<o:p></o:p></p>"
    )


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("<p class=MsoNormal><span lang=EN-GB style='color:red'>Plain</span><o:p></o:p></p>", "<p>Plain</p>"),
        ("<p class=MsoNormal><b>Bold</b> <i>it</i><o:p></o:p></p>", "<p><strong>Bold</strong> <em>it</em></p>"),
        ("<p class=MsoNormal>H<sub>2</sub>O, m<sup>2</sup></p>", "<p>H<sub>2</sub>O, m<sup>2</sup></p>"),
        (
            "<p class=MsoNormal>a</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>b</p>",
            "<p>a</p><p>b</p>",
        ),
        ("<h1>One<o:p></o:p></h1><h2>Two</h2><h3>Three</h3>", "<h2>One</h2><h3>Two</h3><h4>Three</h4>"),
        ("<h2>Two</h2><h5>Five</h5>", "<h2>Two</h2><h4>Five</h4>"),
        ("<p class=MsoTitle>Title</p><p class=MsoNormal>a</p>", "<h2>Title</h2><p>a</p>"),
        (
            '<p class=MsoNormal><a href="https://example.org/a"><span class=MsoHyperlink>link</span></a></p>',
            '<p><a href="https://example.org/a" rel="noopener noreferrer">link</a></p>',
        ),
        (
            '<p class=MsoNormal>True<a style=\'mso-footnote-id:ftn1\' href="#_ftn1" name="_ftnref1"><span '
            "class=MsoFootnoteReference>[1]</span></a></p>",
            "<p>True[1]</p>",
        ),
        (
            "<p class=MsoNormal><!--[if gte vml 1]><v:shape id=x></v:shape><![endif]--><![if !vml]><img width=9 "
            'src="file:///C:/Users/x/clip_image002.png" v:shapes=x><![endif]>after</p>',
            "<p>after</p>",
        ),
        (
            item("One", place="First") + item("Inner", level=2, mark="o") + item("Two", place="Last"),
            "<ul><li><p>One</p><ul><li><p>Inner</p></li></ul></li><li><p>Two</p></li></ul>",
        ),
        (item("A", mark="1.") + item("B", mark="2."), "<ol><li><p>A</p></li><li><p>B</p></li></ol>"),
        (item("A", mark="(a)") + item("B", mark="(b)"), "<ol><li><p>A</p></li><li><p>B</p></li></ol>"),
        (item("C", mark="3.") + item("D", mark="4."), '<ol start="3"><li><p>C</p></li><li><p>D</p></li></ol>'),
        (
            item("A") + item("B", mark="1.", style="l1"),
            "<ul><li><p>A</p></li></ul><ol><li><p>B</p></li></ol>",
        ),
        (
            item("A") + "<p class=MsoNormal>between</p>" + item("B"),
            "<ul><li><p>A</p></li></ul><p>between</p><ul><li><p>B</p></li></ul>",
        ),
        (
            item("Deep first", level=3) + item("Out", level=1),
            "<ul><li><p>Deep first</p></li></ul><ul><li><p>Out</p></li></ul>",
        ),
        (
            "<h2 style='mso-list:l2 level1 lfo3'><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp;"
            "</span></span><![endif]>Numbered heading</h2>",
            "<h2>Numbered heading</h2>",
        ),
        (
            "<table class=MsoTableGrid border=1 style='border-collapse:collapse;mso-yfti-tbllook:1184'><tr "
            "style='mso-yfti-irow:0;mso-yfti-firstrow:yes'><td width=301 style='width:225.4pt'><p class=MsoNormal>"
            "<b>Drug<o:p></o:p></b></p></td><td width=301><p class=MsoNormal><b>Dose</b></p></td></tr><tr>"
            "<td rowspan=2><p class=MsoNormal>A</p></td><td><p class=MsoNormal>5 mg</p></td></tr></table>",
            "<table><tbody><tr><th><p><strong>Drug</strong></p></th><th><p><strong>Dose</strong></p></th></tr>"
            '<tr><td rowspan="2"><p>A</p></td><td><p>5 mg</p></td></tr></tbody></table>',
        ),
        (
            "<table class=MsoTableGrid><thead><tr><td><p class=MsoNormal>Head</p></td></tr></thead><tr><td>"
            "<p class=MsoNormal>Cell</p></td></tr></table>",
            "<table><thead><tr><th><p>Head</p></th></tr></thead><tbody><tr><td><p>Cell</p></td></tr></tbody></table>",
        ),
        (
            "<table class=MsoTableGrid><tr><td><p class=MsoNormal><b>Bold</b></p></td><td><p class=MsoNormal>not</p>"
            "</td></tr></table>",
            "<table><tbody><tr><td><p><strong>Bold</strong></p></td><td><p>not</p></td></tr></tbody></table>",
        ),
    ],
)
def test_word_keeps_its_structure(pasted: str, kept: str) -> None:
    clean = word(pasted)
    assert clean == kept
    assert sanitise(clean) == clean


def test_nothing_that_only_word_reads_is_left() -> None:
    clean = word(
        item("One") + "<p class=MsoNormal style='mso-pagination:none'>x<o:p></o:p></p><script>alert(1)</script>"
    )
    for sign in ("mso", "Mso", "o:p", "style", "class", "<!", "Generator", "Font Definitions", "alert", "·"):
        assert sign not in clean


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("<b>a</b><i>b</i>", "<strong>a</strong><em>b</em>"),
        ('<h1 class="x">A</h1><h2>B</h2>', "<h2>A</h2><h3>B</h3>"),
        ("<p>&lt;b&gt; and &lt;h1&gt;</p>", "<p>&lt;b&gt; and &lt;h1&gt;</p>"),
        ("<h2>A</h2><h3>B</h3>", "<h2>A</h2><h3>B</h3>"),
    ],
)
def test_other_pages_keep_headings_and_emphasis(pasted: str, kept: str) -> None:
    assert sanitise(pasted) == kept


@pytest.mark.sweep
@pytest.mark.parametrize(
    "hostile",
    [
        "<b>x</b>" + "<![if" * 100_000,
        "<o:p>" + "<!--" * 200_000,
        "<b>" * 20_000,
        "".join(item("x", level=number) for number in range(1, 1_500)),
        HEAD + item("x") * 2_000,
        "<p class=MsoNormal>word</p>" * 60_000,
    ],
    ids=["conditions", "comments", "nested", "deep list", "long list", "long text"],
)
def test_no_paste_takes_long(hostile: str) -> None:
    began = time.perf_counter()
    sanitise(hostile)
    assert time.perf_counter() - began < 15


@given(st.lists(st.sampled_from([
    "<p class=MsoNormal style='mso-list:l0 level1 lfo1'>", "</p>", "<o:p>", "<![if !supportLists]>", "<script>alert(1)",
    "<table>", "<tr>", "<td>", "<b>", "<h1>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>", "words",
    "<span style='mso-list:Ignore'>1.", "</span>", "<li>", "<ul>", "<!--", "<svg onload=alert(1)>", "\x00", "&nbsp;",
]), max_size=20))  # fmt: skip
@example(["<h1>", "<table>", "<h1>"])
def test_whatever_word_sends_is_harmless_and_clean_is_clean(parts: list[str]) -> None:
    clean = sanitise("".join(parts))
    for tag in BeautifulSoup(clean, "html.parser").find_all(True):
        assert tag.name not in ("script", "svg", "span", "b", "i", "h1")
        assert not [name for name in tag.attrs if name.startswith("on") or name in ("style", "class")]
        assert not str(tag.get("href", "")).startswith("javascript")
    assert sanitise(clean) == clean
