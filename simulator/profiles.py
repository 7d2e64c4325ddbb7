"""Configuration in three layers: the file, what a profile changes, and what was switched at runtime."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from simulator.config import PROFILE_FIELDS, with_profile
from simulator.rows import Json
from simulator.switches import NUMBERS, OFF, SWITCHES, birdseye_mode, on_off, read

REPUBLISHED = (
    *(
        "motion",
        "improve_contrast",
        "motion_threshold",
        "motion_contour_area",
        "notifications",
        "snapshots",
    ),
    *("detect", "birdseye", "birdseye_mode", "recordings", "audio", "object_descriptions"),
    *("review_alerts", "review_detections", "review_descriptions"),
)
"""`/state` topics sent for every camera when the profile changes, in the server's order."""


def merge(config: Json, changes: Mapping[str, Any]) -> None:
    """Write nested changes into a configuration; what it does not have yet is added."""
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(config.get(key), dict):
            merge(config[key], value)
        else:
            config[key] = deepcopy(value)


def apply_profile(stored: Mapping[str, Any], config: Json, name: str | None) -> None:
    """Set a camera's live configuration to that of a profile; what was switched at runtime is lost.

    While a profile is active the original is kept beside under `base_config`.
    """
    for names in PROFILE_FIELDS:
        for field in names:
            if field in stored:
                config[field] = deepcopy(stored[field])
    if any("enabled" in changes for changes in config.get("profiles", {}).values()):
        config["enabled"] = stored["enabled"]
    config.pop("base_config", None)
    if name is not None:
        config["base_config"] = with_profile(config)
        merge(config, config["profiles"].get(name, {}))


def republished(config: Mapping[str, Any]) -> Iterator[tuple[str, str | int]]:
    """The states of a camera after a change of profile, below its name."""
    for name in REPUBLISHED:
        if name in NUMBERS:
            yield f"{name}/state", int(read(config, NUMBERS[name]))
        elif name == "birdseye_mode":
            if (mode := birdseye_mode(config)) != OFF:
                yield "birdseye_mode/state", mode
        else:
            yield f"{name}/state", on_off(read(config, SWITCHES[name].path))
