"""Idle entities of this platform."""

from homeassistant.components.event import EventEntity

from .idle import Idle, adder


class IdleEvent(Idle, EventEntity):
    """Does nothing."""

    _attr_event_types = ["any"]


async_setup_entry = adder("event", lambda _hass: IdleEvent())
