"""The last known configuration of each server, so that its devices exist while it is down."""

from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN

VERSION = 1
SAVE_DELAY = 30.0
# Bulky or none of our business: command lines, environment, people's faces and plates, prompts.
_DROP = frozenset(
    {
        "environment_vars",
        "ffmpeg",
        "ffmpeg_cmds",
        "genai",
        "base_config",
        "networking",
        "proxy",
        "auth",
    }
)


def _prune(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _prune(item)
            for key, item in value.items()
            if key not in _DROP and key not in ("known_plates", "password", "user")
        }
    return value


class LastConfig:
    """One small store per commune."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare; nothing is read before it is asked for."""
        self._store = Store[dict[str, Any]](
            hass,
            VERSION,
            f"{DOMAIN}.{entry_id}.configs",
            private=True,
            serialize_in_event_loop=False,
        )
        self._data: dict[str, Any] | None = None

    async def _load(self) -> dict[str, Any]:
        if self._data is None:
            self._data = await self._store.async_load() or {}
        return self._data

    async def async_get(self, server_id: str) -> dict[str, Any] | None:
        """Return a server's configuration as Frigate gave it, without what is not needed."""
        known = (await self._load()).get(server_id)
        return known if isinstance(known, dict) else None

    @callback
    def async_set(self, server_id: str, wire: dict[str, Any]) -> None:
        """Keep a configuration; written a little later, once for several changes."""
        # A new dict each time: the writer's thread may hold the one before.
        self._data = {**(self._data or {}), server_id: _prune(wire)}
        self._store.async_delay_save(self._snapshot, SAVE_DELAY)

    def _snapshot(self) -> dict[str, Any]:
        return self._data or {}

    async def async_flush(self) -> None:
        """Write what is not written yet."""
        if self._data is not None:
            await self._store.async_save(self._data)

    async def async_load(self) -> None:
        """Read the store, so that later changes keep the other servers' configurations."""
        await self._load()

    @callback
    def async_forget(self, keep: set[str]) -> None:
        """Drop the servers that are gone."""
        if self._data is not None and not self._data.keys() <= keep:
            self._data = {key: value for key, value in self._data.items() if key in keep}
            self._store.async_delay_save(self._snapshot, SAVE_DELAY)

    async def async_remove(self) -> None:
        """Delete the store with its commune."""
        await self._store.async_remove()
