"""The part of `/api/config` that is about one camera."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from .parse import Fields

type State = bool | int | str

# Frigate counts these as marks of other objects, never by themselves.
ATTRIBUTES = frozenset({"face", "license_plate"})

# Switch -> where its live value and that of the configuration file are; None: it can always be switched.
_SWITCHES: Mapping[str, tuple[str, str | None]] = {
    "audio": ("audio", "enabled_in_config"),
    "audio_transcription": ("audio_transcription", "enabled_in_config"),
    "birdseye": ("birdseye", None),
    "detect": ("detect", None),
    "motion": ("motion", None),
    "notifications": ("notifications", "enabled_in_config"),
    "object_descriptions": ("objects.genai", "enabled_in_config"),
    "ptz_autotracker": ("onvif.autotracking", "enabled_in_config"),
    "recordings": ("record", "enabled_in_config"),
    "review_alerts": ("review.alerts", "enabled_in_config"),
    "review_descriptions": ("review.genai", "enabled_in_config"),
    "review_detections": ("review.detections", "enabled_in_config"),
    "snapshots": ("snapshots", None),
}


def readable(key: str) -> str:
    """Return a name for what Frigate only has a key for."""
    words = key.replace("_", " ").replace("-", " ").split()
    return " ".join(words).capitalize() or key


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneConfig:
    """A zone of a camera. `loitering_time` in seconds, `coordinates` as Frigate has them (`x,y,x,y,…`, 0 to 1)."""

    key: str
    name: str
    enabled: bool
    enabled_in_config: bool
    # Labels that are counted in the zone.
    labels: tuple[str, ...]
    loitering_time: float
    coordinates: str | None

    @classmethod
    def read(cls, key: str, zone: Fields, labels: tuple[str, ...]) -> Self:
        """Read a zone; `labels` are those of its camera."""
        own = tuple(label for label in zone.texts("objects") if label not in ATTRIBUTES)
        enabled = zone.flag("enabled", True)
        coordinates = zone.wire.get("coordinates")
        return cls(
            key=key,
            name=zone.text("friendly_name") or readable(key),
            enabled=enabled,
            enabled_in_config=zone.flag("enabled_in_config", True),
            labels=own or labels,
            loitering_time=zone.number("loitering_time") or 0.0,
            coordinates=coordinates if isinstance(coordinates, str) else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraConfig:
    """A camera."""

    key: str
    name: str
    has_friendly_name: bool
    enabled: bool
    enabled_in_config: bool
    type: str
    # Of the picture in which objects are looked for, pixels and frames per second.
    width: int | None
    height: int | None
    fps: float | None
    labels: tuple[str, ...]
    zones: dict[str, ZoneConfig]
    # Friendly names of the masks that can be switched, by id (0.18+).
    motion_masks: dict[str, str]
    object_masks: dict[str, str]
    # Live values by the name of the command: `detect`, `motion_threshold`, `zone/porch`, …
    states: dict[str, State]
    # Which of the switches Frigate lets be switched on.
    in_config: frozenset[str]
    audio_labels: tuple[str, ...]
    has_ptz: bool
    # Streams of Frigate's go2rtc that Frigate's own live view offers, and the one to show.
    live_streams: tuple[str, ...]
    stream: str | None
    lpr_enabled: bool
    face_enabled: bool
    # Friendly names of the semantic triggers by name (0.17+).
    semantic_triggers: dict[str, str]
    # What the camera's own streams are used for: detect, record, audio.
    roles: frozenset[str]
    record_enabled: bool
    # How long recordings without activity are kept.
    record_days: float | None
    webui_url: str | None

    @classmethod
    def read(
        cls, key: str, camera: Fields, streams: tuple[str, ...], *, lpr: bool, faces: bool
    ) -> Self:
        """Read a camera. `streams` are those of go2rtc; `lpr` and `faces`: whether the server recognises at all."""
        friendly = camera.text("friendly_name")
        enabled = camera.flag("enabled", True)
        labels = _labels(camera)
        zones = {
            name: ZoneConfig.read(name, zone, labels)
            for name, zone in camera.objects("zones").items()
        }
        motion_masks = _masks(camera.object("motion"))
        object_masks = _masks(camera.object("objects"))
        live_streams = _live_streams(key, camera)
        detect, record = camera.object("detect"), camera.object("record")
        in_config = _in_config(camera)
        return cls(
            key=key,
            name=friendly or readable(key),
            has_friendly_name=bool(friendly),
            enabled=enabled,
            enabled_in_config=camera.flag("enabled_in_config", enabled),
            type=camera.text("type") or "generic",
            width=detect.integer("width"),
            height=detect.integer("height"),
            fps=detect.number("fps"),
            labels=labels,
            zones=zones,
            motion_masks=motion_masks,
            object_masks=object_masks,
            states=_states(camera, zones),
            in_config=in_config,
            audio_labels=camera.object("audio").texts("listen") if "audio" in in_config else (),
            has_ptz=bool(camera.object("onvif").text("host")),
            live_streams=live_streams,
            stream=next((name for name in (*live_streams, key) if name in streams), None),
            lpr_enabled=lpr and camera.object("lpr").flag("enabled"),
            face_enabled=faces and camera.object("face_recognition").flag("enabled"),
            semantic_triggers={
                name: trigger.text("friendly_name") or readable(name)
                for name, trigger in camera.object("semantic_search").objects("triggers").items()
                if trigger.flag("enabled", True)
            },
            roles=_roles(camera),
            record_enabled=record.flag("enabled"),
            record_days=_record_days(record),
            webui_url=camera.text("webui_url"),
        )


def _labels(camera: Fields) -> tuple[str, ...]:
    track = camera.object("objects").texts("track")
    return tuple(label for label in dict.fromkeys(track) if label not in ATTRIBUTES)


def _masks(section: Fields) -> dict[str, str]:
    """Return the masks that can be switched; before 0.18 masks are plain coordinates without a name."""
    if not isinstance(section.wire.get("mask"), dict):
        return {}
    return {
        name: mask.text("friendly_name") or readable(name)
        for name, mask in section.objects("mask").items()
        if mask.flag("enabled_in_config", True)
    }


def _section(camera: Fields, path: str) -> Fields | None:
    """Return a section that the release has, None for one it does not know."""
    section = camera
    for name in path.split("."):
        if not isinstance(section.wire.get(name), dict):
            return None
        section = section.object(name)
    return section


def _in_config(camera: Fields) -> frozenset[str]:
    found = {"improve_contrast", "enabled"}
    for name, (path, key) in _SWITCHES.items():
        section = _section(camera, path)
        if section is not None and (key is None or section.flag(key, section.flag("enabled"))):
            found.add(name)
    return frozenset(found)


def _states(camera: Fields, zones: Mapping[str, ZoneConfig]) -> dict[str, State]:
    states: dict[str, State] = {}
    for name, (path, _) in _SWITCHES.items():
        section = _section(camera, path)
        if section is not None and section.wire.get("enabled") is not None:
            states[name] = section.flag("enabled")
    motion, birdseye = camera.object("motion"), camera.object("birdseye")
    # Frigate has no switch for motion detection in the file of older releases; there it is always on.
    states.setdefault("motion", True)
    states["improve_contrast"] = motion.flag("improve_contrast", True)
    for name in ("threshold", "contour_area"):
        if (number := motion.integer(name)) is not None:
            states[f"motion_{name}"] = number
    if mode := birdseye.text("mode"):
        states["birdseye_mode"] = mode.upper() if birdseye.flag("enabled") else "OFF"
    for kind, section in (("motion_mask", motion), ("object_mask", camera.object("objects"))):
        if isinstance(section.wire.get("mask"), dict):
            for name, mask in section.objects("mask").items():
                states[f"{kind}/{name}"] = mask.flag("enabled", True)
    for name, zone in zones.items():
        states[f"zone/{name}"] = zone.enabled
    return states


def _live_streams(key: str, camera: Fields) -> tuple[str, ...]:
    """Return the streams of the live view, the one named like the camera first."""
    streams = camera.object("live").object("streams").wire
    found = [name for name in streams.values() if isinstance(name, str)]
    if isinstance(own := streams.get(key), str):
        found.insert(0, own)
    return tuple(dict.fromkeys(found))


def _roles(camera: Fields) -> frozenset[str]:
    inputs = camera.object("ffmpeg").wire.get("inputs")
    return frozenset(
        role
        for item in (inputs if isinstance(inputs, list) else ())
        if isinstance(item, dict)
        for role in Fields(item, "config.cameras.*.inputs", camera.problems).texts("roles")
    )


def _record_days(record: Fields) -> float | None:
    """Return the days of the longest plain retention: `continuous` and `motion`, `retain` in 0.16."""
    days = [
        record.object(name).number("days")
        for name in ("continuous", "motion", "retain")
        if isinstance(record.wire.get(name), dict)
    ]
    known = [day for day in days if day is not None]
    return max(known) if known else None
