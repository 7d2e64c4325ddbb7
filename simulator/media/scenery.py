"""Parts of a commune's scenery: sky, hills, roads, houses, trees, walls, poles. Coordinates are scene units."""

from itertools import pairwise
from math import cos, sin

from simulator.media.canvas import HEIGHT, WIDTH, Canvas, Point, mix, shade
from simulator.media.fonts import Rgb

WALLS: tuple[Rgb, ...] = (
    (226, 205, 160), (214, 190, 138), (196, 211, 204), (222, 214, 202), (178, 199, 209), (219, 184, 158), (203, 212, 176),
)  # fmt: skip
ROOFS: tuple[Rgb, ...] = (
    (156, 72, 52),
    (142, 82, 62),
    (122, 62, 52),
    (92, 104, 122),
    (128, 118, 110),
)
LEAVES: tuple[Rgb, ...] = ((66, 104, 52), (54, 92, 50), (82, 118, 58), (72, 110, 66))
ASPHALT: Rgb = (112, 113, 116)
CONCRETE: Rgb = (170, 167, 158)
GRASS: Rgb = (116, 140, 74)
GLASS: Rgb = (74, 92, 106)
STEEL: Rgb = (92, 98, 104)


def sky(canvas: Canvas, horizon: float) -> None:
    """Sky with a few clouds, down to `horizon`."""
    top: Rgb = mix((112, 158, 206), (146, 176, 204), canvas.random.random())
    canvas.gradient(0, horizon, top, (222, 229, 230))
    for _ in range(canvas.random.randint(2, 4)):
        x, y = canvas.random.uniform(0, WIDTH), canvas.random.uniform(horizon * 0.15, horizon * 0.6)
        width = canvas.random.uniform(110, 230)
        for i in range(-3, 4):
            size = width * (0.34 - 0.06 * abs(i)) * canvas.random.uniform(0.8, 1.2)
            canvas.disc(x + i * width * 0.2, y - size * 0.12, size, size * 0.3, (233, 238, 240))


def hills(canvas: Canvas, horizon: float) -> None:
    """Two hazy rows of hills behind the horizon."""
    for height, colour in ((74, (166, 186, 196)), (42, (138, 164, 152))):
        phase = canvas.random.uniform(0, 6)
        ridge: list[Point] = [
            (
                x,
                horizon
                - height * (0.55 + 0.3 * sin(x / 190 + phase) + 0.18 * sin(x / 71 + 2 * phase)),
            )
            for x in range(0, WIDTH + 41, 40)
        ]
        canvas.poly([(0, horizon + 8), *ridge, (WIDTH, horizon + 8)], colour)


def treeline(canvas: Canvas, y: float, height: float) -> None:
    """A distant row of trees along `y`."""
    x = -20.0
    while x < WIDTH + 20:
        size = height * canvas.random.uniform(0.5, 1.0)
        colour = mix(canvas.random.choice(LEAVES), (150, 170, 150), 0.35)
        canvas.disc(x, y - size * 0.4, size * 0.8, size * 0.62, colour)
        x += size * canvas.random.uniform(0.5, 0.9)


def ground(canvas: Canvas, y: float, colour: Rgb, *, roughness: float = 7) -> None:
    """Ground from `y` down to the lower edge, lighter towards the horizon."""
    canvas.gradient(y, HEIGHT, mix(colour, (214, 214, 204), 0.32), shade(colour, 0.92))
    canvas.grain(y, HEIGHT, roughness, stretch=3)


def lane(
    canvas: Canvas,
    top: tuple[float, float],
    bottom: tuple[float, float],
    y: float,
    *,
    colour: Rgb = ASPHALT,
) -> None:
    """A road that runs from the lower edge (`bottom` left and right) to `top` left and right at height `y`."""
    (t1, t2), (b1, b2) = top, bottom
    edge, far = (b2 - b1) * 0.05, (t2 - t1) * 0.05
    canvas.poly(
        [(t1 - far, y), (t2 + far, y), (b2 + edge, HEIGHT), (b1 - edge, HEIGHT)],
        shade(CONCRETE, 0.98),
    )
    canvas.poly([(t1, y), (t2, y), (b2, HEIGHT), (b1, HEIGHT)], colour)
    # Dashes shorten towards the horizon as the eye sees them.
    depth = 1.0
    while depth > 0.03:
        near, away = depth**1.6, (depth * 0.86) ** 1.6
        middle = [
            ((t1 + t2) / 2 + ((b1 + b2) / 2 - (t1 + t2) / 2) * d, y + (HEIGHT - y) * d)
            for d in (near, away)
        ]
        half = [((t2 - t1) + (b2 - b1 - t2 + t1) * d) * 0.011 for d in (near, away)]
        canvas.poly(
            [
                (middle[0][0] - half[0], middle[0][1]), (middle[0][0] + half[0], middle[0][1]),
                (middle[1][0] + half[1], middle[1][1]), (middle[1][0] - half[1], middle[1][1]),
            ],
            (216, 214, 200),
        )  # fmt: skip
        depth *= 0.72


def street(canvas: Canvas, y1: float, y2: float, *, colour: Rgb = ASPHALT) -> None:
    """A road across the whole picture, kerbs and dashes included."""
    canvas.rect(0, y1 - 9, WIDTH, y2 + 14, shade(CONCRETE, 1.04))
    canvas.rect(0, y2 + 8, WIDTH, y2 + 16, shade(CONCRETE, 0.7))
    canvas.gradient(y1, y2, mix(colour, (170, 170, 168), 0.25), colour)
    canvas.grain(y1, y2, 5, stretch=4)
    middle, half = y1 + (y2 - y1) * 0.45, (y2 - y1) * 0.018
    for x in range(-40, WIDTH, 190):
        canvas.poly([(x, middle + half), (x + 104, middle + half), (x + 112, middle - half), (x + 8, middle - half)],
                    (220, 218, 205))  # fmt: skip


def paving(canvas: Canvas, y: float, colour: Rgb, *, vanishing: float = 800) -> None:
    """A tiled yard from `y` down, its joints running to a vanishing point."""
    canvas.gradient(y, HEIGHT, mix(colour, (218, 214, 206), 0.35), colour)
    joint = shade(colour, 0.86)
    for x in range(-2400, 4001, 160):
        canvas.line([(vanishing + (x - vanishing) * 0.28, y), (x, HEIGHT)], joint, 2)
    step, row = 10.0, y + 8
    while row < HEIGHT:
        canvas.line([(0, row), (WIDTH, row)], joint, 2)
        step *= 1.27
        row += step
    canvas.grain(y, HEIGHT, 4, stretch=2)


def window(canvas: Canvas, x: float, y: float, w: float, h: float) -> None:
    """A window with frame and cross bars; some are lit at night."""
    lit = canvas.night and canvas.random.random() < 0.45
    canvas.rect(x - 3, y - 3, x + w + 3, y + h + 3, (236, 233, 224))
    canvas.rect(x, y, x + w, y + h, (255, 226, 150) if lit else GLASS)
    canvas.line([(x + w / 2, y), (x + w / 2, y + h)], (226, 222, 212), 3)
    canvas.line([(x, y + h * 0.4), (x + w, y + h * 0.4)], (226, 222, 212), 3)
    canvas.rect(x - 6, y + h + 3, x + w + 6, y + h + 8, (188, 182, 170))
    if lit:
        canvas.lamps.append((x + w / 2, y + h / 2, max(w, h) * 0.8))


def house(canvas: Canvas, x: float, base: float, w: float, h: float) -> None:
    """A village house: flat-roofed tube house or a low one with a tiled roof, seen from the front."""
    wall, roof = canvas.random.choice(WALLS), canvas.random.choice(ROOFS)
    flat = h > w * 0.95
    canvas.rect(x, base - h, x + w, base, wall)
    canvas.poly(
        [(x + w, base - h), (x + w * 1.1, base - h * 0.94), (x + w * 1.1, base), (x + w, base)],
        shade(wall, 0.72),
    )
    if flat:
        canvas.rect(x - w * 0.04, base - h * 1.04, x + w * 1.06, base - h * 0.97, shade(wall, 0.9))
        canvas.rect(x, base - h * 0.56, x + w, base - h * 0.52, shade(wall, 0.82))
        for i in range(9):
            bar = x + w * (i + 0.5) / 9
            canvas.line([(bar, base - h * 0.56), (bar, base - h * 0.66)], shade(wall, 0.7), 3)
        canvas.line([(x, base - h * 0.66), (x + w, base - h * 0.66)], shade(wall, 0.7), 4)
        for share in (0.14, 0.58):
            window(canvas, x + w * share, base - h * 0.92, w * 0.28, h * 0.2)
        canvas.rect(x + w * 0.1, base - h * 0.4, x + w * 0.9, base, (122, 130, 134))
        for i in range(12):
            canvas.line(
                [(x + w * 0.1, base - h * i / 30), (x + w * 0.9, base - h * i / 30)],
                (104, 112, 116),
                2,
            )
        canvas.poly([(x - 6, base - h * 0.46), (x + w + 6, base - h * 0.46), (x + w + 18, base - h * 0.38), (x - 18, base - h * 0.38)],
                    canvas.random.choice(((76, 124, 96), (176, 74, 60), (70, 108, 150))))  # fmt: skip
    else:
        rise = h * 0.48
        canvas.poly(
            [
                (x - w * 0.06, base - h),
                (x + w * 0.14, base - h - rise),
                (x + w * 0.9, base - h - rise),
                (x + w * 1.12, base - h),
            ],
            roof,
        )
        for i in range(1, 6):
            y = base - h - rise * i / 6
            inset = w * 0.2 * i / 6
            canvas.line(
                [(x - w * 0.06 + inset, y), (x + w * 1.12 - inset * 1.1, y)], shade(roof, 0.86), 2
            )
        canvas.rect(x + w * 0.42, base - h * 0.72, x + w * 0.6, base, (104, 70, 48))
        for share in (0.1, 0.7):
            window(canvas, x + w * share, base - h * 0.7, w * 0.2, h * 0.36)
    canvas.disc(x + w * 0.55, base + 3, w * 0.62, 7, shade(CONCRETE, 0.6))
    canvas.rect(x, base - 8, x + w, base, shade(wall, 0.62))


def tree(canvas: Canvas, x: float, base: float, h: float) -> None:
    """A leafy tree `h` units high with its shadow."""
    leaf = canvas.random.choice(LEAVES)
    canvas.disc(x + h * 0.06, base, h * 0.34, h * 0.035, (84, 92, 66))
    canvas.poly([(x - h * 0.035, base), (x - h * 0.02, base - h * 0.6), (x + h * 0.02, base - h * 0.6), (x + h * 0.035, base)],
                (96, 76, 58))  # fmt: skip
    for light in (0.72, 0.88, 1.0, 1.14):
        for _ in range(9):
            angle, reach = canvas.random.uniform(0, 6.28), canvas.random.uniform(0, 0.24)
            size = h * canvas.random.uniform(0.07, 0.13)
            lift = (1 - light) * h * 0.34
            canvas.disc(x + cos(angle) * reach * h * 1.1, base - h * 0.68 + sin(angle) * reach * h * 0.9 + lift, size, size * 0.85,
                        shade(leaf, light * canvas.random.uniform(0.95, 1.05)))  # fmt: skip


def palm(canvas: Canvas, x: float, base: float, h: float) -> None:
    """An areca or coconut palm `h` units high."""
    lean = canvas.random.uniform(-0.06, 0.06) * h
    canvas.disc(x + 6, base, h * 0.12, h * 0.02, (84, 92, 66))
    canvas.line(
        [(x, base), (x + lean * 0.4, base - h * 0.5), (x + lean, base - h)],
        (126, 112, 94),
        h * 0.034,
    )
    crown = (x + lean, base - h)
    for i in range(13):
        angle = 0.25 + i * (5.8 / 12)
        reach = h * canvas.random.uniform(0.26, 0.34)
        tip = (crown[0] + cos(angle) * reach, crown[1] - sin(angle) * reach * 0.55 + reach * 0.22)
        bend = ((crown[0] + tip[0]) / 2, (crown[1] + tip[1]) / 2 - reach * 0.2)
        canvas.line(
            [crown, bend, tip],
            shade(canvas.random.choice(LEAVES), canvas.random.uniform(0.9, 1.2)),
            h * 0.022,
        )


def pole(canvas: Canvas, x: float, base: float, h: float, *, lamp: bool = True) -> None:
    """A concrete power pole with a street lamp."""
    canvas.poly(
        [
            (x - h * 0.016, base),
            (x - h * 0.01, base - h),
            (x + h * 0.01, base - h),
            (x + h * 0.016, base),
        ],
        (158, 156, 150),
    )
    canvas.rect(x - h * 0.09, base - h * 0.96, x + h * 0.09, base - h * 0.945, (120, 116, 110))
    if lamp:
        head = (x + h * 0.15, base - h * 0.86)
        canvas.line(
            [(x, base - h * 0.8), (x + h * 0.08, base - h * 0.87), head], (130, 132, 134), h * 0.012
        )
        canvas.rect(
            head[0] - h * 0.03,
            head[1] - h * 0.008,
            head[0] + h * 0.035,
            head[1] + h * 0.012,
            (236, 230, 206),
        )
        canvas.lamps.append((head[0], head[1] + h * 0.05, h * 0.62))


def wires(canvas: Canvas, points: list[Point]) -> None:
    """Cables that sag between `points`."""
    for drop in (0, 9, 18):
        for (x1, y1), (x2, y2) in pairwise(points):
            sag = abs(x2 - x1) * 0.045
            line = [
                (
                    x1 + (x2 - x1) * i / 12,
                    y1 + (y2 - y1) * i / 12 + sag * (1 - (i / 6 - 1) ** 2) + drop,
                )
                for i in range(13)
            ]
            canvas.line(line, (74, 78, 82), 1.6)


def wall(canvas: Canvas, x1: float, x2: float, base: float, h: float, colour: Rgb) -> None:
    """A boundary wall with pillars and a railing on top."""
    canvas.rect(x1, base - h, x2, base, colour)
    canvas.rect(x1, base - h * 0.34, x2, base, shade(colour, 0.9))
    canvas.rect(x1, base - h - 6, x2, base - h + 3, shade(colour, 0.76))
    x = x1 + 10
    while x < x2:
        canvas.line([(x, base - h * 0.92), (x, base - h * 0.42)], shade(colour, 0.7), 4)
        x += 17
    x = x1
    while x <= x2 + 1:
        canvas.rect(x - 13, base - h * 1.16, x + 13, base, shade(colour, 1.05))
        canvas.rect(x - 18, base - h * 1.22, x + 18, base - h * 1.14, shade(colour, 0.8))
        x += 190
    canvas.rect(x1, base, x2, base + 6, shade(CONCRETE, 0.62))


def flag(canvas: Canvas, x: float, base: float, h: float) -> None:
    """A flag pole with the national flag."""
    canvas.line([(x, base), (x, base - h)], (206, 208, 210), 6)
    w = h * 0.26
    top = base - h + 6
    cloth = [
        (x + 3, top),
        (x + w * 0.5, top + 8),
        (x + w, top),
        (x + w, top + w * 0.66),
        (x + w * 0.5, top + w * 0.7),
        (x + 3, top + w * 0.66),
    ]
    canvas.poly(cloth, (206, 36, 34))
    star(canvas, x + w * 0.5, top + w * 0.36, w * 0.2)


def star(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A yellow five-pointed star."""
    canvas.poly(
        [
            (
                x + sin(i * 0.6283) * r * (1 if i % 2 == 0 else 0.4),
                y - cos(i * 0.6283) * r * (1 if i % 2 == 0 else 0.4),
            )
            for i in range(10)
        ],
        (250, 214, 40),
    )
