"""Pictures and video of the simulated cameras."""

from collections.abc import AsyncGenerator
from typing import TypedDict, Unpack

from simulator.media.frames import FrameMaker
from simulator.media.gif import preview
from simulator.media.hls import HlsPresentation, presentation
from simulator.media.images import Drawing, ImageMaker
from simulator.media.live import LiveMaker
from simulator.media.rtsp import RtspServer
from simulator.media.video import AccessUnit, VideoMaker
from simulator.media.webrtc import Peers
from simulator.media.world import MediaWorld, UnknownCameraError, UnknownStreamError
from simulator.rows import EventRow

FRAGMENTED_SINCE = 17

__all__ = [
    "HlsPresentation",
    "Media",
    "MediaWorld",
    "RtspServer",
    "UnknownCameraError",
    "UnknownStreamError",
]


class Options(TypedDict, total=False):
    """Drawing options of `latest` and `snapshot`; see `Drawing`."""

    fmt: str
    height: int | None
    quality: int
    bbox: bool | None
    timestamp: bool | None
    crop: bool | None
    zones: bool
    mask: bool
    motion: bool
    regions: bool


class Media:
    """Everything there is to see of one simulated server.

    Files (`latest` to `vod_playlist`) are made in the calling thread, from any thread; the live streams
    belong to the event loop they are first used in. Times are UTC epoch seconds.
    `UnknownCameraError` comes from every method that gets a camera which is not configured.
    """

    def __init__(self, world: MediaWorld) -> None:
        self._world = world
        self._frames = FrameMaker(world)
        self._images = ImageMaker(world, self._frames)
        self._video = VideoMaker(world, self._frames)
        self._live = LiveMaker(world, self._video)
        self._peers = Peers(self)

    def latest(self, camera: str, *, at: float | None = None, **options: Unpack[Options]) -> bytes:
        """The current frame, or that of `at`; Frigate's error picture while the camera is offline."""
        return self._images.latest(camera, Drawing(**options), at)

    def snapshot(self, row: EventRow, **options: Unpack[Options]) -> bytes:
        """The best picture of an object."""
        return self._images.snapshot(row, Drawing(**options))

    def thumbnail(self, row: EventRow, fmt: str, android: bool) -> bytes:
        """A small square picture of an object; for Android twice as wide, with black bars."""
        return self._images.thumbnail(row, fmt, android=android)

    def clip(self, camera: str, start: float, end: float) -> bytes:
        """An MP4 of a stretch of time."""
        return self._video.clip(camera, start, end)

    def preview_gif(self, camera: str, start: float, end: float) -> bytes:
        """An animated GIF of a stretch of time."""
        return preview(self._frames, camera, start, end)

    def vod_playlist(self, camera: str, start: float, end: float) -> HlsPresentation:
        """An HLS presentation of a stretch of time."""
        fragmented = self._world.personality.minor >= FRAGMENTED_SINCE
        return presentation(self._video, camera, start, end, fragmented=fragmented)

    def camera_of(self, stream: str) -> str:
        """The camera behind a restreamed stream.

        Raises:
            UnknownStreamError: No such stream, or its camera delivers nothing now.
        """
        return self._live.camera(stream)

    def watch(self, stream: str) -> AsyncGenerator[AccessUnit]:
        """Live H.264 frames of a stream; close it when done (`aclosing`).

        Raises:
            UnknownStreamError: See `camera_of`.
        """
        return self._live.h264(stream)

    def mpegts(self, camera: str) -> AsyncGenerator[bytes]:
        """Live MPEG-1 video in a transport stream, for jsmpeg.

        Raises:
            UnknownStreamError: See `camera_of`.
        """
        return self._live.mpegts(camera)

    async def webrtc_answer(self, stream: str, offer: str) -> str:
        """The SDP answer to an SDP offer.

        Raises:
            UnknownStreamError: See `camera_of`.
            ValueError: The offer can't be answered.
        """
        return await self._peers.answer(stream, offer)

    @property
    def peers(self) -> int:
        """How many WebRTC peers are connected."""
        return self._peers.count

    @property
    def running(self) -> tuple[str, ...]:
        """The cameras that are being encoded live."""
        return self._live.running

    async def close(self) -> None:
        """End all live streams."""
        await self._peers.close()
        await self._live.close()
