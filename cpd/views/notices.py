"""What people are told: of a changed rule, of an article they logged."""

import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.people import person
from cpd.actions.reminders import dismiss_notice
from cpd.article_news import affected_activities, news_in
from cpd.models import Notice
from meducation.lib.redirects import next_address

PER_PAGE = 25


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """All articles in one's record that changed since, the latest first; put away or not."""
    notices = person(request).cpd_notices.of_articles().for_page()
    page = Paginator(notices, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "cpd/notice_list.html", {"section": "cpd", "page": page})


@require_safe
def notice_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One notice. Of an article: only what changed, before and after, and what of one's own record it touches."""
    user = person(request)
    notice = get_object_or_404(user.cpd_notices.for_page(), pk=pk)
    context = {
        "section": "cpd",
        "notice": notice,
        "news": news_in(notice),
        "is_readable": notice.article is not None and notice.article.is_published(),
        "activities": affected_activities(notice, user),
    }
    return render(request, "cpd/notice_detail.html", context)


@require_POST
def notice_dismiss(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a notice away."""
    try:
        dismiss_notice(by=person(request), notice_id=pk)
    except Notice.DoesNotExist as error:
        raise Http404 from error
    return redirect(next_address(request, reverse("cpd:requirements")))
