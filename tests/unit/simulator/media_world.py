"""A world with cameras whose figures walk as told, for the tests of pictures and videos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from simulator.figures import Figure
from simulator.personality import Personality, personality

NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).timestamp()
SPEED = 0.1


@dataclass
class FakeWorld:
    """`gate` has somebody in red who crosses the picture in ten seconds, again and again; `yard` nobody."""

    release: str = "0.18"
    time: float = NOON
    is_offline: bool = False
    is_covered: bool = False
    snapshots: dict[str, Any] = field(default_factory=lambda: {"bounding_box": True})

    @property
    def personality(self) -> Personality:
        return personality(self.release)

    def now(self) -> float:
        return self.time

    def camera_names(self) -> tuple[str, ...]:
        return ("gate", "yard")

    def camera_config(self, camera: str) -> Mapping[str, Any] | None:
        if camera not in self.camera_names():
            return None
        return {
            "friendly_name": "Cổng" if camera == "gate" else "Sân",
            "detect": {"width": 1280, "height": 720},
            "snapshots": self.snapshots,
            "zones": {"lane": {"coordinates": "0.1,0.6,0.9,0.6,0.9,0.9,0.1,0.9"}},
            "motion": {"mask": {"sky": {"coordinates": "0,0,1,0,1,0.2,0,0.2"}}},
            "live": {"streams": {"Main": "gate_main"}} if camera == "gate" else {},
        }

    def config_json(self, role: str) -> Mapping[str, Any]:
        return {}

    def offline(self, camera: str) -> bool:
        return self.is_offline and camera == "gate"

    def covered(self, camera: str) -> bool:
        return self.is_covered and camera == "gate"

    def figures_at(self, camera: str, t: float) -> Sequence[Figure]:
        if camera != "gate":
            return []
        left = (t - NOON) * SPEED % 0.8
        return [
            Figure(key="walker", label="person", box=(left, 0.3, left + 0.1, 0.9), colour="#ff0000")
        ]
