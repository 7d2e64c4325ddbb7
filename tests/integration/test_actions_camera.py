"""Actions on cameras, from the call to the wire."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar, device_registry as dr
import pytest
import voluptuous as vol

from custom_components.antt_camera import actions_camera, commands, ptz
from custom_components.antt_camera.const import DOMAIN

from .conftest import wait_until
from .live_frigate import CAMERA, Scene, full_camera, full_server, living
from .test_actions_server import PERIOD, received
from .test_select import presets_known
from .working_frigate import WorkingFrigate, sent, viewer, working

START = int(datetime(2026, 11, 24, 1, tzinfo=UTC).timestamp())
EXPORT = f"{CAMERA}_x1y2"
CREATE = f"POST /api/export/{CAMERA}/start/{START}/end/{START + 5400}"
ASK = f"GET /api/exports/{EXPORT}"


def acting(**more: Any) -> WorkingFrigate:
    """A server with a camera that moves and one that does not."""
    plain = full_camera("Khác", onvif={}, notifications={"enabled": False})
    cameras = {CAMERA: full_camera(), "khac": plain}
    return WorkingFrigate(cameras=cameras, more=full_server(), **more)


@pytest.fixture
async def scene(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """Such a server, connected; movements and questions are short."""
    await hass.config.async_set_time_zone("Asia/Ho_Chi_Minh")
    monkeypatch.setattr(ptz, "STEP_SECONDS", 0.05)
    monkeypatch.setattr(actions_camera, "EXPORT_POLL", 0.05)
    async with living(hass, acting()) as made:
        await presets_known(made)
        yield made


async def act(scene: Scene, action: str, camera: str = CAMERA, **data: Any) -> Any:
    """Call an action on a camera, with its response where it has one."""
    hass = scene.hass
    entity_id = scene.entity_id("camera", f"{camera}:camera" if camera else "birdseye")
    assert entity_id is not None
    response = hass.services.supports_response(DOMAIN, action) != "none"
    found = await hass.services.async_call(
        DOMAIN,
        action,
        data,
        blocking=True,
        target={"entity_id": entity_id},
        return_response=response,
    )
    await scene.settle()
    return found[entity_id] if found is not None else None


async def refused(scene: Scene, action: str, camera: str = CAMERA, **data: Any) -> tuple[Any, Any]:
    """Call an action that fails and return which translated error it was."""
    with pytest.raises(HomeAssistantError) as caught:
        await act(scene, action, camera, **data)
    assert caught.value.translation_domain == DOMAIN
    return caught.value.translation_key, caught.value.translation_placeholders


def movements(scene: Scene) -> list[Any]:
    """What the camera was told since the last look."""
    found = [payload for topic, payload in sent(scene) if topic == f"{CAMERA}/ptz"]
    scene.frigate.commands.clear()
    return found


async def test_ptz(scene: Scene) -> None:
    """Steps, for a time, to a position, by a share of the picture, and stop."""
    for movement, command in actions_camera.STEPS.items():
        await act(scene, "ptz", movement=movement)
        assert movements(scene) == [command, "STOP"]
    await act(scene, "ptz", movement="left", duration=0.1)
    assert movements(scene) == ["MOVE_LEFT", "STOP"]
    await act(scene, "ptz", movement="preset", preset="Cong")
    await act(scene, "ptz", movement="relative", pan=0.5, tilt=-0.25)
    await act(scene, "ptz", movement="relative", tilt=0.1, zoom=1)
    await act(scene, "ptz", movement="stop")
    assert movements(scene) == [
        "preset_cong",
        "move_relative_0.5_-0.25",
        "move_relative_0_0.1_1",
        "STOP",
    ]


async def test_ptz_that_makes_no_sense(scene: Scene) -> None:
    """Is refused with what would."""
    assert await refused(scene, "ptz", movement="preset") == ("preset_needed", {})
    assert await refused(scene, "ptz", movement="preset", preset="Chợ") == (
        "unknown_preset",
        {"preset": "Chợ", "camera": "Cổng trước", "presets": "cong, san"},
    )
    assert await refused(scene, "ptz", "khac", movement="up") == ("no_ptz", {"camera": "Khác"})
    wrong: tuple[dict[str, Any], ...] = (
        {"movement": "around"},
        {"movement": "up", "duration": 31},
        {"movement": "relative", "pan": 2},
    )
    for data in wrong:
        with pytest.raises(vol.Invalid):
            await act(scene, "ptz", **data)
    assert movements(scene) == []


async def test_overview_is_no_camera(scene: Scene) -> None:
    """It shows several."""
    entity_id = scene.entity_id("camera", "birdseye")
    for action, data in (
        ("ptz", {"movement": "stop"}),
        ("create_event", {"label": "x"}),
        ("export_recording", PERIOD),
        ("suspend_notifications", {"duration": {"minutes": 1}}),
    ):
        found = await refused(scene, action, "", **data)
        assert found == ("no_single_camera", {"entity_id": entity_id})


async def test_create_event(scene: Scene) -> None:
    """The response has the id; no duration means until it is ended."""
    answers = working(scene).answers
    for label in ("person", "C%C3%A3i%20nhau%2F"):
        path = f"POST /api/events/{CAMERA}/{label}/create"
        answers[path] = {"success": True, "event_id": "1795000000.2-made"}
    answers[f"POST /api/events/{CAMERA}/Cãi nhau//create"] = answers[path]
    assert await act(scene, "create_event", label="person") == {"event_id": "1795000000.2-made"}
    await act(
        scene,
        "create_event",
        label="Cãi nhau/",
        sub_label="Bác Tư",
        score=0.5,
        duration=0,
        include_recording=False,
    )
    assert received(scene) == [
        (
            f"POST /api/events/{CAMERA}/person/create",
            {"duration": 30, "include_recording": True},
        ),
        (
            f"POST /api/events/{CAMERA}/C%C3%A3i%20nhau%2F/create",
            {
                "duration": None,
                "include_recording": False,
                "sub_label": "Bác Tư",
                "score": 0.5,
            },
        ),
    ]
    answers[f"POST /api/events/{CAMERA}/person/create"] = {"success": True}
    found = await refused(scene, "create_event", label="person")
    assert found == ("bad_answer", {"server": "Frigate 1"})
    for wrong in ({"label": ""}, {"label": "x", "duration": 3601}, {"label": "x", "score": 2}):
        with pytest.raises(vol.Invalid):
            await act(scene, "create_event", **wrong)


async def test_export(scene: Scene) -> None:
    """Local times; the id at once where nobody waits."""
    working(scene).answers[CREATE] = {"success": True, "export_id": EXPORT}
    found = await act(scene, "export_recording", **PERIOD, name="Va chạm")
    assert found == {"export_id": EXPORT, "in_progress": True}
    assert received(scene) == [
        (CREATE, {"source": "recordings", "playback": "realtime", "name": "Va chạm"})
    ]
    custom = CREATE.replace("/export/", "/export/custom/")
    working(scene).answers[custom] = {"success": True, "export_id": EXPORT}
    await act(scene, "export_recording", **PERIOD, playback="timelapse_25x")
    assert received(scene) == [(custom, {"source": "recordings", "playback": "timelapse_25x"})]


async def test_export_refused(scene: Scene) -> None:
    """Frigate says why; swapped times are not even sent."""
    working(scene).answers[CREATE] = (400, {"success": False, "message": "No recordings"})
    found = await refused(scene, "export_recording", **PERIOD)
    assert found == ("refused", {"server": "Frigate 1", "message": "No recordings"})
    received(scene)
    same = {"start_time": PERIOD["start_time"], "end_time": PERIOD["start_time"]}
    assert (await refused(scene, "export_recording", **same))[0] == "end_before_start"
    assert received(scene) == []


async def waiting(scene: Scene) -> asyncio.Task[Any]:
    """Order an export, wait for it, and return once Frigate was asked for it."""
    working(scene).answers[CREATE] = {"success": True, "export_id": EXPORT}
    task = scene.hass.async_create_task(act(scene, "export_recording", **PERIOD, wait=True))
    await working(scene).until(lambda: bool(scene.frigate.paths(f"/api/exports/{EXPORT}")))
    return task


async def test_export_is_waited_for(scene: Scene) -> None:
    """Unknown while it is queued, in progress while it is made, then there."""
    task = await waiting(scene)
    export = {"id": EXPORT, "name": "Va chạm", "video_path": "/media/frigate/exports/a.mp4"}
    working(scene).answers[ASK] = {**export, "in_progress": True}
    asked = len(scene.frigate.paths(EXPORT))
    await working(scene).until(lambda: len(scene.frigate.paths(EXPORT)) >= asked + 2)
    assert not task.done()
    working(scene).answers[ASK] = {**export, "in_progress": False}
    assert await task == {
        "export_id": EXPORT,
        "in_progress": False,
        "camera": CAMERA,
        "name": "Va chạm",
        "file": "a.mp4",
    }


def job(status: str, export_id: str = EXPORT, **more: Any) -> dict[str, Any]:
    """What 0.18 pushes about exports."""
    jobs = [{"id": export_id, "camera": CAMERA, "status": status, **more}]
    return {"export": {"job_type": "export", "status": "running", "results": {"jobs": jobs}}}


async def test_pushed_job_ends_the_wait(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """0.18 says when it is done: no need to ask."""
    monkeypatch.setattr(actions_camera, "EXPORT_POLL", 60.0)
    task = await waiting(scene)
    working(scene).answers[ASK] = {"in_progress": False}
    await scene.frigate.say("job_state", job("success", "another"))
    await scene.frigate.say("job_state", job("success"))
    async with asyncio.timeout(20):
        found = await task
    assert (found["in_progress"], found["file"], found["name"]) == (False, None, None)


@pytest.mark.parametrize(
    ("status", "more", "message"),
    [
        ("failed", {"error_message": "Hết chỗ"}, "Hết chỗ"),
        ("cancelled", {}, "cancelled"),
    ],
)
async def test_export_that_fails(
    scene: Scene, status: str, more: dict[str, str], message: str
) -> None:
    """With Frigate's reason."""
    task = await waiting(scene)
    await scene.frigate.say("job_state", job(status, **more))
    with pytest.raises(HomeAssistantError) as caught:
        await task
    assert caught.value.translation_key == "export_failed"
    assert caught.value.translation_placeholders == {
        "server": "Frigate 1",
        "camera": "Cổng trước",
        "message": message,
    }


async def test_export_that_never_ends(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait does; nothing listens on."""
    monkeypatch.setattr(actions_camera, "EXPORT_TIMEOUT", timedelta(seconds=0.3))
    before = scene.server.dispatcher.listener_count
    working(scene).answers[CREATE] = {"success": True, "export_id": EXPORT}
    found = await refused(scene, "export_recording", **PERIOD, wait=True)
    assert found == ("export_timeout", {"server": "Frigate 1", "camera": "Cổng trước"})
    assert scene.server.dispatcher.listener_count == before


async def test_export_of_a_server_that_goes(scene: Scene) -> None:
    """The wait ends with the reason."""
    task = await waiting(scene)
    scene.frigate.broken[f"/api/exports/{EXPORT}"] = 502
    with pytest.raises(HomeAssistantError) as caught:
        await task
    assert caught.value.translation_key == "unreachable"


async def suspend(scene: Scene, answer: int, **duration: Any) -> None:
    """Pause notifications; Frigate answers with the end of the pause."""
    key = f"{CAMERA}/notifications/suspended"
    topic = f"{CAMERA}/notifications/suspend"
    before = len(sent(scene))
    done = scene.hass.async_create_task(
        scene.hass.services.async_call(
            DOMAIN,
            "suspend_notifications",
            {"duration": duration},
            blocking=True,
            target={"entity_id": scene.entity_id("camera", f"{CAMERA}:camera")},
        )
    )
    await working(scene).until(lambda: len(sent(scene)) > before)
    assert sent(scene)[-1][0] == topic
    await scene.frigate.say(key, answer)
    await done
    await wait_until(scene.server, lambda: scene.server.live.get(key) == answer, key)


async def test_suspend_notifications(scene: Scene) -> None:
    """Whole minutes, at most a year; zero ends the pause."""
    await suspend(scene, 1_795_000_900, minutes=10, seconds=1)
    await suspend(scene, 0, seconds=0)
    await suspend(scene, 1_826_000_000, days=1000)
    assert sent(scene) == [
        (f"{CAMERA}/notifications/suspend", "11"),
        (f"{CAMERA}/notifications/suspend", "0"),
        (f"{CAMERA}/notifications/suspend", str(365 * 24 * 60)),
    ]


async def test_suspend_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word, or because the file has them off."""
    monkeypatch.setattr(commands, "COMMAND_TIMEOUT", 0.3)
    minute = {"minutes": 1}
    found = await refused(scene, "suspend_notifications", duration=minute)
    topic = f"{CAMERA}/notifications/suspend"
    assert found == ("command_refused", {"server": "Frigate 1", "command": topic})
    found = await refused(scene, "suspend_notifications", "khac", duration=minute)
    assert found == ("no_notifications", {"camera": "Khác"})


async def test_watching_login(hass: HomeAssistant) -> None:
    """Moves, marks and pauses nothing; what Frigate allows it to export it may."""
    async with living(hass, acting(profile=viewer())) as scene:
        await presets_known(scene)
        for action, data in (
            ("ptz", {"movement": "stop"}),
            ("create_event", {"label": "x"}),
            ("suspend_notifications", {"duration": {"minutes": 1}}),
        ):
            assert await refused(scene, action, **data) == ("needs_admin", {"server": "Frigate 1"})
        assert received(scene) == []
        assert movements(scene) == []


@pytest.mark.parametrize("kind", ["device_id", "area_id"])
async def test_targets(scene: Scene, kind: str) -> None:
    """A device or an area means the cameras there."""
    device = dr.async_get(scene.hass).async_get_device_by_identifier(
        (DOMAIN, f"{scene.server.id}:{CAMERA}"), scene.entry.entry_id
    )
    assert device is not None
    area = ar.async_get(scene.hass).async_create("Thôn Đông")
    dr.async_get(scene.hass).async_update_device(device.id, area_id=area.id)
    target = {"device_id": device.id, "area_id": area.id}[kind]
    await scene.hass.services.async_call(
        DOMAIN, "ptz", {"movement": "stop"}, blocking=True, target={kind: target}
    )
    await scene.settle()
    assert movements(scene) == ["STOP"]
