"""Parts of the media browser: identifiers, words in the user's language, folders and items."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final, Self, override
from urllib.parse import quote, unquote

from homeassistant.components.media_player import MediaClass, MediaType
from homeassistant.components.media_source import BrowseMediaSource
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .labels import label_name

NO_FILTER: Final = "all"


@dataclass(frozen=True)
class Identifier:
    """A place in the media browser."""

    server: str = ""
    kind: str = ""
    parts: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an identifier; anything can be parsed, whether it exists is seen later."""
        server, kind, *parts = (*text.split("/"), "", "")[: max(2, text.count("/") + 1)]
        return cls(server, kind, tuple(unquote(part) for part in parts if part))

    @override
    def __str__(self) -> str:
        """Return the identifier as Home Assistant keeps it."""
        parts = [self.server, self.kind, *(quote(part, safe="=&") for part in self.parts)]
        return "/".join(part for part in parts if part)

    @property
    def filters(self) -> dict[str, str]:
        """The filters in the first part: `camera=a&label=b`, names and values quoted."""
        if not self.parts or "=" not in self.parts[0]:
            return {}
        pairs = (pair.partition("=") for pair in self.parts[0].split("&"))
        return {key: unquote(value) for key, _, value in pairs if value}


def filtered(server: str, kind: str, filters: Mapping[str, str]) -> str:
    """Return the identifier of a list with filters."""
    text = "&".join(f"{key}={quote(value, safe='')}" for key, value in filters.items())
    return str(Identifier(server, kind, (text or NO_FILTER,)))


@dataclass(frozen=True)
class Names:
    """Words and times in the language and time zone of the Home Assistant."""

    language: str
    zone: tzinfo
    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    async def async_load(cls, hass: HomeAssistant) -> Self:
        """Load the words."""
        language = hass.config.language
        words = await async_get_translations(hass, language, "common", [DOMAIN])
        return cls(language, dt_util.get_default_time_zone(), words)

    def word(self, key: str) -> str:
        """Return a word of ours."""
        return self.words.get(f"component.{DOMAIN}.common.{key}", key)

    def labels(self, labels: Iterable[str]) -> str:
        """Return labels as words."""
        return ", ".join(label_name(label, self.language) for label in labels)

    def moment(self, epoch: float) -> str:
        """Return a time, to the second."""
        return datetime.fromtimestamp(epoch, self.zone).strftime("%d/%m/%Y %H:%M:%S")


def folder(
    identifier: str,
    title: str,
    children: list[BrowseMediaSource] | None = None,
    *,
    can_search: bool = False,
    thumbnail: str | None = None,
) -> BrowseMediaSource:
    """Return a folder."""
    more: dict[str, Any] = {"can_search": True} if can_search else {}
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type=MediaType.VIDEO,
        title=title,
        can_play=False,
        can_expand=True,
        children=children,
        children_media_class=MediaClass.VIDEO if children else None,
        thumbnail=thumbnail,
        **more,
    )


def playable(
    server: str,
    parts: tuple[str, ...],
    title: str,
    *,
    thumbnail: str | None = None,
    image: bool = False,
) -> BrowseMediaSource:
    """Return something that can be looked at."""
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=str(Identifier(server, "play", parts)),
        media_class=MediaClass.IMAGE if image else MediaClass.VIDEO,
        media_content_type=MediaType.IMAGE if image else MediaType.VIDEO,
        title=title,
        can_play=True,
        can_expand=False,
        thumbnail=thumbnail,
    )
