"""What HTML an author's text may contain. Everything else is taken out, whatever route it came by."""

import re
from collections import Counter

import nh3

from articles.pasting import tidy_word, use_our_names

CALLOUTS = frozenset({"callout-key", "callout-warning"})
# Pictures come from our own library only: one from elsewhere would tell its server who reads what.
OWN_IMAGE = re.compile(r"^/articles/images/[0-9a-f]{64}\.webp$")
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
ANY_TAG = re.compile(r"<[^<>]*>")
DEEPEST = 400
MOST_READINGS = 5
# No closing tag is needed, or there is none.
ENDS_BY_ITSELF = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option"} | {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
}
EMPTY = re.compile(r"^(<(p|h[2-4])>(<br>)?</\2>\s*)*$")

TAGS = {
    "p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "sub", "sup", "a", "blockquote", "hr",
    "figure", "figcaption", "img", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# Kept at first and then called by our own names.
OTHER_NAMES = {"b", "i", "h1", "h5", "h6"}
REMOVED_WITH_CONTENT = {
    "script", "style", "svg", "math", "iframe", "object", "template", "noscript", "textarea", "title",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "blockquote": {"class"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}


def _keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) == ("img", "src"):
        return value if OWN_IMAGE.match(value) else None
    if (tag, attribute) == ("blockquote", "class"):
        known = [name for name in value.split() if name in CALLOUTS]
        return known[0] if known else None
    if attribute in ("width", "height", "colspan", "rowspan", "start"):
        return value if value.isdecimal() and len(value) < 5 else None
    if attribute == "scope":
        return value if value in ("col", "row") else None
    return value


_cleaner = nh3.Cleaner(
    tags=TAGS | OTHER_NAMES,
    clean_content_tags=REMOVED_WITH_CONTENT,
    attributes=ATTRIBUTES,
    attribute_filter=_keep_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
    strip_comments=True,
)


def depth_of(html: str) -> int:
    """How many elements stand inside one another at the deepest place, at most; told from the tags, in one pass."""
    depth = deepest = 0
    open_now: Counter[str] = Counter()
    for found in TAG.finditer(html):
        name = found.group(2).lower()
        if name in ENDS_BY_ITSELF:
            continue
        if not found.group(1):
            open_now[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif open_now[name]:
            open_now[name] -= 1
            depth -= 1
    return deepest


def sanitise(html: str) -> str:
    """The allowed part of `html`; empty text for an editor left with nothing but empty paragraphs.

    Of a maze of elements, deeper than anybody writes, only the words stay: reading it takes time with the square of its
    depth, seconds for a few hundred kilobytes.
    """
    html = html.replace("\x00", "")
    if depth_of(html) > DEEPEST:
        html = ANY_TAG.sub(" ", html)
    clean = tidy_word(html)
    # What stands where it may not is put elsewhere, which may again be wrong: read until nothing moves, so that a text
    # which was saved once is saved as it is for good.
    for _ in range(MOST_READINGS):
        before, clean = clean, use_our_names(_cleaner.clean(clean))
        if clean == before:
            break
    return "" if EMPTY.match(clean) else clean
