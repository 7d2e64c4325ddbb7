"""Sensors for how many objects a camera or zone sees."""

from collections.abc import Iterable
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)

from .counts import ALL, CountEntity, build_counts
from .entity import AnttEntity
from .frigate.config import CameraConfig, ZoneConfig
from .server import FrigateServer

COUNT: Final = SensorEntityDescription(
    key="count",
    translation_key="count",
    state_class=SensorStateClass.MEASUREMENT,
)
ACTIVE_COUNT: Final = SensorEntityDescription(
    key="active_count",
    translation_key="active_count",
    state_class=SensorStateClass.MEASUREMENT,
    entity_registry_enabled_default=False,
)


class CountSensor(CountEntity, SensorEntity):
    """Number of objects; unknown until Frigate has said it."""

    @override
    def _read(self) -> Any:
        return self._value(self._key)

    @override
    def _show(self, value: Any) -> None:
        self._attr_native_value = value


def build_count_sensors(server: FrigateServer) -> Iterable[AnttEntity]:
    """Make the sensors for counts. A zone's single labels are there for who wants them."""

    def make(camera: CameraConfig, zone: ZoneConfig | None, label: str) -> Iterable[AnttEntity]:
        count = CountSensor(server, COUNT, camera, zone, label)
        if zone is not None and label != ALL:
            count._attr_entity_registry_enabled_default = False  # noqa: SLF001
        yield count
        yield CountSensor(server, ACTIVE_COUNT, camera, zone, label, active=True)

    return build_counts(server, make)
