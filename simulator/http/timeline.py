"""The life of tracked objects, entry by entry."""

from aiohttp import web

from simulator.http.answers import json_answer
from simulator.http.site import Call, Route
from simulator.rows import TimelineRow

DEFAULT_LIMIT = 100
HOURLY_LIMIT = 200
HOUR_SECONDS = 3600


async def listing(call: Call) -> web.StreamResponse:
    """`GET /api/timeline`: the first `limit` entries, oldest first."""
    query = call.query
    sources = query.several("source_id")
    cameras = call.visible(query.several("camera"))
    limit = query.whole("limit")
    rows = [
        row
        for row in call.world.db.timeline
        if (sources is None or row.source_id in sources)
        and (cameras is None or row.camera in cameras)
    ]
    rows.sort(key=lambda row: row.timestamp)
    return json_answer([row.json() for row in rows[: DEFAULT_LIMIT if limit is None else limit]])


def _wanted(call: Call) -> list[TimelineRow]:
    query = call.query
    cameras, labels = call.visible(query.several("cameras")), query.several("labels")
    after, before = query.number("after"), query.number("before")
    return [
        row
        for row in call.world.db.timeline
        if (cameras is None or row.camera in cameras)
        and (labels is None or row.data.get("label") in labels)
        and (after is None or row.timestamp > after)
        and (before is None or row.timestamp < before)
    ]


async def hourly(call: Call) -> web.StreamResponse:
    """`GET /api/timeline/hourly`: the newest entries, by hour."""
    limit = call.query.whole("limit") or HOURLY_LIMIT
    rows = sorted(_wanted(call), key=lambda row: row.timestamp, reverse=True)[:limit]
    hours: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        hours.setdefault(str(float(row.timestamp // HOUR_SECONDS * HOUR_SECONDS)), []).append(
            row.json()
        )
    edges = (rows[0].timestamp, rows[-1].timestamp) if rows else (0, 0)
    return json_answer({"start": edges[0], "end": edges[1], "count": len(rows), "hours": hours})


ROUTES = (
    Route("GET", "/api/timeline", listing),
    Route("GET", "/api/timeline/hourly", hourly),
)
