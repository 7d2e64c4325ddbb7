"""Repair issues: each comes with its cause, goes with it, and its fix flow does what it says."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
import time
from types import SimpleNamespace
from typing import Any

from aiohttp import web
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.event import async_track_time_interval
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.antt_camera import health, server as server_module
from custom_components.antt_camera.const import (
    CONF_FINGERPRINT,
    CONF_TLS,
    CONF_TRANSPORT,
    DOMAIN,
    TRANSPORT_AUTO,
    TRANSPORT_MQTT,
)
from custom_components.antt_camera.frigate.errors import FrigateLoginError
from custom_components.antt_camera.health import is_own_network
from tests.unit.frigate.conftest import make_certificate
from tests.unit.frigate.fake_frigate import FakeFrigate

from .conftest import make_commune, server_of, set_up, wait_available, wait_until
from .issues import fix, found, go_on, issue
from .small_frigate import PASSWORD, USER, SmallFrigate, camera, running

LOGIN = {CONF_USERNAME: USER, CONF_PASSWORD: PASSWORD}


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost link counts at once: the grace has its own test."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 0.0)


async def hang_up(frigate: SmallFrigate) -> None:
    """Close the live connections."""
    for socket in frigate.served.sockets:
        await socket.close()


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set a commune up, whatever state its servers are in."""
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look every few milliseconds. A clock that jumps would jump for sockets and their timeouts too."""
    monkeypatch.setattr(health, "INTERVAL", timedelta(milliseconds=20))


async def looked(hass: HomeAssistant) -> None:
    """Wait until the watch has looked again: a timer of the same interval, begun later, struck twice."""
    struck = asyncio.Queue[datetime]()

    @callback
    def strike(now: datetime) -> None:
        struck.put_nowait(now)

    stop = async_track_time_interval(hass, strike, health.INTERVAL)
    try:
        async with asyncio.timeout(10):
            await struck.get()
            await struck.get()
    finally:
        stop()
    await hass.async_block_till_done()


def at(monkeypatch: pytest.MonkeyPatch, after: timedelta) -> None:
    """Let the watch's clock show a later time."""
    clock = SimpleNamespace(time=lambda: time.time() + after.total_seconds())
    monkeypatch.setattr(health, "time", clock)


async def test_healthy_server(hass: HomeAssistant) -> None:
    """Nothing is wrong with a server that is as it should be."""
    async with running(SmallFrigate()) as frigate:
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
        assert found(hass) == set()
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_too_old(hass: HomeAssistant) -> None:
    """An old release is named with the one that is needed, and forgotten after the update."""
    async with running(SmallFrigate()) as frigate:
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
        frigate.version = "0.15.1"
        await hang_up(frigate)
        server = server_of(entry)
        await wait_until(server, lambda: found(hass) == {"too_old_server1"})
        assert issue(hass, "too_old").translation_placeholders == {
            "server": "Frigate 1",
            "commune": "ANTT xã Hòa Bình",
            "url": frigate.url,
            "found": "0.15.1",
            "needed": "0.16.0",
        }
        assert not issue(hass, "too_old").is_fixable
        frigate.version = "0.16.4"
        await wait_available(server)
        assert found(hass) == set()
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("quick")
async def test_unreachable_for_ten_minutes(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart is no reason to bother anybody; ten minutes are. The fix leads to the server's form."""
    frigate = SmallFrigate()
    async with running(frigate):
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
    server = server_of(entry)
    await wait_available(server, available=False)
    at(monkeypatch, timedelta(minutes=9))
    await looked(hass)
    assert found(hass) == set()
    at(monkeypatch, timedelta(minutes=11))
    await looked(hass)
    assert found(hass) == {"unreachable_server1"}
    placeholders = issue(hass, "unreachable").translation_placeholders
    assert placeholders is not None
    assert placeholders["minutes"] == "10"
    flow = await fix(hass, "unreachable")
    assert flow["step_id"] == "reconfigure"
    assert flow["description_placeholders"]["server"] == "Frigate 1"
    result = await go_on(hass, flow, {})
    assert result["type"] is FlowResultType.ABORT
    (form,) = hass.config_entries.subentries.async_progress()
    assert result["next_flow"] == ("config_subentries_flow", form["flow_id"])
    assert form["context"] == {"source": SOURCE_RECONFIGURE, "subentry_id": "server1"}
    assert found(hass) == {"unreachable_server1"}
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert found(hass) == set()


async def test_login_refused(hass: HomeAssistant) -> None:
    """The fix leads to the form that asks for the login, which is under way already or begun."""
    served = FakeFrigate(needs_login=True)
    async with running(SmallFrigate(served=served)) as frigate:
        entry = make_commune(hass, frigate.url, **LOGIN)
        await set_up(hass, entry)
        served.expire()
        served.login_answer = refuse
        await hang_up(frigate)
        await wait_until(server_of(entry), lambda: found(hass) == {"login_refused_server1"})
        await hass.async_block_till_done()
        (form,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert form["context"]["source"] == SOURCE_REAUTH
        flow = await fix(hass, "login_refused")
        assert flow["step_id"] == "login"
        result = await go_on(hass, flow, {})
        assert result["next_flow"] == ("config_flow", form["flow_id"])
        hass.config_entries.flow.async_abort(form["flow_id"])
        result = await go_on(hass, await fix(hass, "login_refused"), {})
        (form,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert result["next_flow"] == ("config_flow", form["flow_id"])
        assert form["step_id"] == "reauth_confirm"
        served.login_answer = None
        await hass.config_entries.flow.async_configure(form["flow_id"], LOGIN)
        assert await hass.config_entries.async_unload(entry.entry_id)


async def refuse(request: Any) -> web.Response:
    """Refuse a login."""
    return web.json_response({"message": "Login failed"}, status=401)


async def test_refusal_that_passed(hass: HomeAssistant) -> None:
    """It is not the reason of a later loss."""
    served = FakeFrigate(needs_login=True)
    async with running(SmallFrigate(served=served)) as frigate:
        entry = make_commune(hass, frigate.url, **LOGIN)
        await set_up(hass, entry)
        server = server_of(entry)
        frigate.broken["/api/config"] = 401
        await server.async_poll_now()
        assert isinstance(server.error, FrigateLoginError)
        frigate.broken.clear()
        await server.async_poll_now()
        await hang_up(frigate)
        await wait_until(server, lambda: not server.available)
        assert found(hass) == set()
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_login_of_somebody_else_cures(hass: HomeAssistant) -> None:
    """A viewer's login may watch only; an administrator's cures it."""
    viewer = {"username": "xem", "role": "viewer", "allowed_cameras": []}
    served = FakeFrigate(needs_login=True)
    async with running(SmallFrigate(served=served, profile=viewer)) as frigate:
        entry = make_commune(hass, frigate.url, **LOGIN)
        await set_up(hass, entry)
        assert found(hass) == {"not_admin_server1"}
        placeholders = issue(hass, "not_admin").translation_placeholders
        assert placeholders is not None
        assert (placeholders["username"], placeholders["role"]) == ("xem", "viewer")
        frigate.profile = {"username": USER, "role": "admin", "allowed_cameras": []}
        await hang_up(frigate)
        await wait_until(server_of(entry), lambda: found(hass) == set())
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_other_certificate(hass: HomeAssistant, tmp_path: Path) -> None:
    """A server that shows another certificate than the trusted one is said so at once, not after ten minutes."""
    certificate = make_certificate(tmp_path)
    async with running(SmallFrigate(), certificate.context) as frigate:
        pinned = {CONF_TLS: "pinned", CONF_FINGERPRINT: certificate.fingerprint}
        entry = make_commune(hass, frigate.url, **pinned)
        await set_up(hass, entry)
        subentry = entry.subentries["server1"]
        wrong = {**subentry.data, CONF_FINGERPRINT: "00" * 32}
        hass.config_entries.async_update_subentry(entry, subentry, data=wrong)
        await hass.async_block_till_done()
        server = server_of(entry)
        await wait_until(server, lambda: found(hass) == {"certificate_server1"})
        assert (await fix(hass, "certificate"))["step_id"] == "reconfigure"
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_mqtt_missing(hass: HomeAssistant) -> None:
    """MQTT was chosen and is not there: one press does without it, and all is well."""
    async with running(SmallFrigate()) as frigate:
        entry = make_commune(hass, frigate.url, **{CONF_TRANSPORT: TRANSPORT_MQTT})
        await start(hass, entry)
        assert found(hass) == {"mqtt_missing_server1"}
        flow = await fix(hass, "mqtt_missing")
        assert flow["type"] is FlowResultType.MENU
        assert flow["menu_options"] == ["use_auto", "reconfigure"]
        result = await go_on(hass, flow, {"next_step_id": "use_auto"})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert entry.subentries["server1"].data[CONF_TRANSPORT] == TRANSPORT_AUTO
        await wait_available(server_of(entry))
        assert found(hass) == set()
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_mqtt_off_in_frigate(hass: HomeAssistant) -> None:
    """MQTT that Frigate itself has off is missing as well."""
    async with running(SmallFrigate()) as frigate:
        entry = make_commune(hass, frigate.url, **{CONF_TRANSPORT: TRANSPORT_MQTT})
        broker = MockConfigEntry(domain="mqtt")
        broker.add_to_hass(hass)
        broker.mock_state(hass, ConfigEntryState.LOADED)
        await start(hass, entry)
        assert found(hass) == {"mqtt_missing_server1"}
        frigate.mqtt["enabled"] = True
        await server_of(entry).sync.async_first()
        assert found(hass) == set()
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_safe_mode(hass: HomeAssistant) -> None:
    """Frigate without cameras because of its configuration is told, and over when it is mended."""
    async with running(SmallFrigate()) as frigate:
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
        frigate.more, kept = {"safe_mode": True}, frigate.cameras
        frigate.cameras = {}
        # Frigate restarts into it.
        frigate.broken["/api/config"] = 502
        await server_of(entry).async_poll_now()
        frigate.broken.clear()
        await server_of(entry).async_poll_now()
        assert found(hass) == {"safe_mode_server1"}
        frigate.more, frigate.cameras = {}, kept
        await server_of(entry).async_poll_now()
        assert found(hass) == set()
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://[::1]:5000", True),
        ("http://localhost:5000", True),
        ("http://172.30.33.4:5000", True),
        ("http://ccab4aaf-frigate-fa:5000", True),
        ("http://192.168.1.5:5000", False),
        ("http://172.17.0.2:5000", False),
        ("http://may-chu:5000", False),
        ("http://frigate.lan:5000", False),
        ("http://10.0.0.1:5000", False),
    ],
)
def test_own_network(url: str, own: bool) -> None:
    """Only this machine and Home Assistant's apps are inside."""
    assert is_own_network(url) is own


async def test_recording_off(hass: HomeAssistant) -> None:
    """Cameras that never record are named, at most ten; those switched off for a while are not."""
    off: dict[str, Any] = {"record": {"enabled": False, "enabled_in_config": False}}
    paused: dict[str, Any] = {"record": {"enabled": False, "enabled_in_config": True}}
    cameras = {f"c{number:02}": camera(f"Camera {number}", **off) for number in range(12)}
    cameras["paused"] = camera(**paused)
    cameras["disabled"] = camera(enabled=False, enabled_in_config=False, **off)
    async with running(SmallFrigate(cameras=cameras)) as frigate:
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
        placeholders = issue(hass, "recording_off").translation_placeholders
        assert placeholders is not None
        names = ", ".join(f"Camera {number}" for number in range(10))
        assert placeholders["cameras"] == f"{names}, +2"
        for key in [key for key in cameras if key != "c01"]:
            del cameras[key]
        await server_of(entry).async_poll_now()
        placeholders = issue(hass, "recording_off").translation_placeholders
        assert placeholders is not None
        assert placeholders["cameras"] == "Camera 1"
        cameras["c01"] = camera("Camera 1")
        await server_of(entry).async_poll_now()
        assert found(hass) == set()
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("quick")
async def test_clock(hass: HomeAssistant) -> None:
    """A wrong clock is told when two answers show it, and forgotten when it is right."""
    served = FakeFrigate(needs_login=False)
    ahead = 0.0
    served.clock = lambda: time.time() + ahead
    async with running(SmallFrigate(served=served)) as frigate:
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
        await looked(hass)
        ahead = 120.0
        await server_of(entry).async_poll_now()
        await looked(hass)
        await looked(hass)
        # One slow answer looks the same, however often it is looked at.
        assert found(hass) == set()
        await server_of(entry).async_poll_now()
        await looked(hass)
        assert found(hass) == {"clock_server1"}
        placeholders = issue(hass, "clock").translation_placeholders
        assert placeholders is not None
        assert 118 <= int(placeholders["seconds"]) <= 122
        ahead = 0.0
        await server_of(entry).async_poll_now()
        await looked(hass)
        assert found(hass) == set()
        assert await hass.config_entries.async_unload(entry.entry_id)
