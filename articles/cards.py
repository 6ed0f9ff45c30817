"""The picture of an article that other sites show beside a link to it: title, author, topic and our mark.

It is named for what is on it, so its address changes with the words and never otherwise. Fonts are the site's own. What
they have no letters for is left out, rather than drawn as empty boxes.
"""

import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from articles.models import Revision
from meducation.lib.files import write_whole
from meducation.lib.text import one_line

# Raise it when the drawing changes: every picture then gets a new address.
DRAWING = 1
WIDTH, HEIGHT = 1200, 630
KEY = re.compile(r"[0-9a-f]{32}")
PAPER, INK, QUIET, TEAL, AMBER = "#FBFAF7", "#16211F", "#4A5755", "#0B5F59", "#F2B84B"
COLOURS = 64
LEFT, RIGHT = 80, WIDTH - 80
# The title stands between the topic and the author, as large as it fits.
TITLE_TOP, TITLE_BOTTOM = 216, 512
TITLE_SIZES = (76, 68, 60, 54, 48, 42, 38)
LEADING = 1.16
SMALL = 30

SERIF = ("source-serif-4-semibold-latin", "source-serif-4-semibold-latin-ext")
BOLD = tuple(f"plex-sans-semibold-{part}" for part in ("latin1", "latin2", "latin3", "greek", "pi"))
PLAIN = tuple(f"plex-sans-regular-{part}" for part in ("latin1", "latin2", "latin3", "greek", "pi"))
# No character, so every font shows for it what it shows for those it lacks.
MISSING = "\U0010fffe"
ELLIPSIS = "…"
KNOWN_CHARACTERS = 10_000

type Chain = tuple[str, ...]


@dataclass(frozen=True)
class Face:
    """What is on the card."""

    title: str
    byline: str
    topic: str
    site: str

    @property
    def key(self) -> str:
        """32 hexadecimal digits that stand for this face as we draw it now."""
        return hashlib.sha256(json.dumps([DRAWING, *astuple(self)]).encode()).hexdigest()[:32]


def face_of(revision: Revision, topics: Iterable[str]) -> Face:
    """The card of a published text."""
    return Face(
        title=one_line(revision.title),
        byline=one_line(revision.byline),
        topic=next((one_line(name) for name in topics), ""),
        site=settings.SITE_NAME,
    )


def stored(key: str) -> bytes | None:
    """A card that was drawn before."""
    try:
        return _path(key).read_bytes()
    except FileNotFoundError:
        return None


def make(face: Face) -> bytes:
    """Draw a card and keep it."""
    content = draw(face)
    write_whole(_path(face.key), content)
    return content


def _path(key: str) -> Path:
    # Some files a folder, so that none grows beyond what is handled easily.
    return Path(settings.MEDIA_ROOT) / "cards" / key[:2] / f"{key}.png"


def draw(face: Face) -> bytes:
    """The picture, as PNG. A title that our fonts cannot write is left out, and our name stands large instead."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 14), fill=TEAL)
    pen.rectangle((0, HEIGHT - 14, WIDTH, HEIGHT), fill=AMBER)
    mark = _mark()
    title = _drawable(face.title, SERIF + BOLD)
    if title:
        image.paste(mark.resize((64, 64), Image.Resampling.LANCZOS), (LEFT, 62))
        _write(pen, face.site, SERIF, size=40, at=(LEFT + 84, 108), fill=INK)
        _write_in_line(pen, face.topic, BOLD, baseline=188, fill=TEAL)
        size, lines = _fitted(title)
        for number, line in enumerate(lines):
            baseline = TITLE_TOP + round(size * (0.9 + LEADING * number))
            _write(pen, line, SERIF + BOLD, size=size, at=(LEFT, baseline), fill=INK)
    else:
        image.paste(mark.resize((140, 140), Image.Resampling.LANCZOS), (LEFT, 200))
        _write(pen, face.site, SERIF, size=96, at=(LEFT + 172, 304), fill=INK)
        _write_in_line(pen, face.topic, BOLD, baseline=420, fill=TEAL)
    _write_in_line(pen, face.byline, PLAIN, baseline=564, fill=QUIET)
    written = io.BytesIO()
    image.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(written, "PNG", compress_level=9)
    return written.getvalue()


# --- Text ------------------------------------------------------------------------------------------------------------


def _drawable(text: str, chain: Chain) -> str:
    """`text` without what has no shape; nothing if it has letters that none of the fonts has."""
    composed = unicodedata.normalize("NFC", text)
    shaped = "".join(character for character in composed if unicodedata.category(character) != "Cf")
    # A mark that stands by itself would not sit on its letter.
    if any(unicodedata.category(character).startswith("M") for character in shaped):
        return ""
    return shaped.strip() if all(_font_for(character, chain) for character in shaped) else ""


def _fitted(title: str) -> tuple[int, list[str]]:
    """The largest size at which the title fits, and its lines; at the smallest, the end may be missing."""
    lines: list[str] = []
    for size in TITLE_SIZES:
        lines = _wrapped(title, size)
        most = int((TITLE_BOTTOM - TITLE_TOP) // (size * LEADING))
        if len(lines) <= most:
            return size, lines
    return size, [*lines[: most - 1], _shortened(f"{lines[most - 1]} {lines[most]}", SERIF + BOLD, size)]


def _wrapped(text: str, size: int) -> list[str]:
    def width(part: str) -> float:
        return _width(part, SERIF + BOLD, size)

    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}") <= RIGHT - LEFT:
            lines[-1] = f"{lines[-1]} {word}"
            continue
        lines.append("")
        for character in word:  # Only a word longer than a line is broken.
            if width(lines[-1] + character) > RIGHT - LEFT:
                lines.append("")
            lines[-1] += character
    return lines


def _shortened(text: str, chain: Chain, size: int) -> str:
    if _width(text, chain, size) <= RIGHT - LEFT:
        return text
    while text and _width(f"{text}{ELLIPSIS}", chain, size) > RIGHT - LEFT:
        text = text[:-1]
    return f"{text.rstrip()}{ELLIPSIS}"


def _write_in_line(pen: ImageDraw.ImageDraw, text: str, chain: Chain, *, baseline: int, fill: str) -> None:
    line = _shortened(_drawable(text, chain), chain, SMALL)
    _write(pen, line, chain, size=SMALL, at=(LEFT, baseline), fill=fill)


def _write(pen: ImageDraw.ImageDraw, text: str, chain: Chain, *, size: int, at: tuple[int, int], fill: str) -> None:
    x: float = at[0]
    for font, run in _runs(text, chain, size):
        pen.text((x, at[1]), run, font=font, fill=fill, anchor="ls")
        x += font.getlength(run)


def _width(text: str, chain: Chain, size: int) -> float:
    return sum(_advance(character, chain, size) for character in text)


@lru_cache(KNOWN_CHARACTERS)
def _advance(character: str, chain: Chain, size: int) -> float:
    return _font(_font_for(character, chain) or chain[0], size).getlength(character)


def _runs(text: str, chain: Chain, size: int) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
    """`text` in pieces, each with a font that has all of its characters."""
    run, current = "", ""
    for character in text:
        name = _font_for(character, chain) or chain[0]
        if run and name != current:
            yield _font(current, size), run
            run = ""
        run, current = run + character, name
    if run:
        yield _font(current, size), run


@lru_cache(KNOWN_CHARACTERS)
def _font_for(character: str, chain: Chain) -> str | None:
    """The first font of the chain that has the character."""
    return next((name for name in chain if _shape(name, character) != _shape(name, MISSING)), None)


def _shape(name: str, character: str) -> tuple[tuple[int, int], bytes]:
    shape = _font(name, 24).getmask(character)
    return shape.size, bytes(shape)


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    # Without the shaping library, which not every build of Pillow has: the same picture everywhere.
    path = settings.BASE_DIR / "static" / "fonts" / f"{name}.woff2"
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _mark() -> Image.Image:
    with Image.open(settings.BASE_DIR / "static" / "img" / "apple-touch-icon.png") as icon:
        return icon.convert("RGB")
