"""The one place where text is declared to be safe HTML."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

# As in django.utils.html.json_script: nothing in a string can then end the script element or open a comment.
SCRIPT_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def trusted(html: str) -> SafeString:
    """HTML that has been through the sanitiser and then only through our own code, to be shown as it is."""
    return mark_safe(html)  # noqa: S308 (what this function is for; tests/project allows it here only)


def json_for_script(data: Any) -> SafeString:
    """JSON to stand inside a script element that holds data (json_script would choose the element's type itself)."""
    return trusted(json.dumps(data, ensure_ascii=False).translate(SCRIPT_ESCAPES))
