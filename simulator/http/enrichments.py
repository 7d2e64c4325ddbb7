"""Faces and custom classification models of the simulated server."""

from aiohttp import web

from simulator.http.answers import done, json_answer, refusal
from simulator.http.site import Access, Call, Route


async def faces(call: Call) -> web.StreamResponse:
    """`GET /api/faces`: names and their picture files, with the folder `train`."""
    return json_answer(dict(call.world.faces()))


async def create_face(call: Call) -> web.StreamResponse:
    """`POST /api/faces/{name}/create`."""
    if not call.site.config_json(call.identity.role).get("face_recognition", {}).get("enabled"):
        raise refusal(400, "Face recognition is not enabled.")
    return done("Successfully created face folder.")


async def dataset(call: Call) -> web.StreamResponse:
    """`GET /api/classification/{model}/dataset`."""
    model = call.part("model")
    classes = call.world.classes(model)
    if classes is None:
        raise refusal(404, f"{model} is not a known classification model.")
    return json_answer({"categories": dict(classes), "training_metadata": None})


async def attributes(_call: Call) -> web.StreamResponse:
    """`GET /api/classification/attributes`."""
    return json_answer([])


async def triggers(call: Call) -> web.StreamResponse:
    """`GET /api/triggers/status/{camera}`: 404 if the camera has none."""
    camera = call.part("camera")
    config = call.world.camera_config(camera)
    if config is None:
        raise refusal(404, f"Camera {camera} not found")
    names = config.get("semantic_search", {}).get("triggers") or {}
    if not names:
        raise refusal(404, f"No triggers found for camera {camera}")
    empty = {"last_triggered": None, "triggering_event_id": None}
    return json_answer({"success": True, "triggers": dict.fromkeys(names, empty)})


async def register_push(call: Call) -> web.StreamResponse:
    """`POST /api/notifications/register`."""
    if "sub" not in await call.body():
        raise refusal(400, "Subscription must be provided.")
    return done("Successfully saved token.")


ROUTES = (
    Route("GET", "/api/faces", faces, Access.ADMIN, 17),
    Route("POST", "/api/faces/{name}/create", create_face, Access.ADMIN),
    Route("GET", "/api/classification/attributes", attributes, Access.ADMIN),
    Route("GET", "/api/classification/{model}/dataset", dataset, Access.ADMIN),
    Route("GET", "/api/triggers/status/{camera}", triggers, Access.ADMIN),
    Route("POST", "/api/notifications/register", register_push),
)
