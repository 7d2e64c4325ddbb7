"""The live state of one Frigate server: every value the entities show, keyed by Frigate's own topic.

Pure bookkeeping, no Home Assistant, no I/O. `apply()` takes one wire message and returns the decoded message, if
the topic carries a JSON document; what changed is collected in `dirty` until `take_dirty()`.

Keys are topics without the prefix (`front_door/person`, `porch/all/active`, `front_door/detect/state`). Two kinds
of keys are ours, because Frigate has no topic for them:

- `<camera>/@zone/<zone>/<label|all>[/active]`: the count of one camera's share of a zone. Frigate adds the cameras up
  where several define a zone of the same name, and sends a restricted login no zone topic at all.
- `@stats`: the newest statistics (`stats`).
"""

from collections.abc import Callable, Iterable, Mapping
import json
from typing import Any

from .config import FrigateConfig
from .messages import (
    JSON_TOPICS,
    AudioDetections,
    CameraActivity,
    Message,
    ObjectMessage,
    Review,
    ReviewMessage,
    TrackedObject,
    decode,
)
from .parse import ParseProblems
from .stats import Stats
from .topics import Parser, Value, camera_topics, count, switch, text

STATS = "@stats"
# The names that `camera_activity[cam].config` uses for the same switches.
ACTIVITY_SWITCHES = {
    "alerts": "review_alerts",
    "audio": "audio",
    "audio_transcription": "audio_transcription",
    "autotracking": "ptz_autotracker",
    "detect": "detect",
    "detections": "review_detections",
    "enabled": "enabled",
    "notifications": "notifications",
    "object_descriptions": "object_descriptions",
    "record": "recordings",
    "review_descriptions": "review_descriptions",
    "snapshots": "snapshots",
}


def zone_key(camera: str, zone: str, label: str, *, active: bool = False) -> str:
    """Key of one camera's own count in a zone."""
    return f"{camera}/@zone/{zone}/{label}{'/active' if active else ''}"


class LiveState:
    """Values by key, open tracked objects and open reviews of one server."""

    def __init__(self, loads: Callable[[str | bytes], Any] = json.loads) -> None:
        """Start empty. `loads` decodes JSON; a faster one than the standard library's may be given."""
        self.problems = ParseProblems()
        self.values: dict[str, Value] = {}
        self.objects: dict[str, TrackedObject] = {}
        self.reviews: dict[str, Review] = {}
        self.stats: Stats | None = None
        self.config: FrigateConfig | None = None
        # Zones counted by ourselves, from the tracked objects, per camera.
        self.own_zones: dict[str, frozenset[str]] = {}
        self._loads = loads
        self._parsers: dict[str, Parser] = {}
        self._dirty: dict[str, None] = {}
        self._touched: set[str] | None = None
        self._present: dict[str, dict[str, tuple[str, bool, tuple[str, ...]]]] = {}

    # -- configuration ------------------------------------------------------------------------------------------

    def configure(self, config: FrigateConfig, *, zones_pushed: bool = True) -> None:
        """Adopt a configuration: which topics there are. `zones_pushed`: False for a login that gets no zone topics."""
        self.config = config
        parsers: dict[str, Parser] = {
            "profile/state": text,
            "notifications/state": switch,
        }
        owners: dict[str, int] = {}
        for camera in config.cameras.values():
            models = [
                model.name
                for model in config.classification
                if model.kind == "state" and camera.key in model.cameras
            ]
            parsers.update(camera_topics(camera, models))
            for zone in camera.zones.values():
                owners[zone.key] = owners.get(zone.key, 0) + 1
                for label in (*zone.labels, "all"):
                    parsers[f"{zone.key}/{label}"] = count
                    parsers[f"{zone.key}/{label}/active"] = count
        self.own_zones = {
            camera.key: frozenset(
                zone for zone in camera.zones if owners[zone] > 1 or not zones_pushed
            )
            for camera in config.cameras.values()
        }
        self._parsers = parsers
        for key in [key for key in self.values if key not in parsers and "/@zone/" not in key]:
            del self.values[key]
        for camera_key in config.cameras:
            # Before Frigate has told what is there, nothing is known; that is not the same as nobody.
            if camera_key in self._present:
                self._recount(camera_key)

    def key_for_zone(self, camera: str, zone: str, label: str, *, active: bool = False) -> str:
        """Key that holds a zone's count for this camera: Frigate's topic, or ours where Frigate's would mislead."""
        if zone in self.own_zones.get(camera, ()):
            return zone_key(camera, zone, label, active=active)
        return f"{zone}/{label}{'/active' if active else ''}"

    # -- changes ------------------------------------------------------------------------------------------------

    def get(self, key: str) -> Value | None:
        """Return the value of a key, None while unknown."""
        return self.values.get(key)

    def set(self, key: str, value: Value) -> None:
        """Set a value; an unchanged one is not reported."""
        if self._touched is not None:
            self._touched.add(key)
        if self.values.get(key) != value:
            self.values[key] = value
            self._dirty[key] = None

    def touch(self, key: str) -> None:
        """Report a key as changed."""
        self._dirty[key] = None

    @property
    def has_changes(self) -> bool:
        """Whether something changed since the last `take_dirty()`."""
        return bool(self._dirty)

    def take_dirty(self) -> dict[str, None]:
        """Return the keys that changed since the last call, in order."""
        dirty, self._dirty = self._dirty, {}
        return dirty

    def drop_live(self) -> None:
        """Forget what only holds while Frigate runs: after a restart no `end` follows and no count is sent again."""
        self.objects.clear()
        self.reviews.clear()
        self._present.clear()
        for key in self.values:
            self._dirty[key] = None
        self.values.clear()

    def start_seed(self) -> None:
        """From now on pushes win over the (older) answers that `seed_*` bring."""
        self._touched = set()

    def end_seed(self) -> None:
        """Stop preferring pushes."""
        self._touched = None

    def _seed(self, key: str, value: Value) -> None:
        if (self._touched is None or key not in self._touched) and self.values.get(key) != value:
            self.values[key] = value
            self._dirty[key] = None

    # -- messages -----------------------------------------------------------------------------------------------

    def apply(self, topic: str, payload: Any) -> Message | None:
        """Take one wire message. Returns the decoded document for a JSON topic. Never raises."""
        parser = self._parsers.get(topic)
        if parser is not None:
            if isinstance(payload, bytes):
                payload = payload.decode("utf-8", "replace")
            value = parser(payload)
            if value is None:
                self.problems.count(topic)
            else:
                self.set(topic, value)
                if value is False:
                    self._switched_off(topic)
            return None
        if topic not in JSON_TOPICS:
            return None
        message = decode(topic, payload, self.problems, loads=self._loads)
        match message:
            case ObjectMessage():
                self._apply_object(message)
            case ReviewMessage():
                self._apply_review(message)
            case CameraActivity():
                self.apply_activity(message)
            case AudioDetections():
                self._apply_audio(message)
            case Stats():
                self.stats = message
                self._dirty[STATS] = None
        return message

    def _switched_off(self, topic: str) -> None:
        """Clear what Frigate leaves standing when it stops looking at a camera or listening to it."""
        camera, _, rest = topic.partition("/")
        if rest == "enabled/state":
            self.set(f"{camera}/motion", False)
        elif rest == "audio/state" and self.config and camera in self.config.cameras:
            for label in (*self.config.cameras[camera].audio_labels, "all"):
                self.set(f"{camera}/audio/{label}", False)

    def _apply_object(self, message: ObjectMessage) -> None:
        after = message.after
        present = self._present.setdefault(after.camera, {})
        if message.type == "end":
            self.objects.pop(after.id, None)
            present.pop(after.id, None)
        else:
            self.objects[after.id] = after
            present[after.id] = (after.label, after.active, after.current_zones)
        if self.own_zones.get(after.camera):
            self._recount(after.camera)

    def _apply_review(self, message: ReviewMessage) -> None:
        if message.type == "end":
            self.reviews.pop(message.after.id, None)
        elif message.type != "genai":
            self.reviews[message.after.id] = message.after

    def apply_activity(self, activity: CameraActivity) -> None:
        """Seed counts, motion and switches from Frigate's answer to `onConnect`; the answer is complete."""
        config = self.config
        if config is None:
            return
        zones: dict[str, int] = {}
        for key, camera in config.cameras.items():
            seen = activity.cameras.get(key)
            if seen is None:
                continue
            self.set(f"{key}/motion", seen.motion)
            present = self._present[key] = {
                item.id: (item.label, not item.stationary, item.current_zones)
                for item in seen.objects
            }
            for gone in [
                item.id
                for item in self.objects.values()
                if item.camera == key and item.id not in present
            ]:
                del self.objects[gone]
            counts = self._counts(key, None)
            for label in (*camera.labels, "all"):
                self.set(f"{key}/{label}", counts.get(label, 0))
                self.set(f"{key}/{label}/active", counts.get(f"{label}/active", 0))
            for zone in camera.zones.values():
                for name, number in self._counts(key, zone.key).items():
                    topic = f"{zone.key}/{name}"
                    zones[topic] = zones.get(topic, 0) + number
                for label in (*zone.labels, "all"):
                    zones.setdefault(f"{zone.key}/{label}", 0)
                    zones.setdefault(f"{zone.key}/{label}/active", 0)
            self._recount(key)
            for name, value in seen.config.items():
                if name in ACTIVITY_SWITCHES and isinstance(value, bool):
                    self.set(f"{key}/{ACTIVITY_SWITCHES[name]}/state", value)
                elif name == "notifications_suspended" and type(value) is int:
                    self.set(f"{key}/notifications/suspended", value)
        for topic, number in zones.items():
            if topic in self._parsers:
                self.set(topic, number)

    def _apply_audio(self, message: AudioDetections) -> None:
        config = self.config
        if config is None:
            return
        for key, labels in message.cameras.items():
            camera = config.cameras.get(key)
            if camera is None:
                continue
            for label in camera.audio_labels:
                self.set(f"{key}/audio/{label}", label in labels)
            self.set(f"{key}/audio/all", bool(labels))

    def _counts(self, camera: str, zone: str | None) -> Mapping[str, int]:
        """Counts by label, `all`, and both with `/active`, of the objects on a camera (in a zone of it)."""
        counts: dict[str, int] = {}
        for label, active, current in self._present.get(camera, {}).values():
            if zone is not None and zone not in current:
                continue
            for name in (label, "all"):
                counts[name] = counts.get(name, 0) + 1
                if active:
                    counts[f"{name}/active"] = counts.get(f"{name}/active", 0) + 1
        return counts

    def _recount(self, camera_key: str) -> None:
        """Bring our own zone counts of a camera up to date."""
        own = self.own_zones.get(camera_key)
        if not own or self.config is None:
            return
        zones = self.config.cameras[camera_key].zones
        for zone in own:
            counts = self._counts(camera_key, zone)
            for label in (*zones[zone].labels, "all"):
                self.set(zone_key(camera_key, zone, label), counts.get(label, 0))
                self.set(
                    zone_key(camera_key, zone, label, active=True),
                    counts.get(f"{label}/active", 0),
                )

    # -- seeds from HTTP ----------------------------------------------------------------------------------------

    def seed_config(self, config: FrigateConfig) -> None:
        """Seed every switch and number with its live value; `/api/config` follows run-time toggles."""
        for key, camera in config.cameras.items():
            for name, value in camera.states.items():
                self._seed(f"{key}/{name}/state", value)
            self._seed(f"{key}/enabled/state", camera.enabled)
        self._seed("notifications/state", config.notifications_enabled)

    def seed_reviews(self, reviews: Iterable[Review]) -> None:
        """Seed the reviews in progress, and with them each camera's review status."""
        if self.config is None:
            return
        status = dict.fromkeys(self.config.cameras, "NONE")
        self.reviews.clear()
        for review in reviews:
            self.reviews[review.id] = review
            if review.camera in status and status[review.camera] != "ALERT":
                status[review.camera] = review.severity.upper()
        for key, value in status.items():
            self._seed(f"{key}/review_status", value)

    def seed_stats(self, stats: Stats) -> None:
        """Take the statistics that HTTP gave."""
        self.stats = stats
        self._dirty[STATS] = None

    def present(self, camera: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return label and current zones of each object on a camera."""
        return [(label, zones) for label, _active, zones in self._present.get(camera, {}).values()]

    def camera_status(self, camera: str) -> str | None:
        """Return a camera's health, `online`, `offline` or `disabled`; None while Frigate has not said.

        The picture says nothing (Frigate answers 200 with an old one), so: switched off, else the role status
        Frigate repeats every 10 s (0.17+), else the frames per second of the statistics.
        """
        if self.values.get(f"{camera}/enabled/state") is False:
            return "disabled"
        if (status := self.values.get(f"{camera}/status/detect")) is not None:
            return str(status)
        seen = self.stats.cameras.get(camera) if self.stats is not None else None
        if seen is None or seen.camera_fps is None:
            return None
        return "online" if seen.camera_fps > 0 else "offline"
