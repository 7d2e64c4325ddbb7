"""The recording is told as it was recorded, at another time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from typing import Any

import pytest

from simulator.replay import ReplayWorld

from .recording import FOLDER, answer, frames, last_counts, lines, still_open

SPEED = 2000.0
WAIT = 60.0


class Listener:
    """Everything a world says, documents parsed."""

    def __init__(self, world: ReplayWorld) -> None:
        self.world = world
        self.told: list[tuple[float, str, Any]] = []
        self._news = asyncio.Event()
        world.subscribe(self._hear)

    def _hear(self, topic: str, payload: Any, _retain: bool) -> None:
        if topic in ("events", "reviews", "stats", "camera_activity"):
            payload = json.loads(payload)
        self.told.append((self.world.now(), topic, payload))
        self._news.set()

    async def wait(self, condition: Any) -> None:
        """Wait for a message after which something holds."""
        async with asyncio.timeout(WAIT):
            while not condition():
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def playing(**options: Any) -> AsyncIterator[Listener]:
    """Play the recording."""
    world = ReplayWorld(FOLDER, **{"speed": SPEED, "loop": False, **options})
    listener = Listener(world)
    running = asyncio.create_task(world.run())
    try:
        yield listener
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def played(listener: Listener) -> list[tuple[float, str, Any]]:
    """Wait for the end of the recording; what was told until then."""
    async with asyncio.timeout(WAIT):
        await listener.world.played.wait()
    return list(listener.told)


def moved(recorded: Any, told: Any, shift: int) -> Any:
    """Whether two values are the same but for times that were moved by `shift`."""
    if isinstance(recorded, dict):
        return recorded.keys() == told.keys() and all(
            moved(recorded[key], told[key], shift) for key in recorded
        )
    if isinstance(recorded, list):
        return len(recorded) == len(told) and all(
            moved(one, other, shift) for one, other in zip(recorded, told, strict=True)
        )
    if type(recorded) is not type(told):
        return False
    if isinstance(recorded, str):
        before, _, after = recorded.rpartition("17954")
        if before and before[-1].isalnum():
            return recorded == told
        number = f"17954{after[:5]}"
        if len(number) != 10 or not number.isdigit():
            return recorded == told
        return told == f"{before}{int(number) + shift}{after[5:]}"
    if isinstance(recorded, int | float) and recorded > 1.7e9:
        return abs(recorded + shift - told) < 1e-5
    return recorded == told


@pytest.mark.parametrize("status", [False, True])
async def test_all_is_told_in_recorded_order(status: bool) -> None:
    """What the websocket client saw is told, in its order, each number and text as it was, each time moved.

    The status of cameras comes from a thread of its own, and overtook other messages on one link only.
    """
    async with playing() as listener:
        told = await played(listener)
    shift = _shift(told)
    rest = iter(one for one in told if ("/status/" in one[1]) is status)
    missing = [
        (topic, payload)
        for _, topic, payload in frames()
        if topic != "camera_activity"
        and ("/status/" in topic) is status
        and not any(topic == other and moved(payload, said, shift) for _, other, said in rest)
    ]
    assert missing == []
    assert abs(len(told) - sum("topic" in line for line in lines("mqtt.jsonl"))) < 5


def _shift(told: list[tuple[float, str, Any]]) -> int:
    """How far the times of the statistics were moved; those tell whole seconds."""
    first = next(payload for _, topic, payload in frames() if topic == "stats")
    said = [
        payload["service"]["last_updated"] - first["service"]["last_updated"]
        for _, topic, payload in told
        if topic == "stats" and payload["service"]["uptime"] == first["service"]["uptime"]
    ]
    assert len(said) == 1
    return int(said[0])


async def test_nothing_is_told_before_its_time() -> None:
    """The spacing is the recorded one: no message speaks of what has not happened yet."""
    async with playing(speed=100.0) as listener:
        began = listener.world.now()
        told = await played(listener)
    times = [one["ts"] for one in lines("mqtt.jsonl") if "topic" in one]
    assert told[0][0] >= began
    assert told[-1][0] - told[0][0] >= times[-1] - times[0] - 1
    objects = [(now, payload["after"]) for now, topic, payload in told if topic == "events"]
    assert len(objects) > 100
    for now, wire in objects:
        assert wire["frame_time"] <= now
        assert wire["id"].startswith(str(wire["start_time"]))
        assert began - 3600 < wire["start_time"] <= wire["frame_time"]
    for _, topic, payload in told:
        if topic == "reviews":
            after = payload["after"]
            assert after["id"] in after["thumb_path"]
            assert after["id"].startswith(str(after["start_time"]))


async def test_rows_agree_with_messages() -> None:
    """What ended is over in the database, what goes on is in progress, older rows are history."""
    async with playing() as listener:
        world = listener.world
        history = set(world.db.events) | set(world.db.reviews)
        began = world.now()
        for start, end in (
            *((row.start_time, row.end_time) for row in world.db.events.values()),
            *((row.start_time, row.end_time) for row in world.db.reviews.values()),
        ):
            assert start < began
            assert end is not None
        told = await played(listener)
        shift = _shift(told)
        running = {row.id for row in world.db.events.values() if row.end_time is None}
        reviews = {row.id for row in world.db.reviews.values() if row.end_time is None}
    assert len(history) >= 50
    assert reviews == {_later(one, shift) for one in still_open("reviews")}
    assert running <= {_later(one, shift) for one in still_open("events")}
    assert running
    ended = {
        p["after"]["id"]: p["after"] for _, t, p in told if t == "events" and p["type"] == "end"
    }
    stored = [one for one in ended.values() if one["has_clip"]]
    assert stored
    for wire in stored:
        assert world.db.events[wire["id"]].end_time == wire["end_time"]


def _later(identity: str, shift: int) -> str:
    second, dot, rest = identity.partition(".")
    return f"{int(second) + shift}{dot}{rest}"


async def test_on_connect_tells_what_is_now() -> None:
    """The answer lists what is open and the switches as they are, in the keys the real server used."""
    async with playing() as listener:
        told = await played(listener)
        world = listener.world
        world.command("front_door/snapshots/set", "OFF")
        before = len(listener.told)
        world.command("onConnect", "")
        answers = listener.told[before:]
    recorded = next(payload for _, topic, payload in frames() if topic == "camera_activity")
    order = [topic for _, topic, _ in frames()]
    start = order.index("camera_activity")
    assert [topic for _, topic, _ in answers] == order[start : start + len(answers)]
    activity = answers[0][2]
    assert {one["id"] for state in activity.values() for one in state.get("objects", ())} == {
        _later(one, _shift(told)) for one in still_open("events")
    }
    assert activity.keys() == recorded.keys()
    for camera, state in recorded.items():
        assert activity[camera].keys() == state.keys()
        assert activity[camera]["config"].keys() == state["config"].keys()
    assert activity["front_door"]["config"]["snapshots"] is False
    assert recorded["front_door"]["config"]["snapshots"] is True
    recorded_objects = [one for state in recorded.values() for one in state.get("objects", ())]
    some = next(one for state in activity.values() for one in state.get("objects", ()))
    assert some.keys() == recorded_objects[0].keys()


async def test_lives_on_after_the_end() -> None:
    """Statistics and the status of cameras go on; the clock in them does too."""
    async with playing() as listener:
        told = await played(listener)
        before = len(told)
        await listener.wait(
            lambda: [topic for _, topic, _ in listener.told[before:]].count("stats") >= 2
        )
        later = listener.told[before:]
    last = [payload for _, topic, payload in told if topic == "stats"][-1]["service"]
    for now, topic, payload in later:
        if topic == "stats":
            assert told[-1][0] <= payload["service"]["last_updated"] + 1 <= now + 1
            assert payload["service"]["uptime"] > last["uptime"]
    statuses = {topic: payload for _, topic, payload in later if topic.endswith("/status/detect")}
    assert statuses == {
        topic: payload for _, topic, payload in told if topic.endswith("/status/detect")
    }


async def test_begins_again_with_other_ids() -> None:
    """In a loop everything that was open ends, counts return to nothing, and nobody comes twice."""
    async with playing(loop=True) as listener:
        first = await played(listener)
        firsts = {p["after"]["id"] for _, t, p in first if t == "events"}

        seen = len(first)

        def again() -> int | None:
            """Where in what was told somebody is new."""
            for index, (_, topic, payload) in enumerate(listener.told[seen:], seen):
                if topic == "events" and payload["after"]["id"] not in firsts:
                    return index
            return None

        await listener.wait(again)
        told = listener.told[: again()]
    ended = {p["after"]["id"] for _, t, p in told if t == "events" and p["type"] == "end"}
    assert ended == firsts
    reviewed = {p["after"]["id"]: p["type"] for _, t, p in told if t == "reviews"}
    assert set(reviewed.values()) == {"end"}
    last = last_counts()
    counts = {topic: payload for _, topic, payload in told if topic in last}
    assert any(last.values())
    assert not any(counts.values())


async def test_pictures_show_who_was_there() -> None:
    """Figures stand where their boxes were, while they were there."""
    async with playing() as listener:
        told = await played(listener)
        world = listener.world
        wire = next(
            p["after"] for _, t, p in told if t == "events" and p["after"]["camera"] == "front_door"
        )
        there = world.figures_at("front_door", wire["frame_time"])
        before = world.figures_at("front_door", wire["start_time"] - 3600)
        elsewhere = world.figures_at("garage", wire["frame_time"])
    detect = answer("config")["cameras"]["front_door"]["detect"]
    x1, y1, x2, y2 = wire["box"]
    width, height = detect["width"], detect["height"]
    figure = next(one for one in there if one.key == wire["id"])
    assert figure.label == wire["label"]
    expected = (x1 / width, y1 / height, x2 / width, y2 / height)
    assert all(abs(a - b) < 1e-6 for a, b in zip(figure.box, expected, strict=True))
    assert before == []
    assert elsewhere == []


def test_recorded_http_answers() -> None:
    """Configuration, statistics, profiles and version are the recorded ones."""
    world = ReplayWorld(FOLDER)
    config = world.config_json("admin")
    assert config == answer("config")
    assert "environment_vars" not in world.config_json("yard")
    assert world.camera_names() == tuple(answer("config")["cameras"])
    assert world.personality.version == (FOLDER / "http" / "version.txt").read_text().strip()
    assert world.profiles_json() == answer("profiles")
    recorded = answer("stats")
    stats = world.stats_json("admin", None)
    assert stats["cameras"] == recorded["cameras"]
    assert abs(stats["service"]["last_updated"] - world.now()) < 2
    assert abs(stats["service"]["uptime"] - recorded["service"]["uptime"]) < 10
    yard = answer("ext_yard_stats")
    assert (
        world.stats_json("yard", ("driveway", "backyard"))["cameras"].keys()
        == yard["cameras"].keys()
    )
    assert world.ptz_info("front_door") == answer("ptzinfo_front_door")
    assert world.faces() == answer("faces")
    assert world.classes("nothing") is None
    assert world.offline("offline_cam")
    assert world.offline("disabled_cam")
    assert not world.offline("front_door")


def test_recordings_are_stored() -> None:
    """What was recorded is there, moved to the past, and cameras that record go on recording."""
    world = ReplayWorld(FOLDER)
    now = world.now()
    rows = answer("cam_recordings_front_door")
    seconds = sum(row["end_time"] - row["start_time"] for row in rows)
    assert abs(world.db.recordings.seconds("front_door", now) - seconds) < 5
    oldest = world.db.recordings.oldest("front_door")
    assert oldest is not None
    assert oldest < now - seconds
    assert world.db.recordings.seconds("front_door", now + 100) >= seconds + 95
    assert world.db.recordings.seconds("disabled_cam", now + 100) == 0
    assert world.db.recordings.seconds("offline_cam", now + 100) == 0
