"""The demo: a simulated (or recorded, or real) Frigate and a Home Assistant that shows it.

    script/demo [--port 8123] [--check] [--replay DIR] [--frigate URL [--user U --password P]]

`--check` waits until everything is live, prints one line of JSON and stops; the exit code says whether all is well.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
import signal
import sys
import tempfile
import time
from typing import Any

import aiohttp

from .hass import HassClient, RealHass, free_port
from .seed import Seed, commune_entry

LIVE_TIMEOUT = 90.0
SIMULATOR_TIMEOUT = 30.0
# Where Home Assistant looks for the live pictures of a Frigate that is set up without further ado.
FRIGATE_RTSP_PORT = "8554"
TITLE = "ANTT xã Đồng Tiến"


@dataclass
class Upstream:
    """The Frigate that the demo shows."""

    url: str
    data: dict[str, Any]
    areas: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def simulator(*arguments: str) -> AsyncIterator[dict[str, Any]]:
    """Run the simulator in a process of its own; gives the line of JSON that names its ports."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulator",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SIMULATOR_TIMEOUT):
            line = await process.stdout.readline()
        if not line:
            raise RuntimeError("the simulator ended at its start")
        yield json.loads(line)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(10):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


async def describe(url: str, data: dict[str, Any], names: dict[str, str]) -> Upstream:
    """Give each camera group an area of its own, as the set-up would suggest."""
    areas: dict[str, str] = {}
    cameras: dict[str, str] = {}
    async with aiohttp.ClientSession() as session, session.get(f"{url}/api/config") as answer:
        config = await answer.json() if answer.status == 200 else {}
    for group, content in config.get("camera_groups", {}).items():
        areas[group] = names.get(group, group.replace("_", " ").capitalize())
        cameras.update((camera, group) for camera in content["cameras"] if camera != "birdseye")
    return Upstream(url, {"url": url, "transport": "auto", "areas": cameras, **data}, areas)


@asynccontextmanager
async def upstream(options: argparse.Namespace) -> AsyncIterator[Upstream]:
    """Give the chosen Frigate: real, recorded or simulated."""
    if options.frigate:
        login = {"username": options.user, "password": options.password} if options.user else {}
        yield Upstream(options.frigate, {"url": options.frigate, "transport": "auto", **login})
        return
    arguments = ["--replay", str(options.replay)] if options.replay else ["--scene", "commune"]
    async with simulator(*arguments) as ports:
        extra = {}
        if "rtsp_port" in ports:
            extra["rtsp_template"] = f"rtsp://127.0.0.1:{ports['rtsp_port']}/{{{{ name }}}}"
        yield await describe(
            f"http://127.0.0.1:{ports['port']}", extra, ports.get("group_names", {})
        )


@dataclass
class Health:
    """What `--check` found."""

    cameras: int = 0
    entities: int = 0
    unavailable: list[str] = field(default_factory=list)
    dead_cameras: list[str] = field(default_factory=list)
    stills: int = 0

    @property
    def live(self) -> bool:
        """Whether everything that can be live is."""
        return self.cameras > 0 and not self.unavailable and self.stills == self.cameras


async def dead_cameras(source: Upstream) -> set[str]:
    """Return the cameras that Frigate itself says are off or give no picture, by its key."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{source.url}/api/config") as answer:
            config = await answer.json()
        async with session.get(f"{source.url}/api/stats") as answer:
            stats = await answer.json()
    return {
        key
        for key, camera in config["cameras"].items()
        if not camera.get("enabled", True) or not stats["cameras"].get(key, {}).get("camera_fps", 0)
    }


async def look(hass: RealHass, client: HassClient, dead: set[str]) -> Health:
    """Compare every enabled entity of ours with its state; fetch a still of each camera that is alive."""
    registry = await client.call("config/entity_registry/list")
    states = {state["entity_id"]: state for state in await client.call("get_states")}
    health = Health(dead_cameras=sorted(dead))
    ours = [
        entry
        for entry in registry
        if entry["platform"] == "antt_camera" and entry["disabled_by"] is None
    ]
    health.entities = len(ours)
    details = await client.call(
        "config/entity_registry/get_entries", entity_ids=[entry["entity_id"] for entry in ours]
    )
    headers = {"Authorization": f"Bearer {hass.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for entry in ours:
            entity_id = entry["entity_id"]
            state = states.get(entity_id, {}).get("state", "unavailable")
            parts = details[entity_id]["unique_id"].split(":")
            is_dead = len(parts) > 2 and parts[1] in dead
            if state == "unavailable" and not is_dead:
                health.unavailable.append(entity_id)
            if entity_id.startswith("camera.") and not is_dead:
                health.cameras += 1
                url = f"{hass.url}/api/camera_proxy/{entity_id}"
                async with session.get(url) as answer:
                    body = await answer.read()
                    health.stills += answer.status == 200 and body[:2] == b"\xff\xd8"
    return health


async def check(hass: RealHass, source: Upstream, started: float) -> int:
    """Wait until all is live, print the line, return the exit code."""
    health = Health()
    deadline = time.monotonic() + LIVE_TIMEOUT
    async with hass.client() as client:
        while time.monotonic() < deadline and not health.live:
            await asyncio.sleep(0.5)
            health = await look(hass, client, await dead_cameras(source))
        seconds = time.monotonic() - started
        entries = await client.call("config_entries/get", domain="antt_camera")
    bad = hass.bad_lines()
    bad += [f"entry is {entry['state']}" for entry in entries if entry["state"] != "loaded"]
    line: dict[str, Any] = {
        "cameras": health.cameras,
        "entities": health.entities,
        "unavailable": len(health.unavailable),
        "errors": len(bad),
        "seconds": round(seconds, 1),
    }
    if health.dead_cameras:
        line["dead_cameras"] = health.dead_cameras
    print(json.dumps(line))
    for text in (*health.unavailable[:20], *bad[:20]):
        print(text, file=sys.stderr)
    return 0 if health.live and not bad else 1


async def run(options: argparse.Namespace) -> int:
    """Run the demo until it is stopped, or check it."""
    started = time.monotonic()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    port = options.port or (free_port() if options.check else 8123)
    with tempfile.TemporaryDirectory(prefix="antt-demo-") as folder:
        async with upstream(options) as source:
            seed = Seed(
                port=port,
                areas=source.areas,
                entries=[commune_entry(TITLE, source.data, server="Frigate UBND xã")],
            )
            async with RealHass(Path(folder), seed) as hass:
                if options.check:
                    return await check(hass, source, started)
                print(f"Home Assistant: http://localhost:{port}")
                print(f"User: {seed.user}   Password: {seed.password}")
                print(f"Frigate: {source.url}")
                print("Ctrl-C stops all of it.", flush=True)
                await stop.wait()
    return 0


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="start, wait until live, report, stop")
    parser.add_argument("--port", type=int, default=0, help="Home Assistant's port (8123)")
    parser.add_argument("--replay", type=Path, metavar="DIR", help="play a recorded capture")
    parser.add_argument("--frigate", metavar="URL", help="show a real Frigate server")
    parser.add_argument("--user")
    parser.add_argument("--password")
    raise SystemExit(asyncio.run(run(parser.parse_args())))


if __name__ == "__main__":
    main()
