"""Link to a Frigate server through Home Assistant's own MQTT client."""

import asyncio
from typing import override

from homeassistant.components import mqtt
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .const import LOGGER, RETRY_MAX
from .frigate.errors import FrigateUnreachableError
from .frigate.link import Link, LinkListener

# Narrow enough that no `<camera>/<label>/snapshot` picture is ever sent to us, few enough to match fast.
SUBSCRIPTIONS = (
    "+",
    "+/+",
    "+/+/active",
    "+/+/state",
    "+/+/+/state",
    "+/audio/+",
    "+/classification/+",
    "+/notifications/suspended",
    "+/status/+",
)


class MqttNotReadyError(FrigateUnreachableError):
    """Home Assistant has no MQTT integration that is set up."""


class MqttLink(Link):
    """A handful of wildcard subscriptions, connected while both the broker and Frigate are."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, prefix: str, listener: LinkListener
    ) -> None:
        """Prepare a link below a topic prefix (`mqtt.topic_prefix` of Frigate, without a trailing slash)."""
        self._hass = hass
        self._entry = entry
        self._prefix = prefix
        self._strip = len(prefix) + 1
        self._listener = listener
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._task: asyncio.Task[None] | None = None
        self._online = False
        self._broker = False
        self.connected = False

    @override
    async def start(self) -> None:
        """Begin; waits in the background for an MQTT client that is not there yet."""
        self._task = self._entry.async_create_background_task(
            self._hass, self._subscribe(), f"antt_camera mqtt {self._prefix}"
        )

    @override
    async def stop(self) -> None:
        """Give every subscription back."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self.connected = self._online = self._broker = False

    @override
    async def send(self, topic: str, payload: str | int) -> None:
        """Publish a command, never retained: Frigate would carry it out again at each of its starts."""
        if not self._broker:
            raise FrigateUnreachableError("MQTT broker is not connected")
        await mqtt.async_publish(self._hass, f"{self._prefix}/{topic}", str(payload), 0, False)

    async def _subscribe(self) -> None:
        while not await mqtt.async_wait_for_mqtt_client(self._hass):
            self._listener.on_disconnected(MqttNotReadyError("MQTT is not set up"))
            await asyncio.sleep(RETRY_MAX)
        self._unsubscribe.append(
            mqtt.async_subscribe_connection_status(self._hass, self._on_broker)
        )
        self._on_broker(mqtt.is_connected(self._hass))
        for topic in SUBSCRIPTIONS:
            self._unsubscribe.append(
                await mqtt.async_subscribe(
                    self._hass, f"{self._prefix}/{topic}", self._on_message, encoding=None
                )
            )

    @callback
    def _on_broker(self, connected: bool) -> None:
        self._broker = connected
        if not connected:
            # The retained `available` comes again with the new connection.
            self._online = False
        self._update("the MQTT broker is not connected")

    @callback
    def _on_message(self, message: mqtt.ReceiveMessage) -> None:
        topic = message.topic[self._strip :]
        if topic == "available":
            if message.payload == b"online" and self._online and not message.retain:
                # Frigate came back to the broker without our noticing and has just repeated the switches of its
                # configuration as if they were the state.
                self._listener.on_connected()
                return
            self._online = message.payload == b"online"
            self._update("Frigate is not connected to the MQTT broker")
            return
        if self.connected:
            self._listener.on_message(topic, message.payload)

    @callback
    def _update(self, reason: str) -> None:
        connected = self._broker and self._online
        if connected == self.connected:
            if not connected:
                LOGGER.debug("MQTT link %s: %s", self._prefix, reason)
            return
        self.connected = connected
        if connected:
            self._listener.on_connected()
        else:
            self._listener.on_disconnected(FrigateUnreachableError(reason))
