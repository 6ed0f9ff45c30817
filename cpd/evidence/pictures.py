"""Pictures are never kept as they came: drawn anew, upright, without the place where they were taken.

Other than the pictures of articles (articles/pictures.py): a certificate must stay readable, so it is larger and of
better quality; and telephones send HEIC, which many of those who look at evidence cannot open.
"""

import threading
import warnings
from typing import IO

import pillow_heif
from PIL import Image, ImageOps

from cpd.evidence.refusing import CUT_SHORT, Refused
from cpd.models.evidence import FileKind

# The largest telephones take 50 megapixels.
MOST_PIXELS = 52_000_000
MOST_SIDE = 20_000
LONGEST_SIDE = 3000
QUALITY = 88
# A screenshot is sharper and smaller as PNG; a photograph that somebody saved as PNG is not.
MOST_PNG_BYTES = 4 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
TOO_MANY_PIXELS = "The picture has more than 50 megapixels. Make it smaller and try again."
UNREADABLE = "We cannot read this picture. Save it anew as JPEG or PNG and choose that."

# Unpacked, a picture takes up to 200 MB: one at a time in a process, however many people send some.
_one_at_a_time = threading.Lock()

pillow_heif.register_heif_opener(thumbnails=False)


def redraw(file: IO[bytes], into: IO[bytes]) -> FileKind:
    """Write the picture in `file` anew into the empty `into`. Raises Refused."""
    file.seek(0)
    try:
        with _one_at_a_time, warnings.catch_warnings():
            # Ours is the stricter limit; Pillow's warning would say the same less kindly.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS or max(opened.size) > MOST_SIDE:
                    raise Refused(TOO_MANY_PIXELS)
                return _redraw(opened, into)
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused(TOO_MANY_PIXELS) from error
    except MemoryError:
        raise
    except OSError as error:
        # What Pillow says of a picture that ends too early has no number; what a disk says has one.
        if error.errno is not None:
            raise
        raise Refused(CUT_SHORT) from error
    except Exception as error:
        # Decoders fail on crafted files in ways of their own (SyntaxError, struct.error, ValueError, …).
        raise Refused(UNREADABLE) from error


def _redraw(opened: Image.Image, into: IO[bytes]) -> FileKind:
    is_png = opened.format == "PNG"
    # A large JPEG is decoded at a half or a quarter, if that is still large enough.
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    # In place, and converted only where needed: a copy of 50 megapixels takes 150 MB.
    ImageOps.exif_transpose(opened, in_place=True)
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    plain = _on_white(opened)
    # A new image has no metadata to leave behind.
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    if is_png:
        clean.save(into, "PNG")
        if into.tell() <= MOST_PNG_BYTES:
            return FileKind.PNG
        into.seek(0)
        into.truncate()
    clean.save(into, "JPEG", quality=QUALITY, optimize=False)
    return FileKind.JPEG


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture in plain colours; what is transparent becomes paper."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        with_alpha = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(with_alpha, mask=with_alpha.getchannel("A"))
        return paper
    return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")
