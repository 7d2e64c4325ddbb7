"""Sensors: how servers and cameras are, what the cameras see and hear."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_interval

from .commune import AnttConfigEntry
from .entity import AnttEntity, async_add_server_entities
from .known_names import KnownNames
from .sensor_base import MINUTE
from .sensor_camera import build_camera_sensors
from .sensor_counts import build_count_sensors
from .sensor_recognition import build_recognition_sensors
from .sensor_server import build_server_sensors
from .server import FrigateServer

PARALLEL_UPDATES = 0
TICK: Final = timedelta(minutes=1)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnttConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of every server."""
    known: WeakKeyDictionary[FrigateServer, KnownNames] = WeakKeyDictionary()

    def build(server: FrigateServer) -> Iterable[AnttEntity]:
        names = known.get(server)
        if names is None:
            names = known[server] = KnownNames(server)
            entry.async_on_unload(server.async_listen_config(names.async_read_soon))
        yield from build_server_sensors(server)
        for camera in server.cameras.values():
            yield from build_camera_sensors(server, camera)
        yield from build_count_sensors(server)
        yield from build_recognition_sensors(server, names)

    async_add_server_entities(entry, async_add_entities, build)
    for names in known.values():
        # It may have been connected before there was anybody to listen.
        names.async_read_soon()

    @callback
    def tick(_now: datetime) -> None:
        for server in entry.runtime_data.servers.values():
            server.live.touch(MINUTE)
            server.dispatcher.async_changed()

    entry.async_on_unload(async_track_time_interval(hass, tick, TICK, name="antt_camera minute"))
