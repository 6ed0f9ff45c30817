"""From a post's HTML, whatever it is, to what an article may contain. Pure: whoever calls it places the pictures."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import nh3
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from articles.importing import layout
from articles.importing.marks import MISSING_PICTURE
from articles.importing.media import file_name, original
from articles.importing.posts import BadPost, Post, Survey
from articles.importing.shortcodes import expand
from articles.importing.xml import CONTROLS, plain
from articles.sanitising import DEEPEST, TAG, depth_of, sanitise

MOST_CHARACTERS = 2_000_000
# Working on a tree takes time with the square of what stands side by side.
MOST_TAGS = 20_000
LONGEST_STANDFIRST = 400
# A picture in the text itself. What stands in for it while the HTML is read is its number in the list.
DATA_ADDRESS = re.compile(
    r"(?<=[\"'])data:([a-z0-9.+/-]{0,60})((?:;[a-z0-9=-]{1,40}){0,4}),([A-Za-z0-9+/=%\s._~-]*)", re.I
)
STAND_IN = re.compile(r"^data:,(\d+)\b")
SENTENCE = re.compile(r"[.!?…][\"”’)\]]*\s")
BARE_ADDRESS = re.compile(r"^https?://[^\s<>]+$")
FEED_FOOTER = re.compile(r"^The post .+ (appeared first on|first appeared on) .+$", re.S)
YOUTUBE = re.compile(r"^https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{5,20})")
SAFE_SCHEMES = ("http", "https", "mailto")

# Everything whose meaning is carried in some way; the rest loses its tags, or with them its content.
_first_pass = nh3.Cleaner(
    tags={
        *("p", "br", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "hr", "pre"),
        *("strong", "b", "em", "i", "cite", "dfn", "var", "sub", "sup", "a", "q", "del", "s", "strike"),
        *("figure", "figcaption", "img", "iframe", "video", "audio", "source", "embed", "object"),
        *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", *layout.DIVISIONS),
    },
    clean_content_tags={"script", "style", "svg", "math", "template", "noscript", "textarea", "title", "select"},
    attributes={
        "a": {"href"},
        "img": {"src", "alt", "title", "width", "height", "class", "data-src", "data-lazy-src", "data-orig-file"},
        **{name: {"src", "title"} for name in ("iframe", "video", "audio", "source", "embed")},
        "object": {"data"},
        "ol": {"start"},
        "th": {"colspan", "rowspan", "scope"},
        "td": {"colspan", "rowspan"},
    },
    url_schemes={*SAFE_SCHEMES, "data"},
    link_rel=None,
    strip_comments=True,
)


class NoPicture(Exception):
    """A picture cannot be placed. The message is why, as a part of a sentence."""


@dataclass(frozen=True)
class Wanted:
    """A picture of a post: where it was, or what it is, and its words."""

    address: str
    name: str  # to show to a person
    content: bytes | None = None  # of a picture that was in the text itself
    alternative_text: str = ""
    title: str = ""
    caption: str = ""


# Puts a picture into the library and says where it is there; raises NoPicture.
Place = Callable[[Wanted], str]


@dataclass(frozen=True)
class Carried:
    """An article's body, and sentences on what it could not take along."""

    html: str
    remarks: tuple[str, ...]


def carry(post: Post, *, known: Survey, place: Place) -> Carried:
    """The body for `post`; `known` is the survey of its file. Raises BadPost."""
    return _Body(post, known, place).carried()


def first_sentences(body: str) -> str:
    """As many whole sentences from the beginning of a body as a standfirst holds; else words, and "…"."""
    text = ""
    soup = BeautifulSoup(body, "html.parser")
    for end in soup.find_all("br"):
        end.replace_with(" ")
    for paragraph in soup.find_all("p"):
        words = " ".join(paragraph.get_text().split())
        if words and not words.startswith("["):
            text = words
            break
    return shortened(text, LONGEST_STANDFIRST)


def shortened(text: str, most: int) -> str:
    """At most `most` characters: whole sentences if there is one, else whole words and "…"."""
    if len(text) <= most:
        return text
    ends = [found.end() for found in SENTENCE.finditer(text[: most + 1])]
    if ends:
        return text[: ends[-1]].strip()
    return f"{text[: most - 1].rpartition(' ')[0] or text[: most - 1]}…"


@dataclass
class _Body:
    """The work on one body, step by step."""

    post: Post
    known: Survey
    place: Place
    remarks: list[str] = field(default_factory=list)
    in_text: list[tuple[str, str]] = field(default_factory=list)  # kind and content of data: addresses

    def carried(self) -> Carried:
        text = CONTROLS.sub("", self.post.html)
        text = DATA_ADDRESS.sub(self._set_aside, text)
        if len(text) > MOST_CHARACTERS:
            raise BadPost(f"Its text has more than {MOST_CHARACTERS // 1_000_000} million characters.")
        text = expand(text, self.known.attachments, self.remarks)
        _refuse_a_maze(text)
        if self.post.featured and file_name(original(self.post.featured)) not in text:
            text = f'<figure><img src="{self.post.featured.replace(chr(34), "%22")}"></figure>\n\n{text}'
        # With space in front, so that text which is nothing but an address is not taken for one to open.
        soup = BeautifulSoup(f" \n{_first_pass.clean(text)}", "html.parser")
        self._drop_struck(soup)
        self._link_embeds(soup)
        layout.headings(soup)
        layout.rename(soup)
        layout.figures(soup)
        self._pictures(soup)
        self._tables(soup)
        layout.paragraphs(soup, lines_count=self.post.is_classic or not layout.has_blocks(soup))
        self._link_bare_addresses(soup)
        self._links(soup)
        self._drop_footer(soup)
        layout.drop_empty(soup)
        return Carried(html=sanitise(str(soup)), remarks=tuple(dict.fromkeys(self.remarks)))

    def _set_aside(self, found: re.Match[str]) -> str:
        kind, parameters, content = found.groups()
        self.in_text.append((kind.lower(), content if ";base64" in parameters.lower() else ""))
        return f"data:,{len(self.in_text) - 1}"

    def _drop_struck(self, soup: BeautifulSoup) -> None:
        """Struck-out words would read as if they still held."""
        for struck in soup.find_all(["del", "s", "strike"]):
            if words := " ".join(struck.get_text().split()):
                self.remarks.append(f"Words that were struck out are left out: “{shortened(words, 80)}”")
            struck.decompose()

    def _link_embeds(self, soup: BeautifulSoup) -> None:
        for frame in soup.find_all(["iframe", "video", "audio", "embed", "object"]):
            if frame.decomposed:
                continue
            source = frame.find("source")
            address = frame.get("src") or frame.get("data") or (isinstance(source, Tag) and source.get("src")) or ""
            address = self._absolute(str(address))
            if known := YOUTUBE.match(address):
                address = f"https://www.youtube.com/watch?v={known.group(1)}"
            if _scheme(address) not in ("http", "https"):
                self.remarks.append(f"Something embedded ({frame.name}) has no address and is left out.")
                frame.decompose()
                continue
            paragraph, link = soup.new_tag("p"), soup.new_tag("a", href=address)
            link.string = plain(str(frame.get("title", ""))) or address
            paragraph.append(link)
            frame.replace_with(paragraph)
            layout.lift(paragraph)
            self.remarks.append(f"Something embedded became a link: {address}")

    # --- Pictures

    def _pictures(self, soup: BeautifulSoup) -> None:
        for image in soup.find_all("img"):
            classes = image.get_attribute_list("class")
            if "wp-smiley" in classes or "emoji" in classes:
                image.replace_with(NavigableString(str(image.get("alt", ""))))
            elif _is_a_dot(image):
                self.remarks.append("A picture of one pixel, which only counts readers, is left out.")
                image.decompose()
            else:
                self._picture(soup, layout.framed(soup, image))

    def _picture(self, soup: BeautifulSoup, figure: Tag) -> None:
        image, caption = figure.find("img"), figure.find("figcaption")
        if not isinstance(image, Tag):
            return
        words = " ".join(caption.get_text().split()) if isinstance(caption, Tag) else ""
        wanted = self._wanted(image, words)
        try:
            address = self.place(wanted)
        except NoPicture as error:
            self.remarks.append(f"Picture missing: {shortened(wanted.address, 200) or wanted.name} ({error}).")
            marker = soup.new_tag("p")
            marker.string = f"{MISSING_PICTURE}{wanted.name.replace(']', ' ')}]"
            figure.insert_before(marker)
            if isinstance(caption, Tag):
                caption.name = "p"
                figure.insert_before(caption.extract())
            figure.decompose()
            return
        image.attrs = {"src": address}
        if wanted.alternative_text:
            image["alt"] = wanted.alternative_text

    def _wanted(self, image: Tag, caption: str) -> Wanted:
        sources = [str(image.get(name, "")) for name in ("data-orig-file", "data-lazy-src", "data-src", "src")]
        # A page that loads pictures late has a grey dot for an address until then.
        source = next((each for each in sources if each and not STAND_IN.match(each)), "") or sources[-1]
        inline = STAND_IN.match(source)
        address = "" if inline else self._absolute(source)
        known = self.known.attachment_at(address) if address else None
        words = plain(str(image.get("alt", ""))) or (known.alternative_text if known else "")
        title = plain(str(image.get("title", ""))) or (known.title if known else "")
        return Wanted(
            address=address,
            name=file_name(address) if address else f"picture {int(inline.group(1)) + 1}" if inline else "a picture",
            content=self._content(inline) if inline else None,
            alternative_text=words,
            title=title,
            caption=caption or (known.caption if known else ""),
        )

    def _content(self, inline: re.Match[str]) -> bytes:
        number = int(inline.group(1))
        content = self.in_text[number][1] if number < len(self.in_text) else ""
        try:
            return base64.b64decode(
                re.sub(r"\s|%0[ad]|%20", "", content, flags=re.I).replace("%2B", "+"), validate=True
            )
        except binascii.Error:
            return b""

    # --- Tables and links

    def _tables(self, soup: BeautifulSoup) -> None:
        for table in soup.find_all("table"):
            caption = table.find("caption")
            if isinstance(caption, Tag):
                caption.name = "p"
                table.insert_before(caption.extract())
            if table.find("th") is None:
                self.remarks.append("A table has no header cells: mark them.")

    def _link_bare_addresses(self, soup: BeautifulSoup) -> None:
        """An address alone on its line was a player or a preview at the old blog."""
        for paragraph in soup.find_all("p"):
            text = paragraph.get_text().strip()
            if paragraph.find("a") is None and BARE_ADDRESS.match(text):
                link = soup.new_tag("a", href=text)
                link.string = text
                paragraph.clear()
                paragraph.append(link)

    def _links(self, soup: BeautifulSoup) -> None:
        for link in soup.find_all("a"):
            written = str(link.get("href", "")).strip()
            address = "" if written.startswith("#") else self._absolute(written)
            if _scheme(address) not in SAFE_SCHEMES:
                link.unwrap()
            else:
                link["href"] = address

    def _drop_footer(self, soup: BeautifulSoup) -> None:
        """The line that WordPress adds to each post of its feed."""
        paragraphs = soup.find_all("p")
        if paragraphs and FEED_FOOTER.match(paragraphs[-1].get_text().strip()):
            paragraphs[-1].decompose()

    def _absolute(self, address: str) -> str:
        address = address.strip()
        if not address:
            return ""
        try:
            return urljoin(self.post.address, address)
        except ValueError:
            return ""


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def _refuse_a_maze(text: str) -> None:
    """Mark-up without end, before anything builds a tree of it."""
    tags = text.count("\n") + sum(1 for _ in TAG.finditer(text))
    if tags > MOST_TAGS or depth_of(text) > DEEPEST:
        raise BadPost("Its text has more tags and lines, or more of them inside one another, than any text needs.")


def _is_a_dot(image: Tag) -> bool:
    sizes = [str(image.get(name, "")) for name in ("width", "height")]
    return any(size in ("0", "1") for size in sizes)
