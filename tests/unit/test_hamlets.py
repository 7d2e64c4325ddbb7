"""Which hamlet a camera belongs to, guessed from groups and names."""

from typing import Any

import pytest

from custom_components.antt_camera.frigate.config import FrigateConfig
from custom_components.antt_camera.frigate.parse import ParseProblems
from custom_components.antt_camera.hamlets import (
    group_name,
    hamlet_groups,
    match_area,
    suggest,
    words,
)


def config(cameras: dict[str, str | None], **groups: list[str]) -> FrigateConfig:
    """A configuration with these cameras (key -> friendly name) and groups."""
    wire: dict[str, Any] = {
        "cameras": {key: {"friendly_name": name} if name else {} for key, name in cameras.items()},
        "camera_groups": {
            key: {"cameras": members, "order": number}
            for number, (key, members) in enumerate(groups.items())
        },
    }
    return FrigateConfig.from_wire(wire, ParseProblems())


def test_words() -> None:
    """Neither accents nor capitals nor signs count."""
    assert words("Thôn_Đông (cũ)") == ("thon", "dong", "cu")
    assert group_name("thon_dong") == "Thon dong"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("thon_dong", "Thôn Đông"),
        ("Đông", "Thôn Đông"),
        ("Xóm Đông", "Thôn Đông"),
        ("Chợ", None),
        ("Đông Hưng", None),
        # The very words come before those without the kind of place.
        ("ap tay", "Ấp Tây"),
        ("Thôn", None),
    ],
)
def test_area_of_a_name(name: str, found: str | None) -> None:
    """Whole names only."""
    assert match_area(name, ["Thôn Đông", "Thôn Tây", "Ấp Tây"]) == found


def test_groups_that_may_be_places() -> None:
    """Not the group of all cameras, no empty one, no camera that is gone."""
    found = hamlet_groups(
        config({"a": None, "b": None}, tat_ca=["a", "b"], thon_dong=["a", "gone"], trong=["gone"])
    )
    assert found == {"Thon dong": ("a",)}


def test_suggestions() -> None:
    """A known area by group, by name or by key; else the group's own name; else nothing."""
    cameras = {
        "a": "Cổng 1",
        "b": "Cổng thôn Tây",
        "dong_2": None,
        "d": "Chợ",
        "e": "Cầu Đông Hưng",
        "f": "Ngã ba",
    }
    found = suggest(
        config(cameras, thon_dong=["a"], cho=["d"]),
        ["Thôn Đông", "Thôn Tây", "Đông Hưng"],
    )
    assert found == {
        "a": "Thôn Đông",
        "b": "Thôn Tây",
        "dong_2": "Thôn Đông",
        "d": "Cho",
        "e": "Đông Hưng",
    }
