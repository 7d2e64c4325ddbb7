"""The database of a recorded server, filled from its answers."""

from collections.abc import Mapping
import math
import re
from typing import Any

from simulator.capture import Capture
from simulator.database import Database
from simulator.recorder import MODEL
from simulator.rows import EventRow, ExportRow, Json, ReviewRow, TimelineRow

_SEGMENTS = r"/api/([^/]+)/recordings"


def read_database(capture: Capture, config: Mapping[str, Any], now: float) -> Database:
    """All rows any answer listed, moved so that the newest lies in the past; nothing of them is open any more."""
    db = Database()
    listed = [
        answer.ts
        for path in ("/api/events", "/api/review", _SEGMENTS, "/api/timeline")
        for answer in capture.answers(path)
    ]
    shift = math.floor(now - max(listed, default=now)) - 1
    for row in capture.rows("/api/events", shift):
        event = EventRow.from_json(row)
        event.model_hash, event.detector_type, event.model_type = MODEL.values()
        db.record_object(event)
    for row in capture.rows("/api/review", shift):
        db.record_review(ReviewRow.from_json(row))
    for row in capture.rows("/api/exports", shift):
        export = _export(row)
        db.exports[export.id] = export
    for row in capture.json("/api/timeline", shift) or ():
        db.record_timeline(_timeline(row))
    db.close_open_rows(now)
    _recordings(capture, db, shift)
    stats = (capture.json("/api/stats") or {}).get("cameras", {})
    for camera, settings in config["cameras"].items():
        running = stats.get(camera, {}).get("camera_fps")
        if running and settings["enabled"] and settings["record"]["enabled"]:
            db.recordings.begin(camera, now)
    return db


def _recordings(capture: Capture, db: Database, shift: int) -> None:
    """Listed segments; where none are listed, the objects that have a clip tell when there was a recording."""
    listed: set[str] = set()
    for answer in capture.answers(_SEGMENTS):
        found = re.fullmatch(_SEGMENTS, answer.path)
        assert found is not None
        camera = found[1]
        rows = capture.rows(re.escape(answer.path), shift)
        if rows and camera not in listed:
            listed.add(camera)
            _spans(db, camera, [(row["start_time"], row["end_time"]) for row in rows])
    clips: dict[str, list[tuple[float, float]]] = {}
    for event in db.events.values():
        if event.has_clip and event.end_time is not None and event.camera not in listed:
            clips.setdefault(event.camera, []).append((event.start_time, event.end_time))
    for camera, spans in clips.items():
        _spans(db, camera, spans)


def _spans(db: Database, camera: str, spans: list[tuple[float, float]]) -> None:
    """Add spans, those that overlap as one."""
    last: tuple[float, float] | None = None
    for start, end in sorted(spans):
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            db.recordings.add(camera, *last)
        last = (start, end)
    if last is not None:
        db.recordings.add(camera, *last)


def _export(row: Json) -> ExportRow:
    return ExportRow(
        id=row["id"],
        camera=row["camera"],
        name=row["name"],
        date=row["date"],
        video_path=row["video_path"],
        thumb_path=row["thumb_path"],
        in_progress=False,
        start_time=row["date"],
        end_time=row["date"] + 60,
    )


def _timeline(row: Json) -> TimelineRow:
    return TimelineRow(
        timestamp=row["timestamp"],
        camera=row["camera"],
        source=row["source"],
        source_id=row["source_id"],
        class_type=row["class_type"],
        data=row["data"],
    )
