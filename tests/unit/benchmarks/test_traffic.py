"""The messages that are played are those of a real server, in its mix, and ours takes all of them."""

from collections import Counter
import json

import pytest

from benchmarks.documents import Documents
from benchmarks.traffic import RECORDED_CAMERAS, Clump, Traffic
from custom_components.antt_camera.frigate.config import FrigateConfig
from custom_components.antt_camera.frigate.live import LiveState
from custom_components.antt_camera.frigate.parse import ParseProblems

# Shares of 2606 messages recorded from a real server.
RECORDED = {
    "counts": 1565 / 2606,
    "events": 731 / 2606,
    "status": 233 / 2606,
    "stats": 21 / 2606,
    "reviews": 14 / 2606,
}
RECORDED_EVENT = 3166


def _played(documents: Documents, count: int = 6000) -> tuple[Traffic, list[Clump]]:
    traffic = Traffic(documents.config, documents.stats_in_turn())
    return traffic, traffic.clumps(count)


def _kind(topic: str, payload: str | int) -> str:
    if isinstance(payload, int):
        return "counts"
    return "status" if "/status/" in topic else topic


def test_mix_is_that_of_the_recording() -> None:
    _, clumps = _played(Documents(RECORDED_CAMERAS))
    messages = [message for clump in clumps for message in clump]
    kinds = Counter(_kind(*message) for message in messages)
    for kind, share in RECORDED.items():
        assert kinds[kind] / len(messages) == pytest.approx(share, rel=0.15), kind
    events = [len(str(payload)) for topic, payload in messages if topic == "events"]
    assert sum(events) / len(events) == pytest.approx(RECORDED_EVENT, rel=0.2)


def test_statistics_come_by_the_clock_not_by_the_message() -> None:
    few = Counter(topic for clump in _played(Documents(8))[1] for topic, _ in clump)
    many = Counter(topic for clump in _played(Documents(32))[1] for topic, _ in clump)
    assert many["stats"] == pytest.approx(few["stats"] / 4, rel=0.15)


def test_ours_understands_everything_and_ends_with_the_expected_counts() -> None:
    documents = Documents(32)
    traffic, clumps = _played(documents)
    live = LiveState()
    live.configure(FrigateConfig.from_wire(documents.config, ParseProblems()))
    for clump in clumps:
        for topic, payload in clump:
            live.apply(topic, payload)
    live.apply(*traffic.marker(4711))
    assert live.problems.counts == {}
    assert len(traffic.expected) > 32
    assert {topic: live.get(topic) for topic in traffic.expected} == traffic.expected
    assert 4711 in traffic.expected.values()


def test_the_same_every_time() -> None:
    documents = Documents(8)
    first, second = (_played(documents, 500)[1] for _ in range(2))
    assert [[topic for topic, _ in clump] for clump in first] == [
        [topic for topic, _ in clump] for clump in second
    ]


def test_a_clump_has_the_counts_of_one_change() -> None:
    _, clumps = _played(Documents(8), 500)
    first = clumps[0]
    camera = first[0][0].split("/")[0]
    assert [topic.split("/")[0] for topic, _ in first[:4]] == [camera] * 4
    assert len(first) in {4, 8}


@pytest.mark.parametrize("cameras", [8, 32])
def test_every_camera_answers_and_is_alive(cameras: int) -> None:
    documents = Documents(cameras)
    for path in ("/api/config", "/api/profiles", "/api/recordings/storage"):
        text = documents.answer(path)
        assert text is not None
        assert json.loads(text)
    stats = json.loads(str(documents.answer("/api/stats")))
    assert len(stats["cameras"]) == cameras
    assert all(camera["camera_fps"] > 0 for camera in stats["cameras"].values())
    assert documents.answer("/api/nothing") is None
