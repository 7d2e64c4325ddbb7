"""What the cameras see and hear: the scene, and what a test puts in front of them by hand."""

from bisect import bisect_right
from dataclasses import replace
from itertools import count
from typing import Any

from simulator.scene import Figure, Scene

TRACE_LENGTH = 500

type Box = tuple[float, float, float, float]


class FigureHandle:
    """A figure put in front of a camera by hand. Boxes are `x1, y1, x2, y2`, relative to the picture."""

    def __init__(self, stage: Stage, camera: str, figure: Figure) -> None:
        self._stage = stage
        self.camera = camera
        self._times: list[float] = []
        self._trace: list[Figure | None] = []
        self._show(figure)

    @property
    def figure(self) -> Figure | None:
        """The figure as it is now; None once it was removed."""
        return self._trace[-1]

    def at(self, t: float) -> Figure | None:
        """The figure as it was at a time, UTC epoch seconds."""
        index = bisect_right(self._times, t)
        return self._trace[index - 1] if index else None

    def move(self, box: Box) -> FigureHandle:
        """Put it elsewhere."""
        return self._change(box=box)

    def sub_label(self, name: str | None, score: float = 0.93) -> FigureHandle:
        """Let it be recognised as somebody."""
        return self._change(sub_label=name, score=score)

    def plate(self, text: str | None, score: float = 0.94) -> FigureHandle:
        """Let its number plate be read."""
        return self._change(plate=text, score=score)

    def change(self, **fields: Any) -> FigureHandle:
        """Change any field of the figure."""
        return self._change(**fields)

    def remove(self) -> None:
        """Take it away."""
        self._show(None)

    def _change(self, **fields: Any) -> FigureHandle:
        if self.figure is not None:
            self._show(replace(self.figure, **fields))
        return self

    def _show(self, figure: Figure | None) -> None:
        if len(self._trace) >= TRACE_LENGTH:
            del self._trace[0], self._times[0]
        self._times.append(self._stage.now())
        self._trace.append(figure)


class Stage:
    """The scene with its hand-made additions. Times are UTC epoch seconds."""

    def __init__(self, scene: Scene, clock: Clock) -> None:
        self.scene = scene
        self._clock = clock
        self._began = clock.now()
        self._handles: dict[str, list[FigureHandle]] = {}
        self._sounds: dict[str, set[str]] = {}
        self._silenced: dict[str, set[str]] = {}
        self._faults: dict[str, str | None] = {}
        self._numbers = count(1)

    def now(self) -> float:
        """The server's clock."""
        return self._clock.now()

    def seconds(self, t: float) -> float:
        """Seconds since the scene began."""
        return t - self._began

    def place(self, camera: str, label: str, box: Box, **fields: Any) -> FigureHandle:
        """Put a figure in front of a camera; `fields` are further fields of `Figure`."""
        given: dict[str, Any] = {
            "key": f"hand-{next(self._numbers)}",
            "colour": None,
            "sub_label": None,
            "plate": None,
            "speed_kmh": None,
            "run": 0,
            "score": 0.9,
            **fields,
        }
        handle = FigureHandle(self, camera, Figure(label=label, box=box, **given))
        self._handles.setdefault(camera, []).append(handle)
        return handle

    def figures(self, camera: str, t: float) -> list[Figure]:
        """Everything in front of a camera at a time."""
        found = self.scene.figures_at(camera, t - self._began)
        if handles := self._handles.get(camera):
            found = [
                *found,
                *(figure for handle in handles if (figure := handle.at(t)) is not None),
            ]
        return found

    def sound(self, camera: str, label: str, on: bool) -> None:
        """Start or stop a sound by hand."""
        sounds = self._sounds.setdefault(camera, set())
        (sounds.add if on else sounds.discard)(label)

    def sounds(self, camera: str, t: float) -> frozenset[str]:
        """Everything to be heard at a camera at a time."""
        return self.scene.sounds_at(camera, t - self._began) | frozenset(
            self._sounds.get(camera, ())
        )

    def set_fault(self, camera: str, kind: str | None) -> None:
        """Break a camera by hand ("offline", "covered"), or mend it; a mended one follows the scene again."""
        self._faults[camera] = kind

    def fault(self, camera: str, t: float) -> str | None:
        """What is wrong with a camera at a time."""
        return self._faults.get(camera) or self.scene.fault_at(camera, t - self._began)


class Clock:
    """Simulated time: the clock passed in, run at `speed`, with what was stepped over on top."""

    def __init__(self, clock: Any, speed: float) -> None:
        self._clock = clock
        self._epoch: float = clock()
        self.speed = speed
        self.skipped = 0.0

    def now(self) -> float:
        """UTC epoch seconds."""
        elapsed: float = self._clock() - self._epoch
        return self._epoch + elapsed * self.speed + self.skipped
