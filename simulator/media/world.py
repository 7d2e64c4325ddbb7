"""What the pictures need of the simulated world, and the errors they raise."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from simulator.personality import Personality


class UnknownCameraError(LookupError):
    """The configuration has no camera of that name."""


class UnknownStreamError(LookupError):
    """The restreamer has no stream of that name, or its camera delivers no picture now."""


class VisibleFigure(Protocol):
    """Something that stands in a camera's picture."""

    @property
    def label(self) -> str:
        """Object label, such as person or car."""
        ...

    @property
    def box(self) -> tuple[float, float, float, float]:
        """`x1, y1, x2, y2`, relative to the picture (0 to 1)."""
        ...

    @property
    def colour(self) -> object:
        """A colour name, `#rrggbb`, an RGB triple, or None for one chosen by the label."""
        ...

    @property
    def sub_label(self) -> str | None:
        """Recognised name, or None."""
        ...


class MediaWorld(Protocol):
    """The simulated Frigate as seen by the picture maker. All methods may be called from any thread."""

    @property
    def personality(self) -> Personality:
        """Which release it behaves as."""
        ...

    def now(self) -> float:
        """The server's clock, UTC epoch seconds."""
        ...

    def camera_names(self) -> tuple[str, ...]:
        """Keys of all configured cameras."""
        ...

    def camera_config(self, camera: str) -> Mapping[str, Any] | None:
        """The camera's part of the configuration, or None."""
        ...

    def config_json(self, role: str) -> Mapping[str, Any]:
        """The whole configuration as `/api/config` answers it."""
        ...

    def offline(self, camera: str) -> bool:
        """Whether the camera delivers no picture now."""
        ...

    def covered(self, camera: str) -> bool:
        """Whether something covers the camera's lens now."""
        ...

    def figures_at(self, camera: str, t: float) -> Sequence[VisibleFigure]:
        """What the camera sees at UTC epoch second `t`, farthest first; empty where nothing is known."""
        ...
