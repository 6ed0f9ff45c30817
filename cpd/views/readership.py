"""For authors: what readers do with an article, and its writing as CPD of one's own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.people import person
from articles.querysets import articles_editable_by
from cpd.readership import FEWEST, missed_questions, own_work, readership_of


@require_safe
def readership(request: HttpRequest, slug: str) -> HttpResponse:
    """Opens, minutes, share who logged it, questions most missed; for those who may edit the article, nobody else."""
    user = person(request)
    article = get_object_or_404(articles_editable_by(user).select_related("revision"), slug=slug)
    context = {
        "section": "cpd",
        "article": article,
        "figures": readership_of(article) if article.revision_id else None,
        "questions": missed_questions(article),
        "fewest": FEWEST,
        "own_work": own_work(article, user),
    }
    return render(request, "cpd/readership.html", context)
