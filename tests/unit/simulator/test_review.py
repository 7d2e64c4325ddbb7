"""Review segments: what opens, raises, extends and ends them."""

import pytest

from simulator.review import described
from simulator.scene import Scene
from tests.unit.simulator.camera_rig import RIGHT, Rig, captured, figure, shapes, zone


def test_an_alert_opens_and_ends_forty_seconds_after_the_last_activity() -> None:
    rig = Rig()
    rig.walk(0.1, 0.9)
    last = rig.now
    ((_, opened),) = rig.reviews
    assert opened.type == "new"
    assert opened.before == opened.after
    assert opened.after["severity"] == "alert"
    assert opened.after["data"]["objects"] == ["person"]
    assert opened.after["data"]["detections"] == list(rig.tracker.objects)
    assert opened.after["thumb_path"].endswith(f"/thumb-yard-{opened.after['id']}.webp")
    rig.show(frames=200)
    assert rig.review_types() == ["new"]
    rig.show()
    ended = rig.reviews[-1][1]
    assert ended.type == "end"
    assert ended.after["id"] == opened.after["id"]
    assert ended.after["end_time"] == last
    assert ended.before["end_time"] is None
    assert rig.keeper.current is None


@pytest.mark.parametrize(
    ("release", "label", "seconds"),
    [("0.18", "person", 40), ("0.17", "dog", 30), ("0.16", "person", 120), ("0.16", "dog", 30)],
)
def test_how_long_a_review_waits_depends_on_release_and_severity(
    release: str, label: str, seconds: int
) -> None:
    rig = Rig(release)
    rig.walk(0.1, 0.9, label=label)
    rig.show(frames=seconds * 5)
    assert rig.review_types() == ["new"]
    rig.show(frames=2)
    assert rig.review_types() == ["new", "end"]


def test_what_never_moved_or_stands_still_for_long_opens_nothing() -> None:
    rig = Rig()
    rig.show(figure(), frames=100)
    assert not rig.reviews
    rig.walk(0.2, 0.6)
    rig.show(figure(0.6), frames=5 * 60)
    assert rig.review_types() == ["new", "end"]
    assert rig.only.stationary


def test_loitering_keeps_a_review_open_though_the_person_stands_still() -> None:
    rig = Rig(zones=(zone(loitering_time=1),))
    rig.walk(0.4, 0.2)
    rig.show(figure(0.2), frames=5 * 120)
    assert rig.only.stationary
    assert rig.review_types() == ["new"]


def test_a_detection_is_raised_to_an_alert_in_a_required_zone() -> None:
    rig = Rig(zones=(zone(), zone("right", RIGHT)), required_zones_alert=("left",))
    rig.walk(0.9, 0.6)
    assert rig.reviews[-1][1].after["severity"] == "detection"
    rig.walk(0.6, 0.3)
    raised = rig.reviews[-1][1]
    assert rig.review_types() == ["new", "update"]
    assert (raised.before["severity"], raised.after["severity"]) == ("detection", "alert")
    assert raised.after["id"] == raised.before["id"]
    assert raised.after["data"]["zones"] == ["right", "left"]


def test_a_second_person_is_an_update_and_zones_alone_are_not() -> None:
    rig = Rig(zones=(zone(), zone("right", RIGHT)))
    rig.walk(0.1, 0.9)
    assert rig.review_types() == ["new"]
    for index in range(20):
        rig.show(figure(0.9 - index * 0.03), figure(0.1 + index * 0.03, label="dog", key="dog"))
    assert rig.review_types() == ["new", "update"]
    grown = rig.reviews[-1][1].after["data"]
    assert grown["objects"] == ["person", "dog"]
    assert grown["zones"] == ["left", "right"]
    assert len(grown["detections"]) == 2


def test_a_recognised_person_is_verified() -> None:
    rig = Rig()
    rig.walk(0.1, 0.9, sub_label="Trần Thị Bình")
    assert rig.review_types() == ["new", "update"]
    data = rig.reviews[-1][1].after["data"]
    assert data["objects"] == data["verified_objects"] == ["person-verified"]
    assert data["sub_labels"] == ["Trần Thị Bình"]


def test_an_alert_that_goes_on_as_a_detection_is_followed_by_one() -> None:
    results = {}
    for release in ("0.16", "0.18"):
        rig = Rig(release, zones=(zone(inertia=1),), required_zones_alert=("left",))
        rig.walk(0.1, 0.6)
        for _ in range(30):
            rig.walk(0.6, 0.95)
            rig.walk(0.95, 0.6)
        results[release] = [(one.type, one.after["severity"]) for _, one in rig.reviews]
        if release == "0.18":
            end, following = rig.reviews[-2][1].after, rig.reviews[-1][1].after
            assert following["start_time"] == end["end_time"]
            assert following["id"] != end["id"]
    assert results["0.16"] == [("new", "alert")]
    assert results["0.18"] == [("new", "alert"), ("end", "alert"), ("new", "detection")]


def test_a_sound_opens_a_review_that_is_first_announced_as_an_update() -> None:
    rig = Rig(alert_labels=("person", "scream"), audio_labels=("scream", "speech"))
    rig.sounds = {"speech": "1-a"}
    rig.show()
    assert not rig.reviews
    rig.show()
    assert rig.review_types() == ["update"]
    assert rig.reviews[0][1].after["severity"] == "detection"
    assert rig.reviews[0][1].after["data"]["audio"] == ["speech"]
    rig.sounds = {"speech": "1-a", "scream": "2-b"}
    rig.show()
    rig.sounds = {}
    rig.show(frames=5 * 41)
    ended = rig.reviews[-1][1]
    assert rig.review_types() == ["update", "end"]
    assert ended.after["severity"] == "alert"
    assert ended.after["data"]["audio"] == ["speech", "scream"]
    assert ended.after["data"]["objects"] == []


def test_without_recording_there_are_no_reviews() -> None:
    rig = Rig()
    rig.walk(0.1, 0.5)
    rig.tracker.settings.recording = False
    rig.walk(0.5, 0.9)
    assert rig.review_types() == ["new", "end"]
    rig.sounds = {"scream": "1-a"}
    rig.show(figure(0.9), frames=5)
    assert rig.review_types() == ["new", "end"]


def test_switching_a_severity_off_ends_its_review() -> None:
    rig = Rig()
    rig.walk(0.1, 0.5)
    rig.tracker.settings.alerts = False
    rig.walk(0.5, 0.9)
    assert [(one.type, one.after["severity"]) for _, one in rig.reviews] == [
        ("new", "alert"),
        ("end", "alert"),
        ("new", "detection"),
    ]


def test_a_manual_event_keeps_its_review_open_until_it_ends() -> None:
    rig = Rig()
    rig.keeper.manual(rig.now, "1-abc", "Báo động")
    rig.show(frames=5 * 120)
    assert rig.review_types() == ["update"]
    assert rig.reviews[0][1].after["severity"] == "alert"
    assert rig.reviews[0][1].after["data"]["objects"] == ["Báo động"]
    rig.keeper.end_manual(rig.now, "1-abc")
    over = rig.now
    rig.show(frames=5 * 41)
    assert rig.review_types() == ["update", "end"]
    assert rig.reviews[-1][1].after["end_time"] == over


def test_a_review_ended_early_ends_then_and_not_later() -> None:
    rig = Rig()
    rig.keeper.manual(rig.now, "1-abc", "Báo động", duration=100)
    rig.show(frames=10)
    (end,) = rig.keeper.end_all(rig.now)
    assert end.after["end_time"] == rig.now


def test_a_manual_event_of_a_listed_label_is_a_detection_in_newer_releases() -> None:
    found = {}
    for release in ("0.17", "0.18"):
        rig = Rig(release)
        rig.keeper.manual(rig.now, "1-abc", "dog", duration=20, detection=True)
        rig.show(frames=5 * 19)
        assert rig.keeper.current is not None
        found[release] = rig.keeper.current.severity
    assert found == {"0.17": "alert", "0.18": "detection"}


def test_older_reviews_lack_newer_keys() -> None:
    keys = {}
    for release in ("0.16", "0.17"):
        rig = Rig(release)
        rig.walk(0.1, 0.5)
        keys[release] = set(rig.reviews[0][1].after["data"])
    assert keys["0.17"] - keys["0.16"] == {"verified_objects", "thumb_time", "metadata"}


def test_a_description_follows_the_end() -> None:
    rig = Rig()
    rig.walk(0.1, 0.5)
    (end,) = rig.keeper.end_all(rig.now)
    change = described(end.after, {"title": "Có người qua lại"})
    assert change.type == "genai"
    assert change.before == end.after
    assert change.after["data"]["metadata"] == {"title": "Có người qua lại"}
    assert end.after["data"]["metadata"] is None


def test_messages_look_like_those_of_a_real_server() -> None:
    rig = Rig(zones=(zone(), zone("right", RIGHT)), required_zones_alert=("left",))
    rig.walk(0.9, 0.2)
    rig.show(frames=5 * 41)
    assert rig.review_types() == ["new", "update", "end"]
    real = list(captured("reviews"))
    assert len(real) >= 3
    known = shapes(real)
    mine = shapes(change.review() for _, change in rig.reviews)
    assert mine.keys() <= known.keys()
    for place, types in mine.items():
        assert types <= known[place], place
    for _, change in rig.reviews:
        message = change.review()
        assert list(message) == list(real[0])
        for side in ("before", "after"):
            assert list(message[side]) == list(real[0][side])
            assert list(message[side]["data"]) == list(real[0][side]["data"])


def test_every_camera_of_the_commune_has_reviews_that_end_and_every_zone_is_entered() -> None:
    commune = Scene.load("commune")
    for spec in commune.cameras:
        rig = Rig(spec=spec)
        entered: set[str] = set()
        for number in range(int(commune.duration * spec.fps)):
            second = number / spec.fps
            figures = commune.figures_at(spec.key, second)
            rig.show(*([] if commune.fault_at(spec.key, second) else figures))
            entered.update(*(one.entered_zones for one in rig.tracker.objects.values()))
        assert entered == {one.key for one in spec.zones}
        assert rig.review_types().count("end") >= 2, spec.key
        ids = [change.after["id"] for _, change in rig.messages if change.type == "new"]
        assert len(set(ids)) == len(ids)
