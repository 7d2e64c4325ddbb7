"""A process that plays Frigate for a benchmark: answers over HTTP, pushes prepared messages at a stated rate.

    python -m benchmarks.upstream --cameras 32 [--broker PORT --prefix frigate_a]

Prints its port as JSON. Its own commands are below `/bench/`.
"""

import argparse
import asyncio
from collections.abc import Sequence
import contextlib
import json
import signal
import time
from typing import Any

from aiohttp import web
import paho.mqtt.client as paho

from .documents import Documents
from .traffic import Clump, Message, Traffic

STATUS_SECONDS = 10.0
STATS_SECONDS = 15.0


class Broker:
    """Frigate's side of MQTT."""

    def __init__(self, port: int, prefix: str, upstream: Upstream) -> None:
        self._prefix = prefix
        self._upstream = upstream
        self._loop = asyncio.get_running_loop()
        self._client = client = paho.Client(paho.CallbackAPIVersion.VERSION2, f"bench-{prefix}")
        client.max_queued_messages_set(0)
        client.will_set(f"{prefix}/available", "offline", retain=True)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.connect("127.0.0.1", port)
        client.loop_start()

    def _on_connect(self, client: paho.Client, *_: Any) -> None:
        client.subscribe(f"{self._prefix}/onConnect")
        client.publish(f"{self._prefix}/available", "online", retain=True)

    def _on_message(self, *_: Any) -> None:
        self._loop.call_soon_threadsafe(self._upstream.greet)

    def send(self, clump: Clump) -> None:
        for topic, payload in clump:
            self._client.publish(f"{self._prefix}/{topic}", str(payload))

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Upstream:
    """The server. One subscriber at a time is meant to listen."""

    def __init__(self, cameras: int) -> None:
        self.documents = Documents(cameras)
        self.traffic = Traffic(self.documents.config, self.documents.stats_in_turn())
        self.sockets: list[web.WebSocketResponse] = []
        self.broker: Broker | None = None
        self.requests: list[tuple[float, str]] = []
        self.greeted = 0
        self.beat: asyncio.Task[None] | None = None
        self._greeting: asyncio.Task[None] | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/ws", self._socket)
        app.router.add_get("/bench/state", self._state)
        app.router.add_post("/bench/play", self._play)
        app.router.add_post("/bench/beat", self._beat)
        app.router.add_route("*", "/{tail:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((time.monotonic(), request.path))
        text = self.documents.answer(request.path)
        if text is None:
            return web.json_response({"message": "not found"}, status=404)
        kind = "text/plain" if request.path == "/api/version" else "application/json"
        return web.Response(text=text, content_type=kind)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        try:
            async for frame in socket:
                if frame.type is web.WSMsgType.TEXT and '"onConnect"' in frame.data:
                    self.greet()
        finally:
            self.sockets.remove(socket)
        return socket

    def greet(self) -> None:
        """Answer `onConnect`."""
        self._greeting = asyncio.create_task(self._greet())

    async def _greet(self) -> None:
        await self.send([("camera_activity", self.documents.activity)])
        await self.send(self._statuses(self.traffic.places))
        self.greeted += 1

    @staticmethod
    def _statuses(places: Sequence[Any]) -> Clump:
        return [(f"{place.key}/status/detect", "online") for place in places]

    async def send(self, clump: Clump, texts: Sequence[str] | None = None) -> None:
        """Send messages together."""
        if self.broker is not None:
            self.broker.send(clump)
            return
        for text in texts or frames(clump):
            for socket in self.sockets:
                await socket.send_str(text)

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "sockets": len(self.sockets),
                "greeted": self.greeted,
                "requests": self.requests,
                "now": time.monotonic(),
            }
        )

    async def _play(self, request: web.Request) -> web.Response:
        """Play so many messages so fast, then the marker; returns when all is sent."""
        order = await request.json()
        clumps = self.traffic.clumps(order["count"])
        prepared = [(clump, frames(clump)) for clump in clumps]
        marker = self.traffic.marker(order["marker"])
        started = time.monotonic()
        sent = 0
        for clump, texts in prepared:
            ahead = started + sent / order["rate"] - time.monotonic()
            if ahead > 0:
                await asyncio.sleep(ahead)
            await self.send(clump, texts)
            sent += len(clump)
        await self.send([marker])
        return web.json_response(
            {
                "sent": sent + 1,
                "seconds": time.monotonic() - started,
                "marker": marker[0],
                "expected": self.traffic.expected,
            }
        )

    async def _beat(self, request: web.Request) -> web.Response:
        """Begin to send what Frigate sends while nothing happens."""
        if self.beat is None:
            self.beat = asyncio.create_task(self._beats())
        return web.json_response({})

    async def _beats(self) -> None:
        """The status of every camera each 10 s, evenly spread, and statistics each 15 s."""
        places = self.traffic.places
        stats = self.documents.stats_in_turn()
        next_stats = time.monotonic() + STATS_SECONDS
        while True:
            for place in places:
                await self.send(self._statuses([place]))
                if time.monotonic() >= next_stats:
                    next_stats += STATS_SECONDS
                    await self.send([("stats", stats())])
                await asyncio.sleep(STATUS_SECONDS / len(places))


def frames(clump: Clump) -> list[str]:
    """The messages as Frigate's websocket carries them."""
    return [frame(message) for message in clump]


def frame(message: Message) -> str:
    """One message as a frame of the websocket."""
    return json.dumps({"topic": message[0], "payload": message[1]})


async def serve(options: argparse.Namespace) -> None:
    """Serve until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    upstream = Upstream(options.cameras)
    runner = web.AppRunner(upstream.app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    if options.broker:
        upstream.broker = Broker(options.broker, options.prefix, upstream)
    print(json.dumps({"port": runner.addresses[0][1]}), flush=True)
    await stop.wait()
    if upstream.beat is not None:
        upstream.beat.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await upstream.beat
    if upstream.broker is not None:
        upstream.broker.close()
    for socket in tuple(upstream.sockets):
        await socket.close()
    await runner.cleanup()


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.upstream", description=__doc__)
    parser.add_argument("--cameras", type=int, required=True)
    parser.add_argument("--broker", type=int, default=0)
    parser.add_argument("--prefix", default="frigate")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
