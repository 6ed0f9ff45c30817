"""Names and texts of XML elements."""

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

from bs4 import BeautifulSoup

# Older and newer versions of a format differ in the tail of its name.
PREFIXES = (
    (re.compile(r"^http://wordpress\.org/export/[\d.]+/excerpt/$"), "excerpt"),
    (re.compile(r"^http://wordpress\.org/export/[\d.]+/$"), "wp"),
    (re.compile(r"^https?://purl\.org/rss/1\.0/modules/content/$"), "content"),
    (re.compile(r"^https?://purl\.org/dc/elements/1\.1/$"), "dc"),
    (re.compile(r"^https?://www\.w3\.org/2005/Atom$"), "atom"),
    (re.compile(r"^https?://www\.w3\.org/2007/app$"), "app"),
    (re.compile(r"^https?://purl\.org/atom/app#$"), "app"),
)
# NUL and its like, which no database takes, and marks that turn the direction of the text around them.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def name_of(element: Element) -> str:
    """ "wp:post_id", "item"; "{…}name" for one of a namespace we do not know."""
    return _short(element.tag)


@lru_cache(maxsize=1000)
def _short(tag: str) -> str:
    if not tag.startswith("{"):
        return tag
    space, _, local = tag[1:].partition("}")
    for pattern, prefix in PREFIXES:
        if pattern.match(space):
            return f"{prefix}:{local}"
    return tag


def children(element: Element, name: str) -> Iterator[Element]:
    """Those directly below with this name."""
    return (child for child in element if name_of(child) == name)


def text_of(element: Element, name: str) -> str:
    """The text of the first child with this name, without the space around it; empty when there is none."""
    child = next(children(element, name), None)
    return "" if child is None else (child.text or "").strip()


def plain(markup: str) -> str:
    """One line of text from a title or an excerpt that may hold HTML."""
    if "<" in markup:
        markup = BeautifulSoup(markup, "html.parser").get_text()
    return " ".join(CONTROLS.sub("", html.unescape(markup)).split())
