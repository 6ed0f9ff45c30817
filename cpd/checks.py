"""`manage.py check --deploy --tag storage`: whether what people give us, and what is made for them, can be kept."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.core.files.base import ContentFile
from django.core.files.storage import storages

TAG = "storage"
# What each holds, as the message says it.
STORAGES = {
    "evidence": "evidence files",
    "papers": "portfolios and packs",
    "archives": "exports of everything",
    "imports": "files that are brought from elsewhere",
}


def storages_can_be_written(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Write, read and delete a small file in each storage; one error for each where that fails."""
    problems = ((alias, what, _problem(alias)) for alias, what in STORAGES.items())
    return [
        Error(
            f"The storage “{alias}” ({what}) cannot be used: {problem}.",
            hint="See “Where files are” in docs/deploy.md.",
            id="cpd.E001",
        )
        for alias, what, problem in problems
        if problem
    ]


def _problem(alias: str) -> str:
    """What fails, as the kind of error; empty when nothing does. Its own words may hold an address with a secret."""
    content = secrets.token_bytes(16)
    try:
        storage = storages[alias]
        name = storage.save(f"writable-{secrets.token_hex(8)}", ContentFile(content))
        try:
            with storage.open(name) as file:
                is_same = file.read() == content
        finally:
            storage.delete(name)
    except Exception as error:
        return type(error).__name__
    return "" if is_same else "what was read is not what was written"
