"""Atom and RSS: whole articles, for the site, a topic and an author.

An entry is what readers of the page get: the text, its references and disclosures, with every address made whole. Its
id never changes, and `updated` moves only when a reader should look again (ArticleQuerySet.with_last_change).
A withdrawn text is not sent out once more: its entry says that it is withdrawn, and why.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.xmlreader import AttributesImpl

import nh3
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from articles.addresses import absolute, stable_id
from articles.details import Details
from articles.models import Article, Revision
from articles.sanitising import ATTRIBUTES, REMOVED_WITH_CONTENT, TAGS
from articles.standing import Flaw, standing_now
from meducation.lib.html import trusted
from meducation.lib.text import one_line, printable

# Entries in a feed; a whole article has some 20 kB.
MOST = 20
# When an empty feed was last changed: never.
NEVER = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
# Classes mean nothing elsewhere; the number of a reference does.
CARRIED = {tag: names - {"class"} for tag, names in ATTRIBUTES.items()} | {"li": {"value"}}
CALLOUT_LABEL = re.compile(r'<p class="callout__label">([^<]*)</p>')


@dataclass(frozen=True)
class Channel:
    """What a feed is about. `page` and `feed` are paths of ours."""

    title: str
    description: str
    page: str
    feed: str
    articles: Sequence[Article]

    def last_modified(self) -> datetime.datetime:
        """When its words last changed, editorial changes included: for caches, not for readers."""
        return max((instant for article in self.articles for instant in _instants(article)), default=NEVER)


class Atom(Atom1Feed):
    """Atom as Django writes it, with the whole text beside the summary and every author by name."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """One entry."""
        handler.addQuickElement("title", item["title"])
        handler.addQuickElement("link", "", {"href": item["link"], "rel": "alternate", "type": "text/html"})
        handler.addQuickElement("id", item["unique_id"])
        handler.addQuickElement("published", rfc3339_date(item["pubdate"]))
        handler.addQuickElement("updated", rfc3339_date(item["updateddate"]))
        for name, address in item["writers"]:
            handler.startElement("author", AttributesImpl({}))
            handler.addQuickElement("name", name)
            if address:
                handler.addQuickElement("uri", address)
            handler.endElement("author")
        for term in item["categories"]:
            handler.addQuickElement("category", "", {"term": term})
        handler.addQuickElement("summary", item["description"], {"type": "text"})
        handler.addQuickElement("content", item["whole"], {"type": "html"})

    def latest_post_date(self) -> datetime.datetime:
        """The newest `updated` of its entries; the same on every request, also when there are none."""
        return _newest_update(self)


class Rss(Rss201rev2Feed):
    """RSS as Django writes it, with the whole text, every author, and when it changed."""

    def rss_attributes(self) -> dict[str, str]:
        """The vocabularies it borrows from."""
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """One item. Its description is HTML to all programs that read RSS."""
        super().add_item_elements(handler, item | {"description": escape(item["description"])})
        for name, _ in item["writers"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("content:encoded", item["whole"])

    def latest_post_date(self) -> datetime.datetime:
        """As in Atom."""
        return _newest_update(self)


def write(channel: Channel, kind: type[Atom] | type[Rss]) -> str:
    """The feed, in XML."""
    feed = kind(
        title=one_line(channel.title),
        link=absolute(channel.page),
        description=one_line(channel.description),
        language=settings.LANGUAGE_CODE,
        feed_url=absolute(channel.feed),
        feed_guid=absolute(channel.feed),
        author_name=settings.SITE_NAME,
        author_link=absolute("/"),
    )
    for article in channel.articles:
        if article.revision is not None and article.publish_at is not None:
            feed.add_item(**_item(article, article.revision, article.publish_at))
    return feed.writeString("utf-8")


def _item(article: Article, revision: Revision, published_at: datetime.datetime) -> dict[str, Any]:
    details = Details.from_json(revision.details)
    address = absolute(article.get_absolute_url())
    standing = standing_now(article)
    # What would be wrong to pass over. An overdue review is on the page, and would change an entry by the calendar.
    told = [f"{remark.heading} {remark.text}".strip() for remark in standing.remarks if remark.is_grave]
    is_withdrawn = Flaw.WITHDRAWN in standing.flaws
    return {
        "title": one_line(revision.title),
        "link": address,
        "description": one_line(told[0] if is_withdrawn else revision.standfirst),
        "unique_id": stable_id(article.pk, article.created_at),
        "unique_id_is_permalink": False,
        "pubdate": published_at,
        "updateddate": article.last_change_at,
        "categories": [one_line(topic.name) for topic in article.topics.all()],
        "writers": [(one_line(writer.name), _author_address(writer.slug)) for writer in details.writers],
        "whole": printable(_whole(article, revision, details, address=address, told=told, withdrawn=is_withdrawn)),
    }


def _whole(
    article: Article, revision: Revision, details: Details, *, address: str, told: list[str], withdrawn: bool
) -> str:
    html = render_to_string(
        "articles/feed_entry.html",
        {
            "article": article,
            "revision": revision,
            "site_name": settings.SITE_NAME,
            "notices": told,
            "withdrawn": withdrawn,
            "text": trusted(CALLOUT_LABEL.sub(r"<p><strong>\1</strong></p>", revision.rendered)),
            "details": details,
            "address": address,
        },
    )

    def whole_address(tag: str, attribute: str, value: str) -> str:
        if attribute not in ("href", "src"):
            return value
        if value.startswith("#"):
            return f"{address}{value}"
        return absolute(value) if value.startswith("/") and not value.startswith("//") else value

    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=REMOVED_WITH_CONTENT,
        attributes=CARRIED,
        attribute_filter=whole_address,
        url_schemes={"http", "https", "mailto"},
    )


def _author_address(slug: str) -> str:
    return absolute(reverse("articles:author-detail", args=[slug])) if slug else ""


def _instants(article: Article) -> Iterator[datetime.datetime]:
    live_from = article.revision.live_from if article.revision is not None else None
    yield from (instant for instant in (article.publish_at, live_from, article.retired_at) if instant is not None)


def _newest_update(feed: SyndicationFeed) -> datetime.datetime:
    return max((item["updateddate"] for item in feed.items), default=NEVER)
