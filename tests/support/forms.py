"""A form as a browser sees it: what stands in its boxes, to be changed and sent."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from django.test import Client


def boxes(response: Any) -> dict[str, list[str]]:
    """Every named box of the page's main form, with what it would send as it stands."""
    form = BeautifulSoup(response.text, "html.parser").select_one("main form[method=post][novalidate]")
    assert form is not None, "the page has no form"
    sent: dict[str, list[str]] = {}
    for box in form.select("input[name], select[name], textarea[name]"):
        name = str(box["name"])
        if name == "csrfmiddlewaretoken":
            continue
        sent.setdefault(name, [])
        sent[name] += _values(box)
    return sent


def _values(box: Tag) -> list[str]:
    if box.name == "textarea":
        return [box.get_text()]
    if box.name == "select":
        chosen = box.select("option[selected]") or box.select("option")[:1]
        return [str(option.get("value", "")) for option in chosen]
    if box.get("type") in ("checkbox", "radio"):
        return [str(box.get("value", "on"))] if box.has_attr("checked") else []
    return [str(box.get("value", ""))]


def send(client: Client, path: str, **changed: Any) -> Any:
    """Open the page, change some of its boxes, send it, and follow where it leads.

    A box is named by the end of its name: `minutes`, or what follows the enrolment's id in a name.
    """
    page = client.get(path)
    assert page.status_code == 200, f"{path} answered {page.status_code}"
    data = boxes(page)
    for wanted, value in changed.items():
        key = wanted.replace("__", "-")
        names = [name for name in data if name == key] or [
            name for name in data if name.endswith((f"-{key}", f"_{key}")) or name.startswith(f"{key}_")
        ]
        assert names, f"{path} has no box {key}, only {sorted(data)}"
        for name in names:
            data[name] = [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]
    answer = client.post(path, data, follow=True)
    assert answer.status_code == 200, BeautifulSoup(answer.text, "html.parser").select_one("#error-summary")
    return answer
