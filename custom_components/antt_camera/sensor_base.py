"""What the sensors of servers and cameras have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription

from .entity import AnttEntity
from .frigate.config import CameraConfig
from .frigate.live import STATS
from .server import FrigateServer

# Touched once a minute: for what changes with time alone.
MINUTE: Final = "@minute"
# Touched when the use of the disks by the cameras was read.
STORAGE: Final = "@storage"

type SensorValue = str | int | float | date | datetime | None


@dataclass(frozen=True, kw_only=True)
class FrigateSensorDescription(SensorEntityDescription):
    """A sensor; `value_fn` gets the server and the key of the camera or name of the part that is shown."""

    value_fn: Callable[[FrigateServer, str], SensorValue]
    # Keys of the live state; `{}` stands for the camera.
    keys: tuple[str, ...] = (STATS,)
    # Whether the value means nothing while the camera is off or dead.
    needs_camera: bool = False
    # Whether it is shown even while the server is lost.
    always_available: bool = False


class FrigateSensor(AnttEntity, SensorEntity):
    """A sensor that shows what its description's function reads."""

    entity_description: FrigateSensorDescription

    def __init__(
        self,
        server: FrigateServer,
        description: FrigateSensorDescription,
        *,
        camera: CameraConfig | None = None,
        part: str | None = None,
        placeholders: dict[str, str] | None = None,
    ) -> None:
        """Show something of a camera, or of a `part` of the server (a detector, a disk …), or of the server."""
        self._needs_camera = description.needs_camera
        self._subject = camera.key if camera is not None else part or ""
        self._keys = tuple(key.format(self._subject) for key in description.keys)
        super().__init__(server, description, camera=camera, suffix=part)
        if placeholders is not None:
            self._attr_translation_placeholders = placeholders

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """Keys of the description."""
        return self._keys

    @override
    def _is_available(self) -> bool:
        return self.entity_description.always_available or super()._is_available()

    @override
    def _read(self) -> SensorValue:
        return self.entity_description.value_fn(self.server, self._subject)

    @override
    def _show(self, value: Any) -> None:
        self._attr_native_value = value
