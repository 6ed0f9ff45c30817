"""What two texts of an article differ in: first by paragraph, then by word.

Pure: plain data in, plain data out. Whatever becomes HTML here is escaped here. Bold and italics are not compared;
raised and lowered figures are, because 10⁹ is not 109.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag
from django.utils.html import format_html, format_html_join

from articles.assessing import Assessment
from articles.details import Details, Source
from meducation.lib.dates import day_month_year

TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
WORD = re.compile(r"\w+")
SENTENCE = re.compile(r"(?<=[.!?…])\s+")
PICTURE_NAME = re.compile(r"([0-9a-f]{8})[0-9a-f]{56}\.webp$")
KINDS = {
    "p": "", "li": "List item", "h2": "Heading", "h3": "Smaller heading", "h4": "Smallest heading",
    "figcaption": "Caption", "blockquote": "Quotation",
}  # fmt: skip
CALLOUTS = {"callout-key": "Key point", "callout-warning": "Safety warning"}
CONTAINERS = {"ul", "ol", "table", "thead", "tbody", "figure"}
RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
# Two paragraphs are one that was changed when at least this part of their words is the same.
SIMILAR = 0.4
# Beyond this many pairs to weigh, a stretch is shown as taken out and put in.
MOST_PAIRS = 10_000
# Unchanged paragraphs shown before and after a change.
CONTEXT = 1


@dataclass(frozen=True)
class Text:
    """The words of one text of an article, published or not."""

    title: str = ""
    standfirst: str = ""
    body: str = ""  # sanitised HTML
    details: Details = field(default_factory=Details)


@dataclass(frozen=True)
class Passage:
    """A passage as it was and as it is now, in plain text. One of the two is empty for what was added or taken out."""

    before: str
    after: str
    where: str = ""  # "Standfirst", "Reference 3"; empty for a paragraph of the text


@dataclass(frozen=True)
class Block:
    """One paragraph, list item, row of a table or line, in plain text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Run:
    """Some words of a block, and whether the other text lacks them."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True)
class Row:
    """The same place in both texts, side by side; None where one has nothing there."""

    before: Block | None
    after: Block | None
    before_runs: tuple[Run, ...] = ()
    after_runs: tuple[Run, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether the two sides differ."""
        return self.before != self.after

    @property
    def before_html(self) -> str:
        """The left side, with what went marked."""
        return _marked(self.before_runs, "del")

    @property
    def after_html(self) -> str:
        """The right side, with what came marked."""
        return _marked(self.after_runs, "ins")


@dataclass(frozen=True)
class Section:
    """A part of the article and its rows."""

    name: str
    rows: tuple[Row, ...]
    # Whether readers read it as part of the article; the rest is about it.
    is_reading: bool = True

    @property
    def is_changed(self) -> bool:
        """Whether any of its rows differs."""
        return any(row.is_changed for row in self.rows)

    def folded(self) -> "list[Row | int]":
        """The rows that changed, those beside them, and how many unchanged ones were left out between."""
        near = {
            place
            for number, row in enumerate(self.rows)
            if row.is_changed
            for place in range(number - CONTEXT, number + CONTEXT + 1)
        }
        shown: list[Row | int] = []
        for number, row in enumerate(self.rows):
            if number in near:
                shown.append(row)
            elif shown and isinstance(shown[-1], int):
                shown[-1] += 1
            else:
                shown.append(1)
        return shown


def compare(before: Text, after: Text) -> tuple[Section, ...]:
    """Both texts side by side, part by part, in the order of the page."""
    old, new = _parts(before), _parts(after)
    return tuple(Section(name, tuple(_rows(old[name], new[name])), is_reading=name not in ABOUT_IT) for name in old)


def changed_passages(before: Text, after: Text) -> list[Passage]:
    """Only what changed for somebody who read `before`: of each paragraph the sentences that differ, in plain text.

    Dates of review and who reviewed are left out: they are not what anybody read.
    """
    passages = []
    for section in compare(before, after):
        if not section.is_reading:
            continue
        for row in section.rows:
            if not row.is_changed:
                continue
            old, new = _changed_sentences(row.before.text if row.before else "", row.after.text if row.after else "")
            kind = (row.after or row.before or Block("", "")).kind
            where = kind if section.name == TEXT else f"{section.name}: {kind}" if kind else section.name
            # The words may be the same and only their place another, such as a paragraph that became a warning.
            if old or new:
                passages.append(Passage(before=old, after=new, where=where))
            elif row.before and row.after:
                passages.append(Passage(before=_labelled(row.before), after=_labelled(row.after), where=where))
    return passages


def plain_words(text: Text) -> str:
    """Everything readers read, a paragraph a line: to look a quotation up in."""
    return "\n".join(block.text for name, blocks in _parts(text).items() if name not in ABOUT_IT for block in blocks)


# --- Parts -----------------------------------------------------------------------------------------------------------

TEXT = "Text"
# Questions are read, but their right answers are in them, which nobody sees before they have answered.
REVIEW = "Review"
ABOUT_IT = frozenset({"Questions", REVIEW, "Byline"})


def _parts(text: Text) -> dict[str, list[Block]]:
    details = text.details
    return {
        "Title": _lines(text.title),
        "Standfirst": _lines(text.standfirst),
        "Learning objectives": [
            Block("", line) for objective in details.learning_objectives if (line := _plain(objective))
        ],
        TEXT: list(blocks_of(text.body)),
        "Acknowledgement": _lines(details.acknowledgement),
        "References": [
            Block(f"Reference {source.number}", line) for source in details.references if (line := _reference(source))
        ],
        "Competing interests": _lines(details.competing_interests),
        "Funding": _lines(details.funding),
        "Questions": list(_questions(details.assessment)),
        "Byline": [Block("", ", ".join(filter(None, (writer.name, writer.credentials)))) for writer in details.writers],
        REVIEW: [
            Block(kind, line)
            for kind, line in (
                ("Reviewed by", details.reviewed_by),
                ("Reviewed on", day_month_year(details.last_reviewed_on) if details.last_reviewed_on else ""),
                ("Review due on", day_month_year(details.review_due_on) if details.review_due_on else ""),
                (
                    "Interests declared on",
                    day_month_year(details.interests_declared_on) if details.interests_declared_on else "",
                ),
                ("Offers CPD", "Yes" if details.offers_cpd else "No"),
                ("GDC development outcomes", ", ".join(details.gdc_outcomes)),
            )
            if line
        ],
    }


def _questions(assessment: Assessment | None) -> Iterator[Block]:
    if assessment is None:
        return
    for number, question in enumerate(assessment.questions, start=1):
        yield Block(f"Question {number}", _plain(question.text))
        for option in question.options:
            yield Block("Right answer" if option.key == question.right else "Answer", _plain(option.text))
        yield from (Block("Explanation", block.text) for block in _lines(question.explanation))
    yield Block("Pass mark", f"{assessment.pass_mark} per cent")
    yield Block("Attempts", str(assessment.attempts_allowed or "As many as they like"))


def _lines(text: str) -> list[Block]:
    return [Block("", line) for each in text.splitlines() if (line := _plain(each))]


def _plain(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _reference(source: Source) -> str:
    pieces = (
        source.authors,
        source.title,
        source.source,
        str(source.year or ""),
        f"doi:{source.doi}" if source.doi else "",
        f"PMID {source.pmid}" if source.pmid else "",
        source.url,
    )
    return _plain(". ".join(piece.rstrip(".") for piece in pieces if piece))


def blocks_of(body: str) -> Iterator[Block]:
    """The paragraphs of an article's HTML, in order, in plain text."""
    soup = BeautifulSoup(body, "html.parser")
    # A stack of our own: a hostile text may be nested deeper than Python recurses.
    stack: list[tuple[Iterator[object], str]] = [(iter(soup.children), "")]
    words: list[str] = []
    while stack:
        children, kind = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield from _flushed(words, kind)
        elif isinstance(child, Tag) and child.name == "img":
            yield from _flushed(words, kind)
            yield Block("Picture", _picture(child))
        elif isinstance(child, Tag) and child.name == "hr":
            yield from _flushed(words, kind)
            yield Block("", "———")
        elif isinstance(child, Tag) and child.name == "tr":
            yield from _flushed(words, kind)
            cells = child.find_all(["td", "th"], recursive=False)
            yield Block("Table row", " | ".join(_plain(_inline(cell)) for cell in cells))
        elif isinstance(child, Tag) and (child.name in KINDS or child.name in CONTAINERS):
            yield from _flushed(words, kind)
            stack.append((iter(child.children), _kind(child, kind)))
        elif isinstance(child, Tag):
            words.append(_inline(child))
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            words.append(str(child))


def _flushed(words: list[str], kind: str) -> Iterator[Block]:
    text = _plain("".join(words))
    words.clear()
    if text:
        yield Block(kind, text)


def _kind(tag: Tag, outer: str) -> str:
    for name in tag.get_attribute_list("class"):
        if name in CALLOUTS:
            return CALLOUTS[name]
    # A paragraph within a list item or a callout is one of it.
    return KINDS.get(tag.name) or outer


def _picture(image: Tag) -> str:
    """Its words, and enough of its name to tell it from another with the same words."""
    name = PICTURE_NAME.search(str(image.get("src", "")))
    return _plain(f"{image.get('alt') or 'decorative'}{f' ({name.group(1)})' if name else ''}")


def _inline(tag: Tag) -> str:
    """The text in an element; raised and lowered text and the target of a link stay to be seen."""
    pieces = []
    for text in tag.find_all(string=True):
        piece = str(text)
        if text.find_parent("sup"):
            piece = _shifted(piece, RAISED, "^")
        elif text.find_parent("sub"):
            piece = _shifted(piece, LOWERED, "_")
        link = text.find_parent("a")
        if link is not None and link.get("href") and text is list(link.find_all(string=True))[-1]:
            piece = f"{piece} <{link['href']}>"
        pieces.append(f"{piece} " if text.find_parent(["p", "li"]) and tag.name in ("td", "th") else piece)
    for image in tag.find_all("img"):
        pieces.append(f" {_picture(image)}")
    return "".join(pieces)


def _shifted(text: str, table: dict[int, int], mark: str) -> str:
    return text.translate(table) if all(ord(sign) in table for sign in text) else f"{mark}{text}"


# --- Rows ------------------------------------------------------------------------------------------------------------


def _rows(before: Sequence[Block], after: Sequence[Block]) -> Iterator[Row]:
    matcher = SequenceMatcher(None, before, after)
    for name, first, last, new_first, new_last in matcher.get_opcodes():
        if name == "equal":
            yield from (Row(block, block, (Run(block.text),), (Run(block.text),)) for block in before[first:last])
            continue
        for old, new in _facing(_aligned(before[first:last], after[new_first:new_last])):
            before_runs, after_runs = _runs(old.text if old else "", new.text if new else "")
            yield Row(old, new, before_runs, after_runs)


def _aligned(before: Sequence[Block], after: Sequence[Block]) -> list[tuple[Block | None, Block | None]]:
    """Old and new blocks in order, each with the one it became; of all ways the one that keeps most words together."""
    rows, columns = len(before), len(after)
    if not rows or not columns or rows * columns > MOST_PAIRS:
        return [*((old, None) for old in before), *((None, new) for new in after)]
    olds, news = [Counter(WORD.findall(old.text)) for old in before], [Counter(WORD.findall(new.text)) for new in after]
    likeness = [[_likeness(old, new) for new in news] for old in olds]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in reversed(range(rows)):
        for column in reversed(range(columns)):
            best[row][column] = max(
                best[row + 1][column],
                best[row][column + 1],
                best[row + 1][column + 1] + likeness[row][column] if likeness[row][column] else 0.0,
            )
    pairs: list[tuple[Block | None, Block | None]] = []
    row = column = 0
    while row < rows and column < columns:
        together = likeness[row][column]
        if together and best[row][column] == best[row + 1][column + 1] + together:
            pairs.append((before[row], after[column]))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            pairs.append((before[row], None))
            row += 1
        else:
            pairs.append((None, after[column]))
            column += 1
    return [*pairs, *((old, None) for old in before[row:]), *((None, new) for new in after[column:])]


def _facing(pairs: list[tuple[Block | None, Block | None]]) -> Iterator[tuple[Block | None, Block | None]]:
    """As many blocks put in as were taken out in one place face each other, however little they share."""
    gone: list[Block | None] = []
    come: list[Block | None] = []
    for old, new in [*pairs, (None, None)]:
        if old is not None and new is None:
            gone.append(old)
        elif new is not None and old is None:
            come.append(new)
        else:
            if len(gone) == len(come):
                yield from zip(gone, come, strict=True)
            else:
                yield from ((each, None) for each in gone)
                yield from ((None, each) for each in come)
            gone, come = [], []
            if old is not None:
                yield old, new


def _likeness(old: Counter[str], new: Counter[str]) -> float:
    """The part of the words that both have, 0 when it is too small to call one the other's successor."""
    share = 2 * (old & new).total() / ((old + new).total() or 1)
    return share if share >= SIMILAR else 0.0


def _runs(before: str, after: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Both texts, cut where they begin or stop being the same."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    left: list[Run] = []
    right: list[Run] = []
    for name, first, last, new_first, new_last in SequenceMatcher(None, old, new).get_opcodes():
        for runs, words in ((left, old[first:last]), (right, new[new_first:new_last])):
            if words:
                runs.append(Run("".join(words), is_changed=name != "equal"))
    return tuple(left), tuple(right)


def _changed_sentences(before: str, after: str) -> tuple[str, str]:
    """Without the sentences both begin with and those both end with."""
    old, new = SENTENCE.split(before), SENTENCE.split(after)
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return " ".join(old), " ".join(new)


def _labelled(block: Block) -> str:
    return f"{block.kind}: {block.text}" if block.kind else block.text


def _marked(runs: Sequence[Run], tag: str) -> str:
    pieces = ((format_html("<{}>{}</{}>", tag, run.text, tag) if run.is_changed else run.text,) for run in runs)
    return format_html_join("", "{}", pieces)
