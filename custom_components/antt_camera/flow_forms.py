"""The forms of the flows."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_NAME, CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.template import Template
import voluptuous as vol
from yarl import URL

from .const import (
    CONF_RTSP_TEMPLATE,
    CONF_TLS,
    CONF_TOPIC_PREFIX,
    CONF_TRANSPORT,
    TRANSPORT_AUTO,
    TRANSPORT_MQTT,
    TRANSPORT_WS,
)
from .frigate.client import TlsMode
from .frigate.config import FrigateConfig
from .hamlets import hamlet_groups, match_area

CONF_ADDRESS = "address"
SECTION_ADVANCED = "advanced"
STREAM_SCHEMES = frozenset({"http", "https", "rtmp", "rtmps", "rtsp", "rtsps"})

_TEXT = TextSelector()
_USERNAME = TextSelector(TextSelectorConfig(autocomplete="username"))
_PASSWORD = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)


def server_form(*, login: bool) -> vol.Schema:
    """Return the form of the address; with `login` also for name and password, which may be cleared."""
    fields: dict[vol.Marker, Any] = {vol.Required(CONF_ADDRESS): _TEXT}
    if login:
        fields |= {vol.Optional(CONF_USERNAME): _USERNAME, vol.Optional(CONF_PASSWORD): _PASSWORD}
    advanced = vol.Schema(
        {
            vol.Optional(CONF_NAME): _TEXT,
            vol.Required(CONF_TRANSPORT, default=TRANSPORT_AUTO): SelectSelector(
                SelectSelectorConfig(
                    options=[TRANSPORT_AUTO, TRANSPORT_WS, TRANSPORT_MQTT],
                    translation_key=CONF_TRANSPORT,
                    mode=SelectSelectorMode.DROPDOWN,
                )
            ),
            vol.Optional(CONF_TOPIC_PREFIX): _TEXT,
            # Not a template selector: its own check has no translated text.
            vol.Optional(CONF_RTSP_TEMPLATE): _TEXT,
        }
    )
    return vol.Schema(
        {**fields, vol.Required(SECTION_ADVANCED): section(advanced, {"collapsed": True})}
    )


def certificate_form() -> vol.Schema:
    """Return the form for a certificate that nobody vouches for."""
    return vol.Schema(
        {
            vol.Required(CONF_TLS, default=TlsMode.PINNED.value): SelectSelector(
                SelectSelectorConfig(
                    options=[TlsMode.PINNED.value, TlsMode.OFF.value],
                    translation_key=CONF_TLS,
                    mode=SelectSelectorMode.LIST,
                )
            )
        }
    )


def login_form() -> vol.Schema:
    """Return the form for name and password."""
    return vol.Schema(
        {vol.Required(CONF_USERNAME): _USERNAME, vol.Required(CONF_PASSWORD): _PASSWORD}
    )


def area_form(hass: HomeAssistant, config: FrigateConfig) -> tuple[vol.Schema, dict[str, str]]:
    """Return a form with a field per camera, and the camera of each field.

    Fields are named as the cameras are, for the frontend shows the name of a field it has no text for. Areas can be
    chosen, typed, or taken from the camera groups, in front of which a plus says that there is no such area yet.
    """
    names = [area.name for area in ar.async_get(hass).async_list_areas()]
    new = [name for name in hamlet_groups(config) if match_area(name, names) is None]
    selector = SelectSelector(
        SelectSelectorConfig(
            options=[
                *(SelectOptionDict(value=name, label=name) for name in sorted(names)),
                *(SelectOptionDict(value=name, label=f"+ {name}") for name in new),
            ],
            custom_value=True,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )
    keys: dict[str, str] = {}
    for key, camera in config.cameras.items():
        keys[camera.name if camera.name not in keys else f"{camera.name} ({key})"] = key
    return vol.Schema({vol.Optional(name): selector for name in keys}), keys


def area_names(user_input: Mapping[str, str], keys: Mapping[str, str]) -> dict[str, str]:
    """Return the chosen area's name of each camera that got one."""
    return {keys[name]: area.strip() for name, area in user_input.items() if area and area.strip()}


def is_stream_template(hass: HomeAssistant, template: str) -> bool:
    """Return whether a template gives the address of a stream, tried with a camera that may not exist."""
    sample = {
        "name": "camera",
        "friendly_name": "Camera",
        "stream": "camera",
        "live_streams": ["camera"],
        "type": "generic",
        "width": 1280,
        "height": 720,
        "fps": 5,
        "webui_url": "http://camera",
    }
    try:
        text = str(Template(template, hass).async_render(sample, parse_result=False, strict=True))
        url = URL(text.strip())
    except TemplateError, ValueError:
        return False
    return url.scheme in STREAM_SCHEMES and bool(url.host)
