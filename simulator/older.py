"""What `/api/config` looked like before the newest release: keys that were not there yet, or had another shape."""

from typing import Any

from simulator.personality import Personality
from simulator.rows import Json


def downgrade_server(config: Json, personality: Personality) -> Json:
    """Turn a top level of the newest release into that of `personality`; changes and returns `config`."""
    if personality.minor < 18:
        config.pop("profiles")
        config["networking"].pop("listen")
        config["birdseye"].pop("idle_heartbeat_fps")
        config["auth"].pop("admin_first_time_login")
        config["genai"] = _single_provider(config["genai"])
        config["detect"]["stationary"].pop("classifier")
        _plain_masks(config)
        _older_record(config["record"], personality)
    if personality.minor < 17:
        for key in ("audio_transcription", "safe_mode"):
            config.pop(key)
        config["auth"].pop("roles")
        config["classification"].pop("custom")
        config["objects"].pop("genai")
        config["review"].pop("genai")
        for severity in ("alerts", "detections"):
            config["review"][severity].pop("cutoff_time", None)
    return config


def downgrade_camera(config: Json, personality: Personality) -> Json:
    """Turn a camera of the newest release into one of `personality`; changes and returns `config`."""
    if personality.minor < 18:
        for key in ("profiles",):
            config.pop(key)
        config["ui"].pop("review")
        config["detect"]["stationary"].pop("classifier")
        config["motion"].pop("enabled_in_config", None)
        for zone in config["zones"].values():
            zone.pop("enabled")
            zone.pop("enabled_in_config")
        onvif = config["onvif"]
        onvif.pop("password", None)
        _plain_masks(config)
        _older_record(config["record"], personality)
    if personality.minor < 17:
        _before_17(config)
    return config


def _before_17(config: Json) -> None:
    config.pop("friendly_name", None)
    config.pop("audio_transcription")
    config.pop("semantic_search")
    genai = config["objects"].pop("genai")
    config["genai"] = {
        "enabled": genai["enabled"],
        "use_snapshot": genai["use_snapshot"],
        "prompt": genai["prompt"],
        "object_prompts": {},
        "objects": [],
        "required_zones": [],
    }
    config["review"].pop("genai")
    for severity in ("alerts", "detections"):
        config["review"][severity].pop("cutoff_time", None)
    for zone in config["zones"].values():
        zone.pop("friendly_name", None)


def _older_record(record: Json, personality: Personality) -> None:
    record["export"] = {"timelapse_args": "-vf setpts=0.04*PTS -r 30"}
    if personality.minor < 17:
        days = record.pop("continuous")["days"]
        record.pop("motion")
        record["retain"] = {"days": days, "mode": "all"}


def _single_provider(providers: Json) -> Json:
    for provider in providers.values():
        return {"enabled": True, "provider": provider["provider"], "model": provider["model"]}
    return {"enabled": False, "provider": "openai", "model": "gpt-4o"}


def _plain_masks(config: Json) -> None:
    """Masks by id become lists of coordinates, or an empty text where there are none."""
    config["motion"]["mask"] = plain_mask(config["motion"]["mask"])
    config["objects"]["mask"] = plain_mask(config["objects"]["mask"])
    for one in config["objects"]["filters"].values():
        one.pop("mask", None)


def plain_mask(masks: dict[str, Any]) -> str | list[str]:
    """Masks as releases before 0.18 gave them."""
    return [mask["coordinates"] for mask in masks.values()] or ""
