"""The Chromium of the browser tests: where it is, and how to get one.

`python -m tests.chromium` makes sure that there is one and that it starts, or says in one sentence why not.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

# Root may not use Chromium's sandbox, and containers have no /dev/shm to speak of.
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]
SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str | None:
    """The path of the machine's own Chromium; None means playwright's."""
    return next((path for name in SYSTEM_NAMES if (path := shutil.which(name))), None)


def starts() -> bool:
    """True when a Chromium is there and opens a page."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
            browser.new_page().close()
            browser.close()
    except Error:
        return False
    return True


def _try(*command: str, environment: dict[str, str] | None = None) -> bool:
    """Run a command, show what it says only if it is asked for; True when it succeeded."""
    try:
        subprocess.run(
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=600,
            env=os.environ | (environment or {}),
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def fetch() -> bool:
    """Get a Chromium: playwright's build first, then the system's package where that can be installed."""
    if _try(sys.executable, "-m", "playwright", "install", "chromium") and starts():
        return True
    if shutil.which("apt-get") is None:
        return False
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quietly = {"DEBIAN_FRONTEND": "noninteractive"}
    _try(*as_root, "apt-get", "update", environment=quietly)
    return _try(*as_root, "apt-get", "install", "-y", "chromium", environment=quietly) and starts()


def main() -> None:
    """Exit 1 with one sentence when the browser tests cannot run."""
    if starts():
        return
    print("Fetching Chromium for the browser tests …", file=sys.stderr, flush=True)  # noqa: T201 (somebody waits at the terminal)
    if not fetch():
        found = executable()
        problem = f"{Path(found).name} is here but does not start" if found else "there is none to be had"
        sys.exit(f"The browser tests need Chromium, and {problem}: install it, then run make test again.")


if __name__ == "__main__":
    main()
