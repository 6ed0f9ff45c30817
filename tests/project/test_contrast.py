"""The colours of both themes are far enough apart: WCAG 2.2, 1.4.3 (text 4.5) and 1.4.11 (controls and focus 3)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
SITE = (CSS / "site.css").read_text()
ADMIN = (CSS / "admin.css").read_text()

TEXT = 4.5
LINES = 3.0

# Foreground, background, the least ratio.
PAIRS = [
    ("ink", "bg", TEXT),
    ("ink", "surface", TEXT),
    ("ink", "sunken", TEXT),
    ("ink", "brand-tint", TEXT),
    ("ink", "ok-tint", TEXT),
    ("ink", "warn-tint", TEXT),
    ("ink", "danger-tint", TEXT),
    ("ink", "info-tint", TEXT),
    ("ink-2", "bg", TEXT),
    ("ink-2", "surface", TEXT),
    ("ink-2", "sunken", TEXT),
    ("ink-2", "info-tint", TEXT),
    ("ink-2", "warn-tint", TEXT),
    ("brand", "bg", TEXT),
    ("brand", "surface", TEXT),
    ("brand", "sunken", TEXT),
    ("brand", "brand-tint", TEXT),
    ("brand", "info-tint", TEXT),
    ("brand", "ok-tint", TEXT),
    ("brand", "warn-tint", TEXT),
    ("brand", "danger-tint", TEXT),
    ("brand-hover", "bg", TEXT),
    ("brand-hover", "brand-tint", TEXT),
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-hover", TEXT),
    ("on-danger", "danger", TEXT),
    ("on-danger", "danger-hover", TEXT),
    ("on-amber", "amber", TEXT),
    ("accent", "bg", TEXT),
    ("accent", "surface", TEXT),
    ("ok", "ok-tint", TEXT),
    ("warn", "warn-tint", TEXT),
    ("danger", "danger-tint", TEXT),
    ("danger", "bg", TEXT),
    ("danger", "surface", TEXT),
    ("danger", "warn-tint", TEXT),
    ("info", "info-tint", TEXT),
    ("bg", "ink", TEXT),
    ("focus-ink", "focus", TEXT),
    ("line-strong", "bg", LINES),
    ("line-strong", "surface", LINES),
    ("ok", "surface", LINES),
    ("brand", "line", LINES),
    ("focus-line", "focus-ring", LINES),
    ("focus-line", "bg", LINES),
    ("focus-line", "surface", LINES),
]

# The admin's own variables in the same way.
ADMIN_PAIRS = [
    ("body-fg", "body-bg", TEXT),
    ("body-fg", "darkened-bg", TEXT),
    ("body-fg", "selected-row", TEXT),
    ("body-fg", "message-info-bg", TEXT),
    ("body-fg", "message-success-bg", TEXT),
    ("body-fg", "message-warning-bg", TEXT),
    ("body-fg", "message-error-bg", TEXT),
    ("body-quiet-color", "body-bg", TEXT),
    ("body-quiet-color", "darkened-bg", TEXT),
    ("header-color", "header-bg", TEXT),
    ("header-link-color", "header-bg", TEXT),
    ("breadcrumbs-fg", "breadcrumbs-bg", TEXT),
    ("breadcrumbs-link-fg", "breadcrumbs-bg", TEXT),
    ("link-fg", "body-bg", TEXT),
    ("link-fg", "darkened-bg", TEXT),
    ("link-fg", "selected-row", TEXT),
    ("primary-fg", "primary", TEXT),
    ("error-fg", "body-bg", TEXT),
    ("button-fg", "button-bg", TEXT),
    ("button-fg", "button-hover-bg", TEXT),
    ("button-fg", "delete-button-bg", TEXT),
    ("button-fg", "close-button-bg", TEXT),
    ("object-tools-fg", "object-tools-bg", TEXT),
    ("border-color", "body-bg", LINES),
]


def colours(css: str, selector: str) -> dict[str, str]:
    """The colours that the first rule with exactly this selector gives to variables, by name without dashes."""
    rule = re.search(rf"(?:^|\n)\s*{re.escape(selector)} \{{(.*?)\}}", css, re.DOTALL)
    assert rule is not None, selector
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", rule.group(1)))


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of `#RRGGBB` (WCAG 2.2, glossary)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


THEMES = {"light": colours(SITE, ":root"), "dark": colours(SITE, ':root[data-theme="dark"]')}
ADMIN_THEMES = {
    "light": colours(ADMIN, ':root,\nhtml[data-theme="light"]'),
    "dark": colours(ADMIN, 'html[data-theme="dark"]'),
}


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.sweep
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_site_colours(theme: str, front: str, back: str, least: float) -> None:
    tokens = THEMES[theme]

    assert contrast(tokens[front], tokens[back]) >= least


@pytest.mark.sweep
@pytest.mark.parametrize("theme", ADMIN_THEMES)
@pytest.mark.parametrize(("front", "back", "least"), ADMIN_PAIRS)
def test_admin_colours(theme: str, front: str, back: str, least: float) -> None:
    variables = ADMIN_THEMES[theme]

    assert contrast(variables[front], variables[back]) >= least


def test_dark_by_choice_is_dark_by_system() -> None:
    assert colours(SITE, ':root:not([data-theme="light"])') == THEMES["dark"]
    assert colours(ADMIN, "@media (prefers-color-scheme: dark) {\n  :root") == ADMIN_THEMES["dark"]


def test_dark_changes_every_colour_token() -> None:
    assert set(THEMES["light"]) == set(THEMES["dark"])


@pytest.mark.parametrize("theme", THEMES)
def test_admin_uses_only_colours_of_the_site(theme: str) -> None:
    assert set(ADMIN_THEMES[theme].values()) <= set(THEMES[theme].values())


def test_components_take_their_colours_from_tokens() -> None:
    rules = SITE[SITE.index("/* Reset") : SITE.index("@layer print {")]
    written_out = re.findall(r"#[0-9A-Fa-f]{3,8}\b", re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL))

    # White behind a QR code, so that cameras can read it in the dark theme as well.
    assert written_out == ["#FFFFFF"]


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_every_block_is_closed_before_the_next_part_begins(path: Path) -> None:
    """A lost brace is no error to a browser: it only leaves out all rules that follow."""
    css = re.sub(r"/\*.*?\*/", lambda match: "\n" * match[0].count("\n"), path.read_text(encoding="utf-8"), flags=re.S)
    depth = 0
    for number, line in enumerate(css.splitlines(), 1):
        assert not (line.startswith("@layer") and depth), f"a block above line {number} is open"
        depth += line.count("{") - line.count("}")
        assert depth >= 0, f"line {number} closes what was not open"
    assert depth == 0
