"""From the XML of a WordPress export, an RSS or an Atom feed to posts, one at a time.

Two looks at the file: `survey` reads all of it, finds it whole or says where it breaks, and keeps the few things that
posts refer to; `posts` then gives the posts. Neither holds more than one post. The XML itself is read by defusedxml,
which refuses entities and document types, so that a file of a kilobyte stays one of a kilobyte.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser, iterparse

from articles.importing import atom, rss
from articles.importing.files import CleanText, Unreadable
from articles.importing.posts import Attachment, Post, Survey
from articles.importing.xml import name_of, text_of

DEEPEST = 100
MOST_ELEMENTS_A_POST = 200_000
RSS, ATOM = "rss", "atom:feed"


class Broken(Unreadable):
    """The file was a feed up to here."""


def survey(path: Path, encoding: str = "") -> Survey:
    """Look through the whole file. Raises Unreadable when it is no file of posts at all.

    A file that breaks off has the reason in `broken`.
    """
    kind, broken = "RSS feed", ""
    left_out: Counter[str] = Counter()
    writers: dict[str, str] = {}
    attachments: dict[str, Attachment] = {}
    found = 0
    with CleanText(path, encoding) as file:
        try:
            for root, element in _parts(file):
                name = name_of(element)
                if root == ATOM:
                    kind = "Atom feed"
                    reason = atom.left_out(element) if name == "atom:entry" else None
                elif name == "item":
                    reason = rss.left_out(element)
                    if reason == rss.ATTACHMENTS:
                        attachments[text_of(element, "wp:post_id")] = rss.attachment(element)
                else:
                    reason = None
                    if name == "wp:wxr_version":
                        kind = "WordPress export"
                    elif name == "wp:author":
                        writers.update(rss.writer(element))
                if name in ("item", "atom:entry"):
                    found += reason == ""
                    left_out.update([reason] if reason else [])
        except Broken as error:
            broken = str(error)
        return Survey(
            kind=kind,
            encoding=file.encoding,
            posts=found,
            left_out=dict(left_out),
            writers=writers,
            attachments=attachments,
            passed_over=file.passed_over,
            broken=broken,
        )


def posts(path: Path, known: Survey, encoding: str = "") -> Iterator[Post]:
    """The posts of a file in its order, up to where it breaks off, if it does.

    `known` is what `survey` made of the same file.
    """
    with CleanText(path, encoding) as file:
        feed_authors: tuple[str, ...] = ()
        try:
            for root, element in _parts(file):
                name = name_of(element)
                if root == ATOM:
                    if name == "atom:author":
                        feed_authors += atom.person(element)
                    elif name == "atom:entry" and not atom.left_out(element):
                        yield atom.post(element, feed_authors)
                elif name == "item" and not rss.left_out(element):
                    yield rss.post(element, known)
        except Broken:
            return


def _parts(file: CleanText) -> Iterator[tuple[str, Element]]:
    """The name of the root, and each child of the channel or feed once it is whole.

    Raises Unreadable for what is no feed, and Broken once a part of one was read.
    """
    ancestors: list[Element] = []
    root, elements, is_under_way = "", 0, False
    try:
        for event, element in iterparse(
            file, events=("start", "end"), parser=XMLParser(encoding="utf-8", forbid_dtd=True)
        ):
            if event == "start":
                ancestors.append(element)
                elements += 1
                root = root or _checked_root(element)
                if len(ancestors) > DEEPEST or elements > MOST_ELEMENTS_A_POST:
                    raise Unreadable("The file has more elements inside one another, or in one post, than any blog's.")
                continue
            ancestors.pop()
            holder = _holder(root, ancestors)
            if name_of(element) == "wp:comment":
                # Comments are only counted, and a post may have thousands.
                elements -= sum(1 for _ in element.iter()) - 1
                element.clear()
            elif holder is not None:
                is_under_way = True
                yield root, element
                holder.clear()
                file.forget()
                elements = 0
    except DefusedXmlException as error:
        raise Unreadable(
            "The file declares a document type or entities (<!DOCTYPE …>, <!ENTITY …>). No blog's export does, "
            "and such files can be made to do harm, so it is not read."
        ) from error
    except ParseError as error:
        line = error.position[0]
        what = str(error).split(":")[0]
        if is_under_way:
            raise Broken(f"The file breaks off or is damaged at line {line}: {what}.") from error
        raise Unreadable(f"This is not a whole XML file: {what} (line {line}).") from error


def _checked_root(element: Element) -> str:
    name = name_of(element)
    if name in (RSS, ATOM):
        return name
    if name.lower() == "html" or name.endswith("}html"):
        raise Unreadable("This is a web page, not a feed or an export.")
    if name.endswith("}RDF"):
        raise Unreadable("This is a feed of the old kind RSS 1.0. Save the blog's RSS 2.0 or Atom feed instead.")
    raise Unreadable("The file is XML, but neither a WordPress export nor an RSS or Atom feed.")


def _holder(root: str, ancestors: list[Element]) -> Element | None:
    """The channel or feed, when it is what the element that just ended stands in."""
    if root == ATOM:
        return ancestors[0] if len(ancestors) == 1 else None
    return ancestors[1] if len(ancestors) == 2 and name_of(ancestors[1]) == "channel" else None
