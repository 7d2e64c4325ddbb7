"""Cameras: live stream, still picture, on and off, motion detection."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import NamedTuple, cast, override
from weakref import WeakKeyDictionary

from homeassistant.components.camera import (
    Camera,
    CameraEntityDescription,
    CameraEntityFeature,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .commands import async_check_motion_off
from .commune import AnttConfigEntry
from .const import LOGGER
from .entity import AnttEntity, async_add_server_entities
from .errors import command_refused
from .frigate.config import CameraConfig
from .frigate.errors import FrigateError
from .frigate.live import STATS
from .server import FrigateServer
from .streams import BIRDSEYE, StreamAddresses
from .webrtc import FrigateWebRTCProvider

PARALLEL_UPDATES = 0

CAMERA = CameraEntityDescription(key="camera", name=None)
OVERVIEW = CameraEntityDescription(key=BIRDSEYE, translation_key=BIRDSEYE)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AnttConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up a camera for each of Frigate's, and the overview where Frigate restreams it."""
    addresses: WeakKeyDictionary[FrigateServer, StreamAddresses] = WeakKeyDictionary()

    def build(server: FrigateServer) -> Iterable[AnttEntity]:
        streams = addresses.setdefault(server, StreamAddresses(server))
        for camera in server.cameras.values():
            yield FrigateCamera(server, streams, camera)
        if server.config is not None and server.config.birdseye.restream:
            yield BirdseyeCamera(server, streams)

    async_add_server_entities(entry, async_add_entities, build)


class Reading(NamedTuple):
    """What a camera shows."""

    is_on: bool
    is_recording: bool
    motion_detection: bool
    features: CameraEntityFeature
    attributes: Mapping[str, str]


class BaseCamera(AnttEntity, Camera):
    """A picture from Frigate: stills by HTTP, streams by RTSP (HLS) and through Frigate's WebRTC."""

    def __init__(
        self,
        server: FrigateServer,
        streams: StreamAddresses,
        description: CameraEntityDescription,
        camera: CameraConfig | None = None,
    ) -> None:
        """Prepare; the features must be known before Home Assistant looks for a WebRTC provider."""
        Camera.__init__(self)
        AnttEntity.__init__(self, server, description, camera=camera)
        self._streams = streams
        self._provider = FrigateWebRTCProvider(server, lambda: self.frigate_stream)
        self._source = self._find_source()
        self._offered = self.frigate_stream
        self._attr_supported_features = self._features()

    @property
    def frigate_stream(self) -> str | None:
        """Name of the stream in Frigate's go2rtc, which need not be the camera's; None without one."""
        return BIRDSEYE

    @property
    def image_name(self) -> str:
        """Name by which Frigate gives the still picture."""
        return BIRDSEYE

    def _find_source(self) -> str | None:
        """Return the present address of the stream."""
        return self._streams.async_birdseye()

    def _features(self) -> CameraEntityFeature:
        """Return what the camera can do at present."""
        return CameraEntityFeature(0) if self._source is None else CameraEntityFeature.STREAM

    @override
    def _read(self) -> Reading:
        return Reading(True, False, False, self._features(), self._attributes())

    def _attributes(self) -> Mapping[str, str]:
        """Return the names that cards and automations find Frigate's camera by."""
        config = self.server.config
        client_id = config.mqtt.client_id if config is not None else None
        return {"camera_name": self.image_name} | ({"client_id": client_id} if client_id else {})

    @override
    def _show(self, value: Reading | None) -> None:
        if value is None:
            return
        self._attr_is_on = self._attr_is_streaming = value.is_on
        self._attr_is_recording = value.is_recording
        self._attr_motion_detection_enabled = value.motion_detection
        self._attr_supported_features = value.features
        self._attr_extra_state_attributes = dict(value.attributes)

    @override
    async def async_added_to_hass(self) -> None:
        """Begin to listen, to changes of the configuration too: they move streams."""
        await super().async_added_to_hass()
        self.async_on_remove(self.server.async_listen_config(self._on_config))

    @callback
    def _on_config(self) -> None:
        source = self._find_source()
        if source != self._source:
            self._source = source
            if self.stream is not None and source is not None:
                self.stream.update_source(source)
        self._on_change()
        if self.frigate_stream != self._offered:
            self._offered = self.frigate_stream
            self.server.entry.async_create_task(
                self.hass, self.async_refresh_providers(), f"WebRTC of {self.entity_id}"
            )

    @override
    async def stream_source(self) -> str | None:
        """Return the address of the stream."""
        return self._source

    @override
    async def _async_get_supported_webrtc_provider[_T](
        self, fn: Callable[[HomeAssistant, Camera], Coroutine[None, None, _T | None]]
    ) -> _T | None:
        """Prefer Frigate's WebRTC to the providers that others registered.

        The hook is Home Assistant's own and private. Should it go, the registered providers are asked again.
        """
        if self.frigate_stream is not None and CameraEntityFeature.STREAM in self._features():
            # Whatever `fn` would find, it is a provider.
            return cast("_T", self._provider)
        return await super()._async_get_supported_webrtc_provider(fn)

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return a JPEG, None where Frigate gives anything else: an error page is no picture."""
        try:
            return await self.server.client.latest_image(
                self.image_name, height=height if height is not None and height > 0 else None
            )
        except FrigateError as err:
            LOGGER.debug("No picture of %s: %s", self.entity_id, type(err).__name__)
            return None


class BirdseyeCamera(BaseCamera):
    """Frigate's overview of the cameras on which something happens."""

    def __init__(self, server: FrigateServer, streams: StreamAddresses) -> None:
        """Belong to the server."""
        super().__init__(server, streams, OVERVIEW)


class FrigateCamera(BaseCamera):
    """A camera of Frigate's; it carries the name of its device."""

    def __init__(
        self, server: FrigateServer, streams: StreamAddresses, camera: CameraConfig
    ) -> None:
        """Belong to the camera's device."""
        self._key = camera.key
        super().__init__(server, streams, CAMERA, camera)

    @property
    @override
    def frigate_stream(self) -> str | None:
        """Name of the camera's stream in go2rtc."""
        camera = self.server.cameras.get(self._key)
        return camera.stream if camera is not None else None

    @property
    @override
    def image_name(self) -> str:
        """Frigate's key of the camera."""
        return self._key

    @override
    def _find_source(self) -> str | None:
        camera = self.server.cameras.get(self._key)
        return self._streams.async_camera(camera) if camera is not None else None

    @override
    def _features(self) -> CameraEntityFeature:
        camera = self.server.cameras.get(self._key)
        features = super()._features()
        # Frigate refuses to start a camera that its configuration file switches off.
        if camera is not None and camera.enabled_in_config:
            features |= CameraEntityFeature.ON_OFF
        return features

    @property
    @override
    def keys(self) -> tuple[str, ...]:
        """Switches of the camera; statistics tell a dead one where Frigate sends no status (0.16)."""
        key = self._key
        return (f"{key}/recordings/state", f"{key}/motion/state", STATS)

    @override
    def _is_available(self) -> bool:
        # A camera that is switched off must stay there to be switched on.
        server = self.server
        return (
            server.available
            and self._key in server.cameras
            and server.live.camera_status(self._key) != "offline"
        )

    @override
    def _read(self) -> Reading:
        live = self.server.live
        is_on = live.get(f"{self._key}/enabled/state") is not False
        return Reading(
            is_on,
            is_on and live.get(f"{self._key}/recordings/state") is True,
            live.get(f"{self._key}/motion/state") is True,
            self._features(),
            self._attributes(),
        )

    async def _command(self, feature: str, on: bool) -> None:
        topic = f"{self._key}/{feature}"
        await self.server.async_command(
            f"{topic}/set", "ON" if on else "OFF", confirm=(f"{topic}/state", on)
        )

    @override
    async def async_turn_on(self) -> None:
        """Start the camera in Frigate."""
        if CameraEntityFeature.ON_OFF not in self._features():
            # Home Assistant does not look at the feature here, and Frigate would refuse without a word.
            raise command_refused(self.server.name, f"{self._key}/enabled/set")
        await self._command("enabled", True)

    @override
    async def async_turn_off(self) -> None:
        """Stop the camera in Frigate: no picture, no recording, no detection."""
        await self._command("enabled", False)

    @override
    async def async_enable_motion_detection(self) -> None:
        """Switch Frigate's motion detection on."""
        await self._command("motion", True)

    @override
    async def async_disable_motion_detection(self) -> None:
        """Switch Frigate's motion detection off; Frigate refuses while it detects objects."""
        async_check_motion_off(self.server, self._key)
        await self._command("motion", False)
