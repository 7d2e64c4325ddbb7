"""Frigate's JSON messages as frozen dataclasses.

Times are UTC epoch seconds. What Frigate adds in later releases is ignored; what it sends with a wrong type is counted
in `ParseProblems` and left out.
"""

from collections.abc import Callable, Mapping
import json
from typing import Any

from .activity import (
    ActivityObject,
    ActivityOfCamera,
    AudioDetection,
    AudioDetections,
    CameraActivity,
    Job,
    JobState,
)
from .objects import ObjectMessage, TrackedObject
from .parse import ParseProblems
from .reviews import Review, ReviewMessage, ReviewMetadata, Severity
from .stats import Stats
from .updates import (
    ClassificationMessage,
    DescriptionMessage,
    FaceMessage,
    ObjectUpdate,
    PlateMessage,
    SemanticTriggerMessage,
    read_object_update,
)

__all__ = [
    "JSON_TOPICS",
    "ActivityObject",
    "ActivityOfCamera",
    "AudioDetection",
    "AudioDetections",
    "CameraActivity",
    "ClassificationMessage",
    "DescriptionMessage",
    "FaceMessage",
    "Job",
    "JobState",
    "Message",
    "ObjectMessage",
    "ObjectUpdate",
    "PlateMessage",
    "Review",
    "ReviewMessage",
    "ReviewMetadata",
    "SemanticTriggerMessage",
    "Severity",
    "Stats",
    "TrackedObject",
    "decode",
]

MAX_PAYLOAD = 16_000_000

type Message = (
    ObjectMessage
    | ReviewMessage
    | FaceMessage
    | PlateMessage
    | ClassificationMessage
    | DescriptionMessage
    | SemanticTriggerMessage
    | CameraActivity
    | AudioDetections
    | JobState
    | Stats
)

_READERS: Mapping[str, Callable[[Mapping[str, Any], ParseProblems], Message | None]] = {
    "audio_detections": AudioDetections.from_wire,
    "camera_activity": CameraActivity.from_wire,
    "events": ObjectMessage.from_wire,
    "job_state": JobState.from_wire,
    "reviews": ReviewMessage.from_wire,
    "stats": Stats.from_wire,
    "tracked_object_update": read_object_update,
    "triggers": SemanticTriggerMessage.from_wire,
}
JSON_TOPICS = frozenset(_READERS)


def decode(
    topic: str,
    payload: Any,
    problems: ParseProblems,
    *,
    loads: Callable[[str | bytes], Any] = json.loads,
) -> Message | None:
    """Decode the payload of one of `JSON_TOPICS`: JSON text as on the wire, or what was decoded already.

    Returns None for anything that can't be understood, which is counted. Never raises.
    """
    reader = _READERS.get(topic)
    if reader is None:
        return None
    wire = payload
    if isinstance(payload, str | bytes):
        if len(payload) > MAX_PAYLOAD:
            problems.count(f"{topic} (too large)")
            return None
        try:
            wire = loads(payload)
        except ValueError, RecursionError:
            problems.count(f"{topic} (no JSON)")
            return None
    if not isinstance(wire, dict):
        problems.count(topic)
        return None
    return reader(wire, problems)
