"""The committed recording is small, and there is nothing in it that is nobody's business."""

import json
from pathlib import Path
import shutil

import pytest

from devtools.trim_capture import LIMIT_BYTES, Trimmer, check
from simulator.replay import ReplayWorld

from .recording import FOLDER, frames, lines

PLANTED = {
    "secret": (
        "rtsp://admin:secret@camera.example/main",
        "eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
        '{"topic": "x/snapshot", "payload_b64": "/9j/4AAQ"}',
        "-----BEGIN PRIVATE KEY-----",
    ),
    "address": ("http://192.168.1.20/", "10.0.0.5", "172.20.1.1:554"),
}


def test_committed_recording_is_clean() -> None:
    """No credentials, no addresses, no pictures, not too large."""
    assert check(FOLDER) == []
    assert {path.suffix for path in FOLDER.rglob("*.*")} <= {".json", ".jsonl", ".txt", ".18"}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in PLANTED.items() for text in texts]
)
def test_what_must_not_be_committed_is_found(tmp_path: Path, kind: str, text: str) -> None:
    """Whatever file it is in."""
    (tmp_path / "http").mkdir()
    (tmp_path / "http" / "config.json").write_text(json.dumps({"somewhere": text}))
    assert any(f": {kind}: " in one for one in check(tmp_path))


def test_too_large_is_found(tmp_path: Path) -> None:
    """A repository keeps what was once committed for ever."""
    (tmp_path / "ws.jsonl").write_text(" " * (LIMIT_BYTES + 1))
    assert len(check(tmp_path)) == 1


def test_both_links_were_trimmed_alike() -> None:
    """An update is on both links or on none."""
    broker = [
        json.loads(line["payload"])
        for line in lines("mqtt.jsonl")
        if line["topic"] == "frigate/events"
    ]
    told = [payload for _, topic, payload in frames() if topic == "events"]
    assert len(told) > 100
    assert [one for one in told if one not in broker] == []


def test_updates_that_change_something_stay() -> None:
    """Only positions and scores are thinned out."""
    trimmer = Trimmer()
    wire = next(payload for _, topic, payload in frames() if topic == "events")["after"]

    def update(number: int, **change: object) -> str:
        after = {**wire, "frame_time": wire["frame_time"] + number, **change}
        return json.dumps({"type": "update", "before": wire, "after": after})

    kept = [trimmer.keeps("events", update(number)) for number in range(16)]
    assert kept.count(True) == 2
    assert trimmer.keeps("events", update(99, stationary=not wire["stationary"]))
    assert trimmer.keeps("front_door/person", "1")


async def test_links_complete_each_other(tmp_path: Path) -> None:
    """Without the websocket's frames the broker's messages tell the same, numbers as numbers; and without the broker's the frames do."""
    both = {(one.topic, one.payload) for one in ReplayWorld(FOLDER).capture.messages}
    for missing in ("ws.jsonl", "mqtt.jsonl"):
        folder = tmp_path / missing
        shutil.copytree(FOLDER, folder)
        (folder / missing).unlink()
        messages = ReplayWorld(folder).capture.messages
        assert {type(one.payload) for one in messages} == {int, str}
        assert {(one.topic, one.payload) for one in messages} <= both
        assert len(messages) > 800
