"""Fetch the files that vendor.toml names and write vendor.lock. A tool for developers: set-up never runs it.

`npm pack --ignore-scripts` only downloads the archive of a package. `npm install` would run scripts from it; one of the
packages sends telemetry that way.
"""

import hashlib
import json
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent


def pack(package: str, folder: Path) -> tuple[Path, str]:
    """Download `name@version` into `folder`; the archive and its npm integrity.

    Raises subprocess.CalledProcessError when npm fails.
    """
    command = ["npm", "pack", "--json", "--ignore-scripts", package]
    answer: Any = json.loads(subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout)
    # npm 12 answers with an object keyed by package, earlier ones with a list.
    packed = answer[0] if isinstance(answer, list) else next(iter(answer.values()))
    return folder / packed["filename"], packed["integrity"]


def main() -> None:
    """Copy every named file into the project and record where it came from."""
    lock: dict[str, dict[str, str]] = {}
    for name, wanted in tomllib.loads((HERE / "vendor.toml").read_text()).items():
        package = f"{name}@{wanted['version']}"
        with tempfile.TemporaryDirectory() as folder:
            archive, integrity = pack(package, Path(folder))
            with tarfile.open(archive) as files:
                for source, destination in wanted["files"].items():
                    member = files.extractfile(f"package/{source}")
                    if member is None:
                        raise SystemExit(f"{package} has no file {source}.")
                    content = member.read()
                    target = PROJECT / destination
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
                    lock[destination] = {
                        "from": f"{package}/{source}",
                        "integrity": integrity,
                        "sha256": hashlib.sha256(content).hexdigest(),
                    }
    (HERE / "vendor.lock").write_text(json.dumps(lock, indent=2) + "\n")
    print(*lock, sep="\n")


if __name__ == "__main__":
    main()
