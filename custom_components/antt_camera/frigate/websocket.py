"""Frigate's own websocket as a link: connects again by itself, never lets Frigate wait."""

import asyncio
from collections.abc import Callable, Coroutine
import json
import logging
import random
import time
from typing import Any, Final, override

import aiohttp

from .client import FrigateClient
from .errors import FrigateError, FrigateLoginError, FrigateUnreachableError
from .link import Link, LinkListener

_LOGGER = logging.getLogger(__name__)

DELAY_MIN: Final = 1.0
DELAY_MAX: Final = 60.0
# A connection that held this long was a good one: the next attempt comes soon.
GOOD_AFTER: Final = 30.0
SEND_TIMEOUT: Final = 10.0
_FAREWELL: Final = (aiohttp.WSCloseCode.OK, aiohttp.WSCloseCode.GOING_AWAY)

type TaskFactory = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]


def _make_task(coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(coroutine, name=name)


class WebSocketLink(Link):
    """A link over `/ws`. `bad_frames` counts what was no message."""

    def __init__(
        self,
        client: FrigateClient,
        listener: LinkListener,
        *,
        create_task: TaskFactory = _make_task,
        sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
        loads: Callable[[str], Any] = json.loads,
    ) -> None:
        """Prepare; `jitter` gives 0 to 1, `clock` monotonic seconds, `sleep` waits for seconds."""
        self.connected = False
        self.bad_frames = 0
        self._client = client
        self._listener = listener
        self._create_task = create_task
        self._sleep = sleep
        self._jitter = jitter
        self._clock = clock
        self._loads = loads
        self._task: asyncio.Task[None] | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._connected_at: float | None = None
        self._listener_failed = False

    @override
    async def start(self) -> None:
        """Connect in the background; once is enough."""
        if self._task is None:
            self._task = self._create_task(self._run(), "Frigate websocket")

    @override
    async def stop(self) -> None:
        """Close, and wait until nothing runs any more. The listener is not told."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @override
    async def send(self, topic: str, payload: str | int) -> None:
        """Send a command. Frigate wants texts."""
        socket = self._socket
        if socket is None or socket.closed:
            raise FrigateUnreachableError("the websocket is not connected")
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await socket.send_str(json.dumps({"topic": topic, "payload": str(payload)}))
        except (aiohttp.ClientError, OSError, TimeoutError) as err:
            raise FrigateUnreachableError(f"not sent: {type(err).__name__}") from err

    async def _run(self) -> None:
        delay = DELAY_MIN
        while True:
            error: FrigateError | None = None
            self._connected_at = None
            try:
                await self._live()
            except FrigateError as err:
                error = err
            self._tell(self._listener.on_disconnected, error)
            if isinstance(error, FrigateLoginError):
                # Trying a refused password again and again looks like an attack.
                await self._sleep(DELAY_MAX)
                continue
            if self._was_good():
                delay = DELAY_MIN
            # Many servers that were lost together, by a power cut, are not asked again together.
            await self._sleep(delay * (0.5 + self._jitter() / 2))
            delay = min(delay * 2, DELAY_MAX)

    def _was_good(self) -> bool:
        at = self._connected_at
        return at is not None and self._clock() - at >= GOOD_AFTER

    async def _live(self) -> None:
        """Connect and pass messages on until the connection ends."""
        socket = await self._client.ws_connect()
        try:
            self._socket = socket
            self._connected_at = self._clock()
            self.connected = True
            self._tell(self._listener.on_connected)
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._frame(message.data)
                elif message.type is aiohttp.WSMsgType.BINARY:
                    self._bad_frame()
            if socket.close_code not in _FAREWELL:
                raise FrigateUnreachableError(f"connection lost: {socket.close_code}")
        finally:
            self._socket = None
            self.connected = False
            await socket.close()

    def _frame(self, data: str) -> None:
        try:
            frame = self._loads(data)
            topic = frame["topic"]
        except ValueError, KeyError, TypeError, RecursionError:
            self._bad_frame()
            return
        if not isinstance(topic, str) or "payload" not in frame:
            self._bad_frame()
            return
        self._tell(self._listener.on_message, topic, frame["payload"])

    def _bad_frame(self) -> None:
        self.bad_frames += 1
        if self.bad_frames == 1:
            _LOGGER.warning("Frigate's websocket sent what is no message; it is left out")

    def _tell[*A](self, listen: Callable[[*A], None], *news: *A) -> None:
        """Call the listener. A mistake of its own must not cost the link."""
        try:
            listen(*news)
        except Exception:
            if not self._listener_failed:
                self._listener_failed = True
                _LOGGER.exception("News of Frigate's websocket could not be handled")
