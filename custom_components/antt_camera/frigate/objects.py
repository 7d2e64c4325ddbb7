"""Tracked objects, as the topic `events` brings them. Boxes are pixels of the detect resolution, scores 0 to 1."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, cast

from .parse import MAX_NUMBER, Fields, ParseProblems, as_number
from .wire import plain_label, scored


def _box(fields: Fields, key: str) -> tuple[int, int, int, int] | None:
    value = fields.wire.get(key)
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 4:
        left, top, right, bottom = value
        if type(left) is type(top) is type(right) is type(bottom) is int and (
            min(value) >= -MAX_NUMBER and max(value) <= MAX_NUMBER
        ):
            return left, top, right, bottom
        numbers = [as_number(part) for part in value]
        if None not in numbers:
            return cast(
                "tuple[int, int, int, int]",
                tuple(int(part) for part in numbers if part is not None),
            )
    fields.wrong(key)
    return None


def _scores(fields: Fields, key: str) -> Mapping[str, float]:
    value = fields.wire.get(key)
    if not value:
        return {}
    if not isinstance(value, dict):
        fields.wrong(key)
        return {}
    found = {}
    for name, score in value.items():
        if (number := as_number(score)) is None:
            fields.wrong(f"{key}.*")
        else:
            found[name] = number
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedObject:
    """An object that Frigate follows through a camera's picture."""

    id: str
    camera: str
    label: str
    sub_label: str | None
    sub_label_score: float | None
    plate: str | None
    plate_score: float | None
    score: float | None
    top_score: float | None
    frame_time: float | None
    start_time: float
    end_time: float | None
    current_zones: tuple[str, ...]
    entered_zones: tuple[str, ...]
    active: bool
    stationary: bool
    false_positive: bool
    has_clip: bool
    has_snapshot: bool
    pending_loitering: bool
    max_severity: str | None
    box: tuple[int, int, int, int] | None
    area: float | None
    motionless_count: int | None
    position_changes: int | None
    # km/h or mph, as Frigate is set; 0 while unknown.
    speed: float | None
    average_speed: float | None
    velocity_angle: float | None
    attributes: Mapping[str, float]

    @classmethod
    def from_wire(cls, wire: Any, problems: ParseProblems, place: str = "events") -> Self | None:
        """Read an object of `events`; None without an id, camera, label and start. The path is not copied."""
        if not isinstance(wire, dict):
            problems.count(place)
            return None
        fields = Fields(wire, place, problems)
        text, number, flag = fields.text, fields.number, fields.flag
        identity, camera, label = text("id"), text("camera"), text("label")
        start_time = number("start_time")
        if not identity or not camera or not label or start_time is None:
            problems.count(f"{place}.id")
            return None
        sub_label, sub_label_score = scored(fields, "sub_label")
        plate, plate_score = scored(fields, "recognized_license_plate")
        stationary = flag("stationary")
        return cls(
            id=identity,
            camera=camera,
            label=plain_label(label),
            sub_label=plain_label(sub_label) if sub_label else None,
            sub_label_score=sub_label_score,
            plate=plate,
            plate_score=plate_score,
            score=number("score"),
            top_score=number("top_score"),
            frame_time=number("frame_time"),
            start_time=start_time,
            end_time=number("end_time"),
            current_zones=fields.texts("current_zones"),
            entered_zones=fields.texts("entered_zones"),
            active=flag("active", not stationary),
            stationary=stationary,
            false_positive=flag("false_positive"),
            has_clip=flag("has_clip"),
            has_snapshot=flag("has_snapshot"),
            pending_loitering=flag("pending_loitering"),
            max_severity=text("max_severity"),
            box=_box(fields, "box"),
            area=number("area"),
            motionless_count=fields.integer("motionless_count"),
            position_changes=fields.integer("position_changes"),
            speed=number("current_estimated_speed"),
            average_speed=number("average_estimated_speed"),
            velocity_angle=number("velocity_angle"),
            attributes=_scores(fields, "attributes"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectMessage:
    """`events`: an object appeared, changed or is gone."""

    type: Literal["new", "update", "end"]
    after: TrackedObject
    # Zones that the object entered for the first time with this message.
    newly_entered: tuple[str, ...]

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any], problems: ParseProblems) -> Self | None:
        """Read a message; None if it says nothing about an object."""
        kind = wire.get("type")
        after = TrackedObject.from_wire(wire.get("after"), problems, "events.after")
        if after is None or kind not in ("new", "update", "end"):
            problems.count("events.type")
            return None
        entered = after.entered_zones
        if entered and kind != "new":
            # All that is wanted of how it was before; to read all of it doubles the cost of a message.
            before = Fields(wire, "events", problems).object("before")
            known = before.texts("entered_zones")
            entered = tuple(zone for zone in entered if zone not in known)
        return cls(type=kind, after=after, newly_entered=entered)
