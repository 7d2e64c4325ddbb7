"""Selects: the server's profile, what brings a camera into the overview, stored positions of movable cameras."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .commands import V0_18, frigate_version
from .commune import AnttConfigEntry
from .entity import AnttEntity, async_add_server_entities
from .ptz import async_known_or_registered, ptz_key
from .server import FrigateServer

PARALLEL_UPDATES = 0

NO_PROFILE: Final = "none"
BIRDSEYE_MODES: Final = ("continuous", "motion", "objects")

PROFILE = SelectEntityDescription(
    key="profile", translation_key="profile", entity_category=EntityCategory.CONFIG
)
BIRDSEYE_MODE = SelectEntityDescription(
    key="birdseye_mode", translation_key="birdseye_mode", entity_category=EntityCategory.CONFIG
)
PTZ_PRESET = SelectEntityDescription(key="ptz_preset", translation_key="ptz_preset")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnttConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the selects of every server."""
    async_add_server_entities(entry, async_add_entities, _build)


def _build(server: FrigateServer) -> Iterable[AnttEntity]:
    config = server.config
    if config is None:
        return
    if config.profiles and frigate_version(server) >= V0_18:
        yield ProfileSelect(server, PROFILE)
    for camera in server.cameras.values():
        if config.birdseye.enabled:
            yield BirdseyeModeSelect(server, BIRDSEYE_MODE, camera=camera)
        if camera.has_ptz:
            known = bool(server.ptz.presets(camera.key)) if camera.key in server.ptz.infos else None
            preset = PresetSelect(server, PTZ_PRESET, camera=camera)
            yield from async_known_or_registered(server, Platform.SELECT, preset, known)


class Choice(NamedTuple):
    """What a select shows."""

    options: tuple[str, ...]
    current: str | None


class FrigateSelect(AnttEntity, SelectEntity):
    """A select whose options may change."""

    _needs_camera = False
    _attr_options: list[str] = []
    _attr_current_option: str | None = None

    @override
    def _show(self, value: Choice | None) -> None:
        if value is not None:
            self._attr_options = list(value.options)
            self._attr_current_option = value.current

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen, to changes of the configuration too."""
        await super().async_added_to_hass()
        self.async_on_remove(self.server.async_listen_config(self._on_change))


def profile_options(profiles: Mapping[str, str]) -> dict[str, str]:
    """Return Frigate's profile names by what people read: `none`, then the friendly names, told apart if need be."""
    friendly = list(profiles.values())
    return {NO_PROFILE: NO_PROFILE} | {
        (name if name and name != NO_PROFILE and friendly.count(name) == 1 else key): key
        for key, name in profiles.items()
    }


class ProfileSelect(FrigateSelect):
    """The profile that Frigate runs; `none` when it runs as configured."""

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """The profile that Frigate reports."""
        return ("profile/state",)

    def _profiles(self) -> dict[str, str]:
        config = self.server.config
        return profile_options(config.profiles if config is not None else {})

    @override
    def _read(self) -> Choice:
        options = self._profiles()
        active = self.server.live.get("profile/state")
        current = next((shown for shown, key in options.items() if key == active), None)
        return Choice(tuple(options), current)

    @override
    async def async_select_option(self, option: str) -> None:
        """Activate a profile, or none."""
        name = self._profiles()[option]
        await self.server.async_command("profile/set", name, confirm=("profile/state", name))


class BirdseyeModeSelect(FrigateSelect):
    """When a camera appears in the overview; of no use while it is kept out of it."""

    _attr_options = list(BIRDSEYE_MODES)

    @property
    def _topic(self) -> str:
        return f"{self.camera_key}/birdseye_mode"

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """The mode, and whether the camera is in the overview at all."""
        return (f"{self._topic}/state", f"{self.camera_key}/birdseye/state")

    @override
    def _is_available(self) -> bool:
        live = self.server.live
        return (
            super()._is_available() and live.get(f"{self.camera_key}/birdseye/state") is not False
        )

    @override
    def _read(self) -> Choice:
        mode = str(self.server.live.get(f"{self._topic}/state") or "").lower()
        return Choice(BIRDSEYE_MODES, mode if mode in BIRDSEYE_MODES else None)

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose the mode."""
        mode = option.upper()
        await self.server.async_command(
            f"{self._topic}/set", mode, confirm=(f"{self._topic}/state", mode)
        )


class PresetSelect(FrigateSelect):
    """Stored positions of a movable camera. Frigate does not tell where the camera looks, so none is ever current."""

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """Touched when the positions became known."""
        return (ptz_key(str(self.camera_key)),)

    @override
    def _is_available(self) -> bool:
        server = self.server
        return (
            super()._is_available()
            and server.live.camera_status(str(self.camera_key)) != "offline"
            and bool(server.ptz.presets(str(self.camera_key)))
        )

    @override
    def _all_keys(self) -> tuple[str, ...]:
        return (*self.keys, f"{self.camera_key}/status/detect")

    @override
    def _read(self) -> Choice:
        return Choice(self.server.ptz.presets(str(self.camera_key)), None)

    @override
    async def async_select_option(self, option: str) -> None:
        """Go to a stored position."""
        await self.server.ptz.async_send(str(self.camera_key), f"preset_{option}")
