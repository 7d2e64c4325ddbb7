"""Commands of clients: what each does, refuses without a word, and echoes."""

from collections.abc import Callable, Iterator
import logging
from typing import Any, Protocol

from simulator.personality import Personality
from simulator.rows import Json
from simulator.switches import (
    MODES,
    NUMBERS,
    OFF,
    ON,
    PARTS,
    SWITCHES,
    Switch,
    exists,
    on_off,
    read,
    write,
)

_LOGGER = logging.getLogger(__name__)

PULLS = {
    "modelState": "model_state",
    "birdseyeLayout": "birdseye_layout",
    "audioTranscriptionState": "audio_transcription_state",
    "embeddingsReindexProgress": "embeddings_reindex_progress",
    "jobState": "job_state",
}


class Target(Protocol):
    """What the commands act on."""

    personality: Personality
    suspended: dict[str, int]

    def now(self) -> float: ...

    def live_camera(self, camera: str) -> Json | None:
        """The camera's live configuration, to be changed."""
        ...

    def camera_names(self) -> tuple[str, ...]: ...

    def publish(self, topic: str, payload: Any, *, retain: bool = False) -> None: ...

    def switched(self, camera: str, name: str) -> None:
        """A switch of a camera was set; carry out what follows from it."""
        ...

    def remember(self, camera: str, name: str, value: bool) -> None:
        """Keep a switch over a restart."""
        ...

    def notify_all(self, on: bool) -> None: ...

    def set_profile(self, name: str | None) -> bool: ...

    def move(self, camera: str, what: str) -> None: ...

    def restart(self) -> None: ...

    def answer(self, topic: str) -> None:
        """Publish the answer to a pull topic, or all answers to `onConnect`."""
        ...


class Commands:
    """The dispatcher's inbound half."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._global: dict[str, Callable[[Any], None]] = {
            "notifications/set": self._notifications,
            "profile/set": self._profile,
            "restart": lambda _payload: target.restart(),
            "onConnect": lambda _payload: target.answer("onConnect"),
        }

    def topics(self) -> Iterator[str]:
        """Command topics a broker connection registers, for the cameras that exist now."""
        personality = self._target.personality
        yield from ("notifications/set", "restart", "onConnect")
        if personality.has_profiles:
            yield "profile/set"
        for camera in self._target.camera_names():
            config = self._target.live_camera(camera) or {}
            for name, switch in SWITCHES.items():
                if _over_mqtt(switch, personality):
                    yield f"{camera}/{name}/set"
            for name in (*NUMBERS, "birdseye_mode"):
                yield f"{camera}/{name}/set"
            if personality.camera_notifications_over_mqtt:
                yield f"{camera}/notifications/suspend"
            if config["onvif"]["host"]:
                yield f"{camera}/ptz"
            if personality.zone_switches:
                for kind, path in PARTS.items():
                    yield from (f"{camera}/{kind}/{key}/set" for key in read(config, path))

    def handle(self, topic: str, payload: Any) -> None:
        """Carry out a command. A topic nobody knows is sent on to everybody, as the server does."""
        if self._handle_global(topic, payload):
            return
        camera, _, rest = topic.partition("/")
        if topic.endswith(("/set", "/ptz", "/suspend")):
            config = self._target.live_camera(camera)
            if config is not None:
                self._camera(camera, config, rest, payload)
            return
        self._target.publish(topic, payload)

    def _handle_global(self, topic: str, payload: Any) -> bool:
        if topic == "profile/set" and not self._target.personality.has_profiles:
            return False
        if topic in PULLS:
            self._target.answer(PULLS[topic])
            return True
        if (handler := self._global.get(topic)) is None:
            return False
        handler(payload)
        return True

    def _camera(self, camera: str, config: Json, rest: str, payload: Any) -> None:
        parts = rest.split("/")
        match parts:
            case ["ptz"]:
                self._target.move(camera, str(payload).lower())
            case ["notifications", "suspend"]:
                self._suspend(camera, config, payload)
            case ["birdseye_mode", "set"]:
                self._birdseye_mode(camera, config, payload)
            case [name, "set"] if name in NUMBERS:
                self._number(camera, config, name, payload)
            case [name, "set"] if name in SWITCHES and exists(
                SWITCHES[name], self._target.personality
            ):
                self._switch(camera, config, SWITCHES[name], payload)
            case [kind, key, "set"] if kind in PARTS and self._target.personality.zone_switches:
                self._part(camera, config, kind, key, payload)
            case _:
                _LOGGER.debug("Nothing is known of %s", rest)

    def _switch(self, camera: str, config: Json, switch: Switch, payload: Any) -> None:
        if payload == ON and switch.guard is not None and not read(config, switch.guard):
            return
        if switch.name == "motion" and payload == OFF and config["detect"]["enabled"]:
            return
        if payload in (ON, OFF):
            value = payload == ON
            write(config, switch.path, value)
            if switch.survives:
                self._target.remember(camera, switch.name, value)
            if switch.name == "detect" and value and not config["motion"]["enabled"]:
                config["motion"]["enabled"] = True
                self._target.publish(f"{camera}/motion/state", ON, retain=True)
            self._target.switched(camera, switch.name)
        # Whatever was sent is echoed, even a text that changed nothing.
        self._target.publish(f"{camera}/{switch.name}/state", payload, retain=True)
        if switch.name == "notifications":
            self._target.suspended[camera] = 0
            self._target.publish(f"{camera}/notifications/suspended", "0", retain=True)

    def _number(self, camera: str, config: Json, name: str, payload: Any) -> None:
        try:
            value = int(payload)
        except TypeError, ValueError:
            return
        write(config, NUMBERS[name], value)
        self._target.publish(f"{camera}/{name}/state", value, retain=True)

    def _birdseye_mode(self, camera: str, config: Json, payload: Any) -> None:
        if payload not in MODES or not config["birdseye"]["enabled"]:
            return
        config["birdseye"]["mode"] = str(payload).lower()
        self._target.switched(camera, "birdseye_mode")
        self._target.publish(f"{camera}/birdseye_mode/state", payload, retain=True)

    def _part(self, camera: str, config: Json, kind: str, key: str, payload: Any) -> None:
        part = read(config, PARTS[kind]).get(key)
        if part is None or payload not in (ON, OFF):
            return
        if payload == ON and not part["enabled_in_config"]:
            return
        part["enabled"] = payload == ON
        self._target.switched(camera, kind)
        self._target.publish(f"{camera}/{kind}/{key}/state", payload, retain=True)

    def _suspend(self, camera: str, config: Json, payload: Any) -> None:
        try:
            minutes = int(payload)
        except TypeError, ValueError:
            return
        if not config["notifications"]["enabled"]:
            return
        until = int(self._target.now() + minutes * 60) if minutes else 0
        self._target.suspended[camera] = until
        self._target.publish(f"{camera}/notifications/suspended", str(until), retain=True)

    def _notifications(self, payload: Any) -> None:
        if payload not in (ON, OFF):
            return
        self._target.notify_all(payload == ON)
        self._target.publish("notifications/state", on_off(payload == ON), retain=True)

    def _profile(self, payload: Any) -> None:
        name = None if payload in ("", "none", None) else str(payload)
        self._target.set_profile(name)


def _over_mqtt(switch: Switch, personality: Personality) -> bool:
    if not exists(switch, personality) or switch.name == "audio_transcription":
        return False
    return switch.name != "notifications" or personality.camera_notifications_over_mqtt
