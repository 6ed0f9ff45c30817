"""What makes the site an app on a device: its manifest, its service worker, and the page that opens offline."""

import hashlib
import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from cpd.forms.offline import OfflineActivityForm
from meducation.lib.page_cache import same_for_everybody

# What an article and the offline page need beside their own words. The service worker keeps these from the start; any
# other file of ours it keeps when it is used.
PRECACHED = (
    "css/site.css",
    "fonts/plex-sans-regular-latin1.woff2",
    "fonts/plex-sans-semibold-latin1.woff2",
    "fonts/source-serif-4-semibold-latin.woff2",
    "img/icon.svg",
    "js/addresses.js",
    "js/app.js",
    "js/copies.js",
    "js/deliver.js",
    "js/device.js",
    "js/device-store.js",
    "js/log-sheet.js",
    "js/offline-activity.js",
    "js/offline-page.js",
    "js/outbox.js",
    "js/reading-clock.js",
    "js/reading-log.js",
    "js/reading-place.js",
    "js/reading-timer.js",
    "js/requests.js",
    "js/save-for-later.js",
    "js/text-size.js",
    "js/toast.js",
)
ICONS = (
    ("img/icon-192.png", "192x192", "any"),
    ("img/icon-512.png", "512x512", "any"),
    ("img/icon-maskable-512.png", "512x512", "maskable"),
)


@login_not_required
@require_safe
@same_for_everybody
def manifest(request: HttpRequest) -> HttpResponse:
    """What a device needs to know to install the site."""
    return JsonResponse(
        {
            "id": "/",
            "name": settings.SITE_NAME,
            "short_name": settings.SITE_NAME,
            "description": "Short articles for healthcare professionals, and the record of your CPD.",
            "lang": "en-GB",
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            # The teal of the logo behind it while it starts; the bar of the window as the pages have it.
            "background_color": "#FBFAF7",
            "theme_color": "#0B5F59",
            "categories": ["education", "medical"],
            "icons": [
                {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
                for name, sizes, purpose in ICONS
            ],
            "shortcuts": [
                {"name": "Add CPD", "url": reverse("cpd:activity-create")},
                {"name": "Read", "url": reverse("articles:article-list")},
            ],
        },
        content_type="application/manifest+json",
    )


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker: static/js/service-worker.js, told which files this build is made of.

    A browser installs a new one when these bytes change. They name every file by its content, and the offline page.
    """
    offline = reverse("offline")
    files = [static(name) for name in PRECACHED]
    worker = static("js/service-worker.js")
    # Without the request, so that the build is the same for everybody.
    page = render_to_string("offline.html", _offline_context())
    build = hashlib.sha256("\n".join([worker, *files, page]).encode()).hexdigest()[:12]
    facts = {"build": build, "files": files, "offline": offline}
    lines = [f"const BUILT = {json.dumps(facts)};", f"importScripts({json.dumps(worker)});", ""]
    return HttpResponse(
        "\n".join(lines), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@login_not_required
@require_safe
@same_for_everybody
def offline(request: HttpRequest) -> HttpResponse:
    """What waits to be sent, a form to add CPD, and articles to read: the device fills it in."""
    return render(request, "offline.html", _offline_context())


def _offline_context() -> dict[str, object]:
    return {"form": OfflineActivityForm()}
