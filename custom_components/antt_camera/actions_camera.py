"""Actions on cameras: move, mark an event, export a recording, pause notifications."""

import asyncio
from datetime import timedelta
from typing import Final

from homeassistant.components.camera import Camera
from homeassistant.core import ServiceCall, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from .camera import FrigateCamera
from .commands import V0_18, async_command_until, check_version, takes_notification_commands
from .const import DOMAIN
from .errors import needs_admin, translated
from .frigate.errors import FrigateNotFoundError
from .frigate.messages import JobState
from .ptz import relative_payload
from .server import FrigateServer

ATTR_DURATION: Final = "duration"
ATTR_END_TIME: Final = "end_time"
ATTR_INCLUDE_RECORDING: Final = "include_recording"
ATTR_LABEL: Final = "label"
ATTR_MOVEMENT: Final = "movement"
ATTR_NAME: Final = "name"
ATTR_PAN: Final = "pan"
ATTR_PLAYBACK: Final = "playback"
ATTR_PRESET: Final = "preset"
ATTR_SCORE: Final = "score"
ATTR_START_TIME: Final = "start_time"
ATTR_SUB_LABEL: Final = "sub_label"
ATTR_TILT: Final = "tilt"
ATTR_WAIT: Final = "wait"
ATTR_ZOOM: Final = "zoom"

STEPS: Final = {
    "up": "MOVE_UP",
    "down": "MOVE_DOWN",
    "left": "MOVE_LEFT",
    "right": "MOVE_RIGHT",
    "zoom_in": "ZOOM_IN",
    "zoom_out": "ZOOM_OUT",
    "focus_in": "FOCUS_IN",
    "focus_out": "FOCUS_OUT",
}
MOVEMENTS: Final = (*STEPS, "preset", "relative", "stop")
PLAYBACKS: Final = ("realtime", "timelapse_25x")

EXPORT_POLL: Final = 2.0
EXPORT_TIMEOUT: Final = timedelta(minutes=30)
# Longer than any pause somebody means; Frigate takes minutes.
SUSPEND_MAX: Final = timedelta(days=365)


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def _camera(entity: Camera) -> tuple[FrigateServer, str, str]:
    """Return server, key and name of a camera. The overview is a picture of others, not a camera."""
    if not isinstance(entity, FrigateCamera):
        raise _invalid("no_single_camera", entity_id=entity.entity_id)
    config = entity.server.cameras.get(entity.image_name)
    name = config.name if config is not None else entity.image_name
    return entity.server, entity.image_name, name


def check_period(call: ServiceCall) -> tuple[float, float]:
    """Return start and end of a call as epoch seconds; times without a zone are the user's. Raises if they are swapped."""
    start = dt_util.as_utc(call.data[ATTR_START_TIME]).timestamp()
    end = dt_util.as_utc(call.data[ATTR_END_TIME]).timestamp()
    if end <= start:
        raise _invalid("end_before_start")
    return start, end


async def async_ptz(entity: Camera, call: ServiceCall) -> None:
    """Move a camera; without a duration by one step."""
    server, camera, name = _camera(entity)
    config = server.cameras.get(camera)
    if config is None or not config.has_ptz:
        raise _invalid("no_ptz", camera=name)
    movement = call.data[ATTR_MOVEMENT]
    if movement == "stop":
        await server.ptz.async_send(camera, "STOP")
    elif movement == "preset":
        await server.ptz.async_send(camera, _preset(server, camera, name, call))
    elif movement == "relative":
        payload = relative_payload(
            call.data[ATTR_PAN], call.data[ATTR_TILT], call.data.get(ATTR_ZOOM)
        )
        await server.ptz.async_send(camera, payload)
    elif (seconds := call.data.get(ATTR_DURATION)) is not None:
        await server.ptz.async_move_for(camera, STEPS[movement], seconds)
    else:
        await server.ptz.async_step(camera, STEPS[movement])


@callback
def _preset(server: FrigateServer, camera: str, name: str, call: ServiceCall) -> str:
    wanted = call.data.get(ATTR_PRESET)
    if wanted is None:
        raise _invalid("preset_needed")
    known = server.ptz.presets(camera)
    if known and wanted.lower() not in known:
        raise _invalid("unknown_preset", preset=wanted, camera=name, presets=", ".join(known))
    return f"preset_{wanted.lower()}"


async def async_create_event(entity: Camera, call: ServiceCall) -> dict[str, JsonValueType]:
    """Mark an event on a camera; 0 seconds: until it is ended by `end_event`."""
    server, camera, _ = _camera(entity)
    if not server.is_admin:
        raise needs_admin(server.name)
    with translated(server.name):
        event_id = await server.client.create_event(
            camera,
            call.data[ATTR_LABEL],
            sub_label=call.data.get(ATTR_SUB_LABEL),
            score=call.data.get(ATTR_SCORE),
            duration=call.data[ATTR_DURATION] or None,
            include_recording=call.data[ATTR_INCLUDE_RECORDING],
        )
    return {"event_id": event_id}


async def async_export_recording(entity: Camera, call: ServiceCall) -> dict[str, JsonValueType]:
    """Export a recording; with `wait` return when the file is there."""
    server, camera, name = _camera(entity)
    start, end = check_period(call)
    with translated(server.name):
        export_id = await server.client.create_export(
            camera,
            start,
            end,
            name=call.data.get(ATTR_NAME) or None,
            playback=call.data[ATTR_PLAYBACK],
        )
    if not call.data[ATTR_WAIT]:
        return {"export_id": export_id, "in_progress": True}
    try:
        async with asyncio.timeout(EXPORT_TIMEOUT.total_seconds()):
            return await _finished_export(server, camera, name, export_id)
    except TimeoutError as err:
        raise _failed("export_timeout", server, name) from err


async def _finished_export(
    server: FrigateServer, camera: str, name: str, export_id: str
) -> dict[str, JsonValueType]:
    """Wait for an export. 0.18 pushes its jobs; earlier releases are asked."""
    failed: list[str] = []
    changed = asyncio.Event()

    @callback
    def on_jobs(message: JobState) -> None:
        for job in message.jobs:
            if job.id == export_id:
                changed.set()
                if job.status in ("failed", "cancelled"):
                    failed.append(job.error or job.status)

    remove = server.async_listen_messages(JobState, on_jobs)
    try:
        while True:
            with translated(server.name):
                try:
                    export = await server.client.get_export(export_id)
                except FrigateNotFoundError:
                    export = {"in_progress": True}
            if not export.get("in_progress", True):
                return {
                    "export_id": export_id,
                    "in_progress": False,
                    "camera": camera,
                    "name": export.get("name"),
                    "file": str(export.get("video_path") or "").rsplit("/", 1)[-1] or None,
                }
            if failed:
                raise _failed("export_failed", server, name, message=failed[0])
            changed.clear()
            try:
                async with asyncio.timeout(EXPORT_POLL):
                    await changed.wait()
            except TimeoutError:
                pass
    finally:
        remove()


def _failed(key: str, server: FrigateServer, name: str, **more: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"server": server.name, "camera": name, **more},
    )


async def async_suspend_notifications(entity: Camera, call: ServiceCall) -> None:
    """Pause Frigate's own notifications of a camera; zero ends the pause."""
    server, camera, name = _camera(entity)
    if not takes_notification_commands(server):
        check_version(server, V0_18)
    config = server.cameras.get(camera)
    if config is None or "notifications" not in config.in_config:
        raise _invalid("no_notifications", camera=name)
    pause = min(call.data[ATTR_DURATION], SUSPEND_MAX)
    minutes = -(-int(pause.total_seconds()) // 60)
    key = f"{camera}/notifications/suspended"
    await async_command_until(
        server,
        f"{camera}/notifications/suspend",
        minutes,
        key,
        lambda value: (isinstance(value, int) and value > 0) == (minutes > 0),
    )
