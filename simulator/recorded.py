"""A recorded server: configuration, statistics and database of a capture, and what it does when it is told to."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
import math
from random import Random
from typing import Any

from simulator.activity import config_block, object_activity
from simulator.capture import Capture
from simulator.commands import Commands
from simulator.config import role_view
from simulator.dispatcher import Dispatcher, Outgoing
from simulator.events import duration_of, manual_row
from simulator.figures import Figure
from simulator.ids import id_maker
from simulator.personality import PERSONALITIES, Personality
from simulator.profiles import apply_profile, republished
from simulator.recorded_rows import read_database
from simulator.rows import Json
from simulator.stage import Clock
from simulator.switches import SWITCHES, on_off, write
from simulator.told import ONLINE, PULLED, Told


class RecordedServer:
    """A Frigate as it was recorded, at one moment; `told` is what its messages have said since.

    Everything happens in the event loop's thread; only the reading methods may be called from others.
    """

    def __init__(self, capture: Capture, clock: Clock) -> None:
        self.capture = capture
        self.clock = clock
        self.personality = _personality(capture)
        now = self.now()
        asked = math.ceil(now - capture.asked("/api/config"))
        self.stored: Json = capture.json("/api/config", asked)
        self.config: Json = deepcopy(self.stored)
        self.db = read_database(capture, self.stored, now)
        self.told = Told()
        self.suspended: dict[str, int] = {}
        self.command_log: list[tuple[str, Any, str]] = []
        self.moves: list[tuple[str, str]] = []
        self.picture_maker: Callable[[str, str], bytes] | None = None
        self.dispatcher = Dispatcher()
        self.running = True
        self.started = now
        self._profiles: Json = capture.json("/api/profiles", asked) or {"active_profile": None}
        self.read_stats(capture.json("/api/stats", asked) or {})
        self._retained = dict(capture.retained)
        self._survivors: dict[tuple[str, str], bool] = {}
        self._ends: dict[str, float] = {}
        self._restart_listeners: list[Callable[[str], None]] = []
        self._new_id = id_maker(Random(0))
        self._commands = Commands(self)
        self.command_topics = frozenset(self._commands.topics())

    def now(self) -> float:
        """The server's clock, UTC epoch seconds."""
        return self.clock.now()

    # Life.

    def start(self) -> None:
        """Start the process: switches that do not survive are as configured, nothing is tracked."""
        self.started = self.now()
        self.db.close_open_rows(self.started)
        self.suspended = {}
        self.config = deepcopy(self.stored)
        if (active := self._profiles["active_profile"]) is not None:
            for camera, config in self.config["cameras"].items():
                apply_profile(self.stored["cameras"][camera], config, active)
        for (camera, name), value in self._survivors.items():
            write(self.config["cameras"][camera], SWITCHES[name].path, value)
        self.command_topics = frozenset(self._commands.topics())
        self.running = True
        self._tell_phase("start")

    def stop(self, *, clean: bool = True) -> None:
        """Stop the process; what is open vanishes without an end."""
        if not self.running:
            return
        self.running = False
        self.db.close_open_rows(self.now())
        self.told.forget()
        self._tell_phase("stop" if clean else "crash")

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def on_restart(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Hear "stop", "crash" and "start" of the process; returns the way to stop hearing."""
        self._restart_listeners.append(callback)
        return lambda: self._restart_listeners.remove(callback)

    def _tell_phase(self, phase: str) -> None:
        for listener in tuple(self._restart_listeners):
            listener(phase)

    # Messages.

    def subscribe(self, callback: Outgoing) -> Callable[[], None]:
        """Hear every message; returns the way to stop."""
        return self.dispatcher.subscribe(callback)

    def publish(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        """Send a message; JSON documents become text, as on the wire."""
        if retain:
            self._retained[topic] = payload
        self.dispatcher.publish(topic, payload, retain=retain)

    def publish_raw(self, topic: str, payload: Any, retain: bool = False) -> None:
        """Send anything at all, exactly as given."""
        self.dispatcher.send(topic, payload, retain=retain)

    def initial_states(self) -> Iterator[tuple[str, Any, bool]]:
        """What is sent after a connect to the broker: topic, payload, retain."""
        for topic, payload in self._retained.items():
            yield topic, payload, True
        for camera in self.camera_names():
            yield f"{camera}/motion", "OFF", False

    def publish_all_retained(self, callback: Outgoing) -> None:
        """Hand the retained set to one listener."""
        for topic, payload, retain in self.initial_states():
            callback(topic, payload, retain)

    # Commands.

    def command(self, topic: str, payload: Any, *, role: str = "admin", origin: str = "ws") -> None:
        """Carry out a command; one over MQTT only if its topic was registered at the start."""
        if not self.running or (origin == "mqtt" and topic not in self.command_topics):
            return
        self.command_log.append((topic, payload, role))
        self._commands.handle(topic, payload)

    def live_camera(self, camera: str) -> Json | None:
        """The live configuration of a camera, to be changed."""
        config: Json | None = self.config["cameras"].get(camera)
        return config

    def switched(self, camera: str, name: str) -> None:
        """A switch of a camera was set: recording begins or stops with it."""
        if name not in ("recordings", "enabled"):
            return
        config = self.config["cameras"][camera]
        if config["enabled"] and config["record"]["enabled"] and not self.offline(camera):
            self.db.recordings.begin(camera, self.now())
        else:
            self.db.recordings.stop(camera, self.now())

    def remember(self, camera: str, name: str, value: bool) -> None:
        """Keep a switch over a restart, where the release does that."""
        if self.personality.toggles_persist:
            self._survivors[camera, name] = value

    def notify_all(self, on: bool) -> None:
        """Switch notifications of the whole server."""
        self.config["notifications"]["enabled"] = on

    def move(self, camera: str, what: str) -> None:
        """A PTZ command; kept in `moves` if the camera can move."""
        if self.config["cameras"][camera]["onvif"]["host"]:
            self.moves.append((camera, what))

    def answer(self, topic: str) -> None:
        """Publish the answer to a pull topic, or all answers to `onConnect`."""
        for one in PULLED if topic == "onConnect" else (topic,):
            if one == "camera_activity":
                self.publish(one, self.activity_json())
            elif one == "profile/state":
                self.publish(one, self._profiles["active_profile"] or "none")
            else:
                self.publish(one, self.told.pulled.get(one, "{}"))

    def set_profile(self, name: str | None) -> bool:
        """Activate a profile, or none; False and nothing sent if there is no such profile."""
        if name is not None and name not in self.config.get("profiles", {}):
            return False
        self._profiles["active_profile"] = name
        if name is not None:
            self._profiles.setdefault("last_activated", {})[name] = self.now()
        self._survivors.clear()
        for camera, config in self.config["cameras"].items():
            before = config["enabled"]
            apply_profile(self.stored["cameras"][camera], config, name)
            if config["enabled"] != before:
                self.publish(f"{camera}/enabled/state", on_off(config["enabled"]), retain=True)
            self.switched(camera, "recordings")
            for topic, payload in republished(config):
                self.publish(f"{camera}/{topic}", payload, retain=True)
        self.publish("profile/state", name or "none", retain=True)
        return True

    # Manual events: only the database knows of them.

    def create_event(self, camera: str, label: str, body: Mapping[str, Any]) -> str:
        """Start a manual event; returns its id."""
        pre_capture = self.config["cameras"][camera]["record"].get("event_pre_capture", 5)
        row = manual_row(camera, label, body, self.now(), pre_capture, self._new_id)
        self.db.record_object(row)
        if (duration := duration_of(body)) is not None:
            self._ends[row.id] = self.now() + duration
        return row.id

    def end_event(self, event_id: str, end_time: float | None) -> None:
        """End a manual event."""
        self._ends.pop(event_id, None)
        self.db.events[event_id].end_time = self.now() if end_time is None else end_time

    def end_due_events(self) -> None:
        """End the manual events whose time is up."""
        for event_id, end in list(self._ends.items()):
            if end <= self.now():
                self.end_event(event_id, end)

    # Reading: HTTP and pictures.

    def camera_names(self) -> tuple[str, ...]:
        """Keys of all configured cameras."""
        return tuple(self.config["cameras"])

    def camera_config(self, camera: str) -> Mapping[str, Any] | None:
        """The camera's part of the configuration, or None."""
        return self.live_camera(camera)

    def config_json(self, role: str) -> Json:
        """`GET /api/config` for a role."""
        return role_view(self.config, role)

    def read_stats(self, stats: Json) -> None:
        """Take over statistics; they tell when the process was started."""
        self._stats = stats
        service = stats.setdefault("service", {})
        self.started = service.get("last_updated", self.now()) - service.get("uptime", 0)

    def stats_json(self, role: str, cameras: tuple[str, ...] | None) -> Json:
        """`GET /api/stats`, cut to `cameras`: as they were last told, of now."""
        stats = deepcopy(self._stats)
        now = self.now()
        stats["service"] |= {"last_updated": int(now), "uptime": int(now - self.started)}
        if cameras is not None:
            stats["cameras"] = {
                name: one for name, one in stats["cameras"].items() if name in cameras
            }
        if role != "admin":
            for usage in stats.get("cpu_usages", {}).values():
                usage.pop("cmdline", None)
        return stats

    def activity_json(self) -> Json:
        """`camera_activity`: what is open now, and the switches as they are."""
        logos = self.config.get("model", {}).get("all_attributes", ())
        activity: Json = {}
        for camera, config in self.config["cameras"].items():
            state: Json = {}
            if not self.offline(camera):
                state["motion"] = self.told.motion.get(camera, False)
                state["objects"] = [
                    object_activity(wire, logos)
                    for wire in self.told.objects.values()
                    if wire["camera"] == camera
                ]
            suspended = self.suspended.get(camera, 0)
            state["config"] = config_block(config, suspended, self.personality)
            activity[camera] = state
        return activity

    def profiles_json(self) -> Json:
        """`GET /api/profiles`."""
        return deepcopy(self._profiles)

    def ptz_info(self, camera: str) -> Json:
        """`GET /api/{camera}/ptz/info`; empty without PTZ."""
        info: Json = self.capture.json(f"/api/{camera}/ptz/info") or {}
        return info

    def faces(self) -> Mapping[str, list[str]]:
        """Known faces and their picture files."""
        faces: dict[str, list[str]] = self.capture.json("/api/faces") or {}
        return faces

    def classes(self, model: str) -> Mapping[str, list[str]] | None:
        """Classes of a custom model and their picture files; None if there is no such model."""
        dataset: Json | None = self.capture.json(f"/api/classification/{model}/dataset")
        return None if dataset is None else dataset["categories"]

    def offline(self, camera: str) -> bool:
        """Whether the camera delivers no picture now."""
        if not self.config["cameras"][camera]["enabled"]:
            return True
        if (status := self.told.status.get(camera)) is not None:
            return status != ONLINE
        stats: Json = self._stats.get("cameras", {}).get(camera, {})
        return not stats.get("camera_fps")

    def covered(self, _camera: str) -> bool:
        """Whether something covers the camera's lens now; recordings don't tell."""
        return False

    def figures_at(self, camera: str, t: float) -> list[Figure]:
        """What the camera sees at UTC epoch second `t`, farthest first."""
        return self.told.figures(camera, t)


def _personality(capture: Capture) -> Personality:
    """The release that was recorded; one that is not known is taken for the newest."""
    version = (capture.text("/api/version") or "").strip()
    known = list(PERSONALITIES.values())
    line = version.split(".")[:2]
    found = [one for one in known if one.version.split(".")[:2] == line]
    release = found[0] if found else known[-1]
    return replace(release, version=version) if found else release
