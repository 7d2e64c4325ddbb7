"""Reviews: stretches of activity that Frigate proposes to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from .parse import Fields, ParseProblems
from .wire import plain_label

type Severity = Literal["alert", "detection"]

_SEVERITIES: dict[str, Severity] = {"alert": "alert", "detection": "detection"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewMetadata:
    """What a language model said of a review (0.17+)."""

    title: str | None
    scene: str | None
    summary: str | None
    confidence: float | None
    threat_level: int | None
    concerns: tuple[str, ...]

    @classmethod
    def from_wire(cls, wire: Any, problems: ParseProblems) -> Self | None:
        """Read the metadata; None if there is none."""
        if not isinstance(wire, dict):
            if wire is not None:
                problems.count("reviews.metadata")
            return None
        fields = Fields(wire, "reviews.metadata", problems)
        return cls(
            title=fields.text("title"),
            scene=fields.text("scene"),
            summary=fields.text("shortSummary"),
            confidence=fields.number("confidence"),
            threat_level=fields.integer("potential_threat_level"),
            concerns=fields.texts("other_concerns"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A stretch of activity on one camera that Frigate proposes to look at."""

    id: str
    camera: str
    severity: Severity
    start_time: float
    end_time: float | None
    # Labels without the mark of recognition; manual events are `label` or `label: text`.
    objects: tuple[str, ...]
    sub_labels: tuple[str, ...]
    zones: tuple[str, ...]
    audio: tuple[str, ...]
    # Ids of the tracked objects in it.
    detections: tuple[str, ...]
    thumb_time: float | None
    metadata: ReviewMetadata | None

    @classmethod
    def from_wire(cls, wire: Any, problems: ParseProblems) -> Self | None:
        """Read a review of the wire or of `/api/review`; None without an id, camera, severity and start."""
        if not isinstance(wire, dict):
            problems.count("reviews")
            return None
        fields = Fields(wire, "reviews", problems)
        identity, camera = fields.text("id"), fields.text("camera")
        start_time = fields.number("start_time")
        if not identity or not camera or start_time is None:
            problems.count("reviews.id")
            return None
        severity = _SEVERITIES.get(fields.text("severity") or "")
        if severity is None:
            problems.count("reviews.severity")
            return None
        data = fields.object("data")
        return cls(
            id=identity,
            camera=camera,
            severity=severity,
            start_time=start_time,
            end_time=fields.number("end_time"),
            objects=tuple(dict.fromkeys(plain_label(label) for label in data.texts("objects"))),
            sub_labels=data.texts("sub_labels"),
            zones=data.texts("zones"),
            audio=data.texts("audio"),
            detections=data.texts("detections"),
            thumb_time=data.number("thumb_time"),
            metadata=ReviewMetadata.from_wire(data.wire.get("metadata"), problems),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewMessage:
    """`reviews`. A review may begin with `update`: Frigate sends no `new` for sounds and manual events."""

    type: Literal["new", "update", "end", "genai"]
    before: Review | None
    after: Review

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any], problems: ParseProblems) -> Self | None:
        """Read a message; None if it says nothing about a review."""
        kind = wire.get("type")
        after = Review.from_wire(wire.get("after"), problems)
        if after is None or kind not in ("new", "update", "end", "genai"):
            problems.count("reviews.type")
            return None
        before = wire.get("before")
        return cls(
            type=kind,
            before=Review.from_wire(before, problems) if before else None,
            after=after,
        )
