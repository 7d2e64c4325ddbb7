"""Idle entities of this platform."""

from homeassistant.components.image import ImageEntity

from .idle import Idle, adder


class IdleImage(Idle, ImageEntity):
    """Does nothing."""


async_setup_entry = adder("image", IdleImage)
