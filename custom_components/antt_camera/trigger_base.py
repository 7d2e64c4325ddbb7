"""What all triggers have in common: their cameras, their options, the servers they listen to."""

import abc
from collections.abc import Iterable, Mapping
from typing import Any, cast, override

from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType, VolDictType
import voluptuous as vol

from .directory import async_directory
from .server import FrigateServer
from .targets import CameraTarget, describe_camera


def meets(wanted: Iterable[str] | None, found: Iterable[str]) -> bool:
    """Whether anything found is wanted; without wishes everything is."""
    return not wanted or not set(wanted).isdisjoint(found)


def call_all(removes: Iterable[CALLBACK_TYPE]) -> CALLBACK_TYPE:
    """Return one function that calls all."""

    @callback
    def remove_all() -> None:
        for remove in removes:
            remove()

    return remove_all


class CameraTrigger(Trigger, abc.ABC):
    """A trigger about cameras; without a target about all of them."""

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

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take target and options."""
        super().__init__(hass, config)
        self._target = CameraTarget(hass, config.target)
        self._wishes: Mapping[str, Any] = config.options or {}
        self._key = config.key.rpartition(".")[2]
        self._run: TriggerActionRunner | None = None

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen to every server, now and later."""
        self._run = run_action
        removes = [
            self._target.async_watch(),
            async_directory(self._hass).async_follow(self._attach),
        ]

        @callback
        def detach() -> None:
            self._run = None
            for remove in removes:
                remove()

        return detach

    @callback
    @abc.abstractmethod
    def _attach(self, server: FrigateServer) -> CALLBACK_TYPE:
        """Listen to one server."""

    @callback
    def _fire(self, server: FrigateServer, camera: str, **details: Any) -> None:
        if self._run is not None and self._target.async_has(server, camera):
            description = describe_camera(server, camera)
            self._run({**description, **details}, f"{self._key} on {description['camera_name']}")
