"""Messages of a server by camera, so that one costs only the entities of the camera it is about."""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from homeassistant.core import CALLBACK_TYPE, callback

from .frigate.messages import (
    AudioDetection,
    AudioDetections,
    ClassificationMessage,
    FaceMessage,
    Message,
    ObjectMessage,
    PlateMessage,
    ReviewMessage,
    SemanticTriggerMessage,
)
from .server import FrigateServer

type CameraMessage = (
    ClassificationMessage
    | FaceMessage
    | ObjectMessage
    | PlateMessage
    | ReviewMessage
    | SemanticTriggerMessage
)

_ROUTERS: WeakKeyDictionary[FrigateServer, CameraMessages] = WeakKeyDictionary()


@callback
def async_camera_messages(server: FrigateServer) -> CameraMessages:
    """Return the one router of a server."""
    router = _ROUTERS.get(server)
    if router is None:
        router = _ROUTERS[server] = CameraMessages(server)
    return router


class CameraMessages:
    """Listens to each kind of message once, as long as somebody wants it, and passes it on by camera."""

    def __init__(self, server: FrigateServer) -> None:
        """Start without listeners."""
        # Not the server itself: what refers to it from here would keep it for ever.
        self._async_listen = server.dispatcher.async_listen_messages
        self._live = server.live
        self._listeners: dict[type[Any], dict[str, dict[Callable[[Any], None], None]]] = {}
        self._removes: dict[type[Any], CALLBACK_TYPE] = {}
        self._sounds: AudioDetections | None = None

    @callback
    def async_listen[_M: CameraMessage](
        self, kind: type[_M], camera: str, listener: Callable[[_M], None]
    ) -> CALLBACK_TYPE:
        """Call `listener` with each message of a class that is about a camera."""
        cameras = self._listeners.setdefault(kind, {})
        cameras.setdefault(camera, {})[listener] = None
        if kind not in self._removes:
            self._removes[kind] = self._async_listen(kind, self._pass_on)

        @callback
        def remove() -> None:
            if (listeners := cameras.get(camera)) is not None:
                listeners.pop(listener, None)
                if not listeners:
                    del cameras[camera]
            if not cameras and (stop := self._removes.pop(kind, None)) is not None:
                stop()

        return remove

    def _pass_on(self, message: CameraMessage) -> None:
        camera = self.camera_of(message)
        if camera is not None:
            for listener in tuple(self._listeners[type(message)].get(camera, ())):
                listener(message)

    def camera_of(self, message: Message) -> str | None:
        """Return the camera that a message is about; some name it by the tracked object only."""
        match message:
            case ObjectMessage() | ReviewMessage():
                return message.after.camera
            case SemanticTriggerMessage():
                return message.camera
            case FaceMessage() | PlateMessage() | ClassificationMessage():
                if message.camera is not None:
                    return message.camera
                known = self._live.objects.get(message.event_id)
                return known.camera if known is not None else None
        return None

    @callback
    def async_keep_sounds(self) -> CALLBACK_TYPE:
        """Remember the last details of sounds, until the returned function is called."""
        return self._async_listen(AudioDetections, self._keep)

    def _keep(self, message: AudioDetections) -> None:
        self._sounds = message

    def sound(self, camera: str, label: str) -> AudioDetection | None:
        """Return what Frigate said of a sound that a camera hears (0.17+)."""
        if self._sounds is None:
            return None
        return self._sounds.cameras.get(camera, {}).get(label)
