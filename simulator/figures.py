"""Who and what moves through a scene: paths, sounds and faults as functions of the scene's time."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import floor, sin
from typing import Any, Literal
from zlib import crc32

from simulator.fields import Fields
from simulator.geometry import Box, Point, box_at, distance

type FaultKind = Literal["offline", "covered"]

# Width over height of a label's box, in pixels.
ASPECTS = {
    "person": 0.42,
    "car": 1.75,
    "truck": 1.6,
    "bus": 1.9,
    "motorcycle": 0.95,
    "bicycle": 1.1,
    "dog": 1.3,
    "cat": 1.3,
    "cow": 1.5,
}
DEFAULT_ASPECT = 1.0
PICTURE_ASPECT = 9 / 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Something that stands in a camera's picture at one moment.

    `box` is relative (`x1, y1, x2, y2`, 0 to 1). `run` counts the times it came before: each time it
    is another object. `speed_kmh` is None where the path doesn't say.
    """

    key: str
    label: str
    box: Box
    colour: str | None = None
    sub_label: str | None = None
    plate: str | None = None
    speed_kmh: float | None = None
    run: int = 0
    score: float = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One point of a path: `at` seconds after the figure appeared it stands on (`x`, `y`), `size` high (0 to 1)."""

    at: float
    x: float
    y: float
    size: float


@dataclass(frozen=True, kw_only=True)
class FigurePath:
    """The way of one figure through one camera's picture, from `start` on; with `stays` it never leaves its last stop.

    It comes again in every loop of the scene, or `every` so many seconds: each time as another object,
    with the next of its `plates`.
    """

    key: str
    label: str
    camera: str
    start: float
    stops: tuple[Stop, ...]
    every: float | None = None
    stays: bool = False
    sub_label: str | None = None
    plates: tuple[str, ...] = ()
    colour: str | None = None
    speed_kmh: float | None = None

    @cached_property
    def length(self) -> float:
        """Seconds from its appearance to its last stop."""
        return self.stops[-1].at

    @cached_property
    def _seed(self) -> int:
        return crc32(f"{self.camera}/{self.key}".encode())

    @cached_property
    def _aspect(self) -> float:
        return ASPECTS.get(self.label, DEFAULT_ASPECT) * PICTURE_ASPECT

    def at(self, t: float, duration: float) -> Figure | None:
        """The figure at scene second `t`, or None while it is away; a path may reach into the next loop."""
        elapsed = t - self.start
        if elapsed < 0:
            return None
        run = 0
        if not self.stays:
            period = self.every or duration
            run = floor(elapsed / period)
            elapsed -= run * period
            if elapsed > self.length:
                return None
        place, size, moving = self._place(elapsed)
        speed = None if self.speed_kmh is None else self.speed_kmh if moving else 0.0
        return Figure(
            key=self.key,
            label=self.label,
            box=box_at(place, size, self._aspect),
            colour=self.colour,
            sub_label=self.sub_label,
            plate=self.plates[run % len(self.plates)] if self.plates else None,
            speed_kmh=speed,
            run=run,
            score=self._score(elapsed),
        )

    def _place(self, elapsed: float) -> tuple[Point, float, bool]:
        for first, last in pairwise(self.stops):
            if elapsed <= last.at:
                part = (elapsed - first.at) / (last.at - first.at)
                place = first.x + (last.x - first.x) * part, first.y + (last.y - first.y) * part
                return place, first.size + (last.size - first.size) * part, _moves(first, last)
        last = self.stops[-1]
        return (last.x, last.y), last.size, False

    def _score(self, elapsed: float) -> float:
        """The detector's confidence: steady for the figure, trembling a little from frame to frame."""
        return round(0.78 + self._seed % 100 / 1000 + 0.04 * sin(elapsed * 2.3 + self._seed), 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSpec:
    """A sound at one camera, from `start` to `end` of each loop."""

    camera: str
    label: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSpec:
    """A camera that fails, from `start` to `end` of each loop: no picture ("offline") or a covered lens."""

    camera: str
    kind: FaultKind
    start: float
    end: float


def _moves(first: Stop, last: Stop) -> bool:
    return (first.x, first.y) != (last.x, last.y)


def read_figure(fields: Fields) -> FigurePath:
    """A figure: its first waypoint says where it appears; later ones `t`, `speed` (widths per second) or `pause`."""
    path = FigurePath(
        key=fields.text("key"),
        label=fields.text("label"),
        camera=fields.text("camera"),
        start=float(fields.number("start", 0.0)),
        every=fields.number("every", None, least=1),
        stays=fields.flag("stays", default=False),
        sub_label=fields.text("sub_label", None),
        plates=fields.texts("plates"),
        colour=fields.text("colour", None),
        speed_kmh=fields.number("speed_kmh", None),
        stops=_stops(fields),
    )
    if not path.stays and path.length <= 0:
        raise fields.error("path must have a second waypoint, or stays: true")
    return path


def _stops(fields: Fields) -> tuple[Stop, ...]:
    stops: list[Stop] = []

    def read(waypoint: Fields) -> None:
        if not stops:
            stops.append(_stop(waypoint, 0.0, None))
        elif waypoint.has("pause"):
            last = stops[-1]
            at = last.at + waypoint.number("pause", least=0.1)
            stops.append(Stop(at=at, x=last.x, y=last.y, size=last.size))
        else:
            stops.append(_reached(waypoint, stops[-1]))

    fields.each("path", read)
    if not stops:
        raise fields.error("path must have at least one waypoint")
    return tuple(stops)


def _reached(waypoint: Fields, last: Stop) -> Stop:
    if waypoint.has("t"):
        at = float(waypoint.number("t"))
        if at <= last.at:
            raise waypoint.error(f"t must be later than {last.at:g}")
        return _stop(waypoint, at, last)
    speed = waypoint.number("speed", least=0.001)
    there = _stop(waypoint, last.at, last)
    way = distance((last.x, last.y), (there.x, there.y))
    if not way:
        raise waypoint.error("speed needs another place; use pause to wait")
    return Stop(at=last.at + way / speed, x=there.x, y=there.y, size=there.size)


def _stop(waypoint: Fields, at: float, last: Stop | None) -> Stop:
    default: Any = ... if last is None else last
    return Stop(
        at=at,
        x=float(waypoint.number("x", ... if last is None else default.x, least=-1)),
        y=float(waypoint.number("y", ... if last is None else default.y, least=-1)),
        size=float(waypoint.number("size", ... if last is None else default.size, least=0.01)),
    )


def read_sound(fields: Fields) -> SoundSpec:
    """A sound."""
    start, end = _span(fields)
    return SoundSpec(camera=fields.text("camera"), label=fields.text("label"), start=start, end=end)


def read_fault(fields: Fields) -> FaultSpec:
    """A fault."""
    start, end = _span(fields)
    kind = fields.text("kind")
    if kind not in {"offline", "covered"}:
        raise fields.error("kind must be offline or covered")
    return FaultSpec(camera=fields.text("camera"), kind=kind, start=start, end=end)


def _span(fields: Fields) -> tuple[float, float]:
    start, end = float(fields.number("start")), float(fields.number("end"))
    if end <= start:
        raise fields.error("end must be later than start")
    return start, end
