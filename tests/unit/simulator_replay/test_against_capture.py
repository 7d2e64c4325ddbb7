"""The simulated server says what the recorded one says: same topics, same keys, same types, same order."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
import json
import re
from typing import Any

import pytest

from simulator.frigate import Frigate

from .recording import DOCUMENTS, answer, frames, lines

NOW = 1_795_600_000.0
SECONDS = 420.0
# Dictionaries by name; the names differ, what they hold does not.
BY_NAME = (
    *("cameras", "zones", "filters", "streams", "mask", "camera_groups", "detectors", "profiles"),
    *("cpu_usages", "processes", "storage", "colormap", "attributes_map", "merged_labelmap"),
    *("attributes", "score_history", "roles", "custom", "last_activated", "logs", "labelmap"),
)

type Shape = dict[str, set[str]]


class Simulated:
    """Seven minutes of the commune."""

    def __init__(self) -> None:
        self.frigate = Frigate("commune", clock=lambda: NOW, seed=1)
        self.told: list[tuple[str, Any]] = []
        self.frigate.subscribe(
            lambda topic, payload, _retain: self.told.append(
                (topic, json.loads(payload) if topic in DOCUMENTS else payload)
            )
        )
        self.frigate.step(SECONDS / 2)
        self.frigate.command("onConnect", "")
        self.frigate.step(SECONDS / 2)

    def documents(self, topic: str) -> list[Any]:
        """All documents of a topic."""
        return [payload for told, payload in self.told if told == topic]


@cache
def simulated() -> Simulated:
    """The same seven minutes for all tests."""
    return Simulated()


def recorded(topic: str) -> list[Any]:
    """All recorded documents of a topic."""
    return [payload for _, told, payload in frames() if told == topic]


def pattern(topic: str, config: Mapping[str, Any]) -> str:
    """A topic with cameras, zones and labels by what they are."""
    kinds: dict[str, str] = {}
    for camera, settings in config["cameras"].items():
        kinds |= dict.fromkeys(settings["objects"]["track"], "<label>")
        for masks in (settings["motion"]["mask"], settings["objects"]["mask"]):
            kinds |= dict.fromkeys(masks, "<mask>")
        kinds |= dict.fromkeys(settings["zones"], "<zone>")
        kinds[camera] = "<camera>"
    return "/".join(kinds.get(part, part) for part in topic.split("/"))


def walk(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every place in a document and the kind of what is there; numbers of either kind are one kind."""
    if isinstance(value, bool) or value is None:
        yield path, "null" if value is None else "boolean"
    elif isinstance(value, int | float):
        yield path, "number"
    elif isinstance(value, str):
        yield path, "text"
    elif isinstance(value, dict):
        yield path, "object"
        by_name = path.rpartition("/")[2] in BY_NAME
        for key, inner in value.items():
            yield from walk(inner, f"{path}/{'*' if by_name else key}")
    else:
        yield path, "list"
        for inner in value:
            yield from walk(inner, f"{path}/*")


def shape(documents: list[Any]) -> Shape:
    """All places in some documents with the kinds that were seen there."""
    found: Shape = defaultdict(set)
    for document in documents:
        for path, kind in walk(document):
            found[path].add(kind)
    return found


# What the simulated commune has and the recorded server had not: names, plates, logos, sounds, descriptions, a GPU.
NOT_RECORDED: Mapping[str, tuple[str, ...]] = {
    "events": (
        "/(before|after)/(snapshot/attributes|current_attributes)/",
        "/(before|after)/(sub_label|recognized_license_plate|attributes)/",
    ),
    "reviews": ("/(before|after)/data/(sub_labels|verified_objects|audio|metadata)/",),
    "stats": ("/gpu_usages", "/detectors/[*]/temperature"),
    # It was asked for once, when nobody stood in a zone.
    "camera_activity": ("/current_zones/",),
    "event rows": ("/data/(attributes/|description|sub_label_score|recognized_license_plate)",),
    "review rows": ("/data/(sub_labels|verified_objects|audio|metadata)/",),
    "profiles": (),
    "config": (
        "/genai/",
        "/classification/custom/",
        "/cameras/[*]/objects/mask/",
        "/cameras/[*]/zones/[*]/distances/",
    ),
}
# What was set on the recorded server and is not used by the commune.
NOT_SIMULATED: Mapping[str, tuple[str, ...]] = {
    "config": (
        "/objects/filters/",
        "/cameras/[*]/objects/filters/[*]/mask/",
        "/cameras/[*]/zones/[*]/filters/",
        "/cameras/[*]/profiles/[*]/(enabled|detect)",
        "/auth/roles/[*]/",
    ),
}


def real_and_ours(kind: str) -> tuple[list[Any], list[Any]]:
    """Documents of a kind, recorded and simulated."""
    one = simulated()
    frigate = one.frigate
    match kind:
        case "camera_activity":
            # By camera: the names differ.
            real = [list(document.values()) for document in recorded(kind)]
            return real, [list(document.values()) for document in one.documents(kind)]
        case "stats":
            return [*recorded(kind), answer(kind)], [
                *one.documents(kind),
                frigate.stats_json("admin", None),
            ]
        case "event rows":
            rows = [row for row in frigate.db.events.values() if row.data["type"] == "object"]
            return answer("events_q_limit_1"), [row.list_json() for row in rows]
        case "review rows":
            return answer("review"), [
                row.list_json("anonymous") for row in frigate.db.reviews.values()
            ]
        case "profiles":
            return [answer(kind)], [frigate.profiles_json()]
        case "config":
            return [answer(kind)], [json.loads(json.dumps(frigate.config_json("admin")))]
    return recorded(kind), one.documents(kind)


@pytest.mark.parametrize("kind", NOT_RECORDED)
def test_same_places_and_kinds(kind: str) -> None:
    """Every place of a real document is in a simulated one, with the same kind of value; and the other way round."""
    documents, simulated_documents = real_and_ours(kind)
    assert documents
    assert simulated_documents
    real, ours = shape(documents), shape(simulated_documents)
    missing = {one for one in real.keys() - ours.keys() if not _named(one, NOT_SIMULATED.get(kind))}
    added = {one for one in ours.keys() - real.keys() if not _named(one, NOT_RECORDED[kind])}
    other = {
        one: (real[one], ours[one])
        for one in real.keys() & ours.keys()
        if (known := real[one] - {"null"}) and (told := ours[one] - {"null"}) and known != told
    }
    assert (missing, added, other) == (set(), set(), {})


def _named(path: str, patterns: tuple[str, ...] | None) -> bool:
    return any(re.search(one, path) for one in patterns or ())


def test_same_topics() -> None:
    """Every recorded topic is said by the simulated server too, with payloads of the same type."""
    config = answer("config")
    one = simulated()
    real = {(pattern(topic, config), type(payload)) for _, topic, payload in frames()}
    ours = {(pattern(topic, one.frigate.config), type(payload)) for topic, payload in one.told}
    assert len(real) > 15
    assert real - ours == set()
    extra = {topic for topic, _ in ours - real}
    # The recorded cameras had no sound, nothing to recognise, could not move, and were never switched.
    assert not {
        topic for topic in extra if not re.search("audio|classif|ptz|tracked_object", topic)
    }


def test_same_retained_set() -> None:
    """The broker keeps the same topics; `available` is the connection's own, the others follow a command."""
    config = answer("config")
    frigate = simulated().frigate
    real = {
        pattern(line["topic"].removeprefix("frigate/"), config) for line in lines("retained.jsonl")
    }
    after_commands = {"<camera>/notifications/state", "<camera>/notifications/suspended"}
    ours = {pattern(topic, frigate.config) for topic, _, keep in frigate.initial_states() if keep}
    if "notifications/state" not in ours:
        ours.add("notifications/state")
    assert real - {"available"} - after_commands == ours - {"<camera>/object_mask/<mask>/state"}


def test_same_order_of_answers_to_on_connect() -> None:
    """One after the other, as the real server says them."""
    real = [topic for _, topic, _ in frames()]
    ours = [topic for topic, _ in simulated().told]
    first, own = real.index("camera_activity"), ours.index("camera_activity")
    assert real[first : first + 6] == ours[own : own + 6]


def followers(told: list[tuple[str, Any]], config: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Which kind of count is said right after which, of the same camera or zone."""
    counts = [topic for topic, payload in told if isinstance(payload, int) and "audio" not in topic]
    return {
        (pattern(one, config), pattern(other, config))
        for one, other in pairwise(counts)
        if one.partition("/")[0] == other.partition("/")[0]
    }


ONE, ONE_ACTIVE, ALL, ALL_ACTIVE = "<label>", "<label>/active", "all", "all/active"
# `all` comes after the labels that changed, and never without its second number.
ORDER = {
    *((ONE, ONE), (ONE, ONE_ACTIVE), (ONE, ALL)),
    *((ONE_ACTIVE, ONE), (ONE_ACTIVE, ONE_ACTIVE), (ONE_ACTIVE, ALL)),
    *((ALL, ALL_ACTIVE), (ALL_ACTIVE, ONE), (ALL_ACTIVE, ONE_ACTIVE)),
}
USUAL = {(ONE, ONE_ACTIVE), (ONE_ACTIVE, ALL), (ALL, ALL_ACTIVE)}


@pytest.mark.parametrize("place", ["<camera>/", "<zone>/"])
def test_same_order_of_counts(place: str) -> None:
    """Of a camera or zone first what changed, with and without stationary ones, then all."""
    for told, config in (
        ([(topic, payload) for _, topic, payload in frames()], answer("config")),
        (simulated().told, simulated().frigate.config),
    ):
        pairs = {
            (one.removeprefix(place), other.removeprefix(place))
            for one, other in followers(told, config)
            if one.startswith(place)
        }
        assert pairs - ORDER == set()
        assert pairs >= USUAL


@pytest.mark.parametrize("topic", ["events", "reviews"])
def test_same_life(topic: str) -> None:
    """New, then updates, then the end; `before` is what `after` was, in both."""
    for documents in (recorded(topic), simulated().documents(topic)):
        lives: dict[str, list[Any]] = defaultdict(list)
        for document in documents:
            assert document.keys() >= {"type", "before", "after"}
            assert document["before"]["id"] == document["after"]["id"]
            lives[document["after"]["id"]].append(document)
        whole = [life for life in lives.values() if life[0]["type"] == "new"]
        assert whole
        for life in whole:
            kinds = [one["type"] for one in life if one["type"] != "genai"]
            assert kinds.count("new") == 1
            assert "end" not in kinds[:-1]
            assert all(
                (one["after"]["end_time"] is None) == (one["type"] not in ("end", "genai"))
                for one in life
            )
