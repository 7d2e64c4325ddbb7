"""Binary sensors: connections, motion, occupancy, sounds, automatic tracking."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .commune import AnttConfigEntry
from .counts import ALL, CountEntity, build_counts
from .entity import AnttEntity, async_add_server_entities
from .frigate.config import CameraConfig, ZoneConfig
from .frigate.live import STATS
from .labels import LabelledEntity
from .server import FrigateServer

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class FrigateBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor; `value_fn` gets the server and the camera's key."""

    value_fn: Callable[[FrigateServer, str], bool | None]
    # Keys of the live state; `{}` stands for the camera.
    keys: tuple[str, ...] = ()
    # Whether the value means nothing while the camera is off or dead.
    needs_camera: bool = False
    # Whether it is shown even while the server is lost.
    always_available: bool = False


def _flag(topic: str) -> Callable[[FrigateServer, str], bool | None]:
    def value(server: FrigateServer, camera: str) -> bool | None:
        found = server.live.get(f"{camera}/{topic}")
        return found if isinstance(found, bool) else None

    return value


def role_connected(server: FrigateServer, camera: str, role: str) -> bool | None:
    """Return whether Frigate receives what it uses for a role; None while it wants nothing, or has not said.

    Frigate tells of recording only where it has a connection of its own; otherwise it shares that of detection. Of
    sound it tells changes only.
    """
    status = server.live.camera_status(camera)
    if status == "disabled":
        return None
    if role != "detect":
        status = server.live.get(f"{camera}/status/{role}") or status  # type: ignore[assignment]
    return {"online": True, "offline": False}.get(str(status))


def _role(role: str) -> FrigateBinarySensorDescription:
    def value(server: FrigateServer, camera: str) -> bool | None:
        return role_connected(server, camera, role)

    return FrigateBinarySensorDescription(
        key=f"connection_{role}",
        translation_key=f"connection_{role}",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        keys=("{}/status/detect", f"{{}}/status/{role}", "{}/enabled/state", STATS),
        value_fn=value,
    )


SERVER_CONNECTION: Final = FrigateBinarySensorDescription(
    key="connection",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
    always_available=True,
    value_fn=lambda server, _camera: server.available,
)
ROLES: Final = {role: _role(role) for role in ("detect", "record", "audio")}
MOTION: Final = FrigateBinarySensorDescription(
    key="motion",
    device_class=BinarySensorDeviceClass.MOTION,
    keys=("{}/motion",),
    needs_camera=True,
    value_fn=_flag("motion"),
)
TRACKING: Final = FrigateBinarySensorDescription(
    key="ptz_autotracker_active",
    translation_key="ptz_autotracker_active",
    device_class=BinarySensorDeviceClass.MOVING,
    keys=("{}/ptz_autotracker/active",),
    needs_camera=True,
    value_fn=_flag("ptz_autotracker/active"),
)
OCCUPANCY: Final = BinarySensorEntityDescription(
    key="occupancy",
    translation_key="occupancy",
    device_class=BinarySensorDeviceClass.OCCUPANCY,
)
SOUND: Final = BinarySensorEntityDescription(
    key="sound",
    translation_key="sound",
    device_class=BinarySensorDeviceClass.SOUND,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnttConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of every server."""
    async_add_server_entities(entry, async_add_entities, _build)


def _build(server: FrigateServer) -> Iterable[AnttEntity]:
    yield FrigateBinarySensor(server, SERVER_CONNECTION)
    for camera in server.cameras.values():
        yield from _build_camera(server, camera)
    yield from build_counts(server, lambda *which: _occupancy(server, *which))


def _build_camera(server: FrigateServer, camera: CameraConfig) -> Iterable[AnttEntity]:
    yield FrigateBinarySensor(server, MOTION, camera=camera)
    for role, description in ROLES.items():
        # Frigate detects on what is there, whatever the roles say.
        if role == "detect" or role in camera.roles:
            yield FrigateBinarySensor(server, description, camera=camera)
    if "ptz_autotracker" in camera.in_config:
        yield FrigateBinarySensor(server, TRACKING, camera=camera)
    if camera.audio_labels:
        for label in (*camera.audio_labels, ALL):
            yield SoundSensor(server, camera, label)


def _occupancy(
    server: FrigateServer, camera: CameraConfig, zone: ZoneConfig | None, label: str
) -> Iterable[AnttEntity]:
    sensor = OccupancySensor(server, OCCUPANCY, camera, zone, label)
    if zone is not None and label != ALL:
        sensor._attr_entity_registry_enabled_default = False  # noqa: SLF001
    yield sensor


class FrigateBinarySensor(AnttEntity, BinarySensorEntity):
    """A binary sensor that shows what its description's function reads."""

    entity_description: FrigateBinarySensorDescription

    def __init__(
        self,
        server: FrigateServer,
        description: FrigateBinarySensorDescription,
        *,
        camera: CameraConfig | None = None,
    ) -> None:
        """Show something of a camera, or of the server."""
        self._needs_camera = description.needs_camera
        self._subject = camera.key if camera is not None else ""
        self._keys = tuple(key.format(self._subject) for key in description.keys)
        super().__init__(server, description, camera=camera)

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """Keys of the description."""
        return self._keys

    @override
    def _is_available(self) -> bool:
        return self.entity_description.always_available or super()._is_available()

    @override
    def _read(self) -> bool | None:
        return self.entity_description.value_fn(self.server, self._subject)

    @override
    def _show(self, value: bool | None) -> None:
        self._attr_is_on = value


class OccupancySensor(CountEntity, BinarySensorEntity):
    """Whether there is any object; made from the same number as the count."""

    @override
    def _read(self) -> bool | None:
        count: Any = self._value(self._key)
        return None if count is None else count > 0

    @override
    def _show(self, value: bool | None) -> None:
        self._attr_is_on = value


class SoundSensor(LabelledEntity, AnttEntity, BinarySensorEntity):
    """Whether a camera hears a sound."""

    def __init__(self, server: FrigateServer, camera: CameraConfig, label: str) -> None:
        """Listen for a label, or for any."""
        super().__init__(server, SOUND, camera=camera, suffix=label)
        self._key = f"{camera.key}/audio/{label}"
        if label == ALL:
            self._attr_translation_key = f"{SOUND.key}_{ALL}"
        else:
            self.set_label(label, server.hass.config.language)

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """The topic of the sound, and whether Frigate listens at all."""
        return (self._key, self._listening)

    @override
    def _read(self) -> bool | None:
        value = self.server.live.get(self._key)
        if isinstance(value, bool):
            return value
        # Frigate tells of sounds only when it hears them.
        return False if self.server.live.get(self._listening) is True else None

    @property
    def _listening(self) -> str:
        return f"{self.camera_key}/audio/state"

    @override
    def _show(self, value: bool | None) -> None:
        self._attr_is_on = value
