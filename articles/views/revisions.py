"""Earlier texts of an article: what somebody read, as it was."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.details import Details
from articles.querysets import published_articles
from articles.rendering import citation_anchors
from articles.standing import standing_now
from meducation.lib.html import trusted
from meducation.lib.page_cache import same_for_everybody


@login_not_required
@require_safe
@same_for_everybody
def article_revision(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A text that readers once saw, of an article that they still see; the present one is at the article's address.

    Public, because what was published is part of people's records and of the article's history, but not for search
    engines: nobody should find an old text instead of the present one.
    """
    article = get_object_or_404(published_articles().for_reading(), slug=slug)
    if article.revision is None:
        raise Http404
    if number == article.revision.number:
        return redirect(article)
    earlier = article.revisions.filter(live_from__lte=timezone.now(), number__lt=article.revision.number)
    revision = get_object_or_404(earlier.defer("body"), number=number)
    details, anchors = Details.from_json(revision.details), citation_anchors(revision.rendered)
    context = {
        "section": "read",
        "article": article,
        "revision": revision,
        "text": trusted(revision.rendered),
        "details": details,
        "references": [(source, anchors.get(source.number, [])) for source in details.references],
        "standing": standing_now(article),
    }
    response = render(request, "articles/revision_detail.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
