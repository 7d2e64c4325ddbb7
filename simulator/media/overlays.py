"""What Frigate itself draws on a picture when asked: boxes, zones, masks, regions, the time."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from PIL import Image, ImageDraw

from simulator.media.figures import seed_of
from simulator.media.fonts import Rgb, text_image

type Box = tuple[float, float, float, float]
type Polygon = list[tuple[float, float]]

COLOURS: tuple[Rgb, ...] = (
    (230, 60, 60),
    (60, 160, 230),
    (70, 190, 90),
    (230, 160, 50),
    (180, 90, 210),
    (60, 190, 190),
)
FRIGATE_TIME = "%m/%d/%Y %H:%M:%S"


def label_colour(label: str) -> Rgb:
    """The colour of a label's boxes, always the same."""
    return COLOURS[seed_of(label) % len(COLOURS)]


def polygons(coordinates: object, size: tuple[int, int]) -> list[Polygon]:
    """Polygons in pixels from Frigate's `"0.1,0.2,…"`, a list of such texts, or masks by name."""
    if isinstance(coordinates, Mapping):
        if "coordinates" in coordinates:
            return polygons(coordinates["coordinates"], size)
        return [one for part in coordinates.values() for one in polygons(part, size)]
    if isinstance(coordinates, (list, tuple)):
        return [one for part in coordinates for one in polygons(part, size)]
    if not isinstance(coordinates, str):
        return []
    try:
        numbers = [float(part) for part in coordinates.split(",") if part.strip()]
    except ValueError:
        return []
    if len(numbers) < 6 or len(numbers) % 2:
        return []
    # Old configurations give pixels instead of shares of the picture.
    wide, high = size if max(numbers) <= 1 else (1, 1)
    return [[(x * wide, y * high) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]]


def _outline(picture: Image.Image, points: Polygon, colour: Rgb) -> None:
    width = max(1, picture.height // 240)
    ImageDraw.Draw(picture).line([*points, points[0]], fill=colour, width=width, joint="curve")


def draw_zones(picture: Image.Image, config: Mapping[str, Any]) -> None:
    """The outlines of the camera's zones."""
    for key, zone in (config.get("zones") or {}).items():
        for points in polygons(zone.get("coordinates"), picture.size):
            _outline(picture, points, label_colour(str(key)))


def draw_masks(picture: Image.Image, config: Mapping[str, Any]) -> None:
    """Motion masks, painted black."""
    draw = ImageDraw.Draw(picture)
    for points in polygons((config.get("motion") or {}).get("mask"), picture.size):
        draw.polygon(points, fill=(0, 0, 0))


def draw_box(picture: Image.Image, box: Box, label: str, text: str) -> None:
    """One object's box with its label and score above."""
    colour, draw = label_colour(label), ImageDraw.Draw(picture)
    x1, y1, x2, y2 = pixels(box, picture.size)
    draw.rectangle((x1, y1, x2, y2), outline=colour, width=max(2, picture.height // 240))
    words = text_image(text, max(9, picture.height // 36))
    top = y1 - words.height - 6 if y1 - words.height - 6 > 0 else y1
    draw.rectangle((x1, top, x1 + words.width + 8, top + words.height + 6), fill=colour)
    picture.paste(words, (x1 + 4, top + 3), words)


def draw_regions(picture: Image.Image, boxes: Iterable[Box]) -> None:
    """The squares in which was looked for objects."""
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        draw.rectangle(square(box, picture.size, 1.6), outline=(0, 220, 0), width=2)


def draw_motion(picture: Image.Image, boxes: Iterable[Box]) -> None:
    """Where something moves."""
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        draw.rectangle(pixels(box, picture.size), outline=(255, 0, 0), width=1)


def draw_time(picture: Image.Image, t: float, zone: tzinfo, config: Mapping[str, Any]) -> None:
    """Frigate's own timestamp, in the corner its configuration names."""
    style = config.get("timestamp_style") or {}
    pattern = str(style.get("format") or FRIGATE_TIME)
    words = text_image(
        f"{datetime.fromtimestamp(t, zone):{pattern}}", max(10, picture.height // 24)
    )
    corner, gap = str(style.get("position") or "tl"), max(4, picture.height // 48)
    x = gap if corner.endswith("l") else picture.width - words.width - gap
    y = gap if corner.startswith("t") else picture.height - words.height - gap
    picture.paste(words, (x, y), words)


def pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """A relative box `x1, y1, x2, y2` in pixels."""
    return (
        round(box[0] * size[0]),
        round(box[1] * size[1]),
        round(box[2] * size[0]),
        round(box[3] * size[1]),
    )


def square(box: Box, size: tuple[int, int], reach: float) -> tuple[int, int, int, int]:
    """A square around a box, `reach` times its longer side, inside the picture; in pixels."""
    x1, y1, x2, y2 = pixels(box, size)
    side = min(max(32, round(max(x2 - x1, y2 - y1) * reach)), *size)
    left = min(max(0, (x1 + x2 - side) // 2), size[0] - side)
    top = min(max(0, (y1 + y2 - side) // 2), size[1] - side)
    return left, top, left + side, top + side
