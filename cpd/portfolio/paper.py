"""The PDF: templates/papers/portfolio.typ."""

from cpd.portfolio.contents import Portfolio
from cpd.portfolio.in_words import data_of, name_of
from meducation.lib.typesetting import typeset


def as_pdf(portfolio: Portfolio, *, sha256: str) -> bytes:
    """Tagged, PDF/UA-1. `sha256` is of the contents, and printed. Raises CannotBeSet."""
    return typeset("portfolio", data_of(portfolio, sha256=sha256), title=name_of(portfolio), made_on=portfolio.made_on)
