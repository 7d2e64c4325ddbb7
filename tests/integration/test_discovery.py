"""Servers that announce themselves."""

import time
from typing import Any

from homeassistant.config_entries import SOURCE_HASSIO, SOURCE_IGNORE, SOURCE_MQTT
from homeassistant.const import CONF_NAME, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.mqtt import MqttServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import get_schema_suggested_value

from custom_components.antt_camera.config_flow import CONF_COMMUNE, NEW_COMMUNE
from custom_components.antt_camera.const import (
    CONF_TOPIC_PREFIX,
    CONF_TRANSPORT,
    DOMAIN,
    TRANSPORT_AUTO,
)
from custom_components.antt_camera.flow_forms import CONF_ADDRESS, SECTION_ADVANCED

from .conftest import make_commune, set_up
from .small_frigate import SmallFrigate, running

MQTT = {"enabled": True, "client_id": "frigate", "topic_prefix": "frigate"}


async def announce(
    hass: HomeAssistant, payload: str | bytes = "online", topic: str = "frigate/available"
) -> Any:
    """Say over MQTT that a server is there."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_MQTT},
        data=MqttServiceInfo(
            topic=topic,
            payload=payload,
            qos=0,
            retain=True,
            subscribed_topic="frigate/available",
            timestamp=time.time(),
        ),
    )


async def app(hass: HomeAssistant, config: dict[str, Any]) -> Any:
    """Say as Supervisor that an app is there."""
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_HASSIO},
        data=HassioServiceInfo(
            config=config, name="Frigate (Full Access)", slug="ccab4aaf_frigate-fa", uuid="1234"
        ),
    )


async def go_on(hass: HomeAssistant, result: Any, values: dict[str, Any]) -> Any:
    """Submit a form."""
    result = await hass.config_entries.flow.async_configure(result["flow_id"], values)
    await hass.async_block_till_done()
    return result


def form(address: str) -> dict[str, Any]:
    """The address's form as filled in."""
    return {CONF_ADDRESS: address, SECTION_ADVANCED: {CONF_TRANSPORT: TRANSPORT_AUTO}}


async def test_first_server_over_mqtt(hass: HomeAssistant) -> None:
    """Without a commune yet, a discovered server makes one. Nothing of the discovery sticks to it."""
    async with running(SmallFrigate(mqtt=MQTT)) as frigate:
        result = await announce(hass)
        assert result["type"] is FlowResultType.FORM
        assert result["step_id"] == "user"
        (flow,) = hass.config_entries.flow.async_progress()
        assert flow["context"]["title_placeholders"] == {"name": "MQTT frigate"}
        result = await go_on(hass, result, {CONF_NAME: "ANTT xã Hòa Bình"})
        result = await go_on(hass, result, form(frigate.address))
        result = await go_on(hass, result, {})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        entry = result["result"]
        assert entry.unique_id is None
        (subentry,) = entry.subentries.values()
        assert subentry.data[CONF_TOPIC_PREFIX] == "frigate"
        # The same announcement is known now.
        again = await announce(hass, b"online")
        assert again["reason"] == "already_configured"
        assert again["description_placeholders"] == {"server": subentry.title}
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_offered_to_a_commune(hass: HomeAssistant) -> None:
    """A discovered server is given to a commune that exists, where it runs at once."""
    async with (
        running(SmallFrigate(events=["1"])) as first,
        running(SmallFrigate(mqtt=MQTT, events=["2"])) as second,
    ):
        entry = make_commune(hass, first.url)
        await set_up(hass, entry)
        result = await announce(hass)
        assert result["step_id"] == "commune"
        assert result["description_placeholders"] == {"name": "MQTT frigate"}
        (selector,) = result["data_schema"].schema.values()
        assert [option["value"] for option in selector.config["options"]] == [
            entry.entry_id,
            NEW_COMMUNE,
        ]
        assert selector.config["options"][0]["label"] == "ANTT xã Hòa Bình"
        result = await go_on(hass, result, {CONF_COMMUNE: entry.entry_id})
        result = await go_on(hass, result, form(second.address))
        result = await go_on(hass, result, {})
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "server_added"
        assert result["description_placeholders"] == {
            "server": "Frigate 127.0.0.1",
            "commune": "ANTT xã Hòa Bình",
        }
        assert len(entry.runtime_data.servers) == 2
        assert len(hass.config_entries.async_entries(DOMAIN)) == 1
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_new_commune_may_be_chosen(hass: HomeAssistant) -> None:
    """A discovered server may also begin another commune."""
    make_commune(hass, "http://127.0.0.1:1")
    result = await announce(hass)
    result = await go_on(hass, result, {CONF_COMMUNE: NEW_COMMUNE})
    assert result["step_id"] == "user"


@pytest.mark.parametrize("payload", ["offline", "stopped", b"offline", ""])
async def test_server_that_went(hass: HomeAssistant, payload: str | bytes) -> None:
    """The retained farewell of a server is no discovery."""
    result = await announce(hass, payload)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "not_online"


async def test_known_by_its_last_configuration(hass: HomeAssistant) -> None:
    """A server set up before prefixes were kept is known by what it last said, another prefix is not."""
    async with running(SmallFrigate(mqtt=MQTT)) as frigate:
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
        assert (await announce(hass))["reason"] == "already_configured"
        assert await hass.config_entries.async_unload(entry.entry_id)
    assert (await announce(hass))["reason"] == "already_configured"
    assert (await announce(hass, topic="tay/available"))["step_id"] == "commune"


async def test_announced_twice_or_ignored(hass: HomeAssistant) -> None:
    """One offer is enough, and none after it was ignored."""
    first = await announce(hass)
    assert (await announce(hass))["reason"] == "already_in_progress"
    hass.config_entries.flow.async_abort(first["flow_id"])
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": "mqtt:frigate", "title": "MQTT frigate"},
    )
    assert (await announce(hass))["reason"] == "already_configured"


@pytest.mark.parametrize(
    ("config", "address"),
    [
        ({"host": "ccab4aaf-frigate-fa", "port": 5000}, "http://ccab4aaf-frigate-fa:5000"),
        ({"host": "172.30.33.4", "port": 5001}, "http://172.30.33.4:5001"),
        ({}, "http://ccab4aaf-frigate-fa:5000"),
        ({"host": 5, "port": "x"}, "http://ccab4aaf-frigate-fa:5000"),
    ],
)
async def test_app(hass: HomeAssistant, config: dict[str, Any], address: str) -> None:
    """The app's address is filled in; once set up, the app is known by it."""
    result = await app(hass, config)
    assert result["step_id"] == "user"
    result = await go_on(hass, result, {CONF_NAME: "ANTT xã Hòa Bình"})
    schema = result["data_schema"].schema
    assert get_schema_suggested_value(schema, CONF_ADDRESS) == address
    hass.config_entries.flow.async_abort(result["flow_id"])
    entry = make_commune(hass, address)
    assert entry.subentries["server1"].data[CONF_URL] == address
    assert (await app(hass, config))["reason"] == "already_configured"


async def test_app_beside_another_server(hass: HomeAssistant) -> None:
    """Another server's commune is offered to the app."""
    make_commune(hass, "http://192.168.1.5:5000")
    assert (await app(hass, {}))["step_id"] == "commune"
