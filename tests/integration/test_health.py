"""Repair issues: each comes with its cause, goes with it, and its fix flow does what it says."""

from datetime import timedelta
from pathlib import Path
import time
from typing import Any

from aiohttp import web
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.antt_camera import health, server as server_module
from custom_components.antt_camera.const import (
    CONF_FINGERPRINT,
    CONF_TLS,
    CONF_TRANSPORT,
    DOMAIN,
    TRANSPORT_AUTO,
    TRANSPORT_MQTT,
)
from custom_components.antt_camera.health import AILMENTS, INTERVAL, is_own_network
from tests.unit.frigate.conftest import make_certificate
from tests.unit.frigate.fake_frigate import FakeFrigate

from .conftest import make_commune, server_of, set_up, wait_available, wait_until
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


def found(hass: HomeAssistant) -> set[str]:
    """Ids of our issues."""
    return {issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN}


def issue(hass: HomeAssistant, kind: str) -> ir.IssueEntry:
    """The issue of a kind at the first server."""
    entry = ir.async_get(hass).async_get_issue(DOMAIN, f"{kind}_server1")
    assert entry is not None, found(hass)
    return entry


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set a commune up, whatever state its servers are in."""
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def tick(hass: HomeAssistant, freezer: FrozenDateTimeFactory, after: timedelta) -> None:
    """Let time pass."""
    freezer.tick(after)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def fix(hass: HomeAssistant, kind: str) -> Any:
    """Begin the fix flow of an issue."""
    await async_setup_component(hass, "repairs", {})
    manager = repairs_flow_manager(hass)
    assert manager is not None
    return await manager.async_init(DOMAIN, context={"issue_id": f"{kind}_server1"})


async def go_on(hass: HomeAssistant, flow: Any, values: dict[str, Any]) -> Any:
    """Submit a step of a fix flow."""
    manager = repairs_flow_manager(hass)
    assert manager is not None
    result = await manager.async_configure(flow["flow_id"], values)
    await hass.async_block_till_done()
    return result


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
        await wait_available(server, available=False)
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


async def test_unreachable_for_ten_minutes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A restart is no reason to bother anybody; ten minutes are. The fix leads to the server's form."""
    frigate = SmallFrigate()
    async with running(frigate):
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
    server = server_of(entry)
    await wait_available(server, available=False)
    await tick(hass, freezer, timedelta(minutes=9))
    assert found(hass) == set()
    await tick(hass, freezer, timedelta(minutes=2))
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
        await wait_until(server, lambda: server.error is not None)
        server.async_rebuild()
        assert found(hass) == {"certificate_server1"}
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


async def test_port_that_lets_everybody_in(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Across the network the port without a login is a danger. Who accepts it is not asked again."""
    monkeypatch.setattr(health, "_OWN_NETWORKS", ())
    async with running(SmallFrigate()) as frigate:
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
        assert found(hass) == {"unauthenticated_port_server1"}
        flow = await fix(hass, "unauthenticated_port")
        assert flow["menu_options"] == ["reconfigure", "accept"]
        link = server_of(entry).link
        await go_on(hass, flow, {"next_step_id": "accept"})
        assert found(hass) == set()
        server_of(entry).async_rebuild()
        assert found(hass) == set()
        assert server_of(entry).link is link
        assert await hass.config_entries.async_reload(entry.entry_id)
        await wait_available(server_of(entry))
        assert found(hass) == set()
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_recording_off(hass: HomeAssistant) -> None:
    """Cameras that never record are named, at most ten; those switched off for a while are not."""
    off = {"record": {"enabled": False, "enabled_in_config": False}}
    paused = {"record": {"enabled": False, "enabled_in_config": True}}
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


async def test_face_recognition(hass: HomeAssistant) -> None:
    """Faces are recognised only if the commune says that it may. One of two servers says nothing of the other."""
    faces = {"face_recognition": {"enabled": True}}
    async with (
        running(SmallFrigate(more=faces)) as first,
        running(SmallFrigate(more=faces)) as second,
    ):
        entry = make_commune(hass, first.url, second.url)
        await set_up(hass, entry)
        assert found(hass) == {"face_recognition_server1", "face_recognition_server2"}
        flow = await fix(hass, "face_recognition")
        assert flow["step_id"] == "accept"
        await go_on(hass, flow, {})
        server_of(entry).async_rebuild()
        assert found(hass) == {"face_recognition_server2"}
        first.more = {}
        await server_of(entry).async_poll_now()
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_clock(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """A wrong clock is told when it is seen twice, and forgotten when it is right."""
    served = FakeFrigate(needs_login=False)
    ahead = 0.0
    served.clock = lambda: time.time() + ahead
    async with running(SmallFrigate(served=served)) as frigate:
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
        ahead = 120.0
        await server_of(entry).async_poll_now()
        await tick(hass, freezer, INTERVAL)
        assert found(hass) == set()
        await tick(hass, freezer, INTERVAL)
        assert found(hass) == {"clock_server1"}
        placeholders = issue(hass, "clock").translation_placeholders
        assert placeholders is not None
        assert 118 <= int(placeholders["seconds"]) <= 122
        ahead = 0.0
        await server_of(entry).async_poll_now()
        await tick(hass, freezer, INTERVAL)
        assert found(hass) == set()
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_ignored_issue(hass: HomeAssistant) -> None:
    """What the user ignores stays ignored over a reload, and goes with the server."""
    faces = {"face_recognition": {"enabled": True}}
    async with (
        running(SmallFrigate(more=faces)) as first,
        running(SmallFrigate(more=faces)) as second,
    ):
        entry = make_commune(hass, first.url, second.url)
        await set_up(hass, entry)
        ir.async_ignore_issue(hass, DOMAIN, "face_recognition_server1", True)
        ir.async_ignore_issue(hass, DOMAIN, "face_recognition_server2", True)
        assert await hass.config_entries.async_reload(entry.entry_id)
        await wait_available(server_of(entry))
        assert issue(hass, "face_recognition").dismissed_version is not None
        assert hass.config_entries.async_remove_subentry(entry, "server1")
        await hass.async_block_till_done()
        assert found(hass) == {"face_recognition_server2"}
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
        assert found(hass) == set()


@pytest.mark.parametrize("ailment", [one for one in AILMENTS if one.fixable])
async def test_fix_of_a_server_that_is_gone(hass: HomeAssistant, ailment: health.Ailment) -> None:
    """A fix flow that was left open ends when its server is gone."""
    entry = make_commune(hass, "http://127.0.0.1:1")
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{ailment.kind}_server1",
        is_fixable=True,
        severity=ailment.severity,
        translation_key=ailment.kind,
        data={"kind": ailment.kind, "entry_id": entry.entry_id, "server_id": "server1"},
    )
    flow = await fix(hass, ailment.kind)
    steps = flow.get("menu_options") or [flow["step_id"]]
    flows = [(step, await fix(hass, ailment.kind)) for step in steps]
    hass.config_entries.async_remove_subentry(entry, "server1")
    for step, open_flow in flows:
        values = {"next_step_id": step} if "menu_options" in open_flow else {}
        result = await go_on(hass, open_flow, values)
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "server_gone"
    assert (await fix(hass, ailment.kind))["reason"] == "server_gone"
