"""What Frigate finds out about an object later: faces, plates, classes, descriptions, resemblances."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .parse import Fields, ParseProblems


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceMessage:
    """An attempt to recognise a face. `name` is None as long as nobody known was seen."""

    event_id: str
    camera: str | None
    name: str | None
    score: float | None
    timestamp: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateMessage:
    """A reading of a licence plate; `name` is that of a plate known to Frigate."""

    event_id: str
    camera: str | None
    plate: str
    name: str | None
    score: float | None
    timestamp: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationMessage:
    """The consensus of a custom classification model about an object."""

    event_id: str
    camera: str | None
    model: str
    sub_label: str | None
    attribute: str | None
    score: float | None
    timestamp: float | None

    @property
    def value(self) -> str | None:
        """The class, whichever way the model gives it."""
        return self.sub_label or self.attribute


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionMessage:
    """A text about an object, made by a language model or from speech."""

    event_id: str
    camera: str | None
    description: str


type ObjectUpdate = FaceMessage | PlateMessage | ClassificationMessage | DescriptionMessage


def read_object_update(wire: Mapping[str, Any], problems: ParseProblems) -> ObjectUpdate | None:
    """Read a message of `tracked_object_update`; None for a kind we do not know."""
    fields = Fields(wire, "tracked_object_update", problems)
    kind, event_id, camera = fields.text("type"), fields.text("id"), fields.text("camera")
    if not event_id:
        problems.count("tracked_object_update.id")
        return None
    score, timestamp = fields.number("score"), fields.number("timestamp")
    match kind:
        case "description":
            return DescriptionMessage(
                event_id=event_id, camera=camera, description=fields.text("description") or ""
            )
        case "face":
            return FaceMessage(
                event_id=event_id,
                camera=camera,
                name=fields.text("name"),
                score=score,
                timestamp=timestamp,
            )
        case "lpr" if plate := fields.text("plate"):
            return PlateMessage(
                event_id=event_id,
                camera=camera,
                plate=plate,
                name=fields.text("name"),
                score=score,
                timestamp=timestamp,
            )
        case "classification" if model := fields.text("model"):
            return ClassificationMessage(
                event_id=event_id,
                camera=camera,
                model=model,
                sub_label=fields.text("sub_label"),
                attribute=fields.text("attribute"),
                score=score,
                timestamp=timestamp,
            )
    problems.count("tracked_object_update.type")
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticTriggerMessage:
    """`triggers`: an object resembles what a semantic trigger of Frigate looks for (0.17+)."""

    name: str
    camera: str
    event_id: str
    type: str | None
    score: float | None

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any], problems: ParseProblems) -> Self | None:
        """Read a message; None without name, camera and event id."""
        fields = Fields(wire, "triggers", problems)
        name, camera, event_id = fields.text("name"), fields.text("camera"), fields.text("event_id")
        if not name or not camera or not event_id:
            problems.count("triggers.name")
            return None
        return cls(
            name=name,
            camera=camera,
            event_id=event_id,
            type=fields.text("type"),
            score=fields.number("score"),
        )
