"""The small server of these tests with Frigate's MQTT side, and Home Assistant's own MQTT client for it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.antt_camera.const import CONF_TOPIC_PREFIX, CONF_TRANSPORT, TRANSPORT_MQTT

from .broker import Broker
from .conftest import make_commune, set_up
from .live_frigate import LiveFrigate, Scene
from .small_frigate import running

# Section of a camera's configuration by the name of its command.
SECTIONS: Final[Mapping[str, str]] = {
    "audio": "audio",
    "audio_transcription": "audio_transcription",
    "detect": "detect",
    "motion": "motion",
    "notifications": "notifications",
    "recordings": "record",
    "snapshots": "snapshots",
}
# Of these the server repeats the configuration, not the state, whenever it connects to its broker.
REPEATED_FROM_CONFIG: Final = ("audio", "recordings")
ANSWERED_LIVE: Final = ("audio", "detect", "notifications", "record", "snapshots")


def wire(payload: Any) -> bytes:
    """A payload as Frigate publishes it."""
    if isinstance(payload, bytes):
        return payload
    if isinstance(payload, str):
        return payload.encode()
    return json.dumps(payload).encode()


@dataclass
class MqttFrigate(LiveFrigate):
    """Speaks MQTT in place of the websocket. `online()` starts its client, `killed()` and `stopped()` end it."""

    prefix: str = "frigate"
    # Objects by camera, for the answer to `onConnect`; None: it is not answered.
    objects: dict[str, list[dict[str, Any]]] | None = field(default_factory=dict)
    _client: Client | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0

    @override
    def __post_init__(self) -> None:
        """Have a broker in the configuration."""
        super().__post_init__()
        self.mqtt = {"enabled": True, "client_id": self.prefix, "topic_prefix": self.prefix}

    async def online(self, broker: Broker) -> None:
        """Connect to a broker, and reconnect by itself later; returns when it has said that it is there."""
        self._loop = asyncio.get_running_loop()
        client = self._client = Client(CallbackAPIVersion.VERSION2, client_id=f"f-{self.prefix}")
        client.will_set(f"{self.prefix}/available", "offline", 1, retain=True)
        client.reconnect_delay_set(1, 1)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        before = self.connections
        await asyncio.to_thread(client.connect, broker.host, broker.port)
        client.loop_start()
        await self.wait(lambda: self.connections > before)

    async def killed(self) -> None:
        """Die without a word: the broker speaks the last will."""
        client, self._client = self._client, None
        if client is not None:
            # Closing the socket under the client is what a killed process looks like to the broker.
            await asyncio.to_thread(client.loop_stop)
            if (sock := client.socket()) is not None:
                sock.close()

    async def stopped(self, farewell: str | None = "stopped") -> None:
        """Stop cleanly; releases before 0.18 say nothing at that."""
        client, self._client = self._client, None
        if client is None:
            return
        if farewell is not None:
            info = client.publish(f"{self.prefix}/available", farewell, 1, retain=True)
            await asyncio.to_thread(info.wait_for_publish, 10)
        client.disconnect()
        await asyncio.to_thread(client.loop_stop)

    async def wait(self, condition: Any, seconds: float = 30.0) -> None:
        """Wait until something holds that changes with a connection or a command."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def wait_for_command(self, topic: str, times: int = 1) -> None:
        """Wait until a command was received that often."""
        await self.wait(lambda: [name for name, _ in self.commands].count(topic) >= times)

    @override
    async def say(self, topic: str, payload: Any) -> None:
        """Publish; states are retained, counts and events are not."""
        self._publish(topic, payload)

    def _publish(self, topic: str, payload: Any, *, retain: bool | None = None) -> None:
        if retain is None:
            retain = topic.endswith(("/state", "/suspended", "/snapshot"))
        if (client := self._client) is not None:
            client.publish(f"{self.prefix}/{topic}", wire(payload), 0, retain)

    def _on_connect(self, client: Client, *_more: Any) -> None:
        """Say what Frigate says at each connection: states as configured, then that it is there."""
        client.subscribe(f"{self.prefix}/#", 0)
        for topic, payload in self.initial().items():
            client.publish(
                f"{self.prefix}/{topic}", payload, 0, retain=not topic.endswith("/motion")
            )
        client.publish(f"{self.prefix}/available", "online", 0, retain=True)
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._connected)

    def _connected(self) -> None:
        self.connections += 1
        self._news.set()

    def initial(self) -> dict[str, str]:
        """The states that every connection repeats."""
        said = {"profile/state": "none"}
        for key, camera in self.cameras.items():
            said[f"{key}/motion"] = "OFF"
            said[f"{key}/enabled/state"] = "ON" if camera["enabled_in_config"] else "OFF"
            # Always, whatever was switched.
            said[f"{key}/motion/state"] = "ON"
            for name, section in SECTIONS.items():
                values = camera.get(section)
                if name in ("motion", "notifications", "audio_transcription") or values is None:
                    continue
                which = "enabled_in_config" if name in REPEATED_FROM_CONFIG else "enabled"
                said[f"{key}/{name}/state"] = "ON" if values.get(which) else "OFF"
        return said

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        topic = message.topic.removeprefix(f"{self.prefix}/")
        if topic.endswith(("/set", "/suspend", "/ptz")) or topic in ("onConnect", "restart"):
            assert self._loop is not None
            self._loop.call_soon_threadsafe(self._obey, topic, message.payload, message.retain)

    def _obey(self, topic: str, payload: bytes, retain: bool) -> None:
        assert not retain, "a retained command would be carried out again at every start"
        text = payload.decode()
        self.commands.append((topic, text))
        self._news.set()
        if topic == "onConnect":
            if self.objects is not None:
                self._publish("camera_activity", self.seen(self.objects))
            return
        key, _, command = topic.partition("/")
        section = self.cameras.get(key, {}).get(SECTIONS.get(command.removesuffix("/set"), ""))
        if not self.obeys or section is None or not topic.endswith("/set"):
            return
        section["enabled"] = text == "ON"
        self._publish(topic.removesuffix("/set") + "/state", text)

    def seen(self, objects: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
        """The answer to `onConnect`."""
        return {
            key: {
                "motion": False,
                "objects": objects.get(key, []),
                "config": {
                    "enabled": camera["enabled"],
                    **{name: bool(camera.get(name, {}).get("enabled")) for name in ANSWERED_LIVE},
                },
            }
            for key, camera in self.cameras.items()
        }


async def set_up_mqtt(hass: HomeAssistant, broker: Broker, **data: Any) -> MockConfigEntry:
    """Set Home Assistant's MQTT integration up, as its own form would."""
    entry = MockConfigEntry(
        domain="mqtt",
        version=2,
        minor_version=1,
        title="Mosquitto",
        data={
            "broker": broker.host,
            "port": broker.port,
            "protocol": "5",
            "transport": "tcp",
            **data,
        },
    )
    entry.add_to_hass(hass)
    # Its settings beyond the entry's are read from there.
    await hass.async_add_executor_job(Path(hass.config.path("configuration.yaml")).touch)
    assert await hass.config_entries.async_setup(entry.entry_id)
    return entry


def make_mqtt_commune(hass: HomeAssistant, frigate: MqttFrigate, **more: Any) -> MockConfigEntry:
    """Add a commune whose server is followed over MQTT."""
    return make_commune(
        hass,
        frigate.url,
        **{CONF_TRANSPORT: TRANSPORT_MQTT, CONF_TOPIC_PREFIX: frigate.prefix, **more},
    )


@asynccontextmanager
async def serving_mqtt(frigate: MqttFrigate | None = None) -> AsyncIterator[MqttFrigate]:
    """Run the HTTP side; the MQTT side is ended with it."""
    async with running(frigate or MqttFrigate()) as served:
        assert isinstance(served, MqttFrigate)
        try:
            yield served
        finally:
            await served.stopped(None)


async def unload_all(hass: HomeAssistant) -> None:
    """Unload what is loaded, our entries before the broker's."""
    for domain in ("antt_camera", "mqtt"):
        for entry in hass.config_entries.async_loaded_entries(domain):
            assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@asynccontextmanager
async def mqtt_scene(
    hass: HomeAssistant, broker: Broker, frigate: MqttFrigate | None = None
) -> AsyncIterator[Scene]:
    """Run such a server, Home Assistant's MQTT client and a commune, all connected."""
    async with serving_mqtt(frigate) as served:
        await served.online(broker)
        await set_up_mqtt(hass, broker)
        entry = make_mqtt_commune(hass, served)
        await set_up(hass, entry)
        try:
            yield Scene(hass, served, entry)
        finally:
            await unload_all(hass)
