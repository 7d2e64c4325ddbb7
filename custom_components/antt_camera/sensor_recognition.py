"""Sensors for who and what was recognised. Plates and names are personal data: off, short-lived, unrecorded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_call_later

from .by_camera import CameraMessage, async_camera_messages
from .commands import V0_17, frigate_version
from .const import RECOGNITION_SECONDS
from .entity import AnttEntity
from .frigate.config import CameraConfig, ClassificationModel
from .frigate.messages import ClassificationMessage, FaceMessage, PlateMessage
from .known_names import KnownNames
from .server import FrigateServer

ATTRIBUTES: Final = frozenset({"event_id", "plate", "score", "zones"})


class Recognition(NamedTuple):
    """What a sensor shows: a text, and where it comes from."""

    value: str
    event_id: str
    score: float | None
    zones: tuple[str, ...]
    plate: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecognitionDescription(SensorEntityDescription):
    """A sensor made from one class of messages; `read` gives the text, None for nobody."""

    message: type[CameraMessage]
    read: Callable[[Any], str | None]


def _plate(message: PlateMessage) -> str:
    return message.name or message.plate


PLATE: Final = RecognitionDescription(
    key="recognized_plate",
    translation_key="recognized_plate",
    entity_registry_enabled_default=False,
    message=PlateMessage,
    read=_plate,
)
FACE: Final = RecognitionDescription(
    key="recognized_face",
    translation_key="recognized_face",
    entity_registry_enabled_default=False,
    message=FaceMessage,
    read=lambda message: message.name,
)
OBJECT_CLASS: Final = RecognitionDescription(
    key="object_classification",
    translation_key="object_classification",
    message=ClassificationMessage,
    read=lambda message: message.value,
)
STATE_CLASS: Final = SensorEntityDescription(key="classification", translation_key="classification")
FACE_LAST_CAMERA: Final = RecognitionDescription(
    key="face_last_camera",
    translation_key="face_last_camera",
    entity_registry_enabled_default=False,
    message=FaceMessage,
    read=lambda message: message.name,
)
PLATE_LAST_CAMERA: Final = RecognitionDescription(
    key="plate_last_camera",
    translation_key="plate_last_camera",
    entity_registry_enabled_default=False,
    message=PlateMessage,
    read=lambda message: message.name,
)
CLASS_LAST_CAMERA: Final = RecognitionDescription(
    key="class_last_camera",
    translation_key="class_last_camera",
    entity_registry_enabled_default=False,
    message=ClassificationMessage,
    read=lambda message: message.value,
)


class RecognitionSensor(AnttEntity, SensorEntity):
    """What was recognised last on a camera, for a short while."""

    entity_description: RecognitionDescription
    _unrecorded_attributes = ATTRIBUTES

    def __init__(
        self, server: FrigateServer, description: RecognitionDescription, camera: CameraConfig
    ) -> None:
        """Show nothing before something is recognised."""
        super().__init__(server, description, camera=camera)
        self._camera = camera.key
        self._seen: Recognition | None = None
        self._stop: CALLBACK_TYPE | None = None

    def _concerns(self, message: Any) -> bool:
        """Whether a message about this camera is for this sensor."""
        return True

    @callback
    def _on_message(self, message: Any) -> None:
        value = self.entity_description.read(message)
        if not value or not self._concerns(message):
            return
        item = self.server.live.objects.get(message.event_id)
        self._seen = Recognition(
            value[:255],
            message.event_id,
            message.score,
            item.current_zones if item is not None else (),
            getattr(message, "plate", None),
        )
        self._forget_timer()
        self._stop = async_call_later(self.hass, RECOGNITION_SECONDS, self._end)
        self._on_change()

    @callback
    def _end(self, _now: datetime) -> None:
        self._stop = None
        self._seen = None
        self._on_change()

    def _forget_timer(self) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None

    @override
    def _read(self) -> Recognition | None:
        return self._seen

    @override
    def _show(self, value: Recognition | None) -> None:
        self._attr_native_value = value.value if value is not None else None
        self._attr_extra_state_attributes = (
            {
                "event_id": value.event_id,
                "score": value.score,
                "zones": list(value.zones),
                **({"plate": value.plate} if value.plate is not None else {}),
            }
            if value is not None
            else {}
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_camera_messages(self.server).async_listen(
                self.entity_description.message, self._camera, self._on_message
            )
        )

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Leave no timer behind."""
        self._forget_timer()


def _options(names: KnownNames, model: str, shown: str | None) -> list[str] | None:
    """Return the classes that a model tells apart, None while they are not known."""
    known = names.classes.get(model)
    if not known:
        return None
    # Frigate may have learned a class since.
    return [*known, *([shown] if shown is not None and shown not in known else [])]


class _Classified(SensorEntity):
    """A sensor whose options are the classes of a model."""

    _names: KnownNames
    _model: ClassificationModel

    def _choose(self, value: str | None) -> None:
        options = _options(self._names, self._model.name, value)
        self._attr_device_class = SensorDeviceClass.ENUM if options is not None else None
        self._attr_options = options
        self._attr_native_value = value


class ObjectClassSensor(RecognitionSensor, _Classified):
    """The class that a model gave an object last."""

    def __init__(
        self,
        server: FrigateServer,
        camera: CameraConfig,
        model: ClassificationModel,
        names: KnownNames,
    ) -> None:
        """Belong to a camera and a model."""
        super().__init__(server, OBJECT_CLASS, camera)
        self._model, self._names = model, names
        self._attr_unique_id = f"{self._attr_unique_id}:{model.name}"
        self._attr_translation_placeholders = {"model": model.name}

    @override
    def _concerns(self, message: ClassificationMessage) -> bool:
        return message.model == self._model.name

    @override
    def _show(self, value: Recognition | None) -> None:
        super()._show(value)
        self._choose(value.value if value is not None else None)


class StateClassSensor(AnttEntity, RestoreSensor, _Classified):
    """The state in which a model sees a part of the picture. Frigate tells changes only, so the last one holds."""

    def __init__(
        self,
        server: FrigateServer,
        camera: CameraConfig,
        model: ClassificationModel,
        names: KnownNames,
    ) -> None:
        """Belong to a camera and a model."""
        super().__init__(server, STATE_CLASS, camera=camera, suffix=model.name)
        self._model, self._names = model, names
        self._attr_translation_placeholders = {"model": model.name}
        self._key = f"{camera.key}/classification/{model.name}"
        self._last: str | None = None

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """The topic of the model."""
        return (self._key,)

    @override
    def _read(self) -> str | None:
        value = self.server.live.get(self._key)
        if isinstance(value, str) and value:
            self._last = value
        return self._last

    @override
    def _show(self, value: str | None) -> None:
        self._choose(value)

    @override
    async def async_added_to_hass(self) -> None:
        """Take the last state over from before the restart."""
        stored = await self.async_get_last_sensor_data()
        if stored is not None and isinstance(stored.native_value, str):
            self._last = stored.native_value
        await super().async_added_to_hass()


class LastCameraSensor(AnttEntity, RestoreSensor):
    """The camera that saw somebody or something last."""

    entity_description: RecognitionDescription

    def __init__(
        self,
        server: FrigateServer,
        description: RecognitionDescription,
        name: str,
        model: str | None = None,
    ) -> None:
        """Wait for one name, of one model if it is a class."""
        suffix = name if model is None else f"{model}:{name}"
        super().__init__(server, description, suffix=suffix)
        self._name, self._model = name, model
        self._attr_translation_placeholders = {"name": name}
        self._last: str | None = None

    @property
    @override
    def suggested_object_id(self) -> str | None:
        """Suggest an entity id without the name: Home Assistant logs entity ids."""
        if self.entity_description is CLASS_LAST_CAMERA:
            return super().suggested_object_id
        shown = self._attr_translation_placeholders
        self._attr_translation_placeholders = {"name": "known"}
        try:
            return super().suggested_object_id
        finally:
            self._attr_translation_placeholders = shown

    @callback
    def _on_message(self, message: Any) -> None:
        if self.entity_description.read(message) != self._name:
            return
        if self._model is not None and message.model != self._model:
            return
        key = async_camera_messages(self.server).camera_of(message)
        camera = self.server.cameras.get(key) if key is not None else None
        if camera is not None:
            self._last = camera.name
            self._on_change()

    @override
    def _read(self) -> str | None:
        return self._last

    @override
    def _show(self, value: str | None) -> None:
        self._attr_native_value = value

    @override
    async def async_added_to_hass(self) -> None:
        """Take the last camera over from before the restart, and begin to listen."""
        stored = await self.async_get_last_sensor_data()
        if stored is not None and isinstance(stored.native_value, str):
            self._last = stored.native_value
        await super().async_added_to_hass()
        self.async_on_remove(
            self.server.async_listen_messages(self.entity_description.message, self._on_message)
        )


def build_recognition_sensors(server: FrigateServer, names: KnownNames) -> Iterable[AnttEntity]:
    """Make the sensors for what a server recognises."""
    config = server.config
    if config is None:
        return
    for camera in server.cameras.values():
        if camera.lpr_enabled:
            yield RecognitionSensor(server, PLATE, camera)
        if camera.face_enabled:
            yield RecognitionSensor(server, FACE, camera)
        for model in config.classification:
            if model.kind == "state" and camera.key in model.cameras:
                yield StateClassSensor(server, camera, model, names)
            elif model.kind == "object" and not set(model.objects).isdisjoint(camera.labels):
                yield ObjectClassSensor(server, camera, model, names)
    if frigate_version(server) >= V0_17:
        yield from _last_cameras(server, names)


def _last_cameras(server: FrigateServer, names: KnownNames) -> Iterable[AnttEntity]:
    config = server.config
    if config is None:
        return
    if config.lpr_enabled:
        for plate in config.known_plate_names:
            yield LastCameraSensor(server, PLATE_LAST_CAMERA, plate)
    if config.face_recognition_enabled:
        for face in names.faces if names.faces is not None else _had(server, FACE_LAST_CAMERA.key):
            yield LastCameraSensor(server, FACE_LAST_CAMERA, face)
    for model in config.classification:
        if model.kind == "object":
            known = names.classes.get(model.name)
            if known is None:
                known = _had(server, f"{CLASS_LAST_CAMERA.key}:{model.name}")
            for name in known:
                yield LastCameraSensor(server, CLASS_LAST_CAMERA, name, model.name)


def _had(server: FrigateServer, key: str) -> tuple[str, ...]:
    """Return the names that have a sensor from before; as long as Frigate was not asked, they stay."""
    prefix = f"{server.id}:{key}:"
    registry = er.async_get(server.hass)
    return tuple(
        entry.unique_id.removeprefix(prefix)
        for entry in er.async_entries_for_config_entry(registry, server.entry.entry_id)
        if entry.domain == Platform.SENSOR and entry.unique_id.startswith(prefix)
    )
