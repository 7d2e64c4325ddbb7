"""Idle entities of this platform."""

from homeassistant.components.camera import Camera

from .idle import Idle, adder


class IdleCamera(Idle, Camera):
    """Does nothing."""


async_setup_entry = adder("camera", lambda _hass: IdleCamera())
