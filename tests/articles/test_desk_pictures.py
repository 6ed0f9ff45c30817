"""Pictures in several sizes, and what a hostile or enormous one costs."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client
from PIL import Image as PillowImage
from pytest_django import Settings

from accounts.models import User
from articles import pictures
from articles.actions import add_image, delete_image
from articles.composing import compose
from articles.models import Image
from tests.factories.articles import ArticleFactory

# Large pictures, made and taken apart.
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "images"


def encoded(size: tuple[int, int], kind: str = "PNG", mode: str = "RGB") -> bytes:
    written = io.BytesIO()
    PillowImage.effect_noise(size, 60).convert(mode).save(written, kind)
    return written.getvalue()


def library(size: tuple[int, int], by: User) -> Image:
    picture = pictures.reencode(io.BytesIO(encoded(size)))
    return add_image(picture=picture, title="Soap", alternative_text="A bar of soap", by=by)


@pytest.mark.parametrize(
    ("width", "widths"), [(400, []), (480, []), (481, [480]), (1000, [480, 960]), (3000, [480, 960])]
)
def test_a_wide_picture_gets_smaller_copies(width: int, widths: list[int]) -> None:
    picture = pictures.reencode(io.BytesIO(encoded((width, 300))))
    assert [each for each, _ in picture.smaller] == widths
    for each, content in picture.smaller:
        opened = PillowImage.open(io.BytesIO(content))
        assert (opened.format, opened.width) == ("WEBP", each)
        assert abs(opened.height - 300 * each / width) <= 1
        assert len(content) < len(picture.content)


@pytest.mark.django_db
def test_readers_get_the_size_that_fits_and_may_keep_it(author: User) -> None:
    image = library((1200, 600), author)
    article = ArticleFactory(body=f'<figure><img src="{image.get_absolute_url()}"></figure>')
    shown = BeautifulSoup(compose(article).rendered, "html.parser").img
    assert shown is not None
    addresses = [part.rpartition(" ") for part in str(shown["srcset"]).split(", ")]
    assert [width for _, _, width in addresses] == ["480w", "960w", "1200w"]
    assert shown["sizes"]
    for address, _, width in addresses:
        served = Client().get(address)
        assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert served.headers["Content-Type"] == "image/webp"
        opened = PillowImage.open(io.BytesIO(b"".join(served.streaming_content)))  # type: ignore[attr-defined]  # a FileResponse
        assert f"{opened.width}w" == width


@pytest.mark.django_db
def test_a_picture_without_copies_is_shown_as_before(author: User) -> None:
    image = library((300, 200), author)
    article = ArticleFactory(body=f'<img src="{image.get_absolute_url()}">')
    assert "srcset" not in compose(article).rendered


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["x-480.webp", f"{'0' * 64}-480.webp", f"{'0' * 64}-0.webp", f"{'0' * 64}-480-1.webp"])
def test_a_copy_that_is_not_there_is_not_found(name: str) -> None:
    assert Client().get(f"/articles/images/{name}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_all_sizes_go_with_the_picture(author: User, editor: User, media: Path) -> None:
    image = library((1200, 600), author)
    assert len(list(media.iterdir())) == 3
    delete_image(image=image, by=editor)
    assert list(media.iterdir()) == []


@pytest.mark.django_db
def test_older_pictures_get_theirs_by_a_command(author: User, media: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = library((1200, 600), author)
    for width in image.smaller_widths:
        (media / pictures.smaller_name(image.name, width)).unlink()
    Image.objects.update(smaller_widths=[])
    for said in ("1 picture.", "0 pictures."):
        call_command("make_picture_sizes")
        assert said in capsys.readouterr().out
    image.refresh_from_db()
    assert image.smaller_widths == [480, 960]
    assert len(list(media.iterdir())) == 3


# --- What is refused, and what that costs


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def enormous_png(width: int, height: int) -> bytes:
    """A whole, valid PNG of one colour: a few hundred kilobytes that unfold to gigabytes."""
    packer, packed = zlib.compressobj(9), b""
    row = b"\x00" + b"\x7f" * width
    for _ in range(height):
        packed += packer.compress(row)
    packed += packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


MEASURE = """
import io, resource, sys, time
from articles import pictures

raw = open(sys.argv[1], "rb").read()
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
try:
    said = pictures.reencode(io.BytesIO(raw)).name
except pictures.BadPicture as error:
    said = str(error)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"{(after - before) / 1024:.0f};{time.perf_counter() - began:.2f};{said}")
"""


def cost(path: Path) -> tuple[int, float, str]:
    """Megabytes more than before, seconds, and what was said: in a process of its own, whose peak is this alone."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], check=True, capture_output=True, text=True, cwd=Path.cwd()
    )
    megabytes, seconds, said = done.stdout.strip().split(";")
    return int(megabytes), float(seconds), said


@pytest.mark.parametrize(("width", "height"), [(10_000, 10_000), (16_000, 16_000)])
def test_an_enormous_picture_is_refused_without_being_unfolded(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(enormous_png(width, height))
    megabytes, seconds, said = cost(path)
    assert said == "The picture has more than 40 megapixels. Make it smaller and try again."
    assert megabytes < 30
    assert seconds < 2


def test_the_largest_picture_we_take_stays_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(enormous_png(8_000, 5_000))
    megabytes, _, said = cost(path)
    assert said.endswith(".webp")
    assert megabytes < 400


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.99])
def test_a_truncated_file_is_refused_with_a_sentence(kind: str, part: float) -> None:
    raw = encoded((600, 400), kind)
    with pytest.raises(pictures.BadPicture, match=r"This is not a picture we can read\."):
        pictures.reencode(io.BytesIO(raw[: int(len(raw) * part)]))
