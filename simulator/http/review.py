"""Review segments of the simulated server. The reviewed flag is each user's own."""

from aiohttp import web

from simulator.filters import ReviewFilter
from simulator.http.answers import done, invalid, json_answer, missing, refusal
from simulator.http.site import Access, Call, Route
from simulator.rows import Json, ReviewRow

DAY_SECONDS = 86400.0
MOTION_SCALE = 30
SEVERITIES = ("alert", "detection")


def _severity(call: Call) -> str | None:
    value = call.query.text("severity")
    if value is None or value in SEVERITIES:
        return value
    expected = "'alert' or 'detection'"
    raise invalid(
        {
            "type": "enum",
            "loc": ["query", "severity", "str-enum[SeverityEnum]"],
            "msg": f"Input should be {expected}",
            "input": value,
            "ctx": {"expected": expected},
        },
        {
            "type": "none_required",
            "loc": ["query", "severity", "none"],
            "msg": "Input should be None",
            "input": value,
        },
    )


def _filter(call: Call, *, reviewed: bool | None = None, days: float = 1) -> ReviewFilter:
    query, now = call.query, call.world.now()
    before, after = query.number("before"), query.number("after")
    return ReviewFilter(
        before=now if before is None else before,
        after=now - days * DAY_SECONDS if after is None else after,
        cameras=call.visible(query.several("cameras")),
        labels=query.several("labels"),
        zones=query.several("zones"),
        severity=_severity(call),
        reviewed=reviewed,
    )


async def listing(call: Call) -> web.StreamResponse:
    """`GET /api/review`."""
    reviewed = call.query.flag("reviewed")
    if reviewed is None and call.world.personality.reviewed_hidden_by_default:
        reviewed = False
    user = call.identity.user
    rows = call.world.db.find_reviews(
        _filter(call, reviewed=reviewed), user, limit=call.query.whole("limit")
    )
    return json_answer([row.list_json(user) for row in rows])


def find_review(call: Call, review_id: str, sentence: str = "Review item not found") -> ReviewRow:
    """The review of a request, if the caller may see its camera."""
    row = call.world.db.reviews.get(review_id)
    if row is None:
        raise refusal(404, sentence)
    call.require_camera(row.camera)
    return row


async def single(call: Call) -> web.StreamResponse:
    """`GET /api/review/{id}`."""
    return json_answer(find_review(call, call.part("review_id")).single_json())


async def of_event(call: Call) -> web.StreamResponse:
    """`GET /api/review/event/{event_id}`."""
    row = call.world.db.review_of(call.part("event_id"))
    if row is None:
        raise refusal(404, "Review item not found")
    call.require_camera(row.camera)
    return json_answer(row.single_json())


async def by_ids(call: Call) -> web.StreamResponse:
    """`GET /api/review_ids?ids=`: 404 if any is missing."""
    ids = call.query.text("ids")
    if ids is None:
        raise invalid(missing("query", "ids", None))
    rows = [
        find_review(call, review_id, "Review segments not found") for review_id in ids.split(",")
    ]
    return json_answer([row.single_json() for row in rows])


async def summary(call: Call) -> web.StreamResponse:
    """`GET /api/review/summary`."""
    now = call.world.now()
    rows = call.world.db.find_reviews(_filter(call, days=30), call.identity.user)
    timezone = call.query.text("timezone") or "utc"
    return json_answer(call.world.db.review_summary(rows, call.identity.user, timezone, now))


async def viewed(call: Call) -> web.StreamResponse:
    """`POST /api/reviews/viewed`: unknown ids are ignored; no message is sent."""
    data = await call.body("ids")
    ids = data["ids"]
    if not ids:
        problem = {"type": "too_short", "loc": ["body", "ids"], "input": ids}
        text = "List should have at least 1 item after validation, not 0"
        context = {"field_type": "List", "min_length": 1, "actual_length": 0}
        raise invalid({**problem, "msg": text, "ctx": context})
    reviewed = data.get("reviewed", True)
    for row in (row for review_id in ids if (row := call.world.db.reviews.get(review_id))):
        call.require_camera(row.camera)
        _mark(row, call.identity.user, reviewed=reviewed)
    return done(f"Marked multiple items as {'reviewed' if reviewed else 'unreviewed'}")


def _mark(row: ReviewRow, user: str, *, reviewed: bool) -> None:
    if reviewed:
        row.reviewed_by.add(user)
    else:
        row.reviewed_by.discard(user)


async def not_viewed(call: Call) -> web.StreamResponse:
    """`DELETE /api/review/{id}/viewed`."""
    row = find_review(call, call.part("review_id"), f"Review {call.part('review_id')} not found")
    _mark(row, call.identity.user, reviewed=False)
    return done(f"Set Review {row.id} as not viewed")


async def delete(call: Call) -> web.StreamResponse:
    """`POST /api/reviews/delete`: the recordings of that time go too."""
    for review_id in (await call.body("ids"))["ids"]:
        row = call.world.db.reviews.pop(review_id, None)
        if row is not None and row.end_time is not None:
            call.world.db.recordings.remove(row.camera, row.start_time, row.end_time)
    return done("Deleted review items.")


async def motion(call: Call) -> web.StreamResponse:
    """`GET /api/review/activity/motion`: percent of the strongest motion, in steps of `scale` seconds."""
    query, now = call.query, call.world.now()
    after, before = query.number("after"), query.number("before")
    scale = query.whole("scale") or MOTION_SCALE
    first = now - 3600.0 if after is None else after
    last = now if before is None else before
    names = call.visible(query.several("cameras")) or call.world.camera_names()
    sums: dict[int, int] = {}
    seen: list[str] = []
    for camera in names:
        for segment in call.world.db.recordings.segments(camera, first, last, now):
            if camera not in seen:
                seen.append(camera)
            slot = int(segment.start_time // scale * scale)
            sums[slot] = sums.get(slot, 0) + segment.motion
    strongest = max(sums.values(), default=0) or 1
    cameras = ",".join(seen)
    rows: list[Json] = [
        {"start_time": slot, "motion": 100.0 * sums[slot] / strongest, "camera": cameras}
        for slot in sorted(sums)
    ]
    return json_answer(rows)


async def summarize(call: Call) -> web.StreamResponse:
    """`POST /api/review/summarize/start/{start}/end/{end}`: 400 unless a language model is configured."""
    start, end = float(call.part("start_time")), float(call.part("end_time"))
    if not call.site.config_json(call.identity.role).get("genai"):
        raise refusal(400, "GenAI must be configured to use this feature.")
    wanted = ReviewFilter(after=start, before=end)
    count = len(call.world.db.find_reviews(wanted, call.identity.user))
    if count == 0:
        return json_answer(
            {"success": True, "summary": "No concerns were found during this time period."}
        )
    return json_answer(
        {"success": True, "summary": f"# Security Summary\n\n{count} review items in this period."}
    )


ROUTES = (
    Route("GET", "/api/review", listing),
    Route("GET", "/api/review_ids", by_ids),
    Route("GET", "/api/review/summary", summary),
    Route("GET", "/api/review/activity/motion", motion),
    Route("GET", "/api/review/event/{event_id}", of_event),
    Route("GET", "/api/review/{review_id}", single),
    Route("DELETE", "/api/review/{review_id}/viewed", not_viewed),
    Route("POST", "/api/reviews/viewed", viewed),
    Route("POST", "/api/reviews/delete", delete, Access.ADMIN),
    Route(
        "POST", "/api/review/summarize/start/{start_time}/end/{end_time}", summarize, Access.ADMIN
    ),
)
