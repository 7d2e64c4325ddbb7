"""Makes the small recording the tests replay from a whole one: `python -m devtools.trim_capture FROM TO`.

Kept are
- the messages of both links between two times in which the server was not restarted, in the recorded order;
- of an object's updates in which nothing changed but its position and scores, every eighth, the same ones on both
  links; of the statistics, every third;
- the commands that were tried and what the server answered to them;
- the answers to what the integration reads; long lists are cut to their newest rows, heat maps left out.

Left out is all that is binary (pictures of people above all), and every answer about logins and keys.
The result is refused if it is too large or looks as if it held a secret or an address of a network.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
import json
from pathlib import Path
import re
import sys
from typing import Any

FIRST, LAST = 1795477814.5, 1795478013.8
UPDATES_KEPT, STATS_KEPT, ROWS_KEPT = 8, 3, 40
LIMIT_BYTES = 1_500_000
ANSWERS = (
    *("version", "config", "stats", "labels", "sub_labels", "audio_labels", "profile", "profiles"),
    *("profile_active", "exports", "exports_two", "faces", "recognized_license_plates", "review"),
    *("events_q_limit_1", "event_one", "review_one", "review_summary", "recordings_storage"),
    *("recordings_summary", "cam_recordings_front_door", "cam_recsummary_front_door", "timeline"),
    *("debug_replay_status", "ptzinfo_front_door", "ptzinfo_offline_cam", "ext_viewer_stats"),
    *("ext_yard_stats", "review_q_severity_alert"),
)
INDEX_KEYS = ("ts", "name", "method", "url", "auth", "status", "file")
COMMAND_ENDINGS = ("/set", "/ptz", "/suspend", "/onConnect", "/state", "/suspended")
STEADY = (
    *("label", "current_zones", "entered_zones", "stationary", "active", "sub_label"),
    *("recognized_license_plate", "has_clip", "has_snapshot", "max_severity"),
)
PRIVATE_ADDRESS = re.compile(
    r"(?<![\d.])(10|192\.168|172\.(1[6-9]|2\d|3[01]))(\.\d{1,3}){2,3}(?![\d.])"
)
SECRET = re.compile(
    r"eyJ[\w-]{10,}\.|://[^*/\s\"]+:[^*/\s\"]+@|payload_b64|/9j/4AAQ|-----BEGIN|frigate_token=[\w.]"
)


class Trimmer:
    """Decides message by message; the same decision on both links."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bool] = {}
        self._updates: Counter[str] = Counter()
        self._stats = 0

    def keeps(self, topic: str, payload: Any) -> bool:
        """Whether a message stays."""
        if topic not in ("events", "stats"):
            return True
        key = (topic, payload)
        if key not in self._kept:
            self._kept[key] = self._decide(topic, json.loads(payload))
        return self._kept[key]

    def _decide(self, topic: str, document: Any) -> bool:
        if topic == "stats":
            self._stats += 1
            return self._stats % STATS_KEPT == 1
        before, after = document["before"], document["after"]
        if document["type"] != "update" or any(before[one] != after[one] for one in STEADY):
            return True
        self._updates[after["id"]] += 1
        return self._updates[after["id"]] % UPDATES_KEPT == 1


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Lines of a file of JSON lines."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write a file of JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def broker(source: Path, trimmer: Trimmer) -> list[dict[str, Any]]:
    """What a broker client saw."""
    return [
        line
        for line in lines(source / "mqtt.jsonl")
        if FIRST <= line["ts"] <= LAST
        and "payload" in line
        and trimmer.keeps(line["topic"].removeprefix("frigate/"), line["payload"])
    ]


def frames(source: Path, trimmer: Trimmer) -> list[dict[str, Any]]:
    """What a websocket client saw and sent."""
    kept = []
    for line in lines(source / "ws.jsonl"):
        if not FIRST <= line["ts"] <= LAST or "raw" not in line:
            continue
        frame = json.loads(line["raw"])
        if line["dir"] == "out" or trimmer.keeps(frame["topic"], frame["payload"]):
            kept.append(line)
    return kept


def commands(source: Path) -> list[dict[str, Any]]:
    """Commands and the states that followed."""
    return [
        line
        for line in lines(source / "mqtt_commands.jsonl")
        if "payload" in line and line["topic"].endswith(COMMAND_ENDINGS)
    ]


def answers(source: Path, target: Path) -> None:
    """HTTP answers and their index."""
    (target / "http").mkdir(parents=True, exist_ok=True)
    index = []
    for line in lines(source / "http" / "index.jsonl"):
        if line["name"] not in ANSWERS or not line["file"]:
            continue
        index.append({key: line[key] for key in INDEX_KEYS})
        text = (source / "http" / line["file"]).read_text(encoding="utf-8")
        if line["file"].endswith(".json"):
            text = json.dumps(_cut(json.loads(text)), separators=(",", ":"))
        (target / "http" / line["file"]).write_text(text + "\n", encoding="utf-8")
    write(target / "http" / "index.jsonl", index)


def _cut(document: Any) -> Any:
    if not isinstance(document, list):
        return document
    rows = document
    if rows and isinstance(rows[0], dict) and len(rows) > ROWS_KEPT:
        rows = sorted(rows, key=_time, reverse=True)[:ROWS_KEPT]
    for row in rows:
        if isinstance(row, dict) and "motion_heatmap" in row:
            row["motion_heatmap"] = {}
    return rows


def _time(row: dict[str, Any]) -> float:
    return float(row.get("start_time") or row.get("timestamp") or 0)


def check(target: Path) -> list[str]:
    """What is wrong with a trimmed recording."""
    wrong = []
    size = 0
    for path in sorted(target.rglob("*")):
        if not path.is_file():
            continue
        size += path.stat().st_size
        text = path.read_text(encoding="utf-8")
        for kind, pattern in (("address", PRIVATE_ADDRESS), ("secret", SECRET)):
            wrong += [f"{path.name}: {kind}: {found[0]}" for found in pattern.finditer(text)]
    if size > LIMIT_BYTES:
        wrong.append(f"{size} bytes are too many")
    return wrong


def main() -> int:
    """Trim, then look at the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    given = parser.parse_args()
    trimmer = Trimmer()
    answers(given.source, given.target)
    write(given.target / "mqtt.jsonl", broker(given.source, trimmer))
    write(given.target / "ws.jsonl", frames(given.source, trimmer))
    write(given.target / "mqtt_commands.jsonl", commands(given.source))
    retained = [line for line in lines(given.source / "retained.jsonl") if "payload" in line]
    write(given.target / "retained.jsonl", retained)
    wrong = check(given.target)
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
