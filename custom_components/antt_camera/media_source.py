"""Frigate's recordings, reviews, tracked objects and exports in Home Assistant's media browser.

Identifiers are paths: `<server>/<kind>/<parts…>`, each part quoted, so that any name of Frigate's fits in:

    <server>                                   what there is
    <server>/recordings[/<camera>[/<day>[/<hour>]]]
    <server>/reviews[/<filters>]               filters: severity=alert, camera=…, before=…
    <server>/objects[/<filters>]               filters: camera=…, label=…, zone=…, name=…, favorites=1, before=…, by=…
    <server>/exports
    <server>/play/<kind>/…                     what can be played
"""

import re
from typing import override

from homeassistant.components.media_player import BrowseError, SearchMedia, SearchMediaQuery
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .directory import async_directory
from .errors import error_key
from .frigate.errors import FrigateError
from .media_browse import Browser
from .media_items import Identifier, Names, folder
from .media_paths import event_hls, find_route, media_path, recording_hls
from .media_search import async_search
from .server import FrigateServer

HLS = "application/vnd.apple.mpegurl"
SECONDS = re.compile(r"[0-9]{1,12}")


async def async_get_media_source(hass: HomeAssistant) -> MediaSource:
    """Set up the media source."""
    return FrigateMediaSource(hass)


class FrigateMediaSource(MediaSource):
    """All Frigate servers of all communes."""

    name = "ANTT Camera"

    def __init__(self, hass: HomeAssistant) -> None:
        """Remember where the servers are."""
        super().__init__(DOMAIN)
        self.hass = hass

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return the path of a medium; Home Assistant signs it for who asked."""
        identifier = Identifier.parse(item.identifier or "")
        if identifier.server not in async_directory(self.hass).servers or identifier.kind != "play":
            raise Unresolvable(
                translation_domain=DOMAIN,
                translation_key="medium_unknown",
                translation_placeholders={"identifier": str(identifier)},
            )
        found = _playable(identifier.parts)
        if found is None or find_route(found[0]) is None:
            raise Unresolvable(
                translation_domain=DOMAIN,
                translation_key="medium_unknown",
                translation_placeholders={"identifier": str(identifier)},
            )
        path, mime_type = found
        return PlayMedia(media_path(identifier.server, path), mime_type)

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return a folder with its content."""
        servers = async_directory(self.hass).servers
        names = await Names.async_load(self.hass)
        if not item.identifier:
            if len(servers) == 1:
                return await self._browse(next(iter(servers.values())), names, Identifier.parse(""))
            return folder(
                "",
                str(self.name),
                [folder(server.id, server.name) for server in servers.values()],
                can_search=bool(servers),
            )
        identifier = Identifier.parse(item.identifier)
        return await self._browse(self._server(identifier), names, identifier)

    @override
    async def async_search_media(
        self, item: MediaSourceItem, query: SearchMediaQuery
    ) -> SearchMedia:
        """Search tracked objects: by description where Frigate can, else by label, name and camera."""
        # The item of the source itself has no identifier.
        identifier = Identifier.parse(item.identifier or "")
        servers = async_directory(self.hass).servers
        chosen = [self._server(identifier)] if identifier.server else list(servers.values())
        names = await Names.async_load(self.hass)
        found: list[BrowseMediaSource] = []
        for server in chosen:
            try:
                found += await async_search(server, names, query.search_query)
            except FrigateError as err:
                raise _browse_error(server, err) from err
        return SearchMedia(result=found)

    @callback
    def _server(self, identifier: Identifier) -> FrigateServer:
        server = async_directory(self.hass).servers.get(identifier.server)
        if server is None:
            raise BrowseError(
                translation_domain=DOMAIN,
                translation_key="unknown_server",
                translation_placeholders={"device_id": identifier.server},
            )
        return server

    async def _browse(
        self, server: FrigateServer, names: Names, identifier: Identifier
    ) -> BrowseMediaSource:
        try:
            found = await Browser(server, names).async_browse(identifier)
        except FrigateError as err:
            raise _browse_error(server, err) from err
        if found is None:
            raise BrowseError(
                translation_domain=DOMAIN,
                translation_key="medium_unknown",
                translation_placeholders={"identifier": str(identifier)},
            )
        return found


def _browse_error(server: FrigateServer, error: FrigateError) -> BrowseError:
    return BrowseError(
        translation_domain=DOMAIN,
        translation_key=error_key(error),
        translation_placeholders={
            "server": server.name,
            "message": getattr(error, "message", ""),
            "found": getattr(error, "found", ""),
            "needed": getattr(error, "needed", ""),
        },
    )


def _playable(parts: tuple[str, ...]) -> tuple[str, str] | None:
    """Return our path and the type of a playable item, None if it is none."""
    match parts:
        case ("clip", event_id):
            return event_hls(event_id), HLS
        case ("snapshot", event_id):
            return f"event/{event_id}/snapshot.jpg", "image/jpeg"
        case ("recording", camera, start, end) if all(
            SECONDS.fullmatch(time) for time in (start, end)
        ):
            return recording_hls(camera, int(start), int(end)), HLS
        case ("export", file):
            return f"export/{file}", "video/mp4"
    return None
