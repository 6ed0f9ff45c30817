"""What kind of answer a request asks for."""

from django.http import HttpRequest


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which reads an answer in JSON, and not a person who wants a page."""
    return "application/json" in request.headers.get("Accept", "")
