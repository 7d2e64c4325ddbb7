"""What the server recognises in a tracked object: faces, plates, classes, descriptions, semantic triggers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from simulator.database import Database
from simulator.personality import Personality
from simulator.recorder import name_of
from simulator.rows import Json
from simulator.scene import ModelSpec
from simulator.switches import on_off

CLASSIFY_SECONDS = 2.0
DESCRIBE_SECONDS = 4.0
STATE_SECONDS = 240.0
WORDS = {
    "person": "Một người",
    "car": "Một ô tô",
    "motorcycle": "Một xe máy",
    "truck": "Một xe tải",
}


class Services(Protocol):
    """What the parts of a camera share."""

    db: Database
    personality: Personality
    models: tuple[ModelSpec, ...]

    def new_id(self, start: float) -> str: ...

    def publish(self, topic: str, payload: Any, *, retain: bool = False) -> None: ...

    def later(self, moment: float, callback: Callable[[], None]) -> None:
        """Call back when the simulated clock reaches a time."""
        ...

    def picture(self, camera: str, label: str) -> bytes | None:
        """A JPEG of the newest object of a label, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Enrichments:
    """The enrichments of one camera."""

    camera: str
    services: Services

    def changed(
        self, kind: str, before: Mapping[str, Any], after: Mapping[str, Any], config: Json
    ) -> None:
        """Publish what was recognised with a change of an object; comes before the change itself."""
        self._face(before, after, config)
        self._plate(before, after, config)
        now = after["end_time"] or after["frame_time"]
        if kind == "new":
            self._classify(after, now)
            self._trigger(after, now, config)
        elif kind == "end" and config["objects"].get("genai", {}).get("enabled"):
            self.services.later(now + DESCRIBE_SECONDS, lambda: self._describe(after))

    def _update(
        self, kind: str, after: Mapping[str, Any], moment: float | None, **more: object
    ) -> None:
        message: Json = {"type": kind, "id": after["id"], "camera": self.camera, **more}
        if moment is not None:
            message["timestamp"] = moment
        self.services.publish("tracked_object_update", message)

    def _face(self, before: Mapping[str, Any], after: Mapping[str, Any], config: Json) -> None:
        if after["label"] != "person" or not config["face_recognition"]["enabled"]:
            return
        name = name_of(after.get("sub_label"))
        if name is not None and name != name_of(before.get("sub_label")):
            self._update("face", after, after["frame_time"], name=name, score=after["sub_label"][1])

    def _plate(self, before: Mapping[str, Any], after: Mapping[str, Any], config: Json) -> None:
        plate = name_of(after.get("recognized_license_plate"))
        if (
            plate is None
            or plate == name_of(before.get("recognized_license_plate"))
            or not config["lpr"]["enabled"]
        ):
            return
        more: Json = (
            {"plate_box": list(after["box"])} if self.services.personality.computed_score else {}
        )
        score = after["recognized_license_plate"][1]
        name = name_of(after.get("sub_label"))
        self._update("lpr", after, after["frame_time"], name=name, plate=plate, score=score, **more)

    def _classify(self, after: Mapping[str, Any], now: float) -> None:
        if not self.services.personality.classification:
            return
        for model in self.services.models:
            if (
                model.kind == "state"
                or not model.classes
                or (model.cameras and self.camera not in model.cameras)
            ):
                continue
            if after["label"] == "person":
                result = model.classes[int(now) % len(model.classes)]
                call = partial(self._classified, model, result, after)
                self.services.later(now + CLASSIFY_SECONDS, call)

    def _classified(self, model: ModelSpec, result: str, after: Mapping[str, Any]) -> None:
        moment = after["frame_time"] + CLASSIFY_SECONDS
        self._update(
            "classification", after, moment, model=model.name, sub_label=result, score=0.93
        )

    def _trigger(self, after: Mapping[str, Any], now: float, config: Json) -> None:
        if not self.services.personality.classification:
            return
        for name, trigger in config.get("semantic_search", {}).get("triggers", {}).items():
            if trigger.get("enabled", True) and after["label"] == "person":
                message = {
                    "name": name,
                    "camera": self.camera,
                    "event_id": after["id"],
                    "type": trigger.get("type", "thumbnail"),
                    "score": 0.86,
                }
                call = partial(self.services.publish, "triggers", message)
                self.services.later(now + CLASSIFY_SECONDS, call)

    def _describe(self, after: Mapping[str, Any]) -> None:
        text = f"{WORDS.get(after['label'], 'Một vật thể')} đi qua khung hình rồi rời đi, không có gì bất thường."
        if (row := self.services.db.events.get(after["id"])) is not None:
            row.data["description"] = text
        self._update("description", after, None, description=text)

    def reviewed(self, wire: Mapping[str, Any], config: Json) -> None:
        """A review ended; describe it if the camera's reviews are described."""
        genai = config["review"].get("genai", {})
        if not self.services.personality.review_metadata or not genai.get("enabled"):
            return
        if genai.get("alerts" if wire["severity"] == "alert" else "detections"):
            self.services.later(
                wire["end_time"] + DESCRIBE_SECONDS, lambda: self._describe_review(wire)
            )

    def _describe_review(self, wire: Mapping[str, Any]) -> None:
        metadata: Json = {
            "title": "Có người qua lại",
            "scene": "Có người đi vào khung hình, dừng lại một lúc rồi rời đi.",
            "shortSummary": "Có người qua lại trước camera.",
            "confidence": 0.87,
            "potential_threat_level": 0,
            "other_concerns": None,
            "time": None,
        }
        if self.services.personality.computed_score:
            metadata["observations"] = ["Không có hành vi bất thường."]
        after = {**wire, "data": {**wire["data"], "metadata": metadata}}
        if (row := self.services.db.reviews.get(wire["id"])) is not None:
            row.data["metadata"] = metadata
        self.services.publish("reviews", {"type": "genai", "before": dict(wire), "after": after})


class StateModels:
    """Custom models that classify a part of a camera's picture; the class changes every few minutes."""

    def __init__(self, camera: str, models: Iterable[ModelSpec]) -> None:
        self._camera = camera
        self._models = [
            one for one in models if one.kind == "state" and one.classes and camera in one.cameras
        ]
        self._last: dict[str, str] = {}

    def update(self, elapsed: float, publish: Callable[[str, Any], None]) -> None:
        """Publish the class of each model when it is not the last one published; `elapsed` in seconds."""
        for model in self._models:
            value = model.classes[int(elapsed / STATE_SECONDS) % len(model.classes)]
            if self._last.get(model.name) != value:
                self._last[model.name] = value
                publish(f"{self._camera}/classification/{model.name}", value)


class Autotracking:
    """`<camera>/ptz_autotracker/active` of one camera."""

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._active = False

    def update(self, config: Json, active: bool, publish: Callable[[str, Any], None]) -> None:
        """Publish when following an object begins or ends."""
        following = active and bool(config["onvif"]["autotracking"]["enabled"])
        if following != self._active:
            self._active = following
            publish(f"{self._camera}/ptz_autotracker/active", on_off(following))
