"""Idle entities of this platform."""

from homeassistant.components.sensor import SensorEntity

from .idle import Idle, adder


class IdleSensor(Idle, SensorEntity):
    """Does nothing."""


async_setup_entry = adder("sensor", lambda _hass: IdleSensor())
