"""Home Assistant's own checks of an integration's files."""

import ast
from pathlib import Path
import re
from typing import Any

import hass_frontend
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_custom_components
from homeassistant.util.yaml import load_yaml_dict
from packaging.requirements import Requirement
import pytest
import voluptuous as vol
from voluptuous.humanize import humanize_error

from custom_components.antt_camera.const import PLATFORMS
from tests.unit.repository import hassfest_schemas as schemas
from tests.unit.repository.package import (
    PACKAGE,
    described,
    icons,
    leaves,
    manifest,
    name_of,
    nodes,
    read_json,
    sources,
    translations,
)

# Home Assistant always has these, or they need no setting up.
ALWAYS_THERE = {platform.value for platform in Platform} | {
    "automation", "conversation", "default_config", "device_automation", "frontend", "group", "homeassistant",
    "input_boolean", "input_button", "input_datetime", "input_number", "input_select", "input_text", "media_source",
    "onboarding", "panel_custom", "persistent_notification", "person", "script", "shopping_list", "sun",
    "system_health", "system_log", "timer", "webhook", "websocket_api", "zone", "mjpeg", "stream",
}  # fmt: skip
DISCOVERY_STEPS = {
    "mqtt": "mqtt",
    "zeroconf": "zeroconf",
    "dhcp": "dhcp",
    "ssdp": "ssdp",
    "usb": "usb",
}
DESCRIBED = {
    "services": schemas.SERVICES,
    "triggers": schemas.TRIGGERS,
    "conditions": schemas.CONDITIONS,
}


def check(schema: Any, value: Any) -> None:
    try:
        schema(value)
    except vol.Invalid as error:
        pytest.fail(humanize_error(value, error))


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.json")), ids=lambda path: path.name)
def test_json_parses(path: Path) -> None:
    assert read_json(path)


def test_manifest() -> None:
    check(schemas.MANIFEST, manifest())
    assert manifest()["domain"] == PACKAGE.name


def test_manifest_keys_are_in_order() -> None:
    keys = list(manifest())
    assert keys == ["domain", "name", *sorted(key for key in keys if key not in {"domain", "name"})]


def test_no_dependency_is_named_twice() -> None:
    named = manifest().get("dependencies", []) + manifest().get("after_dependencies", [])
    assert len(named) == len(set(named))


def test_requirements_can_be_read() -> None:
    for requirement in manifest()["requirements"]:
        assert " " not in requirement
        Requirement(requirement)


def test_only_english_and_vietnamese_and_no_strings_of_the_core() -> None:
    assert {path.name for path in (PACKAGE / "translations").iterdir()} == {"en.json", "vi.json"}
    assert not (PACKAGE / "strings.json").exists()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_translations(language: str) -> None:
    check(schemas.TRANSLATIONS, translations(language))


def test_icons() -> None:
    check(schemas.ICONS, icons())


def test_icons_exist() -> None:
    files = map(read_json, Path(hass_frontend.__file__).parent.glob("static/mdi/*.json"))
    known = {icon for drawings in files if isinstance(drawings, dict) for icon in drawings}
    assert "cctv" in known
    unknown = {
        path: icon for path, icon in leaves(icons()) if icon.removeprefix("mdi:") not in known
    }
    assert not unknown


@pytest.mark.parametrize("name", DESCRIBED)
def test_descriptions(name: str) -> None:
    check(DESCRIBED[name], load_yaml_dict(str(PACKAGE / f"{name}.yaml")))


@pytest.mark.parametrize("name", DESCRIBED)
def test_descriptions_are_translated_and_have_icons(name: str) -> None:
    for language in ("en", "vi"):
        translated = translations(language)[name]
        assert translated.keys() == described(name).keys()
        for key, description in described(name).items():
            assert (
                translated[key].get("fields", {}).keys() == description.get("fields", {}).keys()
            ), key
    assert icons()[name].keys() == described(name).keys()


@pytest.mark.parametrize("name", DESCRIBED)
def test_choices_are_translated(name: str) -> None:
    for language in ("en", "vi"):
        for key, description in described(name).items():
            for field, settings in description.get("fields", {}).items():
                select = settings["selector"].get("select")
                if select is None:
                    continue
                options = translations(language)["selector"][select["translation_key"]]["options"]
                assert options.keys() == set(select["options"]), f"{key}.{field}"


def test_config_schema_of_an_integration_that_is_set_up_without_yaml() -> None:
    assert "CONFIG_SCHEMA" in {
        name_of(target)
        for _, node in nodes(ast.Assign, Path("__init__.py"))
        for target in node.targets
    }


def test_discovery_sets_an_identity() -> None:
    assert manifest()["config_flow"] is True
    steps = {
        node.name: node
        for path, node in nodes(ast.AsyncFunctionDef)
        if node.name.startswith("async_step_")
    }
    for key, step in DISCOVERY_STEPS.items():
        assert (key in manifest()) == (f"async_step_{step}" in steps)
    called = {name_of(call.func).rpartition(".")[2] for _, call in nodes(ast.Call)}
    assert "async_set_unique_id" in called


def test_used_components_are_declared() -> None:
    declared = ALWAYS_THERE | {
        *manifest().get("dependencies", []), *manifest().get("after_dependencies", []),
    }  # fmt: skip
    own = {path.stem for path in sources() if len(path.parts) == 1}
    used = {component for component, _ in imported_components()}
    assert "camera" in used
    assert not used - declared - own


def imported_components() -> list[tuple[str, Path]]:
    """Components of Home Assistant that the code imports when it runs, and where."""
    found: list[tuple[str, Path]] = []
    for path, tree in sources().items():
        typing_only = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and name_of(node.test) == "TYPE_CHECKING"
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if id(node) in typing_only or not isinstance(node, ast.ImportFrom):
                continue
            module = node.module or ""
            names = [alias.name for alias in node.names]
            if module == "homeassistant.components.http.auth" and names == ["async_sign_path"]:
                continue
            if module == "homeassistant.components":
                found += [(name, path) for name in names]
            elif match := re.match(r"homeassistant\.components\.(\w+)", module):
                found.append((match[1], path))
    return found


async def test_the_loader_takes_it(hass: HomeAssistant, enable_custom_integrations: None) -> None:
    integration = (await async_get_custom_components(hass))["antt_camera"]
    assert (integration.config_flow, integration.has_services, integration.has_translations) == (
        True,
        True,
        True,
    )
    assert (integration.has_triggers, integration.has_conditions, integration.has_branding) == (
        True,
        True,
        True,
    )
    assert await integration.resolve_dependencies() is not None
    assert set(integration.platforms_exists(list(Platform))) == set(PLATFORMS)
