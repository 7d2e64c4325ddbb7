"""Fans every message of the simulated server out to whoever listens."""

from collections.abc import Callable
import json
import logging
from typing import Any

type Outgoing = Callable[[str, Any, bool], None]
"""Called with topic (no prefix), payload and the retain flag."""

_LOGGER = logging.getLogger(__name__)


class Dispatcher:
    """Listeners, in the order they came."""

    def __init__(self) -> None:
        self._listeners: list[Outgoing] = []

    def subscribe(self, callback: Outgoing) -> Callable[[], None]:
        """Hear every message; returns the way to stop."""
        self._listeners.append(callback)

        def stop() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return stop

    def send(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        """Send a payload exactly as it is; one bad listener does not stop the others."""
        for listener in tuple(self._listeners):
            try:
                listener(topic, payload, retain)
            except Exception:
                _LOGGER.exception("A listener failed on %s", topic)

    def publish(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        """Send a payload in the server's form: JSON documents travel as text."""
        if isinstance(payload, (dict, list)):
            payload = json.dumps(payload)
        self.send(topic, payload, retain=retain)
