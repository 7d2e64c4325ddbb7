"""`/api/config` of a simulated server, built from a scene's cameras in the shape of one release."""

from collections.abc import Iterable, Mapping
from functools import cache
import json
from pathlib import Path
from typing import Any

from simulator.older import downgrade_camera, downgrade_server
from simulator.personality import Personality
from simulator.rows import Json
from simulator.scene import CameraSpec, MaskSpec, ModelSpec, Scene, ZoneSpec

DEFAULTS = Path(__file__).parent / "defaults"
NOT_TRACKED_ATTRIBUTES = ("face", "license_plate")
FILTER = {
    "min_area": 0,
    "max_area": 24000000,
    "min_ratio": 0.0,
    "max_ratio": 24000000.0,
    "threshold": 0.7,
    "min_score": 0.5,
    "mask": {},
}
COLOURS = (
    (31, 119, 180),
    (255, 127, 14),
    (44, 160, 44),
    (214, 39, 40),
    (148, 103, 189),
    (140, 86, 75),
)
PROFILE_FIELDS = (
    ("audio", "birdseye", "detect", "face_recognition", "lpr", "motion"),
    ("notifications", "objects", "record", "review", "snapshots", "zones"),
)


@cache
def _text(name: str) -> str:
    return (DEFAULTS / name).read_text(encoding="utf-8")


def template(name: str) -> Json:
    """A fresh copy of the defaults called `server.json` or `camera.json`."""
    data: Json = json.loads(_text(name))
    return data


def points(pairs: Iterable[tuple[float, float]]) -> str:
    """Coordinates as Frigate writes them: `x1,y1,x2,y2,…`."""
    return ",".join(f"{value:g}" for pair in pairs for value in pair)


def server_config(scene: Scene, personality: Personality) -> Json:
    """The whole configuration as it stands in the file, before anything is switched at runtime."""
    config = template("server.json")
    config["version"] = personality.config_version
    config["cameras"] = {
        spec.key: camera_config(spec, scene, personality) for spec in scene.cameras
    }
    config["go2rtc"]["streams"] = {
        spec.key: [f"rtsp://*:*@camera-{spec.key}.example:554/main"] for spec in scene.cameras
    }
    config["camera_groups"] = _groups(scene)
    config["profiles"] = {name: {"friendly_name": text} for name, text in scene.profiles.items()}
    config["classification"]["custom"] = {
        model.name: _model(model) for model in scene.classification
    }
    config["lpr"]["enabled"] = any(spec.lpr for spec in scene.cameras)
    config["face_recognition"]["enabled"] = any(spec.faces for spec in scene.cameras)
    notified = any(spec.notifications for spec in scene.cameras)
    config["notifications"].update(enabled=notified, enabled_in_config=notified)
    labels = sorted({label for spec in scene.cameras for label in spec.labels})
    config["model"]["colormap"] = {label: colour(index) for index, label in enumerate(labels)}
    if any(spec.genai for spec in scene.cameras):
        config["genai"] = {
            "ollama": {"provider": "ollama", "model": "qwen3-vl:4b", "roles": ["descriptions"]}
        }
    return downgrade_server(config, personality)


def colour(index: int) -> list[int]:
    """The colour Frigate gives its `index`-th zone or label."""
    return list(COLOURS[index % len(COLOURS)])


def _groups(scene: Scene) -> Json:
    members: dict[str, list[str]] = {key: [] for key in scene.groups}
    for spec in scene.cameras:
        if spec.group is not None:
            members.setdefault(spec.group, []).append(spec.key)
    return {
        key: {"cameras": cameras, "icon": "LuHouse", "order": index}
        for index, (key, cameras) in enumerate(members.items(), 1)
    }


def _model(model: ModelSpec) -> Json:
    config: Json = {"enabled": True, "name": model.name, "threshold": 0.8}
    if model.kind == "state":
        crops = {camera: {"crop": [0.1, 0.1, 0.4, 0.4]} for camera in model.cameras}
        config["state_config"] = {"cameras": crops, "motion": True, "interval": 30}
    else:
        config["object_config"] = {"objects": ["person"], "classification_type": "sub_label"}
    return config


def camera_config(spec: CameraSpec, scene: Scene, personality: Personality) -> Json:
    """The part of one camera, in the shape of the release."""
    config = template("camera.json")
    _identity(config, spec)
    _detection(config, spec)
    _features(config, spec)
    _zones_and_masks(config, spec)
    config["profiles"] = {
        name: profile_overrides(index) for index, name in enumerate(scene.profiles)
    }
    return downgrade_camera(config, personality)


def profile_overrides(index: int) -> Json:
    """What a profile changes on a camera: the first silences alerts, the others arm everything."""
    armed = index > 0
    return {"notifications": {"enabled": armed}, "review": {"alerts": {"enabled": armed}}}


def _identity(config: Json, spec: CameraSpec) -> None:
    config.update(
        name=spec.key,
        friendly_name=spec.name,
        enabled=spec.enabled,
        enabled_in_config=spec.enabled,
    )
    if not spec.name:
        del config["friendly_name"]
    roles = ["record", "detect", *(["audio"] if spec.audio_labels else [])]
    source = f"rtsp://*:*@camera-{spec.key}.example:554/main"
    config["ffmpeg"]["inputs"] = [
        {"path": source, "roles": roles, "global_args": [], "hwaccel_args": [], "input_args": []}
    ]
    command = (
        f"/usr/lib/ffmpeg/7.0/bin/ffmpeg -hide_banner -loglevel warning -threads 1 -i {source} -f segment "
        f"-segment_time 10 -segment_format mp4 -reset_timestamps 1 -strftime 1 -c copy -an "
        f"/tmp/cache/{spec.key}@%Y%m%d%H%M%S%z.mp4 -r {spec.fps} -vf fps={spec.fps},"
        f"scale={spec.width}:{spec.height} -threads 1 -f rawvideo -pix_fmt yuv420p pipe:"
    )
    config["ffmpeg_cmds"] = [{"roles": roles, "cmd": command}]
    config["live"]["streams"] = {spec.key: spec.key}


def _detection(config: Json, spec: CameraSpec) -> None:
    config["detect"].update(
        enabled=spec.detect_enabled,
        width=spec.width,
        height=spec.height,
        fps=spec.fps,
        min_initialized=max(2, spec.fps // 2),
        max_disappeared=spec.fps * 5,
    )
    config["detect"]["stationary"].update(interval=spec.fps * 10, threshold=spec.fps * 10)
    config["objects"]["track"] = list(spec.labels)
    config["objects"]["filters"] = {label: dict(FILTER) for label in spec.labels}
    config["objects"]["genai"].update(enabled=spec.genai, enabled_in_config=spec.genai)
    alerts, detections = config["review"]["alerts"], config["review"]["detections"]
    alerts.update(labels=list(spec.alert_labels), required_zones=list(spec.required_zones_alert))
    detections["labels"] = sorted({*spec.labels, *spec.audio_labels})
    config["review"]["genai"].update(enabled=spec.genai, enabled_in_config=spec.genai)


def _features(config: Json, spec: CameraSpec) -> None:
    audio = bool(spec.audio_labels)
    config["audio"].update(
        enabled=audio,
        enabled_in_config=audio,
        listen=list(spec.audio_labels),
        filters={label: {"threshold": 0.8} for label in spec.audio_labels},
    )
    recorded = spec.record_days > 0
    config["record"].update(enabled=recorded, enabled_in_config=recorded)
    config["record"]["continuous"]["days"] = float(spec.record_days)
    config["record"]["motion"]["days"] = float(spec.record_days)
    config["birdseye"]["enabled"] = spec.birdseye
    config["notifications"].update(enabled=spec.notifications, enabled_in_config=spec.notifications)
    config["lpr"]["enabled"] = spec.lpr
    config["face_recognition"]["enabled"] = spec.faces
    onvif = config["onvif"]
    if spec.ptz:
        onvif.update(
            host=f"camera-{spec.key}.example", user="onvif", password="__FRIGATE_SAVED_CREDENTIAL__"
        )
    onvif["autotracking"].update(enabled=spec.autotracking, enabled_in_config=spec.autotracking)


def _zones_and_masks(config: Json, spec: CameraSpec) -> None:
    config["zones"] = {zone.key: _zone(zone, index) for index, zone in enumerate(spec.zones)}
    config["motion"]["mask"] = {mask.key: _mask(mask) for mask in spec.motion_masks}
    config["objects"]["mask"] = {mask.key: _mask(mask) for mask in spec.object_masks}


def _zone(zone: ZoneSpec, index: int) -> Json:
    config: Json = {
        "friendly_name": zone.name,
        "enabled": zone.enabled,
        "enabled_in_config": zone.enabled,
        "filters": {},
        "coordinates": points(zone.points),
        "distances": list(zone.distances),
        "inertia": zone.inertia,
        "loitering_time": zone.loitering_time,
        "objects": list(zone.labels),
        "color": colour(index),
    }
    if not zone.name:
        del config["friendly_name"]
    return config


def _mask(mask: MaskSpec) -> Json:
    return {
        "friendly_name": mask.name or mask.key,
        "enabled": True,
        "coordinates": points(mask.points),
        "raw_coordinates": None,
        "enabled_in_config": True,
    }


def with_profile(config: Json) -> Json:
    """A camera's configuration while a profile is active: the fields a profile may change, kept beside as they were."""
    base = {name: config[name] for names in PROFILE_FIELDS for name in names if name in config}
    kept: Json = json.loads(json.dumps(base))
    return kept


def role_view(config: Mapping[str, Any], role: str) -> Json:
    """The configuration a role gets: only administrators see the environment."""
    return {
        key: value for key, value in config.items() if role == "admin" or key != "environment_vars"
    }


def tracked_labels(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Labels of a camera that are counted."""
    return tuple(
        label for label in config["objects"]["track"] if label not in NOT_TRACKED_ATTRIBUTES
    )


def spec_of(key: str, config: Mapping[str, Any]) -> CameraSpec:
    """The camera a configuration describes; for cameras and zones that are added or changed while it runs."""
    zones = tuple(
        ZoneSpec(
            key=zone_key,
            name=zone.get("friendly_name", ""),
            points=_pairs(zone["coordinates"]),
            labels=tuple(zone.get("objects", ())),
            loitering_time=zone.get("loitering_time", 0),
            inertia=zone.get("inertia", 3),
            enabled=zone.get("enabled", True),
            distances=tuple(map(float, zone.get("distances", ()))),
        )
        for zone_key, zone in config.get("zones", {}).items()
    )
    detect, alerts = config["detect"], config["review"]["alerts"]
    return CameraSpec(
        key=key,
        name=config.get("friendly_name", ""),
        width=detect["width"],
        height=detect["height"],
        fps=detect["fps"],
        labels=tuple(config["objects"]["track"]),
        zones=zones,
        audio_labels=tuple(config["audio"]["listen"]),
        ptz=bool(config["onvif"]["host"]),
        lpr=config["lpr"]["enabled"],
        faces=config["face_recognition"]["enabled"],
        required_zones_alert=tuple(alerts["required_zones"]),
        alert_labels=tuple(alerts["labels"]),
        enabled=config["enabled"],
        birdseye=config["birdseye"]["enabled"],
        notifications=config["notifications"]["enabled"],
        detect_enabled=detect["enabled"],
        group=None,
    )


def _pairs(coordinates: Any) -> tuple[tuple[float, float], ...]:
    text = ",".join(coordinates) if isinstance(coordinates, list) else str(coordinates)
    numbers = [float(part) for part in text.split(",")]
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))
