"""A drawing surface in scene units (1600 by 900, whatever the picture's size), drawn large and scaled down."""

from collections.abc import Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from simulator.media.fonts import Rgb, draw_text

WIDTH = 1600
HEIGHT = 900

type Point = tuple[float, float]
type Pixels = NDArray[np.float32]


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """The colour between `a` (share 0) and `b` (share 1)."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def shade(colour: Rgb, factor: float) -> Rgb:
    """`colour` made darker (factor below 1) or lighter."""
    return (
        min(255, round(colour[0] * factor)),
        min(255, round(colour[1] * factor)),
        min(255, round(colour[2] * factor)),
    )


class Canvas:
    """Draws in scene units on a picture twice as large as asked; `finish` scales down, which smooths the edges."""

    def __init__(self, size: tuple[int, int], seed: str, *, night: bool) -> None:
        self.size = size
        self.night = night
        self.random = Random(seed)
        factor = 2 if size[0] <= 1280 else 1
        self._image = Image.new("RGB", (size[0] * factor, size[1] * factor))
        self._draw = ImageDraw.Draw(self._image)
        self._x = self._image.width / WIDTH
        self._y = self._image.height / HEIGHT
        self.lamps: list[tuple[float, float, float]] = []
        """Lights that burn at night: x, y and reach in scene units."""

    def _points(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._x, y * self._y) for x, y in points]

    def poly(self, points: Sequence[Point], fill: Rgb) -> None:
        """A filled polygon."""
        self._draw.polygon(self._points(points), fill=fill)

    def rect(
        self, x1: float, y1: float, x2: float, y2: float, fill: Rgb, *, radius: float = 0
    ) -> None:
        """A filled rectangle, its corners rounded by `radius`."""
        corners = (
            *self._points([(min(x1, x2), min(y1, y2))])[0],
            *self._points([(max(x1, x2), max(y1, y2))])[0],
        )
        if radius:
            self._draw.rounded_rectangle(corners, radius * self._x, fill=fill)
        else:
            self._draw.rectangle(corners, fill=fill)

    def disc(self, x: float, y: float, rx: float, ry: float, fill: Rgb) -> None:
        """A filled ellipse around `x, y`."""
        self._draw.ellipse(
            ((x - rx) * self._x, (y - ry) * self._y, (x + rx) * self._x, (y + ry) * self._y),
            fill=fill,
        )

    def line(self, points: Sequence[Point], fill: Rgb, width: float) -> None:
        """A line `width` units wide."""
        self._draw.line(
            self._points(points), fill=fill, width=max(1, round(width * self._x)), joint="curve"
        )

    def text(self, x: float, y: float, text: str, size: float, fill: Rgb) -> None:
        """Bold text centred on `x, y`, `size` units high."""
        draw_text(
            self._draw,
            (x * self._x, y * self._y),
            text,
            max(6, round(size * self._y)),
            fill,
            anchor="mm",
        )

    def gradient(self, y1: float, y2: float, top: Rgb, bottom: Rgb) -> None:
        """A full-width band that fades from `top` to `bottom`."""
        first, last = round(y1 * self._y), round(y2 * self._y)
        rows = np.linspace(0, 1, max(1, last - first))[:, None]
        band = np.asarray(top) * (1 - rows) + np.asarray(bottom) * rows
        pixels = np.broadcast_to(band[:, None, :], (len(rows), self._image.width, 3)).astype(
            np.uint8
        )
        self._image.paste(Image.fromarray(np.ascontiguousarray(pixels)), (0, first))

    def grain(self, y1: float, y2: float, amount: float, *, stretch: float = 1.0) -> None:
        """Roughen a full-width band so that it looks like earth, grass or water instead of paint."""
        first, last = round(y1 * self._y), round(y2 * self._y)
        box = (0, first, self._image.width, last)
        noise = np.random.default_rng(self.random.getrandbits(32))
        shape = (max(2, (last - first) // 3), max(2, int(self._image.width / 3 / stretch)))
        rough = noise.normal(0, amount, shape).astype(np.float32)
        spread = Image.fromarray(rough).resize((box[2], last - first), Image.Resampling.BILINEAR)
        pixels = (
            np.asarray(self._image.crop(box), dtype=np.float32) + np.asarray(spread)[:, :, None]
        )
        self._image.paste(Image.fromarray(pixels.clip(0, 255).astype(np.uint8)), box[:2])

    def finish(self) -> Image.Image:
        """The picture at the asked size, lit for the day or the night."""
        picture = self._image.resize(self.size, Image.Resampling.BOX)
        pixels = np.asarray(picture, dtype=np.float32)
        pixels = self._darkened(pixels) if self.night else pixels
        return Image.fromarray((pixels * self._vignette()).clip(0, 255).astype(np.uint8))

    def _grid(self) -> tuple[Pixels, Pixels]:
        ys, xs = np.mgrid[0 : self.size[1], 0 : self.size[0]].astype(np.float32)
        return xs * (WIDTH / self.size[0]), ys * (HEIGHT / self.size[1])

    def _vignette(self) -> Pixels:
        xs, ys = self._grid()
        reach = ((xs - WIDTH / 2) / WIDTH) ** 2 + ((ys - HEIGHT / 2) / HEIGHT) ** 2
        vignette: Pixels = (1.03 - 0.42 * reach).astype(np.float32)
        return vignette[:, :, None]

    def _darkened(self, pixels: Pixels) -> Pixels:
        grey = pixels.mean(axis=2, keepdims=True)
        dark = (pixels * 0.45 + grey * 0.55) * np.array([0.30, 0.34, 0.43], dtype=np.float32)
        xs, ys = self._grid()
        light = np.zeros(self.size[::-1], dtype=np.float32)
        for x, y, reach in self.lamps:
            # A street lamp lights the ground below it more widely than the air beside it.
            below = np.where(ys > y, 1.0, 3.0)
            light += np.exp(-(((xs - x) / reach) ** 2) - below * ((ys - y) / (1.5 * reach)) ** 2)
        warm = pixels * np.array([0.62, 0.52, 0.34], dtype=np.float32)
        glow = np.array([46, 36, 18], dtype=np.float32)
        lit: Pixels = dark + light.clip(0, 1.1)[:, :, None] * (warm + glow) * 0.8
        return lit
