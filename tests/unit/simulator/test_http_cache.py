"""nginx in front of the server: its cache, what it says while the process is down, and faults put in on purpose."""

import asyncio
from typing import Any

import aiohttp
import pytest

from simulator.http.cache import Cache
from tests.unit.simulator.http_rig import CLINIC, GATE, OFFICE, Wire, serving

pytestmark = pytest.mark.usefixtures("socket_enabled")

STATUS = "X-Cache-Status"
EVENTS = "/api/events?limit=-1"


class Watch:
    """A clock that a test moves."""

    def __init__(self, wire: Wire) -> None:
        self.time = 1000.0
        wire.sim.site.cache = Cache(lambda: self.time)


def detecting(config: Any) -> bool:
    return bool(config["cameras"][GATE]["detect"]["enabled"])


async def test_answers_live_for_five_seconds_unless_the_cache_is_passed_by() -> None:
    async with serving() as wire:
        watch = Watch(wire)
        first = await wire.get("/api/config")
        assert (first.headers[STATUS], first.headers["Cache-Control"]) == ("MISS", "no-store")
        wire.sim.frigate.command(f"{GATE}/detect/set", "OFF")
        watch.time += 4.9
        stale = await wire.get("/api/config")
        assert (stale.headers[STATUS], stale.body) == ("HIT", first.body)
        assert stale.headers["Content-Type"] == first.headers["Content-Type"]
        fresh = await wire.get("/api/config", headers={"X-Cache-Bypass": "1"})
        assert fresh.headers[STATUS] == "BYPASS"
        assert (detecting(stale.json), detecting(fresh.json)) == (True, False)
        wire.sim.frigate.command(f"{GATE}/detect/set", "ON")
        after_bypass = await wire.get("/api/config")
        assert (after_bypass.headers[STATUS], after_bypass.body) == ("HIT", fresh.body)
        watch.time += 5.1
        later = await wire.get("/api/config")
        assert later.headers[STATUS] == "MISS"
        assert detecting(later.json)


async def test_what_is_never_kept() -> None:
    async with serving() as wire:
        for path in ("/api/stats", "/api/version", f"/api/{GATE}/latest.jpg"):
            for _ in range(2):
                assert STATUS not in (await wire.get(path)).headers, path
        for _ in range(2):
            missing = await wire.get("/api/events/nope")
            assert missing.status == 404
            assert STATUS not in missing.headers
            text = await wire.get("/api/")
            assert text.headers[STATUS] == "MISS"
        write = await wire.ask("PUT", f"/api/camera/{GATE}/set/detect", json={"value": "OFF"})
        assert write.headers["Cache-Control"] == "no-store"
        assert STATUS not in write.headers
        two = [await wire.get(f"/api/events?limit={limit}") for limit in (1, 2)]
        assert [len(one.json) for one in two] == [1, 2]


@pytest.mark.parametrize(("release", "shared"), [("0.16", True), ("0.18", False)])
async def test_the_cache_of_0_16_mixes_up_who_asked(release: str, shared: bool) -> None:
    async with serving(release) as wire:
        await wire.get(EVENTS, await wire.log_in("an"))
        answer = await wire.get(EVENTS, await wire.log_in("chi"))
        assert answer.headers[STATUS] == ("HIT" if shared else "MISS")
        assert ({row["camera"] for row in answer.json} == {OFFICE, CLINIC}) is not shared


async def test_nginx_answers_alone_while_the_process_is_down() -> None:
    async with serving() as wire:
        token = await wire.log_in("an")
        wire.sim.frigate.stop()
        for path, given, status in (
            ("/api/config", None, 502),
            ("/api/config", token, 500),
            ("/api/config", "", 500),
            ("/ws", None, 500),
            ("/vod/event/x/index.m3u8", None, 502),
        ):
            answer = await wire.get(path, given)
            assert answer.status == status, (path, given)
            assert answer.headers["Content-Type"] == "text/html"
            assert f"<h1>{status} " in answer.text
        assert (await wire.get("/")).status == 200
        wire.sim.frigate.start()
        assert (await wire.get("/api/config")).status == 200
        assert (await wire.get("/api/config", token)).status == 200


async def test_a_restart_over_http_is_a_new_process() -> None:
    async with serving() as wire:
        phases: list[str] = []
        wire.sim.frigate.on_restart(phases.append)
        answer = await wire.ask("POST", "/api/restart")
        assert answer.json["success"] is True
        assert phases == ["stop", "start"]


async def test_a_network_that_is_cut_refuses_and_comes_back_on_the_same_port() -> None:
    async with serving() as wire:
        url = wire.sim.url
        await wire.sim.server.disconnect()
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(f"{url}/api/version")
            await wire.sim.server.reconnect()
            assert wire.sim.url == url
            async with session.get(f"{url}/api/version") as response:
                assert response.status == 200


async def test_faults() -> None:
    async with serving() as wire:
        faults = wire.sim.site.faults
        broken = faults.add("GET", "/api/conf*", status=503, body='{"message":"busy"}', times=2)
        answers = [await wire.get("/api/config") for _ in range(3)]
        assert [one.status for one in answers] == [503, 503, 200]
        assert answers[0].json == {"message": "busy"}
        assert broken.hits == 2
        drop = faults.add("*", "/api/version", drop=True)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await wire.get("/api/version")
        faults.remove(drop)
        assert (await wire.get("/api/version")).status == 200
        faults.add("GET", "/api/version", partial=b"0.1")
        with pytest.raises(aiohttp.ClientPayloadError):
            await wire.get("/api/version")
        faults.clear()
        assert (await wire.get("/api/version")).status == 200


async def test_a_slow_answer_ends_with_the_patience_of_the_client() -> None:
    async with asyncio.timeout(20), serving() as wire:
        slow = wire.sim.site.faults.add("GET", "/api/version", delay=120)
        asked = asyncio.create_task(wire.get("/api/version"))
        while not slow.hits:  # noqa: ASYNC110  # A fault tells nobody.
            await asyncio.sleep(0.01)
        assert not asked.done()
        asked.cancel()
        slow.delay = 0.01
        assert (await wire.get("/api/version")).status == 200


async def test_every_request_is_remembered_with_who_asked() -> None:
    async with serving() as wire:
        token = await wire.log_in("binh")
        await wire.get("/api/events?limit=3", token, headers={"X-Test": "yes"})
        await wire.ask("PUT", f"/api/camera/{GATE}/set/detect", json={"value": "OFF"})
        login, read, write = wire.sim.site.requests
        assert (login.path, login.user) == ("/api/login", None)
        assert (read.method, read.path, read.query) == ("GET", "/api/events", {"limit": "3"})
        assert (read.user, read.role, read.headers["X-Test"]) == ("binh", "viewer", "yes")
        assert (write.user, write.body) == ("anonymous", b'{"value": "OFF"}')
        assert read.port != write.port == wire.sim.port


async def test_a_base_path_and_plain_paths_both_work() -> None:
    async with serving(base_path="/frigate") as wire:
        assert wire.sim.url.endswith("/frigate")
        assert (await wire.get("/api/version")).status == 200
        token = await wire.log_in("an")
        assert (await wire.get("/api/version", token)).status == 200
        assert (await wire.get("/api/version", "")).status == 401
        async with wire.socket() as socket:
            await socket.send("onConnect")
            assert "camera_activity" in await socket.until("camera_activity")


async def test_unknown_paths_and_methods() -> None:
    async with serving() as wire:
        nope = await wire.get("/api/nope/at/all")
        assert (nope.status, nope.json) == (404, {"detail": "Not Found"})
        wrong = await wire.ask("POST", "/api/version")
        assert (wrong.status, wrong.json) == (405, {"detail": "Method Not Allowed"})
        assert "GET" in wrong.headers["allow"]
        files = await wire.get("/vod/nope")
        assert files.status == 404
        assert "nginx" in files.text
        assert files.headers["Server"].startswith("nginx/")
