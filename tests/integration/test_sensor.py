"""Sensors, from the wire to the state."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
import pytest

from custom_components.antt_camera import sensor_camera, sensor_recognition, server as server_module
from custom_components.antt_camera.frigate.errors import FrigateTooOldError

from .conftest import wait_available, wait_until
from .live_frigate import CAMERA, NOW, Scene, full_stats, living, tracked


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A connected server with one camera that can do everything."""
    async with living(hass) as made:
        yield made


@pytest.fixture
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget soon: faked time would run into the time-outs of real sockets."""
    for module in (sensor_camera, sensor_recognition):
        monkeypatch.setattr(module, "RECOGNITION_SECONDS", 0.3)


@asynccontextmanager
async def forgotten(scene: Scene, tail: str) -> AsyncIterator[list[State]]:
    """Record what a sensor shows until that is forgotten; the machine may be too slow to look in between."""
    shown: list[State] = []
    gone = asyncio.Event()

    @callback
    def on_change(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        assert state is not None
        shown.append(state)
        if len(shown) > 1 and state.state == STATE_UNKNOWN:
            gone.set()

    entity_id = scene.entity_id("sensor", tail)
    assert entity_id is not None
    stop = async_track_state_change_event(scene.hass, [entity_id], on_change)
    yield shown
    async with asyncio.timeout(10):
        await gone.wait()
    stop()


async def test_health_of_server(scene: Scene) -> None:
    """The server tells how it is, what it runs and how far its recordings reach."""
    assert scene.state("sensor", "server_status") == "running"
    assert scene.state("sensor", "version") == "0.18.0"
    started = dt_util.utc_from_timestamp(NOW - 3600)
    assert scene.state("sensor", "started") == started.isoformat()
    assert scene.state("sensor", "oldest_recording") == "2026-11-20"
    assert scene.state("sensor", "days_recorded") == "3"
    assert scene.state("sensor", "disk_used_percent:/media/frigate/recordings") == "82.5"


async def test_status_tells_why_server_is_lost(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A status that goes unavailable with the server would say nothing when it matters."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 0.0)
    await scene.frigate.hang_up()
    await wait_available(scene.server, available=False)
    assert scene.state("sensor", "server_status") == "unreachable"
    assert scene.state("sensor", f"{CAMERA}:camera_status") == "unavailable"
    # It runs again, with an older release: the connection is there, and says no more why.
    scene.frigate.broken.clear()
    scene.frigate.version = "0.15.1"
    await wait_until(scene.server, lambda: isinstance(scene.server.error, FrigateTooOldError))
    await scene.hass.async_block_till_done()
    assert scene.state("sensor", "server_status") == "too_old"


FIGURES = {
    "cpu": "41.5",
    "memory": "10.5",
    "detection_fps": "2.5",
    "detector_speed:ov": "9.47",
    "detector_temperature:ov": "51.0",
    "gpu_load:intel-gpu": "12.5",
    "gpu_memory:intel-gpu": STATE_UNKNOWN,
    f"{CAMERA}:camera_fps": "5.0",
    f"{CAMERA}:camera_detection_fps": "2.5",
    f"{CAMERA}:ffmpeg_cpu": "0.6",
    f"{CAMERA}:capture_cpu": STATE_UNKNOWN,
    f"{CAMERA}:reconnects": "1",
    f"{CAMERA}:stalls": "2",
}


async def test_figures_are_off_and_right(scene: Scene) -> None:
    """What changes every 15 s costs nothing until somebody wants it."""
    registry = er.async_get(scene.hass)
    for tail in FIGURES:
        entry = registry.async_get(str(scene.entity_id("sensor", tail)))
        assert entry is not None
        assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION, tail
    await scene.enable(*(("sensor", tail) for tail in FIGURES))
    assert {tail: scene.state("sensor", tail) for tail in FIGURES} == FIGURES


async def test_every_enum_has_its_options(scene: Scene) -> None:
    """Automations offer what a state may be."""
    registry = er.async_get(scene.hass)
    found = {
        entry.unique_id: (entry.capabilities or {}).get("options")
        for entry in er.async_entries_for_config_entry(registry, scene.entry.entry_id)
        if entry.domain == "sensor" and entry.original_device_class == "enum"
    }
    assert all(found.values())
    key = f"{scene.server.id}:{CAMERA}"
    assert found[f"{key}:review_status"] == ["none", "detection", "alert"]
    assert found[f"{key}:camera_status"] == ["online", "offline", "disabled"]
    assert found[f"{key}:connection_quality"] == ["excellent", "fair", "poor", "unusable"]


async def test_camera_health(scene: Scene) -> None:
    """Offline, switched off and poor are told apart."""
    assert scene.state("sensor", f"{CAMERA}:camera_status") == "online"
    assert scene.state("sensor", f"{CAMERA}:connection_quality") == "fair"
    await scene.say("stats", full_stats(0.0, connection_quality="unusable"))
    assert scene.state("sensor", f"{CAMERA}:camera_status") == "offline"
    assert scene.state("sensor", f"{CAMERA}:connection_quality") == "unusable"
    await scene.say(f"{CAMERA}/enabled/state", "OFF")
    assert scene.state("sensor", f"{CAMERA}:camera_status") == "disabled"
    # Nobody's connection is bad because it was switched off.
    assert scene.state("sensor", f"{CAMERA}:connection_quality") == STATE_UNKNOWN


async def test_storage_by_frigates_name_of_the_camera(scene: Scene) -> None:
    """Frigate lists the use of the disk by friendly names, in MiB."""
    assert scene.state("sensor", f"{CAMERA}:storage") == "2.0"
    assert scene.attributes("sensor", f"{CAMERA}:storage")["unit_of_measurement"] == "GiB"


async def test_counts_share_one_source(scene: Scene) -> None:
    """A count, its occupancy, and those of a zone."""
    await scene.say(f"{CAMERA}/person", 2)
    await scene.say("san/all", 1)
    assert scene.state("sensor", f"{CAMERA}:count:person") == "2"
    assert scene.state("binary_sensor", f"{CAMERA}:occupancy:person") == "on"
    assert scene.state("sensor", f"{CAMERA}:san:count:all") == "1"
    registry = er.async_get(scene.hass)
    off = {
        tail: registry.async_get(str(scene.entity_id("sensor", tail))).disabled  # type: ignore[union-attr]
        for tail in (
            f"{CAMERA}:count:car",
            f"{CAMERA}:active_count:car",
            f"{CAMERA}:san:count:person",
            f"{CAMERA}:san:count:all",
        )
    }
    assert list(off.values()) == [False, True, True, False]


async def test_unchanged_value_writes_nothing(scene: Scene) -> None:
    """The state machine is written only when something changed."""
    await scene.say(f"{CAMERA}/person", 1)
    written: list[Any] = []

    @callback
    def on_event(event: Event[Any]) -> None:
        written.append(event.data["entity_id"])

    @callback
    def any_of(_data: Any) -> bool:
        return True

    stops = [
        scene.hass.bus.async_listen(kind, on_event, event_filter=any_of)
        for kind in (EVENT_STATE_CHANGED, EVENT_STATE_REPORTED)
    ]
    await scene.say(f"{CAMERA}/person", 1)
    await scene.say("stats", full_stats())
    assert written == []
    await scene.say(f"{CAMERA}/person", 2)
    assert sorted(written) == [f"sensor.{CAMERA}_person_count"]
    for stop in stops:
        stop()


async def test_review_status(scene: Scene) -> None:
    """What is in progress when we connect is known without a push."""
    assert scene.state("sensor", f"{CAMERA}:review_status") == "none"
    await scene.say(f"{CAMERA}/review_status", "ALERT")
    assert scene.state("sensor", f"{CAMERA}:review_status") == "alert"


async def test_notifications_paused(scene: Scene, freezer: FrozenDateTimeFactory) -> None:
    """A pause has an end that Frigate does not announce."""
    key = f"{CAMERA}:suspended_until"
    until = int(dt_util.utcnow().timestamp()) + 600
    await scene.say(f"{CAMERA}/notifications/suspended", str(until))
    assert scene.state("sensor", key) == dt_util.utc_from_timestamp(until).isoformat()
    await scene.minute()
    assert scene.state("sensor", key) != STATE_UNKNOWN
    freezer.tick(timedelta(seconds=601))
    await scene.minute()
    assert scene.state("sensor", key) == STATE_UNKNOWN


PLATE = f"{CAMERA}:recognized_plate"


def plate(identity: str = "1795000000.1-abcdef", **more: Any) -> dict[str, Any]:
    """A reading of a plate."""
    return {
        "type": "lpr",
        "id": identity,
        "camera": CAMERA,
        "plate": "30A12345",
        "name": None,
        "score": 0.91,
        "timestamp": NOW,
        **more,
    }


async def test_plate_is_private(
    scene: Scene, caplog: pytest.LogCaptureFixture, short_memory: None
) -> None:
    """Off unless wanted, shown a minute, its details never recorded, nothing of it in the log."""
    entry = er.async_get(scene.hass).async_get(str(scene.entity_id("sensor", PLATE)))
    assert entry is not None
    assert entry.disabled
    await scene.enable(("sensor", PLATE))
    await scene.say(
        "events", {"type": "new", "before": {}, "after": tracked(current_zones=["san"])}
    )
    async with forgotten(scene, PLATE) as shown:
        await scene.say("tracked_object_update", plate())
    assert [state.state for state in shown] == ["30A12345", STATE_UNKNOWN]
    attributes = shown[0].attributes
    assert (attributes["score"], attributes["zones"]) == (0.91, ["san"])
    entity = scene.hass.data["entity_components"]["sensor"].get_entity(
        str(scene.entity_id("sensor", PLATE))
    )
    combined = entity._Entity__combined_unrecorded_attributes
    assert {"plate", "event_id", "score", "zones"} <= combined
    assert scene.state("sensor", PLATE) == STATE_UNKNOWN
    assert "plate" not in scene.attributes("sensor", PLATE)
    assert "30A12345" not in caplog.text


async def test_known_plate_shows_its_name(scene: Scene) -> None:
    """The last camera of a known plate too, which older messages do not name."""
    await scene.enable(("sensor", PLATE), ("sensor", "plate_last_camera:Xe UBND"))
    await scene.say("events", {"type": "new", "before": {}, "after": tracked()})
    await scene.say("tracked_object_update", plate(name="Xe UBND", camera=None))
    assert scene.state("sensor", PLATE) == "Xe UBND"
    assert scene.state("sensor", "plate_last_camera:Xe UBND") == "Cổng trước"


async def test_face_of_nobody_known_shows_nothing(scene: Scene) -> None:
    """Frigate tells attempts too."""
    tail = f"{CAMERA}:recognized_face"
    await scene.enable(("sensor", tail))
    message = {"type": "face", "id": "1-a", "camera": CAMERA, "name": None, "score": 0.0}
    await scene.say("tracked_object_update", message)
    assert scene.state("sensor", tail) == STATE_UNKNOWN
    await scene.say("tracked_object_update", message | {"name": "Lan", "score": 0.9})
    assert scene.state("sensor", tail) == "Lan"


async def known_names(scene: Scene) -> None:
    """Wait until the names were read."""
    await wait_until(
        scene.server, lambda: scene.entity_id("sensor", "face_last_camera:Lan") is not None
    )
    await scene.hass.async_block_till_done()


async def test_names_that_frigate_knows_become_sensors(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """Faces and classes are asked for; until the answer, sensors from before stay."""
    await known_names(scene)
    assert scene.entity_id("sensor", "class_last_camera:dong_phuc:cong_an")
    assert scene.entity_id("sensor", "class_last_camera:dong_phuc:none") is None
    before = scene.entity_id("sensor", "face_last_camera:Lan")
    # Home Assistant logs entity ids.
    assert before == "sensor.frigate_1_known_last_camera"
    assert "_lan_" not in caplog.text
    er.async_get(scene.hass).async_update_entity(str(before), name="Chị Lan")
    scene.frigate.broken["/api/faces"] = 403
    await scene.reload()
    await scene.settle()
    assert scene.frigate.paths("/api/faces")
    assert scene.entity_id("sensor", "face_last_camera:Lan") == before


async def test_state_classification_survives_a_restart(hass: HomeAssistant) -> None:
    """Frigate tells a state when it changes, which may be next week."""
    async with living(hass) as scene:
        await known_names(scene)
        tail = f"{CAMERA}:classification:cong"
        await scene.say(f"{CAMERA}/classification/cong", "dong")
        assert scene.state("sensor", tail) == "dong"
        assert scene.attributes("sensor", tail)["options"] == ["mo", "dong"]
        # A class that Frigate learned since.
        await scene.say(f"{CAMERA}/classification/cong", "he")
        assert scene.state("sensor", tail) == "he"
        await scene.reload()
        assert scene.state("sensor", tail) == "he"


async def test_object_classification(scene: Scene) -> None:
    """Of its own model only."""
    tail = f"{CAMERA}:object_classification:dong_phuc"
    message = {
        "type": "classification",
        "id": "1-a",
        "camera": CAMERA,
        "model": "khac",
        "attribute": "cong_an",
        "score": 0.9,
    }
    await scene.say("tracked_object_update", message)
    assert scene.state("sensor", tail) == STATE_UNKNOWN
    await scene.say("tracked_object_update", message | {"model": "dong_phuc"})
    assert scene.state("sensor", tail) == "cong_an"


async def test_speech_is_forgotten(scene: Scene, short_memory: None) -> None:
    """What people say is shown a minute."""
    tail = f"{CAMERA}:transcription"
    await scene.enable(("sensor", tail))
    async with forgotten(scene, tail) as shown:
        await scene.say(f"{CAMERA}/audio/transcription", "cứu với")
    assert [state.state for state in shown] == ["cứu với", STATE_UNKNOWN]


async def test_sound_level(scene: Scene) -> None:
    """Decibels below full scale are no sound pressure."""
    tail = f"{CAMERA}:sound_level"
    await scene.enable(("sensor", tail))
    await scene.say(f"{CAMERA}/audio/dBFS", -31.25)
    assert scene.state("sensor", tail) == "-31.25"
    assert scene.attributes("sensor", tail)["unit_of_measurement"] == "dBFS"
    assert "device_class" not in scene.attributes("sensor", tail)


async def test_gone_model_takes_its_sensor_along(scene: Scene) -> None:
    """Entities follow Frigate's configuration without a reload."""
    assert scene.entity_id("sensor", f"{CAMERA}:classification:cong")
    scene.frigate.more["classification"] = {"custom": {}}
    await scene.server.async_poll_now()
    await scene.hass.async_block_till_done()
    assert scene.entity_id("sensor", f"{CAMERA}:classification:cong") is None
