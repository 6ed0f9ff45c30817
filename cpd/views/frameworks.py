"""Every framework that Meducation knows, with each figure and what it rests on. For everybody, without logging in."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_countries import countries

from cpd import catalogue
from cpd.rules.types import Framework
from cpd.wording import said_of_example
from meducation.lib.page_cache import same_for_everybody

EVERYWHERE = "Several countries"


@dataclass(frozen=True, slots=True)
class Country:
    """A country, and whom people there may answer to."""

    code: str
    name: str
    frameworks: list[Framework]


@login_not_required
@require_safe
@same_for_everybody
def framework_list(request: HttpRequest) -> HttpResponse:
    """All of them, by country."""
    return render(request, "cpd/framework_list.html", {"countries": _by_country()})


def _by_country() -> list[Country]:
    """Countries by name; a part of a country is listed with the whole, regulators before colleges."""
    found: dict[str, list[Framework]] = {}
    for framework in catalogue.frameworks().values():
        codes = {place.split("-")[0] for place in framework.countries}
        found.setdefault(codes.pop() if len(codes) == 1 else "", []).append(framework)
    named = [
        Country(
            code.lower() or "several",
            countries.name(code) or EVERYWHERE,
            sorted(each, key=lambda framework: (catalogue.ORDER.index(framework.status), framework.name)),
        )
        for code, each in found.items()
    ]
    return sorted(named, key=lambda country: (country.name == EVERYWHERE, country.name))


@login_not_required
@require_safe
@same_for_everybody
def framework_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One of them: every figure with its sentence, its source and when it was read; the versions, the newest first."""
    framework = catalogue.framework(slug)
    if framework is None:
        raise Http404
    examples = [
        (example, [said_of_example(framework, rule, outcome) for rule, outcome in example.expect.items()])
        for example in framework.examples
    ]
    return render(
        request,
        "cpd/framework_detail.html",
        {"framework": framework, "versions": framework.versions[::-1], "examples": examples},
    )
