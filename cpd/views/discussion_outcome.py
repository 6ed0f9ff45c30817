"""After a discussion: how long one was there, whom one confirms, the group's notes, and one's own record."""

import uuid

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.people import person
from cpd.actions import NotYours
from cpd.actions.discussion_outcome import (
    ALONE,
    NotesChanged,
    add_discussion_to_record,
    confirm_others,
    is_participatory,
    say_minutes,
    write_notes,
)
from cpd.actions.discussions import Refused
from cpd.discussions import has_company, people_of, to_confirm
from cpd.forms.discussions import AddDiscussionForm, ConfirmForm, MinutesForm, NotesForm
from cpd.models import Discussion
from cpd.views.discussions import my_part
from meducation.lib.dates import duration
from meducation.lib.forms import put_words_back


@require_http_methods(["GET", "HEAD", "POST"])
def discussion_minutes(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say for how long one took part, never longer than one was there, and write a line."""
    user, mine = person(request), my_part(request, pk)
    until = mine.left_at or mine.discussion.end()
    if until is None or not (elapsed := mine.elapsed(until)):
        messages.error(request, "You can say how long you were there when it is over, from one minute on.")
        return redirect(mine.discussion)
    status = 200
    if request.method == "POST":
        form = MinutesForm(request.POST, user=user, elapsed=elapsed)
        status = 422
        if form.is_valid():
            try:
                say_minutes(
                    by=user,
                    discussion_id=pk,
                    minutes=form.cleaned_data["minutes"],
                    line=form.cleaned_data["line"],
                )
            except Refused as error:
                form.add_error("minutes", str(error))
            except ObjectDoesNotExist as error:
                raise Http404 from error
            else:
                messages.success(request, "Saved. The others can confirm it now.")
                return redirect(mine.discussion)
    else:
        form = MinutesForm(user=user, elapsed=elapsed, initial={"minutes": mine.minutes or elapsed, "line": mine.line})
        put_words_back(request, form)
    context = {"section": "cpd", "form": form, "discussion": mine.discussion}
    return render(request, "cpd/discussion_minutes.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def discussion_confirm(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Tick who was there. Nobody finds themselves on this list."""
    user, mine = person(request), my_part(request, pk)
    everybody = people_of(mine.discussion, mine)
    people = to_confirm(everybody)
    status = 200
    if request.method == "POST":
        form = ConfirmForm(request.POST, user=user, people=people)
        status = 422
        if form.is_valid():
            try:
                confirm_others(by=user, discussion_id=pk, there=form.ticked(), not_there=form.unticked())
            except Refused as error:
                form.add_error("there", str(error))
            except ObjectDoesNotExist as error:
                raise Http404 from error
            else:
                messages.success(request, "Saved whom you confirm.")
                return redirect(mine.discussion)
    else:
        form = ConfirmForm(user=user, people=people)
        put_words_back(request, form)
    context = {
        "section": "cpd",
        "form": form,
        "discussion": mine.discussion,
        "people": people,
        "silent": [one for one in everybody if not one.is_me and one.participant.minutes is None],
    }
    return render(request, "cpd/discussion_confirm.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def discussion_notes(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The group's form: only its host writes it, and everybody who was there has it."""
    user, mine = person(request), my_part(request, pk)
    discussion = mine.discussion
    if discussion.host_id != user.pk:
        raise Http404
    status = 200
    changed: Discussion | None = None
    if request.method == "POST":
        form = NotesForm(request.POST, user=user)
        status = 422
        if form.is_valid():
            try:
                write_notes(by=user, discussion_id=pk, version=form.cleaned_data["version"] or 0, notes=form.words())
            except NotesChanged as error:
                changed, status = error.current, 409
                # Saving once more, having seen both, is a decision.
                form = form.for_version(changed.version)
            except ObjectDoesNotExist as error:
                raise Http404 from error
            else:
                messages.success(request, "Saved for everybody who took part.")
                return redirect(discussion)
    else:
        initial = {
            "reference": discussion.reference or discussion.article_title,
            "discussed": discussion.discussed,
            "main_points": discussion.main_points,
            "version": discussion.version,
        }
        form = NotesForm(user=user, initial=initial)
        put_words_back(request, form)
    context = {"section": "cpd", "form": form, "discussion": discussion, "changed": changed}
    return render(request, "cpd/discussion_notes.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def discussion_add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make one's own activity of it, once. Nobody else can."""
    user, mine = person(request), my_part(request, pk)
    if mine.activity is not None and mine.activity.deleted_at is None:
        return redirect(mine.activity)
    if mine.minutes is None:
        messages.error(request, "Say first how long you were there.")
        return redirect(mine.discussion)
    people = people_of(mine.discussion, mine)
    if not has_company(people):
        messages.error(request, ALONE)
        return redirect(mine.discussion)
    status = 200
    if request.method == "POST":
        form = AddDiscussionForm(request.POST, user=user)
        status = 422
        if form.is_valid():
            try:
                logged = add_discussion_to_record(
                    by=user,
                    discussion_id=pk,
                    activity_id=form.cleaned_data["id"],
                    reflection=form.cleaned_data["reflection"],
                )
            except Refused as error:
                form.add_error(None, str(error))
            except (NotYours, ObjectDoesNotExist) as error:
                raise Http404 from error
            else:
                if logged.is_new:
                    messages.success(request, f"Saved {duration(logged.activity.minutes)} to your CPD.")
                return redirect(logged.activity)
    else:
        form = AddDiscussionForm(user=user, initial={"id": uuid.uuid4(), "reflection": mine.line})
        put_words_back(request, form)
    me = next(one for one in people if one.is_me)
    context = {
        "section": "cpd",
        "form": form,
        "discussion": mine.discussion,
        "mine": mine,
        "me": me,
        "is_participatory": is_participatory(user, user.profile.local_date(mine.joined_at)),
    }
    return render(request, "cpd/discussion_add.html", context, status=status)
