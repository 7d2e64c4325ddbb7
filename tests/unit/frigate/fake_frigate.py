"""A web server that behaves like Frigate's where login, errors and the websocket are concerned."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
import json
import ssl
import time
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from custom_components.antt_camera.frigate.client import Connection, FrigateClient

USER = "antt"
PASSWORD = "Mat-khau/rat@bi:mat"

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HTML = "<html><head><title>{0}</title></head><body>nginx</body></html>"


def page(status: int) -> web.Response:
    """An error page as nginx makes it."""
    return web.Response(status=status, text=HTML.format(status), content_type="text/html")


@dataclass
class FakeFrigate:
    """`needs_login`: as on port 8971. `answers`: handlers by path without base path, else `fallback`.

    `on_socket` is called with each websocket, which stays open after it.
    """

    needs_login: bool = True
    base: str = ""
    lifetime: float = 86_400.0
    cookie_name: str = "frigate_token"
    answers: dict[str, Handler] = field(default_factory=dict)
    fallback: Handler = field(default_factory=lambda: answering(200, {}))
    login_answer: Handler | None = None
    on_socket: Callable[[web.WebSocketResponse], Awaitable[None]] | None = None
    answers_pings: bool = True
    clock: Callable[[], float] = time.time
    login_begun: asyncio.Event = field(default_factory=asyncio.Event)
    logins: list[dict[str, Any]] = field(default_factory=list)
    requests: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer anything, with the time by our clock."""
        response = await self._answer(request)
        if not response.prepared:
            response.headers.setdefault("Date", formatdate(self.clock(), usegmt=True))
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        if not path.startswith(self.base):
            return page(404)
        path = path[len(self.base) :]
        if path == "/api/login":
            return await self._login(request)
        self.requests.append(request)
        self.bodies.append(await request.read())
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.needs_login and bearer not in self.tokens:
            return page(401)
        if (handler := self.answers.get(path)) is not None:
            return await handler(request)
        return await (self._socket if path == "/ws" else self.fallback)(request)

    async def _login(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.logins.append(body)
        self.login_begun.set()
        # Long enough for requests that were sent at the same time to want a login too.
        await asyncio.sleep(0.02)
        if self.login_answer is not None:
            return await self.login_answer(request)
        if body != {"user": USER, "password": PASSWORD}:
            return web.json_response({"message": "Login failed"}, status=401)
        claims = {"sub": USER, "role": "admin", "exp": self.clock() + self.lifetime}
        middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        token = f"head{len(self.logins)}.{middle}.tail"
        self.tokens.add(token)
        response = web.Response()
        response.set_cookie("another", "x")
        response.set_cookie(self.cookie_name, token, httponly=True, max_age=86_400)
        return response

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(autoping=self.answers_pings)
        await socket.prepare(request)
        self.sockets.append(socket)
        if self.on_socket is not None:
            await self.on_socket(socket)
        async for _ in socket:
            pass
        return socket

    def expire(self) -> None:
        """Refuse every token given so far."""
        self.tokens.clear()


@asynccontextmanager
async def serving(
    frigate: FakeFrigate, certificate: ssl.SSLContext | None = None
) -> AsyncIterator[FakeFrigate]:
    """Run the server on a free port."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", frigate.handle)
    server = TestServer(app, scheme="http" if certificate is None else "https")
    await server.start_server(ssl=certificate)
    frigate.url = str(server.make_url("/")).rstrip("/") + frigate.base
    try:
        yield frigate
    finally:
        for socket in frigate.sockets:
            await socket.close()
        await server.close()


@asynccontextmanager
async def client_of(
    frigate: FakeFrigate,
    *,
    login: bool = True,
    password: str = PASSWORD,
    now: Callable[[], float] = time.time,
    **tls: Any,
) -> AsyncIterator[FrigateClient]:
    """A client of a running server."""
    connection = Connection(
        url=frigate.url,
        username=USER if login else None,
        password=password if login else None,
        **tls,
    )
    # A jar that takes cookies of bare addresses: in the field servers have names too.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield FrigateClient(session, connection, now=now)


def answering(status: int, body: Any = None, **options: Any) -> Handler:
    """A handler with one answer: a text as it is, anything else as JSON."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        if isinstance(body, str):
            return web.Response(status=status, text=body, **options)
        return web.json_response(body, status=status, **options)

    return handler
