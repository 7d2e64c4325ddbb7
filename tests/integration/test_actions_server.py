"""Actions on a server, from the call to the wire."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.antt_camera import server as server_module
from custom_components.antt_camera.const import DOMAIN

from .conftest import make_commune, set_up
from .live_frigate import CAMERA, Scene, full_camera, full_server, living
from .small_frigate import running
from .working_frigate import WorkingFrigate, sent, viewer, working

EVENT = "1795000000.1-abcdef"
PERIOD = {"start_time": "2026-11-24 08:00:00", "end_time": "2026-11-24 09:30:00"}


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A connected server that does what it is told."""
    # Local times in actions are those of the commune.
    await hass.config.async_set_time_zone("Asia/Ho_Chi_Minh")
    more = {**full_server(), "profiles": {"tet": {"friendly_name": "Tết"}, "dem": {}}}
    async with living(hass, WorkingFrigate(more=more)) as made:
        yield made


async def act(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Call an action, with its response where it has one."""
    response = hass.services.supports_response(DOMAIN, action) != "none"
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=response
    )


async def refused(hass: HomeAssistant, action: str, **data: Any) -> tuple[str | None, Any]:
    """Call an action that fails and return which translated error it was."""
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, action, **data)
    assert caught.value.translation_domain == DOMAIN
    return caught.value.translation_key, caught.value.translation_placeholders


def received(scene: Scene) -> list[tuple[str, Any]]:
    """What Frigate got, emptied for the next look."""
    found = list(working(scene).received)
    working(scene).received.clear()
    return found


ALL = {
    "create_event",
    "end_event",
    "export_recording",
    "favorite_event",
    "mark_reviewed",
    "ptz",
    "restart",
    "set_profile",
    "set_sub_label",
    "summarize_reviews",
    "suspend_notifications",
}


async def test_registered_without_any_entry(hass: HomeAssistant) -> None:
    """Automations that name them are valid before a commune is set up, and say what is missing."""
    assert await async_setup_component(hass, DOMAIN, {})
    assert set(hass.services.async_services_for_domain(DOMAIN)) == ALL
    assert await refused(hass, "end_event", event_id=EVENT) == ("no_servers", None)


async def test_still_there_after_unload(scene: Scene) -> None:
    """And say so."""
    assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    assert set(scene.hass.services.async_services_for_domain(DOMAIN)) == ALL
    assert (await refused(scene.hass, "restart"))[0] == "no_servers"


async def test_end_event(scene: Scene) -> None:
    """Now, or at a local time."""
    working(scene).answers[f"PUT /api/events/{EVENT}/end"] = {"success": True}
    await act(scene.hass, "end_event", event_id=EVENT)
    await act(scene.hass, "end_event", event_id=EVENT, end_time="2026-11-24 09:30:00")
    end = datetime(2026, 11, 24, 2, 30, tzinfo=UTC).timestamp()
    path = f"PUT /api/events/{EVENT}/end"
    assert received(scene) == [(path, {}), (path, {"end_time": end})]


async def test_favorite(scene: Scene) -> None:
    """Kept by POST, no longer by DELETE."""
    path = f"/api/events/{EVENT}/retain"
    working(scene).answers |= {f"POST {path}": {}, f"DELETE {path}": {}}
    await act(scene.hass, "favorite_event", event_id=EVENT)
    await act(scene.hass, "favorite_event", event_id=EVENT, favorite=False)
    assert received(scene) == [(f"POST {path}", None), (f"DELETE {path}", None)]


async def test_sub_label(scene: Scene) -> None:
    """Named with a score, and no longer."""
    path = f"POST /api/events/{EVENT}/sub_label"
    working(scene).answers[path] = {}
    await act(scene.hass, "set_sub_label", event_id=EVENT, sub_label="Bác Tư", score=0.9)
    await act(scene.hass, "set_sub_label", event_id=EVENT)
    assert received(scene) == [
        (path, {"subLabel": "Bác Tư", "subLabelScore": 0.9}),
        (path, {"subLabel": ""}),
    ]


async def test_mark_reviewed(scene: Scene) -> None:
    """One or several, looked at or not."""
    path = "POST /api/reviews/viewed"
    working(scene).answers[path] = {"success": True}
    await act(scene.hass, "mark_reviewed", review_ids="1795000000.5-review")
    await act(scene.hass, "mark_reviewed", review_ids=["a.1", "b.2"], reviewed=False)
    assert received(scene) == [
        (path, {"ids": ["1795000000.5-review"], "reviewed": True}),
        (path, {"ids": ["a.1", "b.2"], "reviewed": False}),
    ]


async def test_summary(scene: Scene) -> None:
    """Local times become Frigate's; the text is the response."""
    start = int(datetime(2026, 11, 24, 1, tzinfo=UTC).timestamp())
    path = f"POST /api/review/summarize/start/{start}/end/{start + 5400}"
    working(scene).answers[path] = {"success": True, "summary": "Yên ổn."}
    assert await act(scene.hass, "summarize_reviews", **PERIOD) == {"summary": "Yên ổn."}
    assert received(scene) == [(path, None)]
    working(scene).answers[path] = {"success": True}
    assert (await refused(scene.hass, "summarize_reviews", **PERIOD))[0] == "bad_answer"
    swapped = {"start_time": PERIOD["end_time"], "end_time": PERIOD["start_time"]}
    assert (await refused(scene.hass, "summarize_reviews", **swapped))[0] == "end_before_start"


async def test_profile(scene: Scene) -> None:
    """By its key, by its friendly name, or none."""
    for name in ("dem", "Tết", "none"):
        await act(scene.hass, "set_profile", profile=name)
    assert sent(scene) == [("profile/set", "dem"), ("profile/set", "tet"), ("profile/set", "none")]
    assert await refused(scene.hass, "set_profile", profile="lạ") == (
        "unknown_profile",
        {"profile": "lạ", "profiles": "none, tet, dem"},
    )


async def test_profile_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word, which is told."""
    monkeypatch.setattr(server_module, "COMMAND_TIMEOUT", 0.3)
    scene.frigate.obeys = False
    found = await refused(scene.hass, "set_profile", profile="dem")
    assert found == ("command_refused", {"server": "Frigate 1", "command": "profile/set"})


async def test_too_old(hass: HomeAssistant) -> None:
    """What 0.16 has not is told with both versions."""
    async with living(hass, WorkingFrigate(version="0.16.4-abc")):
        old = {"server": "Frigate 1", "found": "0.16.4"}
        assert await refused(hass, "summarize_reviews", **PERIOD) == (
            "action_too_old",
            {**old, "needed": "0.17.0"},
        )
        assert await refused(hass, "set_profile", profile="none") == (
            "action_too_old",
            {**old, "needed": "0.18.0"},
        )


async def test_restart(scene: Scene) -> None:
    """An administrator of Home Assistant may."""
    working(scene).answers["POST /api/restart"] = {"success": True}
    await act(scene.hass, "restart")
    assert received(scene) == [("POST /api/restart", None)]
    guest = MockUser(is_owner=False, groups=[]).add_to_hass(scene.hass)
    with pytest.raises(Unauthorized):
        await scene.hass.services.async_call(
            DOMAIN, "restart", {}, blocking=True, context=Context(user_id=guest.id)
        )
    assert received(scene) == []


@pytest.mark.parametrize(
    ("status", "body", "key", "placeholders"),
    [
        (404, {"message": "Event not found"}, "not_found", {}),
        (403, {"detail": "no"}, "forbidden", {}),
        (400, {"message": "Chưa có"}, "refused", {"message": "Chưa có"}),
        (422, {"detail": [{"msg": "Sai kiểu"}]}, "refused", {"message": "Sai kiểu"}),
        (500, {"message": "x"}, "bad_answer", {}),
        (502, "x", "unreachable", {}),
    ],
)
async def test_errors_are_translated(
    scene: Scene, status: int, body: Any, key: str, placeholders: dict[str, str]
) -> None:
    """Every kind says what to do."""
    working(scene).answers[f"POST /api/events/{EVENT}/retain"] = (status, body)
    found = await refused(scene.hass, "favorite_event", event_id=EVENT)
    assert found == (key, {"server": "Frigate 1", **placeholders})


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("end_event", {"event_id": "../../config"}),
        ("end_event", {"event_id": ""}),
        ("favorite_event", {"event_id": "a/b"}),
        ("set_sub_label", {"event_id": EVENT, "sub_label": "x" * 101}),
        ("set_sub_label", {"event_id": EVENT, "score": 1.1}),
        ("mark_reviewed", {"review_ids": []}),
        ("mark_reviewed", {"review_ids": ["a b"]}),
        ("set_profile", {}),
        ("summarize_reviews", {"start_time": "yesterday", "end_time": "today"}),
    ],
)
async def test_nonsense_is_not_sent(scene: Scene, action: str, data: dict[str, Any]) -> None:
    """It is refused where it was written."""
    with pytest.raises(vol.Invalid):
        await act(scene.hass, action, **data)
    assert received(scene) == []


async def test_watching_login(hass: HomeAssistant) -> None:
    """May mark reviews as seen, and nothing else."""
    async with living(hass, WorkingFrigate(profile=viewer())) as scene:
        for action, data in (
            ("end_event", {"event_id": EVENT}),
            ("favorite_event", {"event_id": EVENT}),
            ("set_sub_label", {"event_id": EVENT}),
            ("restart", {}),
            ("set_profile", {"profile": "none"}),
        ):
            found = await refused(hass, action, **data)
            assert found == ("needs_admin", {"server": "Frigate 1"})
        assert received(scene) == sent(scene) == []
        working(scene).answers["POST /api/reviews/viewed"] = {}
        await act(hass, "mark_reviewed", review_ids=["a.1"])
        assert len(received(scene)) == 1


async def test_server_is_picked(hass: HomeAssistant) -> None:
    """Named by any of its devices; left out only where there is one."""
    frigates = [
        WorkingFrigate(
            cameras={CAMERA: full_camera(f"Cổng {number}")},
            answers={f"POST /api/events/{EVENT}/retain": {}},
        )
        for number in (1, 2)
    ]
    async with running(frigates[0]) as one, running(frigates[1]) as two:
        entry = make_commune(hass, one.url, two.url)
        await set_up(hass, entry)
        assert await refused(hass, "favorite_event", event_id=EVENT) == ("server_needed", None)
        devices = dr.async_get(hass)
        for identifier in ("server2", f"server2:{CAMERA}", f"server2:{CAMERA}:san"):
            device = devices.async_get_device_by_identifier(
                (DOMAIN, identifier), entry.entry_id
            ) or devices.async_get_child_device_by_identifier((DOMAIN, identifier), entry.entry_id)
            assert device is not None
            await act(hass, "favorite_event", event_id=EVENT, device_id=device.id)
        assert [len(frigate.received) for frigate in frigates] == [0, 3]
        other = devices.async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={("somebody", "server2")}
        )
        for wrong in ("no-such-device", other.id):
            found = await refused(hass, "favorite_event", event_id=EVENT, device_id=wrong)
            assert found == ("unknown_server", {"device_id": wrong})
        await hass.config_entries.async_unload(entry.entry_id)
