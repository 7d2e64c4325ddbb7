"""Adding servers to a commune and changing them."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import CONF_NAME, CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_schema_suggested_value,
)

from custom_components.antt_camera import identity
from custom_components.antt_camera.const import (
    CONF_AREAS,
    CONF_FINGERPRINT,
    CONF_RTSP_TEMPLATE,
    CONF_TLS,
    CONF_TOPIC_PREFIX,
    CONF_TRANSPORT,
    SUBENTRY_FRIGATE,
    TRANSPORT_AUTO,
    TRANSPORT_MQTT,
)
from custom_components.antt_camera.flow_forms import CONF_ADDRESS, SECTION_ADVANCED
from tests.unit.frigate.conftest import make_certificate
from tests.unit.frigate.fake_frigate import FakeFrigate

from .conftest import make_commune, server_of, set_up
from .small_frigate import PASSWORD, USER, SmallFrigate, camera, running

ADMIN = {"username": USER, "role": "admin", "allowed_cameras": []}
ZONE = {"cong": {"coordinates": "0.1,0.2,0.3,0.4,0.5,0.6", "objects": []}}


def form(address: str, **values: Any) -> dict[str, Any]:
    """The address's form as filled in."""
    advanced = values.pop(SECTION_ADVANCED, {})
    return {
        CONF_ADDRESS: address,
        SECTION_ADVANCED: {CONF_TRANSPORT: TRANSPORT_AUTO, **advanced},
        **values,
    }


async def add(hass: HomeAssistant, entry: MockConfigEntry, address: str) -> Any:
    """Add a server and submit its address."""
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_FRIGATE), context={"source": SOURCE_USER}
    )
    assert result["step_id"] == "server"
    return await go_on(hass, result, form(address))


async def go_on(hass: HomeAssistant, result: Any, values: dict[str, Any]) -> Any:
    """Submit a form."""
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], values)
    await hass.async_block_till_done()
    return result


async def test_second_server(hass: HomeAssistant) -> None:
    """A second server runs at once; the first one's connection is left alone."""
    async with (
        running(SmallFrigate(events=["1.1-aaaaaa"])) as first,
        running(SmallFrigate(events=["2.2-bbbbbb"])) as second,
    ):
        entry = make_commune(hass, first.url)
        assert await hass.config_entries.async_setup(entry.entry_id)
        link = server_of(entry).link
        result = await add(hass, entry, second.address)
        assert result["step_id"] == "areas"
        result = await go_on(hass, result, {})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert len(entry.runtime_data.servers) == 2
        assert server_of(entry).link is link
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_same_address(hass: HomeAssistant) -> None:
    """An address that is set up already is refused, also while nothing is known of the server."""
    async with running(SmallFrigate()) as frigate:
        entry = make_commune(hass, frigate.url + "/")
        result = await add(hass, entry, frigate.url)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert result["description_placeholders"] == {"server": "Frigate 1"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        # Each installation signs notifications with its own key.
        ({"push_key": "A"}, {"push_key": "A", "events": ["x"]}, True),
        ({"push_key": "A", "events": ["x"]}, {"push_key": "B", "events": ["x"]}, False),
        ({"events": ["1.1-aaaaaa", "2"]}, {"events": ["3", "1.1-aaaaaa"]}, True),
        # Default names, the same cameras, started by the same power cut: but other objects were tracked.
        ({"events": ["1"], "started": 5.0}, {"events": ["2"], "started": 5.0}, False),
        ({"started": 5000.0}, {"started": 5001.0}, True),
        ({"started": 5000.0}, {"started": 5060.0}, False),
        ({"started": 5000.0}, {"started": 5000.0, "cameras": {"khac": camera()}}, False),
        (
            {"started": 5000.0},
            {
                "started": 5000.0,
                "mqtt": {"enabled": True, "client_id": "tay", "topic_prefix": "frigate"},
            },
            False,
        ),
    ],
)
async def test_same_server_by_another_address(
    hass: HomeAssistant, one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    """Two addresses with the evidence of one server are one server."""
    async with running(SmallFrigate(**one)) as first, running(SmallFrigate(**other)) as second:
        entry = make_commune(hass, first.url)
        result = await add(hass, entry, second.address)
    assert (result["type"] is FlowResultType.ABORT) is same
    assert result.get("reason") == ("already_configured" if same else None)


@pytest.mark.parametrize(("zones", "same"), [(ZONE, True), ({}, False)])
async def test_server_that_moved(hass: HomeAssistant, zones: dict[str, Any], same: bool) -> None:
    """While the old address is dead, the last known zones tell; cameras of the same name alone do not."""
    cameras = {"cong": camera(zones=zones)}
    async with running(SmallFrigate(cameras=cameras)) as old:
        entry = make_commune(hass, old.url)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    async with running(SmallFrigate(cameras=cameras)) as moved:
        loaded = await add(hass, entry, moved.address)
        # Stopped, the last known configuration is on disk.
        assert await hass.config_entries.async_unload(entry.entry_id)
        unloaded = await add(hass, entry, moved.address)
    for result in (loaded, unloaded):
        assert (result["type"] is FlowResultType.ABORT) is same


async def test_limited_login_hides_events(hass: HomeAssistant) -> None:
    """Logins that see different cameras see different events of one server: its start tells."""
    profile = {"username": "x", "role": "cong", "allowed_cameras": ["cong_truoc"]}
    async with (
        running(SmallFrigate(events=["1"], started=5000.0)) as first,
        running(SmallFrigate(events=["2"], started=5000.0, profile=profile)) as second,
    ):
        entry = make_commune(hass, first.url)
        result = await add(hass, entry, second.address)
    assert result["reason"] == "already_configured"


async def test_silent_neighbour(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configured server that does not answer delays adding another one only so long."""
    monkeypatch.setattr(identity, "ASK_TIMEOUT", 0.1)
    async with running(SmallFrigate()) as frigate:
        entry = make_commune(hass, "http://127.0.0.1:1")
        result = await add(hass, entry, frigate.address)
    assert result["step_id"] == "areas"


async def test_reconfigure_clears_what_is_emptied(hass: HomeAssistant, tmp_path: Path) -> None:
    """Login, name, prefix and template go when they are cleared; areas stay."""
    async with running(SmallFrigate()) as frigate:
        data: dict[str, Any] = {
            CONF_USERNAME: USER,
            CONF_PASSWORD: PASSWORD,
            CONF_TOPIC_PREFIX: "cu",
            CONF_RTSP_TEMPLATE: "rtsp://a/{{ name }}",
            CONF_AREAS: {"cong_truoc": "thon_dong"},
        }
        entry = make_commune(hass, frigate.url, **data)
        await set_up_anyhow(hass, entry)
        result = await entry.start_subentry_reconfigure_flow(hass, "server1")
        assert result["step_id"] == "server"
        assert result["data_schema"] is not None
        schema = result["data_schema"].schema
        assert get_schema_suggested_value(schema, CONF_ADDRESS) == frigate.url
        assert get_schema_suggested_value(schema, CONF_USERNAME) == USER
        assert get_schema_suggested_value(schema, CONF_PASSWORD) is None
        advanced = schema[SECTION_ADVANCED].schema.schema
        assert get_schema_suggested_value(advanced, CONF_NAME) == "Frigate 1"
        assert get_schema_suggested_value(advanced, CONF_TOPIC_PREFIX) == "cu"
        assert get_schema_suggested_value(advanced, CONF_RTSP_TEMPLATE) == "rtsp://a/{{ name }}"
        result = await go_on(hass, result, form(frigate.address))
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reconfigure_successful"
        subentry = entry.subentries["server1"]
        assert subentry.title == "Frigate 127.0.0.1"
        assert dict(subentry.data) == {
            CONF_URL: frigate.url,
            CONF_TLS: "verify",
            CONF_TRANSPORT: TRANSPORT_AUTO,
            CONF_AREAS: {"cong_truoc": "thon_dong"},
        }
        assert await hass.config_entries.async_unload(entry.entry_id)


async def set_up_anyhow(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set a commune up, whatever comes of it."""
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def test_reconfigure_keeps_the_password(hass: HomeAssistant) -> None:
    """An empty password field keeps the password of the same user, and only at the same machine."""
    served = FakeFrigate(needs_login=True)
    async with running(SmallFrigate(served=served, profile=ADMIN)) as frigate:
        login = {CONF_USERNAME: USER, CONF_PASSWORD: PASSWORD}
        entry = make_commune(hass, frigate.url, **login)
        result = await entry.start_subentry_reconfigure_flow(hass, "server1")
        result = await go_on(hass, result, form(frigate.address, username=USER))
        assert result["reason"] == "reconfigure_successful"
        assert entry.subentries["server1"].data[CONF_PASSWORD] == PASSWORD
        # Another user: the password of the old one is not for it.
        result = await entry.start_subentry_reconfigure_flow(hass, "server1")
        result = await go_on(hass, result, form(frigate.address, username="khac"))
        assert result["step_id"] == "login"
        assert result["errors"] == {}


async def test_password_is_for_one_machine(hass: HomeAssistant) -> None:
    """A password is never sent to another machine than it was entered for."""
    served = FakeFrigate(needs_login=True)
    async with running(SmallFrigate(served=served, profile=ADMIN)) as frigate:
        login = {CONF_USERNAME: USER, CONF_PASSWORD: PASSWORD}
        entry = make_commune(hass, "http://192.0.2.1:5000", **login)
        result = await entry.start_subentry_reconfigure_flow(hass, "server1")
        result = await go_on(hass, result, form(frigate.address, username=USER))
        assert result["step_id"] == "login"
        assert served.logins == []


async def test_reconfigure_to_a_server_of_another_commune(hass: HomeAssistant) -> None:
    """One server is not taken twice, whichever commune it belongs to."""
    async with (
        running(SmallFrigate(events=["1"])) as first,
        running(SmallFrigate(events=["2"])) as second,
    ):
        entry = make_commune(hass, first.url)
        make_commune(hass, second.url, title="ANTT xã Tân Lập", ids="other")
        result = await entry.start_subentry_reconfigure_flow(hass, "server1")
        result = await go_on(hass, result, form(second.address))
        assert result["reason"] == "already_configured"
        assert entry.subentries["server1"].data[CONF_URL] == first.url


async def test_reconfigure_with_certificates(hass: HomeAssistant, tmp_path: Path) -> None:
    """A certificate that is pinned is not asked about again; a new one is."""
    certificate = make_certificate(tmp_path)
    frigate = SmallFrigate()
    async with running(frigate, certificate.context):
        pinned = {CONF_TLS: "pinned", CONF_FINGERPRINT: certificate.fingerprint}
        entry = make_commune(hass, frigate.url, **pinned)
        result = await entry.start_subentry_reconfigure_flow(hass, "server1")
        result = await go_on(hass, result, form(frigate.url))
        assert result["reason"] == "reconfigure_successful"
        assert entry.subentries["server1"].data[CONF_FINGERPRINT] == certificate.fingerprint
        hass.config_entries.async_update_subentry(
            entry,
            entry.subentries["server1"],
            data={**entry.subentries["server1"].data, CONF_FINGERPRINT: "00" * 32},
        )
        result = await entry.start_subentry_reconfigure_flow(hass, "server1")
        result = await go_on(hass, result, form(frigate.url))
        assert result["step_id"] == "certificate"
        result = await go_on(hass, result, {CONF_TLS: "pinned"})
        assert result["reason"] == "reconfigure_successful"
        assert entry.subentries["server1"].data[CONF_FINGERPRINT] == certificate.fingerprint


async def test_waiting_commune_tries_again(hass: HomeAssistant) -> None:
    """A commune whose only server was never reached starts as soon as the address is right."""
    async with running(SmallFrigate()) as frigate:
        entry = make_commune(hass, "http://127.0.0.1:1")
        await set_up_anyhow(hass, entry)
        assert entry.state is ConfigEntryState.SETUP_RETRY
        result = await entry.start_subentry_reconfigure_flow(hass, "server1")
        result = await go_on(hass, result, form(frigate.address))
        assert result["reason"] == "reconfigure_successful"
        again = hass.config_entries.async_get_known_entry(entry.entry_id)
        assert again.state is ConfigEntryState.LOADED
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_running_server_follows(hass: HomeAssistant) -> None:
    """A changed name reaches the running server without a reload."""
    async with running(SmallFrigate()) as frigate:
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
        result = await entry.start_subentry_reconfigure_flow(hass, "server1")
        commune = entry.runtime_data
        named = {SECTION_ADVANCED: {CONF_NAME: "Trụ sở"}}
        await go_on(hass, result, form(frigate.address, **named))
        assert entry.runtime_data is commune
        assert server_of(entry).name == "Trụ sở"
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_mqtt_that_fits(hass: HomeAssistant) -> None:
    """MQTT can be chosen where Frigate has it on under the same prefix; without one Frigate's own is taken."""
    MockConfigEntry(domain="mqtt").add_to_hass(hass)
    frigate = SmallFrigate()
    frigate.mqtt = {"enabled": True, "client_id": "dong", "topic_prefix": "frigate_dong"}
    async with running(frigate):
        entry = make_commune(hass, frigate.url)
        for prefix in ({CONF_TOPIC_PREFIX: "frigate_dong"}, {}):
            advanced = {SECTION_ADVANCED: {CONF_TRANSPORT: TRANSPORT_MQTT, **prefix}}
            result = await entry.start_subentry_reconfigure_flow(hass, "server1")
            result = await go_on(hass, result, form(frigate.address, **advanced))
            assert result["reason"] == "reconfigure_successful"
            data = entry.subentries["server1"].data
            assert data[CONF_TRANSPORT] == TRANSPORT_MQTT
            assert data[CONF_TOPIC_PREFIX] == "frigate_dong"
