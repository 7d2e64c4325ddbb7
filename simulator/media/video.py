"""H.264 video of a camera: encoded in short pieces that are kept, put together into MP4 files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from math import ceil, floor

import av
import numpy as np
from PIL import Image

from simulator.media.cache import BoundedCache
from simulator.media.frames import FRAMES_PER_SECOND, FrameMaker, Size
from simulator.media.world import MediaWorld

PIECE_SECONDS = 2
PIECE_FRAMES = PIECE_SECONDS * FRAMES_PER_SECOND
TIME_BASE = Fraction(1, FRAMES_PER_SECOND)
WIDTH = 640
CACHE_BYTES = 48 * 2**20
# Longer clips repeat their beginning: nobody watches an hour of a simulated camera, but it must have its length.
OWN_PIECES = 60
LONGEST = 6 * 3600.0
_OPTIONS = {
    "preset": "ultrafast",
    "tune": "zerolatency",
    "profile": "baseline",
    "crf": "25",
    "g": str(PIECE_FRAMES),
    "forced-idr": "1",
    "x264-params": "sliced-threads=0:threads=1:scenecut=0:repeat-headers=1",
}


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One encoded frame (H.264 with start codes)."""

    data: bytes
    key: bool


type Piece = tuple[AccessUnit, ...]


def video_frame(picture: Image.Image) -> av.VideoFrame:
    """The picture (RGB) as the encoders take it."""
    return av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")


class Encoder:
    """An H.264 encoder for pictures of one size. Not thread-safe."""

    def __init__(self, size: Size) -> None:
        self._context = av.VideoCodecContext.create("libx264", "w")
        self._context.width, self._context.height = size
        self._context.pix_fmt = "yuv420p"
        self._context.time_base = TIME_BASE
        self._context.framerate = Fraction(FRAMES_PER_SECOND)
        self._context.thread_count = 1
        self._context.options = _OPTIONS
        self._count = 0

    def encode(self, picture: Image.Image, *, key: bool = False) -> AccessUnit:
        """The picture as the next frame; `key` makes it one that a viewer can begin with."""
        frame = video_frame(picture)
        frame.pts, frame.time_base = self._count, TIME_BASE
        if key:
            frame.pict_type = av.video.frame.PictureType.I
        self._count += 1
        packet, *_ = self._context.encode(frame)  # Tuned for no delay: a frame in, a packet out.
        return AccessUnit(bytes(packet), packet.is_keyframe)


class VideoMaker:
    """Makes clips. Thread-safe."""

    def __init__(self, world: MediaWorld, frames: FrameMaker) -> None:
        self._world = world
        self._frames = frames
        self._pieces: BoundedCache[tuple[str, int], Piece] = BoundedCache(
            CACHE_BYTES, lambda piece: sum(len(unit.data) for unit in piece)
        )

    def size(self, camera: str) -> Size:
        """Width and height of the videos of a camera.

        Raises:
            UnknownCameraError: No such camera.
        """
        width, height = self._frames.size(camera)
        return WIDTH, max(2, round(WIDTH * height / width / 2) * 2)

    def picture(self, camera: str, t: float) -> Image.Image:
        """The frame of epoch second `t` in the size of the videos."""
        return self._frames.frame(camera, t, self.size(camera))

    def numbers(self, start: float, end: float) -> range:
        """The pieces that cover a stretch of time, cut at the present."""
        end = min(end, self._world.now(), start + LONGEST)
        first = floor(start / PIECE_SECONDS)
        return range(first, max(first + 1, ceil(end / PIECE_SECONDS)))

    def piece(self, camera: str, number: int) -> Piece:
        """The encoded frames of piece `number` (two seconds, counted from the epoch)."""
        # What is still to come may come differently.
        if (number + 1) * PIECE_SECONDS > self._world.now():
            return self._encode(camera, number)
        return self._pieces.get((camera, number), lambda: self._encode(camera, number))

    def _encode(self, camera: str, number: int) -> Piece:
        encoder = Encoder(self.size(camera))
        moments = (
            (number * PIECE_FRAMES + index + 0.5) / FRAMES_PER_SECOND
            for index in range(PIECE_FRAMES)
        )
        return tuple(encoder.encode(self.picture(camera, t), key=False) for t in moments)

    def clip(self, camera: str, start: float, end: float) -> bytes:
        """An MP4 of a stretch of time, its index in front.

        It begins at the piece's beginning before `start`, as cutting at key frames does.

        Raises:
            UnknownCameraError: No such camera.
        """
        numbers = self.numbers(start, end)
        own = [self.piece(camera, number) for number in numbers[:OWN_PIECES]]
        units = [unit for index in range(len(numbers)) for unit in own[index % len(own)]]
        last = ceil((min(end, start + LONGEST) - numbers[0] * PIECE_SECONDS) * FRAMES_PER_SECOND)
        return mux(units[: max(PIECE_FRAMES, last)], self.size(camera), "mp4")


def mux(
    units: Sequence[AccessUnit],
    size: Size,
    fmt: str,
    *,
    first: int = 0,
    options: dict[str, str] | None = None,
) -> bytes:
    """Encoded frames as a file; the first one has the number `first` on the time line."""
    body = BytesIO()
    # Room for the index in front: a player can start and seek before it has everything.
    chosen = {"moov_size": str(4096 + 24 * len(units))} if options is None else options
    with av.open(body, "w", format=fmt, options=chosen) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = TIME_BASE
        container.mux(list(_packets(units, stream, first)))
    return body.getvalue()


def _packets(
    units: Iterable[AccessUnit], stream: av.VideoStream, first: int
) -> Iterable[av.Packet[av.stream.Stream]]:
    for number, unit in enumerate(units, first):
        packet = av.Packet(unit.data)
        packet.pts = packet.dts = number
        packet.duration = 1
        packet.time_base = TIME_BASE
        packet.is_keyframe = unit.key
        packet.stream = stream
        yield packet
