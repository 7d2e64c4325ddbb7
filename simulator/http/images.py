"""Pictures and clips: latest frames, snapshots, thumbnails, GIFs, MP4s."""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from simulator.http.answers import path_choice, path_times, refusal
from simulator.http.events import find_event
from simulator.http.review import find_review
from simulator.http.site import Access, Call, Route
from simulator.rows import EventRow

TYPES = {"webp": "image/webp", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
EXTENSIONS = tuple(TYPES)
MONTH, YEAR = "private, max-age=2592000", "private, max-age=31536000"
NO_STORE = "no-store"
NO_RECORDINGS = "No recordings found for the specified time range"
PREVIEW_SECONDS = 20.0
REVIEW_MARGIN = 8.0
STREAM_FPS = 3
CHUNK = 64 * 1024
BIRDSEYE = "birdseye"


def picture(
    body: bytes, extension: str, caching: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    """An image answer."""
    return web.Response(
        body=body,
        content_type=TYPES[extension],
        headers={"cache-control": caching, **(headers or {})},
    )


def _options(call: Call) -> dict[str, Any]:
    """Drawing options; what is no number is ignored, as by the real server."""
    query = call.request.query
    found: dict[str, Any] = {
        name: query[name] not in ("0", "false", "")
        for name in ("bbox", "timestamp", "crop", "zones", "mask", "motion", "regions")
        if name in query
    }
    for name, key in (("height", "height"), ("h", "height"), ("quality", "quality")):
        if query.get(name, "").isdigit() and int(query[name]) > 0:
            found[key] = int(query[name])
    return found


def _birdseye(call: Call) -> bool:
    config = call.site.config_json(call.identity.role)
    return bool(config.get("birdseye", {}).get("restream"))


async def latest(call: Call) -> web.StreamResponse:
    """`GET /api/{camera}/latest.{extension}`: 200 even while the camera is offline."""
    extension = path_choice(call.request, "extension", EXTENSIONS)
    camera = call.part("camera")
    if camera == BIRDSEYE and _birdseye(call):
        call.require_admin()
    elif call.world.camera_config(camera) is None:
        raise refusal(404, "Camera not found")
    body = await asyncio.to_thread(call.site.media.latest, camera, fmt=extension, **_options(call))
    offline = call.world.personality.offline_header and call.world.offline(camera)
    return picture(body, extension, NO_STORE, {"X-Frigate-Offline": "true"} if offline else None)


async def mjpeg(call: Call) -> web.StreamResponse:
    """`GET /api/{camera}`: the endless debug stream."""
    camera = call.part("camera")
    if call.world.camera_config(camera) is None:
        raise refusal(404, "Camera not found")
    fps = call.query.whole("fps") or STREAM_FPS
    response = web.StreamResponse(
        headers={"Content-Type": "multipart/x-mixed-replace;boundary=frame"}
    )
    await response.prepare(call.request)
    while True:
        frame = await asyncio.to_thread(call.site.media.latest, camera, **_options(call))
        await response.write(b"--frame\r\nContent-Type: image/jpeg\r\n\r\n" + frame + b"\r\n\r\n")
        await asyncio.sleep(1 / fps)


def _visible_event(call: Call, message: str) -> EventRow:
    row = call.world.db.events.get(call.part("event_id"))
    if row is None:
        raise refusal(404, message)
    allowed = call.identity.cameras
    if allowed is not None and row.camera not in allowed:
        raise refusal(404, "Unknown error occurred")
    return row


def _frame_time(row: EventRow) -> dict[str, str]:
    return {"X-Frame-Time": str(row.data.get("snapshot_frame_time") or row.start_time)}


async def snapshot(call: Call) -> web.StreamResponse:
    """`GET /api/events/{id}/snapshot.jpg`."""
    row = _visible_event(call, "Live frame not available")
    options = _options(call)
    if row.end_time is not None and not call.world.personality.snapshot_options_after_end:
        options = {}
    if row.end_time is not None and not row.has_snapshot:
        raise refusal(404, "Snapshot not available")
    body = await asyncio.to_thread(call.site.media.snapshot, row, **options)
    headers = _frame_time(row) if call.world.personality.offline_header else {}
    return picture(body, "jpg", NO_STORE if row.end_time is None else YEAR, headers)


async def snapshot_clean(call: Call) -> web.StreamResponse:
    """`GET /api/events/{id}/snapshot-clean.{webp|png}`."""
    row = _visible_event(call, "Event not found")
    wanted = "webp" if call.world.personality.clean_snapshot_webp else "png"
    if call.part("extension") != wanted:
        raise refusal(404, "Not Found")
    if not row.has_snapshot:
        raise refusal(404, "Snapshot not available")
    body = await asyncio.to_thread(call.site.media.snapshot, row, fmt=wanted)
    return picture(body, wanted, YEAR)


async def thumbnail(call: Call) -> web.StreamResponse:
    """`GET /api/events/{id}/thumbnail.{extension}`."""
    extension = path_choice(call.request, "extension", EXTENSIONS)
    row = _visible_event(call, "Event not found")
    android = call.query.text("format") == "android"
    body = await asyncio.to_thread(call.site.media.thumbnail, row, extension, android)
    return picture(body, extension, NO_STORE if row.end_time is None else MONTH)


async def stream_clip(call: Call, camera: str, start: float, end: float) -> web.StreamResponse:
    """An MP4 made on the fly: chunked, so without a length, and Range is ignored."""
    if not any(call.world.db.recordings.spans(camera, start, end, call.world.now())):
        raise refusal(400, NO_RECORDINGS)
    if call.request.method == "HEAD":
        return web.Response(content_type="video/mp4")
    body = await asyncio.to_thread(call.site.media.clip, camera, start, end)
    response = web.StreamResponse(
        headers={"Content-Type": "video/mp4", "Cache-Control": NO_STORE, "X-Cache-Status": "MISS"}
    )
    response.enable_chunked_encoding()
    await response.prepare(call.request)
    for offset in range(0, len(body), CHUNK):
        await response.write(body[offset : offset + CHUNK])
    await response.write_eof()
    return response


async def event_clip(call: Call) -> web.StreamResponse:
    """`GET /api/events/{id}/clip.mp4?padding=`."""
    row = _visible_event(call, "Event not found")
    if not row.has_clip:
        raise refusal(404, "Clip not available")
    padding = call.query.whole("padding") or 0
    end = call.world.now() if row.end_time is None else row.end_time + padding
    return await stream_clip(call, row.camera, row.start_time - padding, end)


async def range_clip(call: Call) -> web.StreamResponse:
    """`GET /api/{camera}/start/{start}/end/{end}/clip.mp4`."""
    start, end = path_times(call.request)
    return await stream_clip(call, call.part("camera"), start, end)


async def review_clip(call: Call) -> web.StreamResponse:
    """`GET /api/review/{id}/clip.mp4`."""
    row = find_review(call, call.part("review_id"))
    return await stream_clip(call, row.camera, row.start_time, row.end_time or call.world.now())


async def _gif(
    call: Call, camera: str, start: float, end: float, caching: str = MONTH
) -> web.Response:
    last = min(end, start + PREVIEW_SECONDS)
    body = await asyncio.to_thread(call.site.media.preview_gif, camera, start, last)
    return web.Response(body=body, content_type="image/gif", headers={"cache-control": caching})


async def event_gif(call: Call) -> web.StreamResponse:
    """`GET /api/events/{id}/preview.gif`: its first seconds."""
    row = find_event(call, call.part("event_id"))
    return await _gif(call, row.camera, row.start_time, row.end_time or call.world.now())


async def range_gif(call: Call) -> web.StreamResponse:
    """`GET /api/{camera}/start/{start}/end/{end}/preview.gif`."""
    start, end = path_times(call.request)
    return await _gif(call, call.part("camera"), start, end)


async def review_preview(call: Call) -> web.StreamResponse:
    """`GET /api/review/{id}/preview?format=gif|mp4`: eight seconds around it."""
    row = find_review(call, call.part("review_id"), "Review segment not found")
    start = row.start_time - REVIEW_MARGIN
    end = (row.end_time or call.world.now()) + REVIEW_MARGIN
    if call.query.text("format") != "mp4":
        return await _gif(call, row.camera, start, end)
    body = await asyncio.to_thread(
        call.site.media.clip, row.camera, start, min(end, start + PREVIEW_SECONDS)
    )
    return web.Response(
        body=body, content_type="video/mp4", headers={"cache-control": "private, max-age=604800"}
    )


async def latest_snapshot(call: Call) -> web.StreamResponse:
    """`GET /api/{camera}/{label}/snapshot.jpg`: of a label never seen it is the current frame."""
    camera, label = call.part("camera"), call.part("label")
    if call.world.camera_config(camera) is None:
        raise refusal(404, "Camera not found")
    row = call.world.db.latest_event(camera, None if label == "any" else label)
    if row is None:
        body = await asyncio.to_thread(call.site.media.latest, camera, **_options(call))
        return web.Response(body=body, content_type="image/jpeg")
    body = await asyncio.to_thread(call.site.media.snapshot, row, **_options(call))
    return picture(body, "jpg", NO_STORE, _frame_time(row))


async def latest_thumbnail(call: Call) -> web.StreamResponse:
    """`GET /api/{camera}/{label}/thumbnail.jpg` and `best.jpg`."""
    label = call.part("label")
    row = call.world.db.latest_event(call.part("camera"), None if label == "any" else label)
    if row is None:
        raise refusal(404, "Event not found")
    body = await asyncio.to_thread(call.site.media.thumbnail, row, "jpg", False)
    return picture(body, "jpg", NO_STORE)


async def latest_clip(call: Call) -> web.StreamResponse:
    """`GET /api/{camera}/{label}/clip.mp4`."""
    label = call.part("label")
    row = call.world.db.latest_event(call.part("camera"), None if label == "any" else label)
    if row is None:
        raise refusal(404, "Event not found")
    return await stream_clip(call, row.camera, row.start_time, row.end_time or call.world.now())


async def recorded_frame(call: Call) -> web.StreamResponse:
    """`GET /api/{camera}/recordings/{time}/snapshot.{jpg|png}`."""
    extension = path_choice(call.request, "extension", ("png", "jpg"))
    camera, text = call.part("camera"), call.part("frame_time")
    moment = float(text)
    if not any(call.world.db.recordings.spans(camera, moment - 1, moment + 1, call.world.now())):
        raise refusal(404, f"Recording not found at {text}")
    body = await asyncio.to_thread(
        call.site.media.latest, camera, fmt=extension, at=moment, **_options(call)
    )
    return web.Response(body=body, content_type=TYPES[extension])


_EVENT, _REVIEW, _CAMERA = "/api/events/{event_id}", "/api/review/{review_id}", "/api/{camera}"
_BETWEEN = _CAMERA + "/start/{start_time}/end/{end_time}"

ROUTES = (
    Route("GET", f"{_EVENT}/snapshot.jpg", snapshot),
    Route("GET", _EVENT + "/snapshot-clean.{extension}", snapshot_clean),
    Route("GET", _EVENT + "/thumbnail.{extension}", thumbnail),
    Route("GET", f"{_EVENT}/clip.mp4", event_clip),
    Route("HEAD", f"{_EVENT}/clip.mp4", event_clip),
    Route("GET", f"{_EVENT}/preview.gif", event_gif),
    Route("GET", f"{_REVIEW}/preview", review_preview),
    Route("GET", f"{_REVIEW}/clip.mp4", review_clip),
    Route("GET", f"{_BETWEEN}/clip.mp4", range_clip, Access.CAMERA),
    Route("HEAD", f"{_BETWEEN}/clip.mp4", range_clip, Access.CAMERA),
    Route("GET", f"{_BETWEEN}/preview.gif", range_gif, Access.CAMERA),
    Route("GET", _CAMERA + "/latest.{extension}", latest, Access.CAMERA),
    Route(
        "GET",
        _CAMERA + "/recordings/{frame_time}/snapshot.{extension}",
        recorded_frame,
        Access.CAMERA,
    ),
    Route("GET", _CAMERA + "/{label}/snapshot.jpg", latest_snapshot, Access.CAMERA),
    Route("GET", _CAMERA + "/{label}/thumbnail.jpg", latest_thumbnail, Access.CAMERA),
    Route("GET", _CAMERA + "/{label}/best.jpg", latest_thumbnail, Access.CAMERA),
    Route("GET", _CAMERA + "/{label}/clip.mp4", latest_clip, Access.CAMERA),
    Route("GET", _CAMERA, mjpeg, Access.CAMERA),
)
