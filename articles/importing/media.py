"""Finding an old blog's picture in a folder of its files. Nothing is ever fetched."""

import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

UPLOADS = "uploads"
# WordPress keeps smaller copies beside the picture: photo-300x200.jpg, and of a large one photo-scaled.jpg.
SMALLER_COPY = re.compile(r"-(?:\d{1,5}x\d{1,5}|scaled)(?=\.[A-Za-z0-9]{1,5}$)")


def file_name(address: str) -> str:
    """The last part of an address's path, to show to a person; "a picture" where there is none."""
    name = " ".join(PurePosixPath(_path(address)).name.split())
    return name[:100] or "a picture"


def original(path: str) -> str:
    """The path of the picture that a smaller copy was made of."""
    return SMALLER_COPY.sub("", path)


def key_of(address: str) -> str:
    """The same for a picture and its smaller copies, over http and https."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    return f"{parts.netloc.lower()}{original(parts.path)}"


def find_picture(folder: Path, address: str) -> Path | None:
    """The file in `folder` for the picture at `address`; None when there is none, or only outside of `folder`.

    `folder` may be wp-content, uploads, the whole site, or one flat folder of pictures.
    """
    parts = [part for part in PurePosixPath(_path(address)).parts if part not in ("/", "")]
    if not parts or ".." in parts or "\x00" in "".join(parts):
        return None
    within_uploads = parts[parts.index(UPLOADS) + 1 :] if UPLOADS in parts[:-1] else []
    tails = [within_uploads, [UPLOADS, *within_uploads], parts, parts[-1:]] if within_uploads else [parts, parts[-1:]]
    root = folder.resolve()
    for tail in tails:
        for name in dict.fromkeys((original(tail[-1]), tail[-1])):
            try:
                found = folder.joinpath(*tail[:-1], name).resolve()
                if found.is_relative_to(root) and found.is_file():
                    return found
            except (OSError, RuntimeError, ValueError):
                # A name that this machine's files cannot have, or links in a circle.
                continue
    return None


def _path(address: str) -> str:
    try:
        return unquote(urlsplit(address).path)
    except ValueError:
        return ""
