"""What events of cameras have in common."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from .by_camera import CameraMessage, async_camera_messages
from .const import RECOGNITION_SECONDS
from .entity import AnttEntity
from .frigate.config import CameraConfig
from .server import FrigateServer

# Nobody asks the recorder for these; some of them tell of people.
UNRECORDED: Final = frozenset(
    {
        "detections",
        "event_id",
        "name",
        "objects",
        "plate",
        "review_id",
        "score",
        "sounds",
        "zone",
        "zones",
    }
)


class CameraEvent(AnttEntity, EventEntity):
    """An event of a camera. It stays what it was last, also while the camera is off."""

    entity_description: EventEntityDescription
    _unrecorded_attributes = UNRECORDED
    # What happened holds even if the camera has died since.
    _needs_camera = False

    def __init__(
        self, server: FrigateServer, description: EventEntityDescription, camera: CameraConfig
    ) -> None:
        """Belong to a camera."""
        super().__init__(server, description, camera=camera)
        self._camera = camera.key

    @callback
    def _listen[_M: CameraMessage](self, kind: type[_M], listener: Callable[[_M], None]) -> None:
        """Call `listener` with the messages of a class about this camera, as long as the entity is there."""
        self.async_on_remove(
            async_camera_messages(self.server).async_listen(kind, self._camera, listener)
        )

    @callback
    def _fire(self, event_type: str, **attributes: Any) -> None:
        self._trigger_event(event_type, attributes)
        self._refresh()
        self.async_write_ha_state()

    def _zones_of(self, event_id: str) -> list[str]:
        """Return the zones in which a tracked object is at present."""
        item = self.server.live.objects.get(event_id)
        return list(item.current_zones) if item is not None else []


class PersonalCameraEvent(CameraEvent):
    """An event about a person: off unless somebody decides otherwise, and its details are soon forgotten.

    Only when it happened is kept, over a restart too. The details are attributes beside those of the event, which
    Home Assistant would store and which can't be taken back.
    """

    _attr_entity_registry_enabled_default = False
    _stop: CALLBACK_TYPE | None = None

    @callback
    @override
    def _fire(self, event_type: str, **attributes: Any) -> None:
        self._forget_timer()
        self._stop = async_call_later(self.hass, RECOGNITION_SECONDS, self._forget)
        self._attr_extra_state_attributes = attributes
        super()._fire(event_type)

    @callback
    def _forget(self, _now: datetime) -> None:
        self._stop = None
        self._attr_extra_state_attributes = {}
        self.async_write_ha_state()

    def _forget_timer(self) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Leave no timer behind."""
        self._forget_timer()
