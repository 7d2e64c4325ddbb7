"""Real Home Assistant processes, of the release the tests pin and of the newest one."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
import sys
import time
from typing import Any

import pytest
import pytest_socket

from devtools.hass import ROOT, HassClient, RealHass

NEWEST = ROOT / ".venv-newest" / "bin" / "python"
PICTURES = ROOT / "build" / "e2e"

type States = dict[str, dict[str, Any]]


@pytest.fixture(autouse=True)
def network() -> Iterator[None]:
    """Let tests reach this machine; the plugin for tests inside Home Assistant forbids it."""
    pytest_socket.enable_socket()
    yield
    pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """Look for nothing left over: Home Assistant is a process of its own here."""


@pytest.fixture(params=["pinned", "newest"])
def python(request: pytest.FixtureRequest) -> str:
    """Python of the environment whose Home Assistant is started."""
    return sys.executable if request.param == "pinned" else str(NEWEST)


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path:
    """Folder for the screenshots of a test; they are kept."""
    folder: Path = PICTURES / request.node.name.replace("[", "-").rstrip("]")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Ours:
    """Our entities in a running Home Assistant."""

    def __init__(self, client: HassClient) -> None:
        self.client = client

    async def entries(self) -> dict[str, dict[str, Any]]:
        """Registry entries that are switched on, by entity id, with their unique ids."""
        registry = await self.client.call("config/entity_registry/list")
        ids = [
            entry["entity_id"]
            for entry in registry
            if entry["platform"] == "antt_camera" and entry["disabled_by"] is None
        ]
        found: dict[str, dict[str, Any]] = await self.client.call(
            "config/entity_registry/get_entries", entity_ids=ids
        )
        return found

    async def states(self) -> States:
        """States of those entities, by unique id without the server's part."""
        entries = await self.entries()
        states = {one["entity_id"]: one for one in await self.client.call("get_states")}
        return {
            entry["unique_id"].partition(":")[2]: states[entity_id]
            for entity_id, entry in entries.items()
            if entity_id in states
        }

    async def wait(self, condition: Callable[[States], bool], *, seconds: float = 90.0) -> States:
        """Wait until the states are as wanted; an assertion error tells what was unavailable at the end."""
        deadline = time.monotonic() + seconds
        while True:
            states = await self.states()
            if condition(states):
                return states
            if time.monotonic() > deadline:
                lost = unavailable(states.values())
                raise AssertionError(f"{len(states)} states, unavailable: {len(lost)} {lost[:10]}")
            await asyncio.sleep(0.5)


def unavailable(states: Iterable[dict[str, Any]]) -> list[str]:
    """Entity ids of what is unavailable."""
    return [state["entity_id"] for state in states if state["state"] == "unavailable"]


def live(cameras: int) -> Callable[[States], bool]:
    """A condition: so many live pictures, and nothing unavailable."""

    def check(states: States) -> bool:
        pictures = [one for one in states.values() if one["entity_id"].startswith("camera.")]
        return len(pictures) >= cameras and not unavailable(states.values())

    return check


def assert_clean_log(hass: RealHass) -> None:
    """No error, and no complaint of Home Assistant's about our use of its interfaces."""
    assert hass.bad_lines() == []
