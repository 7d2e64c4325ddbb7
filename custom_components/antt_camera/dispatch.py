"""Who is told of what: state keys to entities once per event-loop turn, messages to those who asked for their kind."""

from collections.abc import Callable, Iterable
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .const import LOGGER
from .frigate.live import LiveState
from .frigate.messages import Message

type MessageListener[_M: Message] = Callable[[_M], None]


class Dispatcher:
    """Listeners of one server, indexed so that a message costs only what concerns it."""

    def __init__(self, hass: HomeAssistant, live: LiveState) -> None:
        """Start without listeners."""
        self._hass = hass
        self._live = live
        self._keys: dict[str, dict[CALLBACK_TYPE, None]] = {}
        self._messages: dict[type[Any], dict[Callable[[Any], None], None]] = {}
        self._scheduled = False
        self._failed: set[str] = set()

    @callback
    def async_listen(self, keys: Iterable[str], listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` once per turn in which any of the keys changed."""
        keys = tuple(keys)
        for key in keys:
            self._keys.setdefault(key, {})[listener] = None

        @callback
        def remove() -> None:
            for key in keys:
                if (listeners := self._keys.get(key)) is not None:
                    listeners.pop(listener, None)
                    if not listeners:
                        del self._keys[key]

        return remove

    @callback
    def async_listen_messages[_M: Message](
        self, kind: type[_M], listener: MessageListener[_M]
    ) -> CALLBACK_TYPE:
        """Call `listener` with each decoded message of one class, as it arrives."""
        self._messages.setdefault(kind, {})[listener] = None

        @callback
        def remove() -> None:
            if (listeners := self._messages.get(kind)) is not None:
                listeners.pop(listener, None)
                if not listeners:
                    del self._messages[kind]

        return remove

    @property
    def listener_count(self) -> int:
        """How many registrations there are; nothing may stay after an unload."""
        return sum(map(len, self._keys.values())) + sum(map(len, self._messages.values()))

    @callback
    def async_message(self, message: Message) -> None:
        """Pass a decoded message on. A listener that fails costs the others nothing."""
        for listener in tuple(self._messages.get(type(message), ())):
            self._guard(listener, message)

    @callback
    def async_changed(self) -> None:
        """Note that the live state may have changed; listeners are called at the end of this turn."""
        if not self._scheduled and self._live.has_changes:
            self._scheduled = True
            self._hass.loop.call_soon(self._flush)

    @callback
    def _flush(self) -> None:
        self._scheduled = False
        keys = self._keys
        due: dict[CALLBACK_TYPE, None] = {}
        for key in self._live.take_dirty():
            if (listeners := keys.get(key)) is not None:
                due.update(listeners)
        for listener in due:
            self._guard(listener)

    def _guard(self, listener: Callable[..., None], *args: Any) -> None:
        try:
            listener(*args)
        except Exception:  # noqa: BLE001
            # Whoever listens, its mistake must cost the others nothing.
            name = getattr(listener, "__qualname__", repr(listener))
            if name not in self._failed:
                self._failed.add(name)
                LOGGER.exception("A listener failed: %s", name)
