""" "Did it change anything?", answered on the activity's page or from the mail that asks."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.people import person
from cpd.actions.impact import answer_from_mail, choose_when_to_ask, say_what_changed
from cpd.asking import question_at
from cpd.forms.impact import AnswerForm, AskForm, ImpactForm
from cpd.models import AskAfter, ImpactAnswer
from cpd.plans import part_of_plan, with_plan
from cpd.views.reminders import SECRET_HEADERS
from meducation.lib.dates import day_month_year
from meducation.lib.forms import put_words_back


@require_http_methods(["GET", "HEAD", "POST"])
def activity_impact(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say whether an activity changed anything, with words or without; or have a mail ask later."""
    user = person(request)
    activity = get_object_or_404(with_plan(user.activities.kept()), pk=pk)
    plan = part_of_plan(activity)
    doing = request.POST.get("do", "answer") if request.method == "POST" else ""
    form = ImpactForm(request.POST if doing == "answer" else None, user=user, initial=_initial(plan.impact))
    ask_form = AskForm(request.POST if doing == "ask" else None, initial={"after": AskAfter.NEVER})
    status = 200
    if doing == "ask" and ask_form.is_valid():
        impact = choose_when_to_ask(by=user, activity_id=pk, after=ask_form.cleaned_data["after"])
        when = f"We ask you once, on {day_month_year(impact.ask_on)}." if impact.ask_on else "We do not ask."
        messages.success(request, f"Saved. {when}")
        return redirect(activity)
    if doing == "answer" and form.is_valid():
        say_what_changed(by=user, activity_id=pk, answer=form.cleaned_data["answer"], words=form.cleaned_data["words"])
        messages.success(request, "Saved your answer.")
        return redirect(activity)
    if doing:
        status = 422
    else:
        put_words_back(request, form)
    context = {"section": "cpd", "activity": activity, "plan": plan, "form": form, "ask_form": ask_form}
    return render(request, "cpd/activity_impact.html", context, status=status)


def _initial(impact: object) -> dict[str, object]:
    return {"answer": getattr(impact, "answer", ""), "words": getattr(impact, "words", "")}


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def impact_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail: three buttons, the one that was tapped first. Opening it changes nothing.

    Programs that check mail open every link in it; they press no buttons. Exempt from the check against forgery,
    because the token in the address is what shows that the mail's owner answers; and it can only answer this.
    """
    impact = question_at(token)
    if impact is None:
        raise Http404
    is_answered = False
    if request.method == "POST":
        form = AnswerForm(request.POST)
        if form.is_valid():
            impact = answer_from_mail(token=token, answer=form.cleaned_data["answer"])
            is_answered = impact is not None
    if impact is None:
        raise Http404
    tapped = impact.answer if is_answered else request.GET.get("answer", "")
    context = {
        "activity": impact.activity,
        "impact": impact,
        "is_answered": is_answered,
        # The one that was tapped comes first.
        "answers": sorted(ImpactAnswer, key=lambda answer: answer != tapped),
        "tapped": tapped if tapped in ImpactAnswer.values else "",
    }
    status = 422 if request.method == "POST" and not is_answered else 200
    response = render(request, "cpd/impact_answer.html", context, status=status)
    for name, value in SECRET_HEADERS.items():
        response.headers[name] = value
    return response
