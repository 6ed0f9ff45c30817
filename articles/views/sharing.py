"""What leaves the site with an article: its citation, and its picture beside a link to it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from articles import cards
from articles.addresses import absolute
from articles.citing import Name, Work, bibtex, in_a_line, ris
from articles.details import Details
from articles.linked_data import card_address, graph
from articles.models import Article, Revision
from articles.querysets import article_to_cite
from articles.standing import Standing
from meducation.lib.dates import site_day
from meducation.lib.html import json_for_script
from meducation.lib.page_cache import same_for_everybody


@login_not_required
@require_safe
@same_for_everybody
def cite_bibtex(request: HttpRequest, slug: str) -> HttpResponse:
    """The article as an entry for BibTeX."""
    return _download(bibtex(_work_at(slug)), f"{slug}.bib", "application/x-bibtex")


@login_not_required
@require_safe
@same_for_everybody
def cite_ris(request: HttpRequest, slug: str) -> HttpResponse:
    """The article as a record for reference managers."""
    return _download(ris(_work_at(slug)), f"{slug}.ris", "application/x-research-info-systems")


@login_not_required
@require_safe
def card(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The picture of a published article, drawn when it is first asked for. Its address changes with what is on it."""
    if not cards.KEY.fullmatch(key):
        raise Http404
    content = cards.stored(key)
    if content is None:
        article = article_to_cite(slug)
        if article is None or article.revision is None:
            raise Http404
        face = cards.face_of(article.revision, (topic.name for topic in article.topics.all()))
        if face.key != key:
            raise Http404
        content = cards.make(face)
    return HttpResponse(
        content,
        content_type="image/png",
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            # Made to be shown on other sites.
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )


def work_of(article: Article, revision: Revision, details: Details) -> Work:
    """A published article as something to cite. Take it from ArticleQuerySet.with_last_change()."""
    published_at = article.publish_at or revision.live_from
    return Work(
        slug=article.slug,
        title=revision.title,
        summary=revision.standfirst,
        names=[Name(writer.name, writer.family_name) for writer in details.writers],
        topics=[topic.name for topic in article.topics.all()],
        publisher=settings.SITE_NAME,
        published_on=site_day(published_at),
        changed_on=site_day(article.last_change_at) if article.last_change_at > published_at else None,
        revision=revision.number,
        address=absolute(article.get_absolute_url()),
    )


def shared_parts(article: Article, revision: Revision, standing: Standing) -> dict[str, Any]:
    """What the article's page says for other programs, and how to cite it."""
    details, topics = Details.from_json(revision.details), article.topics.all()
    return {
        "linked_data": json_for_script(graph(article, revision, details, topics, standing)),
        "card": card_address(article, revision, topics),
        "citation": in_a_line(work_of(article, revision, details), cited_on=site_day()),
    }


def _work_at(slug: str) -> Work:
    article = article_to_cite(slug)
    if article is None or article.revision is None:
        raise Http404
    return work_of(article, article.revision, Details.from_json(article.revision.details))


def _download(content: str, name: str, content_type: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
