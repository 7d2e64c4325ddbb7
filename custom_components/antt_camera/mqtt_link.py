"""Link to a Frigate server through Home Assistant's own MQTT client."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import override

from homeassistant.components import mqtt
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import RETRY_MAX
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
        # What changes after everything was read must find its subscription made, whatever order they are made in.
        self._pending = set(SUBSCRIPTIONS)
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
        # Without a broker for good: Home Assistant's MQTT, once it was reloaded itself, goes on calling us.
        self.connected = self._online = self._broker = False

    @override
    async def send(self, topic: str, payload: str | int) -> None:
        """Publish a command, never retained: Frigate would carry it out again at each of its starts."""
        if not self._broker:
            raise FrigateUnreachableError("MQTT broker is not connected")
        try:
            await mqtt.async_publish(self._hass, f"{self._prefix}/{topic}", str(payload), 0, False)
        except HomeAssistantError as err:
            raise FrigateUnreachableError("MQTT took no command") from err

    async def _subscribe(self) -> None:
        await self._wait_for_client()
        self._unsubscribe.append(
            mqtt.async_subscribe_connection_status(self._hass, self._on_broker)
        )
        for name in SUBSCRIPTIONS:
            topic = f"{self._prefix}/{name}"
            self._unsubscribe.append(
                await mqtt.async_subscribe(self._hass, topic, self._on_message, encoding=None)
            )
            self._unsubscribe.append(
                mqtt.async_on_subscribe_done(
                    self._hass, topic, mqtt.DEFAULT_QOS, partial(self._on_subscribed, name)
                )
            )
        self._on_broker(mqtt.is_connected(self._hass))
        if not self.connected:
            self._listener.on_disconnected(FrigateUnreachableError(self._missing))

    async def _wait_for_client(self) -> None:
        """Wait for Home Assistant's MQTT, which may be set up at any time."""
        changed = asyncio.Event()

        @callback
        def on_entry(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
            if entry.domain == mqtt.DOMAIN:
                changed.set()

        stop = async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, on_entry)
        try:
            while not await mqtt.async_wait_for_mqtt_client(self._hass):
                self._listener.on_disconnected(MqttNotReadyError("MQTT is not set up"))
                with suppress(TimeoutError):
                    async with asyncio.timeout(RETRY_MAX):
                        await changed.wait()
                changed.clear()
        finally:
            stop()

    @property
    def _missing(self) -> str:
        """What there is no connection to."""
        return (
            "Frigate is not connected to the MQTT broker"
            if self._broker
            else "the MQTT broker is not connected"
        )

    @callback
    def _on_broker(self, connected: bool) -> None:
        self._broker = connected
        if not connected:
            # The retained `available` comes again with the new connection.
            self._online = False
            self._pending = set(SUBSCRIPTIONS)
        self._update()

    @callback
    def _on_subscribed(self, name: str) -> None:
        self._pending.discard(name)
        self._update()

    @callback
    def _on_message(self, message: mqtt.ReceiveMessage) -> None:
        topic = message.topic[self._strip :]
        if topic == "available":
            # A text where somebody else's subscription to the same topics is decoded: the message is shared.
            online = message.payload in (b"online", "online")
            if online and self.connected and not message.retain:
                # Frigate came back to the broker without our noticing and has just repeated the switches of its
                # configuration as if they were the state.
                self._listener.on_connected()
                return
            self._online = online
            self._update()
            return
        # What the broker kept is no news: Frigate retains its configuration as if it were the state, and the state
        # itself is read when the link connects.
        if self.connected and not message.retain:
            self._listener.on_message(topic, message.payload)

    @callback
    def _update(self) -> None:
        connected = self._broker and self._online and not self._pending
        if connected == self.connected:
            return
        self.connected = connected
        if connected:
            self._listener.on_connected()
        else:
            self._listener.on_disconnected(FrigateUnreachableError(self._missing))
