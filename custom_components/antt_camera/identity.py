"""Whether two addresses lead to the same Frigate server.

Frigate has no serial number: MQTT client id and topic prefix are the same wherever nobody changed them. So several
pieces of evidence count, the strongest first.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .const import CONF_FINGERPRINT, CONF_TLS, DOMAIN, SUBENTRY_FRIGATE
from .frigate.client import Connection, FrigateClient, TlsMode
from .frigate.config import FrigateConfig
from .frigate.errors import FrigateError
from .frigate.parse import ParseProblems
from .frigate.stats import Stats
from .last_config import LastConfig

# Frigate cuts both figures that the start is computed from to seconds.
START_TOLERANCE = 2.0
ASK_TIMEOUT = 10.0

# Camera -> size of its picture and the corners of its zones, drawn by hand.
type Drawing = Mapping[str, tuple[int | None, int | None, tuple[tuple[str, str | None], ...]]]


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What tells a server from others. `started`: start of the process by the server's own clock, epoch seconds."""

    names: tuple[str, str]
    drawing: Drawing
    push_key: str | None = None
    started: float | None = None
    events: frozenset[str] = frozenset()
    # A login that sees only some cameras sees only their events.
    sees_all: bool = True


def make_connection(data: Mapping[str, Any]) -> Connection:
    """Return how a server of a subentry is reached."""
    return Connection(
        url=data[CONF_URL],
        username=data.get(CONF_USERNAME),
        password=data.get(CONF_PASSWORD),
        tls=TlsMode(data.get(CONF_TLS, TlsMode.VERIFY)),
        fingerprint=data.get(CONF_FINGERPRINT),
    )


def configured(config: FrigateConfig) -> Identity:
    """Return what the configuration alone says."""
    return Identity(
        names=(config.mqtt.client_id, config.mqtt.topic_prefix),
        drawing={
            key: (
                camera.width,
                camera.height,
                tuple(sorted((zone.key, zone.coordinates) for zone in camera.zones.values())),
            )
            for key, camera in config.cameras.items()
        },
    )


async def async_identify(client: FrigateClient, config: FrigateConfig) -> Identity:
    """Ask a server who it is. What it does not tell stays unknown. Raises no FrigateError."""
    known = configured(config)
    push_key, stats, events, profile = await asyncio.gather(
        client.get_push_key(),
        client.get_stats(),
        client.get_recent_event_ids(),
        client.get_profile(),
        return_exceptions=True,
    )
    for answer in (push_key, stats, events, profile):
        if isinstance(answer, BaseException) and not isinstance(answer, FrigateError):
            raise answer
    return Identity(
        names=known.names,
        drawing=known.drawing,
        push_key=push_key if isinstance(push_key, str) else None,
        started=_started(stats) if isinstance(stats, dict) else None,
        events=frozenset(events) if isinstance(events, list) else frozenset(),
        sees_all=isinstance(profile, BaseException) or profile.allowed_cameras is None,
    )


def _started(wire: dict[str, Any]) -> float | None:
    stats = Stats.from_wire(wire, ParseProblems())
    if stats is None or stats.last_updated is None or not stats.uptime:
        return None
    return stats.last_updated - stats.uptime


def is_same(one: Identity, other: Identity) -> bool:
    """Judge by the strongest evidence that both sides have."""
    if one.push_key is not None and other.push_key is not None:
        return one.push_key == other.push_key
    if one.events & other.events:
        # Ids are made of the time and random letters.
        return True
    if one.events and other.events and one.sees_all and other.sees_all:
        return False
    if one.names != other.names or one.drawing != other.drawing:
        return False
    if one.started is not None and other.started is not None:
        return abs(one.started - other.started) <= START_TOLERANCE
    # One of them is down. Nobody draws the same corners twice.
    return any(zones for _, _, zones in one.drawing.values())


async def async_find_known(
    hass: HomeAssistant, url: str, identity: Identity, *, except_id: str | None = None
) -> ConfigSubentry | None:
    """Return the server among those of all communes that is the same, leaving out the subentry `except_id`."""
    servers = [
        (entry, subentry)
        for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        for subentry in entry.get_subentries_of_type(SUBENTRY_FRIGATE)
        if subentry.subentry_id != except_id
    ]
    for _, subentry in servers:
        if URL(subentry.data[CONF_URL]) == URL(url):
            return subentry
    found = await asyncio.gather(
        *(_async_identity(hass, entry, subentry) for entry, subentry in servers)
    )
    return next(
        (
            subentry
            for (_, subentry), known in zip(servers, found, strict=True)
            if known is not None and is_same(known, identity)
        ),
        None,
    )


async def _async_identity(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry
) -> Identity | None:
    """Return what is known of a configured server: asked now, else by its last known configuration."""
    client = FrigateClient(async_get_clientsession(hass), make_connection(subentry.data))
    try:
        async with asyncio.timeout(ASK_TIMEOUT):
            wire = await client.get_config()
            config = FrigateConfig.from_wire(wire, ParseProblems())
            return await async_identify(client, config)
    except FrigateError, TimeoutError:
        last = await async_last_config(hass, entry, subentry.subentry_id)
        return configured(last) if last is not None else None


async def async_last_config(
    hass: HomeAssistant, entry: ConfigEntry, server_id: str
) -> FrigateConfig | None:
    """Return the last known configuration of a server."""
    if entry.state is ConfigEntryState.LOADED and (
        server := entry.runtime_data.servers.get(server_id)
    ):
        config: FrigateConfig | None = server.config
        return config
    wire = await LastConfig(hass, entry.entry_id).async_get(server_id)
    return FrigateConfig.from_wire(wire, ParseProblems()) if wire is not None else None
