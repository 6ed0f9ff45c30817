"""Posts of RSS 2.0, and of the WordPress export, which is RSS with more in it."""

import datetime
import re
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from articles.importing.posts import Attachment, Post, State, Survey, digest
from articles.importing.xml import children, name_of, plain, text_of

ATTACHMENTS = "files of the old library"
# Blogs did not exist before; databases hold year 0 for "never".
FIRST_YEAR, LAST_YEAR = 1990, 2200
KINDS_LEFT_OUT = {
    "attachment": ATTACHMENTS,
    "page": "pages",
    "nav_menu_item": "menu entries",
    "revision": "earlier versions",
    "wp_block": "reusable blocks",
}
STATES = {"publish": State.PUBLISHED, "future": State.PUBLISHED, "private": State.PRIVATE}
NEVER_WRITTEN = {"trash", "auto-draft", "inherit"}
NO_TOPICS = {"uncategorized", "uncategorised"}
WITH_NAME = re.compile(r"^[^()]*@[^()]*\((.+)\)\s*$")
# WordPress ends the description of a long post in its feed so; it is the beginning of the text and no excerpt.
CUT_SHORT = re.compile(r"(\[(…|\.\.\.)\]|…|\.\.\.)$")
FEED_FOOTER = re.compile(r"\s*The post .{0,400} (appeared first on|first appeared on) .{0,200}$")
READ_ON = re.compile(r"\s*(Continue reading|Read more)\b.{0,300}$")


def left_out(item: Element) -> str:
    """What it is, in the plural, if it is nothing we carry; empty for a post."""
    kind = text_of(item, "wp:post_type")
    if kind not in ("", "post"):
        return KINDS_LEFT_OUT.get(kind) or f"entries of the kind “{kind[:40]}”"
    return "posts in the bin or never written" if text_of(item, "wp:status") in NEVER_WRITTEN else ""


def writer(author: Element) -> dict[str, str]:
    """The name of an author of a WordPress export, by login."""
    login = text_of(author, "wp:author_login")
    both = f"{text_of(author, 'wp:author_first_name')} {text_of(author, 'wp:author_last_name')}"
    return {login: plain(text_of(author, "wp:author_display_name")) or plain(both) or login}


def attachment(item: Element) -> Attachment:
    """A file of a WordPress export."""
    alternative = _meta(item).get("_wp_attachment_image_alt", "")
    return Attachment(
        address=text_of(item, "wp:attachment_url") or text_of(item, "guid"),
        title=plain(text_of(item, "title")),
        alternative_text=plain(alternative),
        caption=plain(text_of(item, "excerpt:encoded")),
    )


def post(item: Element, known: Survey) -> Post:
    """A post. `known` has the names and files that it refers to."""
    remarks = []
    content, description = text_of(item, "content:encoded"), text_of(item, "description")
    is_export = text_of(item, "wp:post_type") != ""
    title, address = plain(text_of(item, "title")), text_of(item, "link")
    dated = _date(item)
    if dated is None and (written := text_of(item, "pubDate")) and not is_export:
        remarks.append(f"Its date could not be read: {plain(written)[:60]}.")
    if is_export:
        excerpt = plain(text_of(item, "excerpt:encoded"))
    else:
        excerpt = _real_excerpt(plain(description)) if content else ""
    authors, emails = _authors(item, known)
    if emails and not authors:
        remarks.append("Its author is given only as an e-mail address, which is not printed.")
    if enclosures := sum(1 for _ in children(item, "enclosure")):
        remarks.append(f"Files attached to it are not carried ({enclosures}).")
    state = STATES.get(text_of(item, "wp:status"), State.DRAFT) if is_export else State.PUBLISHED
    if text_of(item, "wp:post_password"):
        state = State.PRIVATE
    featured = known.attachments.get(_meta(item).get("_thumbnail_id", ""))
    return Post(
        source_id=text_of(item, "guid") or address or digest(title, text_of(item, "pubDate"), content or description),
        title=title,
        slug=unquote(text_of(item, "wp:post_name")) or slug_of(address),
        address=address,
        excerpt=excerpt,
        html=content or ("" if is_export else description),
        is_classic=is_export and "<!-- wp:" not in content,
        dated=None if state is State.DRAFT else dated,
        authors=authors,
        topics=_filed_under(item, is_tag=False),
        tags=_filed_under(item, is_tag=True),
        state=state,
        comments=sum(1 for _ in children(item, "wp:comment")),
        featured=featured.address if featured else "",
        remarks=tuple(remarks),
    )


def slug_of(address: str) -> str:
    """The last part of an address's path; empty when it has none."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    last = unquote(path.rstrip("/").rpartition("/")[2])
    return last.removesuffix(".html").removesuffix(".htm").removesuffix(".php")


def sensible(date: datetime.datetime) -> datetime.datetime | None:
    """The date, unless it is one that only a mistake writes."""
    return date if FIRST_YEAR <= date.year <= LAST_YEAR else None


def _meta(item: Element) -> dict[str, str]:
    return {text_of(meta, "wp:meta_key"): text_of(meta, "wp:meta_value") for meta in children(item, "wp:postmeta")}


def _date(item: Element) -> datetime.datetime | None:
    """As the old blog printed it, if the file says; otherwise the moment."""
    for name, zone in (("wp:post_date", None), ("wp:post_date_gmt", datetime.UTC)):
        try:
            written = datetime.datetime.strptime(text_of(item, name), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 (zone: below)
        except ValueError:
            continue
        if found := sensible(written.replace(tzinfo=zone)):
            return found
    for text in (text_of(item, "pubDate"), text_of(item, "dc:date")):
        for read in (parsedate_to_datetime, datetime.datetime.fromisoformat):
            try:
                found = sensible(read(text))
            except (ValueError, TypeError, IndexError, OverflowError):
                continue
            if found is not None:
                return found
    return None


def _real_excerpt(text: str) -> str:
    text = READ_ON.sub("", FEED_FOOTER.sub("", text)).strip()
    return "" if CUT_SHORT.search(text) else text


def _authors(item: Element, known: Survey) -> tuple[tuple[str, ...], int]:
    """Names, and how many were only addresses. Where several authors are named by a plug-in, those hold."""
    several = [
        child.text or "" for child in children(item, "category") if child.get("domain") == "author" and child.text
    ]
    given = several or [known.writers.get(_text(child), _text(child)) for child in children(item, "dc:creator")]
    if not given:
        # RSS has "nell@example.org (Nell Example)".
        given = [named.group(1) if (named := WITH_NAME.match(text := _text(c))) else text for c in _author(item)]
    names = [plain(name) for name in given]
    kept = tuple(dict.fromkeys(name for name in names if name and "@" not in name))
    return kept, sum("@" in name for name in names)


def _author(item: Element) -> list[Element]:
    return [
        child for child in item if name_of(child) in ("author", "{http://www.itunes.com/dtds/podcast-1.0.dtd}author")
    ]


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _filed_under(item: Element, *, is_tag: bool) -> tuple[str, ...]:
    """Categories, or tags. An RSS feed does not tell one from the other; they are categories then."""
    wanted = ("post_tag",) if is_tag else ("category", None)
    names = [plain(_text(child)) for child in children(item, "category") if _domain(child) in wanted]
    return tuple(dict.fromkeys(name for name in names if name and name.lower() not in NO_TOPICS))


def _domain(category: Element) -> str | None:
    """Where the category comes from; RSS feeds may give an address there, which says nothing about tags."""
    domain = category.get("domain")
    return None if domain is None or "/" in domain else domain
