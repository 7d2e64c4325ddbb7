"""The pen that figures are drawn with, in the unit square of their boxes."""

from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw

from simulator.media.canvas import Point
from simulator.media.fonts import Rgb, draw_text

SCALE = 2
MARGIN = 0.2
PHASES = 8
SKIN: tuple[Rgb, ...] = ((214, 168, 132), (198, 148, 112), (226, 184, 150))
SHIRTS: tuple[Rgb, ...] = (
    (196, 62, 54),
    (58, 104, 168),
    (236, 234, 226),
    (74, 128, 88),
    (226, 172, 66),
    (128, 84, 140),
    (92, 98, 108),
    (224, 132, 150),
)
CAPS: tuple[Rgb, ...] = ((52, 84, 140), (150, 46, 44), (72, 96, 70))
PAINT: tuple[Rgb, ...] = (
    (216, 218, 220),
    (60, 66, 74),
    (168, 44, 42),
    (52, 88, 142),
    (150, 156, 160),
    (236, 236, 232),
)
DARK: Rgb = (34, 36, 40)
GLASS: Rgb = (58, 74, 88)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything a drawn figure depends on. Sizes in pixels."""

    label: str
    width: int
    height: int
    colour: Rgb
    phase: int
    left: bool
    moving: bool
    seed: int
    plate: str | None = None


class Pen:
    """Draws in the unit square of a figure's box; y runs down."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.random = Random(look.seed)
        self.w, self.h = look.width * SCALE, look.height * SCALE
        self._left, self._top = round(self.w * MARGIN), round(self.h * MARGIN)
        size = (self.w + 2 * self._left, self.h + 2 * self._top)
        self.image = Image.new("RGBA", size)
        self._draw = ImageDraw.Draw(self.image)
        self.unit = min(self.w, self.h)

    def at(self, x: float, y: float) -> Point:
        """A point of the unit square in pixels."""
        return self._left + x * self.w, self._top + y * self.h

    def poly(self, points: list[Point], fill: Rgb) -> None:
        self._draw.polygon([self.at(*point) for point in points], fill=fill)

    def rect(
        self, x1: float, y1: float, x2: float, y2: float, fill: Rgb, radius: float = 0.0
    ) -> None:
        corners = (*self.at(x1, y1), *self.at(x2, y2))
        self._draw.rounded_rectangle(corners, radius * self.unit, fill=fill)

    def disc(self, x: float, y: float, rx: float, ry: float, fill: Rgb) -> None:
        self._draw.ellipse((*self.at(x - rx, y - ry), *self.at(x + rx, y + ry)), fill=fill)

    def round(self, x: float, y: float, r: float, fill: Rgb) -> None:
        """A true circle, `r` in parts of the box's height."""
        self.disc(x, y, r * self.h / self.w, r, fill)

    def line(self, points: list[Point], fill: Rgb, width: float) -> None:
        """A thick line with round joints; `width` in parts of the box's shorter side."""
        thick = max(1, round(width * self.unit))
        pixels = [self.at(*point) for point in points]
        self._draw.line(pixels, fill=fill, width=thick, joint="curve")
        for x, y in (pixels[0], pixels[-1]):
            half = thick / 2
            self._draw.ellipse((x - half, y - half, x + half, y + half), fill=fill)

    def text(self, x: float, y: float, text: str, size: float, fill: Rgb) -> None:
        draw_text(self._draw, self.at(x, y), text, max(6, round(size * self.h)), fill, anchor="mm")

    def shadow(self) -> None:
        """What the figure casts on the ground."""
        x, y = self.at(0.5, 0.985)
        rx, ry = self.w * 0.52, max(2.0, min(self.h * 0.05, self.w * 0.11))
        layer = Image.new("RGBA", self.image.size)
        ImageDraw.Draw(layer).ellipse((x - rx, y - ry, x + rx, y + ry), fill=(20, 22, 24, 96))
        self.image.alpha_composite(layer)
