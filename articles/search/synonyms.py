"""Other words for the same thing, from articles/synonyms.toml."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from articles.search.queries import words_of

FILE = Path(__file__).resolve().parent.parent / "synonyms.toml"
type Words = tuple[str, ...]


@dataclass(frozen=True)
class Spelling:
    """A part of a word that is written in two ways. `at` is where in the word: start, end or anywhere."""

    british: str
    american: str
    at: str

    def other(self, word: str) -> Iterator[str]:
        """The word in the other spelling, if it has the part."""
        for one, two in ((self.british, self.american), (self.american, self.british)):
            if self.at == "start" and word.startswith(one):
                yield two + word.removeprefix(one)
            elif self.at == "end" and word.endswith(one):
                yield word.removesuffix(one) + two
            elif self.at == "anywhere" and one in word:
                yield word.replace(one, two)


@dataclass(frozen=True)
class Thesaurus:
    """What the file says, ready to ask."""

    meanings: dict[Words, tuple[Words, ...]]
    spellings: tuple[Spelling, ...]
    longest: int

    def spelled(self, word: str) -> tuple[str, ...]:
        """`word` in other spellings; most of them are no words at all."""
        found = dict.fromkeys(other for spelling in self.spellings for other in spelling.other(word))
        found.pop(word, None)
        return tuple(found)

    def alike(self, words: Words) -> tuple[Words, ...]:
        """Other terms for `words`, in the singular or the plural, in either spelling; none when there is no group."""
        last = words[-1]
        forms = [words, (*words[:-1], last.removesuffix("s")), (*words[:-1], f"{last}s")]
        forms += [(*words[:-1], other) for other in self.spelled(last)]
        forms += [(first, *words[1:]) for first in self.spelled(words[0])]
        return next((self.meanings[form] for form in forms if form in self.meanings), ())

    def all_words(self) -> frozenset[str]:
        """Every word that stands in the file."""
        return frozenset(word for words in self.meanings for word in words)


def read(stored: dict[str, Any]) -> Thesaurus:
    """The thesaurus that a file says."""
    meanings: dict[Words, tuple[Words, ...]] = {}
    for group in stored["groups"]:
        terms = tuple(dict.fromkeys(words_of(term) for term in group))
        for term in terms:
            meanings[term] = tuple(other for other in terms if other != term)
    for short, means in stored["abbreviations"].items():
        meanings[words_of(short)] = tuple(words_of(meaning) for meaning in means)
    spellings = tuple(Spelling(**spelling) for spelling in stored["spelling"])
    return Thesaurus(meanings, spellings, longest=max(len(words) for words in meanings))


@cache
def thesaurus() -> Thesaurus:
    """The one that comes with Meducation, read once."""
    return read(tomllib.loads(FILE.read_text(encoding="utf-8")))
