"""The least that somebody who listens to Frigate over MQTT must do: decode each message, write each count."""

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.json import json_loads
import voluptuous as vol

DOMAIN = "bare_mqtt"
CONFIG_SCHEMA = vol.Schema(
    {DOMAIN: vol.Schema({vol.Required("prefix"): cv.string})}, extra=vol.ALLOW_EXTRA
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Subscribe once to everything."""
    prefix = config[DOMAIN]["prefix"]
    strip = len(prefix) + 1
    entity_ids: dict[str, str] = {}

    @callback
    def listen(message: mqtt.ReceiveMessage) -> None:
        payload = message.payload
        first = payload[:1]
        if first in {b"{", b"["}:
            json_loads(payload)
        elif first.isdigit():
            topic = message.topic[strip:]
            entity_id = entity_ids.get(topic)
            if entity_id is None:
                entity_id = entity_ids[topic] = f"{DOMAIN}.{topic.replace('/', '_')}"
            hass.states.async_set(entity_id, str(int(payload)))

    await mqtt.async_wait_for_mqtt_client(hass)
    await mqtt.async_subscribe(hass, f"{prefix}/#", listen, encoding=None)
    return True
