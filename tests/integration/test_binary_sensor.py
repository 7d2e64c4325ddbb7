"""Binary sensors, from the wire to the state."""

from collections.abc import AsyncIterator

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.antt_camera import server as server_module

from .conftest import wait_available
from .live_frigate import CAMERA, LiveFrigate, Scene, full_camera, full_stats, living


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A connected server with one camera that can do everything."""
    async with living(hass) as made:
        yield made


def state(scene: Scene, tail: str) -> str:
    """State by the end of the unique id."""
    return scene.state("binary_sensor", tail)


async def test_connection_shows_while_server_is_lost(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What tells that the server is lost must not be lost with it."""
    monkeypatch.setattr(server_module, "LINK_GRACE", 0.0)
    assert state(scene, "connection") == STATE_ON
    await scene.frigate.hang_up()
    await wait_available(scene.server, available=False)
    assert state(scene, "connection") == STATE_OFF
    assert state(scene, f"{CAMERA}:motion") == STATE_UNAVAILABLE
    assert state(scene, f"{CAMERA}:connection_detect") == STATE_UNAVAILABLE


async def test_motion_is_seeded_and_followed(hass: HomeAssistant) -> None:
    """Motion in progress when we connect is known, and means nothing once the camera is dead."""
    frigate = LiveFrigate(activity={CAMERA: {"motion": True, "objects": []}})
    async with living(hass, frigate) as scene:
        assert state(scene, f"{CAMERA}:motion") == STATE_ON
        await scene.say(f"{CAMERA}/motion", "OFF")
        assert state(scene, f"{CAMERA}:motion") == STATE_OFF
        await scene.say(f"{CAMERA}/status/detect", "offline")
        assert state(scene, f"{CAMERA}:motion") == STATE_UNAVAILABLE


async def test_occupancy_is_seeded(hass: HomeAssistant) -> None:
    """Objects there when we connect occupy camera and zone; the rest is empty, not unknown."""
    seen = {"id": "1-a", "label": "person", "stationary": True, "current_zones": ["san"]}
    frigate = LiveFrigate(activity={CAMERA: {"motion": False, "objects": [seen]}})
    async with living(hass, frigate) as scene:
        assert state(scene, f"{CAMERA}:occupancy:person") == STATE_ON
        assert state(scene, f"{CAMERA}:occupancy:all") == STATE_ON
        assert state(scene, f"{CAMERA}:san:occupancy:all") == STATE_ON
        assert state(scene, f"{CAMERA}:occupancy:car") == STATE_OFF


async def test_roles(scene: Scene) -> None:
    """Recording shares the connection of detection until Frigate tells of one of its own."""
    roles = [f"{CAMERA}:connection_{role}" for role in ("detect", "record", "audio")]
    await scene.say(f"{CAMERA}/status/detect", "offline")
    assert [state(scene, role) for role in roles] == [STATE_OFF] * 3
    await scene.say(f"{CAMERA}/status/detect", "online")
    await scene.say(f"{CAMERA}/status/record", "offline")
    assert [state(scene, role) for role in roles] == [STATE_ON, STATE_OFF, STATE_ON]
    await scene.say(f"{CAMERA}/enabled/state", "OFF")
    # Switched off on purpose: no connection is wanted, so none is missing.
    assert [state(scene, role) for role in roles] == [STATE_UNKNOWN] * 3


async def test_offline_by_statistics_where_frigate_sends_no_status(scene: Scene) -> None:
    """Frigate 0.16 tells it by the frames per second only."""
    assert state(scene, f"{CAMERA}:connection_detect") == STATE_ON
    await scene.say("stats", full_stats(0.0))
    assert state(scene, f"{CAMERA}:connection_detect") == STATE_OFF


async def test_role_that_no_stream_has_makes_no_sensor(hass: HomeAssistant) -> None:
    """A camera that only detects has nothing to record or to hear."""
    inputs = {"inputs": [{"roles": ["detect"]}]}
    frigate = LiveFrigate(cameras={CAMERA: full_camera(ffmpeg=inputs)})
    async with living(hass, frigate) as scene:
        assert scene.entity_id("binary_sensor", f"{CAMERA}:connection_detect")
        assert scene.entity_id("binary_sensor", f"{CAMERA}:connection_record") is None
        assert scene.entity_id("binary_sensor", f"{CAMERA}:connection_audio") is None


async def test_sounds(scene: Scene) -> None:
    """Single sounds and any; all end when Frigate stops listening, which it does not say of `all`."""
    bark, scream, sound = (f"{CAMERA}:sound:{label}" for label in ("bark", "scream", "all"))
    assert [state(scene, tail) for tail in (bark, scream, sound)] == [STATE_OFF] * 3
    await scene.say(f"{CAMERA}/audio/scream", "ON")
    await scene.say(f"{CAMERA}/audio/all", "ON")
    assert [state(scene, tail) for tail in (bark, scream, sound)] == [STATE_OFF, STATE_ON, STATE_ON]
    await scene.say(f"{CAMERA}/audio/state", "OFF")
    assert [state(scene, tail) for tail in (scream, sound)] == [STATE_OFF] * 2


async def test_autotracking(scene: Scene) -> None:
    """The camera is being moved by Frigate."""
    tail = f"{CAMERA}:ptz_autotracker_active"
    assert state(scene, tail) == STATE_UNKNOWN
    await scene.say(f"{CAMERA}/ptz_autotracker/active", "ON")
    assert state(scene, tail) == STATE_ON
    assert scene.attributes("binary_sensor", tail)["device_class"] == "moving"


async def test_zone_that_is_gone_takes_its_sensors_along(scene: Scene) -> None:
    """Within one read of the configuration, without a reload; what the user named elsewhere stays."""
    kept = str(scene.entity_id("binary_sensor", f"{CAMERA}:occupancy:all"))
    er.async_get(scene.hass).async_update_entity(kept, name="Có ai đó")
    scene.frigate.cameras = {CAMERA: full_camera(zones={})}
    await scene.server.async_poll_now()
    await scene.hass.async_block_till_done()
    assert scene.entity_id("binary_sensor", f"{CAMERA}:san:occupancy:all") is None
    entry = er.async_get(scene.hass).async_get(kept)
    assert entry is not None
    assert entry.name == "Có ai đó"


async def test_names_in_vietnamese(hass: HomeAssistant) -> None:
    """Names are the user's language, entity ids are English whatever it is."""
    hass.config.language = "vi"
    async with living(hass) as scene:
        tail = f"{CAMERA}:occupancy:person"
        assert scene.attributes("binary_sensor", tail)["friendly_name"] == "Cổng trước Có người"
        assert scene.entity_id("binary_sensor", tail) == f"binary_sensor.{CAMERA}_person_occupancy"
        sound = scene.attributes("binary_sensor", f"{CAMERA}:sound:scream")["friendly_name"]
        assert sound == "Cổng trước Nghe thấy la hét"
