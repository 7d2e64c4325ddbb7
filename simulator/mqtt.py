"""The simulated server's connection to a real broker: retained set, last will, echo rules."""

import asyncio
from collections.abc import Callable
import contextlib
import socket
from typing import Any, Protocol

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from simulator.dispatcher import Outgoing
from simulator.personality import Personality

KEEPALIVE = 60
ONLINE, OFFLINE, STOPPED = "online", "offline", "stopped"
LONGEST_BACKOFF = 4


class MqttWorld(Protocol):
    """What the connection needs of a simulated or recorded server."""

    personality: Personality
    running: bool
    command_topics: frozenset[str]

    def subscribe(self, callback: Outgoing) -> Callable[[], None]: ...

    def on_restart(self, callback: Callable[[str], None]) -> Callable[[], None]: ...

    def publish_all_retained(self, callback: Outgoing) -> None: ...

    def command(self, topic: str, payload: Any, *, role: str, origin: str) -> None: ...


class MqttBridge:
    """One connection per life of the process; it ends and comes back with the process it belongs to.

    Paho's thread only hands over: everything else happens in the event loop that `start` was called in.
    """

    def __init__(
        self, frigate: MqttWorld, port: int, *, host: str = "127.0.0.1", prefix: str = "frigate"
    ) -> None:
        self._frigate = frigate
        self._address = host, port
        self.prefix = prefix
        self.connected = asyncio.Event()
        self._client: mqtt.Client | None = None
        self._loop = asyncio.get_running_loop()
        self._stops: list[Callable[[], None]] = []

    def start(self) -> None:
        """Connect, and follow the process from now on."""
        self._stops = [
            self._frigate.subscribe(self._outgoing),
            self._frigate.on_restart(self._process),
        ]
        if self._frigate.running:
            self._connect()

    def stop(self) -> None:
        """Leave the broker without a word, as a machine that is switched off."""
        for stop in self._stops:
            stop()
        self._stops.clear()
        self._disconnect(clean=False)

    def _process(self, phase: str) -> None:
        if phase == "start":
            self._connect()
        else:
            self._disconnect(clean=phase == "stop")

    def _connect(self) -> None:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"{self.prefix}-simulated")
        client.will_set(self._topic("available"), OFFLINE, qos=1, retain=True)
        client.reconnect_delay_set(1, LONGEST_BACKOFF)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.connect_async(*self._address, keepalive=KEEPALIVE)
        client.loop_start()
        self._client = client

    def _disconnect(self, *, clean: bool) -> None:
        client, self._client = self._client, None
        self.connected.clear()
        if client is None:
            return
        if clean and client.is_connected():
            if self._frigate.personality.says_stopped:
                told = client.publish(self._topic("available"), STOPPED, qos=1, retain=True)
                with contextlib.suppress(RuntimeError, ValueError):
                    told.wait_for_publish(2)
            client.disconnect()
        elif isinstance(connection := client.socket(), socket.socket):
            # The broker sees the connection break and publishes the last will.
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            client.on_connect = None
        client.loop_stop()

    # In paho's thread.

    def _on_connect(self, client: mqtt.Client, *_details: Any) -> None:
        client.subscribe(f"{self.prefix}/#")
        self._loop.call_soon_threadsafe(self._welcome, client)

    def _on_disconnect(self, *_details: Any) -> None:
        self._loop.call_soon_threadsafe(self.connected.clear)

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        topic = message.topic.removeprefix(f"{self.prefix}/")
        if topic in self._frigate.command_topics:
            text = message.payload.decode("utf-8", "replace")
            self._loop.call_soon_threadsafe(self._command, topic, text)

    # In the event loop.

    def _command(self, topic: str, payload: str) -> None:
        self._frigate.command(topic, payload, role="admin", origin="mqtt")

    def _welcome(self, client: mqtt.Client) -> None:
        if client is not self._client:
            return
        self._frigate.publish_all_retained(self._outgoing)
        client.publish(self._topic("available"), ONLINE, retain=True)
        self.connected.set()

    def _outgoing(self, topic: str, payload: Any, retain: bool) -> None:
        # What is said while there is no connection is lost, not kept for later.
        if self._client is not None and self._client.is_connected():
            wire = payload if isinstance(payload, (bytes, str)) else str(payload)
            self._client.publish(self._topic(topic), wire, retain=retain)

    def _topic(self, topic: str) -> str:
        return f"{self.prefix}/{topic}"
