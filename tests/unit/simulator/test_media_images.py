"""Still pictures: sizes, formats, options, and that they show what the world says."""

from io import BytesIO

import numpy as np
from PIL import Image
import pytest

from simulator.media import Media, UnknownCameraError
from simulator.rows import EventRow
from tests.unit.simulator.media_world import NOON, FakeWorld


def opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body))


def red_at(picture: Image.Image) -> float:
    """Where the red is, from 0 (left) to 1 (right)."""
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    red = (pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 90) & (pixels[:, :, 2] < 90)
    # The sign above the gate is red as well, but does not move.
    red[: pixels.shape[0] // 3] = False
    assert red.any()
    return float(np.nonzero(red)[1].mean() / pixels.shape[1])


def level(picture: Image.Image) -> float:
    return float(np.asarray(picture.convert("L")).mean())


def event(**data: object) -> EventRow:
    return EventRow(id="1.1-a", camera="gate", label="person", start_time=NOON + 2, data=dict(data))


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


@pytest.fixture
def media(world: FakeWorld) -> Media:
    return Media(world)


@pytest.mark.parametrize(
    ("fmt", "kind"), [("jpg", "JPEG"), ("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")]
)
def test_latest_formats_and_height(media: Media, fmt: str, kind: str) -> None:
    picture = opened(media.latest("gate", fmt=fmt, height=180))
    assert (picture.format, picture.size) == (kind, (320, 180))


def test_latest_is_as_large_as_the_detect_stream_and_smaller_with_less_quality(
    media: Media,
) -> None:
    good, poor = media.latest("gate", quality=95), media.latest("gate", quality=20)
    assert opened(good).size == (1280, 720)
    assert len(poor) < len(good) / 2


def test_figures_move(media: Media, world: FakeWorld) -> None:
    before = red_at(opened(media.latest("gate")))
    world.time += 4
    after = red_at(opened(media.latest("gate")))
    assert after - before == pytest.approx(0.4, abs=0.03)


def test_a_recorded_moment_is_shown_whatever_the_camera_does_now(
    media: Media, world: FakeWorld
) -> None:
    world.time, world.is_offline = NOON + 100, True
    assert red_at(opened(media.latest("gate", at=NOON + 4))) == pytest.approx(0.45, abs=0.03)


def test_offline_covered_and_night(media: Media, world: FakeWorld) -> None:
    day = level(opened(media.latest("gate")))
    world.is_covered = True
    assert level(opened(media.latest("gate"))) < 40
    world.is_covered, world.is_offline = False, True
    offline = opened(media.latest("gate", height=360)).convert("RGB")
    assert offline.getpixel((5, 5)) == pytest.approx((66, 68, 72), abs=4)
    world.is_offline = False
    world.time += 10 * 3600
    assert level(opened(media.latest("gate"))) < day * 0.7


@pytest.mark.parametrize("option", ["bbox", "timestamp", "zones", "mask", "motion", "regions"])
def test_every_option_changes_the_picture(media: Media, option: str) -> None:
    plain = np.asarray(opened(media.latest("gate", fmt="png"))).astype(int)
    drawn = np.asarray(opened(media.latest("gate", fmt="png", **{option: True}))).astype(int)
    assert (np.abs(plain - drawn).max(axis=2) > 40).sum() > 100


def test_an_unknown_camera_is_refused(media: Media) -> None:
    with pytest.raises(UnknownCameraError):
        media.latest("nowhere")


def test_birdseye_shows_all_cameras(media: Media, world: FakeWorld) -> None:
    picture = opened(media.latest("birdseye", height=360))
    assert picture.size == (640, 360)
    assert level(picture.crop((0, 0, 640, 180))) > 60
    world.is_offline = True
    assert level(opened(media.latest("birdseye", height=360))) > 60


def test_snapshot_draws_what_the_world_forgot_at_its_stored_box(media: Media) -> None:
    row = event(box=[0.6, 0.3, 0.1, 0.6], snapshot_frame_time=NOON + 2, top_score=0.8)
    row.camera = "yard"
    boxed = np.asarray(opened(media.snapshot(row, fmt="png", bbox=True))).astype(int)
    clean = np.asarray(opened(media.snapshot(row, fmt="png"))).astype(int)
    empty = np.asarray(opened(media.latest("yard", fmt="png", at=NOON + 2))).astype(int)
    figure = np.abs(clean - empty).max(axis=2) > 30
    assert figure[216:648, 768:896].mean() > 0.3
    assert figure[:, :600].sum() == 0
    assert (np.abs(boxed - clean).max(axis=2) > 30).sum() > 500


def test_snapshot_options(media: Media, world: FakeWorld) -> None:
    row = event(box=[0.2, 0.3, 0.1, 0.6])
    assert opened(media.snapshot(row)).size == (1280, 720)
    cropped = opened(media.snapshot(row, crop=True, height=200))
    assert cropped.size == (200, 200)
    world.snapshots = {"bounding_box": False, "height": 270}
    assert opened(media.snapshot(row)).size == (480, 270)


def test_thumbnails(media: Media) -> None:
    row = event(box=[0.2, 0.3, 0.1, 0.6])
    assert opened(media.thumbnail(row, "webp", android=False)).size == (175, 175)
    wide = opened(media.thumbnail(row, "jpg", android=True))
    assert wide.size == (350, 175)
    assert level(wide.crop((0, 0, 80, 175))) < 5 < level(wide.crop((100, 0, 250, 175)))


def test_preview_gif_moves(media: Media) -> None:
    picture = opened(media.preview_gif("gate", NOON, NOON + 6))
    assert picture.format == "GIF"
    count = getattr(picture, "n_frames", 1)
    assert count >= 8
    first = red_at(picture)
    picture.seek(count - 1)
    assert red_at(picture) > first + 0.3
