"""What `manage.py check --deploy --tag storage` says of the storages."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from cpd.checks import STORAGES


@pytest.fixture
def folders(settings: Any, tmp_path: Path) -> Path:
    """All of them in a folder of the test's own."""
    own = {
        alias: {
            "BACKEND": "meducation.lib.whole_storage.WholeFileStorage",
            "OPTIONS": {"location": str(tmp_path / alias)},
        }
        for alias in STORAGES
    }
    settings.STORAGES = settings.STORAGES | own
    return tmp_path


def check() -> None:
    call_command("check", "--tag", "storage", deploy=True)


def test_storages_that_can_be_written_pass_and_keep_nothing(folders: Path) -> None:
    check()
    assert sorted(path.name for path in folders.iterdir()) == sorted(STORAGES)
    assert not [path for path in folders.rglob("*") if path.is_file()]


@pytest.mark.parametrize("alias", STORAGES)
def test_one_that_cannot_be_written_is_named_and_the_others_are_not(folders: Path, alias: str) -> None:
    (folders / alias).write_bytes(b"a file, where the folder should be")
    with pytest.raises(SystemCheckError) as failed:
        check()
    assert f"“{alias}”" in str(failed.value)
    assert not any(f"“{other}”" in str(failed.value) for other in STORAGES if other != alias)


def test_what_the_storage_says_itself_is_not_told(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> str:
        raise OSError("https://key:secret@storage.example/")

    monkeypatch.setattr(storages["papers"], "save", fail)
    with pytest.raises(SystemCheckError, match="OSError") as failed:
        check()
    assert "secret" not in str(failed.value)
