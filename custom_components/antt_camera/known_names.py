"""Names that Frigate knows but does not push: faces, and the classes of its classification models."""

import asyncio

from homeassistant.core import callback

from .const import LOGGER
from .frigate.errors import FrigateError
from .server import FrigateServer


class KnownNames:
    """What one server can recognise, read each time it connects or its configuration changes."""

    def __init__(self, server: FrigateServer) -> None:
        """Know nothing yet."""
        self._server = server
        self._task: asyncio.Task[None] | None = None
        self._announcing = False
        # None as long as Frigate was not asked, or did not say.
        self.faces: tuple[str, ...] | None = None
        self.classes: dict[str, tuple[str, ...]] = {}

    @callback
    def async_read_soon(self) -> None:
        """Read in the background; entities follow when something changed."""
        server = self._server
        config = server.config
        if self._announcing or config is None or not server.available:
            return
        if not (config.face_recognition_enabled or config.classification):
            return
        if self._task is not None:
            self._task.cancel()
        self._task = server.entry.async_create_background_task(
            server.hass, self._read(), f"antt_camera names {server.name}"
        )

    async def _read(self) -> None:
        server = self._server
        config = server.config
        if config is None:
            return
        faces, classes = self.faces, dict(self.classes)
        try:
            if config.face_recognition_enabled:
                faces = await server.client.get_faces()
            for model in config.classification:
                classes[model.name] = tuple(
                    name for name in await server.client.get_classes(model.name) if name != "none"
                )
        except FrigateError as err:
            # A login that is no administrator's may not ask; nothing but options is missing then.
            LOGGER.debug("%s does not name its classes: %s", server.name, type(err).__name__)
        if (faces, classes) == (self.faces, self.classes):
            return
        self.faces, self.classes = faces, classes
        self._announcing = True
        try:
            server.async_rebuild()
        finally:
            self._announcing = False
