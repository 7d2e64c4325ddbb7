"""Idle entities of this platform."""

from homeassistant.components.button import ButtonEntity

from .idle import Idle, adder


class IdleButton(Idle, ButtonEntity):
    """Does nothing."""


async_setup_entry = adder("button", lambda _hass: IdleButton())
