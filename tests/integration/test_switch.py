"""Switches, from the wire to the state and back."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.antt_camera import commands, server as server_module

from .conftest import wait_until
from .live_frigate import CAMERA, LiveFrigate, Scene, full_camera, full_server, living
from .working_frigate import call, sent, viewer


def masked_camera() -> dict[str, Any]:
    """A camera with everything that can be switched."""
    mask = {"coordinates": "0,0,1,0,1,1", "enabled": True, "enabled_in_config": True}
    return full_camera(
        motion={
            "enabled": True,
            "improve_contrast": True,
            "mask": {"cay": {**mask, "friendly_name": "Tán cây"}},
        },
        objects={
            "track": ["person", "car"],
            "mask": {"duong": mask, "tat": {**mask, "enabled_in_config": False}},
            "genai": {"enabled": False, "enabled_in_config": True},
        },
        review={
            "alerts": {"enabled": True, "enabled_in_config": True},
            "detections": {"enabled": True, "enabled_in_config": True},
            "genai": {"enabled": True, "enabled_in_config": True},
        },
        birdseye={"enabled": True, "mode": "objects"},
    )


def switchable(**more: Any) -> LiveFrigate:
    """A server with such a camera and notifications."""
    return LiveFrigate(
        cameras={CAMERA: masked_camera()},
        more={
            **full_server(),
            "notifications": {"enabled": True, "enabled_in_config": True},
        },
        **more,
    )


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A connected server with a camera on which everything can be switched."""
    async with living(hass, switchable()) as made:
        yield made


# Tail of the unique id -> (topic, enabled by default).
SWITCHES = {
    "notifications": ("notifications", True),
    f"{CAMERA}:audio": (f"{CAMERA}/audio", True),
    f"{CAMERA}:audio_transcription": (f"{CAMERA}/audio_transcription", False),
    f"{CAMERA}:birdseye": (f"{CAMERA}/birdseye", True),
    f"{CAMERA}:detect": (f"{CAMERA}/detect", True),
    f"{CAMERA}:improve_contrast": (f"{CAMERA}/improve_contrast", False),
    f"{CAMERA}:motion": (f"{CAMERA}/motion", True),
    f"{CAMERA}:notifications": (f"{CAMERA}/notifications", True),
    f"{CAMERA}:object_descriptions": (f"{CAMERA}/object_descriptions", False),
    f"{CAMERA}:ptz_autotracker": (f"{CAMERA}/ptz_autotracker", True),
    f"{CAMERA}:recordings": (f"{CAMERA}/recordings", True),
    f"{CAMERA}:review_alerts": (f"{CAMERA}/review_alerts", True),
    f"{CAMERA}:review_descriptions": (f"{CAMERA}/review_descriptions", False),
    f"{CAMERA}:review_detections": (f"{CAMERA}/review_detections", True),
    f"{CAMERA}:snapshots": (f"{CAMERA}/snapshots", True),
    f"{CAMERA}:san:zone": (f"{CAMERA}/zone/san", True),
    f"{CAMERA}:motion_mask:@cay": (f"{CAMERA}/motion_mask/cay", False),
    f"{CAMERA}:object_mask:@duong": (f"{CAMERA}/object_mask/duong", False),
}
OFF_AT_FIRST = {f"{CAMERA}:ptz_autotracker", f"{CAMERA}:object_descriptions"}


def entries(scene: Scene, domain: str) -> dict[str, er.RegistryEntry]:
    """Registered entities of the server by the tail of their unique ids."""
    registry = er.async_get(scene.hass)
    start = f"{scene.server.id}:"
    return {
        entry.unique_id.removeprefix(start): entry
        for entry in er.async_entries_for_config_entry(registry, scene.entry.entry_id)
        if entry.domain == domain
    }


async def test_which_there_are(scene: Scene) -> None:
    """Exactly what Frigate takes; what is rarely wanted is off; each in the settings of its device."""
    found = entries(scene, "switch")
    assert {tail: entry.disabled_by is None for tail, entry in found.items()} == {
        tail: enabled for tail, (_, enabled) in SWITCHES.items()
    }
    assert {entry.entity_category for entry in found.values()} == {"config"}


async def test_all_follow_frigate_and_command_it(scene: Scene) -> None:
    """State from the configuration, then from messages; exact topic and payload both ways."""
    await scene.enable(*(("switch", tail) for tail in SWITCHES))
    for tail, (topic, _) in SWITCHES.items():
        first = STATE_OFF if tail in OFF_AT_FIRST else STATE_ON
        assert scene.state("switch", tail) == first, tail
        await scene.say(f"{topic}/state", "OFF")
        assert scene.state("switch", tail) == STATE_OFF, tail
        await scene.say(f"{topic}/state", "on")
        assert scene.state("switch", tail) == STATE_OFF, tail
    for tail, (topic, _) in SWITCHES.items():
        scene.frigate.commands.clear()
        entity = scene.entity_id("switch", tail)
        await call(scene, "switch", "turn_on", entity)
        assert scene.state("switch", tail) == STATE_ON, tail
        if tail == f"{CAMERA}:motion":
            await scene.say(f"{CAMERA}/detect/state", "OFF")
        await call(scene, "switch", "turn_off", entity)
        assert scene.state("switch", tail) == STATE_OFF, tail
        assert sent(scene) == [(f"{topic}/set", "ON"), (f"{topic}/set", "OFF")]


async def test_refusal_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frigate refuses without a word; the state stays what Frigate says."""
    monkeypatch.setattr(server_module, "COMMAND_TIMEOUT", 0.3)
    scene.frigate.obeys = False
    with pytest.raises(HomeAssistantError) as caught:
        await call(scene, "switch", "turn_off", scene.entity_id("switch", f"{CAMERA}:snapshots"))
    assert caught.value.translation_key == "command_refused"
    assert caught.value.translation_placeholders == {
        "server": "Frigate 1",
        "command": f"{CAMERA}/snapshots/set",
    }
    assert scene.state("switch", f"{CAMERA}:snapshots") == STATE_ON
    assert sent(scene) == [(f"{CAMERA}/snapshots/set", "OFF")]


async def test_command_without_a_connection(scene: Scene) -> None:
    """What could not be sent is an error that says so."""
    await scene.server.link.stop()
    with pytest.raises(HomeAssistantError) as caught:
        await scene.server.async_command(f"{CAMERA}/detect/set", "OFF")
    assert caught.value.translation_key == "unreachable"


async def test_motion_detection_is_needed(scene: Scene) -> None:
    """Frigate would leave it on without a word while objects are detected."""
    entity = scene.entity_id("switch", f"{CAMERA}:motion")
    with pytest.raises(ServiceValidationError) as caught:
        await call(scene, "switch", "turn_off", entity)
    assert caught.value.translation_key == "motion_needed"
    assert caught.value.translation_placeholders == {"camera": "Cổng trước"}
    assert sent(scene) == []


async def test_several_wait_for_one_echo(scene: Scene) -> None:
    """Two people who press the same switch both get their answer."""
    entity = scene.entity_id("switch", f"{CAMERA}:recordings")
    first = scene.hass.async_create_task(call(scene, "switch", "turn_off", entity))
    second = scene.hass.async_create_task(call(scene, "switch", "turn_off", entity))
    await first
    await second
    assert scene.state("switch", f"{CAMERA}:recordings") == STATE_OFF
    assert not scene.server._waiters


async def test_switch_of_a_camera_that_is_off(scene: Scene) -> None:
    """What is set for it can still be changed; gone with the server only."""
    await scene.say(f"{CAMERA}/enabled/state", "OFF")
    assert scene.state("switch", f"{CAMERA}:snapshots") == STATE_ON
    await scene.server.link.stop()
    scene.server.on_disconnected(None)
    await wait_until(scene.server, lambda: not scene.server.available)
    await scene.hass.async_block_till_done()
    assert scene.state("switch", f"{CAMERA}:snapshots") == STATE_UNAVAILABLE


async def test_watching_login_controls_nothing(hass: HomeAssistant) -> None:
    """The states are there; a command is refused before it is sent, with the reason."""
    async with living(hass, switchable(profile=viewer())) as scene:
        assert scene.state("switch", f"{CAMERA}:detect") == STATE_ON
        with pytest.raises(ServiceValidationError) as caught:
            await call(scene, "switch", "turn_off", scene.entity_id("switch", f"{CAMERA}:detect"))
        assert caught.value.translation_key == "needs_admin"
        assert caught.value.translation_placeholders == {"server": "Frigate 1"}
        assert sent(scene) == []


async def test_what_the_file_switches_off_has_no_switch(hass: HomeAssistant) -> None:
    """Frigate would ignore it."""
    camera = full_camera(
        audio={"enabled": False, "enabled_in_config": False},
        audio_transcription={"enabled": False, "enabled_in_config": False},
        notifications={"enabled": False, "enabled_in_config": False},
        record={"enabled": False, "enabled_in_config": False},
        birdseye={"enabled": True, "mode": "objects"},
        onvif={},
        zones={"san": {"coordinates": "0,0,1,0,1,1", "enabled_in_config": False}},
    )
    more = {**full_server(), "birdseye": {"enabled": False}}
    async with living(hass, LiveFrigate(cameras={CAMERA: camera}, more=more)) as scene:
        assert set(entries(scene, "switch")) == {
            f"{CAMERA}:{name}"
            for name in (
                "detect",
                "improve_contrast",
                "motion",
                "review_alerts",
                "review_detections",
                "snapshots",
            )
        }


@pytest.mark.parametrize(
    ("version", "gone"),
    [
        ("0.17.1-abc", {"zone", "motion_mask", "object_mask"}),
        (
            "0.16.4-abc",
            {
                "zone",
                "motion_mask",
                "object_mask",
                "audio_transcription",
                "object_descriptions",
                "review_descriptions",
            },
        ),
    ],
)
async def test_older_frigate(hass: HomeAssistant, version: str, gone: set[str]) -> None:
    """Has fewer switches."""
    frigate = switchable(version=version)
    async with living(hass, frigate) as scene:
        wanted = {tail for tail in SWITCHES if not gone & set(tail.split(":"))}
        assert set(entries(scene, "switch")) == wanted


async def test_version_from_the_configuration_while_down(scene: Scene) -> None:
    """Before the server was reached its last configuration tells what it can do."""
    scene.server.sync.version = None
    assert commands.frigate_version(scene.server) == commands.V0_18
    scene.server.config = None
    assert commands.frigate_version(scene.server) == commands.V0_16


async def test_unknown_until_told(scene: Scene) -> None:
    """A switch whose state nobody told is unknown, not off."""
    del scene.server.live.values[f"{CAMERA}/audio/state"]
    scene.server.live.touch(f"{CAMERA}/audio/state")
    await scene.settle()
    assert scene.state("switch", f"{CAMERA}:audio") == STATE_UNKNOWN
