"""The one place where text is declared to be safe HTML."""

from django.utils.safestring import SafeString, mark_safe


def trusted(html: str) -> SafeString:
    """HTML that has been through the sanitiser and then only through our own code, to be shown as it is."""
    return mark_safe(html)  # noqa: S308 (what this function is for; tests/project allows it here only)
