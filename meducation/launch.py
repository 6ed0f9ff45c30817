"""Start everything with one command: `python -m meducation.launch` (`make run`), or with `--dev` (`make dev`).

The demonstration is served as production is: by granian, from collected files, with a worker for background tasks
beside it. Development has Django's reloading server instead. Both use the embedded PostgreSQL unless DATABASE_URL says
otherwise. Whatever is in the way is said in one sentence, with exit status 1; Ctrl-C or SIGTERM stops all of it.

Production starts the parts by themselves: docs/deploy.md.
"""

import argparse
import contextlib
import datetime
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from meducation.lib.env import EnvError, env_int, env_str
from meducation.probe import answers
from meducation.serve import command as serve_command

# A server that listens on every address is asked on this machine's own.
LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (read here, never bound to unasked)
READY_SECONDS = 90
# How long a worker that ended is left alone: the database may need a moment.
RESTART_SECONDS = 2
STOP_SECONDS = 6
HIGHEST_PORT = 65_535
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Collected files are remembered by this: what they were made from, in one number.
FINGERPRINT = ".made-from"


class LaunchError(Exception):
    """Something is in the way. The message is one sentence for the person at the terminal."""


class StopRequested(Exception):
    """Ctrl-C, or a signal that means the same."""


@dataclass(frozen=True)
class Child:
    """A process of ours, and what to call it in a message."""

    name: str
    process: subprocess.Popen[bytes]
    command: list[str]


@dataclass(frozen=True)
class Plan:
    """What was asked for."""

    dev: bool
    host: str
    port: int
    workers: int

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the site."""
        name = "localhost" if self.host in ("127.0.0.1", "::1", *LOOPBACK_OF) else self.host
        return f"http://{name}:{self.port}/"


# --- What could be in the way ----------------------------------------------------------------------------------------


def choose_mode(*, dev: bool) -> None:
    """Set MEDUCATION_MODE. Raises LaunchError when the environment asks for another one.

    The demonstration's passwords are public: it must never meet a database that somebody meant for production.
    """
    mode = "development" if dev else "demo"
    asked = os.environ.setdefault("MEDUCATION_MODE", mode)
    if asked != mode:
        raise LaunchError(f"MEDUCATION_MODE is {asked}, but this starts {mode}; unset it, or see docs/deploy.md.")


def check_port(host: str, port: int) -> None:
    """Raise LaunchError unless we could listen there."""
    if port > HIGHEST_PORT:
        raise LaunchError(f"PORT is {port}; the highest there is, is {HIGHEST_PORT}.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen(1)
    except socket.gaierror as error:
        raise LaunchError(f"HOST and PORT must name an address of this machine, not {host}:{port}.") from error
    except PermissionError as error:
        raise LaunchError(f"Only an administrator may use port {port}; choose another: PORT=8080 make run.") from error
    except OSError as error:
        raise LaunchError(
            f"Port {port} on {host} is already in use; stop what uses it or choose another: PORT={port + 1} make run."
        ) from error


def check_data_folder(folder: Path) -> None:
    """Raise LaunchError unless files can be written there."""
    probe = folder / f".writable-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise LaunchError(f"The data folder {folder} cannot be written; set DATA_DIR to one that can.") from error


def check_database() -> None:
    """Raise LaunchError unless the database answers and is recent enough."""
    from django.db import DatabaseError, InterfaceError, NotSupportedError, connection

    try:
        connection.ensure_connection()
    except NotSupportedError as error:
        raise LaunchError(f"This database cannot be used: {_first_line(error)}") from error
    except (DatabaseError, InterfaceError) as error:
        raise LaunchError(f"The database cannot be used; check DATABASE_URL: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{(lines[0] if lines else type(error).__name__).rstrip('.')}."


# --- What has to be made ---------------------------------------------------------------------------------------------


def load_settings() -> None:
    """Read the settings and load the apps; without DATABASE_URL this starts the embedded database.

    Its address is put into the environment, so that no child starts or stops a database.
    """
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meducation.settings")
    # An address that swallows packets must not look like a slow start.
    os.environ.setdefault("PGCONNECT_TIMEOUT", "5")
    if env_str("DATABASE_URL", "embedded") == "embedded":
        from meducation.lib.embedded import database_url

        folder = Path(env_str("DATA_DIR", str(Path(__file__).resolve().parent.parent / "var")))
        check_data_folder(folder)
        try:
            with uninterrupted():
                os.environ["DATABASE_URL"] = database_url(folder)
        except (EnvError, StopRequested):
            raise
        except Exception as error:
            log = folder / "postgres" / "log"
            raise LaunchError(f"The embedded database did not start; its own words are in {log}.") from error
        os.environ.pop("DATABASE_URL_FILE", None)
    django.setup()
    check_data_folder(settings.DATA_DIR)


def prepare_database() -> None:
    """Bring the tables up to date, and the queue's recurring work into the queue."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("schedule_work", verbosity=0)


def load_content() -> None:
    """The sample articles and the demonstration's people, into a database without people or with these very ones."""
    from django.core.management import call_command

    from accounts.models import User
    from cpd.management.commands.load_demo import PEOPLE

    is_empty = not User.objects.exists()
    if is_empty:
        say("Loading the sample articles and the demo's people …")
    # A demonstration begun with an earlier release gets the people that came since.
    if is_empty or User.objects.filter(email=PEOPLE[0][0]).exists():
        call_command("load_demo", verbosity=0)


def collect_static_files() -> None:
    """Collect, name and compress the static files, unless none has changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    made_from = static_fingerprint()
    root = Path(settings.STATIC_ROOT)
    mark = root / FINGERPRINT
    try:
        if mark.exists() and mark.read_text() == made_from:
            return
        say("Collecting the static files …")
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(made_from)
    except OSError as error:
        raise LaunchError(f"The folder {root} cannot be written: {error.strerror or error}.") from error


def static_fingerprint() -> str:
    """One number for the names, sizes and times of all static files."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


# --- Running ---------------------------------------------------------------------------------------------------------


def start(name: str, command: list[str]) -> Child:
    """Start a child in a session of its own: the terminal's Ctrl-C reaches only us, and we stop it in order."""
    return Child(name, subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True), command)


def manage_command(*arguments: str) -> list[str]:
    """How to call manage.py with this Python."""
    return [sys.executable, str(Path(__file__).resolve().parent.parent / "manage.py"), *arguments]


def web_command(plan: Plan) -> list[str]:
    """The web server's command."""
    if plan.dev:
        return manage_command("runserver", f"{plan.host}:{plan.port}")
    return serve_command(host=plan.host, port=plan.port, workers=plan.workers)


def worker_command(plan: Plan) -> list[str]:
    """The command of the worker for background tasks."""
    return manage_command("db_worker", "--reload" if plan.dev else "--no-reload", "--queue-name=*", "--verbosity=0")


def wait_until_ready(plan: Plan, children: list[Child]) -> None:
    """Return when /readyz answers. Raises LaunchError when a child ends or it takes too long."""
    host = LOOPBACK_OF.get(plan.host, plan.host)
    deadline = time.monotonic() + READY_SECONDS
    while not answers("/readyz", host=host, port=plan.port, site="localhost"):
        check_children(children)
        if time.monotonic() > deadline:
            raise LaunchError(f"The web server did not answer within {READY_SECONDS} seconds; see the lines above.")
        time.sleep(0.1)


def check_children(children: list[Child]) -> None:
    """Raise LaunchError when one has ended by itself."""
    for child in children:
        status = child.process.poll()
        if status is not None:
            raise LaunchError(f"The {child.name} stopped unexpectedly (status {status}); see the lines above.")


def stop(children: list[Child]) -> None:
    """End the children and all they have started: asked first, then made to."""
    for child in children:
        _signal_group(child, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.1, deadline - time.monotonic()))
        # Also when it went quietly: something of its own may have stayed behind.
        _signal_group(child, signal.SIGKILL)
        child.process.wait()


def _signal_group(child: Child, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, number)


def watch(server: Child, worker: Child, children: list[Child]) -> None:
    """Return never: a signal raises StopRequested, a server that ended LaunchError.

    The worker ends when the database goes away, while the site stays up and says so. It is started again, as a
    container would be, until the database is back. `children` is kept true, for whoever stops them.
    """
    while True:
        check_children([server])
        if worker.process.poll() is not None:
            say("The worker for background tasks stopped; starting it again.")
            time.sleep(RESTART_SECONDS)
            with uninterrupted():
                children.remove(worker)
                worker = start(worker.name, worker.command)
                children.append(worker)
        time.sleep(0.3)


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(text, flush=True)


def welcome(plan: Plan) -> str:
    """What to open, who to be, how to stop."""
    lines = ["", f"Meducation is ready: {plan.address}"]
    if not plan.dev:
        from cpd.management.colleagues import colleagues
        from cpd.management.commands.load_demo import PASSWORD, PEOPLE

        lines += ["", f"Log in with one of these, password {PASSWORD}:"]
        lines += [f"  {email:<24}{role}" for email, _, role in PEOPLE]
        today = datetime.datetime.now(datetime.UTC).date()
        lines += [f"  {each.email:<24}{each.about}" for each in colleagues(today)]
        lines += ["", f"Mail it would have sent: {plan.address}demo/mail/"]
    return "\n".join([*lines, "Stop it with Ctrl-C.", ""])


def _listen_for_signals() -> None:
    for number in STOP_SIGNALS:
        # Under nohup the terminal may go.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _request_stop)


def _request_stop(number: int, frame: FrameType | None) -> None:
    raise StopRequested


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Let a stop signal wait until the block is done: what is half started would stay behind."""
    asked: list[int] = []
    usual = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number in STOP_SIGNALS:
        signal.signal(number, lambda number, frame: asked.append(number))
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
        if asked:
            raise StopRequested


def launch(plan: Plan) -> None:
    """Check, prepare, start and watch. Raises LaunchError or EnvError; leaves no process behind, however it ends."""
    children: list[Child] = []
    _listen_for_signals()
    try:
        check_port(plan.host, plan.port)
        choose_mode(dev=plan.dev)
        load_settings()
        check_database()
        prepare_database()
        if not plan.dev:
            load_content()
            collect_static_files()
        _close_connections()
        with uninterrupted():
            server = start("web server", web_command(plan))
            children.append(server)
        # The worker second: nobody waits for it, and loading both at once takes the site twice as long.
        wait_until_ready(plan, children)
        with uninterrupted():
            worker = start("worker", worker_command(plan))
            children.append(worker)
        say(welcome(plan))
        watch(server, worker, children)
    except StopRequested:
        say("\nStopping …")
    finally:
        # From here on nothing may interrupt: the embedded database stops when this process ends (atexit).
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        stop(children)


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def main() -> None:
    """Read what was asked for, and do it."""
    parser = argparse.ArgumentParser(prog="python -m meducation.launch", description="Start Meducation.")
    parser.add_argument("--dev", action="store_true", help="reload when the code changes; load no sample content")
    dev = parser.parse_args().dev
    try:
        launch(
            Plan(
                dev=dev,
                host=env_str("HOST", "127.0.0.1"),
                port=env_int("PORT", 8000, at_least=1),
                workers=env_int("WEB_WORKERS", 2, at_least=1),
            )
        )
    except (EnvError, LaunchError) as error:
        sys.exit(f"Meducation cannot start: {error}")


if __name__ == "__main__":
    main()
