"""Recorded traffic of a real server reaches the same states over both links, and they are what it said."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
import time
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.antt_camera.const import (
    CONF_TOPIC_PREFIX,
    CONF_TRANSPORT,
    TRANSPORT_MQTT,
    TRANSPORT_WS,
)
from custom_components.antt_camera.server import FrigateServer
from simulator.harness import Server
from simulator.http.site import Options
from simulator.mqtt import MqttBridge
from simulator.replay import ReplayWorld
from tests.unit.simulator_replay.recording import (
    FOLDER,
    answer,
    frames,
    last_counts,
    lines,
    still_open,
)

from .broker import broker
from .conftest import make_commune, set_up, wait_available, wait_until
from .mqtt_frigate import set_up_mqtt, unload_all

SPEED = 100.0
WAIT = 120.0
LINKS = ("ws", "mqtt")
CAMERAS = tuple(answer("config")["cameras"])
WITHOUT_PICTURE = ("offline_cam", "disabled_cam")
# Where `/api/config` has what a switch of that name shows.
SWITCHES: Mapping[str, tuple[str, ...]] = {
    "audio": ("audio", "enabled"),
    "birdseye": ("birdseye", "enabled"),
    "detect": ("detect", "enabled"),
    "motion": ("motion", "enabled"),
    "notifications": ("notifications", "enabled"),
    "recordings": ("record", "enabled"),
    "review_alerts": ("review", "alerts", "enabled"),
    "review_detections": ("review", "detections", "enabled"),
    "snapshots": ("snapshots", "enabled"),
}
MARKER = "front_door/motion_threshold/state"


@dataclass
class Played:
    """A Home Assistant that has heard the whole recording twice: over the websocket and over MQTT."""

    hass: HomeAssistant
    world: ReplayWorld
    entries: Mapping[str, MockConfigEntry]

    def server(self, link: str) -> FrigateServer:
        """The server as this link knows it."""
        server: FrigateServer = self.entries[link].runtime_data.servers[f"{link}1"]
        return server

    def states(self, link: str) -> dict[str, State]:
        """States by platform and the end of the unique id."""
        registry = er.async_get(self.hass)
        found: dict[str, State] = {}
        for entity in er.async_entries_for_config_entry(registry, self.entries[link].entry_id):
            if (state := self.hass.states.get(entity.entity_id)) is not None:
                found[f"{entity.domain} {entity.unique_id.partition(':')[2]}"] = state
        return found


class StandingClock:
    """A clock that stands a while ago until it is let go: the recording's end shall not lie in the future."""

    def __init__(self) -> None:
        self._time = time.time() - 300
        self._since: float | None = None

    def __call__(self) -> float:
        return self._time + (0 if self._since is None else time.monotonic() - self._since)

    def go(self) -> None:
        """Let it go."""
        self._since = time.monotonic()


@pytest.fixture
async def played(hass: HomeAssistant) -> AsyncIterator[Played]:
    """Play the recording into two communes at once."""
    async with AsyncExitStack() as stack:
        mosquitto = await stack.enter_async_context(broker())
        clock = StandingClock()
        world = ReplayWorld(FOLDER, clock=clock, speed=SPEED, loop=False)
        server = Server(world, Options())
        await server.start()
        stack.push_async_callback(server.stop)
        bridge = MqttBridge(world, mosquitto.port)
        bridge.start()
        stack.callback(bridge.stop)
        async with asyncio.timeout(WAIT):
            await bridge.connected.wait()
        await set_up_mqtt(hass, mosquitto)
        entries = {
            "ws": make_commune(hass, server.url, ids="ws", **{CONF_TRANSPORT: TRANSPORT_WS}),
            "mqtt": make_commune(
                hass,
                server.url,
                ids="mqtt",
                title="ANTT qua MQTT",
                **{CONF_TRANSPORT: TRANSPORT_MQTT, CONF_TOPIC_PREFIX: "frigate"},
            ),
        }
        # Home Assistant sets all entries of an integration up with the first.
        await set_up(hass, entries["ws"])
        made = Played(hass, world, entries)
        for link in LINKS:
            await wait_available(made.server(link))
        clock.go()
        running = asyncio.create_task(world.run())
        async with asyncio.timeout(WAIT):
            await world.played.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await heard(made)
        yield made
        await unload_all(hass)


async def heard(made: Played) -> None:
    """Wait until both links have taken all that was said: what is said now comes last."""
    for value in (77, 30):
        made.world.publish(MARKER, value, retain=True)
        for link in LINKS:
            server = made.server(link)

            def taken(server: FrigateServer = server, value: int = value) -> bool:
                return server.live.get(MARKER) == value

            await wait_until(server, taken, MARKER, seconds=WAIT)
    await made.hass.async_block_till_done()


def entity_of(topic: str) -> str:
    """Which entity shows a count: the end of its unique id."""
    place, label = topic.split("/")[:2]
    kind = "active_count" if topic.endswith("/active") else "count"
    zones = answer("config")["cameras"].items()
    owner = next((f"{camera}:" for camera, config in zones if place in config["zones"]), "")
    return f"{owner}{place}:{kind}:{label}"


def last(ending: str) -> dict[str, Any]:
    """What was said last on each topic with such an ending, by what stands before it."""
    found = {topic: payload for _, topic, payload in frames() if topic.endswith(ending)}
    return {topic.removesuffix(ending): payload for topic, payload in found.items()}


async def test_both_links_end_in_the_same_states(played: Played) -> None:
    """Every entity there is has the same state and, but for the moment, the same event."""
    over_ws, over_mqtt = played.states("ws"), played.states("mqtt")
    assert len(over_ws) > 200
    assert over_ws.keys() == over_mqtt.keys()
    different = {
        key: (state.state, over_mqtt[key].state)
        for key, state in over_ws.items()
        # It adds up what each has seen since it was there; and when each heard of an event is not the server's.
        if not key.endswith(":uptime_today") and not key.startswith("event ")
        if state.state != over_mqtt[key].state
    }
    assert different == {}
    events = {key: state for key, state in over_ws.items() if key.startswith("event ")}
    told = {key for key, state in events.items() if state.attributes.get("event_type")}
    assert {f"event {camera}:alert" for camera in ("front_door", "driveway", "backyard")} <= told
    for key, state in events.items():
        assert state.attributes.get("event_type") == over_mqtt[key].attributes.get("event_type")
        assert state.attributes.get("review_id") == over_mqtt[key].attributes.get("review_id")
    reviews = {p["after"]["camera"]: p for _, topic, p in frames() if topic == "reviews"}
    for camera, message in reviews.items():
        key = f"event {camera}:{message['after']['severity']}"
        found = events[key].attributes["review_id"].partition(".")[2]
        assert found == message["after"]["id"].partition(".")[2]
    one, other = played.server("ws").live, played.server("mqtt").live
    assert one.objects == other.objects
    assert one.reviews == other.reviews
    gone = {
        key.split()[1].partition(":")[0]
        for key, state in over_ws.items()
        if state.state == "unavailable"
    }
    assert gone == set(WITHOUT_PICTURE)


async def test_states_are_what_was_recorded(played: Played) -> None:
    """Counts, status, reviews, health: what the recorded frames said last, and switches as configured."""
    for link in LINKS:
        states = {key: state.state for key, state in played.states(link).items()}
        live = played.server(link).live
        counts = last_counts()
        assert len(counts) > 50
        assert {topic: live.get(topic) for topic in counts} == counts
        shown = {
            topic: states[f"sensor {entity_of(topic)}"]
            for topic in counts
            if f"sensor {entity_of(topic)}" in states
        }
        assert shown.keys() >= {f"{one}/person" for one in ("front_door", "store", "backyard")}
        assert shown == {topic: str(counts[topic]) for topic in shown}
        for topic, number in counts.items():
            key = f"binary_sensor {entity_of(topic).replace(':count:', ':occupancy:')}"
            if key in states:
                assert states[key] == ("on" if number else "off")
        for camera, status in last("/status/detect").items():
            assert states[f"sensor {camera}:camera_status"] == status
        reviewed = last("/review_status")
        assert len(reviewed) >= 3
        for camera, severity in reviewed.items():
            assert states[f"sensor {camera}:review_status"] == severity.lower()
        stats = last("stats")[""]
        for camera in set(CAMERAS) - {"disabled_cam"}:
            quality = stats["cameras"][camera]["connection_quality"]
            assert states[f"sensor {camera}:connection_quality"] == quality
        check_switches(states)


def check_switches(states: Mapping[str, str]) -> None:
    """Switches are as `/api/config` has them, those of the broker's retained set too."""
    config = answer("config")["cameras"]
    retained = {
        one["topic"].removeprefix("frigate/"): one["payload"] for one in lines("retained.jsonl")
    }
    seen = 0
    for camera in CAMERAS:
        for name, path in SWITCHES.items():
            if (state := states.get(f"switch {camera}:{name}")) is None:
                continue
            value = config[camera]
            for key in path:
                value = value[key]
            assert state == ("on" if value else "off"), f"{camera} {name}"
            assert state == retained[f"{camera}/{name}/state"].lower()
            seen += 1
        for zone, settings in config[camera]["zones"].items():
            assert states[f"switch {camera}:{zone}:zone"] == (
                "on" if settings["enabled"] else "off"
            )
            seen += 1
    assert seen > 50
    assert states["switch street:detect"] == "off"


async def test_open_objects_are_those_of_the_server(played: Played) -> None:
    """What goes on is what the frames left open, and what the server lists over HTTP."""
    client = async_get_clientsession(played.hass)
    server = played.server("ws")
    url = played.entries["ws"].subentries["ws1"].data["url"]
    listed = {}
    for path in ("events?in_progress=1&limit=-1", "review?limit=100"):
        async with client.get(f"{url}/api/{path}") as response:
            assert response.status == 200
            rows = await response.json()
        listed[path[:6]] = {row["id"] for row in rows if row["end_time"] is None}
    recorded = {
        topic: {one.partition(".")[2] for one in still_open(topic)}
        for topic in ("events", "reviews")
    }
    assert recorded["events"]
    assert recorded["reviews"]
    assert {one.partition(".")[2] for one in listed["review"]} == recorded["reviews"]
    assert listed["events"]
    assert listed["events"] <= server.live.objects.keys()
    for link in LINKS:
        live = played.server(link).live
        assert {one.partition(".")[2] for one in live.objects} == recorded["events"]
        assert {one.partition(".")[2] for one in live.reviews} == recorded["reviews"]
        for one in live.objects:
            shifted = float(one.partition("-")[0])
            assert 0 < played.world.now() - shifted < 400
