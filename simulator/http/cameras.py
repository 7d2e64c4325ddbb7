"""What a camera can do: PTZ, streams."""

from typing import Any

from aiohttp import web

from simulator.http.answers import json_answer, refusal, text_answer
from simulator.http.site import Access, Call, Route


async def ptz_info(call: Call) -> web.StreamResponse:
    """`GET /api/{camera}/ptz/info`: empty without ONVIF."""
    camera = call.part("camera")
    if call.world.camera_config(camera) is None:
        raise refusal(404, "Camera not found")
    return json_answer(call.world.ptz_info(camera))


def stream_names(call: Call) -> list[str]:
    """Names of the restreamed streams the caller may see."""
    streams = call.site.config_json(call.identity.role).get("go2rtc", {}).get("streams", {})
    allowed = call.identity.cameras
    return [name for name in streams if allowed is None or name in allowed]


def _stream(name: str) -> dict[str, Any]:
    return {"producers": [{"url": f"rtsp://*:*@camera/{name}"}], "consumers": None}


async def streams(call: Call) -> web.StreamResponse:
    """`GET /api/go2rtc/streams`."""
    return json_answer({name: _stream(name) for name in stream_names(call)})


async def stream(call: Call) -> web.StreamResponse:
    """`GET /api/go2rtc/streams/{name}`: 500 for an unknown one."""
    name = call.part("name")
    if name not in stream_names(call):
        return text_answer("Internal Server Error", 500)
    return json_answer(_stream(name))


ROUTES = (
    Route("GET", "/api/go2rtc/streams", streams),
    Route("GET", "/api/go2rtc/streams/{name}", stream),
    Route("GET", "/api/{camera}/ptz/info", ptz_info, Access.CAMERA),
)
