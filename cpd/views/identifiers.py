"""The patient-identifier check: its page, and what a form's script asks while somebody types.

POST as JSON {"fields": {name: text}} is answered with {"fields": {name: [{"start", "end", "kind", "name", "reason",
"suggestion"}]}}, places counted in UTF-16; 400 and 422 {"error": sentence}. No text is kept, logged or sent back.
"""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from cpd.forms.identifiers import MOST_CHARACTERS, TOO_LONG, IdentifierCheckForm, mark_of
from cpd.identifiers.findings import KINDS
from cpd.identifiers.measuring import measure, sentences, total
from cpd.identifying import checked, for_script

NOT_UNDERSTOOD = "This is not a request we understand. Reload the page."
MOST_FIELDS = 50


@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def identifier_check(request: HttpRequest) -> HttpResponse:
    """Look for what may identify a patient in a text. POST `text` shows it; with `replace`, neutral words first."""
    if request.method == "POST" and request.content_type == "application/json":
        return _answer(request)
    context: dict[str, Any] = {"section": "cpd", "form": IdentifierCheckForm(), **_figures()}
    status = 200
    if request.method == "POST":
        form = context["form"] = IdentifierCheckForm(request.POST)
        if form.is_valid():
            text, count = form.cleaned_data["text"], 0
            if "replace" in request.POST:
                text, count = form.replaced(request.POST.getlist("use"))
                context["form"] = IdentifierCheckForm({"text": text})
            found = checked([("Your text", text)])
            context |= {
                "is_checked": True,
                "replaced": count,
                "found": found[0] if found else None,
                "choices": [(mark_of(each.finding), each) for each in (found[0].found() if found else [])],
            }
        else:
            status = 422
    return render(request, "cpd/identifier_check.html", context, status=status)


@cache
def _figures() -> dict[str, Any]:
    """How good the check is, on texts that do not change: worked out once."""
    return {
        "figures": [(KINDS[kind], score) for kind, score in measure("held-out").items()],
        "in_prose": total("reflections"),
        "reflections": len(sentences("reflections")),
    }


@sensitive_variables()
def _answer(request: HttpRequest) -> JsonResponse:
    try:
        texts = json.loads(request.body)["fields"]
    except (ValueError, TypeError, KeyError, RecursionError, RawPostDataException):
        return JsonResponse({"error": NOT_UNDERSTOOD}, status=400)
    if (
        not isinstance(texts, dict)
        or len(texts) > MOST_FIELDS
        or not all(isinstance(text, str) for text in texts.values())
    ):
        return JsonResponse({"error": NOT_UNDERSTOOD}, status=400)
    if sum(len(text) for text in texts.values()) > MOST_CHARACTERS:
        return JsonResponse({"error": TOO_LONG}, status=422)
    return JsonResponse({"fields": for_script(texts)})
