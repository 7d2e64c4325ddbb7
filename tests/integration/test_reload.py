"""Unloading leaves nothing, loading again and again adds nothing; two servers; devices removed by hand."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
import gc
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.antt_camera import server as server_module
from custom_components.antt_camera.const import DOMAIN
from custom_components.antt_camera.directory import async_directory
from custom_components.antt_camera.frigate import websocket
from tests.unit.frigate.fake_frigate import answering

from .conftest import make_commune, server_of, set_up, wait_available
from .live_frigate import CAMERA, LiveFrigate, Scene, full_camera, living
from .small_frigate import running

PACKAGE = "custom_components.antt_camera"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notice losses and try again soon."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 0.05)
    monkeypatch.setattr(websocket, "DELAY_MIN", 0.1)


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A connected server with one camera."""
    async with living(hass) as made:
        yield made


def our_tasks() -> list[str]:
    """Tasks of ours that run."""
    found = []
    for task in asyncio.all_tasks():
        code = getattr(task.get_coro(), "cr_code", None)
        if code is not None and "/antt_camera/" in code.co_filename:
            found.append(task.get_name())
    return found


def our_timers(hass: HomeAssistant) -> list[str]:
    """Timers of ours that are set."""
    found = []
    for handle in hass.loop._scheduled:  # type: ignore[attr-defined]
        owner = getattr(handle._callback, "__self__", None)
        if not handle.cancelled() and PACKAGE in f"{handle!r} {owner!r}":
            found.append(repr(handle))
    return found


def our_objects() -> Counter[str]:
    """Living objects of our classes."""
    gc.collect()
    return Counter(
        type(thing).__qualname__
        for thing in gc.get_objects()
        if getattr(type(thing), "__module__", "").startswith(PACKAGE)
    )


def listeners(hass: HomeAssistant) -> dict[str, int]:
    """Listeners of the event bus."""
    return {str(key): number for key, number in hass.bus.async_listeners().items()}


async def test_unload_leaves_nothing(scene: Scene) -> None:
    """No task, no timer, no subscription, no connection."""
    hass, server = scene.hass, scene.server
    assert our_tasks()
    assert our_timers(hass)
    assert server.dispatcher.listener_count > 0
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    await hass.async_block_till_done()
    assert our_tasks() == []
    assert our_timers(hass) == []
    assert server.dispatcher.listener_count == 0
    assert server._availability_listeners == {}
    assert not server.link.connected
    assert async_directory(hass).servers == {}
    assert all(socket.closed for socket in scene.frigate.served.sockets)
    states = [state for state in hass.states.async_all() if state.state != STATE_UNAVAILABLE]
    assert states == []


async def test_twenty_reloads(scene: Scene) -> None:
    """Nothing grows: listeners, tasks, timers, objects."""
    await scene.reload()
    await scene.settle()
    hass = scene.hass
    before = our_objects(), listeners(hass), len(our_tasks()), len(our_timers(hass))
    wanted = scene.server.dispatcher.listener_count
    for _ in range(20):
        await scene.reload()
    await scene.settle()
    after = our_objects(), listeners(hass), len(our_tasks()), len(our_timers(hass))
    assert scene.server.dispatcher.listener_count == wanted
    assert {key: n for key, n in after[1].items() if n > before[1].get(key, 0)} == {}
    assert after[2:] == before[2:]
    grown = {name: (before[0][name], n) for name, n in after[0].items() if n > before[0][name]}
    assert grown == {}


def two_frigates() -> tuple[LiveFrigate, LiveFrigate]:
    """Servers with cameras of the same key."""
    first, second = (LiveFrigate(cameras={CAMERA: full_camera(f"Cổng {n}")}) for n in (1, 2))
    return first, second


async def test_two_servers(hass: HomeAssistant) -> None:
    """Whose cameras have the same keys do not mix; one that goes does not touch the other."""
    first, second = two_frigates()
    async with running(first), running(second):
        entry = make_commune(hass, first.url, second.url)
        await set_up(hass, entry)
        one = Scene(hass, first, entry)
        other = server_of(entry, 2)
        devices = dr.async_get(hass)
        names = [
            device.name
            for number in (1, 2)
            if (
                device := devices.async_get_device_by_identifier(
                    (DOMAIN, f"server{number}:{CAMERA}"), entry.entry_id
                )
            )
        ]
        assert names == ["Cổng 1", "Cổng 2"]
        await one.say(f"{CAMERA}/person", 3)
        assert one.state("sensor", f"{CAMERA}:count:person") == "3"
        assert other.live.get(f"{CAMERA}/person") != 3
        switch = one.entity_id("switch", f"{CAMERA}:detect")
        await hass.services.async_call("switch", "turn_off", {"entity_id": switch}, blocking=True)
        assert (f"{CAMERA}/detect/set", "OFF") in first.commands
        assert (f"{CAMERA}/detect/set", "OFF") not in second.commands
        second.served.answers["/ws"] = answering(502, "<html>", content_type="text/html")
        for socket in second.served.sockets:
            await socket.close()
        await wait_available(other, available=False)
        assert one.state("sensor", f"{CAMERA}:count:person") == "3"
        assert one.server.available
        # A server that is taken out of the commune takes its devices along, and only those.
        hass.config_entries.async_remove_subentry(entry, "server2")
        await hass.async_block_till_done()
        assert list(entry.runtime_data.servers) == ["server1"]
        assert [
            identifier
            for device in dr.async_entries_for_config_entry(devices, entry.entry_id)
            for _, identifier in device.identifiers
        ] == ["server1", f"server1:{CAMERA}"]
        assert one.state("sensor", f"{CAMERA}:count:person") == "3"
        await hass.config_entries.async_unload(entry.entry_id)


async def remove_by_hand(client: Any, entry_id: str, device_id: str) -> bool:
    """Remove a device as a user does. Returns whether that was allowed."""
    await client.send_json_auto_id(
        {
            "type": "config/device_registry/remove_config_entry",
            "config_entry_id": entry_id,
            "device_id": device_id,
        }
    )
    answer: dict[str, Any] = await client.receive_json()
    return bool(answer["success"])


async def test_devices_removed_by_hand(scene: Scene, hass_ws_client: WebSocketGenerator) -> None:
    """What Frigate has can't be removed; what it has not any more can."""
    hass, entry_id = scene.hass, scene.entry.entry_id
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    devices = dr.async_get(hass)
    for identifier in (scene.server.id, f"{scene.server.id}:{CAMERA}"):
        device = devices.async_get_device_by_identifier((DOMAIN, identifier), entry_id)
        assert device is not None
        assert not await remove_by_hand(client, entry_id, device.id)
        assert devices.async_get(device.id) is not None
    gone = devices.async_get_or_create(
        config_entry_id=entry_id,
        config_subentry_id=scene.server.id,
        identifiers={(DOMAIN, f"{scene.server.id}:da_go")},
    )
    assert await remove_by_hand(client, entry_id, gone.id)
    assert devices.async_get(gone.id) is None
