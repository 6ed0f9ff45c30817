"""The name somebody gave a file: kept as they know it, as far as it harms nobody."""

import re
import unicodedata

from cpd.evidence.judging import ENDINGS
from cpd.models.evidence import LONGEST_NAME, FileKind

# What file systems and terminals take for something else.
PARTICULAR = re.compile(r'[<>:"|?*]+')
KNOWN_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}\Z")
NAMELESS = "File"


def clean_name(given: str, kind: FileKind | None = None) -> str:
    """At most 150 characters on one line, without folders, controls and marks that turn the direction of text.

    With a `kind`, the ending is that of the kind: content decides what a file is.
    """
    base = re.split(r"[/\\]", given[-1000:])[-1]
    # Categories C: controls, marks of direction (a name may look like "exe.pdf" and be "fdp.exe"), surrogates.
    # Joiners stay: emoji and several scripts are written with them.
    seen = "".join(
        " " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each
        for each in base
        if unicodedata.category(each) not in ("Cf", "Cs", "Co", "Cn") or each in "\u200c\u200d"
    )
    name = " ".join(PARTICULAR.sub(" ", seen).split()).strip(". ")
    ending = ""
    if found := KNOWN_ENDING.search(name):
        name, ending = name[: found.start()], found[0]
    if kind is not None:
        ending = ENDINGS[kind]
    return f"{name[: LONGEST_NAME - len(ending)].rstrip(' .') or NAMELESS}{ending}"
