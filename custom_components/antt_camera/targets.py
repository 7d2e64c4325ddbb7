"""Which cameras the target of a trigger or condition means: devices, areas, floors, labels, entities."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .const import DOMAIN
from .devices import camera_identifier
from .directory import async_directory
from .server import FrigateServer

_EVENTS = (
    ar.EVENT_AREA_REGISTRY_UPDATED,
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    er.EVENT_ENTITY_REGISTRY_UPDATED,
    fr.EVENT_FLOOR_REGISTRY_UPDATED,
    lr.EVENT_LABEL_REGISTRY_UPDATED,
)


class CameraTarget:
    """The cameras of a target, looked up when first needed and again after a registry changed."""

    def __init__(self, hass: HomeAssistant, target: Mapping[str, Any] | None) -> None:
        """Prepare; no target means every camera."""
        self._hass = hass
        self._selection = TargetSelection(dict(target)) if target else None
        self._known: set[tuple[str, str | None]] | None = None

    @callback
    def async_watch(self) -> CALLBACK_TYPE:
        """Notice changes of the registries."""
        removes = [self._hass.bus.async_listen(event, self._on_registry) for event in _EVENTS]

        @callback
        def stop() -> None:
            for remove in removes:
                remove()

        return stop

    @callback
    def _on_registry(self, _event: Event[Any]) -> None:
        self._known = None

    @callback
    def async_forget(self) -> None:
        """Look up anew the next time."""
        self._known = None

    @callback
    def async_has(self, server: FrigateServer, camera: str) -> bool:
        """Whether a camera is meant."""
        if self._selection is None:
            return True
        if self._known is None:
            self._known = self._look_up(self._selection)
        return (server.id, camera) in self._known or (server.id, None) in self._known

    @callback
    def async_cameras(self) -> list[tuple[FrigateServer, str]]:
        """Return all cameras that are meant and known to a running server."""
        return [
            (server, camera)
            for server in async_directory(self._hass).servers.values()
            for camera in server.cameras
            if self.async_has(server, camera)
        ]

    def _look_up(self, selection: TargetSelection) -> set[tuple[str, str | None]]:
        selected = async_extract_referenced_entity_ids(
            self._hass, selection, primary_entities_only=False
        )
        entities, devices = er.async_get(self._hass), dr.async_get(self._hass)
        ids = set(selected.referenced_devices)
        for entity_id in selected.referenced | selected.indirectly_referenced:
            entry = entities.async_get(entity_id)
            if entry is not None and entry.platform == DOMAIN and entry.device_id is not None:
                ids.add(entry.device_id)
        found: set[tuple[str, str | None]] = set()
        for device_id in ids:
            device = devices.async_get(device_id)
            for domain, identifier in device.identifiers if device is not None else ():
                if domain != DOMAIN:
                    continue
                server, *rest = identifier.split(":")
                # An entity of the server itself, such as the overview, does not stand for all its cameras.
                if rest or device_id in selected.referenced_devices:
                    found.add((server, rest[0] if rest else None))
        return found


@callback
def describe_camera(server: FrigateServer, camera: str) -> dict[str, Any]:
    """Return what automations want to know of a camera: keys, name, device and area."""
    config = server.cameras.get(camera)
    devices = dr.async_get(server.hass)
    device = devices.async_get_device_by_identifier(
        camera_identifier(server, camera), server.entry.entry_id
    )
    return {
        "server": server.name,
        "camera": camera,
        "camera_name": config.name if config is not None else camera,
        "device_id": device.id if device is not None else None,
        "area_id": device.area_id if device is not None else None,
    }
