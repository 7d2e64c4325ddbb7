"""The arrows between the parts point down only, and parts stay small."""

import ast
from collections.abc import Iterator
import importlib
from pathlib import Path
import sys

import pytest

from custom_components.antt_camera.const import PLATFORMS
from tests.unit.repository.package import PACKAGE, ROOT, name_of, sources

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 50

# What a commune and its servers are made of; entities, actions and views stand on top of it.
FOUNDATION = (Path("server.py"), Path("commune.py"), Path("directory.py"), Path("targets.py"))
PLATFORM_FILES = {Path(f"{platform}.py") for platform in PLATFORMS}
# The one thing that Home Assistant lets others import from inside a component.
SIGNING = ("homeassistant.components.http.auth", "async_sign_path")


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Absolute (module, name) of everything that a module imports when it runs, inside functions too."""
    tree = sources()[path]
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and name_of(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    folder = ["custom_components", "antt_camera", *path.parent.parts]
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = folder[: len(folder) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield from ((module, alias.name) for alias in node.names)


def own_modules(path: Path) -> set[Path]:
    """Modules of the integration that a module imports."""
    found = set()
    for module, name in imports(path):
        for dotted in (module, f"{module}.{name}"):
            inside = (
                Path(*dotted.split(".")[2:]) if dotted.startswith("custom_components.") else None
            )
            if inside is not None and inside.with_suffix(".py") in sources():
                found.add(inside.with_suffix(".py"))
    return found


def reach(start: Path) -> set[Path]:
    """Modules of the integration that come with a module, over any number of steps."""
    found: set[Path] = set()
    waiting = [start]
    while waiting:
        new = own_modules(waiting.pop()) - found
        found |= new
        waiting += new
    return found


def in_frigate() -> list[Path]:
    return [path for path in sources() if path.parts[0] == "frigate"]


def test_imports_are_followed() -> None:
    assert {Path("server.py"), Path("frigate/parse.py")} <= reach(Path("camera.py"))


@pytest.mark.parametrize("path", in_frigate(), ids=str)
def test_frigate_knows_nothing_of_home_assistant(path: Path) -> None:
    for module, name in imports(path):
        assert module.partition(".")[0] not in {"homeassistant", "voluptuous", "probatio"}, name
        if module.startswith("custom_components"):
            assert module.startswith("custom_components.antt_camera.frigate"), (module, name)


def test_frigate_works_alone() -> None:
    allowed = {"aiohttp", "yarl", "multidict", "custom_components"} | sys.stdlib_module_names
    for path in in_frigate():
        assert {module.partition(".")[0] for module, _ in imports(path)} <= allowed, path


@pytest.mark.parametrize("path", FOUNDATION, ids=str)
def test_the_foundation_knows_no_platform(path: Path) -> None:
    assert not reach(path) & (
        PLATFORM_FILES | {Path("entity.py"), Path("services.py"), Path("views.py")}
    )


@pytest.mark.parametrize("path", sorted(PLATFORM_FILES), ids=str)
def test_platforms_do_not_know_each_other(path: Path) -> None:
    assert not reach(path) & (PLATFORM_FILES - {path})


@pytest.mark.parametrize("path", sources(), ids=str)
def test_only_roots_of_components_are_imported(path: Path) -> None:
    for module, name in imports(path):
        if module.startswith("homeassistant.components.") and (module, name) != SIGNING:
            assert module.count(".") == 2, module


@pytest.mark.parametrize("path", sources(), ids=str)
def test_parts_are_small(path: Path) -> None:
    assert len((PACKAGE / path).read_text(encoding="utf-8").splitlines()) < LINES_OF_A_FILE
    for node in ast.walk(sources()[path]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LINES_OF_A_FUNCTION, node.name


@pytest.mark.parametrize("path", sources(), ids=str)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(sources()[path])


def test_the_simulator_is_a_reading_of_its_own() -> None:
    """Were it to use our parser, a mistake in it would prove itself right."""
    for path in (ROOT / "simulator").rglob("*.py"):
        assert "custom_components" not in path.read_text(encoding="utf-8"), path


def test_every_module_can_be_imported() -> None:
    for path in sources():
        importlib.import_module(
            ".".join(["custom_components.antt_camera", *path.with_suffix("").parts])
        )
