"""Faults put into the simulated server on purpose, and the log of what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from multidict import CIMultiDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: CIMultiDict[str]
    body: bytes
    port: int
    user: str | None
    role: str | None


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """What happens to requests that match, instead of or before the real answer.

    `delay` alone only slows the real answer down. `drop` closes the connection without an answer;
    with `partial` bytes of the body are sent first and the connection is cut in the middle.
    """

    method: str
    path_pattern: str
    status: int | None = None
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False
    partial: bytes | None = None
    times: int | None = None
    hits: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Whether this fault is still armed and meant for such a request."""
        return (
            (self.times is None or self.hits < self.times)
            and self.method in ("*", method)
            and fnmatchcase(path, self.path_pattern)
        )


class Faults:
    """The faults of one simulated server, newest first."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(
        self, method: str, path_pattern: str, *, body: bytes | str = b"", **options: Any
    ) -> Fault:
        """Arm a fault; the returned one counts its `hits`. `path_pattern` is a shell pattern, `method` may be `*`."""
        raw = body.encode() if isinstance(body, str) else body
        fault = Fault(method=method, path_pattern=path_pattern, body=raw, **options)
        self._faults.insert(0, fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Disarm one fault."""
        if fault in self._faults:
            self._faults.remove(fault)

    def clear(self) -> None:
        """Disarm all faults."""
        self._faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for a request, counted as a hit."""
        for fault in self._faults:
            if fault.matches(method, path):
                fault.hits += 1
                return fault
        return None
