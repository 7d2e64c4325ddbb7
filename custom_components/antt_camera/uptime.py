"""How long a camera gave pictures today: pure arithmetic over a clock that is passed in."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

# A longer pause between two looks is no observation: the computer slept, or the clock was set.
MAX_STEP = timedelta(minutes=5)


@dataclass(slots=True)
class UptimeToday:
    """Seconds observed and seconds up since local midnight. A camera that is switched off is not observed."""

    day: str = ""
    observed: float = 0.0
    up: float = 0.0
    _last: datetime | None = None
    _state: bool | None = None

    def look(self, now: datetime, state: bool | None) -> None:
        """Take note that from now on the camera is up (True), down (False) or of no concern (None).

        `now` is aware, in the time zone whose midnight counts.
        """
        last, was, self._last, self._state = self._last, self._state, now, state
        today = now.date().isoformat()
        if today != self.day:
            self.day, self.observed, self.up = today, 0.0, 0.0
        if last is None or was is None:
            return
        # Differences of aware times of one zone ignore changes of daylight saving; timestamps do not.
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        seconds = now.timestamp() - max(last.timestamp(), midnight)
        if 0 < seconds <= MAX_STEP.total_seconds():
            self.observed += seconds
            if was:
                self.up += seconds

    @property
    def percent(self) -> float | None:
        """Share of the observed time of today, 0 to 100; None while nothing was observed."""
        return round(100 * self.up / self.observed, 1) if self.observed else None

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {key: value for key, value in asdict(self).items() if not key.startswith("_")}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read what survived; anything unusable counts as nothing."""
        day, observed, up = stored.get("day"), stored.get("observed"), stored.get("up")
        if (
            not isinstance(day, str)
            or not isinstance(observed, int | float)
            or not isinstance(up, int | float)
            or not 0 <= up <= observed <= 90_000
        ):
            return cls()
        return cls(day=day, observed=float(observed), up=float(up))
