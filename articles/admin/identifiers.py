"""DOIs and PMIDs, forgiving in what is pasted and strict in what is kept."""

import re
from typing import Any
from urllib.parse import unquote

from django import forms

# "https://doi.org/10.…", "http://dx.doi.org/10.…", "doi:10.…", "DOI 10.…", "[doi: 10.…]"
DOI_INTRODUCTION = re.compile(r"^(?:https?|www|dx|doi|org|[\s:./\[(<\"'])*(?=10\.)", re.IGNORECASE)
PMID_INTRODUCTION = re.compile(
    r"^\W*(?:(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/|PMID\s*[:.]?\s*)",
    re.IGNORECASE,
)
# A pasted address is longer than what is kept of it.
MOST_PASTED = 500


def bare_doi(text: str) -> str:
    """ "https://doi.org/10.1000/x" and "doi: 10.1000/x." give "10.1000/x"; what is no DOI is given back as it came."""
    pasted = text.replace("\u200b", "").strip()
    bare = DOI_INTRODUCTION.sub("", pasted)
    if "://" in pasted and "%" in bare:
        bare = unquote(bare)
    bare = re.sub(r"\s+", "", bare).rstrip(".,;")
    if bare.endswith((")", "]")) and bare.count("(") + bare.count("[") < bare.count(")") + bare.count("]"):
        bare = bare[:-1]
    return bare if bare.startswith("10.") else pasted


def bare_pmid(text: str) -> str:
    """ "PMID: 123" and the article's PubMed address give "123"; what is no PMID is given back as it came."""
    pasted = text.replace("\u200b", "").strip()
    bare = PMID_INTRODUCTION.sub("", pasted).rstrip("/. ")
    bare = bare.partition("?")[0].rstrip("/")
    return bare.lstrip("0") if bare.isascii() and bare.isdecimal() and bare.strip("0") else pasted


class BareDoiField(forms.CharField):
    """A DOI."""

    def __init__(self, **kwargs: Any) -> None:
        # The length is that of what is kept; the model checks it.
        super().__init__(**{**kwargs, "max_length": MOST_PASTED})

    def to_python(self, value: Any) -> str:
        """The bare DOI."""
        return bare_doi(super().to_python(value) or "")


class BarePmidField(forms.CharField):
    """A PMID."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "max_length": MOST_PASTED})

    def to_python(self, value: Any) -> str:
        """The bare number."""
        return bare_pmid(super().to_python(value) or "")
