"""Numbers, from the wire to the state and back."""

from collections.abc import AsyncIterator

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.antt_camera import server as server_module

from .live_frigate import CAMERA, LiveFrigate, Scene, full_camera, living
from .test_switch import entries
from .working_frigate import call, sent, viewer

THRESHOLD = f"{CAMERA}:motion_threshold"
AREA = f"{CAMERA}:motion_contour_area"


def sensitive(**more: object) -> LiveFrigate:
    """A server with a camera whose sensitivity is known."""
    motion = {"enabled": True, "threshold": 30, "contour_area": 10}
    return LiveFrigate(cameras={CAMERA: full_camera(motion=motion)}, **more)  # type: ignore[arg-type]


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A connected server, its numbers switched on."""
    async with living(hass, sensitive()) as made:
        assert {tail: entry.disabled_by for tail, entry in entries(made, "number").items()} == {
            THRESHOLD: "integration",
            AREA: "integration",
        }
        await made.enable(("number", THRESHOLD), ("number", AREA))
        yield made


async def test_follows_frigate(scene: Scene) -> None:
    """From the configuration, then from messages; garbage changes nothing."""
    assert (scene.state("number", THRESHOLD), scene.state("number", AREA)) == ("30", "10")
    await scene.say(f"{CAMERA}/motion_contour_area/state", "25")
    assert scene.state("number", AREA) == "25"
    for garbage in ("", "ON", "2.5", None, True, [25], "9" * 40):
        await scene.say(f"{CAMERA}/motion_contour_area/state", garbage)
    assert scene.state("number", AREA) == "25"


async def test_limits(scene: Scene) -> None:
    """Those of Frigate; what is beyond them is never sent."""
    shown = scene.attributes("number", THRESHOLD)
    assert (shown["min"], shown["max"], shown["step"]) == (1, 255, 1)
    shown = scene.attributes("number", AREA)
    assert (shown["min"], shown["max"], shown["step"]) == (5, 100, 1)
    scene.frigate.commands.clear()
    for tail, value in ((THRESHOLD, 256), (AREA, 4)):
        with pytest.raises(ServiceValidationError):
            await call(scene, "number", "set_value", scene.entity_id("number", tail), value=value)
    assert sent(scene) == []


async def test_commands(scene: Scene) -> None:
    """A whole number goes out, as text like all of Frigate's payloads."""
    scene.frigate.commands.clear()
    await call(scene, "number", "set_value", scene.entity_id("number", THRESHOLD), value=41.6)
    await call(scene, "number", "set_value", scene.entity_id("number", AREA), value=50)
    assert sent(scene) == [
        (f"{CAMERA}/motion_threshold/set", "42"),
        (f"{CAMERA}/motion_contour_area/set", "50"),
    ]
    assert (scene.state("number", THRESHOLD), scene.state("number", AREA)) == ("42", "50")


async def test_refusal_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number stays what Frigate says."""
    monkeypatch.setattr(server_module, "COMMAND_TIMEOUT", 0.3)
    scene.frigate.obeys = False
    with pytest.raises(HomeAssistantError) as caught:
        await call(scene, "number", "set_value", scene.entity_id("number", AREA), value=60)
    assert caught.value.translation_key == "command_refused"
    assert scene.state("number", AREA) == "10"


async def test_watching_login(hass: HomeAssistant) -> None:
    """Sees the numbers and may not change them."""
    async with living(hass, sensitive(profile=viewer())) as scene:
        await scene.enable(("number", AREA))
        assert scene.state("number", AREA) == "10"
        scene.frigate.commands.clear()
        with pytest.raises(ServiceValidationError) as caught:
            await call(scene, "number", "set_value", scene.entity_id("number", AREA), value=60)
        assert caught.value.translation_key == "needs_admin"
        assert sent(scene) == []


async def test_unknown_until_told(hass: HomeAssistant) -> None:
    """A configuration without the numbers leaves them unknown."""
    async with living(hass) as scene:
        await scene.enable(("number", AREA))
        assert scene.state("number", AREA) == STATE_UNKNOWN
