"""The web server as it runs in production, in the demonstration and under `make bench`: `python -m meducation.serve`.

HOST, PORT and WEB_WORKERS come from the environment. Why granian and why these figures: docs/performance.md.
"""

import os
import sys

from meducation.lib.env import EnvError, env_int, env_str

# A login waits on purpose, and a mail server may keep one waiting: neither must stop the site (docs/adr/0002).
BLOCKING_THREADS = 4


def command(*, host: str, port: int, workers: int, threads: int = BLOCKING_THREADS) -> list[str]:
    """What to execute to serve the site on `host` and `port` with `workers` processes of `threads` threads."""
    return [
        sys.executable,
        "-m",
        "meducation.preloaded",
        "--interface=wsgi",
        f"--host={host}",
        f"--port={port}",
        f"--workers={workers}",
        f"--blocking-threads={threads}",
        "--http=1",
        "--no-ws",
        "--log-level=warning",
        # A worker that dies is replaced; one that hangs does not keep a deployment waiting.
        "--respawn-failed-workers",
        "--workers-kill-timeout=20",
        "meducation.wsgi:application",
    ]


def main() -> None:
    """Become the server: signals then reach it without anybody in between."""
    # The settings are read once here, so that a wrong one is said in one sentence and not once a worker.
    import django.conf

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meducation.settings")
    _ = django.conf.settings.SECRET_KEY
    serve = command(
        host=env_str("HOST", "127.0.0.1"),
        port=env_int("PORT", 8000, at_least=1),
        workers=env_int("WEB_WORKERS", 2, at_least=1),
    )
    os.execv(serve[0], serve)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    try:
        main()
    except EnvError as error:
        sys.exit(f"Meducation cannot start: {error}")
