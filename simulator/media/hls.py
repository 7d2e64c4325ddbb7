"""HLS presentations as nginx's vod module makes them: fragmented MP4 since 0.17, MPEG-TS before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload, override

from simulator.media.frames import FRAMES_PER_SECOND
from simulator.media.video import PIECE_SECONDS, AccessUnit, VideoMaker, mux

SEGMENT_PIECES = 5
SEGMENT_SECONDS = SEGMENT_PIECES * PIECE_SECONDS
BITS_PER_SECOND = 180_000
FRAGMENTED = {"movflags": "cmaf+frag_keyframe+frag_discont"}


class Segments(Sequence[bytes]):
    """Segments that are made when they are asked for: an hour costs nothing before somebody watches it."""

    def __init__(self, count: int, make: Callable[[int], bytes]) -> None:
        self._count = count
        self._make = make

    @override
    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    @override
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self._make(number) for number in range(self._count)[index]]
        return self._make(range(self._count)[index])


@dataclass(frozen=True, slots=True, kw_only=True)
class HlsPresentation:
    """Playlists (text), init segment (empty for MPEG-TS) and segments. Making a segment takes up to 0.3 s."""

    master: str
    index: str
    init: bytes
    segments: Sequence[bytes]


def presentation(
    video: VideoMaker, camera: str, start: float, end: float, *, fragmented: bool
) -> HlsPresentation:
    """The presentation of a stretch of time in segments of ten seconds.

    Raises:
        UnknownCameraError: No such camera.
    """
    size, numbers = video.size(camera), video.numbers(start, end)
    parts = [numbers[i : i + SEGMENT_PIECES] for i in range(0, len(numbers), SEGMENT_PIECES)]

    def units(part: range) -> list[AccessUnit]:
        return [unit for number in part for unit in video.piece(camera, number)]

    def segment(index: int) -> bytes:
        first = index * SEGMENT_SECONDS * FRAMES_PER_SECOND
        if not fragmented:
            return mux(units(parts[index]), size, "mpegts", first=first, options={})
        boxes = mux(units(parts[index]), size, "mp4", first=first, options=FRAGMENTED)
        return _split(boxes)[1]

    init = b""
    if fragmented:
        beginning = video.piece(camera, numbers[0])[:1]
        init = _split(mux(beginning, size, "mp4", options=FRAGMENTED))[0]
    return HlsPresentation(
        master=_master(size, fragmented=fragmented),
        index=_index([len(part) * PIECE_SECONDS for part in parts], fragmented=fragmented),
        init=init,
        segments=Segments(len(parts), segment),
    )


def _split(file: bytes) -> tuple[bytes, bytes]:
    """Init segment and media of a fragmented MP4."""
    init, media, place = b"", b"", 0
    while place < len(file):
        length = int.from_bytes(file[place : place + 4])
        box, kind = file[place : place + length], file[place + 4 : place + 8]
        if kind in (b"ftyp", b"moov"):
            init += box
        elif kind in (b"moof", b"mdat"):
            media += box
        place += length
    return init, media


def _master(size: tuple[int, int], *, fragmented: bool) -> str:
    lines = ["#EXTM3U"]
    if fragmented:
        lines.append("#EXT-X-VERSION:6")
    lines.append(
        f"#EXT-X-STREAM-INF:PROGRAM-ID=1,BANDWIDTH={BITS_PER_SECOND},RESOLUTION={size[0]}x{size[1]},"
        f'FRAME-RATE={FRAMES_PER_SECOND:.3f},CODECS="avc1.42c016"'
    )
    return "\n".join([*lines, "index-v1.m3u8", ""])


def _index(seconds: Sequence[int], *, fragmented: bool) -> str:
    lines = [
        "#EXTM3U",
        f"#EXT-X-TARGETDURATION:{max(seconds)}",
        "#EXT-X-ALLOW-CACHE:YES",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXT-X-VERSION:{6 if fragmented else 3}",
        "#EXT-X-MEDIA-SEQUENCE:1",
    ]
    if fragmented:
        lines.append('#EXT-X-MAP:URI="init-v1.mp4"')
    ending = "m4s" if fragmented else "ts"
    for number, length in enumerate(seconds, 1):
        lines += [f"#EXTINF:{length:.3f},", f"seg-{number}-v1.{ending}"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])
