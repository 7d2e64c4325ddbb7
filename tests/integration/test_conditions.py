"""Conditions in real automations."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
import pytest

from custom_components.antt_camera import server as server_module
from custom_components.antt_camera.const import DOMAIN

from .automations import OTHER, run, two_cameras
from .live_frigate import CAMERA, Scene, full_stats, living, tracked
from .working_frigate import lose


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A connected server with two cameras."""
    async with living(hass, two_cameras()) as made:
        await made.say(f"{OTHER}/status/detect", "online")
        yield made


class Asked:
    """An automation with a condition, which is asked by an event."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._told: list[dict[str, Any]] = []

    async def prepare(self, name: str, target: dict[str, Any] | None, options: Any) -> None:
        """Set the automation up."""
        condition: dict[str, Any] = {"condition": f"{DOMAIN}.{name}"}
        if target is not None:
            condition["target"] = target
        if options:
            condition["options"] = options
        trigger = {"trigger": "event", "event_type": "ask"}
        self._told = await run(self._hass, trigger, condition)

    async def holds(self) -> bool:
        """Whether the automation ran."""
        self._told.clear()
        self._hass.bus.async_fire("ask")
        await self._hass.async_block_till_done()
        return bool(self._told)


async def ask(
    hass: HomeAssistant, name: str, target: dict[str, Any] | None = None, **options: Any
) -> Asked:
    """Return an automation with this condition."""
    asked = Asked(hass)
    await asked.prepare(name, target, options)
    return asked


def device_id(scene: Scene, camera: str) -> str:
    """The device of a camera."""
    found = dr.async_get(scene.hass).async_get_device_by_identifier(
        (DOMAIN, f"{scene.server.id}:{camera}"), scene.entry.entry_id
    )
    assert found is not None
    return found.id


async def test_any_camera_is_offline(scene: Scene) -> None:
    """By its health; a camera that was switched off is not offline."""
    asked = await ask(scene.hass, "is_camera_offline")
    assert not await asked.holds()
    await scene.say(f"{CAMERA}/enabled/state", "OFF")
    assert not await asked.holds()
    await scene.say(f"{CAMERA}/enabled/state", "ON")
    await scene.say("stats", full_stats(0.0))
    assert await asked.holds()
    await scene.say(f"{CAMERA}/status/detect", "online")
    assert not await asked.holds()


async def test_all_cameras_are_offline(scene: Scene) -> None:
    """Not one of them, not none."""
    asked = await ask(scene.hass, "is_camera_offline", behavior="all")
    await scene.say(f"{CAMERA}/status/detect", "offline")
    assert not await asked.holds()
    await scene.say(f"{OTHER}/status/detect", "offline")
    assert await asked.holds()
    assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    assert not await asked.holds()


async def test_camera_of_a_lost_server(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives no picture either."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 0.05)
    asked = await ask(scene.hass, "is_camera_offline", behavior="all")
    assert not await asked.holds()
    await lose(scene)
    assert await asked.holds()


@pytest.mark.parametrize("kind", ["entity_id", "device_id", "area_id"])
async def test_targets(scene: Scene, kind: str) -> None:
    """Only the cameras that are meant count; those moved later too."""
    area = ar.async_get(scene.hass).async_create("Thôn Đông")
    devices = dr.async_get(scene.hass)
    devices.async_update_device(device_id(scene, CAMERA), area_id=area.id)
    target = {
        "entity_id": scene.entity_id("camera", f"{CAMERA}:camera"),
        "device_id": device_id(scene, CAMERA),
        "area_id": area.id,
    }[kind]
    asked = await ask(scene.hass, "is_camera_offline", {kind: target})
    await scene.say(f"{OTHER}/status/detect", "offline")
    assert not await asked.holds()
    await scene.say(f"{CAMERA}/status/detect", "offline")
    assert await asked.holds()
    devices.async_update_device(device_id(scene, CAMERA), area_id=None)
    assert await asked.holds() is (kind != "area_id")
    devices.async_update_device(device_id(scene, OTHER), area_id=area.id)
    assert await asked.holds()


async def see(scene: Scene, identity: str, label: str, *zones: str, camera: str = CAMERA) -> None:
    """Push an object that is there."""
    wire = tracked(identity, label=label, current_zones=list(zones), camera=camera)
    await scene.say("events", {"type": "update", "before": wire, "after": wire})


async def test_object_in_zone(scene: Scene) -> None:
    """As long as it is there."""
    asked = await ask(scene.hass, "is_object_in_zone", labels=["person"], zones=["san"])
    assert not await asked.holds()
    await see(scene, "1795000000.1-aa", "car", "san")
    await see(scene, "1795000000.2-bb", "person")
    assert not await asked.holds()
    await see(scene, "1795000000.2-bb", "person", "san")
    assert await asked.holds()
    gone = tracked("1795000000.2-bb", end_time=1_795_000_060.0)
    await scene.say("events", {"type": "end", "before": gone, "after": gone})
    assert not await asked.holds()


async def test_so_many_objects(scene: Scene) -> None:
    """Of all cameras that are meant together; none while the server is lost."""
    asked = await ask(scene.hass, "is_object_in_zone", count=3)
    await see(scene, "1795000000.1-aa", "car")
    await see(scene, "1795000000.2-bb", "person", "san")
    assert not await asked.holds()
    await see(scene, "1795000000.3-cc", "dog", camera=OTHER)
    assert await asked.holds()


async def test_objects_of_a_target(scene: Scene) -> None:
    """Others do not count."""
    target = {"device_id": device_id(scene, OTHER)}
    asked = await ask(scene.hass, "is_object_in_zone", target)
    await see(scene, "1795000000.1-aa", "car")
    assert not await asked.holds()
    await see(scene, "1795000000.3-cc", "dog", camera=OTHER)
    assert await asked.holds()


async def test_nothing_is_known_of_a_lost_server(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it saw last does not count."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 0.05)
    asked = await ask(scene.hass, "is_object_in_zone")
    await see(scene, "1795000000.1-aa", "car")
    assert await asked.holds()
    await lose(scene)
    assert not await asked.holds()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("is_camera_offline", {"behavior": "some"}),
        ("is_object_in_zone", {"count": 0}),
        ("is_object_in_zone", {"behavior": "any"}),
    ],
)
async def test_wrong_options(scene: Scene, name: str, options: dict[str, Any]) -> None:
    """Are refused where they are written."""
    with pytest.raises(AssertionError, match="not valid"):
        await ask(scene.hass, name, **options)
