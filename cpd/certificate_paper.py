"""A certificate as a paper: what stands on it, in words, and its PDF (templates/papers/certificate.typ)."""

from typing import Any

from cpd.certificates import COUNTED, GDC_CONFIRMS, GDC_HINT, IS_NOT, address_to_check, code_of
from cpd.models import Certificate
from meducation.lib.codes import Drawing, drawn
from meducation.lib.dates import day_month_year, duration, site_day, time_read
from meducation.lib.typesetting import typeset


def paper_of(certificate: Certificate) -> bytes:
    """The PDF. The same certificate gives the same bytes while the template, typst and the fonts are the same.

    Nothing on it depends on how the certificate stands now: that is what its page is for. Raises CannotBeSet.
    """
    return typeset(
        "certificate",
        words_of(certificate),
        title=f"Certificate: {certificate.article_title}",
        made_on=site_day(certificate.issued_at),
    )


def words_of(certificate: Certificate) -> dict[str, Any]:
    """Everything on the paper, as text."""
    address = address_to_check(certificate)
    return {
        "name": certificate.holder_name,
        "title": certificate.article_title,
        "is_passed": certificate.passed_on is not None,
        "figures": [list(figure) for figure in _figures(certificate)],
        "fields": [list(field) for field in _fields(certificate)],
        "objectives": list(certificate.objectives),
        "gdc": [list(field) for field in _for_gdc(certificate)],
        "gdc_confirms": GDC_CONFIRMS,
        "gdc_hint": GDC_HINT,
        "is_not": list(IS_NOT),
        "counted": COUNTED,
        "code": code_of(certificate),
        "address": address,
        "qr": svg(drawn(address)),
    }


def svg(drawing: Drawing) -> str:
    """A QR code as a picture of its own."""
    size = drawing.size
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{drawing.path}"/></svg>'


def _figures(certificate: Certificate) -> list[tuple[str, str]]:
    timed = certificate.timed_ms
    return [
        ("Counted while reading", "Not timed" if timed is None else time_read(timed)),
        ("Time claimed", duration(certificate.minutes)),
        ("Completed", _days(certificate)),
    ]


def _fields(certificate: Certificate) -> list[tuple[str, str]]:
    rows = [
        ("Article", certificate.article_title),
        ("Written by", certificate.article_byline),
        ("Subject", certificate.article_subject),
        ("Address", certificate.article_address),
        ("Revision read", str(certificate.revision_number)),
        ("Text (SHA-256)", certificate.revision_sha256),
    ]
    if certificate.offline_seconds:
        rows.append(("Of it recorded offline", time_read(certificate.offline_seconds * 1000)))
    if certificate.open_seconds is not None:
        rows.append(("Page open", time_read(certificate.open_seconds * 1000)))
    if certificate.before_sign_in:
        rows.append(("Note", "Some of it was read before logging in"))
    rows.append(("Assessment", _assessment(certificate)))
    rows.append(("Issued", f"{day_month_year(site_day(certificate.issued_at))} by {certificate.provider}"))
    return [(label, words) for label, words in rows if words]


def _assessment(certificate: Certificate) -> str:
    if certificate.passed_on is None:
        return "None: this is for time read"
    questions = certificate.questions
    return (
        f"Passed on {day_month_year(certificate.passed_on)} with {certificate.score}% of {questions}"
        f" question{'' if questions == 1 else 's'} (pass mark {certificate.pass_mark}%)"
    )


def _for_gdc(certificate: Certificate) -> list[tuple[str, str]]:
    if not certificate.gdc_outcomes:
        return []
    return [
        ("Time that we can state", duration(certificate.gdc_minutes or 0)),
        ("Development outcomes", ", ".join(certificate.gdc_outcomes)),
        ("Quality assured by", certificate.quality_assured_by),
    ]


def _days(certificate: Certificate) -> str:
    first = day_month_year(certificate.done_on)
    return first if certificate.done_until is None else f"{first} to {day_month_year(certificate.done_until)}"
