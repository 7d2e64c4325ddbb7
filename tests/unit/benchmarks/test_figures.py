"""From CPU seconds to verdicts."""

import pytest

from benchmarks.figures import Idle, Subject, Window, document, setup_per_entity, table, verdicts


def _subject(kind: str, cameras: int, cpu: float, link: str = "ws") -> Subject:
    windows = [Window(messages=1000, cpu=cpu), Window(messages=3000, cpu=3 * cpu)]
    return Subject(kind=kind, link=link, cameras=cameras, windows=windows)


def test_cost_of_a_message_is_over_all_windows() -> None:
    subject = Subject(
        kind="ours",
        link="ws",
        cameras=8,
        windows=[Window(messages=1000, cpu=0.1), Window(messages=3000, cpu=0.5)],
    )
    assert subject.per_message == pytest.approx(150)
    assert Subject(kind="ours", link="ws", cameras=8).per_message is None


@pytest.mark.parametrize(("ours", "kept"), [(0.129, True), (0.131, False)])
def test_ratio_to_the_bare_subscriber_of_the_same_link(ours: float, kept: bool) -> None:
    subjects = [
        _subject("ours", 32, ours),
        _subject("bare", 32, 0.01, link="mqtt"),
        _subject("bare", 8, 0.01),
        _subject("bare", 32, 0.1),
    ]
    (verdict,) = verdicts(subjects)
    assert verdict.value == pytest.approx(ours * 10)
    assert verdict.budget == 1.3
    assert verdict.kept is kept


@pytest.mark.parametrize(("many", "kept"), [(0.119, True), (0.121, False)])
def test_growth_with_the_number_of_cameras(many: float, kept: bool) -> None:
    (verdict,) = verdicts(
        [_subject("ours", 8, 0.1, link="mqtt"), _subject("ours", 500, many, link="mqtt")]
    )
    assert verdict.what.startswith("mqtt")
    assert (verdict.budget, verdict.kept) == (1.2, kept)


def _set_up(kind: str, cameras: int, cpu: float, enabled: int = 1000) -> Subject:
    link = "none" if kind == "idle" else "ws"
    return Subject(
        kind=kind, link=link, cameras=cameras, setup_cpu=cpu, entities=3000, enabled=enabled
    )


def test_set_up_is_what_exceeds_the_floor_by_enabled_entity() -> None:
    ours, floor = _set_up("ours", 120, 5.0), _set_up("idle", 120, 3.6)
    assert setup_per_entity(ours, floor) == pytest.approx(1.4)
    (verdict,) = verdicts([ours, floor])
    assert verdict.kept
    (verdict,) = verdicts([_set_up("ours", 120, 5.2), floor])
    assert not verdict.kept


def test_small_set_ups_are_not_judged() -> None:
    assert verdicts([_set_up("ours", 8, 5.0), _set_up("idle", 8, 1.0)]) == []


def _idle(kind: str, cpu: float, requests: tuple[float, ...] = ()) -> Idle:
    return Idle(kind=kind, link="ws", cameras=120, seconds=130, cpu=cpu, requests=requests)


def test_idle_requests_are_counted_by_their_distance() -> None:
    assert _idle("ours", 0, (5.0, 65.0, 125.0)).requests_per_minute == 1.0
    assert _idle("ours", 0, (5.0, 6.0, 65.0, 66.0)).requests_per_minute > 1.9
    assert _idle("ours", 0, (5.0,)).requests_per_minute == pytest.approx(0.46, abs=0.01)


def test_idle_budgets() -> None:
    floor = _idle("idle", 0.26)
    requests, core = verdicts([], [_idle("ours", 0.26 + 0.36, (1.0, 61.0, 121.0)), floor])
    assert requests.kept
    assert core.value == pytest.approx(0.36 / 130 * 100)
    assert core.kept
    requests, core = verdicts([], [_idle("ours", 0.26 + 0.42, (1.0, 31.0, 61.0)), floor])
    assert not requests.kept
    assert not core.kept


def test_table_and_document_tell_a_missed_budget() -> None:
    subjects = [_subject("ours", 32, 0.2), _subject("bare", 32, 0.1)]
    judged = verdicts(subjects)
    assert "MISSED    2.00 (budget 1.30)" in table(subjects, [], judged)
    written = document(subjects, [], judged)
    assert written["budgets"][0]["kept"] is False
    assert written["subjects"][0]["us_per_message"] == pytest.approx(200)
