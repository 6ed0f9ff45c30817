"""Testing oneself, and writing what is asked, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from articles.models import Article, Attempt
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = ViewportSize(width=390, height=844)


def answer(page: Page, which: str) -> None:
    expect(page.get_by_role("button", name="Send my answers")).to_be_visible()
    for group in page.get_by_role("group").filter(has=page.get_by_role("radio")).all():
        group.get_by_role("radio", name=which, exact=True).check()
    page.get_by_role("button", name="Send my answers").click()


def test_a_reader_tests_herself_on_a_phone(
    live_server: LiveServer, clean_page: Page, console: Any, sign_in: Callable[..., object], axe: Callable[..., None]
) -> None:
    article = ArticleFactory(published=True, questions=3, attempts_allowed=2)
    user = UserFactory()
    sign_in(user)
    page = clean_page
    page.set_viewport_size(PHONE)
    console.expect("422")
    page.goto(f"{live_server.url}{article.get_absolute_url()}")
    page.get_by_role("link", name="Test yourself on this article").click()
    axe(page)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 questions")
    axe(page)

    page.get_by_role("radio", name="A wrong one", exact=True).first.check()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.get_by_role("radio", name="A wrong one", exact=True).first).to_be_checked()
    axe(page)
    answer(page, "A wrong one")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not passed")
    expect(page.get_by_text("1 attempt left.")).to_be_visible()
    axe(page)

    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Try again").dblclick()
    answer(page, "The right one")
    expect(page.get_by_role("heading", level=1)).to_have_text("Passed")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    axe(page)
    assert [attempt.passed for attempt in Attempt.objects.filter(user=user).order_by("begun_at")] == [False, True]


def test_it_works_without_a_script(live_server: LiveServer, browser: Browser, sign_in: Callable[..., object]) -> None:
    article = ArticleFactory(published=True, questions=2)
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    try:
        sign_in(UserFactory(), on=context)
        page = context.new_page()
        page.goto(f"{live_server.url}{article.get_absolute_url()}")
        page.get_by_role("link", name="Test yourself on this article").click()
        page.get_by_role("button", name="Begin").click()
        answer(page, "The right one")
        expect(page.get_by_role("heading", level=1)).to_have_text("Passed")
    finally:
        context.close()


def test_an_author_writes_a_question(
    live_server: LiveServer, clean_page: Page, sign_in: Callable[..., object], axe: Callable[..., None]
) -> None:
    article = ArticleFactory(published=True)
    sign_in(UserFactory(editor=True))
    page = clean_page
    page.goto(f"{live_server.url}/admin/articles/article/{article.pk}/change/")
    group = page.locator("#questions-group")
    group.locator("summary").click()
    group.get_by_label("Kind:").first.select_option("True or false")
    expect(group.get_by_label("Answer A:").first).to_be_hidden()
    group.get_by_label("Kind:").first.select_option("Single best answer")
    group.get_by_label("Question:").first.fill("Which is it?")
    group.get_by_label("Answer A:").first.fill("This")
    group.get_by_label("Answer B:").first.fill("That")
    group.get_by_label("Right answer:").first.select_option("B")
    axe(page)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Question 1: explain why the right answer is right.")).to_be_visible()
    question = Article.objects.get(pk=article.pk).questions.get()
    assert [(choice.text, choice.is_correct) for choice in question.choices.all()] == [("This", False), ("That", True)]
