"""Reads recorded traffic of a real Frigate: HTTP answers, broker messages, websocket frames, retained states.

Layout of the folder:
- `http/index.jsonl`: one request a line (`ts`, `method`, `url`, `auth`, `status`, `file`); the answers lie beside it.
- `mqtt.jsonl`: what a broker client saw, one message a line (`ts`, `topic`, `payload`, `retain`).
- `ws.jsonl`: frames of a websocket client (`ts`, `dir`, `raw`).
- `retained.jsonl`: what the broker held at the end.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import urlsplit

from simulator.rows import Json

# A websocket client that reads late sees a message this much after the broker's, or a little before.
LATE_SECONDS = 5.0
EARLY_SECONDS = 1.0
# Times of the recording lie within days around its messages; nothing else in it looks like one.
AROUND_SECONDS = 7 * 86400

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TIME = re.compile(r"(?<![\w.])\d{10}(?!\w)")
_FROM_CLIENTS = ("/set", "/ptz", "/suspend", "onConnect")
_SPOKEN_AS_TEXT = "/suspended"


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the server: topic without prefix, payload in the type the websocket has. `ts` is recorded time."""

    ts: float
    topic: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer to `GET path`."""

    ts: float
    path: str
    file: Path
    internal: bool

    def text(self) -> str:
        """The body."""
        return self.file.read_text(encoding="utf-8")


class Capture:
    """One recording."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._answers = list(_answers(folder / "http"))
        prefix = (self.json("/api/config") or {}).get("mqtt", {}).get("topic_prefix", "frigate")
        self._prefix = f"{prefix}/"
        self.retained = dict(self._retained())
        self.messages = self._messages()
        if not self.messages:
            raise ValueError(f"No messages are recorded in {folder}")
        self.start = self.messages[0].ts
        self.end = self.messages[-1].ts

    # HTTP.

    def answers(self, path: str) -> list[Answer]:
        """Answers to a path (a regular expression) by the port without login, in recorded order."""
        pattern = re.compile(path)
        return [one for one in self._answers if one.internal and pattern.fullmatch(one.path)]

    def text(self, path: str, shift: int = 0) -> str | None:
        """The first answer to a path, times shifted."""
        found = self.answers(re.escape(path))
        return self.shifted(found[0].text(), shift) if found else None

    def json(self, path: str, shift: int = 0) -> Any:
        """The first answer to a path as a document, times shifted."""
        text = self.text(path, shift)
        return None if text is None else json.loads(text)

    def rows(self, path: str, shift: int) -> list[Json]:
        """All rows that any answer to a path (a regular expression) listed; the latest answer has the say."""
        rows: dict[str, Json] = {}
        for answer in self.answers(path):
            document = json.loads(self.shifted(answer.text(), shift))
            rows |= {row["id"]: row for row in document}
        return list(rows.values())

    def asked(self, path: str) -> float:
        """When a path was first asked for; the end of the recording if it never was."""
        found = self.answers(re.escape(path))
        return found[0].ts if found else self.end

    # Time.

    def shifted(self, text: str, shift: int) -> str:
        """Move every time in a text by whole seconds, those in ids and file names too."""
        if not shift:
            return text
        first, last = self._around

        def move(found: re.Match[str]) -> str:
            moment = int(found[0])
            return str(moment + shift) if first <= moment <= last else found[0]

        return _TIME.sub(move, text)

    @property
    def _around(self) -> tuple[float, float]:
        return self.start - AROUND_SECONDS, self.end + AROUND_SECONDS

    # Messages.

    def _retained(self) -> Iterator[tuple[str, Any]]:
        for line in _lines(self.folder / "retained.jsonl"):
            topic = self._topic(line)
            if topic is not None and topic != "available" and "payload" in line:
                yield topic, _typed(topic, line["payload"])

    def _topic(self, line: Json) -> str | None:
        topic = line.get("topic", "")
        return topic.removeprefix(self._prefix) if topic.startswith(self._prefix) else None

    def _messages(self) -> list[Message]:
        """Both links as one stream, in the broker's time, each message once."""
        frames = list(_frames(self.folder / "ws.jsonl"))
        waiting: dict[tuple[str, str], deque[Message]] = defaultdict(deque)
        for frame in frames:
            waiting[frame.topic, str(frame.payload)].append(frame)
        merged: list[Message] = []
        for message in self._broker():
            same = waiting[message.topic, str(message.payload)]
            while same and same[0].ts < message.ts - EARLY_SECONDS:
                merged.append(same.popleft())
            if same and same[0].ts <= message.ts + LATE_SECONDS:
                same.popleft()
            merged.append(message)
        merged.extend(frame for left in waiting.values() for frame in left)
        return sorted(merged, key=lambda message: message.ts)

    def _broker(self) -> Iterator[Message]:
        """What was published while the client listened.

        Without the retained set the broker hands out: that is `initial_states()`. What the server sends when it
        connects it says between `stopped` and `online`, when there is no process. Pictures are recorded in part only.
        """
        for line in _lines(self.folder / "mqtt.jsonl"):
            topic = self._topic(line)
            if topic is None or line["retain"] or "payload" not in line:
                continue
            if not topic.endswith(_FROM_CLIENTS):
                yield Message(line["ts"], topic, _typed(topic, line["payload"]))


def _lines(path: Path) -> Iterator[Json]:
    if path.exists():
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)


def _frames(path: Path) -> Iterator[Message]:
    for line in _lines(path):
        if line.get("dir") == "in":
            frame = json.loads(line["raw"])
            yield Message(line["ts"], frame["topic"], frame["payload"])


def _typed(topic: str, text: str) -> Any:
    """A broker payload in the type it has on the websocket."""
    if _NUMBER.fullmatch(text) and not topic.endswith(_SPOKEN_AS_TEXT):
        return json.loads(text)
    return text


def _answers(folder: Path) -> Iterable[Answer]:
    for line in _lines(folder / "index.jsonl"):
        file = folder / (line.get("file") or "?")
        if line["method"] == "GET" and line["status"] == 200 and file.exists():
            path = urlsplit(line["url"]).path
            yield Answer(line["ts"], path, file, line["auth"] == "internal")
