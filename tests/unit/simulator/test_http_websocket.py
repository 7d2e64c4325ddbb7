"""The websocket: who may say what, and who gets to hear what."""

import json
from typing import Any

import aiohttp
import pytest

from tests.unit.simulator.http_rig import CLINIC, GATE, MARKET, OFFICE, Socket, Wire, serving

pytestmark = pytest.mark.usefixtures("socket_enabled")

PERSON = (0.4, 0.3, 0.5, 0.9)


def commands(wire: Wire) -> list[tuple[str, Any]]:
    return [(topic, payload) for topic, payload, _ in wire.sim.frigate.command_log]


async def settled(socket: Socket) -> dict[str, Any]:
    """Everything sent until the answer to a question asked now."""
    await socket.send("modelState")
    return await socket.until("model_state")


@pytest.mark.parametrize(
    ("release", "topics"),
    [
        ("0.16", ["camera_activity", "model_state", "embeddings_reindex_progress"]),
        (
            "0.18",
            [
                "camera_activity",
                "model_state",
                "embeddings_reindex_progress",
                "birdseye_layout",
                "audio_detections",
                "profile/state",
            ],
        ),
    ],
)
async def test_nothing_comes_until_it_is_asked_for(release: str, topics: list[str]) -> None:
    async with serving(release) as wire, wire.socket() as socket:
        await socket.send("onConnect")
        found = [await socket.next() for _ in topics]
        assert [topic for topic, _ in found] == topics
        activity = found[0][1]
        assert isinstance(activity, str), "JSON within JSON"
        assert list(json.loads(activity)) == list(wire.sim.frigate.camera_names())
        await socket.send("modelState")
        assert (await socket.next())[0] == "model_state", "nothing else was on its way"


async def test_every_socket_hears_the_answer_to_one() -> None:
    async with serving() as wire, wire.socket() as asker, wire.socket() as other:
        await asker.send("onConnect")
        assert (await other.until("profile/state"))["profile/state"] == "none"


async def test_a_switch_echoes_its_state_and_a_refused_one_is_silent() -> None:
    async with serving() as wire, wire.socket() as socket:
        await socket.send(f"{GATE}/detect/set", "OFF")
        assert await socket.next() == (f"{GATE}/detect/state", "OFF")
        assert wire.sim.frigate.config["cameras"][GATE]["detect"]["enabled"] is False
        await socket.send(f"{GATE}/audio/set", "ON")
        assert list(await settled(socket)) == ["model_state"]


async def test_objects_counts_and_reviews_come_as_on_mqtt() -> None:
    async with serving(scene="empty", cameras=None) as wire, wire.socket() as socket:
        wire.sim.frigate.stage.place("front_door", "person", PERSON)
        wire.sim.frigate.step(3)
        heard = await settled(socket)
        assert json.loads(heard["events"])["after"]["label"] == "person"
        assert heard["front_door/person"] == 1, "a number, not text"
        assert heard["front_door/motion"] == "ON"


@pytest.mark.parametrize(("release", "obeyed"), [("0.16", True), ("0.17", False), ("0.18", False)])
async def test_what_a_viewer_says_is_dropped_without_a_word(release: str, obeyed: bool) -> None:
    async with serving(release) as wire, wire.socket(await wire.log_in("binh")) as socket:
        await socket.send(f"{GATE}/detect/set", "OFF")
        await settled(socket)
        on = wire.sim.frigate.config["cameras"][GATE]["detect"]["enabled"]
        assert on is not obeyed


async def test_what_other_roles_may_say() -> None:
    async with serving() as wire, wire.socket(await wire.log_in("chi")) as socket:
        for topic in (f"{OFFICE}/ptz", f"{GATE}/ptz", "restart", "profile/set", "jobState"):
            await socket.send(topic, "STOP")
        await settled(socket)
        said = [topic for topic, _ in commands(wire)]
        assert said == [f"{OFFICE}/ptz", "jobState", "modelState"]


async def test_topics_of_its_own_processes_are_refused_from_everybody() -> None:
    async with serving() as wire, wire.socket() as socket:
        await socket.send("update_camera_activity", "{}")
        await socket.send("upsert_review_segment", "{}")
        await settled(socket)
        assert [topic for topic, _ in commands(wire)] == ["modelState"]


async def test_nonsense_is_ignored_and_json_without_a_topic_ends_the_connection() -> None:
    async with serving() as wire, wire.socket() as socket:
        await socket.socket.send_str("no JSON")
        await settled(socket)
        await socket.socket.send_str('{"payload": "ON"}')
        message = await socket.socket.receive(timeout=20)
        assert message.type is aiohttp.WSMsgType.CLOSE
    async with serving() as wire, wire.socket() as socket:
        await socket.socket.send_str("[1]")
        assert (await socket.socket.receive(timeout=20)).type is aiohttp.WSMsgType.CLOSE


def publish_one_of_each(wire: Wire) -> None:
    frigate = wire.sim.frigate
    for camera in (GATE, OFFICE):
        frigate.publish(f"{camera}/person", 2)
        frigate.publish("events", {"type": "new", "before": {}, "after": {"camera": camera}})
        frigate.publish("reviews", {"type": "end", "before": {}, "after": {"camera": camera}})
        frigate.publish("tracked_object_update", {"type": "face", "camera": camera})
        frigate.publish("job_state", {"export": {"results": {"jobs": [{"camera": camera}]}}})
    frigate.publish("quay_tiep_dan/person", 1)
    frigate.publish("birdseye_layout", {})
    frigate.publish("stats", {"cameras": {GATE: {}, OFFICE: {}}, "service": {}})
    frigate.publish("available", "online")
    frigate.publish(f"{OFFICE}/person/snapshot", b"\xff\xd8")
    frigate.publish("notifications/state", "ON")


async def test_a_role_hears_only_of_its_cameras() -> None:
    async with (
        serving() as wire,
        wire.socket(await wire.log_in("chi")) as restricted,
        wire.socket(await wire.log_in("binh")) as viewer,
    ):
        publish_one_of_each(wire)
        heard: list[tuple[str, Any]] = []
        while not heard or heard[-1][0] != "notifications/state":
            heard.append(await restricted.next())
        assert [topic for topic, _ in heard] == [
            f"{OFFICE}/person",
            "events",
            "reviews",
            "tracked_object_update",
            "job_state",
            "stats",
            "notifications/state",
        ]
        assert json.loads(heard[1][1])["after"]["camera"] == OFFICE
        assert json.loads(heard[5][1]) == {"cameras": {OFFICE: {}}, "service": {}}
        seen = await viewer.until("notifications/state")
        assert f"{GATE}/person" in seen
        assert "quay_tiep_dan/person" in seen
        assert "birdseye_layout" in seen
        assert "available" not in seen
        assert f"{OFFICE}/person/snapshot" not in seen


async def test_activity_is_cut_to_the_cameras_of_a_role() -> None:
    async with serving() as wire, wire.socket(await wire.log_in("chi")) as socket:
        await socket.send("onConnect")
        heard = await socket.until("profile/state")
        assert list(json.loads(heard["camera_activity"])) == [OFFICE, CLINIC]
        assert "birdseye_layout" not in heard
        wire.sim.frigate.stage.sound(MARKET, "scream", on=True)
        wire.sim.frigate.step(2)
        assert json.loads((await settled(socket))["audio_detections"]) == {}


async def test_before_0_18_everybody_hears_everything() -> None:
    async with serving("0.17") as wire, wire.socket(await wire.log_in("chi")) as socket:
        publish_one_of_each(wire)
        heard = await socket.until("notifications/state")
        assert f"{GATE}/person" in heard
        assert heard["available"] == "online"
        assert f"{OFFICE}/person/snapshot" not in heard, "bytes are no JSON"


async def test_a_process_that_stops_breaks_its_sockets_and_refuses_new_ones() -> None:
    async with serving() as wire, wire.socket() as socket:
        await settled(socket)
        wire.sim.frigate.stop()
        message = await socket.socket.receive(timeout=20)
        assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with wire.socket():
                pass
        assert refused.value.status == 500
        wire.sim.frigate.start()
        async with wire.socket() as again:
            await settled(again)


async def test_a_plain_request_is_no_websocket_and_without_login_there_is_none() -> None:
    async with serving() as wire:
        assert (await wire.get("/ws")).status == 500
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with wire.socket(""):
                pass
        assert refused.value.status == 401
