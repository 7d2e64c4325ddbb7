"""Sensors of a server: its own health, its detectors, graphics processors and disks."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfInformation,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.util import dt as dt_util

from .commands import frigate_version
from .entity import AnttEntity
from .frigate.errors import FrigateLoginError, FrigateTlsError, FrigateTooOldError
from .frigate.stats import DetectorStats, DiskStats, GpuStats, Stats
from .sensor_base import MINUTE, STORAGE, FrigateSensor, FrigateSensorDescription
from .server import FrigateServer

RECORDINGS_DISK: Final = "/media/frigate/recordings"
FRAMES_PER_SECOND: Final = "fps"

STATUS_RUNNING: Final = "running"
STATUS_SAFE_MODE: Final = "safe_mode"
STATUS_UNREACHABLE: Final = "unreachable"
STATUS_LOGIN: Final = "login_refused"
STATUS_CERTIFICATE: Final = "certificate_refused"
STATUS_TOO_OLD: Final = "too_old"


def server_status(server: FrigateServer) -> str:
    """Return how the server is, and if it is lost, why."""
    if server.available:
        return STATUS_SAFE_MODE if server.safe_mode else STATUS_RUNNING
    match server.error:
        case FrigateLoginError():
            return STATUS_LOGIN
        case FrigateTlsError():
            return STATUS_CERTIFICATE
        case FrigateTooOldError():
            return STATUS_TOO_OLD
    return STATUS_UNREACHABLE


def _stats(read: Callable[[Stats], Any]) -> Callable[[FrigateServer, str], Any]:
    def value(server: FrigateServer, _subject: str) -> Any:
        return read(server.live.stats) if server.live.stats is not None else None

    return value


def _detector(read: Callable[[DetectorStats], Any]) -> Callable[[FrigateServer, str], Any]:
    def value(server: FrigateServer, name: str) -> Any:
        stats = server.live.stats
        found = stats.detectors.get(name) if stats is not None else None
        return read(found) if found is not None else None

    return value


def _gpu(read: Callable[[GpuStats], Any]) -> Callable[[FrigateServer, str], Any]:
    def value(server: FrigateServer, name: str) -> Any:
        stats = server.live.stats
        found = stats.gpus.get(name) if stats is not None else None
        return read(found) if found is not None else None

    return value


def _disk(read: Callable[[DiskStats], Any]) -> Callable[[FrigateServer, str], Any]:
    def value(server: FrigateServer, path: str) -> Any:
        stats = server.live.stats
        found = stats.storage.get(path) if stats is not None else None
        return read(found) if found is not None else None

    return value


def _started(stats: Stats) -> datetime | None:
    if stats.uptime is None or stats.last_updated is None:
        return None
    return dt_util.utc_from_timestamp(stats.last_updated - stats.uptime)


def _used_percent(disk: DiskStats) -> float | None:
    if disk.used is None or not disk.total:
        return None
    return round(100 * disk.used / disk.total, 1)


def _oldest(server: FrigateServer, _subject: str) -> date | None:
    days = [day for day in map(dt_util.parse_date, server.sync.recorded_days) if day is not None]
    return min(days, default=None)


def _days(server: FrigateServer, _subject: str) -> int | None:
    return len(server.sync.recorded_days) or None


def _figure(key: str, **options: Any) -> FrigateSensorDescription:
    """Describe a figure for those who look after the server: it changes every 15 s, so it is off."""
    options.setdefault("entity_registry_enabled_default", False)
    return FrigateSensorDescription(
        key=key,
        translation_key=key,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        **options,
    )


SERVER_SENSORS: Final = (
    FrigateSensorDescription(
        key="server_status",
        translation_key="server_status",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[
            STATUS_RUNNING,
            STATUS_SAFE_MODE,
            STATUS_UNREACHABLE,
            STATUS_LOGIN,
            STATUS_CERTIFICATE,
            STATUS_TOO_OLD,
        ],
        # The reason of a loss may change while it lasts.
        keys=(MINUTE,),
        always_available=True,
        value_fn=lambda server, _subject: server_status(server),
    ),
    FrigateSensorDescription(
        key="version",
        translation_key="version",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda server, _subject: str(frigate_version(server)),
    ),
    FrigateSensorDescription(
        key="started",
        translation_key="started",
        device_class=SensorDeviceClass.UPTIME,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_stats(_started),
    ),
    FrigateSensorDescription(
        key="oldest_recording",
        translation_key="oldest_recording",
        device_class=SensorDeviceClass.DATE,
        entity_category=EntityCategory.DIAGNOSTIC,
        keys=(STORAGE,),
        value_fn=_oldest,
    ),
    FrigateSensorDescription(
        key="days_recorded",
        translation_key="days_recorded",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.DAYS,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        keys=(STORAGE,),
        value_fn=_days,
    ),
    _figure(
        "cpu",
        native_unit_of_measurement=PERCENTAGE,
        value_fn=_stats(lambda stats: stats.cpu),
    ),
    _figure(
        "memory",
        native_unit_of_measurement=PERCENTAGE,
        value_fn=_stats(lambda stats: stats.memory),
    ),
    _figure(
        "detection_fps",
        native_unit_of_measurement=FRAMES_PER_SECOND,
        suggested_display_precision=1,
        value_fn=_stats(lambda stats: stats.detection_fps),
    ),
)
DETECTOR_SENSORS: Final = (
    _figure(
        "detector_speed",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_display_precision=0,
        value_fn=_detector(lambda detector: detector.inference_ms),
    ),
    _figure(
        "detector_temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        value_fn=_detector(lambda detector: detector.temperature),
    ),
)
GPU_SENSORS: Final = (
    _figure(
        "gpu_load",
        native_unit_of_measurement=PERCENTAGE,
        value_fn=_gpu(lambda gpu: gpu.load),
    ),
    _figure(
        "gpu_memory",
        native_unit_of_measurement=PERCENTAGE,
        value_fn=_gpu(lambda gpu: gpu.memory),
    ),
    _figure(
        "gpu_temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        value_fn=_gpu(lambda gpu: gpu.temperature),
    ),
)
DISK_USED_PERCENT: Final = "disk_used_percent"
_SIZE: Final[dict[str, Any]] = {
    "device_class": SensorDeviceClass.DATA_SIZE,
    "native_unit_of_measurement": UnitOfInformation.MEBIBYTES,
    "suggested_unit_of_measurement": UnitOfInformation.GIBIBYTES,
    "suggested_display_precision": 1,
}
DISK_SENSORS: Final = (
    _figure(
        DISK_USED_PERCENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=_disk(_used_percent),
    ),
    _figure("disk_used", value_fn=_disk(lambda disk: disk.used), **_SIZE),
    _figure("disk_free", value_fn=_disk(lambda disk: disk.free), **_SIZE),
)


def build_server_sensors(server: FrigateServer) -> Iterable[AnttEntity]:
    """Make the sensors of a server; detectors, graphics processors and disks as its statistics name them."""
    for description in SERVER_SENSORS:
        yield FrigateSensor(server, description)
    stats = server.live.stats
    if stats is None:
        return
    for name, detector in stats.detectors.items():
        for description in DETECTOR_SENSORS:
            if description.key == "detector_speed" or detector.temperature is not None:
                yield FrigateSensor(server, description, part=name, placeholders={"detector": name})
    for name in stats.gpus:
        for description in GPU_SENSORS:
            yield FrigateSensor(server, description, part=name, placeholders={"gpu": name})
    for path in stats.storage:
        for description in DISK_SENSORS:
            sensor = FrigateSensor(server, description, part=path, placeholders={"disk": path})
            if path == RECORDINGS_DISK and description.key == DISK_USED_PERCENT:
                # A full disk is why recordings vanish too early.
                sensor._attr_entity_registry_enabled_default = True  # noqa: SLF001
            yield sensor
