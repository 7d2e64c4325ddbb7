"""Messages in the mix of a real Frigate 0.18, made beforehand so that playing them costs next to nothing.

The shares are those of 2606 messages recorded from a server with eight cameras in 416 s. What a server sends by the
clock (statistics) becomes rarer among the messages the more cameras there are, and longer in the same measure.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
import json
from random import Random
from typing import Any

from simulator.config import tracked_labels

RECORDED_CAMERAS = 8
# Messages of a kind for each change of a camera's objects, of which there were 205.
PER_CHANGE = {
    "events": 731 / 205,
    "status": 233 / 205,
    "reviews": 14 / 205,
    "review_status": 14 / 205,
    "motion": 10 / 205,
}
STATS_PER_CHANGE = 21 / 205
FLIP_SHARE = 0.1
ZONE_SHARE = 0.87
MOST_OBJECTS = 4
LONGEST_PATH = 7
EPOCH = 1_795_477_000.0

type Payload = str | int
type Message = tuple[str, Payload]
type Clump = list[Message]


@dataclass
class Thing:
    """An object before a camera."""

    id: str
    label: str
    zone: str | None
    start: float
    active: bool = True
    updates: int = 0
    path: list[Any] = field(default_factory=list)


@dataclass
class Place:
    """A camera and what is before it."""

    key: str
    labels: tuple[str, ...]
    zones: Mapping[str, tuple[str, ...]]
    things: list[Thing] = field(default_factory=list)

    @property
    def watched(self) -> tuple[str, ...]:
        """Labels that come and go: a camera sees mostly a few kinds."""
        return self.labels[:3]


class Traffic:
    """A reproducible stream of messages. `expected` has the last value of every count of a camera."""

    def __init__(self, config: Mapping[str, Any], stats: Callable[[], str], seed: int = 1) -> None:
        self._random = Random(seed)
        self._stats = stats
        self._now = EPOCH
        self._due: dict[str, float] = dict.fromkeys((*PER_CHANGE, "stats"), 0.0)
        self.expected: dict[str, int] = {}
        self.places = [
            Place(
                key,
                labels := tracked_labels(camera),
                {name: tuple(zone["objects"]) or labels for name, zone in camera["zones"].items()},
            )
            for key, camera in config["cameras"].items()
            if camera["enabled"]
        ]
        self._turn = 0

    def clumps(self, count: int) -> list[Clump]:
        """At least `count` messages, together where a server sends them together."""
        found: list[Clump] = []
        number = 0
        while number < count:
            for clump in self._change():
                found.append(clump)
                number += len(clump)
        return found

    def marker(self, value: int) -> Message:
        """A count that no camera would have: whoever shows it has taken everything before it."""
        place = self.places[0]
        topic = f"{place.key}/{place.labels[0]}"
        self.expected[topic] = value
        return topic, value

    def _change(self) -> Iterator[Clump]:
        self._now += 0.2
        rng = self._random
        place = self.places[self._turn % len(self.places)]
        self._turn += 1 + rng.randrange(3)
        flips = bool(place.things) and rng.random() < FLIP_SHARE
        if flips:
            thing = rng.choice(place.things)
            thing.active = not thing.active
            kind = "update"
        elif place.things and (len(place.things) >= MOST_OBJECTS or rng.random() < 0.5):
            thing = place.things.pop(rng.randrange(len(place.things)))
            kind = "end"
        else:
            thing = self._appear(place)
            kind = "new"
        yield self._counts(place, thing, active_only=flips)
        for kind_due, share in PER_CHANGE.items():
            self._due[kind_due] += share
        self._due["stats"] += STATS_PER_CHANGE * RECORDED_CAMERAS / len(self.places)
        yield from self._others(place, thing, kind)

    def _appear(self, place: Place) -> Thing:
        rng = self._random
        label = rng.choice(place.watched)
        zones = [zone for zone, labels in place.zones.items() if label in labels]
        thing = Thing(
            id=f"{self._now:.6f}-{rng.randrange(36**6):06x}"[:24],
            label=label,
            zone=rng.choice(zones) if zones and rng.random() < ZONE_SHARE else None,
            start=self._now,
            path=[self._point() for _ in range(rng.randrange(3, 9))],
        )
        place.things.append(thing)
        return thing

    def _point(self) -> list[Any]:
        rng = self._random
        return [[round(rng.random(), 4), round(rng.random(), 4)], round(self._now, 6)]

    def _counts(self, place: Place, thing: Thing, *, active_only: bool) -> Clump:
        clump: Clump = []
        owners = [(place.key, place.things)]
        if thing.zone is not None:
            owners.append((thing.zone, [one for one in place.things if one.zone == thing.zone]))
        for owner, things in owners:
            for label in (thing.label, "all"):
                seen = [one for one in things if label in ("all", one.label)]
                if not active_only:
                    clump.append((f"{owner}/{label}", len(seen)))
                    if owner == place.key:
                        self.expected[f"{owner}/{label}"] = len(seen)
                clump.append((f"{owner}/{label}/active", sum(one.active for one in seen)))
        return clump

    def _others(self, place: Place, thing: Thing, kind: str) -> Iterator[Clump]:
        key = place.key
        while self._take("events"):
            yield [("events", json.dumps(self._event(key, thing, kind)))]
            if kind == "new":
                kind = "update"
            elif kind == "end" and place.things:
                thing, kind = self._random.choice(place.things), "update"
            elif kind == "end":
                break
        while self._take("status"):
            other = self._random.choice(self.places)
            yield [(f"{other.key}/status/detect", "online")]
        while self._take("reviews"):
            yield [("reviews", json.dumps(_review(key, thing)))]
        while self._take("review_status"):
            yield [(f"{key}/review_status", self._random.choice(("ALERT", "DETECTION", "NONE")))]
        while self._take("motion"):
            yield [(f"{key}/motion", self._random.choice(("ON", "OFF")))]
        while self._take("stats"):
            yield [("stats", self._stats())]

    def _take(self, kind: str) -> bool:
        if self._due[kind] < 1:
            return False
        self._due[kind] -= 1
        return True

    def _event(self, camera: str, thing: Thing, kind: str) -> dict[str, Any]:
        before = _tracked(camera, thing, self._now - 0.4)
        thing.updates += 1
        thing.path = [*thing.path[-LONGEST_PATH:], self._point()]
        after = _tracked(camera, thing, self._now, ended=kind == "end")
        return {"before": before, "after": after, "type": kind}


def _tracked(camera: str, thing: Thing, now: float, *, ended: bool = False) -> dict[str, Any]:
    """An object as Frigate 0.18 describes it."""
    zones = [thing.zone] if thing.zone is not None else []
    box = [428 + thing.updates % 50, 106, 529 + thing.updates % 50, 356]
    path = list(thing.path)
    return {
        "id": thing.id,
        "camera": camera,
        "frame_time": now,
        "snapshot": {
            "frame_time": thing.start,
            "box": box,
            "area": 25250,
            "region": [266, 28, 598, 360],
            "score": 0.7491114735603333,
            "attributes": [],
            "current_estimated_speed": 0,
            "velocity_angle": 0,
            "path_data": path[:-1],
            "recognized_license_plate": None,
            "recognized_license_plate_score": None,
        },
        "snapshot_clean": True,
        "label": thing.label,
        "sub_label": None,
        "top_score": 0.8638896346092224,
        "false_positive": False,
        "start_time": thing.start,
        "end_time": now if ended else None,
        "score": 0.5239740014076233,
        "computed_score": 0.5152106285095215,
        "box": box,
        "area": 27454,
        "ratio": 0.4092664092664093,
        "region": [279, 24, 615, 360],
        "active": thing.active,
        "stationary": not thing.active,
        "motionless_count": 0 if thing.active else 51,
        "position_changes": 1,
        "current_zones": zones,
        "entered_zones": zones,
        "has_clip": True,
        "has_snapshot": True,
        "attributes": {},
        "current_attributes": [],
        "pending_loitering": False,
        "max_severity": "detection",
        "current_estimated_speed": 0,
        "average_estimated_speed": 0,
        "velocity_angle": 0,
        "path_data": path,
        "recognized_license_plate": None,
        "score_history": [0.847112238407135, 0.829508364200592, 0.8306596279144287],
    }


def _review(camera: str, thing: Thing) -> dict[str, Any]:
    """A review that goes on."""
    review = {
        "id": f"{thing.id}-r",
        "camera": camera,
        "start_time": thing.start,
        "end_time": None,
        "severity": "detection",
        "thumb_path": f"/media/frigate/clips/review/thumb-{camera}-{thing.id}.webp",
        "data": {
            "detections": [thing.id],
            "objects": [thing.label],
            "verified_objects": [],
            "sub_labels": [],
            "zones": [],
            "audio": [],
            "thumb_time": thing.start,
            "metadata": None,
        },
    }
    return {"type": "update", "before": review, "after": review}
