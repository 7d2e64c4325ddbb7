"""Search in the media browser: by camera, label and name, exactly; by description where Frigate can."""

from aiohttp import web
from homeassistant.components.media_player import BrowseError, SearchMediaQuery
from homeassistant.components.media_source import async_search_media
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .conftest import make_commune, set_up
from .live_frigate import CAMERA, full_camera, full_server, tracked
from .media_frigate import EVENT, MediaFrigate, media_of, media_scene
from .small_frigate import running

ROOT = "media-source://antt_camera"
SEARCH = "/api/events/search"


def searchable(*, semantic: bool = False) -> MediaFrigate:
    """A server with two cameras and one object."""
    frigate = MediaFrigate(
        cameras={CAMERA: full_camera(), "cong": full_camera("Cổng")},
        more=full_server() | {"semantic_search": {"enabled": semantic}},
    )
    frigate.rows = [tracked(EVENT, sub_label="Lan")]
    return frigate


async def search(hass: HomeAssistant, text: str, where: str = "") -> list[str]:
    """Titles of what is found."""
    found = await async_search_media(
        hass, f"{ROOT}/{where}".rstrip("/"), SearchMediaQuery(search_query=text)
    )
    return [item.title for item in found.result]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Cổng trước", {"cameras": CAMERA}),
        ("  cong TRUOC ", {"cameras": CAMERA}),
        (CAMERA, {"cameras": CAMERA}),
        # A camera's name inside another's is another camera.
        ("cổng", {"cameras": "cong"}),
        ("person", {"labels": "person"}),
        ("người", {"labels": "person"}),
        ("NGUOI", {"labels": "person"}),
        ("ô tô", {"labels": "car"}),
        # Whatever else it may be, it is not a part of a name.
        ("Lan", {"sub_labels": "Lan"}),
        ("trước", {"sub_labels": "trước"}),
    ],
)
async def test_search(hass: HomeAssistant, text: str, asked: dict[str, str]) -> None:
    """However it is typed, a camera, a label in the user's language, or a name is found exactly."""
    hass.config.language = "vi"
    async with media_scene(hass, searchable()) as scene:
        (title,) = await search(hass, text, "server1")
        assert title.endswith("(Lan)")
        query = dict(media_of(scene).asked("/api/events")[-1].query)
        assert query == {**asked, "limit": "50"}
        assert media_of(scene).asked(SEARCH) == []


async def test_by_description(hass: HomeAssistant) -> None:
    """Frigate's own search is used where it is on; where it was switched off meanwhile names are searched."""
    frigate = searchable(semantic=True)
    frigate.documents[SEARCH] = [tracked("1795000000.7-found")]
    async with media_scene(hass, frigate):
        (title,) = await search(hass, "người mặc áo đỏ", "server1")
        assert "(Lan)" not in title
        (asked,) = frigate.asked(SEARCH)
        assert dict(asked.query) == {"query": "người mặc áo đỏ", "limit": "50"}

        async def off(_request: web.Request) -> web.Response:
            from aiohttp import web

            return web.json_response({"success": False, "message": "not enabled"}, status=400)

        frigate.served.answers[SEARCH] = off
        (title,) = await search(hass, "Lan", "server1")
        assert "(Lan)" in title
        assert dict(frigate.asked("/api/events")[-1].query)["sub_labels"] == "Lan"


async def test_nothing(hass: HomeAssistant) -> None:
    """Nothing asked, nothing found, and Frigate left alone; an endless question is cut."""
    async with media_scene(hass, searchable()) as scene:
        before = len(media_of(scene).asked("/api/events"))
        assert await search(hass, "   ", "server1") == []
        assert len(media_of(scene).asked("/api/events")) == before
        await search(hass, "x" * 5000, "server1")
        assert len(media_of(scene).asked("/api/events")[-1].query["sub_labels"]) == 200


async def test_several_servers(hass: HomeAssistant) -> None:
    """All servers are searched unless one is chosen."""
    first, second = searchable(), searchable()
    second.rows = [tracked("1795000000.8-second", sub_label="Hoa")]
    async with media_scene(hass), running(first), running(second):
        entry = make_commune(hass, first.url, second.url, ids="both")
        await set_up(hass, entry)
        found = await search(hass, "người-lạ")
        assert sorted(title[-5:] for title in found) == ["(Hoa)", "(Lan)"]
        (title,) = await search(hass, "người-lạ", "both2")
        assert title.endswith("(Hoa)")
        with pytest.raises(BrowseError):
            await search(hass, "Lan", "both3")
        second.broken["/api/events"] = 500
        with pytest.raises(BrowseError, match="Frigate 2"):
            await search(hass, "Lan")
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_through_the_frontend(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """Searching, browsing and playing as the media browser does."""
    async with media_scene(hass, searchable()) as scene:
        client = await hass_ws_client()
        await client.send_json_auto_id(
            {
                "type": "media_source/search_media",
                "media_content_id": f"{ROOT}/server1",
                "search_query": "Lan",
            }
        )
        (item,) = (await client.receive_json())["result"]["result"]
        assert item["can_play"] is True
        await client.send_json_auto_id(
            {
                "type": "media_source/resolve_media",
                "media_content_id": item["media_content_id"],
            }
        )
        played = (await client.receive_json())["result"]
        assert played["url"].startswith(
            f"/api/antt_camera/server1/event/{EVENT}/hls/index.m3u8?authSig="
        )
        scene.frigate.broken["/api/exports"] = 500
        await client.send_json_auto_id(
            {"type": "media_source/browse_media", "media_content_id": f"{ROOT}/server1/exports"}
        )
        refused = await client.receive_json()
        assert refused["error"]["code"] == "browse_media_failed"
        assert "Frigate 1" in refused["error"]["message"]
