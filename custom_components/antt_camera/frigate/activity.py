"""What happens at present: objects and motion of every camera, sounds, jobs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .parse import Fields, ParseProblems
from .wire import plain_label, scored


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityObject:
    """An object as `camera_activity` lists it."""

    id: str
    label: str
    stationary: bool
    sub_label: str | None
    current_zones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityOfCamera:
    """What happens on a camera now, and how it is switched (`config`, Frigate's own short names)."""

    motion: bool
    objects: tuple[ActivityObject, ...]
    config: Mapping[str, bool | int]


def _activity_objects(fields: Fields) -> tuple[ActivityObject, ...]:
    items = fields.wire.get("objects")
    if items is None:
        return ()
    if not isinstance(items, list):
        fields.wrong("objects")
        return ()
    found = []
    for item in items:
        if not isinstance(item, dict):
            fields.wrong("objects")
            continue
        entry = Fields(item, "camera_activity.objects", fields.problems)
        identity, label = entry.text("id"), entry.text("label")
        if not identity or not label:
            entry.wrong("id")
            continue
        found.append(
            ActivityObject(
                id=identity,
                label=plain_label(label),
                stationary=entry.flag("stationary"),
                sub_label=scored(entry, "sub_label")[0],
                current_zones=entry.texts("current_zones"),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraActivity:
    """`camera_activity`: the answer to `onConnect`, complete."""

    cameras: Mapping[str, ActivityOfCamera]

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any], problems: ParseProblems) -> Self:
        """Read the activity of all cameras."""
        cameras = {}
        for key, content in wire.items():
            if not isinstance(content, dict):
                problems.count("camera_activity.*")
                continue
            fields = Fields(content, "camera_activity", problems)
            cameras[key] = ActivityOfCamera(
                motion=fields.flag("motion"),
                objects=_activity_objects(fields),
                config={
                    name: value
                    for name, value in fields.object("config").wire.items()
                    if isinstance(value, bool) or (type(value) is int and abs(value) < 1e12)
                },
            )
        return cls(cameras=cameras)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioDetection:
    """A sound that is being heard."""

    id: str | None
    score: float | None
    last_detection: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioDetections:
    """`audio_detections`: the sounds of each camera that hears something (0.17+)."""

    cameras: Mapping[str, Mapping[str, AudioDetection]]

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any], problems: ParseProblems) -> Self:
        """Read the sounds of all cameras."""
        top = Fields({"cameras": wire}, "audio_detections", problems)
        return cls(
            cameras={
                key: {
                    label: AudioDetection(
                        id=sound.text("id"),
                        score=sound.number("score"),
                        last_detection=sound.number("last_detection"),
                    )
                    for label, sound in Fields(
                        {"labels": labels.wire}, "audio_detections", problems
                    )
                    .objects("labels")
                    .items()
                }
                for key, labels in top.objects("cameras").items()
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Long work of Frigate's, such as an export."""

    id: str
    kind: str
    status: str
    camera: str | None
    progress: float | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """`job_state`: the jobs of the kinds it names (0.18+)."""

    jobs: tuple[Job, ...]

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any], problems: ParseProblems) -> Self:
        """Read the jobs; those without id and status are counted and left out."""
        jobs = []
        for kind, content in (
            Fields({"kinds": wire}, "job_state", problems).objects("kinds").items()
        ):
            results = content.wire.get("results")
            listed = results.get("jobs") if isinstance(results, dict) else None
            for item in listed if isinstance(listed, list) else [content.wire]:
                job = Fields(item if isinstance(item, dict) else {}, "job_state", problems)
                identity, status = job.text("id"), job.text("status")
                if not identity or not status:
                    job.wrong("id")
                    continue
                jobs.append(
                    Job(
                        id=identity,
                        kind=kind,
                        status=status,
                        camera=job.text("camera"),
                        progress=job.number("progress_percent"),
                        error=job.text("error_message"),
                    )
                )
        return cls(jobs=tuple(jobs))
