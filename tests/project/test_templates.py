"""Templates: they compile, hold nothing a strict policy forbids, and leave escaping on."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parent.parent.parent / "templates"
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.suffix in (".html", ".txt"))
MAIL = ("emails/", "account/email/", "mfa/email/", "socialaccount/email/")
PAGES = [name for name in TEMPLATES if name.endswith(".html") and not name.startswith(MAIL)]

FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*="),
    "an inline handler": re.compile(r"\son[a-z]+\s*="),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)[^>]*>"),
    "a style element without a nonce": re.compile(r"<style(?![^>]*csp_nonce_attr)[^>]*>"),
    "switched-off escaping": re.compile(r"\|\s*safe\b|autoescape off"),
    "something from another site": re.compile(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']https?://"""),
}


def test_there_are_templates() -> None:
    assert len(PAGES) > 30


@pytest.mark.sweep
@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.sweep
@pytest.mark.parametrize("name", PAGES)
def test_it_holds_nothing_forbidden(name: str) -> None:
    text = re.sub(
        r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}",
        "",
        (ROOT / name).read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    # Help texts are ours, written in forms and models, and may hold markup.
    allowed = {"switched-off escaping"} if name == "meducation/hint.html" else set()
    assert [what for what, shape in FORBIDDEN.items() if shape.search(text) and what not in allowed] == []
