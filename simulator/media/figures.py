"""Figures in the picture: people, vehicles, animals, drawn as small pictures that fit their boxes."""

from collections.abc import Callable
from functools import lru_cache
from math import cos, pi, sin
from zlib import crc32

from PIL import Image, ImageColor

from simulator.media.canvas import Point, mix, shade
from simulator.media.fonts import Rgb
from simulator.media.pen import CAPS, DARK, GLASS, PAINT, PHASES, SCALE, SHIRTS, SKIN, Look, Pen


def _swing(pen: Pen) -> float:
    return sin(2 * pi * pen.look.phase / PHASES) if pen.look.moving else 0.12


def _head(pen: Pen, x: float, y: float, r: float) -> None:
    """A head `r` (of the box's height) in radius: bare, capped, or under a conical hat."""
    skin = pen.random.choice(SKIN)
    pen.round(x, y, r, skin)
    wide = r * pen.h / pen.w
    kind = pen.random.choice(("hair", "hair", "hat", "cap"))
    if kind == "hat":
        pen.poly(
            [(x - wide * 2.0, y - r * 0.1), (x, y - r * 1.5), (x + wide * 2.0, y - r * 0.1)],
            (222, 200, 148),
        )
        pen.poly(
            [(x, y - r * 0.1), (x, y - r * 1.5), (x + wide * 2.0, y - r * 0.1)], (196, 172, 122)
        )
        return
    colour: Rgb = (34, 28, 26) if kind == "hair" else pen.random.choice(CAPS)
    pen.disc(x, y - r * 0.32, wide * 1.02, r * 0.74, colour)
    pen.round(x + wide * 0.12, y + r * 0.28, r * 0.68, skin)


def _person(pen: Pen) -> None:
    swing, colour = _swing(pen), pen.look.colour
    trousers = pen.random.choice(((52, 58, 72), (70, 66, 62), (38, 40, 46), (96, 92, 84)))
    skin = pen.random.choice(SKIN)
    for side in (-1, 1):
        foot = 0.5 + side * 0.07 + side * swing * 0.26
        knee = 0.5 + side * 0.09 + side * swing * 0.18
        lift = 0.035 * max(0.0, side * cos(2 * pi * pen.look.phase / PHASES))
        lift = lift if pen.look.moving else 0.0
        tone = shade(trousers, 0.82 if side < 0 else 1.0)
        pen.line([(0.5 + side * 0.08, 0.5), (knee, 0.74 - lift), (foot, 0.95 - lift)], tone, 0.2)
        pen.disc(foot + 0.05, 0.975 - lift, 0.13, 0.024, DARK)
    hand = 0.5 - swing * 0.36
    pen.line([(0.34, 0.24), (0.25 + swing * 0.1, 0.38), (1 - hand - 0.12, 0.5)], skin, 0.12)
    pen.poly([(0.27, 0.2), (0.73, 0.2), (0.7, 0.55), (0.3, 0.55)], colour)
    pen.disc(0.5, 0.21, 0.235, 0.045, colour)
    pen.poly([(0.27, 0.2), (0.38, 0.2), (0.36, 0.55), (0.3, 0.55)], shade(colour, 0.82))
    pen.line([(0.68, 0.24), (0.74 - swing * 0.1, 0.38), (hand + 0.12, 0.5)], skin, 0.12)
    pen.line([(0.68, 0.23), (0.72 - swing * 0.05, 0.34)], shade(colour, 0.92), 0.17)
    pen.rect(0.44, 0.14, 0.56, 0.2, skin)
    _head(pen, 0.5, 0.095, 0.08)


def _wheel(pen: Pen, x: float, y: float, r: float, *, spokes: bool = False) -> None:
    pen.round(x, y, r, DARK)
    pen.round(x, y, r * 0.7, (146, 150, 154) if not spokes else (176, 178, 176))
    if not spokes:
        pen.round(x, y, r * 0.42, (92, 96, 100))
        return
    turn = pen.look.phase * pi / PHASES if pen.look.moving else 0.3
    for i in range(4):
        dx = cos(turn + i * pi / 4) * r * 0.7 * pen.h / pen.w
        dy = sin(turn + i * pi / 4) * r * 0.7
        pen.line([(x - dx, y - dy), (x + dx, y + dy)], (112, 114, 114), 0.012)
    pen.round(x, y, r * 0.18, (70, 72, 74))


def _rider(pen: Pen, colour: Rgb, seat: Point, hands: Point, foot: Point) -> None:
    """Somebody sitting: hip at `seat`, holding `hands`, with the feet at `foot`."""
    (sx, sy), skin = seat, pen.random.choice(SKIN)
    trousers = pen.random.choice(((52, 58, 72), (70, 66, 62), (38, 40, 46)))
    shoulder = (sx + 0.07, sy - 0.31)
    pen.line([(sx, sy), (sx + 0.17, sy + 0.05), foot], trousers, 0.1)
    pen.disc(foot[0] + 0.02, foot[1] + 0.01, 0.05, 0.025, DARK)
    pen.poly(
        [
            (sx - 0.08, sy + 0.02),
            (shoulder[0] - 0.085, shoulder[1]),
            (shoulder[0] + 0.075, shoulder[1]),
            (sx + 0.1, sy + 0.02),
        ],
        colour,
    )
    pen.disc(shoulder[0], shoulder[1], 0.085, 0.04, colour)
    pen.line([shoulder, (sx + 0.2, sy - 0.14), hands], shade(colour, 0.86), 0.075)
    pen.disc(hands[0], hands[1], 0.024, 0.03, skin)
    pen.round(shoulder[0] + 0.03, shoulder[1] - 0.115, 0.088, skin)
    helmet = pen.random.choice(((190, 46, 44), (56, 84, 140), (226, 226, 222), (44, 46, 50)))
    pen.disc(shoulder[0] + 0.02, shoulder[1] - 0.145, 0.105 * pen.h / pen.w, 0.09, helmet)


def _motorcycle(pen: Pen) -> None:
    if pen.look.width < pen.look.height * 0.72:
        _motorcycle_front(pen)
        return
    colour = pen.look.colour
    _wheel(pen, 0.18, 0.84, 0.155, spokes=True)
    _wheel(pen, 0.84, 0.84, 0.155, spokes=True)
    pen.poly([(0.3, 0.82), (0.6, 0.82), (0.66, 0.7), (0.32, 0.66)], (62, 64, 68))
    pen.poly([(0.06, 0.62), (0.3, 0.56), (0.5, 0.62), (0.46, 0.76), (0.2, 0.72)], colour)
    pen.rect(0.16, 0.54, 0.54, 0.62, DARK, 0.03)
    pen.poly([(0.66, 0.46), (0.75, 0.46), (0.8, 0.74), (0.6, 0.86), (0.54, 0.84)], colour)
    pen.poly([(0.74, 0.68), (0.93, 0.68), (0.96, 0.78), (0.78, 0.74)], shade(colour, 0.84))
    pen.line([(0.72, 0.46), (0.84, 0.84)], (150, 152, 154), 0.035)
    pen.line([(0.64, 0.4), (0.73, 0.45)], (70, 72, 76), 0.04)
    pen.disc(0.77, 0.47, 0.03, 0.045, (246, 240, 206))
    pen.rect(0.03, 0.6, 0.08, 0.66, (196, 40, 36))
    pen.line([(0.1, 0.85), (0.42, 0.86)], (122, 124, 128), 0.05)
    _rider(pen, pen.random.choice(SHIRTS), (0.36, 0.53), (0.65, 0.41), (0.55, 0.82))


def _motorcycle_front(pen: Pen) -> None:
    colour, shirt = pen.look.colour, pen.random.choice(SHIRTS)
    pen.rect(0.41, 0.68, 0.59, 0.99, DARK, 0.09)
    for side in (-1, 1):
        pen.line([(0.5 + side * 0.12, 0.6), (0.5 + side * 0.3, 0.74)], (60, 62, 70), 0.16)
        pen.line([(0.5 + side * 0.3, 0.72), (0.5 + side * 0.24, 0.88)], (60, 62, 70), 0.13)
    pen.poly([(0.3, 0.3), (0.7, 0.3), (0.66, 0.64), (0.34, 0.64)], shirt)
    pen.disc(0.5, 0.3, 0.21, 0.045, shirt)
    for side in (-1, 1):
        pen.line([(0.5 + side * 0.19, 0.32), (0.5 + side * 0.32, 0.5)], shade(shirt, 0.85), 0.13)
    pen.line([(0.12, 0.52), (0.88, 0.52)], (64, 66, 70), 0.06)
    pen.poly([(0.33, 0.5), (0.67, 0.5), (0.62, 0.82), (0.5, 0.88), (0.38, 0.82)], colour)
    pen.disc(0.5, 0.57, 0.11, 0.035, (250, 244, 214))
    for side in (-1, 1):
        pen.disc(0.5 + side * 0.36, 0.43, 0.07, 0.022, (80, 84, 88))
    pen.round(0.5, 0.18, 0.09, pen.random.choice(SKIN))
    helmet = pen.random.choice(((190, 46, 44), (56, 84, 140), (226, 226, 222), (44, 46, 50)))
    pen.disc(0.5, 0.13, 0.1 * pen.h / pen.w, 0.085, helmet)


def _bicycle(pen: Pen) -> None:
    _wheel(pen, 0.2, 0.8, 0.19, spokes=True)
    _wheel(pen, 0.82, 0.8, 0.19, spokes=True)
    colour = pen.look.colour
    for line in (
        [(0.2, 0.8), (0.36, 0.54), (0.7, 0.52), (0.48, 0.82), (0.2, 0.8)],
        [(0.36, 0.54), (0.48, 0.82)],
        [(0.68, 0.44), (0.82, 0.8)],
        [(0.62, 0.42), (0.7, 0.44)],
    ):
        pen.line(line, colour, 0.032)
    pen.rect(0.28, 0.49, 0.42, 0.53, DARK, 0.02)
    _rider(pen, pen.random.choice(SHIRTS), (0.37, 0.5), (0.64, 0.42), (0.5, 0.84))


def _plate(pen: Pen, x: float, y: float, w: float, h: float) -> None:
    pen.rect(x - w / 2, y - h / 2, x + w / 2, y + h / 2, (240, 240, 236))
    if pen.look.plate:
        pen.text(x, y, pen.look.plate, h * 0.72, (24, 24, 28))


def _car(pen: Pen) -> None:
    if pen.look.width < pen.look.height * 1.45:
        _car_front(pen)
        return
    colour = pen.look.colour
    pen.poly([(0.2, 0.5), (0.32, 0.1), (0.68, 0.1), (0.84, 0.5)], colour)
    pen.poly([(0.25, 0.48), (0.345, 0.17), (0.49, 0.17), (0.49, 0.48)], GLASS)
    pen.poly([(0.52, 0.48), (0.52, 0.17), (0.655, 0.17), (0.775, 0.48)], GLASS)
    pen.rect(0.01, 0.44, 0.99, 0.84, colour, 0.14)
    pen.rect(0.01, 0.66, 0.99, 0.84, shade(colour, 0.8), 0.1)
    pen.line([(0.505, 0.48), (0.505, 0.8)], shade(colour, 0.7), 0.015)
    pen.line([(0.05, 0.53), (0.95, 0.53)], shade(colour, 1.12), 0.02)
    for x in (0.43, 0.58):
        pen.rect(x, 0.57, x + 0.05, 0.6, shade(colour, 0.6))
    pen.poly([(0.92, 0.5), (0.99, 0.53), (0.99, 0.62), (0.93, 0.6)], (250, 246, 220))
    pen.rect(0.01, 0.5, 0.04, 0.62, (190, 40, 36))
    for x in (0.2, 0.79):
        pen.round(x, 0.82, 0.2, shade(colour, 0.45))
        _wheel(pen, x, 0.83, 0.165)


def _car_front(pen: Pen) -> None:
    colour = pen.look.colour
    for x in (0.05, 0.77):
        pen.rect(x, 0.7, x + 0.18, 0.99, DARK, 0.05)
    pen.poly([(0.14, 0.46), (0.24, 0.06), (0.76, 0.06), (0.86, 0.46)], colour)
    pen.poly([(0.2, 0.44), (0.28, 0.12), (0.72, 0.12), (0.8, 0.44)], GLASS)
    pen.poly(
        [(0.28, 0.44), (0.4, 0.12), (0.5, 0.12), (0.4, 0.44)], mix(GLASS, (255, 255, 255), 0.2)
    )
    pen.rect(0.02, 0.42, 0.98, 0.88, colour, 0.13)
    pen.rect(0.02, 0.7, 0.98, 0.88, shade(colour, 0.8), 0.08)
    pen.rect(0.3, 0.56, 0.7, 0.68, (48, 50, 54), 0.03)
    for x in (0.15, 0.85):
        pen.disc(x, 0.59, 0.11, 0.07, (250, 246, 222))
    for x in (0.02, 0.98):
        pen.disc(x, 0.4, 0.06, 0.05, shade(colour, 0.8))
    _plate(pen, 0.5, 0.79, 0.34, 0.1)


def _truck(pen: Pen) -> None:
    colour = pen.look.colour
    if pen.look.width < pen.look.height * 1.15:
        for x in (0.06, 0.76):
            pen.rect(x, 0.8, x + 0.18, 0.995, DARK, 0.04)
        pen.rect(0.03, 0.02, 0.97, 0.5, (176, 178, 172), 0.02)
        pen.rect(0.07, 0.26, 0.93, 0.9, colour, 0.06)
        pen.rect(0.13, 0.32, 0.87, 0.56, GLASS, 0.03)
        pen.rect(0.3, 0.64, 0.7, 0.76, shade(colour, 0.6), 0.02)
        for x in (0.18, 0.82):
            pen.disc(x, 0.71, 0.08, 0.045, (250, 246, 222))
        _plate(pen, 0.5, 0.84, 0.3, 0.07)
        return
    pen.rect(0.0, 0.08, 0.68, 0.72, (172, 176, 172), 0.02)
    for i in range(1, 8):
        pen.line([(i * 0.085, 0.1), (i * 0.085, 0.7)], (142, 146, 144), 0.012)
    pen.rect(0.0, 0.68, 0.98, 0.8, (70, 72, 74))
    pen.poly([(0.7, 0.78), (0.7, 0.22), (0.9, 0.22), (0.985, 0.5), (0.985, 0.78)], colour)
    pen.poly([(0.76, 0.48), (0.76, 0.28), (0.88, 0.28), (0.945, 0.48)], GLASS)
    pen.rect(0.955, 0.6, 0.99, 0.68, (250, 246, 220))
    for x in (0.15, 0.33, 0.84):
        _wheel(pen, x, 0.84, 0.145)


def _bus(pen: Pen) -> None:
    colour = pen.look.colour
    if pen.look.width < pen.look.height * 1.2:
        _truck(pen)
        return
    pen.rect(0.0, 0.04, 1.0, 0.84, colour, 0.08)
    pen.rect(0.0, 0.56, 1.0, 0.66, (236, 234, 226))
    for i in range(6):
        pen.rect(0.04 + i * 0.14, 0.16, 0.16 + i * 0.14, 0.46, GLASS, 0.03)
    pen.rect(0.89, 0.14, 0.99, 0.56, GLASS, 0.03)
    pen.rect(0.96, 0.66, 1.0, 0.74, (250, 246, 220))
    for x in (0.2, 0.8):
        _wheel(pen, x, 0.85, 0.14)


def _beast(pen: Pen, colour: Rgb, *, tail_up: bool, horns: bool, spots: bool) -> None:
    swing = _swing(pen)
    for i, x in enumerate((0.2, 0.3, 0.63, 0.72)):
        step = swing * 0.08 * (1 if i % 2 else -1)
        tone = shade(colour, 0.78 if i % 2 else 0.95)
        pen.line([(x, 0.6), (x + step * 0.4, 0.8), (x + step, 0.965)], tone, 0.1)
    pen.rect(0.13, 0.34, 0.78, 0.68, colour, 0.22)
    pen.disc(0.24, 0.5, 0.13, 0.19, colour)
    if spots:
        for _ in range(4):
            x, y = pen.random.uniform(0.22, 0.66), pen.random.uniform(0.42, 0.58)
            pen.disc(x, y, 0.07, 0.08, (236, 230, 220))
    end = (0.02, 0.16) if tail_up else (0.06, 0.68)
    pen.line([(0.15, 0.42), (0.06, 0.36), end], shade(colour, 0.9), 0.07)
    pen.poly([(0.66, 0.36), (0.8, 0.16), (0.9, 0.3), (0.78, 0.6)], colour)
    pen.disc(0.85, 0.23, 0.1, 0.14, colour)
    pen.poly([(0.86, 0.18), (0.995, 0.27), (0.98, 0.36), (0.84, 0.36)], shade(colour, 0.9))
    pen.disc(0.98, 0.29, 0.02, 0.03, DARK)
    if horns:
        pen.line([(0.82, 0.12), (0.72, 0.02), (0.6, 0.06)], (214, 206, 186), 0.05)
    else:
        pen.poly([(0.78, 0.16), (0.79, 0.0), (0.86, 0.12)], shade(colour, 0.72))
    pen.disc(0.88, 0.2, 0.016, 0.024, DARK)


def _dog(pen: Pen) -> None:
    _beast(pen, pen.look.colour, tail_up=True, horns=False, spots=pen.look.seed % 3 == 0)


def _cow(pen: Pen) -> None:
    _beast(pen, pen.look.colour, tail_up=False, horns=True, spots=False)


def _bird(pen: Pen) -> None:
    colour = pen.look.colour
    peck = 0.16 if pen.look.moving and pen.look.phase % 4 == 0 else 0.0
    for x in (0.44, 0.56):
        pen.line([(x, 0.74), (x, 0.97)], (222, 164, 60), 0.05)
    pen.poly([(0.02, 0.22), (0.2, 0.3), (0.36, 0.52), (0.2, 0.66)], shade(colour, 0.7))
    pen.disc(0.46, 0.58, 0.32, 0.24, colour)
    pen.disc(0.44, 0.6, 0.2, 0.13, shade(colour, 0.85))
    pen.poly([(0.58, 0.5), (0.7, 0.2 + peck), (0.84, 0.28 + peck), (0.74, 0.64)], colour)
    pen.disc(0.78, 0.24 + peck, 0.1, 0.12, colour)
    pen.disc(0.78, 0.12 + peck, 0.06, 0.06, (204, 48, 40))
    pen.poly([(0.86, 0.2 + peck), (0.99, 0.27 + peck), (0.86, 0.3 + peck)], (232, 176, 64))


def _boat(pen: Pen) -> None:
    pen.poly([(0.0, 0.62), (1.0, 0.56), (0.86, 0.94), (0.14, 0.94)], pen.look.colour)
    pen.poly([(0.0, 0.62), (1.0, 0.56), (0.97, 0.66), (0.04, 0.71)], shade(pen.look.colour, 1.3))
    pen.rect(0.3, 0.3, 0.62, 0.64, (186, 168, 132), 0.1)
    pen.line([(0.82, 0.58), (0.82, 0.26)], (60, 62, 66), 0.08)
    _head(pen, 0.82, 0.16, 0.09)


def _parcel(pen: Pen) -> None:
    colour = pen.look.colour
    pen.rect(0.02, 0.2, 0.98, 0.99, colour)
    pen.poly([(0.02, 0.2), (0.16, 0.03), (0.86, 0.03), (0.98, 0.2)], shade(colour, 1.15))
    pen.rect(0.44, 0.03, 0.56, 0.99, shade(colour, 0.8))


def _flames(pen: Pen) -> None:
    for i, tone in enumerate(((206, 70, 30), (238, 136, 44), (250, 216, 110))):
        inset = i * 0.13
        for j in range(3):
            lean = 0.05 * sin(pen.look.phase * pi / 4 + j * 2)
            x = 0.25 + j * 0.25
            pen.poly(
                [
                    (x - 0.22 + inset, 0.98),
                    (x + lean, 0.1 + inset * 1.6 + 0.18 * (j % 2)),
                    (x + 0.22 - inset, 0.98),
                ],
                tone,
            )


type Artist = Callable[[Pen], None]

_ARTISTS: dict[str, Artist] = {
    "person": _person,
    "face": _person,
    "motorcycle": _motorcycle,
    "bicycle": _bicycle,
    "car": _car,
    "license_plate": _car,
    "truck": _truck,
    "bus": _bus,
    "dog": _dog,
    "cat": _dog,
    "goat": _dog,
    "horse": _cow,
    "cow": _cow,
    "bird": _bird,
    "chicken": _bird,
    "boat": _boat,
    "package": _parcel,
    "suitcase": _parcel,
    "fire": _flames,
}

_COLOURS: dict[str, tuple[Rgb, ...]] = {
    "person": SHIRTS,
    "motorcycle": ((176, 42, 40), (46, 74, 128), (48, 50, 54), (216, 214, 208), (36, 96, 92)),
    "bicycle": ((60, 120, 150), (168, 60, 56), (62, 64, 68)),
    "dog": ((158, 112, 66), (70, 58, 50), (196, 164, 118), (44, 42, 42)),
    "cat": ((188, 140, 84), (92, 92, 94), (216, 208, 196)),
    "cow": ((150, 96, 60), (84, 78, 76), (176, 124, 78)),
    "bird": ((156, 84, 44), (208, 200, 188), (70, 62, 58)),
    "bus": ((60, 116, 172), (214, 150, 48), (70, 140, 96)),
    "truck": ((52, 96, 150), (60, 124, 88), (196, 150, 56)),
    "boat": ((104, 82, 62), (66, 96, 104)),
    "package": ((184, 146, 100),),
}


def colour_of(label: str, colour: object, seed: int) -> Rgb:
    """The colour to paint with: a name, `#rrggbb` or a triple; else one that fits the label."""
    if isinstance(colour, str):
        try:
            red, green, blue = ImageColor.getrgb(colour)[:3]
        except ValueError:
            pass
        else:
            return red, green, blue
    if isinstance(colour, (tuple, list)) and len(colour) == 3:
        red, green, blue = (max(0, min(255, int(part))) for part in colour)
        return red, green, blue
    choice = _COLOURS.get(label, PAINT)
    return choice[seed % len(choice)]


def seed_of(text: str) -> int:
    """A number that stays the same for the same text."""
    return crc32(text.encode())


@lru_cache(maxsize=256)
def sprite(look: Look) -> Image.Image:
    """The figure as an RGBA picture that reaches `MARGIN` over its box on each side. Do not change it."""
    pen = Pen(look)
    pen.shadow()
    _ARTISTS.get(look.label, _parcel)(pen)
    small = pen.image.reduce(SCALE)
    return small.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if look.left else small
