"""Live pictures: WebRTC through go2rtc, and the sockets under `/live`."""

import asyncio
import base64
import json

from aiohttp import WSMsgType, web

from simulator.http.answers import text_answer
from simulator.http.cameras import stream_names
from simulator.http.site import Access, Call, Route

SDP_TYPE = "application/sdp"
FORM_TYPE = "application/x-www-form-urlencoded"
JSON_TYPE = "application/json"
NOT_A_SOCKET = "A server error occurred.  Please contact the administrator."


async def webrtc(call: Call) -> web.StreamResponse:
    """`POST /api/go2rtc/webrtc?src=`: an SDP offer (plain, JSON or form) for an answer in the same form."""
    request = call.request
    stream = request.query.get("src", "")
    if stream not in stream_names(call):
        return text_answer("stream not found", 404)
    kind = request.content_type
    raw = await request.text()
    try:
        if kind == JSON_TYPE:
            offer = json.loads(raw)["sdp"]
        elif kind == FORM_TYPE:
            offer = base64.b64decode(str((await request.post())["data"])).decode()
        else:
            offer = raw
        answer = await call.site.media.webrtc_answer(stream, offer)
    except (ValueError, LookupError) as error:
        return text_answer(str(error), 500)
    if kind == JSON_TYPE:
        body = json.dumps({"type": "answer", "sdp": answer}).encode()
        return web.Response(body=body, content_type=JSON_TYPE)
    if kind == FORM_TYPE:
        return text_answer(base64.b64encode(answer.encode()).decode())
    status = 201 if kind == SDP_TYPE else 200
    return web.Response(
        body=answer.encode(), status=status, content_type=kind if status == 201 else "text/plain"
    )


def _socket(call: Call) -> web.WebSocketResponse | None:
    socket = web.WebSocketResponse(compress=False)
    return socket if socket.can_prepare(call.request).ok else None


async def jsmpeg(call: Call) -> web.StreamResponse:
    """`/live/jsmpeg/{camera}`: the stream as binary frames."""
    camera = call.part("camera")
    allowed = call.identity.cameras
    socket = _socket(call)
    if socket is None or (allowed is not None and camera not in allowed):
        return web.Response(status=500, text=NOT_A_SOCKET)
    await socket.prepare(call.request)
    reader = asyncio.create_task(_drain(socket))
    try:
        async for chunk in call.site.media.mpegts(camera):
            if socket.closed:
                break
            await socket.send_bytes(chunk)
    except ConnectionError, LookupError:
        pass  # The watcher left, or the camera delivers nothing.
    finally:
        reader.cancel()
    return socket


async def _drain(socket: web.WebSocketResponse) -> None:
    async for _message in socket:
        pass


async def go2rtc_socket(call: Call) -> web.StreamResponse:
    """`/live/webrtc/api/ws?src=` and `/live/mse/api/ws?src=`: only WebRTC is spoken here."""
    stream = call.request.query.get("src", "")
    socket = _socket(call)
    if socket is None:
        return web.Response(status=400, text="Bad Request")
    await socket.prepare(call.request)
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            continue
        data = json.loads(message.data)
        if stream not in stream_names(call):
            await socket.send_json(
                {"type": "error", "value": f"{data.get('type')}: stream not found"}
            )
        elif data.get("type") == "webrtc/offer":
            try:
                answer = await call.site.media.webrtc_answer(stream, data["value"])
            except (ValueError, LookupError) as error:
                await socket.send_json({"type": "error", "value": f"webrtc/offer: {error}"})
                continue
            await socket.send_json({"type": "webrtc/answer", "value": answer})
        elif data.get("type") == "mse":
            await socket.send_json({"type": "error", "value": "mse: codecs not matched"})
    return socket


ROUTES = (
    Route("POST", "/api/go2rtc/webrtc", webrtc),
    Route("GET", "/live/jsmpeg/{camera}", jsmpeg, Access.ANY),
    Route("GET", "/live/webrtc/api/ws", go2rtc_socket),
    Route("GET", "/live/mse/api/ws", go2rtc_socket),
)
