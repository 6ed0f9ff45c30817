"""The embedded database: there for whoever asks, gone with the last of them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
USE_IT = "from pathlib import Path; from meducation.lib.embedded import database_url; print(database_url(Path(r'{}')))"


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A short path: a socket's may have some 100 characters only."""
    folder = Path(tempfile.mkdtemp(prefix="med-"))
    folder.chmod(0o755)
    yield folder
    for pid in servers_of(folder):
        os.kill(pid, signal.SIGINT)
    shutil.rmtree(folder, ignore_errors=True)


def use(folder: Path, *, then: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", USE_IT.format(folder) + then],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def servers_of(folder: Path) -> list[int]:
    """The pids of PostgreSQL servers on the folder."""
    listed = subprocess.run(["ps", "-e", "-ww", "-o", "pid=,stat=,args="], capture_output=True, text=True, check=True)
    lines = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return [int(pid) for pid, state, command in lines if f"-D {folder}" in command and not state.startswith("Z")]


def are_gone(folder: Path) -> bool:
    deadline = time.monotonic() + 10
    while servers_of(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not servers_of(folder)


@pytest.mark.slow
def test_it_stops_with_its_last_user_even_after_one_was_killed(data_folder: Path) -> None:
    killed = use(data_folder, then="; import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert killed.returncode == -signal.SIGKILL
    assert servers_of(data_folder), "a killed process cannot stop the server"
    ended = use(data_folder)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("postgresql://")
    assert are_gone(data_folder)
