"""Idle entities of this platform."""

from homeassistant.components.binary_sensor import BinarySensorEntity

from .idle import Idle, adder


class IdleBinarySensor(Idle, BinarySensorEntity):
    """Does nothing."""


async_setup_entry = adder("binary_sensor", lambda _hass: IdleBinarySensor())
