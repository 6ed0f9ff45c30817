"""Assessments: what is asked, what an answer is worth, who may see what."""

import json
import random
import threading
import uuid
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from articles.actions import (
    NotTheirs,
    NoTurn,
    Unanswered,
    begin_attempt,
    finish_attempt,
    put_questions_back,
    write_choices,
)
from articles.assessing import TRUE_FALSE, AskedQuestion, Assessment, Option, faults, in_order, mark, shuffle
from articles.attempts import FEWEST_PEOPLE, assessment_of, questions_most_missed
from articles.composing import compose
from articles.details import Details
from articles.models import Article, Attempt, Question, QuestionKind, Significance, Status
from articles.previews import preview_address
from articles.readiness import obstacles
from cpd.actions import log_reading
from meducation.lib import page_cache
from tests.articles.test_admin import ADD, change, form, rows, saved_rows
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AttemptFactory, QuestionFactory, RevisionFactory, TopicFactory
from tests.support.forms import boxes

# The desk's pages are large: each takes a second or so on a busy machine.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    page_cache.store.clear()


def publish_again(article: Article, **fields: Any) -> None:
    """The next revision, of the words as they are now."""
    article = Article.objects.for_composing().get(pk=article.pk)
    article.revision = RevisionFactory(article=article, **fields)
    article.save()


def asked(article: Article) -> Assessment:
    article.refresh_from_db()
    assessment = assessment_of(article)
    assert assessment is not None
    return assessment


def answers_to(assessment: Assessment, *, right: int) -> dict[str, str]:
    """The first `right` questions answered right, the others wrong."""
    return {
        question.key: question.right
        if place < right
        else next(option.key for option in question.options if option.key != question.right)
        for place, question in enumerate(assessment.questions)
    }


def page_of(attempt: Attempt) -> str:
    return reverse("articles:attempt", args=[attempt.article.slug, attempt.pk])


def start_of(article: Article) -> str:
    return reverse("articles:assessment", args=[article.slug])


def words(response: Any) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


# --- The rules -------------------------------------------------------------------------------------------------------


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    questions = []
    for number in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(QuestionKind.values))
        count = 2 if kind == TRUE_FALSE else draw(st.integers(2, 5))
        options = tuple(Option(key=f"{number}.{place}", text=draw(st.text(max_size=5))) for place in range(count))
        right = options[draw(st.integers(0, count - 1))].key
        questions.append(AskedQuestion(key=str(number), kind=kind, text="?", options=options, right=right))
    return Assessment(questions=tuple(questions), pass_mark=draw(st.integers(1, 100)))


@given(assessments(), st.integers())
def test_every_order_is_a_permutation_of_what_is_asked(assessment: Assessment, seed: int) -> None:
    order = shuffle(assessment, random.Random(seed))  # noqa: S311 (hypothesis chooses the seed)
    assert sorted(key for key, *_ in order) == sorted(question.key for question in assessment.questions)
    shown = in_order(assessment, json.loads(json.dumps(order)))
    published = {question.key: question for question in assessment.questions}
    for question in shown:
        before = published[question.key]
        assert sorted(question.options, key=str) == sorted(before.options, key=str)
        assert (question.text, question.right) == (before.text, before.right)
        if question.kind == TRUE_FALSE:
            assert question.options == before.options


@given(assessments(), st.data())
def test_the_score_is_the_share_of_right_answers_and_decides(assessment: Assessment, data: st.DataObject) -> None:
    answers = {
        question.key: data.draw(st.sampled_from([option.key for option in question.options]))
        for question in assessment.questions
    }
    given_ = mark(assessment, answers)
    right = sum(answers[question.key] == question.right for question in assessment.questions)
    assert (given_.right, given_.asked) == (right, len(assessment.questions))
    assert 0 <= given_.score <= 100
    assert given_.score == int(100 * right / len(assessment.questions) + 1e-9)
    assert given_.is_pass == (given_.score >= assessment.pass_mark) == (right >= assessment.right_needed)


@given(assessments())
def test_an_assessment_comes_back_as_it_was_stored(assessment: Assessment) -> None:
    details = Details(assessment=assessment)
    stored = json.loads(json.dumps(details.to_json()))
    assert stored == details.to_json()
    assert Details.from_json(stored) == details


def test_an_older_revision_has_none_and_one_without_questions_is_hashed_as_before() -> None:
    assert Details.from_json({"funding": "None."}).assessment is None
    assert "assessment" not in Details().to_json()
    assert Assessment.from_json({"questions": [{"key": "a", "options": [{"key": "b"}]}]}) == Assessment(
        questions=(AskedQuestion(key="a", options=(Option(key="b"),)),)
    )


@pytest.mark.parametrize(
    ("questions", "pass_mark", "needed"), [(5, 80, 4), (3, 80, 3), (10, 1, 1), (7, 100, 7), (3, 34, 2), (3, 33, 1)]
)
def test_how_many_right_answers_are_a_pass(questions: int, pass_mark: int, needed: int) -> None:
    assert Assessment(questions=(AskedQuestion(),) * questions, pass_mark=pass_mark).right_needed == needed


# --- Part of the published text ---------------------------------------------------------------------------------------


def test_what_is_asked_is_numbered_and_hashed_with_the_text() -> None:
    article = ArticleFactory(questions=2)
    first = compose(Article.objects.for_composing().get(pk=article.pk))
    article.questions.filter(position=1).update(explanation="For another reason.")
    second = compose(Article.objects.for_composing().get(pk=article.pk))
    assert first.sha256 != second.sha256
    article.questions.all().delete()
    Article.objects.filter(pk=article.pk).update(pass_mark=50)
    without = compose(Article.objects.for_composing().get(pk=article.pk))
    Article.objects.filter(pk=article.pk).update(pass_mark=60)
    assert compose(Article.objects.for_composing().get(pk=article.pk)).sha256 == without.sha256


def test_questions_of_a_published_text_can_be_put_back(editor: User, stranger: User) -> None:
    article = ArticleFactory(published=True, questions=2)
    before = asked(article)
    article.questions.filter(position=1).update(text="Spoilt", kind=QuestionKind.TRUE_FALSE)
    article.questions.filter(position=2).delete()
    with pytest.raises(PermissionDenied):
        put_questions_back(by=stranger, article=article, assessment=before)
    put_questions_back(by=editor, article=article, assessment=before)
    publish_again(article)
    assert asked(article) == before
    put_questions_back(by=editor, article=article, assessment=None)
    assert not article.questions.exists()


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        ({}, []),
        ({"right": 0}, ["Question 1: choose the right answer."]),
        ({"choices": ("Only one",)}, ["Question 1: write at least two answers."]),
        ({"choices": (), "right": 0}, ["write at least two answers.", "choose the right answer."]),
        ({"explanation": "  "}, ["Question 1: explain why the right answer is right."]),
        ({"true": False}, []),
    ],
)
def test_a_half_written_question_cannot_be_published(question: dict[str, Any], sentences: list[str]) -> None:
    article = ArticleFactory()
    QuestionFactory(article=article, **question)
    found = obstacles(Article.objects.for_composing().get(pk=article.pk))
    assert [obstacle.anchor for obstacle in found] == ["questions-group"] * len(sentences)
    assert all(obstacle.message.endswith(end) for obstacle, end in zip(found, sentences, strict=True))


def test_without_questions_nothing_is_at_fault() -> None:
    assert faults(None) == []


# --- Attempts ---------------------------------------------------------------------------------------------------------


def test_a_passed_attempt_is_recorded_with_date_revision_and_score(reader: User) -> None:
    article = ArticleFactory(published=True, questions=5)
    attempt = begin_attempt(by=reader, attempt_id=uuid.uuid4(), article=article)
    finished = finish_attempt(by=reader, attempt=attempt, answers=answers_to(asked(article), right=4)).attempt
    assert (finished.score, finished.passed, finished.revision) == (80, True, article.revision)
    assert finished.finished_at is not None and finished.finished_at >= attempt.begun_at
    assert list(Attempt.objects.passed_by(reader, article)) == [finished]
    assert list(Attempt.objects.passed_by(reader)) == [finished]
    assert not Attempt.objects.passed_by(UserFactory()).exists()
    assert not Attempt.objects.passed_by(reader, ArticleFactory()).exists()


def test_begun_twice_it_is_one(reader: User, stranger: User) -> None:
    article = ArticleFactory(published=True, questions=3)
    key = uuid.uuid4()
    first = begin_attempt(by=reader, attempt_id=key, article=article)
    again = begin_attempt(by=reader, attempt_id=key, article=article)
    another_tab = begin_attempt(by=reader, attempt_id=uuid.uuid4(), article=article)
    assert first == again == another_tab
    assert first.order == again.order == another_tab.order
    with pytest.raises(NotTheirs):
        begin_attempt(by=stranger, attempt_id=key, article=article)
    with pytest.raises(NotTheirs):
        begin_attempt(by=reader, attempt_id=key, article=ArticleFactory(published=True, questions=1))
    assert Attempt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_taps_at_once_begin_one_attempt() -> None:
    user, article = UserFactory(), ArticleFactory(published=True, questions=3)
    begun, keys = [], [uuid.uuid4() for _ in range(5)] * 2

    def tap(key: uuid.UUID) -> None:
        try:
            begun.append(begin_attempt(by=user, attempt_id=key, article=article).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap, args=[key]) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 10 and len(set(begun)) == 1
    assert Attempt.objects.count() == 1


def test_the_first_answers_count(reader: User, stranger: User) -> None:
    attempt = AttemptFactory(user=reader)
    questions = asked(attempt.article)
    with pytest.raises(NotTheirs):
        finish_attempt(by=stranger, attempt=attempt, answers=answers_to(questions, right=2))
    assert finish_attempt(by=reader, attempt=attempt, answers=answers_to(questions, right=0)).is_new
    later = finish_attempt(by=reader, attempt=attempt, answers=answers_to(questions, right=2))
    assert not later.is_new
    assert (later.attempt.score, later.attempt.passed) == (0, False)


def test_every_question_needs_one_of_its_own_answers(reader: User) -> None:
    attempt = AttemptFactory(user=reader)
    first, second = asked(attempt.article).questions
    whole = {first.key: first.right, second.key: second.right}
    for wrong in ({}, {first.key: first.right}, whole | {second.key: first.right}, whole | {"more": first.right}):
        with pytest.raises(Unanswered):
            finish_attempt(by=reader, attempt=attempt, answers=wrong)
    attempt.refresh_from_db()
    assert attempt.finished_at is None


def test_a_failed_attempt_can_be_repeated_as_often_as_the_article_allows(reader: User) -> None:
    article = ArticleFactory(published=True, questions=2, attempts_allowed=2)
    for _ in range(2):
        attempt = begin_attempt(by=reader, attempt_id=uuid.uuid4(), article=article)
        finish_attempt(by=reader, attempt=attempt, answers=answers_to(asked(article), right=0))
    with pytest.raises(NoTurn):
        begin_attempt(by=reader, attempt_id=uuid.uuid4(), article=article)
    others = begin_attempt(by=UserFactory(), attempt_id=uuid.uuid4(), article=article)
    assert others.finished_at is None


def test_who_passed_has_passed_until_the_text_changes(reader: User) -> None:
    passed = AttemptFactory(user=reader, right=2)
    with pytest.raises(NoTurn):
        begin_attempt(by=reader, attempt_id=uuid.uuid4(), article=passed.article)
    QuestionFactory(article=passed.article, position=3)
    publish_again(passed.article)
    passed.article.refresh_from_db()
    assert len(begin_attempt(by=reader, attempt_id=uuid.uuid4(), article=passed.article).order) == 3


@pytest.mark.parametrize("how", ["retired", "withdrawn", "without questions", "draft"])
def test_what_must_not_be_relied_on_is_not_tested(reader: User, how: str) -> None:
    article = ArticleFactory(published=True, questions=1)
    if how == "retired":
        article.status, article.retired_at = Status.RETIRED, article.publish_at
        article.save()
    elif how == "withdrawn":
        publish_again(article, significance=Significance.WITHDRAWAL)
        article.refresh_from_db()
    elif how == "without questions":
        article = ArticleFactory(published=True)
    else:
        article = ArticleFactory(questions=1)
    with pytest.raises(NoTurn):
        begin_attempt(by=reader, attempt_id=uuid.uuid4(), article=article)


def test_an_attempt_stays_with_the_text_it_was_begun_with(reader: User, reader_client: Client) -> None:
    attempt = AttemptFactory(user=reader)
    article, before = attempt.article, asked(attempt.article)
    article.questions.filter(position=1).update(text="Entirely new?")
    publish_again(article)
    page = reader_client.get(page_of(attempt))
    assert "The article has changed since you began. These are the questions of revision 1" in words(page)
    assert "Entirely new?" not in words(page)
    result = reader_client.post(page_of(attempt), answers_to(before, right=2), follow=True)
    assert "This result is for revision 1; readers now see revision 2." in words(result)
    attempt.refresh_from_db()
    assert (attempt.passed, attempt.revision.number) == (True, 1)


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_from_the_article_to_the_result(reader: User, reader_client: Client) -> None:
    article = ArticleFactory(published=True, questions=5, attempts_allowed=3)
    shown = BeautifulSoup(Client().get(article.get_absolute_url()).content, "html.parser")
    offer = shown.select_one("section[aria-labelledby=assessment]")
    assert offer is not None and "5 questions, pass mark 80%" in offer.get_text()
    assert offer.select_one("a[href]")["href"] == start_of(article)  # type: ignore[index]  # an assertion if missing

    start = reader_client.get(start_of(article))
    assert "80%: 4 of 5 right" in words(start) and "3, of which you have 3 left" in words(start)
    key = BeautifulSoup(start.content, "html.parser").select_one("input[name=id]")
    assert key is not None
    began = [reader_client.post(start_of(article), {"id": key["value"]}) for _ in range(2)]
    assert {response.headers["Location"] for response in began} == {f"{start_of(article)}{key['value']}/"}

    questions = reader_client.get(began[0].headers["Location"])
    fieldsets = BeautifulSoup(questions.content, "html.parser").select("form fieldset")
    assert len(fieldsets) == 5 and all(fieldset.select_one("legend") for fieldset in fieldsets)
    failed = reader_client.post(began[0].headers["Location"], answers_to(asked(article), right=3), follow=True)
    assert "Not passed" in words(failed) and "3 of 5 right: 60%" in words(failed)
    assert "2 attempts left." in words(failed)
    for question in asked(article).questions:
        assert question.text in words(failed) and question.explanation in words(failed)

    again = reader_client.post(start_of(article), {"id": str(uuid.uuid4())})
    passed = reader_client.post(again.headers["Location"], answers_to(asked(article), right=5), follow=True)
    assert "Passed 5 of 5 right: 100%" in words(passed)
    link = BeautifulSoup(passed.content, "html.parser").find("a", string="Log the reading as CPD")
    assert link is not None and link["href"] == article.get_absolute_url()
    assert article.revision is not None
    assert article.revision.title in words(reader_client.get(reverse("articles:passed-assessments")))
    assert "You passed on" in words(reader_client.get(start_of(article)))


def test_what_is_missing_is_named_and_nothing_chosen_is_lost(reader: User, reader_client: Client) -> None:
    attempt = AttemptFactory(user=reader)
    first, second = asked(attempt.article).questions
    response = reader_client.post(page_of(attempt), {first.key: first.right})
    assert response.status_code == 422
    page = BeautifulSoup(response.content, "html.parser")
    summary = page.select_one("#error-summary")
    assert summary is not None and "Choose an answer." in summary.get_text()
    [link] = summary.select("a")
    target = page.select_one(str(link["href"]))
    assert target is not None and target["name"] == second.key
    assert [box["value"] for box in page.select("input[checked]")] == [first.right]
    assert str(page.title).startswith("<title>Error: ")


@pytest.mark.parametrize("hostile", ["\x00", "x" * 10_000, "\u202e", "' OR 1=1"])
def test_an_answer_nobody_offered_is_refused_with_a_sentence(reader: User, reader_client: Client, hostile: str) -> None:
    attempt = AttemptFactory(user=reader)
    first, second = asked(attempt.article).questions
    response = reader_client.post(page_of(attempt), {first.key: hostile, second.key: first.right, "owner": hostile})
    assert response.status_code == 422
    assert "Choose one of the answers shown." in words(response)
    assert reader_client.post(start_of(attempt.article), {"id": hostile}).status_code == 422


def test_a_second_tab_sees_the_answers_that_counted(reader: User, reader_client: Client) -> None:
    attempt = AttemptFactory(user=reader)
    questions = asked(attempt.article)
    reader_client.post(page_of(attempt), answers_to(questions, right=0))
    late = reader_client.post(page_of(attempt), answers_to(questions, right=2), follow=True)
    assert "You had sent your answers already" in words(late) and "0 of 2 right" in words(late)


def test_logging_in_leads_back_to_the_questions() -> None:
    article = ArticleFactory(published=True, questions=1)
    for method in ("get", "post"):
        response = getattr(Client(), method)(start_of(article))
        assert response.headers["Location"] == f"/accounts/login/?next={start_of(article)}"


def test_answers_survive_a_session_that_ended(reader: User) -> None:
    attempt = AttemptFactory(user=reader)
    first, _ = asked(attempt.article).questions
    client = Client()
    client.force_login(reader)
    sent = {name: values[0] for name, values in boxes(client.get(page_of(attempt))).items() if values}
    client.logout()
    client.post(page_of(attempt), sent | {first.key: first.right})
    client.force_login(reader)
    page = BeautifulSoup(client.get(page_of(attempt)).content, "html.parser")
    assert [box["value"] for box in page.select("input[checked]")] == [first.right]


def test_an_article_taken_back_takes_its_questions_along(reader: User, reader_client: Client) -> None:
    attempt = AttemptFactory(user=reader, right=2)
    Article.objects.filter(pk=attempt.article.pk).update(status=Status.DRAFT)
    assert reader_client.get(page_of(attempt)).status_code == 404
    assert reader_client.get(start_of(attempt.article)).status_code == 404
    listed = reader_client.get(reverse("articles:passed-assessments"))
    assert attempt.revision.title in words(listed)
    assert page_of(attempt) not in listed.text


def test_each_attempt_at_an_article_has_an_order_of_its_own() -> None:
    article = ArticleFactory(published=True, questions=8)
    orders = [begin_attempt(by=UserFactory(), attempt_id=uuid.uuid4(), article=article).order for _ in range(5)]
    assert len({json.dumps(order) for order in orders}) > 1


def test_an_activity_says_that_the_assessment_was_passed(reader: User, reader_client: Client) -> None:
    passed = AttemptFactory(user=reader, right=2)
    logged = log_reading(by=reader, activity_id=uuid.uuid4(), article=passed.article, minutes=5)
    assert "Assessment Passed on" in words(reader_client.get(logged.activity.get_absolute_url()))


# --- Nothing is given away --------------------------------------------------------------------------------------------


def test_no_public_page_says_what_is_right_or_why(reader_client: Client, author_client: Client) -> None:
    topic = TopicFactory()
    article = ArticleFactory(questions=0)
    article.topics.add(topic)
    QuestionFactory(article=article, explanation="canary-why", choices=("canary-right", "canary-wrong"))
    publish_again(article)
    Article.objects.filter(pk=article.pk).update(status=Status.PUBLISHED, publish_at="2026-01-01T09:00:00Z")
    article.refresh_from_db()
    page = article.get_absolute_url()
    wanted = {"/", "/articles/", page, preview_address(article), start_of(article)}
    wanted |= {reverse("cpd:reading-context", args=[article.slug])}
    seen: set[str] = set()
    for client in (Client(), reader_client):
        queue = set(wanted)
        done: set[str] = set()
        while queue:
            address = queue.pop()
            done.add(address)
            response: Any = client.get(address, follow=True)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            assert b"canary" not in body, address
            assert "canary" not in str(response.headers)
            if address == page and "html" in response.headers["Content-Type"]:
                links = BeautifulSoup(body, "html.parser").select("[href], [src]")
                found = {str(link.get("href") or link.get("src")) for link in links}
                ours = {each.partition("#")[0] for each in found if not urlsplit(each).netloc}
                queue |= {each for each in ours if each.startswith("/") and "logout" not in each} - done
        seen |= done
        # Nor can one search for it.
        for word in ("canary-right", "canary-wrong", "canary-why"):
            assert f"No article for “{word}”" in words(client.get("/articles/", {"q": word}))
    assert len(seen) > 8


def test_the_questions_do_not_tell_which_answer_is_right(reader: User, reader_client: Client) -> None:
    article = ArticleFactory(published=True, questions=3)
    attempt = AttemptFactory(user=reader, article=article)
    for response in (reader_client.get(page_of(attempt)), reader_client.post(page_of(attempt), {})):
        for question in asked(article).questions:
            assert question.explanation not in response.text
            assert len({response.text.count(option.key) for option in question.options}) == 1
            assert {response.text.count(option.text) for option in question.options} == {3}


def test_nobody_at_the_desk_sees_whose_attempt_it_is(editor_client: Client) -> None:
    attempt = AttemptFactory(user=UserFactory(name="Canary Person", email="canary@example.org"), right=1)
    pages = ["/admin/", "/admin/articles/article/", change(attempt.article)]
    assert not [page for page in pages if "anary" in editor_client.get(page).text]


@pytest.mark.parametrize("name", ["assessment", "attempt", "result"])
def test_pages_cost_the_same_for_one_question_and_for_thirty(reader: User, reader_client: Client, name: str) -> None:
    counts = []
    for questions in (1, 30):
        article = ArticleFactory(published=True, questions=questions)
        attempt = AttemptFactory(user=reader, article=article, **({"right": 1} if name == "result" else {}))
        path = start_of(article) if name == "assessment" else page_of(attempt)
        reader_client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert reader_client.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


# --- At the desk ------------------------------------------------------------------------------------------------------


def question(**fields: Any) -> dict[str, Any]:
    """One question as the browser sends it."""
    return {
        "position": "",
        "kind": "single-best-answer",
        "text": "Which?",
        "answer_a": "This",
        "answer_b": "That",
        "answer_c": "",
        "answer_d": "",
        "answer_e": "",
        "right": "B",
        "explanation": "For a reason.",
        **fields,
    }


def test_an_author_writes_questions_and_an_editor_publishes_them(author_client: Client, editor_client: Client) -> None:
    statement = question(kind="true-false", text="So it is.", answer_a="", answer_b="", right="False")
    sent = form(pass_mark="50", attempts_allowed="2", **rows("questions", question(), statement))
    author_client.post(ADD, sent)
    article = Article.objects.get()
    boxes = desk_boxes(editor_client.get(change(article))) | {"_publish": "1"}
    assert "Published as revision 1." in words(editor_client.post(change(article), boxes, follow=True))
    article.refresh_from_db()
    assessment = asked(article)
    assert (assessment.pass_mark, assessment.attempts_allowed) == (50, 2)
    assert [(each.kind, each.text, each.text_of(each.right)) for each in assessment.questions] == [
        ("single-best-answer", "Which?", "That"),
        ("true-false", "So it is.", "False"),
    ]
    assert "2 questions, pass mark 50%" in words(Client().get(article.get_absolute_url()))

    page = author_client.get(change(article))
    shown = {name: values for name, values in desk_boxes(page).items() if name.startswith("questions-")}
    assert shown["questions-0-answer_b"] == "That" and shown["questions-0-right"] == "B"
    assert shown["questions-1-right"] == "False" and shown["questions-1-answer_a"] == ""

    before = [choice.key for choice in article.questions.get(position=1).choices.all()]
    shown |= {"questions-0-answer_c": "The other", "questions-0-right": "C", "questions-1-DELETE": "on"}
    base = form(title="Soap", **saved_rows(article)) | shown
    assert "Saved." in words(author_client.post(change(article), base, follow=True))
    kept = article.questions.get()
    assert [choice.key for choice in kept.choices.all()][:2] == before
    assert [(choice.text, choice.is_correct) for choice in kept.choices.all()] == [
        ("This", False), ("That", False), ("The other", True),
    ]  # fmt: skip
    assert asked(article) == assessment, "readers see what was published"


def desk_boxes(response: Any) -> dict[str, str]:
    """What the form at the desk would send as it stands."""
    page = BeautifulSoup(response.content, "html.parser")
    sent = {}
    for box in page.select("#article_form input[name], #article_form select[name], #article_form textarea[name]"):
        if box.name == "textarea":
            sent[str(box["name"])] = box.get_text().removeprefix("\n")
        elif box.name == "select":
            chosen = box.select("option[selected]")
            sent[str(box["name"])] = str(chosen[0]["value"]) if chosen else ""
        elif box.get("type") not in ("checkbox", "radio", "submit") or box.has_attr("checked"):
            sent[str(box["name"])] = str(box.get("value", ""))
    return {name: value for name, value in sent.items() if "__prefix__" not in name}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"right": "True"}, "Of a single best answer, the right one is a letter."),
        ({"right": "D"}, "Answer D is empty."),
        ({"kind": "true-false", "right": "A"}, "The right answer is “True” or “False”."),
        ({"kind": "true-false", "right": "True"}, "needs no answers: clear them"),
        ({"answer_b": "this"}, "Another answer says the same."),
        ({"text": ""}, "This field is required."),
    ],
)
def test_what_contradicts_itself_is_refused_beside_the_box(
    author_client: Client, fields: dict[str, str], sentence: str
) -> None:
    response = author_client.post(ADD, form(**rows("questions", question(**fields))))
    assert response.status_code == 200
    assert sentence in words(response)
    assert not Article.objects.exists()


def test_what_is_only_missing_can_wait(editor_client: Client) -> None:
    half = question(answer_b="", right="", explanation="")
    shown = words(editor_client.post(ADD, form("_publish", **rows("questions", half)), follow=True))
    assert "Saved, but not published yet:" in shown
    for missing in ("write at least two answers", "choose the right answer", "explain why"):
        assert f"Question 1: {missing}" in shown
    assert Question.objects.get().choices.get().text == "This"


def test_an_empty_question_is_none(author_client: Client) -> None:
    empty = question(text="", answer_a="", answer_b="", right="", explanation="")
    author_client.post(ADD, form(**rows("questions", empty)))
    assert Article.objects.get().questions.count() == 0


def test_questions_of_others_are_not_theirs_to_write(author: User, reader: User) -> None:
    theirs = QuestionFactory()
    for user in (author, reader):
        with pytest.raises(PermissionDenied):
            write_choices(by=user, question=theirs, texts=["Mine"], right=0)


def test_the_form_costs_the_same_for_one_question_and_for_twenty(editor_client: Client) -> None:
    counts = []
    for questions in (1, 20):
        article = ArticleFactory(questions=questions)
        editor_client.get(change(article))
        with CaptureQueriesContext(connection) as queries:
            editor_client.get(change(article))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- What authors see of many attempts -------------------------------------------------------------------------------


def test_no_figure_stands_on_fewer_than_five_people() -> None:
    article = ArticleFactory(published=True, questions=2)
    for _ in range(FEWEST_PEOPLE - 1):
        AttemptFactory(article=article, right=1)
    assert [(found.people, found.missed_share) for found in questions_most_missed(article)] == [(None, None)] * 2
    AttemptFactory(article=article, right=0)
    assert [(found.people, found.missed_share) for found in questions_most_missed(article)] == [(5, 1.0), (5, 0.2)]


def test_a_person_counts_once_by_the_first_attempt() -> None:
    article = ArticleFactory(published=True, questions=1)
    people = [UserFactory() for _ in range(FEWEST_PEOPLE)]
    for person in people:
        AttemptFactory(article=article, user=person, right=0)
    for person in people:
        AttemptFactory(article=article, user=person, right=1)
    for _ in range(20):
        AttemptFactory(article=article, user=people[0], right=1)
    [found] = questions_most_missed(article)
    assert (found.people, found.missed_share) == (5, 1.0)
    AttemptFactory(article=article)  # Under way: nothing is known of it.
    assert questions_most_missed(article) == [found]


def test_the_most_missed_stands_first_and_a_new_one_last() -> None:
    article = ArticleFactory(published=True, questions=2)
    for _ in range(FEWEST_PEOPLE):
        AttemptFactory(article=article, right=1)
    QuestionFactory(article=article, position=3, text="New?")
    publish_again(article)
    article.refresh_from_db()
    first, second = article.questions.order_by("position")[:2]
    assert [(found.text, found.missed_share) for found in questions_most_missed(article)] == [
        (second.text, 1.0),
        (first.text, 0.0),
        ("New?", None),
    ]


def test_what_was_said_to_another_wording_is_not_counted() -> None:
    article = ArticleFactory(published=True, questions=2)
    for _ in range(FEWEST_PEOPLE):
        AttemptFactory(article=article, right=0)
    Question.objects.filter(article=article, position=1).update(text="Reworded?")
    publish_again(article)
    article.refresh_from_db()
    assert {found.text: found.people for found in questions_most_missed(article)}["Reworded?"] is None
    Question.objects.filter(article=article, position=2).update(explanation="Better explained.")
    publish_again(article)
    article.refresh_from_db()
    assert sorted(found.people or 0 for found in questions_most_missed(article)) == [0, 5]


def test_an_article_without_questions_has_nothing_to_miss() -> None:
    assert questions_most_missed(ArticleFactory(published=True)) == []
    assert questions_most_missed(ArticleFactory()) == []
