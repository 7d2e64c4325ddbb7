"""Recorded traffic of a real Frigate, played as if it were the server.

Times. Everything is moved by whole seconds, so that a message that was recorded at `t` is told at `t` plus the
shift and every time in it (start, end, frames, paths, the number an id begins with, file names) says so too.
Messages are moved so that the first is told now; HTTP answers so that they were given now, rows of the database so
that they lie in the past. When the recording begins again it has another shift, hence other ids.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
import json
import math
from pathlib import Path
import time
from typing import Any

from simulator.capture import Capture, Message
from simulator.recorded import RecordedServer
from simulator.recorder import record_object, record_review
from simulator.rows import Json
from simulator.stage import Clock
from simulator.switches import MODES, NUMBERS, OFF, ON, SWITCHES, write
from simulator.told import ONLINE, PULLED

STATS_SECONDS = 60.0
STATUS_SECONDS = 10.0
TICK_SECONDS = 1.0
PAUSE_SECONDS = 60.0
DAY_SECONDS = 86400.0


class ReplayWorld(RecordedServer):
    """A recording behind HTTP, websocket and MQTT.

    Commands change the recorded configuration and are answered as the server answers them. When the recording was
    told to its end, `played` is set; the server lives on with heartbeats, and with `loop` begins again a minute
    later, after everything that was open has ended.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], float] = time.time,
        speed: float = 1.0,
        loop: bool = True,
    ) -> None:
        super().__init__(Capture(folder), Clock(clock, speed))
        self.played = asyncio.Event()
        self._loop = loop
        self._shift = 0
        self._stats_told = self._status_told = 0.0
        # Until somebody's `onConnect` was answered in the recording, that answer is the best there is.
        for message in reversed(self.capture.messages):
            if message.topic in PULLED:
                self.told.pulled[message.topic] = message.payload
        self._begin()

    async def run(self) -> None:
        """Live until cancelled."""
        while True:
            for message in self.capture.messages:
                await self._sleep_until(message.ts + self._shift)
                self._tell(message)
            self.played.set()
            if not self._loop:
                await self._sleep_until(math.inf)
            await self._sleep_until(self.now() + PAUSE_SECONDS)
            self._end_all()
            self._begin()

    async def _sleep_until(self, moment: float) -> None:
        """Sleep, with what must go on meanwhile: a long silence would look like a dead server."""
        while (left := moment - self.now()) > 0:
            self._heartbeat()
            await asyncio.sleep(min(left, TICK_SECONDS) / self.clock.speed)
        await asyncio.sleep(0)

    def _heartbeat(self) -> None:
        now = self.now()
        self.end_due_events()
        if not self.running:
            return
        if now - self._stats_told >= STATS_SECONDS:
            self._stats_told = now
            self.publish("stats", self.stats_json("admin", None))
        if now - self._status_told >= STATUS_SECONDS * 1.5:
            self._status_told = now
            for camera, status in self.told.status.items():
                self.publish(f"{camera}/status/detect", status)

    # The recording.

    def _begin(self) -> None:
        self._shift = math.ceil(self.now() - self.capture.start)
        self._stats_told = self._status_told = self.now()
        self.told.before(self._moved(one) for one in self.capture.messages)

    def _end_all(self) -> None:
        now = self.now()
        for topic, payload in self.told.endings(now):
            self._hear(topic, json.dumps(payload) if isinstance(payload, dict) else payload)
        self.told.dropped.clear()
        old = [key for key, row in self.db.events.items() if row.start_time < now - DAY_SECONDS]
        for event_id in old:
            self.db.delete_event(event_id)

    def _moved(self, message: Message) -> Message:
        if not isinstance(message.payload, str):
            return message
        return replace(message, payload=self.capture.shifted(message.payload, self._shift))

    def _tell(self, message: Message) -> None:
        message = self._moved(message)
        if message.topic == "available":
            if message.payload == ONLINE and not self.running:
                self.start()
            elif message.payload != ONLINE:
                self.stop(clean=message.payload == "stopped")
        elif self.running:
            self._hear(message.topic, message.payload)

    def _hear(self, topic: str, payload: Any) -> None:
        """Take over what a recorded message says, then pass it on."""
        if topic in ("events", "reviews"):
            document = json.loads(payload)
            if document["after"]["id"] in self.told.dropped:
                return
            (self._object if topic == "events" else self._review)(document)
        elif topic == "stats":
            self.read_stats(json.loads(payload))
            self._stats_told = self.now()
        elif topic == "camera_activity":
            # As it is now: switches may have been set since.
            payload = self.activity_json()
        else:
            self.told.other(topic, payload)
            self._recorded_switch(topic, payload)
            if topic.endswith("status/detect"):
                self._status_told = self.now()
        self.publish(topic, payload, retain=topic.endswith(("/state", "/suspended")))

    def _object(self, document: Json) -> None:
        wire = document["after"]
        detect = self.config["cameras"].get(wire["camera"], {}).get("detect", {})
        size = (detect.get("width") or 1280, detect.get("height") or 720)
        record_object(self.db, document["type"], document["before"], wire, size)
        self.told.object(document["type"], wire, size)

    def _review(self, document: Json) -> None:
        record_review(self.db, document["after"])
        self.told.review(document["type"], document["after"])

    def _recorded_switch(self, topic: str, payload: Any) -> None:
        """Follow a switch that somebody set while it was recorded."""
        camera, _, rest = topic.partition("/")
        name, _, state = rest.rpartition("/")
        config = self.live_camera(camera)
        if config is None or state != "state":
            return
        if name in NUMBERS and isinstance(payload, int):
            write(config, NUMBERS[name], payload)
        elif name == "birdseye_mode" and payload in MODES:
            config["birdseye"]["mode"] = payload.lower()
        elif name in SWITCHES and payload in (ON, OFF):
            write(config, SWITCHES[name].path, payload == ON)
