"""Selects, from the wire to the state and back."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.antt_camera import ptz, server as server_module
from custom_components.antt_camera.select import profile_options

from .conftest import wait_until
from .live_frigate import CAMERA, Scene, full_camera, full_server, full_stats, living
from .test_switch import entries
from .working_frigate import WorkingFrigate, call, check, sent, viewer, working

PROFILES = {"tet": {"friendly_name": "Tết"}, "dem": {"friendly_name": "Đêm"}}
MODE = f"{CAMERA}:birdseye_mode"
PRESET = f"{CAMERA}:ptz_preset"


def choosing(**more: Any) -> WorkingFrigate:
    """A server with profiles, the overview and a camera that moves."""
    camera = full_camera(birdseye={"enabled": True, "mode": "objects"})
    return WorkingFrigate(
        cameras={CAMERA: camera},
        more={**full_server(), "profiles": PROFILES},
        **more,
    )


async def presets_known(scene: Scene) -> None:
    """Wait until the camera has told its stored positions."""
    server = scene.server
    await wait_until(server, lambda: bool(server.ptz.presets(CAMERA)), ptz.ptz_key(CAMERA))
    await scene.hass.async_block_till_done()


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """Such a server, connected."""
    async with living(hass, choosing()) as made:
        await presets_known(made)
        yield made


async def choose(scene: Scene, tail: str, option: str) -> None:
    """Choose an option as a user would."""
    await call(scene, "select", "select_option", scene.entity_id("select", tail), option=option)


async def test_profiles(scene: Scene) -> None:
    """By their friendly names, and `none`, which is what runs at first."""
    assert scene.attributes("select", "profile")["options"] == ["none", "Tết", "Đêm"]
    assert scene.state("select", "profile") == "none"
    await scene.say("profile/state", "dem")
    assert scene.state("select", "profile") == "Đêm"
    await scene.say("profile/state", "none")
    assert scene.state("select", "profile") == "none"
    await scene.say("profile/state", "unheard_of")
    assert scene.state("select", "profile") == STATE_UNKNOWN


async def test_choosing_profiles(scene: Scene) -> None:
    """Frigate's own name of the profile goes out, for none at all `none`."""
    await choose(scene, "profile", "Tết")
    assert scene.state("select", "profile") == "Tết"
    await choose(scene, "profile", "none")
    assert scene.state("select", "profile") == "none"
    assert sent(scene) == [("profile/set", "tet"), ("profile/set", "none")]


async def test_profile_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice stays what Frigate runs."""
    monkeypatch.setattr(server_module, "COMMAND_TIMEOUT", 0.3)
    scene.frigate.obeys = False
    with pytest.raises(HomeAssistantError) as caught:
        await choose(scene, "profile", "Tết")
    assert caught.value.translation_key == "command_refused"
    assert scene.state("select", "profile") == "none"


async def test_active_profile_is_known_at_the_start(hass: HomeAssistant) -> None:
    """Frigate does not push it until it changes."""
    answers = {"GET /api/profiles": {"profiles": [], "active_profile": "tet"}}
    async with living(hass, choosing(answers=answers)) as scene:
        assert scene.state("select", "profile") == "Tết"


async def test_new_profile_is_offered(scene: Scene) -> None:
    """The options follow the configuration; the last profile takes the select with it."""
    scene.frigate.more["profiles"] = {**PROFILES, "le": {}}
    await check(scene)
    assert scene.attributes("select", "profile")["options"] == ["none", "Tết", "Đêm", "le"]
    scene.frigate.more["profiles"] = {}
    await check(scene)
    assert scene.entity_id("select", "profile") is None


@pytest.mark.parametrize("version", ["0.17.1-abc", "0.16.4-abc"])
async def test_no_profiles_before_0_18(hass: HomeAssistant, version: str) -> None:
    """Whatever the configuration says."""
    async with living(hass, choosing(version=version)) as scene:
        assert scene.entity_id("select", "profile") is None


def test_profile_names_that_clash() -> None:
    """Two with one name, and one that is called like no profile, go by their keys."""
    assert profile_options({"a": "Đêm", "b": "Đêm", "c": "none", "d": ""}) == {
        "none": "none",
        "a": "a",
        "b": "b",
        "c": "c",
        "d": "d",
    }


async def test_birdseye_mode(scene: Scene) -> None:
    """Capitals on the wire; unavailable while the camera is kept out of the overview."""
    assert scene.attributes("select", MODE)["options"] == ["continuous", "motion", "objects"]
    assert scene.state("select", MODE) == "objects"
    await scene.say(f"{CAMERA}/birdseye_mode/state", "MOTION")
    assert scene.state("select", MODE) == "motion"
    await choose(scene, MODE, "continuous")
    assert sent(scene) == [(f"{CAMERA}/birdseye_mode/set", "CONTINUOUS")]
    assert scene.state("select", MODE) == "continuous"
    await scene.say(f"{CAMERA}/birdseye/state", "OFF")
    assert scene.state("select", MODE) == STATE_UNAVAILABLE
    await scene.say(f"{CAMERA}/birdseye_mode/state", "OFF")
    await scene.say(f"{CAMERA}/birdseye/state", "ON")
    assert scene.state("select", MODE) == STATE_UNKNOWN


async def test_no_mode_without_overview(hass: HomeAssistant) -> None:
    """The file switches it off for all."""
    frigate = choosing()
    frigate.more["birdseye"] = {"enabled": False}
    async with living(hass, frigate) as scene:
        assert scene.entity_id("select", MODE) is None


async def test_presets(scene: Scene) -> None:
    """Stored positions can be gone to; none is ever where the camera is."""
    assert scene.attributes("select", PRESET)["options"] == ["cong", "san"]
    assert scene.state("select", PRESET) == STATE_UNKNOWN
    await choose(scene, PRESET, "san")
    await scene.settle()
    assert sent(scene) == [(f"{CAMERA}/ptz", "preset_san")]
    assert scene.state("select", PRESET) == STATE_UNKNOWN
    with pytest.raises(ServiceValidationError):
        await choose(scene, PRESET, "elsewhere")
    await scene.say("stats", full_stats(0.0))
    await scene.say(f"{CAMERA}/status/detect", "offline")
    assert scene.state("select", PRESET) == STATE_UNAVAILABLE
    await scene.say(f"{CAMERA}/status/detect", "online")
    assert scene.state("select", PRESET) == STATE_UNKNOWN


async def test_presets_change(scene: Scene) -> None:
    """What somebody stored at the camera is there after the next change or connection."""
    working(scene).ptz = {**working(scene).ptz, "presets": ["cong", "san", "ao"]}
    scene.frigate.cameras["khac"] = full_camera("Khác", onvif={})
    await scene.server.async_poll_now()
    server = scene.server
    await wait_until(server, lambda: "ao" in server.ptz.presets(CAMERA), ptz.ptz_key(CAMERA))
    await scene.hass.async_block_till_done()
    assert scene.attributes("select", PRESET)["options"] == ["cong", "san", "ao"]


async def test_camera_that_can_no_longer_move(scene: Scene) -> None:
    """Its select goes."""
    scene.frigate.cameras[CAMERA]["onvif"] = {"host": ""}
    await scene.server.async_poll_now()
    await scene.hass.async_block_till_done()
    assert scene.entity_id("select", PRESET) is None


async def test_camera_that_answers_late(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frigate has no connection to it at first; asked again, without anybody's help."""
    monkeypatch.setattr(ptz, "RETRY_SECONDS", 0.05)
    frigate = choosing(ptz={"name": CAMERA})
    frigate.broken[f"/api/{CAMERA}/ptz/info"] = 502
    async with living(hass, frigate) as scene:
        assert scene.entity_id("select", PRESET) is None
        frigate.broken.clear()
        asked = len(frigate.paths("ptz/info"))
        while len(frigate.paths("ptz/info")) < asked + 2:
            await scene.settle()
        assert scene.entity_id("select", PRESET) is None
        frigate.ptz = {"name": CAMERA, "features": ["zoom"], "presets": ["cong"]}
        await presets_known(scene)
        assert scene.attributes("select", PRESET)["options"] == ["cong"]


async def test_known_select_survives_a_silent_camera(scene: Scene) -> None:
    """What the user has must not go because Frigate can't ask the camera at the moment."""
    entity_id = scene.entity_id("select", PRESET)
    scene.frigate.broken[f"/api/{CAMERA}/ptz/info"] = 502
    await scene.reload()
    assert scene.entity_id("select", PRESET) == entity_id
    assert scene.state("select", PRESET) == STATE_UNAVAILABLE


async def test_watching_login(hass: HomeAssistant) -> None:
    """Chooses nothing."""
    async with living(hass, choosing(profile=viewer())) as scene:
        await presets_known(scene)
        for tail, option in (("profile", "Tết"), (MODE, "motion"), (PRESET, "san")):
            with pytest.raises(ServiceValidationError) as caught:
                await choose(scene, tail, option)
            assert caught.value.translation_key == "needs_admin"
        assert sent(scene) == []


async def test_which_there_are(scene: Scene) -> None:
    """All on, all but the positions in the settings."""
    assert {
        tail: (entry.disabled_by, entry.entity_category)
        for tail, entry in entries(scene, "select").items()
    } == {"profile": (None, "config"), MODE: (None, "config"), PRESET: (None, None)}
