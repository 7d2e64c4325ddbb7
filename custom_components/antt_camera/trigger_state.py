"""Triggers on changes of the live state: sounds, and cameras that go and come back."""

import abc
from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from .frigate.live import STATS
from .server import FrigateServer
from .trigger_base import CameraTrigger, call_all, meets

CONF_SOUNDS: Final = "sounds"


class StateTrigger(CameraTrigger):
    """Changes of the live state, followed through changes of the configuration."""

    @callback
    @abc.abstractmethod
    def _subjects(self, server: FrigateServer, camera: str) -> Mapping[str, tuple[str, ...]]:
        """Return what to follow on a camera, each with the keys on which it depends."""

    @callback
    @abc.abstractmethod
    def _value(self, server: FrigateServer, camera: str, subject: str) -> Any:
        """Return what is compared; None where it is not known at present."""

    @callback
    @abc.abstractmethod
    def _changed(
        self, server: FrigateServer, camera: str, subject: str, before: Any, after: Any
    ) -> None:
        """Fire, if the change is one that was asked for. `before` is None for what was never known."""

    @callback
    @override
    def _attach(self, server: FrigateServer) -> CALLBACK_TYPE:
        removes: list[CALLBACK_TYPE] = []
        last: dict[tuple[str, str], Any] = {}

        @callback
        def leave() -> None:
            while removes:
                removes.pop()()

        @callback
        def follow() -> None:
            leave()
            known = dict(last)
            last.clear()
            for camera in server.cameras:
                for subject, keys in self._subjects(server, camera).items():
                    # A configuration is adopted with each connection, just when changes are to be told.
                    value = known.get((camera, subject))
                    last[camera, subject] = (
                        value if value is not None else self._value(server, camera, subject)
                    )
                    removes.append(self._follow(server, camera, subject, keys, last))

        follow()
        return call_all((server.async_listen_config(follow), leave))

    def _follow(
        self,
        server: FrigateServer,
        camera: str,
        subject: str,
        keys: tuple[str, ...],
        last: dict[tuple[str, str], Any],
    ) -> CALLBACK_TYPE:
        @callback
        def on_change() -> None:
            before, now = last.get((camera, subject)), self._value(server, camera, subject)
            if now is None or now == before:
                return
            last[camera, subject] = now
            self._changed(server, camera, subject, before, now)

        return server.async_listen(keys, on_change)


class SoundHeardTrigger(StateTrigger):
    """A camera began to hear a sound."""

    _options: VolDictType = {vol.Optional(CONF_SOUNDS): vol.All(cv.ensure_list, [cv.string])}

    @callback
    @override
    def _subjects(self, server: FrigateServer, camera: str) -> Mapping[str, tuple[str, ...]]:
        wanted = self._wishes.get(CONF_SOUNDS)
        return {
            label: (f"{camera}/audio/{label}",)
            for label in server.cameras[camera].audio_labels
            if meets(wanted, (label,))
        }

    @callback
    @override
    def _value(self, server: FrigateServer, camera: str, subject: str) -> Any:
        return server.live.get(f"{camera}/audio/{subject}")

    @callback
    @override
    def _changed(
        self, server: FrigateServer, camera: str, subject: str, before: Any, after: Any
    ) -> None:
        if after is True:
            self._fire(server, camera, sound=subject)


class StatusTrigger(StateTrigger):
    """The health of cameras, as Frigate tells it. A server that is lost says nothing of its cameras."""

    _before: str
    _after: str

    @callback
    @override
    def _subjects(self, server: FrigateServer, camera: str) -> Mapping[str, tuple[str, ...]]:
        return {camera: (f"{camera}/status/detect", f"{camera}/enabled/state", STATS)}

    @callback
    @override
    def _value(self, server: FrigateServer, camera: str, subject: str) -> Any:
        return server.live.camera_status(camera) if server.available else None

    @callback
    @override
    def _changed(
        self, server: FrigateServer, camera: str, subject: str, before: Any, after: Any
    ) -> None:
        if before == self._before and after == self._after:
            self._fire(server, camera)


class CameraWentOfflineTrigger(StatusTrigger):
    """A camera no longer gives a picture."""

    _before = "online"
    _after = "offline"


class CameraCameBackTrigger(StatusTrigger):
    """A camera gives a picture again."""

    _before = "offline"
    _after = "online"
