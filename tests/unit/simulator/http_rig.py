"""A whole simulated server whose clock stands still, asked over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, DummyCookieJar
from multidict import CIMultiDictProxy

from simulator.harness import FrigateSimulator
from tests.unit.simulator.media_world import NOON

GATE, OFFICE, CLINIC, MARKET = "cong_ubnd", "bo_phan_mot_cua", "tram_y_te", "nga_ba_cho"
PASSWORD = "đúng là mật khẩu"
USERS = {"an": (PASSWORD, "admin"), "binh": (PASSWORD, "viewer"), "chi": (PASSWORD, "thon_1")}
ROLES = {"thon_1": (OFFICE, CLINIC)}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read to its end."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Wire:
    """Asks one simulated server. With a `token` through the port that wants a login."""

    sim: FrigateSimulator
    session: ClientSession

    async def ask(self, method: str, path: str, token: str | None = None, **options: Any) -> Answer:
        headers = dict(options.pop("headers", {}))
        base = self.sim.url if token is None else self.sim.secure_url
        if token:
            headers["Authorization"] = f"Bearer {token}"
        async with self.session.request(
            method, base + path, headers=headers, allow_redirects=False, **options
        ) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, token: str | None = None, **options: Any) -> Answer:
        return await self.ask("GET", path, token, **options)

    async def json(self, path: str, token: str | None = None) -> Any:
        """A fresh answer, past the cache."""
        answer = await self.get(path, token, headers={"X-Cache-Bypass": "1"})
        assert answer.status == 200, answer
        return answer.json

    async def log_in(self, user: str) -> str:
        """The token of a login."""
        data = {"user": user, "password": PASSWORD}
        answer = await self.ask("POST", "/api/login", "", json=data)
        assert answer.status == 200, answer
        return answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]

    @asynccontextmanager
    async def socket(self, token: str | None = None) -> AsyncIterator[Socket]:
        """A connection to `/ws`."""
        base = self.sim.url if token is None else self.sim.secure_url
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.ws_connect(f"{base}/ws", headers=headers) as socket:
            yield Socket(socket)


@dataclass(frozen=True, slots=True)
class Socket:
    """One client of `/ws`."""

    socket: ClientWebSocketResponse

    async def send(self, topic: str, payload: Any = "") -> None:
        await self.socket.send_json({"topic": topic, "payload": payload})

    async def next(self) -> tuple[str, Any]:
        """The next message: its topic and payload as they came."""
        message = await self.socket.receive_json(timeout=20)
        assert set(message) == {"topic", "payload"}
        return message["topic"], message["payload"]

    async def until(self, topic: str) -> dict[str, Any]:
        """All messages up to and with that of a topic; of equal topics the last."""
        found: dict[str, Any] = {}
        while topic not in found:
            name, payload = await self.next()
            found[name] = payload
        return found


@asynccontextmanager
async def serving(
    release: str = "0.18", *, scene: str = "commune", cameras: int | None = 4, **options: Any
) -> AsyncIterator[Wire]:
    """A server with two days of history; nothing happens unless the test moves its clock."""
    options = {"users": USERS, "roles": ROLES, "tls": False, "export_seconds": 0.0, **options}
    async with (
        FrigateSimulator(
            scene, release, cameras=cameras, live=False, clock=lambda: NOON, **options
        ) as sim,
        ClientSession(cookie_jar=DummyCookieJar()) as session,
    ):
        yield Wire(sim, session)
