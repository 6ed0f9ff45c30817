"""The database is away: one page says so, quickly, and gives back what was typed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client

from meducation.lib import page_cache
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory())
    return client


@pytest.fixture
def away(client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly: secret-canary")

    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", fail)
        page_cache.store.clear()
        yield


@pytest.mark.parametrize("path", ["/", "/articles/", "/cpd/", "/cpd/activities/new/", "/accounts/profile/"])
def test_pages_say_so_and_when_to_try_again(client: Client, away: None, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert "Content-Security-Policy" in response.headers
    assert "Traceback" not in response.text and "canary" not in response.text


def test_what_was_typed_is_in_the_answer(client: Client, away: None) -> None:
    words = "Twenty minutes of <thinking> on a night shift."
    response = client.post("/cpd/activities/new/", {"reflection": words, "title": "Short"})
    assert response.status_code == 503
    assert "Twenty minutes of &lt;thinking&gt; on a night shift." in response.text


def test_the_process_is_alive_and_not_ready(client: Client, away: None) -> None:
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"database": "down"}


def test_the_log_has_no_words_of_it(client: Client, away: None, caplog: pytest.LogCaptureFixture) -> None:
    from meducation.logs import JsonFormatter

    client.post("/cpd/activities/new/", {"reflection": "typed-canary and some more words"})
    lines = "".join(JsonFormatter().format(record) for record in caplog.records)
    assert "OperationalError" in lines
    assert "canary" not in lines
