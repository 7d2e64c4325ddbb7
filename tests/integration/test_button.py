"""Buttons and movements, from the press to the wire."""

import asyncio
from collections.abc import AsyncIterator
import logging
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.antt_camera import ptz, server as server_module
from custom_components.antt_camera.ptz import relative_payload

from .conftest import wait_until
from .live_frigate import CAMERA, Scene, full_camera, living
from .test_select import presets_known
from .test_switch import entries
from .working_frigate import PTZ_INFO, WorkingFrigate, call, sent, viewer, working


def moving(features: list[str] | None = None, **more: Any) -> WorkingFrigate:
    """A server with a camera that moves."""
    info = {**PTZ_INFO, "features": features or ["pt", "zoom"]}
    return WorkingFrigate(cameras={CAMERA: full_camera()}, ptz=info, **more)


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move for a moment only."""
    monkeypatch.setattr(ptz, "STEP_SECONDS", 0.05)


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """Such a server, connected."""
    async with living(hass, moving()) as made:
        await presets_known(made)
        yield made


async def press(scene: Scene, tail: str) -> None:
    """Press a button as a user would, and wait until Frigate took what was sent."""
    await call(scene, "button", "press", scene.entity_id("button", tail))
    await scene.settle()


def movements(scene: Scene) -> list[Any]:
    """What the camera was told."""
    return [payload for topic, payload in sent(scene) if topic == f"{CAMERA}/ptz"]


async def test_which_there_are(scene: Scene) -> None:
    """Those that the camera can do; the one that stops all recording is off."""
    found = entries(scene, "button")
    assert set(found) == {"restart", f"{CAMERA}:resume_notifications"} | {
        f"{CAMERA}:ptz_{name}"
        for name in ("stop", "up", "down", "left", "right", "zoom_in", "zoom_out")
    }
    assert [tail for tail, entry in found.items() if entry.disabled_by] == ["restart"]


async def test_movements(scene: Scene) -> None:
    """Every movement ends."""
    for name, command in (
        ("up", "MOVE_UP"),
        ("down", "MOVE_DOWN"),
        ("left", "MOVE_LEFT"),
        ("right", "MOVE_RIGHT"),
        ("zoom_in", "ZOOM_IN"),
        ("zoom_out", "ZOOM_OUT"),
    ):
        scene.frigate.commands.clear()
        await press(scene, f"{CAMERA}:ptz_{name}")
        assert movements(scene) == [command, "STOP"]
    scene.frigate.commands.clear()
    await press(scene, f"{CAMERA}:ptz_stop")
    assert movements(scene) == ["STOP"]


async def test_relative_movements(hass: HomeAssistant) -> None:
    """A camera that knows how far is told how far, and stops by itself; its zoom is not told so."""
    async with living(hass, moving(["pt", "zoom", "pt-r-fov", "focus"])) as scene:
        await presets_known(scene)
        for name in ("up", "down", "left", "right", "zoom_in", "focus_in", "focus_out"):
            await press(scene, f"{CAMERA}:ptz_{name}")
        assert movements(scene) == [
            "move_relative_0_0.3",
            "move_relative_0_-0.3",
            "move_relative_-0.3_0",
            "move_relative_0.3_0",
            "ZOOM_IN",
            "STOP",
            "FOCUS_IN",
            "STOP",
            "FOCUS_OUT",
            "STOP",
        ]


def test_relative_payload() -> None:
    """Frigate reads the numbers between the underscores."""
    assert relative_payload(0.12345, -1.0) == "move_relative_0.123_-1"
    assert relative_payload(0.0, 0.5, -0.25) == "move_relative_0_0.5_-0.25"


async def test_camera_that_only_zooms_can_be_stopped(hass: HomeAssistant) -> None:
    """And can't be turned; focus needs 0.17."""
    frigate = moving(["zoom", "focus"], version="0.16.4-abc")
    async with living(hass, frigate) as scene:
        await presets_known(scene)
        assert {tail for tail in entries(scene, "button") if ":ptz_" in tail} == {
            f"{CAMERA}:ptz_{name}" for name in ("stop", "zoom_in", "zoom_out")
        }


async def test_one_movement_at_a_time(scene: Scene) -> None:
    """Two people who press at once do not stop each other's movement."""
    buttons = [scene.entity_id("button", f"{CAMERA}:ptz_{name}") for name in ("up", "left")]
    await asyncio.gather(*(call(scene, "button", "press", button) for button in buttons))
    await scene.settle()
    assert movements(scene) == ["MOVE_UP", "STOP", "MOVE_LEFT", "STOP"]


async def test_cancelled_movement_stops(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """An automation that ends meanwhile leaves no camera turning."""
    monkeypatch.setattr(ptz, "STEP_SECONDS", 60.0)
    button = scene.entity_id("button", f"{CAMERA}:ptz_up")
    task = scene.hass.async_create_task(call(scene, "button", "press", button))
    await working(scene).until(lambda: movements(scene) == ["MOVE_UP"])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await scene.settle()
    assert movements(scene) == ["MOVE_UP", "STOP"]


async def test_movement_without_a_connection(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """The user is told; that the stop did not arrive either is in the log."""
    await scene.server.link.stop()
    with pytest.raises(HomeAssistantError) as caught:
        await call(scene, "button", "press", scene.entity_id("button", f"{CAMERA}:ptz_up"))
    assert caught.value.translation_key == "unreachable"
    warnings = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert [text for text in warnings if "may still move" in text]


async def test_camera_that_is_off_does_not_move(scene: Scene) -> None:
    """Its buttons say so."""
    await scene.say(f"{CAMERA}/enabled/state", "OFF")
    assert scene.state("button", f"{CAMERA}:ptz_up") == STATE_UNAVAILABLE
    assert scene.state("button", f"{CAMERA}:resume_notifications") != STATE_UNAVAILABLE


async def test_known_buttons_survive_a_silent_camera(scene: Scene) -> None:
    """What the user has must not go because Frigate can't ask the camera at the moment."""
    before = set(entries(scene, "button"))
    scene.frigate.broken[f"/api/{CAMERA}/ptz/info"] = 502
    await scene.reload()
    assert set(entries(scene, "button")) == before


async def test_resume_notifications(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zero minutes; Frigate answers on another topic, or not at all."""
    tail = f"{CAMERA}:resume_notifications"
    await scene.say(f"{CAMERA}/notifications/suspended", 1_795_000_900)
    monkeypatch.setattr(server_module, "COMMAND_TIMEOUT", 0.3)
    with pytest.raises(HomeAssistantError) as caught:
        await press(scene, tail)
    assert caught.value.translation_key == "command_refused"
    monkeypatch.setattr(server_module, "COMMAND_TIMEOUT", 10.0)
    pressed = scene.hass.async_create_task(press(scene, tail))
    key = f"{CAMERA}/notifications/suspended"
    await wait_until(scene.server, lambda: bool(scene.server._waiters), key)
    await scene.frigate.say(key, 0)
    await pressed
    assert sent(scene) == [(f"{CAMERA}/notifications/suspend", "0")] * 2


async def test_restart(scene: Scene) -> None:
    """Over HTTP; a refusal is told."""
    working(scene).answers["POST /api/restart"] = {"success": True}
    await scene.enable(("button", "restart"))
    await press(scene, "restart")
    assert working(scene).received == [("POST /api/restart", None)]
    scene.frigate.broken["/api/restart"] = 403
    with pytest.raises(HomeAssistantError) as caught:
        await press(scene, "restart")
    assert caught.value.translation_key == "forbidden"


async def test_watching_login(hass: HomeAssistant) -> None:
    """Moves, restarts and resumes nothing."""
    async with living(hass, moving(profile=viewer())) as scene:
        await presets_known(scene)
        await scene.enable(("button", "restart"))
        await presets_known(scene)
        scene.frigate.commands.clear()
        for tail in ("restart", f"{CAMERA}:ptz_up", f"{CAMERA}:resume_notifications"):
            with pytest.raises(ServiceValidationError) as caught:
                await press(scene, tail)
            assert caught.value.translation_key == "needs_admin"
        await scene.settle()
        assert sent(scene) == []
        assert working(scene).received == []
