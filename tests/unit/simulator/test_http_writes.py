"""What changes the server over HTTP: commands, manual events, favourites, names, deletions."""

from typing import Any

import pytest

from simulator.rows import EventRow
from tests.unit.simulator.http_rig import GATE, MARKET, OFFICE, Answer, Wire, serving
from tests.unit.simulator.media_world import NOON

pytestmark = pytest.mark.usefixtures("socket_enabled")


def some_event(wire: Wire) -> EventRow:
    return next(iter(wire.sim.frigate.db.events.values()))


def refused(answer: Answer, status: int, message: str) -> None:
    assert (answer.status, answer.json) == (status, {"success": False, "message": message})


async def test_commands_by_put() -> None:
    async with serving() as wire, wire.socket() as socket:

        async def put(path: str, value: str) -> Answer:
            return await wire.ask("PUT", f"/api/camera/{path}", json={"value": value})

        answer = await put(f"{GATE}/set/detect", "OFF")
        assert (answer.status, answer.json) == (200, {"success": True})
        assert await socket.next() == (f"{GATE}/detect/state", "OFF")
        assert (await put(f"{GATE}/set/zone/cong_vao_ubnd", "OFF")).status == 200
        assert await socket.next() == (f"{GATE}/zone/cong_vao_ubnd/state", "OFF")
        assert (await put("*/set/snapshots", "OFF")).status == 200
        topics = [(await socket.next())[0] for _ in range(4)]
        assert topics == [f"{key}/snapshots/state" for key in wire.sim.frigate.camera_names()]
        assert (await put("*/set/profile", "dem")).status == 200
        assert (await socket.until("profile/state"))["profile/state"] == "dem"
        assert (await wire.json("/api/profile/active")) == {"active_profile": "dem"}
        refused(await put(f"{GATE}/set/bogus", "x"), 400, "Unknown feature: bogus")
        refused(await put(f"{GATE}/set/ptz", "STOP"), 400, "Unknown feature: ptz")
        refused(await put("nope/set/detect", "ON"), 404, "Camera 'nope' not found")
        assert (await wire.ask("PUT", f"/api/camera/{GATE}/set/detect", json={})).status == 422


async def test_a_refused_command_says_yes_all_the_same() -> None:
    async with serving() as wire:
        config = wire.sim.frigate.config["cameras"][GATE]["audio"]
        assert config["enabled_in_config"] is False
        answer = await wire.ask("PUT", f"/api/camera/{GATE}/set/audio", json={"value": "ON"})
        assert answer.json == {"success": True}
        assert config["enabled"] is False


async def test_a_manual_event_has_a_life_of_its_own() -> None:
    async with serving() as wire, wire.socket() as socket:
        body = {"duration": None, "sub_label": "chuông"}
        answer = await wire.ask("POST", f"/api/events/{GATE}/doorbell/create", json=body)
        assert answer.json["success"] is True
        event_id = answer.json["event_id"]
        row = await wire.json(f"/api/events/{event_id}")
        assert (row["label"], row["sub_label"], row["end_time"]) == ("doorbell", "chuông", None)
        assert row["data"]["type"] == "api"
        assert row["start_time"] < NOON, "with what was recorded before"
        assert event_id in [one["id"] for one in await wire.json("/api/events?in_progress=1")]
        for _ in range(2):
            ended = await wire.ask("PUT", f"/api/events/{event_id}/end", json={})
            assert ended.status == 200
        assert (await wire.json(f"/api/events/{event_id}"))["end_time"] >= NOON
        assert (await wire.ask("PUT", f"/api/events/{event_id}/end")).status == 422
        nope = await wire.ask("PUT", "/api/events/nope/end", json={})
        refused(nope, 404, "nope must be set and valid.")
        await socket.send("modelState")
        assert "events" not in await socket.until("model_state")


async def test_a_manual_event_ends_by_itself() -> None:
    async with serving() as wire:
        answer = await wire.ask("POST", f"/api/events/{OFFICE}/doorbell/create")
        event_id = answer.json["event_id"]
        wire.sim.frigate.step(29)
        assert (await wire.json(f"/api/events/{event_id}"))["end_time"] is None
        wire.sim.frigate.step(2)
        assert (await wire.json(f"/api/events/{event_id}"))["end_time"] is not None
        nope = await wire.ask("POST", "/api/events/nope/x/create", json={})
        refused(nope, 404, "nope is not a valid camera.")


async def test_favourites() -> None:
    async with serving() as wire:
        path = f"/api/events/{some_event(wire).id}/retain"
        assert (await wire.ask("POST", path)).status == 200
        (row,) = await wire.json("/api/events?favorites=1")
        assert row["id"] == some_event(wire).id
        assert (await wire.ask("DELETE", path)).status == 200
        assert await wire.json("/api/events?favorites=1") == []
        refused(await wire.ask("POST", "/api/events/nope/retain"), 404, "Event nope not found")


@pytest.mark.parametrize(
    ("path", "key", "read"),
    [
        ("sub_label", "subLabel", lambda row: row["sub_label"]),
        (
            "recognized_license_plate",
            "recognizedLicensePlate",
            lambda row: row["data"]["recognized_license_plate"],
        ),
        ("description", "description", lambda row: row["data"]["description"] or None),
    ],
)
async def test_texts_of_an_object(path: str, key: str, read: Any) -> None:
    async with serving() as wire, wire.socket() as socket:
        event_id = some_event(wire).id
        url = f"/api/events/{event_id}/{path}"
        assert (await wire.ask("POST", url, json={key: "Ông Ba"})).status == 200
        assert read(await wire.json(f"/api/events/{event_id}")) == "Ông Ba"
        assert (await wire.ask("POST", url, json={key: ""})).status == 200
        assert read(await wire.json(f"/api/events/{event_id}")) is None
        assert (await wire.ask("POST", url, json={})).status == 422
        nope = await wire.ask("POST", f"/api/events/nope/{path}", json={key: "x"})
        assert nope.status == 404
        await socket.send("modelState")
        assert list(await socket.until("model_state")) == ["model_state"], "nothing is told"


async def test_a_sub_label_that_is_too_long() -> None:
    async with serving() as wire:
        url = f"/api/events/{some_event(wire).id}/sub_label"
        assert (await wire.ask("POST", url, json={"subLabel": "x" * 100})).status == 200
        assert (await wire.ask("POST", url, json={"subLabel": "x" * 101})).status == 422
        assert len(some_event(wire).sub_label or "") == 100


async def test_deleting_objects_and_reviews() -> None:
    async with serving() as wire:
        first, second = list(wire.sim.frigate.db.events)[:2]
        assert (await wire.ask("DELETE", f"/api/events/{first}")).status == 200
        assert (await wire.get(f"/api/events/{first}")).status == 404
        several = await wire.ask("DELETE", "/api/events/", json={"event_ids": [first, second]})
        assert several.json["deleted_events"] == [second]
        assert several.json["not_found_events"] == [first]
        review = next(
            one for one in wire.sim.frigate.db.reviews.values() if one.end_time is not None
        )
        assert review.end_time is not None
        query = f"after={review.start_time + 1}&before={review.end_time - 1}"
        clip = f"/api/{review.camera}/start/{review.start_time}/end/{review.end_time}/clip.mp4"
        assert await wire.json(f"/api/{review.camera}/recordings?{query}")
        answer = await wire.ask("POST", "/api/reviews/delete", json={"ids": [review.id]})
        assert answer.status == 200
        assert (await wire.get(f"/api/review/{review.id}")).status == 404
        assert await wire.json(f"/api/{review.camera}/recordings?{query}") == []
        assert (await wire.get(clip)).status == 400


async def test_bodies_that_are_none() -> None:
    async with serving() as wire:
        url = f"/api/events/{some_event(wire).id}/sub_label"
        for body, kind in (("", "missing"), ("{", "json_invalid"), ("[]", "model_attributes_type")):
            headers = {"Content-Type": "application/json"}
            answer = await wire.ask("POST", url, data=body, headers=headers)
            assert answer.status == 422
            assert answer.json["detail"][0]["type"] == kind


async def test_ptz() -> None:
    async with serving(cameras=None) as wire:
        specs = wire.sim.frigate.scene.cameras
        movable = next(spec for spec in specs if spec.presets)
        info = await wire.json(f"/api/{movable.key}/ptz/info")
        assert info["presets"] == list(movable.presets)
        assert info["name"] == movable.key
        assert await wire.json(f"/api/{GATE}/ptz/info") == {}
        refused(await wire.get("/api/nope/ptz/info"), 404, "Camera not found")


async def test_faces_models_and_triggers() -> None:
    async with serving() as wire:
        faces = await wire.json("/api/faces")
        assert faces["train"] == []
        assert len(faces) > 1
        assert faces == await wire.json("/api/faces"), "the same pictures each time"
        assert (await wire.get("/api/classification/nope/dataset")).status == 404
        (model,) = wire.sim.frigate.models
        dataset = await wire.json(f"/api/classification/{model.name}/dataset")
        assert dataset["categories"].keys() == set(model.classes)
        refused(
            await wire.get(f"/api/triggers/status/{MARKET}"),
            404,
            f"No triggers found for camera {MARKET}",
        )
        plain = await wire.ask("POST", "/api/notifications/register", json={"x": 1})
        refused(plain, 400, "Subscription must be provided.")
