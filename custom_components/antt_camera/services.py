"""Actions, registered once. Those for cameras take camera entities as target, the others a Frigate server."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from homeassistant.components.camera import DOMAIN as CAMERA_DOMAIN
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import (
    async_register_admin_service,
    async_register_platform_entity_service,
)
from homeassistant.helpers.typing import VolDictType
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from . import actions_camera as camera, actions_server as server
from .const import DOMAIN

_TEXT: Final = vol.All(cv.string, vol.Length(min=1, max=100))
_ID: Final = vol.All(cv.string, vol.Match(r"^[A-Za-z0-9._-]{1,64}$"))
_SHARE: Final = vol.All(vol.Coerce(float), vol.Range(min=-1, max=1))
_SCORE: Final = vol.All(vol.Coerce(float), vol.Range(min=0, max=1))
_SERVER: Final[VolDictType] = {vol.Optional(server.ATTR_DEVICE_ID): cv.string}

type ServerAction = Callable[[ServiceCall], Coroutine[Any, Any, dict[str, JsonValueType] | None]]

CAMERA_ACTIONS: Final[tuple[tuple[str, VolDictType, Any, SupportsResponse], ...]] = (
    (
        "ptz",
        {
            vol.Required(camera.ATTR_MOVEMENT): vol.In(camera.MOVEMENTS),
            vol.Optional(camera.ATTR_DURATION): vol.All(
                vol.Coerce(float), vol.Range(min=0.1, max=30)
            ),
            vol.Optional(camera.ATTR_PRESET): _TEXT,
            vol.Optional(camera.ATTR_PAN, default=0.0): _SHARE,
            vol.Optional(camera.ATTR_TILT, default=0.0): _SHARE,
            vol.Optional(camera.ATTR_ZOOM): _SHARE,
        },
        camera.async_ptz,
        SupportsResponse.NONE,
    ),
    (
        "create_event",
        {
            vol.Required(camera.ATTR_LABEL): _TEXT,
            vol.Optional(camera.ATTR_SUB_LABEL): _TEXT,
            vol.Optional(camera.ATTR_SCORE): _SCORE,
            vol.Optional(camera.ATTR_DURATION, default=30): vol.All(
                vol.Coerce(int), vol.Range(min=0, max=3600)
            ),
            vol.Optional(camera.ATTR_INCLUDE_RECORDING, default=True): cv.boolean,
        },
        camera.async_create_event,
        SupportsResponse.OPTIONAL,
    ),
    (
        "export_recording",
        {
            vol.Required(camera.ATTR_START_TIME): cv.datetime,
            vol.Required(camera.ATTR_END_TIME): cv.datetime,
            vol.Optional(camera.ATTR_NAME): vol.All(cv.string, vol.Length(max=100)),
            vol.Optional(camera.ATTR_PLAYBACK, default="realtime"): vol.In(camera.PLAYBACKS),
            vol.Optional(camera.ATTR_WAIT, default=False): cv.boolean,
        },
        camera.async_export_recording,
        SupportsResponse.OPTIONAL,
    ),
    (
        "suspend_notifications",
        {vol.Required(camera.ATTR_DURATION): cv.positive_time_period},
        camera.async_suspend_notifications,
        SupportsResponse.NONE,
    ),
)
SERVER_ACTIONS: Final[tuple[tuple[str, VolDictType, ServerAction, SupportsResponse], ...]] = (
    (
        "end_event",
        {
            vol.Required(server.ATTR_EVENT_ID): _ID,
            vol.Optional(camera.ATTR_END_TIME): cv.datetime,
        },
        server.async_end_event,
        SupportsResponse.NONE,
    ),
    (
        "favorite_event",
        {
            vol.Required(server.ATTR_EVENT_ID): _ID,
            vol.Optional(server.ATTR_FAVORITE, default=True): cv.boolean,
        },
        server.async_favorite_event,
        SupportsResponse.NONE,
    ),
    (
        "set_sub_label",
        {
            vol.Required(server.ATTR_EVENT_ID): _ID,
            vol.Optional(camera.ATTR_SUB_LABEL, default=""): vol.All(
                cv.string, vol.Length(max=100)
            ),
            vol.Optional(camera.ATTR_SCORE): _SCORE,
        },
        server.async_set_sub_label,
        SupportsResponse.NONE,
    ),
    (
        "mark_reviewed",
        {
            vol.Required(server.ATTR_REVIEW_IDS): vol.All(
                cv.ensure_list, vol.Length(min=1, max=500), [_ID]
            ),
            vol.Optional(server.ATTR_REVIEWED, default=True): cv.boolean,
        },
        server.async_mark_reviewed,
        SupportsResponse.NONE,
    ),
    (
        "summarize_reviews",
        {
            vol.Required(camera.ATTR_START_TIME): cv.datetime,
            vol.Required(camera.ATTR_END_TIME): cv.datetime,
        },
        server.async_summarize_reviews,
        SupportsResponse.ONLY,
    ),
    (
        "set_profile",
        {vol.Required(server.ATTR_PROFILE): _TEXT},
        server.async_set_profile,
        SupportsResponse.NONE,
    ),
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions."""
    for name, schema, action, response in CAMERA_ACTIONS:
        async_register_platform_entity_service(
            hass,
            DOMAIN,
            name,
            entity_domain=CAMERA_DOMAIN,
            schema=schema,
            func=action,
            supports_response=response,
        )
    for name, schema, action, response in SERVER_ACTIONS:
        hass.services.async_register(
            DOMAIN, name, action, schema=vol.Schema(schema | _SERVER), supports_response=response
        )
    # Every camera of the server stops recording for a minute.
    async_register_admin_service(
        hass, DOMAIN, "restart", server.async_restart, schema=vol.Schema(_SERVER)
    )
