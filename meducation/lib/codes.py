"""Short codes that people read out, write down and type: how they are made, written, recognised and drawn.

A code is worked out from the site's secret and what it stands for, and only a keyed digest of it is kept. So it can be
shown again to whoever may see it, and a copy of the database opens nothing.
"""

from dataclasses import dataclass

import segno
from django.conf import settings
from django.utils.crypto import salted_hmac

# Without signs that are taken for one another on a screen across the room: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "34679ACDEFGHJKMNPQRTUWXY"
QUIET_ZONE = 4  # Modules of white around a drawing, as scanners need.


@dataclass(frozen=True)
class Codes:
    """The codes of one kind: `length` signs of 4.6 bits each, read in groups of `group`."""

    salt: str
    length: int
    group: int

    def of(self, what: object, *, secret: str | None = None) -> str:
        """The code of something, from its text; by the site's secret of today unless another is named."""
        mixed = salted_hmac(f"{self.salt}.code", str(what), secret=secret, algorithm="sha256")
        number = int.from_bytes(mixed.digest())
        signs = []
        for _ in range(self.length):
            number, sign = divmod(number, len(ALPHABET))
            signs.append(ALPHABET[sign])
        return "".join(signs)

    def digest(self, code: str, *, secret: str | None = None) -> str:
        """What is kept of a code."""
        return salted_hmac(f"{self.salt}.digest", code, secret=secret, algorithm="sha256").hexdigest()

    def digests(self, code: str) -> list[str]:
        """What may be kept of a code that was made by today's secret, or by one before it: for codes on paper."""
        return [self.digest(code, secret=secret) for secret in known_secrets()]

    def kept_as(self, digest: str, what: object) -> str:
        """The code of something as it was made when `digest` was kept. Empty: by a secret that is not known here."""
        made = (self.of(what, secret=secret) for secret in known_secrets())
        digests = ((code, self.digest(code, secret=secret)) for code, secret in zip(made, known_secrets(), strict=True))
        return next((code for code, its_digest in digests if its_digest == digest), "")

    def typed(self, text: str) -> str:
        """A code as it was made, from one as somebody typed it: any case, gaps, dashes. Empty: it cannot be one."""
        code = "".join(text.split()).replace("-", "").replace("–", "").upper()
        return code if len(code) == self.length and set(code) <= set(ALPHABET) else ""

    def grouped(self, code: str) -> str:
        """A code as people read it: "ACDEF-GHJKM"."""
        return "-".join(code[start : start + self.group] for start in range(0, len(code), self.group))


def known_secrets() -> list[str]:
    """The site's secret of today, and those before it that it still knows."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


@dataclass(frozen=True)
class Drawing:
    """A QR code as one path of an SVG, in a square of `size` units."""

    size: int
    path: str


def drawn(address: str) -> Drawing:
    """An address as a QR code."""
    modules = list(segno.make(address, error="m", micro=False).matrix_iter(border=QUIET_ZONE))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, is_dark in enumerate(row) if is_dark)
    return Drawing(len(modules), path)
