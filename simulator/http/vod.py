"""HLS as nginx's vod module makes it: playlists, init segment, fMP4 segments; the mapping JSON under `/api`."""

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
import re
from typing import TYPE_CHECKING

from aiohttp import web

from simulator.filters import zone
from simulator.http.answers import json_answer, nginx_page, refusal
from simulator.http.files import ranged
from simulator.http.images import NO_RECORDINGS
from simulator.http.site import Call, Route, Site
from simulator.rows import Json

if TYPE_CHECKING:
    from simulator.media import HlsPresentation

PLAYLIST = "application/vnd.apple.mpegurl"
SEGMENT = re.compile(r"seg-(\d+)(?:-v1)?\.(?:m4s|ts)")
KEPT = 8
HOUR = timedelta(hours=1)

type Stretch = tuple[str, float, float]


class Presentations:
    """The last few HLS presentations, by resource path, so that segments belong to the playlist just read."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Stretch, HlsPresentation]] = OrderedDict()
        self._lock = asyncio.Lock()

    async def get(self, site: Site, key: str, stretch: Stretch, *, fresh: bool) -> HlsPresentation:
        """The presentation of a stretch of recording; `fresh` makes it anew if the stretch has grown."""
        async with self._lock:
            kept = self._kept.get(key)
            if kept is not None and (not fresh or kept[0] == stretch):
                self._kept.move_to_end(key)
                return kept[1]
            made = await asyncio.to_thread(site.media.vod_playlist, *stretch)
            self._kept[key] = (stretch, made)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return made


PRESENTATIONS: web.AppKey[Presentations] = web.AppKey("presentations", Presentations)


def _event_stretch(call: Call) -> Stretch | None:
    row = call.world.db.events.get(call.part("event_id"))
    if row is None:
        return None
    padding = call.query.whole("padding") or 0
    end = call.world.now() if row.end_time is None else row.end_time + padding
    return row.camera, row.start_time - padding, end


def _hour_stretch(call: Call) -> Stretch | None:
    name = call.request.match_info.get("timezone", "utc").replace(",", "/")
    try:
        start = datetime.strptime(
            f"{call.part('year_month')}/{call.part('day')} {call.part('hour')}", "%Y-%m/%d %H"
        ).replace(tzinfo=zone(name))
    except ValueError:
        return None
    return call.part("camera"), start.timestamp(), (start + HOUR).timestamp()


def _stretch(call: Call) -> Stretch | None:
    """Camera and times of a request; None if it is unknown or the caller may not see it."""
    match = call.request.match_info
    if "event_id" in match:
        found = _event_stretch(call)
    elif "hour" in match:
        found = _hour_stretch(call)
    else:
        try:
            found = match["camera"], float(match["start_time"]), float(match["end_time"])
        except ValueError:
            found = None
    allowed = call.identity.cameras
    if found is None or (allowed is not None and found[0] not in allowed):
        return None
    return found


async def hls(call: Call) -> web.StreamResponse:
    """A file of `/vod/…`: anything missing is nginx's HTML 404."""
    name = call.part("file")
    stretch = _stretch(call)
    if stretch is None or not any(call.world.db.recordings.spans(*stretch, call.world.now())):
        return nginx_page(404)
    key = call.request["path"].rpartition("/")[0]
    presentations = call.request.app[PRESENTATIONS]
    made = await presentations.get(call.site, key, stretch, fresh=name.endswith(".m3u8"))
    if name == "master.m3u8":
        return _playlist(call, made.master)
    if name in ("index.m3u8", "index-v1.m3u8"):
        return _playlist(call, made.index)
    if name in ("init-v1.mp4", "init.mp4"):
        return ranged(call.request, made.init, "video/mp4")
    segment = SEGMENT.fullmatch(name)
    if segment is None or not 1 <= int(segment[1]) <= len(made.segments):
        return nginx_page(404)
    # Made when it is asked for, which takes a moment.
    body = await asyncio.to_thread(made.segments.__getitem__, int(segment[1]) - 1)
    return ranged(call.request, body, "video/mp2t" if name.endswith(".ts") else "video/mp4")


def _playlist(call: Call, text: str) -> web.Response:
    response = web.Response(
        body=text.encode(), headers={"Content-Type": PLAYLIST, "Cache-Control": "no-store"}
    )
    if "gzip" in call.request.headers.get("Accept-Encoding", ""):
        response.enable_compression(web.ContentCoding.gzip)
    return response


async def mapping(call: Call) -> web.StreamResponse:
    """`GET /api/vod/…`: what nginx asks the application for; never HLS."""
    stretch = _stretch(call)
    if stretch is None:
        raise refusal(404, "Event not found.")
    camera, start, end = stretch
    segments = call.world.db.recordings.segments(camera, start, end, call.world.now())
    if not segments:
        raise refusal(404, NO_RECORDINGS)
    clips: list[Json] = []
    durations: list[int] = []
    for segment in segments:
        first, last = max(segment.start_time, start), min(segment.end_time, end)
        length = round((last - first) * 1000)
        path = f"{datetime.fromtimestamp(segment.start_time, zone('utc')):%Y-%m-%d/%H}/{camera}"
        file = f"{datetime.fromtimestamp(segment.start_time, zone('utc')):%M.%S}.mp4"
        clip: Json = {"type": "source", "path": f"/media/frigate/recordings/{path}/{file}"}
        if not clips:
            clip["clipFrom"] = round((first - segment.start_time) * 1000)
        clips.append({**clip, "keyFrameDurations": [length]})
        durations.append(length)
    return json_answer(
        {
            "cache": False,
            "discontinuity": "/vod/clip/" in call.request.path,
            "consistentSequenceMediaInfo": True,
            "durations": durations,
            "segment_duration": max(durations),
            "sequences": [{"clips": clips}],
        }
    )


PATHS = (
    "/vod/event/{event_id}",
    "/vod/clip/{camera}/start/{start_time}/end/{end_time}",
    "/vod/{camera}/start/{start_time}/end/{end_time}",
    "/vod/{year_month}/{day}/{hour}/{camera}",
    "/vod/{year_month}/{day}/{hour}/{camera}/{timezone}",
)

ROUTES = (
    *(Route("GET", f"{path}/{{file:[^/]+\\.(?:m3u8|m4s|mp4|ts)}}", hls) for path in PATHS),
    *(Route("GET", f"/api{path}", mapping) for path in PATHS),
)
