"""The lines of the record: add, show, change, delete, have back."""

import datetime
import uuid
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import person
from articles.querysets import published_article
from articles.standing import standing_now
from cpd.actions import (
    Changed,
    LoggedAgain,
    NeedsReason,
    NotOffered,
    NotYours,
    SentAlready,
    add_activity,
    amend_activity,
    delete_activity,
    log_reading,
    restore_activity,
)
from cpd.article_news import since_read
from cpd.beginnings import Beginning, beginning_like
from cpd.discussions import discussed
from cpd.drafts import words_in
from cpd.evidence.showing import panel_of
from cpd.forms import LOGGED_MEANWHILE, ActivityForm
from cpd.forms.beside import Beside
from cpd.forms.identifiers import KEPT_PRIVATE
from cpd.identifying import identifiers_in_activity
from cpd.models import Activity, Draft, Drafted, Kind, Reflection
from cpd.plans import part_of_plan, with_plan
from cpd.provenance import edits_of
from cpd.querysets.reading import earlier_sittings
from cpd.querysets.sharing import comments_on
from cpd.reading import days_of, measure
from cpd.reasons import Why, why
from cpd.reflecting import reusable_reflections
from cpd.rules.cycles import DAY
from cpd.views.activity_answers import GOES_ON, changed_answer, errors_answer, saved_answer, sign_in_answer
from cpd.views.drafts import (
    BESIDE,
    beside_draft,
    beside_saved,
    in_form,
    is_over_saved,
    over_saved,
    put_draft_back,
    saved_meanwhile,
    settle,
)
from meducation.lib.answers import wants_json
from meducation.lib.dates import duration
from meducation.lib.forms import put_words_back
from meducation.lib.kept_words import is_anothers

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import Article
    from cpd.models import Enrolment, Sitting

MOST_REASONS_OPEN = 2
LONGEST_TITLE = 200
REFLECTION_GONE = "This reflection is no longer there. Choose another, or write here."
# Marks of cpd.reasons.Why.
COUNTS_FOR_NOTHING = frozenset({"left-out", "cannot-tell"})
# Sent with a form that is not to be saved yet: its owner wants to see what is suggested for another kind.
SUGGEST = "suggest"


def _own_activity(request: HttpRequest, pk: uuid.UUID) -> Activity:
    """The person's own activity, not deleted; anything else does not exist."""
    activities = person(request).activities.kept().with_sharing().select_related("reflection", "article", "brought_by")
    activity: Activity = get_object_or_404(with_plan(activities), pk=pk)
    return activity


@require_http_methods(["GET", "HEAD", "POST"])
def activity_create(request: HttpRequest) -> HttpResponse:
    """Add what was learned elsewhere; with `?article=`, log the reading of that article without the timer's sheet.

    A link may fill in `title`, `kind` and `done_on`, as those do from which authors log their writing. `?repeat=`
    begins with what an activity of the person's was, `?template=` with a template of theirs; with today's date either.

    Of an article that is not offered as CPD the page says why, and its form adds by hand: to the address without one.
    A script that asks for JSON gets the answers of cpd.views.activity_answers.
    """
    user = person(request)
    article = _article_asked_for(request)
    sittings = earlier_sittings(article, user=user, browser=None) if article else []
    measured = measure(sittings) if sittings else None
    not_offered = standing_now(article).sentence if article and not sittings else ""
    like = _like_asked_for(request, user)
    make_form = partial(
        ActivityForm,
        user=user,
        measured=measured,
        enrolments=_current_enrolments(user),
        placements=like.placements,
        topics=_topics_of(article),
        reusable=reusable_reflections(user),
    )
    status = 200
    went_on_with: Draft | None = None
    beside: Beside | None = None
    if request.method == "POST" and BESIDE in request.POST:
        form, beside = beside_draft(request, make_form)
    elif request.method == "POST":
        form = make_form(request.POST)
        if SUGGEST in request.POST:
            form = form.unchecked()
        else:
            if is_anothers(request) and wants_json(request):
                return sign_in_answer()
            if form.is_valid():
                try:
                    return _save_new(request, form, article)
                except NeedsReason:
                    form.add_error("minutes", LOGGED_MEANWHILE)
                except NotOffered as error:
                    not_offered = str(error)
                    form.add_error(None, f"{not_offered} Save again to add it by hand.")
                except Reflection.DoesNotExist:
                    form.add_error("shared_reflection", REFLECTION_GONE)
                except SentAlready:
                    if wants_json(request):
                        current = _own_activity(request, form.cleaned_data["id"])
                        return changed_answer(_form_of(current, user), current)
                    return saved_meanwhile(request, form)
            if wants_json(request):
                return errors_answer(form)
            status = 422
    else:
        initial = _initial_for_new(user, article, sittings)
        if article is None:
            initial |= {**like.values, **_asked_for(request)}
        if not_offered:
            # Nothing stands behind the estimate here but the article itself.
            del initial["minutes"]
        form = make_form(initial=initial)
        put_words_back(request, form)
        went_on_with = put_draft_back(request, form)
    today = user.profile.local_date()
    context = {
        "section": "add",
        "form": form,
        "article": article,
        "not_offered": not_offered,
        "measured": measured,
        "today": today,
        "yesterday": today - DAY,
        "beside": beside,
        "drafting": in_form(request, Drafted.ACTIVITY, went_on_with=went_on_with),
        "evidence": panel_of(user, form["id"].value()),
    }
    return render(request, "cpd/activity_form.html", context, status=status)


def _save_new(request: HttpRequest, form: ActivityForm, article: "Article | None") -> HttpResponse:
    fields, reflection = form.activity_fields(), form.reflected()
    try:
        if article is not None:
            logged = log_reading(
                by=form.user,
                activity_id=form.cleaned_data["id"],
                article=article,
                minutes=fields["minutes"],
                more_because=fields.get("more_because", ""),
                reflection=reflection,
                fields=fields,
                places=form.places(),
            )
        else:
            logged = add_activity(
                by=form.user,
                activity_id=form.cleaned_data["id"],
                fields=fields,
                reflection=reflection,
                places=form.places(),
            )
    except NotYours as error:
        raise Http404 from error
    settle(request, logged.activity.pk, Drafted.ACTIVITY)
    if logged.is_new and _goes_on(request):
        messages.success(request, f"Saved {duration(logged.activity.minutes)} to your CPD.")
        if form.is_kept_private:
            messages.warning(request, KEPT_PRIVATE)
    return saved_answer(logged.activity) if wants_json(request) else redirect(logged.activity)


def _goes_on(request: HttpRequest) -> bool:
    """Whether the activity's page comes next."""
    return not wants_json(request) or GOES_ON in request.POST


def _form_of(activity: Activity, user: "User") -> ActivityForm:
    """The form of an activity as it stands now."""
    return ActivityForm(
        user=user,
        activity=activity,
        enrolments=_current_enrolments(user),
        placements=list(activity.placements.all()),
        initial=ActivityForm.initial_for(activity),
    )


@require_safe
def activity_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything about one activity: what was claimed and what was measured, and why it counts, side by side."""
    user, activity = person(request), _own_activity(request, pk)
    reasons = why(activity, user=user, today=user.profile.local_date())
    context = {
        "section": "cpd",
        "activity": activity,
        "passed": user.assessment_attempts.passed_by(user, activity.article).last() if activity.article else None,
        "template_id": uuid.uuid4(),
        "reasons": reasons,
        "since": since_read(activity),
        "discussed": discussed(activity),
        "opened": _opened(reasons),
        "identifiers": identifiers_in_activity(activity),
        "plan": part_of_plan(activity),
        "evidence": panel_of(user, pk),
        "comments": comments_on(activity, user),
    }
    return render(request, "cpd/activity_detail.html", context)


@require_safe
def activity_history(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Every change of one activity: what, when and by whom, as the database's own triggers wrote it down."""
    user, activity = person(request), _own_activity(request, pk)
    context = {"section": "cpd", "activity": activity, "edits": edits_of(activity, user=user)}
    return render(request, "cpd/activity_history.html", context)


def _opened(reasons: list[Why]) -> list[Why]:
    """Which to show at once: all of a few, otherwise the first under which the activity counts for nothing."""
    if len(reasons) <= MOST_REASONS_OPEN:
        return reasons
    return [each for each in reasons if each.mark in COUNTS_FOR_NOTHING][:1]


@require_http_methods(["GET", "HEAD", "POST"])
def activity_update(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change an activity. If it was changed elsewhere since this form was opened, nothing is overwritten unseen."""
    user, activity = person(request), _own_activity(request, pk)
    reflection = activity.reflection
    make_form = partial(
        ActivityForm,
        user=user,
        activity=activity,
        enrolments=_current_enrolments(user),
        placements=list(activity.placements.all()),
        topics=_topics_of(activity.article),
        reusable=reusable_reflections(user, apart_from=activity.reflection_id),
        shared_with=reflection.shared_with(activity) if reflection is not None else 0,
    )
    status = 200
    went_on_with: Draft | None = None
    beside: Beside | None = None
    if request.method == "POST" and BESIDE in request.POST:
        form, beside = beside_draft(request, partial(make_form, initial=ActivityForm.initial_for(activity)))
    elif request.method == "POST" and SUGGEST in request.POST:
        form = make_form(request.POST).unchecked()
    elif request.method == "POST" and wants_json(request) and is_anothers(request):
        return sign_in_answer()
    elif request.method == "POST":
        form = make_form(request.POST)
        status = 422
        if form.is_valid():
            before = words_in(_form_of(activity, user)) if is_over_saved(request) else None
            try:
                saved = amend_activity(
                    by=form.user,
                    activity_id=pk,
                    version=form.cleaned_data["version"] or 0,
                    fields=form.activity_fields(),
                    reflection=form.reflected(),
                    places=form.places(),
                )
            except Reflection.DoesNotExist:
                form.add_error("shared_reflection", REFLECTION_GONE)
            except Activity.DoesNotExist as error:
                raise Http404 from error
            except Changed as error:
                if wants_json(request):
                    return changed_answer(_form_of(error.current, user), error.current)
                status = 409
                # Saving once more, having seen both, is a decision.
                form = form.over(error.current)
                beside = beside_saved(form, _form_of(error.current, user))
            else:
                settle(request, pk, Drafted.ACTIVITY, replaced=before)
                if _goes_on(request):
                    messages.success(request, "Saved your changes.")
                    if form.is_kept_private:
                        messages.warning(request, KEPT_PRIVATE)
                    if activity.is_highlight and not saved.is_highlight:
                        messages.info(request, "It is no highlight any more: the year it moved to has five already.")
                return saved_answer(saved) if wants_json(request) else redirect(activity)
        if wants_json(request):
            return errors_answer(form)
    else:
        form = make_form(initial=ActivityForm.initial_for(activity))
        put_words_back(request, form)
        went_on_with = put_draft_back(request, form)
        if went_on_with is not None:
            beside = over_saved(form, _form_of(activity, user))
    drafting = in_form(request, Drafted.ACTIVITY, went_on_with=went_on_with)
    context = {
        "section": "cpd",
        "form": form,
        "activity": activity,
        "beside": beside,
        "drafting": drafting,
        "evidence": panel_of(user, pk),
    }
    return render(request, "cpd/activity_form.html", context, status=status)


@require_POST
def activity_delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take it out of the record; the next page offers to put it back."""
    try:
        delete_activity(by=person(request), activity_id=pk)
    except Activity.DoesNotExist as error:
        raise Http404 from error
    if wants_json(request):
        return HttpResponse(status=204)
    return redirect(reverse("cpd:activity-list", query={"deleted": pk}))


@require_POST
def activity_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a deleted activity back."""
    try:
        activity = restore_activity(by=person(request), activity_id=pk)
    except Activity.DoesNotExist as error:
        raise Http404 from error
    except LoggedAgain:
        messages.error(request, "This reading has been logged again since, so it cannot be put back as well.")
        return redirect("cpd:activity-list")
    messages.success(request, "Put back into your CPD.")
    return redirect(activity)


def _like_asked_for(request: HttpRequest, user: "User") -> Beginning:
    like = beginning_like(user, repeat=request.GET.get("repeat", ""), template=request.GET.get("template", ""))
    if like is None:
        raise Http404
    return like


def _article_asked_for(request: HttpRequest) -> "Article | None":
    slug = request.GET.get("article")
    if not slug:
        return None
    article = published_article(slug)
    if article is None:
        raise Http404
    return article


def _current_enrolments(user: "User") -> "list[Enrolment]":
    return list(user.enrolments.current(user.profile.local_date()))


def _topics_of(article: "Article | None") -> frozenset[str]:
    return frozenset(article.topics.values_list("slug", flat=True)) if article is not None else frozenset()


def _asked_for(request: HttpRequest) -> dict[str, object]:
    """What a link fills in: title, kind, date. What makes no sense in it is left out; the form checks all again."""
    asked: dict[str, object] = {}
    if title := " ".join(request.GET.get("title", "").split())[:LONGEST_TITLE]:
        asked["title"] = title
    if (kind := request.GET.get("kind")) in Kind.values:
        asked["kind"] = kind
    with suppress(ValueError):
        asked["done_on"] = datetime.date.fromisoformat(request.GET.get("done_on", ""))
    return asked


def _initial_for_new(user: "User", article: "Article | None", sittings: "list[Sitting]") -> dict[str, object]:
    initial: dict[str, object] = {"id": uuid.uuid4(), "done_on": user.profile.local_date(), "kind": Kind.COURSE}
    if article is not None and article.revision is not None:
        initial |= {
            "title": article.revision.title,
            "provider": "Meducation",
            "kind": Kind.READING,
            "minutes": article.revision.reading_minutes,
        }
    if sittings:
        # It was read when it was timed, which need not be today.
        first, last = days_of(sittings, user.profile)
        initial |= {
            "minutes": measure(sittings).minutes,
            "done_on": first,
            "done_until": last if last > first else None,
        }
    return initial
