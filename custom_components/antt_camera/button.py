"""Buttons: restart the server, resume notifications, move cameras a little."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import (
    ButtonDeviceClass,
    ButtonEntity,
    ButtonEntityDescription,
)
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .commands import V0_16, V0_17, frigate_version, takes_notification_commands
from .commune import AnttConfigEntry
from .entity import AnttEntity, async_add_server_entities
from .errors import needs_admin, translated
from .frigate.config import CameraConfig
from .frigate.version import FrigateVersion
from .ptz import FOCUS, PAN_TILT, ZOOM, async_known_or_registered
from .server import FrigateServer

PARALLEL_UPDATES = 0

RESTART: Final = ButtonEntityDescription(
    key="restart",
    device_class=ButtonDeviceClass.RESTART,
    entity_category=EntityCategory.CONFIG,
    # All cameras of the server stop recording for a minute: not a button to hit by chance.
    entity_registry_enabled_default=False,
)
RESUME: Final = ButtonEntityDescription(
    key="resume_notifications",
    translation_key="resume_notifications",
    entity_category=EntityCategory.CONFIG,
)


@dataclass(frozen=True, kw_only=True)
class PtzButtonDescription(ButtonEntityDescription):
    """A movement: Frigate's command and the ability it needs."""

    command: str
    feature: str
    since: FrigateVersion = V0_16


def _ptz(
    key: str, command: str, feature: str, since: FrigateVersion = V0_16
) -> PtzButtonDescription:
    return PtzButtonDescription(
        key=f"ptz_{key}",
        translation_key=f"ptz_{key}",
        command=command,
        feature=feature,
        since=since,
    )


PTZ_STOP: Final = "STOP"
PTZ_BUTTONS: Final = (
    _ptz("stop", PTZ_STOP, PAN_TILT),
    _ptz("up", "MOVE_UP", PAN_TILT),
    _ptz("down", "MOVE_DOWN", PAN_TILT),
    _ptz("left", "MOVE_LEFT", PAN_TILT),
    _ptz("right", "MOVE_RIGHT", PAN_TILT),
    _ptz("zoom_in", "ZOOM_IN", ZOOM),
    _ptz("zoom_out", "ZOOM_OUT", ZOOM),
    _ptz("focus_in", "FOCUS_IN", FOCUS, since=V0_17),
    _ptz("focus_out", "FOCUS_OUT", FOCUS, since=V0_17),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnttConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of every server."""
    async_add_server_entities(entry, async_add_entities, _build)


def _build(server: FrigateServer) -> Iterable[AnttEntity]:
    if server.config is None:
        return
    yield RestartButton(server, RESTART)
    version = frigate_version(server)
    for camera in server.cameras.values():
        if "notifications" in camera.in_config and takes_notification_commands(server):
            yield ResumeButton(server, RESUME, camera=camera)
        if camera.has_ptz:
            yield from _ptz_buttons(server, camera, version)


def _ptz_buttons(
    server: FrigateServer, camera: CameraConfig, version: FrigateVersion
) -> Iterable[AnttEntity]:
    for description in PTZ_BUTTONS:
        if version >= description.since:
            button = PtzButton(server, description, camera=camera)
            known = server.ptz.has(camera.key, description.feature)
            if description.command == PTZ_STOP and known is False:
                # A camera that only zooms must stop too.
                known = server.ptz.has(camera.key, ZOOM)
            yield from async_known_or_registered(server, Platform.BUTTON, button, known)


class RestartButton(AnttEntity, ButtonEntity):
    """Restarts Frigate."""

    @override
    async def async_press(self) -> None:
        """Restart; the server is away for about a minute."""
        server = self.server
        if not server.is_admin:
            raise needs_admin(server.name)
        with translated(server.name):
            await server.client.restart()


class ResumeButton(AnttEntity, ButtonEntity):
    """Ends a pause of a camera's notifications."""

    _needs_camera = False

    @override
    async def async_press(self) -> None:
        """Let Frigate notify again at once."""
        await self.server.async_command(
            f"{self.camera_key}/notifications/suspend",
            0,
            confirm=(f"{self.camera_key}/notifications/suspended", 0),
        )


class PtzButton(AnttEntity, ButtonEntity):
    """Moves a camera a little, or stops it."""

    entity_description: PtzButtonDescription

    @override
    async def async_press(self) -> None:
        """Move; returns when the camera was told to stop."""
        ptz = self.server.ptz
        command = self.entity_description.command
        if command == PTZ_STOP:
            await ptz.async_send(str(self.camera_key), command)
        else:
            await ptz.async_step(str(self.camera_key), command)
