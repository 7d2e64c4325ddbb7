"""What is read of Frigate's configuration, for all supported releases, and that nothing in it can do harm."""

from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.antt_camera.frigate.config import FrigateConfig
from custom_components.antt_camera.frigate.parse import ParseProblems
from custom_components.antt_camera.frigate.stats import Stats
from custom_components.antt_camera.frigate.version import FrigateVersion

from .test_messages import JSON, _paths, _replaced

CAMERA: dict[str, Any] = {
    "name": "cong_ubnd",
    "friendly_name": "Cổng UBND xã",
    "enabled": True,
    "enabled_in_config": True,
    "detect": {"enabled": True, "width": 1280, "height": 720, "fps": 5},
    "objects": {
        "track": ["person", "car", "face", "license_plate"],
        "mask": {"sky": {"friendly_name": "Bầu trời", "enabled": False, "enabled_in_config": True}},
    },
    "motion": {
        "enabled": True,
        "threshold": 30,
        "contour_area": 10,
        "improve_contrast": False,
        "mask": {},
    },
    "record": {
        "enabled": False,
        "enabled_in_config": True,
        "continuous": {"days": 3},
        "motion": {"days": 7},
    },
    "snapshots": {"enabled": True},
    "audio": {"enabled": True, "enabled_in_config": True, "listen": ["scream", "bark"]},
    "birdseye": {"enabled": True, "mode": "objects"},
    "review": {
        "alerts": {"enabled": True, "enabled_in_config": True},
        "detections": {"enabled": False, "enabled_in_config": False},
    },
    "onvif": {"host": "10.0.0.9", "autotracking": {"enabled": False, "enabled_in_config": False}},
    "zones": {
        "via_he": {
            "friendly_name": "Vỉa hè",
            "objects": [],
            "coordinates": "0,0,1,0,1,1",
            "loitering_time": 5,
        },
        "cong": {"objects": ["car"], "enabled": False, "enabled_in_config": False},
    },
    "live": {"streams": {"Chính": "cong_main", "Phụ": "cong_sub"}},
    "lpr": {"enabled": True},
    "face_recognition": {"enabled": True},
    "ffmpeg": {"inputs": [{"roles": ["detect", "record"]}, {"roles": ["audio"]}]},
}
CONFIG: dict[str, Any] = {
    "version": "0.18-0",
    "safe_mode": False,
    "cameras": {
        "cong_ubnd": CAMERA,
        "_replay_cong_ubnd": CAMERA,
        "cho": {"objects": {"track": ["person"]}},
    },
    "mqtt": {
        "enabled": True,
        "topic_prefix": "frigate",
        "client_id": "xa",
        "host": "10.0.0.2",
        "port": 1883,
    },
    "go2rtc": {"streams": {"cong_sub": ["x"], "cho": ["x"]}},
    "birdseye": {"enabled": True, "mode": "objects", "restream": True},
    "camera_groups": {
        "thon_2": {"cameras": ["cho", "birdseye"], "order": 2},
        "thon_1": {"cameras": ["cong_ubnd"], "order": 1},
    },
    "profiles": {"dem": {"friendly_name": "Ban đêm"}, "ngay": {}},
    "lpr": {"enabled": True, "known_plates": {"xe_cong_an": ["36A-000.01"]}},
    "face_recognition": {"enabled": False},
    "classification": {
        "custom": {
            "cong_mo": {"enabled": True, "state_config": {"cameras": {"cong_ubnd": {}}}},
            "ao": {"object_config": {"objects": ["person"], "classification_type": "attribute"}},
            "tat": {"enabled": False, "state_config": {"cameras": {}}},
        }
    },
    "detectors": {"coral": {"type": "edgetpu"}},
}


def read(wire: dict[str, Any]) -> FrigateConfig:
    """Read without problems."""
    problems = ParseProblems()
    config = FrigateConfig.from_wire(wire, problems)
    assert problems.counts == {}
    return config


def test_server() -> None:
    config = read(CONFIG)
    assert config.version == FrigateVersion(0, 18, 0)
    assert list(config.cameras) == ["cong_ubnd", "cho"]
    assert config.camera_groups == {"thon_1": ("cong_ubnd",), "thon_2": ("cho",)}
    assert list(config.camera_groups) == ["thon_1", "thon_2"]
    assert config.profiles == {"dem": "Ban đêm", "ngay": "ngay"}
    assert config.known_plate_names == ("xe_cong_an",)
    assert [(model.name, model.kind, model.result) for model in config.classification] == [
        ("cong_mo", "state", None),
        ("ao", "object", "attribute"),
    ]
    assert config.birdseye.restream


def test_camera() -> None:
    camera = read(CONFIG).cameras["cong_ubnd"]
    assert camera.name == "Cổng UBND xã"
    assert camera.labels == ("person", "car")
    assert camera.audio_labels == ("scream", "bark")
    assert camera.has_ptz
    assert camera.stream == "cong_sub", "the first live stream that go2rtc has"
    assert camera.record_days == 7
    assert camera.roles == {"detect", "record", "audio"}
    assert camera.lpr_enabled
    assert not camera.face_enabled, "off for the whole server"
    assert camera.object_masks == {"sky": "Bầu trời"}
    assert camera.states["recordings"] is False
    assert camera.states["birdseye_mode"] == "OBJECTS"
    assert camera.states["object_mask/sky"] is False
    assert camera.states["zone/via_he"] is True
    assert camera.states["motion_contour_area"] == 10
    assert {"recordings", "audio", "review_alerts", "detect", "snapshots"} <= camera.in_config
    assert not {"review_detections", "ptz_autotracker", "notifications"} & camera.in_config


def test_zones() -> None:
    zones = read(CONFIG).cameras["cong_ubnd"].zones
    assert zones["via_he"].name == "Vỉa hè"
    assert zones["via_he"].labels == ("person", "car"), "those of the camera"
    assert zones["cong"].labels == ("car",)
    assert zones["cong"].name == "Cong"
    assert not zones["cong"].enabled_in_config


def test_bare_camera() -> None:
    camera = read(CONFIG).cameras["cho"]
    assert (camera.name, camera.stream, camera.audio_labels) == ("Cho", "cho", ())
    assert camera.enabled
    assert not camera.has_ptz


def test_release_0_16() -> None:
    """No names, masks as coordinates, one retention, no switch for motion detection in the file."""
    old = CAMERA | {
        "motion": {"threshold": 20, "contour_area": 10, "mask": "0,0,1,1"},
        "objects": {"track": ["person"], "mask": ["0,0,1,1"]},
        "record": {"enabled": True, "enabled_in_config": True, "retain": {"days": 4}},
    }
    del old["friendly_name"]
    camera = read(CONFIG | {"version": "0.16-0", "cameras": {"cong_ubnd": old}}).cameras[
        "cong_ubnd"
    ]
    assert camera.name == "Cong ubnd"
    assert camera.motion_masks == camera.object_masks == {}
    assert camera.record_days == 4
    assert camera.states["motion"] is True


def test_safe_mode() -> None:
    config = read({"safe_mode": True, "cameras": {}, "mqtt": {"enabled": False}})
    assert config.safe_mode
    assert config.cameras == {}


def test_names_that_could_leave_their_path() -> None:
    problems = ParseProblems()
    config = FrigateConfig.from_wire(
        {"cameras": {"a/../b": CAMERA, "": CAMERA, "x" * 65: CAMERA, "ok-1_A": CAMERA}}, problems
    )
    assert list(config.cameras) == ["ok-1_A"]
    assert problems.total == 3


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_any_value_anywhere(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(_paths(CONFIG)))
    FrigateConfig.from_wire(_replaced(CONFIG, path, data.draw(JSON)), ParseProblems())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.18.0-e3fa70189", (0, 18, 0)),
        ("0.9.4", (0, 9, 4)),
        ("0.17.2-beta1", (0, 17, 2)),
        ("1.0", (1, 0, 0)),
        ("0.100.1", (0, 100, 1)),
    ],
)
def test_versions(text: str, expected: tuple[int, int, int]) -> None:
    version = FrigateVersion.parse(text)
    assert (version.major, version.minor, version.patch) == expected


def test_versions_compare_by_number() -> None:
    assert (
        FrigateVersion.parse("0.9.4")
        < FrigateVersion.parse("0.16.0")
        < FrigateVersion.parse("0.100.0")
    )


@pytest.mark.parametrize("text", ["", "frigate", "0", "a.b.c", "0.18.0" * 100, "<html>"])
def test_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="version"):
        FrigateVersion.parse(text)


def test_stats_of_all_releases() -> None:
    new = {
        "cameras": {
            "c": {"camera_fps": 5.0, "ffmpeg_cpu": "1.5", "pid": None, "audio_dBFS": -31.2}
        },
        "detectors": {"coral": {"inference_speed": 7.3, "temperature": 51.0}},
        "gpu_usages": {"intel": {"gpu": "12.5%", "mem": "-", "temp": "54"}},
        "npu_usages": {"rk": {"npu": 30}},
        "cpu_usages": {"frigate.full_system": {"cpu": "20.5", "mem": "33.3"}},
        "service": {
            "uptime": 90,
            "version": "0.18.0",
            "storage": {"/x": {"total": 10, "used": 4, "free": 6}},
        },
    }
    old = {
        "cameras": {"c": {"camera_fps": 5.0, "ffmpeg_pid": 12}},
        "cpu_usages": {"12": {"cpu": "3.5"}},
        "detectors": {"coral": {"inference_speed": 7.3}},
        "service": {"temperatures": {"coral": 48.5}},
    }
    problems = ParseProblems()
    stats = Stats.from_wire(new, problems)
    assert stats is not None
    assert stats.cameras["c"].ffmpeg_cpu == 1.5
    assert stats.cameras["c"].audio_dbfs == -31.2
    assert stats.gpus["intel"].load == 12.5
    assert stats.gpus["intel"].memory is None
    assert stats.gpus["rk"].load == 30
    assert (stats.cpu, stats.memory) == (20.5, 33.3)
    stats = Stats.from_wire(old, problems)
    assert stats is not None
    assert stats.cameras["c"].ffmpeg_cpu == 3.5
    assert stats.detectors["coral"].temperature == 48.5
    assert problems.total == 0
