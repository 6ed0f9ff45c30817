"""Two texts beside each other: nothing lost, nothing invented, nothing that becomes markup."""

import dataclasses

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from articles.comparing import Passage, Section, Text, blocks_of, changed_passages, compare
from articles.details import Details, Source, Writer

WORDS = st.text(st.sampled_from("ab .!<&5é\n"), max_size=12)
BODIES = st.lists(
    st.tuples(
        st.sampled_from(["p", "h2", "li", "blockquote"]), st.sampled_from(["One.", "Two words.", "10 mg", "a b c", "<"])
    ),
    max_size=8,
).map(lambda parts: "".join(f"<{tag}>{text.replace('<', '&lt;')}</{tag}>" for tag, text in parts))
TEXTS = st.builds(
    Text,
    title=WORDS,
    standfirst=WORDS,
    body=BODIES,
    details=st.builds(
        Details,
        learning_objectives=st.lists(WORDS.map(str.strip).filter(bool), max_size=3).map(tuple),
        competing_interests=WORDS,
        references=st.lists(st.builds(Source, number=st.integers(1, 3), title=WORDS), max_size=2).map(tuple),
    ),
)


def side(sections: tuple[Section, ...], which: str) -> list[str]:
    rows = [row for section in sections for row in section.rows]
    blocks = [getattr(row, which) for row in rows]
    return [block.text for block in blocks if block is not None]


@given(TEXTS, TEXTS)
def test_each_side_is_the_whole_text_in_its_order(before: Text, after: Text) -> None:
    sections = compare(before, after)
    assert side(sections, "before") == side(compare(before, Text()), "before")
    assert side(sections, "after") == side(compare(Text(), after), "after")


@given(TEXTS, TEXTS)
def test_the_runs_of_a_row_are_its_words_and_the_same_ones_are_the_same(before: Text, after: Text) -> None:
    for section in compare(before, after):
        for row in section.rows:
            assert "".join(run.text for run in row.before_runs) == (row.before.text if row.before else "")
            assert "".join(run.text for run in row.after_runs) == (row.after.text if row.after else "")
            kept = "".join(run.text for run in row.before_runs if not run.is_changed)
            assert kept == "".join(run.text for run in row.after_runs if not run.is_changed)


@given(TEXTS, TEXTS)
def test_what_it_writes_is_the_words_and_two_elements(before: Text, after: Text) -> None:
    for section in compare(before, after):
        for row in section.rows:
            for html, block in ((row.before_html, row.before), (row.after_html, row.after)):
                soup = BeautifulSoup(html, "html.parser")
                assert soup.get_text() == (block.text if block else "")
                assert {tag.name for tag in soup.find_all(True)} <= {"del", "ins"}


@given(TEXTS, TEXTS)
def test_folding_hides_only_what_is_the_same(before: Text, after: Text) -> None:
    for section in compare(before, after):
        folded = section.folded()
        assert sum(row if isinstance(row, int) else 1 for row in folded) == len(section.rows)
        shown = [row for row in folded if not isinstance(row, int)]
        assert [row for row in shown if row.is_changed] == [row for row in section.rows if row.is_changed]


@given(TEXTS)
def test_the_same_words_have_no_passages(text: Text) -> None:
    assert changed_passages(text, text) == []
    assert not any(section.is_changed for section in compare(text, text))


@given(TEXTS, TEXTS)
def test_there_is_a_passage_when_and_only_when_something_readers_read_changed(before: Text, after: Text) -> None:
    passages = changed_passages(before, after)
    assert bool(passages) is any(section.is_changed for section in compare(before, after) if section.is_reading)
    for passage in passages:
        assert passage.before != passage.after
        old = " ".join(side(compare(before, before), "before"))
        if passage.before and ": " not in passage.before:
            assert passage.before in old


def body(html: str) -> Text:
    return Text(title="Soap", body=html)


@pytest.mark.parametrize(
    ("before", "after", "passages"),
    [
        ("<p>Wait. Give 5 mg. Go.</p>", "<p>Wait. Give 10 mg. Go.</p>", [("Give 5 mg.", "Give 10 mg.", "")]),
        ("<p>One.</p>", "<p>One.</p><p>Two.</p>", [("", "Two.", "")]),
        ("<p>One.</p><p>Two.</p>", "<p>Two.</p>", [("One.", "", "")]),
        ("<p>10<sup>9</sup></p>", "<p>109</p>", [("10⁹", "109", "")]),
        ("<p>H<sub>2</sub>O</p>", "<p>H<sup>2</sup>O</p>", [("H₂O", "H²O", "")]),
        ("<p><strong>One</strong></p>", "<p>One</p>", []),
        (
            '<p><a href="https://a.example/">Here</a></p>',
            '<p><a href="https://b.example/">Here</a></p>',
            [("Here <https://a.example/>", "Here <https://b.example/>", "")],
        ),
        (
            "<table><tr><th>Dose</th><td><p>5 mg</p></td></tr></table>",
            "<table><tr><th>Dose</th><td>10 mg</td></tr></table>",
            [("Dose | 5 mg", "Dose | 10 mg", "Table row")],
        ),
        (
            "<p>Stop.</p>",
            '<blockquote class="callout-warning"><p>Stop.</p></blockquote>',
            [("Stop.", "Safety warning: Stop.", "Safety warning")],
        ),
        (
            f'<img src="/articles/images/{"a" * 64}.webp" alt="Soap">',
            f'<img src="/articles/images/{"b" * 64}.webp" alt="Soap">',
            [("Soap (aaaaaaaa)", "Soap (bbbbbbbb)", "Picture")],
        ),
        ("<ul><li>One<ul><li>Two</li></ul></li></ul>", "<ul><li>One<ul><li>Three</li></ul></li></ul>",
         [("Two", "Three", "List item")]),
        ("<p>a.</p><p>b.</p><p>c.</p>", "<p>x.</p>", [("a.", "", ""), ("b.", "", ""), ("c.", "", ""), ("", "x.", "")]),
    ],
)  # fmt: skip
def test_only_the_passage_that_changed(before: str, after: str, passages: list[tuple[str, str, str]]) -> None:
    assert changed_passages(body(before), body(after)) == [Passage(*each) for each in passages]


def test_disclosures_and_references_count_and_the_dates_of_review_do_not() -> None:
    plain = Details(writers=(Writer("Ada"),), references=(Source(1, "A trial"),), competing_interests="None declared.")
    before = Text(details=plain)
    about_it = dataclasses.replace(plain, reviewed_by="Dr X", offers_cpd=False, writers=(Writer("Bea"),))
    assert changed_passages(before, Text(details=about_it)) == []
    assert any(section.is_changed for section in compare(before, Text(details=about_it)))
    read = dataclasses.replace(plain, references=(Source(1, "Two trials"),), competing_interests="Shares in soap.")
    assert [passage.where for passage in changed_passages(before, Text(details=read))] == [
        "References: Reference 1",
        "Competing interests",
    ]


def test_a_hostile_text_is_cut_into_blocks_all_the_same() -> None:
    deep = "<blockquote>" * 3000 + "Deep." + "</blockquote>" * 3000
    assert [block.text for block in blocks_of(deep)] == ["Deep."]
    assert [block.text for block in blocks_of("<!-- a --><p>a<!-- b -->b</p><script>c</script>")] == ["ab", "c"]


def test_long_texts_take_no_more_than_a_moment() -> None:
    many = "".join(f"<p>Paragraph {number} says {number * 7 % 13}.</p>" for number in range(1500))
    other = "".join(f"<p>Passage {number} tells {number * 5 % 11}!</p>" for number in range(1500))
    same = "<li>x</li>" * 5000
    assert changed_passages(body(many + same), body(other + same))
