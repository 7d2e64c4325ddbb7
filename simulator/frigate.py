"""The simulated Frigate: cameras, clock, messages, commands and database behind HTTP, websocket and MQTT."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
import heapq
from itertools import count
from pathlib import Path
from random import Random
import time
from typing import Any

from simulator.activity import Counts, zone_labels
from simulator.answers import Answers
from simulator.camera import OFFLINE, CameraRun
from simulator.commands import Commands
from simulator.config import role_view, server_config
from simulator.database import Database
from simulator.dispatcher import Dispatcher, Outgoing
from simulator.events import duration_of, manual_row, review_label
from simulator.history import seed_history
from simulator.ids import id_maker
from simulator.personality import Personality, personality as find_personality
from simulator.profiles import apply_profile, republished
from simulator.rows import Json
from simulator.scene import Figure, Scene
from simulator.stage import Clock, Stage
from simulator.switches import SWITCHES, camera_states, on_off, write

FRAME_SECONDS = 0.2
BACKLOG_SECONDS = 20.0
BIRDSEYE_SECONDS = 1.0
HISTORY_DAYS = 2.0

type Initial = Iterator[tuple[str, Any, bool]]


class Frigate:
    """One simulated Frigate process, and the camera yard it looks at.

    Use `run()` to let it live in (scaled) time, or `step()` to move it on by hand; both may be mixed.
    Everything happens in the event loop's thread; only the reading methods may be called from others.
    """

    def __init__(
        self,
        scene: Scene | str | Path,
        personality: str | Personality = "0.18",
        *,
        clock: Callable[[], float] = time.time,
        seed: int = 0,
        speed: float = 1.0,
        history_days: float | None = None,
    ) -> None:
        self.scene = scene if isinstance(scene, Scene) else Scene.load(scene)
        self.personality = find_personality(personality)
        self.models = self.scene.classification
        self.random = Random(seed)
        self._clock = Clock(clock, speed)
        self._new_id = id_maker(self.random)
        self.stage = Stage(self.scene, self._clock)
        self.db = Database()
        self.dispatcher = Dispatcher()
        self.stored = server_config(self.scene, self.personality)
        self.command_log: list[tuple[str, Any, str]] = []
        self.moves: list[tuple[str, str]] = []
        self.faces_known: dict[str, list[str]] = {}
        self.picture_maker: Callable[[str, str], bytes] | None = None
        self.command_topics: frozenset[str] = frozenset()
        self._survivors: dict[tuple[str, str], bool] = {}
        self._profile_times: dict[str, float] = {}
        self.active_profile: str | None = None
        self._restart_listeners: list[Callable[[str], None]] = []
        self._commands = Commands(self)
        self._answers = Answers(self)
        self._numbers = count()
        days = history_days if history_days is not None else HISTORY_DAYS * bool(self.scene.figures)
        if days > 0:
            seed_history(self.db, self.scene, self.now(), days, self.random, self._new_id)
        self.running = False
        self.start()

    # Life.

    def start(self) -> None:
        """Start the process: configuration from its file, nothing tracked, new ids from now on."""
        now = self.now()
        self.started = now
        self.db.close_open_rows(now)
        self.config = deepcopy(self.stored)
        if self.active_profile is not None:
            for key, config in self.config["cameras"].items():
                apply_profile(self.stored["cameras"][key], config, self.active_profile)
        for (camera, name), value in self._survivors.items():
            if camera in self.config["cameras"]:
                write(self.config["cameras"][camera], SWITCHES[name].path, value)
        self.suspended: dict[str, int] = {}
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self.cameras = {
            key: CameraRun(key, config, self, now) for key, config in self.config["cameras"].items()
        }
        self._zone_counts: dict[str, Counts] = {}
        self._zone_labels = zone_labels(self.config["cameras"])
        self._frame_time = now
        self._next_stats = now + self.config["mqtt"]["stats_interval"]
        self._next_birdseye = now
        self.birdseye_layout: Json = {}
        self.command_topics = frozenset(self._commands.topics())
        self.running = True
        self._tell("start")

    def stop(self, *, clean: bool = True) -> None:
        """Stop the process. Open objects and reviews vanish without an `end`; `clean` False is a crash."""
        if not self.running:
            return
        self.running = False
        now = self.now()
        self.db.close_open_rows(now)
        self.db.recordings.stop_all(now)
        self._tell("stop" if clean else "crash")

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def on_restart(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Hear "stop", "crash" and "start" of the process; returns the way to stop hearing."""
        self._restart_listeners.append(callback)
        return lambda: self._restart_listeners.remove(callback)

    def _tell(self, phase: str) -> None:
        for listener in tuple(self._restart_listeners):
            listener(phase)

    # Time.

    def now(self) -> float:
        """The server's clock, UTC epoch seconds."""
        return self._clock.now()

    async def run(self) -> None:
        """Live until cancelled."""
        while True:
            self._advance(self.now())
            await asyncio.sleep(FRAME_SECONDS / max(1.0, self._clock.speed / 5))

    def step(self, seconds: float) -> None:
        """Move the clock on and process every frame on the way."""
        end = self.now() + seconds
        while self._frame_time + FRAME_SECONDS <= end + 1e-6:
            moment = self._frame_time + FRAME_SECONDS
            self._clock.skipped += max(0.0, moment - self.now())
            self._frame(moment)
        self._clock.skipped += max(0.0, end - self.now())

    def _advance(self, until: float) -> None:
        if until - self._frame_time > BACKLOG_SECONDS:
            self._frame_time = until - FRAME_SECONDS
        while self._frame_time + FRAME_SECONDS <= until:
            self._frame(self._frame_time + FRAME_SECONDS)

    def _frame(self, now: float) -> None:
        self._frame_time = now
        if not self.running:
            return
        while self._later and self._later[0][0] <= now:
            heapq.heappop(self._later)[2]()
        changed = not self._zone_counts
        audio_changed = False
        stage, started = self.stage, self.started
        for key, camera in self.cameras.items():
            fault = stage.fault(key, now)
            changed |= camera.frame(now, stage.figures(key, now), fault, started)
            camera.heartbeat(now)
            if camera.config["audio"]["enabled"]:
                audio_changed |= camera.listen(now, stage.sounds(key, now))
        if changed:
            self._count_zones()
        if audio_changed and self.personality.audio_summary:
            self._answers.publish("audio_detections")
        self._periodic(now)

    def _periodic(self, now: float) -> None:
        if now >= self._next_stats:
            self._next_stats = now + self.config["mqtt"]["stats_interval"]
            self.publish("stats", self.stats_json("admin", None))
        if now >= self._next_birdseye and self.personality.birdseye_layout:
            self._next_birdseye = now + BIRDSEYE_SECONDS
            layout = self._answers.layout()
            if layout != self.birdseye_layout:
                self.birdseye_layout = layout
                self.publish("birdseye_layout", layout)

    def _count_zones(self) -> None:
        inside: dict[str, list[Any]] = {zone: [] for zone in self._zone_labels}
        for camera in self.cameras.values():
            for one in camera.tracker.objects.values():
                for zone in one.current_zones:
                    inside.setdefault(zone, []).append(one)
        for zone, labels in self._zone_labels.items():
            counts = self._zone_counts.setdefault(zone, Counts(zone))
            counts.update(labels, inside[zone], self.publish)

    def later(self, moment: float, callback: Callable[[], None]) -> None:
        """Call back when the clock reaches a time."""
        heapq.heappush(self._later, (moment, next(self._numbers), callback))

    # Messages.

    def subscribe(self, callback: Outgoing) -> Callable[[], None]:
        """Hear every message; returns the way to stop."""
        return self.dispatcher.subscribe(callback)

    def publish(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        """Send a message; JSON documents become text, as on the wire."""
        self.dispatcher.publish(topic, payload, retain=retain)

    def publish_raw(self, topic: str, payload: Any, retain: bool = False) -> None:
        """Send anything at all, exactly as given."""
        self.dispatcher.send(topic, payload, retain=retain)

    def initial_states(self, *, live: bool = False) -> Initial:
        """What is sent after a connect to the broker: topic, payload, retain. See `switches.camera_states`."""
        for key, camera in self.cameras.items():
            for topic, payload in camera_states(camera.config, self.personality, live=live):
                yield f"{key}/{topic}", payload, True
            yield f"{key}/motion", "OFF", False
        if self.config["notifications"]["enabled_in_config"]:
            yield "notifications/state", on_off(self.config["notifications"]["enabled"]), True
        if self.personality.has_profiles:
            yield "profile/state", self.active_profile or "none", True

    def publish_all_retained(self, callback: Outgoing) -> None:
        """Hand the retained set, as configured, to one listener."""
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
        """A switch of a camera was set."""
        self.cameras[camera].switched(name, self.now())

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
        self._answers.publish(topic)

    def set_profile(self, name: str | None) -> bool:
        """Activate a profile, or none; False and nothing sent if there is no such profile."""
        if not self.personality.has_profiles or (
            name is not None and name not in self.config["profiles"]
        ):
            return False
        self.active_profile = name
        if name is not None:
            self._profile_times[name] = self.now()
        self._survivors.clear()
        now = self.now()
        for key, camera in self.cameras.items():
            apply_profile(self.stored["cameras"][key], camera.config, name)
            camera.apply_switches()
            for switch in ("audio", "recordings"):
                camera.switched(switch, now)
            for topic, payload in republished(camera.config):
                self.publish(f"{key}/{topic}", payload, retain=True)
        self.publish("profile/state", name or "none", retain=True)
        return True

    def create_event(self, camera: str, label: str, body: Mapping[str, Any]) -> str:
        """Start a manual event; returns its id. Nothing is said of it but by its review."""
        now, config = self.now(), self.config["cameras"][camera]
        capture = config["record"]["alerts"]["pre_capture"]
        row = manual_row(camera, label, body, now, capture, self._new_id)
        duration = duration_of(body)
        self.db.record_object(row)
        self.cameras[camera].manual(now, row.id, review_label(row), duration)
        if duration is not None:
            self.later(now + duration, lambda: self.end_event(row.id, None))
        return row.id

    def end_event(self, event_id: str, end_time: float | None) -> None:
        """End a manual event; nothing happens to one that has ended."""
        row = self.db.events.get(event_id)
        if row is None or row.end_time is not None:
            return
        now = self.now()
        post = self.config["cameras"][row.camera]["record"]["alerts"]["post_capture"]
        row.end_time = (end_time or now) + post
        self.cameras[row.camera].end_manual(now, event_id)

    def set_config(self, change: Callable[[Json], None]) -> None:
        """Change the configuration file by a function and start the process with it, as an administrator does."""
        self.stop()
        change(self.stored)
        self.start()

    # Reading: HTTP and pictures.

    def new_id(self, start: float) -> str:
        """A new id of an object or review."""
        return self._new_id(start)

    def picture(self, camera: str, label: str) -> bytes | None:
        """A JPEG for the snapshot topic, where a picture maker was given."""
        return None if self.picture_maker is None else self.picture_maker(camera, label)

    def camera_names(self) -> tuple[str, ...]:
        """Keys of all configured cameras."""
        return tuple(self.config["cameras"])

    def camera_config(self, camera: str) -> Mapping[str, Any] | None:
        """The camera's part of the configuration, or None."""
        return self.live_camera(camera)

    def config_json(self, role: str) -> Json:
        """`GET /api/config` for a role. A live view: not to be changed, use `set_config`."""
        return role_view(self.config, role)

    def stats_json(self, role: str, cameras: tuple[str, ...] | None) -> Json:
        """`GET /api/stats` for a role, cut to `cameras`."""
        return self._answers.stats(role, cameras)

    def activity_json(self) -> Json:
        """`camera_activity`."""
        return self._answers.activity()

    def profiles_json(self) -> Json:
        """`GET /api/profiles`."""
        return self._answers.profiles(self._profile_times)

    def ptz_info(self, camera: str) -> Json:
        """`GET /api/{camera}/ptz/info`; empty without PTZ."""
        return self._answers.ptz(camera)

    def faces(self) -> Mapping[str, list[str]]:
        """Known faces and their picture files."""
        return self._answers.faces()

    def classes(self, model: str) -> Mapping[str, list[str]] | None:
        """Classes of a custom model and their picture files; None if there is no such model."""
        return self._answers.classes(model)

    def offline(self, camera: str) -> bool:
        """Whether the camera delivers no picture now."""
        config = self.live_camera(camera)
        if config is None:  # birdseye, or a camera that is gone
            return False
        return self.stage.fault(camera, self.now()) == OFFLINE or not config["enabled"]

    def covered(self, camera: str) -> bool:
        """Whether something covers the camera's lens now."""
        return self.stage.fault(camera, self.now()) == "covered"

    def figures_at(self, camera: str, t: float) -> list[Figure]:
        """What the camera sees at UTC epoch second `t`, farthest first."""
        return sorted(self.stage.figures(camera, t), key=lambda figure: figure.box[3])
