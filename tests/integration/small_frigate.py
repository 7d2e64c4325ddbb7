"""A small real web server that answers what set-up asks, where a whole simulated Frigate would only be in the way."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
import ssl
from threading import Thread
import time
from typing import Any

from aiohttp import web

from tests.unit.frigate.fake_frigate import PASSWORD, USER, FakeFrigate, serving

__all__ = ["PASSWORD", "USER", "SmallFrigate", "camera", "running"]


def camera(name: str | None = None, **more: Any) -> dict[str, Any]:
    """A camera of `/api/config`, recording."""
    return {
        "enabled": True,
        "enabled_in_config": True,
        "detect": {"enabled": True, "width": 1280, "height": 720, "fps": 5},
        "record": {"enabled": True, "enabled_in_config": True},
        "objects": {"track": ["person"]},
        "zones": {},
        **({"friendly_name": name} if name else {}),
        **more,
    }


@dataclass
class SmallFrigate:
    """What the server says. `served` has the requests and what its login does."""

    cameras: dict[str, Any] = field(default_factory=lambda: {"cong_truoc": camera("Cổng trước")})
    groups: Mapping[str, list[str]] = field(default_factory=dict)
    version: str = "0.18.0-e3fa70189"
    mqtt: dict[str, Any] = field(
        default_factory=lambda: {
            "enabled": False,
            "client_id": "frigate",
            "topic_prefix": "frigate",
        }
    )
    more: dict[str, Any] = field(default_factory=dict)
    profile: dict[str, Any] | None = field(
        default_factory=lambda: {"username": "anonymous", "role": "admin", "allowed_cameras": []}
    )
    push_key: str | None = None
    events: list[str] = field(default_factory=list)
    started: float = field(default_factory=lambda: time.time() - 1000)
    # HTTP status by path, in place of an answer.
    broken: dict[str, int] = field(default_factory=dict)
    served: FakeFrigate = field(default_factory=lambda: FakeFrigate(needs_login=False))

    @property
    def url(self) -> str:
        """Where it is."""
        return self.served.url

    @property
    def address(self) -> str:
        """Host and port."""
        return self.url.partition("://")[2]

    def config(self) -> dict[str, Any]:
        """`/api/config`."""
        return {
            "version": "0.18-0",
            "mqtt": self.mqtt,
            "cameras": self.cameras,
            "camera_groups": {
                name: {"cameras": cameras, "order": number}
                for number, (name, cameras) in enumerate(self.groups.items())
            },
            **self.more,
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request that got past the login."""
        path = request.path.removeprefix(self.served.base)
        if (status := self.broken.get(path)) is not None:
            # As nginx says it.
            return web.Response(status=status, text="<html>", content_type="text/html")
        match path:
            case "/api/version":
                return web.Response(text=self.version)
            case "/api/config":
                return web.json_response(self.config())
            case "/api/profile" if self.profile is not None:
                return web.json_response(self.profile)
            case "/api/stats":
                now = int(time.time())
                service = {"uptime": int(now - self.started), "last_updated": now}
                return web.json_response({"cameras": {}, "detectors": {}, "service": service})
            case "/api/notifications/pubkey" if self.push_key is not None:
                return web.json_response(self.push_key)
            case "/api/notifications/pubkey":
                return web.json_response(
                    {"success": False, "message": "Notifications are not enabled."}, status=400
                )
            case "/api/events":
                return web.json_response([{"id": one} for one in self.events])
            case "/api/review":
                return web.json_response([])
            case "/api/profiles":
                return web.json_response({"profiles": [], "active_profile": None})
        return web.json_response({"detail": "Not Found"}, status=404)


async def talk(socket: web.WebSocketResponse) -> None:
    """Say after `onConnect` that nothing moves, as Frigate does."""
    async for message in socket:
        if message.json()["topic"] == "onConnect":
            await socket.send_json({"topic": "camera_activity", "payload": "{}"})


@asynccontextmanager
async def running(
    frigate: SmallFrigate, certificate: ssl.SSLContext | None = None
) -> AsyncIterator[SmallFrigate]:
    """Run it on a free port; with a certificate in a loop of its own.

    There a client that hangs up over the certificate is an error of the loop, which Home Assistant's tests forbid.
    """
    frigate.served.fallback = frigate.answer
    frigate.served.on_socket = talk
    if certificate is None:
        async with serving(frigate.served):
            yield frigate
        return
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)
    thread = Thread(target=loop.run_forever, name="small Frigate")
    thread.start()
    stack = AsyncExitStack()

    async def there(coroutine: Coroutine[Any, Any, Any]) -> None:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, loop))

    try:
        await there(stack.enter_async_context(serving(frigate.served, certificate)))
        yield frigate
    finally:
        await there(stack.aclose())
        loop.call_soon_threadsafe(loop.stop)
        await asyncio.to_thread(thread.join)
        loop.close()
