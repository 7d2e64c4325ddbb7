"""A small real Frigate that also has files: pictures, videos, playlists; with login, TLS and ranges as asked for."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import ssl
from typing import Any, override

from aiohttp import web
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component

from tests.unit.frigate.fake_frigate import page

from .conftest import make_commune, set_up
from .live_frigate import CAMERA, JPEG, LiveFrigate, Scene
from .small_frigate import PASSWORD, USER, running

LOGIN: Mapping[str, Any] = {CONF_USERNAME: USER, CONF_PASSWORD: PASSWORD}
EVENT = "1795000000.1-abcdef"
REVIEW = "1795000000.5-review"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 picture"
GIF = b"GIF89a moving"
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(200)) * 40
# What nginx calls files that its list of types has not, as in Frigate's own folders.
BINARY = "application/octet-stream"
PLAYLIST = """#EXTM3U
#EXT-X-TARGETDURATION:10
#EXT-X-MAP:URI="init-v1.mp4"
#EXTINF:10.000,
seg-1-v1.m4s
#EXTINF:6.852,
seg-2-v1.m4s
#EXT-X-ENDLIST
"""
MASTER = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=182714\nindex-v1.m3u8\n\n"
HLS = "application/vnd.apple.mpegurl"
# What a server says of itself and of its visitors, and nobody else has to know.
LEAKS: Mapping[str, str] = {
    "Server": "nginx/1.22.1",
    "Set-Cookie": "frigate_token=secret-token; Path=/",
    "X-Cache-Status": "MISS",
    "Remote-User": "antt",
}


@dataclass(frozen=True)
class File:
    """A file of Frigate's; `ranges` as nginx gives them, else as its API streams."""

    content_type: str
    content: bytes
    ranges: bool = False

    def response(self, request: web.Request) -> web.Response:
        """Answer as nginx or the API does."""
        headers = dict(LEAKS)
        if request.method == "HEAD" and not self.ranges:
            return page(405)
        if not self.ranges:
            return web.Response(body=self.content, content_type=self.content_type, headers=headers)
        headers |= {"Accept-Ranges": "bytes", "ETag": '"6b04d560-152c"'}
        status, content = 200, self.content
        if (wanted := request.http_range).start is not None:
            if wanted.start >= len(content):
                return web.Response(
                    status=416, headers={"Content-Range": f"bytes */{len(content)}"}
                )
            end = min(wanted.stop or len(content), len(content))
            headers["Content-Range"] = f"bytes {wanted.start}-{end - 1}/{len(content)}"
            status, content = 206, content[wanted.start : end]
        return web.Response(
            status=status, body=content, content_type=self.content_type, headers=headers
        )


def all_files() -> dict[str, File]:
    """One of each kind, where Frigate has them."""
    return {
        f"/api/events/{EVENT}/snapshot.jpg": File("image/jpeg", JPEG + b"snapshot"),
        f"/api/events/{EVENT}/thumbnail.jpg": File("image/jpeg", JPEG + b"thumbnail"),
        f"/api/events/{EVENT}/clip.mp4": File("video/mp4", MP4 + b"event", ranges=True),
        f"/api/events/{EVENT}/preview.gif": File("image/gif", GIF + b"event"),
        f"/clips/review/thumb-{CAMERA}-{REVIEW}.webp": File(BINARY, WEBP, ranges=True),
        f"/api/review/{REVIEW}/preview": File("image/gif", GIF + b"review"),
        f"/api/{CAMERA}/latest.jpg": File("image/jpeg", JPEG + b"latest"),
        f"/api/{CAMERA}/recordings/1795000100/snapshot.jpg": File("image/jpeg", JPEG + b"frame"),
        f"/api/{CAMERA}/start/1795000000/end/1795000060/clip.mp4": File("video/mp4", MP4 + b"rec"),
        "/exports/front_door_2026_egq9zk.mp4": File("video/mp4", MP4 + b"export", ranges=True),
        "/clips/export/front_door_egq9zk.webp": File(BINARY, WEBP + b"export", ranges=True),
        f"/vod/event/{EVENT}/index.m3u8": File(HLS, PLAYLIST.encode()),
        f"/vod/event/{EVENT}/master.m3u8": File(HLS, MASTER.encode()),
        f"/vod/event/{EVENT}/index-v1.m3u8": File(HLS, PLAYLIST.encode()),
        f"/vod/event/{EVENT}/init-v1.mp4": File("video/mp4", b"event init"),
        f"/vod/event/{EVENT}/seg-1-v1.m4s": File("video/iso.segment", b"event segment"),
        f"/vod/{CAMERA}/start/1795000000/end/1795000060/index.m3u8": File(HLS, PLAYLIST.encode()),
        f"/vod/{CAMERA}/start/1795000000/end/1795000060/seg-1-v1.m4s": File(
            "video/iso.segment", b"recorded segment"
        ),
    }


@dataclass
class MediaFrigate(LiveFrigate):
    """`files` by path, `documents` (JSON) by path in place of the usual ones."""

    files: dict[str, File] = field(default_factory=all_files)
    documents: dict[str, Any] = field(default_factory=dict)

    @override
    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(self.served.base)
        if path not in self.broken:
            if (file := self.files.get(path)) is not None:
                return file.response(request)
            if path in self.documents:
                return web.json_response(self.documents[path])
        return await super().answer(request)

    def asked(self, path: str) -> list[web.Request]:
        """Requests for exactly this path."""
        return [one for one in self.served.requests if one.path == path]


@asynccontextmanager
async def media_scene(
    hass: HomeAssistant,
    frigate: MediaFrigate | None = None,
    *,
    certificate: ssl.SSLContext | None = None,
    **data: Any,
) -> AsyncIterator[Scene]:
    """Run such a server, by TLS with a certificate, and set a commune up with it; `data` are its settings."""
    # Before somebody visits: afterwards Home Assistant's web server takes no more addresses.
    for component in ("websocket_api", "media_source", "diagnostics", "system_health"):
        assert await async_setup_component(hass, component, {})
    async with running(frigate or MediaFrigate(), certificate) as served:
        assert isinstance(served, MediaFrigate)
        entry = make_commune(hass, served.url, **data)
        await set_up(hass, entry)
        yield Scene(hass, served, entry)
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


def media_of(scene: Scene) -> MediaFrigate:
    """The server of such a scene."""
    assert isinstance(scene.frigate, MediaFrigate)
    return scene.frigate


async def wait_state(scene: Scene, which: tuple[str, str], wanted: str) -> None:
    """Wait until an entity, by platform and the end of its unique id, has a state."""
    changed = asyncio.Event()
    entity_id = str(scene.entity_id(*which))

    @callback
    def note(_event: Event[EventStateChangedData]) -> None:
        changed.set()

    stop = async_track_state_change_event(scene.hass, entity_id, note)
    try:
        async with asyncio.timeout(10):
            while scene.state(*which) != wanted:
                changed.clear()
                await changed.wait()
    finally:
        stop()
