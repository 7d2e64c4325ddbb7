"""Idle entities of this platform."""

from homeassistant.components.update import UpdateEntity

from .idle import Idle, adder


class IdleUpdate(Idle, UpdateEntity):
    """Does nothing."""


async_setup_entry = adder("update", lambda _hass: IdleUpdate())
