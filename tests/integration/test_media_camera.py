"""Cameras: stream, still picture, switches and health, as Home Assistant's own functions see them."""

from typing import Any

from aiohttp import web
from homeassistant.components.camera import (
    CameraEntityFeature,
    async_get_image,
    async_get_stream_source,
)
from homeassistant.const import STATE_OFF, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.antt_camera import server as server_module

from .live_frigate import CAMERA, JPEG, Scene, full_camera, full_server, full_stats
from .media_frigate import File, MediaFrigate, media_of, media_scene

CAM = ("camera", f"{CAMERA}:camera")
BIRDSEYE = ("camera", "birdseye")
LATEST = f"/api/{CAMERA}/latest.jpg"


def entity(scene: Scene, which: tuple[str, str] = CAM) -> str:
    """Entity id."""
    found = scene.entity_id(*which)
    assert found is not None
    return found


def frigate_with(streams: dict[str, str], restreams: list[str], **more: Any) -> MediaFrigate:
    """A server whose camera has live streams, and whose go2rtc restreams some."""
    camera = full_camera(live={"streams": streams}, **more)
    return MediaFrigate(
        cameras={CAMERA: camera},
        more=full_server() | {"go2rtc": {"streams": {name: ["rtsp://x"] for name in restreams}}},
    )


@pytest.mark.parametrize(
    ("streams", "restreams", "expected"),
    [
        # The entry named like the camera, else the first that is restreamed, else the camera's name.
        ({"Nhỏ": "sub", CAMERA: "main"}, ["sub", "main", CAMERA], "main"),
        ({CAMERA: "main", "Nhỏ": "sub"}, ["sub", CAMERA], "sub"),
        ({"Nét": "hd", "Nhỏ": "sub"}, ["sub", "hd", CAMERA], "hd"),
        ({"Nét": "gone", "Nhỏ": "sub"}, ["sub", CAMERA], "sub"),
        ({"Nét": "gone"}, ["other", CAMERA], CAMERA),
        ({}, [CAMERA], CAMERA),
        ({}, [f"{CAMERA}_hd"], None),
        ({"Nét": "gone"}, [], None),
    ],
)
async def test_stream_choice(
    hass: HomeAssistant, streams: dict[str, str], restreams: list[str], expected: str | None
) -> None:
    """Frigate's restream is taken by its name; without one there is no stream to offer."""
    async with media_scene(hass, frigate_with(streams, restreams)) as scene:
        features = scene.attributes(*CAM)["supported_features"]
        assert bool(features & CameraEntityFeature.STREAM) is (expected is not None)
        wanted = f"rtsp://127.0.0.1:8554/{expected}" if expected else None
        assert await async_get_stream_source(hass, entity(scene)) == wanted
        assert features & CameraEntityFeature.ON_OFF


async def test_template(hass: HomeAssistant) -> None:
    """A template has the camera's configuration; the overview has only a name."""
    template = (
        "rtsp://{{ name | replace('_', '-') }}.example:8554/{{ stream }}"
        "{{ '/%sx%s@%s/%s' % (width, height, fps, friendly_name) if width is defined }}"
    )
    async with media_scene(hass, rtsp_template=template) as scene:
        assert await async_get_stream_source(hass, entity(scene)) == (
            f"rtsp://cong-truoc.example:8554/{CAMERA}_hd/1280x720@5.0/Cổng trước"
        )
        assert await async_get_stream_source(hass, entity(scene, BIRDSEYE)) == (
            "rtsp://birdseye.example:8554/birdseye"
        )


async def test_template_without_restream(hass: HomeAssistant) -> None:
    """A template gives a stream where Frigate restreams none."""
    frigate = frigate_with({}, [])
    async with media_scene(hass, frigate, rtsp_template="rtsp://nvr.example/{{ name }}") as scene:
        source = await async_get_stream_source(hass, entity(scene))
        assert source == f"rtsp://nvr.example/{CAMERA}"


@pytest.mark.parametrize(
    "template",
    [
        "rtsp://admin:mat-khau@{{ unknown.host }}/x",
        "rtsp://admin:mat-khau@{{ 1 / 0 }}/x",
        "ftp://admin:mat-khau@{{ name }}/x",
        "admin:mat-khau{{ name }}",
        "rtsp://admin:mat-khau@[{{ name }}/x",
    ],
)
async def test_bad_template(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, template: str
) -> None:
    """A template of no use is said once, without its password, and Frigate's streams are used."""
    async with media_scene(hass, rtsp_template=template) as scene:
        source = await async_get_stream_source(hass, entity(scene))
        assert source == f"rtsp://127.0.0.1:8554/{CAMERA}_hd"
    said = [record for record in caplog.records if "stream template" in record.getMessage()]
    assert len(said) == 1
    assert "mat-khau" not in caplog.text


async def test_still(hass: HomeAssistant) -> None:
    """A still is Frigate's present picture, of the height that is asked for if any."""
    frigate = MediaFrigate()
    frigate.files["/api/birdseye/latest.jpg"] = File("image/jpeg", JPEG + b"overview")
    async with media_scene(hass, frigate) as scene:
        assert (await async_get_image(hass, entity(scene))).content == JPEG + b"latest"
        await async_get_image(hass, entity(scene), height=360)
        await async_get_image(hass, entity(scene), height=0)
        queries = [dict(one.query) for one in media_of(scene).asked(LATEST)]
        assert queries == [{}, {"height": "360"}, {}]
        overview = await async_get_image(hass, entity(scene, BIRDSEYE), height=720)
        assert overview.content == JPEG + b"overview"
        (asked,) = media_of(scene).asked("/api/birdseye/latest.jpg")
        assert dict(asked.query) == {"height": "720"}


@pytest.mark.parametrize("status", [200, 401, 403, 404, 500, 502, 503])
async def test_no_still(hass: HomeAssistant, status: int) -> None:
    """An error page is never taken for a picture, not even one that comes with 200."""

    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(status=status, text="<html>no</html>", content_type="text/html")

    async with media_scene(hass) as scene:
        scene.frigate.served.answers[LATEST] = refuse
        with pytest.raises(HomeAssistantError):
            await async_get_image(hass, entity(scene))
        # The picture says nothing about the camera.
        assert scene.state(*CAM) != STATE_UNAVAILABLE


async def test_states(hass: HomeAssistant) -> None:
    """On, recording and motion detection follow Frigate's topics."""
    async with media_scene(hass) as scene:
        assert scene.state(*CAM) == "recording"
        attributes = scene.attributes(*CAM)
        assert attributes["motion_detection"] is True
        assert (attributes["camera_name"], attributes["client_id"]) == (CAMERA, "frigate")
        await scene.say(f"{CAMERA}/recordings/state", "OFF")
        assert scene.state(*CAM) == "streaming"
        await scene.say(f"{CAMERA}/motion/state", "OFF")
        assert not scene.attributes(*CAM).get("motion_detection")
        await scene.say(f"{CAMERA}/recordings/state", "ON")
        await scene.say(f"{CAMERA}/enabled/state", "OFF")
        assert scene.state(*CAM) == "idle"
        assert scene.state(*BIRDSEYE) == "streaming"


async def test_health(hass: HomeAssistant) -> None:
    """Frigate's status tells a dead camera from a living one, also while it is switched off."""
    async with media_scene(hass) as scene:
        await scene.say(f"{CAMERA}/status/detect", "offline")
        assert scene.state(*CAM) == STATE_UNAVAILABLE
        await scene.say(f"{CAMERA}/status/detect", "online")
        assert scene.state(*CAM) == "recording"
        await scene.say(f"{CAMERA}/enabled/state", "OFF")
        await scene.say(f"{CAMERA}/status/detect", "disabled")
        assert scene.state(*CAM) == "idle"
        assert scene.attributes(*CAM)["supported_features"] & CameraEntityFeature.ON_OFF


async def test_health_by_statistics(hass: HomeAssistant) -> None:
    """Frigate 0.16 sends no status: then no frames per second mean a dead camera."""
    frigate = MediaFrigate()
    frigate.stats = full_stats(camera_fps=0.0)
    async with media_scene(hass, frigate) as scene:
        assert scene.state(*CAM) == STATE_UNAVAILABLE
        await scene.say("stats", full_stats(camera_fps=5.0))
        assert scene.state(*CAM) == "recording"
        await scene.say("stats", full_stats(camera_fps=0.0))
        assert scene.state(*CAM) == STATE_UNAVAILABLE


@pytest.mark.parametrize(
    ("service", "command", "payload"),
    [
        ("turn_off", "enabled", "OFF"),
        ("turn_on", "enabled", "ON"),
        ("disable_motion_detection", "motion", "OFF"),
        ("enable_motion_detection", "motion", "ON"),
    ],
)
async def test_switching(hass: HomeAssistant, service: str, command: str, payload: str) -> None:
    """Each action sends its command exactly and waits until Frigate has obeyed."""
    async with media_scene(hass) as scene:
        topic = f"{CAMERA}/{command}"
        await scene.say(f"{CAMERA}/detect/state", "OFF")
        await scene.say(f"{topic}/state", "OFF" if payload == "ON" else "ON")
        scene.frigate.commands.clear()
        await call(hass, scene, service)
        assert scene.frigate.commands == [(f"{topic}/set", payload)]
        assert scene.server.live.get(f"{topic}/state") is (payload == "ON")
        assert (scene.state(*CAM) == "idle") is (service == "turn_off")


async def call(hass: HomeAssistant, scene: Scene, service: str) -> None:
    """Call one of Home Assistant's own camera actions."""
    await hass.services.async_call("camera", service, {"entity_id": entity(scene)}, blocking=True)


async def test_refused(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frigate refuses without a word; the user gets one. Motion is needed while objects are detected."""
    monkeypatch.setattr(server_module, "COMMAND_TIMEOUT", 0.05)
    async with media_scene(hass) as scene:
        await scene.say(f"{CAMERA}/detect/state", "ON")
        scene.frigate.commands.clear()
        with pytest.raises(ServiceValidationError, match="Cổng trước"):
            await call(hass, scene, "disable_motion_detection")
        assert scene.frigate.commands == []
        scene.frigate.obeys = False
        with pytest.raises(HomeAssistantError) as refusal:
            await call(hass, scene, "turn_off")
        assert refusal.value.translation_key == "command_refused"
        assert scene.state(*CAM) == "recording"


async def test_off_in_file(hass: HomeAssistant) -> None:
    """A camera that the configuration file switches off can't be switched on, and is no fault."""
    frigate = frigate_with({}, [CAMERA], enabled=False, enabled_in_config=False)
    async with media_scene(hass, frigate) as scene:
        assert scene.state(*CAM) == "idle"
        assert not scene.attributes(*CAM)["supported_features"] & CameraEntityFeature.ON_OFF
        scene.frigate.commands.clear()
        with pytest.raises(HomeAssistantError):
            await call(hass, scene, "turn_on")
        assert scene.frigate.commands == []


async def test_configuration_changes(hass: HomeAssistant) -> None:
    """A moved stream is followed without a reload; a lost one takes the feature away; a removed camera goes."""
    async with media_scene(hass) as scene:
        camera = entity(scene)
        frigate = media_of(scene)
        for streams, expected in (
            ({f"{CAMERA}": ["rtsp://x"]}, f"rtsp://127.0.0.1:8554/{CAMERA}"),
            ({}, None),
            ({f"{CAMERA}_hd": ["rtsp://x"]}, f"rtsp://127.0.0.1:8554/{CAMERA}_hd"),
        ):
            frigate.more["go2rtc"] = {"streams": streams}
            await scene.server.async_poll_now()
            await hass.async_block_till_done()
            assert await async_get_stream_source(hass, camera) == expected
            features = scene.attributes(*CAM)["supported_features"]
            assert bool(features & CameraEntityFeature.STREAM) is (expected is not None)
        del frigate.more["birdseye"]
        frigate.cameras["sau_nha"] = frigate.cameras.pop(CAMERA)
        await scene.server.async_poll_now()
        await hass.async_block_till_done()
        assert scene.entity_id(*CAM) is None
        assert scene.entity_id(*BIRDSEYE) is None
        assert scene.state("camera", "sau_nha:camera") not in (STATE_OFF, STATE_UNAVAILABLE)
