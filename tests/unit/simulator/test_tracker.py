"""Tracked objects by the server's own rules."""

from itertools import pairwise
import re
from time import process_time

import pytest

from simulator.geometry import region
from simulator.scene import MaskSpec, Scene
from tests.unit.simulator.camera_rig import (
    BEGIN,
    FRAME,
    LEFT,
    RIGHT,
    Rig,
    captured,
    figure,
    shapes,
    zone,
)

ID = re.compile(r"\d{10}\.\d+-[a-z0-9]{6}")


def test_a_figure_becomes_an_object_after_several_frames() -> None:
    rig = Rig()
    assert rig.show(figure(), frames=3) == []
    assert not rig.tracker.objects
    (change,) = rig.show(figure())
    assert change.type == "new"
    assert change.before["false_positive"] is True
    assert change.before["snapshot"] is None
    assert change.before["top_score"] == 0.0
    assert change.after["false_positive"] is False
    assert change.after["snapshot"]["frame_time"] == change.after["start_time"]
    assert change.after["start_time"] == pytest.approx(BEGIN + 3 * FRAME)
    assert change.after["score_history"] == [0.85] * 3
    assert "score_history" not in change.before
    assert ID.fullmatch(change.after["id"])


def test_a_figure_that_flickers_is_no_object() -> None:
    rig = Rig()
    for _ in range(20):
        rig.show(figure(), frames=2)
        rig.show()
    assert not rig.messages


def test_a_poor_score_is_never_published_and_a_good_one_stays_believed() -> None:
    rig = Rig()
    rig.show(figure(score=0.6), frames=50)
    rig.show(frames=30)
    assert not rig.messages
    rig.show(figure(score=0.6), frames=50)
    rig.show(figure(score=0.9), frames=6)
    assert rig.types()[0] == "new"
    assert rig.only.computed_score == pytest.approx(0.75, abs=0.16)
    best = rig.only.top_score
    rig.show(figure(score=0.55), frames=20)
    assert rig.only.computed_score == 0.55
    assert rig.only.top_score == best == 0.9
    assert len(rig.tracker.objects) == 1


def test_ids_are_unique_even_within_one_frame() -> None:
    rig = Rig()
    crowd = [figure(key=f"p{number}") for number in range(300)]
    rig.show(*crowd, frames=4)
    ids = {change.after["id"] for _, change in rig.messages}
    assert len(ids) == 300
    rig.show(frames=30)
    rig.show(*crowd, frames=4)
    assert len({change.after["id"] for _, change in rig.messages}) == 600


def test_labels_that_are_not_tracked_and_masked_places_are_not_detected() -> None:
    mask = MaskSpec(key="sign", name="Biển", points=LEFT)
    rig = Rig(object_masks=(mask,))
    rig.show(figure(label="cow", x=0.8), figure(key="b", x=0.2), frames=10)
    assert not rig.messages
    rig.tracker.settings.object_masks["sign"] = False
    rig.tracker.labels.add("cow")
    rig.show(figure(label="cow", x=0.8), figure(key="b", x=0.2), frames=10)
    assert {change.after["label"] for _, change in rig.messages} == {"cow", "person"}


def test_motion_is_what_moves_outside_of_its_masks() -> None:
    rig = Rig(motion_masks=(MaskSpec(key="flag", name="Cờ", points=LEFT),))
    seen = []
    for x in (None, 0.7, 0.7, 0.75, None, None, 0.2, 0.3):
        rig.show(*([] if x is None else [figure(x)]))
        seen.append(rig.tracker.motion)
    assert seen == [False, True, False, True, True, False, False, False]
    rig.tracker.settings.motion_masks["flag"] = False
    rig.show(figure(0.2))
    assert rig.tracker.motion


def test_a_zone_is_entered_after_its_inertia_and_remembered() -> None:
    rig = Rig(zones=(zone("left", LEFT, inertia=3), zone("right", RIGHT, inertia=3)))
    rig.show(figure(0.7), frames=10)
    assert rig.only.current_zones == ["right"]
    rig.show(figure(0.3), frames=2)
    assert rig.only.current_zones == []
    rig.show(figure(0.3))
    assert rig.only.current_zones == ["left"]
    rig.show(figure(0.7))
    assert rig.only.current_zones == ["right"], "a zone entered before needs no inertia"
    assert rig.only.entered_zones == ["right", "left"]
    before, after = rig.messages[-1][1].before, rig.messages[-1][1].after
    assert (before["current_zones"], after["current_zones"]) == (["left"], ["right"])
    assert after["entered_zones"] == ["right", "left"]


def test_standing_with_one_foot_in_a_zone_is_not_enough() -> None:
    rig = Rig(zones=(zone(inertia=4),))
    for _ in range(10):
        rig.show(figure(0.3), frames=2)
        rig.show(figure(0.7), frames=2)
    assert rig.only.entered_zones == []


def test_switched_off_zones_and_zones_of_other_labels_are_not_entered() -> None:
    rig = Rig(zones=(zone("off", enabled=False), zone("cars", labels=("car",)), zone("on")))
    rig.show(figure(), frames=10)
    assert rig.only.current_zones == ["on"]
    rig.tracker.zone_enabled.update(off=True, on=False)
    rig.show(figure(), frames=10)
    assert rig.only.current_zones == ["off"]
    assert rig.only.entered_zones == ["on", "off"]


@pytest.mark.parametrize(("label", "goes_on"), [("person", True), ("car", False)])
def test_loitering_takes_its_time(label: str, goes_on: bool) -> None:
    rig = Rig(zones=(zone(loitering_time=5, inertia=1),))
    rig.show(figure(label=label), frames=4)
    assert rig.only.pending_loitering
    rig.show(figure(label=label), frames=23)
    assert rig.only.current_zones == []
    assert rig.only.pending_loitering
    rig.show(figure(label=label))
    assert rig.only.current_zones == ["left"]
    assert rig.only.pending_loitering is goes_on


def test_an_object_is_stationary_after_fifty_still_frames_and_active_when_it_moves() -> None:
    rig = Rig()
    rig.walk(0.2, 0.5)
    rig.show(figure(0.5), frames=20)
    rig.walk(0.5, 0.3)
    rig.walk(0.3, 0.5)
    moved = rig.only.position_changes
    assert moved == 1, "a short stop is no new position"
    rig.show(figure(0.5), frames=50)
    assert rig.only.active
    rig.show(figure(0.5), frames=3)
    assert rig.only.stationary
    flip = rig.messages[-1][1]
    assert (flip.before["active"], flip.after["active"]) == (True, False)
    assert flip.after["motionless_count"] > 50
    rig.show(figure(0.8), frames=2)
    assert rig.only.active
    assert rig.only.position_changes == moved + 1
    assert rig.only.motionless_count < 2


def test_what_never_moved_has_neither_clip_nor_snapshot() -> None:
    rig = Rig()
    rig.show(figure(), frames=100)
    assert rig.only.position_changes == 0
    assert not any(change.after["has_clip"] for _, change in rig.messages)
    rig.walk(0.2, 0.6)
    assert rig.messages[-1][1].after["has_clip"]
    assert rig.messages[-1][1].after["has_snapshot"]


def test_clip_and_snapshot_follow_their_switches() -> None:
    rig = Rig()
    rig.tracker.settings.recording = False
    rig.walk(0.2, 0.6)
    assert (rig.only.has_clip, rig.only.has_snapshot) == (False, True)
    rig.tracker.settings.recording = True
    rig.tracker.settings.snapshots = False
    rig.walk(0.6, 0.9)
    assert (rig.only.has_clip, rig.only.has_snapshot) == (True, False)
    rig.tracker.settings.alerts = rig.tracker.settings.detections = False
    rig.walk(0.9, 0.6)
    assert not rig.only.has_clip


def test_a_still_object_is_mentioned_once_a_minute() -> None:
    rig = Rig()
    rig.show(figure(), frames=5 * 60 * 5)
    numbers = [number for number, change in rig.messages if change.type == "update"]
    assert numbers[0] == 5, "the second path point"
    assert numbers[1] == 55, "stationary"
    assert len(numbers) == 2 + 4
    assert all(300 <= later - sooner <= 303 for sooner, later in pairwise(numbers[1:]))


def test_an_object_ends_after_five_seconds_unseen() -> None:
    rig = Rig()
    rig.walk(0.2, 0.4)
    last = rig.now
    rig.show(frames=25)
    assert len(rig.tracker.objects) == 1
    (change,) = rig.show()
    assert change.type == "end"
    assert change.after["end_time"] == rig.now
    assert change.after["frame_time"] == last
    assert change.after["computed_score"] == 0.0
    assert change.before["end_time"] is None
    assert not rig.tracker.objects
    rig.show(frames=100)
    assert rig.types().count("end") == 1


def test_an_object_that_comes_back_in_time_is_the_same() -> None:
    rig = Rig()
    rig.walk(0.2, 0.4)
    known = rig.only.id
    rig.show(frames=20)
    rig.show(figure(0.4), frames=10)
    assert rig.only.id == known
    assert "end" not in rig.types()


def test_all_objects_end_when_the_camera_is_switched_off() -> None:
    rig = Rig()
    rig.show(figure(0.2), figure(0.8, key="b"), frames=10)
    changes = rig.tracker.end_all(rig.now)
    assert [change.type for change in changes] == ["end", "end"]
    assert not rig.tracker.objects
    rig.show(figure(0.2), frames=10)
    assert rig.only.id not in {change.after["id"] for change in changes}


def test_each_message_begins_where_the_one_before_ended() -> None:
    rig = Rig(zones=(zone(),))
    rig.walk(0.1, 0.9)
    rig.show(figure(0.9), frames=70)
    rig.show(frames=30)
    assert rig.types()[0] == "new"
    assert rig.types()[-1] == "end"
    assert len(rig.messages) > 8
    for (_, sooner), (_, later) in pairwise(rig.messages):
        assert later.before == sooner.after
    path = rig.messages[-1][1].after["path_data"]
    assert [point[1] for point in path] == sorted(point[1] for point in path)
    assert all(abs(b[0][0] - a[0][0]) >= 0.057 for a, b in pairwise(path[1:]))


def test_a_name_and_a_plate_are_recognised_after_a_second() -> None:
    rig = Rig()
    rig.show(figure(sub_label="Nguyễn Văn An"), frames=7)
    assert rig.only.sub_label is None
    (change,) = rig.show(figure(sub_label="Nguyễn Văn An", score=0.9))
    known = rig.only.id
    assert [one.id for one in rig.tracker.recognised] == [known]
    assert change.after["sub_label"] == ["Nguyễn Văn An", 0.9]
    assert list(change.after["attributes"]) == ["face"]
    assert change.after["current_attributes"][0]["label"] == "face"
    rig.show(figure(sub_label="Nguyễn Văn An"))
    assert rig.tracker.recognised == []
    rig.show(figure())
    assert rig.only.sub_label == [None, None]
    end = rig.show(frames=26)[-1].after
    assert list(end["attributes"]) == ["face"]
    assert end["current_attributes"] == []

    rig = Rig()
    rig.show(figure(label="car", plate="36A-123.45"), frames=10)
    after = rig.messages[-1][1].after
    assert after["recognized_license_plate"] == ["36A-123.45", 0.85]
    assert after["sub_label"] is None
    assert list(after["attributes"]) == ["license_plate"]


def test_a_name_given_by_hand_is_kept() -> None:
    rig = Rig()
    rig.show(figure(), frames=10)
    rig.only.sub_label = ["Bưu tá", 1.0]
    rig.walk(0.2, 0.5)
    assert rig.messages[-1][1].after["sub_label"] == ["Bưu tá", 1.0]


def test_speed_is_measured_only_in_measured_zones_and_while_active() -> None:
    rig = Rig(zones=(zone(distances=(5.0, 20.0, 5.0, 20.0)), zone("right", RIGHT)))
    rig.walk(0.1, 0.4, label="car", speed_kmh=42)
    assert rig.only.speed == rig.only.average_speed == 42
    assert rig.only.velocity_angle == 0
    rig.walk(0.4, 0.8, label="car", speed_kmh=42)
    assert rig.only.speed == 0
    assert rig.only.average_speed == 42
    after = rig.messages[-1][1].after
    assert (after["current_estimated_speed"], after["average_estimated_speed"]) == (0, 42)


def test_speed_is_averaged_has_a_direction_and_stays_while_nothing_moves() -> None:
    rig = Rig(zones=(zone(distances=(5.0, 20.0, 5.0, 20.0)),))
    for index in range(13):
        rig.show(figure(0.2, 0.9 - index * 0.04, "car", speed_kmh=20 if index < 8 else 40))
    assert rig.only.velocity_angle == 90
    assert rig.only.speed == 40
    assert 20 < rig.only.average_speed < 40
    rig.show(figure(0.2, 0.42, "car", speed_kmh=40), frames=60)
    assert rig.only.stationary
    rig.show(figure(0.2, 0.42, "car", speed_kmh=99), frames=20)
    assert rig.only.speed == 40


def test_a_better_snapshot_is_kept_and_told_at_most_every_five_seconds() -> None:
    rig = Rig()
    for index in range(90):
        rig.show(figure(0.3, 0.8, size=0.2 + index * 0.006))
    shots = [change.after["snapshot"]["area"] for _, change in rig.messages]
    assert shots == sorted(shots)
    assert shots[-1] > shots[0] * 2
    due = [number for number, _ in rig.messages[3:]]
    assert len(due) == 2, "the first three: new, the second path point, the first movement"
    assert all(later - sooner > 25 for sooner, later in pairwise(due))
    kept = rig.only.snapshot["area"]
    rig.show(figure(0.3, 1.0, size=0.9), frames=30)
    assert rig.only.snapshot["area"] == kept, "cut off by the edge of the picture"


def test_the_region_holds_the_box_and_lies_in_the_picture() -> None:
    for box in ((0, 0, 10, 10), (600, 300, 900, 700), (1270, 700, 1280, 720), (200, 0, 900, 720)):
        x1, y1, x2, y2 = region(box, 1280, 720)
        assert 0 <= x1 <= box[0]
        assert x2 <= 1280
        assert 0 <= y1 <= box[1]
        assert box[3] <= y2 <= 720
        assert x2 - x1 == y2 - y1 >= min(320, 720)
        assert x2 - x1 >= min(720, (box[2] - box[0]) * 1.3)


def test_severity_is_that_of_the_zones_entered() -> None:
    rig = Rig(zones=(zone(),), required_zones_alert=("left",))
    rig.walk(0.9, 0.6)
    assert rig.only.max_severity == "detection"
    rig.walk(0.6, 0.1)
    rig.walk(0.1, 0.9)
    assert rig.only.current_zones == []
    assert rig.only.max_severity == "alert"
    rig.tracker.settings.alerts = rig.tracker.settings.detections = False
    assert rig.only.max_severity is None


def test_older_releases_lack_newer_keys() -> None:
    keys = {}
    for release in ("0.16", "0.17", "0.18"):
        rig = Rig(release)
        rig.show(figure(), frames=5)
        keys[release] = set(rig.messages[-1][1].after)
    assert keys["0.18"] - keys["0.17"] == {"computed_score", "snapshot_clean"}
    assert keys["0.17"] - keys["0.16"] == {"score_history"}
    assert not keys["0.16"] - keys["0.17"]


def test_messages_look_like_those_of_a_real_server() -> None:
    rig = Rig(zones=(zone(loitering_time=2), zone("right", RIGHT)))
    rig.walk(0.1, 0.9)
    rig.show(figure(0.9), frames=60)
    rig.show(frames=30)
    assert set(rig.types()) == {"new", "update", "end"}
    real = list(captured("events"))
    assert len(real) >= 3
    known = shapes(real)
    mine = shapes(change.event() for _, change in rig.messages)
    assert mine.keys() <= known.keys()
    for place, types in mine.items():
        assert types <= known[place], place
    orders = {(one["type"], side): list(one[side]) for one in real for side in ("before", "after")}
    for _, change in rig.messages:
        message = change.event()
        assert list(message) == list(real[0])
        for side in ("before", "after"):
            assert list(message[side]) == orders[change.type, side], (change.type, side)


def test_a_quiet_commune_costs_next_to_nothing() -> None:
    scene = Scene.load("empty").with_cameras(120)
    rigs = [Rig() for _ in scene.cameras]
    began = process_time()
    for frame in range(50):
        for camera, rig in zip(scene.cameras, rigs, strict=True):
            rig.tracker.frame(BEGIN + frame * FRAME, scene.figures_at(camera.key, frame * FRAME))
    assert process_time() - began < 10 * 0.3, "ten seconds of 120 cameras in 30 % of a core"
