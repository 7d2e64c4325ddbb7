"""A thread-safe cache bounded by the bytes it holds."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class BoundedCache[K: Hashable, V]:
    """Keeps the most recently used values; drops the oldest when `limit` bytes are exceeded.

    Two threads that miss the same key at once may both make the value; the later one stays.
    """

    def __init__(self, limit: int, size: Callable[[V], int]) -> None:
        self._limit = limit
        self._size = size
        self._held = 0
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    @property
    def held(self) -> int:
        """Bytes held now."""
        return self._held

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of `key`, made by `make` (outside the lock) when it is not held."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            old = self._values.pop(key, None)
            if old is not None:
                self._held -= self._size(old)
            self._values[key] = value
            self._held += self._size(value)
            while self._held > self._limit and len(self._values) > 1:
                _, dropped = self._values.popitem(last=False)
                self._held -= self._size(dropped)
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self._held = 0
