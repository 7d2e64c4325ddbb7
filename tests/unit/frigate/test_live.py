"""The live state: pushes, seeds, and what is forgotten when."""

import json
from typing import Any

import pytest

from custom_components.antt_camera.frigate.config import FrigateConfig
from custom_components.antt_camera.frigate.live import STATS, LiveState
from custom_components.antt_camera.frigate.messages import Review
from custom_components.antt_camera.frigate.parse import ParseProblems
from custom_components.antt_camera.frigate.stats import Stats

from .test_config import CAMERA, CONFIG
from .test_messages import OBJECT, REVIEW

TWO = CONFIG | {
    "cameras": {
        "a": CAMERA | {"zones": {"shared": {}, "own": {}}},
        "b": CAMERA | {"zones": {"shared": {}}},
    }
}


def live_of(wire: dict[str, Any] = TWO, **options: Any) -> LiveState:
    """Return a configured state without pending changes."""
    live = LiveState()
    live.configure(FrigateConfig.from_wire(wire, live.problems), **options)
    live.take_dirty()
    return live


def activity(**cameras: list[dict[str, Any]]) -> str:
    """Return an answer to `onConnect`."""
    return json.dumps(
        {
            key: {
                "motion": bool(objects),
                "objects": objects,
                "config": {"detect": True, "record": False},
            }
            for key, objects in cameras.items()
        }
    )


def item(
    identity: str, label: str = "person", *zones: str, stationary: bool = False
) -> dict[str, Any]:
    """Return an object of an activity."""
    return {"id": identity, "label": label, "stationary": stationary, "current_zones": list(zones)}


def test_unchanged_value_is_not_reported() -> None:
    live = live_of()
    live.apply("a/person", 2)
    assert list(live.take_dirty()) == ["a/person"]
    live.apply("a/person", b"2")
    assert not live.has_changes


@pytest.mark.parametrize("payload", ["-1", "x", None, [], True, "9" * 30, 1.5, b"\xff", "on"])
def test_bad_scalar_is_counted(payload: Any) -> None:
    live = live_of()
    live.apply("a/person", payload)
    live.apply("a/detect/state", "on")
    assert live.get("a/person") is None
    assert live.problems.counts == {"a/person": 1, "a/detect/state": 1}


def test_unknown_topics_cost_nothing() -> None:
    live = live_of()
    assert live.apply("x/person", 3) is None
    assert live.apply("a/person/snapshot", b"\xff\xd8") is None
    assert live.problems.total == 0
    assert live.values == {}


def test_activity_seeds_counts_motion_switches() -> None:
    live = live_of()
    live.apply(
        "camera_activity",
        activity(a=[item("1", "person", "own"), item("2", stationary=True)], b=[]),
    )
    assert live.get("a/person") == 2
    assert live.get("a/person/active") == 1
    assert live.get("a/all") == 2
    assert live.get("a/car") == 0
    assert live.get("own/person") == 1
    assert live.get("own/all/active") == 1
    assert live.get("a/motion") is True
    assert live.get("b/motion") is False
    assert live.get("a/recordings/state") is False


def test_zone_of_two_cameras_is_counted_for_each() -> None:
    """Frigate adds the cameras up under one topic; each device must show its own."""
    live = live_of()
    live.apply("camera_activity", activity(a=[item("1", "person", "shared")], b=[]))
    key_a, key_b = (live.key_for_zone(camera, "shared", "person") for camera in "ab")
    assert key_a != key_b
    assert (live.get(key_a), live.get(key_b)) == (1, 0)
    live.apply(
        "events",
        json.dumps(
            {
                "type": "new",
                "after": OBJECT | {"id": "3", "camera": "b", "current_zones": ["shared"]},
            }
        ),
    )
    assert (live.get(key_a), live.get(key_b)) == (1, 1)
    live.apply("events", json.dumps({"type": "end", "after": OBJECT | {"id": "3", "camera": "b"}}))
    assert live.get(key_b) == 0
    assert live.key_for_zone("a", "own", "person") == "own/person"


def test_zone_is_unknown_until_frigate_tells_what_is_there() -> None:
    """Not empty. Once it has told, a zone that is drawn anew shows who is in it."""
    live = live_of()
    key = live.key_for_zone("a", "shared", "person")
    assert live.get(key) is None
    live.apply("camera_activity", activity(a=[item("1", "person", "new")], b=[]))
    assert live.get(key) == 0
    drawn = TWO | {"cameras": {key: CAMERA | {"zones": {"new": {}}} for key in "ab"}}
    live.configure(FrigateConfig.from_wire(drawn, live.problems))
    assert live.get(live.key_for_zone("a", "new", "person")) == 1
    assert live.get(live.key_for_zone("b", "new", "person")) == 0


def test_zones_of_a_restricted_login_are_counted_by_us() -> None:
    """Frigate sends such a login no zone topic at all."""
    live = live_of(zones_pushed=False)
    live.apply("camera_activity", activity(a=[item("1", "car", "own")], b=[]))
    assert live.get(live.key_for_zone("a", "own", "car")) == 1


def test_pushes_win_over_seeds() -> None:
    """The answers of HTTP are older than what was pushed while they were on their way."""
    live = live_of()
    live.start_seed()
    live.apply("a/detect/state", "OFF")
    assert live.config is not None
    live.seed_config(live.config)
    live.end_seed()
    assert live.get("a/detect/state") is False
    assert live.get("b/detect/state") is True


def test_seed_of_reviews() -> None:
    live = live_of()
    rows = [
        REVIEW | {"id": "1.0-a", "camera": "a", "severity": "alert"},
        REVIEW | {"id": "1.0-b", "camera": "a", "severity": "detection"},
    ]
    reviews = [review for row in rows if (review := Review.from_wire(row, ParseProblems()))]
    live.seed_reviews(reviews)
    assert live.get("a/review_status") == "ALERT"
    assert live.get("b/review_status") == "NONE"
    assert set(live.reviews) == {"1.0-a", "1.0-b"}


def test_end_of_a_server_forgets_what_no_message_will_end() -> None:
    live = live_of()
    live.apply("camera_activity", activity(a=[item("1")], b=[]))
    live.apply("reviews", json.dumps({"type": "new", "after": REVIEW}))
    live.take_dirty()
    live.drop_live()
    assert live.values == {}
    assert live.objects == {}
    assert live.reviews == {}
    assert "a/person" in live.take_dirty()


def test_switching_off_clears_what_frigate_leaves_standing() -> None:
    live = live_of()
    for topic in ("a/motion", "a/audio/bark", "a/audio/all"):
        live.apply(topic, "ON")
    live.apply("a/enabled/state", "OFF")
    live.apply("a/audio/state", "OFF")
    assert live.get("a/motion") is False
    assert live.get("a/audio/bark") is False
    assert live.get("a/audio/all") is False


def test_status_of_a_camera() -> None:
    live = live_of()
    assert live.camera_status("a") is None
    problems = ParseProblems()
    stats = Stats.from_wire({"cameras": {"a": {"camera_fps": 0}, "b": {"camera_fps": 5}}}, problems)
    assert stats is not None
    live.seed_stats(stats)
    assert STATS in live.take_dirty()
    assert (live.camera_status("a"), live.camera_status("b")) == ("offline", "online")
    live.apply("a/status/detect", "online")
    assert live.camera_status("a") == "online", (
        "what Frigate says of it counts more than old figures"
    )
    live.apply("b/enabled/state", "OFF")
    assert live.camera_status("b") == "disabled"


def test_removed_camera_leaves_no_values() -> None:
    live = live_of()
    live.apply("b/person", 2)
    smaller = TWO | {"cameras": {"a": TWO["cameras"]["a"]}}
    live.configure(FrigateConfig.from_wire(smaller, live.problems))
    assert live.get("b/person") is None


def test_sounds() -> None:
    live = live_of()
    live.apply("audio_detections", json.dumps({"a": {"bark": {"score": 0.9}}}))
    assert live.get("a/audio/bark") is True
    assert live.get("a/audio/scream") is False
    assert live.get("a/audio/all") is True
