"""What may enter the image library, and in what form it is kept."""

import hashlib
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from PIL import Image as PillowImage
from pytest_django import Settings

from articles import pictures
from articles.actions import add_image, delete_image
from articles.models import Image
from tests.factories.accounts import UserFactory


def encoded(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    written = io.BytesIO()
    PillowImage.new(mode, size, "red").save(written, kind, **options)
    return written.getvalue()


def reencode(raw: bytes) -> pictures.Picture:
    return pictures.reencode(io.BytesIO(raw))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_three_kinds_become_webp_named_for_their_content(kind: str) -> None:
    picture = reencode(encoded(kind))
    opened = PillowImage.open(io.BytesIO(picture.content))
    assert (opened.format, opened.size) == ("WEBP", (40, 30))
    assert (picture.width, picture.height) == (40, 30)
    assert picture.name == f"{hashlib.sha256(picture.content).hexdigest()}.webp"


@pytest.mark.parametrize(
    ("size", "kept"), [((1600, 10), (1600, 10)), ((3200, 1000), (1600, 500)), ((10_000, 3), (1600, 1))]
)
def test_wide_ones_are_made_narrower(size: tuple[int, int], kept: tuple[int, int]) -> None:
    picture = reencode(encoded("PNG", size))
    assert (picture.width, picture.height) == kept


def test_a_wide_photograph_keeps_its_proportions() -> None:
    picture = reencode(encoded("JPEG", (4800, 3200)))
    assert (picture.width, picture.height) == (1600, 1067)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_all_kinds_of_colour_are_read(mode: str) -> None:
    written = io.BytesIO()
    PillowImage.new(mode, (4, 4)).save(written, "PNG")
    assert reencode(written.getvalue()).width == 4


def test_transparency_is_kept() -> None:
    written = io.BytesIO()
    PillowImage.new("RGBA", (4, 4), (0, 0, 0, 0)).save(written, "PNG")
    assert PillowImage.open(io.BytesIO(reencode(written.getvalue()).content)).mode == "RGBA"


def test_what_a_camera_adds_is_gone_but_the_picture_is_upright() -> None:
    exif = PillowImage.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "Ward 7, Mrs Example"
    raw = encoded("JPEG", (40, 30), exif=exif, comment=b"Ward 7")
    assert b"Ward 7" in raw
    picture = reencode(raw)
    assert (picture.width, picture.height) == (30, 40)
    assert b"Ward 7" not in picture.content
    assert not PillowImage.open(io.BytesIO(picture.content)).getexif()


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that says how large it is, and then holds nothing."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    first = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + first + struct.pack(">I", 0) + b"IDAT"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a picture"),
        (b"<html><script>alert(1)</script></html>", "not a picture"),
        (b"\x89PNG\r\n\x1a\n<script>", "not a picture"),
        (b"GIF89a" + b"\x00" * 50, "not a picture"),
        (b"%PDF-1.7", "not a picture"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 100, "not a picture"),
        (encoded("GIF"), "not a picture"),
        (encoded("BMP"), "not a picture"),
        (encoded("TIFF"), "not a picture"),
        (encoded("PNG")[:60], "not a picture"),
        (png_header(7000, 7000), "40 megapixels"),
        (png_header(100_000, 100_000), "40 megapixels"),
        (png_header(10, 20_000), "16,383"),
        (encoded("PNG") + b"\x00" * pictures.MOST_BYTES, "10 MB"),
    ],
    ids=[
        "empty",
        "svg",
        "html",
        "png-head",
        "gif-head",
        "pdf",
        "jpeg-head",
        "gif",
        "bmp",
        "tiff",
        "cut",
        "49MP",
        "bomb",
        "long",
        "heavy",
    ],
)
def test_everything_else_is_refused_with_a_sentence(raw: bytes, sentence: str) -> None:
    with pytest.raises(pictures.BadPicture, match=sentence):
        reencode(raw)


def test_a_picture_with_a_page_behind_it_loses_the_page() -> None:
    assert b"<script>" not in reencode(encoded("PNG") + b"<script>alert(1)</script>").content


# --- Storing


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "images"


def test_a_file_is_whole_or_not_there(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = reencode(encoded("PNG"))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("meducation.lib.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        pictures.store(picture)
    assert list(media.iterdir()) == []
    monkeypatch.undo()


def test_storing_twice_is_storing_once(media: Path) -> None:
    picture = reencode(encoded("PNG"))
    pictures.store(picture)
    pictures.store(picture)
    assert [file.name for file in media.iterdir()] == [picture.name]
    assert pictures.find(picture.name) == media / picture.name


@pytest.mark.django_db(transaction=True)
def test_the_library_holds_the_row_and_the_file(media: Path) -> None:
    author, editor = UserFactory(role="author"), UserFactory(role="editor")
    picture = reencode(encoded("PNG"))
    image = add_image(picture=picture, title="Soap", alternative_text="A bar of soap", by=author)
    assert (image.name, image.width, image.height, image.uploaded_by) == (picture.name, 40, 30, author)
    assert add_image(picture=picture, title="Again", alternative_text="x", by=author) == image
    assert Image.objects.count() == 1
    with pytest.raises(PermissionDenied):
        add_image(picture=picture, title="x", alternative_text="x", by=UserFactory())
    delete_image(image=image, by=editor)
    assert pictures.find(picture.name) is None
    assert not Image.objects.exists()
