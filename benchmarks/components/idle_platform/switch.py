"""Idle entities of this platform."""

from homeassistant.components.switch import SwitchEntity

from .idle import Idle, adder


class IdleSwitch(Idle, SwitchEntity):
    """Does nothing."""


async_setup_entry = adder("switch", lambda _hass: IdleSwitch())
