"""The shape of a body: headings, figures, paragraphs. Each function changes the tree it is given."""

import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

# Boxes that say nothing but "here is something", taken apart in the end.
DIVISIONS = {
    *("div", "section", "article", "main", "header", "footer", "aside", "nav", "address", "center", "details"),
    *("summary", "form", "fieldset", "hgroup"),
}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = {
    *("p", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "hr", "pre", "figure", "figcaption", "img"),
    *("table", "thead", "tbody", "tfoot", "tr", "th", "td", *HEADINGS, *DIVISIONS),
}
# An article has headings from 2 to 4; its title is the first.
HIGHEST, LOWEST = 2, 4
SAME_MEANING = {"b": "strong", "i": "em", "cite": "em", "dfn": "em", "var": "em", "tfoot": "tbody"}
EMPHASIS = ("strong", "em", "sub", "sup", "a", "q")
EMPTY_LINE = re.compile(r"\n[ \t\r\xa0]*\n\s*")


def has_blocks(soup: BeautifulSoup) -> bool:
    """Whether paragraphs, headings or lists are marked; pictures alone are not."""
    return soup.find(list(BLOCKS - {"img", "figure", "figcaption"})) is not None


def headings(soup: BeautifulSoup) -> None:
    """Bring the highest one in use to level 2, and the others with it."""
    found = soup.find_all(list(HEADINGS))
    if not found:
        return
    shift = HIGHEST - min(int(heading.name[1]) for heading in found)
    for heading in found:
        heading.name = f"h{min(LOWEST, int(heading.name[1]) + shift)}"


def rename(soup: BeautifulSoup) -> None:
    """Elements that an article calls by another name."""
    for element in soup.find_all(list(SAME_MEANING)):
        element.name = SAME_MEANING[element.name]
    for element in soup.find_all("q"):
        element.insert(0, "“")
        element.append("”")
        element.unwrap()
    for term in soup.find_all("dt"):
        if term.find(list(BLOCKS - {"img"})) is not None:
            # More than a term: no paragraph can hold it.
            term.name = "div"
            continue
        term.name = "p"
        strong = soup.new_tag("strong")
        strong.extend(list(term.contents))
        term.append(strong)
    for element in soup.find_all("dd"):
        element.name = "div"
    for element in soup.find_all("dl"):
        element.name = "div"
    for element in soup.find_all("pre"):
        _break_lines(soup, element)
        element.name = "p"
    for element in soup.find_all(list(EMPHASIS)):
        # Emphasis on a whole block is none of the words in it, and would tear the block apart.
        if element.find(list(BLOCKS - {"img"})) is not None:
            element.unwrap()


def figures(soup: BeautifulSoup) -> None:
    """One picture and one caption a figure; what else stands in one becomes the caption, or stands by itself."""
    # The innermost first: a gallery is a figure of figures.
    for figure in reversed(soup.find_all("figure")):
        images = figure.find_all("img")
        if figure.find(["figure", "table", "ul", "ol", "blockquote"]) is not None or not images:
            for caption in figure.find_all("figcaption", recursive=False):
                caption.name = "p"
            figure.name = "div"
            continue
        for image in images:
            image.extract()
        words = _caption_of(figure)
        figure.clear()
        for image in images[:-1]:
            alone = soup.new_tag("figure")
            alone.append(image)
            figure.insert_before(alone)
        figure.append(images[-1])
        if any(str(part).strip() for part in words):
            caption = soup.new_tag("figcaption")
            caption.extend(words)
            _trim(caption)
            figure.append(caption)
        lift(figure)


def framed(soup: BeautifulSoup, image: Tag) -> Tag:
    """The figure around a picture, made if there is none, and taken out of the paragraph it stood in."""
    figure = image.find_parent("figure")
    if figure is not None:
        return figure
    figure = image.wrap(soup.new_tag("figure"))
    lift(figure)
    return figure


def lift(block: Tag) -> None:
    """Put a block before the paragraph, heading or emphasis that it stands in, which cannot hold one."""
    holders = {"p", *EMPHASIS, "h2", "h3", "h4"}
    outermost: Tag | None = None
    for parent in block.parents:
        if parent.name not in holders:
            break
        outermost = parent
    if outermost is not None:
        outermost.insert_before(block.extract())


def paragraphs(soup: BeautifulSoup, *, lines_count: bool) -> None:
    """Put loose text into paragraphs and take divisions apart.

    With `lines_count` an empty line begins a paragraph and any other line's end is one, as in the old WordPress editor.
    """
    divisions = soup.find_all(list(DIVISIONS))
    if lines_count:
        for paragraph in soup.find_all("p"):
            _break_lines(soup, paragraph)
            _trim(paragraph)
    for container in [soup, *divisions, *soup.find_all("blockquote")]:
        run: list[PageElement] = []
        for child in [*container.contents, None]:
            if child is not None and not (isinstance(child, Tag) and child.name in BLOCKS):
                run.append(child)
            elif run:
                _wrap(soup, run, lines_count=lines_count)
                run = []
    for division in divisions:
        division.unwrap()


def drop_empty(soup: BeautifulSoup) -> None:
    """Paragraphs, headings and list items that hold nothing, innermost first."""
    for element in reversed(
        soup.find_all(["p", "h2", "h3", "h4", "li", "ul", "ol", "blockquote", "figcaption", *EMPHASIS])
    ):
        if not element.get_text().strip() and element.find(["img", "hr"]) is None:
            element.decompose()


def _caption_of(figure: Tag) -> list[PageElement]:
    """Its caption's content, and whatever else is beside the picture, without blocks and without empty links."""
    for caption in figure.find_all("figcaption"):
        caption.insert_before(" ")
        caption.unwrap()
    for block in figure.find_all(list(BLOCKS)):
        block.insert_after(" ")
        block.unwrap()
    for link in figure.find_all("a"):
        if not link.get_text().strip():
            link.decompose()
    return [part.extract() for part in list(figure.contents)]


def _wrap(soup: BeautifulSoup, run: list[PageElement], *, lines_count: bool) -> None:
    """Put a run of loose text into paragraphs, one for each part between empty lines or doubled line breaks."""
    here = soup.new_tag("span")
    run[0].insert_before(here)
    pieces: list[PageElement | None] = []  # None is the end of a paragraph
    for part in run:
        part.extract()
        if lines_count and type(part) is NavigableString:
            for number, text in enumerate(EMPTY_LINE.split(part)):
                pieces += [None, NavigableString(text)] if number else [NavigableString(text)]
        else:
            pieces.append(part)
    current: list[PageElement] = []
    for piece in [*_without_doubled_breaks(pieces), None]:
        if piece is not None:
            current.append(piece)
        elif any(str(part).strip() for part in current):
            paragraph = soup.new_tag("p")
            here.insert_before(paragraph)
            paragraph.extend(current)
            if lines_count:
                _break_lines(soup, paragraph)
            _trim(paragraph)
            current = []
        else:
            current = []
    here.decompose()


def _without_doubled_breaks(pieces: list[PageElement | None]) -> list[PageElement | None]:
    """Two line breaks in a row are how some editors write the end of a paragraph."""
    kept: list[PageElement | None] = []
    for piece in pieces:
        if _is_break(piece):
            while kept and isinstance(kept[-1], NavigableString) and not kept[-1].strip():
                kept.pop()
            if kept and (kept[-1] is None or _is_break(kept[-1])):
                kept[-1] = None
                continue
        kept.append(piece)
    return kept


def _break_lines(soup: BeautifulSoup, element: Tag) -> None:
    """A line's end in the text becomes one that is seen."""
    for text in list(element.find_all(string=True)):
        # Beside a line break that is there already it is only how the source was written.
        lines = text.removeprefix("\n") if _is_break(text.previous_sibling) else str(text)
        lines = lines.removesuffix("\n") if _is_break(text.next_sibling) else lines
        parts: list[PageElement] = []
        for number, line in enumerate(lines.split("\n")):
            parts += [soup.new_tag("br"), NavigableString(line)] if number else [NavigableString(line)]
        text.replace_with(*parts)


def _is_break(element: PageElement | None) -> bool:
    return isinstance(element, Tag) and element.name == "br"


def _trim(element: Tag) -> None:
    """No line breaks or space at either end."""
    for end in (0, -1):
        while element.contents:
            last = element.contents[end]
            if isinstance(last, Tag) and not _is_break(last):
                break
            if type(last) is NavigableString and last.strip():
                last.replace_with(NavigableString(last.rstrip() if end else last.lstrip()))
                break
            last.extract()
