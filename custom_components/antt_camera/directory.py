"""All running servers of all communes, for what belongs to no config entry: triggers, conditions, actions, views."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

if TYPE_CHECKING:
    from .server import FrigateServer

type Attach = Callable[[FrigateServer], CALLBACK_TYPE]


class Directory:
    """Servers by id, and who wants to be attached to each of them."""

    def __init__(self) -> None:
        """Start empty."""
        self.servers: dict[str, FrigateServer] = {}
        self._followers: dict[Attach, dict[str, CALLBACK_TYPE]] = {}

    @callback
    def async_add(self, server: FrigateServer) -> None:
        """Add a server and attach every follower to it."""
        self.servers[server.id] = server
        for attach, attached in self._followers.items():
            attached[server.id] = attach(server)

    @callback
    def async_remove(self, server: FrigateServer) -> None:
        """Detach every follower from a server and forget it."""
        self.servers.pop(server.id, None)
        for attached in self._followers.values():
            if (detach := attached.pop(server.id, None)) is not None:
                detach()

    @callback
    def async_follow(self, attach: Attach) -> CALLBACK_TYPE:
        """Call `attach` with every server, now and later; what it returns is called when the server goes."""
        attached = self._followers[attach] = {
            server.id: attach(server) for server in self.servers.values()
        }

        @callback
        def stop() -> None:
            if self._followers.pop(attach, None) is not None:
                for detach in attached.values():
                    detach()

        return stop


_DIRECTORY: HassKey[Directory] = HassKey(f"{DOMAIN}_directory")


@callback
def async_directory(hass: HomeAssistant) -> Directory:
    """Return the directory."""
    if (directory := hass.data.get(_DIRECTORY)) is None:
        directory = hass.data[_DIRECTORY] = Directory()
    return directory
