"""Triggers for automations: reviews, objects, zones, plates, sounds, cameras that go and come back."""

from typing import Any, Final, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import Trigger
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .frigate.messages import ObjectMessage, PlateMessage, Review, ReviewMessage, TrackedObject
from .labels import label_name
from .media_paths import media_path
from .server import FrigateServer
from .trigger_base import CameraTrigger, meets
from .trigger_state import CameraCameBackTrigger, CameraWentOfflineTrigger, SoundHeardTrigger

CONF_LABELS: Final = "labels"
CONF_MIN_SCORE: Final = "min_score"
CONF_PLATES: Final = "plates"
CONF_SEVERITY: Final = "severity"
CONF_ZONES: Final = "zones"

_TEXTS: Final = vol.All(cv.ensure_list, [cv.string])
_LABELS: Final[VolDictType] = {vol.Optional(CONF_LABELS): _TEXTS}
_ZONES: Final[VolDictType] = {vol.Optional(CONF_ZONES): _TEXTS}
_SEVERITY: Final[VolDictType] = {
    vol.Optional(CONF_SEVERITY): vol.All(cv.ensure_list, [vol.In(("alert", "detection"))])
}
# Ends get lost with the connection, so that what was told must have a limit.
MAX_TOLD: Final = 1000


def plain_plate(plate: str) -> str:
    """Return a plate without the separators that people write and cameras do not read."""
    return "".join(character for character in plate.upper() if character.isalnum())


def _moment(epoch: float | None) -> str | None:
    return None if epoch is None else dt_util.utc_from_timestamp(epoch).isoformat()


class ReviewTrigger(CameraTrigger):
    """Reviews that pass the filters: each once, even when it only later becomes an alert."""

    _options = _SEVERITY | _LABELS | _ZONES

    def _matches(self, review: Review) -> bool:
        wishes = self._wishes
        return (
            meets(wishes.get(CONF_SEVERITY), (review.severity,))
            and meets(wishes.get(CONF_LABELS), (*review.objects, *review.audio))
            and meets(wishes.get(CONF_ZONES), review.zones)
        )

    def _tell(self, server: FrigateServer, review: Review) -> None:
        language = server.hass.config.language
        labels = (*review.objects, *review.audio)
        # Phones do not show the review's own picture, which is WebP.
        picture = (
            f"event/{review.detections[0]}/snapshot.jpg"
            if review.detections
            else f"review/{review.id}/{review.camera}/thumbnail.webp"
        )
        self._fire(
            server,
            review.camera,
            what=", ".join(label_name(label, language) for label in labels),
            picture=media_path(server.id, picture),
            review_id=review.id,
            severity=review.severity,
            objects=list(review.objects),
            sounds=list(review.audio),
            zones=list(review.zones),
            event_ids=list(review.detections),
            start_time=_moment(review.start_time),
            end_time=_moment(review.end_time),
        )


class ReviewStartedTrigger(ReviewTrigger):
    """A review began."""

    @callback
    @override
    def _attach(self, server: FrigateServer) -> CALLBACK_TYPE:
        # Frigate announces some reviews with `update` first, so what counts is whether the id is known.
        told = dict.fromkeys(
            review.id for review in server.live.reviews.values() if self._matches(review)
        )

        @callback
        def on_review(message: ReviewMessage) -> None:
            review = message.after
            if message.type == "end":
                told.pop(review.id, None)
            elif message.type != "genai" and review.id not in told and self._matches(review):
                told[review.id] = None
                if len(told) > MAX_TOLD:
                    del told[next(iter(told))]
                self._tell(server, review)

        return server.async_listen_messages(ReviewMessage, on_review)


class ReviewEndedTrigger(ReviewTrigger):
    """A review ended."""

    @callback
    @override
    def _attach(self, server: FrigateServer) -> CALLBACK_TYPE:
        @callback
        def on_review(message: ReviewMessage) -> None:
            if message.type == "end" and self._matches(message.after):
                self._tell(server, message.after)

        return server.async_listen_messages(ReviewMessage, on_review)


class ObjectTrigger(CameraTrigger):
    """Tracked objects."""

    def _tell(self, server: FrigateServer, item: TrackedObject, **more: Any) -> None:
        self._fire(
            server,
            item.camera,
            event_id=item.id,
            label=item.label,
            what=label_name(item.label, server.hass.config.language),
            picture=media_path(server.id, f"event/{item.id}/snapshot.jpg"),
            score=item.score,
            zones=list(item.current_zones),
            start_time=_moment(item.start_time),
            **more,
        )


class ObjectDetectedTrigger(ObjectTrigger):
    """An object appeared on a camera."""

    _options = _LABELS

    @callback
    @override
    def _attach(self, server: FrigateServer) -> CALLBACK_TYPE:
        @callback
        def on_object(message: ObjectMessage) -> None:
            item = message.after
            if message.type == "new" and meets(self._wishes.get(CONF_LABELS), (item.label,)):
                self._tell(server, item)

        return server.async_listen_messages(ObjectMessage, on_object)


class EnteredZoneTrigger(ObjectTrigger):
    """An object entered a zone for the first time."""

    _options = _LABELS | _ZONES

    @callback
    @override
    def _attach(self, server: FrigateServer) -> CALLBACK_TYPE:
        @callback
        def on_object(message: ObjectMessage) -> None:
            item = message.after
            entered = message.newly_entered
            if not entered or not meets(self._wishes.get(CONF_LABELS), (item.label,)):
                return
            for zone in entered:
                if meets(self._wishes.get(CONF_ZONES), (zone,)):
                    self._tell(server, item, zone=zone)

        return server.async_listen_messages(ObjectMessage, on_object)


class PlateReadTrigger(CameraTrigger):
    """A licence plate was read. What Frigate reads again is told again: its reading may improve."""

    _options: VolDictType = {
        vol.Optional(CONF_PLATES): _TEXTS,
        vol.Optional(CONF_MIN_SCORE): vol.All(vol.Coerce(float), vol.Range(min=0, max=1)),
    }

    @callback
    @override
    def _attach(self, server: FrigateServer) -> CALLBACK_TYPE:
        wanted = {plain_plate(plate) for plate in self._wishes.get(CONF_PLATES, ())}
        least = self._wishes.get(CONF_MIN_SCORE, 0.0)
        told: dict[str, str] = {}

        @callback
        def on_plate(message: PlateMessage) -> None:
            plate = plain_plate(message.plate)
            if message.camera is None or (message.score or 0.0) < least:
                return
            if (wanted and plate not in wanted) or told.get(message.event_id) == plate:
                return
            told[message.event_id] = plate
            if len(told) > MAX_TOLD:
                del told[next(iter(told))]
            self._fire(
                server,
                message.camera,
                event_id=message.event_id,
                plate=message.plate,
                name=message.name,
                score=message.score,
            )

        return server.async_listen_messages(PlateMessage, on_plate)


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "camera_came_back": CameraCameBackTrigger,
    "camera_went_offline": CameraWentOfflineTrigger,
    "entered_zone": EnteredZoneTrigger,
    "object_detected": ObjectDetectedTrigger,
    "plate_read": PlateReadTrigger,
    "review_ended": ReviewEndedTrigger,
    "review_started": ReviewStartedTrigger,
    "sound_heard": SoundHeardTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
