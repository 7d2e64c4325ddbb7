"""The tracker of one camera: turns figures in frames into tracked objects and the messages about them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from simulator.figures import Figure
from simulator.geometry import Box, foot, inside
from simulator.personality import Personality
from simulator.scene import CameraSpec
from simulator.tracked_object import Json, Settings, TrackedObject

__all__ = ["CameraTracker", "Change", "Settings", "TrackedObject"]

type Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One message about a tracked object or a review: what was published before, and what is now."""

    type: Literal["new", "update", "end", "genai"]
    before: Json
    after: Json

    def event(self) -> Json:
        """The message as the topic `events` carries it."""
        return {"before": self.before, "after": self.after, "type": self.type}

    def review(self) -> Json:
        """The message as the topic `reviews` carries it."""
        return {"type": self.type, "before": self.before, "after": self.after}


class CameraTracker:
    """Call `frame` for every frame of the camera, with detection off or without a picture with no figures.

    `settings` may be changed at any time; `spec` may be replaced. `labels` are those that are tracked.
    """

    def __init__(
        self,
        spec: CameraSpec,
        personality: Personality,
        new_id: Callable[[float], str],
        settings: Settings | None = None,
    ) -> None:
        self.spec = spec
        self.labels: set[str] = set(spec.labels)
        self.settings = settings or Settings()
        self.motion = False
        self.recognised: list[TrackedObject] = []
        """Objects whose name or plate was recognised in the last frame."""
        self._personality = personality
        self._new_id = new_id
        self._hits: dict[Key, list[float]] = {}
        self._tracks: dict[Key, TrackedObject] = {}
        self._objects: dict[str, TrackedObject] = {}
        self._boxes: dict[Key, Box] = {}

    @property
    def objects(self) -> Mapping[str, TrackedObject]:
        """The objects that were published and haven't ended, by id."""
        return MappingProxyType(self._objects)

    @property
    def zone_enabled(self) -> dict[str, bool]:
        """Zones that were switched, by key; change it to switch more."""
        return self.settings.zones

    def frame(self, t: float, figures: Sequence[Figure]) -> list[Change]:
        """Take one frame, shot at UTC epoch second `t`, into account; returns the messages due."""
        if not figures and not self._tracks and not self._boxes:
            self.motion = False
            return []
        self.recognised.clear()
        seen = {(figure.key, figure.label, figure.run): figure for figure in figures}
        self._find_motion(seen)
        seen = {key: figure for key, figure in seen.items() if self._detected(figure)}
        changes = self._update_tracks(t, seen)
        self._register(t, seen)
        return changes

    def end_all(self, t: float) -> list[Change]:
        """End every object at once, as when the camera is switched off."""
        changes = [self._end(track, t) for track in self._objects.values()]
        for memory in (self._objects, self._tracks, self._hits, self._boxes):
            memory.clear()
        self.motion = False
        return changes

    def _find_motion(self, seen: Mapping[Key, Figure]) -> None:
        """Motion is what appeared, moved or went since the last frame, outside of the motion masks."""
        boxes = {key: figure.box for key, figure in seen.items()}
        if boxes == self._boxes:
            self.motion = False
            return
        moved = [box for key, box in boxes.items() if self._boxes.get(key) != box]
        moved += [box for key, box in self._boxes.items() if key not in boxes]
        masks = [
            mask.points
            for mask in self.spec.motion_masks
            if self.settings.motion_masks.get(mask.key, True)
        ]
        self.motion = any(not any(inside(_middle(box), mask) for mask in masks) for box in moved)
        self._boxes = boxes

    def _detected(self, figure: Figure) -> bool:
        if figure.label not in self.labels:
            return False
        if not self.spec.object_masks:
            return True
        place = foot(figure.box)
        return not any(
            self.settings.object_masks.get(mask.key, True) and inside(place, mask.points)
            for mask in self.spec.object_masks
        )

    def _update_tracks(self, t: float, seen: Mapping[Key, Figure]) -> list[Change]:
        changes: list[Change] = []
        gone: list[Key] = []
        for key, track in self._tracks.items():
            named = track.sub_label, track.plate
            due = track.update(t, seen.get(key))
            if track.disappeared > self.spec.fps * 5:
                gone.append(key)
            elif due:
                first = track.id not in self._objects
                self._objects[track.id] = track
                before, after = track.publish(t)
                changes.append(
                    Change(type="new" if first else "update", before=before, after=after)
                )
            if (track.sub_label, track.plate) != named:
                self.recognised.append(track)
        for key in gone:
            track = self._tracks.pop(key)
            if self._objects.pop(track.id, None) is not None:
                changes.append(self._end(track, t))
        return changes

    def _register(self, t: float, seen: Mapping[Key, Figure]) -> None:
        """A figure becomes an object after several frames in a row."""
        hits: dict[Key, list[float]] = {}
        for key, figure in seen.items():
            if key in self._tracks:
                continue
            scores = [*self._hits.get(key, ()), figure.score]
            if len(scores) <= max(2, self.spec.fps // 2):
                hits[key] = scores
                continue
            self._tracks[key] = TrackedObject(
                self._new_id(t), self.spec, self._personality, self.settings, t, figure, scores
            )
        self._hits = hits

    @staticmethod
    def _end(track: TrackedObject, t: float) -> Change:
        track.end_time = t
        before, after = track.publish(t)
        return Change(type="end", before=before, after=after)


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
