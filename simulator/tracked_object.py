"""One tracked object: its scores, zones, movement and the messages about it, by the server's own rules."""

from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

from simulator.figures import Figure
from simulator.geometry import (
    PixelBox,
    Point,
    area,
    distance,
    heading,
    inside,
    overlap,
    pixels,
    region,
)
from simulator.personality import Personality
from simulator.scene import CameraSpec, ZoneSpec

type Json = dict[str, Any]
type Severity = Literal["alert", "detection"]

SCORE_THRESHOLD = 0.7
SCORES_KEPT = 10
SPEEDS_KEPT = 10
# Two boxes that share less than this are two places.
SAME_PLACE = 0.6
# A path point is due after this part of the picture's diagonal.
PATH_STEP = 0.05
LONGEST_SILENCE = 60.0
THUMBNAIL_PAUSE = 5.0
ATTRIBUTES = {"person": "face", "car": "license_plate", "motorcycle": "license_plate"}


@dataclass(kw_only=True)
class Settings:
    """What of a camera may change while it runs. Absent zones and masks are switched on."""

    recording: bool = True
    snapshots: bool = True
    alerts: bool = True
    detections: bool = True
    zones: dict[str, bool] = field(default_factory=dict)
    object_masks: dict[str, bool] = field(default_factory=dict)
    motion_masks: dict[str, bool] = field(default_factory=dict)


class TrackedObject:
    """An object from its registration to its end. Times are UTC epoch seconds, boxes whole pixels.

    `sub_label` and `plate` are `[value, score]` or None; whoever changes them shows it with the next regular message.
    """

    def __init__(
        self,
        object_id: str,
        spec: CameraSpec,
        personality: Personality,
        settings: Settings,
        t: float,
        figure: Figure,
        scores: list[float],
    ) -> None:
        self.id = object_id
        self.camera = spec.key
        self.label = figure.label
        self.key = figure.key
        self.start_time = self.frame_time = t
        self.end_time: float | None = None
        self.sub_label: list[Any] | None = None
        self.plate: list[Any] | None = None
        self.attributes: dict[str, float] = {}
        self.extra: Json = {}
        self.score = figure.score
        self.top_score = self.computed_score = 0.0
        self.false_positive = self.active = True
        self.motionless_count = self.position_changes = 0
        self.current_zones: list[str] = []
        self.entered_zones: list[str] = []
        self.pending_loitering = False
        self.has_clip = self.has_snapshot = False
        self.speed: float = 0
        self.average_speed: float = 0
        self.velocity_angle: float = 0
        self.path_data: list[list[Any]] = []
        self.snapshot: Json | None = None
        self.visible = True
        self.disappeared = 0
        self._spec = spec
        self._personality = personality
        self._settings = settings
        self._initial_scores: list[float] | None = None
        self._scores = list(scores)
        self._presence: dict[str, int] = {}
        self._loitering: dict[str, int] = {}
        self._speeds: list[float] = []
        self._seen = 0
        self._recognised: tuple[str | None, str | None] = None, None
        self._place = self.foot = (0.0, 0.0)
        self.relative_box = figure.box
        self.box = self._stand(figure)
        self._still_box = self.box
        self.published = self.wire()
        self.last_published = self._last_thumbnail = 0.0
        self._initial_scores = list(scores)
        self._take_snapshot()

    @property
    def stationary(self) -> bool:
        """Not moved for longer than the camera's threshold."""
        return not self.active

    @property
    def area(self) -> int:
        """Square pixels of its box."""
        return area(self.box)

    @property
    def ratio(self) -> float:
        """Width over height of its box."""
        return _ratio(self.box)

    @property
    def max_severity(self) -> Severity | None:
        """The gravest review it may cause by its label and the zones it entered."""
        return severity(self.label, self.entered_zones, self._spec, self._settings)

    def see(self, t: float, figure: Figure) -> bool:
        """A frame that shows it; True if its position changed for the counter."""
        self.visible = True
        self.disappeared = 0
        self._seen += 1
        self.frame_time = t
        self.score = figure.score
        if figure.box != self.relative_box:
            self.relative_box = figure.box
            self.box = self._stand(figure)
        if overlap(self._still_box, self.box) >= SAME_PLACE:
            self.motionless_count += 1
            return False
        self._still_box = self.box
        counted = not self.position_changes or self.motionless_count >= self._threshold
        self.position_changes += counted
        self.motionless_count = 0
        return counted

    def miss(self) -> bool:
        """A frame that doesn't show it: it hasn't moved."""
        self.visible = False
        self.disappeared += 1
        return False

    def update(self, t: float, figure: Figure | None) -> bool:
        """Take one frame into account; True if a message is due."""
        # As in the server, movement counts from the next frame on.
        self.active = self.motionless_count <= self._threshold
        changed = self.see(t, figure) if figure is not None else self.miss()
        self._judge()
        zones = self._find_zones(figure)
        changed |= set(zones) != set(self.current_zones)
        self.current_zones = zones
        if figure is not None:
            changed |= self._recognise(figure)
        if self.false_positive:
            return False
        changed |= self.active != self.published["active"]
        changed |= self.frame_time - self.published["frame_time"] > LONGEST_SILENCE
        if self.visible and self._better_snapshot():
            self._take_snapshot()
            self._last_thumbnail = t
        changed |= self._extend_path()
        fresh = self._last_thumbnail > self.last_published
        return changed or (fresh and t - self.last_published > THUMBNAIL_PAUSE)

    def publish(self, t: float) -> tuple[Json, Json]:
        """The messages `before` and `after`; from now on `after` is what was published."""
        moved = self.position_changes > 0 and not self.false_positive
        self.has_snapshot = moved and self._settings.snapshots
        self.has_clip = moved and self._settings.recording and self.max_severity is not None
        before, self.published = self.published, self.wire()
        self.last_published = t
        return before, self.published

    def wire(self) -> Json:
        """The object as the topic `events` carries it."""
        shown = self._personality.computed_score
        document: Json = {
            "id": self.id,
            "camera": self.camera,
            "frame_time": self.frame_time,
            "snapshot": self.snapshot,
            **({"snapshot_clean": True} if shown else {}),
            "label": self.label,
            "sub_label": self.sub_label,
            "top_score": self.top_score,
            "false_positive": self.false_positive,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "score": self.score,
            **({"computed_score": self.computed_score} if shown else {}),
            "box": list(self.box),
            "area": self.area,
            "ratio": self.ratio,
            "region": list(self._region),
            "active": self.active,
            "stationary": self.stationary,
            "motionless_count": self.motionless_count,
            "position_changes": self.position_changes,
            "current_zones": list(self.current_zones),
            "entered_zones": list(self.entered_zones),
            "has_clip": self.has_clip,
            "has_snapshot": self.has_snapshot,
            "attributes": dict(self.attributes),
            "current_attributes": self._current_attributes(),
            "pending_loitering": self.pending_loitering,
            "max_severity": self.max_severity,
            "current_estimated_speed": self.speed,
            "average_estimated_speed": self.average_speed,
            "velocity_angle": self.velocity_angle,
            "path_data": list(self.path_data),
            "recognized_license_plate": self.plate,
            **self.extra,
        }
        if self._personality.score_history and self._initial_scores is not None:
            document["score_history"] = self._initial_scores
        return document

    @property
    def _threshold(self) -> int:
        return self._spec.fps * 10

    @property
    def _region(self) -> PixelBox:
        return region(self.box, self._spec.width, self._spec.height)

    def _stand(self, figure: Figure) -> PixelBox:
        x1, _, x2, y2 = figure.box
        self.foot = (x1 + x2) / 2, y2
        return pixels(figure.box, self._spec.width, self._spec.height)

    def _judge(self) -> None:
        self._scores.append(self.score if self.visible else 0.0)
        del self._scores[:-SCORES_KEPT]
        self.computed_score = median(self._scores)
        self.top_score = max(self.top_score, self.computed_score)
        if self.computed_score >= SCORE_THRESHOLD:
            self.false_positive = False

    def _find_zones(self, figure: Figure | None) -> list[str]:
        found: list[str] = []
        self.pending_loitering = False
        for zone in self._spec.zones:
            if zone.labels and self.label not in zone.labels:
                continue
            if self._settings.zones.get(zone.key, zone.enabled) and self._in_zone(zone, figure):
                found.append(zone.key)
                if zone.key not in self.entered_zones:
                    self.entered_zones.append(zone.key)
        return found

    def _in_zone(self, zone: ZoneSpec, figure: Figure | None) -> bool:
        presence = self._presence.get(zone.key, 0)
        if not inside(self.foot, zone.points):
            # An object that was in the zone long enough once is believed at once later.
            if 0 < presence < zone.inertia - 1:
                self._presence[zone.key] = presence - 1
            if zone.distances:
                self.speed = 0
            return False
        if zone.distances and figure is not None and self.active:
            self._measure(figure)
        if presence + 1 < zone.inertia:
            self._presence[zone.key] = presence + 1
            return False
        stayed = self._loitering.get(zone.key, 0) + 1
        waited = stayed >= zone.loitering_time * self._spec.fps
        if zone.loitering_time and (not waited or self.label == "person"):
            self.pending_loitering = True
        if not waited:
            self._loitering[zone.key] = stayed
        return waited

    def _measure(self, figure: Figure) -> None:
        """Speed in a zone whose sides were measured."""
        self.speed = round(figure.speed_kmh or 0.0, 2)
        self._speeds.append(self.speed)
        del self._speeds[:-SPEEDS_KEPT]
        self.average_speed = round(sum(self._speeds) / len(self._speeds), 2)
        if self.foot != self._place:
            self.velocity_angle = round(heading(self._place, self.foot), 1)

    def _recognise(self, figure: Figure) -> bool:
        """Once it was seen for a second, read who it is or its plate; True if a new attribute was found with it."""
        self._place = self.foot
        if self._seen < self._spec.fps:
            return False
        name, plate = self._recognised
        if figure.sub_label != name:
            self.sub_label = _result(figure.sub_label, figure.score)
        if figure.plate != plate:
            self.plate = _result(figure.plate, figure.score)
        self._recognised = figure.sub_label, figure.plate
        attribute = ATTRIBUTES.get(self.label)
        if attribute is None or attribute in self.attributes or self._recognised == (None, None):
            return False
        self.attributes[attribute] = figure.score
        return True

    def _current_attributes(self) -> list[Json]:
        x1, y1, x2, y2 = self.box
        third = (y2 - y1) // 3
        top = y1 if self.label == "person" else y2 - third
        box = [x1 + (x2 - x1) // 3, top, x2 - (x2 - x1) // 3, top + third]
        return [
            {"label": label, "box": box, "score": score}
            for label, score in self.attributes.items()
            if self.visible
        ]

    def _extend_path(self) -> bool:
        if not self.visible and self.path_data:
            return False
        point = [round(self.foot[0], 4), round(self.foot[1], 4)]
        if len(self.path_data) > 1:
            last: Point = tuple(self.path_data[-1][0])
            width, height = self._spec.width, self._spec.height
            step = PATH_STEP * distance((0, 0), (width, height)) / max(width, height)
            if distance(last, self.foot) < step:
                return False
        self.path_data.append([point, self.frame_time])
        return True

    def _better_snapshot(self) -> bool:
        if self.snapshot is None:
            return True
        if self._on_edge(self.box) and not self._on_edge(self.snapshot["box"]):
            return False
        return bool(
            self.score > self.snapshot["score"] + 0.05 or self.area > self.snapshot["area"] * 1.1
        )

    def _on_edge(self, box: Any) -> bool:
        width, height = self._spec.width, self._spec.height
        return bool(box[0] <= 0 or box[1] <= 0 or box[2] >= width - 1 or box[3] >= height - 1)

    def _take_snapshot(self) -> None:
        self.snapshot = {
            "frame_time": self.frame_time,
            "box": list(self.box),
            "area": self.area,
            "region": list(self._region),
            "score": self.score,
            "attributes": self._current_attributes(),
            "current_estimated_speed": self.speed,
            "velocity_angle": self.velocity_angle,
            "path_data": list(self.path_data),
            "recognized_license_plate": None if self.plate is None else self.plate[0],
            "recognized_license_plate_score": None if self.plate is None else self.plate[1],
        }


def severity(label: str, zones: list[str], spec: CameraSpec, settings: Settings) -> Severity | None:
    """The gravest review a label in those zones may cause on a camera."""
    required = spec.required_zones_alert
    if (
        settings.alerts
        and label in spec.alert_labels
        and (not required or any(zone in required for zone in zones))
    ):
        return "alert"
    return "detection" if settings.detections else None


def _result(value: str | None, score: float) -> list[Any]:
    """What was recognised, or its absence after it was there, as the server writes it."""
    return [None, None] if value is None else [value, score]


def _ratio(box: PixelBox) -> float:
    return (box[2] - box[0]) / max(1, box[3] - box[1])
