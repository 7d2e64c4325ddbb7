"""Changing tracked objects: manual events, favourites, sub labels, plates, descriptions, deletion."""

from aiohttp import web

from simulator.http.answers import done, invalid, refusal
from simulator.http.events import not_found
from simulator.http.site import Access, Call, Route
from simulator.rows import EventRow

SUB_LABEL_LENGTH = 100


def _find(call: Call, sentence: str) -> EventRow:
    event_id = call.part("event_id")
    row = call.world.db.events.get(event_id)
    if row is None:
        raise refusal(404, sentence.format(event_id))
    return row


async def create(call: Call) -> web.StreamResponse:
    """`POST /api/events/{camera}/{label}/create`: the body is optional."""
    camera = call.part("camera")
    data = await call.body(optional=True)
    if call.world.camera_config(camera) is None:
        raise refusal(404, f"{camera} is not a valid camera.")
    event_id = call.world.create_event(camera, call.part("label"), data)
    return done("Successfully created event.", event_id=event_id)


async def end(call: Call) -> web.StreamResponse:
    """`PUT /api/events/{id}/end`: the body is required; a second time works too."""
    end_time = (await call.body()).get("end_time")
    event_id = call.part("event_id")
    if event_id not in call.world.db.events:
        raise refusal(404, f"{event_id} must be set and valid.")
    call.world.end_event(event_id, None if end_time is None else float(end_time))
    return done("Event successfully ended.")


async def retain(call: Call) -> web.StreamResponse:
    """`POST /api/events/{id}/retain`."""
    row = _find(call, "Event {} not found")
    row.retain_indefinitely = True
    return done(f"Event {row.id} retained")


async def release(call: Call) -> web.StreamResponse:
    """`DELETE /api/events/{id}/retain`."""
    row = _find(call, "Event {} not found")
    row.retain_indefinitely = False
    return done(f"Event {row.id} un-retained")


async def sub_label(call: Call) -> web.StreamResponse:
    """`POST /api/events/{id}/sub_label`: an empty text clears it. Nothing is published."""
    data = await call.body("subLabel")
    name = data["subLabel"]
    if not isinstance(name, str) or len(name) > SUB_LABEL_LENGTH:
        problem = {"type": "string_too_long", "loc": ["body", "subLabel"], "input": name}
        raise invalid(
            {**problem, "msg": f"String should have at most {SUB_LABEL_LENGTH} characters"}
        )
    row = _find(call, "Event {} not found.")
    row.sub_label = name or None
    row.data["sub_label_score"] = data.get("subLabelScore") if name else None
    return done(f"Event {row.id} sub label set to {name or None}")


async def plate(call: Call) -> web.StreamResponse:
    """`POST /api/events/{id}/recognized_license_plate`."""
    data = await call.body("recognizedLicensePlate")
    row = _find(call, "Event {} not found.")
    value = data["recognizedLicensePlate"] or None
    row.data["recognized_license_plate"] = value
    row.data["recognized_license_plate_score"] = (
        data.get("recognizedLicensePlateScore") if value else None
    )
    return done(f"Event {row.id} license plate set to {value}")


async def description(call: Call) -> web.StreamResponse:
    """`POST /api/events/{id}/description`."""
    text = (await call.body("description"))["description"]
    row = _find(call, "Event {} not found")
    row.data["description"] = text
    return done(f"Event {row.id} description set to {text}")


async def attributes(call: Call) -> web.StreamResponse:
    """`POST /api/events/{id}/attributes`."""
    await call.body("attributes")
    _find(call, "Event {} not found.")
    raise refusal(400, "No matching attributes found for this object type.")


async def regenerate(call: Call) -> web.StreamResponse:
    """`PUT /api/events/{id}/description/regenerate`: there is no language model in the simulator."""
    if call.part("event_id") not in call.world.db.events:
        raise not_found()
    raise refusal(
        400, "Semantic Search and Generative AI must be enabled to regenerate a description"
    )


async def delete(call: Call) -> web.StreamResponse:
    """`DELETE /api/events/{id}`."""
    row = _find(call, "Event {} not found")
    call.world.db.delete_event(row.id)
    return done(f"Event {row.id} deleted")


async def delete_several(call: Call) -> web.StreamResponse:
    """`DELETE /api/events/` with `{"event_ids": […]}`."""
    ids = (await call.body("event_ids"))["event_ids"]
    deleted = [event_id for event_id in ids if call.world.db.delete_event(event_id)]
    absent = [event_id for event_id in ids if event_id not in deleted]
    return done("Events deleted", deleted_events=deleted, not_found_events=absent)


_EVENT = "/api/events/{event_id}"

ROUTES = (
    Route("POST", "/api/events/{camera}/{label}/create", create, Access.ADMIN),
    Route("PUT", f"{_EVENT}/end", end, Access.ADMIN),
    Route("POST", f"{_EVENT}/retain", retain, Access.ADMIN),
    Route("DELETE", f"{_EVENT}/retain", release, Access.ADMIN),
    Route("POST", f"{_EVENT}/sub_label", sub_label, Access.ADMIN),
    Route("POST", f"{_EVENT}/recognized_license_plate", plate, Access.ADMIN),
    Route("POST", f"{_EVENT}/description", description, Access.ADMIN),
    Route("POST", f"{_EVENT}/attributes", attributes, Access.ADMIN),
    Route("PUT", f"{_EVENT}/description/regenerate", regenerate, Access.ADMIN),
    Route("DELETE", _EVENT, delete, Access.ADMIN),
    Route("DELETE", "/api/events/", delete_several, Access.ADMIN),
)
