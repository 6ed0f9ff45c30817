"""What a device is given to open the site without a connection: manifest, service worker, offline page."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from meducation.device import ICONS, PRECACHED
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory

pytestmark = pytest.mark.django_db


def worker_facts(client: Client) -> dict[str, object]:
    text = client.get("/sw.js").text
    facts: dict[str, object] = json.loads(text.splitlines()[0].removeprefix("const BUILT = ").removesuffix(";"))
    return facts


def test_the_manifest_can_be_installed() -> None:
    response = Client().get("/manifest.webmanifest")
    assert response.headers["Content-Type"] == "application/manifest+json"
    manifest = response.json()
    assert (manifest["name"], manifest["start_url"], manifest["scope"]) == ("Meducation", "/", "/")
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    assert [shortcut["name"] for shortcut in manifest["shortcuts"]] == ["Add CPD", "Read"]
    for shortcut in manifest["shortcuts"]:
        assert Client().get(shortcut["url"]).status_code in (200, 302)


@pytest.mark.parametrize(("name", "sizes", "purpose"), ICONS)
def test_an_icon_is_as_large_as_it_says(name: str, sizes: str, purpose: str) -> None:
    path = finders.find(name)
    assert isinstance(path, str)
    head = Path(path).read_bytes()[:24]
    width, height = (int.from_bytes(head[start : start + 4]) for start in (16, 20))
    assert f"{width}x{height}" == sizes


def test_every_page_names_the_manifest() -> None:
    assert '<link rel="manifest" href="/manifest.webmanifest">' in Client().get("/").text


def test_the_worker_is_asked_for_anew_each_time() -> None:
    response = Client().get("/sw.js")
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache"
    assert 'importScripts("/static/js/service-worker.js");' in response.text


def test_the_worker_is_the_same_for_everybody() -> None:
    signed_in = Client()
    signed_in.force_login(UserFactory())
    assert worker_facts(signed_in) == worker_facts(Client())


def test_everything_that_is_kept_from_the_start_exists() -> None:
    client = Client()
    facts = worker_facts(client)
    assert isinstance(facts["files"], list)
    for address in [*facts["files"], facts["offline"]]:
        response = client.get(str(address))
        assert response.status_code == 200, address
        response.close()


def test_the_modules_that_kept_modules_need_are_kept_too() -> None:
    for name in (name for name in PRECACHED if name.endswith(".js")):
        path = finders.find(name)
        assert isinstance(path, str)
        text = Path(path).read_text(encoding="utf-8")
        needed = set(re.findall(r"""(?:from|import\()\s*"\./([a-z-]+\.js)\"""", text))
        assert {f"js/{each}" for each in needed} <= set(PRECACHED), name


def test_an_article_may_be_kept_and_nothing_personal_may() -> None:
    article = ArticleFactory(published=True)
    client = Client()
    client.force_login(UserFactory())
    client.get("/")
    assert client.get(article.get_absolute_url()).headers["Offline-Copy"] == "article"
    for path in ("/", "/cpd/", "/cpd/activities/", "/articles/saved/", "/accounts/", "/articles/", "/cpd/device/"):
        assert "Offline-Copy" not in client.get(path).headers, path


def test_an_article_drawn_for_one_person_is_not_kept() -> None:
    client = Client()
    client.force_login(UserFactory())
    # Without the cookie that chooses the version, only the session can tell.
    assert "Offline-Copy" not in client.get(ArticleFactory(published=True).get_absolute_url()).headers


def test_the_offline_page_is_the_same_for_everybody() -> None:
    signed_in = Client()
    signed_in.force_login(UserFactory())
    page = Client().get("/offline/")
    assert page.status_code == 200
    assert UserFactory().email not in page.text
    # Its fields go to the address of the activity's own form.
    assert 'action="/cpd/activities/new/"' in page.text and 'name="minutes"' in page.text


def test_logging_out_clears_the_device() -> None:
    client = Client()
    client.force_login(UserFactory())
    page = client.get("/accounts/logout/")
    assert "Clear-Site-Data" not in page.headers
    response = client.post("/accounts/logout/")
    assert response.status_code == 302
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
