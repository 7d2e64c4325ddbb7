"""Addresses of the live streams: Frigate's own restream, or what the commune's template says."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_URL
from homeassistant.core import callback
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template
from yarl import URL

from .const import CONF_RTSP_TEMPLATE, LOGGER
from .frigate.config import CameraConfig
from .server import FrigateServer

BIRDSEYE = "birdseye"
RTSP_PORT = 8554
_SCHEMES = frozenset({"http", "https", "rtmp", "rtmps", "rtsp", "rtsps"})


class StreamAddresses:
    """Stream addresses of one server. A template that is of no use is logged once, not once per camera."""

    def __init__(self, server: FrigateServer) -> None:
        """Prepare for one server."""
        self._server = server
        self._reported: str | None = None

    @callback
    def async_camera(self, camera: CameraConfig) -> str | None:
        """Return the address of a camera's stream, None where Frigate restreams none and no template is set."""
        return self._template(
            {
                # As in Frigate's own configuration, where `name` is the key and not what people read.
                "name": camera.key,
                "friendly_name": camera.name,
                "stream": camera.stream,
                "live_streams": list(camera.live_streams),
                "type": camera.type,
                "width": camera.width,
                "height": camera.height,
                "fps": camera.fps,
                "webui_url": camera.webui_url,
            }
        ) or self._restream(camera.stream)

    @callback
    def async_birdseye(self) -> str | None:
        """Return the address of the overview picture's stream."""
        return self._template({"name": BIRDSEYE, "stream": BIRDSEYE}) or self._restream(BIRDSEYE)

    def _restream(self, stream: str | None) -> str | None:
        host = URL(str(self._server.data[CONF_URL])).host
        if stream is None or host is None:
            return None
        return str(URL.build(scheme="rtsp", host=host, port=RTSP_PORT, path=f"/{stream}"))

    def _template(self, variables: Mapping[str, Any]) -> str | None:
        text = str(self._server.data.get(CONF_RTSP_TEMPLATE) or "").strip()
        if not text:
            return None
        try:
            rendered = Template(text, self._server.hass).async_render(
                variables, parse_result=False, strict=True
            )
            url = URL(str(rendered).strip())
        except (TemplateError, ValueError) as err:
            self._report(text, type(err.__cause__ or err).__name__)
            return None
        if url.scheme not in _SCHEMES or not url.host:
            self._report(text, "not the address of a stream")
            return None
        return str(rendered).strip()

    def _report(self, text: str, reason: str) -> None:
        """Log a bad template. Its text stays out: it may hold the cameras' password."""
        if self._reported != text:
            self._reported = text
            LOGGER.warning(
                "The stream template of %s can't be used (%s); Frigate's own streams are used instead",
                self._server.name,
                reason,
            )
