"""What every template may rely on; no query unless the template asks."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from meducation.lib.text_size import text_size_of


def site(request: HttpRequest) -> dict[str, Any]:
    """`signed_in`, `page_variant`, `text_size`, `demo`, `site_name`, `site_url`, `contact` (an e-mail address)."""
    variant = getattr(request, "page_variant", None)

    def signed_in() -> bool:
        # A page that may be kept for others is drawn for its variant, never for the person who came first.
        if variant is not None:
            return bool(variant == "in")
        user = getattr(request, "user", None)
        return bool(user is not None and user.is_authenticated)

    return {
        "signed_in": SimpleLazyObject(signed_in),
        "page_variant": variant,
        "text_size": text_size_of(request),
        "demo": settings.DEMO,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    }
