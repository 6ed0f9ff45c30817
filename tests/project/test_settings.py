"""Production refuses to start half set up, is clean by Django's own check, and its log holds nothing personal."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from meducation import wsgi
from meducation.logs import JsonFormatter
from meducation.settings import KNOWN_SECRET
from meducation.urls import urlpatterns as site_urls

ROOT = Path(__file__).resolve().parent.parent.parent
CANARY = "the patient in bed nine"
GOOD = {
    "SECRET_KEY": "".join(chr(33 + number) for number in range(60)),
    "SITE_URL": "https://cpd.example.org",
    "ALLOWED_HOSTS": "cpd.example.org",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "MAIL_URL": "smtp://user:password@mail.example.org:587",
    "MAIL_FROM": "Meducation <hello@example.org>",
    "TRUSTED_PROXY_COUNT": "1",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with this environment and nothing of ours from outside."""
    ours = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "meducation.settings"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=ours | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SECRET_KEY": None}, "Set SECRET_KEY in the environment; see .env.example for what it is."),
        ({"SECRET_KEY": KNOWN_SECRET}, "SECRET_KEY must be at least 50 random characters"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be at least 50 random characters"),
        ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY must be at least 50 random characters"),
        ({"SITE_URL": None}, "Set SITE_URL in the environment"),
        ({"SITE_URL": "http://cpd.example.org"}, "SITE_URL must begin with https://"),
        ({"ALLOWED_HOSTS": None}, "Set ALLOWED_HOSTS to the host names"),
        ({"ALLOWED_HOSTS": " , "}, "Set ALLOWED_HOSTS to the host names"),
        ({"ALLOWED_HOSTS": "cpd.example.org,*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"DATABASE_URL": None}, "Set DATABASE_URL in the environment"),
        ({"DATABASE_URL": "sqlite:///db.sqlite3"}, "DATABASE_URL must name a PostgreSQL database"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL must look like postgresql://"),
        ({"MAIL_URL": None}, "Set MAIL_URL in the environment"),
        ({"MAIL_URL": "mail.example.org"}, "MAIL_URL must be smtp://"),
        ({"MAIL_FROM": None}, "Set MAIL_FROM in the environment"),
        ({"SECURITY_CONTACT": "security@example.org"}, "SECURITY_CONTACT must be one address that begins with mailto:"),
        ({"TRUSTED_PROXY_COUNT": "one"}, "TRUSTED_PROXY_COUNT is 'one'; write a whole number"),
        ({"ADMIN_SECOND_FACTOR": "no"}, "ADMIN_SECOND_FACTOR is 'no'; write True or False."),
        ({"MEDUCATION_MODE": "prod"}, "MEDUCATION_MODE is 'prod'; it must be one of production, demo"),
        ({"SECRET_KEY_FILE": "/nowhere/secret"}, "SECRET_KEY_FILE names a file that cannot be read"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_production_says_in_one_sentence_what_is_wrong(change: dict[str, str | None], sentence: str) -> None:
    environment = {name: value for name, value in (GOOD | change).items() if value is not None}
    result = manage("version", **environment)
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stderr.startswith(f"Meducation cannot start: {sentence}")
    # The sentence may be in a log that others read.
    assert GOOD["SECRET_KEY"] not in result.stderr


@pytest.mark.slow
def test_production_starts_with_all_of_them() -> None:
    result = manage("version", **GOOD)
    assert result.returncode == 0, result.stderr


def test_the_web_server_says_the_same_sentence() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "meducation.serve"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | {name: value for name, value in GOOD.items() if name != "MAIL_URL"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr == (
        "Meducation cannot start: Set MAIL_URL in the environment; see .env.example for what it is.\n"
    )


@pytest.mark.slow
def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(GOOD["SECRET_KEY"] + "\n")
    environment = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}
    assert manage("version", **environment, SECRET_KEY_FILE=str(file)).returncode == 0


def url_of_the_test_database() -> str:
    given = connection.get_connection_params()
    user, password = quote(given.get("user", "")), quote(given.get("password", ""))
    host, port = quote(str(given.get("host", "")), safe=""), given.get("port", "")
    return f"postgresql://{user}:{password}@/{quote(given['dbname'])}?host={host}" + (f"&port={port}" if port else "")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_production_passes_djangos_own_check() -> None:
    result = manage(
        "check", "--deploy", "--fail-level", "WARNING", **(GOOD | {"DATABASE_URL": url_of_the_test_database()})
    )
    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout


def production_says(expression: str) -> str:
    code = f"import django; django.setup(); from django.conf import settings; print({expression})"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "meducation.settings"} | GOOD,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return result.stdout.strip()


@pytest.mark.slow
def test_production_is_not_a_demonstration() -> None:
    said = production_says(
        "settings.DEBUG, settings.DEMO, settings.ADMIN_SECOND_FACTOR, settings.SESSION_COOKIE_NAME, "
        "settings.CSRF_COOKIE_NAME, settings.SECURE_SSL_REDIRECT"
    )
    assert said == "False False True __Host-sessionid __Host-csrftoken True"


# --- The log ---------------------------------------------------------------------------------------------------------


@login_not_required
def breaks(request: HttpRequest) -> HttpResponse:
    raise ValueError(f"cannot read {request.POST['reflection']}")


@login_not_required
def breaks_in_the_database(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [request.POST["reflection"]])
    return HttpResponse()


@login_not_required
def says_who(request: HttpRequest) -> HttpResponse:
    logging.getLogger("meducation.test").warning("Two\nlines\r\nof text")
    return HttpResponse()


urlpatterns = [
    path("breaks/", breaks),
    path("database/", breaks_in_the_database),
    path("says/", says_who),
    *site_urls,
]
handler404 = "meducation.views.page_not_found"
handler500 = "meducation.views.server_error"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Everything any logger says, formatted as in production."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in logging.Logger.manager.loggerDict)]
    listening = [logger for logger in loggers if logger.handlers or logger.name == "root"]
    for logger in listening:
        logger.addHandler(handler)
    yield stream
    for logger in listening:
        logger.removeHandler(handler)


@pytest.fixture
def broken_site(settings: Any) -> Client:
    """The site, with three pages more that go wrong in different ways."""
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


def lines(log: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/breaks/", "/database/"])
def test_an_error_is_logged_without_what_was_typed(broken_site: Client, log: StringIO, address: str) -> None:
    response = broken_site.post(address, {"reflection": CANARY})
    assert response.status_code == 500
    assert CANARY not in response.content.decode()
    assert any(line.get("exception") for line in lines(log)), "the error was not logged at all"
    assert "patient" not in log.getvalue()


@pytest.mark.django_db
def test_a_token_in_an_unknown_address_is_not_logged(broken_site: Client, log: StringIO) -> None:
    logging.getLogger("django.request").setLevel(logging.WARNING)
    try:
        assert broken_site.get("/shares/secret-token-canary/").status_code == 404
    finally:
        logging.getLogger("django.request").setLevel(logging.ERROR)
    assert lines(log)
    assert "canary" not in log.getvalue()


@pytest.mark.django_db
def test_a_record_is_one_line(broken_site: Client, log: StringIO) -> None:
    broken_site.get("/says/")
    assert [line["message"] for line in lines(log)] == ["Two lines  of text"]


def test_even_a_failing_error_page_prints_nothing_personal(
    monkeypatch: pytest.MonkeyPatch, log: StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(environ: object, start_response: object) -> list[bytes]:
        raise ValueError(CANARY)

    monkeypatch.setattr(wsgi, "_site", fails)
    statuses: list[str] = []
    body = wsgi.application({}, lambda status, headers: statuses.append(status))  # type: ignore[arg-type]  # a bare callable
    assert statuses == ["500 Internal Server Error"]
    assert CANARY.encode() not in b"".join(body)
    assert [line["message"] for line in lines(log)] == ["The error page failed."]
    assert "patient" not in log.getvalue() + "".join(capfd.readouterr())
