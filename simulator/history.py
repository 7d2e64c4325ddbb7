"""A plausible past: recordings, tracked objects and reviews of the last days, so that browsing shows something."""

from collections.abc import Callable
from random import Random

from simulator.database import DAY_SECONDS, Database
from simulator.recorder import MODEL, audio_row
from simulator.rows import EventRow, Json, ReviewRow
from simulator.scene import CameraSpec, Scene

EVENTS_PER_CAMERA_AND_DAY = 8
EVENTS_LIMIT = 1500
GAP_SECONDS = 540.0
SIZES = {
    "person": (0.09, 0.32),
    "car": (0.28, 0.22),
    "motorcycle": (0.13, 0.2),
    "truck": (0.34, 0.3),
}
COMMON_SIZE = (0.14, 0.16)


def seed_history(
    db: Database,
    scene: Scene,
    now: float,
    days: float,
    random: Random,
    new_id: Callable[[float], str],
) -> None:
    """Fill the database with `days` days before `now`, the same for the same random numbers."""
    cameras = [spec for spec in scene.cameras if spec.enabled]
    each = min(EVENTS_PER_CAMERA_AND_DAY * days, EVENTS_LIMIT / max(1, len(cameras)))
    for spec in cameras:
        if spec.record_days > 0:
            _recordings(db, spec, now, min(days, spec.record_days), random)
        for index in range(round(each)):
            start = now - days * DAY_SECONDS * (index + random.random()) / max(1, round(each)) - 120
            _moment(db, spec, round(start, 6), random, new_id)


def _recordings(db: Database, spec: CameraSpec, now: float, days: float, random: Random) -> None:
    """Two spans with a gap of some minutes between, as a camera that lost its network leaves them."""
    begin = now - days * DAY_SECONDS
    gap = begin + random.uniform(0.2, 0.8) * (now - begin)
    db.recordings.add(spec.key, begin, gap)
    db.recordings.add(spec.key, gap + GAP_SECONDS, now)


def _moment(
    db: Database, spec: CameraSpec, start: float, random: Random, new_id: Callable[[float], str]
) -> None:
    """One object or sound with its review."""
    if spec.audio_labels and random.random() < 0.12:
        row = audio_row(new_id(start), spec.key, random.choice(spec.audio_labels), start, 0.9)
        row.end_time = start + 31
    elif spec.labels:
        row = _object(spec, start, random, new_id)
    else:
        return
    db.record_object(row)
    if spec.record_days > 0:
        _review(db, spec, row, random, new_id)


def _object(
    spec: CameraSpec, start: float, random: Random, new_id: Callable[[float], str]
) -> EventRow:
    label = random.choice(spec.labels)
    width, height = SIZES.get(label, COMMON_SIZE)
    x, y = random.uniform(0.02, 0.98 - width), random.uniform(0.3, 0.98 - height)
    end = start + random.uniform(6, 60)
    zones = [zone.key for zone in spec.zones if not zone.labels or label in zone.labels]
    severity = "alert" if label in spec.alert_labels else "detection"
    score = round(random.uniform(0.72, 0.95), 6)
    path = [
        [[round(x + width * step / 8, 4), round(y + height, 4)], start + (end - start) * step / 8]
        for step in range(8)
    ]
    data: Json = {
        "box": [x, y, width, height],
        "region": [max(0.0, x - 0.1), max(0.0, y - 0.1), width + 0.2, height + 0.2],
        "score": score,
        "top_score": min(0.99, score + 0.02),
        "attributes": [],
        "snapshot_clean": True,
        "snapshot_frame_time": start + 2,
        "snapshot_area": int(width * height * spec.width * spec.height),
        "snapshot_estimated_speed": 0,
        "average_estimated_speed": 0,
        "velocity_angle": 0,
        "type": "object",
        "max_severity": severity,
        "path_data": path,
    }
    return EventRow(
        id=new_id(start),
        camera=spec.key,
        label=label,
        start_time=start,
        end_time=end,
        zones=random.sample(zones, min(len(zones), 1)),
        has_clip=spec.record_days > 0,
        has_snapshot=True,
        data=data,
        model_hash=MODEL["model_hash"],
        detector_type=MODEL["detector_type"],
        model_type=MODEL["model_type"],
    )


def _review(
    db: Database, spec: CameraSpec, row: EventRow, random: Random, new_id: Callable[[float], str]
) -> None:
    start, end = row.start_time + 0.5, (row.end_time or row.start_time) - 0.5
    sound = row.data["type"] == "audio"
    data: Json = {
        "detections": [row.id],
        "objects": [] if sound else [row.label],
        "verified_objects": [],
        "sub_labels": [row.sub_label] if row.sub_label else [],
        "zones": list(row.zones),
        "audio": [row.label] if sound else [],
        "thumb_time": start + 1,
        "metadata": None,
    }
    db.record_review(
        ReviewRow(
            id=new_id(start),
            camera=spec.key,
            start_time=start,
            end_time=end,
            severity=row.data.get(
                "max_severity", "alert" if row.label in spec.alert_labels else "detection"
            ),
            data=data,
            reviewed_by={"anonymous"} if random.random() < 0.3 else set(),
        )
    )
