"""Every figure and every place that can be drawn, by day and by night."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import override
from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image
import pytest

from simulator.figures import Figure
from simulator.frigate import Frigate
from simulator.media import Media
from simulator.media.figures import _ARTISTS as ARTISTS, colour_of
from tests.unit.simulator.media_world import NOON, FakeWorld

MIDNIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).timestamp()
BOX = (0.4, 0.4, 0.6, 0.8)


@dataclass
class OneFigure(FakeWorld):
    """A yard in which one figure stands, or drives through."""

    figure: Figure | None = None
    speed: float = 0.0

    @override
    def figures_at(self, camera: str, t: float) -> Sequence[Figure]:
        if self.figure is None:
            return []
        x1, y1, x2, y2 = BOX
        moved = (t - self.time) * self.speed
        return [
            Figure(
                key=self.figure.key,
                label=self.figure.label,
                box=(x1 + moved, y1, x2 + moved, y2),
                colour=self.figure.colour,
            )
        ]


def pixels(world: FakeWorld, camera: str = "yard") -> np.ndarray:
    body = Media(world).latest(camera, fmt="png", height=360)
    return np.asarray(Image.open(BytesIO(body)).convert("RGB")).astype(int)


@cache
def empty_yard(moment: float) -> np.ndarray:
    return pixels(OneFigure(time=moment))


def changed(world: OneFigure) -> tuple[float, float]:
    """How much of the figure's box differs from the empty yard, and how much of what lies far from it."""
    with_figure = pixels(world)
    empty = empty_yard(world.time)
    differs = (np.abs(with_figure - empty) > 12).any(axis=2)
    height, width = differs.shape
    x1, y1, x2, y2 = (
        round(part * size) for part, size in zip(BOX, (width, height) * 2, strict=True)
    )
    inside = differs[y1:y2, x1:x2].mean()
    far = np.concatenate([differs[:, : width // 5].ravel(), differs[:, -width // 5 :].ravel()])
    return float(inside), float(far.mean())


@pytest.mark.parametrize("label", [*ARTISTS, "umbrella"])
def test_figures_fill_their_boxes_and_nothing_else(label: str) -> None:
    for speed in (0.0, 0.08, -0.08):
        world = OneFigure(figure=Figure(key="one", label=label, box=BOX), speed=speed)
        inside, far = changed(world)
        assert inside > 0.2, speed
        assert far == 0, speed


def test_standing_driving_and_turning_look_different() -> None:
    pictures = [
        pixels(OneFigure(figure=Figure(key="one", label="car", box=BOX), speed=speed))
        for speed in (0.08, -0.08)
    ]
    assert (pictures[0] != pictures[1]).any()


def test_vehicles_have_their_lights_on_at_night() -> None:
    car = Figure(key="one", label="car", box=BOX, colour="#202020")
    lit = pixels(OneFigure(time=MIDNIGHT, figure=car, speed=0.08))
    dark = pixels(OneFigure(time=MIDNIGHT))
    assert pixels(OneFigure()).mean() > dark.mean() * 1.5, "night is darker than day"
    assert (lit - dark).max() > 60, "the headlight"


def test_colours_by_name_number_and_chance() -> None:
    assert colour_of("car", "red", 1) == colour_of("car", "#ff0000", 2) == (255, 0, 0)
    assert colour_of("car", [300, -5, 7], 1) == (255, 0, 7)
    assert colour_of("person", "no colour", 3) == colour_of("person", None, 3)
    assert len({colour_of("person", None, seed) for seed in range(8)}) > 3


def test_every_camera_of_the_commune_shows_another_place() -> None:
    frigate = Frigate("commune", clock=lambda: NOON, history_days=0)
    media = Media(frigate)
    by_day: dict[str, np.ndarray] = {}
    for camera in frigate.camera_names():
        image = Image.open(BytesIO(media.latest(camera, fmt="png", height=180)))
        picture = np.asarray(image.convert("L")).astype(int)
        assert picture.std() > 15, f"{camera} is not of one colour"
        by_day[camera] = picture
        night = media.latest(camera, fmt="png", height=180, at=MIDNIGHT)
        assert np.asarray(Image.open(BytesIO(night)).convert("L")).mean() < picture.mean()
    names = list(by_day)
    for number, first in enumerate(names):
        for second in names[number + 1 :]:
            off = np.abs(by_day[first] - by_day[second]).mean()
            assert off > 3, f"{first} looks like {second}"


def test_birdseye_shows_the_cameras() -> None:
    frigate = Frigate("commune", clock=lambda: NOON, history_days=0)
    media = Media(frigate)
    body = media.latest("birdseye", fmt="png", height=360)
    assert np.asarray(Image.open(BytesIO(body)).convert("L")).std() > 20
