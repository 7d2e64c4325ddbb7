"""The part of the day that a camera was up."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import mock_restore_cache_with_extra_data

from custom_components.antt_camera.uptime import UptimeToday

from .live_frigate import CAMERA, LiveFrigate, full_stats, living

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def at(hour: int, minute: int = 0, second: int = 0, day: int = 24) -> datetime:
    """A time of day in Vietnam."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=HANOI)


def watch(uptime: UptimeToday, *looks: tuple[datetime, bool | None]) -> float | None:
    """Look several times."""
    for when, state in looks:
        uptime.look(when, state)
    return uptime.percent


def test_uptime_counts_what_was_seen() -> None:
    """Three minutes up, one down."""
    looks = [(at(8, minute), minute < 3) for minute in range(4)]
    assert watch(UptimeToday(), *looks, (at(8, 4), True)) == 75.0


def test_uptime_starts_anew_at_local_midnight() -> None:
    """Midnight of the commune, not of Greenwich; the minute across it is divided."""
    uptime = UptimeToday()
    watch(uptime, (at(23, 58, 30), False), (at(23, 59, 30), False))
    assert uptime.percent == 0.0
    watch(uptime, (at(0, 0, 30, day=25), True))
    assert (uptime.day, uptime.observed, uptime.up) == ("2026-11-25", 30.0, 0.0)
    assert watch(uptime, (at(0, 2, 0, day=25), True)) == 75.0


def test_uptime_ignores_what_nobody_watched() -> None:
    """Switched off, asleep, or a clock that was set: none of it is downtime, none uptime."""
    looks = [(at(8), True), (at(8, 1), None), (at(8, 3), True), (at(8, 4), True)]
    assert watch(UptimeToday(), *looks) == 100.0
    uptime = UptimeToday()
    watch(uptime, (at(8), False), (at(11), True), (at(10, 59), True), (at(11), True))
    assert (uptime.observed, uptime.up) == (60.0, 60.0)


def test_uptime_on_the_day_the_clock_goes_back() -> None:
    """A day of 25 hours."""
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 25, 0, 0, tzinfo=berlin).timestamp()
    uptime = UptimeToday()
    for second in range(0, 25 * 3600, 60):
        uptime.look(datetime.fromtimestamp(start + second, berlin), True)
    assert uptime.observed == 25 * 3600 - 60


@pytest.mark.parametrize(
    "stored", [{}, {"day": 1}, {"day": "x", "observed": 5, "up": 9}, {"day": "x", "observed": "5"}]
)
def test_uptime_reads_nonsense_as_nothing(stored: dict[str, Any]) -> None:
    """What was stored may be anything."""
    assert UptimeToday.from_dict(stored) == UptimeToday()


async def test_uptime_goes_on_after_a_restart(hass: HomeAssistant) -> None:
    """The day so far is kept."""
    entity_id = "sensor.cong_truoc_uptime_today"
    today = dt_util.now().date().isoformat()
    stored = {"day": today, "observed": 1000.0, "up": 500.0}
    mock_restore_cache_with_extra_data(hass, [(State(entity_id, "50.0"), stored)])
    async with living(hass) as scene:
        assert scene.entity_id("sensor", f"{CAMERA}:uptime_today") == entity_id
        assert 49.0 < float(scene.state("sensor", f"{CAMERA}:uptime_today")) < 51.0


async def test_downtime_of_a_camera_shows(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A minute without pictures after a minute with."""
    freezer.move_to(dt_util.now().replace(hour=12, minute=0, second=0, microsecond=0))
    async with living(hass, LiveFrigate()) as scene:
        for step, fps in enumerate((5.0, 0.0)):
            await scene.say("stats", full_stats(fps))
            await scene.say(f"{CAMERA}/status/detect", "online" if fps else "offline")
            freezer.tick(timedelta(seconds=60))
            await scene.minute()
            expected = (100.0, 50.0)[step]
            shown = float(scene.state("sensor", f"{CAMERA}:uptime_today"))
            assert shown == pytest.approx(expected, abs=1)
