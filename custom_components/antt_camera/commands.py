"""What several controls share: which of them a server knows, and what Frigate refuses without a word."""

import asyncio
from collections.abc import Callable

from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError

from .const import COMMAND_TIMEOUT, DOMAIN
from .errors import command_refused
from .frigate.version import MINIMUM_VERSION, FrigateVersion
from .server import FrigateServer

V0_16 = MINIMUM_VERSION
V0_17 = FrigateVersion(0, 17, 0)
V0_18 = FrigateVersion(0, 18, 0)


def frigate_version(server: FrigateServer) -> FrigateVersion:
    """Return the version that the server runs, or ran when it was last seen; the oldest supported if unknown."""
    if server.sync.version is not None:
        return server.sync.version
    if server.config is not None and server.config.version is not None:
        return server.config.version
    return MINIMUM_VERSION


def check_version(server: FrigateServer, needed: FrigateVersion) -> None:
    """Raise a translated error where the server is too old for an action."""
    found = frigate_version(server)
    if found < needed:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="action_too_old",
            translation_placeholders={
                "server": server.name,
                "found": str(found),
                "needed": str(needed),
            },
        )


def takes_notification_commands(server: FrigateServer) -> bool:
    """Whether a camera's notifications can be switched: over MQTT only from 0.18 on."""
    return not server.uses_mqtt or frigate_version(server) >= V0_18


@callback
def async_check_motion_off(server: FrigateServer, camera: str) -> None:
    """Raise a translated error if motion detection can't be switched off because objects are detected with it."""
    if server.live.get(f"{camera}/detect/state") is True:
        config = server.cameras.get(camera)
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="motion_needed",
            translation_placeholders={"camera": config.name if config is not None else camera},
        )


async def async_command_until(
    server: FrigateServer, topic: str, payload: str | int, key: str, done: Callable[[object], bool]
) -> None:
    """Send a command whose echo can't be foretold exactly and wait until the key's value is as wanted.

    Raises a translated HomeAssistantError when Frigate can't be reached or does nothing within 5 s.
    """
    arrived = asyncio.Event()

    @callback
    def check() -> None:
        if done(server.live.get(key)):
            arrived.set()

    remove = server.async_listen((key,), check)
    try:
        await server.async_command(topic, payload)
        check()
        async with asyncio.timeout(COMMAND_TIMEOUT):
            await arrived.wait()
    except TimeoutError as err:
        raise command_refused(server.name, topic) from err
    finally:
        remove()
