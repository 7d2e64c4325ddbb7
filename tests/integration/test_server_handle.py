"""The way into a server's live state: whatever either link brings, nothing is raised and the next message is taken."""

import asyncio
from collections.abc import AsyncIterator, Iterator
import copy
from itertools import count
import json
import sys
from types import FrameType
from typing import Any, Self

from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.antt_camera.dispatch import Dispatcher
from custom_components.antt_camera.frigate.messages import JSON_TOPICS, ObjectMessage
from custom_components.antt_camera.server import FrigateServer

from .live_frigate import (
    CAMERA,
    LiveFrigate,
    Scene,
    full_camera,
    full_stats,
    living,
    review,
    tracked,
)

CANARY = f"{CAMERA}/motion_threshold/state"
_CANARIES = count(1)

DOCUMENTS: dict[str, Any] = {
    "events": {"type": "update", "before": tracked(), "after": tracked(current_zones=["san"])},
    "reviews": {"type": "update", "before": review(), "after": review(severity="alert")},
    "stats": full_stats(),
    "camera_activity": {
        CAMERA: {
            "motion": True,
            "objects": [
                {"id": "1.1-a", "label": "person", "stationary": False, "current_zones": ["san"]}
            ],
            "config": {"detect": True, "notifications_suspended": 5},
        }
    },
    "audio_detections": {CAMERA: {"scream": {"id": "1", "score": 0.5, "last_detection": 1.5}}},
    "tracked_object_update": {
        "type": "lpr",
        "id": "1.1-a",
        "camera": CAMERA,
        "plate": "30A12345",
        "score": 0.9,
        "timestamp": 1.5,
    },
    "triggers": {
        "name": "ao_mua",
        "camera": CAMERA,
        "event_id": "1",
        "type": "thumbnail",
        "score": 1,
    },
    "job_state": {"export": {"status": "running", "id": "x", "progress": 1}},
}

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(2**70), max_value=2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["ON", "OFF", "online", "", "0", "1e999", "NaN", "person", CAMERA, "end"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
LEAVES = (
    f"{CAMERA}/person",
    f"{CAMERA}/person/active",
    f"{CAMERA}/motion",
    f"{CAMERA}/enabled/state",
    f"{CAMERA}/audio/state",
    f"{CAMERA}/audio/scream",
    f"{CAMERA}/audio/dBFS",
    f"{CAMERA}/audio/transcription",
    f"{CAMERA}/status/detect",
    f"{CAMERA}/review_status",
    f"{CAMERA}/birdseye_mode/state",
    f"{CAMERA}/notifications/suspended",
    f"{CAMERA}/classification/cong",
    f"{CAMERA}/zone/san/state",
    "san/person",
    "profile/state",
    "notifications/state",
)
TOPICS = st.sampled_from([*sorted(JSON_TOPICS), *LEAVES]) | st.text(max_size=20)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(inner, (*path, key))


def _replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(document)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


@st.composite
def almost_right(draw: st.DrawFn) -> tuple[str, Any]:
    """A real document with something else at one place: it gets further than one that is wrong at once."""
    topic = draw(st.sampled_from(sorted(DOCUMENTS)))
    path = draw(st.sampled_from(list(_places(DOCUMENTS[topic]))))
    return topic, _replaced(DOCUMENTS[topic], path, draw(VALUES))


MESSAGES = st.tuples(TOPICS, VALUES) | almost_right()
FORMS = ("socket's text", "socket's value", "broker's bytes")
EXAMPLES = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def as_sent(value: Any, form: str) -> Any:
    """A value as a link hands it on: documents are JSON text on the socket, everything is bytes at the broker."""
    if form == "socket's value":
        return value
    text = value if isinstance(value, str) else json.dumps(value)
    return text if form == "socket's text" else text.encode("utf-8", "surrogatepass")


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A connected server with one camera that can do everything, and with all its entities."""
    async with living(hass) as made:
        yield made


async def take(server: FrigateServer, topic: str, payload: Any) -> None:
    """Hand a message in, then one whose effect is known."""
    server.handle(topic, payload)
    number = next(_CANARIES)
    server.handle(CANARY, number)
    assert server.live.get(CANARY) == number
    # The end of this turn, at which the entities are told.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not server.live.has_changes


def no_errors(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing failed on the way, in no entity either."""
    failed = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert not failed, failed


@EXAMPLES
@given(message=MESSAGES, form=st.sampled_from(FORMS))
async def test_any_message(
    scene: Scene, caplog: pytest.LogCaptureFixture, message: tuple[str, Any], form: str
) -> None:
    """Any JSON value in any topic, in each form that a link hands on."""
    topic, value = message
    await take(scene.server, topic, as_sent(value, form))
    no_errors(caplog)


@EXAMPLES
@given(topic=TOPICS, payload=st.binary(max_size=200))
async def test_any_bytes(
    scene: Scene, caplog: pytest.LogCaptureFixture, topic: str, payload: bytes
) -> None:
    """Any bytes in any topic."""
    await take(scene.server, topic, payload)
    no_errors(caplog)


async def test_real_documents_are_understood(scene: Scene) -> None:
    """What the tests above spoil is right before: otherwise they would stop at the first look."""
    server = scene.server
    for topic, document in DOCUMENTS.items():
        for form in FORMS:
            before = server.live.problems.total
            assert server.live.apply(topic, as_sent(document, form)) is not None, (topic, form)
            assert server.live.problems.total == before, (topic, form)


async def test_failing_listener_costs_the_others_nothing(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """A listener that raises is logged once; the others hear every message and change."""
    server = scene.server
    heard: list[Any] = []

    def broken(*_arguments: Any) -> None:
        raise RuntimeError("mine")

    stops = [
        server.async_listen_messages(ObjectMessage, broken),
        server.async_listen_messages(ObjectMessage, heard.append),
        server.async_listen((f"{CAMERA}/person",), broken),
        server.async_listen((f"{CAMERA}/person",), lambda: heard.append("changed")),
    ]
    for number in (1, 2):
        await take(server, "events", DOCUMENTS["events"])
        await take(server, f"{CAMERA}/person", number)
    assert [item for item in heard if item == "changed"] == ["changed"] * 2
    assert len(heard) == 4
    for stop in stops:
        stop()
    failed = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(failed) == 1


async def test_one_turn_one_telling(scene: Scene) -> None:
    """A burst within a turn is told once, in its last value; what did not change is not told."""
    server = scene.server
    told: list[Any] = []
    stop = server.async_listen(
        (f"{CAMERA}/person", f"{CAMERA}/all"),
        lambda: told.append(server.live.get(f"{CAMERA}/person")),
    )
    for number in range(1, 50):
        server.handle(f"{CAMERA}/person", number)
        server.handle(f"{CAMERA}/all", number)
    assert not told
    await asyncio.sleep(0)
    assert told == [49]
    server.handle(f"{CAMERA}/person", b"49")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert told == [49]
    stop()


def with_cameras(number: int) -> LiveFrigate:
    """A server with this camera and others like it."""
    names = [CAMERA, *(f"cam{one}" for one in range(1, number))]
    return LiveFrigate(cameras={name: full_camera(name) for name in names})


class Lines:
    """Counts lines that are run for messages: unlike time, the same on every machine."""

    def __init__(self) -> None:
        """Start at zero."""
        self.count = 0
        self._roots = 0

    def __enter__(self) -> Self:
        """Begin."""
        self._before = sys.gettrace()
        sys.settrace(self._look)
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave tracing as it was."""
        sys.settrace(self._before)

    def _look(self, frame: FrameType, event: str, _argument: Any) -> Any:
        code = frame.f_code
        root = code in (FrigateServer.handle.__code__, Dispatcher._flush.__code__)
        if event == "line":
            self.count += 1
        elif root:
            self._roots += 1 if event == "call" else -1 if event == "return" else 0
        # What else the loop runs meanwhile is no message's cost.
        return self._look if self._roots or root else None


async def test_cost_of_a_message_does_not_grow_with_cameras(hass: HomeAssistant) -> None:
    """Twelve cameras cost no more per message than two, entities included."""
    counted: list[int] = []
    for cameras in (2, 12):
        async with living(hass, with_cameras(cameras)) as scene:
            with Lines() as lines:
                for number in range(1, 20):
                    await take(scene.server, f"{CAMERA}/person", number)
                    await take(scene.server, f"{CAMERA}/motion", "ON" if number % 2 else "OFF")
                    await take(scene.server, "events", DOCUMENTS["events"])
            assert scene.state("sensor", f"{CAMERA}:count:person") == "19"
            counted.append(lines.count)
        await hass.config_entries.async_remove(scene.entry.entry_id)
    assert counted[0] > 0
    assert counted[1] <= 1.2 * counted[0], counted
