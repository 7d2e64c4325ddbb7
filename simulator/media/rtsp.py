"""An RTSP 1.0 server with the cameras' live video, interleaved in the TCP connection."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
import secrets
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from simulator.media.frames import FRAMES_PER_SECOND
from simulator.media.rtp import CLOCK, Packetizer, describe, parameter_sets
from simulator.media.world import UnknownStreamError

if TYPE_CHECKING:
    from simulator.media import Media

METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
SESSION_TIMEOUT = 60
LONGEST_BODY = 64 * 1024
REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    454: "Session Not Found",
    461: "Unsupported Transport",
    501: "Not Implemented",
}


@dataclass(frozen=True, slots=True)
class RtspRequest:
    """One request; header names in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]

    @property
    def stream(self) -> str:
        """Name of the stream, without the track."""
        return unquote(urlsplit(self.url).path).strip("/").split("/", maxsplit=1)[0]


class RtspServer:
    """Listens on `port` (0: any free one) until stopped. Errors of one client end only its connection."""

    def __init__(self, media: Media, port: int = 0, *, host: str = "127.0.0.1") -> None:
        self._media = media
        self._host = host
        self._wanted = port
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port it listens on.

        Raises:
            RuntimeError: It does not run.
        """
        if self._server is None:
            raise RuntimeError("the RTSP server does not run")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Address of the streams, without a stream's name."""
        return f"rtsp://{self._host}:{self.port}"

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: The port is taken.
        """
        self._server = await asyncio.start_server(self._serve, self._host, self._wanted)
        self._wanted = self.port

    async def stop(self) -> None:
        """Stop listening and drop all clients; it can be started again on the same port."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        self.drop_clients()
        await asyncio.gather(*self._clients, return_exceptions=True)
        await server.wait_closed()

    def drop_clients(self) -> None:
        """Break all connections, as a network failure does."""
        for task in self._clients:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        connection = _Connection(self._media, reader, writer)
        try:
            await connection.run()
        except ConnectionError, asyncio.IncompleteReadError, ValueError, asyncio.CancelledError:
            # A cancelled task here is a dropped client: nobody waits for it but `stop`.
            pass
        finally:
            self._clients.discard(task)
            await connection.end()
            writer.transport.abort() if not writer.is_closing() else None


class _Connection:
    """One client."""

    def __init__(
        self, media: Media, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._media = media
        self._reader = reader
        self._writer = writer
        self._session = secrets.token_hex(4)
        self._channel: int | None = None
        self._playing: asyncio.Task[None] | None = None
        self._packetizer = Packetizer(secrets.randbits(32))
        # Like other servers not from zero: ffmpeg takes a first timestamp of zero for none at all.
        self._first_timestamp = 1 + secrets.randbelow(2**31)

    async def run(self) -> None:
        """Answer requests until the client leaves."""
        while (request := await self._request()) is not None:
            if not await self._answer(request):
                return

    async def end(self) -> None:
        """Stop sending."""
        if self._playing is not None:
            self._playing.cancel()
            with suppress(asyncio.CancelledError):
                await self._playing
            self._playing = None

    async def _request(self) -> RtspRequest | None:
        """The next request; the client's own interleaved packets (receiver reports) are skipped."""
        while True:
            first = await self._reader.read(1)
            if first == b"":
                return None
            if first == b"$":
                head = await self._reader.readexactly(3)
                await self._reader.readexactly(int.from_bytes(head[1:]))
            elif first not in b"\r\n":
                break
        head = first + await self._reader.readuntil(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").split("\r\n")
        method, url, _version = lines[0].split(" ", 2)
        pairs = (line.partition(":") for line in lines[1:] if ":" in line)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", "0"))
        if not 0 <= length <= LONGEST_BODY:
            raise ValueError("body too long")
        await self._reader.readexactly(length)
        return RtspRequest(method, url, headers)

    async def _answer(self, request: RtspRequest) -> bool:
        """Answer one request; False ends the connection."""
        match request.method:
            case "OPTIONS":
                self._reply(request, 200, {"Public": METHODS})
            case "DESCRIBE":
                await self._describe(request)
            case "SETUP":
                self._setup(request)
            case "PLAY":
                self._play(request)
            case "GET_PARAMETER" | "SET_PARAMETER":
                self._reply(request, 200, {"Session": self._session})
            case "TEARDOWN":
                await self.end()
                self._reply(request, 200, {"Session": self._session})
                await self._writer.drain()
                return False
            case _:
                self._reply(request, 501)
        await self._writer.drain()
        return True

    async def _describe(self, request: RtspRequest) -> None:
        try:
            async with aclosing(self._media.watch(request.stream)) as units:
                unit = await anext(units, None)
        except UnknownStreamError:
            unit = None
        sets = parameter_sets(unit.data) if unit is not None else None
        if sets is None:
            self._reply(request, 404)
            return
        address = self._writer.get_extra_info("sockname")[0]
        body = describe(request.stream, address, sets)
        base = request.url.rstrip("/") + "/"
        self._reply(request, 200, {"Content-Base": base, "Content-Type": "application/sdp"}, body)

    def _setup(self, request: RtspRequest) -> None:
        wanted = request.headers.get("transport", "")
        if "TCP" not in wanted:
            self._reply(request, 461)
            return
        _, _, channels = wanted.partition("interleaved=")
        first = channels.split("-", maxsplit=1)[0].split(";", maxsplit=1)[0]
        self._channel = int(first) if first.isdigit() and int(first) < 255 else 0
        transport = f"RTP/AVP/TCP;unicast;interleaved={self._channel}-{self._channel + 1}"
        session = f"{self._session};timeout={SESSION_TIMEOUT}"
        self._reply(request, 200, {"Transport": transport, "Session": session})

    def _play(self, request: RtspRequest) -> None:
        if self._channel is None:
            self._reply(request, 454)
            return
        track = f"{request.url.rstrip('/')}/trackID=0"
        info = f"url={track};seq={self._packetizer.sequence};rtptime={self._first_timestamp}"
        headers = {"Session": self._session, "Range": "npt=0.000-", "RTP-Info": info}
        self._reply(request, 200, headers)
        if self._playing is None:
            self._playing = asyncio.create_task(self._send(request.stream, self._channel))

    async def _send(self, stream: str, channel: int) -> None:
        """Send frames until the stream ends; then the connection ends, as go2rtc does it."""
        loop = asyncio.get_running_loop()
        began, last = loop.time(), -1
        try:
            async with aclosing(self._media.watch(stream)) as units:
                async for unit in units:
                    passed = round((loop.time() - began) * FRAMES_PER_SECOND)
                    last = max(last + 1, passed)
                    timestamp = self._first_timestamp + last * CLOCK // FRAMES_PER_SECOND
                    for packet in self._packetizer.packets(unit.data, timestamp):
                        head = b"$" + bytes((channel,)) + len(packet).to_bytes(2)
                        self._writer.write(head + packet)
                    await self._writer.drain()
        except ConnectionError, UnknownStreamError:
            pass
        self._writer.close()

    def _reply(
        self,
        request: RtspRequest,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: str = "",
    ) -> None:
        lines = [
            f"RTSP/1.0 {status} {REASONS[status]}",
            f"CSeq: {request.headers.get('cseq', '0')}",
        ]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        raw = body.encode()
        if raw:
            lines.append(f"Content-Length: {len(raw)}")
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + raw)
