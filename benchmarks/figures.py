"""From measurements to figures, from figures to verdicts."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

LINKS = ("ws", "mqtt")
RATIO_CAMERAS = 32
IDLE_CAMERAS = 120
# Small set-ups are as long as the machine's noise.
SETUP_CAMERAS_FROM = 120


@dataclass(frozen=True, kw_only=True)
class Window:
    """CPU seconds of one process while so many messages came."""

    messages: int
    cpu: float


@dataclass(kw_only=True)
class Subject:
    """One Home Assistant process and what was measured of it."""

    kind: str
    link: str
    cameras: int
    windows: list[Window] = field(default_factory=list)
    setup_cpu: float | None = None
    entities: int = 0
    enabled: int = 0

    @property
    def per_message(self) -> float | None:
        """Microseconds of CPU per message over all windows."""
        messages = sum(window.messages for window in self.windows)
        if not messages:
            return None
        return sum(window.cpu for window in self.windows) / messages * 1e6


@dataclass(frozen=True, kw_only=True)
class Idle:
    """What a process did while nothing happened before its cameras."""

    kind: str
    link: str
    cameras: int
    seconds: float
    cpu: float
    requests: tuple[float, ...] = ()

    @property
    def core(self) -> float:
        """Percent of a core."""
        return self.cpu / self.seconds * 100

    @property
    def requests_per_minute(self) -> float:
        """How often HTTP was asked; by the distance of the requests, where there are several."""
        if len(self.requests) < 2:
            return len(self.requests) / self.seconds * 60
        span = self.requests[-1] - self.requests[0]
        return round((len(self.requests) - 1) / span * 60, 2)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A figure and its budget."""

    what: str
    value: float
    budget: float
    unit: str = ""

    @property
    def kept(self) -> bool:
        """Whether the budget is kept."""
        return self.value <= self.budget


def find(subjects: Iterable[Subject], kind: str, link: str | None, cameras: int) -> Subject | None:
    """The subject of that kind, link and size."""
    for subject in subjects:
        if subject.kind == kind and subject.cameras == cameras and link in (None, subject.link):
            return subject
    return None


def verdicts(subjects: Sequence[Subject], idles: Sequence[Idle] = ()) -> list[Verdict]:
    """Everything that a budget exists for and that was measured."""
    found = []
    for link in LINKS:
        found += _ratio(subjects, link)
        found += _growth(subjects, link)
        found += _setup(subjects, link)
    return found + _idle(idles)


def _ratio(subjects: Sequence[Subject], link: str) -> list[Verdict]:
    ours = find(subjects, "ours", link, RATIO_CAMERAS)
    bare = find(subjects, "bare", link, RATIO_CAMERAS)
    if ours is None or bare is None or not ours.per_message or not bare.per_message:
        return []
    return [
        Verdict(
            what=f"{link}: CPU per message, {RATIO_CAMERAS} cameras, ours / bare subscriber",
            value=ours.per_message / bare.per_message,
            budget=1.3,
        )
    ]


def _growth(subjects: Sequence[Subject], link: str) -> list[Verdict]:
    many, few = find(subjects, "ours", link, 500), find(subjects, "ours", link, 8)
    if many is None or few is None or not many.per_message or not few.per_message:
        return []
    return [
        Verdict(
            what=f"{link}: CPU per message, 500 cameras / 8 cameras",
            value=many.per_message / few.per_message,
            budget=1.2,
        )
    ]


def setup_per_entity(ours: Subject, floor: Subject) -> float | None:
    """Milliseconds of set-up CPU per enabled entity, over Home Assistant's own."""
    if ours.setup_cpu is None or floor.setup_cpu is None or not ours.enabled:
        return None
    return (ours.setup_cpu - floor.setup_cpu) / ours.enabled * 1000


def _setup(subjects: Sequence[Subject], link: str) -> list[Verdict]:
    found = []
    for ours in subjects:
        if ours.kind != "ours" or ours.link != link or ours.cameras < SETUP_CAMERAS_FROM:
            continue
        floor = find(subjects, "idle", None, ours.cameras)
        if floor is not None and (value := setup_per_entity(ours, floor)) is not None:
            found.append(
                Verdict(
                    what=f"{link}: set-up CPU per enabled entity over empty platform, "
                    f"{ours.cameras} cameras",
                    value=value,
                    budget=1.5,
                    unit="ms",
                )
            )
    return found


def _idle(idles: Sequence[Idle]) -> list[Verdict]:
    floor = next((idle for idle in idles if idle.kind == "idle"), None)
    found = []
    for idle in idles:
        if idle.kind != "ours" or idle.cameras != IDLE_CAMERAS:
            continue
        place = f"{idle.link}: idle, {IDLE_CAMERAS} cameras"
        found.append(
            Verdict(
                what=f"{place}, HTTP requests a minute",
                value=idle.requests_per_minute,
                budget=1.0,
            )
        )
        if floor is not None:
            found.append(
                Verdict(
                    what=f"{place}, core over empty platform",
                    value=idle.core - floor.core,
                    budget=0.3,
                    unit="%",
                )
            )
    return found


def table(subjects: Sequence[Subject], idles: Sequence[Idle], judged: Sequence[Verdict]) -> str:
    """All figures as text."""
    lines = [f"{'link':6}{'cameras':>8}{'bare µs':>10}{'ours µs':>10}{'ratio':>8}"]
    lines[0] += f"{'entities':>10}{'enabled':>9}{'set-up s':>10}{'floor s':>9}{'ms/entity':>11}"
    for ours in subjects:
        if ours.kind != "ours":
            continue
        bare = find(subjects, "bare", ours.link, ours.cameras)
        floor = find(subjects, "idle", None, ours.cameras)
        mine, least = ours.per_message, bare.per_message if bare else None
        ratio = mine / least if mine and least else None
        each = setup_per_entity(ours, floor) if floor else None
        lines.append(
            f"{ours.link:6}{ours.cameras:>8}{_cell(least, 10, 0)}{_cell(mine, 10, 0)}"
            f"{_cell(ratio, 8, 2)}{ours.entities:>10}{ours.enabled:>9}"
            f"{_cell(ours.setup_cpu, 10, 1)}{_cell(floor.setup_cpu if floor else None, 9, 1)}"
            f"{_cell(each, 11, 2)}"
        )
    lines += [
        f"idle {idle.link:6} {idle.kind:6}{idle.cameras:>5} cameras, {idle.seconds:.0f} s: "
        f"{idle.core:.2f} % of a core, {idle.requests_per_minute:.2f} HTTP requests a minute"
        for idle in idles
    ]
    lines.append("")
    for verdict in judged:
        mark = "kept  " if verdict.kept else "MISSED"
        lines.append(
            f"{mark} {verdict.value:7.2f} (budget {verdict.budget:.2f}) {verdict.unit:3}{verdict.what}"
        )
    return "\n".join(lines)


def _cell(value: float | None, width: int, digits: int) -> str:
    return f"{'-' if value is None else f'{value:.{digits}f}':>{width}}"


def document(
    subjects: Sequence[Subject], idles: Sequence[Idle], judged: Sequence[Verdict]
) -> dict[str, Any]:
    """All figures as JSON."""
    return {
        "subjects": [
            {**asdict(subject), "us_per_message": subject.per_message} for subject in subjects
        ],
        "idle": [
            {
                **asdict(idle),
                "core_percent": idle.core,
                "requests_per_minute": idle.requests_per_minute,
            }
            for idle in idles
        ],
        "budgets": [{**asdict(verdict), "kept": verdict.kept} for verdict in judged],
    }
