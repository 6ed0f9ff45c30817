"""What WordPress writes between square brackets, and the notes its block editor leaves: before the HTML is read."""

import html
import re
from collections.abc import Mapping

from articles.importing.posts import Attachment

CAPTION_ENDS = {"[caption": "[/caption]", "[wp_caption": "[/wp_caption]"}
SHORTCODE = re.compile(r"\[(/?)([a-zA-Z][\w-]{1,40})([^\[\]<>]{0,500})\]")
ATTRIBUTE = re.compile(r"""([\w-]{1,40})\s{0,3}=\s{0,3}(?:"([^"]{0,500})"|'([^']{0,500})'|([^\s"']{1,500}))""")
WRAPPED_ADDRESS = re.compile(
    r"\[(embed|youtube|vimeo|video|audio)\b[^\]]{0,500}\]\s*(https?://[^\s\[\]<>]{1,1000})\s*\[/\1\]"
)
# A block that has no text of its own: the old site made it up afresh for each reader.
MADE_ON_THE_SPOT = re.compile(r"<!-- wp:([a-z0-9/-]{1,60})(?: \{[^<>]{0,2000}\})? /-->")
WITH_ADDRESS = ("video", "audio", "embed", "youtube", "vimeo")


def expand(text: str, files: Mapping[str, Attachment], remarks: list[str]) -> str:
    """The text with captions, galleries and players as HTML.

    Other shortcodes stay in the text as they are, for the author to see, and are named in `remarks`.
    """
    for name in dict.fromkeys(MADE_ON_THE_SPOT.findall(text)):
        remarks.append(f"A block that the old site filled by itself is not carried: {name}.")
    for begin, end in CAPTION_ENDS.items():
        text = _captions(text, begin, end)
    text = WRAPPED_ADDRESS.sub(lambda found: _link(found.group(2)), text)
    closed = {name for slash, name, _ in SHORTCODE.findall(text) if slash}
    left: dict[str, None] = {}

    def replaced(found: re.Match[str]) -> str:
        slash, name, rest = found.groups()
        attributes = _attributes(rest)
        if name == "gallery" and not slash:
            return _gallery(attributes, files, remarks)
        if name in WITH_ADDRESS and (address := _player(attributes)):
            return _link(address)
        if name in WITH_ADDRESS and slash:
            return ""
        if attributes or name in closed:
            left[name] = None
        return found.group()

    text = SHORTCODE.sub(replaced, text)
    if left:
        remarks.append(f"Shortcodes are left in the text as they were: {', '.join(f'[{name}]' for name in left)}.")
    return text


def _captions(text: str, begin: str, end: str) -> str:
    """Each as a figure; what stands beside the picture is its caption."""
    pieces, place = [], 0
    while (start := text.find(begin, place)) >= 0:
        opened, stop = text.find("]", start), text.find(end, start)
        if opened < 0 or stop < opened:
            break
        caption = _attributes(text[start:opened][:2000]).get("caption", "")
        inside = f"{text[opened + 1 : stop]}{html.escape(caption)}"
        pieces += [text[place:start], f"\n\n<figure>{inside}</figure>\n\n"]
        place = stop + len(end)
    return "".join([*pieces, text[place:]])


def _gallery(attributes: Mapping[str, str], files: Mapping[str, Attachment], remarks: list[str]) -> str:
    numbers = re.findall(r"\d{1,20}", attributes.get("ids", "") or attributes.get("include", ""))
    known = [files[number] for number in numbers if number in files]
    if not numbers or len(known) < len(numbers):
        remarks.append("A gallery is not whole: the file does not say which pictures it shows.")
    figures = [f'<figure><img src="{html.escape(file.address)}"></figure>' for file in known]
    return "\n\n" + "".join(figures) + "\n\n"


def _player(attributes: Mapping[str, str]) -> str:
    kinds = ("src", "mp4", "mp3", "m4v", "webm", "ogv", "ogg", "m4a", "wav", "url")
    found = [attributes[kind] for kind in kinds if attributes.get(kind, "").startswith(("https://", "http://"))]
    return found[0] if found else ""


def _link(address: str) -> str:
    return f"\n\n{html.escape(html.unescape(address))}\n\n"


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): html.unescape(a or b or c) for name, a, b, c in ATTRIBUTE.findall(text)}
