"""The least that somebody who listens to Frigate's websocket must do: decode each message, write each count."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.json import json_loads
import voluptuous as vol

DOMAIN = "bare_ws"
CONFIG_SCHEMA = vol.Schema(
    {DOMAIN: vol.Schema({vol.Required("url"): cv.string})}, extra=vol.ALLOW_EXTRA
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Listen in the background."""
    hass.async_create_background_task(_listen(hass, config[DOMAIN]["url"]), DOMAIN)
    return True


async def _listen(hass: HomeAssistant, url: str) -> None:
    entity_ids: dict[str, str] = {}
    session = async_get_clientsession(hass)
    async with session.ws_connect(url, heartbeat=30, max_msg_size=0, compress=0) as socket:
        async for message in socket:
            frame: Any = json_loads(message.data)
            topic, payload = frame["topic"], frame["payload"]
            if type(payload) is int:
                entity_id = entity_ids.get(topic)
                if entity_id is None:
                    entity_id = entity_ids[topic] = f"{DOMAIN}.{topic.replace('/', '_')}"
                hass.states.async_set(entity_id, str(payload))
            elif payload[:1] in ("{", "["):
                json_loads(payload)
