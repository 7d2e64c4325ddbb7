"""Triggers in real automations, from the wire to what the automation is told."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    floor_registry as fr,
    label_registry as lr,
)
import pytest

from custom_components.antt_camera import server as server_module, trigger as trigger_module
from custom_components.antt_camera.const import DOMAIN
from custom_components.antt_camera.directory import async_directory

from .automations import OTHER, automate, two_cameras
from .conftest import make_commune, set_up, wait_until
from .live_frigate import (
    CAMERA,
    LiveFrigate,
    Scene,
    full_camera,
    full_stats,
    living,
    review,
    tracked,
)
from .small_frigate import running
from .working_frigate import find, lose


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A connected server with two cameras."""
    async with living(hass, two_cameras()) as made:
        yield made


def details(told: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """What automations were told, of it what is named."""
    return [tuple(one["trigger"][name] for name in names) for one in told]


def device(scene: Scene, camera: str = CAMERA) -> dr.DeviceEntry:
    """The device of a camera."""
    found = dr.async_get(scene.hass).async_get_device_by_identifier(
        (DOMAIN, f"{scene.server.id}:{camera}"), scene.entry.entry_id
    )
    assert found is not None
    return found


async def say_review(scene: Scene, kind: str, **more: Any) -> None:
    """Push a review."""
    data = {**review()["data"], **more.pop("data", {})}
    wire = review(**more, data=data)
    await scene.say("reviews", {"type": kind, "before": wire, "after": wire})


async def say_object(scene: Scene, kind: str, **more: Any) -> None:
    """Push a tracked object; `before` is what changed since."""
    before = more.pop("before", {})
    await scene.say(
        "events",
        {"type": kind, "before": tracked(**{**more, **before}), "after": tracked(**more)},
    )


async def say_plate(scene: Scene, plate: str, **more: Any) -> None:
    """Push a plate that was read."""
    wire = {"type": "lpr", "id": "1795000000.3-xe", "camera": CAMERA, "score": 0.9, "name": None}
    await scene.say("tracked_object_update", {**wire, "plate": plate, **more})


async def test_review_started(scene: Scene) -> None:
    """Once, with everything that a notification needs."""
    told = await automate(scene.hass, "review_started")
    await say_review(scene, "new", severity="alert")
    await say_review(scene, "update", severity="alert")
    await say_review(scene, "end", severity="alert")
    assert len(told) == 1
    found = told[0]["trigger"]
    assert found["platform"] == "antt_camera.review_started"
    assert found["description"] == "review_started on Cổng trước"
    wanted = {
        "server": "Frigate 1",
        "camera": CAMERA,
        "camera_name": "Cổng trước",
        "device_id": device(scene).id,
        "area_id": None,
        "what": "Person",
        "review_id": "1795000000.5-review",
        "severity": "alert",
        "objects": ["person"],
        "sounds": [],
        "zones": ["san"],
        "event_ids": ["1795000000.1-abcdef"],
        "start_time": "2026-11-18T11:06:40+00:00",
        "end_time": None,
    }
    assert {key: found[key] for key in wanted} == wanted
    assert found["picture"].endswith("/event/1795000000.1-abcdef/snapshot.jpg")


async def test_review_that_begins_with_update_or_without_object(scene: Scene) -> None:
    """Frigate announces sounds so; their picture is the review's own."""
    told = await automate(scene.hass, "review_started")
    sounds = {"objects": [], "audio": ["scream"], "detections": []}
    await say_review(scene, "genai", data=sounds)
    assert told == []
    await say_review(scene, "update", data=sounds)
    assert details(told, "sounds", "objects") == [(["scream"], [])]
    picture = told[0]["trigger"]["picture"]
    assert picture.endswith(f"/review/1795000000.5-review/{CAMERA}/thumbnail.webp")


async def test_review_filters(scene: Scene) -> None:
    """All that is asked for must hold; a review that becomes an alert is told then."""
    told = await automate(
        scene.hass, "review_started", severity=["alert"], labels=["person", "dog"], zones=["san"]
    )
    await say_review(scene, "new")
    await say_review(scene, "update", severity="alert", data={"zones": ["duong"]})
    await say_review(scene, "update", severity="alert", data={"objects": ["car"]})
    assert told == []
    await say_review(scene, "update", severity="alert")
    await say_review(scene, "update", severity="alert")
    assert details(told, "severity") == [("alert",)]
    await say_review(scene, "end", severity="alert")
    # The same id again is a new one.
    await say_review(scene, "update", severity="alert")
    assert len(told) == 2


async def test_review_in_progress_is_not_told_again(hass: HomeAssistant) -> None:
    """Automations that are loaded while something goes on tell of what begins."""
    frigate = two_cameras(reviews=[review(severity="alert")])
    async with living(hass, frigate) as scene:
        told = await automate(hass, "review_started")
        await say_review(scene, "update", severity="alert")
        assert told == []
        await say_review(scene, "new", identity="1795000001.5-other")
        assert details(told, "review_id") == [("1795000001.5-other",)]


async def test_reviews_whose_end_was_lost(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Are forgotten one day: memory has a limit."""
    monkeypatch.setattr(trigger_module, "MAX_TOLD", 2)
    told = await automate(scene.hass, "review_started")
    for number in (1, 2, 3, 1):
        await say_review(scene, "new", identity=f"179500000{number}.5-lost")
    assert len(told) == 4
    await say_review(scene, "update", identity="1795000003.5-lost")
    assert len(told) == 4


async def test_review_ended(scene: Scene) -> None:
    """Only the end, with its time."""
    told = await automate(scene.hass, "review_ended", severity="detection")
    await say_review(scene, "new")
    await say_review(scene, "end", severity="alert", end_time=1_795_000_060.0)
    assert told == []
    await say_review(scene, "end", end_time=1_795_000_060.0)
    assert details(told, "end_time") == [("2026-11-18T11:07:40+00:00",)]


async def test_object_detected(scene: Scene) -> None:
    """New ones with such a label."""
    told = await automate(scene.hass, "object_detected", labels="person")
    await say_object(scene, "new", label="car")
    await say_object(scene, "update")
    await say_object(scene, "end")
    assert told == []
    await say_object(scene, "new", current_zones=["san"])
    assert details(told, "event_id", "label", "what", "score", "zones") == [
        ("1795000000.1-abcdef", "person", "Person", 0.8, ["san"])
    ]
    assert told[0]["trigger"]["picture"].endswith("/event/1795000000.1-abcdef/snapshot.jpg")


async def test_entered_zone(scene: Scene) -> None:
    """Each zone once, whether it was entered at the start or later."""
    told = await automate(scene.hass, "entered_zone", labels=["person"], zones=["san", "ao"])
    await say_object(scene, "new", entered_zones=["duong"])
    await say_object(scene, "update", label="car", entered_zones=["san"])
    assert told == []
    zones = ["duong", "san", "ao"]
    await say_object(scene, "update", entered_zones=zones, before={"entered_zones": ["duong"]})
    await say_object(scene, "update", entered_zones=zones, before={"entered_zones": zones})
    assert details(told, "zone") == [("san",), ("ao",)]


async def test_plate_read(scene: Scene) -> None:
    """However it is written; again only when it was read differently."""
    told = await automate(scene.hass, "plate_read", plates=["30a-123.45"], min_score=0.8)
    await say_plate(scene, "29B99999")
    await say_plate(scene, "30A12345", score=0.7)
    await say_plate(scene, "30A12345", score=None)
    await say_plate(scene, "30A12345", camera=None)
    assert told == []
    await say_plate(scene, "30A12345", name="Xe UBND")
    await say_plate(scene, "30A 123.45")
    await say_plate(scene, "30A12345", id="1795000009.3-xe")
    assert details(told, "plate", "name", "score", "event_id") == [
        ("30A12345", "Xe UBND", 0.9, "1795000000.3-xe"),
        ("30A12345", None, 0.9, "1795000009.3-xe"),
    ]


async def test_any_plate(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Frigate corrects is told again; what was told has a limit."""
    monkeypatch.setattr(trigger_module, "MAX_TOLD", 1)
    told = await automate(scene.hass, "plate_read")
    await say_plate(scene, "30A1234")
    await say_plate(scene, "30A12345")
    await say_plate(scene, "30A12345")
    await say_plate(scene, "29B99999", id="1795000009.3-xe")
    await say_plate(scene, "30A12345")
    assert details(told, "plate") == [("30A1234",), ("30A12345",), ("29B99999",), ("30A12345",)]


async def test_sound_heard(scene: Scene) -> None:
    """When it begins, not while it lasts."""
    told = await automate(scene.hass, "sound_heard", sounds=["scream"])
    await scene.say(f"{CAMERA}/audio/bark", "ON")
    await scene.say(f"{CAMERA}/audio/scream", "OFF")
    assert told == []
    await scene.say(f"{CAMERA}/audio/scream", "ON")
    await scene.say(f"{CAMERA}/audio/scream", "ON")
    await scene.say(f"{CAMERA}/audio/scream", "OFF")
    await scene.say(f"{CAMERA}/audio/scream", "ON")
    assert details(told, "sound", "camera") == [("scream", CAMERA)] * 2


async def test_camera_went_offline_and_came_back(scene: Scene) -> None:
    """By its health; switching it off is neither."""
    told = await automate(scene.hass, "camera_went_offline")
    assert scene.server.live.camera_status(CAMERA) == "online"
    await scene.say(f"{CAMERA}/enabled/state", "OFF")
    await scene.say(f"{CAMERA}/enabled/state", "ON")
    assert told == []
    await scene.say("stats", full_stats(0.0))
    await scene.say("stats", full_stats(0.0))
    assert details(told, "camera") == [(CAMERA,)]


async def test_camera_came_back(scene: Scene) -> None:
    """Only what was offline comes back."""
    told = await automate(scene.hass, "camera_came_back")
    await scene.say(f"{OTHER}/status/detect", "online")
    await scene.say(f"{CAMERA}/status/detect", "offline")
    assert told == []
    await scene.say(f"{CAMERA}/status/detect", "online")
    assert details(told, "camera") == [(CAMERA,)]


async def test_lost_server_is_no_lost_camera(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a server that restarts nothing is told; of a camera that fell off meanwhile is."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 0.05)
    told = await automate(scene.hass, "camera_went_offline")
    await lose(scene)
    await find(scene)
    await scene.settle()
    assert told == []
    await lose(scene)
    scene.frigate.stats = full_stats(0.0)
    await find(scene)
    await scene.settle()
    assert details(told, "camera") == [(CAMERA,)]


@pytest.mark.parametrize(
    "kind", ["entity_id", "device_id", "area_id", "floor_id", "label_id", "server"]
)
async def test_targets(scene: Scene, kind: str) -> None:
    """Each way to name cameras."""
    hass, devices = scene.hass, dr.async_get(scene.hass)
    floor = fr.async_get(hass).async_create("Xã")
    area = ar.async_get(hass).async_create("Thôn Đông", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Cổng")
    devices.async_update_device(device(scene).id, area_id=area.id, labels={label.label_id})
    server = devices.async_get_device_by_identifier((DOMAIN, scene.server.id), scene.entry.entry_id)
    assert server is not None
    targets: dict[str, dict[str, Any]] = {
        "entity_id": {"entity_id": scene.entity_id("camera", f"{CAMERA}:camera")},
        "device_id": {"device_id": device(scene).id},
        "area_id": {"area_id": area.id},
        "floor_id": {"floor_id": floor.floor_id},
        "label_id": {"label_id": label.label_id},
        "server": {"device_id": server.id},
    }
    told = await automate(hass, "object_detected", target=targets[kind])
    await say_object(scene, "new", camera=OTHER)
    await say_object(scene, "new")
    wanted = [(OTHER,)] if kind == "server" else []
    assert details(told, "camera") == [*wanted, (CAMERA,)]
    assert told[-1]["trigger"]["area_id"] == area.id


async def test_target_that_moves(scene: Scene) -> None:
    """A camera that is moved to the area belongs to it at once, and the overview stands for no camera."""
    area = ar.async_get(scene.hass).async_create("Thôn Đông")
    overview = scene.entity_id("camera", "birdseye")
    assert overview is not None
    target = {"area_id": [area.id], "entity_id": [overview, "camera.unheard_of"]}
    told = await automate(scene.hass, "object_detected", target=target)
    await say_object(scene, "new")
    assert told == []
    dr.async_get(scene.hass).async_update_device(device(scene).id, area_id=area.id)
    await scene.settle()
    await say_object(scene, "new")
    assert details(told, "area_id") == [(area.id,)]


async def test_cameras_that_come_later(scene: Scene) -> None:
    """A new camera, and a new server, are listened to without a change of the automation."""
    told = await automate(scene.hass, "sound_heard")
    scene.frigate.cameras["ao_ca"] = full_camera("Ao cá")
    await scene.server.async_poll_now()
    await scene.say("ao_ca/audio/bark", "ON")
    assert details(told, "camera_name") == [("Ao cá",)]
    async with running(two_cameras()) as second:
        entry = make_commune(scene.hass, second.url, title="Khác", ids="other")
        await set_up(scene.hass, entry)
        server, key = entry.runtime_data.servers["other1"], f"{CAMERA}/audio/bark"
        assert isinstance(second, LiveFrigate)
        await second.say(key, "ON")
        await wait_until(server, lambda: server.live.get(key) is True, key)
        await scene.hass.async_block_till_done()
        assert len(told) == 2
        await scene.hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("name", sorted(trigger_module.TRIGGERS))
async def test_nothing_stays(scene: Scene, name: str) -> None:
    """An automation that is switched off listens to nothing any more, and runs no more."""

    def listening() -> tuple[int, int, dict[str, int]]:
        bus = scene.hass.bus.async_listeners()
        return (
            scene.server.dispatcher.listener_count,
            len(scene.server._config_listeners),
            {str(key): n for key, n in bus.items() if str(key).endswith("registry_updated")},
        )

    async def turn(how: str) -> None:
        data = {"entity_id": "automation.bao"}
        await scene.hass.services.async_call("automation", f"turn_{how}", data, blocking=True)
        await scene.hass.async_block_till_done()

    plain = scene.server.dispatcher.listener_count
    told = await automate(scene.hass, name, target={"area_id": "dong"})
    await turn("off")
    before = listening()
    assert before[0] == plain
    await turn("on")
    assert listening()[0] > before[0]
    assert sum(listening()[2].values()) == sum(before[2].values()) + 5
    await turn("off")
    assert listening() == before
    assert not async_directory(scene.hass)._followers
    await say_object(scene, "new", entered_zones=["san"])
    await say_review(scene, "new")
    await say_review(scene, "end")
    await scene.say(f"{CAMERA}/audio/scream", "ON")
    assert told == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("review_started", {"severity": ["panic"]}),
        ("object_detected", {"zones": ["san"]}),
        ("plate_read", {"min_score": 2}),
        ("sound_heard", {"labels": ["x"]}),
        ("camera_went_offline", {"labels": ["x"]}),
    ],
)
async def test_wrong_options(scene: Scene, name: str, options: dict[str, Any]) -> None:
    """Are refused where they are written."""
    with pytest.raises(AssertionError, match="not valid"):
        await automate(scene.hass, name, **options)
