"""Tolerant reading of what Frigate sends: a wrong type is counted, never raised, and costs only its own field."""

from collections.abc import Mapping
import logging
from typing import Any

_LOGGER = logging.getLogger(__name__)

# Names come from the wire, so that their number and length must have a limit.
MAX_KEYS = 512
MAX_KEY_LENGTH = 128
MAX_TEXT = 4096
# Larger than any number Frigate sends, small enough for every arithmetic on it.
MAX_NUMBER = 1e15


class ParseProblems:
    """Counts what could not be understood, by place; each place is logged once, and never a value."""

    def __init__(self) -> None:
        """Start at zero."""
        self.counts: dict[str, int] = {}

    def count(self, key: str) -> None:
        """Count a problem at a place such as `events.after.box`."""
        key = key[:MAX_KEY_LENGTH]
        if key in self.counts:
            self.counts[key] += 1
        elif len(self.counts) < MAX_KEYS:
            self.counts[key] = 1
            _LOGGER.warning("Frigate sent something unexpected as %s; it is left out", key)

    @property
    def total(self) -> int:
        """How many problems there were."""
        return sum(self.counts.values())


class Fields:
    """Typed access to a JSON object. Absent and null are the same, as in Frigate's own models."""

    __slots__ = ("_place", "problems", "wire")

    def __init__(self, wire: Mapping[str, Any], place: str, problems: ParseProblems) -> None:
        """Read `wire`; `place` names it in the counts."""
        self.wire = wire
        self._place = place
        self.problems = problems

    def wrong(self, key: str) -> None:
        """Count a wrong type."""
        self.problems.count(f"{self._place}.{key}")

    def text(self, key: str) -> str | None:
        """Return a text, None if absent or of another type."""
        value = self.wire.get(key)
        if isinstance(value, str):
            return value if len(value) <= MAX_TEXT else value[:MAX_TEXT]
        if value is not None:
            self.wrong(key)
        return None

    def number(self, key: str) -> float | None:
        """Return a finite number; a text that is one counts too, for statistics come as texts."""
        value = self.wire.get(key)
        # The hot path: nearly every number of a tracked object, of which hundreds may come a second.
        if type(value) is float and -MAX_NUMBER <= value <= MAX_NUMBER:
            return value
        if value is None:
            return None
        if (found := as_number(value)) is None:
            self.wrong(key)
        return found

    def integer(self, key: str) -> int | None:
        """Return a whole number."""
        found = self.number(key)
        return None if found is None else int(found)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a truth value, `default` if absent or of another type."""
        value = self.wire.get(key)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.wrong(key)
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; what is no text in it is counted and left out."""
        value = self.wire.get(key)
        if value is None or value == []:
            return ()
        if isinstance(value, list):
            found = tuple(item for item in value if isinstance(item, str))
            if len(found) != len(value):
                self.wrong(key)
            return found
        self.wrong(key)
        return ()

    def object(self, key: str) -> Fields:
        """Return a nested object, an empty one if absent or of another type."""
        value = self.wire.get(key)
        if not isinstance(value, dict):
            if value is not None:
                self.wrong(key)
            value = {}
        return Fields(value, f"{self._place}.{key}", self.problems)

    def objects(self, key: str) -> dict[str, Fields]:
        """Return the objects of a mapping by their key; others in it are counted and left out."""
        found: dict[str, Fields] = {}
        for name, value in self.object(key).wire.items():
            if isinstance(value, dict):
                found[name] = Fields(value, f"{self._place}.{key}.*", self.problems)
            else:
                self.wrong(f"{key}.*")
        return found


def as_number(value: Any) -> float | None:
    """Return a finite number from a JSON number or its text, None for anything else."""
    kind = type(value)
    if kind is str:
        if len(value) > 32:
            return None
        try:
            value = float(value)
        except ValueError:
            return None
    elif kind is not float and kind is not int:
        return None
    # Not a number fails every comparison.
    return float(value) if -MAX_NUMBER <= value <= MAX_NUMBER else None
