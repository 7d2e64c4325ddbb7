"""Recordings of the simulated server: spans per camera, cut into ten-second segments on demand.

Days of history for hundreds of cameras cost a few numbers each, because a segment is computed when it is asked for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import floor
from zlib import crc32

from simulator.rows import Segment

SEGMENT_SECONDS = 10.0
MEGABYTES_PER_SECOND = 0.022


@dataclass(slots=True)
class Span:
    """A camera recorded without a gap from `start` to `end` (None: it still does)."""

    start: float
    end: float | None


class Recordings:
    """What is stored, by camera."""

    def __init__(self) -> None:
        self._spans: dict[str, list[Span]] = {}

    def begin(self, camera: str, start: float) -> None:
        """Recording of `camera` starts; no effect while it already runs."""
        spans = self._spans.setdefault(camera, [])
        if not spans or spans[-1].end is not None:
            spans.append(Span(start, None))

    def stop(self, camera: str, end: float) -> None:
        """Recording of `camera` stops."""
        spans = self._spans.get(camera)
        if spans and spans[-1].end is None:
            spans[-1].end = max(end, spans[-1].start)

    def stop_all(self, end: float) -> None:
        """Recording of every camera stops."""
        for camera in self._spans:
            self.stop(camera, end)

    def add(self, camera: str, start: float, end: float) -> None:
        """A finished span; joins the span before it when they touch."""
        spans = self._spans.setdefault(camera, [])
        for span in spans:
            if span.end is not None and span.end == start:
                span.end = end
                return
        spans.append(Span(start, end))
        spans.sort(key=lambda span: span.start)

    def remove(self, camera: str, start: float, end: float) -> None:
        """Delete what lies between `start` and `end`."""
        kept: list[Span] = []
        for span in self._spans.get(camera, []):
            stop = span.end
            if (stop is not None and stop <= start) or span.start >= end:
                kept.append(span)
                continue
            if span.start < start:
                kept.append(Span(span.start, start))
            if stop is None or stop > end:
                kept.append(Span(end, stop))
        self._spans[camera] = kept

    def cameras(self) -> list[str]:
        """Cameras that have anything stored."""
        return [camera for camera, spans in self._spans.items() if spans]

    def spans(
        self, camera: str, after: float, before: float, now: float
    ) -> Iterator[tuple[float, float]]:
        """What is stored between two times, oldest first, cut to them."""
        for span in self._spans.get(camera, []):
            start, end = max(span.start, after), min(now if span.end is None else span.end, before)
            if start < end:
                yield start, end

    def oldest(self, camera: str) -> float | None:
        """When the oldest recording of `camera` starts."""
        spans = self._spans.get(camera)
        return spans[0].start if spans else None

    def seconds(self, camera: str, now: float) -> float:
        """How much is stored, in seconds."""
        return sum(end - start for start, end in self.spans(camera, 0.0, now, now))

    def segments(self, camera: str, after: float, before: float, now: float) -> list[Segment]:
        """Segments that overlap the time between `after` and `before`, oldest first.

        The segment being written is not listed before it is complete, as with the real server.
        """
        found: list[Segment] = []
        for span in self._spans.get(camera, []):
            running = span.end is None
            end = now if span.end is None else span.end
            index = max(0, floor((after - span.start) / SEGMENT_SECONDS))
            start = span.start + index * SEGMENT_SECONDS
            while start < end and start < before:
                stop = min(start + SEGMENT_SECONDS, end)
                if stop > after and not (running and stop - start < SEGMENT_SECONDS):
                    found.append(_segment(camera, start, stop))
                start += SEGMENT_SECONDS
        return found

    def gaps(
        self, cameras: Iterable[str], after: float, before: float, now: float
    ) -> list[tuple[float, float]]:
        """Times in which none of `cameras` recorded."""
        covered = sorted(
            span for camera in cameras for span in self.spans(camera, after, before, now)
        )
        edges: list[tuple[float, float]] = [(after, after)]
        for start, end in covered:
            if start <= edges[-1][1]:
                edges[-1] = (edges[-1][0], max(edges[-1][1], end))
            else:
                edges.append((start, end))
        edges.append((before, before))
        return [(left[1], right[0]) for left, right in pairwise(edges) if right[0] > left[1]]


def _segment(camera: str, start: float, end: float) -> Segment:
    """A segment whose figures depend on nothing but camera and time."""
    noise = crc32(f"{camera}{start}".encode())
    return Segment(
        id=f"{start}-{noise % 36**6:06x}"[:40],
        camera=camera,
        start_time=start,
        end_time=end,
        size=round((end - start) * MEGABYTES_PER_SECOND, 2),
        motion=noise % 60,
        objects=noise % 7,
    )
