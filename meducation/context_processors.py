"""What every template may rely on; no query unless the template asks."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cpd.reading import reader_name
from meducation.lib.text_size import text_size_of


def site(request: HttpRequest) -> dict[str, Any]:
    """`signed_in`, `reader`, `page_variant`, `text_size`, `demo`, `site_name`, `site_url`, `contact` (an address).

    `reader` is the opaque name under which this device keeps what is somebody's: empty for visitors.
    """
    variant = getattr(request, "page_variant", None)

    def signed_in() -> bool:
        # A page that may be kept for others is drawn for its variant, never for the person who came first.
        if variant is not None:
            return bool(variant == "in")
        user = getattr(request, "user", None)
        return bool(user is not None and user.is_authenticated)

    def reader() -> str:
        user = getattr(request, "user", None)
        return reader_name(user) if variant is None and user is not None and user.is_authenticated else ""

    return {
        "signed_in": SimpleLazyObject(signed_in),
        "reader": SimpleLazyObject(reader),
        "page_variant": variant,
        "text_size": text_size_of(request),
        "demo": settings.DEMO,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    }
