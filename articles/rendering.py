"""From an author's sanitised HTML to what readers get: numbered headings, a contents list, links to references.

Pure: no database, no clock, no settings. It makes only elements of its own; nothing an author typed becomes markup.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from django.utils.text import slugify

# A usual speed for adults reading to learn; the page says "about".
WORDS_PER_MINUTE = 200

# "[3]", "[3,5]", "[3-5]" and mixtures, with a hyphen or a dash.
CITATION = re.compile(r"\[(\d{1,3}(?:\s*[,\u2013-]\s*\d{1,3})*)\]")
RANGE = re.compile(r"\s*[\u2013-]\s*")
LONGEST_RANGE, HIGHEST_IN_RANGE = 10, 99
TYPED_NUMBER = re.compile(r"^\s*(\d{1,2})[.)]\s+")
WORD = re.compile(r"\w[\w'’.-]*")
CITATION_ANCHOR = re.compile(r'id="(cite-(\d+)-\d+)"')
# The text is 38 rem wide: a wider picture is shown smaller than it is.
SHOWN_WIDTH = 608
IMAGE_NAME = re.compile(r"[0-9a-f]{64}\.webp$")
SENTENCE_ENDS = (".", "!", "?", "…")
# How wide a picture is shown, for the browser to choose its file by: as wide as the text (static/css/site.css, .prose).
TEXT_WIDTH = "(min-width: 42rem) 38rem, calc(100vw - 2rem)"
CALLOUT_LABELS = {"callout-key": "Key point", "callout-warning": "Safety warning"}


@dataclass(frozen=True)
class Picture:
    """What the library knows of a picture."""

    width: int
    height: int
    alternative_text: str  # empty for one that is decorative
    credit: str = ""
    # Of the copies beside it: "<sha256>-480.webp".
    smaller_widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class Heading:
    """One line of the contents list. `number` is "1." or empty."""

    anchor: str
    number: str
    text: str


@dataclass(frozen=True)
class Rendered:
    """Everything made from a body."""

    html: str
    outline: tuple[Heading, ...]
    words: int
    reading_minutes: int


def render(body: str, *, references: Collection[int] = (), pictures: Mapping[str, Picture] | None = None) -> Rendered:
    """Make the reader's HTML from `body`, which must be sanitised already.

    `references` are the numbers that may be cited; `pictures` what the library holds, by file name.
    """
    words = count_words(body)
    soup = BeautifulSoup(body, "html.parser")
    outline = _prepare_headings(soup)
    _label_callouts(soup)
    _frame_tables(soup)
    _complete_pictures(soup, pictures or {})
    _link_to_full_size(soup, pictures or {})
    _link_citations(soup, references)
    return Rendered(html=str(soup), outline=outline, words=words, reading_minutes=minutes_to_read(words))


def count_words(body: str) -> int:
    """Words of the text a reader sees."""
    return len(WORD.findall(BeautifulSoup(body, "html.parser").get_text(" ")))


def minutes_to_read(words: int) -> int:
    """Whole minutes, rounded up, at least 1."""
    return max(1, -(-words // WORDS_PER_MINUTE))


def cited_numbers(body: str) -> set[int]:
    """The numbers in `[3]`, `[3,5]` and `[3-5]`, wherever a citation could be linked."""
    soup = BeautifulSoup(body, "html.parser")
    return {number for text in _text_to_cite_in(soup) for _, numbers in _citations(text) for number in numbers}


def citation_anchors(html: str) -> dict[int, list[str]]:
    """From rendered HTML: for each reference that is cited, the places where it is, to lead back to."""
    anchors: dict[int, list[str]] = {}
    for anchor, number in CITATION_ANCHOR.findall(html):
        anchors.setdefault(int(number), []).append(anchor)
    return anchors


def picture_names(body: str) -> list[str]:
    """File names of the pictures in a body, in order."""
    sources = [str(image.get("src", "")) for image in BeautifulSoup(body, "html.parser").find_all("img")]
    return [match.group() for source in sources if (match := IMAGE_NAME.search(source))]


# --- Headings --------------------------------------------------------------------------------------------------------


def _prepare_headings(soup: BeautifulSoup) -> tuple[Heading, ...]:
    for heading in soup.find_all(["h2", "h3", "h4"]):
        if not heading.get_text(strip=True) and not heading.find("img"):
            heading.decompose()
    chapters = list(soup.find_all("h2"))
    numbers = _chapter_numbers(chapters)
    outline, taken = [], set[str]()
    for heading in soup.find_all(["h2", "h3", "h4"]):
        anchor = heading["id"] = _unused_anchor(heading.get_text(" "), taken)
        if heading.name != "h2":
            continue
        number = numbers.pop(0)
        text = " ".join(CITATION.sub("", heading.get_text()).split())
        outline.append(Heading(anchor=anchor, number=number, text=text))
        if number:
            mark = soup.new_tag("span", attrs={"class": "number"})
            mark.string = number
            heading.insert(0, mark, " ")
    return tuple(outline)


def _chapter_numbers(chapters: list[Tag]) -> list[str]:
    """A number for each chapter; none where the author's own numbering is not simply 1, 2, 3.

    Numbers the author typed as 1, 2, 3 over all chapters are taken out of the headings, so that they do not double.
    """
    typed = [TYPED_NUMBER.match(chapter.get_text()) for chapter in chapters]
    counted = [str(place) for place in range(1, len(chapters) + 1)]
    if not any(typed):
        return [f"{number}." for number in counted]
    if [match and match.group(1) for match in typed] != counted:
        return [""] * len(chapters)
    for chapter, match in zip(chapters, typed, strict=True):
        _drop_leading(chapter, len(match.group()) if match else 0)
    return [f"{number}." for number in counted]


def _drop_leading(element: Tag, length: int) -> None:
    """Take the first `length` characters of text out, whichever elements they are in."""
    for text in list(element.find_all(string=True)):
        if not length:
            return
        cut = min(length, len(text))
        text.replace_with(NavigableString(text[cut:]))
        length -= cut


def _unused_anchor(text: str, taken: set[str]) -> str:
    """An id that no other heading has, and, by its beginning, nothing else on the page."""
    base = f"section-{slugify(TYPED_NUMBER.sub('', CITATION.sub('', text)))[:60].strip('-') or 'part'}"
    anchor, count = base, 1
    while anchor in taken:
        count += 1
        anchor = f"{base}-{count}"
    taken.add(anchor)
    return anchor


# --- Callouts, tables, pictures --------------------------------------------------------------------------------------


def _label_callouts(soup: BeautifulSoup) -> None:
    """Say in words what the colour says."""
    for name, words in CALLOUT_LABELS.items():
        for callout in soup.find_all("blockquote", class_=name):
            label = soup.new_tag("p", attrs={"class": "callout__label"})
            label.string = words
            callout.insert(0, label)


def _frame_tables(soup: BeautifulSoup) -> None:
    """A wide table scrolls in a frame that the keyboard can reach; header cells say what they head."""
    for number, table in enumerate(soup.find_all("table"), start=1):
        for header in table.find_all("th"):
            if "scope" not in header.attrs:
                header["scope"] = "col" if _stands_in_first_row(header) else "row"
        label = "Table" if number == 1 else f"Table {number}"
        table.wrap(
            soup.new_tag("div", attrs={"class": "scroll-x", "role": "region", "tabindex": "0", "aria-label": label})
        )


def _stands_in_first_row(cell: Tag) -> bool:
    row, table = cell.find_parent("tr"), cell.find_parent("table")
    return cell.find_parent("thead") is not None or (table is not None and row is not None and table.find("tr") is row)


def _complete_pictures(soup: BeautifulSoup, pictures: Mapping[str, Picture]) -> None:
    """Sizes from the library, so that the page does not jump; its words where the author wrote none; whose it is."""
    for image in soup.find_all("img"):
        match = IMAGE_NAME.search(str(image.get("src", "")))
        picture = pictures.get(match.group()) if match else None
        image["alt"] = image.get("alt") or (picture.alternative_text if picture else "")
        image["loading"] = "lazy"
        if picture is None:
            continue
        image["width"], image["height"] = str(picture.width), str(picture.height)
        if picture.smaller_widths:
            address = str(image["src"])
            copies = [f"{address.removesuffix('.webp')}-{width}.webp {width}w" for width in picture.smaller_widths]
            image["srcset"] = ", ".join([*copies, f"{address} {picture.width}w"])
            image["sizes"] = TEXT_WIDTH
        figure = image.find_parent("figure")
        if picture.credit and figure is not None:
            caption = figure.find("figcaption")
            if not isinstance(caption, Tag):
                caption = soup.new_tag("figcaption")
                figure.append(caption)
            words = caption.get_text(strip=True)
            caption.append(
                f"{'' if words.endswith(SENTENCE_ENDS) else '.'} {picture.credit}" if words else picture.credit
            )


def _link_to_full_size(soup: BeautifulSoup, pictures: Mapping[str, Picture]) -> None:
    """A figure that is shown smaller than it is leads to the whole of it, from its caption."""
    for figure in soup.find_all("figure"):
        image = figure.find("img")
        match = IMAGE_NAME.search(str(image.get("src", ""))) if isinstance(image, Tag) else None
        picture = pictures.get(match.group()) if match else None
        if not isinstance(image, Tag) or picture is None or picture.width <= SHOWN_WIDTH:
            continue
        caption = figure.find("figcaption")
        if not isinstance(caption, Tag):
            caption = soup.new_tag("figcaption")
            figure.append(caption)
        link = soup.new_tag("a", attrs={"class": "full-size", "href": str(image["src"])})
        link.string = "See it in full size"
        caption.extend([" ", link] if caption.get_text(strip=True) else [link])


# --- Citations -------------------------------------------------------------------------------------------------------


def _text_to_cite_in(soup: BeautifulSoup) -> Iterator[NavigableString]:
    """Text in which `[3]` is a citation: all but that of links, which cannot hold another link."""
    for text in list(soup.find_all(string=True)):
        if "[" in text and text.find_parent("a") is None:
            yield text


def _citations(text: str) -> Iterator[tuple[re.Match[str], list[int]]]:
    """Each citation and every number that it means: 3, 4 and 5 by "[3-5]".

    What runs backwards, on and on or far is no citation but a range of something else, such as "[60-100]" beats.
    """
    for match in CITATION.finditer(text):
        numbers: list[int] = []
        for part in match.group(1).split(","):
            first, *last = (int(number) for number in RANGE.split(part.strip()))
            if not last:
                numbers.append(first)
            elif len(last) == 1 and first < last[0] <= min(first + LONGEST_RANGE, HIGHEST_IN_RANGE):
                numbers += range(first, last[0] + 1)
            else:
                numbers = []
                break
        if numbers:
            yield match, numbers


def _link_citations(soup: BeautifulSoup, references: Collection[int]) -> None:
    known, times_cited = set(references), dict[int, int]()
    for text in _text_to_cite_in(soup):
        pieces: list[NavigableString | Tag] = []
        end = 0
        for match, numbers in _citations(text):
            if not known.issuperset(numbers):
                continue
            pieces.append(NavigableString(text[end : match.start()]))
            # What the author raised already is not raised twice.
            raised = text.find_parent("sup") is not None
            mark = soup.new_tag("span" if raised else "sup", attrs={"class": "cite"})
            mark.append("[")
            for place, number in enumerate(numbers):
                times_cited[number] = times_cited.get(number, 0) + 1
                link = soup.new_tag(
                    "a",
                    attrs={
                        "href": f"#ref-{number}",
                        "id": f"cite-{number}-{times_cited[number]}",
                        "aria-label": f"Reference {number}",
                    },
                )
                link.string = str(number)
                mark.extend([", ", link] if place else [link])
            mark.append("]")
            pieces.append(mark)
            end = match.end()
        if pieces:
            text.replace_with(*pieces, NavigableString(text[end:]))
