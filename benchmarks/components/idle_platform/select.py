"""Idle entities of this platform."""

from homeassistant.components.select import SelectEntity

from .idle import Idle, adder


class IdleSelect(Idle, SelectEntity):
    """Does nothing."""

    _attr_options = ["any"]
    _attr_current_option = None


async_setup_entry = adder("select", lambda _hass: IdleSelect())
