"""Pan, tilt, zoom: what a server's cameras can do, and movements that always end."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN, LOGGER
from .frigate.client import PtzInfo
from .frigate.errors import FrigateError

if TYPE_CHECKING:
    from .entity import AnttEntity
    from .server import FrigateServer

PAN_TILT = "pt"
PAN_TILT_RELATIVE = "pt-r-fov"
ZOOM = "zoom"
FOCUS = "focus"

# Share of half a picture by which one press moves a camera that knows relative movement.
RELATIVE_STEP = 0.3
# How long one press moves any other camera, in seconds.
STEP_SECONDS = 0.5
# Frigate opens the connection to a camera when first asked, and answers with nothing while it has none.
RETRY_SECONDS = 300.0
CONCURRENT_READS = 3

_RELATIVE = {
    "MOVE_UP": (0.0, RELATIVE_STEP),
    "MOVE_DOWN": (0.0, -RELATIVE_STEP),
    "MOVE_LEFT": (-RELATIVE_STEP, 0.0),
    "MOVE_RIGHT": (RELATIVE_STEP, 0.0),
}


def ptz_key(camera: str) -> str:
    """Key of the live state that is touched when a camera's presets or abilities became known."""
    return f"{camera}/@ptz"


def relative_payload(pan: float, tilt: float, zoom: float | None = None) -> str:
    """Return the command for a relative movement; each share in -1..1, right, up and in are positive."""
    values = [pan, tilt] if zoom is None else [pan, tilt, zoom]
    return "_".join(["move_relative", *(f"{round(value, 3):g}" for value in values)])


class Ptz:
    """The movable cameras of one server.

    What they can do is read in the background, since Frigate may wait for a camera's answer, each time the server
    connects or its configuration changes.
    """

    def __init__(self, server: FrigateServer) -> None:
        """Prepare; nothing is read before the server is there."""
        self._server = server
        self._task: asyncio.Task[None] | None = None
        self._locks: dict[str, asyncio.Lock] = {}
        self._announcing = False
        self.infos: dict[str, PtzInfo] = {}
        server.async_listen_config(self._on_config)

    # -- abilities ----------------------------------------------------------------------------------------------

    @callback
    def async_stop(self) -> None:
        """Stop reading."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    @callback
    def _on_config(self) -> None:
        server = self._server
        if self._announcing or not server.available:
            return
        self.async_stop()
        self.infos = {key: info for key, info in self.infos.items() if key in server.cameras}
        cameras = [camera.key for camera in server.cameras.values() if camera.has_ptz]
        if cameras:
            self._task = server.entry.async_create_background_task(
                server.hass, self._read(cameras), f"antt_camera ptz {server.name}"
            )

    async def _read(self, cameras: list[str]) -> None:
        """Read the abilities of the cameras, again later of those that did not answer."""
        limit = asyncio.Semaphore(CONCURRENT_READS)

        async def read(camera: str) -> bool:
            async with limit:
                try:
                    info = await self._server.client.get_ptz_info(camera)
                except FrigateError as err:
                    LOGGER.debug("%s: no answer about %s: %s", self._server.name, camera, err)
                    return False
            if not info.features and not info.presets:
                return False
            if self.infos.get(camera) != info:
                self.infos[camera] = info
                self._server.live.touch(ptz_key(camera))
            return True

        while True:
            before = dict(self.infos)
            known = await asyncio.gather(*(read(camera) for camera in cameras))
            if before != self.infos:
                self._announce()
            cameras = [
                camera for camera, is_known in zip(cameras, known, strict=True) if not is_known
            ]
            if not cameras:
                return
            await asyncio.sleep(RETRY_SECONDS)

    def _announce(self) -> None:
        self._announcing = True
        try:
            self._server.async_rebuild()
        finally:
            self._announcing = False
        self._server.dispatcher.async_changed()

    def has(self, camera: str, feature: str) -> bool | None:
        """Whether a camera can do something; None while unknown."""
        info = self.infos.get(camera)
        return None if info is None else feature in info.features

    def presets(self, camera: str) -> tuple[str, ...]:
        """Return the names of a camera's stored positions, lower case as Frigate has them."""
        info = self.infos.get(camera)
        return tuple(info.presets) if info is not None else ()

    # -- movement -----------------------------------------------------------------------------------------------

    async def async_send(self, camera: str, payload: str) -> None:
        """Send one command. Raises a translated HomeAssistantError."""
        await self._server.async_command(f"{camera}/ptz", payload)

    async def async_step(self, camera: str, payload: str) -> None:
        """Move, zoom or focus a little. Raises a translated HomeAssistantError."""
        if payload in _RELATIVE and self.has(camera, PAN_TILT_RELATIVE):
            await self.async_send(camera, relative_payload(*_RELATIVE[payload]))
        else:
            await self.async_move_for(camera, payload, STEP_SECONDS)

    async def async_move_for(self, camera: str, payload: str, seconds: float) -> None:
        """Move for a time and stop, also when cancelled meanwhile: a camera must never go on turning.

        One movement of a camera at a time. Raises a translated HomeAssistantError.
        """
        async with self._locks.setdefault(camera, asyncio.Lock()):
            try:
                await self.async_send(camera, payload)
                await asyncio.sleep(seconds)
            finally:
                stop = self._server.hass.async_create_task(
                    self._stop(camera), f"antt_camera stop {camera}"
                )
                await asyncio.shield(stop)

    async def _stop(self, camera: str) -> None:
        try:
            await self.async_send(camera, "STOP")
        except HomeAssistantError as err:
            # The movement itself failed in the same way, and that is what the user is told.
            LOGGER.warning("%s: %s may still move: %s", self._server.name, camera, err)


@callback
def async_known_or_registered(
    server: FrigateServer, domain: str, entity: AnttEntity, known: bool | None
) -> Iterable[AnttEntity]:
    """Yield an entity if the camera can do it, or if that is unknown but the user already has it.

    Without this every start would remove what the user named and put on dashboards.
    """
    if known or (
        known is None
        and er.async_get(server.hass).async_get_entity_id(domain, DOMAIN, str(entity.unique_id))
    ):
        yield entity
