"""Measures the integration against its budgets, side by side with a floor, in real Home Assistant processes.

script/bench [--check] [--quick] [--only ws|mqtt|setup|idle] [--json PATH]
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
import json
from pathlib import Path
import signal
import sys
import tempfile
import time

from devtools.hass import free_port

from .figures import IDLE_CAMERAS, Idle, Subject, Verdict, document, table, verdicts
from .target import Target, target

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("ws", "mqtt", "setup", "idle")
# Those that are compared with each other stand side by side.
SESSIONS = ((8, 500), (32, 120))
QUICK_SESSIONS = ((8, 32),)
RATE = 1500.0
# Enough that every camera was heard of: what the first message of a topic costs is paid once.
WARM_UP = 1500
WARM_UP_PER_CAMERA = 60
WARM_UP_RATE = 3000.0
MESSAGES = 6000
ROUNDS = 3
# Two polls of a minute each, and what they need to be seen.
IDLE_SECONDS = 130.0
SETTLE_SECONDS = 15.0


def say(text: str) -> None:
    """Tell how far it is."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


@asynccontextmanager
async def mosquitto(folder: Path) -> AsyncIterator[int]:
    """A broker on a free port that drops nothing."""
    port = free_port()
    configuration = folder / "mosquitto.conf"
    configuration.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
        "max_queued_bytes 0\npersistence false\nlog_dest none\n",
        encoding="utf-8",
    )
    process = await asyncio.create_subprocess_exec("mosquitto", "-c", str(configuration))
    try:
        async with asyncio.timeout(20):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.1)
                else:
                    writer.close()
                    break
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


class Bench:
    """One run."""

    def __init__(self, folder: Path, broker: int, parts: set[str]) -> None:
        self.subjects: list[Subject] = []
        self.idles: list[Idle] = []
        self._folder = folder
        self._broker = broker
        self._parts = parts
        self._number = 0

    def _place(self) -> Path:
        self._number += 1
        return self._folder / str(self._number)

    async def link(self, link: str, sizes: tuple[int, ...]) -> None:
        """Measure ours and the floors over one link, all sizes of the session side by side."""
        loaded = link in self._parts
        with_floor = "setup" in self._parts and link == self._floor_link()
        place = self._place()
        async with AsyncExitStack() as stack:
            say(f"{link}, {sizes} cameras: starting")
            ours = await self._start(stack, "ours", link, sizes, place)
            bare = await self._start(stack, "bare", link, sizes if loaded else (), place)
            self.subjects += [one.subject for one in (*ours, *bare)]
            await self._set_up(link, ours)
            if with_floor:
                await self._floors(ours, place)
            if not loaded:
                return
            say(f"{link}, {sizes} cameras: messages")
            targets = [*ours, *bare]
            for one in targets:
                count = max(WARM_UP, WARM_UP_PER_CAMERA * one.subject.cameras)
                await one.play(count, WARM_UP_RATE, measured=False)
            for _ in range(ROUNDS):
                for one in targets:
                    await one.play(MESSAGES, RATE)
            for one in targets:
                if bad := one.hass.bad_lines():
                    raise RuntimeError("errors in the log:\n" + "\n".join(bad[:10]))

    async def _start(
        self, stack: AsyncExitStack, kind: str, link: str, sizes: Sequence[int], place: Path
    ) -> list[Target]:
        """Start one process of each size, all at once."""
        # A group, not `gather`: where one can't be started, nothing of the others may stay.
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(
                    stack.enter_async_context(
                        target(kind, link, cameras, place, broker=self._broker)
                    )
                )
                for cameras in sizes
            ]
        return [task.result() for task in tasks]

    async def _set_up(self, link: str, ours: Sequence[Target]) -> None:
        """Set up one after the other; what Home Assistant writes some seconds later is no part of it."""
        began = time.time()
        for one in ours:
            say(f"{link}, {one.subject.cameras} cameras: set-up")
            await one.set_up()
        for one in ours:
            await one.count_entities(began)

    def _floor_link(self) -> str:
        return "mqtt" if "mqtt" in self._parts and "ws" not in self._parts else "ws"

    async def _floors(self, ours: Sequence[Target], place: Path) -> None:
        """Set the same number of entities up that do nothing."""
        async with AsyncExitStack() as stack:
            sizes = [one.subject.cameras for one in ours]
            floors = await self._start(stack, "idle", "none", sizes, place)
            for one, floor in zip(ours, floors, strict=True):
                floor.follow(one)
            await self._set_up("empty platform", floors)
        for one, floor in zip(ours, floors, strict=True):
            subject = floor.subject
            if (subject.entities, subject.enabled) != (one.subject.entities, one.subject.enabled):
                raise RuntimeError(f"the empty platform differs: {subject} {one.subject}")
            self.subjects.append(subject)

    async def idle(self) -> None:
        """Let them stand while Frigate sends what it always sends; all at once, for they do next to nothing."""
        say(f"idle, {IDLE_CAMERAS} cameras: set-up")
        place = self._place()
        async with AsyncExitStack() as stack:
            size = (IDLE_CAMERAS,)
            (ws,) = await self._start(stack, "ours", "ws", size, place)
            (mqtt,) = await self._start(stack, "ours", "mqtt", size, place)
            (floor,) = await self._start(stack, "idle", "none", size, place)
            await self._set_up("idle", (ws, mqtt))
            floor.follow(ws)
            await self._set_up("empty platform", (floor,))
            targets = (ws, mqtt, floor)
            for one in targets:
                if one.upstream is not None:
                    await one.upstream.order("beat")
            await asyncio.sleep(SETTLE_SECONDS)
            say("idle: measuring")
            started = time.monotonic()
            before = [one.hass.cpu_seconds() for one in targets]
            await asyncio.sleep(IDLE_SECONDS)
            seconds = time.monotonic() - started
            after = [one.hass.cpu_seconds() for one in targets]
            for one, first, last in zip(targets, before, after, strict=True):
                asked = (await one.upstream.state())["requests"] if one.upstream else []
                self.idles.append(
                    Idle(
                        kind=one.subject.kind,
                        link=one.subject.link,
                        cameras=IDLE_CAMERAS,
                        seconds=seconds,
                        cpu=last - first,
                        requests=tuple(at - started for at, _ in asked if at >= started),
                    )
                )

    async def run(self, sessions: tuple[tuple[int, ...], ...], *, idle: bool) -> None:
        """Measure everything that is asked for."""
        links = [link for link in ("ws", "mqtt") if link in self._parts]
        if not links and "setup" in self._parts:
            links = ["ws"]
        for sizes in sessions:
            for link in links:
                await self.link(link, sizes)
        if idle:
            await self.idle()


async def run(options: argparse.Namespace) -> list[Verdict]:
    """Measure, print, write."""
    task = asyncio.current_task()
    assert task is not None
    # Like Ctrl-C: what was started must not outlive the run.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    parts = set(options.only or PARTS)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="antt-bench-") as name:
        folder = Path(name)
        async with mosquitto(folder) as broker:
            bench = Bench(folder, broker, parts)
            sessions = QUICK_SESSIONS if options.quick else SESSIONS
            # Standing idle can't be hurried.
            idle = "idle" in parts and (not options.quick or bool(options.only))
            await bench.run(sessions, idle=idle)
    judged = verdicts(bench.subjects, bench.idles)
    print(table(bench.subjects, bench.idles, judged))
    result = document(bench.subjects, bench.idles, judged)
    result["rate"] = RATE
    result["seconds"] = round(time.monotonic() - started, 1)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    say(f"{result['seconds']:.0f} s, figures in {options.json}")
    return judged


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where a budget is missed")
    parser.add_argument("--quick", action="store_true", help="8 and 32 cameras only, no idle part")
    parser.add_argument("--only", action="append", choices=PARTS, help="only this part; repeatable")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", metavar="PATH")
    options = parser.parse_args()
    judged = asyncio.run(run(options))
    if options.check and (not judged or not all(verdict.kept for verdict in judged)):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
