"""Who listens to a link in tests, and waits that don't take time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from custom_components.antt_camera.frigate.client import FrigateClient
from custom_components.antt_camera.frigate.errors import FrigateError
from custom_components.antt_camera.frigate.websocket import WebSocketLink


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.messages: list[tuple[str, Any]] = []
        self.connections = 0
        self.losses: list[FrigateError | None] = []
        self.fail = False
        self._changed = asyncio.Event()

    def on_message(self, topic: str, payload: Any) -> None:
        """Keep a message."""
        self.messages.append((topic, payload))
        self._changed.set()
        if self.fail:
            raise RuntimeError("a mistake")

    def on_connected(self) -> None:
        """Count a connection."""
        self.connections += 1
        self._changed.set()

    def on_disconnected(self, error: FrigateError | None) -> None:
        """Keep a loss."""
        self.losses.append(error)
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to be told."""
        async with asyncio.timeout(5):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


class Waiting:
    """A `sleep` that notes how long it should have been and returns at once, `limit` times."""

    def __init__(self, limit: int) -> None:
        """Let so many waits pass; the next lasts until the end."""
        self.delays: list[float] = []
        self.limit = limit
        self.reached = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        """Wait, or rather don't."""
        self.delays.append(seconds)
        if len(self.delays) >= self.limit:
            self.reached.set()
            await asyncio.Event().wait()


@asynccontextmanager
async def linked(
    client: FrigateClient, listener: Listener, **options: Any
) -> AsyncIterator[WebSocketLink]:
    """A started link."""
    link = WebSocketLink(client, listener, **options)
    await link.start()
    try:
        yield link
    finally:
        await link.stop()
