"""Live data through Home Assistant's own MQTT client and a real broker."""

from collections.abc import AsyncIterator
import json
import re

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.antt_camera import server as server_module
from custom_components.antt_camera.frigate.messages import ObjectMessage
from custom_components.antt_camera.server import FrigateServer

from .broker import Broker, broker
from .conftest import set_up, wait_available, wait_until
from .live_frigate import CAMERA, Scene, full_camera, full_stats, review, tracked
from .mqtt_frigate import (
    MqttFrigate,
    make_mqtt_commune,
    mqtt_scene,
    serving_mqtt,
    set_up_mqtt,
    unload_all,
)


@pytest.fixture
async def mosquitto() -> AsyncIterator[Broker]:
    """A broker."""
    async with broker() as running:
        yield running


@pytest.fixture
async def scene(hass: HomeAssistant, mosquitto: Broker) -> AsyncIterator[Scene]:
    """A connected server with one camera that can do everything."""
    async with mqtt_scene(hass, mosquitto) as made:
        yield made


def subscribed(mosquitto: Broker, prefix: str = "frigate") -> list[str]:
    """Topics below a prefix that the broker was asked for, but Frigate's own `#`."""
    found = [re.match(rf"\d+: \t({prefix}/.+) \(QoS \d\)$", line) for line in mosquitto.log]
    return [match[1] for match in found if match is not None and not match[1].endswith("/#")]


async def test_states_follow(scene: Scene) -> None:
    """Counts, switches, sounds, health, documents: each kind of message reaches its entity."""
    assert scene.state("sensor", f"{CAMERA}:count:person") == "0"
    assert scene.state("binary_sensor", f"{CAMERA}:motion") == "off"
    await scene.say(f"{CAMERA}/person", 2)
    await scene.say(f"{CAMERA}/person/active", 1)
    await scene.say(f"{CAMERA}/motion", "ON")
    await scene.say(f"{CAMERA}/detect/state", "OFF")
    await scene.say(f"{CAMERA}/audio/scream", "ON")
    await scene.say(f"{CAMERA}/review_status", "ALERT")
    await scene.say("san/person", 1)
    await scene.say(f"{CAMERA}/classification/cong", "mo")
    await scene.say("stats", full_stats(reconnects_last_hour=7))
    assert scene.state("sensor", f"{CAMERA}:count:person") == "2"
    assert scene.state("binary_sensor", f"{CAMERA}:motion") == "on"
    assert scene.state("switch", f"{CAMERA}:detect") == "off"
    assert scene.state("sensor", f"{CAMERA}:review_status") == "alert"
    values = scene.server.live.values
    assert values[f"{CAMERA}/person/active"] == 1
    assert values[f"{CAMERA}/audio/scream"] is True
    assert values["san/person"] == 1
    assert values[f"{CAMERA}/classification/cong"] == "mo"
    assert scene.server.live.stats is not None
    assert scene.server.live.stats.cameras[CAMERA].reconnects_last_hour == 7
    await scene.say(f"{CAMERA}/status/detect", "offline")
    assert scene.state("sensor", f"{CAMERA}:camera_status") == "offline"
    assert scene.state("sensor", f"{CAMERA}:count:person") == "unavailable"


async def test_documents_are_followed(scene: Scene) -> None:
    """Tracked objects and reviews open and close."""
    live = scene.server.live
    await scene.say("events", {"type": "new", "before": tracked(), "after": tracked()})
    await scene.say("reviews", {"type": "new", "before": review(), "after": review()})
    assert list(live.objects) == [tracked()["id"]]
    assert list(live.reviews) == [review()["id"]]
    await scene.say("events", {"type": "end", "before": tracked(), "after": tracked()})
    await scene.say("reviews", {"type": "end", "before": review(), "after": review()})
    assert not live.objects
    assert not live.reviews


async def test_few_subscriptions(hass: HomeAssistant, mosquitto: Broker) -> None:
    """As many for forty cameras as for one, and none that a picture would come by."""
    asked: list[list[str]] = []
    for number, cameras in enumerate((1, 40)):
        frigate = MqttFrigate(
            cameras={f"cam{one}": full_camera() for one in range(cameras)}, prefix=f"f{number}"
        )
        async with mqtt_scene(hass, mosquitto, frigate) as scene:
            assert scene.server.link.connected
        asked.append(sorted(set(subscribed(mosquitto, f"f{number}"))))
    assert len(asked[0]) == 9
    assert [topic[2:] for topic in asked[1]] == [topic[2:] for topic in asked[0]]
    pattern = [topic.replace("+", "[^/]+") for topic in asked[1]]
    assert any(re.fullmatch(one, "f1/cam0/person") for one in pattern)
    assert not any(re.fullmatch(one, "f1/cam0/person/snapshot") for one in pattern)
    assert not any("#" in topic for topic in asked[1])


async def test_pictures_are_not_sent(
    hass: HomeAssistant, mosquitto: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    """The broker sends Home Assistant no snapshot, and nothing binary is complained about."""
    async with mqtt_scene(hass, mosquitto) as scene:
        await scene.frigate.say(f"{CAMERA}/person/snapshot", b"\xff\xd8\xff" * 1000)
        await scene.settle()
        sent = [line for line in mosquitto.log if f"frigate/{CAMERA}/person/snapshot" in line]
        # The log names the receiver: only Frigate itself, who subscribes to everything of its own.
        receivers = {line.split("Sending PUBLISH to ")[1].split(" ")[0] for line in sent[1:]}
        assert receivers == {"f-frigate"}
    assert "Can't decode payload" not in caplog.text


HARMFUL: list[tuple[str, bytes]] = [
    ("events", b"\xff\xfe\x00 not UTF-8"),
    ("events", b"{"),
    ("events", b"[" * 100_000),
    ("events", b'"text"'),
    ("events", json.dumps({"type": "new", "before": {}, "after": {"id": 5}}).encode()),
    ("events", b'{"x": "' + b"a" * 17_000_000 + b'"}'),
    ("reviews", b"null"),
    ("reviews", b'{"type": [], "after": "\xff"}'),
    ("stats", b'{"cameras": []}'),
    ("stats", b'{"cameras": {"cong_truoc": NaN}}'),
    ("camera_activity", b"\x00"),
    ("tracked_object_update", b"{}"),
    ("triggers", b"[]"),
    (f"{CAMERA}/person", b"\xff\xd8\xff\xe0"),
    (f"{CAMERA}/person", b""),
    (f"{CAMERA}/person", b"9" * 5000),
    (f"{CAMERA}/motion", b"maybe"),
    (f"{CAMERA}/detect/state", b"TOGGLE"),
]


async def test_harmful_payloads(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """What can't be read is counted, changes nothing, and the next message is taken."""
    live = scene.server.live
    for topic, payload in HARMFUL:
        before = live.problems.total
        await scene.frigate.say(topic, payload)
        await scene.settle()
        assert live.problems.total > before, (topic, payload[:40])
    assert scene.state("switch", f"{CAMERA}:detect") == "on"
    assert scene.state("sensor", f"{CAMERA}:count:person") == "0"
    await scene.say(f"{CAMERA}/person", 4)
    assert scene.state("sensor", f"{CAMERA}:count:person") == "4"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_foreign_topics(scene: Scene) -> None:
    """Topics of nobody, among them strange names, pass by."""
    before = dict(scene.server.live.values)
    for topic in ("x", "x/y", "nguoi/đi/state", "/", "//", "available/x", "onConnect/state"):
        await scene.frigate.say(topic, b"\xff")
    await scene.settle()
    after = dict(scene.server.live.values)
    threshold = f"{CAMERA}/motion_threshold/state"
    assert before | {threshold: after[threshold]} == after


@pytest.mark.parametrize("prefix", ["nvr", "xã/hòa_bình/frigate", "frigate/"])
async def test_other_prefix(hass: HomeAssistant, mosquitto: Broker, prefix: str) -> None:
    """The prefix is a setting, of any depth; a slash too many does no harm."""
    frigate = MqttFrigate(prefix=prefix.rstrip("/"))
    async with serving_mqtt(frigate):
        await frigate.online(mosquitto)
        await set_up_mqtt(hass, mosquitto)
        entry = make_mqtt_commune(hass, frigate, topic_prefix=prefix)
        await set_up(hass, entry)
        scene = Scene(hass, frigate, entry)
        await scene.say(f"{CAMERA}/person", 3)
        assert scene.state("sensor", f"{CAMERA}:count:person") == "3"
        await unload_all(hass)


async def test_two_servers(hass: HomeAssistant, mosquitto: Broker) -> None:
    """Each hears its own, also where one prefix begins like the other."""
    async with (
        serving_mqtt(MqttFrigate(prefix="frigate")) as first,
        serving_mqtt(MqttFrigate(prefix="frigate/hai")) as second,
    ):
        await first.online(mosquitto)
        await second.online(mosquitto)
        await set_up_mqtt(hass, mosquitto)
        entry = make_mqtt_commune(hass, first)
        other = make_mqtt_commune(hass, second, ids="hai", title="ANTT xã khác")
        # The first brings the other along.
        await set_up(hass, entry)
        one = Scene(hass, first, entry)
        two: FrigateServer = other.runtime_data.servers["hai1"]
        await wait_available(two)
        await second.say(f"{CAMERA}/person", 5)
        await one.say(f"{CAMERA}/person", 1)
        await wait_until(two, lambda: two.live.get(f"{CAMERA}/person") == 5, f"{CAMERA}/person")
        assert one.server.live.get(f"{CAMERA}/person") == 1
        await second.stopped()
        await wait_available(two, available=False)
        assert one.server.available
        await one.say(f"{CAMERA}/person", 2)
        assert one.state("sensor", f"{CAMERA}:count:person") == "2"
        await unload_all(hass)


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
async def test_each_document_once(hass: HomeAssistant, mosquitto: Broker, protocol: str) -> None:
    """Subscriptions that overlap make no event of one message twice, whatever the protocol."""
    async with serving_mqtt() as frigate:
        await frigate.online(mosquitto)
        await set_up_mqtt(hass, mosquitto, protocol=protocol)
        entry = make_mqtt_commune(hass, frigate)
        await set_up(hass, entry)
        scene = Scene(hass, frigate, entry)
        heard: list[ObjectMessage] = []
        stop = scene.server.async_listen_messages(ObjectMessage, heard.append)
        await scene.say("events", {"type": "new", "before": tracked(), "after": tracked()})
        assert len(heard) == 1
        stop()
        await unload_all(hass)


async def test_commands(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command goes out unretained and waits for Frigate's echo; silence is a refusal."""
    target = {"entity_id": scene.entity_id("switch", f"{CAMERA}:detect")}
    await scene.hass.services.async_call("switch", "turn_off", target, blocking=True)
    assert (f"{CAMERA}/detect/set", "OFF") in scene.frigate.commands
    assert scene.state("switch", f"{CAMERA}:detect") == "off"
    monkeypatch.setattr(server_module, "COMMAND_TIMEOUT", 0.3)
    scene.frigate.obeys = False
    with pytest.raises(HomeAssistantError):
        await scene.hass.services.async_call("switch", "turn_on", target, blocking=True)
    assert scene.state("switch", f"{CAMERA}:detect") == "off"


async def test_unload_takes_subscriptions_back(hass: HomeAssistant, mosquitto: Broker) -> None:
    """Each set-up asks the broker once for each topic, and an unload takes all of them back."""
    async with mqtt_scene(hass, mosquitto) as scene:
        for _ in range(3):
            await scene.reload()
        # `available` is also asked for by Home Assistant, for discovery.
        topics = [topic for topic in subscribed(mosquitto) if "+" in topic]
        assert len(topics) == 4 * 9
        assert len(set(topics)) == 9
        since = len(mosquitto.log)
        server = scene.server
        assert await hass.config_entries.async_unload(scene.entry.entry_id)
        for topic in set(topics):
            await mosquitto.wait_for_log(f"\t{topic}", since=since)
        assert not [topic for topic in subscribed(mosquitto)[len(topics) + 1 :] if "+" in topic]
        assert not server.link.connected
        assert server.dispatcher.listener_count == 0
