"""What a recording means, message by message."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.replay import ReplayWorld

from .recording import FOLDER, answer
from .small import OBJECT, Line, event, recording, text

WAIT = 60.0
SPEED = 1000.0


async def play(world: ReplayWorld) -> None:
    """Play to the end."""
    running = asyncio.create_task(world.run())
    async with asyncio.timeout(WAIT):
        await world.played.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def replay(folder: Path, *messages: Line) -> ReplayWorld:
    """A world that plays some messages once."""
    return ReplayWorld(recording(folder, *messages), speed=SPEED, loop=False)


def there(world: ReplayWorld) -> list[str]:
    """Ids of those in front of the cameras, without what their time was moved by."""
    return [
        one["id"].partition(".")[2]
        for state in world.activity_json().values()
        for one in state.get("objects", ())
    ]


NAME = OBJECT.partition(".")[2]


async def test_recorded_restart(tmp_path: Path) -> None:
    """The process stops and starts; who was there is gone without an end, and not heard of again."""
    world = replay(
        tmp_path,
        event(1, "new"),
        text(2, "front_door/person", "1"),
        text(3, "available", "stopped"),
        text(4, "front_door/detect/state", "OFF"),
        text(5, "available", "online"),
        event(6, "update"),
        text(7, "front_door/person", "0"),
    )
    heard: list[str] = []
    open_rows: list[int] = []
    world.subscribe(lambda topic, _payload, _retain: heard.append(topic))
    world.on_restart(heard.append)
    world.on_restart(
        lambda _: open_rows.append(sum(row.end_time is None for row in world.db.events.values()))
    )
    await play(world)
    assert [one for one in heard if "status" not in one and one != "stats"] == [
        *("events", "front_door/person", "stop", "start", "front_door/person"),
    ]
    assert open_rows == [0, 0]
    assert there(world) == []
    assert world.figures_at("front_door", world.now()) == []
    assert world.running
    assert world.config_json("admin")["cameras"]["front_door"]["detect"]["enabled"] is True


async def test_recorded_crash(tmp_path: Path) -> None:
    """A last will is a crash: nothing more is said until the process is back."""
    world = replay(tmp_path, event(1, "new"), text(2, "available", "offline"), event(3, "update"))
    phases: list[str] = []
    world.on_restart(phases.append)
    await play(world)
    assert phases == ["crash"]
    assert not world.running


def test_who_was_there_before(tmp_path: Path) -> None:
    """An object that is updated without being new was there before, and one that only the activity lists stands."""
    still = {
        "id": "1795477000.5-parked",
        "label": "car",
        "stationary": True,
        "area": 100,
        "ratio": 1.5,
        "score": 0.8,
        "sub_label": None,
        "current_zones": ["parking"],
    }
    activity = {"driveway": {"motion": True, "objects": [still]}}
    world = replay(
        tmp_path,
        text(0, "camera_activity", json.dumps(activity)),
        event(1, "update"),
        event(2, "new", id="1795477902.1-newone"),
    )
    assert set(there(world)) == {NAME, "5-parked"}
    driveway = world.activity_json()["driveway"]
    assert driveway["motion"] is True
    assert {**driveway["objects"][0], "id": still["id"]} == still


def test_who_is_new_was_not_there_before(tmp_path: Path) -> None:
    """An object begins with its own message."""
    world = replay(tmp_path, event(1, "new"), event(2, "update"))
    assert there(world) == []


async def test_who_stood_still_ends_before_it_begins_again(tmp_path: Path) -> None:
    """A loop is a new day: what nobody ended is ended."""
    folder = recording(tmp_path, event(1, "update"), text(2, "front_door/person", "1"))
    world = ReplayWorld(folder, speed=SPEED, loop=True)
    told: list[tuple[str, Any]] = []
    ended = asyncio.Event()

    def hear(topic: str, payload: Any, _retain: bool) -> None:
        told.append((topic, payload))
        if topic == "front_door/person" and payload == 0:
            ended.set()

    world.subscribe(hear)
    running = asyncio.create_task(world.run())
    async with asyncio.timeout(WAIT):
        await ended.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    last = json.loads([payload for topic, payload in told if topic == "events"][-1])
    assert last["type"] == "end"
    assert last["after"]["id"].endswith(NAME)
    assert last["after"]["end_time"] >= last["after"]["start_time"]


SWITCHED = (
    ("detect", "OFF", ("detect", "enabled"), False),
    ("motion_threshold", "55", ("motion", "threshold"), 55),
    ("birdseye_mode", "MOTION", ("birdseye", "mode"), "motion"),
)


@pytest.mark.parametrize(("name", "payload", "path", "value"), SWITCHED)
async def test_recorded_switch(
    tmp_path: Path, name: str, payload: str, path: tuple[str, ...], value: Any
) -> None:
    """What somebody switched while it was recorded is in the configuration and kept by the broker."""
    topic = f"front_door/{name}/state"
    world = replay(tmp_path, text(1, topic, payload))
    flags: list[bool] = []
    world.subscribe(lambda told, _payload, retain: flags.append(retain) if told == topic else None)
    await play(world)
    found: Any = world.config_json("admin")["cameras"]["front_door"]
    for key in path:
        found = found[key]
    assert found == value
    assert flags == [True]
    kept = {told: said for told, said, retain in world.initial_states() if retain}
    assert str(kept[topic]) == payload


async def test_counts_are_not_retained(tmp_path: Path) -> None:
    """Counts and objects are said once."""
    world = replay(tmp_path, event(1, "new"), text(2, "front_door/person", "1"))
    flags: dict[str, bool] = {}
    world.subscribe(lambda topic, _payload, retain: flags.update({topic: retain}))
    await play(world)
    assert flags["events"] is False
    assert flags["front_door/person"] is False


async def test_manual_event_ends_by_itself(tmp_path: Path) -> None:
    """After its duration, at the time it was to end."""
    world = replay(tmp_path, event(1, "new"), event(60, "update"))
    before = world.now()
    made = world.create_event("front_door", "bell", {"duration": 20})
    after = world.now()
    await play(world)
    end = world.db.events[made].end_time
    assert end is not None
    assert before + 20 <= end <= after + 20


def test_profile_forgets_what_was_switched() -> None:
    """A switch survives a restart, but not a change of profile before it."""
    world = ReplayWorld(FOLDER)
    for topic, payload in (("front_door/detect/set", "OFF"), ("restart", "")):
        world.command(topic, payload)
    assert world.config_json("admin")["cameras"]["front_door"]["detect"]["enabled"] is False
    for topic, payload in (("profile/set", "none"), ("restart", "")):
        world.command(topic, payload)
    assert world.config_json("admin")["cameras"]["front_door"]["detect"]["enabled"] is True


def test_profile_survives_a_restart() -> None:
    """The active profile is active again, in the configuration too."""
    world = ReplayWorld(FOLDER)
    world.command("profile/set", "home")
    before = world.config_json("admin")
    world.command("restart", "")
    assert world.profiles_json()["active_profile"] == "home"
    assert world.config_json("admin")["cameras"] == before["cameras"]
    assert before["cameras"]["driveway"]["enabled"] is False
    assert answer("config")["cameras"]["driveway"]["enabled"] is True


def test_viewer_sees_no_command_lines() -> None:
    """Statistics are shorter for a viewer, by what the recorded ones are."""
    world = ReplayWorld(FOLDER)
    for role, name in (("admin", "stats"), ("viewer", "ext_viewer_stats")):
        recorded = {key for one in answer(name)["cpu_usages"].values() for key in one}
        told = {key for one in world.stats_json(role, None)["cpu_usages"].values() for key in one}
        assert told == recorded
