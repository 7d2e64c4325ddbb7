"""Run a simulated (or recorded) Frigate on loopback: `python -m simulator [--scene commune] [--replay DIR]`.

Prints one line of JSON with its ports when it is ready, and runs until it is told to stop.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import signal
from typing import Any

from simulator.harness import FrigateSimulator, Server
from simulator.http.site import Options
from simulator.personality import PERSONALITIES
from simulator.replay import ReplayWorld


@asynccontextmanager
async def _simulated(options: argparse.Namespace) -> AsyncIterator[dict[str, Any]]:
    users = None
    if options.user:
        users = {options.user: (options.password or options.user, "admin")}
    simulator = FrigateSimulator(
        options.scene,
        options.personality,
        port=options.port,
        rtsp=options.rtsp_port,
        users=users,
        mqtt_port=options.mqtt_port,
        cameras=options.cameras,
        speed=options.speed,
    )
    async with simulator:
        yield {**_ports(simulator.server), "group_names": dict(simulator.frigate.scene.groups)}


@asynccontextmanager
async def _replayed(options: argparse.Namespace) -> AsyncIterator[dict[str, Any]]:
    world = ReplayWorld(options.replay, speed=options.speed)
    server = Server(world, Options(), port=options.port, rtsp=options.rtsp_port)
    await server.start()
    running = asyncio.create_task(world.run())
    try:
        yield _ports(server)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await server.stop()


def _ports(server: Server) -> dict[str, Any]:
    ports: dict[str, Any] = {"port": server.plain.port, "url": server.url}
    if server.secure is not None:
        ports["secure_url"] = server.secure_url
    if server.rtsp is not None:
        ports["rtsp_port"] = server.rtsp.port
    return ports


async def run(options: argparse.Namespace) -> None:
    """Serve until a signal comes."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    serve = _replayed if options.replay else _simulated
    async with serve(options) as ports:
        print(json.dumps(ports), flush=True)  # noqa: T201  # for whoever started it
        await stop.wait()


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--scene", default="commune", help="a scene that ships, or a YAML file")
    parser.add_argument("--replay", type=Path, metavar="DIR", help="play a recorded capture")
    parser.add_argument("--personality", choices=sorted(PERSONALITIES), default="0.18")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--rtsp-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--cameras", type=int, help="repeat or cut the scene to so many")
    parser.add_argument("--speed", type=float, default=1.0, help="faster than real time")
    parser.add_argument("--mqtt-port", type=int, help="port of a broker on this machine")
    parser.add_argument("--user", help="open a second port behind this login, with TLS")
    parser.add_argument("--password")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
