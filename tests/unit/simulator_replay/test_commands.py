"""Commands to a recorded server are answered as the real server answered them."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.replay import ReplayWorld

from .recording import FOLDER, answer, commands, lines


def said_by(world: ReplayWorld, act: Callable[[], None]) -> list[tuple[str, Any]]:
    """What a world says to something."""
    told: list[tuple[str, Any]] = []
    stop = world.subscribe(lambda topic, payload, _retain: told.append((topic, payload)))
    act()
    stop()
    return told


def tried() -> Iterator[Any]:
    """All commands but those that change everything."""
    for number, (topic, payload, answered) in enumerate(commands()):
        if topic != "profile/set":
            yield pytest.param(number, topic, payload, answered, id=f"{topic}={payload}")


@pytest.fixture(scope="module")
def world() -> ReplayWorld:
    """One server for the whole sequence: commands build on each other."""
    return ReplayWorld(FOLDER)


@pytest.mark.parametrize(("number", "topic", "payload", "answered"), tried())
def test_command_is_echoed_as_recorded(
    world: ReplayWorld, number: int, topic: str, payload: str, answered: list[tuple[str, str]]
) -> None:
    """The same topics with the same payloads, or silence where the real server refused."""
    told = said_by(world, lambda: world.command(topic, payload, origin="mqtt"))
    told = [(name, str(value)) for name, value in told if name.endswith(("/state", "/suspended"))]
    if topic.endswith("/suspend") and payload != "0":
        assert [name for name, _ in told] == [name for name, _ in answered]
        assert abs(int(told[0][1]) - world.now() - 60 * int(payload)) < 5
        return
    assert told == answered, f"command {number}"


def test_profile_is_republished_as_recorded() -> None:
    """A profile republishes the states of all cameras; one that does not exist changes nothing."""
    world = ReplayWorld(FOLDER)
    for topic, payload, answered in commands():
        if topic != "profile/set":
            continue
        told = said_by(world, lambda payload=payload: world.command("profile/set", payload))  # type: ignore[misc]
        assert {name: str(value) for name, value in told} == dict(answered)
    assert world.profiles_json()["active_profile"] is None
    assert world.profiles_json()["last_activated"].keys() == {"away", "home"}


def test_command_changes_configuration_and_retained_set() -> None:
    """What was switched is so in `/api/config`, and the broker is told so at the next connect."""
    world = ReplayWorld(FOLDER)
    recorded = {
        line["topic"].removeprefix("frigate/"): line["payload"] for line in lines("retained.jsonl")
    }
    del recorded["available"]
    first = {topic: str(payload) for topic, payload, retain in world.initial_states() if retain}
    assert first == recorded
    world.command("front_door/detect/set", "OFF")
    world.command("front_door/motion_threshold/set", "44")
    assert world.config_json("admin")["cameras"]["front_door"]["detect"]["enabled"] is False
    assert answer("config")["cameras"]["front_door"]["detect"]["enabled"] is True
    assert world.config_json("admin")["cameras"]["front_door"]["motion"]["threshold"] == 44
    later = {topic: payload for topic, payload, retain in world.initial_states() if retain}
    assert later["front_door/detect/state"] == "OFF"
    assert later["front_door/motion_threshold/state"] == 44


def test_recording_stops_with_its_switch() -> None:
    """Recordings grow only while they are on."""
    world = ReplayWorld(FOLDER)
    world.command("garage/recordings/set", "OFF")
    stored = world.db.recordings.seconds("garage", world.now() + 100)
    assert stored < 5
    world.command("garage/recordings/set", "ON")
    assert world.db.recordings.seconds("garage", world.now() + 100) >= 100


def test_unknown_topics_over_mqtt_are_not_heard() -> None:
    """A broker connection registers its topics; a websocket passes on what nobody knows."""
    world = ReplayWorld(FOLDER)
    assert said_by(world, lambda: world.command("nonsense", "1", origin="mqtt")) == []
    assert said_by(world, lambda: world.command("nonsense", "1", origin="ws")) == [
        ("nonsense", "1")
    ]


def test_manual_event_is_only_in_the_database() -> None:
    """It is created and ended without a message."""
    world = ReplayWorld(FOLDER)
    made: list[str] = []
    told = said_by(
        world, lambda: made.append(world.create_event("front_door", "bell", {"duration": None}))
    )
    assert told == []
    assert world.db.events[made[0]].end_time is None
    world.end_event(made[0], None)
    assert world.db.events[made[0]].end_time is not None


async def test_command_restarts_the_process() -> None:
    """`restart` takes back what does not survive; nobody is tracked afterwards."""
    world = ReplayWorld(FOLDER, speed=2000.0, loop=False)
    phases: list[str] = []
    stop = world.on_restart(phases.append)
    running = asyncio.create_task(world.run())
    async with asyncio.timeout(30):
        await world.played.wait()
    assert world.told.objects
    world.command("front_door/detect/set", "OFF")
    world.command("front_door/improve_contrast/set", "OFF")
    world.command("restart", "")
    stop()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert phases == ["stop", "start"]
    assert not world.told.objects
    camera = world.config_json("admin")["cameras"]["front_door"]
    assert camera["detect"]["enabled"] is False
    assert camera["motion"]["improve_contrast"] is True
    assert not [row for row in world.db.events.values() if row.end_time is None]


def test_empty_folder_is_refused(tmp_path: Path) -> None:
    """There is nothing to play."""
    with pytest.raises(ValueError, match="No messages"):
        ReplayWorld(tmp_path)
