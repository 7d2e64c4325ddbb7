"""What Home Assistant's system information says of us."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .directory import async_directory


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    """Return counts and versions, no names and no addresses."""
    servers = async_directory(hass).servers.values()
    cameras = [(server, camera) for server in servers for camera in server.cameras]
    return {
        "servers": len(servers),
        "servers_connected": sum(server.available for server in servers),
        "versions": ", ".join(
            sorted({str(server.sync.version) for server in servers if server.sync.version})
        ),
        "links": ", ".join(sorted({"MQTT" if server.uses_mqtt else "/ws" for server in servers})),
        "cameras": len(cameras),
        "cameras_offline": sum(
            not server.available or server.live.camera_status(camera) == "offline"
            for server, camera in cameras
        ),
        "not_understood": sum(server.live.problems.total for server in servers),
    }
