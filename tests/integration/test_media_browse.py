"""The media browser: folders, filters, pages, days and hours, and what can be played."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from homeassistant.components.media_player import BrowseError
from homeassistant.components.media_source import (
    BrowseMediaSource,
    Unresolvable,
    async_browse_media,
    async_resolve_media,
)
from homeassistant.core import HomeAssistant
import pytest

from .conftest import make_commune, set_up
from .live_frigate import CAMERA, NOW, full_camera, review, tracked
from .media_frigate import EVENT, MediaFrigate, media_of, media_scene
from .small_frigate import running

ROOT = "media-source://antt_camera"
SUMMARY = f"/api/{CAMERA}/recordings/summary"
AT = datetime.fromtimestamp(NOW, UTC).strftime("%d/%m/%Y %H:%M:%S")


@pytest.fixture(autouse=True)
async def settings(hass: HomeAssistant) -> None:
    """English words and UTC, unless a test says otherwise."""
    await hass.config.async_set_time_zone("UTC")


async def browse(hass: HomeAssistant, where: str = "") -> BrowseMediaSource:
    """Open a folder by what follows the media source's name, or by a whole id."""
    target = where if where.startswith("media-source") else f"{ROOT}/{where}".rstrip("/")
    found = await async_browse_media(hass, target)
    assert isinstance(found, BrowseMediaSource)
    assert found.can_expand
    return found


def titles(folder: BrowseMediaSource) -> list[str]:
    """Titles of what is in a folder."""
    return [child.title for child in folder.children or ()]


def ids(folder: BrowseMediaSource) -> dict[str, str]:
    """Content ids by title."""
    return {child.title: child.media_content_id for child in folder.children or ()}


async def test_top(hass: HomeAssistant) -> None:
    """One server opens at once; several are told apart."""
    frigate = MediaFrigate()
    async with media_scene(hass, frigate):
        assert titles(await browse(hass)) == [
            "Reviews",
            "Tracked objects",
            "Recordings",
            "Exports",
        ]
        assert (await browse(hass)).as_dict()["can_search"] is True
    second = MediaFrigate(cameras={"sau_nha": full_camera("Sau nhà")})
    async with running(MediaFrigate()) as first, running(second):
        entry = make_commune(hass, first.url, second.url, ids="both")
        await set_up(hass, entry)
        top = await browse(hass)
        assert titles(top) == ["Frigate 1", "Frigate 2"]
        assert top.as_dict()["can_search"] is True
        for title, camera in (("Frigate 1", "Cổng trước"), ("Frigate 2", "Sau nhà")):
            recordings = ids(await browse(hass, ids(top)[title]))["Recordings"]
            assert titles(await browse(hass, recordings)) == [camera]
        assert await hass.config_entries.async_unload(entry.entry_id)
        assert titles(await browse(hass)) == []
        with pytest.raises(BrowseError):
            await browse(hass, "both1/recordings")


async def test_recordings(hass: HomeAssistant) -> None:
    """Cameras, their days, newest first, and the hours of a day, each played as it is on the clock."""
    frigate = MediaFrigate()
    frigate.documents[SUMMARY] = [
        {"day": "2026-11-23", "hours": [{"hour": "23"}]},
        {"day": "2026-11-24", "hours": [{"hour": "07"}, {"hour": "6"}, {"hour": 5}]},
    ]
    await hass.config.async_set_time_zone("Asia/Ho_Chi_Minh")
    async with media_scene(hass, frigate) as scene:
        cameras = await browse(hass, "server1/recordings")
        (shown,) = cameras.children or ()
        assert shown.title == "Cổng trước"
        assert shown.thumbnail == f"/api/antt_camera/server1/camera/{CAMERA}/latest.jpg"
        days = await browse(hass, shown.media_content_id)
        assert titles(days) == ["24/11/2026", "23/11/2026"]
        assert dict(media_of(scene).asked(SUMMARY)[0].query) == {"timezone": "Asia/Ho_Chi_Minh"}
        hours = await browse(hass, ids(days)["24/11/2026"])
        assert hours.title == "Cổng trước 24/11/2026"
        assert titles(hours) == ["05:00", "06:00", "07:00"]
        start = int(datetime(2026, 11, 23, 23, tzinfo=UTC).timestamp())
        played = await async_resolve_media(hass, ids(hours)["06:00"], None)
        assert played.mime_type == "application/vnd.apple.mpegurl"
        assert played.url == (
            f"/api/antt_camera/server1/recording/{CAMERA}/{start}/{start + 3600}/hls/index.m3u8"
        )
        picture = (hours.children or ())[1].thumbnail
        expected = f"recording/{CAMERA}/{start + 1800}/snapshot.jpg"
        assert picture == f"/api/antt_camera/server1/{expected}"


@pytest.mark.parametrize(
    ("day", "hour", "start", "length"),
    [
        # Clocks go forward at 02:00 and back at 03:00; the hour that comes twice is one of two hours.
        ("2026-03-29", "01", datetime(2026, 3, 29, 0, tzinfo=UTC), 3600),
        ("2026-03-29", "03", datetime(2026, 3, 29, 1, tzinfo=UTC), 3600),
        ("2026-03-29", "23", datetime(2026, 3, 29, 21, tzinfo=UTC), 3600),
        ("2026-10-25", "01", datetime(2026, 10, 24, 23, tzinfo=UTC), 3600),
        ("2026-10-25", "02", datetime(2026, 10, 25, 0, tzinfo=UTC), 7200),
        ("2026-10-25", "03", datetime(2026, 10, 25, 2, tzinfo=UTC), 3600),
    ],
)
async def test_clock_changes(
    hass: HomeAssistant, day: str, hour: str, start: datetime, length: int
) -> None:
    """An hour is that of the clock on that day, not that of today's offset."""
    frigate = MediaFrigate()
    frigate.documents[SUMMARY] = [{"day": day, "hours": [{"hour": hour}]}]
    await hass.config.async_set_time_zone("Europe/Berlin")
    async with media_scene(hass, frigate):
        (item,) = (await browse(hass, f"server1/recordings/{CAMERA}/{day}")).children or ()
        begin = int(start.timestamp())
        played = await async_resolve_media(hass, item.media_content_id, None)
        assert f"/{begin}/{begin + length}/" in played.url


@pytest.mark.parametrize(
    "answer",
    [
        [{"day": "2026-13-45", "hours": [{"hour": "01"}]}, {"day": None}, {}],
        [{"day": "2026-11-24", "hours": [{"hour": "²"}, {"hour": "24"}, {"hour": None}, 7]}],
        [{"day": "2026-11-24", "hours": None}],
        [{"day": "٢٠٢٦-١١-٢٤", "hours": []}],
    ],
)
async def test_strange_summaries(hass: HomeAssistant, answer: list[dict[str, Any]]) -> None:
    """Days and hours that are none are left out."""
    frigate = MediaFrigate()
    frigate.documents[SUMMARY] = answer
    async with media_scene(hass, frigate):
        days = await browse(hass, f"server1/recordings/{CAMERA}")
        assert titles(days) == (["24/11/2026"] if answer[0]["day"] == "2026-11-24" else [])
        for day in ids(days).values():
            assert titles(await browse(hass, day)) == []
        if not titles(days):
            with pytest.raises(BrowseError):
                await browse(hass, f"server1/recordings/{CAMERA}/{answer[0]['day']}")


async def test_reviews(hass: HomeAssistant) -> None:
    """Reviews by severity and by camera, played with a little before and after, older ones on the next page."""
    frigate = MediaFrigate()
    frigate.reviews = [
        review("1795000001.5-running", start_time=NOW - 2.5),
        review("1795000000.5-first", end_time=NOW + 10.2, severity="alert"),
    ]
    async with media_scene(hass, frigate) as scene:
        top = await browse(hass, "server1/reviews")
        assert titles(top) == ["Alerts", "Detections", "Cổng trước"]
        found = await browse(hass, ids(top)["Alerts"])
        assert titles(found)[0] == f"{AT} · Cổng trước · Person"
        query = dict(media_of(scene).asked("/api/review")[-1].query)
        assert query == {"after": "1.0", "limit": "50", "severity": "alert"}
        first = (found.children or ())[0]
        assert first.thumbnail == (
            f"/api/antt_camera/server1/review/1795000000.5-first/{CAMERA}/thumbnail.webp"
        )
        played = await async_resolve_media(hass, first.media_content_id, None)
        start, end = int(NOW) - 5, int(NOW) + 16
        expected = f"recording/{CAMERA}/{start}/{end}/hls/index.m3u8"
        assert played.url == f"/api/antt_camera/server1/{expected}"

        frigate.reviews = [
            review(f"{int(NOW) - number}.5-a", start_time=NOW - number) for number in range(50)
        ]
        page = await browse(hass, ids(top)["Cổng trước"])
        assert len(page.children or ()) == 51
        assert titles(page)[-1] == "Older…"
        assert page.title == "Cổng trước"
        frigate.reviews = frigate.reviews[:3]
        older = await browse(hass, ids(page)["Older…"])
        assert len(older.children or ()) == 3
        query = dict(media_of(scene).asked("/api/review")[-1].query)
        assert query["cameras"] == CAMERA
        assert float(query["before"]) == NOW - 49


async def test_objects(hass: HomeAssistant) -> None:
    """Tracked objects with their filters, each exact and passed to Frigate; the next page too."""
    frigate = MediaFrigate()
    frigate.rows = [
        tracked(EVENT, sub_label="Lan"),
        tracked("1795000000.2-b", label="car", has_clip=False),
        tracked("1795000000.3-c", has_clip=False, has_snapshot=False),
        {"id": 5, "camera": CAMERA},
        {"id": "1795000000.4-d", "camera": CAMERA, "start_time": None},
    ]
    async with media_scene(hass, frigate) as scene:
        every = await browse(hass, "server1/objects")
        assert titles(every) == [
            "By camera",
            "By object",
            "By zone",
            "Kept",
            f"{AT} · Cổng trước · Person (Lan)",
            f"{AT} · Cổng trước · Car",
        ]
        clip, picture = (every.children or ())[4:]
        assert clip.thumbnail == f"/api/antt_camera/server1/event/{EVENT}/thumbnail.jpg"
        video = await async_resolve_media(hass, clip.media_content_id, None)
        assert video.url == f"/api/antt_camera/server1/event/{EVENT}/hls/index.m3u8"
        image = await async_resolve_media(hass, picture.media_content_id, None)
        assert image.url == "/api/antt_camera/server1/event/1795000000.2-b/snapshot.jpg"
        assert image.mime_type == "image/jpeg"

        asked = await narrow(hass, scene.frigate, every, "By camera", "Cổng trước")
        assert asked == {"cameras": CAMERA, "limit": "50"}
        asked = await narrow(hass, scene.frigate, every, "By object", "Car")
        assert asked == {"labels": "car", "limit": "50"}
        asked = await narrow(hass, scene.frigate, every, "By zone", "Sân")
        assert asked == {"zones": "san", "limit": "50"}
        asked = await narrow(hass, scene.frigate, every, "Kept")
        assert asked == {"favorites": "1", "limit": "50"}
        named = await browse(hass, "server1/objects/name=L%25C3%25AA%252FLan%2526camera%253Dx")
        assert named.title == "Lê/Lan&camera=x"
        last = media_of(scene).asked("/api/events")[-1]
        assert dict(last.query) == {"sub_labels": "Lê/Lan&camera=x", "limit": "50"}

        frigate.rows = [
            tracked(f"{int(NOW) - number}.1-e", start_time=NOW - number) for number in range(50)
        ]
        page = await browse(hass, "server1/objects/label=person&camera=" + CAMERA)
        assert page.title == "Cổng trước · Person"
        older = await browse(hass, ids(page)["Older…"])
        assert titles(older)[0].startswith(AT)
        query = dict(media_of(scene).asked("/api/events")[-1].query)
        assert (query["labels"], query["cameras"]) == ("person", CAMERA)
        assert float(query["before"]) == NOW - 49


async def narrow(
    hass: HomeAssistant, frigate: Any, folder: BrowseMediaSource, *path: str
) -> Mapping[str, str]:
    """Follow titles down and return what Frigate was asked for then."""
    for title in path:
        folder = await browse(hass, ids(folder)[title])
    return dict(frigate.asked("/api/events")[-1].query)


async def test_exports(hass: HomeAssistant) -> None:
    """Finished exports, newest first, as the files they are."""
    frigate = MediaFrigate()
    media = "/media/frigate"
    frigate.documents["/api/exports"] = [
        {
            "id": f"{CAMERA}_{number}",
            "camera": CAMERA,
            "name": f"Vụ_{number}",
            "date": date,
            "video_path": f"{media}/exports/{CAMERA}_{number}.mp4",
            "thumb_path": f"{media}/clips/export/{CAMERA}_{number}.webp",
            "in_progress": number == 3,
        }
        for number, date in ((1, NOW), (2, NOW + 5), (3, NOW + 9), (4, "yesterday"))
    ]
    frigate.documents["/api/exports"] += [{"video_path": "../../config"}, {}]
    async with media_scene(hass, frigate):
        folder = await browse(hass, "server1/exports")
        assert titles(folder) == [
            "Vụ 2 · Cổng trước",
            "Vụ 1 · Cổng trước",
            "Vụ 4 · Cổng trước",
        ]
        first = (folder.children or ())[0]
        assert first.thumbnail == f"/api/antt_camera/server1/export/{CAMERA}_2.webp"
        played = await async_resolve_media(hass, first.media_content_id, None)
        assert played.url == f"/api/antt_camera/server1/export/{CAMERA}_2.mp4"
        assert played.mime_type == "video/mp4"


@pytest.mark.parametrize(
    "where",
    [
        "nobody",
        "nobody/recordings",
        "server1/secrets",
        "server1/recordings/nobody",
        f"server1/recordings/{CAMERA}/2026-11-24/7/8",
        f"server1/recordings/{CAMERA}/../2026-11-24",
        "server1/reviews/severity=alert&user=admin",
        "server1/reviews/before=yesterday",
        "server1/objects/before=-1",
        "server1/objects/by=name",
        "server1/objects/include_thumbnails=1",
    ],
)
async def test_unknown_folders(hass: HomeAssistant, where: str) -> None:
    """What is no folder is said to be none."""
    frigate = MediaFrigate()
    frigate.documents[SUMMARY] = []
    async with media_scene(hass, frigate):
        with pytest.raises(BrowseError):
            await browse(hass, where)


@pytest.mark.parametrize(
    "where",
    [
        "",
        "nobody/play/clip/1.5-a",
        "server1/recordings",
        "server1/play",
        "server1/play/clip",
        "server1/play/clip/..%2F..%2Fconfig",
        "server1/play/snapshot/nothing",
        "server1/play/export/..%2Fx.mp4",
        "server1/play/export/x.webp%0A",
        f"server1/play/recording/{CAMERA}/1/x",
        f"server1/play/recording/{CAMERA}/²/³",
        f"server1/play/recording/{CAMERA}/{'9' * 5000}/1",
        "server1/play/recording/..%2Fx/1/2",
        "server1/play/recording/a/1/2/3",
    ],
)
async def test_unplayable(hass: HomeAssistant, where: str) -> None:
    """What is no medium of a server can't be played, and nothing breaks over it."""
    async with media_scene(hass):
        with pytest.raises(Unresolvable):
            await async_resolve_media(hass, f"{ROOT}/{where}".rstrip("/"), None)


@pytest.mark.parametrize(
    ("path", "where"),
    [
        (SUMMARY, f"server1/recordings/{CAMERA}"),
        ("/api/review", "server1/reviews/severity=alert"),
        ("/api/events", "server1/objects"),
        ("/api/exports", "server1/exports"),
    ],
)
@pytest.mark.parametrize("status", [403, 404, 500, 502])
async def test_errors(hass: HomeAssistant, path: str, where: str, status: int) -> None:
    """What Frigate refuses becomes an error of the media browser, which names the server."""
    async with media_scene(hass) as scene:
        scene.frigate.broken[path] = status
        with pytest.raises(BrowseError, match="Frigate 1"):
            await browse(hass, where)
