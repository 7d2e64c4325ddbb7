"""A real MQTT broker: a mosquitto of the test's own on a free port of this machine."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import shutil
import socket
from tempfile import TemporaryDirectory

# Debian keeps it where only the administrator's PATH leads.
_PROGRAM = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
_START_SECONDS = 20.0
_HOST = "127.0.0.1"

CONFIG = """\
listener {port} {host}
allow_anonymous true
persistence {persistence}
persistence_location {folder}/
log_dest stderr
log_type all
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Broker:
    """A broker that can be stopped and started again on the same port. Its log is read for what clients ask."""

    host = _HOST

    def __init__(self, folder: Path, *, persistence: bool) -> None:
        """Prepare. `persistence`: retained messages survive a stop, as in a broker's usual set-up."""
        self.port = free_port()
        self.log: list[str] = []
        # A broker that is started as root becomes a user who must be able to write there.
        folder.chmod(0o777)
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            CONFIG.format(
                port=self.port,
                host=_HOST,
                folder=folder,
                persistence=str(persistence).lower(),
            )
        )
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._running = asyncio.Event()
        self._news = asyncio.Event()

    async def start(self) -> None:
        """Start and wait until clients can connect."""
        assert self._process is None
        self._running.clear()
        self._process = await asyncio.create_subprocess_exec(
            _PROGRAM, "-c", str(self._config), stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
        )
        self._reader = asyncio.create_task(self._read(self._process), name="mosquitto's log")
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._running.wait()
        except TimeoutError:
            raise AssertionError(f"mosquitto did not start: {self.log[-5:]}") from None

    async def stop(self) -> None:
        """Stop; what clients had open is closed."""
        process, reader = self._process, self._reader
        if process is None or reader is None:
            return
        self._process = self._reader = None
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await reader

    async def restart(self) -> None:
        """Stop and start on the same port."""
        await self.stop()
        await self.start()

    async def wait_for_log(self, *parts: str, since: int = 0, seconds: float = 30.0) -> str:
        """Wait for a line of the log with all these parts in it, from its line `since` on."""
        async with asyncio.timeout(seconds):
            while True:
                self._news.clear()
                for line in self.log[since:]:
                    if all(part in line for part in parts):
                        return line
                await self._news.wait()

    async def _read(self, process: Process) -> None:
        assert process.stderr is not None
        async for raw in process.stderr:
            line = raw.decode("utf-8", "replace").rstrip()
            self.log.append(line)
            self._news.set()
            if line.endswith(" running"):
                self._running.set()


@asynccontextmanager
async def broker(*, persistence: bool = True, started: bool = True) -> AsyncIterator[Broker]:
    """Run a broker: `async with broker() as b: b.port`."""
    with TemporaryDirectory(prefix="antt-broker-") as folder:
        one = Broker(Path(folder), persistence=persistence)
        try:
            if started:
                await one.start()
            yield one
        finally:
            await one.stop()
