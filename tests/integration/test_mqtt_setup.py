"""Home Assistant's own MQTT set up late, never, or anew; servers that announce themselves over it."""

import asyncio
from collections.abc import AsyncIterator

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.antt_camera import server as server_module
from custom_components.antt_camera.const import DOMAIN

from .broker import Broker, broker
from .conftest import server_of, wait_available
from .live_frigate import CAMERA, Scene
from .mqtt_frigate import (
    MqttFrigate,
    make_mqtt_commune,
    mqtt_scene,
    serving_mqtt,
    set_up_mqtt,
    unload_all,
)

ISSUE = "mqtt_missing_server1"


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a loss for a loss at once."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 0.0)


@pytest.fixture
async def mosquitto() -> AsyncIterator[Broker]:
    """A broker."""
    async with broker() as running:
        yield running


async def test_mqtt_not_configured(
    hass: HomeAssistant, mosquitto: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    """A repair issue tells it, and goes by itself as soon as MQTT is set up."""
    async with serving_mqtt() as frigate:
        await frigate.online(mosquitto)
        entry = make_mqtt_commune(hass, frigate)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        server = server_of(entry)
        assert not server.available
        issue = ir.async_get(hass).async_get_issue(DOMAIN, ISSUE)
        assert issue is not None
        assert issue.is_fixable
        await set_up_mqtt(hass, mosquitto)
        await wait_available(server)
        assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is None
        scene = Scene(hass, frigate, entry)
        await scene.say(f"{CAMERA}/person", 1)
        assert scene.state("sensor", f"{CAMERA}:count:person") == "1"
        assert not [one for one in caplog.records if one.levelname == "ERROR"]
        await unload_all(hass)


async def test_mqtt_unloaded_and_back(
    hass: HomeAssistant, mosquitto: Broker, no_grace: None
) -> None:
    """Home Assistant's MQTT may be switched off and on under us, and our entry unloaded afterwards."""
    async with mqtt_scene(hass, mosquitto) as scene:
        (mqtt_entry,) = hass.config_entries.async_entries("mqtt")
        assert await hass.config_entries.async_unload(mqtt_entry.entry_id)
        await wait_available(scene.server, available=False)
        with pytest.raises(server_module.FrigateError):
            await scene.server.link.send("onConnect", "")
        assert await hass.config_entries.async_setup(mqtt_entry.entry_id)
        await wait_available(scene.server)
        await scene.say(f"{CAMERA}/person", 1)
        assert scene.state("sensor", f"{CAMERA}:count:person") == "1"


async def test_other_link_after_mqtt_reload(hass: HomeAssistant, mosquitto: Broker) -> None:
    """A link that was given up says nothing any more, even where Home Assistant goes on calling it."""
    async with mqtt_scene(hass, mosquitto) as scene:
        frigate = scene.frigate
        assert isinstance(frigate, MqttFrigate)
        (mqtt_entry,) = hass.config_entries.async_entries("mqtt")
        assert await hass.config_entries.async_reload(mqtt_entry.entry_id)
        await frigate.wait_for_command("onConnect", 2)
        await scene.settle()
        old = scene.server.link
        (subentry,) = scene.entry.subentries.values()
        hass.config_entries.async_update_subentry(
            scene.entry, subentry, data={**subentry.data, "topic_prefix": "nobody"}
        )
        await hass.async_block_till_done()
        await wait_available(scene.server, available=False)
        assert scene.server.link is not old
        asked = [topic for topic, _ in frigate.commands].count("onConnect")
        for farewell in ("stopped", None):
            since = len(mosquitto.log)
            await frigate.stopped(farewell)
            await frigate.online(mosquitto)
            await mosquitto.wait_for_log("Received PUBLISH", "'frigate/available'", since=since)
        since = len(mosquitto.log)
        await frigate.say(f"{CAMERA}/person", 5)
        await mosquitto.wait_for_log("Sending PUBLISH", f"'frigate/{CAMERA}/person'", since=since)
        # Through Home Assistant's client and back, behind all that was said.
        await mqtt.async_publish(hass, "frigate/restart", "")
        await frigate.wait_for_command("restart")
        assert not scene.server.available
        assert not old.connected
        assert scene.server.live.get(f"{CAMERA}/person") is None
        assert [topic for topic, _ in frigate.commands].count("onConnect") == asked


async def test_discovered_by_its_announcement(hass: HomeAssistant, mosquitto: Broker) -> None:
    """Home Assistant itself finds the retained `frigate/available` and offers the server."""
    found = asyncio.Event()
    stop = hass.config_entries.flow.async_subscribe_flow(lambda _change, _flow: found.set())
    async with serving_mqtt() as frigate:
        await frigate.online(mosquitto)
        await set_up_mqtt(hass, mosquitto)
        async with asyncio.timeout(30):
            await found.wait()
        (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert flow["context"]["unique_id"] == "mqtt:frigate"
        stop()
        await unload_all(hass)


async def test_known_server_is_not_offered(hass: HomeAssistant, mosquitto: Broker) -> None:
    """The announcement of a server that is set up brings no second offer."""
    flows: list[str] = []
    stop = hass.config_entries.flow.async_subscribe_flow(lambda _change, flow: flows.append(flow))
    async with mqtt_scene(hass, mosquitto) as scene:
        await mosquitto.wait_for_log("\tfrigate/available (QoS")
        assert isinstance(scene.frigate, MqttFrigate)
        # Said anew too, not only as kept.
        await scene.frigate.stopped()
        await scene.frigate.online(mosquitto)
        await scene.frigate.wait_for_command("onConnect", 2)
        await scene.settle()
        assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert not flows
    stop()
