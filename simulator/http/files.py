"""What nginx serves from disk: `/clips`, `/recordings`, `/exports`, and the list of previews."""

import asyncio
from datetime import UTC, datetime
import re

from aiohttp import web

from simulator.filters import zone
from simulator.http.answers import json_answer, nginx_page, path_times, refusal
from simulator.http.site import Access, Call, Route
from simulator.rows import EventRow

ID = r"(?P<id>\d+(?:\.\d+)?-[a-z0-9]{6})"
REVIEW_THUMB = re.compile(rf"review/thumb-(?P<camera>[\w-]+?)-{ID}\.webp")
EVENT_THUMB = re.compile(rf"thumbs/(?P<camera>[\w-]+)/{ID}\.webp")
SNAPSHOT = re.compile(rf"(?P<camera>[\w-]+?)-{ID}(?P<clean>-clean)?\.(?P<extension>jpg|png|webp)")
EXPORT_THUMB = re.compile(r"export/(?P<id>[\w-]+)\.webp")
PREVIEW = re.compile(
    r"previews/(?P<camera>[\w-]+)/(?P<start>\d+(?:\.\d+)?)-(?P<end>\d+(?:\.\d+)?)\.mp4"
)
WEEK = {"Cache-Control": "max-age=604800, public"}
HOUR_SECONDS = 3600.0
PREVIEW_LIMIT = 60.0
INDEX_TYPE = "application/json"


def ranged(
    request: web.Request, body: bytes, content_type: str, headers: dict[str, str] | None = None
) -> web.Response:
    """A file: whole, or the part that a Range header asks for."""
    shared = {"Accept-Ranges": "bytes", **(headers or {})}
    try:
        wanted = request.http_range
    except ValueError:
        wanted = slice(None)
    if wanted.start is None and wanted.stop is None:
        return web.Response(body=body, content_type=content_type, headers=shared)
    start, stop, _ = wanted.indices(len(body))
    if start >= stop:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(body)}"})
    shared["Content-Range"] = f"bytes {start}-{stop - 1}/{len(body)}"
    return web.Response(
        status=206, body=body[start:stop], content_type=content_type, headers=shared
    )


def _index(names: dict[str, str | int]) -> web.Response:
    """Nginx's JSON listing: directories (value "") and files (value size)."""
    rows = [
        f'{{ "name":"{name}", "type":"{"file" if isinstance(size, int) else "directory"}"'
        + (f', "size":{size}' if isinstance(size, int) else "")
        + " }"
        for name, size in names.items()
    ]
    body = "[\r\n" + ",\r\n".join(rows) + ("\r\n" if rows else "") + "]"
    return web.Response(body=body.encode(), content_type=INDEX_TYPE)


def _allowed(call: Call, camera: str) -> bool:
    """Whether the caller may read files of a camera; before 0.18 everybody with a login reads all."""
    if not call.world.personality.files_scoped:
        return True
    return call.identity.cameras is None or camera in call.identity.cameras


async def clips(call: Call) -> web.StreamResponse:
    """`GET /clips/…`."""
    path = call.part("path")
    if path == "":
        return (
            nginx_page(403)
            if call.identity.cameras is not None and call.world.personality.files_scoped
            else nginx_page(200, title="Index of /clips/")
        )
    if found := REVIEW_THUMB.fullmatch(path):
        return await _review_thumb(call, found["camera"], found["id"])
    if found := EVENT_THUMB.fullmatch(path):
        row = _event(call, found["id"], found["camera"])
        return await _event_thumb(call, row)
    if found := EXPORT_THUMB.fullmatch(path):
        return await _export_thumb(call, found["id"])
    if found := PREVIEW.fullmatch(path):
        return await _preview(call, found["camera"], float(found["start"]), float(found["end"]))
    if found := SNAPSHOT.fullmatch(path):
        return await _snapshot(call, found)
    return nginx_page(404)


def _event(call: Call, event_id: str, camera: str) -> EventRow | None:
    row = call.world.db.events.get(event_id)
    return row if row is not None and row.camera == camera else None


async def _event_thumb(call: Call, row: EventRow | None) -> web.Response:
    if row is None:
        return nginx_page(404)
    if not _allowed(call, row.camera):
        return nginx_page(403)
    body = await asyncio.to_thread(call.site.media.thumbnail, row, "webp", False)
    return ranged(call.request, body, "application/octet-stream", WEEK)


async def _review_thumb(call: Call, camera: str, review_id: str) -> web.Response:
    review = call.world.db.reviews.get(review_id)
    if review is None or review.camera != camera:
        return nginx_page(404)
    if not _allowed(call, camera):
        return nginx_page(403)
    moment = review.data.get("thumb_time") or review.start_time
    body = await asyncio.to_thread(
        call.site.media.latest, camera, fmt="webp", height=180, at=moment
    )
    return ranged(call.request, body, "application/octet-stream", WEEK)


async def _export_thumb(call: Call, export_id: str) -> web.Response:
    row = call.world.db.exports.get(export_id)
    if row is None:
        return nginx_page(404)
    if not _allowed(call, row.camera):
        return nginx_page(403)
    body = await asyncio.to_thread(
        call.site.media.latest, row.camera, fmt="webp", height=180, at=row.start_time
    )
    return ranged(call.request, body, "application/octet-stream", WEEK)


async def _preview(call: Call, camera: str, start: float, end: float) -> web.Response:
    if not _allowed(call, camera):
        return nginx_page(403)
    body = await asyncio.to_thread(
        call.site.media.clip, camera, start, min(end, start + PREVIEW_LIMIT)
    )
    return ranged(call.request, body, "video/mp4", WEEK)


async def _snapshot(call: Call, found: re.Match[str]) -> web.Response:
    row = _event(call, found["id"], found["camera"])
    if row is None or not row.has_snapshot or row.end_time is None:
        return nginx_page(404)
    if not _allowed(call, row.camera):
        return nginx_page(403)
    personality = call.world.personality
    clean, extension = bool(found["clean"]), found["extension"]
    if extension != (("webp" if personality.clean_snapshot_webp else "png") if clean else "jpg"):
        return nginx_page(404)
    if not clean and not personality.stored_snapshot_jpg:
        return nginx_page(404)
    body = await asyncio.to_thread(call.site.media.snapshot, row, fmt=extension)
    kind = (
        "application/octet-stream"
        if extension == "webp"
        else f"image/{extension.replace('jpg', 'jpeg')}"
    )
    return ranged(call.request, body, kind, WEEK)


async def export_files(call: Call) -> web.StreamResponse:
    """`GET /exports/…`."""
    rows = {row.video_path.rpartition("/")[2]: row for row in call.world.db.exports.values()}
    name = call.part("path")
    if name == "":
        listed = [
            (file, row)
            for file, row in rows.items()
            if _allowed(call, row.camera) and not row.in_progress
        ]
        return _index({file: len(await call.site.exports.file(row)) for file, row in listed})
    row = rows.get(name)
    if row is None or row.in_progress:
        return nginx_page(404)
    if not _allowed(call, row.camera):
        return nginx_page(403)
    return ranged(call.request, await call.site.exports.file(row), "video/mp4")


async def recording_files(call: Call) -> web.StreamResponse:
    """`GET /recordings/YYYY-MM-DD/HH/<camera>/MM.SS.mp4` and the listings above it. Names are in UTC."""
    parts = [part for part in call.part("path").split("/") if part]
    db, now = call.world.db, call.world.now()
    if not parts:
        return _index(dict.fromkeys(db.recording_days(db.recordings.cameras(), "utc", now), ""))
    try:
        day = datetime.strptime(parts[0], "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
        hour = day + HOUR_SECONDS * (int(parts[1]) if len(parts) > 1 else 0)
    except ValueError:
        return nginx_page(404)
    if len(parts) == 1:
        hours = {f"{index:02}": "" for index in range(24)}
        return _index(
            {name: "" for name in hours if _recorded(call, day + int(name) * HOUR_SECONDS)}
        )
    if len(parts) == 2:
        return _index(dict.fromkeys(_recorded(call, hour), ""))
    camera = parts[2]
    if not _allowed(call, camera):
        return nginx_page(403)
    segments = {
        f"{datetime.fromtimestamp(segment.start_time, UTC):%M.%S}.mp4": segment
        for segment in db.recordings.segments(camera, hour, hour + HOUR_SECONDS, now)
        if segment.start_time >= hour  # One that began before lies in the folder of its own hour.
    }
    if len(parts) == 3:
        return _index({name: round(segment.size * 1e6) for name, segment in segments.items()})
    segment = segments.get(parts[3])
    if segment is None:
        return nginx_page(404)
    body = await asyncio.to_thread(
        call.site.media.clip, camera, segment.start_time, segment.end_time
    )
    return ranged(call.request, body, "video/mp4")


def _recorded(call: Call, hour: float) -> list[str]:
    """Cameras that recorded in an hour."""
    recordings, now = call.world.db.recordings, call.world.now()
    return [
        name
        for name in recordings.cameras()
        if any(recordings.spans(name, hour, hour + HOUR_SECONDS, now))
    ]


async def previews(call: Call) -> web.StreamResponse:
    """`GET /api/preview/{camera}/start/{start}/end/{end}`: one preview per full hour."""
    start, end = path_times(call.request)
    return _preview_list(call, start, end)


async def hour_previews(call: Call) -> web.StreamResponse:
    """`GET /api/preview/{year-month}/{day}/{hour}/{camera}/{timezone}`."""
    text = f"{call.part('year_month')}/{call.part('day')} {call.part('hour')}"
    try:
        start = datetime.strptime(text, "%Y-%m/%d %H").replace(
            tzinfo=zone(call.part("timezone").replace(",", "/"))
        )
    except ValueError:
        raise refusal(404, "No previews found.") from None
    return _preview_list(call, start.timestamp(), start.timestamp() + HOUR_SECONDS)


def _preview_list(call: Call, start: float, end: float) -> web.Response:
    camera = call.part("camera")
    names = call.visible(None if camera == "all" else (camera,)) or call.world.camera_names()
    now = call.world.now()
    this_hour = now // HOUR_SECONDS * HOUR_SECONDS
    rows = [
        {
            "camera": name,
            "src": f"/clips/previews/{name}/{first}-{last}.mp4",
            "type": "video/mp4",
            "start": first,
            "end": last,
        }
        for name in names
        for first, last in _hours(call, name, start, min(end, this_hour))
    ]
    if not rows:
        raise refusal(404, "No previews found.")
    return json_answer(rows)


def _hours(call: Call, camera: str, start: float, end: float) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    first = start // HOUR_SECONDS * HOUR_SECONDS
    while first < end:
        spans = list(
            call.world.db.recordings.spans(camera, first, first + HOUR_SECONDS, call.world.now())
        )
        if spans:
            found.append((spans[0][0], spans[-1][1]))
        first += HOUR_SECONDS
    return found


_PREVIEW = "/api/preview"

ROUTES = (
    Route("GET", "/clips/{path:.*}", clips, Access.ANY),
    Route("GET", "/exports/{path:.*}", export_files),
    Route("GET", "/recordings/{path:.*}", recording_files),
    Route("GET", _PREVIEW + "/{camera}/start/{start_time}/end/{end_time}", previews),
    Route("GET", _PREVIEW + "/{year_month}/{day}/{hour}/{camera}/{timezone}", hour_previews),
)
