"""Checking, re-encoding and storing the pictures of the library.

A picture is never served as it came: it is decoded and written anew, so that nothing hidden in the file (scripts, the
place where a photograph was taken) survives, and named for the SHA-256 of the new bytes, so that its address never
changes.
"""

import hashlib
import io
import warnings
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
    upright = ImageOps.exif_transpose(opened)
    has_transparency = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    plain = upright.convert("RGBA" if has_transparency else "RGB")
    if plain.width > WIDEST:
        height = max(1, round(plain.height * WIDEST / plain.width))
        plain = plain.resize((WIDEST, height), PillowImage.Resampling.LANCZOS)
    # A new image has no metadata to leave behind.
    clean = PillowImage.new(plain.mode, plain.size)
    clean.paste(plain)
    written = io.BytesIO()
    clean.save(written, "WEBP", quality=QUALITY, method=4)
    content = written.getvalue()
    return Picture(
        content=content, name=f"{hashlib.sha256(content).hexdigest()}.webp", width=clean.width, height=clean.height
    )


def folder() -> Path:
    """Where the files are."""
    return Path(settings.MEDIA_ROOT) / "images"


def store(picture: Picture) -> None:
    """Write the file whole or not at all, also when the disk fills up or the machine stops half-way."""
    target = folder() / picture.name
    if not target.exists():
        write_whole(target, picture.content)


def find(name: str) -> Path | None:
    """The file of a picture; None when there is none."""
    path = folder() / name
    return path if path.is_file() else None


def remove(name: str) -> None:
    """Delete the file of a picture."""
    (folder() / name).unlink(missing_ok=True)
