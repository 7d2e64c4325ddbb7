"""Whether there is a newer Frigate."""

from collections.abc import Iterable
import re
from typing import Final, NamedTuple, override

from homeassistant.components.update import UpdateEntity, UpdateEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .commune import AnttConfigEntry
from .entity import AnttEntity, async_add_server_entities
from .frigate.live import STATS
from .server import FrigateServer

PARALLEL_UPDATES = 0

RELEASE_URL: Final = "https://github.com/blakeblackshear/frigate/releases/tag/v{}"
# What is built from source adds its commit, which no release has: `0.18.0-e3fa70189`, `0.18.0-beta2`.
_RELEASE: Final = re.compile(r"v?(\d{1,4}\.\d{1,4}\.\d{1,4})(-(?:alpha|beta|rc)\d{1,3})?(?![\w.])")

FRIGATE: Final = UpdateEntityDescription(
    key="update", translation_key="frigate", entity_category=EntityCategory.DIAGNOSTIC
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnttConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the update of every server."""
    async_add_server_entities(entry, async_add_entities, _build)


def _build(server: FrigateServer) -> Iterable[AnttEntity]:
    yield FrigateUpdate(server, FRIGATE)


class Versions(NamedTuple):
    """What runs and what there is."""

    installed: str | None
    latest: str | None


def release(text: str | None) -> str | None:
    """Return the release of a version that Frigate tells, None for `unknown` and `disabled`."""
    found = _RELEASE.match(text.strip()) if text else None
    return f"{found[1]}{found[2] or ''}" if found is not None else None


class FrigateUpdate(AnttEntity, UpdateEntity):
    """The release that the server runs and the newest that it knows of. Frigate is updated where it is installed."""

    _attr_title = "Frigate"

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """The statistics name both."""
        return (STATS,)

    @override
    def _read(self) -> Versions:
        stats = self.server.live.stats
        running = self.server.sync.version
        return Versions(
            release(stats.version if stats is not None else None)
            or (str(running) if running is not None else None),
            release(stats.latest_version if stats is not None else None),
        )

    @override
    def _show(self, value: Versions | None) -> None:
        self._attr_installed_version = value.installed if value is not None else None
        self._attr_latest_version = value.latest if value is not None else None
        self._attr_release_url = (
            RELEASE_URL.format(value.latest) if value is not None and value.latest else None
        )
