"""Diagnostics and system health: useful for a bug report, and nothing in them that is nobody's business."""

from collections.abc import Mapping
from http import HTTPStatus
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.antt_camera.const import DOMAIN
from custom_components.antt_camera.diagnostics import async_get_device_diagnostics

from .conftest import make_commune, set_up
from .live_frigate import CAMERA, Scene, full_camera, full_server, full_stats, review, tracked
from .media_frigate import LOGIN, MediaFrigate, media_of, media_scene
from .small_frigate import PASSWORD, USER, running

# Each once, at many places; none may come out anywhere.
SECRETS: Mapping[str, str] = {
    "camera key": "nha_ba_tham",
    "camera name": "Nhà bà Thắm",
    "camera password": "hik-Matkhau1",
    "environment": "env-Bimat2",
    "genai key": "sk-Bimat3",
    "mqtt password": "mq-Bimat4",
    "mqtt host": "moqui.xa.example",
    "mqtt client": "may-truc-ban",
    "topic prefix": "xa_hoa_binh_cctv",
    "plate": "29B1-99988",
    "plate owner": "Xe ông Tuất",
    "face": "Nguyễn Văn Tuất",
    "zone key": "san_ba_tham",
    "zone name": "Sân bà Thắm",
    "coordinates": "0.123,0.456,0.789",
    "role": "to_truong_thon_3",
    "trigger": "ao_do_ong_tuat",
    "model": "nguoi_nha_tham",
    "profile": "gio_ngu_ba_tham",
    "webui": "camera-nha-tham.example",
    "transcription": "cứu tôi với",
    "template": "tmpl-Bimat5",
    "latitude": "20.815217",
    "login password": PASSWORD,
}


def secret_frigate() -> MediaFrigate:
    """A server that knows all of that."""
    it = SECRETS
    camera = full_camera(
        it["camera name"],
        zones={
            it["zone key"]: {
                "coordinates": it["coordinates"],
                "friendly_name": it["zone name"],
                "objects": ["person"],
            }
        },
        ffmpeg={
            "inputs": [
                {
                    "roles": ["detect", "record"],
                    "path": f"rtsp://admin:{it['camera password']}@10.0.0.9/",
                }
            ]
        },
        onvif={"host": "10.0.0.9", "user": "admin", "password": it["camera password"]},
        motion={
            "enabled": True,
            "mask": {it["zone key"]: {"coordinates": it["coordinates"], "enabled": True}},
        },
        semantic_search={"triggers": {it["trigger"]: {"enabled": True}}},
        webui_url=f"http://{it['webui']}/",
        live={"streams": {it["zone name"]: it["camera key"]}},
    )
    more = full_server() | {
        "go2rtc": {"streams": {it["camera key"]: [f"rtsp://admin:{it['camera password']}@x/"]}},
        "environment_vars": {"FRIGATE_RTSP_PASSWORD": it["environment"]},
        "genai": {"x": {"api_key": it["genai key"]}},
        "lpr": {"enabled": True, "known_plates": {it["plate owner"]: [it["plate"]]}},
        "profiles": {it["profile"]: {"friendly_name": it["profile"]}},
        "camera_groups": {it["camera name"]: {"cameras": [it["camera key"]], "order": 1}},
        "classification": {
            "custom": {
                it["model"]: {
                    "enabled": True,
                    "state_config": {"cameras": {it["camera key"]: {}}},
                }
            }
        },
    }
    frigate = MediaFrigate(cameras={it["camera key"]: camera}, more=more)
    frigate.mqtt = {
        "enabled": True,
        "host": it["mqtt host"],
        "user": "mq",
        "password": it["mqtt password"],
        "client_id": it["mqtt client"],
        "topic_prefix": it["topic prefix"],
    }
    frigate.profile = {"username": USER, "role": it["role"], "allowed_cameras": [it["camera key"]]}
    frigate.stats = full_stats()
    frigate.stats["cameras"] = {it["camera key"]: frigate.stats["cameras"][CAMERA]}
    frigate.documents["/api/faces"] = {it["face"]: ["1.webp"]}
    frigate.documents["/api/profiles"] = {
        "profiles": [{"name": it["profile"], "friendly_name": it["profile"]}],
        "active_profile": it["profile"],
    }
    frigate.served.needs_login = True
    return frigate


async def live_through(scene: Scene) -> None:
    """Let the server tell secrets, some of them in ways that are not understood and therefore counted."""
    it = SECRETS
    key = it["camera key"]
    seen = tracked(camera=key, sub_label=[it["face"], 0.9], current_zones=[it["zone key"]])
    seen |= {"recognized_license_plate": [it["plate"], 0.9]}
    update = {"type": "lpr", "id": seen["id"], "camera": key, "plate": it["plate"], "name": 7}
    strange = ("not", "what", "was", "expected")
    for topic, payload in (
        ("events", {"type": "new", "before": seen, "after": seen}),
        ("reviews", {"type": "new", "before": {}, "after": review(camera=key)}),
        ("tracked_object_update", update | {"name": it["plate owner"], "score": 0.9}),
        ("tracked_object_update", update),
        (f"{key}/audio/transcription", it["transcription"]),
        (f"{key}/person", strange),
        (f"{key}/zone/{it['zone key']}/state", strange),
        (f"{key}/motion_mask/{it['zone key']}/state", strange),
        (f"{it['zone key']}/person", strange),
        (f"{key}/classification/{it['model']}", strange),
        ("profile/state", it["profile"]),
    ):
        await scene.frigate.say(topic, json.dumps(payload) if payload is strange else payload)
    live = scene.server.live
    mask = f"{key}/motion_mask/{it['zone key']}/state"
    while mask not in live.problems.counts or f"{key}/person" not in live.problems.counts:
        await scene.hass.async_block_till_done()


def search(download: str) -> list[str]:
    """Which secrets are in a text, however it is written."""
    text = json.dumps(json.loads(download), ensure_ascii=False)
    found = [
        kind
        for kind, secret in SECRETS.items()
        if secret.casefold() in text.casefold() or secret.casefold() in download.casefold()
    ]
    return found + (["address"] if "127.0.0.1" in text or "10.0.0.9" in text else [])


async def download(client: Any, path: str) -> dict[str, Any]:
    """Download diagnostics, search them, and return what is ours in them."""
    async with client.get(f"/api/diagnostics/{path}") as response:
        assert response.status == HTTPStatus.OK
        text = await response.text()
    assert search(text) == []
    data: dict[str, Any] = json.loads(text)["data"]
    return data


async def test_search_finds() -> None:
    """The search would see every secret."""
    assert len(search(json.dumps(dict(SECRETS)))) == len(SECRETS)


async def test_no_secrets(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of people, places, plates or credentials leaves, from the commune or from any device."""
    hass.config.latitude = float(SECRETS["latitude"])
    settings = {
        **LOGIN,
        "rtsp_template": f"rtsp://x:{SECRETS['template']}@nvr/",
        "topic_prefix": SECRETS["topic prefix"],
    }
    async with media_scene(hass, secret_frigate(), **settings) as scene:
        await live_through(scene)
        client = await hass_client()
        data = await download(client, f"config_entry/{scene.entry.entry_id}")
        (server,) = data["servers"]
        assert server["settings"]["has_login"] is True
        assert server["available"] is True
        assert server["version"] == "0.18.0"
        assert server["features"]["lpr"] is True
        assert server["role"] == "other"
        assert server["settings"]["own_topic_prefix"] is True
        assert server["problems"].keys() >= {
            "<camera>/person",
            "<camera>/zone/<name>/state",
            "<camera>/motion_mask/<name>/state",
        }
        assert server["open_objects"] == 1
        (camera,) = server["cameras"]
        assert camera["labels"] == ["person", "car"]
        assert camera["size"] == [1280, 720]
        assert camera["camera_fps"] == 5.0

        kinds = []
        registry, entry_id = dr.async_get(hass), scene.entry.entry_id
        for device in (
            *dr.async_entries_for_config_entry(registry, entry_id),
            *dr.async_child_entries_for_config_entry(registry, entry_id),
        ):
            data = await download(client, f"config_entry/{scene.entry.entry_id}/device/{device.id}")
            kinds.append(sorted(data))
            if "camera" in data:
                assert data["camera"] == camera
                assert data["server"]["cameras"] == []
        # The server, its camera, and the zone, which tells of its camera.
        assert sorted(kinds) == [["camera", "server"], ["camera", "server"], ["server"]]
    log = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.antt_camera")
    )
    assert "Frigate 1" in log
    for kind in ("camera password", "login password", "template", "plate", "face"):
        assert SECRETS[kind] not in log


async def test_foreign_device(hass: HomeAssistant) -> None:
    """A device that is no longer any server's has nothing to tell."""
    async with media_scene(hass) as scene:
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=scene.entry.entry_id, identifiers={(DOMAIN, "gone:camera")}
        )
        assert await async_get_device_diagnostics(hass, scene.entry, device) == {}


async def test_server_down(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    """A server that is not there is described from memory, with the kind of its error."""
    async with media_scene(hass) as scene:
        frigate = media_of(scene)
        assert await hass.config_entries.async_unload(scene.entry.entry_id)
        frigate.broken |= dict.fromkeys(("/api/version", "/api/config"), 502)
        assert await hass.config_entries.async_setup(scene.entry.entry_id)
        client = await hass_client()
        data = await download(client, f"config_entry/{scene.entry.entry_id}")
        (server,) = data["servers"]
        assert (server["available"], server["config_is_live"]) == (False, False)
        assert server["last_error"] == "FrigateUnreachableError"
        assert len(server["cameras"]) == 1
        assert server["version"] is None


async def test_system_health(hass: HomeAssistant) -> None:
    """Counts and versions of all servers, no names and no addresses."""
    assert await async_setup_component(hass, "system_health", {})
    first, second = MediaFrigate(), MediaFrigate(version="0.17.1-a1b2c3")
    first.stats = full_stats(camera_fps=0.0)
    async with running(first), running(second):
        entry = make_commune(hass, first.url, second.url)
        await set_up(hass, entry)
        info = await get_system_health_info(hass, DOMAIN)
        assert info == {
            "servers": 2,
            "servers_connected": 2,
            "versions": "0.17.1, 0.18.0",
            "links": "/ws",
            "cameras": 2,
            "cameras_offline": 1,
            "not_understood": 0,
        }
        assert await hass.config_entries.async_unload(entry.entry_id)
        info = await get_system_health_info(hass, DOMAIN)
        assert (info["servers"], info["versions"], info["cameras"]) == (0, "", 0)
