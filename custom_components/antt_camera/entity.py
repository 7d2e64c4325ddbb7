"""The base of every entity, and how platforms make entities for servers that come, change and go."""

from collections.abc import Callable, Iterable
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)

from .commune import AnttConfigEntry
from .devices import camera_device, server_identifier, zone_device
from .frigate.config import CameraConfig, ZoneConfig
from .server import FrigateServer

UNSET: Any = object()


class AnttEntity(Entity):
    """An entity of a server, a camera or a zone, that writes its state only when it changed.

    Subclasses name the keys they live on and implement `_read()`, which returns anything comparable, and
    `_show()`, which puts that into `_attr_*`.
    """

    _attr_has_entity_name = True
    _attr_should_poll = False
    # Whether the reading means anything while the camera itself is off or dead. Switches do, counts don't.
    _needs_camera = True

    def __init__(
        self,
        server: FrigateServer,
        description: EntityDescription,
        *,
        camera: CameraConfig | None = None,
        zone: ZoneConfig | None = None,
        suffix: str | None = None,
    ) -> None:
        """Attach to the device of the server, camera or zone. `suffix` tells apart entities of one description."""
        self.entity_description = description
        self.server = server
        self.camera_key = camera.key if camera is not None else None
        self.zone_key = zone.key if zone is not None else None
        parts = [server.id, self.camera_key, self.zone_key, description.key, suffix]
        self._attr_unique_id = ":".join(part for part in parts if part is not None)
        if camera is None:
            self._attr_device_info = DeviceInfo(identifiers={server_identifier(server)})
        elif zone is None:
            self._attr_device_info = camera_device(server, camera)
        else:
            self._attr_device_info = zone_device(server, camera, zone)
        self._shown: Any = UNSET
        self._attr_available = False

    @property
    def camera(self) -> CameraConfig | None:
        """The camera as configured now; None once it is gone."""
        return self.server.cameras.get(self.camera_key) if self.camera_key is not None else None

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the live state that the entity shows."""
        return ()

    def _read(self) -> Any:
        """Return what to show, comparable with what was shown before."""
        return None

    def _show(self, value: Any) -> None:
        """Put a value that `_read()` gave into the attributes that Home Assistant reads."""

    def _is_available(self) -> bool:
        """Return whether there is something to show."""
        server = self.server
        if self.camera_key is None:
            return server.available
        if self._needs_camera:
            return server.camera_available(self.camera_key)
        return server.available and self.camera_key in server.cameras

    def _all_keys(self) -> tuple[str, ...]:
        """Return the keys, with those that decide whether the camera is there."""
        if self.camera_key is None or not self._needs_camera:
            return self.keys
        key = self.camera_key
        return (*self.keys, f"{key}/status/detect", f"{key}/enabled/state")

    @callback
    def _refresh(self) -> bool:
        """Take the present state over. Returns whether anything differs from what was shown."""
        available = self._is_available()
        value = self._read() if available else None
        if available == self._attr_available and value == self._shown:
            return False
        self._attr_available = available
        self._shown = value
        self._show(value)
        return True

    @callback
    def _on_change(self) -> None:
        if self._refresh():
            self.async_write_ha_state()

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen."""
        await super().async_added_to_hass()
        self.async_on_remove(self.server.async_listen(self._all_keys(), self._on_change))
        self._refresh()


type EntityBuilder = Callable[[FrigateServer], Iterable[AnttEntity]]


@callback
def async_add_server_entities(
    entry: AnttConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: EntityBuilder,
) -> None:
    """Add what `build` gives for each server, follow its configuration, remove what it no longer gives.

    Unique ids decide: an entity stays as long as `build` yields its id. Nothing is removed on the strength of a
    configuration from memory, or before the server was read whole.
    """
    platform = async_get_current_platform()

    @callback
    def on_server(server: FrigateServer) -> None:
        added: set[str] = set()

        @callback
        def follow() -> None:
            if entry.runtime_data.servers.get(server.id) is not server:
                return
            built = {str(entity.unique_id): entity for entity in build(server)}
            if server.is_complete:
                _remove_stale(entry, platform.domain, server, set(built))
            # What the registry lost is free to come back.
            added.intersection_update(built)
            fresh = [entity for key, entity in built.items() if key not in added]
            if fresh:
                added.update(str(entity.unique_id) for entity in fresh)
                async_add_entities(fresh, config_subentry_id=server.id)

        follow()
        entry.async_on_unload(server.async_listen_config(follow))

    entry.async_on_unload(entry.runtime_data.async_on_server(on_server))


def _remove_stale(
    entry: AnttConfigEntry, domain: str, server: FrigateServer, current: set[str]
) -> None:
    registry = er.async_get(entry.runtime_data.hass)
    for known in er.async_entries_for_config_entry(registry, entry.entry_id):
        if (
            known.config_subentry_id == server.id
            and known.domain == domain
            and known.unique_id not in current
        ):
            registry.async_remove(known.entity_id)
