"""A commune: the servers of one config entry. Adding or changing one never touches the others."""

import asyncio
from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady

from .const import DOMAIN, SUBENTRY_FRIGATE
from .directory import async_directory
from .health import async_watch_health
from .last_config import LastConfig
from .server import FrigateServer

type AnttConfigEntry = ConfigEntry[Commune]
type ServerListener = Callable[[FrigateServer], None]


class Commune:
    """Run-time data of a config entry."""

    def __init__(self, hass: HomeAssistant, entry: AnttConfigEntry) -> None:
        """Start without servers."""
        self.hass = hass
        self.entry = entry
        self.servers: dict[str, FrigateServer] = {}
        self._last = LastConfig(hass, entry.entry_id)
        self._listeners: dict[ServerListener, None] = {}
        self._health: dict[str, CALLBACK_TYPE] = {}
        self._lock = asyncio.Lock()

    async def async_start(self) -> None:
        """Start every server at once. Raises ConfigEntryNotReady when none can be shown, not even from memory."""
        await self._last.async_load()
        subentries = self.entry.get_subentries_of_type(SUBENTRY_FRIGATE)
        await asyncio.gather(*(self._add(subentry) for subentry in subentries))
        if self.servers and all(server.config is None for server in self.servers.values()):
            names = ", ".join(server.name for server in self.servers.values())
            await self.async_stop()
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="no_server",
                translation_placeholders={"servers": names},
            )

    async def async_stop(self) -> None:
        """Stop every server."""
        for unsubscribe in self._health.values():
            unsubscribe()
        self._health.clear()
        for server in self.servers.values():
            async_directory(self.hass).async_remove(server)
        await asyncio.gather(*(server.async_stop() for server in self.servers.values()))
        await self._last.async_flush()

    async def async_follow_subentries(self) -> None:
        """Add, change and remove servers as the subentries say; called at every update of the entry."""
        async with self._lock:
            wanted = {
                subentry.subentry_id: subentry
                for subentry in self.entry.get_subentries_of_type(SUBENTRY_FRIGATE)
            }
            for gone in self.servers.keys() - wanted.keys():
                self._health.pop(gone)()
                server = self.servers.pop(gone)
                async_directory(self.hass).async_remove(server)
                await server.async_stop()
            for server_id, subentry in wanted.items():
                if server_id not in self.servers:
                    server = await self._add(subentry)
                    for listener in tuple(self._listeners):
                        listener(server)
                else:
                    await self.servers[server_id].async_reconfigure(subentry)
            self._last.async_forget(set(wanted))

    async def _add(self, subentry: ConfigSubentry) -> FrigateServer:
        server = FrigateServer(self.hass, self.entry, subentry, self._last)
        self.servers[server.id] = server
        self._health[server.id] = async_watch_health(server)
        async_directory(self.hass).async_add(server)
        await server.async_start()
        return server

    @callback
    def async_on_server(self, listener: ServerListener) -> CALLBACK_TYPE:
        """Call `listener` with every server, now and later."""
        self._listeners[listener] = None
        for server in self.servers.values():
            listener(server)
        return lambda: self._listeners.pop(listener, None) and None

    async def async_forget(self) -> None:
        """Delete what the commune keeps on disk."""
        await self._last.async_remove()
