"""WebRTC answered by Frigate's go2rtc, next to HLS from Home Assistant."""

from collections.abc import Callable
from typing import override

from homeassistant.components.camera import (
    Camera,
    CameraWebRTCProvider,
    WebRTCAnswer,
    WebRTCError,
    WebRTCSendMessage,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from webrtc_models import RTCIceCandidateInit

from .const import DOMAIN
from .errors import as_home_assistant_error
from .frigate.errors import FrigateError
from .server import FrigateServer

OFFER_FAILED = "webrtc_offer_failed"


async def async_error_text(hass: HomeAssistant, error: HomeAssistantError) -> str:
    """Return an error's text in the language of the installation, for where Home Assistant does not translate."""
    texts = await async_get_translations(hass, hass.config.language, "exceptions", [DOMAIN])
    text = texts.get(f"component.{DOMAIN}.exceptions.{error.translation_key}.message")
    if text is None:
        return str(error)
    return text.format(**(error.translation_placeholders or {}))


class FrigateWebRTCProvider(CameraWebRTCProvider):
    """Passes a browser's offer to Frigate. Belongs to one camera and is not registered for others.

    A camera that handles offers itself loses HLS; one with a provider keeps both.
    """

    def __init__(self, server: FrigateServer, stream: Callable[[], str | None]) -> None:
        """Answer for the stream that `stream()` names at the time of the offer."""
        self._server = server
        self._stream = stream

    @property
    @override
    def domain(self) -> str:
        """Return our domain."""
        return DOMAIN

    @callback
    @override
    def async_is_supported(self, stream_source: str) -> bool:
        """Support whatever our own camera streams."""
        return self._stream() is not None

    @override
    async def async_handle_async_webrtc_offer(
        self, camera: Camera, offer_sdp: str, session_id: str, send_message: WebRTCSendMessage
    ) -> None:
        """Answer an offer, or say in words why there is no picture."""
        server = self._server
        stream = self._stream()
        if stream is None:
            error = HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="no_stream",
                translation_placeholders={"server": server.name},
            )
            send_message(WebRTCError(OFFER_FAILED, await async_error_text(server.hass, error)))
            return
        try:
            answer = await server.client.webrtc_offer(stream, offer_sdp)
        except FrigateError as err:
            error = as_home_assistant_error(err, server.name)
            send_message(WebRTCError(OFFER_FAILED, await async_error_text(server.hass, error)))
            return
        send_message(WebRTCAnswer(answer))

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        """Ignore candidates: Frigate's answer is complete and its API takes none afterwards."""
