"""Testing oneself on an article. Private pages: whose attempt it is, only its owner learns."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.people import person
from articles.actions import NotTheirs, NoTurn, begin_attempt, finish_attempt
from articles.assessing import AskedQuestion, Assessment, in_order, mark
from articles.attempts import turn_at
from articles.details import Details
from articles.forms import AnswersForm, BeginForm
from articles.models import Article, Attempt
from articles.querysets import LONG_PARTS, published_articles
from articles.rendering import CITATION
from meducation.lib.forms import put_words_back

PER_PAGE = 25


@dataclass(frozen=True)
class Answered:
    """One question with what was chosen."""

    question: AskedQuestion
    chosen: str
    right: str
    is_right: bool


def _published(slug: str) -> Article:
    return get_object_or_404(published_articles().for_assessing(), slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request: HttpRequest, slug: str) -> HttpResponse:
    """What is asked and how one stands with it; the button begins an attempt. Without questions there is no page."""
    user, article = person(request), _published(slug)
    attempts = list(
        user.assessment_attempts.at(article).select_related("revision").defer("order", "answers", *LONG_PARTS)
    )
    turn = turn_at(article, attempts)
    if turn is None:
        raise Http404
    status = 200
    form = BeginForm()
    if request.method == "POST":
        form = BeginForm(request.POST)
        if form.is_valid():
            try:
                begun = begin_attempt(by=user, attempt_id=form.cleaned_data["id"], article=article)
            except NotTheirs as error:
                raise Http404 from error
            except NoTurn:
                # The page says why.
                return redirect("articles:assessment", slug=slug)
            return redirect("articles:attempt", slug=slug, pk=begun.pk)
        form, status = BeginForm(), 422
    context = {"section": "read", "article": article, "turn": turn, "attempts": attempts, "form": form}
    return render(request, "articles/assessment.html", context | {"is_refused": status == 422}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: HttpRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    """The questions of one's own attempt, to answer; once answered, how it went."""
    user, article = person(request), _published(slug)
    own = get_object_or_404(user.assessment_attempts.at(article).for_answering(), pk=pk)
    asked = Details.from_json(own.revision.details).assessment or Assessment()
    questions = in_order(asked, own.order)
    if own.finished_at is not None and request.method != "POST":
        return _result(request, article, own, asked, questions)
    status = 200
    if request.method == "POST":
        form = AnswersForm(request.POST, user=user, questions=questions)
        if own.finished_at is not None:
            messages.info(request, "You had sent your answers already: these are the ones that count.")
            return redirect("articles:attempt", slug=slug, pk=pk)
        if form.is_valid():
            finish_attempt(by=user, attempt=own, answers=form.answers())
            return redirect("articles:attempt", slug=slug, pk=pk)
        status = 422
    else:
        form = AnswersForm(user=user, questions=questions)
        put_words_back(request, form)
    context = {
        "section": "read",
        "article": article,
        "attempt": own,
        "assessment": asked,
        "form": form,
        "is_of_earlier_text": own.revision_id != article.revision_id,
    }
    return render(request, "articles/attempt.html", context, status=status)


def _result(
    request: HttpRequest, article: Article, own: Attempt, asked: Assessment, questions: list[AskedQuestion]
) -> HttpResponse:
    answered = [
        Answered(
            question=question,
            chosen=question.text_of(own.answers.get(question.key, "")),
            right=question.text_of(question.right),
            is_right=own.answers.get(question.key) == question.right,
        )
        for question in questions
    ]
    context = {
        "section": "read",
        "article": article,
        "attempt": own,
        "assessment": asked,
        "mark": mark(asked, own.answers),
        "answered": answered,
        "cites": any(CITATION.search(question.explanation) for question in questions),
        "turn": turn_at(article, list(person(request).assessment_attempts.at(article))),
        "is_of_earlier_text": own.revision_id != article.revision_id,
    }
    return render(request, "articles/attempt_result.html", context)


@require_safe
def passed_assessments(request: HttpRequest) -> HttpResponse:
    """The assessments one has passed, the latest first, each with the text, the date and the score."""
    user = person(request)
    passed = user.assessment_attempts.passed_by(user).for_listing().reverse()
    page = Paginator(passed, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "articles/passed_assessments.html", {"section": "account", "page_obj": page})
