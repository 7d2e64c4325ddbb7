"""Review segments of one camera: when an alert or detection begins, grows, is upgraded and ends."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from simulator.personality import Personality
from simulator.rows import MEDIA_ROOT
from simulator.scene import CameraSpec
from simulator.tracked_object import Json, Settings, Severity, TrackedObject, severity
from simulator.tracker import Change

ALERT_CUTOFF = 40.0
DETECTION_CUTOFF = 30.0
FIXED_ALERT_CUTOFF = 120.0


class Segment:
    """One review that is going on. Times are UTC epoch seconds; `detections` maps event ids to labels."""

    def __init__(
        self, review_id: str, camera: str, start: float, kind: Severity, personality: Personality
    ) -> None:
        self.id = review_id
        self.camera = camera
        self.start_time = start
        self.severity: Severity = kind
        self.last_alert = self.last_detection = start
        self.detections: dict[str, str] = {}
        self.sub_labels: dict[str, str] = {}
        self.zones: list[str] = []
        self.audio: list[str] = []
        self.thumb_time: float | None = None
        self.count = 0
        self._personality = personality
        self.published = self.wire()

    @property
    def last_activity(self) -> float:
        """The last moment that counts for its severity."""
        return self.last_alert if self.severity == "alert" else self.last_detection

    def add(self, objects: Iterable[TrackedObject]) -> None:
        """Take objects and their zones in."""
        for one in objects:
            name = None if one.sub_label is None else one.sub_label[0]
            self.detections[one.id] = one.label if name is None else f"{one.label}-verified"
            if name is not None:
                self.sub_labels[one.id] = name
            self.zones += [zone for zone in one.current_zones if zone not in self.zones]

    def wire(self, *, ended: bool = False) -> Json:
        """The segment as the topic `reviews` carries it."""
        labels = list(dict.fromkeys(self.detections.values()))
        data: Json = {"detections": list(self.detections), "objects": labels}
        newer = self._personality.review_metadata
        if newer:
            data["verified_objects"] = [label for label in labels if label.endswith("-verified")]
        data["sub_labels"] = list(self.sub_labels.values())
        data["zones"] = list(self.zones)
        data["audio"] = list(self.audio)
        if newer:
            data["thumb_time"] = self.thumb_time
            data["metadata"] = None
        return {
            "id": self.id,
            "camera": self.camera,
            "start_time": self.start_time,
            "end_time": self.last_activity if ended else None,
            "severity": self.severity,
            "thumb_path": f"{MEDIA_ROOT}/clips/review/thumb-{self.camera}-{self.id}.webp",
            "data": data,
        }


class ReviewKeeper:
    """The reviews of one camera; `settings` is best shared with its tracker. One segment is open at most."""

    def __init__(
        self,
        spec: CameraSpec,
        personality: Personality,
        new_id: Callable[[float], str],
        settings: Settings | None = None,
    ) -> None:
        self.spec = spec
        self.settings = settings or Settings()
        self.current: Segment | None = None
        self.alert_cutoff = ALERT_CUTOFF if personality.configurable_cutoff else FIXED_ALERT_CUTOFF
        self.detection_cutoff = DETECTION_CUTOFF
        self._personality = personality
        self._new_id = new_id
        self._lasting: set[str] = set()

    def update(
        self,
        t: float,
        objects: Iterable[TrackedObject],
        sounds: Collection[str] | Mapping[str, str] = (),
    ) -> list[Change]:
        """Take the frame of UTC epoch second `t` into account.

        `objects`: those being tracked; `sounds`: labels heard right now (or a mapping from them to event ids).
        Returns the messages due.
        """
        if not self.settings.recording or not self._wanted():
            changes = self.end_all(t)
            if not self.settings.recording:
                return changes
        else:
            changes = []
        alerts, others = self._active(t, objects)
        segment = self.current
        if segment is None:
            if alerts or others:
                changes.append(self._open(t, alerts, others))
        else:
            changes += self._go_on(segment, t, alerts, others)
        if sounds:
            self._hear(t, sounds)
        return changes

    def manual(
        self,
        t: float,
        event_id: str,
        label: str,
        *,
        duration: float | None = None,
        detection: bool = False,
    ) -> None:
        """A manual event begins, for `duration` seconds or until `end_manual`; the next `update` announces it.

        `detection`: its label is listed for detections, which only newer releases honour.
        """
        if not self.settings.recording:
            return
        kind: Severity = "alert"
        if detection and self._personality.manual_event_may_be_detection:
            kind = "detection"
        segment = self._raise_to(kind, t)
        segment.detections[event_id] = label
        if duration is None:
            self._lasting.add(event_id)
        else:
            self._extend(segment, kind, t + duration)

    def end_manual(self, t: float, event_id: str) -> None:
        """A manual event without a duration ends."""
        if event_id in self._lasting and self.current is not None:
            self._lasting.discard(event_id)
            self._extend(self.current, self.current.severity, t)

    def end_all(self, t: float) -> list[Change]:
        """End the open segment at once, as when the camera or its recording is switched off."""
        segment, self.current = self.current, None
        self._lasting.clear()
        return [] if segment is None else [self._ended(segment, t)]

    def _wanted(self) -> bool:
        if self.current is None:
            return True
        return (
            self.settings.alerts if self.current.severity == "alert" else self.settings.detections
        )

    def _active(
        self, t: float, objects: Iterable[TrackedObject]
    ) -> tuple[list[TrackedObject], list[TrackedObject]]:
        """Objects that count now: those for an alert, those for a detection."""
        alerts: list[TrackedObject] = []
        others: list[TrackedObject] = []
        threshold = self.spec.fps * 10
        for one in objects:
            if one.false_positive or not one.position_changes or one.frame_time != t:
                continue
            if one.motionless_count >= threshold and not one.pending_loitering:
                continue
            kind = severity(one.label, one.current_zones, self.spec, self.settings)
            if kind is not None:
                (alerts if kind == "alert" else others).append(one)
        return alerts, others

    def _open(self, t: float, alerts: list[TrackedObject], others: list[TrackedObject]) -> Change:
        segment = self._segment(t, "alert" if alerts else "detection")
        segment.add((*alerts, *others))
        segment.thumb_time = t
        segment.count = len(alerts) + len(others)
        segment.published = segment.wire()
        return Change(type="new", before=segment.published, after=segment.published)

    def _go_on(
        self, segment: Segment, t: float, alerts: list[TrackedObject], others: list[TrackedObject]
    ) -> list[Change]:
        changes: list[Change] = []
        active = [*alerts, *others]
        due = segment.thumb_time is None
        if active:
            names = list(segment.sub_labels.values())
            due |= bool(alerts) and segment.severity != "alert"
            if alerts:
                segment.severity = "alert"
                self._extend(segment, "alert", t)
            if others:
                self._extend(segment, "detection", t)
            segment.add(active)
            due |= len(active) > segment.count or names != list(segment.sub_labels.values())
        if due:
            segment.thumb_time = t
            segment.count = max(segment.count, len(active))
            changes.append(self._changed(segment))
        if not self._lasting:
            changes += self._cut_off(segment, t, others)
        return changes

    def _cut_off(self, segment: Segment, t: float, others: list[TrackedObject]) -> list[Change]:
        cutoff = self.alert_cutoff if segment.severity == "alert" else self.detection_cutoff
        if t <= segment.last_activity + cutoff:
            return []
        self.current = None
        changes = [self._ended(segment, t)]
        if segment.severity == "alert" and others and self._personality.configurable_cutoff:
            following = self._segment(segment.last_alert, "detection")
            following.add(others)
            following.thumb_time = following.last_detection = t
            following.count = len(others)
            following.published = following.wire()
            changes.append(
                Change(type="new", before=following.published, after=following.published)
            )
        return changes

    def _hear(self, t: float, sounds: Iterable[str]) -> None:
        """Sounds extend or open a segment without a message; the next frame announces it."""
        for label in sounds:
            kind = severity(label, list(self.spec.required_zones_alert), self.spec, self.settings)
            if kind is not None:
                segment = self._raise_to(kind, t)
                if label not in segment.audio:
                    segment.audio.append(label)

    def _raise_to(self, kind: Severity, t: float) -> Segment:
        """The open segment, or a new one, of at least that severity."""
        segment = self.current
        if segment is None:
            return self._segment(t, kind)
        if kind == "alert":
            segment.severity = "alert"
        self._extend(segment, kind, t)
        return segment

    def _extend(self, segment: Segment, kind: Severity, t: float) -> None:
        both = not self._personality.configurable_cutoff
        if kind == "alert" or both:
            segment.last_alert = max(segment.last_alert, t)
        if kind == "detection" or both:
            segment.last_detection = max(segment.last_detection, t)

    def _segment(self, start: float, kind: Severity) -> Segment:
        self.current = Segment(self._new_id(start), self.spec.key, start, kind, self._personality)
        return self.current

    @staticmethod
    def _changed(segment: Segment) -> Change:
        before, segment.published = segment.published, segment.wire()
        return Change(type="update", before=before, after=segment.published)

    @staticmethod
    def _ended(segment: Segment, t: float) -> Change:
        # A manual event can reach beyond the moment at which the segment is ended early.
        segment.last_alert = min(segment.last_alert, t)
        segment.last_detection = min(segment.last_detection, t)
        return Change(type="end", before=segment.published, after=segment.wire(ended=True))


def described(ended: Mapping[str, Any], metadata: Mapping[str, Any]) -> Change:
    """The message that follows when a language model described an ended review."""
    after = {**ended, "data": {**ended["data"], "metadata": dict(metadata)}}
    return Change(type="genai", before=dict(ended), after=after)
