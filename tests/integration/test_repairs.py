"""Fix flows of repair issues, and what the user accepts or ignores."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.antt_camera import health
from custom_components.antt_camera.const import DOMAIN
from custom_components.antt_camera.health import AILMENTS

from .conftest import make_commune, server_of, set_up, wait_available
from .issues import fix, found, go_on, issue
from .small_frigate import SmallFrigate, running


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
    assert await async_setup_component(hass, DOMAIN, {})
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
