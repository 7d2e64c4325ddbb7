"""Frigate's versions, compared by number."""

from dataclasses import dataclass
import re
from typing import Final, Self, override

_VERSION = re.compile(
    r"\s*v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:[-+.\s].{0,100})?\s*", re.DOTALL
)


@dataclass(frozen=True, order=True, slots=True)
class FrigateVersion:
    """A release; what follows the numbers (a commit, `-beta1`) does not count."""

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `0.18.0-e3fa70189`. Raises ValueError for anything that is no version."""
        found = _VERSION.fullmatch(text)
        if found is None:
            raise ValueError("not a version")
        return cls(int(found[1]), int(found[2]), int(found[3] or 0))

    @override
    def __str__(self) -> str:
        """Return the numbers."""
        return f"{self.major}.{self.minor}.{self.patch}"


MINIMUM_VERSION: Final = FrigateVersion(0, 16, 0)
