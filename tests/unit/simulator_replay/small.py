"""Small recordings made for one test: a few messages with the committed HTTP answers."""

import json
from pathlib import Path
import shutil
from typing import Any

from .recording import FOLDER, lines

BEGIN = 1795477900
OBJECT = f"{BEGIN}.5-abcdef"

type Line = dict[str, Any]


def wire(**change: Any) -> dict[str, Any]:
    """An object at the front door, as `events` brings it."""
    line = next(one for one in lines("mqtt.jsonl") if one["topic"] == "frigate/events")
    after: dict[str, Any] = json.loads(line["payload"])["after"]
    return {
        **after,
        "id": OBJECT,
        "camera": "front_door",
        "start_time": BEGIN + 0.5,
        "end_time": None,
        "has_snapshot": True,
        **change,
    }


def event(second: float, kind: str, **change: Any) -> Line:
    """A message about it."""
    after = wire(**change)
    return text(second, "events", json.dumps({"type": kind, "before": after, "after": after}))


def text(second: float, topic: str, payload: str) -> Line:
    """Any message of the broker."""
    return {
        "ts": BEGIN + second,
        "topic": f"frigate/{topic}",
        "qos": 0,
        "retain": False,
        "payload": payload,
    }


def recording(folder: Path, *messages: Line) -> Path:
    """Write a recording of some messages."""
    shutil.copytree(FOLDER / "http", folder / "http")
    (folder / "mqtt.jsonl").write_text("".join(json.dumps(one) + "\n" for one in messages))
    return folder
