"""Sensors of a camera: its health, what Frigate makes of its picture and sound, its share of the disk."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfInformation
from homeassistant.core import callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.restore_state import ExtraStoredData, RestoreEntity
from homeassistant.util import dt as dt_util

from .commands import V0_18, frigate_version
from .const import RECOGNITION_SECONDS
from .entity import AnttEntity
from .frigate.config import CameraConfig
from .frigate.live import STATS
from .frigate.stats import CameraStats
from .sensor_base import MINUTE, STORAGE, FrigateSensor, FrigateSensorDescription, SensorValue
from .sensor_server import FRAMES_PER_SECOND
from .server import FrigateServer
from .uptime import UptimeToday

CAMERA_STATES: Final = ("online", "offline", "disabled")
QUALITIES: Final = ("excellent", "fair", "poor", "unusable")
REVIEW_STATES: Final = ("none", "detection", "alert")
DECIBEL_FULL_SCALE: Final = "dBFS"


def _stats(read: Callable[[CameraStats], Any]) -> Callable[[FrigateServer, str], Any]:
    def value(server: FrigateServer, camera: str) -> Any:
        stats = server.live.stats
        found = stats.cameras.get(camera) if stats is not None else None
        return read(found) if found is not None else None

    return value


def _quality(server: FrigateServer, camera: str) -> str | None:
    # Frigate calls the connection of a camera that is switched off unusable.
    if server.live.camera_status(camera) == "disabled":
        return None
    value = _stats(lambda stats: stats.connection_quality)(server, camera)
    return value if value in QUALITIES else None


def _review_status(server: FrigateServer, camera: str) -> str | None:
    value = server.live.get(f"{camera}/review_status")
    return value.lower() if isinstance(value, str) else None


def _live_number(topic: str) -> Callable[[FrigateServer, str], float | None]:
    def value(server: FrigateServer, camera: str) -> float | None:
        found = server.live.get(f"{camera}/{topic}")
        return float(found) if isinstance(found, int | float) else None

    return value


def _suspended_until(server: FrigateServer, camera: str) -> datetime | None:
    value = server.live.get(f"{camera}/notifications/suspended")
    if type(value) is not int or value <= 0:
        return None
    try:
        until = dt_util.utc_from_timestamp(value)
    except OverflowError, OSError, ValueError:
        return None
    # Frigate says nothing when the pause is over.
    return until if until > dt_util.utcnow() else None


def _figure(key: str, **options: Any) -> FrigateSensorDescription:
    """Describe a figure for those who look after the camera: it changes every 15 s, so it is off."""
    options.setdefault("entity_registry_enabled_default", False)
    return FrigateSensorDescription(
        key=key,
        translation_key=key,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        **options,
    )


def _fps(key: str, read: Callable[[CameraStats], Any]) -> FrigateSensorDescription:
    return _figure(
        key,
        native_unit_of_measurement=FRAMES_PER_SECOND,
        suggested_display_precision=1,
        value_fn=_stats(read),
    )


def _cpu(key: str, read: Callable[[CameraStats], Any]) -> FrigateSensorDescription:
    return _figure(key, native_unit_of_measurement=PERCENTAGE, value_fn=_stats(read))


CAMERA_SENSORS: Final = (
    FrigateSensorDescription(
        key="camera_status",
        translation_key="camera_status",
        device_class=SensorDeviceClass.ENUM,
        options=list(CAMERA_STATES),
        keys=("{}/status/detect", "{}/enabled/state", STATS),
        value_fn=lambda server, camera: server.live.camera_status(camera),
    ),
    FrigateSensorDescription(
        key="review_status",
        translation_key="review_status",
        device_class=SensorDeviceClass.ENUM,
        options=list(REVIEW_STATES),
        keys=("{}/review_status",),
        needs_camera=True,
        value_fn=_review_status,
    ),
    FrigateSensorDescription(
        key="storage",
        translation_key="storage",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.MEBIBYTES,
        suggested_unit_of_measurement=UnitOfInformation.GIBIBYTES,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        keys=(STORAGE,),
        value_fn=lambda server, camera: server.sync.storage.get(camera),
    ),
    _fps("camera_fps", lambda stats: stats.camera_fps),
    _fps("process_fps", lambda stats: stats.process_fps),
    _fps("skipped_fps", lambda stats: stats.skipped_fps),
    _fps("camera_detection_fps", lambda stats: stats.detection_fps),
    _cpu("ffmpeg_cpu", lambda stats: stats.ffmpeg_cpu),
    _cpu("capture_cpu", lambda stats: stats.capture_cpu),
    _cpu("detect_cpu", lambda stats: stats.detect_cpu),
)
# What Frigate tells from 0.18 on.
CONNECTION_SENSORS: Final = (
    FrigateSensorDescription(
        key="connection_quality",
        translation_key="connection_quality",
        device_class=SensorDeviceClass.ENUM,
        options=list(QUALITIES),
        entity_category=EntityCategory.DIAGNOSTIC,
        keys=(STATS, "{}/enabled/state"),
        value_fn=_quality,
    ),
    _fps("expected_fps", lambda stats: stats.expected_fps),
    _figure("reconnects", value_fn=_stats(lambda stats: stats.reconnects_last_hour)),
    _figure("stalls", value_fn=_stats(lambda stats: stats.stalls_last_hour)),
)
AUDIO_SENSORS: Final = (
    _figure(
        "sound_level",
        native_unit_of_measurement=DECIBEL_FULL_SCALE,
        suggested_display_precision=0,
        keys=("{}/audio/dBFS",),
        needs_camera=True,
        value_fn=_live_number("audio/dBFS"),
    ),
    _figure(
        "sound_rms",
        suggested_display_precision=0,
        keys=("{}/audio/rms",),
        needs_camera=True,
        value_fn=_live_number("audio/rms"),
    ),
)
SUSPENDED_UNTIL: Final = FrigateSensorDescription(
    key="suspended_until",
    translation_key="suspended_until",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
    keys=("{}/notifications/suspended", MINUTE),
    value_fn=_suspended_until,
)
TRANSCRIPTION: Final = FrigateSensorDescription(
    key="transcription",
    translation_key="transcription",
    keys=("{}/audio/transcription",),
    needs_camera=True,
    # What people say is theirs.
    entity_registry_enabled_default=False,
    value_fn=lambda server, camera: str(server.live.get(f"{camera}/audio/transcription") or ""),
)
UPTIME: Final = FrigateSensorDescription(
    key="uptime_today",
    translation_key="uptime_today",
    native_unit_of_measurement=PERCENTAGE,
    suggested_display_precision=1,
    state_class=SensorStateClass.MEASUREMENT,
    entity_category=EntityCategory.DIAGNOSTIC,
    keys=("{}/status/detect", "{}/enabled/state", MINUTE),
    # Time goes on while the server is lost.
    always_available=True,
    value_fn=lambda _server, _camera: None,
)


class TranscriptionSensor(FrigateSensor):
    """What was said last, for a short while."""

    _said: SensorValue = None
    _over = True
    _stop: Callable[[], None] | None = None

    @override
    def _read(self) -> str | None:
        said = super()._read()
        if said != self._said:
            self._said = said
            self._over = False
            self._forget_timer()
            if said and self.hass is not None:
                self._stop = async_call_later(self.hass, RECOGNITION_SECONDS, self._end)
        return None if self._over or not said else str(said)

    def _forget_timer(self) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None

    @callback
    def _end(self, _now: datetime) -> None:
        self._stop = None
        self._over = True
        self._on_change()

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Leave no timer behind."""
        self._forget_timer()


class _StoredUptime(ExtraStoredData):
    """The tracker, as Home Assistant keeps it over a restart."""

    def __init__(self, uptime: UptimeToday) -> None:
        self._uptime = uptime

    @override
    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return self._uptime.as_dict()


class UptimeSensor(FrigateSensor, RestoreEntity):
    """Share of today in which the camera gave pictures; a server that is lost gives none."""

    def __init__(self, server: FrigateServer, camera: CameraConfig) -> None:
        """Start with an empty day."""
        super().__init__(server, UPTIME, camera=camera)
        self._uptime = UptimeToday()

    def _is_up(self) -> bool | None:
        if not self.server.available:
            return False
        match self.server.live.camera_status(self._subject):
            case "online":
                return True
            case "offline":
                return False
        return None

    @override
    def _read(self) -> float | None:
        self._uptime.look(dt_util.now(), self._is_up())
        return self._uptime.percent

    @property
    @override
    def extra_restore_state_data(self) -> ExtraStoredData:
        """Keep the day over a restart."""
        return _StoredUptime(self._uptime)

    @override
    async def async_added_to_hass(self) -> None:
        """Go on with the day as it was."""
        if (stored := await self.async_get_last_extra_data()) is not None:
            self._uptime = UptimeToday.from_dict(stored.as_dict())
        await super().async_added_to_hass()


def build_camera_sensors(server: FrigateServer, camera: CameraConfig) -> Iterable[AnttEntity]:
    """Make the sensors of a camera that its configuration and the server's release allow."""
    descriptions: list[FrigateSensorDescription] = [*CAMERA_SENSORS]
    if frigate_version(server) >= V0_18:
        descriptions += CONNECTION_SENSORS
    if camera.audio_labels or "audio" in camera.in_config:
        descriptions += AUDIO_SENSORS
    if "notifications" in camera.in_config:
        descriptions.append(SUSPENDED_UNTIL)
    for description in descriptions:
        yield FrigateSensor(server, description, camera=camera)
    yield UptimeSensor(server, camera)
    if "audio_transcription" in camera.in_config:
        yield TranscriptionSensor(server, TRANSCRIPTION, camera=camera)
