"""Posts of Atom, and of the export of Blogger, which is Atom with more in it."""

import datetime
import html
from xml.etree.ElementTree import Element, tostring

from articles.importing.posts import Post, State, digest
from articles.importing.rss import sensible, slug_of
from articles.importing.xml import children, plain, text_of

BLOGGER_KIND = "http://schemas.google.com/g/2005#kind"


def left_out(entry: Element) -> str:
    """What it is, in the plural, if it is nothing we carry; empty for a post."""
    for category in children(entry, "atom:category"):
        if category.get("scheme") == BLOGGER_KIND:
            kind = (category.get("term") or "").rpartition("#")[2]
            return "" if kind == "post" else f"entries of the kind “{kind[:40]}”"
    return ""


def person(author: Element) -> tuple[str, ...]:
    """The name of an author, unless it is an e-mail address."""
    name = plain(text_of(author, "atom:name"))
    return (name,) if name and "@" not in name else ()


def post(entry: Element, feed_authors: tuple[str, ...]) -> Post:
    """A post; without an author of its own it has those of the feed."""
    remarks = []
    content, summary = _first(entry, "atom:content"), _first(entry, "atom:summary")
    if content is not None and content.get("src"):
        remarks.append(f"Its text is only linked to and was not brought: {content.get('src')}.")
    body = _markup(content) or _markup(summary)
    written = text_of(entry, "atom:published") or text_of(entry, "atom:updated")
    dated = _date(written)
    if dated is None:
        remarks.append(f"Its date could not be read: {plain(written)[:60]}." if written else "It has no date.")
    title, address = plain(_markup(_first(entry, "atom:title"))), _address(entry)
    authors = tuple(name for author in children(entry, "atom:author") for name in person(author))
    is_draft = any(text_of(control, "app:draft") == "yes" for control in children(entry, "app:control"))
    return Post(
        source_id=text_of(entry, "atom:id") or address or digest(title, written, body),
        title=title,
        slug=slug_of(address),
        address=address,
        excerpt=plain(_markup(summary)) if _markup(content) else "",
        html=body,
        dated=None if is_draft else dated,
        authors=tuple(dict.fromkeys(authors)) or feed_authors,
        topics=tuple(
            dict.fromkeys(
                name
                for category in children(entry, "atom:category")
                if category.get("scheme") != BLOGGER_KIND
                and (name := plain(category.get("label") or category.get("term") or ""))
            )
        ),
        state=State.DRAFT if is_draft else State.PUBLISHED,
        remarks=tuple(remarks),
    )


def _first(entry: Element, name: str) -> Element | None:
    return next(children(entry, name), None)


def _markup(element: Element | None) -> str:
    """HTML from a text, HTML or XHTML construct (RFC 4287, 3.1 and 4.1.3)."""
    if element is None or element.get("src"):
        return ""
    kind = element.get("type", "text")
    if kind == "html":
        return (element.text or "").strip()
    if kind == "xhtml" or kind.endswith(("+xml", "/xml")):
        for part in element.iter():
            # Without its namespace a part is called what HTML calls it.
            part.tag = part.tag.rpartition("}")[2]
        return (element.text or "").strip() + "".join(
            tostring(part, encoding="unicode", method="html") for part in element
        )
    return html.escape((element.text or "").strip(), quote=False)


def _address(entry: Element) -> str:
    links = list(children(entry, "atom:link"))
    for link in links:
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            return (link.get("href") or "").strip()
    return ""


def _date(text: str) -> datetime.datetime | None:
    try:
        return sensible(datetime.datetime.fromisoformat(text))
    except ValueError:
        return None
