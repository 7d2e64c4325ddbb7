"""A login that is no longer accepted."""

from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_schema_suggested_value,
)

from custom_components.antt_camera.const import DOMAIN
from tests.unit.frigate.fake_frigate import FakeFrigate

from .conftest import make_commune, server_data, server_of, wait_available
from .small_frigate import PASSWORD, USER, SmallFrigate, running

ADMIN = {"username": USER, "role": "admin", "allowed_cameras": []}
OLD = {CONF_USERNAME: USER, CONF_PASSWORD: "mat khau cu"}
NEW = {CONF_USERNAME: USER, CONF_PASSWORD: PASSWORD}


def locked() -> SmallFrigate:
    """A server with a login."""
    return SmallFrigate(served=FakeFrigate(needs_login=True), profile=ADMIN)


async def go_on(hass: HomeAssistant, flow: Any, values: dict[str, Any]) -> Any:
    """Submit a form."""
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], values)
    await hass.async_block_till_done()
    return result


def only_flow(hass: HomeAssistant) -> Any:
    """The flow that is under way."""
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return flow


async def test_only_the_server_that_refused(hass: HomeAssistant) -> None:
    """The server says no, a form asks for its login, and with it only this server connects anew."""
    async with running(SmallFrigate(events=["1"])) as first, running(locked()) as second:
        entry = make_commune(hass, first.url, second.url, **OLD)
        hass.config_entries.async_update_subentry(
            entry, entry.subentries["server1"], data=server_data(first.url)
        )
        assert await hass.config_entries.async_setup(entry.entry_id)
        await wait_available(server_of(entry, 1))
        flow = only_flow(hass)
        assert flow["context"]["source"] == SOURCE_REAUTH
        assert flow["context"]["title_placeholders"] == {"name": "ANTT xã Hòa Bình: Frigate 2"}
        assert flow["step_id"] == "reauth_confirm"
        link = server_of(entry, 1).link
        result = await go_on(hass, flow, OLD)
        assert result["errors"] == {"base": "login_refused"}
        assert get_schema_suggested_value(result["data_schema"].schema, CONF_USERNAME) == USER
        assert result["description_placeholders"]["server"] == "Frigate 2"
        assert result["description_placeholders"]["url"] == second.url
        second.version = "0.15.0"
        result = await go_on(hass, flow, NEW)
        assert result["errors"] == {"base": "too_old"}
        assert result["description_placeholders"]["found"] == "0.15.0"
        second.version = "0.18.0"
        result = await go_on(hass, flow, NEW)
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reauth_successful"
        await wait_available(server_of(entry, 2))
        assert entry.subentries["server2"].data[CONF_PASSWORD] == PASSWORD
        assert CONF_PASSWORD not in entry.subentries["server1"].data
        assert server_of(entry, 1).link is link
        assert await hass.config_entries.async_unload(entry.entry_id)


async def start(hass: HomeAssistant, entry: MockConfigEntry, server_id: str) -> Any:
    """Ask for the login of a server."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_REAUTH, "entry_id": entry.entry_id},
        data={"subentry_id": server_id},
    )


async def test_server_removed_meanwhile(hass: HomeAssistant) -> None:
    """A form for a server that is gone ends, before it is shown or after."""
    async with running(locked()) as frigate:
        entry = make_commune(hass, frigate.url)
        assert (await start(hass, entry, "khong co"))["reason"] == "server_gone"
        flow = await start(hass, entry, "server1")
        assert flow["step_id"] == "reauth_confirm"
        assert hass.config_entries.async_remove_subentry(entry, "server1")
        result = await go_on(hass, flow, NEW)
        assert result["reason"] == "server_gone"
