"""Events, from the wire to the state."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
import pytest

from custom_components.antt_camera import event_base, server as server_module

from .conftest import wait_available
from .live_frigate import CAMERA, LiveFrigate, Scene, living, review, tracked


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A connected server with one camera that can do everything."""
    async with living(hass) as made:
        yield made


def record(scene: Scene, tail: str) -> list[dict[str, Any]]:
    """Record the attributes of each event of an entity."""
    found: list[dict[str, Any]] = []

    @callback
    def on_change(event: Event[EventStateChangedData]) -> None:
        new, old = event.data["new_state"], event.data["old_state"]
        if new is not None and (old is None or new.state != old.state):
            found.append(dict(new.attributes))

    entity_id = scene.entity_id("event", tail)
    assert entity_id is not None
    async_track_state_change_event(scene.hass, [entity_id], on_change)
    return found


def types(found: list[dict[str, Any]]) -> list[str]:
    """What happened."""
    return [attributes["event_type"] for attributes in found]


async def say_review(scene: Scene, kind: str, **more: Any) -> None:
    """Push a review."""
    wire = review(**more)
    await scene.say("reviews", {"type": kind, "before": wire, "after": wire})


async def test_review_becomes_alert(scene: Scene) -> None:
    """It ends as a detection and starts as an alert, each once."""
    alerts = record(scene, f"{CAMERA}:alert")
    detections = record(scene, f"{CAMERA}:detection")
    await say_review(scene, "new")
    await say_review(scene, "update")
    await say_review(scene, "update", severity="alert")
    await say_review(scene, "update", severity="alert")
    await say_review(scene, "end", severity="alert")
    await say_review(scene, "genai", severity="alert")
    assert types(detections) == ["started", "updated", "ended"]
    assert types(alerts) == ["started", "updated", "ended"]
    first = alerts[0]
    assert first["review_id"] == review()["id"]
    assert (first["severity"], first["objects"], first["zones"]) == ("alert", ["person"], ["san"])
    assert first["detections"] == ["1795000000.1-abcdef"]


async def test_review_events_name_nobody(scene: Scene) -> None:
    """They are on and recorded: who was recognised is not in them."""
    alerts = record(scene, f"{CAMERA}:alert")
    await say_review(scene, "new", severity="alert")
    assert "Lan" not in str(alerts)


async def test_review_that_begins_with_update(scene: Scene) -> None:
    """Frigate announces sounds and manual events so."""
    alerts = record(scene, f"{CAMERA}:alert")
    await say_review(scene, "update", severity="alert")
    assert types(alerts) == ["started"]


async def test_review_in_progress_when_connecting_is_nothing_new(hass: HomeAssistant) -> None:
    """A restart of Home Assistant must not alarm again."""
    async with living(hass, LiveFrigate(reviews=[review(severity="alert")])) as scene:
        alerts = record(scene, f"{CAMERA}:alert")
        await say_review(scene, "update", severity="alert")
        await say_review(scene, "end", severity="alert")
        assert types(alerts) == ["updated", "ended"]


async def test_reconnection_is_no_event(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is what began meanwhile."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 0.0)
    await say_review(scene, "new", severity="alert")
    scene.frigate.reviews = [review(severity="alert"), review("1795000001.5-other")]
    await scene.frigate.hang_up()
    await wait_available(scene.server, available=False)
    scene.frigate.broken.clear()
    await wait_available(scene.server)
    detections = record(scene, f"{CAMERA}:detection")
    alerts = record(scene, f"{CAMERA}:alert")
    await say_review(scene, "update", identity="1795000001.5-other")
    await say_review(scene, "update", severity="alert")
    assert types(detections) == ["updated"]
    assert types(alerts) == ["updated"]


async def test_events_of_another_camera(scene: Scene) -> None:
    """Are not ours."""
    alerts = record(scene, f"{CAMERA}:alert")
    await say_review(scene, "new", severity="alert", camera="khac")
    assert alerts == []


async def say_object(scene: Scene, kind: str, before: list[str], after: list[str]) -> None:
    """Push an object that was in zones and is in others."""
    wire = {
        "type": kind,
        "before": tracked(entered_zones=before),
        "after": tracked(entered_zones=after, current_zones=after[-1:], sub_label=["Lan", 0.9]),
    }
    await scene.say("events", wire)


async def test_tracked_object(scene: Scene) -> None:
    """One event for each zone entered, also where two are entered at once."""
    tail = f"{CAMERA}:tracked_object"
    entry = er.async_get(scene.hass).async_get(str(scene.entity_id("event", tail)))
    assert entry is not None
    assert entry.disabled
    await scene.enable(("event", tail))
    found = record(scene, tail)
    await say_object(scene, "new", [], [])
    await say_object(scene, "update", [], ["san", "cong"])
    await say_object(scene, "update", ["san", "cong"], ["san", "cong"])
    await say_object(scene, "end", ["san", "cong"], ["san", "cong"])
    assert types(found) == ["new", "entered_zone", "entered_zone", "ended"]
    assert [one.get("zone") for one in found] == [None, "san", "cong", None]
    assert "Lan" not in str(found)


async def test_sound(scene: Scene) -> None:
    """With id and score where Frigate tells them; again only after it ended."""
    found = record(scene, f"{CAMERA}:sound")
    heard = {"id": "1-a", "score": 0.77, "last_detection": 1.0}
    await scene.say("audio_detections", {CAMERA: {"scream": heard}})
    await scene.say(f"{CAMERA}/audio/scream", "ON")
    await scene.say(f"{CAMERA}/audio/bark", "ON")
    await scene.say(f"{CAMERA}/audio/scream", "OFF")
    assert types(found) == ["started", "started", "ended"]
    assert [one["label"] for one in found] == ["scream", "bark", "scream"]
    assert (found[0]["event_id"], found[0]["score"]) == ("1-a", 0.77)


async def test_sound_follows_the_labels_of_the_configuration(scene: Scene) -> None:
    """A label that Frigate listens for since is heard without a reload."""
    audio = scene.frigate.cameras[CAMERA]["audio"]
    scene.frigate.cameras = {
        CAMERA: scene.frigate.cameras[CAMERA] | {"audio": audio | {"listen": ["fire_alarm"]}}
    }
    await scene.server.async_poll_now()
    await scene.hass.async_block_till_done()
    found = record(scene, f"{CAMERA}:sound")
    await scene.say(f"{CAMERA}/audio/fire_alarm", "ON")
    assert [one["label"] for one in found] == ["fire_alarm"]


async def test_semantic_trigger(scene: Scene) -> None:
    """By Frigate's name and by the one that people read."""
    found = record(scene, f"{CAMERA}:semantic_trigger")
    message = {
        "name": "ao_mua",
        "camera": CAMERA,
        "event_id": "1-a",
        "type": "thumbnail",
        "score": 0.83,
    }
    await scene.say("triggers", message)
    assert types(found) == ["matched"]
    assert found[0]["trigger"] == "ao_mua"
    assert found[0]["trigger_name"] == "Áo mưa"


PLATE = {
    "type": "lpr",
    "id": "1795000000.1-abcdef",
    "camera": CAMERA,
    "plate": "30A12345",
    "name": None,
    "score": 0.9,
}
FACE = {"type": "face", "id": "1795000000.1-abcdef", "camera": CAMERA, "name": "Lan", "score": 0.9}


@pytest.mark.parametrize(
    ("tail", "message", "kind", "secret"),
    [("plate", PLATE, "read", "30A12345"), ("face", FACE, "recognized", "Lan")],
)
async def test_personal_data(
    scene: Scene,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tail: str,
    message: dict[str, Any],
    kind: str,
    secret: str,
) -> None:
    """Off unless wanted, soon forgotten, never recorded, stored or logged."""
    monkeypatch.setattr(event_base, "RECOGNITION_SECONDS", 0.5)
    tail = f"{CAMERA}:{tail}"
    entity_id = str(scene.entity_id("event", tail))
    entry = er.async_get(scene.hass).async_get(entity_id)
    assert entry is not None
    assert entry.disabled
    await scene.enable(("event", tail))
    found = record(scene, tail)
    forgotten = asyncio.Event()

    @callback
    def on_change(event: Event[EventStateChangedData]) -> None:
        if found and secret not in str(event.data["new_state"]):
            forgotten.set()

    async_track_state_change_event(scene.hass, [entity_id], on_change)
    await scene.say(
        "events", {"type": "new", "before": {}, "after": tracked(current_zones=["san"])}
    )
    await scene.say("tracked_object_update", message)
    assert types(found) == [kind]
    assert secret in found[0].values()
    assert (found[0]["score"], found[0]["zones"]) == (0.9, ["san"])
    entity = scene.hass.data["entity_components"]["event"].get_entity(entity_id)
    assert set(message) & {"plate", "name"} <= entity._Entity__combined_unrecorded_attributes
    assert secret not in str(entity.extra_restore_state_data.as_dict())
    async with asyncio.timeout(10):
        await forgotten.wait()
    await scene.hass.async_block_till_done()
    assert secret not in str(scene.attributes("event", tail))
    # That it is forgotten is no event.
    assert types(found) == [kind]
    # Home Assistant names every entity that is off, and known names have some.
    logged = [line for line in caplog.text.splitlines() if "because it's disabled" not in line]
    assert secret not in "\n".join(logged)


async def test_attempt_to_recognise_is_no_recognition(scene: Scene) -> None:
    """Frigate tells of every attempt."""
    tail = f"{CAMERA}:face"
    await scene.enable(("event", tail))
    found = record(scene, tail)
    await scene.say("tracked_object_update", FACE | {"name": None})
    assert found == []
