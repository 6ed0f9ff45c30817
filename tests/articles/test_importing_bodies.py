"""From other people's HTML to an article's body."""

import base64
import contextlib
import io
import re
import time

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from articles.importing import Attachment, BadPost, NoPicture, Post, Survey, Wanted, carry, first_sentences, shortened
from articles.sanitising import sanitise

OURS = f"/articles/images/{'a' * 64}.webp"
PICTURE = f'<img src="{OURS}">'
FIGURE = f"<figure>{PICTURE}</figure>"


def carried(html: str, *, is_classic: bool = False, known: Survey | None = None) -> tuple[str, tuple[str, ...]]:
    post = Post(source_id="1", html=html, is_classic=is_classic, address="https://old.example/2020/a-post/")
    found = carry(post, known=known or Survey("", ""), place=lambda wanted: OURS)
    return found.html.replace(' rel="noopener noreferrer"', ""), found.remarks


def body(html: str, *, is_classic: bool = False) -> str:
    return carried(html, is_classic=is_classic)[0]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # Headings come down to 2, whichever was the highest.
        ("<h1>A</h1><h2>B</h2><h6>C</h6>", "<h2>A</h2><h3>B</h3><h4>C</h4>"),
        ("<h2>A</h2><h3>B</h3>", "<h2>A</h2><h3>B</h3>"),
        ("<h4>A</h4><h5>B</h5>", "<h2>A</h2><h3>B</h3>"),
        # Marks of meaning stay, those of looks go.
        ("<p><b>a</b><i>b</i><u>c</u><font color=red>d</font></p>", "<p><strong>a</strong><em>b</em>cd</p>"),
        ("<p>H<sub>2</sub>O, 10<sup>3</sup></p>", "<p>H<sub>2</sub>O, 10<sup>3</sup></p>"),
        ("<p><q>a</q></p>", "<p>“a”</p>"),
        ("<b><p>a</p></b>", "<p>a</p>"),
        ('<p style="color:red" class="x" onclick="y()">a</p>', "<p>a</p>"),
        # Lists, definitions, poems, rules.
        ("<ul><li>a<ol><li>b</li></ol></li></ul>", "<ul><li>a<ol><li>b</li></ol></li></ul>"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "<p><strong>a</strong></p><p>b</p>"),
        ("<pre>a\n  b</pre>", "<p>a<br>  b</p>"),
        ("<p>a</p><hr><p>b</p>", "<p>a</p><hr><p>b</p>"),
        ("<blockquote>a</blockquote>", "<blockquote><p>a</p></blockquote>"),
        # Boxes are taken apart; loose text gets a paragraph.
        ("<div>a<div>b</div>c</div>", "<p>a</p><p>b</p><p>c</p>"),
        ("a<p>b</p>c", "<p>a</p><p>b</p><p>c</p>"),
        ("<div>a<br><br>b<br>c</div>", "<p>a</p><p>b<br>c</p>"),
        ("<p> </p><p>&nbsp;</p><h2></h2><p>a</p><ul><li></li></ul>", "<p>a</p>"),
        # Links.
        ('<p><a href="/b">a</a></p>', '<p><a href="https://old.example/b">a</a></p>'),
        ('<p><a href="#b">a</a> <a name="c">d</a></p>', "<p>a d</p>"),
        ('<p><a href="javascript:x()">a</a> <a href="data:text/html,x">b</a></p>', "<p>a b</p>"),
        ('<p><a href="http://[">a</a></p>', "<p>a</p>"),
        ('<p><a href="mailto:a@b.example">a</a></p>', '<p><a href="mailto:a@b.example">a</a></p>'),
        # Tables.
        (
            "<table><caption>C</caption><thead><tr><th scope=col>a</th></tr></thead>"
            "<tfoot><tr><td>b</td></tr></tfoot></table>",
            '<p>C</p><table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>',
        ),
        # What runs or calls home.
        ("<p>a</p><script>x()</script><style>p{}</style><noscript><img src=//x></noscript>", "<p>a</p>"),
        ("<p>a</p><svg onload=x()><script>y()</script></svg>", "<p>a</p>"),
        ('<p>a<img src="https://c.example/x.gif" width="1" height="1"></p>', "<p>a</p>"),
        ('<p>a <img class="emoji" src="https://s.w.org/1.png" alt="☺"></p>', "<p>a ☺</p>"),
        # The line that WordPress puts under each post of its feed.
        ("<p>a</p><p>The post <a href='https://x.example'>a</a> appeared first on <a href='/'>b</a>.</p>", "<p>a</p>"),
        ("", ""),
    ],
)
def test_what_becomes_of_html(html: str, expected: str) -> None:
    assert body(html) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n\nb", "<p>a</p><p>b</p>"),
        ("a\r\n\r\nb", "<p>a</p><p>b</p>"),
        ("a\nb", "<p>a<br>b</p>"),
        ("a<br />\nb", "<p>a<br>b</p>"),
        ("a\n<strong>b</strong> c\n\n\n\nd", "<p>a<br><strong>b</strong> c</p><p>d</p>"),
        ("a\n<h2>b</h2>\nc", "<p>a</p><h2>b</h2><p>c</p>"),
        ("<blockquote>a\n\nb</blockquote>", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("<p>a\nb</p>", "<p>a<br>b</p>"),
        ("a <!--more--> b", "<p>a  b</p>"),
        (f"a\n\n<img src='{OURS}'>\n\nb", f"<p>a</p>{FIGURE}<p>b</p>"),
        (f"a <a href='/x.jpg'><img src='{OURS}'></a> b", f"<p>a</p>{FIGURE}<p> b</p>"),
        ("https://video.example/1", '<p><a href="https://video.example/1">https://video.example/1</a></p>'),
        ("See https://video.example/1", "<p>See https://video.example/1</p>"),
        ("[embed]https://v.example/1[/embed]", '<p><a href="https://v.example/1">https://v.example/1</a></p>'),
        ('[video mp4="https://v.example/1.mp4"][/video]', '<p><a href="https://v.example/1.mp4">https://v.example/1.mp4</a></p>'),
        ("As said [3], and [sic] [Ed].", "<p>As said [3], and [sic] [Ed].</p>"),
    ],
)  # fmt: skip
def test_what_becomes_of_text_of_the_old_editor(text: str, expected: str) -> None:
    assert body(text, is_classic=True) == expected


def test_plain_text_with_lines_is_paragraphs_wherever_it_comes_from() -> None:
    assert body("a\n\nb") == "<p>a</p><p>b</p>"
    assert body("<p>a\nb</p>") == "<p>a\nb</p>"


@pytest.mark.parametrize(
    "html",
    [
        f'[caption id="1" width="300"]<a href="/x.jpg"><img src="{OURS}" /></a> On <em>ward</em> 4[/caption]',
        f'[caption width="300" caption="On ward 4"]<img src="{OURS}" />[/caption]',
        f"<figure class='x'><a href='/x.jpg'><img src='{OURS}'/></a><figcaption>On ward 4</figcaption></figure>",
        f"<div class='wp-caption'><figure><div><img src='{OURS}'></div><p>On ward 4</p></figure></div>",
    ],
)
def test_captions(html: str) -> None:
    soup = BeautifulSoup(body(html, is_classic=True), "html.parser")
    assert [(tag.name, getattr(tag.parent, "name", "")) for tag in soup.find_all(["figure", "img", "p", "div"])] == [
        ("figure", "[document]"),
        ("img", "figure"),
    ]
    assert soup.figcaption is not None and soup.figcaption.get_text() == "On ward 4"


def test_a_gallery_is_its_pictures() -> None:
    known = Survey("", "", attachments={"5": Attachment("https://old.example/a.png", alternative_text="A hand")})
    html, remarks = carried('a\n\n[gallery ids="5,6"]', is_classic=True, known=known)
    assert html == f'<p>a</p><figure><img alt="A hand" src="{OURS}"></figure>'
    assert remarks == ("A gallery is not whole: the file does not say which pictures it shows.",)
    nested = f"<figure><ul><li><figure>{PICTURE}</figure></li><li><figure>{PICTURE}</figure></li></ul></figure>"
    assert body(nested).count(FIGURE) == 2


def test_a_table_in_a_figure_is_a_table() -> None:
    html = body("<figure><table><tr><th>a</th></tr></table><figcaption>b</figcaption></figure>")
    assert html == "<table><tbody><tr><th>a</th></tr></tbody></table><p>b</p>"


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<iframe src="https://player.example/1"></iframe>', "https://player.example/1"),
        ('<iframe src="//player.example/1"></iframe>', "https://player.example/1"),
        ('<iframe src="https://www.youtube.com/embed/abcdefghijk?rel=0"></iframe>', "https://www.youtube.com/watch?v=abcdefghijk"),
        ('<video><source src="/film.mp4"></video>', "https://old.example/film.mp4"),
        ('<audio src="/talk.mp3"></audio>', "https://old.example/talk.mp3"),
        ('<object data="/x.swf"><embed src="/x.swf"></object>', "https://old.example/x.swf"),
    ],
)  # fmt: skip
def test_what_was_embedded_becomes_a_link(html: str, address: str) -> None:
    found, remarks = carried(f"<p>a {html} b</p>")
    soup = BeautifulSoup(found, "html.parser")
    assert [link["href"] for link in soup.find_all("a")] == [address]
    assert f"Something embedded became a link: {address}" in remarks


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "", "about:blank"])
def test_what_was_embedded_without_an_address_is_named(address: str) -> None:
    html, remarks = carried(f'<p>a</p><iframe src="{address}"></iframe>')
    assert html == "<p>a</p>"
    assert remarks == ("Something embedded (iframe) has no address and is left out.",)


def test_what_is_not_carried_is_told() -> None:
    text = '[form id="1"] [box]a[/box] [sic] <del>10 mg</del> <!-- wp:latest-posts {"n":3} /-->'
    text += "<table><tr><td>a</td></tr></table>"
    html, remarks = carried(text, is_classic=True)
    assert html.startswith('<p>[form id="1"] [box]a[/box] [sic]')
    assert "10 mg" not in html
    assert set(remarks) == {
        "A block that the old site filled by itself is not carried: latest-posts.",
        "Shortcodes are left in the text as they were: [form], [box].",
        "Words that were struck out are left out: “10 mg”",
        "A table has no header cells: mark them.",
    }


# --- Pictures


def wanted_of(html: str, known: Survey | None = None) -> list[Wanted]:
    asked: list[Wanted] = []

    def place(wanted: Wanted) -> str:
        asked.append(wanted)
        return OURS

    carry(Post("1", html=html, address="https://old.example/p/"), known=known or Survey("", ""), place=place)
    return asked


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<img src="/a%20b.png?w=300">', "https://old.example/a%20b.png?w=300"),
        ('<img src="//cdn.example/a.png">', "https://cdn.example/a.png"),
        ('<img src="data:image/gif;base64,R0lGODlh" data-src="/late.png">', "https://old.example/late.png"),
        ('<img src="/small.png" data-orig-file="/large.png">', "https://old.example/large.png"),
    ],
)
def test_where_a_picture_was(html: str, address: str) -> None:
    assert [wanted.address for wanted in wanted_of(html)] == [address]


def test_the_words_of_a_picture() -> None:
    known = Survey("", "", attachments={"1": Attachment("http://old.example/a.png", "Title", "Known words", "Caption")})
    (wanted,) = wanted_of('<img src="https://old.example/a-300x200.png" alt="">', known)
    assert (wanted.alternative_text, wanted.title, wanted.caption) == ("Known words", "Title", "Caption")
    (wanted,) = wanted_of('<figure><img src="/a.png" alt="Own &amp; words"><figcaption>C</figcaption></figure>', known)
    assert (wanted.alternative_text, wanted.caption) == ("Own & words", "C")


def test_a_picture_in_the_text_itself() -> None:
    written = io.BytesIO()
    PillowImage.new("RGB", (4, 4), "red").save(written, "PNG")
    inside = base64.b64encode(written.getvalue()).decode()
    first, second, third = wanted_of(
        f'<p><img src="data:image/png;base64,{inside}" alt="Red"><img src="data:image/png;base64,@@">'
        '<img src="data:image/svg+xml,%3Csvg onload=x%3E"></p>'
    )
    assert first.content == written.getvalue()
    assert (first.alternative_text, first.address) == ("Red", "")
    assert second.content == third.content == b""


def test_a_picture_that_is_not_found_leaves_a_line_and_keeps_its_caption() -> None:
    def nowhere(wanted: Wanted) -> str:
        raise NoPicture("it is not in the folder")

    html = '<p>a <img src="/x/Ward%20]4.png"> b</p><figure><img src="/y.png"><figcaption>Seen</figcaption></figure>'
    found = carry(Post("1", html=html, address="https://old.example/p/"), known=Survey("", ""), place=nowhere)
    assert found.html == "<p>[Picture missing: Ward  4.png]</p><p>a  b</p><p>[Picture missing: y.png]</p><p>Seen</p>"
    assert found.remarks == (
        "Picture missing: https://old.example/x/Ward%20]4.png (it is not in the folder).",
        "Picture missing: https://old.example/y.png (it is not in the folder).",
    )


def test_the_picture_at_the_head_of_a_post_comes_first_and_once() -> None:
    post = Post("1", html="<p>a</p>", featured='https://old.example/h"ead.jpg', address="https://old.example/p/")
    assert carry(post, known=Survey("", ""), place=lambda wanted: OURS).html == f"{FIGURE}<p>a</p>"
    again = Post("1", html="<p>a</p><img src='/head-300x200.jpg'>", featured="https://old.example/head-scaled.jpg")
    assert carry(again, known=Survey("", ""), place=lambda wanted: OURS).html.count("<img") <= 2


# --- Anything at all


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000,
        "<b><i>" * 20_000 + "a",
        "<p>a" * 25_000,
        "a" * 2_000_001,
        "a\n\n" * 15_000,
        "<table><tr><td>" * 5000,
    ],
    ids=["divisions", "emphasis", "paragraphs", "characters", "lines", "tables"],
)
def test_mazes_are_refused_with_a_sentence(html: str) -> None:
    with pytest.raises(BadPost, match=r"^Its .+\.$"):
        body(html)


@pytest.mark.slow
@pytest.mark.parametrize(
    "html",
    [
        *("[caption" * 100_000, "[" * 500_000, "[a b" * 100_000, "[embed]" * 100_000, "[caption]x[/caption]" * 4000),
        *(
            '"data:,' * 100_000,
            "<!-- wp:a" * 50_000,
            "<" * 500_000,
            "a\n\n" * 9000,
            "a<br><br>" * 9000,
            "<ul><li>" * 200,
        ),
        "<p>a" * 9000,
    ],
    ids=lambda html: html[:10],
)
def test_nothing_takes_for_ever(html: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(BadPost):
        body(html, is_classic=True)
    assert time.process_time() - begun < 20


PIECES = [
    *("<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a href='/x'>", "</a>", "<a href=javascript:x>", "<br>"),
    *("<figure>", "</figure>", "<figcaption>", "</figcaption>", "<img src='/a.png'>", "<img src=x onerror=y()>"),
    *("\n\n", "<ul>", "<li>", "<table>", "<tr>", "<td>", "</table>", "<h1>", "</h1>", "<h4>", "<blockquote>", "<pre>"),
    *("</blockquote>", "</pre>", "<iframe src='/x'>", "</iframe>", "<dl>", "<dt>", "<dd>", "<del>", "</del>"),
    *("<q>", "</q>", "<script>", "</script>", "<svg>", "[caption]", "[/caption]", "[gallery ids='1']", "[x y='z']"),
    *("<!-- wp:a /-->", "<!--", "-->", "a", "é", "\x00", "\u202e", "[3]", "\n", "https://a.example/"),
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.booleans())
@example("<dt><iframe src='/x'></iframe>[caption]", False)
def test_whatever_comes_the_result_is_what_an_article_may_hold_and_stays_so(html: str, is_classic: bool) -> None:
    found = body(html, is_classic=is_classic)
    assert sanitise(found).replace(' rel="noopener noreferrer"', "") == found
    soup = BeautifulSoup(found, "html.parser")
    assert {image["src"] for image in soup.find_all("img")} <= {OURS}
    assert not soup.find(lambda tag: any(name.startswith("on") for name in tag.attrs))
    assert not [part for part in soup.children if isinstance(part, str) and part.strip()], found
    assert not re.search("[\x00\u202e]", found)


@given(st.lists(st.text("ab c\n", max_size=12), max_size=6).map("\n\n".join), st.booleans())
def test_no_word_of_a_text_is_lost(text: str, is_classic: bool) -> None:
    found = BeautifulSoup(body(text, is_classic=is_classic).replace("<br>", " "), "html.parser").get_text(" ")
    assert found.split() == text.split()


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h2>x</h2><p>One. Two.</p><p>Three.</p>", "One. Two."),
        ("<p>[Picture missing: a]</p><p>One<br>two H<sub>2</sub>O</p>", "One two H2O"),
        (f"<p>{'One two three. ' * 40}</p>", ("One two three. " * 26).strip()),
        (f"<p>{'word ' * 200}</p>", ("word " * 80)[:-2].rpartition(" ")[0] + "…"),
        ("<p></p>", ""),
        (f"<p>{'x' * 900}</p>", "x" * 399 + "…"),
    ],
)
def test_the_first_sentences(html: str, expected: str) -> None:
    assert first_sentences(html) == expected


@given(st.text(max_size=200), st.integers(5, 60))
def test_what_is_shortened_is_short(text: str, most: int) -> None:
    assert len(shortened(text, most)) <= most
