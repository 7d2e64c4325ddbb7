"""A real Home Assistant process for the demo, the end-to-end tests and the benchmarks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import re
import signal
import socket
import sys
import time
from typing import Any, Self

import aiohttp
import jwt

from .seed import Seed

ROOT = Path(__file__).resolve().parent.parent
COMPONENT = ROOT / "custom_components" / "antt_camera"
START_TIMEOUT = 120.0
STOP_TIMEOUT = 30.0
# A line that must not appear: an error, or Home Assistant's complaint about our use of its API.
BAD_LINE = re.compile(r" (ERROR|CRITICAL) \(|Detected that custom integration|^Traceback ")
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class HassClient:
    """A WebSocket connection to Home Assistant, one command at a time."""

    def __init__(self, socket_: aiohttp.ClientWebSocketResponse) -> None:
        """Wrap an authenticated connection."""
        self._socket = socket_
        self._id = 0

    async def call(self, kind: str, **fields: Any) -> Any:
        """Send a command and return its result. Raises RuntimeError with Home Assistant's message."""
        self._id += 1
        number = self._id
        await self._socket.send_json({"id": number, "type": kind, **fields})
        while True:
            message = await self._socket.receive_json(timeout=60)
            if message.get("id") == number and message["type"] == "result":
                if not message["success"]:
                    raise RuntimeError(f"{kind}: {message['error']['message']}")
                return message["result"]


class RealHass:
    """One Home Assistant process on loopback with a configuration folder of its own."""

    def __init__(self, config: Path, seed: Seed, python: str = sys.executable) -> None:
        """Prepare; `python` belongs to the environment whose Home Assistant is run."""
        self.config = config
        self.seed = seed
        self.url = f"http://127.0.0.1:{seed.port}"
        self.log = config / "process.log"
        self._python = python
        self._process: asyncio.subprocess.Process | None = None

    @property
    def token(self) -> str:
        """An access token of the seeded user."""
        now = int(time.time())
        claims = {"iss": self.seed.token_id, "iat": now, "exp": now + 86400}
        return jwt.encode(claims, self.seed.jwt_key, algorithm="HS256")

    @property
    def pid(self) -> int:
        """Process id while running."""
        assert self._process is not None
        return self._process.pid

    def cpu_seconds(self) -> float:
        """CPU time, user and system, that the process has used so far."""
        fields = (
            Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        )
        return (int(fields[11]) + int(fields[12])) / TICKS

    def prepare(self) -> None:
        """Write the seed, once per folder."""
        if not (self.config / "configuration.yaml").exists():
            self.config.mkdir(parents=True, exist_ok=True)
            self.seed.write(self.config, COMPONENT)

    async def start(self) -> None:
        """Start and wait until the API answers and Home Assistant says it runs."""
        self.prepare()
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                self._python,
                "-m",
                "homeassistant",
                "--config",
                str(self.config.resolve()),
                "--skip-pip",
                stdout=output,
                stderr=output,
                start_new_session=True,
                # Not ours: a folder `custom_components` in the working directory would hide the configuration's.
                cwd=self.config,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "SETUP_PORT": str(self.seed.port)},
            )
        try:
            await self._until_running()
        except BaseException:
            await self.stop(kill=True)
            raise

    async def _until_running(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        headers = {"Authorization": f"Bearer {self.token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            while time.monotonic() < deadline:
                if self._process is None or self._process.returncode is not None:
                    raise RuntimeError(f"Home Assistant ended at its start:\n{self.tail()}")
                try:
                    async with session.get(f"{self.url}/api/config") as answer:
                        if answer.status == 200 and (await answer.json())["state"] == "RUNNING":
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.2)
        raise TimeoutError(f"Home Assistant did not start within {START_TIMEOUT} s:\n{self.tail()}")

    async def stop(self, *, kill: bool = False) -> None:
        """Stop in good order, or at once with `kill`."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def restart(self) -> None:
        """Stop and start again with the same folder."""
        await self.stop()
        await self.start()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[HassClient]:
        """Open an authenticated WebSocket connection."""
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0) as socket_,
        ):
            await socket_.receive_json()
            await socket_.send_json({"type": "auth", "access_token": self.token})
            answer = await socket_.receive_json()
            if answer["type"] != "auth_ok":
                raise RuntimeError(f"Home Assistant refused the token: {answer}")
            yield HassClient(socket_)

    def bad_lines(self) -> list[str]:
        """Return the log's errors and complaints about our use of Home Assistant's API."""
        if not self.log.exists():
            return []
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return [line for line in text.splitlines() if BAD_LINE.search(line)]

    def tail(self, lines: int = 40) -> str:
        """Return the end of the log."""
        if not self.log.exists():
            return ""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()
