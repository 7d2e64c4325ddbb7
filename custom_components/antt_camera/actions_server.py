"""Actions on a Frigate server: tracked objects, reviews, profile, restart."""

from typing import Final

from homeassistant.core import ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from .actions_camera import ATTR_END_TIME, ATTR_SCORE, ATTR_SUB_LABEL, check_period
from .commands import V0_17, V0_18, check_version
from .const import DOMAIN
from .directory import async_directory
from .errors import needs_admin, translated
from .select import NO_PROFILE
from .server import FrigateServer

ATTR_DEVICE_ID: Final = "device_id"
ATTR_EVENT_ID: Final = "event_id"
ATTR_FAVORITE: Final = "favorite"
ATTR_PROFILE: Final = "profile"
ATTR_REVIEWED: Final = "reviewed"
ATTR_REVIEW_IDS: Final = "review_ids"


@callback
def async_server(call: ServiceCall) -> FrigateServer:
    """Return the server that a call is for: that of the device, or the only one there is."""
    servers = async_directory(call.hass).servers
    device_id = call.data.get(ATTR_DEVICE_ID)
    if device_id is None:
        if len(servers) == 1:
            return next(iter(servers.values()))
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="server_needed" if servers else "no_servers"
        )
    device = dr.async_get(call.hass).async_get(device_id)
    for domain, identifier in device.identifiers if device is not None else ():
        server = servers.get(identifier.split(":")[0])
        if domain == DOMAIN and server is not None:
            return server
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="unknown_server",
        translation_placeholders={"device_id": device_id},
    )


@callback
def _admin_server(call: ServiceCall) -> FrigateServer:
    server = async_server(call)
    if not server.is_admin:
        raise needs_admin(server.name)
    return server


async def async_end_event(call: ServiceCall) -> None:
    """End an event that was made without a duration."""
    server = _admin_server(call)
    end = call.data.get(ATTR_END_TIME)
    with translated(server.name):
        await server.client.end_event(
            call.data[ATTR_EVENT_ID],
            dt_util.as_utc(end).timestamp() if end is not None else None,
        )


async def async_favorite_event(call: ServiceCall) -> None:
    """Keep a tracked object for ever, or no longer."""
    server = _admin_server(call)
    with translated(server.name):
        await server.client.set_favorite(call.data[ATTR_EVENT_ID], call.data[ATTR_FAVORITE])


async def async_set_sub_label(call: ServiceCall) -> None:
    """Name a tracked object; an empty text takes the name away."""
    server = _admin_server(call)
    with translated(server.name):
        await server.client.set_sub_label(
            call.data[ATTR_EVENT_ID], call.data[ATTR_SUB_LABEL], score=call.data.get(ATTR_SCORE)
        )


async def async_mark_reviewed(call: ServiceCall) -> None:
    """Mark reviews as looked at, or as not."""
    server = async_server(call)
    with translated(server.name):
        await server.client.mark_reviewed(call.data[ATTR_REVIEW_IDS], call.data[ATTR_REVIEWED])


async def async_summarize_reviews(call: ServiceCall) -> dict[str, JsonValueType]:
    """Let Frigate's language model sum up the alerts of a period."""
    server = async_server(call)
    check_version(server, V0_17)
    start, end = check_period(call)
    with translated(server.name):
        return {"summary": await server.client.summarize_reviews(start, end)}


async def async_set_profile(call: ServiceCall) -> None:
    """Activate a profile by its name or its friendly name; `none` for Frigate's plain configuration."""
    server = async_server(call)
    check_version(server, V0_18)
    wanted = call.data[ATTR_PROFILE]
    profiles = server.config.profiles if server.config is not None else {}
    name = next(
        (key for key, friendly in profiles.items() if wanted in (key, friendly)),
        NO_PROFILE if wanted == NO_PROFILE else None,
    )
    if name is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unknown_profile",
            translation_placeholders={
                "profile": wanted,
                "profiles": ", ".join((NO_PROFILE, *profiles)),
            },
        )
    await server.async_command("profile/set", name, confirm=("profile/state", name))


async def async_restart(call: ServiceCall) -> None:
    """Restart Frigate; it is away for about a minute."""
    server = _admin_server(call)
    with translated(server.name):
        await server.client.restart()
