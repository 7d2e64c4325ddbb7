"""Reading tracked objects: lists, single objects, summary, explore, search."""

from collections import Counter
from datetime import datetime

from aiohttp import web

from simulator.filters import SORTS, EventFilter, zone
from simulator.http.answers import RefusalError, json_answer, refusal
from simulator.http.site import Access, Call, Route
from simulator.rows import EventRow, Json

EXPLORE_KEYS = (
    "score",
    "top_score",
    "average_estimated_speed",
    "velocity_angle",
    "type",
    "path_data",
)
DEFAULT_LIMIT = 100
SEARCH_LIMIT = 50


def not_found() -> RefusalError:
    """The 404 of a single object: a bare JSON string."""
    return RefusalError(json_answer("Event not found", 404))


def event_filter(call: Call) -> EventFilter:
    """Read the filters of a list request."""
    query = call.query
    hours = query.text("time_range")
    first, _, last = (hours or "").partition(",")
    return EventFilter(
        cameras=call.visible(query.several("cameras", "camera")),
        labels=query.several("labels", "label"),
        sub_labels=query.several("sub_labels", "sub_label"),
        zones=query.several("zones", "zone"),
        plates=query.several("recognized_license_plate"),
        after=query.number("after"),
        before=query.number("before"),
        time_range=(first, last) if last and hours != "00:00,24:00" else None,
        timezone=query.text("timezone") or "utc",
        has_clip=query.flag("has_clip"),
        has_snapshot=query.flag("has_snapshot"),
        in_progress=query.flag("in_progress"),
        favorites=query.flag("favorites"),
        submitted=query.flag("is_submitted"),
        event_id=query.text("event_id"),
        min_score=query.number("min_score"),
        max_score=query.number("max_score"),
        min_speed=query.number("min_speed"),
        max_speed=query.number("max_speed"),
        min_length=query.number("min_length"),
        max_length=query.number("max_length"),
    )


async def listing(call: Call) -> web.StreamResponse:
    """`GET /api/events`."""
    limit = call.query.whole("limit")
    sort = call.query.text("sort")
    rows = call.world.db.find_events(
        event_filter(call),
        limit=DEFAULT_LIMIT if limit is None else limit,
        sort=sort if sort in SORTS else None,
    )
    return json_answer([row.list_json() for row in rows])


def find_event(call: Call, event_id: str) -> EventRow:
    """The object of a request, if the caller may see its camera."""
    row = call.world.db.events.get(event_id)
    if row is None:
        raise not_found()
    call.require_camera(row.camera)
    return row


async def single(call: Call) -> web.StreamResponse:
    """`GET /api/events/{id}`."""
    return json_answer(find_event(call, call.part("event_id")).single_json())


async def by_ids(call: Call) -> web.StreamResponse:
    """`GET /api/event_ids?ids=`: unknown ids are skipped."""
    ids = (call.query.text("ids") or "").split(",")
    rows = [row for event_id in ids if (row := call.world.db.events.get(event_id)) is not None]
    for row in rows:
        call.require_camera(row.camera)
    return json_answer([row.list_json() for row in rows])


async def explore(call: Call) -> web.StreamResponse:
    """`GET /api/events/explore`: the newest of each label, with how many there are."""
    limit = call.query.whole("limit") or 10
    rows = call.world.db.find_events(EventFilter(cameras=call.visible(None)))
    counts = Counter(row.label for row in rows)
    taken: Counter[str] = Counter()
    found: list[Json] = []
    for row in rows:
        taken[row.label] += 1
        if taken[row.label] <= limit:
            data = {key: value for key, value in row.data.items() if key in EXPLORE_KEYS}
            found.append({**row.list_json(), "data": data, "event_count": counts[row.label]})
    for entry in found:
        del entry["thumbnail"]
    return json_answer(found)


async def summary(call: Call) -> web.StreamResponse:
    """`GET /api/events/summary`: grouped by the data column too, so close to one row per object."""
    query = call.query
    wanted = EventFilter(
        cameras=call.visible(None),
        has_clip=query.flag("has_clip"),
        has_snapshot=query.flag("has_snapshot"),
    )
    tz = zone(query.text("timezone") or "utc")
    return json_answer(
        [
            {
                "camera": row.camera,
                "label": row.label,
                "sub_label": row.sub_label,
                "data": row.data,
                "day": datetime.fromtimestamp(row.start_time, tz).strftime("%Y-%m-%d"),
                "zones": row.zones,
                "count": 1,
            }
            for row in call.world.db.find_events(wanted)
        ]
    )


def _distance(row: EventRow, words: list[str]) -> float:
    """How far an object is from the words searched for: 0 (all of them) to 1 (none)."""
    text = " ".join(
        (row.label, row.sub_label or "", row.data.get("description") or "", row.camera)
    ).lower()
    return 1 - sum(word in text for word in words) / max(1, len(words))


async def search(call: Call) -> web.StreamResponse:
    """`GET /api/events/search`: 400 unless semantic search is configured."""
    if not call.site.config_json(call.identity.role).get("semantic_search", {}).get("enabled"):
        raise refusal(400, "Semantic search is not enabled")
    words = (call.query.text("query") or "").lower().split()
    like = call.world.db.events.get(call.query.text("event_id") or "")
    if like is not None:
        words = [like.label]
    rows = call.world.db.find_events(event_filter(call))
    scored = sorted(((_distance(row, words), row) for row in rows), key=lambda pair: pair[0])
    limit = call.query.whole("limit") or SEARCH_LIMIT
    return json_answer(
        [
            {
                **row.list_json(),
                "search_distance": distance,
                "search_source": "description" if row.data.get("description") else "thumbnail",
                "thumb_path": "",
            }
            for distance, row in scored
            if distance < 1
        ][:limit]
    )


ROUTES = (
    Route("GET", "/api/events", listing),
    Route("GET", "/api/events/explore", explore),
    Route("GET", "/api/events/summary", summary),
    Route("GET", "/api/events/search", search),
    Route("GET", "/api/event_ids", by_ids),
    Route("GET", "/api/events/{event_id}", single, Access.ANY),
)
