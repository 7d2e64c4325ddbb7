"""Plane geometry the tracker and the scenes need. Coordinates are relative to the picture, 0 to 1."""

from collections.abc import Sequence
from math import atan2, degrees, hypot

type Point = tuple[float, float]
type Box = tuple[float, float, float, float]
type PixelBox = tuple[int, int, int, int]


def inside(point: Point, polygon: Sequence[Point]) -> bool:
    """Whether `point` lies in `polygon` (its corners in order, closed by itself), by crossing number."""
    x, y = point
    found = False
    x1, y1 = polygon[-1]
    for x2, y2 in polygon:
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            found = not found
        x1, y1 = x2, y2
    return found


def foot(box: Box) -> Point:
    """Middle of the lower edge: where a figure touches the ground."""
    return (box[0] + box[2]) / 2, box[3]


def box_at(at: Point, height: float, aspect: float) -> Box:
    """A box standing on `at`, cut to the picture; `aspect` is its relative width over its relative height."""
    x, y = at
    half = height * aspect / 2
    return max(0.0, x - half), max(0.0, y - height), min(1.0, x + half), min(1.0, y)


def pixels(box: Box, width: int, height: int) -> PixelBox:
    """The box in whole pixels of a picture of that size."""
    x1, y1, x2, y2 = box
    return round(x1 * width), round(y1 * height), round(x2 * width), round(y2 * height)


def area(box: PixelBox) -> int:
    """Square pixels."""
    return (box[2] - box[0]) * (box[3] - box[1])


def overlap(first: PixelBox, second: PixelBox) -> float:
    """Intersection over union, 0 to 1."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (area(first) + area(second) - shared)


def distance(first: Point, second: Point) -> float:
    """Length of the straight line between two points."""
    return hypot(second[0] - first[0], second[1] - first[1])


def heading(first: Point, second: Point) -> float:
    """Direction from `first` to `second` in degrees, 0 to 360: 0 to the right, 90 upwards in the picture."""
    return degrees(atan2(first[1] - second[1], second[0] - first[0])) % 360


def region(box: PixelBox, width: int, height: int) -> PixelBox:
    """The square the detector was shown: about the box, at least 320 pixels wide where the picture is that large."""
    longest = max(box[2] - box[0], box[3] - box[1])
    size = min(max(320, int(longest * 1.35) // 4 * 4), width, height)
    x = min(max(0, (box[0] + box[2] - size) // 2), width - size)
    y = min(max(0, (box[1] + box[3] - size) // 2), height - size)
    return x, y, x + size, y + size
