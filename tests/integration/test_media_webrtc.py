"""Live pictures in the browser: WebRTC through Frigate's go2rtc, and HLS next to it."""

from typing import Any

from aiohttp import web
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.antt_camera.webrtc import FrigateWebRTCProvider

from .conftest import server_of
from .live_frigate import CAMERA, Scene
from .media_frigate import MediaFrigate, media_of, media_scene

OFFER = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=offer\r\n"
ANSWER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=answer\r\n"
GO2RTC = "/api/go2rtc/webrtc"


def frigate_answering(status: int = 200, text: str = ANSWER) -> MediaFrigate:
    """A server whose go2rtc answers offers so."""
    frigate = MediaFrigate()

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=text, content_type="application/sdp")

    frigate.served.answers[GO2RTC] = answer
    return frigate


async def ask(client: MockHAClientWebSocket, kind: str, entity_id: str, **more: Any) -> Any:
    """Send a command about a camera and return the answer."""
    await client.send_json_auto_id({"type": kind, "entity_id": entity_id, **more})
    return await client.receive_json()


async def offer(client: MockHAClientWebSocket, entity_id: str) -> tuple[str, Any]:
    """Send an offer; return the session and what comes of it."""
    accepted = await ask(client, "camera/webrtc/offer", entity_id, offer=OFFER)
    assert accepted["success"], accepted
    session = (await client.receive_json())["event"]
    assert session["type"] == "session"
    return session["session_id"], (await client.receive_json())["event"]


@pytest.mark.parametrize(
    ("tail", "stream"), [(f"{CAMERA}:camera", f"{CAMERA}_hd"), ("birdseye", "birdseye")]
)
async def test_offer(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, tail: str, stream: str
) -> None:
    """An offer goes to the camera's stream and comes back answered; candidates are taken without complaint."""
    async with media_scene(hass, frigate_answering()) as scene:
        client = await hass_ws_client()
        camera = str(scene.entity_id("camera", tail))
        types = (await ask(client, "camera/capabilities", camera))["result"]
        assert sorted(types["frontend_stream_types"]) == ["hls", "web_rtc"]
        session, event = await offer(client, camera)
        assert event == {"type": "answer", "answer": ANSWER}
        (request,) = media_of(scene).asked(GO2RTC)
        assert request.method == "POST"
        assert dict(request.query) == {"src": stream}
        assert request.content_type == "application/sdp"
        body = scene.frigate.served.bodies[scene.frigate.served.requests.index(request)]
        assert body == OFFER.encode()
        candidate = {"candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host", "sdpMLineIndex": 0}
        taken = await ask(
            client, "camera/webrtc/candidate", camera, session_id=session, candidate=candidate
        )
        assert taken["success"]


@pytest.mark.parametrize(
    ("status", "text", "words"),
    [
        (500, "stream not found", "Frigate 1"),
        (404, "404 page not found", "Frigate 1"),
        (403, "rtsp://admin:mat-khau@cam", "Frigate 1"),
        (200, "<html>rtsp://admin:mat-khau@cam</html>", "Frigate 1"),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_refused(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    status: int,
    text: str,
    words: str,
    language: str,
) -> None:
    """What goes wrong is said in the installation's language, and never in Frigate's words."""
    hass.config.language = language
    async with media_scene(hass, frigate_answering(status, text)) as scene:
        client = await hass_ws_client()
        _, event = await offer(client, str(scene.entity_id("camera", f"{CAMERA}:camera")))
        assert (event["type"], event["code"]) == ("error", "webrtc_offer_failed")
        message = event["message"]
        assert words in message
        assert "mat-khau" not in message
        assert "{" not in message
        vietnamese = any(
            letter in message.lower() for letter in "ạảãấầẩậắằặếềểệịọốồổộớờởợụủứừửựỳỵđ"
        )
        assert vietnamese is (language == "vi")


async def test_no_stream(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
    """Streams that come and go take WebRTC with them, without a reload."""
    async with media_scene(hass, frigate_answering()) as scene:
        client = await hass_ws_client()
        camera = str(scene.entity_id("camera", f"{CAMERA}:camera"))
        frigate = media_of(scene)
        await restream(scene, {})
        types = (await ask(client, "camera/capabilities", camera))["result"]
        assert types["frontend_stream_types"] == []
        refused = await ask(client, "camera/webrtc/offer", camera, offer=OFFER)
        assert not refused["success"]
        assert frigate.asked(GO2RTC) == []
        await restream(scene, {CAMERA: ["rtsp://x"]})
        _, event = await offer(client, camera)
        assert event["type"] == "answer"
        (request,) = frigate.asked(GO2RTC)
        assert dict(request.query) == {"src": CAMERA}


async def restream(scene: Scene, streams: dict[str, list[str]]) -> None:
    """Let Frigate restream other streams."""
    media_of(scene).more["go2rtc"] = {"streams": streams}
    await scene.server.async_poll_now()
    await scene.hass.async_block_till_done()


async def test_stream_lost_meanwhile(hass: HomeAssistant) -> None:
    """An offer for a stream that is gone by then is refused in words, without asking Frigate."""
    async with media_scene(hass, frigate_answering()) as scene:
        streams: list[str | None] = ["there"]
        provider = FrigateWebRTCProvider(server_of(scene.entry), lambda: streams[0])
        assert provider.domain == "antt_camera"
        assert provider.async_is_supported("rtsp://x")
        streams[0] = None
        assert not provider.async_is_supported("rtsp://x")
        said: list[Any] = []
        camera: Any = None
        await provider.async_handle_async_webrtc_offer(camera, OFFER, "session", said.append)
        (error,) = [message.as_dict() for message in said]
        assert error["type"] == "error"
        assert "Frigate 1" in error["message"]
        assert media_of(scene).asked(GO2RTC) == []
