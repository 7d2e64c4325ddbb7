"""Events of cameras: reviews, tracked objects, sounds, semantic triggers; plates and names for who needs them."""

from collections.abc import Iterable
from typing import Any, Final, override

from homeassistant.components.event import EventEntityDescription
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .by_camera import async_camera_messages
from .commune import AnttConfigEntry
from .entity import AnttEntity, async_add_server_entities
from .event_base import CameraEvent, PersonalCameraEvent
from .frigate.config import CameraConfig
from .frigate.messages import (
    FaceMessage,
    ObjectMessage,
    PlateMessage,
    Review,
    ReviewMessage,
    SemanticTriggerMessage,
    TrackedObject,
)
from .server import FrigateServer

PARALLEL_UPDATES = 0

STARTED: Final = "started"
UPDATED: Final = "updated"
ENDED: Final = "ended"
NEW: Final = "new"
ENTERED_ZONE: Final = "entered_zone"
MATCHED: Final = "matched"
READ: Final = "read"
RECOGNIZED: Final = "recognized"

REVIEWS: Final = {
    severity: EventEntityDescription(
        key=severity, translation_key=severity, event_types=[STARTED, UPDATED, ENDED]
    )
    for severity in ("alert", "detection")
}
OBJECT: Final = EventEntityDescription(
    key="tracked_object",
    translation_key="tracked_object",
    event_types=[NEW, ENTERED_ZONE, ENDED],
    # Hundreds a day on a busy road.
    entity_registry_enabled_default=False,
)
SOUND: Final = EventEntityDescription(
    key="sound", translation_key="sound", event_types=[STARTED, ENDED]
)
SEMANTIC_TRIGGER: Final = EventEntityDescription(
    key="semantic_trigger", translation_key="semantic_trigger", event_types=[MATCHED]
)
PLATE: Final = EventEntityDescription(key="plate", translation_key="plate", event_types=[READ])
FACE: Final = EventEntityDescription(key="face", translation_key="face", event_types=[RECOGNIZED])


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnttConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the events of every server."""
    async_add_server_entities(entry, async_add_entities, _build)


def _build(server: FrigateServer) -> Iterable[AnttEntity]:
    for camera in server.cameras.values():
        for severity in REVIEWS:
            yield ReviewEvent(server, severity, camera)
        yield ObjectEvent(server, OBJECT, camera)
        if camera.audio_labels:
            yield SoundEvent(server, SOUND, camera)
        if camera.semantic_triggers:
            yield SemanticTriggerEvent(server, SEMANTIC_TRIGGER, camera)
        if camera.lpr_enabled:
            yield PlateEvent(server, PLATE, camera)
        if camera.face_enabled:
            yield FaceEvent(server, FACE, camera)


class ReviewEvent(CameraEvent):
    """Reviews of one severity. One that becomes an alert ends as a detection and starts as an alert."""

    def __init__(self, server: FrigateServer, severity: str, camera: CameraConfig) -> None:
        """Wait for reviews of a severity."""
        super().__init__(server, REVIEWS[severity], camera)
        self._severity = severity
        self._open: set[str] = set()
        self._connected = False

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen."""
        await super().async_added_to_hass()
        self._take_over()
        self._listen(ReviewMessage, self._on_review)

    def _take_over(self) -> None:
        """Know the reviews that were in progress when the server connected: they are nothing new."""
        connected, self._connected = self._connected, self.server.available
        if self._connected and not connected:
            self._open = {
                review.id
                for review in self.server.live.reviews.values()
                if review.camera == self._camera and review.severity == self._severity
            }

    @callback
    @override
    def _on_change(self) -> None:
        self._take_over()
        super()._on_change()

    @callback
    def _on_review(self, message: ReviewMessage) -> None:
        review, known = message.after, message.after.id in self._open
        if message.type == "genai":
            return
        if message.type == "end" or review.severity != self._severity:
            self._open.discard(review.id)
            if known or review.severity == self._severity:
                self._tell(ENDED, review)
            return
        self._open.add(review.id)
        # Frigate announces some reviews with `update` first, so what counts is whether the id is known.
        if known:
            self._tell(UPDATED, review)
        elif message.type == "new" or self._connected:
            self._tell(STARTED, review)

    def _tell(self, event_type: str, review: Review) -> None:
        self._fire(
            event_type,
            review_id=review.id,
            severity=review.severity,
            objects=list(review.objects),
            sounds=list(review.audio),
            zones=list(review.zones),
            detections=list(review.detections),
        )


class ObjectEvent(CameraEvent):
    """Objects that come, enter zones and go."""

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen."""
        await super().async_added_to_hass()
        self._listen(ObjectMessage, self._on_object)

    @callback
    def _on_object(self, message: ObjectMessage) -> None:
        item = message.after
        if message.type == "new":
            self._tell(NEW, item)
        for zone in message.newly_entered:
            self._tell(ENTERED_ZONE, item, zone=zone)
        if message.type == "end":
            self._tell(ENDED, item)

    def _tell(self, event_type: str, item: TrackedObject, **more: Any) -> None:
        # Without the sub label, which may be a name.
        self._fire(
            event_type,
            event_id=item.id,
            label=item.label,
            score=item.top_score if event_type == ENDED else item.score,
            zones=list(item.current_zones),
            **more,
        )


class SoundEvent(CameraEvent):
    """Sounds that Frigate hears."""

    def __init__(
        self, server: FrigateServer, description: EventEntityDescription, camera: CameraConfig
    ) -> None:
        """Hear nothing yet."""
        super().__init__(server, description, camera)
        self._labels = camera.audio_labels
        self._heard: frozenset[str] = frozenset()
        self._connected = False
        self._leave: CALLBACK_TYPE | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen."""
        await super().async_added_to_hass()
        self.async_on_remove(async_camera_messages(self.server).async_keep_sounds())
        self.async_on_remove(self.server.async_listen_config(self._follow_labels))
        self.async_on_remove(self._stop_listening)
        self._listen_to_labels()
        self._on_sound()

    def _listen_to_labels(self) -> None:
        keys = tuple(f"{self._camera}/audio/{label}" for label in self._labels)
        self._leave = self.server.async_listen(keys, self._on_sound)

    @callback
    def _stop_listening(self) -> None:
        if self._leave is not None:
            self._leave()
            self._leave = None

    @callback
    def _follow_labels(self) -> None:
        camera = self.camera
        if camera is not None and camera.audio_labels != self._labels:
            self._stop_listening()
            self._labels = camera.audio_labels
            self._listen_to_labels()

    @callback
    def _on_sound(self) -> None:
        live = self.server.live
        heard = frozenset(
            label for label in self._labels if live.get(f"{self._camera}/audio/{label}") is True
        )
        before, self._heard = self._heard, heard
        connected, self._connected = self._connected, self.server.available
        # What is heard when the server connects, or no longer after it was lost, is no event.
        if not connected or not self._connected:
            return
        for label in self._labels:
            if label in heard and label not in before:
                sound = async_camera_messages(self.server).sound(self._camera, label)
                self._fire(
                    STARTED,
                    label=label,
                    event_id=sound.id if sound is not None else None,
                    score=sound.score if sound is not None else None,
                )
            elif label in before and label not in heard:
                self._fire(ENDED, label=label)


class SemanticTriggerEvent(CameraEvent):
    """Objects that resemble what somebody told Frigate to look for."""

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen."""
        await super().async_added_to_hass()
        self._listen(SemanticTriggerMessage, self._on_match)

    @callback
    def _on_match(self, message: SemanticTriggerMessage) -> None:
        camera = self.camera
        friendly = camera.semantic_triggers.get(message.name) if camera is not None else None
        self._fire(
            MATCHED,
            trigger=message.name,
            trigger_name=friendly or message.name,
            kind=message.type,
            event_id=message.event_id,
            score=message.score,
            zones=self._zones_of(message.event_id),
        )


class PlateEvent(PersonalCameraEvent):
    """Licence plates that were read."""

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen."""
        await super().async_added_to_hass()
        self._listen(PlateMessage, self._on_plate)

    @callback
    def _on_plate(self, message: PlateMessage) -> None:
        self._fire(
            READ,
            plate=message.plate,
            name=message.name,
            event_id=message.event_id,
            score=message.score,
            zones=self._zones_of(message.event_id),
        )


class FaceEvent(PersonalCameraEvent):
    """People who were recognised."""

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen."""
        await super().async_added_to_hass()
        self._listen(FaceMessage, self._on_face)

    @callback
    def _on_face(self, message: FaceMessage) -> None:
        if message.name:
            self._fire(
                RECOGNIZED,
                name=message.name,
                event_id=message.event_id,
                score=message.score,
                zones=self._zones_of(message.event_id),
            )
