"""The committed recording, read without the code under test."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "fixtures" / "frigate-0.18"
DOCUMENTS = ("events", "reviews", "stats", "camera_activity")

type Told = list[tuple[str, Any]]


def lines(name: str) -> Iterator[dict[str, Any]]:
    """Lines of a file of JSON lines."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def answer(name: str) -> Any:
    """A recorded HTTP answer."""
    return json.loads((FOLDER / "http" / f"{name}.json").read_text(encoding="utf-8"))


def frames() -> Iterator[tuple[float, str, Any]]:
    """Frames the websocket client got: time, topic, payload, documents parsed."""
    for line in lines("ws.jsonl"):
        if line.get("dir") == "in":
            frame = json.loads(line["raw"])
            topic, payload = frame["topic"], frame["payload"]
            yield line["ts"], topic, json.loads(payload) if topic in DOCUMENTS else payload


def last_counts() -> dict[str, int]:
    """The last number each topic of a count said."""
    return {topic: payload for _, topic, payload in frames() if isinstance(payload, int)}


def still_open(topic: str) -> set[str]:
    """Ids of objects or reviews that a message mentions and none ends, without what their time was added to."""
    opened: dict[str, bool] = {}
    for _, told, payload in frames():
        if told == topic:
            opened[payload["after"]["id"]] = payload["type"] != "end"
    return {identity for identity, still in opened.items() if still}


def commands() -> Iterator[tuple[str, str, Told]]:
    """Commands that were tried: topic, payload, and the states the server answered with."""
    command: tuple[str, str] | None = None
    answered: Told = []
    for line in lines("mqtt_commands.jsonl"):
        topic = line["topic"].removeprefix("frigate/")
        if topic.endswith(("/set", "/suspend", "/ptz")) or topic == "onConnect":
            if command is not None:
                yield *command, answered
            command, answered = (topic, line["payload"]), []
        # What follows a change of profile was said to commands over HTTP.
        elif not answered or answered[-1][0] != "profile/state":
            answered.append((topic, line["payload"]))
    if command is not None:
        yield *command, answered
