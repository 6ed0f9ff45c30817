"""docs/permissions.md says what accounts/roles.py does, and every permission there exists."""

import itertools
from pathlib import Path

import pytest
from django.apps import apps

from accounts.roles import PERMISSIONS, Role

DOC = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
ALLOWED, NOT_ALLOWED = "yes", "–"


def table() -> tuple[list[str], dict[str, list[str]]]:
    """The heads of the columns of roles, and each permission's cells under them."""
    text = DOC.read_text(encoding="utf-8")
    inside = text.partition("<!-- permissions: begin -->")[2].partition("<!-- permissions: end -->")[0]
    head, _, *lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in inside.strip().splitlines()]
    rows = {line[1].strip("`"): line[2:] for line in lines}
    assert len(rows) == len(lines) > 20, "a permission stands there twice"
    return head[2:], rows


def test_the_columns_are_the_roles() -> None:
    assert table()[0] == [role.label for role in Role]


def test_the_document_and_the_code_say_the_same() -> None:
    _, rows = table()
    written = {
        role: {permission for permission, cells in rows.items() if cells[column] == ALLOWED}
        for column, role in enumerate(Role)
    }
    assert written == {role: set(PERMISSIONS[role]) for role in Role}


def test_each_cell_is_one_of_two_words() -> None:
    assert {cell for cells in table()[1].values() for cell in cells} == {ALLOWED, NOT_ALLOWED}


@pytest.mark.sweep
@pytest.mark.parametrize("permission", sorted(PERMISSIONS[Role.ADMINISTRATOR]))
def test_each_permission_exists(permission: str) -> None:
    app, _, codename = permission.partition(".")
    known = {
        name
        for model in apps.get_app_config(app).get_models()
        for name in (
            *(f"{action}_{model._meta.model_name}" for action in model._meta.default_permissions),
            *(name for name, _ in model._meta.permissions),
        )
    }
    assert codename in known


def test_each_role_may_do_what_the_one_before_it_may() -> None:
    for lower, higher in itertools.pairwise(Role):
        assert PERMISSIONS[lower] <= PERMISSIONS[higher]
