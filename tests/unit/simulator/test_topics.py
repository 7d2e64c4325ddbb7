"""The commune's day as messages: topics and payloads beside those of a real server, and what is recognised."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
import json
from typing import Any

import pytest

from simulator.frigate import Frigate
from simulator.scene import ModelSpec, Scene
from tests.unit.simulator.camera_rig import BEGIN, CAPTURES

COMMON = {"type", "id", "camera"}
# The link to the broker says it, not the process.
OF_THE_BROKER = {"available"}


def pattern(topic: str, config: Mapping[str, Any]) -> str:
    """A topic with placeholders for the names of a configuration."""
    cameras = config["cameras"].values()
    names = {
        "<camera>": set(config["cameras"]),
        "<zone>": {name for one in cameras for name in one["zones"]},
        "<mask>": {
            name for one in cameras for name in (*one["motion"]["mask"], *one["objects"]["mask"])
        },
        "<label>": {name for one in cameras for name in one["objects"]["track"]},
    }
    parts = topic.split("/")
    return "/".join(
        next((kind for kind, known in names.items() if part in known), part) for part in parts
    )


def kind(payload: Any) -> str:
    """What a payload is on the wire."""
    if isinstance(payload, bytes):
        return "bytes"
    text = payload if isinstance(payload, str) else json.dumps(payload)
    try:
        value = json.loads(text)
    except ValueError:
        return "text"
    return "number" if isinstance(value, (int, float)) else type(value).__name__


class Heard:
    """A simulated server that keeps what it says, JSON documents read."""

    def __init__(self, scene: Scene | str = "commune", release: str = "0.18") -> None:
        self.frigate = Frigate(scene, release, clock=lambda: BEGIN, history_days=0)
        self.said: list[tuple[str, Any, bool]] = []
        self.frigate.subscribe(self._hear)

    def _hear(self, topic: str, payload: Any, retain: bool) -> None:
        self.said.append((topic, payload, retain))

    def documents(self, topic: str) -> list[Any]:
        return [
            json.loads(payload) if isinstance(payload, str) else payload
            for name, payload, _ in self.said
            if name == topic
        ]

    def updates(self, kind: str) -> list[Any]:
        found = self.documents("tracked_object_update")
        return [one for one in found if one["type"] == kind]


@pytest.fixture(scope="module")
def day() -> Heard:
    heard = Heard()
    heard.frigate.publish_all_retained(lambda *message: heard.said.append(message))
    heard.frigate.step(600)
    for topic in ("onConnect", "modelState", "jobState", "birdseyeLayout"):
        heard.frigate.command(topic, "")
    heard.frigate.command("notifications/set", "ON")
    for name in ("notifications/set", "detect/set", "motion/set"):
        heard.frigate.command(f"cong_ubnd/{name}", "OFF")
    heard.frigate.command("cong_ubnd/notifications/suspend", "5")
    return heard


def test_all_that_a_real_server_says_is_said_in_the_same_form(day: Heard) -> None:
    real_config = json.loads((CAPTURES / "http" / "config.json").read_text(encoding="utf-8"))
    real: dict[str, set[str]] = defaultdict(set)
    for line in (CAPTURES / "mqtt.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        topic = str(row["topic"]).removeprefix("frigate/")
        if topic.endswith("/set") or topic == "onConnect" or "payload" not in row:
            continue
        real[pattern(topic, real_config)].add(kind(row["payload"]))
    mine: dict[str, set[str]] = defaultdict(set)
    for topic, payload, _retain in day.said:
        mine[pattern(topic, day.frigate.config)].add(kind(payload))
    assert len(real) >= 40
    assert real.keys() - mine.keys() <= OF_THE_BROKER
    for topic in real.keys() & mine.keys():
        assert mine[topic] == real[topic], topic


def test_what_is_retained_is_what_a_real_server_retains(day: Heard) -> None:
    real_config = json.loads((CAPTURES / "http" / "config.json").read_text(encoding="utf-8"))
    retained = {
        pattern(json.loads(line)["topic"].removeprefix("frigate/"), real_config)
        for line in (CAPTURES / "retained.jsonl").read_text(encoding="utf-8").splitlines()
    }
    mine: dict[str, set[bool]] = defaultdict(set)
    for topic, _payload, retain in day.said:
        mine[pattern(topic, day.frigate.config)].add(retain)
    wrong = {
        topic: flags
        for topic, flags in mine.items()
        if flags != {topic in retained} and topic != "<camera>/object_mask/<mask>/state"
    }
    assert wrong == {}


def test_plates_and_faces_are_told_and_then_seen_in_the_object(day: Heard) -> None:
    plates, faces = day.updates("lpr"), day.updates("face")
    assert plates
    assert faces
    assert {frozenset(one) for one in plates} == {
        frozenset(COMMON | {"name", "plate", "score", "timestamp", "plate_box"})
    }
    assert {frozenset(one) for one in faces} == {frozenset(COMMON | {"name", "score", "timestamp"})}
    events = day.documents("events")
    for one in plates:
        after = [event["after"] for event in events if event["after"]["id"] == one["id"]]
        assert any(
            (after_one["recognized_license_plate"] or [None])[0] == one["plate"]
            for after_one in after
        )
    for one in faces:
        after = [event["after"] for event in events if event["after"]["id"] == one["id"]]
        assert any((after_one["sub_label"] or [None])[0] == one["name"] for after_one in after)


def test_objects_and_reviews_are_described_after_their_end(day: Heard) -> None:
    ended = {event["after"]["id"] for event in day.documents("events") if event["type"] == "end"}
    described = day.updates("description")
    assert described
    assert {one["id"] for one in described} <= ended
    for one in described:
        row = day.frigate.db.events.get(one["id"])
        assert row is None or row.data["description"] == one["description"]
    seen: set[str] = set()
    told = 0
    for review in day.documents("reviews"):
        if review["type"] == "genai":
            told += 1
            assert review["after"]["id"] in seen, "the end came before"
            metadata = review["after"]["data"]["metadata"]
            assert {"title", "scene", "confidence", "observations"} <= metadata.keys()
            assert day.frigate.db.reviews[review["after"]["id"]].data["metadata"] == metadata
        elif review["type"] == "end":
            seen.add(review["after"]["id"])
    assert told


def test_a_state_model_tells_each_change_of_its_class(day: Heard) -> None:
    topic = "truong_tieu_hoc/classification/trang_thai_cong"
    values = [payload for name, payload, _ in day.said if name == topic]
    assert values == ["open", "closed", "open"]


def heard_walk(release: str) -> Heard:
    """Somebody walks by, before a camera with a model of objects and a semantic trigger."""
    model = ModelSpec(name="ao_phan_quang", kind="object", cameras=(), classes=("co", "khong"))
    heard = Heard(replace(Scene.load("empty"), classification=(model,)), release)
    config = heard.frigate.live_camera("front_door")
    assert config is not None
    if "semantic_search" in config:
        config["semantic_search"]["triggers"] = {"ao_do": {"type": "description", "enabled": True}}
    walker = heard.frigate.stage.place("front_door", "person", (0.1, 0.3, 0.2, 0.9))
    for number in range(40):
        left = 0.1 + number * 0.015
        walker.move((left, 0.3, left + 0.1, 0.9))
        heard.frigate.step(0.2)
    return heard


def test_models_of_objects_and_triggers() -> None:
    heard = heard_walk("0.18")
    event_id = heard.documents("events")[0]["after"]["id"]
    (update,) = heard.updates("classification")
    assert update.keys() == COMMON | {"model", "sub_label", "score", "timestamp"}
    assert (update["id"], update["model"]) == (event_id, "ao_phan_quang")
    assert update["sub_label"] in ("co", "khong")
    (trigger,) = heard.documents("triggers")
    assert trigger == {
        "name": "ao_do",
        "camera": "front_door",
        "event_id": event_id,
        "type": "description",
        "score": trigger["score"],
    }


def test_0_16_knows_neither_models_nor_triggers() -> None:
    heard = heard_walk("0.16")
    assert heard.documents("events")
    assert heard.updates("classification") == heard.documents("triggers") == []


def test_0_16_knows_no_models_of_states() -> None:
    heard = Heard(release="0.16")
    heard.frigate.step(5)
    topics = {topic for topic, _, _ in heard.said}
    assert "cong_ubnd/motion" in topics or "truong_tieu_hoc/person" in topics
    assert not any("/classification/" in topic for topic in topics)
