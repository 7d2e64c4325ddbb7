"""Numbers: how sensitive the motion detection is."""

from collections.abc import Iterable
from typing import Final, override

from homeassistant.components.number import NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .commune import AnttConfigEntry
from .entity import AnttEntity, async_add_server_entities
from .server import FrigateServer

PARALLEL_UPDATES = 0

NUMBERS: Final = (
    # Frigate's own limits: of its configuration for the threshold, of its settings page for the area.
    NumberEntityDescription(
        key="motion_threshold",
        translation_key="motion_threshold",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_min_value=1,
        native_max_value=255,
        native_step=1,
        mode=NumberMode.BOX,
    ),
    NumberEntityDescription(
        key="motion_contour_area",
        translation_key="motion_contour_area",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_min_value=5,
        native_max_value=100,
        native_step=1,
        mode=NumberMode.BOX,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnttConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers of every camera."""

    def build(server: FrigateServer) -> Iterable[AnttEntity]:
        for camera in server.cameras.values():
            for description in NUMBERS:
                yield FrigateNumber(server, description, camera=camera)

    async_add_server_entities(entry, async_add_entities, build)


class FrigateNumber(AnttEntity, NumberEntity):
    """A number that shows what Frigate says."""

    _needs_camera = False

    @property
    def _topic(self) -> str:
        return f"{self.camera_key}/{self.entity_description.key}"

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """The value that Frigate reports."""
        return (f"{self._topic}/state",)

    @override
    def _read(self) -> int | None:
        value = self.server.live.get(f"{self._topic}/state")
        return value if type(value) is int else None

    @override
    def _show(self, value: int | None) -> None:
        self._attr_native_value = value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Send a whole number; Frigate takes no other."""
        number = round(value)
        await self.server.async_command(
            f"{self._topic}/set", number, confirm=(f"{self._topic}/state", number)
        )
