"""One camera of the simulated server, frame by frame."""

from collections.abc import Collection, Sequence
from typing import Any

from simulator.activity import Counts, config_block, object_activity
from simulator.config import spec_of, tracked_labels
from simulator.enrichments import Autotracking, Enrichments, Services, StateModels
from simulator.hearing import Hearing
from simulator.recorder import record_object, record_review
from simulator.review import Change, ReviewKeeper
from simulator.rows import Json
from simulator.scene import Figure
from simulator.stats import CameraHealth
from simulator.switches import OFF, ON
from simulator.tracker import CameraTracker

SETTLE_SECONDS = 20.0
HEARTBEAT_SECONDS = 10.0
HOUR_SECONDS = 3600.0
OFFLINE, COVERED = "offline", "covered"


class CameraRun:
    """A camera's live state. `config` is its part of the live configuration and changes under it."""

    def __init__(self, key: str, config: Json, services: Services, now: float) -> None:
        self.key = key
        self.config = config
        self._services = services
        self.fault: str | None = None
        self.motion = False
        self.connected_since = now
        self.reconnects: list[float] = []
        self.hearing = Hearing(key, services.db, services.personality, services.new_id, self._say)
        self.enrichments = Enrichments(key, services)
        models = services.models if services.personality.classification else ()
        self._models = StateModels(key, models)
        self._autotracking = Autotracking(key)
        self._counts = Counts(key)
        self._counted: object = None
        self._motion_time = 0.0
        self._busy_until = 0.0
        self._next_heartbeat = now
        self.build()

    def build(self) -> None:
        """Make tracker and reviews from the configuration: at the start, and after its zones or labels changed."""
        self.spec = spec_of(self.key, self.config)
        self.tracker = CameraTracker(self.spec, self._services.personality, self._services.new_id)
        self.keeper = ReviewKeeper(self.spec, self._services.personality, self._services.new_id)
        self._counted = None
        self.apply_switches()

    def apply_switches(self) -> None:
        """Hand the live switches to tracker and reviews."""
        for zone, config in self.config["zones"].items():
            self.tracker.zone_enabled[zone] = config.get("enabled", True)

    def _say(self, topic: str, payload: Any) -> None:
        self._services.publish(topic, payload)

    # Frames.

    def frame(
        self, now: float, figures: Sequence[Figure], fault: str | None, started: float
    ) -> bool:
        """Process one frame; True if what is counted has changed. `now` and `started` in epoch seconds."""
        self._connection(now, fault)
        self._record(now)
        if not self.config["enabled"] or fault == OFFLINE:
            return False
        seen: Sequence[Figure] = (
            () if fault == COVERED or not self.config["detect"]["enabled"] else figures
        )
        self._motion(now, moving=bool(figures) and fault is None)
        if seen:
            self._busy_until = now + SETTLE_SECONDS
        elif self._counted is not None and now > self._busy_until and not self.tracker.objects:
            return self._quiet(now, started)
        for change in self.tracker.frame(now, seen):
            self._object_changed(change)
        self._reviews(now)
        self._models.update(now - started, self._say)
        return self._count()

    def _quiet(self, now: float, started: float) -> bool:
        """A frame with nothing in it costs next to nothing."""
        if self.keeper.current is not None or self.hearing.sounds:
            self._reviews(now)
        self._models.update(now - started, self._say)
        return False

    def _count(self) -> bool:
        objects = list(self.tracker.objects.values())
        counted = sorted((one.label, one.stationary, *one.current_zones) for one in objects)
        if counted == self._counted:
            return False
        self._counted = counted
        self._counts.update(tracked_labels(self.config), objects, self._say)
        self._autotracking.update(
            self.config, any(not one.stationary for one in objects), self._say
        )
        return True

    def _object_changed(self, change: Change) -> None:
        before, after = change.before, change.after
        size = (self.spec.width, self.spec.height)
        record_object(self._services.db, change.type, before, after, size)
        self.enrichments.changed(change.type, before, after, self.config)
        self._services.publish("events", {"before": before, "after": after, "type": change.type})
        if change.type == "new" and self.config["mqtt"]["enabled"]:
            picture = self._services.picture(self.key, after["label"])
            if picture is not None:
                self._services.publish(
                    f"{self.key}/{after['label']}/snapshot", picture, retain=True
                )

    def _reviews(self, now: float) -> None:
        if not self.config["record"]["enabled"]:
            return
        objects = list(self.tracker.objects.values())
        self._review_changes(self.keeper.update(now, objects, self.hearing.sounds))

    def _review_changes(self, changes: Sequence[Change]) -> None:
        for change in changes:
            after = change.after
            if not self.config["review"][f"{after['severity']}s"]["enabled"]:
                continue
            record_review(self._services.db, after)
            self._services.publish(
                "reviews", {"type": change.type, "before": change.before, "after": after}
            )
            status = "NONE" if change.type == "end" else str(after["severity"]).upper()
            self._say(f"{self.key}/review_status", status)
            if change.type == "end":
                self.enrichments.reviewed(after, self.config)

    def _motion(self, now: float, *, moving: bool) -> None:
        moving = (
            moving and (self.tracker.motion or not self.motion) and self.config["motion"]["enabled"]
        )
        if moving:
            self._motion_time = now
        if moving and not self.motion:
            self.motion = True
            self._say(f"{self.key}/motion", ON)
        elif self.motion and now - self._motion_time >= self.config["motion"]["mqtt_off_delay"]:
            self.motion = False
            self._say(f"{self.key}/motion", OFF)

    # Connection, recording, sound.

    def _connection(self, now: float, fault: str | None) -> None:
        if self.fault == OFFLINE and fault != OFFLINE:
            self.reconnects = [one for one in self.reconnects if now - one < HOUR_SECONDS] + [now]
        self.fault = fault

    def _record(self, now: float) -> None:
        recordings = self._services.db.recordings
        if self.config["enabled"] and self.config["record"]["enabled"] and self.fault != OFFLINE:
            recordings.begin(self.key, now)
        else:
            recordings.stop(self.key, now)

    def heartbeat(self, now: float) -> None:
        """`status/<role>` every ten seconds; a camera that is off says so once."""
        if not self._services.personality.camera_status or now < self._next_heartbeat:
            return
        self._next_heartbeat = max(self._next_heartbeat + HEARTBEAT_SECONDS, now)
        if not self.config["enabled"]:
            return
        status = "offline" if self.fault == OFFLINE else "online"
        self._say(f"{self.key}/status/detect", status)

    def listen(self, now: float, sounds: Collection[str]) -> bool:
        """Process the microphone if a chunk is complete; True if `audio_detections` has to be published."""
        if (
            not self.config["audio"]["enabled"]
            or not self.config["enabled"]
            or not self.hearing.due(now)
        ):
            return False
        return self.hearing.chunk(now, () if self.fault == OFFLINE else sounds, self.config)

    # Switches and manual events.

    def switched(self, name: str, now: float) -> None:
        """Carry out what follows from a switch that was set."""
        if name == "enabled":
            self._enabled(now)
        elif name in ("recordings", "review_alerts", "review_detections"):
            self._end_review_if_off(now)
            self._record(now)
        elif name == "audio" and not self.config["audio"]["enabled"]:
            self.hearing.stop(now)
        elif name == "zone":
            self.apply_switches()

    def _enabled(self, now: float) -> None:
        if self.config["enabled"]:
            self._next_heartbeat = now
            return
        for change in self.tracker.end_all(now):
            self._object_changed(change)
        self._review_changes(self.keeper.end_all(now))
        self._count()
        self._record(now)
        if self._services.personality.camera_status:
            self._say(f"{self.key}/status/detect", "disabled")
            self._say(f"{self.key}/status/record", "disabled")

    def _end_review_if_off(self, now: float) -> None:
        current = self.keeper.current
        if current is None:
            return
        review, off = self.config["review"], not self.config["record"]["enabled"]
        changes = self.keeper.end_all(now) if off else []
        if not off and not review["alerts"]["enabled"] and not review["detections"]["enabled"]:
            changes = self.keeper.end_all(now)
        self._review_changes(changes)

    def manual(self, now: float, event_id: str, label: str, duration: float | None) -> None:
        """A manual event begins, for `duration` seconds or until `end_manual`."""
        if self.config["record"]["enabled"]:
            listed = label in (self.config["review"]["detections"].get("labels") or ())
            self.keeper.manual(now, event_id, label, duration=duration, detection=listed)

    def end_manual(self, now: float, event_id: str) -> None:
        """A manual event ends by a call."""
        self.keeper.end_manual(now, event_id)

    # Answers.

    def activity(self, suspended: int, logos: Collection[str]) -> Json:
        """The camera's part of `camera_activity`."""
        block = config_block(self.config, suspended, self._services.personality)
        if self._counted is None:
            return {"config": block}
        objects = [object_activity(one.wire(), logos) for one in self.tracker.objects.values()]
        return {"motion": self.motion, "objects": objects, "config": block}

    def health(self, now: float) -> CameraHealth:
        """What the statistics say of the camera."""
        return CameraHealth(
            key=self.key,
            fps=self.config["detect"]["fps"],
            enabled=self.config["enabled"],
            detecting=self.config["detect"]["enabled"],
            offline=self.fault == OFFLINE,
            objects=len(self.tracker.objects),
            audio_rms=self.hearing.rms,
            audio_dbfs=self.hearing.dbfs,
            reconnects=sum(now - one < HOUR_SECONDS for one in self.reconnects),
            stalls=0,
        )

    def birdseye(self) -> bool:
        """Whether the camera is in the birdseye view now."""
        view = self.config["birdseye"]
        if not self.config["enabled"] or not view["enabled"] or self.fault == OFFLINE:
            return False
        if view["mode"] == "continuous":
            return True
        if view["mode"] == "motion":
            return self.motion
        return any(not one.stationary for one in self.tracker.objects.values())
