"""Conditions for automations: is a camera offline, is an object in a zone."""

from collections.abc import Mapping
from typing import Any, Final, Unpack, cast, override

from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import Condition, ConditionCheckParams, ConditionConfig
from homeassistant.helpers.typing import ConfigType, VolDictType
import voluptuous as vol

from .server import FrigateServer
from .targets import CameraTarget
from .trigger_base import meets

CONF_BEHAVIOR: Final = "behavior"
CONF_COUNT: Final = "count"
CONF_LABELS: Final = "labels"
CONF_ZONES: Final = "zones"

_TEXTS: Final = vol.All(cv.ensure_list, [cv.string])


class CameraCondition(Condition):
    """A condition about cameras; without a target about all of them."""

    _options: VolDictType = {}

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Check target and options."""
        schema = vol.Schema(
            {
                vol.Optional(CONF_TARGET): cv.TARGET_FIELDS,
                vol.Optional(CONF_OPTIONS, default=dict): cls._options,
            }
        )
        return cast("ConfigType", schema(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take target and options."""
        super().__init__(hass, config)
        self._target = CameraTarget(hass, config.target)
        self._wishes: Mapping[str, Any] = config.options or {}

    @callback
    def _cameras(self) -> list[tuple[FrigateServer, str]]:
        # Conditions live as long as their automation and are asked seldom: nothing is kept in between.
        self._target.async_forget()
        return self._target.async_cameras()


class IsCameraOfflineCondition(CameraCondition):
    """One camera, or all of them, give no picture. A camera of a server that is lost gives none."""

    _options: VolDictType = {vol.Optional(CONF_BEHAVIOR, default="any"): vol.In(("any", "all"))}

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Check the condition."""
        states = [
            not server.available or server.live.camera_status(camera) == "offline"
            for server, camera in self._cameras()
        ]
        if self._wishes.get(CONF_BEHAVIOR) == "all":
            return bool(states) and all(states)
        return any(states)


class IsObjectInZoneCondition(CameraCondition):
    """At least so many objects are in one of the zones, or on the cameras where no zone is named."""

    _options: VolDictType = {
        vol.Optional(CONF_LABELS): _TEXTS,
        vol.Optional(CONF_ZONES): _TEXTS,
        vol.Optional(CONF_COUNT, default=1): vol.All(vol.Coerce(int), vol.Range(min=1, max=1000)),
    }

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Check the condition."""
        labels, zones = self._wishes.get(CONF_LABELS), self._wishes.get(CONF_ZONES)
        found = sum(
            1
            for server, camera in self._cameras()
            if server.available
            for label, current in server.live.present(camera)
            if meets(labels, (label,)) and meets(zones, current)
        )
        return found >= int(self._wishes.get(CONF_COUNT, 1))


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "is_camera_offline": IsCameraOfflineCondition,
    "is_object_in_zone": IsObjectInZoneCondition,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
