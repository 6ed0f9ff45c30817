"""The headers of every answer, errors and static files included."""

import pytest
from django.test import Client

from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
PATHS = [
    "/",
    "/articles/",
    "/articles/feed/",
    "/sitemap.xml",
    "/.well-known/security.txt",
    "/accounts/login/",
    "/accounts/signup/",
    "/no-such-page/",
    "/static/css/site.css",
    "/healthz",
    "/cpd/",
    "/x%00y",
]


@pytest.mark.sweep
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_guarded(path: str) -> None:
    response = Client().get(path)
    response.close()
    headers = response.headers
    directives = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    # A nonce is added only where a page uses one, and none of these does.
    assert directives == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_pages_of_the_desk_keep_the_policy() -> None:
    client = Client()
    client.force_login(UserFactory(role="editor"))
    policy = client.get("/admin/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "FOO"])
def test_methods_nobody_needs_are_refused(method: str) -> None:
    assert Client().generic(method, "/").status_code == 405


@pytest.mark.parametrize("path", ["/?q=%00", "/articles/?page=%00", "/articles/a%00b/", "/cpd/?year=%00"])
def test_nul_is_a_bad_request(path: str) -> None:
    assert Client().get(path).status_code in (400, 404)


def test_an_empty_host_is_a_bad_request() -> None:
    assert Client().get("/", headers={"host": ""}).status_code == 400


def test_an_unknown_host_is_a_bad_request() -> None:
    assert Client().get("/", headers={"host": "evil.example"}).status_code == 400


def test_an_unknown_host_gets_nothing_from_memory() -> None:
    path = ArticleFactory(published=True).get_absolute_url()
    assert Client().get(path).status_code == 200
    assert Client().get(path, headers={"host": "evil.example"}).status_code == 400


def test_errors_look_like_the_site_and_ask_nothing_of_the_database(django_assert_num_queries: object) -> None:
    response = Client().get("/no-such-page/")
    assert response.status_code == 404
    assert "Meducation" in response.text and "<h1" in response.text and "css/site" in response.text
