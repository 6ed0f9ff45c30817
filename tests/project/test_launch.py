"""Starting with one command: what is in the way is said in one sentence, and nothing is left running."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from meducation import launch, probe, serve

# Each starts processes of its own.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST_START = 120


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_free_port_is_no_obstacle() -> None:
    launch.check_port("127.0.0.1", free_port())


def test_a_taken_port_is_named_with_a_way_out(taken_port: int) -> None:
    with pytest.raises(launch.LaunchError, match=f"Port {taken_port} on 127.0.0.1 is already in use; .*PORT="):
        launch.check_port("127.0.0.1", taken_port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("no-such-host.invalid", 8000), ("192.0.2.1", 8000)])
def test_an_address_that_is_not_ours_is_refused(host: str, port: int) -> None:
    with pytest.raises(launch.LaunchError):
        launch.check_port(host, port)


def test_a_data_folder_is_made(tmp_path: Path) -> None:
    launch.check_data_folder(tmp_path / "new" / "folder")
    assert list((tmp_path / "new" / "folder").iterdir()) == []


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(launch.LaunchError, match=f"The data folder {file} cannot be written; set DATA_DIR"):
        launch.check_data_folder(file)


def test_the_mode_follows_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEDUCATION_MODE", raising=False)
    launch.choose_mode(dev=False)
    assert os.environ["MEDUCATION_MODE"] == "demo"
    monkeypatch.delenv("MEDUCATION_MODE")


def test_the_demonstration_never_starts_on_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDUCATION_MODE", "production")
    with pytest.raises(launch.LaunchError, match="MEDUCATION_MODE is production"):
        launch.choose_mode(dev=False)


def ask_to_stop_half_way(steps: list[str]) -> None:
    with launch.uninterrupted():
        steps.append("begun")
        os.kill(os.getpid(), signal.SIGTERM)
        steps.append("finished")
    steps.append("went on")


def test_a_signal_waits_while_something_is_half_started() -> None:
    steps: list[str] = []
    with pytest.raises(launch.StopRequested):
        ask_to_stop_half_way(steps)
    assert steps == ["begun", "finished"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def processes_with(word: str) -> list[str]:
    listed = subprocess.run(["ps", "-e", "-ww", "-o", "pid=,stat=,args="], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if word in line and " Z" not in line]


def test_stopping_ends_grandchildren_and_those_that_do_not_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "STOP_SECONDS", 0.5)
    mark = f"31415.{os.getpid()}"
    child = launch.start("stubborn", ["sh", "-c", f"trap '' TERM; sleep {mark} & sleep {mark}; wait"])
    deadline = time.monotonic() + 5
    while len(processes_with(f"sleep {mark}")) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_with(f"sleep {mark}")
    launch.stop([child])
    time.sleep(0.2)
    assert processes_with(f"sleep {mark}") == []


def test_a_child_that_ends_is_named() -> None:
    child = launch.start("worker", ["sh", "-c", "exit 3"])
    child.process.wait()
    with pytest.raises(launch.LaunchError, match="The worker stopped unexpectedly \\(status 3\\)"):
        launch.check_children([child])


def test_a_worker_that_ends_is_started_again_and_a_server_that_ends_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "RESTART_SECONDS", 0)
    server = launch.start("web server", ["sleep", "2"])
    worker = launch.start("worker", ["true"])
    worker.process.wait()
    children = [server, worker]
    with pytest.raises(launch.LaunchError, match="The web server stopped unexpectedly"):
        launch.watch(server, worker, children)
    assert len(children) == 2
    assert worker not in children
    launch.stop(children)


def test_nothing_answers_on_a_free_port() -> None:
    assert not probe.answers("/healthz", host="127.0.0.1", port=free_port(), site="localhost")


def test_the_server_is_told_host_port_and_workers() -> None:
    command = serve.command(host="10.0.0.1", port=81, workers=3)
    assert {"--host=10.0.0.1", "--port=81", "--workers=3", "--interface=wsgi"} <= set(command)


# --- The whole of it -------------------------------------------------------------------------------------------------


class Run:
    """`python -m meducation.launch` with a data folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.port, self.lines = folder, free_port(), list[str]()
        ours = ("DATABASE_URL", "MEDUCATION_MODE", "DJANGO_SETTINGS_MODULE", "PYTHONWARNINGS")
        kept = {name: value for name, value in os.environ.items() if name not in ours and "COV" not in name}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "meducation.launch"],
            cwd=ROOT,
            env=kept | {"DATA_DIR": str(folder), "PORT": str(self.port), "WEB_WORKERS": "1"} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        self.reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self.reader.start()

    def _read(self, output: IO[str]) -> None:
        with output:
            self.lines.extend(output)

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + LONGEST_START
        while "is ready" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)

    def answers(self, path: str) -> bool:
        return probe.answers(path, host="127.0.0.1", port=self.port, site="localhost")

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        status = self.process.wait(60)
        self.reader.join(5)
        return status

    def left_behind(self) -> list[str]:
        return processes_with(str(self.folder)) + processes_with(f"--port={self.port}")


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A short path: a socket's may have some 100 characters only."""
    folder = Path(tempfile.mkdtemp(prefix="med-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_start_stop_start_again_and_lose_a_part(data_folder: Path) -> None:
    first = Run(data_folder)
    try:
        first.wait_until_ready()
        assert f"http://localhost:{first.port}/" in first.said
        assert "clinician@example.org" in first.said
        assert "meducation-demo" in first.said
        assert first.answers("/")
        assert first.answers("/articles/breaking-bad-news/")
        assert first.end(signal.SIGINT) == 0, first.said
        assert first.left_behind() == []
        assert "Traceback" not in first.said

        second = Run(data_folder)
        second.wait_until_ready()
        assert "Loading" not in second.said, "the second start must keep the data of the first"
        assert second.answers("/articles/breaking-bad-news/")
        assert second.end(signal.SIGTERM) == 0, second.said
        assert second.left_behind() == []

        third = Run(data_folder)
        third.wait_until_ready()
        server = processes_with(f"--port={third.port}")
        os.kill(min(int(line.split()[0]) for line in server), signal.SIGKILL)
        assert third.process.wait(60) == 1
        third.reader.join(5)
        assert "The web server stopped unexpectedly" in third.said
        assert third.left_behind() == []
    finally:
        for line in processes_with(str(data_folder)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(line.split()[0]), signal.SIGKILL)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "none"}, "PORT is 'none'; write a whole number of at least 1."),
        (
            {"DATABASE_URL": "postgresql://me:secret-word@127.0.0.1:1/x"},
            "The database cannot be used; check DATABASE_URL",
        ),
        ({"DATABASE_URL": "mysql://me@127.0.0.1/x"}, "DATABASE_URL must name a PostgreSQL database"),
        ({"DATA_DIR": "/proc/none"}, "The data folder /proc/none cannot be written"),
        ({"MEDUCATION_MODE": "production"}, "MEDUCATION_MODE is production, but this starts demo"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_obstacle_is_one_sentence(data_folder: Path, environment: dict[str, str], sentence: str) -> None:
    run = Run(data_folder, **environment)
    assert run.process.wait(60) == 1
    run.reader.join(5)
    assert run.said.startswith(f"Meducation cannot start: {sentence}"), run.said
    assert len(run.lines) == 1
    assert "secret-word" not in run.said
