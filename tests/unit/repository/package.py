"""The integration's own files, read as Home Assistant's and HACS's checks read them."""

import ast
from collections.abc import Iterator
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.util.yaml import load_yaml_dict

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "custom_components" / "antt_camera"

PLACEHOLDER = re.compile(r"\{(\w+)\}")


@cache
def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = read_json(PACKAGE / "manifest.json")
    return found


def icons() -> dict[str, Any]:
    found: dict[str, Any] = read_json(PACKAGE / "icons.json")
    return found


def translations(language: str) -> dict[str, Any]:
    found: dict[str, Any] = read_json(PACKAGE / "translations" / f"{language}.json")
    return found


def described(name: str) -> dict[str, dict[str, Any]]:
    """What services.yaml, triggers.yaml or conditions.yaml describes, without its private anchors."""
    found = load_yaml_dict(str(PACKAGE / f"{name}.yaml"))
    return {key: value or {} for key, value in found.items() if not key.startswith(".")}


def leaves(tree: dict[str, Any], *path: str) -> Iterator[tuple[str, Any]]:
    """Every value of a tree with its dotted path."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, *path, key)
        else:
            yield ".".join((*path, key)), value


@cache
def sources() -> dict[Path, ast.Module]:
    """Every module of the integration, parsed, by its path inside the package."""
    return {
        path.relative_to(PACKAGE): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def nodes[Node: ast.AST](kind: type[Node], *paths: Path) -> Iterator[tuple[Path, Node]]:
    """Every node of a kind, in the given modules or in all."""
    for path in paths or sources():
        for node in ast.walk(sources()[path]):
            if isinstance(node, kind):
                yield path, node


@cache
def words() -> frozenset[str]:
    """Every text constant of the code."""
    return frozenset(node.value for _, node in nodes(ast.Constant) if isinstance(node.value, str))


def name_of(node: ast.expr) -> str:
    """`a.b.c` of an expression that is just that, else nothing."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{name_of(node.value)}.{node.attr}"
    return ""
