"""What a server that is followed over MQTT is while its broker or Frigate itself comes and goes."""

import asyncio
from collections.abc import AsyncIterator
import logging
from typing import Any

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.antt_camera import server as server_module
from custom_components.antt_camera.const import DOMAIN

from .broker import Broker, broker
from .conftest import server_of, set_up, wait_available, wait_until
from .live_frigate import CAMERA, Scene, full_camera, review, tracked
from .mqtt_frigate import (
    MqttFrigate,
    make_mqtt_commune,
    mqtt_scene,
    serving_mqtt,
    set_up_mqtt,
    unload_all,
)

PERSON = {"id": tracked()["id"], "label": "person", "stationary": False, "current_zones": []}
ISSUE = "mqtt_missing_server1"


@pytest.fixture(autouse=True)
def fast_reconnect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant look for its broker more often than every ten seconds."""
    monkeypatch.setattr("homeassistant.components.mqtt.client.RECONNECT_INTERVAL_SECONDS", 0.2)


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a loss for a loss at once."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 0.0)


@pytest.fixture
async def mosquitto() -> AsyncIterator[Broker]:
    """A broker."""
    async with broker() as running:
        yield running


def switched_off_camera() -> dict[str, Any]:
    """A camera whose recording and motion detection somebody switched off while Frigate runs."""
    return full_camera(
        record={"enabled": False, "enabled_in_config": True}, motion={"enabled": False}
    )


async def test_retained_lie_at_start(hass: HomeAssistant, mosquitto: Broker) -> None:
    """What the broker kept is Frigate's configuration, not its state: never shown."""
    frigate = MqttFrigate(cameras={CAMERA: switched_off_camera()}, objects=None)
    async with mqtt_scene(hass, mosquitto, frigate) as scene:
        assert scene.state("switch", f"{CAMERA}:recordings") == "off"
        assert scene.state("switch", f"{CAMERA}:motion") == "off"


async def test_retained_lie_sent_again(hass: HomeAssistant, mosquitto: Broker) -> None:
    """Another subscription of the same topics, a user's say, makes the broker send to us too what it keeps."""
    async with serving_mqtt(MqttFrigate(cameras={CAMERA: switched_off_camera()})) as frigate:
        await set_up_mqtt(hass, mosquitto)
        entry = make_mqtt_commune(hass, frigate)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await mosquitto.wait_for_log("\tfrigate/+/status/+ (QoS 0)")
        await frigate.online(mosquitto)
        await wait_available(server_of(entry))
        scene = Scene(hass, frigate, entry)
        heard: dict[str, Any] = {}
        everything = asyncio.Event()

        @callback
        def listen(message: mqtt.ReceiveMessage) -> None:
            heard[message.topic] = message.payload
            if f"frigate/{CAMERA}/recordings/state" in heard:
                everything.set()

        stop = await mqtt.async_subscribe(hass, "frigate/+/+/state", listen)
        async with asyncio.timeout(30):
            await everything.wait()
        assert heard[f"frigate/{CAMERA}/recordings/state"] in ("ON", b"ON")
        await scene.settle()
        assert scene.state("switch", f"{CAMERA}:recordings") == "off"
        stop()
        await unload_all(hass)


async def test_lie_after_broker_reconnect(
    hass: HomeAssistant, mosquitto: Broker, no_grace: None
) -> None:
    """Frigate repeats its configuration as if it were the state; its answer to `onConnect` is believed."""
    async with mqtt_scene(hass, mosquitto) as scene:
        frigate = scene.frigate
        assert isinstance(frigate, MqttFrigate)
        for name in ("recordings", "audio"):
            target = {"entity_id": scene.entity_id("switch", f"{CAMERA}:{name}")}
            await hass.services.async_call("switch", "turn_off", target, blocking=True)
        assert scene.state("switch", f"{CAMERA}:recordings") == "off"
        asked = [topic for topic, _ in frigate.commands].count("onConnect")
        connections = frigate.connections
        await mosquitto.restart()
        await wait_available(scene.server, available=False)
        await frigate.wait(lambda: frigate.connections > connections)
        assert frigate.initial()[f"{CAMERA}/recordings/state"] == "ON"
        await frigate.wait_for_command("onConnect", asked + 1)
        await wait_available(scene.server)
        await scene.settle()
        assert scene.state("switch", f"{CAMERA}:recordings") == "off"
        assert scene.state("switch", f"{CAMERA}:audio") == "off"


async def test_lie_of_frigate_alone(hass: HomeAssistant, mosquitto: Broker) -> None:
    """Frigate reconnected without our noticing: the lie is corrected, nothing went unavailable."""
    async with mqtt_scene(hass, mosquitto) as scene:
        frigate = scene.frigate
        assert isinstance(frigate, MqttFrigate)
        target = {"entity_id": scene.entity_id("switch", f"{CAMERA}:recordings")}
        await hass.services.async_call("switch", "turn_off", target, blocking=True)
        lost: list[None] = []
        scene.server.async_listen_availability(lambda: lost.append(None))
        await frigate.stopped(None)
        # 0.17 and older say nothing when they stop: the old `online` stands.
        await scene.hass.async_block_till_done()
        assert scene.server.available
        await frigate.online(mosquitto)
        await frigate.wait_for_command("onConnect", 2)
        await scene.settle()
        await wait_until(
            scene.server,
            lambda: scene.server.live.get(f"{CAMERA}/recordings/state") is False,
            f"{CAMERA}/recordings/state",
        )
        await hass.async_block_till_done()
        assert scene.state("switch", f"{CAMERA}:recordings") == "off"
        assert not lost


@pytest.mark.parametrize("farewell", ["stopped", "offline", "killed"])
async def test_farewells(
    hass: HomeAssistant,
    mosquitto: Broker,
    no_grace: None,
    caplog: pytest.LogCaptureFixture,
    farewell: str,
) -> None:
    """`stopped` (0.18), `offline`, and the last will of a killed one: unavailable, logged once, and back."""
    caplog.set_level(logging.INFO, "custom_components.antt_camera")
    async with mqtt_scene(hass, mosquitto) as scene:
        frigate = scene.frigate
        assert isinstance(frigate, MqttFrigate)
        await scene.say("events", {"type": "new", "before": tracked(), "after": tracked()})
        await scene.say("reviews", {"type": "new", "before": review(), "after": review()})
        await scene.say(f"{CAMERA}/person", 2)
        assert scene.server.live.objects
        caplog.clear()
        if farewell == "killed":
            await frigate.killed()
        else:
            await frigate.stopped(farewell)
        await wait_available(scene.server, available=False)
        assert scene.state("sensor", f"{CAMERA}:count:person") == "unavailable"
        assert not scene.server.live.objects
        assert not scene.server.live.reviews
        await frigate.online(mosquitto)
        await wait_available(scene.server)
        assert scene.state("sensor", f"{CAMERA}:count:person") == "0"
        ours = [record.getMessage() for record in caplog.records if "Frigate server" in record.msg]
        assert len(ours) == 2, ours
        assert "is lost: Frigate is not connected to the MQTT broker" in ours[0]
        assert "is connected" in ours[1]


async def test_quick_restart_drops_open_objects(hass: HomeAssistant, mosquitto: Broker) -> None:
    """A restart within the grace makes nothing unavailable, yet what was open is gone: no `end` follows."""
    async with mqtt_scene(hass, mosquitto) as scene:
        frigate = scene.frigate
        assert isinstance(frigate, MqttFrigate)
        frigate.objects = {CAMERA: [PERSON]}
        await scene.say("events", {"type": "new", "before": tracked(), "after": tracked()})
        await scene.say("reviews", {"type": "new", "before": review(), "after": review()})
        await scene.say(f"{CAMERA}/person", 1)
        lost: list[None] = []
        scene.server.async_listen_availability(lambda: lost.append(None))
        await frigate.stopped()
        frigate.objects = {}
        await frigate.online(mosquitto)
        await wait_until(
            scene.server,
            lambda: scene.server.live.get(f"{CAMERA}/person") == 0,
            f"{CAMERA}/person",
        )
        assert not scene.server.live.objects
        assert not scene.server.live.reviews
        assert not lost


async def test_silent_stop_is_seen_over_http(
    hass: HomeAssistant, mosquitto: Broker, no_grace: None
) -> None:
    """0.17 and older say nothing at a clean stop; that nobody answers HTTP any more tells it."""
    async with mqtt_scene(hass, mosquitto) as scene:
        frigate = scene.frigate
        assert isinstance(frigate, MqttFrigate)
        await frigate.stopped(None)
        frigate.broken["/api/config"] = frigate.broken["/api/version"] = 502
        await scene.server.async_poll_now()
        assert scene.server.available
        await scene.server.async_poll_now()
        assert not scene.server.available
        # The new one is at its broker before its HTTP side runs.
        await frigate.online(mosquitto)
        assert not scene.server.available
        del frigate.broken["/api/config"], frigate.broken["/api/version"]
        await wait_available(scene.server)
        await scene.say(f"{CAMERA}/person", 1)
        assert scene.state("sensor", f"{CAMERA}:count:person") == "1"


async def test_broker_absent_at_start(hass: HomeAssistant, no_grace: None) -> None:
    """Devices are there from the configuration, unavailable, until the broker comes: no reload needed."""
    async with broker(started=False) as late, serving_mqtt() as frigate:
        await set_up_mqtt(hass, late)
        entry = make_mqtt_commune(hass, frigate)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        scene = Scene(hass, frigate, entry)
        assert not scene.server.available
        assert scene.state("sensor", f"{CAMERA}:count:person") == "unavailable"
        assert scene.state("sensor", "server_status") == "unreachable"
        # MQTT is set up, only its broker is away: another cure.
        assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is None
        await late.start()
        await frigate.online(late)
        await wait_available(scene.server)
        await scene.say(f"{CAMERA}/person", 1)
        assert scene.state("sensor", f"{CAMERA}:count:person") == "1"
        await unload_all(hass)


async def test_frigate_absent_at_start(hass: HomeAssistant, mosquitto: Broker) -> None:
    """The broker is there, Frigate not at it yet."""
    async with serving_mqtt() as frigate:
        await set_up_mqtt(hass, mosquitto)
        entry = make_mqtt_commune(hass, frigate)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await mosquitto.wait_for_log("\tfrigate/+ (QoS 0)")
        await hass.async_block_till_done()
        server = server_of(entry)
        assert not server.available
        assert "Frigate is not connected to the MQTT broker" in str(server.error)
        await frigate.online(mosquitto)
        await wait_available(server)
        await unload_all(hass)


async def test_topics_shared_with_a_user(hass: HomeAssistant, mosquitto: Broker) -> None:
    """Home Assistant decodes a message once for all who subscribed to the same topics: ours may be text."""
    async with serving_mqtt() as frigate:
        await set_up_mqtt(hass, mosquitto)
        heard: list[mqtt.ReceiveMessage] = []

        @callback
        def listen(message: mqtt.ReceiveMessage) -> None:
            heard.append(message)

        stops = [
            await mqtt.async_subscribe(hass, f"frigate/{topic}", listen) for topic in ("+", "+/+")
        ]
        await frigate.online(mosquitto)
        entry = make_mqtt_commune(hass, frigate)
        await set_up(hass, entry)
        scene = Scene(hass, frigate, entry)
        await scene.say("events", {"type": "new", "before": tracked(), "after": tracked()})
        await scene.say(f"{CAMERA}/person", 1)
        assert scene.state("sensor", f"{CAMERA}:count:person") == "1"
        assert list(scene.server.live.objects) == [tracked()["id"]]
        assert any(message.payload == "1" for message in heard)
        for stop in stops:
            stop()
        await unload_all(hass)


async def test_broker_lost(hass: HomeAssistant, mosquitto: Broker, no_grace: None) -> None:
    """Without the broker nothing is known; commands fail with a text; it is back with the broker."""
    async with mqtt_scene(hass, mosquitto) as scene:
        await scene.say(f"{CAMERA}/person", 2)
        await mosquitto.stop()
        await wait_available(scene.server, available=False)
        assert scene.state("sensor", f"{CAMERA}:count:person") == "unavailable"
        with pytest.raises(server_module.FrigateError):
            await scene.server.link.send("onConnect", "")
        await mosquitto.start()
        await wait_available(scene.server)
        assert scene.state("sensor", f"{CAMERA}:count:person") == "0"


async def test_short_loss_of_broker(hass: HomeAssistant, mosquitto: Broker) -> None:
    """A broker that restarts at once makes nothing unavailable."""
    async with mqtt_scene(hass, mosquitto) as scene:
        lost: list[None] = []
        scene.server.async_listen_availability(lambda: lost.append(None))
        await mosquitto.restart()
        assert isinstance(scene.frigate, MqttFrigate)
        await scene.frigate.wait_for_command("onConnect", 2)
        await scene.settle()
        await scene.say(f"{CAMERA}/person", 1)
        assert scene.state("sensor", f"{CAMERA}:count:person") == "1"
        assert not lost
