"""What a changed framework file does to people is shown before it is merged."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cpd import catalogue
from cpd.rules.comparing import compare_files
from cpd.rules.loading import parse

NMC = catalogue.FOLDER / "uk-nmc.toml"
GIT = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / NMC.name).write_text(NMC.read_text())
    return folder


@pytest.fixture
def new(tmp_path: Path) -> Path:
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / NMC.name).write_text(NMC.read_text())
    return folder


def edit(folder: Path, *replacements: tuple[str, str]) -> None:
    path = folder / NMC.name
    text = path.read_text()
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[Path | str, Path], str]:
    def compare(against: Path | str, folder: Path) -> str:
        call_command("compare_frameworks", against=str(against), folder=folder)
        return capsys.readouterr().out

    return compare


type Said = Callable[[Path | str, Path], str]


def test_nothing_changes_by_words_and_sources(old: Path, new: Path, said: Said) -> None:
    edit(
        new, ("At least 35 hours of CPD", "You need 35 hours of CPD"), ("checked = 2026-11-22", "checked = 2026-11-23")
    )
    assert said(old, new) == "Nothing changes for anybody.\n"


def test_a_higher_figure_names_who_comes_out_differently(old: Path, new: Path, said: Said) -> None:
    edit(new, ("value = 35\n", "value = 40\n"))
    printed = said(old, new)
    assert "uk-nmc (NMC revalidation)" in printed
    assert "A nurse with 35 hours, of which 15 participatory\n" in printed
    assert "CPD hours: met before, not yet now; needed 35 h before, 40 h now." in printed
    assert "A midwife whose period ended two hours short" in printed
    assert "1 framework changes, and 3 example clinicians come out differently." in printed


def test_what_counts_in_all_is_compared(old: Path, new: Path, said: Said) -> None:
    edit(new, ("per_hour = 1\n", "per_hour = 2\n"))
    assert "What counts in all: 35 h before, 70 h now." in said(old, new)


def test_requirements_that_are_new_or_gone_are_named(old: Path, new: Path, said: Said) -> None:
    start = NMC.read_text().index('[[versions.requirements]]\nid = "indemnity"')
    end = NMC.read_text().index("[[versions.artefacts]]", start)
    rule = NMC.read_text()[start:end]
    edit(new, (rule, ""), (', indemnity = "needs-your-declaration"', ""), (', indemnity = "met"', ""))
    gone = said(old, new)
    assert "Gone requirement: indemnity, version 2016:" in gone
    assert "Professional indemnity arrangement: no longer asked of you." in gone
    back = said(new, old)
    assert "New requirement: indemnity, version 2016:" in back
    assert "Professional indemnity arrangement: now asked of you." in back


def test_an_example_that_only_one_file_has_is_judged_by_both(old: Path, new: Path, said: Said) -> None:
    edit(new, ("value = 35\n", "value = 33\n"), ("hours = 33, participatory", "hours = 32, participatory"))
    printed = said(old, new)
    assert "A midwife whose period ended two hours short (a new example)" in printed
    assert "A midwife whose period ended two hours short (an example that is gone)" in printed


def test_a_framework_may_come_and_go(old: Path, new: Path, said: Said) -> None:
    (new / "uk-gmc.toml").write_text((catalogue.FOLDER / "uk-gmc.toml").read_text())
    assert "uk-gmc: a new framework, with" in said(old, new)
    assert "uk-gmc: the framework is gone, with" in said(new, old)


def test_a_git_revision_is_read_without_touching_the_files(new: Path, said: Said) -> None:
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Before"]):
        subprocess.run([*GIT, *arguments], cwd=new, check=True, capture_output=True)
    assert said("HEAD", new) == "Nothing changes for anybody.\n"
    edit(new, ("value = 35\n", "value = 40\n"))
    assert "needed 35 h before, 40 h now" in said("HEAD", new)


@pytest.mark.parametrize("against", ["no-such-branch", "--output=/tmp/x"])
def test_an_unknown_revision_is_said_in_a_sentence(new: Path, against: str) -> None:
    with pytest.raises(CommandError, match=r"git cannot read it|Name a git revision"):
        call_command("compare_frameworks", f"--against={against}", folder=new)


def test_an_empty_folder_and_a_malformed_file_are_said_in_a_sentence(old: Path, new: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="There are no framework files"):
        call_command("compare_frameworks", against=str(tmp_path / "empty"), folder=new)
    edit(old, ("value = 35\n", 'value = "many"\n'))
    with pytest.raises(CommandError, match=r"uk-nmc\.toml"):
        call_command("compare_frameworks", against=str(old), folder=new)


def test_all_our_files_agree_with_themselves() -> None:
    ours = dict(catalogue.frameworks())
    again = {key: parse(catalogue.text_of(key), name=f"{key}.toml") for key in ours}
    assert compare_files(ours, again) == ()
