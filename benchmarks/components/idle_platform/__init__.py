"""As many entities on as many devices as somebody else has, that do nothing: what Home Assistant itself costs."""

import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .idle import device_info

PLAN = "idle_platform.json"


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry[dict[str, Any]]) -> bool:
    """Set up the platforms that the plan names."""
    path = Path(hass.config.path(PLAN))
    entry.runtime_data = plan = await hass.async_add_executor_job(
        lambda: json.loads(path.read_text(encoding="utf-8"))
    )
    _make_devices(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, list(plan["entities"]))
    return True


@callback
def _make_devices(hass: HomeAssistant, entry: ConfigEntry[dict[str, Any]]) -> None:
    """Make the devices first, as who has many entities on each of them does."""
    registry = dr.async_get(hass)
    ids: dict[str, str] = {}
    devices = entry.runtime_data["devices"]
    infos = entry.runtime_data["infos"] = {}
    for key, device in devices.items():
        info = infos[key] = device_info(key, device, ids)
        if "parent_device_id" in info:
            registry.async_get_or_create_child(config_entry_id=entry.entry_id, **info)
        else:
            made = registry.async_get_or_create(config_entry_id=entry.entry_id, **info)
            ids[key] = made.id
