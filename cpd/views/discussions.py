"""Discussions with colleagues: begin, join, end, say how long, confirm each other, add to one's own record."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_http_methods, require_POST, require_safe

from accounts.people import person
from articles.querysets import published_article
from cpd.actions import NotYours
from cpd.actions.discussions import (
    Refused,
    cancel_discussion,
    end_discussion,
    invite_to_discussion,
    join_by_code,
    leave_discussion,
    restore_discussion,
    start_discussion,
    stay_in_discussion,
    take_invitation,
    why_not,
)
from cpd.discussions import (
    CODES,
    has_company,
    in_words,
    invitation_in,
    invitations_of,
    people_of,
    to_confirm,
)
from cpd.forms.discussions import (
    DiscussionForm,
    InvitedForm,
    InviteForm,
    JoinForm,
)
from cpd.models import Discussion, Invitation, Kind, Participant
from cpd.reminding import site_address
from cpd.tasks import send_discussion_invitations
from meducation.lib.codes import drawn
from meducation.lib.forms import put_words_back

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import Article
    from cpd.models import Activity

PER_PAGE = 25
TOO_MANY_CODES = "You have tried many codes. Wait five minutes, and have the code read out once more."
TOO_MANY_MAILS = "You have sent many invitations. Wait an hour, or read out the code."


def my_part(request: HttpRequest, pk: uuid.UUID) -> Participant:
    """The person's own part in a discussion that is not cancelled; anybody else's discussion does not exist."""
    return get_object_or_404(person(request).discussions_joined.shown(), discussion=pk, discussion__cancelled_at=None)


@require_safe
def discussion_list(request: HttpRequest) -> HttpResponse:
    """One's own discussions: those that go on, those that wait for something, and the others."""
    user = person(request)
    waiting = set(user.discussions_joined.waiting().values_list("pk", flat=True))
    page = Paginator(user.discussions_joined.for_listing(), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(mine, mine.pk in waiting) for mine in page]
    return render(request, "cpd/discussion_list.html", {"section": "cpd", "page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def discussion_create(request: HttpRequest) -> HttpResponse:
    """Begin one now; with `?afterwards=1`, record one that took place. `?article=` or `?activity=` say of what."""
    user = person(request)
    article, activity = _about(request, user)
    is_afterwards = bool(request.GET.get("afterwards"))
    status = 200
    if request.method == "POST":
        form = DiscussionForm(request.POST, user=user, is_afterwards=is_afterwards)
        if form.is_valid():
            try:
                started = start_discussion(
                    by=user,
                    discussion_id=form.cleaned_data["id"],
                    title=form.cleaned_data["title"],
                    kind=form.cleaned_data["kind"],
                    name=form.cleaned_data["name"],
                    article=article,
                    activity=activity,
                    took_place=form.cleaned_data.get("took_place"),
                )
            except NotYours as error:
                raise Http404 from error
            return redirect(started.discussion)
        status = 422
    else:
        initial = {
            "id": uuid.uuid4(),
            "title": _title_of(article, activity),
            "kind": Kind.JOURNAL_CLUB if article else Kind.CASE,
            "name": user.name,
        }
        form = DiscussionForm(user=user, is_afterwards=is_afterwards, initial=initial)
        put_words_back(request, form)
    context = {
        "section": "cpd",
        "form": form,
        "article": article,
        "activity": activity,
        "is_afterwards": is_afterwards,
    }
    return render(request, "cpd/discussion_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def discussion_join(request: HttpRequest) -> HttpResponse:
    """Join by the code that was read out, or that the picture of it filled in."""
    user = person(request)
    status = 200
    if request.method == "POST":
        form = JoinForm(request.POST, user=user)
        status = 422
        if not ratelimit.consume(request, action="discussion_code"):
            form.add_error("code", TOO_MANY_CODES)
            status = 429
        elif form.is_valid():
            try:
                mine = join_by_code(by=user, code=form.cleaned_data["code"], name=form.cleaned_data["name"])
            except Refused as error:
                form.add_error("code", str(error))
            else:
                return redirect(mine.discussion)
    else:
        code = CODES.typed(request.GET.get("code", ""))
        form = JoinForm(user=user, initial={"code": code, "name": user.name})
        put_words_back(request, form)
    return render(request, "cpd/discussion_join.html", {"section": "cpd", "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def discussion_invited(request: HttpRequest, token: str) -> HttpResponse:
    """Take an e-mailed invitation. Its link is for one account: the first that joins by it."""
    user = person(request)
    invitation = invitation_in(token)
    if invitation is None:
        raise Http404
    if invitation.taken_by is not None and invitation.taken_by.user_id == user.pk:
        return redirect(invitation.discussion)
    problem = why_not(invitation, invitation.discussion, user, timezone.now())
    status = 200
    if request.method == "POST":
        form = InvitedForm(request.POST, user=user)
        status = 422
        if form.is_valid():
            try:
                mine = take_invitation(by=user, invitation_id=invitation.pk, name=form.cleaned_data["name"])
            except Refused as error:
                problem = str(error)
            except Invitation.DoesNotExist as error:
                raise Http404 from error
            else:
                return redirect(mine.discussion)
    else:
        form = InvitedForm(user=user, initial={"name": user.name})
        put_words_back(request, form)
    # What is discussed, and who invites, is not for whom the link no longer works.
    context = {
        "section": "cpd",
        "form": form,
        "problem": problem,
        "discussion": None if problem else invitation.discussion,
    }
    return render(request, "cpd/discussion_invited.html", context, status=status)


@require_safe
def discussion_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A discussion for those who take part: the code while it goes on, then what is left to do."""
    mine = get_object_or_404(person(request).discussions_joined.shown(), discussion=pk)
    form = InviteForm(user=person(request))
    put_words_back(request, form)
    return _detail(request, mine, form)


def _detail(request: HttpRequest, mine: Participant, form: InviteForm, status: int = 200) -> HttpResponse:
    discussion, user = mine.discussion, person(request)
    is_host = discussion.host_id == user.pk
    people = people_of(discussion, mine)
    me = next(one for one in people if one.is_me)
    invitations = list(invitations_of(discussion)) if is_host else []
    may_invite = is_host and (discussion.is_going_on or discussion.is_afterwards)
    unconfirmed = [one for one in to_confirm(people) if not one.is_confirmed_by_me]
    ended_at = discussion.end()
    context = {
        "section": "cpd",
        "discussion": discussion,
        "mine": mine,
        "me": me,
        "is_host": is_host,
        "ended_at": ended_at,
        "elapsed": mine.elapsed(ended_at or timezone.now()),
        "has_left": mine.left_at is not None or ended_at is not None,
        "people": [(one, in_words(one)) for one in people],
        "to_confirm": to_confirm(people),
        "unconfirmed": unconfirmed,
        "has_company": has_company(people),
        "form": form,
        "may_invite": may_invite,
        "invitations": invitations,
        "has_unsent": any(each.sent_at is None for each in invitations),
        "is_in_record": mine.activity is not None and mine.activity.deleted_at is None,
        **(_code(discussion) if is_host and discussion.is_going_on else {}),
    }
    return render(request, "cpd/discussion_detail.html", context, status=status)


def _code(discussion: Discussion) -> dict[str, object]:
    """The code and its picture, for the host to show."""
    code = CODES.of(discussion.pk)
    address = site_address(reverse("cpd:discussion-join", query={"code": code}))
    return {
        "code": CODES.grouped(code),
        "join_address": site_address(reverse("cpd:discussion-join")),
        "drawing": drawn(address),
    }


@conditional_page
@require_safe
def discussion_people(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who is there at this moment (JSON), for the page that shows it; 304 when nothing has changed."""
    mine = my_part(request, pk)
    people = people_of(mine.discussion, mine)
    return JsonResponse(
        {
            "is_going_on": mine.discussion.is_going_on,
            "people": [
                {"name": one.name, "state": in_words(one), "is_me": one.is_me, "is_host": one.is_host} for one in people
            ],
        }
    )


@require_POST
def discussion_invite(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Mail invitations. The answer is the same whether or not an address has an account."""
    user, mine = person(request), my_part(request, pk)
    if mine.discussion.host_id != user.pk:
        raise Http404
    if "again" in request.POST:
        send_discussion_invitations.enqueue(str(pk))
        messages.success(request, "We are trying again to send what was not sent.")
        return redirect(mine.discussion)
    form = InviteForm(request.POST, user=user)
    if not ratelimit.consume(request, action="discussion_invite"):
        form.add_error("emails", TOO_MANY_MAILS)
        return _detail(request, mine, form, status=429)
    if form.is_valid():
        try:
            invited = invite_to_discussion(by=user, discussion_id=pk, emails=form.cleaned_data["emails"])
        except Refused as error:
            form.add_error("emails", str(error))
        except Discussion.DoesNotExist as error:
            raise Http404 from error
        else:
            send_discussion_invitations.enqueue(str(pk))
            number = len(invited)
            said = f"Invitations on the way: {number}." if number else "All of them were invited already."
            messages.success(request, said)
            return redirect(mine.discussion)
    return _detail(request, mine, form, status=422)


def _done(request: HttpRequest, act: Callable[[], object], said: str) -> None:
    """Do it, and say so, or why not. Raises Http404."""
    try:
        act()
    except Refused as error:
        messages.error(request, str(error))
    except ObjectDoesNotExist as error:
        raise Http404 from error
    else:
        messages.success(request, said)


@require_POST
def discussion_leave(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Go before it ends; the page then offers to take that back."""
    _done(request, lambda: leave_discussion(by=person(request), discussion_id=pk), "You have left the discussion.")
    return redirect("cpd:discussion-detail", pk)


@require_POST
def discussion_stay(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back having left."""
    _done(request, lambda: stay_in_discussion(by=person(request), discussion_id=pk), "You are still there.")
    return redirect("cpd:discussion-detail", pk)


@require_POST
def discussion_end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """End it for everybody."""
    _done(request, lambda: end_discussion(by=person(request), discussion_id=pk), "The discussion has ended.")
    return redirect("cpd:discussion-detail", pk)


@require_POST
def discussion_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put it away; its page then offers to take that back."""
    _done(request, lambda: cancel_discussion(by=person(request), discussion_id=pk), "Cancelled.")
    return redirect("cpd:discussion-detail", pk)


@require_POST
def discussion_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the cancellation back."""
    _done(request, lambda: restore_discussion(by=person(request), discussion_id=pk), "The discussion is back.")
    return redirect("cpd:discussion-detail", pk)


def _about(request: HttpRequest, user: "User") -> "tuple[Article | None, Activity | None]":
    """What is to be discussed, as a link says: one's own activity, with its article, or an article."""
    activity: Activity | None = None
    if asked := request.GET.get("activity"):
        with suppress(ValueError):
            activity = user.activities.kept().select_related("article").filter(pk=uuid.UUID(asked)).first()
        if activity is None:
            raise Http404
    slug = request.GET.get("article") or (activity.article.slug if activity is not None and activity.article else "")
    article = published_article(slug) if slug else None
    if article is None and request.GET.get("article"):
        raise Http404
    return article, activity


def _title_of(article: "Article | None", activity: "Activity | None") -> str:
    if article is not None and article.revision is not None:
        return f"Discussion: {article.revision.title}"[:200]
    return f"Discussion: {activity.title}"[:200] if activity is not None else ""
