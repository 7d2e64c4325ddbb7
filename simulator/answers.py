"""What the simulated server answers when it is asked: over HTTP, and on the topics of `onConnect`."""

from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING, Any

from simulator.birdseye import layout
from simulator.events import picture_names
from simulator.rows import Json
from simulator.stats import ServerHealth, build_stats

if TYPE_CHECKING:
    from simulator.frigate import Frigate

LOGOS = ("amazon", "dhl", "fedex", "ups", "usps")
PICTURES_PER_FACE = 3
MEGABYTES_PER_SECOND = 0.022
PTZ_FEATURES = ("pt", "zoom", "pt-r-fov")


class Answers:
    """The read side of one simulated server."""

    def __init__(self, frigate: Frigate) -> None:
        self._frigate = frigate
        self._pictures: dict[str, dict[str, list[str]]] = {}

    def publish(self, topic: str) -> None:
        """Publish the answer to a pull topic; to `onConnect` all of them, in the server's order."""
        frigate, personality = self._frigate, self._frigate.personality
        if topic != "onConnect":
            frigate.publish(topic, self._answer(topic))
            return
        topics = ["camera_activity", "model_state", "embeddings_reindex_progress"]
        if personality.birdseye_layout:
            topics.append("birdseye_layout")
        if personality.audio_summary:
            topics.append("audio_detections")
        for one in topics:
            frigate.publish(one, self._answer(one))
        if personality.has_profiles:
            frigate.publish("profile/state", frigate.active_profile or "none", retain=True)

    def _answer(self, topic: str) -> Any:
        match topic:
            case "camera_activity":
                return self.activity()
            case "birdseye_layout":
                return self.layout()
            case "audio_detections":
                return self.sounds()
            case "audio_transcription_state":
                return '"idle"'
        # No model is being fetched, nothing indexed, no job running.
        return {}

    def activity(self) -> Json:
        """`camera_activity`: every camera's live switches, and who is before those that have seen anything."""
        suspended = self._frigate.suspended
        return {
            key: camera.activity(suspended.get(key, 0), LOGOS)
            for key, camera in self._frigate.cameras.items()
        }

    def layout(self) -> Json:
        """`birdseye_layout`."""
        view = self._frigate.config["birdseye"]
        if not view["enabled"]:
            return {}
        shown = [key for key, camera in self._frigate.cameras.items() if camera.birdseye()]
        return layout(shown, view["width"], view["height"])

    def sounds(self) -> Json:
        """`audio_detections`: cameras at which something is heard."""
        return {
            key: camera.hearing.detections()
            for key, camera in self._frigate.cameras.items()
            if camera.hearing.sounds
        }

    def stats(self, role: str, cameras: tuple[str, ...] | None) -> Json:
        """`/api/stats` for a role, cut to `cameras`."""
        frigate = self._frigate
        now = frigate.now()
        listed = [
            camera.health(now)
            for key, camera in frigate.cameras.items()
            if cameras is None or key in cameras
        ]
        recordings = frigate.db.recordings
        seconds = sum(recordings.seconds(camera, now) for camera in recordings.cameras())
        health = ServerHealth(
            now=now,
            started=frigate.started,
            recordings_mb=seconds * MEGABYTES_PER_SECOND,
            detectors=tuple(frigate.config["detectors"]),
        )
        return build_stats(listed, health, frigate.personality, admin=role == "admin")

    def profiles(self, last_activated: Mapping[str, float]) -> Json:
        """`GET /api/profiles`."""
        frigate = self._frigate
        return {
            "profiles": [
                {"name": name, "friendly_name": profile["friendly_name"]}
                for name, profile in frigate.config["profiles"].items()
            ],
            "active_profile": frigate.active_profile,
            "last_activated": dict(last_activated),
        }

    def ptz(self, camera: str) -> Json:
        """`GET /api/{camera}/ptz/info`; empty without PTZ."""
        config = self._frigate.config["cameras"][camera]
        if not config["onvif"]["host"]:
            return {}
        specs = (spec for spec in self._frigate.scene.cameras if spec.key == camera)
        presets = next((list(spec.presets) for spec in specs), [])
        return {"name": camera, "features": list(PTZ_FEATURES), "presets": presets}

    def faces(self) -> dict[str, list[str]]:
        """Known faces: those that figures of the scene can be recognised as, and those given by hand."""
        frigate = self._frigate
        if not frigate.config["face_recognition"]["enabled"]:
            return {}
        people = (figure for figure in frigate.scene.figures if figure.label == "person")
        names = sorted({figure.sub_label for figure in people if figure.sub_label})
        return {"train": [], **self._named("faces", names), **frigate.faces_known}

    def classes(self, model: str) -> dict[str, list[str]] | None:
        """Classes of a custom model; None if there is no such model."""
        found = next((one for one in self._frigate.models if one.name == model), None)
        return None if found is None else self._named(model, list(found.classes))

    def _named(self, owner: str, names: list[str]) -> dict[str, list[str]]:
        kept = self._pictures.setdefault(owner, {})
        for name in names:
            # A generator of its own: what is asked for must not change what happens next.
            kept.setdefault(name, picture_names(Random(f"{owner}/{name}"), name, PICTURES_PER_FACE))
        return {name: kept[name] for name in names}
