"""Lists and their filters: objects, reviews, recordings; each filter checked against all rows."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.unit.simulator.http_rig import CLINIC, GATE, MARKET, OFFICE, Wire, serving
from tests.unit.simulator.media_world import NOON

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Row = dict[str, Any]
DAY = 86400.0
MORNING = NOON - 4 * 3600
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def length(row: Row) -> float | None:
    return None if row["end_time"] is None else row["end_time"] - row["start_time"]


def hour(row: Row) -> int:
    return datetime.fromtimestamp(row["start_time"], HANOI).hour


EVENT_FILTERS: dict[str, Callable[[Row], bool]] = {
    f"cameras={GATE},{MARKET}": lambda row: row["camera"] in (GATE, MARKET),
    f"camera={GATE}": lambda row: row["camera"] == GATE,
    "cameras=nope": lambda row: False,
    "labels=person,car": lambda row: row["label"] in ("person", "car"),
    "label=person": lambda row: row["label"] == "person",
    "labels=pers": lambda row: False,
    "zones=cong_vao_ubnd": lambda row: "cong_vao_ubnd" in row["zones"],
    "zones=None": lambda row: not row["zones"],
    "sub_labels=An": lambda row: row["sub_label"] == "An",
    "sub_labels=None": lambda row: row["sub_label"] is None,
    f"after={MORNING}": lambda row: row["start_time"] > MORNING,
    f"before={MORNING}": lambda row: row["start_time"] < MORNING,
    "has_clip=1": lambda row: row["has_clip"],
    "has_snapshot=0": lambda row: not row["has_snapshot"],
    "in_progress=1": lambda row: row["end_time"] is None,
    "in_progress=0": lambda row: row["end_time"] is not None,
    "favorites=1": lambda row: row["retain_indefinitely"],
    "min_score=0.8": lambda row: (row["data"].get("score") or 0) >= 0.8,
    "max_score=0.8": lambda row: (
        row["data"].get("score") is not None and row["data"]["score"] <= 0.8
    ),
    "min_length=10": lambda row: (length(row) or 0) >= 10,
    "recognized_license_plate=36A.*": lambda row: str(
        row["data"].get("recognized_license_plate")
    ).startswith("36A"),
    "time_range=06:00,09:59&timezone=Asia/Ho_Chi_Minh": lambda row: 6 <= hour(row) < 10,
    "time_range=22:00,05:59&timezone=Asia/Ho_Chi_Minh": lambda row: (
        hour(row) >= 22 or hour(row) < 6
    ),
}


async def prepared(wire: Wire) -> list[Row]:
    """All objects: history, some that are running, one of each rare kind."""
    frigate = wire.sim.frigate
    first, second, third = list(frigate.db.events.values())[:3]
    first.retain_indefinitely = True
    second.sub_label = "An"
    third.data["recognized_license_plate"] = "36A-123.45"
    third.has_snapshot = third.has_clip = False
    frigate.step(30)
    rows: list[Row] = await wire.json("/api/events?limit=-1")
    assert len(rows) == len(frigate.db.events)
    return rows


async def test_filters_of_objects() -> None:
    async with serving() as wire:
        rows = await prepared(wire)
        starts = [row["start_time"] for row in rows]
        assert starts == sorted(starts, reverse=True)
        for query, wanted in EVENT_FILTERS.items():
            found = await wire.json(f"/api/events?limit=-1&{query}")
            expected = [row["id"] for row in rows if wanted(row)]
            assert [row["id"] for row in found] == expected, query
            assert len(expected) < len(rows), f"{query} leaves something out"
            nothing = query in ("cameras=nope", "labels=pers")
            assert bool(expected) is not nothing, query


async def test_limits_orders_and_shapes_of_objects() -> None:
    async with serving() as wire:
        rows = await prepared(wire)
        assert await wire.json("/api/events?limit=5") == rows[:5]
        assert await wire.json("/api/events") == rows[:100]
        assert await wire.json("/api/events?cameras=all&labels=all&limit=-1") == rows
        by_score = await wire.json("/api/events?limit=-1&sort=score_desc")
        scores = [row["data"].get("score") or 0 for row in by_score]
        assert scores == sorted(scores, reverse=True)
        oldest = await wire.json("/api/events?limit=1&sort=date_asc")
        assert oldest == rows[-1:]
        one = await wire.json(f"/api/events/{rows[0]['id']}")
        assert one.keys() - rows[0].keys() == {"model_hash", "detector_type", "model_type"}
        ids = ",".join((rows[1]["id"], "nope", rows[0]["id"]))
        assert await wire.json(f"/api/event_ids?ids={ids}") == [rows[1], rows[0]]
        for query in ("limit=abc", "has_clip=true", "after=x"):
            bad = await wire.get(f"/api/events?{query}")
            assert bad.status == 422, query
            assert bad.json["detail"][0]["loc"] == ["query", query.partition("=")[0]]
        explored = await wire.json("/api/events/explore?limit=2")
        people = [row for row in explored if row["label"] == "person"]
        assert len(people) == 2
        assert people[0]["event_count"] == sum(row["label"] == "person" for row in rows)
        labels = await wire.json("/api/labels")
        assert labels == sorted({row["label"] for row in rows})
        known = {row["sub_label"] for row in rows} - {None}
        assert "An" in known
        assert await wire.json("/api/sub_labels") == sorted(known)


async def test_searching_needs_semantic_search() -> None:
    async with serving() as wire:
        enabled = wire.sim.frigate.config["semantic_search"]["enabled"]
        answer = await wire.get("/api/events/search?query=person")
        if enabled:
            assert {row["label"] for row in answer.json} == {"person"}
        wire.sim.frigate.config["semantic_search"]["enabled"] = not enabled
        other = await wire.get("/api/events/search?query=person", headers={"X-Cache-Bypass": "1"})
        assert {answer.status, other.status} == {200, 400}


REVIEW_FILTERS: dict[str, Callable[[Row], bool]] = {
    f"cameras={OFFICE}": lambda row: row["camera"] == OFFICE,
    "severity=alert": lambda row: row["severity"] == "alert",
    "severity=detection": lambda row: row["severity"] == "detection",
    "labels=car": lambda row: "car" in row["data"]["objects"] + row["data"]["audio"],
    "zones=cong_vao_ubnd": lambda row: "cong_vao_ubnd" in row["data"]["zones"],
    f"before={MORNING}": lambda row: row["start_time"] < MORNING,
    "reviewed=1": lambda row: row["has_been_reviewed"],
    "reviewed=0": lambda row: not row["has_been_reviewed"],
}


async def test_filters_of_reviews() -> None:
    async with serving() as wire:
        wire.sim.frigate.step(30)
        all_rows = await wire.json("/api/review?after=0")
        marked = [row["id"] for row in all_rows if not row["has_been_reviewed"]][1:4]
        answer = await wire.ask("POST", "/api/reviews/viewed", json={"ids": [*marked, "nope"]})
        assert answer.json["message"] == "Marked multiple items as reviewed"
        rows = await wire.json("/api/review?after=0")
        changed = [new["id"] for new, old in zip(rows, all_rows, strict=True) if new != old]
        assert changed == marked
        starts = [row["start_time"] for row in rows]
        assert starts == sorted(starts, reverse=True)
        for query, wanted in REVIEW_FILTERS.items():
            found = await wire.json(f"/api/review?after=0&{query}")
            expected = [row["id"] for row in rows if wanted(row)]
            assert [row["id"] for row in found] == expected, query
            assert 0 < len(expected) < len(rows), query
        assert await wire.json("/api/review?after=0&limit=2") == rows[:2]
        running = [row for row in rows if row["end_time"] is None]
        assert running
        after = rows[5]["end_time"] - 0.1
        assert rows[5]["id"] in [row["id"] for row in await wire.json(f"/api/review?after={after}")]
        bad = await wire.get("/api/review?severity=significant_motion")
        assert bad.status == 422


async def test_reviews_of_the_last_day_are_listed_by_default() -> None:
    async with serving() as wire:
        everything = await wire.json("/api/review?after=0")
        rows = await wire.json("/api/review")
        expected = [row["id"] for row in everything if row["end_time"] > NOON - DAY]
        assert [row["id"] for row in rows] == expected
        assert 0 < len(rows) < len(everything)


async def test_what_was_reviewed_is_each_users_own() -> None:
    async with serving() as wire:
        an, binh = await wire.log_in("an"), await wire.log_in("binh")
        (row, *_) = await wire.json("/api/review", an)
        before = (await wire.json("/api/review"))[0]["has_been_reviewed"]
        await wire.ask("POST", "/api/reviews/viewed", an, json={"ids": [row["id"]]})
        seen = {
            user: (await wire.json("/api/review", token))[0]
            for user, token in (("an", an), ("binh", binh))
        }
        assert seen["an"]["has_been_reviewed"] is True
        assert seen["binh"]["has_been_reviewed"] is False
        assert (await wire.json("/api/review"))[0]["has_been_reviewed"] is before
        await wire.ask("DELETE", f"/api/review/{row['id']}/viewed", an)
        assert (await wire.json("/api/review", an))[0]["has_been_reviewed"] is False
        empty = await wire.ask("POST", "/api/reviews/viewed", an, json={"ids": []})
        assert empty.json["detail"][0]["type"] == "too_short"


@pytest.mark.parametrize(("release", "hidden"), [("0.16", True), ("0.17", False)])
async def test_0_16_hides_what_was_reviewed(release: str, hidden: bool) -> None:
    async with serving(release) as wire:
        row = next(one for one in await wire.json("/api/review") if not one["has_been_reviewed"])
        await wire.ask("POST", "/api/reviews/viewed", json={"ids": [row["id"]]})
        ids = [one["id"] for one in await wire.json("/api/review")]
        assert (row["id"] not in ids) is hidden


async def test_single_reviews() -> None:
    async with serving() as wire:
        row = next(one for one in await wire.json("/api/review") if one["data"]["detections"])
        single = await wire.json(f"/api/review/{row['id']}")
        assert row.keys() - single.keys() == {"has_been_reviewed"}
        event = row["data"]["detections"][0]
        assert await wire.json(f"/api/review/event/{event}") == single
        assert await wire.json(f"/api/review_ids?ids={row['id']}") == [single]
        assert (await wire.get(f"/api/review_ids?ids={row['id']},nope")).status == 404
        assert (await wire.get("/api/review/nope")).status == 404
        assert (await wire.get("/api/review_ids")).status == 422


async def test_the_summary_of_reviews_adds_up() -> None:
    async with serving() as wire:
        rows = await wire.json("/api/review?after=0")
        summary = await wire.json("/api/review/summary?timezone=Asia/Ho_Chi_Minh")
        recent = summary.pop("last24Hours")
        assert recent["total_alert"] == sum(
            row["severity"] == "alert" and row["start_time"] > NOON - DAY for row in rows
        )
        assert list(summary) == sorted(summary, reverse=True)
        for severity in ("alert", "detection"):
            total = sum(day[f"total_{severity}"] for day in summary.values())
            assert total == sum(row["severity"] == severity for row in rows)


async def test_recordings_by_day_and_hour() -> None:
    async with serving() as wire:
        days = await wire.json("/api/recordings/summary?timezone=Asia/Ho_Chi_Minh")
        assert list(days) == ["2026-11-22", "2026-11-23", "2026-11-24"]
        assert set(days.values()) == {True}
        listed = await wire.json(f"/api/{GATE}/recordings/summary?timezone=Asia/Ho_Chi_Minh")
        assert [day["day"] for day in listed] == sorted(days, reverse=True)
        today = listed[0]
        assert [one["hour"] for one in today["hours"]] == [f"{n:02}" for n in range(11, -1, -1)]
        assert all(one["duration"] == pytest.approx(3600, abs=10) for one in today["hours"][:-1])
        assert today["events"] == sum(one["events"] for one in today["hours"])
        in_utc = await wire.json(f"/api/{GATE}/recordings/summary")
        assert in_utc[0]["hours"][0]["hour"] == "04"
        assert in_utc == await wire.json(f"/api/{GATE}/recordings/summary?timezone=No/Where")
        assert await wire.json("/api/nope/recordings/summary") == []


async def test_segments_and_gaps() -> None:
    async with serving() as wire:
        query = f"after={NOON - 100}&before={NOON}"
        rows = await wire.json(f"/api/{GATE}/recordings?{query}")
        assert 10 <= len(rows) <= 12
        assert all(
            row["end_time"] - row["start_time"] == pytest.approx(row["duration"]) for row in rows
        )
        assert await wire.json(f"/api/nope/recordings?{query}") == []
        wire.sim.frigate.db.recordings.remove(GATE, NOON - 90, NOON - 30)
        left = await wire.json(f"/api/{GATE}/recordings?{query}")
        assert sum(row["duration"] for row in left) < sum(row["duration"] for row in rows) - 50
        gaps = await wire.json(f"/api/recordings/unavailable?cameras={GATE}&{query}")
        assert gaps == [{"start_time": NOON - 90, "end_time": NOON - 30}]
        assert (await wire.get(f"/api/recordings/unavailable?cameras={GATE}")).status == 500


async def test_segments_without_times_are_those_before_the_start_for_ever() -> None:
    async with serving() as wire:
        first = await wire.json(f"/api/{GATE}/recordings")
        assert first
        assert all(row["start_time"] < NOON for row in first)
        wire.sim.frigate.step(120)
        assert await wire.json(f"/api/{GATE}/recordings") == first


async def test_storage_is_by_shown_name() -> None:
    async with serving() as wire:
        storage = await wire.json("/api/recordings/storage")
        names = {
            (wire.sim.frigate.camera_config(key) or {})["friendly_name"]
            for key in (GATE, OFFICE, CLINIC, MARKET)
        }
        assert storage.keys() == names
        assert all(one["usage"] > 0 for one in storage.values())


async def test_the_life_of_an_object() -> None:
    async with serving(scene="empty", cameras=None) as wire:
        frigate = wire.sim.frigate
        walker = frigate.stage.place("front_door", "person", (0.7, 0.3, 0.8, 0.9))
        for number in range(20):
            left = 0.7 - number * 0.03
            walker.move((left, 0.3, left + 0.1, 0.9))
            frigate.step(0.2)
        walker.remove()
        frigate.step(10)
        (event,) = await wire.json("/api/events")
        rows = await wire.json(f"/api/timeline?source_id={event['id']}")
        assert [row["class_type"] for row in rows] == ["visible", "entered_zone", "gone"]
        assert rows[1]["data"]["zones"] == ["porch"]
        assert await wire.json("/api/timeline?camera=street") == []
        first = datetime.fromtimestamp(rows[0]["timestamp"], UTC)
        hourly = await wire.json("/api/timeline/hourly")
        assert hourly["count"] == 3
        assert str(first.replace(minute=0, second=0, microsecond=0).timestamp()) in hourly["hours"]
