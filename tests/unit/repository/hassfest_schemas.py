"""What hassfest asks of a custom integration's files, which can't run without Home Assistant's repository."""

import re
from string import Formatter
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.helpers import config_validation as cv, selector
import voluptuous as vol

TRANSLATION_KEY = re.compile(r"(?!.*[_-]{2})[a-z0-9]([a-z0-9_-]*[a-z0-9])?")
QUOTED_PLACEHOLDER = re.compile(r"'\{\w+\}'")
ADDRESS = re.compile(
    r"((ftps?|scp|https?|mqtts?|socket|socks5)://|www\.)[a-z0-9]+([-.][a-z0-9]+)*\.[a-z]{2,5}",
    re.IGNORECASE,
)


def translation_key(value: Any) -> str:
    if not isinstance(value, str) or TRANSLATION_KEY.fullmatch(value) is None:
        raise vol.Invalid(f"{value!r} is no translation key")
    return value


def text(value: Any) -> str:
    checked: str = cv.string_with_no_html(value)
    if checked != checked.strip():
        raise vol.Invalid("blanks at an end")
    if QUOTED_PLACEHOLDER.search(checked):
        raise vol.Invalid("placeholder in single quotes")
    if ADDRESS.search(checked):
        raise vol.Invalid("an address belongs into description placeholders")
    for _, field, _, _ in Formatter().parse(checked):
        if field is not None and not field.isidentifier():
            raise vol.Invalid(f"{{{field}}} is no identifier")
    return checked


def plain_text(value: Any) -> str:
    """Text of a state or an attribute: Home Assistant fills nothing in there."""
    checked = text(value)
    if any(field for _, field, _, _ in Formatter().parse(checked)):
        raise vol.Invalid("placeholders are not filled in here")
    return checked


def by_key(value: Any, key: Any = translation_key) -> Any:
    return cv.schema_with_slug_keys(value, slug_validator=key)


def _described_fields(value: dict[str, Any]) -> dict[str, Any]:
    for step in value["step"].values():
        for part in (step, *step.get("sections", {}).values()):
            if unknown := part.get("data_description", {}).keys() - part.get("data", {}).keys():
                raise vol.Invalid(f"describes fields that are not there: {sorted(unknown)}")
    return value


def flow(*, subentry: bool = False) -> Any:
    fields = {vol.Optional("data"): {str: text}, vol.Optional("data_description"): {str: text}}
    schema: dict[Any, Any] = {
        vol.Optional("flow_title"): text,
        vol.Required("step"): {
            str: {
                **fields,
                vol.Optional("title"): text,
                vol.Optional("description"): text,
                vol.Optional("menu_options"): {str: text},
                vol.Optional("menu_option_descriptions"): {str: text},
                vol.Optional("submit"): text,
                vol.Optional("sections"): {
                    str: {**fields, vol.Optional("name"): text, vol.Optional("description"): text}
                },
            }
        },
        **{
            vol.Optional(key): {str: text} for key in ("error", "abort", "progress", "create_entry")
        },
        (vol.Required if subentry else vol.Optional)("initiate_flow"): {
            vol.Required("user"): text,
            str: text,
        },
    }
    if subentry:
        schema[vol.Required("entry_type")] = text
    return vol.All(vol.Schema(schema), _described_fields)


def _action(with_sections: bool) -> Any:
    field = {
        vol.Required("name"): text,
        vol.Required("description"): text,
        vol.Optional("example"): text,
    }
    schema: dict[Any, Any] = {
        vol.Required("name"): text,
        vol.Required("description"): text,
        vol.Optional("fields"): by_key(field),
    }
    if with_sections:
        section = {vol.Required("name"): text, vol.Optional("description"): text}
        schema[vol.Optional("sections")] = by_key(section)
    return schema


TRANSLATIONS = vol.Schema(
    {
        vol.Optional("title"): text,
        vol.Optional("common"): vol.Schema({cv.slug: text}),
        vol.Optional("config"): flow(),
        vol.Optional("config_subentries"): by_key(flow(subentry=True), cv.slug),
        vol.Optional("options"): flow(),
        vol.Optional("selector"): by_key(
            {
                vol.Optional("choices"): by_key(text),
                vol.Optional("options"): by_key(text),
                vol.Optional("unit_of_measurement"): by_key(text),
                vol.Optional("fields"): by_key(
                    {vol.Required("name"): text, vol.Required("description"): text}
                ),
            },
            cv.slug,
        ),
        vol.Optional("device"): by_key({vol.Optional("name"): text}),
        vol.Optional("entity"): by_key(
            by_key(
                {
                    vol.Optional("name"): text,
                    vol.Optional("state"): by_key(plain_text),
                    vol.Optional("state_attributes"): by_key(
                        {
                            vol.Optional("name"): plain_text,
                            vol.Optional("state"): by_key(plain_text),
                        }
                    ),
                    vol.Optional("unit_of_measurement"): plain_text,
                }
            ),
            cv.slug,
        ),
        vol.Optional("exceptions"): by_key({vol.Required("message"): text}, cv.slug),
        vol.Optional("issues"): {
            str: vol.All(
                cv.has_at_least_one_key("description", "fix_flow"),
                vol.Schema(
                    {
                        vol.Required("title"): text,
                        vol.Exclusive("description", "fixable"): text,
                        vol.Exclusive("fix_flow", "fixable"): flow(),
                    }
                ),
            )
        },
        vol.Optional("services"): by_key(_action(with_sections=True)),
        vol.Optional("triggers"): by_key(_action(with_sections=False), cv.underscore_slug),
        vol.Optional("conditions"): by_key(_action(with_sections=False), cv.underscore_slug),
        vol.Optional("system_health"): {vol.Optional("info"): by_key(text)},
    }
)


def version(value: Any) -> str:
    AwesomeVersion(
        value,
        ensure_strategy=[
            AwesomeVersionStrategy.CALVER,
            AwesomeVersionStrategy.SEMVER,
            AwesomeVersionStrategy.SIMPLEVER,
            AwesomeVersionStrategy.BUILDVER,
            AwesomeVersionStrategy.PEP440,
        ],
    )
    return str(value)


def documentation(value: Any) -> str:
    url = str(vol.Url()(value))
    if not url.startswith("https://") or url.startswith(
        "https://www.home-assistant.io/integrations"
    ):
        raise vol.Invalid("the documentation is our own, over https")
    return url


def codeowner(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("@"):
        raise vol.Invalid("a code owner is a name on GitHub with an @")
    return value


# Without keys that only hassfest of 2026.11 or later knows.
MANIFEST = vol.Schema(
    {
        vol.Required("domain"): "antt_camera",
        vol.Required("name"): str,
        vol.Required("codeowners"): vol.All([codeowner], vol.Length(min=1)),
        vol.Required("documentation"): documentation,
        vol.Required("integration_type"): vol.In(
            ["device", "entity", "hardware", "helper", "hub", "service", "system"]
        ),
        vol.Required("iot_class"): vol.In(
            [
                "assumed_state",
                "calculated",
                "cloud_polling",
                "cloud_push",
                "local_polling",
                "local_push",
            ]
        ),
        vol.Required("issue_tracker"): vol.Url(),
        vol.Required("version"): version,
        vol.Optional("after_dependencies"): [str],
        vol.Optional("config_flow"): bool,
        vol.Optional("dependencies"): [str],
        vol.Optional("import_executor"): bool,
        vol.Optional("loggers"): [str],
        vol.Optional("mqtt"): [str],
        vol.Optional("requirements"): [str],
        vol.Optional("single_config_entry"): bool,
        vol.Optional("zeroconf"): [str],
    }
)


def _material_icon(value: Any) -> str:
    checked: str = cv.string_with_no_html(value)
    if not checked.startswith("mdi:"):
        raise vol.Invalid("an icon's name starts with mdi:")
    return checked


def _differs_from_default(value: dict[str, Any]) -> dict[str, Any]:
    if value.get("default") in value.get("state", {}).values():
        raise vol.Invalid("a state has the default icon")
    return value


_ICON = vol.All(
    vol.Schema(
        {
            vol.Optional("default"): _material_icon,
            vol.Optional("state"): by_key(_material_icon),
            vol.Optional("range"): {str: _material_icon},
            vol.Optional("state_attributes"): by_key(
                {
                    vol.Required("default"): _material_icon,
                    vol.Optional("state"): by_key(_material_icon),
                }
            ),
        }
    ),
    _differs_from_default,
)

ICONS = vol.Schema(
    {
        vol.Optional("entity"): by_key(by_key(_ICON), cv.slug),
        vol.Optional("services"): by_key(
            {
                vol.Required("service"): _material_icon,
                vol.Optional("sections"): by_key(_material_icon),
            }
        ),
        vol.Optional("triggers"): by_key(
            {vol.Required("trigger"): _material_icon}, cv.underscore_slug
        ),
        vol.Optional("conditions"): by_key(
            {vol.Required("condition"): _material_icon}, cv.underscore_slug
        ),
    }
)


def _given(value: Any) -> Any:
    if value is None:
        raise vol.Invalid("no value")
    return value


_FIELD = {
    vol.Optional("example"): _given,
    vol.Optional("default"): _given,
    vol.Optional("required"): bool,
    vol.Required("selector"): selector.validate_selector,
}


def _anchor(value: Any) -> str:
    """Check for a dot in front: only there for others to refer to. Triggers and conditions may have such, actions not."""
    if not isinstance(value, str) or not value.startswith("."):
        raise vol.Invalid("no anchor")
    return value


_DESCRIBED = vol.Any(
    vol.Schema(
        {
            vol.Optional("target"): selector.TargetSelector.CONFIG_SCHEMA,
            vol.Optional("fields"): vol.Schema({translation_key: _FIELD}),
        }
    ),
    None,
)
SERVICES = vol.Schema({cv.slug: _DESCRIBED})
TRIGGERS = CONDITIONS = vol.Schema({vol.Remove(_anchor): object, cv.underscore_slug: _DESCRIBED})
