"""nginx's small cache in front of the API: JSON answers live for five seconds."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

UNCACHED = ("/api/stats", "/api/version")
LIMIT = 500


@dataclass(frozen=True, slots=True)
class _Stored:
    until: float
    body: bytes
    content_type: str


class Cache:
    """Answers by key; `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float], seconds: float = 5.0) -> None:
        self._clock = clock
        self.seconds = seconds
        self._stored: dict[str, _Stored] = {}

    def find(self, key: str) -> web.Response | None:
        """The stored answer, if it is young enough."""
        stored = self._stored.get(key)
        if stored is None or stored.until <= self._clock():
            return None
        return web.Response(body=stored.body, content_type=stored.content_type)

    def store(self, key: str, response: web.StreamResponse) -> None:
        """Keep a complete JSON answer with status 200; anything else is let through."""
        if response.status != 200 or response.content_type != "application/json":
            return
        if isinstance(response, web.Response) and isinstance(response.body, bytes):
            if len(self._stored) >= LIMIT:
                self._stored.clear()
            self._stored[key] = _Stored(
                self._clock() + self.seconds, response.body, response.content_type
            )

    def clear(self) -> None:
        """Forget everything."""
        self._stored.clear()
