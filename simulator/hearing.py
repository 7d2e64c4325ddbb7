"""What a camera's microphone hears: levels, sounds that begin and end."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zlib import crc32

from simulator.database import Database
from simulator.personality import Personality
from simulator.recorder import audio_row
from simulator.rows import Json
from simulator.switches import OFF, ON

type Publish = Callable[[str, Any], None]

CHUNK_SECONDS = 0.975
SCORE = 0.91


class Hearing:
    """The microphone of one camera. Publishes below the camera's name."""

    def __init__(
        self,
        camera: str,
        db: Database,
        personality: Personality,
        new_id: Callable[[float], str],
        publish: Publish,
    ) -> None:
        self._camera = camera
        self._db = db
        self._personality = personality
        self._new_id = new_id
        self._publish = publish
        self._heard: dict[str, float] = {}
        self._next = 0.0
        self.sounds: dict[str, str] = {}
        self.rms = 0.0
        self.dbfs = 0.0

    def detections(self) -> dict[str, Json]:
        """What is heard, as `audio_detections` carries it."""
        return {
            label: {"id": event_id, "score": SCORE, "last_detection": self._heard[label]}
            for label, event_id in self.sounds.items()
        }

    def due(self, now: float) -> bool:
        """Whether the next chunk of sound is complete."""
        if now < self._next:
            return False
        self._next = max(self._next + CHUNK_SECONDS, now)
        return True

    def chunk(self, now: float, sounds: Iterable[str], config: Mapping[str, Any]) -> bool:
        """Listen to one chunk; True if `audio_detections` has to be published."""
        audio = config["audio"]
        listened = [label for label in sounds if label in audio["listen"]]
        self._levels(now, loud=bool(listened))
        for label in listened:
            self._heard[label] = now
            if label not in self.sounds:
                self._begin(label, now)
        expired = [
            label for label in self.sounds if now - self._heard[label] > audio["max_not_heard"]
        ]
        for label in expired:
            self._end(label, self._heard[label])
        if listened or expired:
            if self._personality.audio_summary:
                self._publish(f"{self._camera}/audio/all", ON if self.sounds else OFF)
            return True
        return False

    def stop(self, now: float) -> bool:
        """Listening was switched off: every sound ends, `audio/all` stays as it was."""
        ended = bool(self.sounds)
        for label in list(self.sounds):
            self._end(label, now)
        self.rms = self.dbfs = 0.0
        return ended

    def _levels(self, now: float, *, loud: bool) -> None:
        noise = crc32(f"{self._camera}{now:.1f}".encode()) % 100 / 10
        self.dbfs = round((-18.0 if loud else -52.0) - noise, 4)
        self.rms = round(32768 * 10 ** (self.dbfs / 20), 4)
        self._publish(f"{self._camera}/audio/dBFS", self.dbfs)
        self._publish(f"{self._camera}/audio/rms", self.rms)

    def _begin(self, label: str, now: float) -> None:
        event_id = self._new_id(now)
        self.sounds[label] = event_id
        self._db.record_object(audio_row(event_id, self._camera, label, now, SCORE))
        self._publish(f"{self._camera}/audio/{label}", ON)

    def _end(self, label: str, last: float) -> None:
        row = self._db.events.get(self.sounds.pop(label))
        if row is not None:
            row.end_time = last
        self._publish(f"{self._camera}/audio/{label}", OFF)
