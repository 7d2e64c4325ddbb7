"""Filters of the event and review lists, as the server applies them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
import re
from zoneinfo import ZoneInfo

from simulator.rows import EventRow, ReviewRow

NOTHING = "None"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Parameters of `GET /api/events`; None or an empty tuple means "any"."""

    cameras: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    sub_labels: tuple[str, ...] | None = None
    zones: tuple[str, ...] | None = None
    plates: tuple[str, ...] | None = None
    after: float | None = None
    before: float | None = None
    time_range: tuple[str, str] | None = None
    timezone: str = "utc"
    has_clip: bool | None = None
    has_snapshot: bool | None = None
    in_progress: bool | None = None
    favorites: bool | None = None
    submitted: bool | None = None
    event_id: str | None = None
    min_score: float | None = None
    max_score: float | None = None
    min_speed: float | None = None
    max_speed: float | None = None
    min_length: float | None = None
    max_length: float | None = None

    def matches(self, row: EventRow) -> bool:
        """Whether the server would list this row."""
        return (
            (self.event_id is None or row.id == self.event_id)
            and (self.cameras is None or row.camera in self.cameras)
            and (self.labels is None or row.label in self.labels)
            and _sub_label_matches(self.sub_labels, row.sub_label)
            and _zones_match(self.zones, row.zones)
            and _plate_matches(self.plates, row.data.get("recognized_license_plate"))
            and self._time_matches(row)
            and self._flags_match(row)
            and self._numbers_match(row)
        )

    def _time_matches(self, row: EventRow) -> bool:
        if self.after is not None and not row.start_time > self.after:
            return False
        if self.before is not None and not row.start_time < self.before:
            return False
        if self.time_range is None:
            return True
        first, last = self.time_range
        clock = datetime.fromtimestamp(row.start_time, zone(self.timezone)).strftime("%H:%M")
        return first <= clock <= last if first <= last else clock >= first or clock <= last

    def _flags_match(self, row: EventRow) -> bool:
        return (
            self.has_clip in (None, row.has_clip)
            and self.has_snapshot in (None, row.has_snapshot)
            and self.in_progress in (None, row.end_time is None)
            and self.favorites in (None, row.retain_indefinitely)
            and self.submitted in (None, row.plus_id is not None)
        )

    def _numbers_match(self, row: EventRow) -> bool:
        length = None if row.end_time is None else row.end_time - row.start_time
        return (
            _between(row.data.get("score"), self.min_score, self.max_score)
            and _between(row.data.get("average_estimated_speed"), self.min_speed, self.max_speed)
            and _between(length, self.min_length, self.max_length)
        )


SORTS: dict[str, tuple[Callable[[EventRow], float], bool]] = {
    "date_asc": (lambda row: row.start_time, False),
    "date_desc": (lambda row: row.start_time, True),
    "score_asc": (lambda row: row.data.get("score") or 0.0, False),
    "score_desc": (lambda row: row.data.get("score") or 0.0, True),
    "speed_asc": (lambda row: row.data.get("average_estimated_speed") or 0.0, False),
    "speed_desc": (lambda row: row.data.get("average_estimated_speed") or 0.0, True),
}


def sort_events(rows: Iterable[EventRow], sort: str | None) -> list[EventRow]:
    """Order rows as the `sort` parameter says; unknown or absent: newest first."""
    key, reverse = SORTS.get(sort or "date_desc", SORTS["date_desc"])
    return sorted(rows, key=key, reverse=reverse)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFilter:
    """Parameters of `GET /api/review`; overlap with [after, before] counts."""

    after: float
    before: float
    cameras: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    zones: tuple[str, ...] | None = None
    severity: str | None = None
    reviewed: bool | None = None

    def matches(self, row: ReviewRow, user: str) -> bool:
        """Whether the server would list this row for `user`."""
        heard_or_seen = (*row.data.get("objects", ()), *row.data.get("audio", ()))
        return (
            row.start_time < self.before
            and (row.end_time is None or row.end_time > self.after)
            and (self.cameras is None or row.camera in self.cameras)
            and (self.labels is None or any(label in heard_or_seen for label in self.labels))
            and (
                self.zones is None or any(name in row.data.get("zones", ()) for name in self.zones)
            )
            and self.severity in (None, row.severity)
            and self.reviewed in (None, user in row.reviewed_by)
        )


def zone(name: str) -> ZoneInfo:
    """A time zone by name; an unknown one is silently UTC, as with the real server."""
    try:
        return ZoneInfo("UTC" if name.lower() == "utc" else name)
    except KeyError, ValueError, OSError:
        return ZoneInfo("UTC")


def _between(value: float | None, low: float | None, high: float | None) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def _sub_label_matches(wanted: tuple[str, ...] | None, actual: str | None) -> bool:
    if wanted is None:
        return True
    if actual is None:
        return NOTHING in wanted
    parts = [part.strip() for part in actual.split(",")]
    return any(name == actual or name in parts for name in wanted if name != NOTHING)


def _zones_match(wanted: tuple[str, ...] | None, actual: list[str]) -> bool:
    if wanted is None:
        return True
    return (NOTHING in wanted and not actual) or any(name in actual for name in wanted)


def _plate_matches(wanted: tuple[str, ...] | None, actual: str | None) -> bool:
    if wanted is None:
        return True
    if actual is None:
        return NOTHING in wanted
    for plate in wanted:
        if plate == actual:
            return True
        try:
            if re.fullmatch(plate, actual):
                return True
        except re.error:
            continue
    return False
