"""Frigate's topics with a single value: which there are, and how their payloads read.

A parser returns None for a payload that Frigate never sends.
"""

from collections.abc import Callable, Iterable
from typing import Any

from .config_camera import CameraConfig

type Value = bool | int | float | str
type Parser = Callable[[Any], Value | None]

SWITCHES = (
    "audio",
    "audio_transcription",
    "birdseye",
    "detect",
    "enabled",
    "improve_contrast",
    "motion",
    "notifications",
    "object_descriptions",
    "ptz_autotracker",
    "recordings",
    "review_alerts",
    "review_descriptions",
    "review_detections",
    "snapshots",
)
NUMBERS = ("motion_contour_area", "motion_threshold")


def switch(payload: Any) -> bool | None:
    """ON or OFF, exactly: Frigate echoes other texts without acting on them."""
    if payload == "ON":
        return True
    return False if payload == "OFF" else None


def _integer(payload: Any) -> int | None:
    if type(payload) is int:
        return payload
    if isinstance(payload, str) and len(payload) < 20:
        try:
            return int(payload)
        except ValueError:
            return None
    return None


def count(payload: Any) -> int | None:
    """Read a number of objects."""
    value = _integer(payload)
    return None if value is None or value < 0 else value


def _decimal(payload: Any) -> float | None:
    if isinstance(payload, bool) or not isinstance(payload, int | float | str):
        return None
    try:
        value = float(payload)
    except ValueError, OverflowError:
        return None
    return value if abs(value) < 1e9 else None


def text(payload: Any) -> str | None:
    """Read a text, cut to what a state may hold."""
    return payload[:255] if isinstance(payload, str) else None


def _one_of(*allowed: str) -> Parser:
    def parse(payload: Any) -> str | None:
        return payload if payload in allowed else None

    return parse


_REVIEW_STATUS = _one_of("NONE", "DETECTION", "ALERT")
_ROLE_STATUS = _one_of("online", "offline", "disabled")
_BIRDSEYE_MODE = _one_of("CONTINUOUS", "MOTION", "OBJECTS", "OFF")


def camera_topics(camera: CameraConfig, models: Iterable[str]) -> Iterable[tuple[str, Parser]]:
    """Every scalar topic of a camera that somebody may want, with its parser."""
    key = camera.key
    for label in (*camera.labels, "all"):
        yield f"{key}/{label}", count
        yield f"{key}/{label}/active", count
    yield f"{key}/motion", switch
    yield f"{key}/review_status", _REVIEW_STATUS
    for role in ("detect", "record", "audio"):
        yield f"{key}/status/{role}", _ROLE_STATUS
    for name in SWITCHES:
        yield f"{key}/{name}/state", switch
    for name in NUMBERS:
        yield f"{key}/{name}/state", _integer
    yield f"{key}/birdseye_mode/state", _BIRDSEYE_MODE
    yield f"{key}/notifications/suspended", _integer
    yield f"{key}/ptz_autotracker/active", switch
    for label in (*camera.audio_labels, "all"):
        yield f"{key}/audio/{label}", switch
    yield f"{key}/audio/dBFS", _decimal
    yield f"{key}/audio/rms", _decimal
    yield f"{key}/audio/transcription", text
    for name in camera.motion_masks:
        yield f"{key}/motion_mask/{name}/state", switch
    for name in camera.object_masks:
        yield f"{key}/object_mask/{name}/state", switch
    for name in camera.zones:
        yield f"{key}/zone/{name}/state", switch
    for model in models:
        yield f"{key}/classification/{model}", text
