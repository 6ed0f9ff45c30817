"""Links to a part of the record, for their owner: make, choose what they show, look, turn on, stop."""

import datetime
import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import person
from cpd.actions import NotYours, SentAlready
from cpd.actions.sharing import (
    PACK_GONE,
    LinkChanged,
    Refused,
    change_link,
    choose_entries,
    make_link,
    see_comments,
    start_link,
    stop_link,
)
from cpd.forms.goals import keys_in
from cpd.forms.sharing import ShareForm
from cpd.models import ShareLink
from cpd.shared_pack import pack_for_owner, shared_pack
from cpd.shared_record import for_owner, shared_view
from cpd.sharing import CODES, address_of, code_of, entries_to_choose, uses_of
from cpd.views.shared import shown_to
from cpd.views.shared_pack import pack_shown_to
from meducation.lib.codes import drawn
from meducation.lib.forms import SENT_ALREADY, put_words_back

if TYPE_CHECKING:
    from accounts.models import User

PER_PAGE = 25
ENTRIES_PER_PAGE = 50
CHANGED_ELSEWHERE = (
    "This link was changed in another tab or on another device. Check what stands here, and save again to replace it."
)


@require_safe
def share_list(request: HttpRequest) -> HttpResponse:
    """One's links: those that are open first in mind, so the newest first."""
    page = Paginator(person(request).share_links.for_listing(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cpd/share_list.html", {"section": "cpd", "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def share_create(request: HttpRequest) -> HttpResponse:
    """Make a link, which shows nothing to anybody yet: of this CPD year; with `?year=before`, of the one before.

    With `?pack=`, to that portfolio or pack.
    """
    user = person(request)
    status = 200
    if request.method == "POST":
        form = ShareForm(request.POST, user=user)
        status = 422
        if form.is_valid():
            try:
                made = make_link(
                    by=user, link_id=form.cleaned_data["id"], fields=form.link_fields(), pack_id=form.pack_id()
                )
            except NotYours as error:
                raise Http404 from error
            except SentAlready:
                form.add_error(None, SENT_ALREADY)
            except Refused as error:
                form.add_error(None, str(error))
            else:
                return redirect(made.link)
    else:
        initial = _initial(user, is_before=request.GET.get("year") == "before")
        # What is none of theirs is no choice of the list, and so chooses nothing.
        form = ShareForm(user=user, initial=initial | {"pack": request.GET.get("pack", "")})
        put_words_back(request, form)
    return render(request, "cpd/share_form.html", {"section": "cpd", "form": form}, status=status)


def _initial(user: "User", *, is_before: bool) -> dict[str, object]:
    year = user.profile.year_of(user.profile.local_date())
    if is_before:
        year = user.profile.year_of(year.first - datetime.timedelta(days=1))
    return {
        "id": uuid.uuid4(),
        "shown_name": user.name,
        "first_on": year.first,
        "last_on": year.last,
        "with_requirements": True,
        "with_plan": True,
    }


@require_safe
def share_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One link: its address, what it shows, who opened it, what they said."""
    user = person(request)
    link = get_object_or_404(user.share_links.for_listing(), pk=pk)
    address = address_of(link)
    comments = list(link.comments.in_order().select_related("activity"))
    # From for_listing().
    if getattr(link, "has_news", False) and request.method == "GET":
        see_comments(by=user, link_id=pk, up_to=comments[-1].written_at)
    context = {
        "section": "cpd",
        "link": link,
        "is_open": link.is_open(),
        "has_expired": link.has_expired(),
        "address": address,
        "drawing": drawn(address),
        "code": CODES.grouped(code_of(link)) if link.asks_code else "",
        "uses": uses_of(link),
        "comments": comments,
    }
    return render(request, "cpd/share_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def share_update(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change what a link shows, or for how long."""
    user = person(request)
    link = get_object_or_404(user.share_links, pk=pk)
    status = 200
    if request.method == "POST":
        form = ShareForm(request.POST, user=user, link=link)
        status = 422
        if form.is_valid():
            try:
                link = change_link(
                    by=user, link_id=pk, version=form.cleaned_data["version"] or 0, fields=form.link_fields()
                )
            except LinkChanged as error:
                form = form.for_version(error.current.version)
                form.add_error(None, CHANGED_ELSEWHERE)
                status = 409
            except Refused as error:
                form.add_error(None, str(error))
            except ShareLink.DoesNotExist as error:
                raise Http404 from error
            else:
                messages.success(request, "Saved.")
                return redirect(link)
    else:
        form = ShareForm(user=user, link=link, initial=ShareForm.initial_for(link))
        put_words_back(request, form)
    return render(request, "cpd/share_form.html", {"section": "cpd", "form": form, "link": link}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def share_entries(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Choose which activities of the period a link shows: a page of them at a time."""
    user = person(request)
    # Of a pack, nothing can be chosen.
    link = get_object_or_404(user.share_links.filter(is_of_pack=False), pk=pk)
    if request.method == "POST":
        try:
            choose_entries(
                by=user,
                link_id=pk,
                shown=keys_in(request.POST, "shown", most=ENTRIES_PER_PAGE),
                ticked=keys_in(request.POST, "activity", most=ENTRIES_PER_PAGE),
            )
        except Refused as error:
            messages.error(request, str(error))
        except ShareLink.DoesNotExist as error:
            raise Http404 from error
        else:
            messages.success(request, "Saved which activities it shows.")
        return redirect(link)
    page = Paginator(entries_to_choose(link), ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cpd/share_entries.html", {"section": "cpd", "link": link, "page": page})


@require_safe
def share_preview(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Exactly what the appraiser sees, by the same template; above it, what the owner should know of it."""
    link = get_object_or_404(person(request).share_links.select_related("user__profile"), pk=pk)
    if link.has_lost_its_pack:
        messages.error(request, PACK_GONE)
        return redirect(link)
    page = request.GET.get("log", "")
    if link.is_of_pack:
        shared = shared_pack(link)
        return HttpResponse(pack_shown_to(shared, page=page, preview=pack_for_owner(shared)))
    record = shared_view(link)
    return HttpResponse(shown_to(record, preview=for_owner(record)))


@require_POST
def share_start(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Turn it on."""
    try:
        link = start_link(by=person(request), link_id=pk)
    except ShareLink.DoesNotExist as error:
        raise Http404 from error
    except Refused as error:
        messages.error(request, str(error))
        return redirect("cpd:share-detail", pk=pk)
    messages.success(request, "The link is on. Copy its address, and send it.")
    return redirect(link)


@require_POST
def share_stop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Stop it at once; its page offers to turn it on again."""
    try:
        link = stop_link(by=person(request), link_id=pk)
    except ShareLink.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "Stopped. The address shows nothing any more.")
    return redirect(link)
