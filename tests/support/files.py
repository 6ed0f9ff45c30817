"""Files as people send them, good and bad, each made on the spot."""

import io
import struct
import zipfile
import zlib

import pillow_heif
from PIL import Image

MEGABYTE = 1024 * 1024
MAIN = "application/vnd.openxmlformats-officedocument"
WORD = f"{MAIN}.wordprocessingml.document.main+xml"
EXCEL = f"{MAIN}.spreadsheetml.sheet.main+xml"
POWERPOINT = f"{MAIN}.presentationml.presentation.main+xml"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def pdf(words: bytes = b"A certificate", *, size: int = 0) -> bytes:
    """A PDF; with a `size`, filled up to it."""
    begin = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% " + words + b"\n"
    end = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n60\n%%EOF\n"
    return begin + b"%" * max(0, size - len(begin) - len(end)) + end


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), **options: object) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(file, kind, **options)
    return file.getvalue()


def heic(size: tuple[int, int] = (320, 200)) -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", size, "teal")).save(file)
    return file.getvalue()


def photo_with_place(*, orientation: int = 1) -> bytes:
    """A JPEG that says where it was taken and by what."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCameraMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    return picture(exif=exif)


def png_header(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def archive(parts: dict[str, bytes], *, comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
        package.comment = comment
    return file.getvalue()


def office(main: str = WORD, path: str = "word/document.xml", **more: bytes) -> bytes:
    """A document; `more` members by path, with "__" for "/"."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{path}" ContentType="{main}"/></Types>'
    )
    parts = {"[Content_Types].xml": types.encode(), path: b"<document/>"}
    return archive(parts | {name.replace("__", "/").replace("_dot_", "."): part for name, part in more.items()})


def open_document(kind: str = "text") -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return archive({"mimetype": mimetype, "content.xml": b"<office/>"})


def nested(depth: int) -> bytes:
    """An archive in an archive in an archive …"""
    inner = archive({"a": b"\0" * 1000})
    for _ in range(depth):
        inner = archive({"inner.zip": inner})
    return inner


def overlapping() -> bytes:
    """One bomb that its directory names two hundred times: little of it, and an enormous lot when unpacked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/0.xml", b"\0" * (3 * MEGABYTE))
    whole = file.getvalue()
    end = whole[-22:]
    at = struct.unpack("<L", end[16:20])[0]
    entry = whole[at:-22]
    entries = entry * 200
    new_end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 200, 200, len(entries), at, 0)
    return whole[:at] + entries + new_end


def large_directory(size: int) -> bytes:
    """An archive of nothing, with a directory that takes much memory to read."""
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_000, 65_000, size, 4, 0)
    return b"PK\x03\x04" + bytes(size) + end
