"""What somebody typed, taken apart. Pure: no database.

Words are looked for together. "Words in quotation marks" stand beside each other, in that order; -word must not occur;
everything else is only punctuation, so there is nothing that can be typed wrongly.
"""

import re
import unicodedata
from dataclasses import dataclass

MOST_CHARACTERS = 200
MOST_WORDS = 12

QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"'})
PIECE = re.compile(r'(-?)"([^"]*)"?|(\S+)')
WORD = re.compile(r"\d+(?:\.\d+)+|[^\W_]+(?:['’][^\W_]+)*")
AND_BETWEEN_LETTERS = re.compile(r"\b([A-Za-z])\s?&\s?([A-Za-z])\b")


@dataclass(frozen=True)
class Term:
    """One thing to look for, or to leave out: a word, or words that stand beside each other."""

    words: tuple[str, ...]
    is_quoted: bool = False
    is_left_out: bool = False


@dataclass(frozen=True)
class Query:
    """All of it. `text` is what was typed, as far as it was read; `is_cut` says that there was more."""

    text: str
    terms: tuple[Term, ...]
    is_cut: bool = False

    @property
    def sought(self) -> tuple[Term, ...]:
        """What must occur."""
        return tuple(term for term in self.terms if not term.is_left_out)


def parse(typed: str) -> Query:
    """Take apart what was typed, whatever it is."""
    text = _readable(typed)
    is_cut = len(text) > MOST_CHARACTERS
    text = text[:MOST_CHARACTERS].strip()
    terms: list[Term] = []
    room = MOST_WORDS
    for minus, quoted, piece in PIECE.findall(AND_BETWEEN_LETTERS.sub(r"\1&\2", text.translate(QUOTES))):
        words = words_of(quoted or piece)
        if not words:
            continue
        if len(words) > room:
            is_cut = True
            words = words[:room]
        if not words:
            break
        room -= len(words)
        is_left_out = bool(minus) or piece.startswith("-")
        terms.append(Term(words=words, is_quoted=bool(quoted), is_left_out=is_left_out))
    return Query(text=text, terms=tuple(terms), is_cut=is_cut)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, as they are indexed: small letters without accents."""
    return tuple(WORD.findall(fold(text).lower()))


def fold(text: str) -> str:
    """The same as articles_search_fold() in the database, but for its limit."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not "\u0300" <= sign <= "\u036f")
    return re.sub("[-‐‑‒–—−/_<>]", " ", AND_BETWEEN_LETTERS.sub(r"\1and\2", plain))


def _readable(typed: str) -> str:
    """Without signs that show nothing (NUL, marks of direction); each run of white space as one space."""
    kept = (
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign
        for sign in typed[: MOST_CHARACTERS * 50]
        if unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn")
    )
    return " ".join("".join(kept).split())
