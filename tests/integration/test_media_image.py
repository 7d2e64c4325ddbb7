"""Image entities: the picture of the last review and of the last object, from push to pixels."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .conftest import wait_available
from .live_frigate import CAMERA, JPEG, NOW, Scene, review, tracked
from .media_frigate import (
    EVENT,
    REVIEW,
    WEBP,
    File,
    MediaFrigate,
    media_of,
    media_scene,
    wait_state,
)

LAST_REVIEW = ("image", f"{CAMERA}:last_review")
LAST_PERSON = ("image", f"{CAMERA}:last_object:person")
SNAPSHOT = f"/api/events/{EVENT}/snapshot.jpg"
THUMBNAIL = f"/clips/review/thumb-{CAMERA}-{REVIEW}.webp"


@pytest.fixture
async def scene(hass: HomeAssistant) -> AsyncIterator[Scene]:
    """A server with pictures, and both entities switched on."""
    async with media_scene(hass) as found:
        await found.enable(LAST_REVIEW, LAST_PERSON)
        yield found


async def picture(client: Any, scene: Scene, which: tuple[str, str]) -> tuple[int, str, bytes]:
    """What Home Assistant shows: status, type, content."""
    async with client.get(f"/api/image_proxy/{scene.entity_id(*which)}") as response:
        return response.status, response.content_type, await response.read()


async def test_off_by_default(hass: HomeAssistant) -> None:
    """Pictures of people are shown only where somebody wants them; nothing is asked for them before."""
    async with media_scene(hass) as scene:
        for which in (LAST_REVIEW, LAST_PERSON):
            assert hass.states.get(str(scene.entity_id(*which))) is None
        assert scene.frigate.paths("/api/events") == []


async def test_review(scene: Scene, hass_client: ClientSessionGenerator) -> None:
    """The picture of a review, anew when it becomes an alert and when it ends, and not at every word about it."""
    client = await hass_client()
    assert scene.state(*LAST_REVIEW) == STATE_UNKNOWN
    assert (await picture(client, scene, LAST_REVIEW))[0] == 500

    await scene.say("reviews", {"type": "new", "before": review(), "after": review()})
    first = scene.state(*LAST_REVIEW)
    assert first not in (STATE_UNKNOWN, STATE_UNAVAILABLE)
    assert await picture(client, scene, LAST_REVIEW) == (200, "image/webp", WEBP)
    # Frigate is asked once for each picture, however often it is looked at.
    assert await picture(client, scene, LAST_REVIEW) == (200, "image/webp", WEBP)
    assert len(media_of(scene).asked(THUMBNAIL)) == 1

    await scene.say("reviews", {"type": "update", "before": review(), "after": review()})
    genai = {"type": "genai", "before": review(), "after": review(severity="alert")}
    await scene.say("reviews", genai)
    assert scene.state(*LAST_REVIEW) == first

    newer = WEBP + b" of the alert"
    media_of(scene).files[THUMBNAIL] = File("application/octet-stream", newer)
    alert = review(severity="alert")
    await scene.say("reviews", {"type": "update", "before": review(), "after": alert})
    second = scene.state(*LAST_REVIEW)
    assert second > first
    assert await picture(client, scene, LAST_REVIEW) == (200, "image/webp", newer)
    ended = review(severity="alert", end_time=NOW + 10)
    await scene.say("reviews", {"type": "end", "before": alert, "after": ended})
    assert scene.state(*LAST_REVIEW) > second
    await picture(client, scene, LAST_REVIEW)
    assert len(media_of(scene).asked(THUMBNAIL)) == 3


@pytest.mark.parametrize(
    "other",
    [
        review("1795000009.5-other", camera="sau_nha"),
        review("../../config"),
        review("1795000009.5"),
    ],
    ids=["another camera", "leads away", "no id"],
)
async def test_other_reviews(scene: Scene, other: dict[str, Any]) -> None:
    """What is of another camera, or has no id of Frigate's, has no picture here."""
    await scene.say("reviews", {"type": "new", "before": other, "after": other})
    assert scene.state(*LAST_REVIEW) == STATE_UNKNOWN


async def test_object(scene: Scene, hass_client: ClientSessionGenerator) -> None:
    """The picture of the last object of a label, cut out, once Frigate has one."""
    client = await hass_client()
    for early in (
        tracked(label="car"),
        tracked(false_positive=True),
        tracked(has_snapshot=False),
        tracked(camera="sau_nha"),
        tracked("../../x"),
    ):
        await scene.say("events", {"type": "new", "before": early, "after": early})
        assert scene.state(*LAST_PERSON) == STATE_UNKNOWN
    await scene.say("events", {"type": "update", "before": tracked(), "after": tracked()})
    first = scene.state(*LAST_PERSON)
    assert first != STATE_UNKNOWN
    shown = await picture(client, scene, LAST_PERSON)
    assert shown == (200, "image/jpeg", JPEG + b"snapshot")
    (asked,) = media_of(scene).asked(SNAPSHOT)
    assert dict(asked.query) == {"crop": "1"}
    await scene.say("events", {"type": "update", "before": tracked(), "after": tracked(score=0.9)})
    assert scene.state(*LAST_PERSON) == first
    gone = tracked(end_time=NOW + 5)
    await scene.say("events", {"type": "end", "before": tracked(), "after": gone})
    assert scene.state(*LAST_PERSON) > first


@pytest.mark.parametrize(
    ("content_type", "content", "status"),
    [
        ("text/html", b"<html>down</html>", None),
        ("application/octet-stream", b"<html>down</html>", None),
        ("image/webp", WEBP, 404),
        ("image/webp", WEBP, 500),
    ],
)
async def test_no_picture(
    scene: Scene,
    hass_client: ClientSessionGenerator,
    content_type: str,
    content: bytes,
    status: int | None,
) -> None:
    """An error page is no picture, whatever its status; the next look tries again."""
    client = await hass_client()
    frigate = media_of(scene)
    good = frigate.files[THUMBNAIL]
    frigate.files[THUMBNAIL] = File(content_type, content)
    if status is not None:
        frigate.broken[THUMBNAIL] = status
    await scene.say("reviews", {"type": "new", "before": review(), "after": review()})
    assert (await picture(client, scene, LAST_REVIEW))[0] == 500
    frigate.files[THUMBNAIL] = good
    frigate.broken.clear()
    assert (await picture(client, scene, LAST_REVIEW))[::2] == (200, WEBP)


@pytest.mark.parametrize("end", [None, NOW + 20])
async def test_after_start(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, end: float | None
) -> None:
    """What happened while Home Assistant was off is looked up, with the time at which it happened."""
    frigate = MediaFrigate()
    frigate.reviews = [review(end_time=end)]
    frigate.rows = [tracked(start_time=NOW + 3, end_time=end)]
    async with media_scene(hass, frigate) as scene:
        await scene.enable(LAST_REVIEW, LAST_PERSON)
        review_at = datetime.fromtimestamp(end or NOW, UTC).isoformat()
        person_at = datetime.fromtimestamp(end or NOW + 3, UTC).isoformat()
        for which, at in ((LAST_REVIEW, review_at), (LAST_PERSON, person_at)):
            await wait_state(scene, which, at)
        (asked,) = media_of(scene).asked("/api/events")
        assert dict(asked.query) == {
            "cameras": CAMERA,
            "labels": "person",
            "has_snapshot": "1",
            "limit": "1",
        }
        client = await hass_client()
        assert (await picture(client, scene, LAST_PERSON))[0] == 200
        assert (await picture(client, scene, LAST_REVIEW))[0] == 200


async def test_nothing_happened_yet(hass: HomeAssistant) -> None:
    """Rows without times or ids, and refusals, leave the picture unknown and do no harm."""
    frigate = MediaFrigate()
    frigate.documents["/api/events"] = [{"id": EVENT}, {"start_time": NOW, "id": None}]
    async with media_scene(hass, frigate) as scene:
        await scene.enable(LAST_REVIEW, LAST_PERSON)
        await scene.settle()
        assert scene.state(*LAST_REVIEW) == STATE_UNKNOWN
        assert scene.state(*LAST_PERSON) == STATE_UNKNOWN
        frigate.broken["/api/events"] = 500
        await scene.reload()
        await scene.settle()
        assert scene.state(*LAST_PERSON) == STATE_UNKNOWN
        assert len(frigate.asked("/api/events")) >= 1


async def test_reconnect(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each loss of the server what happened meanwhile is looked up; meanwhile there is no state."""
    monkeypatch.setattr("custom_components.antt_camera.server.LINK_GRACE", 0.0)
    frigate = MediaFrigate()
    async with media_scene(hass, frigate) as scene:
        await scene.enable(LAST_REVIEW)
        await scene.settle()
        frigate.reviews = [review(end_time=NOW + 30)]
        for socket in frigate.served.sockets:
            await socket.close()
        await wait_available(scene.server, available=False)
        assert scene.state(*LAST_REVIEW) == STATE_UNAVAILABLE
        await wait_available(scene.server)
        await wait_state(scene, LAST_REVIEW, datetime.fromtimestamp(NOW + 30, UTC).isoformat())
