"""One Frigate server of a commune: its link, its live state, its listeners, its commands, its availability."""

import asyncio
from collections.abc import Callable
from datetime import datetime
import time
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.json import json_loads

from .const import (
    COMMAND_TIMEOUT,
    CONF_FINGERPRINT,
    CONF_TLS,
    CONF_TOPIC_PREFIX,
    CONF_TRANSPORT,
    CONFIG_INTERVAL,
    DEFAULT_TOPIC_PREFIX,
    HTTP_FAILURES,
    LINK_GRACE,
    LOGGER,
    TRANSPORT_MQTT,
)
from .devices import async_update_devices
from .dispatch import Dispatcher, MessageListener
from .errors import command_refused, needs_admin, translated
from .frigate.client import Connection, FrigateClient, TlsMode
from .frigate.config import CameraConfig, FrigateConfig
from .frigate.errors import FrigateError
from .frigate.link import Link, LinkListener
from .frigate.live import LiveState
from .frigate.messages import CameraActivity, Message
from .frigate.websocket import WebSocketLink
from .last_config import LastConfig
from .ptz import Ptz
from .sync import Synchroniser

AVAILABILITY = "@available"


class FrigateServer(LinkListener):
    """A server as the entities see it. Lives as long as its subentry, whatever happens to the connection."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry, last: LastConfig
    ) -> None:
        """Prepare; nothing is contacted before `async_start()`."""
        self.hass = hass
        self.entry = entry
        self.subentry = subentry
        self.live = LiveState(loads=json_loads)
        self.dispatcher = Dispatcher(hass, self.live)
        self.config: FrigateConfig | None = None
        self.config_is_live = False
        self.safe_mode = False
        self.available = False
        self.error: FrigateError | None = None
        # Wall clock of the loss, for the repair issue and the log; None while available.
        self.lost_since: float | None = time.time()
        self._applied = (subentry.title, self.data)
        self.client = self._make_client()
        self.link: Link = self._make_link()
        self.sync = Synchroniser(self, last)
        self._waiters: dict[str, list[asyncio.Future[None]]] = {}
        self._config_listeners: dict[CALLBACK_TYPE, None] = {}
        self._availability_listeners: dict[CALLBACK_TYPE, None] = {}
        self._grace: asyncio.TimerHandle | None = None
        self.ptz = Ptz(self)
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._started = False

    # -- identity -----------------------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """Identity in registries: the subentry's, never a name or an address."""
        return self.subentry.subentry_id

    @property
    def name(self) -> str:
        """Name that the commune gave the server."""
        return self.subentry.title

    @property
    def data(self) -> dict[str, Any]:
        """Connection settings."""
        return dict(self.subentry.data)

    @property
    def cameras(self) -> dict[str, CameraConfig]:
        """Cameras by Frigate's key; empty as long as no configuration was ever seen."""
        return self.config.cameras if self.config is not None else {}

    @property
    def is_admin(self) -> bool:
        """Whether the login may control Frigate. The port without a login always may."""
        return self.sync.profile is None or self.sync.profile.role == "admin"

    @property
    def uses_mqtt(self) -> bool:
        """Whether live data comes over MQTT instead of Frigate's own socket."""
        return bool(self.data.get(CONF_TRANSPORT) == TRANSPORT_MQTT)

    def _make_client(self) -> FrigateClient:
        data = self.data
        return FrigateClient(
            async_get_clientsession(self.hass),
            Connection(
                url=data[CONF_URL],
                username=data.get(CONF_USERNAME),
                password=data.get(CONF_PASSWORD),
                tls=TlsMode(data.get(CONF_TLS, TlsMode.VERIFY)),
                fingerprint=data.get(CONF_FINGERPRINT),
            ),
        )

    def _make_link(self) -> Link:
        if self.uses_mqtt:
            # Imported only when chosen: an installation without MQTT has not its requirements.
            from .mqtt_link import MqttLink  # noqa: PLC0415

            prefix = self.data.get(CONF_TOPIC_PREFIX) or DEFAULT_TOPIC_PREFIX
            return MqttLink(self.hass, self.entry, prefix.rstrip("/"), self)
        return WebSocketLink(
            self.client,
            self,
            create_task=lambda coro, name: self.entry.async_create_background_task(
                self.hass, coro, name
            ),
            loads=json_loads,
        )

    # -- life ---------------------------------------------------------------------------------------------------

    async def async_start(self) -> None:
        """Read the configuration (or the last one known) and begin to live on pushes. Never raises FrigateError."""
        self._started = True
        await self.sync.async_first()
        await self.link.start()
        self._unsubscribe.append(
            async_track_time_interval(self.hass, self.sync.async_poll, CONFIG_INTERVAL)
        )

    async def async_stop(self) -> None:
        """Stop everything; nothing of this server runs on."""
        self._started = False
        while self._unsubscribe:
            self._unsubscribe.pop()()
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None
        self.sync.async_cancel()
        self.ptz.async_stop()
        await self.link.stop()
        for futures in self._waiters.values():
            for future in futures:
                future.cancel()
        self._waiters.clear()

    async def async_reconfigure(self, subentry: ConfigSubentry) -> None:
        """Adopt changed settings. Entities stay; only the connection is made anew."""
        # Home Assistant changes the subentry itself, so what was made from it is remembered.
        title, data = self._applied
        self.subentry = subentry
        self._applied = (subentry.title, self.data)
        if data == self.data:
            if title != subentry.title:
                self._adopted()
            return
        await self.async_stop()
        self._set_available(False)
        self.client = self._make_client()
        self.link = self._make_link()
        await self.async_start()

    # -- listeners ----------------------------------------------------------------------------------------------

    @callback
    def async_listen(self, keys: tuple[str, ...], listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` when a key of the live state, or the server's availability, changes."""
        return self.dispatcher.async_listen((*keys, AVAILABILITY), listener)

    @callback
    def async_listen_messages[_M: Message](
        self, kind: type[_M], listener: MessageListener[_M]
    ) -> CALLBACK_TYPE:
        """Call `listener` with each message of a class from `frigate.messages`."""
        return self.dispatcher.async_listen_messages(kind, listener)

    @callback
    def async_listen_config(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` after a changed configuration was adopted."""
        return _register(self._config_listeners, listener)

    @callback
    def async_listen_availability(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` when the server is lost or back, or lost for another reason."""
        return _register(self._availability_listeners, listener)

    # -- link ---------------------------------------------------------------------------------------------------

    @callback
    def handle(self, topic: str, payload: Any) -> None:
        """Take one message of either link: the only way into the live state."""
        message = self.live.apply(topic, payload)
        if message is not None:
            if isinstance(message, CameraActivity):
                self.sync.activity_seen.set()
            self.dispatcher.async_message(message)
        elif self._waiters:
            self._wake(topic)
        if topic == "profile/state":
            self.sync.async_refresh_soon()
        self.dispatcher.async_changed()

    @callback
    @override
    def on_message(self, topic: str, payload: Any) -> None:
        """Take a message from the link."""
        self.handle(topic, payload)

    @callback
    @override
    def on_connected(self) -> None:
        """Read everything again: what was pushed meanwhile is lost, and Frigate may have restarted."""
        if not self._started:
            return
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None
        self.sync.async_begin()

    @callback
    @override
    def on_disconnected(self, error: FrigateError | None) -> None:
        """Go unavailable unless the link is back within a moment."""
        if error is not None:
            self.sync.async_failed(error)
        self.sync.async_cancel()
        if not self._started or not self.available or self._grace is not None:
            return
        self._grace = self.hass.loop.call_later(LINK_GRACE, self._lost)

    @callback
    def _lost(self) -> None:
        self._grace = None
        self._set_available(False)

    @property
    def is_complete(self) -> bool:
        """Whether all that entities are made from was read from the running server, so that the rest is stale."""
        return self.config_is_live and bool(self.live.stats and self.live.stats.detectors)

    @callback
    def async_synchronised(self) -> None:
        """Become available; called once everything was read."""
        self.error = None
        self._set_available(True)
        # Statistics and profiles, from which entities are made too, are read after the configuration.
        self._adopted()

    @callback
    def async_http_failures(self, count: int) -> None:
        """Go unavailable when the server no longer answers although its link looks alive."""
        if count >= HTTP_FAILURES:
            self._set_available(False)

    @callback
    def async_set_error(self, error: FrigateError | None) -> None:
        """Note what the last attempt failed by. The link closes first, and why shows at the next attempt."""
        changed = type(error) is not type(self.error)
        self.error = error
        if changed and not self.available:
            self._tell_availability()

    @callback
    def _set_available(self, available: bool) -> None:
        if available == self.available:
            return
        self.available = available
        if available:
            away = time.time() - (self.lost_since or time.time())
            LOGGER.info("Frigate server %s is connected (after %.0f s)", self.name, away)
            self.lost_since = None
        else:
            LOGGER.warning("Frigate server %s is lost: %s", self.name, self.error or "link closed")
            self.lost_since = time.time()
            self.live.drop_live()
        self._tell_availability()

    @callback
    def _tell_availability(self) -> None:
        self.live.touch(AVAILABILITY)
        self.dispatcher.async_changed()
        for listener in tuple(self._availability_listeners):
            listener()

    # -- configuration ------------------------------------------------------------------------------------------

    @callback
    def async_adopt(self, config: FrigateConfig, *, live: bool) -> None:
        """Take a configuration over, from the server (`live`) or from the last time it was seen."""
        was_safe, self.safe_mode = self.safe_mode, config.safe_mode
        if config.safe_mode and self.config is not None:
            # Frigate runs without its cameras until its file is mended; that is no reason to remove ours.
            self._adopted()
            return
        unchanged = live and self.config_is_live and config == self.config
        self.config = config
        self.config_is_live = live and not config.safe_mode
        if unchanged:
            if was_safe:
                self._adopted()
            return
        self.live.configure(config, zones_pushed=self.is_admin)
        self._adopted()

    @callback
    def _adopted(self) -> None:
        async_update_devices(self)
        for listener in tuple(self._config_listeners):
            listener()

    @callback
    def async_rebuild(self) -> None:
        """Let devices and entities follow again: something they are made from became known late."""
        self._adopted()

    # -- what entities ask --------------------------------------------------------------------------------------

    def camera_available(self, camera: str) -> bool:
        """Whether a camera's readings mean anything: server connected and the camera neither off nor dead."""
        return (
            self.available
            and camera in self.cameras
            and self.live.camera_status(camera) not in ("offline", "disabled")
        )

    async def async_command(
        self, topic: str, payload: str | int, *, confirm: tuple[str, Any] | None = None
    ) -> None:
        """Send a command. With `confirm` (key, value) wait for Frigate to report that value.

        Frigate refuses silently, so no echo within a few seconds is a refusal. Raises a translated HomeAssistantError.
        """
        if not self.is_admin:
            raise needs_admin(self.name)
        if confirm is None or self.live.get(confirm[0]) == confirm[1]:
            with translated(self.name):
                await self.link.send(topic, payload)
            return
        key, value = confirm
        deadline = self.hass.loop.time() + COMMAND_TIMEOUT
        with translated(self.name):
            await self.link.send(topic, payload)
        while self.live.get(key) != value:
            future = self.hass.loop.create_future()
            self._waiters.setdefault(key, []).append(future)
            try:
                async with asyncio.timeout_at(deadline):
                    await future
            except TimeoutError as err:
                raise command_refused(self.name, topic) from err
            finally:
                self._forget(key, future)

    def _forget(self, key: str, future: asyncio.Future[None]) -> None:
        futures = self._waiters.get(key, [])
        if future in futures:
            futures.remove(future)
        if not futures:
            self._waiters.pop(key, None)

    def _wake(self, key: str) -> None:
        for future in self._waiters.pop(key, ()):
            if not future.done():
                future.set_result(None)

    async def async_poll_now(self, _now: datetime | None = None) -> None:
        """Read the configuration now."""
        await self.sync.async_poll(_now)


def _register[_F: Callable[[], None]](listeners: dict[_F, None], listener: _F) -> CALLBACK_TYPE:
    listeners[listener] = None

    @callback
    def remove() -> None:
        listeners.pop(listener, None)

    return remove
