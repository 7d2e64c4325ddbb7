"""ANTT Camera: a commune's Frigate servers in Home Assistant."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from .commune import AnttConfigEntry, Commune
from .const import DOMAIN, PLATFORMS
from .devices import current_identifiers
from .health import async_forget_health
from .services import async_setup_services
from .views import async_setup_views

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what exists once, whatever communes there are."""
    async_setup_services(hass)
    async_setup_views(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AnttConfigEntry) -> bool:
    """Set up a commune."""
    commune = entry.runtime_data = Commune(hass, entry)
    await commune.async_start()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(_async_follow))
    return True


async def _async_follow(hass: HomeAssistant, entry: AnttConfigEntry) -> None:
    """Follow added, changed and removed servers without a reload."""
    await entry.runtime_data.async_follow_subentries()


async def async_unload_entry(hass: HomeAssistant, entry: AnttConfigEntry) -> bool:
    """Unload a commune."""
    if unloaded := await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        await entry.runtime_data.async_stop()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: AnttConfigEntry) -> None:
    """Delete what a removed commune leaves behind."""
    await Commune(hass, entry).async_forget()
    for server_id in entry.subentries:
        async_forget_health(hass, server_id)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: AnttConfigEntry, device: DeviceEntry
) -> bool:
    """Allow to remove a device by hand that Frigate no longer has."""
    return not any(
        device.identifiers & current_identifiers(server)
        for server in entry.runtime_data.servers.values()
    )
