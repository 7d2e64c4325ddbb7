"""Reading a scene's YAML: every field is checked, an error names the place and what was expected."""

from collections.abc import Callable, Mapping
from typing import Any

from simulator.geometry import Point


class SceneError(ValueError):
    """A scene file that can't be used; the text names the file (or "scene"), the place in it and the reason."""


class Fields:
    """One mapping of the file. Each reader takes its field away; `finish` refuses those nobody asked for."""

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, Mapping):
            raise SceneError(f"{where}: expected a mapping, found {type(data).__name__}")
        self.where = where
        self._data = dict(data)

    def error(self, reason: str) -> SceneError:
        """An error at this place."""
        return SceneError(f"{self.where}: {reason}")

    def has(self, key: str) -> bool:
        return key in self._data

    def _take(self, key: str, default: Any) -> Any:
        if key in self._data:
            return self._data.pop(key)
        if default is ...:
            raise self.error(f"{key} is missing")
        return default

    def text(self, key: str, default: Any = ...) -> Any:
        """A non-empty text, or the default (which may be None)."""
        value = self._take(key, default)
        if value is not default and not (isinstance(value, str) and value):
            raise self.error(f"{key} must be text")
        return value

    def number(self, key: str, default: Any = ..., *, least: float = 0.0) -> Any:
        """A number of at least `least`, or the default (which may be None)."""
        value = self._take(key, default)
        if value is default:
            return value
        if not _is_number(value) or not value >= least:
            raise self.error(f"{key} must be a number of at least {least:g}")
        return value

    def whole(self, key: str, default: int, *, least: int = 0) -> int:
        """A whole number of at least `least`."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.error(f"{key} must be a whole number of at least {least}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.error(f"{key} must be true or false")
        return value

    def texts(self, key: str, default: Any = ()) -> tuple[str, ...]:
        """A list of texts."""
        value = self._take(key, default)
        if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
            raise self.error(f"{key} must be a list of texts")
        return tuple(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of positive numbers."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(_is_number(one) and one > 0 for one in value):
            raise self.error(f"{key} must be a list of positive numbers")
        return tuple(map(float, value))

    def names(self, key: str) -> dict[str, str]:
        """A mapping of keys to names."""
        value = self._take(key, {})
        if not isinstance(value, Mapping) or not all(
            isinstance(one, str) for pair in value.items() for one in pair
        ):
            raise self.error(f"{key} must map keys to names")
        return dict(value)

    def points(self, key: str) -> tuple[Point, ...]:
        """At least three corners `[x, y]`, 0 to 1."""
        value = self._take(key, ...)
        if not isinstance(value, list) or len(value) < 3 or not all(map(_is_point, value)):
            raise self.error(f"{key} must be at least three corners [x, y] between 0 and 1")
        return tuple((float(x), float(y)) for x, y in value)

    def each[T](self, key: str, read: Callable[[Fields], T]) -> tuple[T, ...]:
        """A list of mappings, each read by `read`."""
        value = self._take(key, [])
        if not isinstance(value, list):
            raise self.error(f"{key} must be a list")
        found = []
        for index, one in enumerate(value):
            name = one.get("key", index) if isinstance(one, Mapping) else index
            fields = Fields(one, f"{self.where}: {key}[{name}]")
            found.append(read(fields))
            fields.finish()
        return tuple(found)

    def finish(self) -> None:
        """Every field must have been read."""
        if self._data:
            raise self.error(f"unknown: {', '.join(map(str, self._data))}")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_point(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(_is_number(one) and 0 <= one <= 1 for one in value)
    )
