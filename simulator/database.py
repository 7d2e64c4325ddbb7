"""The simulated server's database, in memory: tracked objects, reviews, recordings, exports, timeline."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from simulator.filters import EventFilter, ReviewFilter, sort_events, zone
from simulator.recordings import Recordings
from simulator.rows import EventRow, ExportRow, Json, ReviewRow, TimelineRow

DAY_SECONDS = 86400.0
TIMELINE_KEPT = 20_000


@dataclass
class Database:
    """Everything the HTTP API lists. Survives a restart of the simulated Frigate, as the real file does."""

    events: dict[str, EventRow] = field(default_factory=dict)
    reviews: dict[str, ReviewRow] = field(default_factory=dict)
    exports: dict[str, ExportRow] = field(default_factory=dict)
    timeline: list[TimelineRow] = field(default_factory=list)
    recordings: Recordings = field(default_factory=Recordings)

    # Writing: called by the world and by the HTTP handlers.

    def record_object(self, row: EventRow) -> None:
        """Insert or replace a tracked object, audio or manual event by its id.

        What was set over HTTP (favourite, plus id) survives a later update by the tracker.
        """
        before = self.events.get(row.id)
        if before is not None:
            row.retain_indefinitely = row.retain_indefinitely or before.retain_indefinitely
            row.plus_id = row.plus_id or before.plus_id
        self.events[row.id] = row

    def record_review(self, row: ReviewRow) -> None:
        """Insert or replace a review segment by its id; who has reviewed it is kept."""
        before = self.reviews.get(row.id)
        if before is not None:
            row.reviewed_by |= before.reviewed_by
        self.reviews[row.id] = row

    def record_timeline(self, row: TimelineRow) -> None:
        """Append to the timeline, which keeps the newest rows."""
        self.timeline.append(row)
        if len(self.timeline) > TIMELINE_KEPT:
            del self.timeline[: TIMELINE_KEPT // 10]

    def close_open_rows(self, now: float) -> None:
        """End every open object and review, silently: what Frigate does when it stops or starts."""
        for event in self.events.values():
            if event.end_time is None:
                event.end_time = now
        for review in self.reviews.values():
            if review.end_time is None:
                review.end_time = now

    def delete_event(self, event_id: str) -> bool:
        """Delete an object and its timeline; False if it is not there."""
        if self.events.pop(event_id, None) is None:
            return False
        self.timeline = [row for row in self.timeline if row.source_id != event_id]
        return True

    # Reading.

    def find_events(
        self, wanted: EventFilter, *, limit: int = -1, sort: str | None = None
    ) -> list[EventRow]:
        """Objects that match, sorted; a negative `limit` gives all."""
        rows = sort_events((row for row in self.events.values() if wanted.matches(row)), sort)
        return rows if limit < 0 else rows[:limit]

    def find_reviews(
        self, wanted: ReviewFilter, user: str, *, limit: int | None = None
    ) -> list[ReviewRow]:
        """Reviews that match, newest first."""
        rows = [row for row in self.reviews.values() if wanted.matches(row, user)]
        rows.sort(key=lambda row: row.start_time, reverse=True)
        return rows if limit is None else rows[:limit]

    def review_of(self, event_id: str) -> ReviewRow | None:
        """The review that holds an object."""
        return next(
            (row for row in self.reviews.values() if event_id in row.data.get("detections", ())),
            None,
        )

    def latest_event(self, camera: str, label: str | None) -> EventRow | None:
        """The newest object of a camera (of one label, or of any)."""
        rows = [
            row
            for row in self.events.values()
            if row.camera == camera and label in (None, row.label)
        ]
        return max(rows, key=lambda row: row.start_time, default=None)

    def review_summary(
        self, rows: Iterable[ReviewRow], user: str, timezone: str, now: float
    ) -> Json:
        """Counts of the last 24 hours and of each day, newest day first."""
        recent: dict[str, int | None] = {}
        days: dict[str, dict[str, int]] = {}
        for row in sorted(rows, key=lambda row: row.start_time, reverse=True):
            day = datetime.fromtimestamp(row.start_time, zone(timezone)).strftime("%Y-%m-%d")
            _count(days.setdefault(day, _no_counts()), row, user)
            if row.start_time > now - DAY_SECONDS:
                counts = {key: value or 0 for key, value in recent.items()} or _no_counts()
                _count(counts, row, user)
                recent = dict(counts)
        last = recent or dict.fromkeys(_no_counts())
        return {
            "last24Hours": last,
            **{day: {"day": day, **counts} for day, counts in days.items()},
        }

    def recording_hours(self, camera: str, timezone: str, now: float) -> list[Json]:
        """`GET /api/{camera}/recordings/summary`: days and their hours, newest first."""
        tz = zone(timezone)
        hours: dict[str, dict[str, Json]] = {}
        for segment in self.recordings.segments(camera, 0.0, now, now):
            day, hour = (
                datetime.fromtimestamp(segment.start_time, tz).strftime("%Y-%m-%d %H").split()
            )
            entry = hours.setdefault(day, {}).setdefault(
                hour, {"hour": hour, "events": 0, "motion": 0, "objects": 0, "duration": 0.0}
            )
            entry["motion"] += segment.motion
            entry["objects"] += segment.objects
            entry["duration"] += segment.duration
        for row in self.events.values():
            if row.camera == camera:
                day, hour = (
                    datetime.fromtimestamp(row.start_time, tz).strftime("%Y-%m-%d %H").split()
                )
                if day in hours and hour in hours[day]:
                    hours[day][hour]["events"] += 1
        return [_day_json(day, hours[day]) for day in sorted(hours, reverse=True)]

    def recording_days(self, cameras: Iterable[str], timezone: str, now: float) -> dict[str, bool]:
        """`GET /api/recordings/summary`: days on which any of the cameras recorded, oldest first."""
        tz = zone(timezone)
        days: set[str] = set()
        for camera in cameras:
            for start, end in self.recordings.spans(camera, 0.0, now, now):
                moment = start
                while moment < end:
                    days.add(datetime.fromtimestamp(moment, tz).strftime("%Y-%m-%d"))
                    moment += 3600.0
                days.add(datetime.fromtimestamp(end, tz).strftime("%Y-%m-%d"))
        return dict.fromkeys(sorted(days), True)


def _no_counts() -> dict[str, int]:
    return dict.fromkeys(
        ("reviewed_alert", "reviewed_detection", "total_alert", "total_detection"), 0
    )


def _count(counts: dict[str, int], row: ReviewRow, user: str) -> None:
    counts[f"total_{row.severity}"] += 1
    if user in row.reviewed_by:
        counts[f"reviewed_{row.severity}"] += 1


def _day_json(day: str, hours: dict[str, Json]) -> Json:
    newest_first = [
        {**hours[hour], "duration": round(hours[hour]["duration"])}
        for hour in sorted(hours, reverse=True)
    ]
    return {
        "events": sum(hour["events"] for hour in newest_first),
        "hours": newest_first,
        "day": day,
    }
