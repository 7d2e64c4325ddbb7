"""Every text is there in both languages, and the code asks for no other."""

import ast
from collections.abc import Iterator
import importlib
import re
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.antt_camera.condition import async_get_conditions
from custom_components.antt_camera.const import DOMAIN, PLATFORMS
from custom_components.antt_camera.health import KINDS
from custom_components.antt_camera.services import async_setup_services
from custom_components.antt_camera.trigger import async_get_triggers
from tests.unit.repository.package import (
    PLACEHOLDER,
    described,
    icons,
    leaves,
    name_of,
    nodes,
    sources,
    translations,
    words,
)

ENGLISH = dict(leaves(translations("en")))
VIETNAMESE = dict(leaves(translations("vi")))

# Names that are the same in every language.
NAMES = {"Frigate", "MQTT", "{name}", "CPU", "GPU"}


# Home Assistant makes an instance of a class of the same name, which does not inherit from its own.
PLATFORM_OF = {
    f"{platform.value.title().replace('_', '')}EntityDescription": platform.value
    for platform in PLATFORMS
}


def platform_of(value: Any) -> str | None:
    """Platform of an entity description; None for anything else."""
    names = (kind.__name__ for kind in type(value).__mro__)
    return next((PLATFORM_OF[name] for name in names if name in PLATFORM_OF), None)


def descriptions() -> Iterator[tuple[str, Any]]:
    """(platform, description) of every entity description that the code holds."""

    def walk(value: Any) -> Iterator[tuple[str, Any]]:
        if (platform := platform_of(value)) is not None:
            yield platform, value
        elif isinstance(value, dict):
            yield from (found for inner in value.values() for found in walk(inner))
        elif isinstance(value, tuple | list | set | frozenset):
            yield from (found for inner in value for found in walk(inner))

    for path in sources():
        module = importlib.import_module(
            ".".join(["custom_components.antt_camera", *path.with_suffix("").parts])
        )
        for value in vars(module).values():
            yield from walk(value)


DESCRIPTIONS = list({id(found[1]): found for found in descriptions()}.values())


def asked_by_code() -> Iterator[re.Pattern[str]]:
    """Translation keys as the code writes them; what it fills in may be anything."""
    keys = [
        *(keyword.value for _, keyword in nodes(ast.keyword) if keyword.arg == "translation_key"),
        *(
            node.value
            for _, node in nodes(ast.Assign)
            if any(name_of(target).endswith("_attr_translation_key") for target in node.targets)
        ),
    ]
    for key in keys:
        for part in ast.walk(key):
            if isinstance(part, ast.JoinedStr):
                pieces = [
                    re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else r"\w+"
                    for piece in part.values
                ]
                yield re.compile("".join(pieces))


def test_both_languages_have_the_same_texts() -> None:
    assert ENGLISH.keys() == VIETNAMESE.keys()


@pytest.mark.parametrize("key", ENGLISH)
def test_placeholders_are_the_same(key: str) -> None:
    """Home Assistant shows the English text where they are not."""
    assert set(PLACEHOLDER.findall(VIETNAMESE[key])) == set(PLACEHOLDER.findall(ENGLISH[key]))


def test_nothing_is_left_in_english() -> None:
    assert not {
        key for key, text in VIETNAMESE.items() if text == ENGLISH[key] and text not in NAMES
    }


def test_descriptions_of_entities_are_found() -> None:
    assert {platform for platform, _ in DESCRIPTIONS} == set(PLATFORM_OF.values())


@pytest.mark.parametrize(
    ("platform", "description"), DESCRIPTIONS, ids=lambda value: getattr(value, "key", value)
)
def test_entities_have_names(platform: str, description: Any) -> None:
    key = description.translation_key
    if key is None:
        # Named by its device class, or the main thing of its device.
        assert description.device_class is not None or description.name is None
        return
    texts = translations("en")["entity"][platform][key]
    if options := getattr(description, "options", None):
        assert texts["state"].keys() == set(options)
    if events := getattr(description, "event_types", None):
        assert texts["state_attributes"]["event_type"]["state"].keys() == set(events)


@pytest.mark.parametrize(
    ("platform", "description"), DESCRIPTIONS, ids=lambda value: getattr(value, "key", value)
)
def test_entities_have_icons(platform: str, description: Any) -> None:
    key = description.translation_key
    if key is not None and description.device_class is None:
        assert icons()["entity"][platform].keys() >= {key}


def test_no_text_and_no_icon_is_left_over() -> None:
    patterns = [*asked_by_code(), *map(re.compile, words() & {*all_keys()})]
    for section in (translations("en")["entity"], icons()["entity"]):
        for platform, keys in section.items():
            for key in keys:
                assert any(pattern.fullmatch(key) for pattern in patterns), f"{platform}.{key}"


def all_keys() -> Iterator[str]:
    for keys in translations("en")["entity"].values():
        yield from keys


def test_every_error_text_is_used() -> None:
    assert not translations("en")["exceptions"].keys() - words()


def words_of_the_media_browser() -> Iterator[str]:
    """What the code asks `Names.word()` for; where it fills in a part, with every text of the code."""
    for _, call in nodes(ast.Call):
        if not name_of(call.func).endswith(".word"):
            continue
        match call.args[0]:
            case ast.JoinedStr(values=[ast.Constant(value=str(head)), ast.FormattedValue()]):
                yield from (head + word for word in words())
            case _:
                yield from words()


def test_every_word_of_the_media_browser_is_used() -> None:
    assert not translations("en")["common"].keys() - set(words_of_the_media_browser())


def exceptions() -> Iterator[tuple[str, set[str] | None]]:
    """(key, given placeholders or None where they are worked out) of translated errors in the code."""
    for _, call in nodes(ast.Call):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        key = given.get("translation_key")
        if "translation_domain" not in given or not isinstance(key, ast.Constant):
            continue
        placeholders = given.get("translation_placeholders")
        if isinstance(placeholders, ast.Dict):
            yield (
                str(key.value),
                {str(name.value) for name in placeholders.keys if isinstance(name, ast.Constant)},
            )
        else:
            yield str(key.value), set() if placeholders is None else None


def test_errors_have_texts() -> None:
    texts = translations("en")["exceptions"]
    found = list(exceptions())
    assert len(found) > 5
    for key, given in found:
        wanted = set(PLACEHOLDER.findall(texts[key]["message"]))
        assert given is None or wanted <= given, key


def test_issues_have_texts() -> None:
    assert translations("en")["issues"].keys() == set(KINDS)


def test_steps_of_the_flows_have_texts() -> None:
    config = translations("en")["config"]["step"]
    issues = [
        issue["fix_flow"]["step"]
        for issue in translations("en")["issues"].values()
        if "fix_flow" in issue
    ]
    known = {*config, *(step for issue in issues for step in issue)}
    asked = {
        keyword.value.value
        for _, keyword in nodes(ast.keyword)
        if keyword.arg == "step_id" and isinstance(keyword.value, ast.Constant)
    }
    assert {"user", "server", "areas"} <= asked <= known
    for step in config:
        assert step in asked | words(), step


def test_a_server_is_added_with_the_same_words_as_a_commune() -> None:
    for language in ("en", "vi"):
        first = dict(leaves(translations(language)["config"]))
        later = dict(leaves(translations(language)["config_subentries"]["frigate"]))
        for key in first.keys() & later.keys():
            if key.startswith(
                ("error.", "step.server.", "step.login.", "step.certificate.", "step.areas.")
            ):
                assert first[key] == later[key], key


def test_fields_of_the_flows_are_explained() -> None:
    config = translations("en")["config"]
    steps = config["step"] | translations("en")["config_subentries"]["frigate"]["step"]
    for name, step in steps.items():
        for part in (step, *step.get("sections", {}).values()):
            assert part.get("data", {}).keys() == part.get("data_description", {}).keys(), name


def test_selectors_are_used() -> None:
    in_yaml = {
        field["selector"].get("select", {}).get("translation_key")
        for name in ("services", "triggers", "conditions")
        for description in described(name).values()
        for field in description.get("fields", {}).values()
    }
    assert not translations("en")["selector"].keys() - in_yaml - words()


def test_system_health_texts_are_used() -> None:
    assert not translations("en")["system_health"]["info"].keys() - words()


async def test_registered_actions_are_described(hass: HomeAssistant) -> None:
    async_setup_services(hass)
    assert hass.services.async_services_for_domain(DOMAIN).keys() == described("services").keys()


async def test_triggers_and_conditions_are_described(hass: HomeAssistant) -> None:
    assert (await async_get_triggers(hass)).keys() == described("triggers").keys()
    assert (await async_get_conditions(hass)).keys() == described("conditions").keys()
