"""What counts and occupancy have in common: which of them there are, and where their numbers live."""

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.entity import EntityDescription

from .entity import AnttEntity
from .frigate.config import CameraConfig, ZoneConfig
from .frigate.live import zone_key
from .labels import LABEL_ICONS, LabelledEntity
from .server import FrigateServer

ALL = "all"


class CountEntity(LabelledEntity, AnttEntity):
    """An entity made from the number of objects of a label that a camera, or one of its zones, sees."""

    def __init__(
        self,
        server: FrigateServer,
        description: EntityDescription,
        camera: CameraConfig,
        zone: ZoneConfig | None,
        label: str,
        *,
        active: bool = False,
    ) -> None:
        """Show one number of the live state; `active`: without the stationary objects."""
        super().__init__(server, description, camera=camera, zone=zone, suffix=label)
        tail = f"{label}/active" if active else label
        self._count_label = label
        self._count_active = active
        self._keys = (
            (f"{camera.key}/{tail}",)
            if zone is None
            else (f"{zone.key}/{tail}", zone_key(camera.key, zone.key, label, active=active))
        )
        # The hot path: one look-up in a dictionary that lives as long as the server.
        self._value = server.live.values.get
        self._find_key()
        if label == ALL:
            self._attr_translation_key = f"{description.key}_all"
        else:
            self.set_label(label, server.hass.config.language)
        if icon := LABEL_ICONS.get(label):
            self._attr_icon = icon

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """Return the keys that the number may have."""
        return self._keys

    def _find_key(self) -> None:
        if self.zone_key is None or self.camera_key is None:
            self._key = self._keys[0]
        else:
            self._key = self.server.live.key_for_zone(
                self.camera_key, self.zone_key, self._count_label, active=self._count_active
            )

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the number of a zone, which moves when another camera gets a zone of the same name."""
        self._find_key()
        await super().async_added_to_hass()
        if self.zone_key is not None:
            self.async_on_remove(self.server.async_listen_config(self._on_config))

    @callback
    def _on_config(self) -> None:
        self._find_key()
        self._on_change()


type CountBuilder = Callable[[CameraConfig, ZoneConfig | None, str], Iterable[AnttEntity]]


def build_counts(server: FrigateServer, make: CountBuilder) -> Iterable[AnttEntity]:
    """Call `make` for every label of every camera, and of every zone, `all` included."""
    for camera in server.cameras.values():
        for label in (*camera.labels, ALL):
            yield from make(camera, None, label)
        for zone in camera.zones.values():
            for label in (*zone.labels, ALL):
                yield from make(camera, zone, label)
