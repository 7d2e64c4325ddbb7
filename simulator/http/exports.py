"""Exports: queued, run as jobs, then files."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
import secrets
from typing import Any

from aiohttp import web

from simulator.http.answers import done, json_answer, path_times, refusal
from simulator.http.site import Access, Call, Route, Site
from simulator.rows import MEDIA_ROOT, ExportRow, Json

QUEUE_LIMIT = 100
PROGRESS = (0.0, 50.0, 100.0)
FILE_CACHE = 20


@dataclass(slots=True)
class Job:
    """A queued or running export, in the keys of `GET /api/jobs/export`."""

    row: ExportRow
    name: str | None
    status: str = "queued"
    started: float | None = None
    step: str = "queued"
    percent: float = 0.0
    error: str | None = None

    def json(self) -> Json:
        """The job's row, the same in the list and in `job_state`."""
        return {
            "id": self.row.id,
            "job_type": "export",
            "status": self.status,
            "camera": self.row.camera,
            "name": self.name,
            "export_case_id": None,
            "request_start_time": self.row.start_time,
            "request_end_time": self.row.end_time,
            "start_time": self.started,
            "end_time": None,
            "error_message": self.error,
            "results": None,
            "current_step": self.step,
            "progress_percent": self.percent,
        }


class ExportJobs:
    """The one worker that makes exports, and the files it made.

    A finished job disappears from the list at once; what is left is the export itself. A failed one
    (`fail_next`) leaves neither.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self.jobs: list[Job] = []
        self.files: dict[str, bytes] = {}
        self.fail_next: str | None = None
        self._worker: asyncio.Task[None] | None = None

    def add(self, job: Job) -> None:
        """Queue a job."""
        self.jobs.append(job)
        self._push()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Stop working."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    def _push(self) -> None:
        if not self._site.world.personality.export_jobs:
            return
        status = "running" if any(job.status == "running" for job in self.jobs) else "queued"
        state = {
            "job_type": "export",
            "status": status,
            "results": {"jobs": [job.json() for job in self.jobs]},
        }
        self._site.world.publish("job_state", {"export": state})

    async def _work(self) -> None:
        while self.jobs:
            job = self.jobs[0]
            job.status, job.started = "running", self._site.world.now()
            row = job.row
            self._site.world.db.exports[row.id] = row
            self._push()
            for percent in PROGRESS:
                await asyncio.sleep(self._site.options.export_seconds / len(PROGRESS))
                job.step, job.percent = (
                    ("finalizing" if percent == PROGRESS[-1] else "copying"),
                    percent,
                )
                self._push()
            if self.fail_next is not None:
                job.status, job.error, self.fail_next = "failed", self.fail_next, None
                self._site.world.db.exports.pop(row.id, None)
                self._push()
            row.in_progress = False
            self.jobs.remove(job)
            self._push()

    async def file(self, row: ExportRow) -> bytes:
        """The video of a finished export."""
        if row.id not in self.files:
            if len(self.files) >= FILE_CACHE:
                self.files.clear()
            media = self._site.media
            self.files[row.id] = await asyncio.to_thread(
                media.clip, row.camera, row.start_time, row.end_time
            )
        return self.files[row.id]


def _export(
    call: Call, start: float, end: float, data: dict[str, Any]
) -> tuple[ExportRow, str | None]:
    camera = call.part("camera")
    suffix = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(6))
    export_id = f"{camera}_{suffix}"
    times = [datetime.fromtimestamp(moment, UTC) for moment in (start, end)]
    shown = f"{camera.replace('_', ' ')} {times[0]:%Y-%m-%d %H:%M:%S} {times[1]:%Y-%m-%d %H:%M:%S}"
    name = data.get("name") or data.get("friendly_name")
    return (
        ExportRow(
            id=export_id,
            camera=camera,
            name=name or shown,
            date=int(start),
            video_path=f"{MEDIA_ROOT}/exports/{camera}_{times[0]:%Y%m%d_%H%M%S}-{times[1]:%Y%m%d_%H%M%S}_{suffix}.mp4",
            thumb_path=f"{MEDIA_ROOT}/clips/export/{export_id}.webp",
            in_progress=True,
            start_time=int(start) if start == int(start) else start,
            end_time=int(end) if end == int(end) else end,
        ),
        name,
    )


async def create(call: Call) -> web.StreamResponse:
    """`POST /api/export/{camera}/start/{start}/end/{end}`: the JSON body is required."""
    start, end = path_times(call.request)
    data = await call.body()
    camera = call.part("camera")
    if call.world.camera_config(camera) is None:
        raise refusal(404, f"{camera} is not a valid camera.")
    call.require_camera(camera)
    if not any(call.world.db.recordings.spans(camera, start, end, call.world.now())):
        raise refusal(400, "No recordings found for time range")
    if len(call.site.exports.jobs) >= QUEUE_LIMIT:
        raise refusal(503, "Export queue is full. Try again later.")
    row, name = _export(call, start, end, data)
    call.site.exports.add(Job(row, name))
    if not call.world.personality.export_jobs:
        return done("Starting export of recording.", export_id=row.id)
    return done("Export queued.", 202, export_id=row.id, status="queued")


async def listing(call: Call) -> web.StreamResponse:
    """`GET /api/exports`."""
    wanted = call.visible(call.query.several("cameras"))
    rows = [row for row in call.world.db.exports.values() if wanted is None or row.camera in wanted]
    return json_answer([row.json(with_case=call.world.personality.export_cases) for row in rows])


def _find(call: Call) -> ExportRow:
    row = call.world.db.exports.get(call.part("export_id"))
    if row is None:
        raise refusal(404, "Export not found")
    call.require_camera(row.camera)
    return row


async def single(call: Call) -> web.StreamResponse:
    """`GET /api/exports/{id}`."""
    return json_answer(_find(call).json(with_case=call.world.personality.export_cases))


async def rename(call: Call) -> web.StreamResponse:
    """`PATCH /api/export/{id}/rename`."""
    data = await call.body("name")
    _find(call).name = data["name"]
    return done("Successfully renamed export.")


def _delete(call: Call, export_id: str) -> None:
    call.world.db.exports.pop(export_id, None)
    call.site.exports.files.pop(export_id, None)


async def delete(call: Call) -> web.StreamResponse:
    """`DELETE /api/export/{id}`, up to 0.17."""
    if call.world.personality.export_bulk_delete:
        return json_answer({"detail": "Method Not Allowed"}, 405)
    _delete(call, _find(call).id)
    return done("Successfully deleted export.")


async def delete_several(call: Call) -> web.StreamResponse:
    """`POST /api/exports/delete`, from 0.18."""
    if not call.world.personality.export_bulk_delete:
        return json_answer({"detail": "Not Found"}, 404)
    for export_id in (await call.body("ids"))["ids"]:
        _delete(call, export_id)
    return done("Successfully deleted exports")


async def jobs(call: Call) -> web.StreamResponse:
    """`GET /api/jobs/export`."""
    if not call.world.personality.export_jobs:
        return json_answer({"detail": "Not Found"}, 404)
    wanted = call.visible(None)
    return json_answer(
        [job.json() for job in call.site.exports.jobs if wanted is None or job.row.camera in wanted]
    )


async def job(call: Call) -> web.StreamResponse:
    """`GET /api/jobs/export/{id}`."""
    for queued in call.site.exports.jobs:
        if queued.row.id == call.part("export_id"):
            call.require_camera(queued.row.camera)
            return json_answer(queued.json())
    raise refusal(404, "Job not found")


async def cases(_call: Call) -> web.StreamResponse:
    """`GET /api/cases`: the simulator has none."""
    return json_answer([])


ROUTES = (
    Route("POST", "/api/export/{camera}/start/{start_time}/end/{end_time}", create),
    Route("PATCH", "/api/export/{export_id}/rename", rename, Access.ADMIN),
    Route("DELETE", "/api/export/{export_id}", delete, Access.ADMIN),
    Route("GET", "/api/exports", listing),
    Route("POST", "/api/exports/delete", delete_several, Access.ADMIN),
    Route("GET", "/api/exports/{export_id}", single),
    Route("GET", "/api/jobs/export", jobs),
    Route("GET", "/api/jobs/export/{export_id}", job),
    Route("GET", "/api/cases", cases),
)
