"""Checking, re-encoding and storing the pictures of the library.

A picture is never served as it came: it is decoded and written anew, so that nothing hidden in the file (scripts, the
place where a photograph was taken) survives, and named for the SHA-256 of the new bytes, so that its address never
changes.
"""

import hashlib
import io
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from PIL import Image as PillowImage
from PIL import ImageOps

from meducation.lib.files import write_whole

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
WIDEST = 1600
# What WebP can hold.
LONGEST_SIDE = 16_383
QUALITY = 82
# Widths of the smaller copies, for telephones: where the picture itself is wider.
SMALLER_WIDTHS = (480, 960)
TOO_MANY_BYTES = "The picture has more than 10 MB. Make it smaller and try again."
TOO_MANY_PIXELS = "The picture has more than 40 megapixels. Make it smaller and try again."
FORMATS = ("PNG", "JPEG", "WEBP")


class BadPicture(Exception):
    """The upload is not a picture we take. The message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Picture:
    """A re-encoded picture; `name` is "<sha256>.webp"."""

    content: bytes
    name: str
    width: int
    height: int
    # The same picture in smaller widths: width, content.
    smaller: tuple[tuple[int, bytes], ...] = ()


def reencode(upload: BinaryIO) -> Picture:
    """WebP, at most 1600 px wide, upright, without metadata. Raises BadPicture."""
    raw = upload.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise BadPicture(TOO_MANY_BYTES)
    try:
        with warnings.catch_warnings():
            # Ours is the stricter limit; Pillow's warning would say the same less kindly.
            warnings.simplefilter("ignore", PillowImage.DecompressionBombWarning)
            opened = PillowImage.open(io.BytesIO(raw), formats=FORMATS)
        if opened.width * opened.height > MOST_PIXELS:
            raise BadPicture(TOO_MANY_PIXELS)
        if max(opened.size) > LONGEST_SIDE:
            raise BadPicture(f"The picture is longer than {LONGEST_SIDE:,} pixels. Cut it into parts.")
        return _encode(opened)
    except BadPicture:
        raise
    except PillowImage.DecompressionBombError as error:
        raise BadPicture(TOO_MANY_PIXELS) from error
    except Exception as error:
        # Decoders fail on crafted files in ways of their own (SyntaxError, struct.error, OSError, ValueError, …).
        raise BadPicture("This is not a picture we can read. Use a PNG, JPEG or WebP file.") from error


def _encode(opened: PillowImage.Image) -> Picture:
    # A large JPEG is decoded at a half, a quarter or an eighth, if that is still wide enough either way up.
    opened.draft("RGB", (WIDEST, WIDEST))
    # In place, and converted only where needed: a copy of 40 megapixels takes 160 MB.
    ImageOps.exif_transpose(opened, in_place=True)
    has_transparency = opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info
    mode = "RGBA" if has_transparency else "RGB"
    plain = opened if opened.mode == mode else opened.convert(mode)
    if plain.width > WIDEST:
        plain = _narrowed(plain, WIDEST)
    # A new image has no metadata to leave behind.
    clean = PillowImage.new(plain.mode, plain.size)
    clean.paste(plain)
    content = _written(clean)
    return Picture(
        content=content,
        name=f"{hashlib.sha256(content).hexdigest()}.webp",
        width=clean.width,
        height=clean.height,
        smaller=_smaller(clean),
    )


def smaller_copies(content: bytes) -> tuple[tuple[int, bytes], ...]:
    """Width and content of the smaller copies of a picture that is in the library."""
    return _smaller(PillowImage.open(io.BytesIO(content), formats=("WEBP",)))


def _smaller(picture: PillowImage.Image) -> tuple[tuple[int, bytes], ...]:
    return tuple((width, _written(_narrowed(picture, width))) for width in SMALLER_WIDTHS if width < picture.width)


def _narrowed(picture: PillowImage.Image, width: int) -> PillowImage.Image:
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), PillowImage.Resampling.LANCZOS)


def _written(picture: PillowImage.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=QUALITY, method=4)
    return file.getvalue()


def folder() -> Path:
    """Where the files are."""
    return Path(settings.MEDIA_ROOT) / "images"


def smaller_name(name: str, width: int) -> str:
    """ "<sha256>-480.webp" for the copy of "<sha256>.webp" that is 480 pixels wide."""
    return f"{name.removesuffix('.webp')}-{width}.webp"


def store(picture: Picture) -> None:
    """Write the files, each whole or not at all, also when the disk fills up or the machine stops half-way."""
    store_smaller(picture.name, picture.smaller)
    _store(picture.name, picture.content)


def store_smaller(name: str, smaller: tuple[tuple[int, bytes], ...]) -> None:
    """Write the smaller copies of a picture."""
    for width, content in smaller:
        _store(smaller_name(name, width), content)


def _store(name: str, content: bytes) -> None:
    target = folder() / name
    if not target.exists():
        write_whole(target, content)


def find(name: str) -> Path | None:
    """The file of a picture; None when there is none."""
    path = folder() / name
    return path if path.is_file() else None


def remove(name: str, smaller_widths: Iterable[int] = ()) -> None:
    """Delete the file of a picture, and those of its smaller copies."""
    for each in (name, *(smaller_name(name, width) for width in smaller_widths)):
        (folder() / each).unlink(missing_ok=True)
