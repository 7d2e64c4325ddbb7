"""Diagnostics of a commune and of a device, for bug reports: nothing of credentials, people, plates or places.

What is safe is named; everything else stays out. A list of what to hide would miss what Frigate adds next.
"""

from collections.abc import Iterable
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.redact import async_redact_data
from yarl import URL

from .commune import AnttConfigEntry
from .const import CONF_TLS, CONF_TOPIC_PREFIX, CONF_TRANSPORT, DEFAULT_TOPIC_PREFIX, DOMAIN
from .devices import current_identifiers
from .frigate.config import CameraConfig
from .server import FrigateServer

SAFE_SETTINGS = (CONF_TLS, CONF_TRANSPORT)
# Roles of Frigate's own; others are named by the commune, maybe after somebody.
ROLES = ("admin", "viewer")
# Topics in which the name of something follows.
NAMED_KINDS = ("classification", "motion_mask", "object_mask", "zone")
# Only as a second line of defence: nothing below puts these in.
NEVER = {"access_token", "password", "token", "url", "username"}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: AnttConfigEntry
) -> dict[str, Any]:
    """Return the state of every server of a commune."""
    servers = entry.runtime_data.servers.values()
    return async_redact_data({"servers": [_server(server) for server in servers]}, NEVER)


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: AnttConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return the state of a server, or of the camera that a device belongs to."""
    for server in entry.runtime_data.servers.values():
        if not device.identifiers & current_identifiers(server):
            continue
        for domain, identifier in device.identifiers:
            parts = identifier.split(":")
            if domain == DOMAIN and len(parts) > 1 and (camera := server.cameras.get(parts[1])):
                return async_redact_data(
                    {"server": _server(server, ()), "camera": _camera(server, camera)}, NEVER
                )
        return async_redact_data({"server": _server(server)}, NEVER)
    return {}


@callback
def _server(server: FrigateServer, cameras: Iterable[CameraConfig] | None = None) -> dict[str, Any]:
    config, stats, sync = server.config, server.live.stats, server.sync
    address = URL(server.client.connection.url)
    shown = server.cameras.values() if cameras is None else cameras
    return {
        "settings": {
            "scheme": address.scheme,
            "port": address.port,
            "has_login": server.client.authenticated,
            "own_topic_prefix": server.data.get(CONF_TOPIC_PREFIX)
            not in (None, "", DEFAULT_TOPIC_PREFIX),
            **{key: server.data.get(key) for key in SAFE_SETTINGS},
        },
        "available": server.available,
        "link_connected": server.link.connected,
        "last_error": type(server.error).__name__ if server.error is not None else None,
        "version": str(sync.version) if sync.version is not None else None,
        "role": _role(server),
        "config_is_live": server.config_is_live,
        "safe_mode": server.safe_mode,
        "clock_offset": server.client.clock_offset,
        "problems": _problems(server),
        "listeners": server.dispatcher.listener_count,
        "values": len(server.live.values),
        "open_objects": len(server.live.objects),
        "open_reviews": len(server.live.reviews),
        "features": {
            "mqtt": config.mqtt.enabled,
            "go2rtc_streams": len(config.go2rtc_streams),
            "birdseye": config.birdseye.enabled,
            "face_recognition": config.face_recognition_enabled,
            "lpr": config.lpr_enabled,
            "semantic_search": config.semantic_search_enabled,
            "classification_models": len(config.classification),
            "profiles": len(config.profiles),
        }
        if config is not None
        else None,
        "uptime": stats.uptime if stats is not None else None,
        "detectors": [detector.inference_ms for detector in stats.detectors.values()]
        if stats is not None
        else None,
        "cameras": [_camera(server, camera) for camera in shown],
    }


def _role(server: FrigateServer) -> str | None:
    profile = server.sync.profile
    if profile is None:
        return None
    return profile.role if profile.role in ROLES else "other"


def _problems(server: FrigateServer) -> dict[str, int]:
    """Count what was not understood by place; a topic loses its names, which tell where people live."""
    found: dict[str, int] = {}
    for place, number in server.live.problems.counts.items():
        _, *rest = place.split("/")
        if rest and rest[0] in NAMED_KINDS:
            rest[1:2] = ["<name>"]
        key = "/".join(("<camera>", *rest)) if rest else place
        found[key] = found.get(key, 0) + number
    return found


@callback
def _camera(server: FrigateServer, camera: CameraConfig) -> dict[str, Any]:
    """Describe a camera without its name: names tell where people live."""
    stats = server.live.stats.cameras.get(camera.key) if server.live.stats is not None else None
    return {
        "number": list(server.cameras).index(camera.key) + 1,
        "status": server.live.camera_status(camera.key),
        "enabled": camera.enabled,
        "enabled_in_config": camera.enabled_in_config,
        "type": camera.type,
        "size": [camera.width, camera.height],
        "fps": camera.fps,
        "labels": list(camera.labels),
        "sounds": list(camera.audio_labels),
        "zones": len(camera.zones),
        "has_stream": camera.stream is not None,
        "has_ptz": camera.has_ptz,
        "can_switch": sorted(camera.in_config),
        "objects": len(server.live.present(camera.key)),
        "camera_fps": stats.camera_fps if stats is not None else None,
        "skipped_fps": stats.skipped_fps if stats is not None else None,
        "connection_quality": stats.connection_quality if stats is not None else None,
    }
