"""Whole backgrounds, one painter per kind of place, chosen by the camera's key and name."""

from collections.abc import Callable
import unicodedata
from zlib import crc32

from PIL import Image

from simulator.media import scenery as part
from simulator.media.canvas import HEIGHT, WIDTH, Canvas, mix, shade
from simulator.media.fonts import Rgb

RED: Rgb = (184, 44, 38)
GOLD: Rgb = (246, 206, 72)


def _road(canvas: Canvas) -> None:
    horizon = 320.0
    part.sky(canvas, horizon)
    part.hills(canvas, horizon)
    part.ground(canvas, horizon, part.GRASS)
    part.treeline(canvas, horizon + 16, 46)
    lean = canvas.random.uniform(-90, 90)
    part.lane(canvas, (770 + lean, 834 + lean), (260, 1380), horizon + 8)
    for x, base, w, h in (
        (560, 356, 90, 92),
        (930, 354, 96, 70),
        (352, 396, 150, 190),
        (1050, 398, 170, 122),
        (30, 470, 250, 320),
        (1300, 480, 300, 190),
    ):
        part.house(canvas, x + lean * 0.3, base, w, h)
    for x, base, h in ((310, 404, 190), (1262, 424, 230), (1010, 372, 120)):
        part.tree(canvas, x, base, h)
    poles = ((1226, 640, 590), (1016, 446, 280), (940, 388, 150))
    for x, base, h in poles:
        part.pole(canvas, x + lean * 0.2, base, h)
    part.wires(canvas, [(1600, 0), *((x + lean * 0.2, base - h * 0.95) for x, base, h in poles)])


def _gate(canvas: Canvas) -> None:
    horizon = 300.0
    part.sky(canvas, horizon)
    part.treeline(canvas, horizon + 34, 120)
    part.ground(canvas, horizon, part.CONCRETE)
    colour = canvas.random.choice(part.WALLS)
    part.house(canvas, 240, 400, 330, 210)
    part.house(canvas, 1010, 396, 290, 180)
    part.palm(canvas, 690, 396, 250)
    part.palm(canvas, 930, 392, 220)
    part.wall(canvas, -30, 500, 470, 150, colour)
    part.wall(canvas, 1100, 1630, 470, 150, colour)
    for x in (500, 1036):
        canvas.rect(x, 170, x + 64, 478, shade(colour, 1.06))
        canvas.rect(x - 10, 160, x + 74, 182, shade(colour, 0.78))
        canvas.rect(x + 8, 210, x + 56, 440, shade(colour, 0.94))
    canvas.rect(470, 108, 1130, 170, RED)
    canvas.poly([(450, 108), (500, 78), (1100, 78), (1150, 108)], (150, 74, 54))
    canvas.text(800, 139, "XÃ BÌNH AN KÍNH CHÀO QUÝ KHÁCH", 34, GOLD)
    for side in (0, 1):
        x1 = 564 if side == 0 else 956
        for i in range(7):
            canvas.line(
                [(x1 + i * 13, 286 - (i if side == 0 else 6 - i) * 5), (x1 + i * 13, 474)],
                part.STEEL,
                5,
            )
        canvas.line([(x1, 392), (x1 + 80, 392)], part.STEEL, 6)
    part.street(canvas, 560, 790)
    canvas.poly(
        [(566, 478), (1034, 478), (1120, 552), (480, 552)], mix(part.CONCRETE, (210, 206, 196), 0.5)
    )
    part.tree(canvas, 180, 500, 300)
    part.tree(canvas, 1440, 506, 330)
    part.pole(canvas, 1290, 540, 480)
    part.wires(canvas, [(0, 60), (1290, 84), (1600, 40)])


def _office(canvas: Canvas) -> None:
    horizon = 330.0
    part.sky(canvas, horizon)
    part.treeline(canvas, horizon + 20, 130)
    canvas.rect(0, horizon + 10, WIDTH, horizon + 62, shade(part.GRASS, 0.85))
    part.paving(canvas, horizon + 60, (178, 150, 128))
    wall = canvas.random.choice(part.WALLS[:2])
    canvas.rect(330, 120, 1270, 400, wall)
    canvas.rect(310, 104, 1290, 134, shade(wall, 0.84))
    canvas.rect(330, 252, 1270, 268, shade(wall, 0.84))
    for i in range(8):
        x = 362 + i * 116
        for y in (152, 288):
            if not 640 < x < 900:
                part.window(canvas, x, y, 66, 84)
    canvas.rect(660, 96, 940, 400, shade(wall, 1.05))
    canvas.poly([(640, 98), (800, 34), (960, 98)], (160, 74, 54))
    canvas.rect(676, 116, 924, 168, RED)
    canvas.text(800, 142, "UBND XÃ BÌNH AN", 24, GOLD)
    part.window(canvas, 700, 190, 80, 60)
    part.window(canvas, 820, 190, 80, 60)
    for x in (676, 752, 832, 908):
        canvas.rect(x, 262, x + 18, 404, (240, 232, 214))
    canvas.rect(772, 300, 830, 402, (90, 66, 48))
    for i in range(3):
        canvas.rect(
            650 - i * 14,
            400 + i * 9,
            950 + i * 14,
            410 + i * 9,
            shade(part.CONCRETE, 1.1 - i * 0.07),
        )
    part.flag(canvas, 1040, 440, 370)
    for x in (150, 268, 1350, 1480):
        part.tree(canvas, x, 430 + canvas.random.uniform(-12, 18), canvas.random.uniform(230, 310))
    for x in (590, 1010):
        canvas.poly([(x - 30, 446), (x + 30, 446), (x + 22, 480), (x - 22, 480)], (150, 96, 72))
        canvas.disc(x, 424, 36, 30, part.LEAVES[0])
    part.pole(canvas, 92, 600, 520)


def _market(canvas: Canvas) -> None:
    horizon = 300.0
    part.sky(canvas, horizon)
    part.ground(canvas, horizon, (158, 150, 138))
    for i in range(7):
        part.house(canvas, -40 + i * 240, 380, 190, canvas.random.choice((150, 230, 270)))
    part.lane(canvas, (690, 920), (300, 1310), 372, colour=(146, 142, 134))
    canvas.rect(540, 168, 1060, 222, (44, 96, 150))
    canvas.text(800, 195, "CHỢ BÌNH AN", 38, (255, 255, 255))
    for x in (548, 1046):
        canvas.rect(x, 222, x + 12, 430, part.STEEL)
    tarps: tuple[Rgb, ...] = (
        (58, 112, 176),
        (196, 76, 58),
        (66, 138, 92),
        (222, 168, 62),
        (198, 202, 204),
    )
    for row, (base, size) in enumerate(((452, 1.0), (570, 1.45), (740, 2.0))):
        for side in (-1, 1):
            for i in range(3 - row // 2):
                middle = 800 + side * (330 + row * 120 + i * 190 * size)
                _stall(canvas, middle, base, size, canvas.random.choice(tarps))
    part.pole(canvas, 1180, 470, 330)
    part.wires(canvas, [(0, 110), (600, 90), (1180, 150), (1600, 90)])


def _stall(canvas: Canvas, x: float, base: float, size: float, tarp: Rgb) -> None:
    w, h = 74 * size, 116 * size
    for side in (-1, 1):
        canvas.line([(x + side * w, base), (x + side * w, base - h)], (118, 112, 104), 3 * size)
    canvas.poly(
        [
            (x - w * 0.9, base - h * 0.34),
            (x + w * 0.9, base - h * 0.34),
            (x + w, base - h * 0.2),
            (x - w, base - h * 0.2),
        ],
        (150, 118, 84),
    )
    canvas.rect(x - w, base - h * 0.2, x + w, base - 4, (118, 90, 64))
    for _ in range(12):
        fruit = canvas.random.choice(
            ((206, 62, 46), (232, 164, 52), (96, 152, 62), (216, 200, 84), (134, 76, 120))
        )
        canvas.disc(
            x + canvas.random.uniform(-0.82, 0.82) * w,
            base - h * canvas.random.uniform(0.27, 0.36),
            7 * size,
            6 * size,
            fruit,
        )
    canvas.poly(
        [
            (x - w * 0.92, base - h * 1.14),
            (x + w * 0.92, base - h * 1.14),
            (x + w * 1.18, base - h * 0.86),
            (x - w * 1.18, base - h * 0.86),
        ],
        tarp,
    )
    for i in range(-2, 3):
        canvas.line(
            [(x + i * w * 0.36, base - h * 1.14), (x + i * w * 0.46, base - h * 0.86)],
            shade(tarp, 0.86),
            5 * size,
        )
    canvas.rect(x - w * 1.18, base - h * 0.87, x + w * 1.18, base - h * 0.82, shade(tarp, 0.74))


def _field(canvas: Canvas) -> None:
    horizon = 300.0
    part.sky(canvas, horizon)
    part.hills(canvas, horizon)
    part.ground(canvas, horizon, (126, 162, 68), roughness=11)
    for i, y in enumerate((316, 338, 372, 424)):
        colour = ((150, 178, 84), (112, 152, 70), (178, 186, 92), (120, 160, 74))[i]
        canvas.rect(0, y, WIDTH, y + 20 + i * 16, colour)
        canvas.line([(0, y), (WIDTH, y + canvas.random.uniform(-6, 6))], (126, 122, 84), 4 + i)
    part.treeline(canvas, horizon + 12, 30)
    part.house(canvas, 1120, 340, 90, 52)
    part.house(canvas, 360, 338, 80, 46)
    canvas.grain(horizon, HEIGHT, 8, stretch=1)
    part.lane(canvas, (660, 706), (430, 1290), horizon + 14, colour=(186, 180, 166))
    canvas.poly([(715, 330), (740, 330), (1600, 800), (1600, 700)], (132, 164, 176))
    for x, base, h in ((240, 470, 300), (1180, 424, 220), (560, 372, 130)):
        part.palm(canvas, x, base, h)
    part.pole(canvas, 410, 520, 420)
    part.pole(canvas, 590, 386, 160)
    part.wires(canvas, [(0, 60), (410, 120), (590, 232), (640, 262)])


def _river(canvas: Canvas) -> None:
    horizon = 310.0
    part.sky(canvas, horizon)
    part.hills(canvas, horizon)
    canvas.gradient(horizon, 620, (178, 196, 196), (112, 142, 140))
    canvas.grain(horizon, 620, 9, stretch=12)
    part.treeline(canvas, horizon + 12, 48)
    for x in range(60, WIDTH, 260):
        canvas.rect(x, 372, x + 30, 452, (176, 172, 164))
    canvas.rect(0, 344, WIDTH, 380, (196, 192, 182))
    for x in range(0, WIDTH, 28):
        canvas.line([(x, 344), (x, 316)], (206, 204, 198), 3)
    canvas.line([(0, 316), (WIDTH, 316)], (206, 204, 198), 5)
    canvas.poly([(360, 500), (640, 500), (600, 530), (400, 530)], (98, 78, 62))
    canvas.rect(450, 470, 540, 502, (146, 120, 88))
    canvas.rect(0, 840, WIDTH, HEIGHT, shade(part.CONCRETE, 0.92))
    part.street(canvas, 640, 850, colour=(150, 148, 142))
    part.wall(canvas, -20, 1630, 634, 44, (204, 202, 194))
    part.tree(canvas, 150, 660, 380)
    part.tree(canvas, 1500, 664, 330)
    part.pole(canvas, 1170, 650, 520)


def _school(canvas: Canvas) -> None:
    horizon = 330.0
    part.sky(canvas, horizon)
    part.treeline(canvas, horizon + 10, 110)
    canvas.rect(0, horizon + 4, WIDTH, horizon + 68, shade(part.GRASS, 0.85))
    part.paving(canvas, horizon + 66, (186, 176, 158))
    wall: Rgb = (238, 208, 132)
    canvas.rect(120, 150, 1480, 410, wall)
    canvas.poly([(90, 152), (170, 78), (1430, 78), (1510, 152)], (158, 76, 56))
    canvas.rect(120, 270, 1480, 288, (206, 172, 104))
    for i in range(11):
        x = 150 + i * 122
        for y in (178, 306):
            part.window(canvas, x, y, 62, 72)
        canvas.rect(x + 84, 150, x + 98, 410, (246, 226, 168))
    canvas.rect(560, 92, 1040, 140, (44, 88, 156))
    canvas.text(800, 116, "TRƯỜNG TIỂU HỌC BÌNH AN", 31, (255, 255, 255))
    part.flag(canvas, 1090, 470, 400)
    for x, h in ((220, 330), (470, 280), (1180, 300), (1400, 350)):
        part.tree(canvas, x, 450, h)
        canvas.disc(x, 452, 46, 11, (196, 120, 92))
    part.pole(canvas, 60, 520, 430)


def _parking(canvas: Canvas) -> None:
    canvas.gradient(0, 330, (202, 204, 200), (222, 220, 212))
    part.house(canvas, 60, 330, 460, 240)
    part.house(canvas, 1080, 330, 420, 210)
    part.treeline(canvas, 330, 60)
    part.paving(canvas, 330, (160, 160, 158))
    canvas.poly([(0, 60), (WIDTH, 60), (WIDTH, 150), (0, 116)], (112, 134, 154))
    for x in range(0, WIDTH, 46):
        canvas.line([(x, 60), (x, 132)], (96, 116, 136), 4)
    for x in (40, 540, 1060, 1560):
        canvas.rect(x, 120, x + 18, 470, (126, 132, 136))
    canvas.rect(560, 200, 1040, 244, (44, 96, 150))
    canvas.text(800, 222, "NHÀ ĐỂ XE", 32, (255, 255, 255))
    for i in range(9):
        x = 110 + i * 168
        canvas.poly([(x, 400), (x + 6, 400), (x - 40, 580), (x - 50, 580)], (232, 226, 196))
    canvas.lamps += [(320, 150, 330), (820, 150, 330), (1310, 150, 330)]


def _indoors(canvas: Canvas) -> None:
    wall = canvas.random.choice(((226, 224, 212), (214, 222, 222), (230, 218, 196)))
    canvas.gradient(0, 420, shade(wall, 0.94), wall)
    canvas.rect(0, 0, WIDTH, 40, shade(wall, 0.86))
    for x in (240, 800, 1360):
        canvas.rect(x - 110, 8, x + 110, 26, (252, 252, 246))
        canvas.lamps.append((x, 40, 420))
    part.paving(canvas, 420, (186, 186, 180))
    canvas.rect(0, 404, WIDTH, 424, shade(wall, 0.7))
    for x in (90, 1330):
        part.window(canvas, x, 120, 180, 190)
    canvas.rect(390, 84, 1210, 142, RED)
    canvas.text(800, 113, "BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ", 34, GOLD)
    for i in range(4):
        x = 360 + i * 226
        canvas.rect(x, 190, x + 190, 330, (176, 200, 208))
        canvas.rect(x + 4, 194, x + 186, 326, (204, 222, 226))
        canvas.rect(x + 60, 160, x + 130, 186, (44, 96, 150))
        canvas.text(x + 95, 173, f"QUẦY {i + 1}", 17, (255, 255, 255))
    canvas.poly([(330, 330), (1270, 330), (1300, 366), (300, 366)], (150, 106, 70))
    canvas.rect(300, 366, 1300, 470, (126, 86, 56))
    for x in range(340, 1290, 120):
        canvas.rect(x, 380, x + 90, 456, (142, 98, 64))
    for row, (base, size) in enumerate(((600, 0.9), (770, 1.25))):
        for i in range(4):
            left = (150 if i < 2 else 1060) + (i % 2) * 230 * size + row * (-70 if i < 2 else 30)
            canvas.rect(
                left,
                base - 70 * size,
                left + 190 * size,
                base - 24 * size,
                (52, 96, 138),
                radius=10,
            )
            canvas.rect(
                left - 4,
                base - 26 * size,
                left + 194 * size,
                base - 12 * size,
                (44, 80, 116),
                radius=6,
            )
            for leg in (16, 174):
                canvas.line(
                    [(left + leg * size, base - 12 * size), (left + leg * size, base + 14 * size)],
                    part.STEEL,
                    5,
                )


type Painter = Callable[[Canvas], None]

_BY_WORD: tuple[tuple[tuple[str, ...], Painter], ...] = (
    (("mot cua", "tiep dan", "phong", "sanh", "hanh lang", "kho", "store", "counter", "office room", "indoor", "lobby", "hall"), _indoors),
    (("nha xe", "bai xe", "do xe", "parking", "garage", "driveway"), _parking),
    (("truong", "school", "mam non"), _school),
    (("cho ", "market", "quan "), _market),
    (("cau ", "song", "ho ", "ao ", "kenh", "de ", "bridge", "river", "lake", "canal", "dike", "dam", "pump"), _river),
    (("dong", "ruong", "field", "farm", "paddy"), _field),
    (("cong", "gate", "chao", "entrance", "door"), _gate),
    (("ubnd", "tru so", "uy ban", "san", "yard", "committee", "office", "nha van hoa", "culture", "tram y te", "clinic", "cong an", "police"), _office),
    (("duong", "nga ba", "nga tu", "road", "street", "cross", "junction", "ngo", "thon", "quoc lo", "tinh lo"), _road),
)  # fmt: skip
_ANY: tuple[Painter, ...] = (_road, _gate, _office, _market, _field, _river, _school, _parking)


def _plain(text: str) -> str:
    """Lower case without Vietnamese marks, words parted by single blanks, one blank at each end."""
    text = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return f" {' '.join(letters.split())} "


def painter_for(camera: str, name: str) -> Painter:
    """The kind of place a camera looks at: from its key, else from its name, else by chance that stays the same."""
    for text in (_plain(camera), _plain(name)):
        for words, painter in _BY_WORD:
            if any(f" {word.strip()} " in text for word in words):
                return painter
    return _ANY[crc32(camera.encode()) % len(_ANY)]


def paint(camera: str, name: str, size: tuple[int, int], *, night: bool) -> Image.Image:
    """The background of a camera: always the same for the same key, RGB, `size` pixels wide and high."""
    canvas = Canvas(size, camera, night=night)
    painter_for(camera, name)(canvas)
    return canvas.finish()
