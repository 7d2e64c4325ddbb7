"""Exports: jobs in 0.18, plain files before."""

from io import BytesIO
import json
from typing import Any

import av
import pytest

from simulator.http.exports import QUEUE_LIMIT
from tests.unit.simulator.http_rig import CLINIC, GATE, Answer, Socket, Wire, serving
from tests.unit.simulator.media_world import NOON

pytestmark = pytest.mark.usefixtures("socket_enabled")

MINUTE = f"start/{NOON - 120:.0f}/end/{NOON - 60:.0f}"


async def export(wire: Wire, token: str | None = None, **body: Any) -> Answer:
    return await wire.ask("POST", f"/api/export/{GATE}/{MINUTE}", token, json=body)


async def job_states(socket: Socket) -> list[Any]:
    """What is told of the jobs, until none is left."""
    found: list[Any] = []
    while not found or found[-1]["results"]["jobs"]:
        topic, payload = await socket.next()
        if topic == "job_state":
            found.append(json.loads(payload)["export"])
    return found


async def test_an_export_is_a_job_and_then_a_file() -> None:
    async with serving() as wire, wire.socket() as socket:
        answer = await export(wire, name="Vụ việc ở cổng")
        assert answer.status == 202
        export_id = answer.json["export_id"]
        assert export_id.startswith(f"{GATE}_")
        assert answer.json == {
            "success": True,
            "message": "Export queued.",
            "export_id": export_id,
            "status": "queued",
        }
        states = await job_states(socket)
        steps = [job["current_step"] for state in states for job in state["results"]["jobs"]]
        assert list(dict.fromkeys(steps)) == ["queued", "copying", "finalizing"]
        assert {job["id"] for state in states for job in state["results"]["jobs"]} == {export_id}
        percents = [job["progress_percent"] for state in states for job in state["results"]["jobs"]]
        assert percents == sorted(percents)
        assert percents[-1] == 100
        (row,) = await wire.json("/api/exports")
        assert (row["name"], row["camera"], row["in_progress"]) == ("Vụ việc ở cổng", GATE, False)
        assert row["export_case"] is None
        assert row == await wire.json(f"/api/exports/{export_id}")
        path = row["video_path"].removeprefix("/media/frigate")
        video = await wire.get(path)
        assert video.headers["Content-Type"] == "video/mp4"
        with av.open(BytesIO(video.body), "r") as container:
            assert container.duration is not None
            assert container.duration / 1e6 == pytest.approx(60, abs=2.5)
        part = await wire.get(path, headers={"Range": "bytes=0-9"})
        assert (part.status, part.body) == (206, video.body[:10])
        thumb = await wire.get(row["thumb_path"].removeprefix("/media/frigate"))
        assert thumb.headers["Content-Type"] == "application/octet-stream"
        (listed,) = (await wire.get("/exports/")).json
        assert listed == {"name": path.rpartition("/")[2], "type": "file", "size": len(video.body)}


async def test_a_running_job_can_be_asked_for() -> None:
    async with serving(export_seconds=600) as wire, wire.socket() as socket:
        export_id = (await export(wire)).json["export_id"]
        running = None
        while running is None or running["status"] != "running":
            running = json.loads((await socket.until("job_state"))["job_state"])["export"]
        (job,) = await wire.json("/api/jobs/export")
        assert job == await wire.json(f"/api/jobs/export/{export_id}")
        assert (job["status"], job["camera"], job["job_type"]) == ("running", GATE, "export")
        assert job["request_start_time"] == NOON - 120
        (row,) = await wire.json("/api/exports")
        assert row["in_progress"] is True
        assert (await wire.get(row["video_path"].removeprefix("/media/frigate"))).status == 404
        assert (await wire.get("/api/jobs/export/nope")).status == 404


async def test_a_failed_export_leaves_nothing() -> None:
    async with serving() as wire, wire.socket() as socket:
        wire.sim.site.exports.fail_next = "ffmpeg: no space left on device"
        await export(wire)
        states = await job_states(socket)
        (job,) = states[-2]["results"]["jobs"]
        assert (job["status"], job["error_message"]) == (
            "failed",
            "ffmpeg: no space left on device",
        )
        assert await wire.json("/api/exports") == []
        await export(wire)
        await job_states(socket)
        assert len(await wire.json("/api/exports")) == 1


async def test_exports_that_cannot_be() -> None:
    async with serving(export_seconds=600) as wire:
        no_body = await wire.ask("POST", f"/api/export/{GATE}/{MINUTE}")
        assert no_body.status == 422
        nowhere = await wire.ask("POST", f"/api/export/nope/{MINUTE}", json={})
        assert nowhere.status == 404
        empty = await wire.ask("POST", f"/api/export/{GATE}/start/1000/end/1010", json={})
        assert (empty.status, empty.json["message"]) == (400, "No recordings found for time range")
        bad = await wire.ask("POST", f"/api/export/{GATE}/start/x/end/1010", json={})
        assert bad.status == 422
        token = await wire.log_in("chi")
        assert (await export(wire, token)).status == 403
        theirs = await wire.ask("POST", f"/api/export/{CLINIC}/{MINUTE}", token, json={})
        assert theirs.status == 202
        for _ in range(QUEUE_LIMIT - 1):
            wire.sim.site.exports.jobs.append(wire.sim.site.exports.jobs[0])
        full = await export(wire)
        assert (full.status, full.json["message"]) == (
            503,
            "Export queue is full. Try again later.",
        )


async def test_renaming_and_deleting() -> None:
    async with serving() as wire, wire.socket() as socket:
        export_id = (await export(wire)).json["export_id"]
        await job_states(socket)
        viewer = await wire.log_in("binh")
        path = f"/api/export/{export_id}/rename"
        assert (await wire.ask("PATCH", path, viewer, json={"name": "x"})).status == 403
        assert (await wire.ask("PATCH", path, json={"name": "Mới"})).status == 200
        assert (await wire.json(f"/api/exports/{export_id}"))["name"] == "Mới"
        assert (await wire.ask("DELETE", f"/api/export/{export_id}")).status == 405
        gone = await wire.ask("POST", "/api/exports/delete", json={"ids": [export_id]})
        assert gone.status == 200
        assert await wire.json("/api/exports") == []
        fresh = {"X-Cache-Bypass": "1"}
        assert (await wire.get(f"/api/exports/{export_id}", headers=fresh)).status == 404


async def test_exports_of_0_17() -> None:
    async with serving("0.17") as wire:
        answer = await export(wire, playback="realtime")
        export_id = answer.json["export_id"]
        assert answer.status == 200
        assert answer.json["message"] == "Starting export of recording."
        assert "status" not in answer.json
        rows = await wire.json("/api/exports")
        while not rows or rows[0]["in_progress"]:
            rows = await wire.json("/api/exports")
        assert "export_case" not in rows[0]
        assert (await wire.get("/api/jobs/export")).status == 404
        bulk = await wire.ask("POST", "/api/exports/delete", json={"ids": [export_id]})
        assert bulk.status == 404
        assert (await wire.ask("DELETE", f"/api/export/{export_id}")).status == 200
        assert await wire.json("/api/exports") == []
