"""Papers: data and a template of templates/papers/ set by typst as tagged PDF (PDF/UA-1).

typst's memory stays with the process that used it, so each paper is set in a process of its own (`python -m` this
module), which ends with it. The data goes to the template as JSON, never as part of its text: nothing in it can be
markup. The same data gives the same bytes, on any machine with the same release of typst and of the fonts.
"""

import datetime
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from meducation.lib.text import printable

logger = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[2]
PAPERS = PROJECT / "templates" / "papers"
OWN_FONTS = PROJECT / "meducation" / "fonts"
# A thousand pages take a few seconds; whatever takes this long has gone wrong.
MOST_SECONDS = 300
TOO_COMPLICATED = 3  # What the process says when typst refuses what it was given.
# No glyph of their own, so no font need have them: joiners, marks of direction, choices of a variant, a soft hyphen.
WITHOUT_GLYPH = re.compile(
    "[\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
# Of these, what must not reach a paper: a text that runs backwards on purpose, tags, variants of pictures.
UNWANTED = re.compile("[\u2028\u2029\u202d\u202e\u206a-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]")


class CannotBeSet(Exception):
    """typst refused the template with this data, or took too long. Carries none of the data."""


def typeset(template: str, data: Mapping[str, Any], *, title: str, made_on: datetime.date) -> bytes:
    """The PDF of `templates/papers/<template>.typ` with `data`, which the template finds as `paper.data`.

    `title` is the document's, as readers' programs show it; `made_on` its date. Everything in `data` is what JSON can
    hold. Characters that no font has are spelled out, as "[U+1F9FF]". Raises CannotBeSet.
    """
    order = json.dumps({"template": template, "title": title, "made_on": made_on.isoformat(), "data": data})
    command = [sys.executable, "-m", "meducation.lib.typesetting"]
    try:
        done = subprocess.run(
            command, input=order.encode(), capture_output=True, cwd=PROJECT, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise CannotBeSet(f"{template} took longer than {MOST_SECONDS} s.") from None
    if done.returncode:
        # What typst says may quote the data, so of it only that it refused is told.
        why = "typst refused it" if done.returncode == TOO_COMPLICATED else f"exit code {done.returncode}"
        raise CannotBeSet(f"{template}: {why}.")
    spelled_out, _, pdf = done.stdout.partition(b"\n")
    if int(spelled_out):
        logger.warning("A paper was set with %d kinds of characters spelled out: no font has them.", int(spelled_out))
    return pdf


# --- In the process of its own ---------------------------------------------------------------------------------------


def _cleaned(value: Any) -> Any:
    """The same with texts that can be set: no control characters, nothing that turns the direction of a page."""
    match value:
        case str():
            return UNWANTED.sub("", printable(value.replace("\r\n", "\n").replace("\r", "\n")))
        case dict():
            return {name: _cleaned(each) for name, each in value.items()}
        case list():
            return [_cleaned(each) for each in value]
        case _:
            return value


def _characters(value: Any) -> set[str]:
    match value:
        case str():
            return set(value)
        case dict():
            return set().union(*map(_characters, value.values()))
        case list():
            return set().union(*map(_characters, value))
        case _:
            return set()


def font_files() -> Iterator[Path]:
    """The fonts papers are set in, those that most text needs first."""
    import manimgx_fonts
    import manimgx_fonts_cjk

    yield from sorted(OWN_FONTS.glob("*.ttf"))
    others = sorted(Path(manimgx_fonts.__file__).parent.glob("*.ttf"))
    # Most of what Plex lacks is in this one.
    yield from sorted(others, key=lambda file: not file.name.startswith("NotoSans["))
    yield from sorted(Path(manimgx_fonts_cjk.__file__).parent.glob("*.ttc"))


def _without_font(characters: set[str]) -> set[str]:
    """Which of them no font has. Opens only as many fonts as it takes to find the others."""
    from fontTools.ttLib import TTFont

    missing = {each for each in characters if ord(each) >= 0x20 and not WITHOUT_GLYPH.match(each)}
    for file in font_files():
        if not missing:
            break
        with TTFont(file, fontNumber=0, lazy=True) as font:
            has = font.getBestCmap()
        missing = {each for each in missing if ord(each) not in has}
    return missing


def _spelled_out(value: Any, missing: set[str]) -> Any:
    if not missing:
        return value
    names = str.maketrans({each: f"[U+{ord(each):04X}]" for each in missing})
    match value:
        case str():
            return value.translate(names)
        case dict():
            return {name: _spelled_out(each, missing) for name, each in value.items()}
        case list():
            return [_spelled_out(each, missing) for each in value]
        case _:
            return value


def _main() -> None:
    """Read an order from standard input; write how many kinds of characters were spelled out, a line end, the PDF."""
    import typst

    order = _cleaned(json.loads(sys.stdin.buffer.read()))
    missing = _without_font(_characters(order))
    order = _spelled_out(order, missing)
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in dict.fromkeys(file.parent for file in font_files())],
    )
    made_on = datetime.datetime.fromisoformat(order["made_on"]).replace(tzinfo=datetime.UTC)
    try:
        pdf = typst.compile(
            str(PAPERS / f"{order['template']}.typ"),
            root=str(PAPERS),
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs={"order": json.dumps(order)},
            pdf_standards=["ua-1"],
            timestamp=made_on,
        )
    except typst.TypstError:
        sys.exit(TOO_COMPLICATED)
    sys.stdout.buffer.write(f"{len(missing)}\n".encode())
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    _main()
