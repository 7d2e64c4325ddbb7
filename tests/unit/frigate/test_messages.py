"""Messages: what is read, and that nothing on the wire can do harm."""

import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.antt_camera.frigate.messages import (
    JSON_TOPICS,
    AudioDetections,
    CameraActivity,
    ClassificationMessage,
    FaceMessage,
    JobState,
    ObjectMessage,
    PlateMessage,
    ReviewMessage,
    SemanticTriggerMessage,
    decode,
)
from custom_components.antt_camera.frigate.parse import MAX_KEYS, ParseProblems

OBJECT: dict[str, Any] = {
    "id": "1795477590.60007-jc7j0r",
    "camera": "front_door",
    "label": "person",
    "frame_time": 1795477593.2,
    "start_time": 1795477590.6,
    "end_time": None,
    "sub_label": None,
    "score": 0.88,
    "top_score": 0.9,
    "false_positive": False,
    "box": [1, 2, 30, 40],
    "area": 1102,
    "active": True,
    "stationary": False,
    "current_zones": ["porch"],
    "entered_zones": ["porch", "floor"],
    "has_clip": True,
    "has_snapshot": True,
    "attributes": {"face": 0.7},
    "current_estimated_speed": 0,
    "average_estimated_speed": 3.5,
    "velocity_angle": 90,
    "path_data": [[[0.5, 0.5], 1795477590.7]] * 200,
    "recognized_license_plate": None,
    "max_severity": "alert",
    "score_history": [0.1, 0.2],
}
REVIEW: dict[str, Any] = {
    "id": "1795477674.103659-4wrsd0",
    "camera": "driveway",
    "start_time": 1795477674.1,
    "end_time": None,
    "severity": "alert",
    "thumb_path": "/media/frigate/clips/review/thumb.webp",
    "data": {
        "detections": ["1795477673.897067-itx7lt"],
        "objects": ["person", "person-verified"],
        "sub_labels": [],
        "zones": ["porch"],
        "audio": ["bark"],
        "thumb_time": 1795477674.7,
        "metadata": None,
    },
}


def read(topic: str, wire: Any, problems: ParseProblems | None = None) -> Any:
    """Decode as a link does."""
    return decode(topic, json.dumps(wire), problems or ParseProblems())


def event(kind: str = "update", before: dict[str, Any] | None = None, **after: Any) -> Any:
    """Decode an `events` message."""
    problems = ParseProblems()
    message = read(
        "events",
        {"type": kind, "before": OBJECT | (before or {}), "after": OBJECT | after},
        problems,
    )
    return message, problems


def test_object() -> None:
    message, problems = event()
    assert isinstance(message, ObjectMessage)
    after = message.after
    assert (after.id, after.camera, after.label) == (OBJECT["id"], "front_door", "person")
    assert after.box == (1, 2, 30, 40)
    assert after.attributes == {"face": 0.7}
    assert after.average_speed == 3.5
    assert after.end_time is None
    assert problems.total == 0


@pytest.mark.parametrize(
    ("wire", "name", "score"),
    [
        (None, None, None),
        ("Lan", "Lan", None),
        (["Lan", 0.9], "Lan", 0.9),
        ([None, None], None, None),
        ("", None, None),
        (["Lan"], "Lan", None),
        ("dog-verified", "dog", None),
    ],
)
def test_both_shapes_of_names(wire: Any, name: str | None, score: float | None) -> None:
    message, problems = event(sub_label=wire, recognized_license_plate=wire)
    assert (message.after.sub_label, message.after.sub_label_score) == (name, score)
    assert message.after.plate_score == score
    assert problems.total == 0


def test_newly_entered() -> None:
    message, _ = event(before={"entered_zones": ["porch"]})
    assert message.newly_entered == ("floor",)
    message, _ = event("new")
    assert message.newly_entered == ("porch", "floor")


def test_wrong_field_costs_only_itself() -> None:
    message, problems = event(box="no box", score=[], current_zones={"a": 1}, attributes=[1])
    assert message.after.label == "person"
    assert message.after.box is None
    assert message.after.score is None
    assert message.after.current_zones == ()
    assert problems.counts == {
        "events.after.box": 1,
        "events.after.score": 1,
        "events.after.current_zones": 1,
        "events.after.attributes": 1,
    }


def test_logged_once_and_without_the_value(caplog: pytest.LogCaptureFixture) -> None:
    problems = ParseProblems()
    for _ in range(3):
        read(
            "events",
            {"type": "new", "after": OBJECT | {"score": {"plate": "36A-123.45"}}},
            problems,
        )
    assert problems.counts["events.after.score"] == 3
    assert len(caplog.records) == 1
    assert "36A" not in caplog.text


def test_places_are_bounded() -> None:
    problems = ParseProblems()
    for number in range(MAX_KEYS * 2):
        problems.count(f"place {number}")
    assert len(problems.counts) == MAX_KEYS


def test_review() -> None:
    message = read("reviews", {"type": "update", "before": None, "after": REVIEW})
    assert isinstance(message, ReviewMessage)
    review = message.after
    assert review.severity == "alert"
    assert review.objects == ("person",)
    assert review.audio == ("bark",)
    assert review.detections == ("1795477673.897067-itx7lt",)


def test_review_metadata() -> None:
    metadata = {
        "title": "T",
        "scene": "S",
        "shortSummary": "short",
        "confidence": 0.7,
        "potential_threat_level": 1,
        "other_concerns": None,
    }
    data = REVIEW["data"] | {"metadata": metadata}
    message = read("reviews", {"type": "genai", "before": REVIEW, "after": REVIEW | {"data": data}})
    assert message.after.metadata.threat_level == 1
    assert message.after.metadata.concerns == ()


def test_object_updates() -> None:
    common = {"id": OBJECT["id"], "camera": "front_door", "score": 0.9, "timestamp": 1795477590.0}
    face = read("tracked_object_update", {**common, "type": "face", "name": None})
    assert isinstance(face, FaceMessage)
    assert face.name is None
    plate = read(
        "tracked_object_update", {**common, "type": "lpr", "plate": "36A12345", "name": None}
    )
    assert isinstance(plate, PlateMessage)
    assert plate.plate == "36A12345"
    kind = read(
        "tracked_object_update",
        {**common, "type": "classification", "model": "bin", "attribute": "full"},
    )
    assert isinstance(kind, ClassificationMessage)
    assert kind.value == "full"


def test_face_without_a_name_key() -> None:
    """The official integration fails here with a KeyError."""
    message = read("tracked_object_update", {"type": "face", "id": "1.2-abc", "camera": "c"})
    assert isinstance(message, FaceMessage)


def test_activity_sounds_jobs_triggers() -> None:
    activity = read(
        "camera_activity",
        {
            "front_door": {
                "motion": True,
                "objects": [{"id": "1.0-a", "label": "dog-verified", "stationary": True}],
                "config": {"detect": True, "notifications_suspended": 0, "odd": "x"},
            },
            "empty": {"config": {"detect": False}},
            "broken": 3,
        },
    )
    assert isinstance(activity, CameraActivity)
    assert activity.cameras["front_door"].objects[0].label == "dog"
    assert activity.cameras["front_door"].config == {"detect": True, "notifications_suspended": 0}
    assert activity.cameras["empty"].objects == ()
    assert "broken" not in activity.cameras
    sounds = read("audio_detections", {"porch": {"bark": {"id": "a", "score": 0.8}}, "yard": {}})
    assert isinstance(sounds, AudioDetections)
    assert sounds.cameras["porch"]["bark"].score == 0.8
    assert sounds.cameras["yard"] == {}
    jobs = read(
        "job_state",
        {
            "export": {
                "results": {"jobs": [{"id": "x_1", "status": "running", "progress_percent": 5}]}
            }
        },
    )
    assert isinstance(jobs, JobState)
    assert (jobs.jobs[0].kind, jobs.jobs[0].progress) == ("export", 5.0)
    trigger = read("triggers", {"name": "t", "camera": "c", "event_id": "1.0-a", "score": "0.5"})
    assert isinstance(trigger, SemanticTriggerMessage)
    assert trigger.score == 0.5


@pytest.mark.parametrize("topic", sorted(JSON_TOPICS))
@pytest.mark.parametrize(
    "payload",
    [
        "",
        "null",
        "[]",
        "3",
        '"x"',
        "{",
        b"\xff\xd8\xff",
        b"",
        None,
        7,
        [1],
        "[" * 100_000,
        "9" * 5000,
    ],
)
def test_garbage(topic: str, payload: Any) -> None:
    problems = ParseProblems()
    assert decode(topic, payload, problems) is None
    assert problems.total == 1


def test_too_large() -> None:
    problems = ParseProblems()
    assert decode("events", " " * 16_000_001, problems) is None
    assert problems.counts == {"events (too large)": 1}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


def _paths(wire: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = (
        wire.items()
        if isinstance(wire, dict)
        else enumerate(wire)
        if isinstance(wire, list)
        else ()
    )
    for key, value in items:
        found += _paths(value, (*path, key))
    return found


def _replaced(wire: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(wire))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copy


GOOD: dict[str, Any] = {
    "events": {"type": "update", "before": OBJECT, "after": OBJECT | {"path_data": []}},
    "reviews": {"type": "update", "before": REVIEW, "after": REVIEW},
    "tracked_object_update": {
        "type": "lpr",
        "id": "1.0-a",
        "camera": "c",
        "plate": "36A",
        "score": 1,
    },
    "camera_activity": {
        "c": {"motion": True, "objects": [{"id": "1", "label": "x"}], "config": {}}
    },
    "audio_detections": {"c": {"bark": {"id": "a", "score": 0.4, "last_detection": 3.0}}},
    "job_state": {"export": {"results": {"jobs": [{"id": "x", "status": "running"}]}}},
    "triggers": {"name": "t", "camera": "c", "event_id": "1", "type": "thumbnail", "score": 0.4},
    "stats": {
        "cameras": {"c": {"camera_fps": 5, "pid": 4, "ffmpeg_cpu": "1.0"}},
        "detectors": {"d": {"inference_speed": 8.0}},
        "gpu_usages": {"g": {"gpu": "5%", "mem": "-"}},
        "cpu_usages": {"frigate.full_system": {"cpu": "5", "mem": "7"}, "4": {"cpu": "1"}},
        "service": {"uptime": 5, "storage": {"/x": {"total": 1}}, "temperatures": {}},
    },
}


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_any_value_anywhere(data: st.DataObject) -> None:
    """Whatever stands wherever: nothing is raised, and the next good message is read in full."""
    topic = data.draw(st.sampled_from(sorted(GOOD)))
    path = data.draw(st.sampled_from(_paths(GOOD[topic])))
    problems = ParseProblems()
    decode(topic, _replaced(GOOD[topic], path, data.draw(JSON)), problems)
    clean = ParseProblems()
    assert decode(topic, GOOD[topic], clean) is not None
    assert clean.total == 0


@settings(max_examples=300, deadline=None)
@given(topic=st.sampled_from(sorted(JSON_TOPICS)), payload=JSON | st.binary() | st.text())
def test_any_payload(topic: str, payload: Any) -> None:
    decode(topic, payload, ParseProblems())
