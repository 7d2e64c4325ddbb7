"""Paths of Frigate's pictures and videos: ours for browsers and phones, Frigate's own behind them.

`/api/antt_camera/<server>/<kind>/…` maps to one upstream path. Every part is checked by pattern, so that nothing but
the named medium of the named server can be reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Final

URL_BASE: Final = "/api/antt_camera"
ID: Final = r"[0-9]{1,12}(?:\.[0-9]{1,9})?-[A-Za-z0-9]{1,16}"
KEY: Final = r"[A-Za-z0-9_-]{1,64}"
TIME: Final = r"[0-9]{1,12}(?:\.[0-9]{1,6})?"
SERVER: Final = r"[A-Za-z0-9]{1,64}"
# Names that Frigate's VOD module gives playlists, initialisation and media segments (0.16: TS, 0.17+: fMP4).
SEGMENT: Final = r"(?:init-?[A-Za-z0-9-]{0,16}\.mp4|seg-[A-Za-z0-9-]{1,32}\.(?:m4s|ts|mp4))"
PLAYLIST: Final = r"(?:master|index)(?:-[A-Za-z0-9-]{1,16})?\.m3u8"

IMAGE_OPTIONS: Final = frozenset({"bbox", "crop", "format", "height", "quality", "timestamp"})
CLIP_OPTIONS: Final = frozenset({"padding"})


@dataclass(frozen=True, kw_only=True)
class Route:
    """One kind of medium: the pattern of our path below the server, Frigate's path, and what may be asked."""

    name: str
    pattern: str
    upstream: str
    options: frozenset[str] = frozenset()
    # Frigate answers HEAD and Range only for what it has as a file.
    ranges: bool = False

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the parts of a path below the server, None if it is none of this kind."""
        found = re.fullmatch(self.pattern, path)
        return found.groupdict() if found else None


def _part(name: str, pattern: str) -> str:
    return f"(?P<{name}>{pattern})"


_EVENT = "event/" + _part("id", ID)
_REVIEW = "review/" + _part("id", ID)
_RANGE = f"{_part('start', TIME)}/{_part('end', TIME)}"
_CAMERA = _part("camera", KEY)
_HLS = _part("file", f"(?:{PLAYLIST}|{SEGMENT})")

ROUTES: Final = (
    Route(
        name="event_picture",
        pattern=f"{_EVENT}/{_part('file', r'(?:snapshot|thumbnail)[.]jpg')}",
        upstream="api/events/{id}/{file}",
        options=IMAGE_OPTIONS,
    ),
    Route(
        name="event_clip",
        pattern=f"{_EVENT}/clip.mp4",
        upstream="api/events/{id}/clip.mp4",
        options=CLIP_OPTIONS,
        ranges=True,
    ),
    Route(
        name="event_preview",
        pattern=f"{_EVENT}/preview.gif",
        upstream="api/events/{id}/preview.gif",
    ),
    Route(name="event_hls", pattern=f"{_EVENT}/hls/{_HLS}", upstream="vod/event/{id}/{file}"),
    Route(
        name="review_thumbnail",
        pattern=f"{_REVIEW}/{_CAMERA}/thumbnail.webp",
        upstream="clips/review/thumb-{camera}-{id}.webp",
        ranges=True,
    ),
    Route(
        name="review_preview",
        pattern=f"{_REVIEW}/preview.gif",
        upstream="api/review/{id}/preview",
    ),
    Route(
        name="camera_picture",
        pattern=f"camera/{_CAMERA}/latest.jpg",
        upstream="api/{camera}/latest.jpg",
        options=IMAGE_OPTIONS,
    ),
    Route(
        name="recording_picture",
        pattern=f"recording/{_CAMERA}/{_part('time', TIME)}/snapshot.jpg",
        upstream="api/{camera}/recordings/{time}/snapshot.jpg",
        options=frozenset({"height"}),
    ),
    Route(
        name="recording_clip",
        pattern=f"recording/{_CAMERA}/{_RANGE}/clip.mp4",
        upstream="api/{camera}/start/{start}/end/{end}/clip.mp4",
        ranges=True,
    ),
    Route(
        name="recording_hls",
        pattern=f"recording/{_CAMERA}/{_RANGE}/hls/{_HLS}",
        upstream="vod/{camera}/start/{start}/end/{end}/{file}",
    ),
    Route(
        name="export",
        pattern=f"export/{_part('file', r'[A-Za-z0-9_-]{1,160}[.]mp4')}",
        upstream="exports/{file}",
        ranges=True,
    ),
    Route(
        name="export_thumbnail",
        pattern=f"export/{_part('file', r'[A-Za-z0-9_-]{1,160}[.]webp')}",
        upstream="clips/export/{file}",
        ranges=True,
    ),
)


def find_route(path: str) -> tuple[Route, str] | None:
    """Return the route and Frigate's path for a path below the server, None for anything else."""
    for route in ROUTES:
        if (parts := route.match(path)) is not None:
            return route, route.upstream.format_map(parts)
    return None


def media_path(server_id: str, path: str) -> str:
    """Return our URL path of a medium, unsigned."""
    return f"{URL_BASE}/{server_id}/{path}"


def event_hls(event_id: str) -> str:
    """Path of a tracked object's video."""
    return f"event/{event_id}/hls/index.m3u8"


def recording_hls(camera: str, start: float, end: float) -> str:
    """Path of a camera's recording between two epoch seconds."""
    return f"recording/{camera}/{int(start)}/{int(end)}/hls/index.m3u8"
