"""What a link to Frigate's live messages is, whatever carries them."""

from typing import Any, Protocol

from .errors import FrigateError


class LinkListener(Protocol):
    """Who is told what a link brings: in the event loop, which must not be blocked."""

    def on_message(self, topic: str, payload: Any) -> None:
        """Take a message: topic without prefix, payload as on the wire (JSON still text)."""

    def on_connected(self) -> None:
        """Take note that messages flow from now on; those before are lost."""

    def on_disconnected(self, error: FrigateError | None) -> None:
        """Take note that no messages flow; called again when another attempt fails."""


class Link(Protocol):
    """A link to one server."""

    connected: bool

    async def start(self) -> None:
        """Connect, and go on trying until stopped."""

    async def stop(self) -> None:
        """Disconnect and leave nothing running."""

    async def send(self, topic: str, payload: str | int) -> None:
        """Send a command. Raises FrigateUnreachableError while not connected."""
