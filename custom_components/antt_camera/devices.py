"""Devices: server, its cameras below it, their zones below those. They follow Frigate's configuration."""

from typing import TYPE_CHECKING

from homeassistant.const import CONF_URL
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo

from .const import CONF_AREAS, DOMAIN
from .frigate.config import CameraConfig, ZoneConfig

if TYPE_CHECKING:
    from .server import FrigateServer

MANUFACTURER = "Frigate"


def server_identifier(server: FrigateServer) -> tuple[str, str]:
    """Identifier of the server's device."""
    return (DOMAIN, server.id)


def camera_identifier(server: FrigateServer, camera: str) -> tuple[str, str]:
    """Identifier of a camera's device. Frigate's keys have no colon, so no two can meet."""
    return (DOMAIN, f"{server.id}:{camera}")


def zone_identifier(server: FrigateServer, camera: str, zone: str) -> tuple[str, str]:
    """Identifier of a zone's device: a zone belongs to its camera, also where names repeat."""
    return (DOMAIN, f"{server.id}:{camera}:{zone}")


def _base_url(server: FrigateServer) -> str:
    return str(server.data[CONF_URL]).rstrip("/")


def server_device(server: FrigateServer) -> DeviceInfo:
    """Describe the server."""
    version = server.sync.version
    return DeviceInfo(
        identifiers={server_identifier(server)},
        name=server.name,
        manufacturer=MANUFACTURER,
        model="NVR",
        sw_version=str(version) if version is not None else None,
        configuration_url=_base_url(server),
    )


def _camera_device(server: FrigateServer, camera: CameraConfig, via: str) -> DeviceInfo:
    return DeviceInfo(
        identifiers={camera_identifier(server, camera.key)},
        name=camera.name,
        manufacturer=MANUFACTURER,
        model="Camera",
        via_device_id=via,
        configuration_url=camera.webui_url or f"{_base_url(server)}/#{camera.key}",
    )


def camera_device(server: FrigateServer, camera: CameraConfig) -> DeviceInfo:
    """Refer to a camera's device from an entity; `async_update_devices` describes it."""
    return DeviceInfo(identifiers={camera_identifier(server, camera.key)})


def zone_device(server: FrigateServer, camera: CameraConfig, zone: ZoneConfig) -> ChildDeviceInfo:
    """Describe a zone below its camera, whose device `async_update_devices` has made before any entity."""
    parent = dr.async_get_device_id_by_identifier(
        server.hass,
        camera_identifier(server, camera.key),
        config_entry_id=server.entry.entry_id,
    )
    return ChildDeviceInfo(
        identifiers={zone_identifier(server, camera.key, zone.key)},
        name=zone.name,
        parent_device_id=parent,
    )


@callback
def async_update_devices(server: FrigateServer) -> None:
    """Make, rename and remove devices so that they match the configuration."""
    registry = dr.async_get(server.hass)
    entry_id = server.entry.entry_id
    via = registry.async_get_or_create(
        config_entry_id=entry_id, config_subentry_id=server.id, **server_device(server)
    ).id
    areas = server.data.get(CONF_AREAS, {})
    known = {
        identifier
        for device in dr.async_entries_for_config_entry(registry, entry_id)
        for identifier in device.identifiers
    }
    for camera in server.cameras.values():
        device = registry.async_get_or_create(
            config_entry_id=entry_id,
            config_subentry_id=server.id,
            **_camera_device(server, camera, via),
        )
        is_new = camera_identifier(server, camera.key) not in known
        if is_new and (area := areas.get(camera.key)) is not None:
            registry.async_update_device(device.id, area_id=area)
        for zone in camera.zones.values():
            registry.async_get_or_create_child(
                config_entry_id=entry_id,
                config_subentry_id=server.id,
                **zone_device(server, camera, zone),
            )
    if server.config_is_live:
        _remove_gone(server, registry)


def current_identifiers(server: FrigateServer) -> set[tuple[str, str]]:
    """Return the identifiers of everything that the configuration has."""
    return {
        server_identifier(server),
        *(camera_identifier(server, camera) for camera in server.cameras),
        *(
            zone_identifier(server, camera.key, zone)
            for camera in server.cameras.values()
            for zone in camera.zones
        ),
    }


def _remove_gone(server: FrigateServer, registry: dr.DeviceRegistry) -> None:
    """Remove the devices of cameras and zones that Frigate no longer has."""
    current = current_identifiers(server)
    entry_id = server.entry.entry_id
    devices: list[dr.BaseDeviceEntry] = [
        *dr.async_child_entries_for_config_entry(registry, entry_id),
        *dr.async_entries_for_config_entry(registry, entry_id),
    ]
    for device in devices:
        ours = {
            identifier
            for identifier in device.identifiers
            if identifier[0] == DOMAIN and identifier[1].split(":")[0] == server.id
        }
        if ours and not ours & current:
            registry.async_remove_device(device.id)
