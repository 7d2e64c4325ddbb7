"""Scenes: what ships, how paths run, and what is refused."""

from pathlib import Path
import re
from typing import Any

import pytest
import yaml

from simulator.figures import FigurePath, Stop
from simulator.scene import Scene, SceneError

ASCII_KEY = re.compile(r"[a-z][a-z0-9_]*")
PLATE = re.compile(r"\d{2}([A-Z]-\d{3}\.\d{2}|-[A-Z][A-Z0-9] \d{3}\.\d{2})")

SMALL: dict[str, Any] = {
    "name": "small",
    "duration": 100,
    "groups": {"one": "Thôn Một"},
    "cameras": [
        {"key": "gate", "name": "Cổng", "group": "one"},
        {
            "key": "yard",
            "name": "Sân",
            "required_zones_alert": ["lawn"],
            "zones": [{"key": "lawn", "name": "Bãi cỏ", "points": [[0, 0], [1, 0], [1, 1]]}],
        },
    ],
    "figures": [
        {
            "key": "a",
            "label": "person",
            "camera": "gate",
            "start": 10,
            "path": [
                {"x": 0.2, "y": 0.5, "size": 0.2},
                {"speed": 0.1, "x": 0.6},
                {"pause": 5},
                {"t": 20, "x": 0.8, "size": 0.4},
            ],
        }
    ],
}


@pytest.fixture(name="commune", scope="module")
def commune_fixture() -> Scene:
    return Scene.load("commune")


def changed(**fields: Any) -> dict[str, Any]:
    return {**SMALL, **fields}


def test_commune_is_what_the_issue_asks_for(commune: Scene) -> None:
    assert len(commune.cameras) == 14
    assert [name.split()[0] for name in commune.groups.values()] == ["Thôn"] * 4
    members = [camera.group for camera in commune.cameras]
    assert all(members.count(group) >= 3 for group in commune.groups)
    keys = [camera.key for camera in commune.cameras]
    keys += [zone.key for camera in commune.cameras for zone in camera.zones]
    assert len(set(keys)) == len(keys)
    assert all(ASCII_KEY.fullmatch(key) for key in (*keys, *commune.groups, *commune.profiles))
    assert [camera.key for camera in commune.cameras if camera.presets] == ["de_song_chu"]
    assert [camera.key for camera in commune.cameras if camera.audio_labels] == ["nga_ba_cho"]
    assert {figure.label for figure in commune.figures} >= {
        "person",
        "motorcycle",
        "car",
        "dog",
        "truck",
        "bicycle",
    }
    assert {sound.label for sound in commune.sounds} == {
        "scream",
        "bark",
        "speech",
        "fire_alarm",
        "explosion",
    }
    plates = [plate for figure in commune.figures for plate in figure.plates]
    assert len(plates) >= 10
    assert all(PLATE.fullmatch(plate) for plate in plates)


def test_figures_carry_only_what_their_camera_can_see(commune: Scene) -> None:
    for path in commune.figures:
        camera = commune.camera(path.camera)
        assert path.label in camera.labels, path.key
        assert not path.plates or camera.lpr, path.key
        assert path.label != "person" or not path.sub_label or camera.faces, path.key
    for sound in commune.sounds:
        assert sound.label in commune.camera(sound.camera).audio_labels


def test_something_is_going_on_at_every_moment(commune: Scene) -> None:
    for second in range(int(commune.duration * 2)):
        visible = sum(
            len(commune.figures_at(camera.key, second))
            for camera in commune.cameras
            if commune.fault_at(camera.key, second) is None
        )
        assert visible >= 4, second


def test_one_camera_is_offline_for_forty_seconds_late_in_each_loop(commune: Scene) -> None:
    down = [
        (second, camera.key)
        for second in range(int(commune.duration * 2))
        for camera in commune.cameras
        if commune.fault_at(camera.key, second) == "offline"
    ]
    assert len({key for _, key in down}) == 1
    first = [second for second, _ in down if second < commune.duration]
    assert len(first) == 40
    assert first[0] >= 300
    assert [second - 600 for second, _ in down if second >= commune.duration] == first


def test_a_loop_repeats_with_other_objects(commune: Scene) -> None:
    for camera in commune.cameras:
        for second in range(0, int(commune.duration), 7):
            moment = commune.duration + second
            now = commune.figures_at(camera.key, moment)
            later = commune.figures_at(camera.key, moment + commune.duration)
            assert [figure.box for figure in now] == [figure.box for figure in later]
            lasting = {path.key for path in commune.figures if path.stays}
            for before, after in zip(now, later, strict=True):
                assert (before.run == after.run) == (before.key in lasting)


def test_a_path_walks_waits_and_leaves() -> None:
    scene = Scene.from_dict(SMALL)

    def at(second: float) -> tuple[float, float] | None:
        figures = scene.figures_at("gate", second)
        if not figures:
            return None
        x1, y1, x2, y2 = figures[0].box
        return round((x1 + x2) / 2, 6), round(y2 - y1, 6)

    assert at(9.9) is None
    assert at(10) == (0.2, 0.2)
    assert at(12) == (0.4, 0.2)
    assert at(14) == at(19) == (0.6, 0.2)
    assert at(30) == (0.8, 0.4)
    assert at(30.1) is None
    assert at(112) == (0.4, 0.2)
    assert scene.figures_at("yard", 12) == []


def test_a_path_that_reaches_into_the_next_loop_goes_on_there() -> None:
    stops = (Stop(at=0, x=0.1, y=0.5, size=0.2), Stop(at=40, x=0.9, y=0.5, size=0.2))
    path = FigurePath(key="a", label="person", camera="gate", start=80, stops=stops)
    assert path.at(10, 100) is None
    late, early = path.at(99, 100), path.at(101, 100)
    assert late is not None
    assert early is not None
    assert late.run == early.run == 0
    assert path.at(119, 100) is not None
    assert path.at(121, 100) is None
    again = path.at(180, 100)
    assert again is not None
    assert again.run == 1


def test_speed_is_known_where_the_path_says_and_zero_while_waiting() -> None:
    def speeds(**fields: Any) -> list[float | None]:
        scene = Scene.from_dict(changed(figures=[{**FIGURE, **fields}]))
        return [scene.figures_at("gate", second)[0].speed_kmh for second in (12, 17)]

    assert speeds(speed_kmh=30) == [30, 0]
    assert speeds() == [None, None]


def test_repeated_figures_change_their_plates() -> None:
    stops = (Stop(at=0, x=0.1, y=0.5, size=0.2), Stop(at=5, x=0.9, y=0.5, size=0.2))
    path = FigurePath(
        key="a", label="car", camera="gate", start=0, every=10, stops=stops, plates=("A", "B")
    )
    found = [figure.plate for t in (1, 11, 21) if (figure := path.at(t, 100)) is not None]
    assert found == ["A", "B", "A"]


def test_farther_figures_come_first() -> None:
    near = {**SMALL["figures"][0], "key": "near", "path": [{"x": 0.5, "y": 0.9, "size": 0.3}]}
    far = {**near, "key": "far", "path": [{"x": 0.5, "y": 0.4, "size": 0.1}]}
    scene = Scene.from_dict(changed(figures=[{**near, "stays": True}, {**far, "stays": True}]))
    assert [figure.key for figure in scene.figures_at("gate", 50)] == ["far", "near"]


def test_copies_of_cameras_have_their_own_keys_and_traffic(commune: Scene) -> None:
    many = commune.with_cameras(120)
    keys = [camera.key for camera in many.cameras]
    keys += [zone.key for camera in many.cameras for zone in camera.zones]
    assert len(many.cameras) == 120
    assert len(set(keys)) == len(keys)
    copy = many.camera("duong_lien_xa_3")
    assert copy.group == "thon_3"
    assert {figure.key for t in range(600) for figure in many.figures_at(copy.key, t)} == {
        figure.key for figure in commune.figures if figure.camera == "duong_lien_xa"
    }
    school = many.camera("truong_tieu_hoc_2")
    assert set(school.required_zones_alert) <= {zone.key for zone in school.zones}
    assert [camera.key for camera in commune.with_cameras(2).cameras] == [
        camera.key for camera in commune.cameras[:2]
    ]
    with pytest.raises(SceneError):
        commune.with_cameras(0)


def test_nothing_moves_in_the_empty_scene() -> None:
    scene = Scene.load("empty")
    assert [len(camera.zones) for camera in scene.cameras] == [1, 1]
    assert not scene.figures
    assert scene.sounds_at("front_door", 5) == frozenset()
    assert scene.fault_at("front_door", 5) is None


FIGURE = SMALL["figures"][0]
CAMERA = SMALL["cameras"][0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ([], "expected a mapping, found list"),
        ({"duration": 5}, "name is missing"),
        (changed(colour="red"), "unknown: colour"),
        (changed(duration="long"), "duration must be a number"),
        (changed(duration=float("nan")), "duration must be a number"),
        (changed(cameras=[{**CAMERA, "fps": True}]), "cameras[gate]: fps must be a whole number"),
        (changed(cameras=[{**CAMERA, "ptz": "yes"}]), "ptz must be true or false"),
        (changed(cameras=[CAMERA, CAMERA]), "two cameras have the same key"),
        (changed(cameras=[{**CAMERA, "group": "two"}]), "camera gate: no group two"),
        (changed(cameras=[{**CAMERA, "required_zones_alert": ["x"]}]), "camera gate: no zone x"),
        (
            changed(cameras=[{**CAMERA, "zones": [{"key": "z", "name": "Z", "points": [[0, 2]]}]}]),
            "zones[z]: points must be at least three corners",
        ),
        (changed(figures=[{**FIGURE, "camera": "roof"}]), "no camera roof"),
        (changed(figures=[FIGURE, FIGURE]), "two figures of a camera have the same key"),
        (changed(figures=[{**FIGURE, "path": []}]), "path must have at least one waypoint"),
        (changed(figures=[{**FIGURE, "path": FIGURE["path"][:1]}]), "or stays: true"),
        (changed(figures=[{**FIGURE, "every": 20}]), "its path takes 20.0 of 20 s"),
        (changed(figures=[{**FIGURE, "every": 30}]), "doesn't last a multiple of 30 s"),
        (
            changed(figures=[{**FIGURE, "path": [*FIGURE["path"], {"t": 3, "x": 0}]}]),
            "t must be later than 20",
        ),
        (
            changed(figures=[{**FIGURE, "path": [*FIGURE["path"], {"speed": 1}]}]),
            "speed needs another place",
        ),
        (changed(faults=[{"camera": "gate", "kind": "x", "start": 1, "end": 2}]), "offline or covered"),
        (changed(sounds=[{"camera": "gate", "label": "x", "start": 3, "end": 2}]), "end must be later"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_name_and_the_reason(
    tmp_path: Path, data: Any, reason: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(SceneError, match=re.escape(reason)) as raised:
        Scene.load(path)
    assert str(raised.value).startswith(str(path))


def test_a_file_that_cannot_be_read_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match=r"scenes/nowhere\.yaml: No such file"):
        Scene.load("nowhere")
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(SceneError, match=r"binary\.yaml: not YAML"):
        Scene.load(path)
    path.write_text("name: [", encoding="utf-8")
    with pytest.raises(SceneError, match=r"binary\.yaml: not YAML"):
        Scene.load(path)
