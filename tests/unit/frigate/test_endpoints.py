"""Each endpoint: what is asked, byte for byte where it matters, and what becomes of the answer."""

from collections.abc import Awaitable, Callable
import json
from typing import Any

from aiohttp import web
import pytest

from custom_components.antt_camera.frigate.client import (
    FrigateClient,
    Profiles,
    PtzInfo,
    UserProfile,
)
from custom_components.antt_camera.frigate.errors import FrigateAnswerError, FrigateError
from custom_components.antt_camera.frigate.version import FrigateVersion

from .fake_frigate import FakeFrigate, answering, client_of

JPEG = b"\xff\xd8\xff\xe0"

type Ask = Callable[[FrigateClient], Awaitable[Any]]

EXPORT = {"success": True, "export_id": "cong_1", "status": "queued"}

CALLS: dict[str, tuple[Ask, str, Any, Any]] = {
    # name: (call, "METHOD path?query" as sent, answer, result)
    "event": (lambda c: c.get_event("1.5-a"), "GET /api/events/1.5-a", {"id": "x"}, {"id": "x"}),
    "quoted": (
        lambda c: c.get_event("../a/b?c=d#e ô"),
        "GET /api/events/..%2Fa%2Fb%3Fc%3Dd%23e%20%C3%B4",
        {},
        {},
    ),
    "search": (
        lambda c: c.search_events("áo đỏ", cameras=("a", "b"), limit=5),
        "GET /api/events/search?query=áo đỏ&cameras=a,b&limit=5",
        [],
        [],
    ),
    "events_summary": (
        lambda c: c.get_events_summary("Asia/Ho_Chi_Minh"),
        "GET /api/events/summary?timezone=Asia/Ho_Chi_Minh",
        [{"camera": "a"}, 5],
        [{"camera": "a"}],
    ),
    "recent": (
        lambda c: c.get_recent_event_ids(),
        "GET /api/events?limit=20",
        [{"id": "b"}, {"id": 5}, None, {"id": "a"}],
        ["b", "a"],
    ),
    "review": (lambda c: c.get_review("r"), "GET /api/review/r", {"id": "r"}, {"id": "r"}),
    "review_summary": (
        lambda c: c.get_review_summary("UTC", cameras=["a"]),
        "GET /api/review/summary?timezone=UTC&cameras=a",
        {},
        {},
    ),
    "summarize": (
        lambda c: c.summarize_reviews(1.4, 2.6),
        "POST /api/review/summarize/start/1/end/3",
        {"success": True, "summary": "Quiet."},
        "Quiet.",
    ),
    "hours": (
        lambda c: c.get_recordings_summary("a", "UTC"),
        "GET /api/a/recordings/summary?timezone=UTC",
        [{"day": "2026-11-24"}],
        [{"day": "2026-11-24"}],
    ),
    "days": (
        lambda c: c.get_recording_days(timezone="UTC"),
        "GET /api/recordings/summary?timezone=UTC",
        {"2026-11-24": True, "2026-11-23": False},
        {"2026-11-24"},
    ),
    "segments": (
        lambda c: c.get_recordings("a", 1.5, 2.5),
        "GET /api/a/recordings?after=1.5&before=2.5",
        [],
        [],
    ),
    "storage": (
        lambda c: c.get_storage(),
        "GET /api/recordings/storage",
        {"Cổng": {"usage": 5}, "b": {"usage": 1.5}, "c": {"usage": "x"}, "d": 5, "e": {}},
        {"Cổng": 5.0, "b": 1.5},
    ),
    "exports": (lambda c: c.get_exports(), "GET /api/exports", [{"id": "e"}], [{"id": "e"}]),
    "export": (lambda c: c.get_export("e"), "GET /api/exports/e", {"id": "e"}, {"id": "e"}),
    "jobs": (lambda c: c.get_export_jobs(), "GET /api/jobs/export", [{"id": "e"}], [{"id": "e"}]),
    "profile": (
        lambda c: c.get_profile(),
        "GET /api/profile",
        {"username": "lan", "role": "xom_1", "allowed_cameras": ["a", "b"]},
        UserProfile(username="lan", role="xom_1", allowed_cameras=("a", "b")),
    ),
    "profile_viewer": (
        lambda c: c.get_profile(),
        "GET /api/profile",
        {"username": "lan", "role": "viewer", "allowed_cameras": ["a"]},
        UserProfile(username="lan", role="viewer", allowed_cameras=None),
    ),
    "profiles": (
        lambda c: c.get_profiles(),
        "GET /api/profiles",
        {
            "profiles": [{"name": "n", "friendly_name": "Đêm"}, {"name": "m"}, 5, {"x": 1}],
            "active_profile": None,
        },
        Profiles(names={"n": "Đêm", "m": "m"}, active=None),
    ),
    "profiles_odd": (
        lambda c: c.get_profiles(),
        "GET /api/profiles",
        {"profiles": 5, "active_profile": "n"},
        Profiles(names={}, active="n"),
    ),
    "ptz": (
        lambda c: c.get_ptz_info("a"),
        "GET /api/a/ptz/info",
        {"name": "a", "features": ["pt", 5], "presets": ["home"], "profiles": []},
        PtzInfo(name="a", features=("pt",), presets=("home",)),
    ),
    "no_ptz": (
        lambda c: c.get_ptz_info("a"),
        "GET /api/a/ptz/info",
        {},
        PtzInfo(name=None, features=(), presets=()),
    ),
    "push_key": (lambda c: c.get_push_key(), "GET /api/notifications/pubkey", '"BPk"', "BPk"),
    "no_push_key": (lambda c: c.get_push_key(), "GET /api/notifications/pubkey", None, None),
    "faces": (
        lambda c: c.get_faces(),
        "GET /api/faces",
        {"Lan": ["1.webp"], "train": []},
        ("Lan",),
    ),
    "classes": (
        lambda c: c.get_classes("cua"),
        "GET /api/classification/cua/dataset",
        {"categories": {"mo": [], "dong": []}, "training_metadata": {}},
        ("mo", "dong"),
    ),
}


def sent(request: web.Request) -> str:
    """A request in one line: the path as on the wire, the query readable."""
    query = "&".join(f"{key}={value}" for key, value in request.query.items())
    return f"{request.method} {request.rel_url.raw_path}{'?' if query else ''}{query}"


@pytest.fixture(autouse=True)
def without_login(frigate: FakeFrigate) -> None:
    """As on the port without a login."""
    frigate.needs_login = False


@pytest.mark.parametrize("name", CALLS)
async def test_reading(frigate: FakeFrigate, name: str) -> None:
    """The right question, and a tolerant reading of the answer."""
    call, line, answer, result = CALLS[name]
    frigate.fallback = answering(200, answer)
    async with client_of(frigate, login=False) as client:
        assert await call(client) == result
    assert [sent(request) for request in frigate.requests] == [line]


@pytest.mark.parametrize("name", sorted(CALLS.keys() - {"push_key", "no_push_key"}))
@pytest.mark.parametrize("answer", [5, "text", [[5], None]])
async def test_reading_of_nonsense(frigate: FakeFrigate, name: str, answer: Any) -> None:
    """JSON of another shape is an error of the family; of a list what is no row is left out."""
    frigate.fallback = answering(200, json.dumps(answer))
    async with client_of(frigate, login=False) as client:
        try:
            result = await CALLS[name][0](client)
        except FrigateAnswerError:
            assert not isinstance(answer, list) or not isinstance(CALLS[name][2], list)
        else:
            assert result == []


async def test_filters_of_events(frigate: FakeFrigate) -> None:
    """Flags are 0 or 1 (`true` is refused), what isn't given isn't sent, empty lists filter nothing."""
    frigate.fallback = answering(200, [])
    async with client_of(frigate, login=False) as client:
        await client.get_events(
            cameras=["a", "b"],
            labels=(),
            zones=[],
            has_clip=True,
            has_snapshot=False,
            favorites=None,
            after=1.5,
            limit=0,
            event_id="e",
            plate="51F.*",
        )
        await client.get_reviews(cameras=("a",), severity="alert", reviewed=False, limit=3)
    assert dict(frigate.requests[0].query) == {
        "cameras": "a,b",
        "has_clip": "1",
        "has_snapshot": "0",
        "after": "1.5",
        "limit": "0",
        "event_id": "e",
        "recognized_license_plate": "51F.*",
    }
    assert dict(frigate.requests[1].query) == {
        "cameras": "a",
        "severity": "alert",
        "reviewed": "0",
        "limit": "3",
    }


WRITES: dict[str, tuple[Ask, str, Any]] = {
    "end": (lambda c: c.end_event("e"), "PUT /api/events/e/end", {}),
    "end_at": (lambda c: c.end_event("e", 5.5), "PUT /api/events/e/end", {"end_time": 5.5}),
    "keep": (lambda c: c.set_favorite("e", True), "POST /api/events/e/retain", None),
    "drop": (lambda c: c.set_favorite("e", False), "DELETE /api/events/e/retain", None),
    "name": (
        lambda c: c.set_sub_label("e", "Lan", 0.5),
        "POST /api/events/e/sub_label",
        {"subLabel": "Lan", "subLabelScore": 0.5},
    ),
    "no_name": (
        lambda c: c.set_sub_label("e", ""),
        "POST /api/events/e/sub_label",
        {"subLabel": ""},
    ),
    "reviewed": (
        lambda c: c.mark_reviewed(("a", "b")),
        "POST /api/reviews/viewed",
        {"ids": ["a", "b"], "reviewed": True},
    ),
    "restart": (lambda c: c.restart(), "POST /api/restart", None),
    "feature": (
        lambda c: c.set_camera_feature("a", "detect", "OFF"),
        "PUT /api/camera/a/set/detect",
        {"value": "OFF"},
    ),
    "zone": (
        lambda c: c.set_camera_feature("a", "zone", "ON", part_of="sân sau"),
        "PUT /api/camera/a/set/zone/s%C3%A2n%20sau",
        {"value": "ON"},
    ),
}


@pytest.mark.parametrize("name", WRITES)
async def test_writing(frigate: FakeFrigate, name: str) -> None:
    """What changes something says it exactly."""
    call, line, body = WRITES[name]
    async with client_of(frigate, login=False) as client:
        await call(client)
    assert [sent(request) for request in frigate.requests] == [line]
    assert (json.loads(frigate.bodies[0]) if frigate.bodies[0] else None) == body


async def test_event_by_hand(frigate: FakeFrigate) -> None:
    """Without a duration it lasts until it is ended: null, not left out, which would be 30 s."""
    frigate.fallback = answering(200, {"success": True, "event_id": "e"})
    async with client_of(frigate, login=False) as client:
        assert await client.create_event("a", "chuông cửa", duration=None) == "e"
        await client.create_event("a", "b", sub_label="x", score=0.0, include_recording=False)
    assert sent(frigate.requests[0]) == "POST /api/events/a/chu%C3%B4ng%20c%E1%BB%ADa/create"
    assert [json.loads(body) for body in frigate.bodies] == [
        {"duration": None, "include_recording": True},
        {"duration": 30, "include_recording": False, "sub_label": "x", "score": 0.0},
    ]


async def test_event_by_hand_without_id(frigate: FakeFrigate) -> None:
    """Success without an id is none."""
    async with client_of(frigate, login=False) as client:
        with pytest.raises(FrigateAnswerError):
            await client.create_event("a", "b")


@pytest.mark.parametrize(
    ("version", "playback", "path"),
    [
        ("0.16.4", None, "export"),
        ("0.17.0", "timelapse_25x", "export"),
        ("0.18.0-e3fa70189", "realtime", "export"),
        ("0.18.0-e3fa70189", "timelapse_25x", "export/custom"),
    ],
)
async def test_export(frigate: FakeFrigate, version: str, playback: Any, path: str) -> None:
    """0.18 ignores the speed at the old endpoint and would export hours at normal speed."""
    frigate.answers["/api/version"] = answering(200, version)
    frigate.fallback = answering(202, EXPORT)
    async with client_of(frigate, login=False) as client:
        await client.get_version()
        assert await client.create_export("a", 1.0, 2.0, name="Tên", playback=playback) == "cong_1"
    assert sent(frigate.requests[1]) == f"POST /api/{path}/a/start/1/end/2"
    assert json.loads(frigate.bodies[1]) == {
        "source": "recordings",
        "playback": playback or "realtime",
        "name": "Tên",
    }


@pytest.mark.parametrize(
    ("version", "lines"),
    [
        ("0.17.1", ["DELETE /api/export/x", "DELETE /api/export/y"]),
        ("0.18.0", ["POST /api/exports/delete"]),
    ],
)
async def test_delete_exports(frigate: FakeFrigate, version: str, lines: list[str]) -> None:
    """0.18 took the old endpoint away."""
    frigate.answers["/api/version"] = answering(200, version)
    async with client_of(frigate, login=False) as client:
        await client.get_version()
        await client.delete_exports(("x", "y"))
    assert [sent(request) for request in frigate.requests[1:]] == lines
    assert not frigate.bodies[-1] or json.loads(frigate.bodies[-1]) == {"ids": ["x", "y"]}


async def test_version(frigate: FakeFrigate) -> None:
    """Remembered for whoever has to know what the release can do."""
    frigate.answers["/api/version"] = answering(200, "0.18.0-e3fa70189\n")
    async with client_of(frigate, login=False) as client:
        assert client.version is None
        assert await client.get_version() == FrigateVersion(0, 18, 0)
        assert client.version == FrigateVersion(0, 18, 0)


@pytest.mark.parametrize("text", ["", "<html></html>", "Frigate is running.", "ÿ"])
async def test_no_version(frigate: FakeFrigate, text: str) -> None:
    """Something else than Frigate lives at the address."""
    frigate.answers["/api/version"] = answering(200, text)
    async with client_of(frigate, login=False) as client:
        with pytest.raises(FrigateAnswerError):
            await client.get_version()


PICTURES: dict[str, tuple[Ask, str]] = {
    "latest": (lambda c: c.latest_image("a", 720), "GET /api/a/latest.jpg?height=720"),
    "full": (lambda c: c.latest_image("a"), "GET /api/a/latest.jpg"),
    "snapshot": (lambda c: c.snapshot("e"), "GET /api/events/e/snapshot.jpg"),
    "thumbnail": (lambda c: c.thumbnail("e"), "GET /api/events/e/thumbnail.jpg"),
}


@pytest.mark.parametrize("name", PICTURES)
async def test_picture(frigate: FakeFrigate, name: str) -> None:
    """Bytes as they came."""

    async def picture(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=JPEG, content_type="image/jpeg")

    call, line = PICTURES[name]
    frigate.fallback = picture
    async with client_of(frigate, login=False) as client:
        assert await call(client) == JPEG
    assert [sent(request) for request in frigate.requests] == [line]


async def test_page_is_no_picture(frigate: FakeFrigate) -> None:
    """Error pages come with 200 too."""
    frigate.fallback = answering(200, "<html>", content_type="text/html")
    async with client_of(frigate, login=False) as client:
        with pytest.raises(FrigateAnswerError):
            await client.latest_image("a")


async def test_webrtc(frigate: FakeFrigate) -> None:
    """An offer goes as it is, and only an answer comes back."""
    frigate.fallback = answering(201, "v=0\r\no=-", content_type="application/sdp")
    async with client_of(frigate, login=False) as client:
        assert await client.webrtc_offer("cong & san", "v=0\r\n") == "v=0\r\no=-"
        frigate.fallback = answering(200, "<html>")
        with pytest.raises(FrigateError):
            await client.webrtc_offer("cong", "v=0\r\n")
    request = frigate.requests[0]
    assert (request.method, request.path) == ("POST", "/api/go2rtc/webrtc")
    assert dict(request.query) == {"src": "cong & san"}
    assert request.content_type == "application/sdp"
    assert frigate.bodies[0] == b"v=0\r\n"


async def test_configuration(frigate: FakeFrigate) -> None:
    """As bytes for whoever compares and parses it, and parsed."""
    frigate.answers["/api/config"] = answering(200, '{"cameras": {}}')
    async with client_of(frigate, login=False) as client:
        assert await client.get_config_bytes() == b'{"cameras": {}}'
        assert await client.get_config() == {"cameras": {}}
