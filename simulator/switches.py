"""Everything that can be switched on a camera: where it lives in the configuration and what its rules are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.personality import Personality
from simulator.rows import Json

ON, OFF = "ON", "OFF"
MODES = ("CONTINUOUS", "MOTION", "OBJECTS")
STATELESS_AT_CONNECT = ("notifications", "audio_transcription")


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One ON/OFF command `<camera>/<name>/set`.

    `path` leads to the live value. With `guard`, ON needs the value at that path. `since` is the release line.
    `lies`: after a reconnect to the broker the configured value is published, not the live one.
    """

    name: str
    path: tuple[str, ...]
    guard: tuple[str, ...] | None = None
    since: int = 16
    lies: bool = False
    survives: bool = False


SWITCHES = {
    switch.name: switch
    for switch in (
        Switch(
            name="enabled",
            path=("enabled",),
            guard=("enabled_in_config",),
            lies=True,
            survives=True,
        ),
        Switch(
            name="recordings",
            path=("record", "enabled"),
            guard=("record", "enabled_in_config"),
            lies=True,
            survives=True,
        ),
        Switch(name="snapshots", path=("snapshots", "enabled"), survives=True),
        Switch(
            name="audio",
            path=("audio", "enabled"),
            guard=("audio", "enabled_in_config"),
            lies=True,
            survives=True,
        ),
        Switch(name="detect", path=("detect", "enabled"), survives=True),
        Switch(name="motion", path=("motion", "enabled")),
        Switch(name="improve_contrast", path=("motion", "improve_contrast")),
        Switch(
            name="ptz_autotracker",
            path=("onvif", "autotracking", "enabled"),
            guard=("onvif", "autotracking", "enabled_in_config"),
            lies=True,
        ),
        Switch(name="birdseye", path=("birdseye", "enabled")),
        Switch(
            name="review_alerts",
            path=("review", "alerts", "enabled"),
            guard=("review", "alerts", "enabled_in_config"),
            lies=True,
        ),
        Switch(
            name="review_detections",
            path=("review", "detections", "enabled"),
            guard=("review", "detections", "enabled_in_config"),
            lies=True,
        ),
        Switch(
            name="object_descriptions",
            path=("objects", "genai", "enabled"),
            guard=("objects", "genai", "enabled_in_config"),
            since=17,
            lies=True,
        ),
        Switch(
            name="review_descriptions",
            path=("review", "genai", "enabled"),
            guard=("review", "genai", "enabled_in_config"),
            since=17,
            lies=True,
        ),
        Switch(
            name="notifications",
            path=("notifications", "enabled"),
            guard=("notifications", "enabled_in_config"),
        ),
        Switch(
            name="audio_transcription",
            path=("audio_transcription", "live_enabled"),
            guard=("audio_transcription", "enabled_in_config"),
            since=17,
        ),
    )
}

NUMBERS: dict[str, tuple[str, ...]] = {
    "motion_threshold": ("motion", "threshold"),
    "motion_contour_area": ("motion", "contour_area"),
}
PARTS: dict[str, tuple[str, ...]] = {
    "zone": ("zones",),
    "motion_mask": ("motion", "mask"),
    "object_mask": ("objects", "mask"),
}


def read(config: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """The value at a path."""
    value: Any = config
    for key in path:
        value = value[key]
    return value


def write(config: Json, path: tuple[str, ...], value: Any) -> None:
    """Set the value at a path."""
    read(config, path[:-1])[path[-1]] = value


def on_off(value: Any) -> str:
    """A boolean as the topics say it."""
    return ON if value else OFF


def exists(switch: Switch, personality: Personality) -> bool:
    """Whether a release has the switch."""
    return personality.minor >= switch.since


def camera_states(
    config: Mapping[str, Any], personality: Personality, *, live: bool
) -> Iterator[tuple[str, str | int]]:
    """The `/state` topics of a camera below its name, without those that are not published at a connect.

    With `live=False` they are what the server says after it connected to the broker: for several switches the
    configured value, and always ON for motion, whatever is true.
    """
    for name, switch in SWITCHES.items():
        if name in STATELESS_AT_CONNECT or not exists(switch, personality):
            continue
        if live or (not switch.lies and name != "motion"):
            value = read(config, switch.path)
        else:
            value = True if switch.guard is None else read(config, switch.guard)
        yield f"{name}/state", on_off(value)
        if name == "birdseye":
            yield "birdseye_mode/state", birdseye_mode(config)
        if name == "ptz_autotracker":
            for number, path in NUMBERS.items():
                yield f"{number}/state", int(read(config, path))
    if personality.zone_switches:
        for kind, path in PARTS.items():
            for key, part in read(config, path).items():
                yield f"{kind}/{key}/state", on_off(part["enabled"])


def birdseye_mode(config: Mapping[str, Any]) -> str:
    """The birdseye mode in upper case, or OFF."""
    return str(config["birdseye"]["mode"]).upper() if config["birdseye"]["enabled"] else OFF
