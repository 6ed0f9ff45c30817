"""From a draft to a retired article: who may do what, when; what a signature covers; who sees what is left to do."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles import actions
from articles.composing import compose, hash_to_sign
from articles.details import Details
from articles.models import (
    Article,
    Author,
    Comment,
    Reference,
    Review,
    Significance,
    State,
    Status,
    Verdict,
)
from articles.previews import preview_address
from articles.readiness import advice, obstacles
from articles.tasks import SHOWN, tasks_for
from meducation.lib import page_cache
from tests.articles.test_admin import change, client_of, form, saved_rows, words
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AuthorFactory, CommentFactory, ReviewFactory, RevisionFactory

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
SIGNATURE: dict[str, Any] = {"name": "Dr Rhea Viewer", "credentials": "FRCP", "competing_interests": "None declared."}


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    page_cache.store.clear()


@pytest.fixture
def author() -> User:
    return UserFactory(role="author", name="Nell Writer")


@pytest.fixture
def reviewer() -> User:
    return UserFactory(role="reviewer", name="Dr Rhea Viewer")


@pytest.fixture
def editor() -> User:
    return UserFactory(role="editor", name="Ed Itor")


@pytest.fixture
def article(author: User) -> Article:
    """The author's draft, ready but for a review."""
    written: Article = ArticleFactory(title="Soap", slug="soap", author=AuthorFactory(user=author), created_by=author)
    return written


def place(name: str, article: Article, **query: Any) -> str:
    return reverse(f"admin:articles_article_{name}", args=[article.pk], query=query or None)


def review_page(review: Review) -> str:
    return reverse("admin:articles_review_change", args=[review.pk])


def text(response: Any) -> str:
    """The words of a page in which single words are marked."""
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text().split())


def ask(article: Article, by: User, reviewer: User | None) -> Review:
    review = actions.send_to_review(article=article, by=by, reviewer=reviewer)
    assert review is not None
    return review


def fresh(article: Article) -> Article:
    return Article.objects.for_composing().get(pk=article.pk)


def sign(review: Review, by: User) -> None:
    actions.sign_off(review=review, by=by, sha256=hash_to_sign(compose(fresh(review.article))), **SIGNATURE)


def reword(article: Article, body: str = "<p>Other words.</p>") -> None:
    Article.objects.filter(pk=article.pk).update(body=body)


def messages(article: Article) -> list[str]:
    return [obstacle.message for obstacle in obstacles(fresh(article))]


# --- Role × action × state


PEOPLE = ("reader", "reviewer asked", "reviewer", "author", "another author", "editor", "administrator")
EDITORS = {"editor", "administrator"}
THEIRS = {"author"} | EDITORS
STATES = (State.DRAFT, State.IN_REVIEW, State.SCHEDULED, State.PUBLISHED, State.REVIEW_DUE, State.RETIRED)


def in_state(state: State, author: User) -> Article:
    byline = Author.objects.filter(user=author).first() or AuthorFactory(user=author)
    article: Article = ArticleFactory(author=byline, created_by=author)
    if state in (State.DRAFT, State.IN_REVIEW):
        Article.objects.filter(pk=article.pk).update(status=state.value)
    else:
        due = TODAY + datetime.timedelta(days=-1 if state == State.REVIEW_DUE else 300)
        Article.objects.filter(pk=article.pk).update(review_due_on=due)
        now = timezone.now()
        live_from = now + datetime.timedelta(days=1 if state == State.SCHEDULED else -400)
        revision = RevisionFactory(article=fresh(article), live_from=live_from)
        Article.objects.filter(pk=article.pk).update(
            revision=revision,
            publish_at=live_from,
            status="scheduled" if state == State.SCHEDULED else "retired" if state == State.RETIRED else "published",
            retired_at=now if state == State.RETIRED else None,
        )
    return fresh(article)


def do_comment(article: Article, by: User, review: Review) -> None:
    actions.comment(article=article, by=by, text="Is this so?")


def do_answer(article: Article, by: User, review: Review) -> None:
    actions.sign_off(review=review, by=by, sha256=hash_to_sign(compose(article)), **SIGNATURE)


def do_ask_for_changes(article: Article, by: User, review: Review) -> None:
    actions.ask_for_changes(review=review, by=by, changes="The dose.")


def do_send(article: Article, by: User, review: Review) -> None:
    actions.send_to_review(article=article, by=by, reviewer=UserFactory(role="reviewer"))


def do_publish(article: Article, by: User, review: Review) -> None:
    actions.publish(article=article, by=by)


def do_retire(article: Article, by: User, review: Review) -> None:
    actions.retire(article=article, by=by, because="Out of date.")


def do_unpublish(article: Article, by: User, review: Review) -> None:
    actions.unpublish(article=article, by=by)


def do_restore(article: Article, by: User, review: Review) -> None:
    revision = article.revisions.first() or RevisionFactory(article=article)
    actions.restore(article=article, revision=revision, by=by)


# What each takes, and in which states it can be done at all.
PUBLIC = {State.PUBLISHED, State.REVIEW_DUE, State.RETIRED}
ACTIONS: dict[Callable[[Article, User, Review], None], tuple[set[str], set[State]]] = {
    do_comment: ({"reviewer asked"} | THEIRS, set(STATES)),
    do_answer: ({"reviewer asked"}, set(STATES)),
    do_ask_for_changes: ({"reviewer asked"}, set(STATES)),
    do_send: (THEIRS, set(STATES)),
    do_publish: (EDITORS, set(STATES)),
    do_retire: (EDITORS, PUBLIC),
    do_unpublish: (EDITORS, set(STATES)),
    do_restore: (THEIRS, set(STATES)),
}


@pytest.mark.sweep
@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("act", ACTIONS)
def test_who_may_do_what_in_which_state(act: Callable[[Article, User, Review], None], who: str, author: User) -> None:
    asked = UserFactory(role="reviewer")
    cast: dict[str, User] = {"reviewer asked": asked, "author": author, "another author": UserFactory(role="author")}
    by = cast.get(who) or UserFactory(role=who)
    may, possible = ACTIONS[act]
    for state in STATES:
        article = in_state(state, author)
        review = ReviewFactory(article=article, reviewer=asked)
        if who not in may:
            with pytest.raises(PermissionDenied):
                act(article, by, review)
        elif state not in possible:
            with pytest.raises(actions.NotPublished):
                act(article, by, review)
        else:
            act(article, by, review)


@pytest.mark.parametrize("state", STATES)
def test_the_list_and_the_article_agree_on_the_state(state: State, author: User, editor: User) -> None:
    article = in_state(state, author)
    assert article.state() == state
    assert [found.pk for found in Article.objects.in_state(state)] == [article.pk]
    page = BeautifulSoup(
        client_of(editor).get("/admin/articles/article/", {"state": state.value}).content, "html.parser"
    )
    cell = page.select_one("#result_list .field-state")
    assert cell is not None and cell.get_text() == state.label
    others = [other for other in STATES if other != state]
    for other in others:
        assert not Article.objects.in_state(other).exists()


@pytest.mark.parametrize("role", ["author", "editor", "administrator"])
def test_nobody_signs_off_their_own(role: str, editor: User) -> None:
    """Neither who began it nor whose byline it carries, nor somebody who became an author after they were asked."""
    user = UserFactory(role=role)
    begun, signed = ArticleFactory(created_by=user), ArticleFactory(author=AuthorFactory(user=user))
    for own in (begun, signed):
        with pytest.raises(actions.CannotReview):
            actions.send_to_review(article=own, by=editor, reviewer=user)
    late = ArticleFactory()
    review = ask(late, editor, user)
    Article.objects.filter(pk=late.pk).update(created_by=user)
    with pytest.raises(PermissionDenied):
        sign(review, user)


@pytest.mark.parametrize("change_of", [{"role": "reader"}, {"is_active": False}])
def test_who_is_no_reviewer_any_more_is_neither_asked_nor_heard(change_of: dict[str, Any], editor: User) -> None:
    user, article = UserFactory(role="reviewer"), ArticleFactory()
    review = ask(article, editor, user)
    User.objects.filter(pk=user.pk).update(**change_of)
    user.refresh_from_db()
    with pytest.raises(PermissionDenied):
        sign(review, user)
    with pytest.raises(actions.CannotReview):
        actions.send_to_review(article=article, by=editor, reviewer=user)


# --- Asking and answering


def test_sending_a_draft_to_review_and_back(article: Article, author: User, reviewer: User) -> None:
    review = ask(article, author, reviewer)
    assert (article.status, review.verdict, review.asked_by) == (Status.IN_REVIEW, Verdict.WAITING, author)
    with pytest.raises(actions.AskedAlready):
        ask(article, author, reviewer)
    actions.ask_for_changes(review=review, by=reviewer, changes="Name the soap.")
    assert fresh(article).status == Status.DRAFT
    with pytest.raises(actions.AlreadyDecided):
        sign(review, reviewer)
    assert messages(article) == ["Dr Rhea Viewer asks for changes: make them and ask again."]

    again = ask(article, author, reviewer)
    assert messages(article) == []
    assert fresh(article).status == Status.IN_REVIEW
    sign(again, reviewer)
    assert fresh(article).status == Status.IN_REVIEW


def test_what_readers_see_is_not_touched_by_a_review(
    article: Article, author: User, editor: User, reviewer: User
) -> None:
    actions.publish(article=article, by=editor)
    ask(article, author, reviewer)
    assert fresh(article).state() == State.PUBLISHED


def test_taking_back_from_review(article: Article, author: User, reviewer: User) -> None:
    review = ask(article, author, reviewer)
    actions.take_back(article=article, by=author)
    review.refresh_from_db()
    assert (article.status, review.verdict) == (Status.DRAFT, Verdict.WITHDRAWN)
    assert client_of(reviewer).get(review_page(review)).status_code == 404


def test_only_an_editor_sets_a_request_for_changes_aside(
    article: Article, author: User, editor: User, reviewer: User
) -> None:
    review = ask(article, author, reviewer)
    actions.ask_for_changes(review=review, by=reviewer, changes="Name the soap.")
    with pytest.raises(PermissionDenied):
        actions.withdraw_review(review=review, by=author)
    with pytest.raises(actions.NotReady):
        actions.publish(article=article, by=editor)
    actions.withdraw_review(review=review, by=editor)
    actions.publish(article=article, by=editor)
    assert fresh(article).is_published()


# --- What a signature covers


def test_the_published_page_names_who_signed(article: Article, author: User, editor: User, reviewer: User) -> None:
    sign(ask(article, author, reviewer), reviewer)
    revision = actions.publish(article=article, by=editor)
    details = Details.from_json(revision.details)
    assert [review.signature for review in details.reviews] == ["Dr Rhea Viewer, FRCP"]
    assert details.reviews[0].is_of_this_text
    assert (details.reviewed_by, details.last_reviewed_on) == ("Dr Rhea Viewer, FRCP", TODAY)
    shown = words(Client().get(article.get_absolute_url()))
    assert "Dr Rhea Viewer, FRCP," in shown
    assert "Competing interests: None declared." in shown
    assert "an earlier text" not in shown


def test_words_changed_after_signing_are_said_to_be(
    article: Article, author: User, editor: User, reviewer: User
) -> None:
    review = ask(article, author, reviewer)
    sign(review, reviewer)
    reword(article, "<p>Words, but <strong>other</strong> ones.</p>")
    thoughts = [thought.message for thought in advice(fresh(article), compose(fresh(article)))]
    assert len(thoughts) == 1 and thoughts[0].startswith("Changed since Dr Rhea Viewer signed it off on ")
    page = words(client_of(author).get(change(article)))
    assert "Changed since Dr Rhea Viewer signed it off" in page
    compared = text(client_of(author).get(place("compare", article, before=f"signed-{review.pk}", after="words")))
    assert "Words, but other ones." in compared
    actions.publish(article=article, by=editor)
    assert "(an earlier text)" in words(Client().get(article.get_absolute_url()))


@pytest.mark.parametrize(
    ("fields", "is_still_signed"),
    [
        ({"review_due_on": TODAY + datetime.timedelta(days=9)}, True),
        ({"interests_declared_on": TODAY}, True),
        ({"publish_at": timezone.now()}, True),
        ({"title": "Other"}, False),
        ({"standfirst": "Other."}, False),
        ({"body": "<p>Words!</p>"}, False),
        ({"learning_objectives": "Other"}, False),
        ({"competing_interests": "Shares in soap."}, False),
        ({"acknowledgement": "Thanks."}, False),
    ],
)
def test_a_signature_covers_the_words_and_not_the_dates(
    fields: dict[str, Any], is_still_signed: bool, article: Article, author: User, reviewer: User
) -> None:
    sign(ask(article, author, reviewer), reviewer)
    Article.objects.filter(pk=article.pk).update(**fields)
    [review] = Details.from_json(compose(fresh(article)).details).reviews
    assert review.is_of_this_text is is_still_signed


def test_a_signature_covers_the_references(article: Article, author: User, reviewer: User) -> None:
    sign(ask(article, author, reviewer), reviewer)
    Reference.objects.create(article=article, position=1, title="A trial")
    assert not Details.from_json(compose(fresh(article)).details).reviews[0].is_of_this_text


def test_what_was_typed_by_hand_stays_for_what_came_from_elsewhere(editor: User) -> None:
    article = ArticleFactory(reviewed_by="The board, 2013", last_reviewed_on=datetime.date(2013, 12, 9))
    details = Details.from_json(actions.publish(article=article, by=editor).details)
    assert (details.reviewed_by, details.last_reviewed_on) == ("The board, 2013", datetime.date(2013, 12, 9))
    assert [thought.message for thought in advice(fresh(article), compose(fresh(article)))] == []


def test_words_that_changed_while_they_were_read_are_not_signed(article: Article, author: User, reviewer: User) -> None:
    review = ask(article, author, reviewer)
    client = client_of(reviewer)
    page = BeautifulSoup(client.get(review_page(review)).content, "html.parser")
    seen = page.select_one("[name=sign-sha256]")
    assert seen is not None
    reword(article)
    data = {f"sign-{name}": value for name, value in SIGNATURE.items()} | {"sign-sha256": seen["value"], "_sign": "1"}
    refused = client.post(review_page(review), data)
    assert refused.status_code == 422
    assert "The words have changed since you opened this page." in words(refused)
    review.refresh_from_db()
    assert review.verdict == Verdict.WAITING
    # What was typed is still there, and the page now stands for the new words.
    again = BeautifulSoup(refused.content, "html.parser")
    data = {str(box["name"]): box.get("value") or box.get_text().strip() for box in again.select("[name^=sign-]")}
    assert data["sign-name"] == "Dr Rhea Viewer"
    assert client.post(review_page(review), data | {"_sign": "1"}).status_code == 302
    review.refresh_from_db()
    assert review.verdict == Verdict.SIGNED


# --- The pages


def test_a_reviewer_s_desk_holds_what_they_were_asked_and_nothing_else(
    article: Article, author: User, reviewer: User
) -> None:
    other = ReviewFactory(article=ArticleFactory(title="Not for you"))
    review = ask(article, author, reviewer)
    client = client_of(reviewer)
    index = words(client.get("/admin/"))
    assert "Please review" in index and "Soap" in index and "Not for you" not in index
    listed = words(client.get("/admin/articles/review/"))
    assert "Soap" in listed and "Not for you" not in listed
    assert client.get(review_page(other)).status_code == 404
    for address in (
        "/admin/articles/article/",
        "/admin/articles/article/add/",
        change(article),
        place("review", article),
        place("compare", article),
        place("retire", article),
        "/admin/articles/image/",
        "/admin/articles/author/",
        "/admin/articles/review/add/",
        reverse("admin:articles_review_delete", args=[review.pk]),
    ):
        assert client.get(address).status_code in (302, 403, 404), address
        assert client.post(address, form()).status_code in (302, 403, 404), address
    shown = client.get(review_page(review))
    assert "Nell Writer asked you" in words(shown)
    preview = BeautifulSoup(shown.content, "html.parser").select_one("a[href^='/articles/preview/']")
    assert preview is not None
    assert "Draft: not published." in words(client.get(str(preview["href"])))


def test_a_review_by_hand(article: Article, author: User, reviewer: User) -> None:
    """What the author and the reviewer do, with their browsers."""
    writing, reviewing = client_of(author), client_of(reviewer)
    sent = writing.post(change(article), form("_send", title="Soap", **saved_rows(article)))
    assert sent.headers["Location"] == place("review", article)
    asked = writing.post(place("review", article), {"_ask": "1", "reviewer": reviewer.pk, "request": "The dose."})
    assert asked.status_code == 302
    review = Review.objects.get()
    assert review.request == "The dose."

    said = {"_comment": "1", "comment-quotation": "Words.", "comment-text": "Which words?"}
    assert reviewing.post(review_page(review), said).status_code == 302
    assert "Which words?" in words(writing.get(change(article)))
    assert "Which words?" in words(writing.get(place("review", article)))
    empty = reviewing.post(review_page(review), {"_changes": "1", "changes-changes": " "})
    assert empty.status_code == 422
    assert "Say what should change." in words(empty)
    reviewing.post(review_page(review), {"_changes": "1", "changes-changes": "Say which."})
    assert "Say which." in words(writing.get(place("review", article)))
    assert "Sent back: a reviewer asks for changes" in words(writing.get("/admin/"))

    comment = Comment.objects.get()
    writing.post(change(article), form(title="Soap", body="<p>These very words, said.</p>", **saved_rows(article)))
    assert "These words are not in the text now." in words(writing.get(place("review", article)))
    writing.post(place("review", article), {"_resolve": comment.pk})
    comment.refresh_from_db()
    assert comment.resolved_by == author
    writing.post(place("review", article), {"_ask": "1", "reviewer": reviewer.pk, "request": ""})

    again = Review.objects.waiting().get()
    unsigned = reviewing.post(review_page(again), {"_sign": "1", "sign-name": "", "sign-competing_interests": ""})
    assert unsigned.status_code == 422
    assert "None declared." in words(unsigned)
    page = BeautifulSoup(reviewing.get(review_page(again)).content, "html.parser")
    seen = page.select_one("[name=sign-sha256]")
    assert seen is not None
    data = {f"sign-{name}": value for name, value in SIGNATURE.items()} | {"sign-sha256": seen["value"], "_sign": "1"}
    done = reviewing.post(review_page(again), data, follow=True)
    assert "Signed off. Thank you" in words(done)
    history = list(
        LogEntry.objects.filter(object_id=str(article.pk)).order_by("pk").values_list("change_message", flat=True)
    )
    assert [line for line in history if "[" not in line] == [
        "Sent to review.",
        "Commented.",
        "Asked for changes.",
        "Comment marked as done.",
        "Sent to review.",
        "Signed off.",
    ]


def test_an_author_who_knows_nobody_sends_to_the_editors(article: Article, author: User, editor: User) -> None:
    response = client_of(author).post(
        place("review", article), {"_ask": "1", "reviewer": "", "request": ""}, follow=True
    )
    assert "an editor will choose who reads it" in words(response)
    assert "Sent to review: choose a reviewer" in words(client_of(editor).get("/admin/"))


def test_authors_are_not_offered_as_reviewers_of_their_own(article: Article, author: User, editor: User) -> None:
    reader = UserFactory(name="Just Reading")
    page = BeautifulSoup(client_of(editor).get(place("review", article)).content, "html.parser")
    offered = [option.get_text() for option in page.select("[name=reviewer] option")]
    assert "Ed Itor" in offered
    assert not {"Nell Writer", str(reader)} & set(offered)
    refused = client_of(editor).post(place("review", article), {"_ask": "1", "reviewer": author.pk, "request": ""})
    assert refused.status_code == 422
    assert not Review.objects.exists()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a\x00b", "\u202eabc", "x" * 5000, "é́́" * 50])
def test_odd_words_in_comments_are_words(text: str, article: Article, author: User, reviewer: User) -> None:
    review = ask(article, author, reviewer)
    client = client_of(reviewer)
    said = {"_comment": "1", "comment-quotation": text[:1000], "comment-text": text}
    assert client.post(review_page(review), said).status_code in (302, 422)
    for response in (client.get(review_page(review)), client_of(author).get(change(article))):
        assert response.status_code == 200
        assert b"<script>alert" not in response.content


@pytest.mark.sweep
@pytest.mark.parametrize("button", ["_resolve", "_reopen", "_withdraw"])
@pytest.mark.parametrize("value", ["0", "x", "99999999999999999999", "-1", ""])
def test_a_button_of_no_row_is_not_found(button: str, value: str, article: Article, author: User) -> None:
    assert client_of(author).post(place("review", article), {button: value}).status_code == 404


def test_a_comment_of_another_article_cannot_be_resolved(article: Article, author: User) -> None:
    theirs = CommentFactory()
    assert client_of(author).post(place("review", article), {"_resolve": theirs.pk}).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.resolve_comment(comment=theirs, by=author)


# --- Comparing and restoring


def test_two_texts_side_by_side(article: Article, author: User, editor: User) -> None:
    actions.publish(article=article, by=editor)
    reword(article, "<p>Give 10 mg &lt;b&gt;now&lt;/b&gt;.</p>")
    actions.publish(article=article, by=editor, note="A dose.")
    reword(article, "<p>Give 20 mg &lt;b&gt;now&lt;/b&gt;.</p>")
    page = client_of(author).get(place("compare", article, before=2, after="words"))
    soup = BeautifulSoup(page.content, "html.parser")
    assert [mark.get_text() for mark in soup.select("del")] == ["10"]
    assert [mark.get_text() for mark in soup.select("ins")] == ["20"]
    assert not soup.select(".comparison b")
    assert "Give 20 mg <b>now</b>." in text(page)
    assert "The words are the same." in words(client_of(author).get(place("compare", article, before=2, after=2)))
    for wrong in ("3", "0", "x", "signed-1", "", "1 or 1"):
        assert client_of(author).get(place("compare", article, before=wrong, after=1)).status_code == 404


def test_restoring_brings_the_words_back_and_changes_nothing_readers_see(
    article: Article, author: User, editor: User
) -> None:
    Article.objects.filter(pk=article.pk).update(body="<p>First [1].</p>", funding="A grant.", gdc_outcomes="AC")
    Reference.objects.create(article=article, position=1, title="A trial", doi="10.1056/NEJMsa0810119", year=2009)
    first = actions.publish(article=fresh(article), by=editor)
    Article.objects.filter(pk=article.pk).update(
        title="Second",
        body="<p>Second.</p>",
        funding="",
        learning_objectives="Other",
        standfirst="Other.",
        gdc_outcomes="",
    )
    article.references.all().delete()
    second = actions.publish(article=fresh(article), by=editor, note="Shorter.")
    version = fresh(article).version
    address = place("restore", article, revision=1)
    client = client_of(author)
    asked = text(client.get(address))
    assert "words that were never published are lost" in asked and "First [1]." in asked
    assert fresh(article).title == "Second"
    done = client.post(address, follow=True)
    assert "The words are those of revision 1 again." in words(done)
    back = fresh(article)
    assert back.gdc_outcomes == "AC"
    assert compose(back).sha256 == first.sha256
    assert (back.revision, back.version) == (second, version + 1)
    assert "Second" in words(Client().get(back.get_absolute_url()))
    assert LogEntry.objects.latest("pk").change_message == "Restored the words of revision 1."
    for wrong in ("9", "x", ""):
        assert client.get(place("restore", article, revision=wrong)).status_code == 404


def test_a_revision_of_another_article_is_not_restored(article: Article, author: User) -> None:
    theirs = ArticleFactory(published=True).revision
    assert theirs is not None
    with pytest.raises(PermissionDenied):
        actions.restore(article=article, revision=theirs, by=author)


# --- Retiring, correcting, withdrawing


def test_retiring_asks_why_and_leaves_it_readable(article: Article, editor: User) -> None:
    actions.publish(article=article, by=editor)
    client, address = client_of(editor), place("retire", article)
    assert client.post(address, {"because": " "}).status_code == 422
    assert "stays readable" in words(client.get(address))
    client.post(address, {"because": "The guideline was withdrawn."})
    retired = fresh(article)
    assert (retired.state(), retired.retired_because) == (State.RETIRED, "The guideline was withdrawn.")
    assert retired.retired_at is not None
    page_cache.store.clear()
    assert Client().get(article.get_absolute_url()).status_code == 200
    assert "Retired: readers see revision 1 under a notice." in words(client.get(change(article)))

    # It can be mended without being brought back, and brought back without being mended.
    reword(article)
    actions.publish(article=fresh(article), by=editor, note="More of it.")
    assert fresh(article).state() == State.RETIRED
    client.post(address, {"_bring_back": "1"})
    assert (fresh(article).state(), fresh(article).retired_at) == (State.PUBLISHED, None)


def test_a_draft_cannot_be_retired(article: Article, editor: User) -> None:
    assert client_of(editor).post(place("retire", article), {"because": "Why not."}).status_code == 404


@pytest.mark.parametrize("significance", [Significance.CORRECTION, Significance.WITHDRAWAL])
def test_a_correction_and_a_withdrawal_stay_readable_with_their_sentence(
    significance: Significance, article: Article, editor: User
) -> None:
    actions.publish(article=article, by=editor)
    data = form("_publish", title="Soap", body="<p>New words.</p>", significance=significance.value)
    refused = client_of(editor).post(change(article), data | saved_rows(article))
    assert "Say in a sentence what changes" in words(refused)
    client_of(editor).post(change(article), data | saved_rows(article) | {"note": "The dose was wrong."})
    page_cache.store.clear()
    response = Client().get(article.get_absolute_url())
    assert response.status_code == 200
    assert "The dose was wrong." in words(response)
    assert list(article.revisions.values_list("significance", flat=True)) == [significance, "update"]


# --- Previews


@pytest.mark.parametrize("is_published", [False, True])
def test_a_preview_is_marked_and_kept_nowhere(is_published: bool, article: Article, editor: User) -> None:
    if is_published:
        actions.publish(article=article, by=editor)
    reword(article, "<p>Not out yet.</p>")
    response = Client().get(preview_address(article))
    shown = words(response)
    assert "Not out yet." in shown
    assert ("Changes: not published." if is_published else "Draft: not published.") in shown
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    for timing in (b"reading-timer", b"reading-log", b"as CPD", b'rel="canonical"'):
        assert timing not in response.content
    if is_published:
        assert "Not out yet." not in words(Client().get(article.get_absolute_url()))


def test_the_preview_s_address_can_be_copied(article: Article, author: User) -> None:
    page = BeautifulSoup(client_of(author).get(change(article)).content, "html.parser")
    box = page.select_one("#preview-link")
    assert box is not None
    address = str(box["value"])
    assert address.startswith("http://testserver/articles/preview/")
    assert Client().get(address).status_code == 200


# --- Tasks


def headings(user: User) -> set[str]:
    return {kind.heading for kind in tasks_for(user)}


def test_an_author_is_told_what_keeps_their_articles_from_standing(author: User) -> None:
    in_state(State.PUBLISHED, author)
    assert headings(author) == set()
    in_state(State.REVIEW_DUE, author)
    in_state(State.RETIRED, author)
    silent = ArticleFactory(created_by=author, competing_interests="")
    none = ArticleFactory(created_by=author, competing_interests="none declared", interests_declared_on=None)
    for draft in (silent, none):
        Article.objects.filter(pk=draft.pk).update(
            revision=RevisionFactory(article=draft), status="published", publish_at=timezone.now()
        )
    found = {kind.heading: {task.title for task in kind.shown} for kind in tasks_for(author)}
    assert set(found) == {"Review overdue", "Competing interests not declared", "Retired"}
    assert found["Competing interests not declared"] == {silent.title}
    assert headings(UserFactory(role="author")) == set()
    client = client_of(author)
    for kind in tasks_for(author):
        for task in kind.shown:
            assert client.get(task.url).status_code == 200


def test_an_editor_is_told_what_waits_for_them(article: Article, author: User, editor: User, reviewer: User) -> None:
    review = ask(article, author, reviewer)
    assert headings(editor) == set()
    sign(review, reviewer)
    assert headings(editor) == {"Signed off: ready to be published"}
    actions.publish(article=article, by=editor)
    assert headings(editor) == set()
    # Reviewed anew once it is out: publishing it again names the reviewer.
    sign(ask(article, editor, reviewer), reviewer)
    assert headings(editor) == {"Signed off: ready to be published"}
    soon = ArticleFactory(review_due_on=TODAY + datetime.timedelta(days=30))
    actions.publish(article=soon, by=editor)
    assert "Review due soon or overdue" in headings(editor)
    assert "Review due soon or overdue" not in headings(author)


def test_the_desk_s_first_page_costs_the_same_for_one_task_and_for_many(
    editor: User, django_assert_max_num_queries: Any
) -> None:
    def another() -> None:
        ReviewFactory(article=ArticleFactory(), reviewer=editor)
        in_state(State.REVIEW_DUE, editor)
        in_state(State.IN_REVIEW, editor)
        draft = in_state(State.DRAFT, editor)
        ReviewFactory(article=draft, verdict=Verdict.CHANGES, changes="The dose.", decided_at=timezone.now())
        CommentFactory(article=draft)

    client = client_of(editor)
    another()
    client.get("/admin/")
    with django_assert_max_num_queries(12) as one:
        client.get("/admin/")
    for _ in range(SHOWN + 2):
        another()
    with django_assert_max_num_queries(12) as many:
        page = words(client.get("/admin/"))
    assert len(one.captured_queries) == len(many.captured_queries)
    assert "And 3 more." in page
