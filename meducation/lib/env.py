"""Typed reading of environment variables.

Every function raises `EnvError` with one sentence that says what to type: a wrong setting must stop the start, with
a message an administrator can act on, and never be guessed around.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit


class EnvError(Exception):
    """A setting is missing or malformed. The message is one sentence for the person who starts the server."""


def env_str(name: str, default: str | None = None) -> str:
    """The text of `name`, or of the file named by `NAME_FILE` (container secrets). Raises EnvError if absent."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise EnvError(f"{name}_FILE names a file that cannot be read: {path}.") from error
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise EnvError(f"Set {name} in the environment; see .env.example for what it is.")
    return value


def env_choice(name: str, choices: Sequence[str], default: str) -> str:
    """One of `choices`."""
    value = env_str(name, default)
    if value not in choices:
        raise EnvError(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
    return value


def env_bool(name: str, default: bool) -> bool:
    """True or False, written exactly so: "yes" or "1" would leave a reader guessing about "no" and "0"."""
    value = env_str(name, str(default))
    if value not in ("True", "False"):
        raise EnvError(f"{name} is {value!r}; write True or False.")
    return value == "True"


def env_int(name: str, default: int, *, at_least: int = 0) -> int:
    """A whole number of at least `at_least`."""
    value = env_str(name, str(default))
    if not value.isdecimal() or int(value) < at_least:
        raise EnvError(f"{name} is {value!r}; write a whole number of at least {at_least}.")
    return int(value)


def env_list(name: str, default: str = "") -> list[str]:
    """Values separated by commas; empty ones are dropped."""
    return [part.strip() for part in (os.environ.get(name, "") or default).split(",") if part.strip()]


def env_mailer(name: str, default: str | None = None) -> dict[str, object]:
    """One entry of Django's MAILERS from an address.

    `smtp://user:password@host:587` (STARTTLS), `smtps://…:465` (TLS from the start), `smtp+plain://host:1025` (no
    encryption, for a mail catcher on the same machine), `console:` or `file:///folder`.
    """
    address = urlsplit(env_str(name, default))
    backend = "django.core.mail.backends"
    if address.scheme == "console":
        return {"BACKEND": f"{backend}.console.EmailBackend"}
    if address.scheme == "file" and address.path:
        return {"BACKEND": f"{backend}.filebased.EmailBackend", "OPTIONS": {"file_path": address.path}}
    if address.scheme not in ("smtp", "smtps", "smtp+plain") or not address.hostname:
        raise EnvError(f"{name} must be smtp://user:password@host:587, smtps://…, console: or file:///folder.")
    return {
        "BACKEND": f"{backend}.smtp.EmailBackend",
        "OPTIONS": {
            "host": address.hostname,
            "port": address.port or (465 if address.scheme == "smtps" else 587),
            "username": unquote(address.username or ""),
            "password": unquote(address.password or ""),
            "use_tls": address.scheme == "smtp",
            "use_ssl": address.scheme == "smtps",
            # A mail server that hangs must not hold a web worker with it.
            "timeout": 10,
        },
    }


def env_storage(name: str, folder: Path) -> dict[str, object]:
    """One entry of Django's STORAGES from an address: files in `folder` when there is none, else in S3.

    `s3://key:secret@host/bucket?region=eu-west-2`; without key and secret, those of the machine. `s3+plain://…` (no
    encryption) for a store on the same machine.
    """
    given = env_str(name, "")
    if not given:
        return {"BACKEND": "meducation.lib.whole_storage.WholeFileStorage", "OPTIONS": {"location": str(folder)}}
    address = urlsplit(given)
    bucket = address.path.strip("/")
    if address.scheme not in ("s3", "s3+plain") or not address.hostname or not bucket or "/" in bucket:
        raise EnvError(f"{name} must be s3://key:secret@host/bucket?region=…, or empty for a folder.")
    scheme = "https" if address.scheme == "s3" else "http"
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "endpoint_url": f"{scheme}://{address.netloc.rpartition('@')[2]}",
            "bucket_name": bucket,
            "region_name": parse_qs(address.query).get("region", [""])[0] or None,
            "access_key": unquote(address.username) if address.username else None,
            "secret_key": unquote(address.password) if address.password else None,
            "signature_version": "s3v4",
            # Nobody but us: no file is public, and none is written over.
            "default_acl": None,
            "file_overwrite": False,
            # What is larger is held on the disk while it passes through, not in memory.
            "max_memory_size": 1024 * 1024,
        },
    }
