"""What a Frigate of any number of cameras answers over HTTP, from the simulator's scene of a commune."""

from collections.abc import Callable
import json
import time
from typing import Any

from simulator.activity import config_block
from simulator.config import server_config
from simulator.personality import NEWEST
from simulator.scene import Scene
from simulator.stats import CameraHealth, ServerHealth, build_stats


class Documents:
    """Texts of all answers, made once."""

    def __init__(self, cameras: int) -> None:
        scene = Scene.load("commune").with_cameras(cameras)
        self.config: dict[str, Any] = server_config(scene, NEWEST)
        self._started = time.time() - 86400
        profiles: dict[str, Any] = {
            "profiles": [
                {"name": name, "friendly_name": title} for name, title in scene.profiles.items()
            ],
            "active_profile": None,
            "last_activated": {},
        }
        names = [camera.name for camera in scene.cameras]
        usage = {"bandwidth": 100.0, "usage": 2048.0, "usage_percent": 1.0}
        activity = {
            key: {"motion": False, "objects": [], "config": config_block(camera, 0, NEWEST)}
            for key, camera in self.config["cameras"].items()
        }
        self.activity = json.dumps(activity)
        self._fixed = {
            "/api/config": json.dumps(self.config),
            "/api/profile": json.dumps(
                {"username": "anonymous", "role": "admin", "allowed_cameras": []}
            ),
            "/api/profiles": json.dumps(profiles),
            "/api/recordings/storage": json.dumps(dict.fromkeys(names, usage)),
            "/api/recordings/summary": json.dumps(
                dict.fromkeys(("2026-11-23", "2026-11-24"), True)
            ),
            "/api/faces": "{}",
            "/api/review": "[]",
            "/api/events": "[]",
            "/api/version": NEWEST.version,
        }
        self._prepared = [self.stats(number) for number in range(4)]

    def answer(self, path: str) -> str | None:
        """The body of an answer, None where there is nothing."""
        if path == "/api/stats":
            return self.stats(0)
        if path.endswith("/dataset"):
            return json.dumps({"categories": {"open": [], "closed": []}})
        if path.endswith("/ptz/info"):
            return json.dumps({"name": path.split("/")[2], "features": [], "presets": []})
        return self._fixed.get(path)

    def stats(self, number: int) -> str:
        """Statistics, different for different numbers as they are every 15 seconds."""
        now = time.time() + 15 * number
        listed = [
            CameraHealth(
                key=key,
                fps=5,
                enabled=camera["enabled"],
                detecting=True,
                offline=False,
                objects=number % 3,
                audio_rms=0.0,
                audio_dbfs=0.0,
                reconnects=0,
                stalls=0,
            )
            for key, camera in self.config["cameras"].items()
        ]
        server = ServerHealth(
            now=now, started=self._started, recordings_mb=1000.0, detectors=("ov",)
        )
        return json.dumps(build_stats(listed, server, NEWEST, admin=True))

    def stats_in_turn(self) -> Callable[[], str]:
        """Prepared statistics, one after the other."""
        turn = 0

        def following() -> str:
            nonlocal turn
            turn += 1
            return self._prepared[turn % len(self._prepared)]

        return following
