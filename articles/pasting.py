"""HTML as word processors write it, turned into the plain structure that it means. Pure.

Word's lists are paragraphs that look like lists, its emphasis has other names, and between them is what only Word
reads. The editor does the same in the browser (static/js/admin/editor-additions.js); here it is for whatever comes
another way. What comes out is not safe yet: sanitising follows.
"""

import re

import nh3
from bs4 import BeautifulSoup
from bs4.element import Tag

FROM_WORD = re.compile(r"\bmso-|class=[\"']?Mso|urn:schemas-microsoft-com|<o:p", re.IGNORECASE)
TAG = re.compile(r"<(/?)(b|i|h[1-6])>")
# Beyond this only the names of elements are put right: finding Word's lists takes a second for each 50,000 characters.
LONGEST = 1_000_000
LIST_LEVEL = re.compile(r"mso-list:\s*l\d+\s+level(\d+)", re.IGNORECASE)
MARKER = re.compile(r"mso-list:\s*Ignore", re.IGNORECASE)
NUMBERED = re.compile(r"^\(?(?:(\d+)|[a-z]|[ivxlc]+)[.)]", re.IGNORECASE)
EMPHASIS = {"b": "strong", "i": "em"}
RANKS = ["h1", "h2", "h3", "h4", "h5", "h6"]
# A first cleaning, by a parser that takes the same time for a page and for an attack of the same length. It leaves the
# marks by which Word's lists are known, which the second takes.
_first = nh3.Cleaner(
    tags={
        "p", "br", *RANKS, "ul", "ol", "li", "strong", "b", "em", "i", "sub", "sup", "a", "blockquote", "hr", "figure",
        "figcaption", "img", "table", "thead", "tbody", "tr", "th", "td", "span",
    },
    clean_content_tags={"script", "style", "svg", "math", "iframe", "object", "template", "noscript", "title", "xml"},
    attributes={
        "*": {"style", "class"}, "a": {"href"}, "img": {"src", "alt", "width", "height"}, "ol": {"start"},
        "th": {"colspan", "rowspan", "scope"}, "td": {"colspan", "rowspan"},
    },
    # Relative addresses stay; those with another scheme are not worth a second look.
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
    strip_comments=True,
)  # fmt: skip
LOWEST = 4
# Word has nine levels of lists.
DEEPEST = 9


def tidy_word(html: str) -> str:
    """What Word wrote, with real lists and header cells and without what only Word reads; other HTML as it came."""
    if len(html) > LONGEST or FROM_WORD.search(html) is None:
        return html
    soup = BeautifulSoup(_first.clean(html), "html.parser")
    _drop_what_only_word_reads(soup)
    _make_lists(soup)
    _drop_empty_paragraphs(soup)
    for table in soup.find_all("table"):
        _make_header_cells(table)
    return str(soup)


def use_our_names(html: str) -> str:
    """Headings from h2 to h4, strong and em, in cleaned HTML, whose elements of these names have no attributes.

    The title is the page's only first-rank heading: a text that begins there moves down by one.
    """
    shift = 1 if "<h1>" in html else 0

    def renamed(match: re.Match[str]) -> str:
        name = match.group(2)
        plain = EMPHASIS.get(name) or f"h{min(LOWEST, int(name[1]) + shift)}"
        return f"<{match.group(1)}{plain}>"

    return TAG.sub(renamed, html)


def _style(element: Tag) -> str:
    return str(element.get("style") or "")


def _drop_what_only_word_reads(soup: BeautifulSoup) -> None:
    for link in soup.find_all("a"):
        if _is_bookmark(link):
            link.unwrap()
    for picture in soup.find_all("img"):
        # What Word puts on the clipboard is the address of a file on the writer's own machine.
        if not picture.get("src"):
            picture.decompose()
    for paragraph in soup.find_all("p"):
        if str((paragraph.get("class") or [""])[0]).startswith("MsoTitle"):
            paragraph.name = "h2"


def _is_bookmark(link: Tag) -> bool:
    target = str(link.get("href") or "")
    return not target or target.startswith("#")


def _level(element: object) -> int:
    match = LIST_LEVEL.search(_style(element)) if isinstance(element, Tag) and element.name == "p" else None
    return min(DEEPEST, int(match.group(1)[:3])) if match else 0


def _make_lists(soup: BeautifulSoup) -> None:
    for first in soup.find_all("p"):
        if first.parent is None or not _level(first):
            continue
        items = [first]
        while (following := items[-1].find_next_sibling()) is not None and _level(following):
            items.append(following)
        opened: list[tuple[int, Tag]] = []
        for item in items:
            _add_item(soup, item, opened)
    for marker in soup.find_all(style=MARKER):
        marker.decompose()


def _add_item(soup: BeautifulSoup, item: Tag, opened: list[tuple[int, Tag]]) -> None:
    """Move one paragraph into the list it belongs to; `opened` are the lists around it, the outermost first."""
    level, marker = _level(item), item.find(style=MARKER)
    mark = " ".join(marker.get_text().split()) if isinstance(marker, Tag) else ""
    number = NUMBERED.match(mark)
    name = "ol" if number else "ul"
    while opened and (opened[-1][0] > level or (opened[-1][0] == level and opened[-1][1].name != name)):
        opened.pop()
    if not opened or opened[-1][0] < level:
        made = soup.new_tag(name)
        if number and number.group(1) and int(number.group(1)) > 1:
            made["start"] = number.group(1)
        around = opened[-1][1].find_all("li", recursive=False) if opened else []
        if around:
            around[-1].append(made)
        else:
            item.insert_before(made)
        opened.append((level, made))
    if isinstance(marker, Tag):
        marker.decompose()
    entry, words = soup.new_tag("li"), soup.new_tag("p")
    words.extend(list(item.contents))
    entry.append(words)
    opened[-1][1].append(entry)
    item.decompose()


def _drop_empty_paragraphs(soup: BeautifulSoup) -> None:
    """Outside of tables, where a cell may be empty, they were only space."""
    for paragraph in soup.find_all("p"):
        is_empty = not paragraph.get_text().replace("\xa0", " ").strip() and paragraph.find("img") is None
        if is_empty and paragraph.find_parent(["td", "th"]) is None:
            paragraph.decompose()


def _make_header_cells(table: Tag) -> None:
    """The first row, where Word repeats it as a heading, or where all of it is bold."""
    row = table.find("tr")
    cells = row.find_all("td", recursive=False) if isinstance(row, Tag) else []
    if (
        isinstance(row, Tag)
        and cells
        and (row.find_parent("thead") is not None or all(_is_bold(cell) for cell in cells))
    ):
        for cell in cells:
            cell.name = "th"


def _is_bold(cell: Tag) -> bool:
    words = cell.get_text().strip()
    return bool(words) and "".join(bold.get_text() for bold in cell.find_all(["b", "strong"])).strip() == words
