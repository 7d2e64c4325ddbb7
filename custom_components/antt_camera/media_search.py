"""Search in the media browser."""

from typing import Any, Final
import unicodedata

from homeassistant.components.media_source import BrowseMediaSource

from .frigate.errors import FrigateRefusedError
from .labels import label_name
from .media_browse import PAGE, Browser
from .media_items import Names
from .server import FrigateServer

MAX_QUERY: Final = 200


def plain(text: str) -> str:
    """Return a text without case and Vietnamese marks, so that it is found however it is typed."""
    text = text.casefold().replace("đ", "d")
    marks = unicodedata.normalize("NFD", text)
    return " ".join("".join(mark for mark in marks if unicodedata.category(mark) != "Mn").split())


async def async_search(server: FrigateServer, names: Names, query: str) -> list[BrowseMediaSource]:
    """Return tracked objects that match. Raises FrigateError."""
    query = query.strip()[:MAX_QUERY]
    if not query:
        return []
    rows = await _rows(server, names, query)
    browser = Browser(server, names)
    return [item for row in rows if (item := browser.item(row)) is not None]


async def _rows(server: FrigateServer, names: Names, query: str) -> list[dict[str, Any]]:
    wanted = plain(query)
    cameras = tuple(
        camera.key
        for camera in server.cameras.values()
        if wanted in (plain(camera.key), plain(camera.name))
    )
    labels = tuple(
        label
        for label in dict.fromkeys(
            label for camera in server.cameras.values() for label in camera.labels
        )
        if wanted in (plain(label), plain(label_name(label, names.language)))
    )
    if cameras or labels:
        return await server.client.get_events(cameras=cameras, labels=labels, limit=PAGE)
    if server.config is not None and server.config.semantic_search_enabled:
        try:
            return await server.client.search_events(query, limit=PAGE)
        except FrigateRefusedError:
            # Switched off meanwhile; names are searched all the same.
            pass
    return await server.client.get_events(sub_labels=(query,), limit=PAGE)
