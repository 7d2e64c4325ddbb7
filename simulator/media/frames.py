"""One frame of a camera at one moment: background, figures, what the camera itself burns in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from math import hypot
from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from simulator.media.cache import BoundedCache
from simulator.media.figures import colour_of, seed_of, sprite
from simulator.media.fonts import text_image
from simulator.media.pen import MARGIN, PHASES, Look
from simulator.media.places import paint
from simulator.media.world import MediaWorld, UnknownCameraError, VisibleFigure

type Size = tuple[int, int]
type Box = tuple[float, float, float, float]
type FrameKey = tuple[str, Size, int, tuple[object, ...]]

BIRDSEYE = "birdseye"
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
DAY_BEGINS, NIGHT_BEGINS = 5.5, 18.25
FRAMES_PER_SECOND = 5
LOOK_BACK = 0.6
STILL = 0.004
VEHICLES = frozenset({"car", "truck", "bus", "motorcycle"})
BACKGROUND_BYTES = 96 * 2**20
FRAME_BYTES = 48 * 2**20


@dataclass(frozen=True, slots=True)
class DrawnFigure:
    """A figure without a world behind it, for pictures of what is only known from the database."""

    label: str
    box: Box
    colour: object = None
    sub_label: str | None = None


def tick(t: float) -> int:
    """The number of the frame shown at epoch second `t`."""
    return int(t * FRAMES_PER_SECOND)


def _weight(image: Image.Image) -> int:
    return image.width * image.height * 3


class FrameMaker:
    """Draws frames. Thread-safe; backgrounds and the latest frames are kept."""

    def __init__(self, world: MediaWorld) -> None:
        self._world = world
        self._backgrounds: BoundedCache[tuple[str, str, Size, bool], Image.Image] = BoundedCache(
            BACKGROUND_BYTES, _weight
        )
        self._frames: BoundedCache[FrameKey, Image.Image] = BoundedCache(FRAME_BYTES, _weight)

    def size(self, camera: str) -> Size:
        """Width and height of the camera's detect stream.

        Raises:
            UnknownCameraError: No such camera.
        """
        if camera == BIRDSEYE:
            return 1280, 720
        config = self._world.camera_config(camera)
        if config is None:
            raise UnknownCameraError(camera)
        detect = config.get("detect") or {}
        width, height = int(detect.get("width") or 1280), int(detect.get("height") or 720)
        share = min(1.0, 1920 / max(width, height, 1))
        return max(2, round(width * share) // 2 * 2), max(2, round(height * share) // 2 * 2)

    def zone(self) -> tzinfo:
        """The time zone burnt into the pictures."""
        interface = self._world.config_json("admin").get("ui")
        name = interface.get("timezone") if isinstance(interface, dict) else None
        try:
            return ZoneInfo(str(name)) if name else LOCAL
        except ValueError, OSError:
            return UTC

    def is_night(self, t: float) -> bool:
        """Whether it is dark at epoch second `t`."""
        clock = datetime.fromtimestamp(t, self.zone())
        hour = clock.hour + clock.minute / 60
        return not DAY_BEGINS <= hour < NIGHT_BEGINS

    def is_offline(self, camera: str) -> bool:
        """Whether there is no picture of the camera now."""
        return camera != BIRDSEYE and self._world.offline(camera)

    def key(self, camera: str, t: float, size: Size) -> FrameKey:
        """All that a frame depends on: equal keys are equal pictures."""
        names = self._world.camera_names() if camera == BIRDSEYE else (camera,)
        stamp = tuple(
            (
                name,
                self._is_covered(name, t),
                camera == BIRDSEYE and self._world.offline(name),
                tuple((one.label, one.box) for one in self._world.figures_at(name, t)),
            )
            for name in names
        )
        return camera, size, tick(t), stamp

    def frame(self, camera: str, t: float, size: Size) -> Image.Image:
        """The picture of epoch second `t`, RGB. Shared: copy it before drawing on it.

        Raises:
            UnknownCameraError: No such camera.
        """
        self.size(camera)

        def make() -> Image.Image:
            if camera == BIRDSEYE:
                return self._birdseye(t, size)
            figures = self._world.figures_at(camera, t)
            return self._draw(camera, t, size, figures, covered=self._is_covered(camera, t))

        return self._frames.get(self.key(camera, t, size), make)

    def _is_covered(self, camera: str, t: float) -> bool:
        # Only the present is known.
        return abs(t - self._world.now()) < 1 and self._world.covered(camera)

    def scene(
        self, camera: str, t: float, size: Size, figures: Sequence[VisibleFigure]
    ) -> Image.Image:
        """A picture of the place with exactly these figures."""
        return self._draw(camera, t, size, figures, covered=False)

    def _draw(
        self, camera: str, t: float, size: Size, figures: Sequence[VisibleFigure], covered: bool
    ) -> Image.Image:
        if covered:
            picture = _covered(size, seed_of(f"{camera}{tick(t)}"))
        else:
            night = self.is_night(t)
            picture = self._background(camera, size, night).copy()
            earlier = self._world.figures_at(camera, t - LOOK_BACK) if figures else ()
            for figure in sorted(figures, key=lambda one: one.box[3]):
                _place(picture, figure, earlier, t, night)
        self._burn_in(picture, camera, t)
        return picture

    def _background(self, camera: str, size: Size, night: bool) -> Image.Image:
        name = self._name(camera)
        return self._backgrounds.get(
            (camera, name, size, night), lambda: paint(camera, name, size, night=night)
        )

    def _name(self, camera: str) -> str:
        config = self._world.camera_config(camera) or {}
        return str(config.get("friendly_name") or camera.replace("_", " ").title())

    def _burn_in(self, picture: Image.Image, camera: str, t: float) -> None:
        """Clock above right and name below right, as the cameras put them."""
        height = max(9, picture.height // 30)
        gap = height * 2 // 3
        clock = datetime.fromtimestamp(t, self.zone())
        label = text_image(f"{clock:%d-%m-%Y %H:%M:%S}", height)
        picture.paste(label, (picture.width - label.width - gap, gap), label)
        label = text_image(self._name(camera), height)
        place = (picture.width - label.width - gap, picture.height - label.height - gap)
        picture.paste(label, place, label)

    def _birdseye(self, t: float, size: Size) -> Image.Image:
        names = self._world.camera_names()
        names = tuple(name for name in names if not self._world.offline(name))[:16]
        picture = Image.new("RGB", size, (0, 0, 0))
        side = 1
        while side * side < len(names):
            side += 1
        cell = (size[0] // side // 2 * 2, size[1] // side // 2 * 2)
        for index, name in enumerate(names):
            place = (index % side * cell[0], index // side * cell[1])
            picture.paste(self.frame(name, t, cell), place)
        return picture


def _place(
    picture: Image.Image,
    figure: VisibleFigure,
    earlier: Sequence[VisibleFigure],
    t: float,
    night: bool,
) -> None:
    """Draw one figure at its box, lit like the ground it stands on."""
    x1, y1, x2, y2 = figure.box
    left, top = x1 * picture.width, y1 * picture.height
    width = max(4, round((x2 - x1) * picture.width))
    height = max(4, round((y2 - y1) * picture.height))
    if width > picture.width or height > picture.height:
        return
    name = str(getattr(figure, "key", None) or figure.sub_label or figure.label)
    seed = seed_of(name)
    dx, dy = _moved(figure, name, earlier)
    moving = hypot(dx, dy) > STILL
    look = Look(
        label=figure.label,
        # Sizes in steps: a figure that walks away does not need a new drawing every frame.
        width=(width + 1) // 2 * 2,
        height=(height + 1) // 2 * 2,
        colour=colour_of(figure.label, figure.colour, seed),
        phase=int(t * FRAMES_PER_SECOND) % PHASES if moving else 0,
        left=dx < 0 if abs(dx) > STILL / 2 else bool(seed & 1),
        moving=moving,
        seed=seed,
        plate=getattr(figure, "plate", None),
    )
    drawn = sprite(look)
    corner = (round(left - look.width * MARGIN), round(top - look.height * MARGIN))
    if night:
        drawn = _dimmed(drawn, _light_at(picture, figure.box))
    picture.paste(drawn, corner, drawn)
    if night and figure.label in VEHICLES:
        _headlight(picture, figure.box, left=look.left)


def _moved(
    figure: VisibleFigure, name: str, earlier: Sequence[VisibleFigure]
) -> tuple[float, float]:
    """How far the figure's foot came within the last moments, relative to the picture."""
    x, y = (figure.box[0] + figure.box[2]) / 2, figure.box[3]
    best = (0.0, 0.0)
    nearest = 0.3
    for other in earlier:
        if other.label != figure.label:
            continue
        same = str(getattr(other, "key", None) or other.sub_label or other.label) == name
        dx, dy = x - (other.box[0] + other.box[2]) / 2, y - other.box[3]
        distance = hypot(dx, dy) if same else 1.0
        if distance < nearest:
            nearest, best = distance, (dx, dy)
    return best


def _light_at(picture: Image.Image, box: Box) -> float:
    """How bright the ground under a box is: 0 (dark) to 1 (as by day)."""
    foot = round(min(0.99, box[3]) * picture.height)
    left = max(0, min(picture.width - 2, round(box[0] * picture.width)))
    right = max(left + 1, min(picture.width, round(box[2] * picture.width)))
    strip = picture.crop((left, max(0, foot - 4), right, max(1, foot)))
    level = float(np.asarray(strip.convert("L").resize((4, 1))).mean())
    return max(0.3, min(0.95, level / 120))


def _dimmed(drawn: Image.Image, light: float) -> Image.Image:
    steps = round(light * 10) / 10
    red, green, blue, alpha = drawn.split()
    tints = (steps * 0.92, steps * 0.92, min(1.0, steps * 1.02))
    bands = [
        band.point([round(value * tint) for value in range(256)])
        for band, tint in zip((red, green, blue), tints, strict=True)
    ]
    return Image.merge("RGBA", (*bands, alpha))


def _headlight(picture: Image.Image, box: Box, *, left: bool) -> None:
    """The glow in front of a vehicle at night."""
    width, height = (box[2] - box[0]) * picture.width, (box[3] - box[1]) * picture.height
    front = width < height * 1.3
    radius = max(3, round(height * (0.2 if front else 0.3)))
    glow = _glow(radius)
    y = (box[1] + (box[3] - box[1]) * 0.6) * picture.height
    if front:
        spots = [0.5] if width < height * 0.72 else [0.16, 0.84]
    else:
        spots = [0.02 if left else 0.98]
    for share in spots:
        x = (box[0] + (box[2] - box[0]) * share) * picture.width
        picture.paste((255, 244, 206), (round(x - radius), round(y - radius)), glow)


def _glow(radius: int) -> Image.Image:
    ys, xs = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float32) / radius
    strength = np.clip(1 - np.hypot(xs, ys), 0, 1) ** 1.8 * 235
    return Image.fromarray(strength.astype(np.uint8))


def _covered(size: Size, seed: int) -> Image.Image:
    """A lens that somebody covers: nearly black, with the sensor's noise."""
    noise = np.random.default_rng(seed)
    small = (max(2, size[1] // 4), max(2, size[0] // 4))
    level = 11 + noise.normal(0, 5, small)
    ys, xs = np.mgrid[0 : small[0], 0 : small[1]]
    level += 9 * (xs / small[1]) * (ys / small[0])
    grey = Image.fromarray(level.clip(0, 60).astype(np.uint8)).resize(
        size, Image.Resampling.BILINEAR
    )
    return Image.merge("RGB", (grey, grey.point([min(255, v + 2) for v in range(256)]), grey))


def no_frames(size: Size) -> Image.Image:
    """What Frigate shows for a camera that never delivered a frame."""
    picture = Image.new("RGB", size, (66, 68, 72))
    draw = ImageDraw.Draw(picture)
    unit = size[1] / 100
    x, y = size[0] / 2, size[1] * 0.36
    draw.rounded_rectangle(
        (x - 16 * unit, y - 9 * unit, x + 8 * unit, y + 9 * unit),
        2 * unit,
        outline=(206, 208, 210),
        width=max(1, round(unit)),
    )
    draw.polygon(
        [
            (x + 10 * unit, y - 2 * unit),
            (x + 17 * unit, y - 7 * unit),
            (x + 17 * unit, y + 7 * unit),
            (x + 10 * unit, y + 2 * unit),
        ],
        fill=(206, 208, 210),
    )
    draw.line(
        (x - 20 * unit, y + 14 * unit, x + 20 * unit, y - 14 * unit),
        fill=(214, 84, 76),
        width=max(2, round(2 * unit)),
    )
    picture = picture.filter(ImageFilter.SMOOTH)
    for row, text in enumerate(("No frames have been received,", "check error logs")):
        label = text_image(text, max(9, size[1] // 20))
        picture.paste(
            label, (round(x - label.width / 2), round(size[1] * (0.6 + row * 0.09))), label
        )
    return picture
