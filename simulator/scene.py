"""A scene: cameras with their zones, and what happens before them. Data only, the same at every run.

Coordinates are relative to the picture (0 to 1), times seconds since the scene began; it repeats after `duration`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import yaml

from simulator.fields import Fields, SceneError
from simulator.figures import (
    FaultKind,
    FaultSpec,
    Figure,
    FigurePath,
    SoundSpec,
    read_fault,
    read_figure,
    read_sound,
)
from simulator.geometry import Point

__all__ = ["CameraSpec", "Figure", "MaskSpec", "ModelSpec", "Scene", "SceneError", "ZoneSpec"]

SCENES = Path(__file__).parent / "scenes"
# Copies of a camera see the same things, this much later than the one before.
COPY_DELAY = 37.0


@dataclass(frozen=True, kw_only=True)
class ZoneSpec:
    """A zone. Empty `labels`: all of its camera. `loitering_time` in seconds, `inertia` in frames.

    `distances`: lengths in metres of the zone's four sides; a zone that has them measures speed.
    """

    key: str
    name: str
    points: tuple[Point, ...]
    labels: tuple[str, ...] = ()
    loitering_time: int = 0
    inertia: int = 3
    enabled: bool = True
    distances: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MaskSpec:
    """A motion or object mask."""

    key: str
    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class CameraSpec:
    """A camera as its part of the configuration file sets it up; `group` is a key of the scene's groups."""

    key: str
    name: str
    width: int = 1280
    height: int = 720
    fps: int = 5
    labels: tuple[str, ...] = ("person",)
    zones: tuple[ZoneSpec, ...] = ()
    motion_masks: tuple[MaskSpec, ...] = ()
    object_masks: tuple[MaskSpec, ...] = ()
    audio_labels: tuple[str, ...] = ()
    ptz: bool = False
    presets: tuple[str, ...] = ()
    lpr: bool = False
    faces: bool = False
    required_zones_alert: tuple[str, ...] = ()
    alert_labels: tuple[str, ...] = ("person", "car")
    record_days: float = 7.0
    enabled: bool = True
    birdseye: bool = True
    notifications: bool = False
    detect_enabled: bool = True
    group: str | None = None
    autotracking: bool = False
    genai: bool = False


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A custom classification model: of a part of the picture ("state") or of tracked objects ("object")."""

    name: str
    kind: Literal["state", "object"]
    cameras: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything a simulated server is set up with and sees; `groups` and `profiles` map keys to names."""

    name: str
    duration: float
    cameras: tuple[CameraSpec, ...]
    groups: Mapping[str, str]
    profiles: Mapping[str, str]
    classification: tuple[ModelSpec, ...] = ()
    figures: tuple[FigurePath, ...] = ()
    sounds: tuple[SoundSpec, ...] = ()
    faults: tuple[FaultSpec, ...] = ()

    @classmethod
    def load(cls, name_or_path: str | Path) -> Self:
        """Read a scene that ships ("commune", "empty") or a YAML file; raises SceneError."""
        path = Path(name_or_path)
        if isinstance(name_or_path, str) and path.suffix not in {".yaml", ".yml"}:
            path = SCENES / f"{name_or_path}.yaml"
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise SceneError(f"{path}: {error.strerror or error}") from error
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            raise SceneError(f"{path}: not YAML: {error}") from error
        return cls.from_dict(data, where=str(path))

    @classmethod
    def from_dict(cls, data: Any, *, where: str = "scene") -> Self:
        """Read a scene from what its YAML holds; raises SceneError, which begins with `where`."""
        fields = Fields(data, where)
        scene = cls(
            name=fields.text("name"),
            duration=float(fields.number("duration", 600.0, least=1)),
            groups=fields.names("groups"),
            profiles=fields.names("profiles"),
            cameras=fields.each("cameras", _camera),
            classification=fields.each("classification", _model),
            figures=fields.each("figures", read_figure),
            sounds=fields.each("sounds", read_sound),
            faults=fields.each("faults", read_fault),
        )
        fields.finish()
        _check(scene, fields)
        return scene

    @cached_property
    def _paths(self) -> dict[str, list[FigurePath]]:
        return _by_camera(self.figures)

    @cached_property
    def _sounds(self) -> dict[str, list[SoundSpec]]:
        return _by_camera(self.sounds)

    @cached_property
    def _faults(self) -> dict[str, list[FaultSpec]]:
        return _by_camera(self.faults)

    def camera(self, key: str) -> CameraSpec:
        """The camera of that key; raises KeyError."""
        for spec in self.cameras:
            if spec.key == key:
                return spec
        raise KeyError(key)

    def figures_at(self, camera: str, t: float) -> list[Figure]:
        """What stands in a camera's picture at second `t`, farthest first."""
        paths = self._paths.get(camera)
        if not paths:
            return []
        found = [figure for path in paths if (figure := path.at(t, self.duration)) is not None]
        if len(found) > 1:
            found.sort(key=lambda figure: figure.box[3])
        return found

    def sounds_at(self, camera: str, t: float) -> frozenset[str]:
        """Labels of what a camera's microphone hears at second `t`."""
        sounds = self._sounds.get(camera)
        if not sounds:
            return frozenset()
        now = t % self.duration
        return frozenset(sound.label for sound in sounds if sound.start <= now < sound.end)

    def fault_at(self, camera: str, t: float) -> FaultKind | None:
        """What is wrong with a camera at second `t`."""
        for fault in self._faults.get(camera, ()):
            if fault.start <= t % self.duration < fault.end:
                return fault.kind
        return None

    def with_cameras(self, count: int) -> Self:
        """The scene with its first `count` cameras, or with copies (and copies of what they see) up to `count`.

        A copy's keys end in its number: `cong_ubnd_2`. Raises SceneError where there is no camera to copy.
        """
        if not self.cameras or count < 1:
            raise SceneError(f"{self.name}: there is no scene of {count} cameras")
        cameras = list(self.cameras[:count])
        figures, sounds = list(self.figures), list(self.sounds)
        for index in range(len(cameras), count):
            number, place = divmod(index, len(self.cameras))
            spec = self.cameras[place]
            copy = _copied(spec, number + 1)
            cameras.append(copy)
            figures += [
                replace(path, camera=copy.key, start=self._later(path, number))
                for path in self._paths.get(spec.key, ())
            ]
            sounds += [replace(sound, camera=copy.key) for sound in self._sounds.get(spec.key, ())]
        return replace(self, cameras=tuple(cameras), figures=tuple(figures), sounds=tuple(sounds))

    def _later(self, path: FigurePath, number: int) -> float:
        return (
            path.start
            if path.stays
            else (path.start + COPY_DELAY * number) % (path.every or self.duration)
        )


def _by_camera[T: FigurePath | SoundSpec | FaultSpec](things: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for thing in things:
        found.setdefault(thing.camera, []).append(thing)
    return found


def _copied(spec: CameraSpec, number: int) -> CameraSpec:
    """A copy with its own keys: zones of two cameras that share a key would be counted together."""
    return replace(
        spec,
        key=f"{spec.key}_{number}",
        name=f"{spec.name} {number}",
        zones=tuple(replace(zone, key=f"{zone.key}_{number}") for zone in spec.zones),
        required_zones_alert=tuple(f"{zone}_{number}" for zone in spec.required_zones_alert),
    )


def _zone(fields: Fields) -> ZoneSpec:
    distances = fields.numbers("distances")
    if len(distances) not in {0, 4}:
        raise fields.error("distances must be the lengths of four sides")
    return ZoneSpec(
        key=fields.text("key"),
        name=fields.text("name"),
        points=fields.points("points"),
        labels=fields.texts("labels"),
        loitering_time=fields.whole("loitering_time", 0),
        inertia=fields.whole("inertia", 3, least=1),
        enabled=fields.flag("enabled", default=True),
        distances=distances,
    )


def _mask(fields: Fields) -> MaskSpec:
    return MaskSpec(
        key=fields.text("key"), name=fields.text("name"), points=fields.points("points")
    )


def _camera(fields: Fields) -> CameraSpec:
    return CameraSpec(
        key=fields.text("key"),
        name=fields.text("name", ""),
        width=fields.whole("width", 1280, least=64),
        height=fields.whole("height", 720, least=64),
        fps=fields.whole("fps", 5, least=1),
        labels=fields.texts("labels", ("person",)),
        zones=fields.each("zones", _zone),
        motion_masks=fields.each("motion_masks", _mask),
        object_masks=fields.each("object_masks", _mask),
        audio_labels=fields.texts("audio_labels"),
        ptz=fields.flag("ptz", default=False),
        presets=fields.texts("presets"),
        lpr=fields.flag("lpr", default=False),
        faces=fields.flag("faces", default=False),
        required_zones_alert=fields.texts("required_zones_alert"),
        alert_labels=fields.texts("alert_labels", ("person", "car")),
        record_days=float(fields.number("record_days", 7.0)),
        enabled=fields.flag("enabled", default=True),
        birdseye=fields.flag("birdseye", default=True),
        notifications=fields.flag("notifications", default=False),
        detect_enabled=fields.flag("detect_enabled", default=True),
        group=fields.text("group", None),
        autotracking=fields.flag("autotracking", default=False),
        genai=fields.flag("genai", default=False),
    )


def _model(fields: Fields) -> ModelSpec:
    kind = fields.text("kind")
    if kind not in {"state", "object"}:
        raise fields.error("kind must be state or object")
    return ModelSpec(
        name=fields.text("name"),
        kind=kind,
        cameras=fields.texts("cameras"),
        classes=fields.texts("classes"),
    )


def _check(scene: Scene, fields: Fields) -> None:
    """References must lead somewhere, keys be used once."""
    cameras = [spec.key for spec in scene.cameras]
    if len(set(cameras)) != len(cameras):
        raise fields.error("two cameras have the same key")
    for spec in scene.cameras:
        if spec.group is not None and spec.group not in scene.groups:
            raise fields.error(f"camera {spec.key}: no group {spec.group}")
        zones = [zone.key for zone in spec.zones]
        if len(set(zones)) != len(zones):
            raise fields.error(f"camera {spec.key}: two zones have the same key")
        if set(zones) & set(cameras):
            raise fields.error(f"camera {spec.key}: a zone is called like a camera")
        if missing := set(spec.required_zones_alert) - set(zones):
            raise fields.error(f"camera {spec.key}: no zone {', '.join(sorted(missing))}")
    things: list[FigurePath | SoundSpec | FaultSpec] = [
        *scene.figures,
        *scene.sounds,
        *scene.faults,
    ]
    for thing in things:
        if thing.camera not in cameras:
            raise fields.error(f"no camera {thing.camera}")
    paths = [(path.camera, path.key) for path in scene.figures]
    if len(set(paths)) != len(paths):
        raise fields.error("two figures of a camera have the same key")
    for path in scene.figures:
        period = path.every or scene.duration
        if scene.duration % period:
            raise fields.error(
                f"figure {path.key}: the scene doesn't last a multiple of {period:g} s"
            )
        if not path.stays and path.length >= period:
            raise fields.error(
                f"figure {path.key}: its path takes {path.length:.1f} of {period:g} s"
            )
    for model in scene.classification:
        if missing := set(model.cameras) - set(cameras):
            raise fields.error(f"model {model.name}: no camera {', '.join(sorted(missing))}")
