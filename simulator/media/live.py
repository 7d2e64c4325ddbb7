"""Live video: each camera is encoded once, and only while somebody watches it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from io import RawIOBase
from typing import Protocol, override

import av
from PIL import Image

from simulator.media.frames import BIRDSEYE, FRAMES_PER_SECOND, Size
from simulator.media.video import (
    PIECE_FRAMES,
    TIME_BASE,
    AccessUnit,
    Encoder,
    VideoMaker,
    video_frame,
)
from simulator.media.world import MediaWorld, UnknownStreamError

WAITING = 15
MPEG1_RATE = 25

# Kind of stream, camera, size.
type Key = tuple[str, str, Size]


class _Encoder(Protocol):
    def encode(self, picture: Image.Image, *, key: bool = False) -> AccessUnit: ...


class Broadcast:
    """One encoder's output for any number of watchers. Belongs to the event loop it runs in."""

    def __init__(
        self, produce: Callable[[bool], AccessUnit | None], ended: Callable[[], None]
    ) -> None:
        self._produce = produce
        self._ended = ended
        self._watchers: set[asyncio.Queue[AccessUnit | None]] = set()
        self._key_wanted = True
        self._task: asyncio.Task[None] | None = None

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The running producer."""
        return self._task

    async def watch(self) -> AsyncGenerator[AccessUnit]:
        """Frames from the next key frame on, until the camera fails or the watcher leaves.

        A watcher that falls behind loses frames up to a key frame.
        """
        queue: asyncio.Queue[AccessUnit | None] = asyncio.Queue()
        self._watchers.add(queue)
        self._key_wanted = True
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        synchronised = False
        try:
            while (unit := await queue.get()) is not None:
                if queue.qsize() > WAITING:
                    synchronised = False
                synchronised = synchronised or unit.key
                if synchronised:
                    yield unit
        finally:
            self._watchers.discard(queue)
            if not self._watchers and self._task is not None:
                # At once: whoever comes next must not join a stream that is about to end.
                self._ended()
                self._task.cancel()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        try:
            while True:
                key, self._key_wanted = self._key_wanted, False
                unit = await asyncio.to_thread(self._produce, key)
                if unit is None:
                    return
                for queue in self._watchers:
                    queue.put_nowait(unit)
                # A machine that can't keep up shows fewer frames instead of late ones.
                due = max(due + 1 / FRAMES_PER_SECOND, loop.time())
                await asyncio.sleep(due - loop.time())
        finally:
            self._ended()
            for queue in self._watchers:
                queue.put_nowait(None)


class LiveMaker:
    """The cameras that are being watched now."""

    def __init__(self, world: MediaWorld, video: VideoMaker) -> None:
        self._world = world
        self._video = video
        self._running: dict[Key, Broadcast] = {}

    @property
    def running(self) -> tuple[str, ...]:
        """The cameras that are being encoded now, once per kind of stream."""
        return tuple(camera for _, camera, _ in self._running)

    def camera(self, stream: str) -> str:
        """The camera behind a restreamed stream.

        Raises:
            UnknownStreamError: No such stream, or its camera delivers nothing now.
        """
        found = self._camera(stream)
        if found is None or (found != BIRDSEYE and self._world.offline(found)):
            raise UnknownStreamError(stream)
        return found

    def _camera(self, stream: str) -> str | None:
        names = self._world.camera_names()
        if stream in names:
            return stream
        if stream == BIRDSEYE:
            return BIRDSEYE
        for name in names:
            live = (self._world.camera_config(name) or {}).get("live") or {}
            if stream in (live.get("streams") or {}).values():
                return name
        # A camera's further streams, such as its smaller one.
        return next((name for name in names if stream.startswith(f"{name}_")), None)

    async def h264(self, stream: str) -> AsyncGenerator[AccessUnit]:
        """Live frames of a stream as H.264.

        Raises:
            UnknownStreamError: See `camera`.
        """
        camera = self.camera(stream)
        size = self._video.size(camera)
        async for unit in self._join(("h264", camera, size), camera, lambda: Encoder(size)):
            yield unit

    async def mpegts(self, camera: str) -> AsyncGenerator[bytes]:
        """Live MPEG-1 video in a transport stream, as jsmpeg plays it.

        Raises:
            UnknownStreamError: See `camera`.
        """
        camera = self.camera(camera)
        size = self._video.size(camera)
        async for unit in self._join(
            ("mpegts", camera, size), camera, lambda: TransportEncoder(size)
        ):
            yield unit.data

    async def _join(
        self, key: Key, camera: str, make: Callable[[], _Encoder]
    ) -> AsyncGenerator[AccessUnit]:
        broadcast = self._running.get(key)
        if broadcast is None:
            encoder = make()

            def produce(wanted: bool) -> AccessUnit | None:
                if camera != BIRDSEYE and (
                    camera not in self._world.camera_names() or self._world.offline(camera)
                ):
                    return None
                return encoder.encode(self._video.picture(camera, self._world.now()), key=wanted)

            broadcast = self._running[key] = Broadcast(
                produce, lambda: self._forget(key, broadcast)
            )
        watching = broadcast.watch()
        try:
            async for unit in watching:
                yield unit
        finally:
            await watching.aclose()

    def _forget(self, key: Key, broadcast: Broadcast | None) -> None:
        if self._running.get(key) is broadcast:
            del self._running[key]

    async def close(self) -> None:
        """Stop all encoders; whoever watches sees the end of the stream."""
        tasks = [one.task for one in self._running.values() if one.task is not None]
        self._running.clear()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


class _Pipe(RawIOBase):
    """Collects what a container writes."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, data: object) -> int:
        part = bytes(memoryview(data))  # type: ignore[arg-type]
        self._held += part
        return len(part)

    def take(self) -> bytes:
        """Everything written since the last call."""
        held, self._held = bytes(self._held), bytearray()
        return held


class TransportEncoder:
    """MPEG-1 video in a transport stream, one piece per picture. Not thread-safe."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._pipe = _Pipe()
        self._container = av.open(
            self._pipe,
            "w",
            format="mpegts",
            options={"mpegts_flags": "+pat_pmt_at_frames", "flush_packets": "1"},
        )
        self._stream = self._container.add_stream("mpeg1video", rate=MPEG1_RATE)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.bit_rate = 600_000
        self._stream.gop_size = PIECE_FRAMES
        self._stream.max_b_frames = 0
        self._count = 0

    def encode(self, picture: Image.Image, *, key: bool = False) -> AccessUnit:
        """The picture as transport packets."""
        frame = video_frame(picture)
        # MPEG-1 knows no rate as low as ours: its clock runs faster and frames are left out.
        frame.pts, frame.time_base = self._count, TIME_BASE
        key = key or self._count % PIECE_FRAMES == 0
        if key:
            frame.pict_type = av.video.frame.PictureType.I
        self._count += 1
        self._container.mux(self._stream.encode(frame))
        return AccessUnit(self._pipe.take(), key)
