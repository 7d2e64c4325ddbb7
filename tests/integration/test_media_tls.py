"""Frigate's own certificate, which nobody vouches for: the choice made at set-up holds for every request."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web
from homeassistant.components.camera import async_get_image
from homeassistant.components.media_source import async_browse_media
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.antt_camera.const import CONF_FINGERPRINT, CONF_TLS
from tests.unit.frigate.conftest import Certificate, make_certificate

from .live_frigate import CAMERA, JPEG
from .media_frigate import EVENT, LOGIN, MP4, REVIEW, WEBP, MediaFrigate, media_of, media_scene
from .small_frigate import running

BASE = "/api/antt_camera/server1"
ANSWER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n"


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """A certificate that nobody vouches for."""
    return make_certificate(tmp_path)


def choices(certificate: Certificate) -> Mapping[str, dict[str, Any]]:
    """The two ways to accept it."""
    return {
        "off": {CONF_TLS: "off"},
        "pinned": {CONF_TLS: "pinned", CONF_FINGERPRINT: certificate.fingerprint},
    }


def secure_frigate() -> MediaFrigate:
    """A server with a login, as on Frigate's port 8971, and with pictures and go2rtc."""
    frigate = MediaFrigate()
    frigate.served.needs_login = True

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=ANSWER, content_type="application/sdp")

    frigate.served.answers["/api/go2rtc/webrtc"] = answer
    frigate.documents[f"/api/{CAMERA}/recordings/summary"] = [{"day": "2026-11-24", "hours": []}]
    return frigate


@pytest.mark.parametrize("choice", ["off", "pinned"])
async def test_every_request(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    certificate: Certificate,
    choice: str,
) -> None:
    """Pictures, videos, ranges, playlists, segments, stills, folders and WebRTC come through."""
    settings = {**LOGIN, **choices(certificate)[choice]}
    async with media_scene(
        hass, secure_frigate(), certificate=certificate.context, **settings
    ) as scene:
        client, player = await hass_client(), await hass_client_no_auth()
        for path, content in {
            f"event/{EVENT}/snapshot.jpg": JPEG + b"snapshot",
            f"event/{EVENT}/clip.mp4": MP4 + b"event",
            f"review/{REVIEW}/{CAMERA}/thumbnail.webp": WEBP,
            "export/front_door_2026_egq9zk.mp4": MP4 + b"export",
        }.items():
            response = await client.get(f"{BASE}/{path}")
            assert (response.status, await response.read()) == (200, content)
        clip = f"{BASE}/event/{EVENT}/clip.mp4"
        assert (await client.get(clip, headers={"Range": "bytes=0-9"})).status == 206
        assert (await client.head(clip)).status == 200
        playlist = await (await client.get(f"{BASE}/event/{EVENT}/hls/index.m3u8")).text()
        segment = await player.get(playlist.splitlines()[4])
        assert (segment.status, await segment.read()) == (200, b"event segment")

        camera = scene.entity_id("camera", f"{CAMERA}:camera")
        assert camera is not None
        assert (await async_get_image(hass, camera)).content == JPEG + b"latest"
        folder = await async_browse_media(
            hass, f"media-source://antt_camera/server1/recordings/{CAMERA}"
        )
        assert [child.title for child in folder.children or ()] == ["24/11/2026"]

        websocket = await hass_ws_client()
        await websocket.send_json_auto_id(
            {"type": "camera/webrtc/offer", "entity_id": camera, "offer": "v=0 offer"}
        )
        assert (first := await websocket.receive_json())["success"], first
        assert (await websocket.receive_json())["event"]["type"] == "session"
        assert (await websocket.receive_json())["event"] == {"type": "answer", "answer": ANSWER}
        assert all(
            one.headers["Authorization"].removeprefix("Bearer ") in scene.frigate.served.tokens
            for one in scene.frigate.served.requests
        )


async def test_another_certificate(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    certificate: Certificate,
) -> None:
    """Nothing goes to a server that shows another certificate than the pinned one: no picture, and no login."""
    pinned = {CONF_TLS: "pinned", CONF_FINGERPRINT: "00" * 32}
    async with (
        running(secure_frigate(), certificate.context) as impostor,
        media_scene(hass, **LOGIN) as scene,
    ):
        assert isinstance(impostor, MediaFrigate)
        subentry = scene.entry.subentries["server1"]
        hass.config_entries.async_update_subentry(
            scene.entry, subentry, data={**subentry.data, "url": impostor.url, **pinned}
        )
        await hass.async_block_till_done()
        client = await hass_client()
        for path in (f"event/{EVENT}/snapshot.jpg", f"event/{EVENT}/hls/index.m3u8"):
            assert (await client.get(f"{BASE}/{path}")).status == HTTPStatus.BAD_GATEWAY
        assert (impostor.served.requests, impostor.served.logins) == ([], [])
        assert media_of(scene).asked(f"/api/events/{EVENT}/snapshot.jpg") == []
