"""A slip in a framework file is told with the file, the line and the figure."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cpd.rules.loading import parse
from cpd.rules.tables import FrameworkError

GOOD = """id = "xx-test"
name = "Test scheme"
short = "Test"
body = "Test body"
status = "regulator"
summary = "A test."
countries = ["GB"]
professions = ["doctor"]
checked = 2026-11-22

[sources]
page = { url = "https://regulator.example/cpd" }

[[versions]]
id = "1"

[versions.cycle]
kind = "calendar-year"
sources = ["page"]
confidence = "A"

[versions.unit]
name = "hour"
plural = "hours"
is_time = true
per_hour = 1
sources = ["page"]
confidence = "A"

[[versions.categories]]
id = "external"
label = "External"

[[versions.requirements]]
id = "total"
kind = "min_total"
name = "Hours"
sentence = "At least 50 hours a year."
binding = "mandatory"
value = 50
sources = ["page"]
confidence = "A"

[[examples]]
name = "Short"
as_of = 2026-06-01
entries = [{ on = 2026-03-01, hours = 2, kind = "course" }]
expect = { total = "not-yet" }
counted = 2
"""


def line_of(text: str, wanted: str) -> int:
    return text.splitlines().index(wanted) + 1


def refused(text: str) -> FrameworkError:
    with pytest.raises(FrameworkError) as caught:
        parse(text, name="xx-test.toml")
    return caught.value


def test_a_good_file_is_read() -> None:
    framework = parse(GOOD, name="xx-test.toml")
    assert framework.versions[0].requirement("total").value == 50
    assert framework.versions[0].requirement("total").cite.sources[0].url == "https://regulator.example/cpd"


RULE = "[[versions.requirements]]"
SOURCES = 'value = 50\nsources = ["page"]'
SLIPS = {
    "no source": (
        SOURCES,
        "value = 50",
        RULE,
        "requirement total",
        "sources is missing",
    ),
    "an empty source": (
        SOURCES,
        "value = 50\nsources = []",
        RULE,
        "total",
        "needs a source",
    ),
    "an unknown source": (
        SOURCES,
        'value = 50\nsources = ["nope"]',
        RULE,
        "total",
        "nope",
    ),
    "no value": ("value = 50\n", "", RULE, "requirement total", "value (or values by title) is missing"),
    "a value in quotes": ("value = 50", 'value = "50"', RULE, "requirement total", "value must be a number"),
    "a negative value": ("value = 50", "value = -1", RULE, "requirement total", "must not be negative"),
    "an unknown kind": ('kind = "min_total"', 'kind = "most"', RULE, "requirement total", "kind must be one of"),
    "a misspelt key": ("value = 50", "valeu = 1\nvalue = 50", RULE, "requirement total", "valeu means nothing"),
    "an unknown window": ("value = 50", 'value = 50\nwindow = "week"', RULE, "total", "window must be one of"),
    "an unknown binding": ('binding = "mandatory"', 'binding = "must"', RULE, "total", "binding must be one of"),
    "an outcome that is none": ('total = "not-yet"', 'total = "fine"', "[[examples]]", "Short", "“fine” is no outcome"),
    "an example of nothing": (
        'total = "not-yet"',
        'totl = "not-yet"',
        "[[examples]]",
        "Short",
        "no requirement “totl”",
    ),
    "no date": ("checked = 2026-11-22\n", "", 'id = "xx-test"', "", "checked is missing"),
    "a page that is no address": ("https://regulator.example/cpd", "the website", "[sources]", "page", "whole address"),
    "no example case": ('expect = { total = "not-yet" }', "expect = {}", RULE, "total", "no example case shows"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_names_the_file_the_line_and_the_figure(name: str) -> None:
    old, new, where, figure, problem = SLIPS[name]
    assert old in GOOD
    text = GOOD.replace(old, new)
    error = refused(text)
    assert error.file == "xx-test.toml"
    assert error.line == line_of(text, where)
    assert figure in error.figure
    assert problem in error.problem


def test_what_is_no_toml_names_the_line() -> None:
    error = refused(GOOD.replace("value = 50", "value = = 50"))
    assert error.line == line_of(GOOD, "value = 50")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("value = 50", 'value = 50\nwhere = { categories = ["extrenal"] }', "extrenal"),
        ("value = 50", 'value = 50\nwhere = { marks = ["verifiable"] }', "verifiable"),
        ("value = 50", 'value = 50\nonly = ["nurse"]', "nurse"),
        ('kind = "min_total"', 'kind = "artefact"\nartefact = "pdp"', "pdp"),
        ('id = "1"', 'id = "1"\nfrom = 2026-01-01\nuntil = 2025-01-01', "until is before from"),
        ('short = "Test"', 'short = ""', "short is empty"),
        ('status = "regulator"', 'status = "club"', "status must be one of"),
        ('kind = "calendar-year"', 'kind = "individual"', "anchor is missing"),
        ("per_hour = 1\n", "", "nothing can earn this unit"),
    ],
)
def test_what_does_not_fit_together_is_refused(old: str, new: str, problem: str) -> None:
    assert problem in refused(GOOD.replace(old, new)).problem


def test_versions_must_follow_each_other() -> None:
    head, rest = GOOD.split("[[versions]]\n", 1)
    body, examples = rest.split("[[examples]]", 1)
    twice = f"{head}[[versions]]\n{body}[[versions]]\n{body.replace('id = "1"', 'id = "2"', 1)}[[examples]]{examples}"
    assert "must end before version 2 begins" in refused(twice).problem


# --- The command -----------------------------------------------------------------------------------------------------


def test_the_command_is_content_with_what_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_frameworks")
    assert "in order" in capsys.readouterr().out


def test_the_command_refuses_an_example_that_comes_out_otherwise(tmp_path: Path) -> None:
    (tmp_path / "xx-test.toml").write_text(GOOD.replace("counted = 2", "counted = 3"))
    with pytest.raises(CommandError, match="2 counts, not 3"):
        call_command("check_frameworks", folder=tmp_path)


def test_the_command_lists_what_was_not_checked_for_a_year(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "xx-test.toml").write_text(GOOD.replace("checked = 2026-11-22", "checked = 2020-01-01"))
    call_command("check_frameworks", folder=tmp_path)
    assert "xx-test, total (2020-01-01)" in capsys.readouterr().out


def test_the_command_refuses_a_file_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(GOOD)
    with pytest.raises(CommandError, match="must be the file's name"):
        call_command("check_frameworks", folder=tmp_path)
