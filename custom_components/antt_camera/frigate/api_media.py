"""Endpoints for tracked objects, reviews, recordings and exports. Times are UTC epoch seconds."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import aiohttp

from .api import Api, part, query
from .errors import FrigateAnswerError
from .version import FrigateVersion

# A language model takes its time.
SUMMARY_TIMEOUT: Final = aiohttp.ClientTimeout(total=180, sock_connect=10)
# From here on the plain export ignores the speed, and time-lapses have an endpoint of their own;
# exports are deleted several at once.
_EXPORTS_CHANGED: Final = FrigateVersion(0, 18, 0)


class MediaApi(Api):
    """What Frigate has stored."""

    # The release, once it was asked for; the newest is assumed before.
    version: FrigateVersion | None = None

    def _exports_are_old(self) -> bool:
        return self.version is not None and self.version < _EXPORTS_CHANGED

    async def get_events(
        self,
        *,
        cameras: Sequence[str] = (),
        labels: Sequence[str] = (),
        sub_labels: Sequence[str] = (),
        zones: Sequence[str] = (),
        after: float | None = None,
        before: float | None = None,
        limit: int | None = None,
        has_clip: bool | None = None,
        has_snapshot: bool | None = None,
        in_progress: bool | None = None,
        favorites: bool | None = None,
        min_score: float | None = None,
        event_id: str | None = None,
        plate: str | None = None,
        sort: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return tracked objects as Frigate has them, newest first unless `sort` is given."""
        return await self._rows(
            "api/events",
            params=query(
                cameras=cameras,
                labels=labels,
                sub_labels=sub_labels,
                zones=zones,
                after=after,
                before=before,
                limit=limit,
                has_clip=has_clip,
                has_snapshot=has_snapshot,
                in_progress=in_progress,
                favorites=favorites,
                min_score=min_score,
                event_id=event_id,
                recognized_license_plate=plate,
                sort=sort,
            ),
        )

    async def get_event(self, event_id: str) -> dict[str, Any]:
        """Return one tracked object."""
        return await self._object("GET", f"api/events/{part(event_id)}")

    async def search_events(
        self, text: str, *, cameras: Sequence[str] = (), limit: int | None = None
    ) -> list[dict[str, Any]]:
        """Return tracked objects whose picture or description fits.

        FrigateRefusedError where search is off.
        """
        return await self._rows(
            "api/events/search", params=query(query=text, cameras=cameras, limit=limit)
        )

    async def get_events_summary(self, timezone: str) -> list[dict[str, Any]]:
        """Return counts of tracked objects by camera, label and day of `timezone`."""
        return await self._rows("api/events/summary", params=query(timezone=timezone))

    async def get_recent_event_ids(self, limit: int = 20) -> list[str]:
        """Return the ids of the newest tracked objects: by them a server is recognised."""
        rows = await self.get_events(limit=limit)
        return [row["id"] for row in rows if isinstance(row.get("id"), str)]

    async def create_event(
        self,
        camera: str,
        label: str,
        *,
        sub_label: str | None = None,
        score: float | None = None,
        duration: int | None = 30,
        include_recording: bool = True,
    ) -> str:
        """Make an event by hand and return its id; without `duration` it lasts until ended."""
        body: dict[str, Any] = {"duration": duration, "include_recording": include_recording}
        if sub_label:
            body["sub_label"] = sub_label
        if score is not None:
            body["score"] = score
        answer = await self._object(
            "POST", f"api/events/{part(camera)}/{part(label)}/create", body=body
        )
        return _id(answer, "event_id")

    async def end_event(self, event_id: str, end_time: float | None = None) -> None:
        """End an event made by hand."""
        body = {} if end_time is None else {"end_time": end_time}
        await self._raw("PUT", f"api/events/{part(event_id)}/end", body=body)

    async def set_favorite(self, event_id: str, favorite: bool) -> None:
        """Keep a tracked object for ever, or no longer."""
        await self._raw("POST" if favorite else "DELETE", f"api/events/{part(event_id)}/retain")

    async def set_sub_label(
        self, event_id: str, sub_label: str, score: float | None = None
    ) -> None:
        """Name a tracked object; an empty text takes the name away."""
        body: dict[str, Any] = {"subLabel": sub_label}
        if score:
            body["subLabelScore"] = score
        await self._raw("POST", f"api/events/{part(event_id)}/sub_label", body=body)

    # -- reviews --------------------------------------------------------------------------------

    async def get_reviews(
        self,
        *,
        cameras: Sequence[str] = (),
        labels: Sequence[str] = (),
        zones: Sequence[str] = (),
        after: float | None = None,
        before: float | None = None,
        limit: int | None = None,
        severity: str | None = None,
        reviewed: bool | None = None,
    ) -> list[dict[str, Any]]:
        """Return reviews; Frigate looks back one day unless `after` says otherwise."""
        return await self._rows(
            "api/review",
            params=query(
                cameras=cameras,
                labels=labels,
                zones=zones,
                after=after,
                before=before,
                limit=limit,
                severity=severity,
                reviewed=reviewed,
            ),
            fresh=True,
        )

    async def get_review(self, review_id: str) -> dict[str, Any]:
        """Return one review."""
        return await self._object("GET", f"api/review/{part(review_id)}")

    async def get_review_summary(
        self, timezone: str, *, cameras: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Return counts of reviews by day of `timezone`, and of the `last24Hours`."""
        return await self._object(
            "GET", "api/review/summary", params=query(timezone=timezone, cameras=cameras)
        )

    async def mark_reviewed(self, review_ids: Iterable[str], reviewed: bool = True) -> None:
        """Mark reviews as looked at by our login, or as not (0.17+)."""
        body = {"ids": list(review_ids), "reviewed": reviewed}
        await self._raw("POST", "api/reviews/viewed", body=body)

    async def summarize_reviews(self, start: float, end: float) -> str:
        """Return a language model's summary of a period (0.17+)."""
        answer = await self._object(
            "POST",
            f"api/review/summarize/start/{start:.0f}/end/{end:.0f}",
            timeout=SUMMARY_TIMEOUT,
        )
        summary = answer.get("summary")
        if not isinstance(summary, str):
            raise FrigateAnswerError("no summary")
        return summary

    # -- recordings -----------------------------------------------------------------------------

    async def get_recordings_summary(self, camera: str, timezone: str) -> list[dict[str, Any]]:
        """Return days and hours with recordings of a camera, by the clock of `timezone`."""
        return await self._rows(
            f"api/{part(camera)}/recordings/summary", params=query(timezone=timezone)
        )

    async def get_recordings(
        self, camera: str, after: float, before: float
    ) -> list[dict[str, Any]]:
        """Return the segments of a period; Frigate's own defaults for it are broken."""
        return await self._rows(
            f"api/{part(camera)}/recordings", params=query(after=after, before=before)
        )

    async def get_recording_days(
        self, cameras: Sequence[str] = (), timezone: str = "UTC"
    ) -> set[str]:
        """Return the days (`2026-11-24`) of which there are recordings."""
        answer = await self._object(
            "GET", "api/recordings/summary", params=query(cameras=cameras, timezone=timezone)
        )
        return {day for day, recorded in answer.items() if recorded}

    async def get_storage(self) -> dict[str, float]:
        """Return the MB that the recordings of each camera take, by the name Frigate shows."""
        answer = await self._object("GET", "api/recordings/storage")
        return {
            name: float(usage["usage"])
            for name, usage in answer.items()
            if isinstance(usage, dict) and type(usage.get("usage")) in (int, float)
        }

    # -- exports --------------------------------------------------------------------------------

    async def get_exports(self) -> list[dict[str, Any]]:
        """Return all exports."""
        return await self._rows("api/exports", fresh=True)

    async def get_export(self, export_id: str) -> dict[str, Any]:
        """Return one export; FrigateNotFoundError as long as it is only queued."""
        return await self._object("GET", f"api/exports/{part(export_id)}", fresh=True)

    async def create_export(
        self,
        camera: str,
        start: float,
        end: float,
        *,
        name: str | None = None,
        playback: Literal["realtime", "timelapse_25x"] | None = None,
        source: Literal["recordings", "preview"] = "recordings",
    ) -> str:
        """Order an export and return its id; normal speed unless `playback` says otherwise."""
        body: dict[str, Any] = {"source": source, "playback": playback or "realtime"}
        if name:
            body["name"] = name
        custom = playback == "timelapse_25x" and not self._exports_are_old()
        kind = "export/custom" if custom else "export"
        path = f"api/{kind}/{part(camera)}/start/{start:.0f}/end/{end:.0f}"
        return _id(await self._object("POST", path, body=body), "export_id")

    async def get_export_jobs(self) -> list[dict[str, Any]]:
        """Return the exports being made (0.18+); one that is done disappears after seconds."""
        return await self._rows("api/jobs/export", fresh=True)

    async def delete_exports(self, export_ids: Iterable[str]) -> None:
        """Delete exports with their files."""
        if self._exports_are_old():
            for export_id in export_ids:
                await self._raw("DELETE", f"api/export/{part(export_id)}")
        else:
            await self._raw("POST", "api/exports/delete", body={"ids": list(export_ids)})


def _id(answer: dict[str, Any], key: str) -> str:
    found = answer.get(key)
    if not isinstance(found, str) or not found:
        raise FrigateAnswerError(f"no {key}")
    return found
