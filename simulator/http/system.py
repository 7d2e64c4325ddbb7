"""Version, configuration, stats, profiles, labels and camera commands of the simulated server."""

from aiohttp import web

from simulator.http.answers import done, json_answer, refusal, text_answer
from simulator.http.site import ADMIN, Access, Call, Route

FEATURES = frozenset(
    {
        *(
            "enabled",
            "detect",
            "motion",
            "recordings",
            "snapshots",
            "audio",
            "audio_transcription",
            "improve_contrast",
        ),
        *(
            "ptz_autotracker",
            "birdseye",
            "birdseye_mode",
            "motion_threshold",
            "motion_contour_area",
        ),
        *(
            "review_alerts",
            "review_detections",
            "object_descriptions",
            "review_descriptions",
            "notifications",
        ),
    }
)
SUB_FEATURES = frozenset({"motion_mask", "object_mask", "zone"})
PUBLIC_KEY = (
    "BIwFGOUOGvHcGAgXk4dPdVk0XwS72WAQxS8-cCMT6enwwOh2nT6yOrB2lKb0eA2nx4lO_tRfE2kkSJAahhzg2MY"
)


async def health(_call: Call) -> web.StreamResponse:
    """`GET /api/`."""
    return text_answer("Frigate is running. Alive and healthy!")


async def version(call: Call) -> web.StreamResponse:
    """`GET /api/version`: text, with the hash of the build."""
    return text_answer(call.world.personality.version)


async def config(call: Call) -> web.StreamResponse:
    """`GET /api/config`: the whole of it, whatever cameras the role may see."""
    return json_answer(call.site.config_json(call.identity.role))


async def stats(call: Call) -> web.StreamResponse:
    """`GET /api/stats`."""
    return json_answer(call.world.stats_json(call.identity.role, call.identity.cameras))


async def profiles(call: Call) -> web.StreamResponse:
    """`GET /api/profiles`."""
    if not call.world.personality.has_profiles:
        return json_answer({"detail": "Not Found"}, 404)
    return json_answer(call.world.profiles_json())


async def active_profile(call: Call) -> web.StreamResponse:
    """`GET /api/profile/active`."""
    if not call.world.personality.has_profiles:
        return json_answer({"detail": "Not Found"}, 404)
    return json_answer({"active_profile": call.world.profiles_json()["active_profile"]})


async def labels(call: Call) -> web.StreamResponse:
    """`GET /api/labels`: those in the database."""
    camera = call.query.text("camera")
    rows = call.world.db.events.values()
    return json_answer(sorted({row.label for row in rows if camera in (None, row.camera)}))


async def sub_labels(call: Call) -> web.StreamResponse:
    """`GET /api/sub_labels`."""
    names = {row.sub_label for row in call.world.db.events.values() if row.sub_label}
    if call.query.flag("split_joined"):
        names = {part.strip() for name in names for part in name.split(",")}
    return json_answer(sorted(names))


async def plates(call: Call) -> web.StreamResponse:
    """`GET /api/recognized_license_plates`."""
    rows = call.world.db.events.values()
    return json_answer(
        sorted({plate for row in rows if (plate := row.data.get("recognized_license_plate"))})
    )


async def restart(call: Call) -> web.StreamResponse:
    """`POST /api/restart`."""
    call.world.restart()
    return done("Restarting (this can take up to one minute)...")


async def set_feature(call: Call) -> web.StreamResponse:
    """`PUT /api/camera/{camera}/set/{feature}[/{sub}]`: says yes even where the command is then refused."""
    if not call.world.personality.camera_set_endpoint:
        return json_answer({"detail": "Not Found"}, 404)
    camera, feature = call.part("camera"), call.part("feature")
    sub = call.request.match_info.get("sub")
    value = (await call.body("value"))["value"]
    names = call.world.camera_names()
    if camera != "*" and camera not in names:
        raise refusal(404, f"Camera '{camera}' not found")
    if feature == "profile" and camera == "*":
        call.world.command("profile/set", value, role=ADMIN, origin="http")
        return json_answer({"success": True})
    if feature not in (SUB_FEATURES if sub else FEATURES):
        raise refusal(400, f"Unknown feature: {feature}")
    path = f"{feature}/{sub}" if sub else feature
    for name in names if camera == "*" else (camera,):
        call.world.command(f"{name}/{path}/set", value, role=ADMIN, origin="http")
    return json_answer({"success": True})


async def public_key(_call: Call) -> web.StreamResponse:
    """`GET /api/notifications/pubkey`."""
    return json_answer(PUBLIC_KEY)


async def logs(_call: Call) -> web.StreamResponse:
    """`GET /api/logs/{service}`: there is no log file in the simulator."""
    raise refusal(500, "Could not find log file")


ROUTES = (
    Route("GET", "/api", health, Access.PUBLIC),
    Route("GET", "/api/", health, Access.PUBLIC),
    Route("GET", "/api/version", version, Access.PUBLIC),
    Route("GET", "/api/config", config),
    Route("GET", "/api/stats", stats),
    Route("GET", "/api/profiles", profiles),
    Route("GET", "/api/profile/active", active_profile, Access.ADMIN),
    Route("GET", "/api/labels", labels),
    Route("GET", "/api/sub_labels", sub_labels),
    Route("GET", "/api/recognized_license_plates", plates),
    Route("POST", "/api/restart", restart, Access.ADMIN),
    Route("PUT", "/api/camera/{camera}/set/{feature}", set_feature, Access.ADMIN),
    Route("PUT", "/api/camera/{camera}/set/{feature}/{sub}", set_feature, Access.ADMIN),
    Route("GET", "/api/notifications/pubkey", public_key),
    Route("GET", "/api/logs/{service}", logs, Access.ADMIN),
)
