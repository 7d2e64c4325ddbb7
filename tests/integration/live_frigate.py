"""A small real web server with Frigate's websocket too, which says exactly what a test wants said."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
import json
from typing import Any, override

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.antt_camera.const import DOMAIN
from custom_components.antt_camera.sensor_base import MINUTE
from custom_components.antt_camera.server import FrigateServer

from .conftest import make_commune, server_of, set_up
from .small_frigate import SmallFrigate, camera, running

CAMERA = "cong_truoc"
NOW = 1_795_000_000.0
# No value that Frigate would have, and each once: an unchanged one is not told.
_NUMBERS = count(1000)
JPEG = b"\xff\xd8\xff\xe0picture"


def full_camera(name: str = "Cổng trước", **more: Any) -> dict[str, Any]:
    """A camera of `/api/config` on which everything is switched on."""
    return camera(
        name,
        **{
            "objects": {"track": ["person", "car"]},
            "zones": {
                "san": {
                    "coordinates": "0,0,1,0,1,1",
                    "friendly_name": "Sân",
                    "objects": ["person"],
                }
            },
            "motion": {"enabled": True},
            "snapshots": {"enabled": True},
            "review": {
                "alerts": {"enabled": True, "enabled_in_config": True},
                "detections": {"enabled": True, "enabled_in_config": True},
            },
            "audio": {"enabled": True, "enabled_in_config": True, "listen": ["scream", "bark"]},
            "audio_transcription": {"enabled": True, "enabled_in_config": True},
            "notifications": {"enabled": True, "enabled_in_config": True},
            "onvif": {
                "host": "192.0.2.7",
                "autotracking": {"enabled": False, "enabled_in_config": True},
            },
            "lpr": {"enabled": True},
            "face_recognition": {"enabled": True},
            "ffmpeg": {"inputs": [{"roles": ["detect", "record"]}, {"roles": ["audio"]}]},
            "live": {"streams": {"Nét": f"{CAMERA}_hd", "Nhỏ": CAMERA}},
            "semantic_search": {
                "triggers": {"ao_mua": {"enabled": True, "friendly_name": "Áo mưa"}}
            },
            **more,
        },
    )


def full_server() -> dict[str, Any]:
    """The rest of `/api/config`."""
    return {
        "go2rtc": {"streams": {CAMERA: ["rtsp://x"], f"{CAMERA}_hd": ["rtsp://y"]}},
        "birdseye": {"enabled": True, "restream": True, "mode": "objects"},
        "lpr": {"enabled": True, "known_plates": {"Xe UBND": ["30A12345"]}},
        "face_recognition": {"enabled": True},
        "detectors": {"ov": {"type": "openvino"}},
        "classification": {
            "custom": {
                "cong": {"enabled": True, "state_config": {"cameras": {CAMERA: {}}}},
                "dong_phuc": {
                    "enabled": True,
                    "object_config": {
                        "objects": ["person"],
                        "classification_type": "attribute",
                    },
                },
            }
        },
    }


def full_stats(camera_fps: float = 5.0, **camera_stats: Any) -> dict[str, Any]:
    """`/api/stats` of such a server."""
    disk = {"total": 1000.0, "used": 825.0, "free": 175.0, "mount_type": "ext4"}
    return {
        "cameras": {
            CAMERA: {
                "camera_fps": camera_fps,
                "process_fps": 5.0,
                "skipped_fps": 0.0,
                "detection_fps": 2.5,
                "expected_fps": 5,
                "connection_quality": "fair",
                "reconnects_last_hour": 1,
                "stalls_last_hour": 2,
                "ffmpeg_cpu": "0.6",
                "capture_cpu": None,
                "detect_cpu": "1.5",
                **camera_stats,
            }
        },
        "detectors": {"ov": {"inference_speed": 9.47, "pid": 7, "temperature": 51.0}},
        "detection_fps": 2.5,
        "cpu_usages": {"frigate.full_system": {"cpu": "41.5", "mem": "10.5"}},
        "gpu_usages": {"intel-gpu": {"gpu": "12.5%", "mem": "-%"}},
        "service": {
            "uptime": 3600,
            "version": "0.18.0-e3fa70189",
            "latest_version": "0.18.1",
            "last_updated": NOW,
            "storage": {"/media/frigate/recordings": disk},
        },
    }


@dataclass
class LiveFrigate(SmallFrigate):
    """Answers what is asked over HTTP; `say()` pushes a message, `commands` is what was sent to it."""

    cameras: dict[str, Any] = field(default_factory=lambda: {CAMERA: full_camera()})
    more: dict[str, Any] = field(default_factory=full_server)
    stats: dict[str, Any] = field(default_factory=full_stats)
    activity: dict[str, Any] = field(default_factory=dict)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    days: list[str] = field(default_factory=lambda: ["2026-11-20", "2026-11-23", "2026-11-24"])
    # Pictures by path: content type and bytes.
    pictures: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    commands: list[tuple[str, Any]] = field(default_factory=list)
    obeys: bool = True

    def __post_init__(self) -> None:
        """Take over the websocket."""
        self.served.answers["/ws"] = self._live

    async def _live(self, request: web.Request) -> web.StreamResponse:
        if (status := self.broken.get("/ws")) is not None:
            return web.Response(status=status, text="<html>", content_type="text/html")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.served.sockets.append(socket)
        async for frame in socket:
            message = json.loads(frame.data)
            topic, payload = message["topic"], message["payload"]
            self.commands.append((topic, payload))
            if topic == "onConnect":
                await self.say("camera_activity", self.activity)
            elif topic.endswith("/set") and self.obeys:
                await self.say(topic.removesuffix("/set") + "/state", payload)
        return socket

    async def hang_up(self, status: int = 502) -> None:
        """Close the live connections and refuse new ones, until `broken` is cleared."""
        self.broken["/ws"] = status
        for socket in self.served.sockets:
            await socket.close()

    async def say(self, topic: str, payload: Any) -> None:
        """Push a message; documents go as JSON text, as Frigate sends them."""
        if isinstance(payload, dict | list):
            payload = json.dumps(payload)
        for socket in self.served.sockets:
            if not socket.closed:
                await socket.send_json({"topic": topic, "payload": payload})

    @override
    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(self.served.base)
        if path not in self.broken and (picture := self.pictures.get(path)) is not None:
            return web.Response(body=picture[1], content_type=picture[0])
        if path not in self.broken and (found := self._document(path)) is not None:
            return web.json_response(found)
        return await super().answer(request)

    def _document(self, path: str) -> Any:
        documents: Mapping[str, Any] = {
            "/api/stats": self.stats,
            "/api/review": self.reviews,
            "/api/events": self.rows,
            "/api/recordings/storage": {
                "Cổng trước": {"bandwidth": 1.0, "usage": 2048.0, "usage_percent": 100}
            },
            "/api/recordings/summary": dict.fromkeys(self.days, True),
            "/api/faces": {"train": [], "Lan": ["1.webp"]},
            "/api/classification/cong/dataset": {"categories": {"mo": [], "dong": []}},
            "/api/classification/dong_phuc/dataset": {"categories": {"none": [], "cong_an": []}},
            f"/api/{CAMERA}/ptz/info": {"name": CAMERA, "features": [], "presets": []},
        }
        return documents.get(path)

    def paths(self, ending: str) -> list[str]:
        """Requested paths with such an ending."""
        return [one.path for one in self.served.requests if one.path.endswith(ending)]


@dataclass
class Scene:
    """A Home Assistant with one such server, connected."""

    hass: HomeAssistant
    frigate: LiveFrigate
    entry: MockConfigEntry

    @property
    def server(self) -> FrigateServer:
        """The server."""
        return server_of(self.entry)

    def entity_id(self, platform: str, tail: str) -> str | None:
        """Entity id by the end of the unique id, after the server's."""
        registry = er.async_get(self.hass)
        return registry.async_get_entity_id(platform, DOMAIN, f"{self.server.id}:{tail}")

    def state(self, platform: str, tail: str) -> str:
        """State of an entity."""
        entity_id = self.entity_id(platform, tail)
        assert entity_id is not None, f"no {platform} {tail}"
        state = self.hass.states.get(entity_id)
        assert state is not None, f"{entity_id} is off"
        return state.state

    def attributes(self, platform: str, tail: str) -> Mapping[str, Any]:
        """Attributes of an entity that is switched on."""
        state = self.hass.states.get(str(self.entity_id(platform, tail)))
        assert state is not None
        return state.attributes

    async def say(self, topic: str, payload: Any) -> None:
        """Push a message and wait until Home Assistant has taken it."""
        await self.frigate.say(topic, payload)
        await self.settle()

    async def settle(self) -> None:
        """Wait until a message that is pushed now was taken: whatever was said before it was too."""
        arrived = asyncio.Event()
        key = f"{CAMERA}/motion_threshold/state"
        value = next(_NUMBERS)
        stop = self.server.async_listen(
            (key,),
            lambda: arrived.set() if self.server.live.get(key) == value else None,
        )
        try:
            await self.frigate.say(key, value)
            async with asyncio.timeout(10):
                await arrived.wait()
        finally:
            stop()
        await self.hass.async_block_till_done()

    async def minute(self) -> None:
        """Let the integration's own clock strike, without the timers of every socket."""
        self.server.live.touch(MINUTE)
        self.server.dispatcher.async_changed()
        await self.hass.async_block_till_done()

    async def enable(self, *which: tuple[str, str]) -> None:
        """Switch entities on that are off, as a user would, and load the entry again."""
        registry = er.async_get(self.hass)
        for platform, tail in which:
            entity_id = self.entity_id(platform, tail)
            assert entity_id is not None, f"no {platform} {tail}"
            registry.async_update_entity(entity_id, disabled_by=None)
        await self.reload()

    async def reload(self) -> None:
        """Load the entry again."""
        assert await self.hass.config_entries.async_unload(self.entry.entry_id)
        await set_up(self.hass, self.entry)


@asynccontextmanager
async def living(hass: HomeAssistant, frigate: LiveFrigate | None = None) -> AsyncIterator[Scene]:
    """Run such a server and set a commune up with it."""
    async with running(frigate or LiveFrigate()) as served:
        assert isinstance(served, LiveFrigate)
        entry = make_commune(hass, served.url)
        await set_up(hass, entry)
        yield Scene(hass, served, entry)
        if entry.state.recoverable:
            await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


def tracked(identity: str = "1795000000.1-abcdef", **more: Any) -> dict[str, Any]:
    """An object as `events` brings it."""
    return {
        "id": identity,
        "camera": CAMERA,
        "label": "person",
        "sub_label": None,
        "score": 0.8,
        "top_score": 0.9,
        "start_time": NOW,
        "end_time": None,
        "current_zones": [],
        "entered_zones": [],
        "active": True,
        "stationary": False,
        "has_snapshot": True,
        "has_clip": True,
        "false_positive": False,
        **more,
    }


def review(identity: str = "1795000000.5-review", **more: Any) -> dict[str, Any]:
    """A review as `reviews` and `/api/review` bring it."""
    return {
        "id": identity,
        "camera": CAMERA,
        "severity": "detection",
        "start_time": NOW,
        "end_time": None,
        "data": {
            "objects": ["person"],
            "sub_labels": ["Lan"],
            "zones": ["san"],
            "audio": [],
            "detections": ["1795000000.1-abcdef"],
        },
        **more,
    }
