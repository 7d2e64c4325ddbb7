"""What the server counts, and its answer to `onConnect`: who is in which camera and zone right now."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from simulator.config import tracked_labels
from simulator.personality import Personality
from simulator.rows import Json

type Publish = Callable[[str, Any], None]

ACTIVITY_KEYS = ("id", "stationary", "area", "ratio", "score", "current_zones")


class Counted(Protocol):
    """What counting needs of a tracked object."""

    @property
    def label(self) -> str: ...

    @property
    def stationary(self) -> bool: ...

    @property
    def current_zones(self) -> Iterable[str]: ...


class Counts:
    """Counts of one camera or zone; publishes what changed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._all: dict[str, int] = {}
        self._active: dict[str, int] = {}

    def update(self, labels: Iterable[str], objects: Iterable[Counted], publish: Publish) -> None:
        """Compare with what is published; every label is published once, even with nothing to count."""
        total: Counter[str] = Counter()
        active: Counter[str] = Counter()
        for one in objects:
            total[one.label] += 1
            active[one.label] += not one.stationary
        changed = False
        for label in labels:
            if self._all.get(label) != total[label]:
                changed = True
                self._all[label] = total[label]
                publish(f"{self.name}/{label}", total[label])
            if self._active.get(label) != active[label]:
                changed = True
                self._active[label] = active[label]
                publish(f"{self.name}/{label}/active", active[label])
        if changed:
            publish(f"{self.name}/all", total.total())
            publish(f"{self.name}/all/active", active.total())


def zone_labels(cameras: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Labels counted in each zone: those of the zone, or its camera's, over all cameras that have the zone."""
    found: dict[str, dict[str, None]] = {}
    for config in cameras.values():
        for key, zone in config["zones"].items():
            labels = found.setdefault(key, {})
            labels.update(dict.fromkeys(zone.get("objects") or tracked_labels(config)))
    return {key: tuple(labels) for key, labels in found.items()}


def object_activity(wire: Mapping[str, Any], logos: Iterable[str]) -> Json:
    """One object as `camera_activity` lists it; a recognised one is `<label>-verified`, or the logo it carries."""
    name = (wire.get("sub_label") or [None])[0]
    label = wire["label"]
    if name is not None:
        label = name if name in logos else f"{label}-verified"
    entry: Json = {
        "id": wire["id"],
        "label": label,
        **{key: wire.get(key) for key in ACTIVITY_KEYS[1:5]},
    }
    entry["sub_label"] = name
    entry["current_zones"] = list(wire.get("current_zones", ()))
    return entry


def config_block(config: Mapping[str, Any], suspended: int, personality: Personality) -> Json:
    """The live switches of a camera as `camera_activity` carries them."""
    review = config["review"]
    block: Json = {
        "detect": config["detect"]["enabled"],
        "enabled": config["enabled"],
        "snapshots": config["snapshots"]["enabled"],
        "record": config["record"]["enabled"],
        "audio": config["audio"]["enabled"],
        "audio_transcription": config.get("audio_transcription", {}).get("live_enabled"),
        "notifications": config["notifications"]["enabled"],
        "notifications_suspended": suspended,
        "autotracking": config["onvif"]["autotracking"]["enabled"],
        "alerts": review["alerts"]["enabled"],
        "detections": review["detections"]["enabled"],
        "object_descriptions": config["objects"].get("genai", {}).get("enabled"),
        "review_descriptions": review.get("genai", {}).get("enabled"),
    }
    if not personality.descriptions:
        for key in ("audio_transcription", "object_descriptions", "review_descriptions"):
            del block[key]
    return block
