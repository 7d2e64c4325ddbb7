"""A camera's tracker and reviews, fed frame by frame."""

from collections.abc import Iterator
import json
from pathlib import Path
from random import Random
from typing import Any

from simulator.figures import Figure
from simulator.geometry import box_at
from simulator.ids import id_maker
from simulator.personality import personality
from simulator.review import ReviewKeeper
from simulator.scene import CameraSpec, ZoneSpec
from simulator.tracker import CameraTracker, Change

CAPTURES = Path(__file__).parents[2] / "fixtures" / "frigate-0.18"
BEGIN = 1795477590.0
FRAME = 0.2
LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
RIGHT = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))


def zone(key: str = "left", points: Any = LEFT, **fields: Any) -> ZoneSpec:
    return ZoneSpec(key=key, name=key, points=points, **fields)


def figure(x: float = 0.2, y: float = 0.8, label: str = "person", **fields: Any) -> Figure:
    """A figure standing at a place; `size` is its height."""
    box = box_at((x, y), fields.pop("size", 0.3), 0.3)
    return Figure(**{"key": "someone", "label": label, "box": box, **fields})


class Rig:
    """A camera with a tracker and reviews. `messages` and `reviews` hold (frame number, change)."""

    def __init__(
        self, release: str = "0.18", *, spec: CameraSpec | None = None, **fields: Any
    ) -> None:
        given = {"labels": ("person", "car", "dog"), **fields}
        self.spec = spec or CameraSpec(key="yard", name="Sân", **given)
        new_id = id_maker(Random(1))
        self.tracker = CameraTracker(self.spec, personality(release), new_id)
        self.keeper = ReviewKeeper(self.spec, personality(release), new_id, self.tracker.settings)
        self.number = 0
        self.sounds: dict[str, str] = {}
        self.messages: list[tuple[int, Change]] = []
        self.reviews: list[tuple[int, Change]] = []

    @property
    def now(self) -> float:
        return BEGIN + self.number * FRAME

    def show(self, *figures: Figure, frames: int = 1) -> list[Change]:
        """Show the same picture for some frames; returns the messages about objects."""
        found: list[Change] = []
        for _ in range(frames):
            self.number += 1
            changes = self.tracker.frame(self.now, figures)
            found += changes
            self.messages += [(self.number, change) for change in changes]
            self.reviews += [
                (self.number, change)
                for change in self.keeper.update(
                    self.now, self.tracker.objects.values(), self.sounds
                )
            ]
        return found

    def walk(self, start: float, end: float, *, step: float = 0.03, **fields: Any) -> list[Change]:
        """Let somebody walk across the picture."""
        found: list[Change] = []
        steps = round(abs(end - start) / step)
        for index in range(steps + 1):
            found += self.show(figure(start + (end - start) * index / steps, **fields))
        return found

    @property
    def only(self) -> Any:
        """The one object that is tracked."""
        (tracked,) = self.tracker.objects.values()
        return tracked

    def types(self) -> list[str]:
        return [change.type for _, change in self.messages]

    def review_types(self) -> list[str]:
        return [change.type for _, change in self.reviews]


def captured(topic: str) -> Iterator[dict[str, Any]]:
    """Messages of a topic that a real server sent, over MQTT and over its websocket."""
    for name in ("mqtt.jsonl", "ws.jsonl"):
        for line in (CAPTURES / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if str(row.get("topic", "")).removeprefix("frigate/") == topic:
                payload = row["payload"]
                yield json.loads(payload) if isinstance(payload, str) else payload


def shape(value: Any, path: str = "") -> dict[str, set[str]]:
    """Types by place in a JSON document; the elements of a list share one place."""
    found = {path: {type(value).__name__}}
    children: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        children = [(f"{path}.{key}", one) for key, one in value.items()]
    elif isinstance(value, (list, tuple)):
        children = [(f"{path}[]", one) for one in value]
    for place, one in children:
        for key, types in shape(one, place).items():
            found.setdefault(key, set()).update(types)
    return found


def shapes(documents: Any) -> dict[str, set[str]]:
    """The types of several documents together."""
    found: dict[str, set[str]] = {}
    for document in documents:
        for key, types in shape(document).items():
            found.setdefault(key, set()).update(types)
    return found
