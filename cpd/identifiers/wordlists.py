"""Lists of words, one file each in `words/`, separated by commas."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"


@cache
def words_of(name: str) -> frozenset[str]:
    """The words of one list."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(word.strip() for word in text.replace("\n", " ").split(",") if word.strip())
