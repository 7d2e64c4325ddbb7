"""What we read of `/api/config`, for Frigate 0.16 to 0.18.

Frigate leaves out what is null. Switchable things carry their live value (`enabled`) and that of the configuration
file (`enabled_in_config`); what the file switches off can't be switched on later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, Literal, Self

from .config_camera import CameraConfig, ZoneConfig
from .parse import Fields, ParseProblems
from .version import FrigateVersion

__all__ = [
    "BirdseyeConfig",
    "CameraConfig",
    "ClassificationModel",
    "FrigateConfig",
    "MqttConfig",
    "ZoneConfig",
]

# Cameras of the debug replay come and go while somebody looks at it (0.18).
REPLAY = "_replay_"
CAMERA_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
CONFIG_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})")
PSEUDO_CAMERA = "birdseye"


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttConfig:
    """Frigate's own MQTT settings."""

    enabled: bool
    host: str | None
    port: int | None
    topic_prefix: str
    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BirdseyeConfig:
    """The overview of all cameras."""

    enabled: bool
    mode: str | None
    restream: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationModel:
    """A custom classification model: of the state of cameras, or of objects (0.17+)."""

    name: str
    kind: Literal["state", "object"]
    cameras: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    result: Literal["sub_label", "attribute"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrigateConfig:
    """A server's configuration."""

    version: FrigateVersion | None
    safe_mode: bool
    cameras: dict[str, CameraConfig]
    mqtt: MqttConfig
    go2rtc_streams: tuple[str, ...]
    birdseye: BirdseyeConfig
    # Cameras of each group, in the order in which Frigate shows the groups.
    camera_groups: dict[str, tuple[str, ...]]
    # Friendly names of the profiles by name (0.18+).
    profiles: dict[str, str]
    notifications_enabled: bool
    notifications_enabled_in_config: bool
    lpr_enabled: bool
    face_recognition_enabled: bool
    semantic_search_enabled: bool
    known_plate_names: tuple[str, ...]
    classification: tuple[ClassificationModel, ...]
    detectors: tuple[str, ...]
    unit_system: str
    timezone: str | None

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any], problems: ParseProblems) -> Self:
        """Read a configuration; parts that can't be understood are counted and left out."""
        fields = Fields(wire, "config", problems)
        streams = tuple(fields.object("go2rtc").object("streams").wire)
        birdseye, notifications = fields.object("birdseye"), fields.object("notifications")
        lpr, faces = fields.object("lpr"), fields.object("face_recognition")
        ui = fields.object("ui")
        return cls(
            version=_version(fields.text("version")),
            safe_mode=fields.flag("safe_mode"),
            cameras=_cameras(fields, streams),
            mqtt=_mqtt(fields.object("mqtt")),
            go2rtc_streams=streams,
            birdseye=BirdseyeConfig(
                enabled=birdseye.flag("enabled"),
                mode=birdseye.text("mode"),
                restream=birdseye.flag("enabled") and birdseye.flag("restream"),
            ),
            camera_groups=_groups(fields),
            profiles={
                name: profile.text("friendly_name") or name
                for name, profile in fields.objects("profiles").items()
            },
            notifications_enabled=notifications.flag("enabled"),
            notifications_enabled_in_config=notifications.flag(
                "enabled_in_config", notifications.flag("enabled")
            ),
            lpr_enabled=lpr.flag("enabled"),
            face_recognition_enabled=faces.flag("enabled"),
            semantic_search_enabled=fields.object("semantic_search").flag("enabled"),
            known_plate_names=tuple(lpr.object("known_plates").wire),
            classification=tuple(_models(fields)),
            detectors=tuple(fields.objects("detectors")),
            unit_system=ui.text("unit_system") or "metric",
            timezone=ui.text("timezone"),
        )


def _version(text: str | None) -> FrigateVersion | None:
    """Read the version of the configuration's format, `0.18-0`: the release that wrote it."""
    found = CONFIG_VERSION.match(text) if text else None
    return FrigateVersion(int(found[1]), int(found[2]), 0) if found else None


def _mqtt(mqtt: Fields) -> MqttConfig:
    return MqttConfig(
        enabled=mqtt.flag("enabled"),
        host=mqtt.text("host"),
        port=mqtt.integer("port"),
        topic_prefix=mqtt.text("topic_prefix") or "frigate",
        client_id=mqtt.text("client_id") or "frigate",
    )


def _cameras(fields: Fields, streams: tuple[str, ...]) -> dict[str, CameraConfig]:
    lpr = fields.object("lpr").flag("enabled")
    faces = fields.object("face_recognition").flag("enabled")
    cameras: dict[str, CameraConfig] = {}
    for key, camera in fields.objects("cameras").items():
        if key.startswith(REPLAY):
            continue
        if not CAMERA_KEY.fullmatch(key):
            fields.wrong("cameras (name)")
            continue
        cameras[key] = CameraConfig.read(key, camera, streams, lpr=lpr, faces=faces)
    return cameras


def _groups(fields: Fields) -> dict[str, tuple[str, ...]]:
    groups = fields.objects("camera_groups")
    return {
        name: tuple(key for key in group.texts("cameras") if key != PSEUDO_CAMERA)
        for name, group in sorted(groups.items(), key=lambda item: item[1].number("order") or 0)
    }


def _models(fields: Fields) -> list[ClassificationModel]:
    models = []
    for name, model in fields.object("classification").objects("custom").items():
        if not model.flag("enabled", True):
            continue
        if model.wire.get("state_config") is not None:
            models.append(
                ClassificationModel(
                    name=name,
                    kind="state",
                    cameras=tuple(model.object("state_config").object("cameras").wire),
                )
            )
        elif model.wire.get("object_config") is not None:
            settings = model.object("object_config")
            kind = settings.text("classification_type")
            models.append(
                ClassificationModel(
                    name=name,
                    kind="object",
                    objects=settings.texts("objects"),
                    result="attribute" if kind == "attribute" else "sub_label",
                )
            )
    return models
