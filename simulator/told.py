"""What the told part of a recording amounts to: objects and reviews that are open, counts, status, motion."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
import json
from typing import Any

from simulator.capture import Message
from simulator.figures import Figure
from simulator.recorder import name_of, relative
from simulator.rows import Json

ONLINE = "online"
PULLED = (
    *("camera_activity", "model_state", "embeddings_reindex_progress"),
    *("birdseye_layout", "audio_detections", "profile/state"),
)
"""Answers to `onConnect`, in the server's order."""

SIGHTINGS_KEPT = 500

type Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Sighting:
    """Where an object was, for pictures."""

    camera: str
    label: str
    sub_label: str | None
    end: float | None = None
    times: list[float] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def at(self, t: float) -> Box | None:
        """Its box at a time."""
        index = bisect_right(self.times, t)
        if not index or (self.end is not None and t > self.end):
            return None
        return self.boxes[index - 1]


class Told:
    """State of a server whose messages were told so far."""

    def __init__(self) -> None:
        self.objects: dict[str, Json] = {}
        self.reviews: dict[str, Json] = {}
        self.counts: dict[str, int] = {}
        self.status: dict[str, str] = {}
        self.motion: dict[str, bool] = {}
        self.pulled: dict[str, Any] = {}
        self.dropped: set[str] = set()
        self._sightings: dict[str, Sighting] = {}

    def forget(self) -> None:
        """The process stopped: what was open vanishes without an end, and its later messages with it."""
        self.dropped |= self.objects.keys() | self.reviews.keys()
        now_gone = [self._sightings[one] for one in self.objects if one in self._sightings]
        for sighting in now_gone:
            sighting.end = sighting.times[-1]
        for kept in (self.objects, self.reviews, self.counts, self.status, self.motion):
            kept.clear()

    def before(self, messages: Iterable[Message]) -> None:
        """Take over what was open when the recording began.

        That is what is updated or ended without being new, and what the first `camera_activity` lists and no
        message ever mentions: things that stood still all the time.
        """
        mentioned: set[str] = set()
        activity: Json | None = None
        for message in messages:
            if message.topic == "available":
                break
            if message.topic in ("events", "reviews"):
                document = json.loads(message.payload)
                identity = document["after"]["id"]
                if identity not in mentioned and document["type"] != "new":
                    opened = self.objects if message.topic == "events" else self.reviews
                    opened[identity] = document["before"]
                mentioned.add(identity)
            elif message.topic == "camera_activity" and activity is None:
                activity = json.loads(message.payload)
        for camera, state in (activity or {}).items():
            self.motion[camera] = bool(state.get("motion"))
            for one in state.get("objects", ()):
                if one["id"] not in mentioned:
                    self.objects[one["id"]] = _from_activity(camera, one)

    def object(self, change: str, wire: Json, size: tuple[int, int]) -> None:
        """A message of `events`."""
        identity = wire["id"]
        seen = self._sightings.setdefault(
            identity, Sighting(wire["camera"], wire["label"], name_of(wire["sub_label"]))
        )
        x, y, width, height = relative(wire["box"], *size)
        seen.times.append(wire["frame_time"])
        seen.boxes.append((x, y, x + width, y + height))
        seen.sub_label = name_of(wire["sub_label"])
        if change == "end":
            seen.end = wire["end_time"]
            self.objects.pop(identity, None)
        else:
            self.objects[identity] = wire
        while len(self._sightings) > SIGHTINGS_KEPT:
            self._sightings.pop(next(iter(self._sightings)))

    def review(self, change: str, wire: Json) -> None:
        """A message of `reviews`."""
        if change == "end":
            self.reviews.pop(wire["id"], None)
        else:
            self.reviews[wire["id"]] = wire

    def other(self, topic: str, payload: Any) -> None:
        """Any other message."""
        name, _, rest = topic.partition("/")
        if rest == "status/detect":
            self.status[name] = payload
        elif rest == "motion":
            self.motion[name] = payload == "ON"
        elif topic in PULLED:
            self.pulled[topic] = payload
        elif isinstance(payload, int) and not rest.endswith("/state"):
            self.counts[topic] = payload

    def figures(self, camera: str, t: float) -> list[Figure]:
        """What was seen at a time, farthest first."""
        found = [
            Figure(key=identity, label=seen.label, box=box, sub_label=seen.sub_label)
            for identity, seen in list(self._sightings.items())
            if seen.camera == camera and (box := seen.at(t)) is not None
        ]
        return sorted(found, key=lambda figure: figure.box[3])

    def endings(self, now: float) -> Iterator[tuple[str, Any]]:
        """What a server would say if everything went away now."""
        for topic, opened in (("events", self.objects), ("reviews", self.reviews)):
            for wire in list(opened.values()):
                after = {**deepcopy(wire), "end_time": now}
                if topic == "events":
                    after |= {"active": False}
                yield topic, {"type": "end", "before": wire, "after": after}
        for topic, number in list(self.counts.items()):
            if number:
                yield topic, 0


def _from_activity(camera: str, one: Mapping[str, Any]) -> Json:
    """An object of `camera_activity` in the shape of `events`, as far as it is known."""
    start = float(one["id"].partition("-")[0])
    name = one.get("sub_label")
    return {
        "id": one["id"],
        "camera": camera,
        "label": one["label"].removesuffix("-verified"),
        "sub_label": None if name is None else [name, one["score"]],
        "start_time": start,
        "end_time": None,
        "frame_time": start,
        "stationary": one["stationary"],
        "active": not one["stationary"],
        "box": [0, 0, 0, 0],
        "region": [0, 0, 0, 0],
        "area": one["area"],
        "ratio": one["ratio"],
        "score": one["score"],
        "top_score": one["score"],
        "false_positive": False,
        "has_clip": False,
        "has_snapshot": False,
        "current_zones": list(one["current_zones"]),
        "entered_zones": list(one["current_zones"]),
    }
