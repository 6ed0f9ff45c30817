"""The page on which a demonstration shows its mail."""

from pathlib import Path

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from meducation import demo


def page(rf: RequestFactory) -> str:
    request: HttpRequest = rf.get("/demo/mail/")
    return demo.mail(request).text


def test_before_there_is_any(rf: RequestFactory, settings: Settings, tmp_path: Path) -> None:
    settings.DEMO_MAIL_DIR = tmp_path / "none"
    assert "No mail yet" in page(rf)


def test_it_is_shown_as_text_with_links(rf: RequestFactory, settings: Settings, tmp_path: Path) -> None:
    settings.DEMO_MAIL_DIR = tmp_path
    letter = EmailMultiAlternatives(
        "Choose a <new> password", "Follow http://localhost:8000/accounts/\n<b>soon</b>", to=["clinician@example.org"]
    )
    letter.attach_alternative("<p>Follow this</p>", "text/html")
    EmailBackend(file_path=str(tmp_path)).send_messages([letter])
    shown = page(rf)
    assert "Choose a &lt;new&gt; password" in shown and "&lt;b&gt;soon&lt;/b&gt;" in shown
    assert 'href="http://localhost:8000/accounts/"' in shown
    assert "To clinician@example.org" in shown
