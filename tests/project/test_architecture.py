"""Who may know whom: the import directions of docs (design, section 4), held by reading the code itself."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("accounts", "articles", "cpd")
# What each room may import of ours. `meducation` itself may import everything.
ALLOWED = {
    "meducation.lib": {"meducation.lib"},
    "accounts": {"accounts", "meducation.lib"},
    "articles": {"articles", "accounts", "meducation.lib"},
    "cpd": {"cpd", "articles", "accounts", "meducation.lib"},
}
# What cpd may use of articles: data, not pages. Beside rows and queries: what a published text carries, what differs
# between two and how an article stands, all pure; who passed its assessment; and the list on which cpd asks to be told
# of new texts.
CPD_MAY_USE = {
    "articles.models",
    "articles.querysets",
    "articles.announcing",
    "articles.attempts",
    "articles.comparing",
    "articles.details",
    "articles.standing",
}
PURE = ("cpd/rules", "cpd/counting.py")
IDENTIFIERS_MAY_USE = frozenset(
    ("collections", "dataclasses", "functools", "pathlib", "re", "stdnum", "tomllib", "typing", "unicodedata")
)


def modules(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]
    assert found, f"no modules in {folders}"
    return found


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module a file imports, wherever in it: line and dotted name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            yield node.lineno, node.module or ""


def is_ours(name: str) -> bool:
    return name.split(".")[0] in (*APPS, "meducation", "tests")


def is_within(name: str, rooms: set[str]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_what_lies_below_it(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(room.replace(".", "/"))
        for line, name in imports(path)
        if is_ours(name) and not is_within(name, ALLOWED[room])
    ]
    assert not wrong


def test_cpd_uses_the_data_of_articles_and_not_its_pages() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules("cpd")
        for line, name in imports(path)
        if name.split(".")[0] == "articles" and not is_within(name, CPD_MAY_USE)
    ]
    assert not wrong


@pytest.mark.parametrize("place", PURE)
def test_rules_and_counting_are_plain_python(place: str) -> None:
    files = [ROOT / place] if place.endswith(".py") else modules(place)
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in files
        for line, name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("cpd.rules")
    ]
    assert not wrong


def test_the_identifier_check_is_plain_python_and_check_digits() -> None:
    """No model, no clock, no setting, and no way out of the machine."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules("cpd/identifiers")
        for line, name in imports(path)
        if name.split(".")[0] not in IDENTIFIERS_MAY_USE and not name.startswith("cpd.identifiers.")
    ]
    assert not wrong


def attribute_uses(path: Path, attribute: str) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == attribute
    ]


def test_views_start_from_somebodys_scope_and_never_from_all_rows() -> None:
    views = [path for path in modules(*APPS, "meducation") if path.name == "views.py" or path.parent.name == "views"]
    assert len(views) >= 5
    assert not [use for path in views for use in attribute_uses(path, "objects")]


@pytest.mark.slow
def test_next_is_read_in_one_place() -> None:
    wrong = []
    for path in modules(*APPS, "meducation"):
        if path.relative_to(ROOT).as_posix() == "meducation/lib/redirects.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Subscript | ast.Call):
                continue
            reads = any(
                isinstance(part, ast.Attribute) and part.attr in ("GET", "POST") for part in ast.walk(node)
            ) and any(isinstance(part, ast.Constant) and part.value == "next" for part in ast.walk(node))
            if reads:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong


@pytest.mark.slow
def test_html_is_trusted_in_one_place() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(*APPS, "meducation")
        for line, name in imports(path)
        if name == "django.utils.safestring" and path.relative_to(ROOT).as_posix() != "meducation/lib/html.py"
    ]
    calls = [
        use
        for path in modules(*APPS, "meducation")
        if path.relative_to(ROOT).as_posix() != "meducation/lib/html.py"
        for use in attribute_uses(path, "mark_safe")
    ]
    assert not wrong and not calls


@pytest.mark.slow
def test_no_logic_hides_in_save_or_signals() -> None:
    """save() is Django's; the one listener is for logins (cpd/apps.py)."""
    saves, receivers = [], []
    for path in modules(*APPS, "meducation"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_model = path.name == "models.py" or path.parent.name == "models"
            if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete") and is_model:
                saves.append(f"{path.relative_to(ROOT)}:{node.lineno}")
            if isinstance(node, ast.ImportFrom) and node.module and "signals" in node.module:
                receivers.append(path.relative_to(ROOT).as_posix())
    assert not saves
    assert set(receivers) <= {"cpd/apps.py"}


def test_apps_are_three() -> None:
    found = sorted(path.parent.name for path in ROOT.glob("*/apps.py") if path.parent.name != "meducation")
    assert found == sorted(APPS)


def test_a_planted_import_is_found(tmp_path: Path) -> None:
    """The net has no hole for imports inside functions."""
    planted = tmp_path / "planted.py"
    planted.write_text("def quietly():\n    from cpd import models\n    return models\n")
    assert [name for _, name in imports(planted)] == ["cpd"]
