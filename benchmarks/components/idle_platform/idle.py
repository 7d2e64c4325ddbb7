"""What the idle entities of all platforms have in common."""

from collections.abc import Callable, Coroutine
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

DOMAIN = "idle_platform"

type Setup = Callable[
    [HomeAssistant, ConfigEntry[dict[str, Any]], AddConfigEntryEntitiesCallback],
    Coroutine[Any, Any, None],
]


class Idle(Entity):
    """A name, a device and nothing else."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def plan(self, row: dict[str, Any], infos: dict[str, DeviceInfo | ChildDeviceInfo]) -> None:
        """Take identity and device over."""
        self._attr_unique_id = row["unique_id"]
        self._attr_name = row["name"]
        self._attr_entity_registry_enabled_default = row["enabled"]
        self._attr_device_info = infos[row["device"]]


def device_info(
    key: str, device: dict[str, Any], ids: dict[str, str]
) -> DeviceInfo | ChildDeviceInfo:
    """Describe a device; `ids` are those of the devices that were made before."""
    identifiers = {(DOMAIN, key)}
    if device["parent"] is not None:
        return ChildDeviceInfo(
            identifiers=identifiers, name=device["name"], parent_device_id=ids[device["parent"]]
        )
    info = DeviceInfo(identifiers=identifiers, name=device["name"])
    if device["via"] in ids:
        info["via_device_id"] = ids[device["via"]]
    return info


def adder(domain: str, make: Callable[[HomeAssistant], Idle]) -> Setup:
    """Make the set-up function of a platform."""

    async def async_setup_entry(
        hass: HomeAssistant,
        entry: ConfigEntry[dict[str, Any]],
        async_add_entities: AddConfigEntryEntitiesCallback,
    ) -> None:
        plan = entry.runtime_data
        entities = []
        for row in plan["entities"][domain]:
            entity = make(hass)
            entity.plan(row, plan["infos"])
            entities.append(entity)
        async_add_entities(entities)

    return async_setup_entry
