"""Names and numbers shared by the whole integration."""

from datetime import timedelta
import logging
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "antt_camera"
LOGGER: Final = logging.getLogger(__package__)

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.UPDATE,
]

SUBENTRY_FRIGATE: Final = "frigate"

# Subentry data of a Frigate server. `url`, `username` and `password` use Home Assistant's own names.
CONF_TLS: Final = "tls"
CONF_FINGERPRINT: Final = "fingerprint"
CONF_TRANSPORT: Final = "transport"
CONF_TOPIC_PREFIX: Final = "topic_prefix"
CONF_RTSP_TEMPLATE: Final = "rtsp_template"
# Camera key -> area id, applied once when the camera's device is first made.
CONF_AREAS: Final = "areas"

TRANSPORT_AUTO: Final = "auto"
TRANSPORT_WS: Final = "ws"
TRANSPORT_MQTT: Final = "mqtt"

DEFAULT_TOPIC_PREFIX: Final = "frigate"

# Frigate announces no configuration change, so its (cheaply hashed) configuration is read again.
CONFIG_INTERVAL: Final = timedelta(seconds=60)
# Storage and recorded days change slowly; they are read when the server connects and then hourly.
STORAGE_INTERVAL: Final = timedelta(hours=1)
# A link that drops for a moment must not rewrite thousands of states.
LINK_GRACE: Final = 5.0
# Consecutive failed configuration reads after which a server counts as lost.
HTTP_FAILURES: Final = 2
RETRY_MIN: Final = 2.0
RETRY_MAX: Final = 60.0
# How long a command may stay without Frigate's echo before it counts as refused.
COMMAND_TIMEOUT: Final = 5.0
# Identification of a person or plate is shown this long, then cleared.
RECOGNITION_SECONDS: Final = 60
UNREACHABLE_ISSUE_AFTER: Final = timedelta(minutes=10)
CLOCK_TOLERANCE: Final = 5.0
