"""What is recorded: summaries, segments, gaps, storage."""

from aiohttp import web

from simulator.http.answers import done, json_answer, path_times
from simulator.http.site import Access, Call, Route
from simulator.recordings import MEGABYTES_PER_SECOND
from simulator.rows import Json

HOUR_SECONDS = 3600.0
DISK_MEGABYTES = 258_000.0


async def days(call: Call) -> web.StreamResponse:
    """`GET /api/recordings/summary`: days with recordings."""
    query = call.query
    wanted = call.visible(query.several("cameras"))
    names = call.world.db.recordings.cameras() if wanted is None else wanted
    return json_answer(
        call.world.db.recording_days(names, query.text("timezone") or "utc", call.world.now())
    )


async def hours(call: Call) -> web.StreamResponse:
    """`GET /api/{camera}/recordings/summary`: an unknown camera has an empty list."""
    timezone = call.query.text("timezone") or "utc"
    return json_answer(
        call.world.db.recording_hours(call.part("camera"), timezone, call.world.now())
    )


async def segments(call: Call) -> web.StreamResponse:
    """`GET /api/{camera}/recordings`.

    Without parameters it gives the hour before the server started, for ever: a defect of the real one that
    clients must know how to avoid.
    """
    after, before = call.query.number("after"), call.query.number("before")
    started = call.world.started
    rows = call.world.db.recordings.segments(
        call.part("camera"),
        started - HOUR_SECONDS if after is None else after,
        started if before is None else before,
        call.world.now(),
    )
    return json_answer([row.json() for row in rows])


async def unavailable(call: Call) -> web.StreamResponse:
    """`GET /api/recordings/unavailable`: times without any recording."""
    query = call.query
    after, before = query.number("after"), query.number("before")
    if after is None or before is None:
        return web.Response(status=500, text="Internal Server Error")
    wanted = call.visible(query.several("cameras"))
    names = call.world.db.recordings.cameras() if wanted is None else wanted
    scale = query.whole("scale") or 30
    gaps = call.world.db.recordings.gaps(names, after, before, call.world.now())
    return json_answer(
        [{"start_time": first, "end_time": last} for first, last in gaps if last - first >= scale]
    )


async def storage(call: Call) -> web.StreamResponse:
    """`GET /api/recordings/storage`: keyed by the shown name of the camera, in MB and MB/h."""
    now = call.world.now()
    result: Json = {}
    for name in call.world.camera_names():
        config = call.world.camera_config(name) or {}
        used = round(call.world.db.recordings.seconds(name, now) * MEGABYTES_PER_SECOND, 2)
        key = config.get("friendly_name") or name
        if used == 0:
            result[key] = {"usage": None, "bandwidth": 0}
            continue
        bandwidth = round(MEGABYTES_PER_SECOND * HOUR_SECONDS, 2)
        result[key] = {
            "usage": used,
            "bandwidth": bandwidth,
            "usage_percent": used / DISK_MEGABYTES * 100,
        }
    return json_answer(result)


async def delete(call: Call) -> web.StreamResponse:
    """`DELETE /api/recordings/start/{start}/end/{end}`."""
    start, end = path_times(call.request)
    names = call.query.several("cameras") or call.world.camera_names()
    for name in names:
        call.world.db.recordings.remove(name, start, end)
    return done("Recordings deleted.")


ROUTES = (
    Route("GET", "/api/recordings/summary", days),
    Route("GET", "/api/recordings/unavailable", unavailable),
    Route("GET", "/api/recordings/storage", storage, Access.ADMIN, 18),
    Route("DELETE", "/api/recordings/start/{start_time}/end/{end_time}", delete, Access.ADMIN),
    Route("GET", "/api/{camera}/recordings/summary", hours, Access.CAMERA),
    Route("GET", "/api/{camera}/recordings", segments, Access.CAMERA),
)
