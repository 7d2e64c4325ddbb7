"""What is in each folder of the media browser."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
import re
from typing import Any, Final

from homeassistant.components.media_source import BrowseMediaSource

from .frigate.messages import Review
from .frigate.parse import as_number
from .media_items import NO_FILTER, Identifier, Names, filtered, folder, playable
from .media_paths import TIME, find_route, media_path
from .server import FrigateServer

PAGE: Final = 50
# Before and after what a review covers: people want to see how it began and ended.
MARGIN: Final = 5.0
HOUR = re.compile(r"[01]?[0-9]|2[0-3]")
REVIEW_FILTERS: Final = frozenset({"severity", "camera", "before"})
OBJECT_FILTERS: Final = frozenset({"camera", "label", "zone", "name", "favorites", "before", "by"})


def hour_limits(day: date, hour: int, zone: Any) -> tuple[int, int]:
    """Return start and end of an hour of the clock on the wall as epoch seconds.

    Where the clock is set back the hour occurs twice and lasts two; Frigate lists it once.
    """
    start = datetime.combine(day, time(hour), zone)
    following = datetime.combine(day, time(hour), None) + timedelta(hours=1)
    return int(start.timestamp()), int(following.replace(tzinfo=zone).timestamp())


class Browser:
    """The folders of one server."""

    def __init__(self, server: FrigateServer, names: Names) -> None:
        """Browse a server in somebody's language."""
        self._server = server
        self._names = names

    async def async_browse(self, identifier: Identifier) -> BrowseMediaSource | None:
        """Return a folder with its content, None if there is no such folder. Raises FrigateError."""
        match identifier.kind:
            case "":
                return self._top()
            case "recordings":
                return await self._recordings(identifier.parts)
            case "reviews":
                return await self._reviews(identifier)
            case "objects":
                return await self._objects(identifier)
            case "exports":
                return await self._exports()
        return None

    def _top(self) -> BrowseMediaSource:
        server = self._server.id
        kinds = ("reviews", "objects", "recordings", "exports")
        return folder(
            server,
            self._server.name,
            [folder(str(Identifier(server, kind)), self._names.word(kind)) for kind in kinds],
            can_search=True,
        )

    def _camera_name(self, camera: str) -> str:
        config = self._server.cameras.get(camera)
        return config.name if config is not None else camera

    def _picture(self, path: str) -> str | None:
        return media_path(self._server.id, path) if find_route(path) is not None else None

    # -- recordings ---------------------------------------------------------------------------------------------

    async def _recordings(self, parts: tuple[str, ...]) -> BrowseMediaSource | None:
        server, names = self._server, self._names
        if not parts:
            return folder(
                str(Identifier(server.id, "recordings")),
                names.word("recordings"),
                [
                    folder(
                        str(Identifier(server.id, "recordings", (camera.key,))),
                        camera.name,
                        thumbnail=self._picture(f"camera/{camera.key}/latest.jpg"),
                    )
                    for camera in server.cameras.values()
                ],
            )
        camera = parts[0]
        if camera not in server.cameras or len(parts) > 2:
            return None
        days = await server.client.get_recordings_summary(camera, server.hass.config.time_zone)
        if len(parts) == 1:
            return self._days(camera, days)
        return self._hours(camera, parts[1], days)

    def _days(self, camera: str, days: list[dict[str, Any]]) -> BrowseMediaSource:
        server = self._server
        known = [day for item in days if (day := _day(item.get("day"))) is not None]
        return folder(
            str(Identifier(server.id, "recordings", (camera,))),
            self._camera_name(camera),
            [
                folder(
                    str(Identifier(server.id, "recordings", (camera, day.isoformat()))),
                    day.strftime("%d/%m/%Y"),
                )
                for day in sorted(known, reverse=True)
            ],
        )

    def _hours(
        self, camera: str, wanted: str, days: list[dict[str, Any]]
    ) -> BrowseMediaSource | None:
        server = self._server
        found = next((item for item in days if item.get("day") == wanted), None)
        day = _day(wanted)
        if found is None or day is None:
            return None
        children = []
        for hour in sorted(
            int(item["hour"])
            for item in found.get("hours") or ()
            if isinstance(item, dict) and HOUR.fullmatch(str(item.get("hour")))
        ):
            start, end = hour_limits(day, hour, self._names.zone)
            children.append(
                playable(
                    server.id,
                    ("recording", camera, str(start), str(end)),
                    f"{hour:02d}:00",
                    thumbnail=self._picture(f"recording/{camera}/{start + 1800}/snapshot.jpg"),
                )
            )
        return folder(
            str(Identifier(server.id, "recordings", (camera, wanted))),
            f"{self._camera_name(camera)} {day:%d/%m/%Y}",
            children,
        )

    # -- reviews ------------------------------------------------------------------------------------------------

    async def _reviews(self, identifier: Identifier) -> BrowseMediaSource | None:
        server, names = self._server, self._names
        if not identifier.parts:
            choices = [
                folder(filtered(server.id, "reviews", {"severity": severity}), names.word(severity))
                for severity in ("alert", "detection")
            ]
            cameras = [
                folder(filtered(server.id, "reviews", {"camera": camera.key}), camera.name)
                for camera in server.cameras.values()
            ]
            return folder(str(identifier), names.word("reviews"), choices + cameras)
        filters = identifier.filters
        if not filters.keys() <= REVIEW_FILTERS or (before := _time(filters)) is False:
            return None
        camera, severity = filters.get("camera"), filters.get("severity")
        rows = await server.client.get_reviews(
            cameras=(camera,) if camera else (),
            severity=severity,
            # Frigate looks back one day unless told otherwise.
            after=1.0,
            before=before,
            limit=PAGE,
        )
        reviews = [
            review for row in rows if (review := Review.from_wire(row, server.live.problems))
        ]
        reviews.sort(key=lambda review: review.start_time, reverse=True)
        children = [self._review(review) for review in reviews]
        if len(rows) >= PAGE and reviews:
            children.append(self._older("reviews", filters, reviews[-1].start_time))
        title = names.word(severity) if severity else self._camera_name(camera or "")
        return folder(str(identifier), title or names.word("reviews"), children)

    def _review(self, review: Review) -> BrowseMediaSource:
        names = self._names
        end = review.end_time if review.end_time is not None else review.start_time + 60
        what = names.labels((*review.objects, *review.audio)) or names.word(review.severity)
        return playable(
            self._server.id,
            (
                "recording",
                review.camera,
                str(int(review.start_time - MARGIN)),
                str(int(end + MARGIN) + 1),
            ),
            f"{names.moment(review.start_time)} · {self._camera_name(review.camera)} · {what}",
            thumbnail=self._picture(f"review/{review.id}/{review.camera}/thumbnail.webp"),
        )

    # -- tracked objects ----------------------------------------------------------------------------------------

    async def _objects(self, identifier: Identifier) -> BrowseMediaSource | None:
        filters = identifier.filters
        if not filters.keys() <= OBJECT_FILTERS or (before := _time(filters)) is False:
            return None
        if "by" in filters:
            return self._choices(identifier, filters)
        server, names = self._server, self._names
        rows = await server.client.get_events(
            cameras=_one(filters, "camera"),
            labels=_one(filters, "label"),
            zones=_one(filters, "zone"),
            sub_labels=_one(filters, "name"),
            favorites=True if filters.get("favorites") == "1" else None,
            before=before,
            limit=PAGE,
        )
        children = [] if before is not None else self._refinements(filters)
        children += [item for row in rows if (item := self.item(row)) is not None]
        starts = [
            row["start_time"] for row in rows if isinstance(row.get("start_time"), int | float)
        ]
        if len(rows) >= PAGE and starts:
            children.append(self._older("objects", filters, min(starts)))
        return folder(
            str(identifier),
            self._title(filters) or names.word("objects"),
            children,
            can_search=True,
        )

    def _refinements(self, filters: Mapping[str, str]) -> list[BrowseMediaSource]:
        server, names = self._server, self._names
        folders = [
            folder(filtered(server.id, "objects", {**filters, "by": by}), names.word(f"by_{by}"))
            for by in ("camera", "label", "zone")
            if by not in filters
        ]
        if "favorites" not in filters:
            target = filtered(server.id, "objects", {**filters, "favorites": "1"})
            folders.append(folder(target, names.word("favorites")))
        return folders

    def _choices(
        self, identifier: Identifier, filters: Mapping[str, str]
    ) -> BrowseMediaSource | None:
        """Return what a list can be narrowed down to."""
        server, names = self._server, self._names
        cameras = [
            camera
            for camera in server.cameras.values()
            if filters.get("camera") in (None, camera.key)
        ]
        options: dict[str, str]
        match filters["by"]:
            case "camera":
                options = {camera.key: camera.name for camera in cameras}
            case "label":
                labels = dict.fromkeys(label for camera in cameras for label in camera.labels)
                options = {label: names.labels((label,)) for label in labels}
            case "zone":
                options = {
                    zone.key: zone.name for camera in cameras for zone in camera.zones.values()
                }
            case _:
                return None
        rest = {key: value for key, value in filters.items() if key != "by"}
        return folder(
            str(identifier),
            names.word(f"by_{filters['by']}"),
            [
                folder(filtered(server.id, "objects", {**rest, filters["by"]: key}), name)
                for key, name in sorted(options.items(), key=lambda option: option[1].casefold())
            ],
        )

    def _title(self, filters: Mapping[str, str]) -> str:
        names = self._names
        parts = []
        if camera := filters.get("camera"):
            parts.append(self._camera_name(camera))
        if label := filters.get("label"):
            parts.append(names.labels((label,)))
        parts += [filters[key] for key in ("zone", "name") if key in filters]
        if "favorites" in filters:
            parts.append(names.word("favorites"))
        return " · ".join(parts)

    def item(self, row: Mapping[str, Any]) -> BrowseMediaSource | None:
        """Return a tracked object that has a video or a picture, as Frigate lists it; None for one that has neither."""
        event_id, camera, start = row.get("id"), row.get("camera"), row.get("start_time")
        if not isinstance(event_id, str) or not isinstance(camera, str):
            return None
        if not isinstance(start, int | float):
            return None
        names = self._names
        what = names.labels((str(row.get("label") or ""),))
        if isinstance(name := row.get("sub_label"), str) and name:
            what = f"{what} ({name})"
        title = f"{names.moment(start)} · {self._camera_name(camera)} · {what}"
        thumbnail = self._picture(f"event/{event_id}/thumbnail.jpg")
        if row.get("has_clip"):
            return playable(self._server.id, ("clip", event_id), title, thumbnail=thumbnail)
        if row.get("has_snapshot"):
            return playable(
                self._server.id, ("snapshot", event_id), title, thumbnail=thumbnail, image=True
            )
        return None

    # -- exports ------------------------------------------------------------------------------------------------

    async def _exports(self) -> BrowseMediaSource:
        server, names = self._server, self._names
        children = []
        rows = await server.client.get_exports()
        for row in sorted(rows, key=lambda row: as_number(row.get("date")) or 0.0, reverse=True):
            file = str(row.get("video_path") or "").rsplit("/", 1)[-1]
            if row.get("in_progress") or find_route(f"export/{file}") is None:
                continue
            picture = str(row.get("thumb_path") or "").rsplit("/", 1)[-1]
            name = str(row.get("name") or file).replace("_", " ")
            children.append(
                playable(
                    server.id,
                    ("export", file),
                    f"{name} · {self._camera_name(str(row.get('camera')))}",
                    thumbnail=self._picture(f"export/{picture}"),
                )
            )
        return folder(str(Identifier(server.id, "exports")), names.word("exports"), children)

    def _older(self, kind: str, filters: Mapping[str, str], before: float) -> BrowseMediaSource:
        target = filtered(self._server.id, kind, {**filters, "before": f"{before:.6f}"})
        return folder(target, self._names.word("older"))


def _day(value: Any) -> date | None:
    """Return a day as Frigate writes it, None for anything else."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _one(filters: Mapping[str, str], key: str) -> tuple[str, ...]:
    value = filters.get(key)
    return (value,) if value and value != NO_FILTER else ()


def _time(filters: Mapping[str, str]) -> float | bool | None:
    """Return the time up to which a list goes, None for now, False for nonsense."""
    text = filters.get("before")
    if text is None:
        return None
    return float(text) if re.fullmatch(TIME, text) else False
