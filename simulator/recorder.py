"""Turns messages of the wire into rows of the database, as the server's own event and review processes do."""

from collections.abc import Mapping
from typing import Any

from simulator.database import Database
from simulator.rows import EventRow, Json, ReviewRow, TimelineRow

MODEL = {
    "model_hash": "2bc45499d55e54a2a97effe2b4cf18c1",
    "detector_type": "onnx",
    "model_type": "yolox",
}


def relative(box: Any, width: int, height: int) -> list[float]:
    """A box of pixels `[x1, y1, x2, y2]` as the database keeps it: `[x, y, w, h]`, 0 to 1."""
    x1, y1, x2, y2 = box
    return [x1 / width, y1 / height, (x2 - x1) / width, (y2 - y1) / height]


def name_of(pair: Any) -> str | None:
    """The value of a `[value, score]` pair of the wire."""
    if isinstance(pair, (list, tuple)) and pair:
        return None if pair[0] is None else str(pair[0])
    return pair if isinstance(pair, str) else None


def event_row(wire: Mapping[str, Any], width: int, height: int) -> EventRow:
    """The row of a tracked object."""
    snapshot = wire.get("snapshot") or {}
    data: Json = {
        "box": relative(wire["box"], width, height),
        "region": relative(wire["region"], width, height),
        "score": snapshot.get("score", wire["score"]),
        "top_score": wire["top_score"],
        "attributes": list(snapshot.get("attributes", ())),
        "snapshot_clean": bool(wire.get("snapshot_clean", True)),
        "snapshot_frame_time": snapshot.get("frame_time", wire["frame_time"]),
        "snapshot_area": snapshot.get("area", wire["area"]),
        "snapshot_estimated_speed": snapshot.get("current_estimated_speed", 0),
        "average_estimated_speed": wire.get("average_estimated_speed", 0),
        "velocity_angle": wire.get("velocity_angle", 0),
        "type": "object",
        "max_severity": wire.get("max_severity"),
        "path_data": list(wire.get("path_data", ())),
    }
    sub_label, plate = wire.get("sub_label"), wire.get("recognized_license_plate")
    if name_of(sub_label) is not None and isinstance(sub_label, (list, tuple)):
        data["sub_label_score"] = sub_label[1]
    if (text := name_of(plate)) is not None:
        data["recognized_license_plate"] = text
        data["recognized_license_plate_score"] = (
            plate[1] if isinstance(plate, (list, tuple)) else None
        )
    return EventRow(
        id=wire["id"],
        camera=wire["camera"],
        label=wire["label"],
        start_time=wire["start_time"],
        end_time=wire["end_time"],
        sub_label=name_of(sub_label),
        zones=list(wire["entered_zones"]),
        has_clip=wire["has_clip"],
        has_snapshot=wire["has_snapshot"],
        data=data,
        model_hash=MODEL["model_hash"],
        detector_type=MODEL["detector_type"],
        model_type=MODEL["model_type"],
    )


def record_object(
    db: Database,
    change: str,
    before: Mapping[str, Any],
    wire: Mapping[str, Any],
    size: tuple[int, int],
) -> None:
    """Store an object that has a clip or a snapshot, and the steps of its life."""
    if wire["has_clip"] or wire["has_snapshot"]:
        db.record_object(event_row(wire, *size))
    for kind in _steps(change, before, wire):
        data: Json = {
            "box": relative(wire["box"], *size),
            "label": wire["label"],
            "sub_label": name_of(wire.get("sub_label")),
            "region": relative(wire["region"], *size),
            "attribute": "",
            "score": wire["score"],
        }
        if "computed_score" in wire:
            data["computed_score"] = wire["computed_score"]
            data["top_score"] = wire["top_score"]
        if kind == "entered_zone":
            data["zones"] = list(wire["current_zones"])
        db.record_timeline(
            TimelineRow(
                timestamp=wire["end_time"] or wire["frame_time"],
                camera=wire["camera"],
                source="tracked_object",
                source_id=wire["id"],
                class_type=kind,
                data=data,
            )
        )


def _steps(change: str, before: Mapping[str, Any], wire: Mapping[str, Any]) -> list[str]:
    steps = []
    if change == "new":
        steps.append("visible")
    if set(wire["entered_zones"]) - set(before.get("entered_zones", ())):
        steps.append("entered_zone")
    if change == "update" and before.get("stationary") != wire["stationary"]:
        steps.append("stationary" if wire["stationary"] else "active")
    if change == "end":
        steps.append("gone")
    return steps


def record_review(db: Database, wire: Mapping[str, Any]) -> None:
    """Store a review segment."""
    db.record_review(
        ReviewRow(
            id=wire["id"],
            camera=wire["camera"],
            start_time=wire["start_time"],
            end_time=wire["end_time"],
            severity=wire["severity"],
            data=dict(wire["data"]),
        )
    )


def audio_row(event_id: str, camera: str, label: str, start: float, score: float) -> EventRow:
    """The row of a sound that is being heard."""
    return EventRow(
        id=event_id,
        camera=camera,
        label=label,
        start_time=start,
        has_clip=True,
        has_snapshot=False,
        data={"score": score, "top_score": score, "type": "audio"},
    )
