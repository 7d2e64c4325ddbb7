"""What the HTTP server needs of the world it serves: a simulated one, or a recorded one."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from simulator.database import Database
from simulator.personality import Personality
from simulator.rows import Json

if TYPE_CHECKING:
    from simulator.media.world import VisibleFigure

type Outgoing = Callable[[str, Any, bool], None]
"""Called with topic (no prefix), payload and the retain flag for every message the server sends."""


class World(Protocol):
    """A Frigate process seen from its web server."""

    @property
    def db(self) -> Database:
        """Its database."""
        ...

    @property
    def personality(self) -> Personality:
        """Which release it behaves as."""
        ...

    @property
    def started(self) -> float:
        """When the process started, by its clock."""
        ...

    def now(self) -> float:
        """Its clock, UTC epoch seconds."""
        ...

    def camera_names(self) -> tuple[str, ...]:
        """Keys of all configured cameras."""
        ...

    def camera_config(self, camera: str) -> Mapping[str, Any] | None:
        """The camera's part of the configuration, or None."""
        ...

    def config_json(self, role: str) -> Json:
        """`GET /api/config` for a role."""
        ...

    def stats_json(self, role: str, cameras: tuple[str, ...] | None) -> Json:
        """`GET /api/stats` for a role, cut to `cameras`."""
        ...

    def profiles_json(self) -> Json:
        """`GET /api/profiles`."""
        ...

    def subscribe(self, callback: Outgoing) -> Callable[[], None]:
        """Hear every message; returns the way to stop."""
        ...

    def publish(self, topic: str, payload: Any) -> None:
        """Send a message to everybody."""
        ...

    def command(self, topic: str, payload: Any, *, role: str, origin: str) -> None:
        """A command from a client; `origin` is "ws" or "http"."""
        ...

    def create_event(self, camera: str, label: str, body: Mapping[str, Any]) -> str:
        """Start a manual event; returns its id."""
        ...

    def end_event(self, event_id: str, end_time: float | None) -> None:
        """End a manual event."""
        ...

    def ptz_info(self, camera: str) -> Json:
        """`GET /api/{camera}/ptz/info`; empty without PTZ."""
        ...

    def faces(self) -> Mapping[str, list[str]]:
        """Known faces and their picture files."""
        ...

    def classes(self, model: str) -> Mapping[str, list[str]] | None:
        """Classes of a custom classification model and their picture files; None if there is no such model."""
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

    def on_restart(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Hear "stop", "crash" and "start" of the process; returns the way to stop hearing."""
        ...

    def restart(self) -> None:
        """Restart was asked for over HTTP."""
        ...
