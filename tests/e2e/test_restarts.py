"""Everything that can go away goes away and comes back: Home Assistant, Frigate, the network, the broker."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from devtools.hass import RealHass, free_port
from devtools.seed import Seed, commune_entry, mqtt_entry
from simulator.harness import FrigateSimulator
from tests.integration.broker import broker

from .conftest import Ours, States, assert_clean_log, live, unavailable

pytestmark = pytest.mark.e2e

CUT_SECONDS = 60.0
PERSON = "street:count:person"


def lost(states: States) -> bool:
    """Nothing of a camera's is shown as if it were true."""
    count = states.get(PERSON)
    return count is not None and count["state"] == "unavailable"


def people(number: int) -> Callable[[States], bool]:
    """A condition: the street has so many people in it, and nothing is unavailable."""
    return lambda states: live(2)(states) and states[PERSON]["state"] == str(number)


async def test_over_the_websocket(tmp_path: Path, python: str) -> None:
    async with FrigateSimulator("empty") as sim:
        data = {"url": sim.url, "transport": "auto"}
        seed = Seed(port=free_port(), entries=[commune_entry("Xã Đồng Tiến", data)])
        async with RealHass(tmp_path / "config", seed, python) as hass:
            async with hass.client() as client:
                ours = Ours(client)
                before = await ours.wait(live(2))
                renamed = before[PERSON]["entity_id"]
                await client.call(
                    "config/entity_registry/update", entity_id=renamed, name="Người ngoài đường"
                )
            sim.frigate.stage.place("street", "person", (0.4, 0.3, 0.5, 0.7))
            # Frigate alone: its objects are gone, whoever stands there is found again under a new id.
            async with hass.client() as client:
                ours = Ours(client)
                await ours.wait(people(1))
                sim.frigate.stop(clean=False)
                await ours.wait(lost)
                sim.frigate.start()
                await ours.wait(people(1))
            # Home Assistant alone: the count is right at once, though Frigate sends none of its own.
            await hass.restart()
            async with hass.client() as client:
                ours = Ours(client)
                after = await ours.wait(people(1))
                assert set(after) == set(before)
                assert after[PERSON]["attributes"]["friendly_name"].endswith("Người ngoài đường")
                # The network: what happens meanwhile is made up for when it is back.
                await sim.server.disconnect()
                await ours.wait(lost)
                sim.frigate.stage.place("street", "person", (0.6, 0.3, 0.7, 0.7))
                await asyncio.sleep(CUT_SECONDS)
                assert lost(await ours.states())
                await sim.server.reconnect()
                await ours.wait(people(2))
            assert_clean_log(hass)


async def test_over_mqtt(tmp_path: Path, python: str) -> None:
    async with broker() as mosquitto, FrigateSimulator("empty", mqtt_port=mosquitto.port) as sim:
        data = {"url": sim.url, "transport": "mqtt"}
        entries = [mqtt_entry(mosquitto.port), commune_entry("Xã Đồng Tiến", data)]
        seed = Seed(port=free_port(), entries=entries)
        async with RealHass(tmp_path / "config", seed, python) as hass:
            async with hass.client() as client:
                ours = Ours(client)
                await ours.wait(live(2))
                sim.frigate.stage.place("street", "person", (0.4, 0.3, 0.5, 0.7))
                await ours.wait(people(1))
                # Recording is switched off; after the broker's restart Frigate says that it is on.
                switch = (await ours.states())["street:recordings"]["entity_id"]
                await client.call(
                    "call_service",
                    domain="switch",
                    service="turn_off",
                    target={"entity_id": switch},
                )
                await ours.wait(lambda states: states["street:recordings"]["state"] == "off")
                # Home Assistant itself logs an error if the broker ends before its greeting is out.
                await mosquitto.wait_for_log("PUBLISH", "homeassistant/status")
                await mosquitto.stop()
                await ours.wait(lost)
                await mosquitto.start()
                states = await ours.wait(
                    lambda states: (
                        people(1)(states) and states["street:recordings"]["state"] == "off"
                    )
                )
                assert not unavailable(states.values())
            assert_clean_log(hass)
