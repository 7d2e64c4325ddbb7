"""Manual events: started and ended over HTTP, never seen on the `events` topic."""

from collections.abc import Callable, Mapping
from random import Random
import string
from typing import Any

from simulator.rows import EventRow, Json

DEFAULT_SECONDS = 30


def manual_row(
    camera: str,
    label: str,
    body: Mapping[str, Any],
    now: float,
    pre_capture: float,
    new_id: Callable[[float], str],
) -> EventRow:
    """The row of a manual event; it starts as long before the call as recordings reach back."""
    score = float(body.get("score") or 0)
    data: Json = {
        "type": body.get("source_type") or "api",
        "score": score,
        "top_score": score,
        "snapshot_clean": True,
        "draw": body.get("draw") or {},
    }
    return EventRow(
        id=new_id(now),
        camera=camera,
        label=label,
        sub_label=body.get("sub_label"),
        start_time=now - pre_capture,
        has_clip=bool(body.get("include_recording", True)),
        has_snapshot=True,
        data=data,
    )


def review_label(row: EventRow) -> str:
    """How a manual event is named in its review."""
    return f"{row.label}: {row.sub_label}" if row.sub_label else row.label


def duration_of(body: Mapping[str, Any]) -> float | None:
    """Seconds until the event ends by itself, or None for one that is ended by a call."""
    duration = body.get("duration", DEFAULT_SECONDS)
    return None if duration is None else float(duration)


def picture_names(random: Random, label: str, number: int) -> list[str]:
    """File names as the server gives training pictures."""
    return [
        f"{label}-{''.join(random.choices(string.ascii_lowercase, k=6))}.webp"
        for _ in range(number)
    ]
