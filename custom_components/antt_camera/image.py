"""Pictures of what happened last on a camera: the last review, the last object of each label.

They are fetched when somebody looks at them. What Frigate pushes only tells that there is a new one.
"""

import abc
import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple, override
from weakref import WeakKeyDictionary

from homeassistant.components.image import Image, ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .by_camera import async_camera_messages
from .commune import AnttConfigEntry
from .const import LOGGER
from .entity import AnttEntity, async_add_server_entities
from .frigate.config import CameraConfig
from .frigate.errors import FrigateError
from .frigate.messages import ObjectMessage, Review, ReviewMessage
from .labels import LABEL_ICONS, LabelledEntity
from .media_paths import find_route
from .server import FrigateServer

PARALLEL_UPDATES = 0

CONCURRENT_READS: Final = 2

REVIEW: Final = ImageEntityDescription(
    key="last_review", translation_key="last_review", entity_registry_enabled_default=False
)
OBJECT: Final = ImageEntityDescription(
    key="last_object", translation_key="last_object", entity_registry_enabled_default=False
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnttConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the pictures of every server."""
    limits: WeakKeyDictionary[FrigateServer, asyncio.Semaphore] = WeakKeyDictionary()

    def build(server: FrigateServer) -> Iterable[AnttEntity]:
        limit = limits.setdefault(server, asyncio.Semaphore(CONCURRENT_READS))
        for camera in server.cameras.values():
            yield ReviewImage(server, REVIEW, camera, limit)
            for label in camera.labels:
                yield ObjectImage(server, camera, label, limit)

    async_add_server_entities(entry, async_add_entities, build)


class Picture(NamedTuple):
    """A picture: where Frigate has it, and since when. `stage` tells apart pictures of one thing."""

    path: str
    stage: str
    updated: datetime


def _path(path: str) -> str | None:
    """Return Frigate's path for one of ours; None where an id is no id of Frigate's."""
    found = find_route(path)
    return found[1] if found is not None else None


class LastImage(AnttEntity, ImageEntity, abc.ABC):
    """The last picture of a kind."""

    # What happened holds even if the camera has died since.
    _needs_camera = False
    _params: dict[str, str | int | float] | None = None

    def __init__(
        self,
        server: FrigateServer,
        description: ImageEntityDescription,
        camera: CameraConfig,
        limit: asyncio.Semaphore,
        suffix: str | None = None,
    ) -> None:
        """Have no picture yet. `limit` bounds how many entities of a server ask for theirs at once."""
        AnttEntity.__init__(self, server, description, camera=camera, suffix=suffix)
        ImageEntity.__init__(self, server.hass)
        self._camera = camera.key
        self._limit = limit
        self._picture: Picture | None = None
        self._asked = False
        self._task: asyncio.Task[None] | None = None

    @abc.abstractmethod
    async def _find_newest(self) -> Picture | None:
        """Ask Frigate for the newest picture. Raises FrigateError."""

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen."""
        await super().async_added_to_hass()
        self._ask_once()

    @callback
    @override
    def _on_change(self) -> None:
        self._ask_once()
        super()._on_change()

    def _ask_once(self) -> None:
        """Look for what happened while nobody listened, each time the server connects."""
        available = self.server.available
        if available and not self._asked:
            self._stop_asking()
            self._task = self.server.entry.async_create_background_task(
                self.hass, self._ask(), f"antt_camera newest picture of {self.entity_id}"
            )
        self._asked = available

    def _stop_asking(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Leave no task behind."""
        self._stop_asking()

    async def _ask(self) -> None:
        before = self._picture
        try:
            async with self._limit:
                newest = await self._find_newest()
        except FrigateError as err:
            LOGGER.debug("No last picture of %s: %s", self.entity_id, type(err).__name__)
            return
        # What was pushed meanwhile is newer.
        if newest is not None and self._picture is before:
            self._adopt(newest)

    def _adopt(self, picture: Picture) -> None:
        known = self._picture
        if known is not None and (known.path, known.stage) == (picture.path, picture.stage):
            return
        self._picture = picture
        self._cached_image = None
        self._on_change()

    @override
    def _read(self) -> Picture | None:
        return self._picture

    @override
    def _show(self, value: Picture | None) -> None:
        self._attr_image_last_updated = value.updated if value is not None else None

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture, None where Frigate has it no longer."""
        if self._cached_image is not None:
            return self._cached_image.content
        picture = self._picture
        if picture is None:
            return None
        try:
            content = await self.server.client.get_image(picture.path, self._params)
        except FrigateError as err:
            LOGGER.debug("No picture of %s: %s", self.entity_id, type(err).__name__)
            return None
        if picture is self._picture:
            self._cached_image = Image(self.content_type, content)
        return content


class ReviewImage(LastImage):
    """The picture of the last review."""

    _attr_content_type = "image/webp"

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_camera_messages(self.server).async_listen(
                ReviewMessage, self._camera, self._on_review
            )
        )

    def _picture_of(self, review: Review, stage: str, updated: datetime) -> Picture | None:
        path = _path(f"review/{review.id}/{self._camera}/thumbnail.webp")
        return Picture(path, stage, updated) if path is not None else None

    @callback
    def _on_review(self, message: ReviewMessage) -> None:
        if message.type == "genai":
            return
        # Frigate makes the picture anew when a detection becomes an alert, and at the end.
        stage = "end" if message.type == "end" else message.after.severity
        picture = self._picture_of(message.after, stage, dt_util.utcnow())
        if picture is not None:
            self._adopt(picture)

    @override
    async def _find_newest(self) -> Picture | None:
        server = self.server
        rows = await server.client.get_reviews(cameras=[self._camera], limit=1)
        reviews = (Review.from_wire(row, server.live.problems) for row in rows)
        for review in reviews:
            if review is not None:
                stage = review.severity if review.end_time is None else "end"
                updated = dt_util.utc_from_timestamp(review.end_time or review.start_time)
                return self._picture_of(review, stage, updated)
        return None


class ObjectImage(LabelledEntity, LastImage):
    """The picture of the last object of a label."""

    _attr_content_type = "image/jpeg"
    # The object, not the whole place.
    _params = {"crop": 1}

    def __init__(
        self, server: FrigateServer, camera: CameraConfig, label: str, limit: asyncio.Semaphore
    ) -> None:
        """Wait for a label."""
        super().__init__(server, OBJECT, camera, limit, suffix=label)
        self._wanted = label
        self.set_label(label, server.hass.config.language)
        if icon := LABEL_ICONS.get(label):
            self._attr_icon = icon

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_camera_messages(self.server).async_listen(
                ObjectMessage, self._camera, self._on_object
            )
        )

    def _picture_of(self, event_id: Any, stage: str, updated: datetime) -> Picture | None:
        path = _path(f"event/{event_id}/snapshot.jpg")
        return Picture(path, stage, updated) if path is not None else None

    @callback
    def _on_object(self, message: ObjectMessage) -> None:
        item = message.after
        if item.label != self._wanted or item.false_positive or not item.has_snapshot:
            return
        stage = "end" if message.type == "end" else "open"
        picture = self._picture_of(item.id, stage, dt_util.utcnow())
        if picture is not None:
            self._adopt(picture)

    @override
    async def _find_newest(self) -> Picture | None:
        rows = await self.server.client.get_events(
            cameras=[self._camera], labels=[self._wanted], has_snapshot=True, limit=1
        )
        for row in rows:
            end, start = row.get("end_time"), row.get("start_time")
            moment = end or start
            if isinstance(moment, int | float):
                stage = "open" if end is None else "end"
                return self._picture_of(row.get("id"), stage, dt_util.utc_from_timestamp(moment))
        return None
