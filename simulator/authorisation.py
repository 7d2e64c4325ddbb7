"""Who may send what on `/ws`, and what of a message a role gets to see."""

from dataclasses import dataclass
import json
from typing import Any

from simulator.http.world import World

ADMIN = "admin"

INTERNAL_TOPICS = frozenset(
    {
        "insert_many_recordings",
        "insert_preview",
        "request_region_grid",
        "upsert_review_segment",
        "clear_ongoing_review_segments",
        "update_camera_activity",
        "update_audio_activity",
        "expire_audio_activity",
        "update_event_description",
        "update_review_description",
        "update_model_state",
        "update_embeddings_reindex_progress",
        "update_birdseye_layout",
        "update_audio_transcription_state",
        "update_job_state",
    }
)
"""Topics of Frigate's own processes; refused from every client."""

VIEWER_TOPICS = frozenset(
    {
        "onConnect",
        "modelState",
        "audioTranscriptionState",
        "birdseyeLayout",
        "embeddingsReindexProgress",
    }
)
EVERYBODY = frozenset(
    {
        "model_state",
        "embeddings_reindex_progress",
        "audio_transcription_state",
        "profile/state",
        "notifications/state",
        "notification_test",
    }
)
BY_AFTER_CAMERA = frozenset({"events", "reviews"})
BY_CAMERA = frozenset({"tracked_object_update", "triggers", "camera_monitoring"})
KEYED_BY_CAMERA = frozenset({"camera_activity", "audio_detections"})

type Visible = tuple[bool, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """A client of the websocket; `cameras` is None for a role without a camera list."""

    role: str
    cameras: tuple[str, ...] | None

    def sees(self, camera: object) -> bool:
        """Whether the role may see a camera."""
        return self.cameras is None or camera in self.cameras


def inbound_allowed(world: World, topic: str, caller: Caller) -> bool:
    """Whether the server acts on a message of this client; otherwise it is dropped without an answer."""
    if topic in INTERNAL_TOPICS:
        return False
    if caller.role == ADMIN or not world.personality.commands_need_admin:
        return True
    if topic in VIEWER_TOPICS or (topic == "jobState" and world.personality.jobs):
        return True
    camera, _, rest = topic.partition("/")
    return rest == "ptz" and camera in world.camera_names() and caller.sees(camera)


def outbound_payload(world: World, topic: str, payload: Any, caller: Caller) -> Visible:
    """Whether a message goes to this client, and the payload it gets."""
    if isinstance(payload, bytes):
        return False, None
    if not world.personality.messages_scoped:
        return True, payload
    if topic in EVERYBODY:
        return True, payload
    first = topic.partition("/")[0]
    if topic in BY_AFTER_CAMERA or topic in BY_CAMERA:
        return _by_camera(topic, payload, caller)
    if topic in KEYED_BY_CAMERA:
        return _per_camera(payload, caller)
    if topic == "job_state":
        return _jobs(payload, caller)
    if topic == "stats":
        return _stats(payload, caller)
    if topic == "birdseye_layout":
        return caller.cameras is None, payload
    if "/" in topic and first in world.camera_names():
        return caller.sees(first), payload
    if "/" in topic and first in _zones(world):
        return caller.cameras is None, payload
    return False, None


def _zones(world: World) -> set[str]:
    return {
        zone
        for camera in world.camera_names()
        for zone in (world.camera_config(camera) or {}).get("zones", {})
    }


def _decoded(payload: Any) -> Any:
    if not isinstance(payload, str):
        return payload
    try:
        return json.loads(payload)
    except ValueError:
        return None


def _by_camera(topic: str, payload: Any, caller: Caller) -> Visible:
    if caller.cameras is None:
        return True, payload
    data = _decoded(payload)
    if topic in BY_AFTER_CAMERA:
        data = data.get("after") if isinstance(data, dict) else None
    visible = isinstance(data, dict) and caller.sees(data.get("camera"))
    return visible, payload


def _same_form(given: Any, data: Any) -> Any:
    return json.dumps(data) if isinstance(given, str) else data


def _per_camera(payload: Any, caller: Caller) -> Visible:
    if caller.cameras is None:
        return True, payload
    data = _decoded(payload)
    if not isinstance(data, dict):
        return False, None
    return True, _same_form(payload, {key: part for key, part in data.items() if caller.sees(key)})


def _stats(payload: Any, caller: Caller) -> Visible:
    if caller.cameras is None:
        return True, payload
    data = _decoded(payload)
    if not isinstance(data, dict):
        return False, None
    cameras = {key: part for key, part in data.get("cameras", {}).items() if caller.sees(key)}
    return True, _same_form(payload, {**data, "cameras": cameras})


def _jobs(payload: Any, caller: Caller) -> Visible:
    if caller.cameras is None:
        return True, payload
    data = _decoded(payload)
    if not isinstance(data, dict):
        return False, None
    kept = {key: job for key, job in data.items() if _job_visible(job, caller)}
    return bool(kept) or not data, _same_form(payload, kept)


def _job_visible(job: Any, caller: Caller) -> bool:
    """A job that names no camera, such as the media sync, is everybody's."""
    if not isinstance(job, dict):
        return True
    nested = (
        (job.get("results") or {}).get("jobs") if isinstance(job.get("results"), dict) else None
    )
    jobs = nested if isinstance(nested, list) else [job]
    cameras = {one.get("camera") for one in jobs if isinstance(one, dict)} - {None}
    return not cameras or any(caller.sees(camera) for camera in cameras)
