"""The simulated server's answers beside those that a real one gave: same keys in the same order, same types."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.simulator.http_rig import GATE, Wire, serving
from tests.unit.simulator.media_world import NOON

pytestmark = pytest.mark.usefixtures("socket_enabled")

CAPTURES = Path(__file__).parents[2] / "fixtures" / "frigate-0.18" / "http"
# Objects whose keys are names: of cameras, zones, masks, labels, processes, days.
BY_NAME = frozenset(
    {
        "config.cameras",
        "config.cameras.*.audio.filters",
        "config.cameras.*.zones",
        "config.cameras.*.live.streams",
        "config.cameras.*.objects.filters",
        "config.cameras.*.objects.mask",
        "config.cameras.*.motion.mask",
        "config.cameras.*.profiles",
        "config.cameras.*.profiles.*",
        "config.camera_groups",
        "config.classification.custom",
        "config.detectors",
        "config.genai",
        "config.go2rtc.streams",
        "config.model.colormap",
        "config.objects.filters",
        "config.profiles",
        "config.auth.roles",
        "stats.cameras",
        "stats.cpu_usages",
        "stats.detectors",
        "stats.processes",
        "stats.service.storage",
        "recordings_storage",
        "recordings_summary",
    }
)
# The machine that was recorded had no GPU and a detector without a thermometer.
MACHINE = {"stats": {"gpu_usages"}, "stats.detectors.*": {"temperature"}}


def kind(value: Any) -> str:
    """What a client takes it for; a number may be whole by chance, and anything may be missing."""
    if value is None:
        return "anything"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


def differences(real: Any, mine: Any, place: str) -> list[str]:
    """Where two documents differ in keys, their order, or types."""
    kinds = {kind(real), kind(mine)} - {"anything"}
    if len(kinds) > 1:
        return [f"{place}: {kinds}"]
    if isinstance(real, list) and isinstance(mine, list):
        return differences(real[0], mine[0], f"{place}[]") if real and mine else []
    if not isinstance(real, dict) or not isinstance(mine, dict):
        return []
    if place in BY_NAME:
        if not real or not mine:
            return []
        return differences(next(iter(real.values())), next(iter(mine.values())), f"{place}.*")
    keys = [key for key in mine if key not in MACHINE.get(place, ())]
    found = [] if keys == list(real) else [f"{place}: {list(real)} {keys}"]
    for key in real.keys() & mine.keys():
        found += differences(real[key], mine[key], f"{place}.{key}")
    return found


async def lived(wire: Wire) -> None:
    """Let a minute pass in which things happen."""
    wire.sim.frigate.step(60)


def finished(rows: list[Any]) -> list[Any]:
    return [row for row in rows if row["end_time"] is not None]


ANSWERS = {
    "config.json": "/api/config",
    "stats.json": "/api/stats",
    "events_q_limit_1.json": "/api/events?limit=1&in_progress=0",
    "review.json": "/api/review",
    "profiles.json": "/api/profiles",
    "profile.json": "/api/profile",
    "profile_active.json": "/api/profile/active",
    "recordings_storage.json": "/api/recordings/storage",
    "recordings_summary.json": "/api/recordings/summary",
    "cam_recsummary_front_door.json": f"/api/{GATE}/recordings/summary",
    "cam_recordings_front_door.json": f"/api/{GATE}/recordings?after={NOON - 60}&before={NOON}",
    "ptzinfo_front_door.json": f"/api/{GATE}/ptz/info",
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_answers_look_like_those_of_a_real_server(name: str) -> None:
    real = json.loads((CAPTURES / name).read_text(encoding="utf-8"))
    async with serving() as wire:
        await lived(wire)
        mine = await wire.json(ANSWERS[name])
    assert type(mine) is type(real)
    if name == "review.json":
        real, mine = finished(real), finished(mine)
    assert bool(mine) is bool(real)
    assert differences(real, mine, name.removesuffix(".json")) == []


async def test_single_objects_and_reviews_look_like_those_of_a_real_server() -> None:
    async with serving() as wire:
        event = (await wire.json("/api/events?in_progress=0&limit=1"))[0]
        review = finished(await wire.json("/api/review"))[0]
        for name, path in (
            ("event_one", f"/api/events/{event['id']}"),
            ("review_one", f"/api/review/{review['id']}"),
        ):
            real = json.loads((CAPTURES / f"{name}.json").read_text(encoding="utf-8"))
            assert differences(real, await wire.json(path), name) == []


async def test_the_life_of_objects_looks_like_that_of_a_real_server() -> None:
    real = json.loads((CAPTURES / "timeline.json").read_text(encoding="utf-8"))
    async with serving() as wire:
        await lived(wire)
        mine = [
            row
            for row in await wire.json("/api/timeline?limit=1000")
            if row["class_type"] in ("visible", "entered_zone", "gone")
        ]
    by_type = {row["class_type"]: row for row in real}
    assert {row["class_type"] for row in mine} >= {"visible", "entered_zone", "gone"}
    for row in mine:
        assert differences(by_type[row["class_type"]], row, "timeline") == []


@pytest.mark.parametrize(
    ("name", "user"), [("ext_viewer_stats", "binh"), ("ext_yard_stats", "chi")]
)
async def test_statistics_for_others_look_like_those_of_a_real_server(name: str, user: str) -> None:
    real = json.loads((CAPTURES / f"{name}.json").read_text(encoding="utf-8"))
    async with serving() as wire:
        mine = await wire.json("/api/stats", await wire.log_in(user))
    assert differences(real, mine, "stats") == []


@pytest.mark.parametrize(
    ("release", "absent"),
    [
        ("0.16", {"friendly_name", "semantic_search", "profiles"}),
        ("0.17", {"profiles"}),
        ("0.18", set()),
    ],
)
async def test_older_releases_lack_newer_parts(release: str, absent: set[str]) -> None:
    newer = {"friendly_name", "semantic_search", "profiles"}
    async with serving(release) as wire:
        config = await wire.json("/api/config")
        assert config["version"] == f"{release}-0"
        assert newer - config["cameras"][GATE].keys() == absent
        masks = config["cameras"][GATE]["motion"]["mask"]
        assert isinstance(masks, dict) is (release == "0.18")
        stats = await wire.json("/api/stats")
        assert ("connection_quality" in stats["cameras"][GATE]) is (release == "0.18")
        assert ("temperatures" in stats["service"]) is (release != "0.18")
        for path, since in (("/api/profiles", 18), ("/api/jobs/export", 18)):
            found = await wire.get(path)
            assert found.status == (200 if int(release[2:]) >= since else 404), path
        put = await wire.ask("PUT", f"/api/camera/{GATE}/set/detect", json={"value": "OFF"})
        assert put.status == (200 if release == "0.18" else 404)
