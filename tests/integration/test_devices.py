"""What devices keep, and what the disk keeps of a server."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from custom_components.antt_camera.const import CONF_AREAS, DOMAIN

from .conftest import make_commune, set_up
from .live_frigate import CAMERA, LiveFrigate, Scene
from .small_frigate import running
from .test_sync import device


async def test_areas_chosen_at_set_up(hass: HomeAssistant) -> None:
    """Given once: whoever moves the camera afterwards keeps that."""
    async with running(LiveFrigate()) as frigate:
        areas: dict[str, Any] = {CONF_AREAS: {CAMERA: "dong"}}
        entry = make_commune(hass, frigate.url, **areas)
        await set_up(hass, entry)
        assert isinstance(frigate, LiveFrigate)
        scene = Scene(hass, frigate, entry)
        camera = device(scene, CAMERA)
        assert isinstance(camera, dr.DeviceEntry)
        assert camera.area_id == "dong"
        dr.async_get(hass).async_update_device(camera.id, area_id="tay")
        await scene.reload()
        camera = device(scene, CAMERA)
        assert isinstance(camera, dr.DeviceEntry)
        assert camera.area_id == "tay"
        await hass.config_entries.async_unload(entry.entry_id)


async def test_what_is_kept_on_disk(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """No secret, nobody's name or plate; deleted with the commune."""
    frigate = LiveFrigate()
    secret = "Mat-khau-bi-mat"
    frigate.cameras[CAMERA]["onvif"] |= {"user": secret, "password": secret}
    frigate.cameras[CAMERA]["ffmpeg"]["inputs"][0]["path"] = f"rtsp://a:{secret}@192.0.2.7"
    frigate.more["environment_vars"] = {"FRIGATE_X": secret}
    frigate.more["genai"] = {"api_key": secret}
    frigate.mqtt |= {"user": secret, "password": secret}
    async with running(frigate):
        entry = make_commune(hass, frigate.url)
        await set_up(hass, entry)
        await hass.config_entries.async_unload(entry.entry_id)
        key = f"{DOMAIN}.{entry.entry_id}.configs"
        stored = json.dumps(hass_storage[key], ensure_ascii=False)
        assert CAMERA in stored
        assert secret not in stored
        assert "30A12345" not in stored
        assert "Cổng trước" in stored
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
        assert key not in hass_storage
