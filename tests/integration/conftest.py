"""Home Assistant with the integration, and Frigate servers for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import pytest_socket

# Before any Home Assistant exists, or the test plugin's own folder of this name would be taken.
import custom_components  # noqa: F401
from custom_components.antt_camera.const import (
    CONF_TLS,
    CONF_TRANSPORT,
    DOMAIN,
    SUBENTRY_FRIGATE,
    TRANSPORT_AUTO,
)
from custom_components.antt_camera.frigate.client import TlsMode
from custom_components.antt_camera.server import FrigateServer

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
WAIT = 30.0

type MakeSimulator = Callable[..., Awaitable[Any]]


@pytest.fixture(autouse=True)
def integration(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let Home Assistant find the integration, and tests reach this machine (only)."""
    if "recorder_mock" in request.fixturenames:
        # It must be there before anything else of Home Assistant's.
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(LOOPBACK, allow_unix_socket=True)
    yield
    pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Use a folder of the test's own: the plugin's is shared by all."""
    return hass_tmp_config_dir


@pytest.fixture
async def simulator() -> AsyncIterator[MakeSimulator]:
    """A way to start simulated servers, which are stopped at the end: `sim = await simulator(scene="empty")`."""
    from simulator.harness import FrigateSimulator

    async with AsyncExitStack() as stack:

        async def start(**options: Any) -> Any:
            options.setdefault("scene", "empty")
            return await stack.enter_async_context(FrigateSimulator(**options))

        yield start


def server_data(url: str, **data: Any) -> dict[str, Any]:
    """Data of a Frigate server's subentry."""
    return {
        CONF_URL: url,
        CONF_TLS: TlsMode.VERIFY.value,
        CONF_TRANSPORT: TRANSPORT_AUTO,
        **data,
    }


def make_commune(
    hass: HomeAssistant,
    url: str,
    *more_urls: str,
    title: str = "ANTT xã Hòa Bình",
    ids: str = "server",
    **data: Any,
) -> MockConfigEntry:
    """Add a commune with a server per address, not set up yet; `data` goes into each server's settings.

    Servers have the ids `server1`, `server2`, …; a second commune needs others (`ids`).
    """
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=title,
        data={},
        subentries_data=[
            ConfigSubentryDataWithId(
                data=server_data(one, **data),
                subentry_id=f"{ids}{number}",
                subentry_type=SUBENTRY_FRIGATE,
                title=f"Frigate {number}",
                unique_id=None,
            )
            for number, one in enumerate((url, *more_urls), 1)
        ],
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def commune(hass: HomeAssistant) -> Callable[..., MockConfigEntry]:
    """`make_commune` for this test's Home Assistant: `entry = commune(sim.url)`."""

    def make(url: str, *more_urls: str, **data: Any) -> MockConfigEntry:
        return make_commune(hass, url, *more_urls, **data)

    return make


def server_of(entry: MockConfigEntry, number: int = 1) -> FrigateServer:
    """Return a server of a commune that is set up, counted from 1 as `make_commune` does."""
    server: FrigateServer = entry.runtime_data.servers[f"server{number}"]
    return server


async def wait_until(
    server: FrigateServer, condition: Callable[[], bool], *keys: str, seconds: float = WAIT
) -> None:
    """Wait until a condition holds; it is looked at when the server's availability or one of `keys` changes."""
    changed = asyncio.Event()
    stops = [
        server.async_listen_availability(changed.set),
        server.async_listen_config(changed.set),
        server.async_listen(keys, changed.set),
    ]
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                changed.clear()
                await changed.wait()
    finally:
        for stop in stops:
            stop()


async def wait_available(server: FrigateServer, *, available: bool = True) -> FrigateServer:
    """Wait until a server is available (or lost)."""
    await wait_until(server, lambda: server.available is available)
    await server.hass.async_block_till_done()
    return server


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set a commune up and wait until all its servers are available."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    for server in entry.runtime_data.servers.values():
        await wait_available(server)
