"""The Home Assistant processes that are measured: ours, a bare subscriber, an empty platform."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
import json
from pathlib import Path
import signal
import sys
import time
from typing import Any, override

import aiohttp

from devtools.hass import RealHass, free_port
from devtools.seed import Seed, commune_entry, mqtt_entry

from .figures import Subject, Window

COMPONENTS = Path(__file__).resolve().parent / "components"
# What the integration depends on is loaded before, so that nobody's set-up pays for it.
CONFIGURATION = """\
config:
frontend:
media_source:
stream:
logger:
  default: warning
"""
REGISTRIES = ("core.entity_registry", "core.device_registry")
QUIET_SECONDS = 1.0
QUIET_CPU = 0.03
LIMIT_SECONDS = 300.0


class BenchHass(RealHass):
    """A process that also has the components of the benchmark."""

    @override
    def prepare(self) -> None:
        super().prepare()
        for component in COMPONENTS.iterdir():
            link = self.config / "custom_components" / component.name
            if not link.exists():
                link.symlink_to(component)

    async def until_quiet(self) -> float:
        """Wait until the process has nothing to do any more; returns its CPU seconds at that moment."""
        deadline = time.monotonic() + LIMIT_SECONDS
        history = [(time.monotonic(), self.cpu_seconds())]
        while time.monotonic() < deadline:
            await asyncio.sleep(0.1)
            now, cpu = time.monotonic(), self.cpu_seconds()
            history.append((now, cpu))
            old = [one for one in history if one[0] <= now - QUIET_SECONDS]
            if old and cpu - old[-1][1] <= QUIET_CPU:
                return old[-1][1]
        raise TimeoutError(f"Home Assistant was not quiet within {LIMIT_SECONDS:.0f} s")

    async def until_stored(self, since: float) -> None:
        """Wait until the registries are written, some 10 s after a change, so that no window pays for it."""
        deadline = time.monotonic() + LIMIT_SECONDS
        paths = [self.config / ".storage" / name for name in REGISTRIES]
        while not all(path.exists() and path.stat().st_mtime > since for path in paths):
            if time.monotonic() > deadline:
                raise TimeoutError("the registries were not written")
            await asyncio.sleep(0.2)

    def stored(self, name: str) -> dict[str, Any]:
        """What is in a stored file."""
        text = (self.config / ".storage" / name).read_text(encoding="utf-8")
        data: dict[str, Any] = json.loads(text)["data"]
        return data


class Player:
    """The process that plays Frigate, and the way to give it orders."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._session = session

    async def state(self) -> dict[str, Any]:
        async with self._session.get(f"{self.url}/bench/state") as answer:
            found: dict[str, Any] = await answer.json()
        return found

    async def order(self, what: str, **fields: Any) -> dict[str, Any]:
        async with self._session.post(f"{self.url}/bench/{what}", json=fields) as answer:
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
        return found


@asynccontextmanager
async def player(cameras: int, broker: int | None, prefix: str) -> AsyncIterator[Player]:
    """Run the process that plays Frigate."""
    arguments = ["--cameras", str(cameras), "--prefix", prefix]
    if broker is not None:
        arguments += ["--broker", str(broker)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.upstream",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = await process.stdout.readline()
        timeout = aiohttp.ClientTimeout(total=LIMIT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            yield Player(session, json.loads(line)["port"])
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


class Target:
    """One process under measurement."""

    def __init__(self, subject: Subject, hass: BenchHass, upstream: Player | None) -> None:
        self.subject = subject
        self.hass = hass
        self.upstream = upstream
        self._marker = 1000
        self._given_up: dict[int, float] = {}

    async def set_up(self) -> None:
        """Enable the entry, which is there but disabled, and measure until everything is quiet."""
        subject, hass = self.subject, self.hass
        before = await hass.until_quiet()
        entry = hass.seed.entries[-1]
        async with hass.client() as client:
            await client.call(
                "config_entries/disable", entry_id=entry["entry_id"], disabled_by=None
            )
            if self.upstream is not None:
                await self._until_greeted()
            subject.setup_cpu = await hass.until_quiet() - before
            entries = await client.call("config_entries/get", domain=entry["domain"])
        if [one["state"] for one in entries] != ["loaded"]:
            raise RuntimeError(f"not set up: {entries}\n{hass.tail()}")

    async def count_entities(self, since: float) -> None:
        """Wait until the registries are written and count what is in them."""
        async with asyncio.timeout(LIMIT_SECONDS):
            await self.hass.until_stored(since)
            # It may have been written once more before the set-up.
            while not (rows := self.rows()):
                await asyncio.sleep(0.2)
        subject = self.subject
        subject.entities = len(rows)
        subject.enabled = sum(row["disabled_by"] is None for row in rows)

    async def _until_greeted(self) -> None:
        assert self.upstream is not None
        deadline = time.monotonic() + LIMIT_SECONDS
        while not (await self.upstream.state())["greeted"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the integration did not connect\n{self.hass.tail()}")
            await asyncio.sleep(0.2)

    def rows(self) -> list[dict[str, Any]]:
        """Registered entities of the entry."""
        entry_id = self.hass.seed.entries[-1]["entry_id"]
        return [
            row
            for row in self.hass.stored("core.entity_registry")["entities"]
            if row["config_entry_id"] == entry_id
        ]

    def _is_mine(self, device: Mapping[str, Any]) -> bool:
        domain = self.hass.seed.entries[-1]["domain"]
        return any(identifier[0] == domain for identifier in device["identifiers"])

    def plan(self) -> dict[str, Any]:
        """The same devices and entities for an empty platform."""
        stored = self.hass.stored("core.device_registry")
        devices = {
            device["id"]: {
                "name": device["name"],
                "via": device.get("via_device_id"),
                "parent": device.get("parent_device_id"),
            }
            for device in (*stored["devices"], *stored["child_devices"])
            if self._is_mine(device)
        }
        entities: dict[str, list[dict[str, Any]]] = {}
        for row in self.rows():
            entities.setdefault(row["entity_id"].partition(".")[0], []).append(
                {
                    "unique_id": row["unique_id"],
                    "device": row["device_id"],
                    "name": row["original_name"],
                    "enabled": row["disabled_by"] is None,
                }
            )
        return {"devices": devices, "entities": entities}

    def follow(self, ours: Target) -> None:
        """Have, as an empty platform, the devices and entities of somebody else."""
        text = json.dumps(ours.plan())
        (self.hass.config / "idle_platform.json").write_text(text, encoding="utf-8")

    async def play(self, count: int, rate: float, *, measured: bool = True) -> None:
        """Play messages, measure, and see that the last of them was taken."""
        assert self.upstream is not None
        self._marker += 1
        before = await self.hass.until_quiet()
        played = await self.upstream.order("play", count=count, rate=rate, marker=self._marker)
        after = await self.hass.until_quiet()
        while await self._state_of(played["marker"]) != str(self._marker):
            # A process that got no CPU at all looks quiet too.
            if time.monotonic() > self._deadline(played):
                raise TimeoutError(f"the marker never arrived: {self.subject}\n{self.hass.tail()}")
            after = await self.hass.until_quiet()
        if measured:
            self.subject.windows.append(Window(messages=played["sent"], cpu=after - before))
            await self._compare(played["expected"])

    def _deadline(self, played: Mapping[str, Any]) -> float:
        limit: float = self._given_up.setdefault(
            self._marker, time.monotonic() + 30 + float(played["seconds"])
        )
        return limit

    def _entity_ids(self) -> dict[str, str]:
        """Entity ids by the topic of their count."""
        if self.subject.kind != "ours":
            return {}
        found = {}
        for row in self.rows():
            parts = row["unique_id"].split(":")
            if len(parts) == 4 and parts[2] == "count" and row["disabled_by"] is None:
                found[f"{parts[1]}/{parts[3]}"] = row["entity_id"]
        return found

    def _entity_id(self, topic: str) -> str:
        if self.subject.kind == "ours":
            return self._entity_ids()[topic]
        return f"bare_{self.subject.link}.{topic.replace('/', '_')}"

    async def _state_of(self, topic: str) -> str | None:
        url = f"{self.hass.url}/api/states/{self._entity_id(topic)}"
        headers = {"Authorization": f"Bearer {self.hass.token}"}
        async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as answer:
            return str((await answer.json())["state"]) if answer.status == 200 else None

    async def _compare(self, expected: Mapping[str, int]) -> None:
        """Every count of a camera must be what was said last."""
        async with self.hass.client() as client:
            states = {one["entity_id"]: one["state"] for one in await client.call("get_states")}
        if self.subject.kind == "ours":
            known = self._entity_ids()
        else:
            known = {topic: self._entity_id(topic) for topic in expected}
        wrong = {
            topic: (states.get(known[topic]), value)
            for topic, value in expected.items()
            if topic in known and states.get(known[topic]) != str(value)
        }
        if wrong or not set(expected) & set(known):
            raise RuntimeError(f"not all messages were processed: {wrong}")


@asynccontextmanager
async def target(
    kind: str,
    link: str,
    cameras: int,
    folder: Path,
    *,
    broker: int | None = None,
) -> AsyncIterator[Target]:
    """Start a process; what needs a set-up of its own is not set up yet."""
    name = f"{kind}_{link}_{cameras}"
    uses = broker if link == "mqtt" else None
    async with AsyncExitStack() as stack:
        upstream = None
        if kind != "idle":
            upstream = await stack.enter_async_context(player(cameras, uses, name))
        seed = Seed(port=free_port(), language="en", configuration=CONFIGURATION)
        if uses is not None:
            seed.entries.append(mqtt_entry(uses))
        if kind == "bare":
            assert upstream is not None
            where = f"url: {upstream.url}/ws" if link == "ws" else f"prefix: {name}"
            seed.configuration += f"bare_{link}:\n  {where}\n"
        elif kind == "idle":
            entry = {**commune_entry("Idle", {}), "domain": "idle_platform", "subentries": []}
            seed.entries.append({**entry, "disabled_by": "user"})
        else:
            assert upstream is not None
            data = {"url": upstream.url, "transport": link, "topic_prefix": name}
            seed.entries.append({**commune_entry("ANTT", data), "disabled_by": "user"})
        hass = BenchHass(folder / name, seed)
        await stack.enter_async_context(hass)
        yield Target(Subject(kind=kind, link=link, cameras=cameras), hass, upstream)
