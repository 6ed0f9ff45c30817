"""What is here for programs that visit the site: what to read, what to leave alone, and whom to tell of a weakness."""

import datetime
from collections.abc import Iterable
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import sitemaps
from articles.addresses import absolute
from cpd.catalogue import frameworks
from meducation.lib.page_cache import same_for_everybody

PLAIN_PAGES = (
    "home",
    "articles:article-list",
    "articles:topic-list",
    "articles:author-list",
    "articles:archive",
    "cpd:framework-list",
    "how-we-time",
    "accessibility",
    "privacy",
)
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# RFC 9116 advises less than a year; whoever runs the site is asked at every start (SECURITY_CONTACT).
STATEMENT_DAYS = 180


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines should leave alone, and where they find the rest."""
    lines = [
        "User-agent: *",
        "Allow: /cpd/requirements/frameworks/",
        "Disallow: /cpd/",
        "Disallow: /accounts/",
        "Disallow: /admin/",
        "Disallow: /articles/preview/",
        "",
        f"Sitemap: {absolute(reverse('sitemap'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
@same_for_everybody
def sitemap(request: HttpRequest) -> HttpResponse:
    """The parts there are."""
    rows: list[tuple[str, datetime.datetime | None]] = [(reverse("sitemap-pages"), None)]
    rows += [(reverse("sitemap-part", args=[part.section, part.number]), part.changed_at) for part in sitemaps.parts()]
    return _xml("sitemapindex", "sitemap", rows)


@login_not_required
@require_safe
@same_for_everybody
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """The pages that are no article, topic or author."""
    paths = [reverse(name) for name in PLAIN_PAGES]
    paths += [reverse("cpd:framework-detail", args=[framework_id]) for framework_id in frameworks()]
    return _xml("urlset", "url", [(path, None) for path in paths])


@login_not_required
@require_safe
@same_for_everybody
def sitemap_part(request: HttpRequest, section: str, number: int) -> HttpResponse:
    """Some of the articles, topics or authors."""
    found = sitemaps.entries(section, number)
    if not found:
        raise Http404
    return _xml("urlset", "url", [(entry.path, entry.changed_at) for entry in found])


@login_not_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116). The statement always holds for the next half year."""
    expires = (timezone.now() + datetime.timedelta(days=STATEMENT_DAYS)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires}",
        "Preferred-Languages: en",
        f"Canonical: {absolute(reverse('security'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _xml(root: str, item: str, rows: Iterable[tuple[str, datetime.datetime | None]]) -> HttpResponse:
    """A list of addresses as sitemaps.org has it."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">']
    for path, changed_at in rows:
        changed = f"<lastmod>{changed_at.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed_at else ""
        lines.append(f"<{item}><loc>{escape(absolute(path))}</loc>{changed}</{item}>")
    return HttpResponse("\n".join([*lines, f"</{root}>", ""]), content_type="application/xml; charset=utf-8")
