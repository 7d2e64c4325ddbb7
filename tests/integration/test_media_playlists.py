"""Playlists through Home Assistant: players fetch what they name without a login, and nothing else."""

import asyncio
from typing import Any

from aiohttp import web
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .live_frigate import CAMERA
from .media_frigate import EVENT, PLAYLIST, File, media_of, media_scene

BASE = "/api/antt_camera/server1"
RANGE = f"recording/{CAMERA}/1795000000/1795000060"


async def test_playlists(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """What a playlist names plays without a login, through every level, and nothing else does."""
    async with media_scene(hass):
        client, player = await hass_client(), await hass_client_no_auth()
        async with client.get(f"{BASE}/event/{EVENT}/hls/master.m3u8") as response:
            assert response.content_type == "application/vnd.apple.mpegurl"
            assert response.headers["Cache-Control"] == "no-store"
            lines = (await response.text()).splitlines()
        assert lines[:2] == ["#EXTM3U", "#EXT-X-STREAM-INF:BANDWIDTH=182714"]
        inner = lines[2]
        assert inner.startswith(f"{BASE}/event/{EVENT}/hls/index-v1.m3u8?authSig=")

        async with player.get(inner) as response:
            assert response.status == 200
            text = await response.text()
        lines = text.splitlines()
        assert [line for line in lines if line.startswith("#") and "URI" not in line] == [
            line for line in PLAYLIST.splitlines() if line.startswith("#") and "URI" not in line
        ]
        init = text.partition('URI="')[2].partition('"')[0]
        assert await (await player.get(init)).read() == b"event init"
        segment = lines[4]
        assert segment.startswith(f"{BASE}/event/{EVENT}/hls/seg-1-v1.m4s?authSig=")
        assert await (await player.get(segment)).read() == b"event segment"
        assert (await player.get(segment.replace("seg-1", "seg-2"))).status == 401

        async with client.get(f"{BASE}/{RANGE}/hls/index.m3u8") as response:
            segment = (await response.text()).splitlines()[4]
        assert await (await player.get(segment)).read() == b"recorded segment"


async def test_playlist_in_pieces(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    """A long playlist comes in pieces and is passed on whole."""
    begun, first_read = asyncio.Event(), asyncio.Event()

    async def slowly(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(PLAYLIST[:60].encode())
        begun.set()
        await first_read.wait()
        await response.write(PLAYLIST[60:].encode())
        return response

    async with media_scene(hass) as scene:
        scene.frigate.served.answers[f"/vod/event/{EVENT}/index.m3u8"] = slowly
        client = await hass_client()
        asking = asyncio.create_task(_text(client, f"{BASE}/event/{EVENT}/hls/index.m3u8"))
        await begun.wait()
        # As soon as the first piece could have been taken for the whole.
        _, waiting = await asyncio.wait({asking}, timeout=0.2)
        first_read.set()
        assert (await asking).count("seg-") == 2
        assert waiting


async def _text(client: Any, path: str) -> str:
    async with client.get(path) as response:
        assert response.status == 200
        text: str = await response.text()
        return text


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\nhttp://example.org/seg-1.exe\n",
        '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="../../../api/config"\n',
        "#EXTM3U\n../../config\n",
        "#EXTM3U\n" + "seg-1-v1.m4s\n" * 400_000,
    ],
    ids=["foreign", "key", "above", "endless"],
)
async def test_strange_playlists(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, playlist: str
) -> None:
    """A playlist that names something else, or never ends, is refused."""
    async with media_scene(hass) as scene:
        media_of(scene).files[f"/vod/event/{EVENT}/index.m3u8"] = File(
            "application/vnd.apple.mpegurl", playlist.encode()
        )
        client = await hass_client()
        assert (await client.get(f"{BASE}/event/{EVENT}/hls/index.m3u8")).status == 502
