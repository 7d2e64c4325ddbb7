"""Pictures and videos through Home Assistant: who gets them, what passes, and nothing else."""

import asyncio
from datetime import timedelta
import gzip
from urllib.parse import unquote

from aiohttp import ClientError, web
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.antt_camera.media_paths import find_route
from custom_components.antt_camera.views import signed_path

from .conftest import make_commune, set_up
from .live_frigate import CAMERA, JPEG, Scene
from .media_frigate import (
    EVENT,
    GIF,
    LOGIN,
    MP4,
    REVIEW,
    WEBP,
    File,
    MediaFrigate,
    media_of,
    media_scene,
)
from .small_frigate import running

BASE = "/api/antt_camera/server1"
RANGE = f"recording/{CAMERA}/1795000000/1795000060"
CLIP = f"{BASE}/event/{EVENT}/clip.mp4"
PICTURE = f"{BASE}/event/{EVENT}/snapshot.jpg"


def asked(scene: Scene) -> list[str]:
    """What was asked of Frigate, without what is read in the background after the start."""
    background = ("/dataset", "/faces", "/ptz/info")
    paths = [one.raw_path for one in scene.frigate.served.requests]
    return [path for path in paths if not path.endswith(background)]


@pytest.mark.parametrize(
    ("path", "content_type", "content"),
    [
        (f"event/{EVENT}/snapshot.jpg", "image/jpeg", JPEG + b"snapshot"),
        (f"event/{EVENT}/thumbnail.jpg", "image/jpeg", JPEG + b"thumbnail"),
        (f"event/{EVENT}/clip.mp4", "video/mp4", MP4 + b"event"),
        (f"event/{EVENT}/preview.gif", "image/gif", GIF + b"event"),
        (f"event/{EVENT}/hls/seg-1-v1.m4s", "video/iso.segment", b"event segment"),
        (f"event/{EVENT}/hls/init-v1.mp4", "video/mp4", b"event init"),
        # Frigate's web server calls these application/octet-stream, which no browser need show.
        (f"review/{REVIEW}/{CAMERA}/thumbnail.webp", "image/webp", WEBP),
        ("export/front_door_egq9zk.webp", "image/webp", WEBP + b"export"),
        (f"review/{REVIEW}/preview.gif", "image/gif", GIF + b"review"),
        (f"camera/{CAMERA}/latest.jpg", "image/jpeg", JPEG + b"latest"),
        (f"recording/{CAMERA}/1795000100/snapshot.jpg", "image/jpeg", JPEG + b"frame"),
        (f"{RANGE}/clip.mp4", "video/mp4", MP4 + b"rec"),
        (f"{RANGE}/hls/seg-1-v1.m4s", "video/iso.segment", b"recorded segment"),
        ("export/front_door_2026_egq9zk.mp4", "video/mp4", MP4 + b"export"),
    ],
)
async def test_each_medium(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    path: str,
    content_type: str,
    content: bytes,
) -> None:
    """Every kind of path brings its own medium, with its type and length, and is not kept by proxies."""
    async with media_scene(hass):
        client = await hass_client()
        async with client.get(f"{BASE}/{path}") as response:
            assert response.status == 200
            assert response.content_type == content_type
            assert response.content_length == len(content)
            assert response.headers["Cache-Control"].startswith("private")
            assert await response.read() == content


async def test_login_or_signature(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    hass_access_token: str,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Without a login only a signed link opens a medium: that one, as signed, until it expires."""
    async with media_scene(hass) as scene:
        stranger = await hass_client_no_auth()
        before = asked(scene)
        for path in (PICTURE, CLIP, f"{BASE}/event/{EVENT}/hls/index.m3u8"):
            assert (await stranger.get(path)).status == 401
            assert (await stranger.head(path)).status == 401
            assert (await stranger.get(f"{path}?authSig=nonsense")).status == 401
        assert asked(scene) == before

        link = signed_path(hass, "server1", f"event/{EVENT}/snapshot.jpg", timedelta(minutes=1))
        response = await stranger.get(link)
        assert (response.status, await response.read()) == (200, JPEG + b"snapshot")
        assert (await stranger.head(link)).status == 200
        signature = URL(link).query["authSig"]
        assert (await stranger.get(f"{CLIP}?authSig={signature}")).status == 401
        assert (await stranger.get(f"{link}&bbox=1")).status == 401

        freezer.tick(61)
        assert (await stranger.get(link)).status == 401


async def test_ranges(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    """Players jump in videos: ranges pass both ways, those that can't be met too."""
    whole = MP4 + b"event"
    async with media_scene(hass) as scene:
        client = await hass_client()
        async with client.get(CLIP, headers={"Range": "bytes=10-19"}) as response:
            assert response.status == 206
            assert response.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
            assert response.headers["Accept-Ranges"] == "bytes"
            assert response.headers["ETag"] == '"6b04d560-152c"'
            assert await response.read() == whole[10:20]
        async with client.get(
            CLIP, headers={"Range": "bytes=8000-", "If-Range": '"6b04d560-152c"'}
        ) as response:
            assert response.status == 206
            assert await response.read() == whole[8000:]
        sent = media_of(scene).asked(f"/api/events/{EVENT}/clip.mp4")[-1]
        assert sent.headers["If-Range"] == '"6b04d560-152c"'
        async with client.get(CLIP, headers={"Range": "bytes=900000-"}) as response:
            assert response.status == 416
        # Frigate makes pictures as they are asked for; a part of one would be nonsense.
        async with client.get(PICTURE, headers={"Range": "bytes=1-2"}) as response:
            assert (response.status, await response.read()) == (200, JPEG + b"snapshot")


async def test_head(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    """HEAD gives a GET's headers and no body, even where Frigate itself knows no HEAD."""
    async with media_scene(hass) as scene:
        client = await hass_client()
        async with client.head(CLIP) as response:
            assert response.status == 200
            assert response.content_length == len(MP4 + b"event")
            assert response.headers["Accept-Ranges"] == "bytes"
            assert await response.read() == b""
        assert [one.method for one in media_of(scene).asked(f"/api/events/{EVENT}/clip.mp4")] == [
            "HEAD"
        ]
        async with client.head(PICTURE) as response:
            assert (response.status, response.content_type) == (200, "image/jpeg")
            assert response.content_length == len(JPEG + b"snapshot")
        # A stream of the API's, which answers 405.
        async with client.head(f"{BASE}/{RANGE}/clip.mp4") as response:
            assert (response.status, response.content_type) == (200, "video/mp4")
        async with client.head(f"{BASE}/event/{EVENT}/hls/index.m3u8") as response:
            assert (response.status, await response.read()) == (200, b"")
        assert (await client.head(f"{BASE}/event/1.5-none/snapshot.jpg")).status == 404
        # The connection is still good.
        assert (await client.get(PICTURE)).status == 200


async def test_nothing_else_passes(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    """Of the headers only those of the medium pass; of the query only what the medium has a use for."""
    async with media_scene(hass) as scene:
        client = await hass_client()
        async with client.get(
            f"{PICTURE}?height=200&bbox=1&token=stolen&include_thumbnails=1",
            headers={
                "Cookie": "session=mine",
                "Referer": "https://home.example/secret-dashboard",
            },
        ) as response:
            assert response.status == 200
            for name in ("Set-Cookie", "X-Cache-Status", "Remote-User"):
                assert name not in response.headers
            assert "nginx" not in response.headers.get("Server", "")
        (sent,) = media_of(scene).asked(f"/api/events/{EVENT}/snapshot.jpg")
        assert dict(sent.query) == {"height": "200", "bbox": "1"}
        for name in ("Cookie", "Authorization", "Referer", "Range"):
            assert name not in sent.headers


@pytest.mark.parametrize(
    "path",
    [
        f"event/{EVENT}/../../config",
        f"event/{EVENT}/..%2f..%2fconfig",
        f"event/{EVENT}%2f..%2f..%2fconfig/snapshot.jpg",
        "camera/../latest.jpg",
        "camera/%2e%2e/latest.jpg",
        "camera/..%2f..%2fconfig%3f/latest.jpg",
        f"camera/{CAMERA}%00/latest.jpg",
        f"camera/{CAMERA}%0a/latest.jpg",
        f"camera/{CAMERA}/latest.jpg%0a",
        "camera/cổng/latest.jpg",
        "recording/a/%D9%A1/snapshot.jpg",
        "event/%D9%A1-abc/snapshot.jpg",
        f"review/{REVIEW}/..%2f..%2fx/thumbnail.webp",
        "export/..%2f..%2fconfig.mp4",
        "export/%2e%2e/clips/x.mp4",
        "export/a.mp4/x",
        f"event/{EVENT}/hls/..%2findex.m3u8",
        f"event/{EVENT}/hls/http:%2f%2fexample.org%2fseg-1.ts",
        "api/config",
        "config",
        "event//snapshot.jpg",
        "%2fapi%2fconfig",
    ],
)
async def test_traversal(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, path: str
) -> None:
    """No spelling leads out of the named media: Frigate is not even asked."""
    async with media_scene(hass) as scene:
        client = await hass_client()
        before = asked(scene)
        response = await client.get(URL(f"{BASE}/{path}", encoded=True))
        # Home Assistant itself refuses some spellings.
        assert response.status in (400, 404)
        assert asked(scene) == before
    assert find_route(unquote(path)) is None


@pytest.mark.parametrize(
    ("upstream", "ours"),
    [
        (404, 404),
        (403, 404),
        (400, 404),
        (401, 502),
        (302, 502),
        (204, 502),
        (500, 502),
        (503, 502),
    ],
)
async def test_refusals(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, upstream: int, ours: int
) -> None:
    """What Frigate refuses is missing or a bad gateway; never its words, never a redirection."""

    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(
            status=upstream, text="rtsp://admin:secret@cam", headers={"Location": "http://x/"}
        )

    async with media_scene(hass) as scene:
        scene.frigate.served.answers[f"/api/events/{EVENT}/snapshot.jpg"] = refuse
        client = await hass_client()
        async with client.get(PICTURE, allow_redirects=False) as response:
            assert response.status == ours
            assert "secret" not in await response.text()
            assert "Location" not in response.headers
        if ours == 404:
            assert (await client.get(f"{BASE}/camera/nobody/latest.jpg")).status == 404


async def test_unknown_server(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    """A server that is not there, was never there or is switched off has no media."""
    async with media_scene(hass) as scene:
        client = await hass_client()
        assert (await client.get(PICTURE.replace("server1", "server2"))).status == 404
        assert (await client.get(PICTURE.replace("server1", "frigate"))).status == 404
        assert (await client.get(PICTURE)).status == 200
        assert await hass.config_entries.async_unload(scene.entry.entry_id)
        assert (await client.get(PICTURE)).status == 404


async def test_two_servers(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    """Each server answers for itself, and gets its own login only."""
    second = MediaFrigate()
    second.files[f"/api/events/{EVENT}/snapshot.jpg"] = File("image/jpeg", JPEG + b"second")
    first = MediaFrigate()
    first.served.needs_login = second.served.needs_login = True
    async with running(first), running(second):
        entry = make_commune(hass, first.url, second.url, **LOGIN)
        await set_up(hass, entry)
        client = await hass_client()
        assert await (await client.get(PICTURE)).read() == JPEG + b"snapshot"
        other = PICTURE.replace("server1", "server2")
        assert await (await client.get(other)).read() == JPEG + b"second"
        for frigate in (first, second):
            (sent,) = frigate.asked(f"/api/events/{EVENT}/snapshot.jpg")
            token = sent.headers["Authorization"].removeprefix("Bearer ")
            assert token in frigate.served.tokens
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_login_again(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    """A token that Frigate forgot is renewed in passing; a refused login is a bad gateway, not a 401 of ours."""
    frigate = MediaFrigate()
    frigate.served.needs_login = True
    async with media_scene(hass, frigate, **LOGIN):
        client = await hass_client()
        frigate.served.expire()
        response = await client.get(PICTURE)
        assert (response.status, await response.read()) == (200, JPEG + b"snapshot")
        assert len(frigate.served.logins) == 2

        async def refuse(_request: web.Request) -> web.Response:
            return web.json_response({"message": "Login failed"}, status=401)

        frigate.served.login_answer = refuse
        frigate.served.expire()
        assert (await client.get(PICTURE)).status == 502


async def test_compressed(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    """A proxy in front of Frigate may compress; what arrives is whole all the same."""
    picture = JPEG + b"x" * 5000

    async def compress(_request: web.Request) -> web.Response:
        return web.Response(
            body=gzip.compress(picture),
            content_type="image/jpeg",
            headers={"Content-Encoding": "gzip"},
        )

    async with media_scene(hass) as scene:
        scene.frigate.served.answers[f"/api/events/{EVENT}/snapshot.jpg"] = compress
        client = await hass_client()
        async with client.get(PICTURE) as response:
            assert (response.status, await response.read()) == (200, picture)


async def test_breaks_off(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    """A video that breaks off is told as broken, not filled up with an error page; the next one is whole."""

    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Length": "5000", "Content-Type": "video/mp4"}
        )
        await response.prepare(request)
        await response.write(MP4[:1000])
        assert request.transport is not None
        request.transport.close()
        return response

    async with media_scene(hass) as scene:
        scene.frigate.served.answers[f"/api/events/{EVENT}/clip.mp4"] = break_off
        client = await hass_client()
        async with asyncio.timeout(10), client.get(CLIP) as response:
            assert response.status == 200
            assert await response.content.readexactly(1000) == MP4[:1000]
            with pytest.raises(ClientError):
                await response.content.read()
        async with client.get(PICTURE) as response:
            assert (response.status, await response.read()) == (200, JPEG + b"snapshot")


async def test_server_gone(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    """A server that does not answer is a bad gateway."""
    frigate = MediaFrigate()
    async with running(frigate):
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
    client = await hass_client()
    assert (await client.get(PICTURE)).status == 502
    assert entry.state is ConfigEntryState.LOADED
    assert await hass.config_entries.async_unload(entry.entry_id)
