"""The cast. Each is asked for by name; a test that names nobody gets nobody.

The question of every access test is then one word: may the `stranger`?
"""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.factories.accounts import UserFactory


def logged_in(user: User) -> Client:
    """A browser in which `user` is logged in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reader(db: None) -> User:
    """A clinician with a record of their own."""
    return UserFactory(email="reader@example.org", name="Dr Rea Reader")


@pytest.fixture
def stranger(db: None) -> User:
    """Another clinician, who has no business in the reader's record."""
    return UserFactory(email="stranger@example.org", name="Dr Sam Stranger")


@pytest.fixture
def author(db: None) -> User:
    """Writes articles of their own."""
    return UserFactory(author=True, email="author@example.org", name="Ada Author")


@pytest.fixture
def editor(db: None) -> User:
    """Edits everybody's articles."""
    return UserFactory(editor=True, email="editor@example.org", name="Ed Editor")


@pytest.fixture
def admin_user(db: None) -> User:
    """Looks after people, too."""
    return UserFactory(administrator=True, email="admin@example.org", name="Addie Administrator")


@pytest.fixture
def reader_client(reader: User) -> Client:
    """The reader's browser."""
    return logged_in(reader)


@pytest.fixture
def stranger_client(stranger: User) -> Client:
    """The stranger's browser."""
    return logged_in(stranger)


@pytest.fixture
def author_client(author: User) -> Client:
    """The author's browser."""
    return logged_in(author)


@pytest.fixture
def editor_client(editor: User) -> Client:
    """The editor's browser."""
    return logged_in(editor)


@pytest.fixture
def admin_client(admin_user: User) -> Client:
    """The administrator's browser: ours, not a superuser's as pytest-django's would be."""
    return logged_in(admin_user)


@pytest.fixture
def evidence_folder(tmp_path: Path, settings: Any) -> Path:
    """Where this test's evidence files are stored; what is still coming is beside it."""
    folder = tmp_path / "evidence"
    settings.UPLOADS_DIR = tmp_path / "uploads"
    options = {"location": str(folder)}
    evidence = settings.STORAGES["evidence"] | {"OPTIONS": options}
    archives = settings.STORAGES["archives"] | {"OPTIONS": {"location": str(tmp_path / "archives")}}
    settings.STORAGES = settings.STORAGES | {"evidence": evidence, "archives": archives}
    return folder


@pytest.fixture
def papers_folder(tmp_path: Path, settings: Any) -> Path:
    """Where files of portfolios lie, of this test alone."""
    folder = tmp_path / "papers"
    settings.STORAGES = settings.STORAGES | {
        "papers": {"BACKEND": "meducation.lib.whole_storage.WholeFileStorage", "OPTIONS": {"location": str(folder)}}
    }
    return folder
