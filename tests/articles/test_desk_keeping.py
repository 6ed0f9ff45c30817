"""Words at the desk that are not saved, two people at one article, and what each of them gets back."""

import datetime
import json
import threading
import time
import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.actions import SavedMeanwhile, claim_version, finish_words, keep_words, throw_away
from articles.models import Article, CopyKind, Reference, WorkingCopy
from cpd.tasks import tidy_now
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AuthorFactory

# The desk's pages are large: each takes a second or so on a busy machine.
pytestmark = pytest.mark.slow

ADD = "/admin/articles/article/add/"


def change(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def autosave(article: Article | None) -> str:
    return reverse("admin:articles_article_autosave", args=[article.pk] if article else [])


def soup_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def words(response: Any) -> str:
    return " ".join(soup_of(response).get_text(" ").split())


def sent_by(response: Any) -> dict[str, Any]:
    """What a browser without JavaScript would send for the form of a page, but for its buttons."""
    form = soup_of(response).select_one("#article_form")
    assert form is not None
    data: dict[str, Any] = {}
    for box in form.select("input[name], select[name], textarea[name]"):
        name, kind = str(box["name"]), box.get("type")
        if kind in ("submit", "button") or (kind in ("checkbox", "radio") and not box.has_attr("checked")):
            continue
        if "__prefix__" in name:
            continue
        if box.name == "select":
            data[name] = [str(option["value"]) for option in box.select("option[selected]")]
        elif box.name == "textarea":
            # A browser leaves out the line break after the tag.
            data[name] = box.get_text().removeprefix("\r\n").removeprefix("\n")
        else:
            data[name] = str(box.get("value", "on" if kind == "checkbox" else ""))
    return data


def value(response: Any, name: str) -> str:
    return str(sent_by(response)[name])


@pytest.fixture
def article(author: User) -> Article:
    article = ArticleFactory(created_by=author, title="Soap", author=AuthorFactory(user=author))
    Reference.objects.create(article=article, position=1, title="First source")
    return article


# --- Autosave


def test_what_is_typed_is_kept_and_offered_again(author_client: Client, author: User, article: Article) -> None:
    form = sent_by(author_client.get(change(article)))
    answer = author_client.post(autosave(article), form | {"title": "Better soap", "doing": "typing"})
    assert answer.status_code == 200
    assert answer.json()["kept"] == timezone.localtime().strftime("%H:%M")
    article.refresh_from_db()
    assert (article.title, article.version) == ("Soap", 1)

    opened = author_client.get(change(article))
    assert "You have words from" in words(opened)
    assert "Better" in words(opened)
    assert value(opened, "title") == "Soap"

    used = author_client.get(change(article), {"copy": form["working_copy"]})
    assert value(used, "title") == "Better soap"
    assert value(used, "references-0-title") == "First source"
    assert "errornote" not in used.content.decode()

    author_client.post(change(article), sent_by(used) | {"_save": "1"})
    article.refresh_from_db()
    assert article.title == "Better soap"
    assert article.references.get().title == "First source"
    assert "You have words from" not in words(author_client.get(change(article)))


def test_a_new_article_is_kept_before_it_was_ever_saved(author_client: Client, author: User) -> None:
    form = sent_by(author_client.get(ADD)) | {"title": "New", "body": "<p>Words</p>", "doing": "typing"}
    form |= {"references-TOTAL_FORMS": "2", "references-1-title": "Second row"}
    assert author_client.post(autosave(None), form).status_code == 200
    assert not Article.objects.exists()

    assert "“New”" in words(author_client.get(ADD))
    used = author_client.get(ADD, {"copy": form["working_copy"]})
    data = sent_by(used)
    assert (data["title"], data["body"]) == ("New", "<p>Words</p>")
    assert "Second row" in data.values()
    author_client.post(ADD, data | {"_save": "1", "standfirst": "Why.", "slug": "new"})
    assert Article.objects.get().references.get().title == "Second row"
    assert "You have words" not in words(author_client.get(ADD))


def test_words_that_arrive_after_the_form_was_saved_are_dropped(author_client: Client, article: Article) -> None:
    form = sent_by(author_client.get(change(article)))
    author_client.post(change(article), form | {"title": "Saved", "_save": "1"})
    late = author_client.post(autosave(article), form | {"title": "Late", "doing": "typing"})
    assert late.json()["version"] == 2
    assert not WorkingCopy.objects.with_words().exists()


def test_a_preview_beside_the_form_is_no_rival_of_it(author_client: Client, article: Article) -> None:
    form = sent_by(author_client.get(change(article)))
    assert author_client.post(change(article), form | {"title": "One", "_preview": "1"}).status_code == 302
    assert author_client.post(change(article), form | {"title": "Two", "_save": "1"}).status_code == 302
    article.refresh_from_db()
    assert (article.title, article.version) == ("Two", 3)


def test_words_can_be_thrown_away(author_client: Client, article: Article) -> None:
    form = sent_by(author_client.get(change(article)))
    author_client.post(autosave(article), form | {"title": "Worse", "doing": "typing"})
    address = reverse("admin:articles_article_throw_away", args=[form["working_copy"]])
    assert address in author_client.get(change(article)).content.decode()
    assert "deleted for good" in words(author_client.get(address))
    assert WorkingCopy.objects.count() == 1
    assert author_client.post(address).headers["Location"] == change(article)
    assert not WorkingCopy.objects.exists()


def test_what_was_not_changed_is_not_offered(author_client: Client, article: Article) -> None:
    form = sent_by(author_client.get(change(article)))
    author_client.post(autosave(article), form | {"doing": "typing"})
    assert "You have words" not in words(author_client.get(change(article)))


def test_nobody_else_sees_or_takes_what_is_typed(
    author: User, author_client: Client, editor_client: Client, article: Article
) -> None:
    form = sent_by(author_client.get(change(article)))
    author_client.post(autosave(article), form | {"title": "Secret thought", "doing": "typing"})
    key = form["working_copy"]
    for address in (change(article), f"{change(article)}?copy={key}", "/articles/", article.get_absolute_url()):
        assert "Secret thought" not in words(editor_client.get(address))
    throw = reverse("admin:articles_article_throw_away", args=[key])
    assert editor_client.get(throw).status_code == 404
    assert editor_client.post(throw).status_code == 404
    assert editor_client.post(autosave(article), form | {"doing": "typing", "title": "Mine"}).status_code == 403
    assert WorkingCopy.objects.get().fields["title"] == ["Secret thought"]
    assert "Secret thought" not in str(WorkingCopy.objects.get())


def test_only_those_who_may_edit_keep_words(article: Article) -> None:
    for role, status in ((None, 302), ("reader", 302), ("author", 404)):
        client = Client()
        if role:
            client.force_login(UserFactory(role=role))
        for address in (autosave(article), change(article)):
            client.get(address)
        answer = client.post(autosave(article), {"doing": "typing", "title": "x", "working_copy": str(uuid.uuid4())})
        assert answer.status_code == status
    assert not WorkingCopy.objects.exists()


def test_after_logging_in_again_the_page_gets_a_token_and_goes_on(author: User, article: Article) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(author)
    form = sent_by(client.get(change(article))) | {"doing": "typing", "title": "Typed on"}
    del form["owner"]
    client.logout()
    assert client.post(autosave(article), form).status_code in (302, 403)
    client.force_login(author)
    # As a browser that lost its cookies: the page's own token fits no more.
    client.cookies.pop("csrftoken", None)
    assert client.post(autosave(article), form).status_code == 403
    renewed = client.get(autosave(article)).json()
    assert renewed["owner"] == str(author.pk)
    assert client.post(autosave(article), form | {"csrfmiddlewaretoken": renewed["token"]}).status_code == 200
    assert WorkingCopy.objects.get().fields["title"] == ["Typed on"]


def test_a_save_without_a_login_brings_the_words_back_after_it(author: User, article: Article) -> None:
    client = Client()
    client.force_login(author)
    form = sent_by(client.get(change(article))) | {"title": "Typed while logged out", "_save": "1"}
    client.logout()
    refused = client.post(change(article), form)
    assert refused.status_code == 302
    session = client.session["kept_words"]
    client.force_login(author)
    kept = client.session
    kept["kept_words"] = session
    kept.save()
    opened = client.get(change(article))
    assert "We kept what you had typed." in words(opened)
    assert value(opened, "title") == "Typed while logged out"
    client.post(change(article), sent_by(opened) | {"_save": "1"})
    article.refresh_from_db()
    assert article.title == "Typed while logged out"


@pytest.mark.sweep
@pytest.mark.parametrize(
    "text",
    ["nul \x00 byte", "مرحبا \u202e txet", "e\u0301\u0323" * 50, "<script>alert(1)</script>", "😀", "\ud7ff\ufffd"],
)
def test_every_text_comes_back_as_it_was(author_client: Client, article: Article, text: str) -> None:
    form = sent_by(author_client.get(change(article))) | {"standfirst": text, "doing": "typing"}
    assert author_client.post(autosave(article), form).status_code == 200
    used = author_client.get(change(article), {"copy": form["working_copy"]})
    assert value(used, "standfirst") == text.replace("\x00", "")
    assert b"<script>alert" not in used.content


@pytest.mark.sweep
@pytest.mark.parametrize(
    "odd",
    [
        {"working_copy": "not-a-key"},
        {"version": "-1"},
        {"version": "9" * 30},
        {"references-TOTAL_FORMS": "99999"},
        {"references-TOTAL_FORMS": "x"},
        {"references-0-id": "999999"},
        {"references-0-id": "x"},
        {"references-99999999-title": "x"},
        {"over": "x"},
    ],
)
def test_odd_forms_get_an_answer(author_client: Client, article: Article, odd: dict[str, str]) -> None:
    form = sent_by(author_client.get(change(article))) | odd | {"title": "Odd"}
    kept = author_client.post(autosave(article), form | {"doing": "typing"})
    assert kept.status_code == 200
    for copy in WorkingCopy.objects.all():
        assert author_client.get(change(article), {"copy": str(copy.pk)}).status_code == 200
    assert author_client.get(change(article), {"copy": "x"}).status_code == 200
    Article.objects.filter(pk=article.pk).update(version=7, title="Theirs")
    assert author_client.post(change(article), form | {"_save": "1"}).status_code in (200, 302, 409)


def test_too_much_at_once_is_answered_with_a_sentence(author_client: Client, article: Article) -> None:
    form = sent_by(author_client.get(change(article))) | {"body": "<p>word</p>" * 500_000}
    for address in (change(article), autosave(article)):
        answer = author_client.post(address, form | {"doing": "typing"})
        assert answer.status_code == 413
        assert "larger than we can take" in words(answer)


def test_only_so_many_are_kept(author: User) -> None:
    for number in range(12):
        keep_words(key=uuid.uuid4(), by=author, article=None, fields={"title": [str(number)]}, seen_version=0)
    assert sorted(int(copy.fields["title"][0]) for copy in WorkingCopy.objects.all()) == list(range(4, 12))


def test_the_night_clears_what_nobody_came_back_for(author: User, article: Article) -> None:
    now = timezone.now()
    for fields, days in (({"title": ["old"]}, 61), ({"title": ["new"]}, 59), ({}, 2), ({}, 0)):
        copy = keep_words(key=uuid.uuid4(), by=author, article=article, fields=fields, seen_version=1)
        past = now - datetime.timedelta(days=days)
        WorkingCopy.objects.filter(pk=copy.pk).update(kept_at=past, open_at=past)
    assert tidy_now(now)["working copies"] == 2
    assert [copy.fields for copy in WorkingCopy.objects.order_by("kept_at")] == [{"title": ["new"]}, {}]


def test_actions_ask_whose_it_is(author: User, editor: User, article: Article) -> None:
    copy = keep_words(key=uuid.uuid4(), by=author, article=article, fields={"title": ["x"]}, seen_version=1)
    with pytest.raises(PermissionDenied):
        throw_away(copy=copy, by=editor)
    finish_words(key=copy.pk, by=editor, article=article)
    with pytest.raises(PermissionDenied):
        keep_words(key=uuid.uuid4(), by=UserFactory(author=True), article=article, fields={}, seen_version=1)
    with pytest.raises(PermissionDenied):
        keep_words(key=uuid.uuid4(), by=UserFactory(), article=None, fields={}, seen_version=0)
    assert WorkingCopy.objects.get().fields == {"title": ["x"]}


# --- Who else is there


def test_one_is_told_who_else_has_it_open(
    author: User, author_client: Client, editor_client: Client, article: Article
) -> None:
    form = sent_by(author_client.get(change(article)))
    author_client.post(autosave(article), form | {"doing": "open"})
    since = timezone.localtime(WorkingCopy.objects.get().opened_at).strftime("%H:%M")
    sentence = f"{author.name} has had this article open since {since}."
    assert sentence in words(editor_client.get(change(article)))
    assert sentence not in words(author_client.get(change(article)))
    theirs = sent_by(editor_client.get(change(article)))
    assert editor_client.post(autosave(article), theirs | {"doing": "open"}).json()["others"] == [sentence]

    author_client.post(autosave(article), form | {"doing": "open", "left": "1"})
    assert sentence not in words(editor_client.get(change(article)))


def test_a_form_that_gives_no_sign_of_life_is_not_open(
    author: User, author_client: Client, editor_client: Client, article: Article
) -> None:
    author_client.post(autosave(article), sent_by(author_client.get(change(article))) | {"doing": "open"})
    WorkingCopy.objects.update(open_at=timezone.now() - datetime.timedelta(minutes=5))
    assert "has had this article open" not in words(editor_client.get(change(article)))


def test_one_is_told_while_typing_that_somebody_saved(
    author_client: Client, editor: User, editor_client: Client, article: Article
) -> None:
    mine, theirs = sent_by(author_client.get(change(article))), sent_by(editor_client.get(change(article)))
    editor_client.post(change(article), theirs | {"title": "Theirs", "_save": "1"})
    told = author_client.post(autosave(article), mine | {"doing": "open"}).json()
    assert told["saved"].startswith(f"{editor.name} saved this article at ")


# --- Two who save


def test_the_second_to_save_sees_both_texts_and_loses_none(
    author_client: Client, author: User, editor: User, editor_client: Client, article: Article
) -> None:
    mine, theirs = sent_by(author_client.get(change(article))), sent_by(editor_client.get(change(article)))
    added = {"references-TOTAL_FORMS": "2", "references-1-title": "Their source", "references-1-position": "2"}
    editor_client.post(change(article), theirs | {"title": "Their title", "_save": "1"} | added)

    refused = author_client.post(change(article), mine | {"title": "My title", "standfirst": "My words.", "_save": "1"})
    assert refused.status_code == 409
    shown = soup_of(refused)
    assert f"{editor.name} saved this article at" in words(refused)
    sides = [" ".join(side.get_text().split()) for side in shown.select(".difference__side p")]
    assert sides[:2] == ["Their title", "My title"]
    assert any("Their source" in side for side in sides)
    article.refresh_from_db()
    assert (article.title, article.version) == ("Their title", 2)
    # My text is in the form, with the row that was added meanwhile, and kept in any case.
    again = sent_by(refused)
    assert (again["title"], again["standfirst"], again["version"]) == ("My title", "My words.", "2")
    assert "Their source" in again.values()
    assert "You have words from" in words(author_client.get(change(article)))

    # Mine on top: theirs is kept.
    assert author_client.post(change(article), again | {"_save": "1"}).status_code == 302
    article.refresh_from_db()
    assert (article.title, article.version) == ("My title", 3)
    assert article.references.count() == 2
    replaced = WorkingCopy.objects.get(kind=CopyKind.REPLACED)
    assert replaced.user == editor
    for client in (author_client, editor_client):
        assert f"The draft of {editor.name}, replaced" in words(client.get(change(article)))
        back = client.get(change(article), {"copy": str(replaced.pk)})
        assert value(back, "title") == "Their title"
    assert editor_client.post(change(article), sent_by(back) | {"_save": "1"}).status_code == 302
    article.refresh_from_db()
    assert article.title == "Their title"


def test_the_other_text_can_be_kept_and_one_s_own_waits(
    author_client: Client, editor_client: Client, article: Article
) -> None:
    mine, theirs = sent_by(author_client.get(change(article))), sent_by(editor_client.get(change(article)))
    editor_client.post(change(article), theirs | {"title": "Their title", "_save": "1"})
    author_client.post(change(article), mine | {"title": "My title", "_save": "1"})
    opened = author_client.get(change(article))
    assert value(opened, "title") == "Their title"
    assert "You have words from" in words(opened)
    # And using them later is still not saving over what one has not seen.
    used = author_client.get(change(article), {"copy": mine["working_copy"]})
    assert value(used, "title") == "My title"
    assert author_client.post(change(article), sent_by(used) | {"_save": "1"}).status_code == 409


def test_a_third_save_in_between_is_seen_as_well(
    author_client: Client, editor_client: Client, article: Article
) -> None:
    mine, theirs = sent_by(author_client.get(change(article))), sent_by(editor_client.get(change(article)))
    editor_client.post(change(article), theirs | {"title": "A", "_save": "1"})
    refused = author_client.post(change(article), mine | {"title": "Mine", "_save": "1"})
    editor_client.post(change(article), sent_by(editor_client.get(change(article))) | {"title": "B", "_save": "1"})
    again = author_client.post(change(article), sent_by(refused) | {"_save": "1"})
    assert again.status_code == 409
    assert "B" in [side.get_text().strip() for side in soup_of(again).select(".difference__side p")]


def test_a_row_that_was_deleted_meanwhile_comes_back_with_one_s_own_text(
    author_client: Client, editor_client: Client, article: Article
) -> None:
    mine, theirs = sent_by(author_client.get(change(article))), sent_by(editor_client.get(change(article)))
    editor_client.post(change(article), theirs | {"references-0-DELETE": "on", "_save": "1"})
    assert not article.references.exists()
    refused = author_client.post(change(article), mine | {"title": "Mine", "_save": "1"})
    assert author_client.post(change(article), sent_by(refused) | {"_save": "1"}).status_code == 302
    assert article.references.get().title == "First source"


def test_publishing_is_held_back_like_saving(author_client: Client, editor_client: Client, article: Article) -> None:
    mine, theirs = sent_by(author_client.get(change(article))), sent_by(editor_client.get(change(article)))
    editor_client.post(change(article), theirs | {"title": "Theirs", "_save": "1"})
    assert author_client.post(change(article), mine | {"title": "Mine", "_publish": "1"}).status_code == 409
    article.refresh_from_db()
    assert not article.is_published()


def test_a_double_click_saves_once_and_troubles_nobody(author_client: Client, article: Article) -> None:
    form = sent_by(author_client.get(change(article))) | {"title": "Twice", "_save": "1"}
    form["working_copy"] = "lost"
    assert [author_client.post(change(article), form).status_code for _ in "ab"] == [302, 302]


def test_only_formatting_that_differs_is_said_to_be_that(
    author_client: Client, editor_client: Client, article: Article
) -> None:
    mine, theirs = sent_by(author_client.get(change(article))), sent_by(editor_client.get(change(article)))
    editor_client.post(change(article), theirs | {"body": "<p><strong>Words.</strong></p>", "_save": "1"})
    refused = author_client.post(change(article), mine | {"body": "<p><em>Words.</em></p>", "_save": "1"})
    assert refused.status_code == 409
    assert "The words are the same" in words(refused)


def test_a_version_is_claimed_once(article: Article) -> None:
    stale = Article.objects.get(pk=article.pk)
    claim_version(article=article, seen=1)
    with pytest.raises(SavedMeanwhile):
        claim_version(article=stale, seen=1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_four_who_save_at_once_exactly_one_wins_each_round() -> None:
    editors = [UserFactory(editor=True) for _ in range(4)]
    article = ArticleFactory(title="Start")
    clients = []
    for user in editors:
        client = Client()
        client.force_login(user)
        clients.append(client)
    for turn in range(5):
        forms = [sent_by(client.get(change(article))) for client in clients]
        statuses: dict[int, int] = {}
        start = threading.Barrier(len(clients))

        def save(
            place: int, turn: int = turn, forms: Any = forms, statuses: Any = statuses, start: Any = start
        ) -> None:
            data = forms[place] | {"title": f"Round {turn}, editor {place}", "_save": "1"}
            start.wait()
            try:
                statuses[place] = clients[place].post(change(article), data).status_code
            finally:
                connection.close()

        threads = [threading.Thread(target=save, args=(place,)) for place in range(len(clients))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses.values()) == [302, 409, 409, 409]
        [winner] = [place for place, status in statuses.items() if status == 302]
        article.refresh_from_db()
        assert (article.title, article.version) == (f"Round {turn}, editor {winner}", turn + 2)
        # Nobody's text is gone: it is saved, or kept for its writer.
        kept = {copy.fields["title"][0] for copy in WorkingCopy.objects.with_words()}
        lost = {f"Round {turn}, editor {place}" for place in range(len(clients)) if place != winner} - kept
        assert not lost


@pytest.mark.django_db(transaction=True)
def test_saving_while_the_last_words_are_on_their_way_is_no_error() -> None:
    editor, key = UserFactory(editor=True), uuid.uuid4()
    article = ArticleFactory()
    arrived = threading.Event()

    def keep() -> None:
        try:
            with transaction.atomic():
                keep_words(key=key, by=editor, article=article, fields={"title": ["Typed"]}, seen_version=1)
                arrived.set()
                # Long enough for the save to come meanwhile, and wait.
                time.sleep(0.5)
        finally:
            connection.close()

    thread = threading.Thread(target=keep)
    thread.start()
    assert arrived.wait(10)
    finish_words(key=key, by=editor, article=article)
    thread.join()
    assert WorkingCopy.objects.get(pk=key).fields == {}


# --- The form


def test_the_form_goes_from_the_words_to_the_settings(author_client: Client, article: Article) -> None:
    page = soup_of(author_client.get(change(article)))
    order = [
        "id_title", "id_standfirst", "id_body", "id_references-0-title", "id_bylines-0-author",
        "id_learning_objectives", "id_interests_0", "id_competing_interests", "id_interests_declared_on", "id_topics",
        "id_offers_cpd", "id_publish_at_0", "id_slug",
    ]  # fmt: skip
    places = [str(tag.get("id")) for tag in page.find_all(id=True)]
    found = [place for place in places if place in order]
    assert found == [place for place in order if place in found]
    assert set(order) - set(found) <= {"id_topics"}
    length = page.select_one("#desk-length")
    assert length is not None
    assert length.get_text() == "1 word, about 1 min to read."
    assert {"references-TOTAL_FORMS", "bylines-TOTAL_FORMS"} <= sent_by(author_client.get(change(article))).keys()


@pytest.mark.parametrize(
    ("answer", "statement", "stored"),
    [
        ("none", "", "None declared."),
        ("some", "Paid by A.", "Paid by A."),
        ("", "Paid by A.", "Paid by A."),
        ("", "", ""),
    ],
)
def test_interests_are_a_question_with_a_dated_answer(
    author_client: Client, article: Article, answer: str, statement: str, stored: str
) -> None:
    Article.objects.filter(pk=article.pk).update(competing_interests="", interests_declared_on=None)
    form = sent_by(author_client.get(change(article))) | {"competing_interests": statement, "_save": "1"}
    assert author_client.post(change(article), form | ({"interests": answer} if answer else {})).status_code == 302
    article.refresh_from_db()
    assert article.competing_interests == stored
    assert article.interests_declared_on == (timezone.localdate() if stored else None)


def test_an_answer_that_stays_keeps_its_day_and_a_new_one_gets_today_s(author_client: Client, article: Article) -> None:
    before = article.interests_declared_on
    opened = author_client.get(change(article))
    assert sent_by(opened)["interests"] == "none"
    author_client.post(change(article), sent_by(opened) | {"title": "Other", "_save": "1"})
    article.refresh_from_db()
    assert (article.competing_interests, article.interests_declared_on) == ("None declared.", before)
    form = sent_by(author_client.get(change(article)))
    form |= {"interests": "some", "competing_interests": "Paid by A.", "_save": "1"}
    author_client.post(change(article), form)
    article.refresh_from_db()
    assert article.interests_declared_on == timezone.localdate()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"interests": "some", "competing_interests": ""}, "Say what they are, or choose “None”."),
        ({"interests": "none", "competing_interests": "Paid by A."}, "You chose “None” and described some."),
        ({"interests": "none", "interests_declared_on": "01/01/2199"}, "This day is still to come."),
    ],
)
def test_answers_that_contradict_are_asked_about(
    author_client: Client, article: Article, fields: dict[str, str], sentence: str
) -> None:
    refused = author_client.post(change(article), sent_by(author_client.get(change(article))) | fields | {"_save": "1"})
    assert refused.status_code == 200
    assert sentence in words(refused)


def test_nothing_of_a_copy_is_in_the_log(
    author_client: Client, article: Article, caplog: pytest.LogCaptureFixture
) -> None:
    form = sent_by(author_client.get(change(article))) | {"title": "Canary", "doing": "typing"}
    author_client.post(autosave(article), form)
    with transaction.atomic():
        Article.objects.filter(pk=article.pk).update(version=5)
    author_client.post(change(article), form | {"_save": "1"})
    assert "Canary" not in json.dumps([record.getMessage() for record in caplog.records])
