"""Switches: what Frigate does on each camera, its zones and masks, and its notifications."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .commands import (
    V0_16,
    V0_17,
    V0_18,
    async_check_motion_off,
    frigate_version,
    takes_notification_commands,
)
from .commune import AnttConfigEntry
from .entity import AnttEntity, async_add_server_entities
from .frigate.config import CameraConfig, ZoneConfig
from .frigate.version import FrigateVersion
from .server import FrigateServer

# Frigate works through commands one after the other anyway; waiting for echoes need not be serial.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class FrigateSwitchDescription(SwitchEntityDescription):
    """A switch; its key is the name of Frigate's command."""

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    since: FrigateVersion = V0_16
    # Frigate takes this command over its own socket only.
    socket_only: bool = False


def _switch(key: str, **options: Any) -> FrigateSwitchDescription:
    return FrigateSwitchDescription(key=key, translation_key=key, **options)


CAMERA_SWITCHES: Final = (
    _switch("audio"),
    _switch(
        "audio_transcription",
        since=V0_17,
        socket_only=True,
        entity_registry_enabled_default=False,
    ),
    _switch("birdseye"),
    _switch("detect"),
    _switch("improve_contrast", entity_registry_enabled_default=False),
    _switch("motion"),
    _switch("notifications"),
    _switch("object_descriptions", since=V0_17, entity_registry_enabled_default=False),
    _switch("ptz_autotracker"),
    _switch("recordings"),
    _switch("review_alerts"),
    _switch("review_descriptions", since=V0_17, entity_registry_enabled_default=False),
    _switch("review_detections"),
    _switch("snapshots"),
)
ZONE: Final = _switch("zone", since=V0_18)
MOTION_MASK: Final = _switch("motion_mask", since=V0_18, entity_registry_enabled_default=False)
OBJECT_MASK: Final = _switch("object_mask", since=V0_18, entity_registry_enabled_default=False)
NOTIFICATIONS: Final = _switch("notifications")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnttConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches of every server."""
    async_add_server_entities(entry, async_add_entities, _build)


def _build(server: FrigateServer) -> Iterable[AnttEntity]:
    if server.config is None:
        return
    if server.config.notifications_enabled_in_config:
        yield FrigateSwitch(server, NOTIFICATIONS, "notifications")
    version = frigate_version(server)
    for camera in server.cameras.values():
        for description in CAMERA_SWITCHES:
            if version >= description.since and _takes(server, camera, description):
                yield FrigateSwitch(
                    server, description, f"{camera.key}/{description.key}", camera=camera
                )
        if version >= V0_18:
            yield from _zones_and_masks(server, camera)


def _takes(
    server: FrigateServer, camera: CameraConfig, description: FrigateSwitchDescription
) -> bool:
    """Whether Frigate would carry the command out; without a word it ignores what its file does not enable."""
    if description.key not in camera.in_config or (description.socket_only and server.uses_mqtt):
        return False
    if description.key == "notifications":
        return takes_notification_commands(server)
    if description.key == "birdseye":
        return server.config is not None and server.config.birdseye.enabled
    return True


def _zones_and_masks(server: FrigateServer, camera: CameraConfig) -> Iterable[AnttEntity]:
    for zone in camera.zones.values():
        if zone.enabled_in_config:
            yield FrigateSwitch(
                server, ZONE, f"{camera.key}/zone/{zone.key}", camera=camera, zone=zone
            )
    for description, masks in (
        (MOTION_MASK, camera.motion_masks),
        (OBJECT_MASK, camera.object_masks),
    ):
        for mask, name in masks.items():
            yield FrigateSwitch(
                server,
                description,
                f"{camera.key}/{description.key}/{mask}",
                camera=camera,
                # No zone begins so, hence no mask can be taken for one.
                suffix=f"@{mask}",
                placeholders={"mask": name},
            )


class FrigateSwitch(AnttEntity, SwitchEntity):
    """A switch that shows what Frigate says, and says so when Frigate refuses."""

    entity_description: FrigateSwitchDescription
    _needs_camera = False

    def __init__(
        self,
        server: FrigateServer,
        description: FrigateSwitchDescription,
        topic: str,
        *,
        camera: CameraConfig | None = None,
        zone: ZoneConfig | None = None,
        suffix: str | None = None,
        placeholders: dict[str, str] | None = None,
    ) -> None:
        """Prepare a switch whose topics are `topic`/set and `topic`/state."""
        super().__init__(server, description, camera=camera, zone=zone, suffix=suffix)
        self._topic = topic
        if placeholders is not None:
            self._attr_translation_placeholders = placeholders

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """The state that Frigate reports."""
        return (f"{self._topic}/state",)

    @override
    def _read(self) -> bool | None:
        value = self.server.live.get(f"{self._topic}/state")
        return value if isinstance(value, bool) else None

    @override
    def _show(self, value: bool | None) -> None:
        self._attr_is_on = value

    async def _command(self, on: bool) -> None:
        await self.server.async_command(
            f"{self._topic}/set", "ON" if on else "OFF", confirm=(f"{self._topic}/state", on)
        )

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch on."""
        await self._command(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch off."""
        if self.entity_description.key == "motion" and self.camera_key is not None:
            async_check_motion_off(self.server, self.camera_key)
        await self._command(False)
