"""The quality scale's rules, and those of them that code can check.

Home Assistant's own checks read only its core; most of these imitate them.
"""

import ast
from collections.abc import Iterator
import importlib
import inspect
from pathlib import Path
import tomllib
from types import ModuleType
from typing import Any

from homeassistant.helpers.entity import Entity
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.antt_camera import AnttConfigEntry
from custom_components.antt_camera.const import PLATFORMS
from custom_components.antt_camera.entity import AnttEntity
from tests.unit.repository.package import (
    PACKAGE,
    ROOT,
    manifest,
    name_of,
    nodes,
    sources,
)

BRONZE = """
action-setup appropriate-polling brands common-modules config-flow-test-coverage config-flow dependency-transparency
docs-actions docs-conditions docs-high-level-description docs-installation-instructions docs-removal-instructions
docs-triggers entity-event-setup entity-unique-id has-entity-name runtime-data test-before-configure test-before-setup
unique-config-entry
"""
SILVER = """
action-exceptions config-entry-unloading docs-configuration-parameters docs-installation-parameters entity-unavailable
integration-owner log-when-unavailable parallel-updates reauthentication-flow test-coverage
"""
GOLD = """
devices diagnostics discovery discovery-update-info docs-data-update docs-examples docs-known-limitations
docs-supported-devices docs-supported-functions docs-troubleshooting docs-use-cases dynamic-devices entity-category
entity-device-class entity-disabled-by-default entity-translations exception-translations icon-translations
reconfiguration-flow repair-issues stale-devices
"""
PLATINUM = "async-dependency inject-websession strict-typing"
RULES = [*BRONZE.split(), *SILVER.split(), *GOLD.split(), *PLATINUM.split()]

INIT = Path("__init__.py")
FLOW = Path("config_flow.py")
PLATFORM_FILES = [Path(f"{platform}.py") for platform in PLATFORMS]
# What Home Assistant calls with a config entry of ours.
CALLED_WITH_ENTRY = {
    "async_get_config_entry_diagnostics",
    "async_get_device_diagnostics",
    "async_remove_config_entry_device",
    "async_remove_entry",
    "async_setup_entry",
    "async_unload_entry",
}
# Errors that a user reads.
SHOWN = {
    "BrowseError",
    "ConfigEntryAuthFailed",
    "ConfigEntryError",
    "ConfigEntryNotReady",
    "HomeAssistantError",
    "ServiceValidationError",
    "Unresolvable",
}
type Function = ast.FunctionDef | ast.AsyncFunctionDef


def rules() -> dict[str, Any]:
    found: dict[str, Any] = load_yaml_dict(str(PACKAGE / "quality_scale.yaml"))["rules"]
    return found


def functions(*paths: Path) -> dict[str, list[Function]]:
    """Functions of modules (of all, if none is given) by name."""
    found: dict[str, list[Function]] = {}
    for kind in (ast.FunctionDef, ast.AsyncFunctionDef):
        for _, node in nodes(kind, *paths):
            assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            found.setdefault(node.name, []).append(node)
    return found


def calls(tree: ast.AST) -> Iterator[str]:
    """Last names of everything that is called below a node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield name_of(node.func).rpartition(".")[2]


def modules() -> Iterator[ModuleType]:
    for path in sources():
        yield importlib.import_module(
            ".".join(["custom_components.antt_camera", *path.with_suffix("").parts])
        )


def entity_classes() -> set[type[Entity]]:
    """Entity classes of ours that are really used: those that no other inherits from."""
    found = {
        value
        for module in modules()
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, Entity)
        and value.__module__ == module.__name__
    }
    return {one for one in found if not any(one in other.__mro__[1:] for other in found)}


def constants_of_entities(name: str) -> dict[str, Any]:
    """Value of a class attribute by class, wherever a class of ours sets it."""
    return {
        kind.name: node.value.value
        for _, kind in nodes(ast.ClassDef)
        for node in kind.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        if [name_of(target) for target in node.targets] == [name]
    }


# -- the list -----------------------------------------------------------------------------------------------------


def test_all_54_rules_are_answered_in_their_order() -> None:
    assert len(RULES) == 54
    assert list(rules()) == RULES


@pytest.mark.parametrize("rule", RULES)
def test_what_is_not_done_says_why(rule: str) -> None:
    answer = rules()[rule]
    if isinstance(answer, str):
        assert answer == "done"
    else:
        assert answer.keys() == {"status", "comment"}
        assert answer["status"] in {"done", "exempt", "todo"}
        assert len(answer["comment"]) > 20


# -- bronze -------------------------------------------------------------------------------------------------------


def test_action_setup() -> None:
    """Actions are there before any entry is: an automation that names one can be checked."""
    (setup,) = functions(INIT)["async_setup"]
    assert "async_setup_services" in calls(setup)
    registering = {
        path
        for path, node in nodes(ast.Call)
        if name_of(node.func).endswith("services.async_register")
        or name_of(node.func).endswith("async_register_admin_service")
        or name_of(node.func).endswith("async_register_platform_entity_service")
    }
    assert registering == {Path("services.py")}
    for setup_entry in functions()["async_setup_entry"]:
        assert not {"async_setup_services", "async_register"} & set(calls(setup_entry))


def test_appropriate_polling() -> None:
    assert constants_of_entities("_attr_should_poll") == {"AnttEntity": False}
    assert manifest()["iot_class"] == "local_push"


def test_config_flow() -> None:
    assert manifest()["config_flow"] is True
    (setup,) = functions(INIT)["async_setup_entry"]
    assert "async_step_user" in functions(FLOW)
    assert "data" not in {name_of(node) for node in ast.walk(setup) if isinstance(node, ast.Name)}


def test_dependency_transparency() -> None:
    assert manifest()["requirements"] == []


def test_entity_event_setup() -> None:
    """An entity that is never added must listen to nothing."""
    for kind in entity_classes():
        for base in kind.__mro__:
            if not base.__module__.startswith("custom_components.antt_camera"):
                continue
            source = Path(*base.__module__.split(".")[2:]).with_suffix(".py")
            (tree,) = (
                node for _, node in nodes(ast.ClassDef, source) if node.name == base.__name__
            )
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and node.name == "__init__":
                    listening = {
                        name for name in calls(node) if "listen" in name or "track" in name
                    }
                    assert not listening, (base, listening)


def test_entities_are_found() -> None:
    platforms = {
        module.rpartition(".")[2] for kind in entity_classes() for module in [kind.__module__]
    }
    assert {"binary_sensor", "camera", "event", "image", "select", "switch", "update"} <= platforms


@pytest.mark.parametrize("kind", sorted(entity_classes(), key=str), ids=lambda kind: kind.__name__)
def test_has_entity_name(kind: type[Entity]) -> None:
    assert issubclass(kind, AnttEntity)
    assert constants_of_entities("_attr_has_entity_name") == {"AnttEntity": True}


def test_runtime_data() -> None:
    (setup,) = functions(INIT)["async_setup_entry"]
    targets = [
        name_of(target)
        for node in ast.walk(setup)
        if isinstance(node, ast.Assign)
        for target in node.targets
    ]
    assert "entry.runtime_data" in targets
    assert AnttConfigEntry.__value__.__args__[0].__name__ == "Commune"


@pytest.mark.parametrize("name", sorted(CALLED_WITH_ENTRY))
def test_the_type_of_the_entry_is_ours(name: str) -> None:
    found = functions()[name]
    assert found
    for function in found:
        (entry,) = (one for one in function.args.args if one.arg == "entry")
        assert entry.annotation is not None
        assert name_of(entry.annotation) == "AnttConfigEntry"


def test_test_before_configure() -> None:
    connect, *_ = functions(Path("flow_server.py"))["_async_connect"]
    assert "inspect_server" in calls(connect)
    for path in (FLOW, Path("subentry_flow.py")):
        (done,) = functions(path)["async_server_done"]
        assert "async_create_entry" in calls(done)


def test_test_before_setup() -> None:
    (setup,) = functions(INIT)["async_setup_entry"]
    (start,) = functions(Path("commune.py"))["async_start"]
    assert "async_start" in calls(setup)
    raised = [node.exc for node in ast.walk(start) if isinstance(node, ast.Raise)]
    assert [name_of(error.func) for error in raised if isinstance(error, ast.Call)] == [
        "ConfigEntryNotReady"
    ]


def test_unique_config_entry() -> None:
    assert "async_find_known" in calls(sources()[Path("flow_server.py")])
    assert "_abort_if_unique_id_configured" in calls(sources()[FLOW])


# -- silver -------------------------------------------------------------------------------------------------------


def test_config_entry_unloading() -> None:
    (unload,) = functions(INIT)["async_unload_entry"]
    assert {"async_unload_platforms", "async_stop"} <= set(calls(unload))


def test_integration_owner() -> None:
    assert manifest()["codeowners"]
    assert all(owner.startswith("@") for owner in manifest()["codeowners"])


@pytest.mark.parametrize("path", PLATFORM_FILES, ids=str)
def test_parallel_updates(path: Path) -> None:
    found = [
        node
        for node in sources()[path].body
        if isinstance(node, ast.Assign)
        and [name_of(target) for target in node.targets] == ["PARALLEL_UPDATES"]
    ]
    assert len(found) == 1
    assert isinstance(found[0].value, ast.Constant)
    assert isinstance(found[0].value.value, int)


def test_reauthentication_flow() -> None:
    assert {"async_step_reauth", "async_step_reauth_confirm"} <= functions(FLOW).keys()
    assert "async_start_reauth" in set(calls(sources()[Path("sync.py")]))


# -- gold ---------------------------------------------------------------------------------------------------------


def test_diagnostics() -> None:
    found = functions(Path("diagnostics.py"))
    for name in ("async_get_config_entry_diagnostics", "async_get_device_diagnostics"):
        (function,) = found[name]
        assert "async_redact_data" in calls(function)


def test_discovery() -> None:
    assert manifest()["mqtt"]
    assert {"async_step_mqtt", "async_step_hassio"} <= functions(FLOW).keys()


@pytest.mark.parametrize("path", PLATFORM_FILES, ids=str)
def test_dynamic_devices(path: Path) -> None:
    (setup,) = functions(path)["async_setup_entry"]
    assert "async_add_server_entities" in calls(setup)
    assert "async_add_entities" not in calls(setup)


def test_stale_devices() -> None:
    assert "async_remove_config_entry_device" in functions(INIT)
    assert "async_remove_device" in calls(sources()[Path("devices.py")])


def test_reconfiguration_flow() -> None:
    for path in (FLOW, Path("subentry_flow.py")):
        assert "async_step_reconfigure" in functions(path)


def test_repair_issues() -> None:
    assert "async_create_fix_flow" in functions(Path("repairs.py"))
    assert "async_create_issue" in calls(sources()[Path("health.py")])


def test_exception_translations() -> None:
    found = 0
    for path, call in nodes(ast.Call):
        if name_of(call.func) in SHOWN:
            found += 1
            given = {keyword.arg for keyword in call.keywords}
            assert {"translation_domain", "translation_key"} <= given, (path, call.lineno)
    assert found > 10


# -- platinum -----------------------------------------------------------------------------------------------------


def test_async_dependency_and_inject_websession() -> None:
    """One kind of connection, and its session is Home Assistant's."""
    blocking = {"http.client", "httpx", "requests", "socket", "urllib.request", "urllib3"}
    for _, statement in nodes(ast.Import):
        assert not {alias.name for alias in statement.names} & blocking
    for _, source in nodes(ast.ImportFrom):
        assert source.module not in blocking
    making = [
        path for path, call in nodes(ast.Call) if name_of(call.func).endswith("ClientSession")
    ]
    assert not making
    for path in (FLOW, Path("flow_server.py"), Path("server.py"), Path("identity.py")):
        assert "async_get_clientsession" in calls(sources()[path])


def test_strict_typing() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mypy = project["tool"]["mypy"]
    assert mypy["strict"] is True
    assert not [one for one in mypy["overrides"] if "ignore_errors" in one]
    lint = (ROOT / "script" / "lint").read_text(encoding="utf-8")
    assert "bin/mypy" in lint
    assert "custom_components" in lint
