"""A Frigate that carries out what it is told over HTTP, for the tests of controls and actions."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
import json
from typing import Any, override

from aiohttp import web

from tests.unit.frigate.fake_frigate import answering

from .conftest import wait_available
from .live_frigate import CAMERA, LiveFrigate, Scene

# What a motorised camera tells of itself.
PTZ_INFO = {"name": CAMERA, "features": ["pt", "zoom"], "presets": ["cong", "san"]}


class Heard(list[tuple[str, Any]]):
    """Commands; who waits for one is woken."""

    def __init__(self, event: asyncio.Event) -> None:
        super().__init__()
        self._event = event

    @override
    def append(self, command: tuple[str, Any]) -> None:
        super().append(command)
        self._event.set()


@dataclass
class WorkingFrigate(LiveFrigate):
    """Also answers what `answers` has by method and path; what it was sent is in `received`."""

    ptz: dict[str, Any] = field(default_factory=lambda: dict(PTZ_INFO))
    answers: dict[str, Any] = field(default_factory=dict)
    # Method and path with query, and the decoded body.
    received: list[tuple[str, Any]] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.commands = Heard(self.heard)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a request or command came that makes a condition true."""
        async with asyncio.timeout(20):
            while not condition():
                self.heard.clear()
                await self.heard.wait()

    @override
    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(self.served.base)
        key = f"{request.method} {path}"
        self.heard.set()
        if request.method != "GET":
            raw = await request.read()
            self.received.append((f"{request.method} {request.path_qs}", json.loads(raw or "null")))
        if path in self.broken:
            return await super().answer(request)
        if path == f"/api/{CAMERA}/ptz/info":
            return web.json_response(self.ptz)
        if (found := self.answers.get(key)) is not None:
            status, body = found if isinstance(found, tuple) else (200, found)
            return web.json_response(body, status=status)
        return await super().answer(request)


def viewer() -> dict[str, Any]:
    """A login of Frigate's that may only watch."""
    return {"username": "xem", "role": "viewer", "allowed_cameras": [CAMERA]}


def sent(scene: Scene) -> list[tuple[str, Any]]:
    """Commands that Frigate got, but for the greeting."""
    return [one for one in scene.frigate.commands if one[0] != "onConnect"]


async def call(scene: Scene, domain: str, action: str, entity: str | None, **data: Any) -> Any:
    """Call an action of Home Assistant's on an entity."""
    assert entity is not None
    await scene.hass.services.async_call(
        domain, action, data, blocking=True, target={"entity_id": entity}
    )


def working(scene: Scene) -> WorkingFrigate:
    """The server of a scene."""
    assert isinstance(scene.frigate, WorkingFrigate)
    return scene.frigate


async def lose(scene: Scene) -> None:
    """Let Frigate die, and wait until that was noticed (after LINK_GRACE)."""
    scene.frigate.served.answers["/ws"] = answering(502, "<html>", content_type="text/html")
    for socket in scene.frigate.served.sockets:
        await socket.close()
    await wait_available(scene.server, available=False)


async def find(scene: Scene) -> None:
    """Let Frigate come back, and wait until that was noticed."""
    scene.frigate.served.answers["/ws"] = scene.frigate._live
    await wait_available(scene.server)


async def check(scene: Scene) -> None:
    """Let the regular check happen."""
    await scene.server.async_poll_now()
    await scene.hass.async_block_till_done()
