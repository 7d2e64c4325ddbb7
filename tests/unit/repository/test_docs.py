"""The user guides tell all that there is, in the words that the user sees, and their examples work."""

import re
from typing import Any

from homeassistant.components.automation.config import PLATFORM_SCHEMA
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import async_validate_conditions_config
from homeassistant.helpers.trigger import async_validate_trigger_config
from homeassistant.util.yaml import parse_yaml
import pytest
import voluptuous as vol

from custom_components.antt_camera import event
from custom_components.antt_camera.services import CAMERA_ACTIONS, SERVER_ACTIONS
from tests.unit.repository.package import ROOT, described, leaves, translations
from tests.unit.repository.test_translations import DESCRIPTIONS

LANGUAGES = ("en", "vi")
OFF = {"en": "off", "vi": "tắt"}
ON = {"en": "on", "vi": "bật"}
YAML = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = {path.stem for path in (ROOT / "docs" / "en").glob("*.md")}
# Where the page on architecture means what it names without a folder.
FOLDERS = (
    "custom_components/antt_camera",
    "custom_components/antt_camera/frigate",
    "simulator",
    "tests/integration",
)
# What the house stands on.
MODULES = (
    "by_camera",
    "commune",
    "config_flow",
    "counts",
    "devices",
    "directory",
    "dispatch",
    "entity",
    "health",
    "media_paths",
    "mqtt_link",
    "services",
    "subentry_flow",
    "sync",
    "targets",
    "trigger",
    "views",
)
# Off by their class, so that none of them can be forgotten.
PERSONAL_EVENTS = {event.FACE.key, event.PLATE.key}
# A chapter that Home Assistant's quality scale asks for: its heading in both languages.
CHAPTERS = {
    "docs-configuration-parameters": ("Setting up", "Thiết lập"),
    "docs-high-level-description": ("What it is for", "Dùng để làm gì"),
    "docs-known-limitations": ("Known limitations", "Những giới hạn đã biết"),
    "docs-removal-instructions": ("Removing", "Gỡ bỏ"),
    "docs-supported-devices": ("Supported devices", "Thiết bị hỗ trợ"),
    "docs-supported-functions": ("Supported functions", "Chức năng hỗ trợ"),
}


def page(language: str, name: str) -> str:
    return (ROOT / "docs" / language / f"{name}.md").read_text(encoding="utf-8")


def rows(language: str, name: str) -> list[list[str]]:
    """Cells of every row of every table of a page."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page(language, name).splitlines()
        if line.startswith("|")
    ]


def bold(text: str) -> set[str]:
    return set(re.findall(r"\*\*(.+?)\*\*", text))


def row_of(language: str, name: str, key: str) -> tuple[str, str]:
    """Name and fields of an action, a trigger or a condition."""
    (found,) = (row for row in rows(language, name) if f"`antt_camera.{key}`" in row[0])
    return found[0], found[1]


def test_both_languages_have_the_same_pages() -> None:
    assert {path.stem for path in (ROOT / "docs" / "vi").glob("*.md")} == PAGES
    assert {"index", "entities", "actions", "examples", "data-update", "troubleshooting"} <= PAGES


@pytest.mark.parametrize("name", sorted(PAGES))
def test_both_languages_have_the_same_parts(name: str) -> None:
    """Headings, rows of tables, items of lists and examples."""
    for part in (r"^#+ ", r"^\| ", r"^\d+\. ", r"^- ", r"^```yaml"):
        english, vietnamese = (
            len(re.findall(part, page(language, name), re.MULTILINE)) for language in LANGUAGES
        )
        assert english == vietnamese, part


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_reached_from_the_first(language: str) -> None:
    for name in PAGES - {"index"}:
        assert f"]({name}.md)" in page(language, "index")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_chapters_of_the_quality_scale(chapter: str) -> None:
    for language, heading in zip(LANGUAGES, CHAPTERS[chapter], strict=True):
        text = page(language, "index").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        assert len(text) > 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entity_is_told_and_whether_it_is_on(language: str) -> None:
    told: dict[str, set[str]] = {}
    for row in rows(language, "entities"):
        for name in bold(row[0]):
            told.setdefault(name, set()).add(row[-1])
    entities = translations(language)["entity"]
    known: dict[str, set[str]] = {}
    for platform, description in DESCRIPTIONS:
        if (key := description.translation_key) is not None:
            enabled = description.entity_registry_enabled_default and key not in PERSONAL_EVENTS
            # A label's own name, and that of all labels together.
            for each in {key, f"{key}_all"} & entities[platform].keys():
                name = entities[platform][each]["name"]
                known.setdefault(name, set()).add((ON if enabled else OFF)[language])
    # Those of the platforms whose names no description carries.
    names = {name["name"] for platform in entities.values() for name in platform.values()}
    assert told.keys() >= names
    for name, states in known.items():
        # A zone's own row says `off here` of what is on at the camera.
        assert told[name] & {ON[language], OFF[language]} == states, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_is_told_with_all_its_fields(language: str) -> None:
    schemas: dict[str, Any] = {
        name: schema for name, schema, _, _ in (*CAMERA_ACTIONS, *SERVER_ACTIONS)
    }
    for key in described("services"):
        name, fields = row_of(language, "actions", key)
        assert translations(language)["services"][key]["name"] in bold(name)
        for marker in schemas.get(key, ()):
            assert f"`{marker}`" in fields, (key, marker)


@pytest.mark.parametrize("kind", ["triggers", "conditions"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_trigger_and_condition_is_told_with_all_its_options(language: str, kind: str) -> None:
    for key, description in described(kind).items():
        name, options = row_of(language, "examples", key)
        assert translations(language)[kind][key]["name"] in bold(name)
        if key == "review_ended":
            # `the same` as in the row before.
            continue
        for field in description.get("fields", {}):
            assert f"`{field}`" in options, (key, field)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_the_set_up_is_told(language: str) -> None:
    texts = translations(language)
    steps = (texts["config"]["step"], texts["config_subentries"]["frigate"]["step"])
    names = {
        text
        for found in steps
        for path, text in leaves(found)
        if re.search(r"(^|\.)data\.\w+$", path)
    }
    assert len(names) > 8
    assert names <= bold(page(language, "index"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_repair_is_told(language: str) -> None:
    told = {row[0] for row in rows(language, "troubleshooting")}
    for issue in translations(language)["issues"].values():
        assert issue["title"].replace("{server}", "").strip(" :") in told


def test_the_architecture_names_files_that_are_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    folders = [ROOT, *(ROOT / folder for folder in FOLDERS)]
    named = set(re.findall(r"`([\w/.]+\.(?:py|yaml))`", text))
    assert len(named) > 40
    for name in named:
        assert any((folder / name).exists() for folder in folders), name
    for module in MODULES:
        assert (ROOT / "custom_components" / "antt_camera" / f"{module}.py").exists()
        assert f"{module}.py`" in text, module


def examples(name: str) -> list[Any]:
    return [
        pytest.param(parse_yaml(text), id=f"{language}-{number}")
        for language in LANGUAGES
        for number, text in enumerate(YAML.findall(page(language, name)))
    ]


@pytest.mark.parametrize("example", examples("actions"))
async def test_examples_of_actions_are_valid(hass: HomeAssistant, example: Any) -> None:
    schemas = {
        f"antt_camera.{name}": schema for name, schema, _, _ in (*CAMERA_ACTIONS, *SERVER_ACTIONS)
    }
    ours = 0
    for step in cv.SCRIPT_SCHEMA(example):
        if (schema := schemas.get(step.get("action", ""))) is not None:
            ours += 1
            # A template is filled in when it runs.
            data = {
                key: "2026-01-01 00:00:00"
                if "{{" in str(getattr(value, "template", value))
                else value
                for key, value in step["data"].items()
            }
            vol.Schema(schema)(data)
    assert ours


@pytest.mark.usefixtures("enable_custom_integrations")
@pytest.mark.parametrize("example", examples("examples"))
async def test_examples_of_automations_are_valid(hass: HomeAssistant, example: Any) -> None:
    automation = PLATFORM_SCHEMA(example)
    assert await async_validate_trigger_config(hass, automation["triggers"])
    conditions = automation.get("conditions", [])
    await async_validate_conditions_config(hass, conditions)
    used = [*automation["triggers"], *conditions]
    assert any("antt_camera" in str(one) or "status" in str(one) for one in used)
