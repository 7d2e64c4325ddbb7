"""Configuration changes of Frigate, and servers that come and go."""

import asyncio
from collections.abc import AsyncIterator
import logging
from typing import Any

from aiohttp import web
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.antt_camera import server as server_module, sync
from custom_components.antt_camera.const import DOMAIN
from custom_components.antt_camera.frigate import websocket
from custom_components.antt_camera.frigate.errors import FrigateAnswerError
from tests.unit.frigate.fake_frigate import answering

from .conftest import make_commune, wait_available, wait_until
from .live_frigate import CAMERA, LiveFrigate, Scene, full_camera, full_stats, living
from .small_frigate import running
from .working_frigate import check, find, lose


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notice losses and try again soon."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 0.05)
    monkeypatch.setattr(websocket, "DELAY_MIN", 0.1)
    monkeypatch.setattr(sync, "RETRY_MIN", 0.1)


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A connected server with one camera, all of its entities there."""
    async with living(hass) as made:
        async with asyncio.timeout(20):
            # The names of faces and classes are read after everything else.
            while made.entity_id("sensor", "face_last_camera:Lan") is None:
                await made.settle()
        yield made


def device(scene: Scene, *tail: str) -> dr.BaseDeviceEntry | None:
    """A device of the server by the end of its identifier."""
    registry = dr.async_get(scene.hass)
    identifier = (DOMAIN, ":".join((scene.server.id, *tail)))
    entry_id = scene.entry.entry_id
    if len(tail) < 2:
        return registry.async_get_device_by_identifier(identifier, entry_id)
    return registry.async_get_child_device_by_identifier(identifier, entry_id)


async def reconnect(scene: Scene) -> None:
    """Let the connection break for a moment."""
    await lose(scene)
    await find(scene)


HOW = pytest.mark.parametrize("follow", [check, reconnect])


@HOW
async def test_camera_added_and_removed(scene: Scene, follow: Any) -> None:
    """With everything of it, and nothing of it stays; the other is not touched."""
    kept = scene.entity_id("camera", f"{CAMERA}:camera")
    scene.frigate.cameras["ao_ca"] = full_camera("Ao cá")
    await follow(scene)
    found = device(scene, "ao_ca")
    assert found is not None
    assert found.name == "Ao cá"
    assert device(scene, "ao_ca", "san") is not None
    if follow is check:
        assert scene.state("sensor", "ao_ca:review_status") == "none"
    await scene.say("ao_ca/person", 2)
    assert scene.state("sensor", "ao_ca:count:person") == "2"
    assert scene.state("switch", "ao_ca:detect") == "on"
    del scene.frigate.cameras["ao_ca"]
    await follow(scene)
    assert device(scene, "ao_ca") is device(scene, "ao_ca", "san") is None
    registry = er.async_get(scene.hass)
    left = er.async_entries_for_config_entry(registry, scene.entry.entry_id)
    assert left
    assert not [entry.unique_id for entry in left if "ao_ca" in entry.unique_id]
    assert not [state for state in scene.hass.states.async_all() if "ao_ca" in state.entity_id]
    assert scene.entity_id("camera", f"{CAMERA}:camera") == kept
    assert scene.state("switch", f"{CAMERA}:detect") == "on"


@HOW
async def test_zone_and_object_added_and_removed(scene: Scene, follow: Any) -> None:
    """Their devices and entities follow."""
    camera = scene.frigate.cameras[CAMERA]
    camera["zones"]["duong"] = {"coordinates": "0,0,1,0,1,1", "friendly_name": "Đường"}
    camera["objects"]["track"].append("dog")
    await follow(scene)
    found = device(scene, CAMERA, "duong")
    assert found is not None
    assert found.name == "Đường"
    assert scene.state("switch", f"{CAMERA}:duong:zone") == "on"
    await scene.say(f"{CAMERA}/dog", 1)
    assert scene.state("sensor", f"{CAMERA}:count:dog") == "1"
    del camera["zones"]["duong"]
    camera["objects"]["track"].remove("dog")
    await follow(scene)
    assert device(scene, CAMERA, "duong") is None
    assert scene.entity_id("switch", f"{CAMERA}:duong:zone") is None
    assert scene.entity_id("sensor", f"{CAMERA}:count:dog") is None
    assert device(scene, CAMERA, "san") is not None


@HOW
async def test_friendly_names(scene: Scene, follow: Any) -> None:
    """Names follow Frigate's, ids stay."""
    before = scene.entity_id("camera", f"{CAMERA}:camera")
    scene.frigate.cameras[CAMERA]["friendly_name"] = "Cổng sau"
    scene.frigate.cameras[CAMERA]["zones"]["san"]["friendly_name"] = "Sân sau"
    await follow(scene)
    camera, zone = device(scene, CAMERA), device(scene, CAMERA, "san")
    assert camera is not None
    assert zone is not None
    assert (camera.name, zone.name) == ("Cổng sau", "Sân sau")
    assert scene.entity_id("camera", f"{CAMERA}:camera") == before


async def test_renames_by_the_user_survive(scene: Scene) -> None:
    """Names, ids, areas and what was switched off."""
    entities, devices = er.async_get(scene.hass), dr.async_get(scene.hass)
    camera = device(scene, CAMERA)
    old = scene.entity_id("switch", f"{CAMERA}:detect")
    off = scene.entity_id("switch", f"{CAMERA}:motion")
    assert camera is not None
    assert old is not None
    assert off is not None
    devices.async_update_device(camera.id, name_by_user="Nhà bác Tư", area_id="dong")
    entities.async_update_entity(old, new_entity_id="switch.tim_nguoi", name="Tìm người")
    entities.async_update_entity(off, disabled_by=er.RegistryEntryDisabler.USER)
    await scene.hass.async_block_till_done()
    scene.frigate.cameras[CAMERA]["friendly_name"] = "Cổng sau"
    await check(scene)
    await scene.reload()
    camera = device(scene, CAMERA)
    assert isinstance(camera, dr.DeviceEntry)
    assert (camera.name, camera.name_by_user, camera.area_id) == ("Cổng sau", "Nhà bác Tư", "dong")
    assert scene.entity_id("switch", f"{CAMERA}:detect") == "switch.tim_nguoi"
    entry = entities.async_get("switch.tim_nguoi")
    assert entry is not None
    assert entry.name == "Tìm người"
    assert scene.hass.states.get(off) is None


async def test_regular_check(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Happens by itself."""
    monkeypatch.setattr(server_module, "CONFIG_INTERVAL", sync.timedelta(seconds=0.2))
    async with living(hass) as scene:
        scene.frigate.cameras["ao_ca"] = full_camera("Ao cá")
        await wait_until(scene.server, lambda: "ao_ca" in scene.server.cameras)
        await hass.async_block_till_done()
        assert device(scene, "ao_ca") is not None


async def test_unchanged_configuration_changes_nothing(scene: Scene) -> None:
    """The regular check adopts nothing then."""
    adopted: list[None] = []
    scene.server.async_listen_config(lambda: adopted.append(None))
    await check(scene)
    assert adopted == []
    assert scene.frigate.paths("/api/config")


async def test_profile_changes_the_configuration(scene: Scene) -> None:
    """Without saying what: it is read again soon."""
    zones = scene.frigate.cameras[CAMERA]["zones"]
    zones["duong"] = {"coordinates": "0,0,1,0,1,1"}
    await scene.say("profile/state", "dem")
    await scene.say("profile/state", "tet")
    await wait_until(scene.server, lambda: "duong" in scene.server.cameras[CAMERA].zones)
    await scene.hass.async_block_till_done()
    assert device(scene, CAMERA, "duong") is not None


@HOW
async def test_safe_mode_changes_nothing(scene: Scene, follow: Any) -> None:
    """Frigate runs without its cameras until its file is mended."""
    before = {entry.unique_id for entry in er.async_get(scene.hass).entities.values()}
    cameras, scene.frigate.cameras = scene.frigate.cameras, {}
    scene.frigate.more["safe_mode"] = True
    await follow(scene)
    assert scene.server.safe_mode
    assert device(scene, CAMERA) is not None
    assert {entry.unique_id for entry in er.async_get(scene.hass).entities.values()} == before
    scene.frigate.cameras = cameras
    del scene.frigate.more["safe_mode"]
    await follow(scene)
    assert not scene.server.safe_mode
    assert scene.state("switch", f"{CAMERA}:detect") == "on"


@HOW
async def test_replay_cameras_are_none(scene: Scene, follow: Any) -> None:
    """Frigate makes them for a moment, when somebody looks at old recordings."""
    before = {entry.unique_id for entry in er.async_get(scene.hass).entities.values()}
    scene.frigate.cameras[f"_replay_{CAMERA}"] = full_camera("Xem lại")
    scene.frigate.stats["cameras"][f"_replay_{CAMERA}"] = {"camera_fps": 5.0}
    await follow(scene)
    assert device(scene, f"_replay_{CAMERA}") is None
    assert {entry.unique_id for entry in er.async_get(scene.hass).entities.values()} == before


async def test_stats_and_configuration_disagree(scene: Scene) -> None:
    """A camera that only one of them has harms nothing."""
    stats = full_stats()
    stats["cameras"]["la"] = {"camera_fps": 5.0, "audio_dBFS": -30}
    scene.frigate.stats = stats
    await reconnect(scene)
    await scene.say("stats", stats)
    assert scene.state("sensor", f"{CAMERA}:camera_status") == "online"
    assert device(scene, "la") is None
    await scene.say("stats", {**full_stats(), "cameras": {}})
    assert scene.state("switch", f"{CAMERA}:detect") == "on"


async def test_down_at_start(scene: Scene) -> None:
    """Devices and entities from the last known configuration, unavailable; live when it is back."""
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    before = {entry.unique_id for entry in er.async_get(scene.hass).entities.values()}
    served = scene.frigate.served
    served.answers["/ws"] = answering(502, "<html>", content_type="text/html")
    scene.frigate.broken["/api/version"] = 502
    assert await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    await scene.hass.async_block_till_done()
    assert not scene.server.available
    assert not scene.server.config_is_live
    assert {entry.unique_id for entry in er.async_get(scene.hass).entities.values()} == before
    assert device(scene, CAMERA, "san") is not None
    assert scene.state("switch", f"{CAMERA}:detect") == STATE_UNAVAILABLE
    assert scene.state("camera", f"{CAMERA}:camera") == STATE_UNAVAILABLE
    assert scene.state("sensor", f"{CAMERA}:count:person") == STATE_UNAVAILABLE
    scene.frigate.broken.clear()
    await find(scene)
    assert scene.state("switch", f"{CAMERA}:detect") == "on"


async def test_never_seen_and_down(hass: HomeAssistant) -> None:
    """There is nothing to show: tried again later, with the reason."""
    frigate = LiveFrigate(broken={"/api/version": 502})
    frigate.served.answers["/ws"] = answering(502, "<html>", content_type="text/html")
    async with running(frigate):
        entry = make_commune(hass, frigate.url)
        assert not await hass.config_entries.async_setup(entry.entry_id)
        assert entry.reason is not None
        assert entry.state.value == "setup_retry"
        assert entry.error_reason_translation_key == "no_server"
        frigate.broken.clear()
        frigate.served.answers["/ws"] = frigate._live
        await hass.config_entries.async_reload(entry.entry_id)
        await wait_available(entry.runtime_data.servers["server1"])
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    "answer",
    [answering(200, "<html>"), answering(200, [1]), answering(500, {"message": "x"})],
)
async def test_configuration_that_makes_no_sense(scene: Scene, answer: Any) -> None:
    """Costs nothing the first time; then the server counts as lost, until it makes sense again."""
    scene.frigate.served.answers["/api/config"] = answer
    await check(scene)
    assert scene.server.available
    await check(scene)
    assert not scene.server.available
    assert device(scene, CAMERA) is not None
    assert isinstance(scene.server.error, FrigateAnswerError)
    assert scene.state("sensor", "server_status") != "running"
    del scene.frigate.served.answers["/api/config"]
    await check(scene)
    await wait_available(scene.server)
    assert scene.state("sensor", "server_status") == "running"


async def test_api_that_starts_after_the_socket(scene: Scene) -> None:
    """It is tried until it works."""
    await lose(scene)
    scene.frigate.broken["/api/stats"] = 502
    asked = len(scene.frigate.paths("/api/stats"))
    scene.frigate.served.answers["/ws"] = scene.frigate._live
    async with asyncio.timeout(20):
        while len(scene.frigate.paths("/api/stats")) < asked + 2:
            await wait_for_request(scene)
    assert not scene.server.available
    scene.frigate.broken.clear()
    await wait_available(scene.server)


async def wait_for_request(scene: Scene) -> None:
    """Wait until something was asked, by asking ourselves."""
    await scene.server.client.get_version()


async def test_too_old(scene: Scene) -> None:
    """A server that was set back to a release we can't use is lost, with the reason."""
    await lose(scene)
    scene.frigate.version = "0.15.2-abc"
    scene.frigate.served.answers["/ws"] = scene.frigate._live
    while scene.state("sensor", "server_status") != "too_old":
        await wait_for_request(scene)
    assert not scene.server.available


async def test_login_that_sees_little(hass: HomeAssistant) -> None:
    """What it may not read is left out."""
    broken = {"/api/recordings/storage": 403, "/api/recordings/summary": 403, "/api/profile": 403}
    async with living(hass, LiveFrigate(broken=broken)) as scene:
        assert scene.server.is_admin
        assert scene.server.sync.storage == {}
        assert scene.server.sync.recorded_days == frozenset()


async def test_storage_is_read_hourly(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not each minute."""
    asked = len(scene.frigate.paths("/api/recordings/storage"))
    await check(scene)
    assert len(scene.frigate.paths("/api/recordings/storage")) == asked
    monkeypatch.setattr(sync, "STORAGE_INTERVAL", sync.timedelta(0))
    scene.frigate.days.append("2026-11-25")
    await check(scene)
    assert len(scene.frigate.paths("/api/recordings/storage")) == asked + 1
    assert scene.state("sensor", "days_recorded") == "4"


async def test_silence_after_the_greeting(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts follow as they change."""
    monkeypatch.setattr(sync, "ACTIVITY_TIMEOUT", 0.1)

    async def silent(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for _ in socket:
            pass
        return socket

    frigate = LiveFrigate()
    frigate.served.answers["/ws"] = silent
    async with living(hass, frigate) as scene:
        assert scene.state("switch", f"{CAMERA}:detect") == "on"


async def test_loss_and_return_are_logged_once(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """However often it is tried meanwhile."""

    def lines() -> list[tuple[int, str]]:
        return [
            (record.levelno, record.message)
            for record in caplog.records
            if record.name.startswith("custom_components.antt_camera")
            and record.levelno >= logging.INFO
        ]

    caplog.clear()
    await lose(scene)
    for _ in range(3):
        await check(scene)
    assert [(level, text[:32]) for level, text in lines()] == [
        (logging.WARNING, "Frigate server Frigate 1 is lost")
    ]
    caplog.clear()
    await find(scene)
    await check(scene)
    assert [(level, text[:37]) for level, text in lines()] == [
        (logging.INFO, "Frigate server Frigate 1 is connected")
    ]


async def test_short_interruption_is_nobodys_business(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The states stay."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 60.0)
    lost: list[None] = []
    scene.server.async_listen_availability(lambda: lost.append(None))
    sockets = len(scene.frigate.served.sockets)
    greeted = [topic for topic, _ in scene.frigate.commands].count("onConnect")
    scene.frigate.cameras[CAMERA]["friendly_name"] = "Cổng sau"
    await scene.frigate.served.sockets[-1].close()
    await wait_until(scene.server, lambda: scene.server.cameras[CAMERA].name == "Cổng sau")
    await wait_until(scene.server, lambda: scene.server.error is None)
    assert len(scene.frigate.served.sockets) > sockets
    while [topic for topic, _ in scene.frigate.commands].count("onConnect") == greeted:
        await wait_for_request(scene)
    assert lost == []
    assert scene.server.available
