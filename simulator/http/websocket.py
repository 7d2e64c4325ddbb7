"""`/ws`: JSON frames both ways, authorised inbound, scoped outbound."""

import asyncio
from collections import deque
from collections.abc import Callable
import json
import logging
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from simulator.authorisation import Caller, inbound_allowed, outbound_payload
from simulator.http.site import Access, Call, Identity, Route, Site

_LOGGER = logging.getLogger(__name__)
SCOPED_CACHE = 8


class Client:
    """One open socket. Frames are queued, so a slow reader holds up nobody."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        identity: Identity,
        transport: asyncio.Transport | None = None,
    ) -> None:
        self.socket = socket
        self.transport = transport
        self.caller = Caller(role=identity.role, cameras=identity.cameras)
        self._frames: asyncio.Queue[str] = asyncio.Queue()

    def send(self, frame: str) -> None:
        """Queue a frame."""
        self._frames.put_nowait(frame)

    async def write(self) -> None:
        """Send queued frames until cancelled or the peer is gone."""
        while True:
            frame = await self._frames.get()
            await self.socket.send_str(frame)


class Hub:
    """All open sockets of one simulated server."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.clients: set[Client] = set()
        self.sent: deque[tuple[str, Any]] = deque(maxlen=1000)
        self._unsubscribe: Callable[[], None] = site.world.subscribe(self._outgoing)

    def close(self) -> None:
        """Stop listening to the world."""
        self._unsubscribe()

    async def kick(self, code: int = WSCloseCode.GOING_AWAY) -> None:
        """Close every socket politely."""
        await asyncio.gather(
            *(client.socket.close(code=code) for client in set(self.clients)),
            return_exceptions=True,
        )

    def cut(self) -> None:
        """Break every socket's connection without a word."""
        for client in self.clients:
            if client.transport is not None:
                client.transport.abort()

    def broadcast_raw(self, frame: str) -> None:
        """Send the same text to everybody, whatever it is."""
        for client in self.clients:
            client.send(frame)

    def _outgoing(self, topic: str, payload: Any, _retain: bool) -> None:
        if isinstance(payload, bytes) or not self.clients:
            return
        frames: dict[tuple[str, ...] | None, str | None] = {}
        for client in self.clients:
            cameras = client.caller.cameras
            if cameras not in frames:
                frames[cameras] = self._frame(topic, payload, client.caller)
            if (frame := frames[cameras]) is not None:
                client.send(frame)

    def _frame(self, topic: str, payload: Any, caller: Caller) -> str | None:
        visible, scoped = outbound_payload(self._site.world, topic, payload, caller)
        return json.dumps({"topic": topic, "payload": scoped}) if visible else None

    def receive(self, client: Client, text: str) -> bool:
        """Handle a frame from a client; False if the server breaks the connection over it."""
        try:
            message = json.loads(text)
        except ValueError:
            _LOGGER.debug("A frame that is not JSON was ignored")
            return True
        if not isinstance(message, dict) or "topic" not in message:
            return False
        topic, payload = str(message["topic"]), message.get("payload")
        if inbound_allowed(self._site.world, topic, client.caller):
            self._site.world.command(topic, payload, role=client.caller.role, origin="ws")
        return True


async def connect(call: Call) -> web.StreamResponse:
    """A client connects. Nothing is sent until it asks with `onConnect`."""
    socket = web.WebSocketResponse(compress=False, max_msg_size=0)
    if not socket.can_prepare(call.request).ok:
        text = "A server error occurred.  Please contact the administrator."
        return web.Response(status=500, text=text)
    await socket.prepare(call.request)
    hub = call.site.hub
    client = Client(socket, call.identity, call.request.transport)
    hub.clients.add(client)
    writer = asyncio.create_task(client.write())
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT and not hub.receive(client, message.data):
                await socket.close(code=WSCloseCode.INTERNAL_ERROR)
    finally:
        hub.clients.discard(client)
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
    return socket


ROUTES = (Route("GET", "/ws", connect, Access.ANY),)
