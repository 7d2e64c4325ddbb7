"""Rows of the simulated server's database, with the JSON shapes Frigate gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Json = dict[str, Any]

MEDIA_ROOT = "/media/frigate"


@dataclass(slots=True, kw_only=True)
class EventRow:
    """A tracked object, an audio event or a manual event.

    Times are UTC epoch seconds; `data` is Frigate's own `data` column (boxes relative `[x, y, w, h]`).
    """

    id: str
    camera: str
    label: str
    start_time: float
    end_time: float | None = None
    sub_label: str | None = None
    zones: list[str] = field(default_factory=list)
    has_clip: bool = False
    has_snapshot: bool = False
    plus_id: str | None = None
    retain_indefinitely: bool = False
    model_hash: str | None = None
    detector_type: str | None = None
    model_type: str | None = None
    data: Json = field(default_factory=dict)

    def list_json(self) -> Json:
        """The row as `GET /api/events` lists it."""
        return {
            "id": self.id,
            "camera": self.camera,
            "label": self.label,
            "zones": list(self.zones),
            "start_time": self.start_time,
            "end_time": self.end_time,
            "has_clip": self.has_clip,
            "has_snapshot": self.has_snapshot,
            "plus_id": self.plus_id,
            "retain_indefinitely": self.retain_indefinitely,
            "sub_label": self.sub_label,
            "top_score": None,
            "false_positive": None,
            "box": None,
            "data": self.data,
            "thumbnail": None,
        }

    def single_json(self) -> Json:
        """The row as `GET /api/events/{id}` answers it."""
        return {
            "id": self.id,
            "label": self.label,
            "sub_label": self.sub_label,
            "camera": self.camera,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "false_positive": None,
            "zones": list(self.zones),
            "thumbnail": None,
            "has_clip": self.has_clip,
            "has_snapshot": self.has_snapshot,
            "retain_indefinitely": self.retain_indefinitely,
            "plus_id": self.plus_id,
            "model_hash": self.model_hash,
            "detector_type": self.detector_type,
            "model_type": self.model_type,
            "data": self.data,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> EventRow:
        """Read a row of a recorded answer (list or single shape)."""
        return cls(
            id=row["id"],
            camera=row["camera"],
            label=row["label"],
            start_time=row["start_time"],
            end_time=row.get("end_time"),
            sub_label=row.get("sub_label"),
            zones=list(row.get("zones") or []),
            has_clip=bool(row.get("has_clip")),
            has_snapshot=bool(row.get("has_snapshot")),
            plus_id=row.get("plus_id"),
            retain_indefinitely=bool(row.get("retain_indefinitely")),
            data=dict(row.get("data") or {}),
        )


@dataclass(slots=True, kw_only=True)
class ReviewRow:
    """A review segment. `data` is Frigate's own column (detections, objects, zones, audio, …)."""

    id: str
    camera: str
    start_time: float
    end_time: float | None = None
    severity: str = "alert"
    data: Json = field(default_factory=dict)
    reviewed_by: set[str] = field(default_factory=set)

    @property
    def thumb_path(self) -> str:
        """The server's own path of the thumbnail."""
        return f"{MEDIA_ROOT}/clips/review/thumb-{self.camera}-{self.id}.webp"

    def single_json(self) -> Json:
        """The row as `GET /api/review/{id}` answers it."""
        return {
            "id": self.id,
            "camera": self.camera,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "severity": self.severity,
            "thumb_path": self.thumb_path,
            "data": self.data,
        }

    def list_json(self, user: str) -> Json:
        """The row as `GET /api/review` lists it for `user`."""
        return {**self.single_json(), "has_been_reviewed": user in self.reviewed_by}

    @classmethod
    def from_json(cls, row: Mapping[str, Any], user: str = "anonymous") -> ReviewRow:
        """Read a row of a recorded answer."""
        return cls(
            id=row["id"],
            camera=row["camera"],
            start_time=row["start_time"],
            end_time=row.get("end_time"),
            severity=row["severity"],
            data=dict(row.get("data") or {}),
            reviewed_by={user} if row.get("has_been_reviewed") else set(),
        )


@dataclass(slots=True, kw_only=True)
class ExportRow:
    """A finished or running export."""

    id: str
    camera: str
    name: str
    date: float
    video_path: str
    thumb_path: str
    in_progress: bool
    start_time: float
    end_time: float

    def json(self, *, with_case: bool) -> Json:
        """The row as `GET /api/exports` lists it; `with_case` adds the key that came with 0.18."""
        row: Json = {
            "id": self.id,
            "camera": self.camera,
            "name": self.name,
            "date": self.date,
            "video_path": self.video_path,
            "thumb_path": self.thumb_path,
            "in_progress": self.in_progress,
        }
        if with_case:
            row["export_case"] = None
        return row


@dataclass(slots=True, kw_only=True, frozen=True)
class TimelineRow:
    """One entry of an object's life (`visible`, `entered_zone`, `stationary`, `active`, `gone`, `heard`, `external`)."""

    timestamp: float
    camera: str
    source: str
    source_id: str
    class_type: str
    data: Json

    def json(self) -> Json:
        """The row as `GET /api/timeline` lists it."""
        return {
            "timestamp": self.timestamp,
            "camera": self.camera,
            "source": self.source,
            "source_id": self.source_id,
            "class_type": self.class_type,
            "data": self.data,
        }


@dataclass(slots=True, kw_only=True, frozen=True)
class Segment:
    """One recording segment, at most ten seconds long; `size` in MB."""

    id: str
    camera: str
    start_time: float
    end_time: float
    size: float
    motion: int
    objects: int

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end_time - self.start_time

    def json(self) -> Json:
        """The row as `GET /api/{camera}/recordings` lists it."""
        return {
            "id": self.id,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "segment_size": self.size,
            "motion": self.motion,
            "objects": self.objects,
            "motion_heatmap": {},
            "duration": self.duration,
        }
