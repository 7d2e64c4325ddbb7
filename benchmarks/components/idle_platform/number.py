"""Idle entities of this platform."""

from homeassistant.components.number import NumberEntity

from .idle import Idle, adder


class IdleNumber(Idle, NumberEntity):
    """Does nothing."""


async_setup_entry = adder("number", lambda _hass: IdleNumber())
