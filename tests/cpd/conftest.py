"""What tests of the record share."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cpd import catalogue


@pytest.fixture
def rewrite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Deploys the framework files with one of them changed: `rewrite("uk-nmc", ("value = 35", "value = 40"))`."""

    def forget() -> None:
        for kept in (catalogue.frameworks, catalogue.text_of, catalogue.digest_of):
            kept.cache_clear()

    def deploy(framework: str, *replacements: tuple[str, str]) -> None:
        file = folder / f"{framework}.toml"
        text = (original / file.name).read_text(encoding="utf-8")
        for before, then in replacements:
            assert before in text
            text = text.replace(before, then, 1)
        file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(catalogue, "FOLDER", folder)
        forget()

    original, folder = catalogue.FOLDER, tmp_path / "frameworks"
    shutil.copytree(original, folder)
    yield deploy
    monkeypatch.undo()
    forget()
