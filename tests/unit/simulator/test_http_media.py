"""Pictures, clips, HLS and files of the simulated server."""

import asyncio
from io import BytesIO
import re
from typing import Any

import av
from PIL import Image
import pytest

from simulator.rows import EventRow
from tests.unit.simulator.http_rig import GATE, MARKET, Answer, Wire, serving
from tests.unit.simulator.media_world import NOON

pytestmark = pytest.mark.usefixtures("socket_enabled")


def opened(answer: Answer, kind: str = "JPEG") -> Image.Image:
    assert answer.status == 200, answer
    image = Image.open(BytesIO(answer.body))
    assert image.format == kind
    return image


def seconds(body: bytes) -> float:
    """Length of a video, by its frames."""
    with av.open(BytesIO(body), "r") as container:
        frames = [frame.time for frame in container.decode(video=0) if frame.time is not None]
    assert frames
    return frames[-1] - frames[0]


def ended(wire: Wire, **fields: Any) -> EventRow:
    """The newest object that has ended and has the given fields."""
    rows = (
        row
        for row in wire.sim.frigate.db.events.values()
        if row.end_time is not None
        and row.data["type"] == "object"
        and all(getattr(row, name) == value for name, value in fields.items())
    )
    return max(rows, key=lambda row: row.start_time)


async def test_latest_pictures_in_every_size_and_kind() -> None:
    async with serving() as wire:
        for extension, kind in (("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")):
            answer = await wire.get(f"/api/{GATE}/latest.{extension}?height=180")
            image = opened(answer, kind)
            assert image.size == (320, 180)
            assert answer.headers["Content-Type"] == f"image/{kind.lower()}"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "X-Frigate-Offline" not in answer.headers
        plain = opened(await wire.get(f"/api/{GATE}/latest.jpg"))
        for ignored in ("height=abc", "height=0"):
            assert opened(await wire.get(f"/api/{GATE}/latest.jpg?{ignored}")).size == plain.size
        zones = await wire.get(f"/api/{GATE}/latest.png?height=180&zones=1")
        assert zones.body != (await wire.get(f"/api/{GATE}/latest.png?height=180")).body
        bad = await wire.get(f"/api/{GATE}/latest.bmp")
        assert bad.status == 422
        assert bad.json["detail"][0]["type"] == "enum"
        assert (await wire.get("/api/nope/latest.jpg")).status == 404
        assert (await wire.ask("HEAD", f"/api/{GATE}/latest.jpg")).status == 405


@pytest.mark.parametrize(("release", "said"), [("0.17", None), ("0.18", "true")])
async def test_an_offline_camera_has_a_picture_all_the_same(release: str, said: str | None) -> None:
    async with serving(release) as wire:
        live = await wire.get(f"/api/{GATE}/latest.jpg?height=180")
        wire.sim.frigate.command(f"{GATE}/enabled/set", "OFF")
        answer = await wire.get(f"/api/{GATE}/latest.jpg?height=180")
        opened(answer)
        assert answer.body != live.body
        assert answer.headers.get("X-Frigate-Offline") == said


@pytest.mark.parametrize(("release", "honoured"), [("0.17", False), ("0.18", True)])
async def test_snapshots_of_objects_that_ended(release: str, honoured: bool) -> None:
    async with serving(release) as wire:
        row = ended(wire, has_snapshot=True)
        plain = await wire.get(f"/api/events/{row.id}/snapshot.jpg")
        opened(plain)
        small = opened(await wire.get(f"/api/events/{row.id}/snapshot.jpg?height=100"))
        assert (small.height == 100) is honoured
        assert ("X-Frame-Time" in plain.headers) is honoured


async def test_a_snapshot_of_a_running_object_follows_the_options() -> None:
    async with serving("0.17", scene="empty", cameras=None) as wire:
        walker = wire.sim.frigate.stage.place("front_door", "person", (0.2, 0.3, 0.3, 0.9))
        for number in range(20):
            walker.move((0.2 + number * 0.03, 0.3, 0.3 + number * 0.03, 0.9))
            wire.sim.frigate.step(0.2)
        (row,) = wire.sim.frigate.db.events.values()
        assert row.end_time is None
        answer = await wire.get(f"/api/events/{row.id}/snapshot.jpg?height=100")
        assert opened(answer).height == 100
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("release", "good", "bad", "kind"),
    [
        ("0.16", "png", "webp", "PNG"),
        ("0.17", "webp", "png", "WEBP"),
        ("0.18", "webp", "png", "WEBP"),
    ],
)
async def test_the_clean_snapshot(release: str, good: str, bad: str, kind: str) -> None:
    async with serving(release) as wire:
        row = ended(wire, has_snapshot=True)
        path = f"/api/events/{row.id}/snapshot-clean"
        opened(await wire.get(f"{path}.{good}"), kind)
        assert (await wire.get(f"{path}.{bad}")).status == 404
        file = f"/clips/{row.camera}-{row.id}-clean"
        opened(await wire.get(f"{file}.{good}"), kind)
        assert (await wire.get(f"{file}.{bad}")).status == 404


@pytest.mark.parametrize(("release", "status"), [("0.16", 200), ("0.17", 200), ("0.18", 404)])
async def test_the_stored_snapshot(release: str, status: int) -> None:
    async with serving(release) as wire:
        row = ended(wire, has_snapshot=True)
        answer = await wire.get(f"/clips/{row.camera}-{row.id}.jpg")
        assert answer.status == status
        if status == 200:
            assert answer.headers["Content-Type"] == "image/jpeg"
            opened(answer)


async def test_thumbnails() -> None:
    async with serving() as wire:
        row = ended(wire, has_snapshot=True)
        square = opened(await wire.get(f"/api/events/{row.id}/thumbnail.jpg"))
        wide = opened(await wire.get(f"/api/events/{row.id}/thumbnail.jpg?format=android"))
        assert wide.width == 2 * wide.height
        assert square.width < wide.width
        opened(await wire.get(f"/api/events/{row.id}/thumbnail.webp"), "WEBP")
        review = next(iter(wire.sim.frigate.db.reviews.values()))
        path = review.thumb_path.removeprefix("/media/frigate")
        stored = await wire.get(path)
        opened(stored, "WEBP")
        assert stored.headers["Content-Type"] == "application/octet-stream"
        assert (await wire.get(path.replace(review.camera, "nope"))).status == 404


async def test_what_is_missing_says_so_in_its_own_way() -> None:
    async with serving() as wire:
        single = await wire.get("/api/events/nope")
        assert (single.status, single.json) == (404, "Event not found")
        clip = await wire.get("/api/events/nope/clip.mp4")
        assert (clip.status, clip.json) == (404, {"success": False, "message": "Event not found"})
        for path in ("snapshot.jpg", "thumbnail.jpg"):
            answer = await wire.get(f"/api/events/nope/{path}")
            assert answer.status == 404
            assert answer.json["success"] is False
        vod = await wire.get("/vod/event/nope/master.m3u8")
        assert (vod.status, vod.headers["Content-Type"]) == (404, "text/html")
        none = await wire.get(f"/api/{GATE}/start/1000/end/1010/clip.mp4")
        assert none.status == 400
        assert none.json["message"] == "No recordings found for the specified time range"
        bad = await wire.get(f"/api/{GATE}/start/x/end/1010/clip.mp4")
        assert bad.status == 422
        row = ended(wire)
        row.has_clip = row.has_snapshot = False
        for path in ("clip.mp4", "snapshot.jpg", "snapshot-clean.webp"):
            assert (await wire.get(f"/api/events/{row.id}/{path}")).status == 404


async def test_a_clip_is_made_on_the_fly() -> None:
    async with serving() as wire:
        row = ended(wire, has_clip=True, camera=GATE)
        assert row.end_time is not None
        path = f"/api/events/{row.id}/clip.mp4"
        answer = await wire.get(path, headers={"Range": "bytes=0-9"})
        assert answer.status == 200, "ranges are ignored"
        assert "Content-Length" not in answer.headers
        assert answer.headers["Content-Type"] == "video/mp4"
        length = row.end_time - row.start_time
        assert seconds(answer.body) == pytest.approx(length, abs=4.5)
        padded = await wire.get(f"{path}?padding=10")
        assert seconds(padded.body) - seconds(answer.body) == pytest.approx(20, abs=4.5)
        head = await wire.ask("HEAD", path)
        assert (head.status, head.body) == (200, b"")
        start, end = NOON - 100, NOON - 90
        clip = await wire.get(f"/api/{GATE}/start/{start}/end/{end}/clip.mp4")
        assert seconds(clip.body) == pytest.approx(10, abs=2.5)


def names(playlist: str) -> list[str]:
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize(("release", "suffix"), [("0.16", "ts"), ("0.18", "m4s")])
async def test_hls_plays(release: str, suffix: str) -> None:
    async with serving(release) as wire:
        base = f"/vod/{GATE}/start/{NOON - 100}/end/{NOON - 80}"
        master = await wire.get(f"{base}/master.m3u8")
        assert master.headers["Content-Type"] == "application/vnd.apple.mpegurl"
        (index_name,) = names(master.text)
        index = await wire.get(f"{base}/{index_name.rpartition('/')[2]}")
        parts = [name.rpartition("/")[2] for name in names(index.text)]
        assert parts
        assert all(part.endswith(f".{suffix}") for part in parts)
        body = b""
        if start := re.search(r'EXT-X-MAP:URI="([^"]+)"', index.text):
            body += (await wire.get(f"{base}/{start[1].rpartition('/')[2]}")).body
        assert bool(body) is (suffix == "m4s")
        answers = [await wire.get(f"{base}/{part}") for part in parts]
        assert {one.headers["Content-Type"] for one in answers} == {
            "video/mp2t" if suffix == "ts" else "video/mp4"
        }
        assert seconds(body + b"".join(one.body for one in answers)) == pytest.approx(20, abs=4.5)
        beyond = re.sub(r"\d+", "999", parts[0], count=1)
        assert (await wire.get(f"{base}/{beyond}")).status == 404
        piece = await wire.get(f"{base}/{parts[0]}", headers={"Range": "bytes=0-99"})
        assert (piece.status, piece.body) == (206, answers[0].body[:100])


async def test_hls_of_an_object_and_of_an_hour() -> None:
    async with serving() as wire:
        row = ended(wire, has_clip=True)
        answer = await wire.get(f"/vod/event/{row.id}/index.m3u8")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.text.startswith("#EXTM3U")
        assert (
            await wire.get(f"/vod/2026-11/24/10/{GATE}/Asia,Ho_Chi_Minh/index.m3u8")
        ).status == 200
        assert (
            await wire.get(f"/vod/2026-11/24/13/{GATE}/Asia,Ho_Chi_Minh/index.m3u8")
        ).status == 404
        assert (await wire.get(f"/vod/2026-11/x/13/{GATE}/index.m3u8")).status == 404
        mapping = await wire.json(f"/api/vod/event/{row.id}")
        assert mapping["sequences"][0]["clips"][0]["path"].startswith("/media/frigate/recordings/")
        assert sum(mapping["durations"]) > 0


async def test_files_by_range() -> None:
    async with serving() as wire:
        row = ended(wire, has_snapshot=True)
        path = f"/clips/{row.camera}-{row.id}-clean.webp"
        whole = await wire.get(path)
        assert whole.headers["Accept-Ranges"] == "bytes"
        size = len(whole.body)
        for wanted, status, part in (
            ("bytes=0-9", 206, whole.body[:10]),
            ("bytes=10-", 206, whole.body[10:]),
            ("bytes=-5", 206, whole.body[-5:]),
            ("nonsense", 200, whole.body),
        ):
            answer = await wire.get(path, headers={"Range": wanted})
            assert (answer.status, answer.body) == (status, part), wanted
        first = await wire.get(path, headers={"Range": "bytes=0-9"})
        assert first.headers["Content-Range"] == f"bytes 0-9/{size}"
        beyond = await wire.get(path, headers={"Range": f"bytes={size}-"})
        assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")


async def test_the_folders_of_recordings() -> None:
    async with serving() as wire:
        days = await wire.get("/recordings/")
        day = days.json[-1]["name"]
        assert day == "2026-11-24"
        hours = await wire.get(f"/recordings/{day}/")
        hour = hours.json[-1]["name"]
        assert hour == "04", "in UTC"
        cameras = await wire.get(f"/recordings/{day}/{hour}/")
        assert GATE in [row["name"] for row in cameras.json]
        files = (await wire.get(f"/recordings/{day}/{hour}/{GATE}/")).json
        assert files[0]["type"] == "file"
        names_of_hour = [row["name"] for row in files]
        assert names_of_hour == sorted(names_of_hour)
        assert len(set(names_of_hour)) == 360
        video = await wire.get(f"/recordings/{day}/{hour}/{GATE}/{names_of_hour[0]}")
        assert seconds(video.body) == pytest.approx(10, abs=2.5)
        assert (await wire.get(f"/recordings/{day}/{hour}/{GATE}/99.99.mp4")).status == 404
        assert (await wire.get("/recordings/today/")).status == 404


async def test_previews() -> None:
    async with serving() as wire:
        listed = await wire.json(f"/api/preview/{GATE}/start/{NOON - 7200}/end/{NOON}")
        assert [row["camera"] for row in listed] == [GATE, GATE]
        video = await wire.get(listed[0]["src"])
        assert video.headers["Content-Type"] == "video/mp4"
        assert seconds(video.body) > 0
        assert (await wire.get(f"/api/preview/{GATE}/start/1000/end/2000")).status == 404
        row = ended(wire, has_clip=True)
        gif = opened(await wire.get(f"/api/events/{row.id}/preview.gif"), "GIF")
        assert getattr(gif, "n_frames", 1) > 1
        review = next(iter(wire.sim.frigate.db.reviews))
        opened(await wire.get(f"/api/review/{review}/preview"), "GIF")
        assert seconds((await wire.get(f"/api/review/{review}/preview?format=mp4")).body) > 0


async def test_the_newest_picture_of_a_label() -> None:
    async with serving() as wire:
        row = wire.sim.frigate.db.latest_event(GATE, "person")
        assert row is not None
        newest = await wire.get(f"/api/{GATE}/person/snapshot.jpg")
        assert newest.headers["X-Frame-Time"] == str(
            row.data.get("snapshot_frame_time") or row.start_time
        )
        opened(await wire.get(f"/api/{GATE}/any/thumbnail.jpg"))
        opened(await wire.get(f"/api/{GATE}/elephant/snapshot.jpg"))
        assert (await wire.get(f"/api/{GATE}/elephant/thumbnail.jpg")).status == 404


async def test_a_camera_alone_is_an_endless_stream() -> None:
    async with asyncio.timeout(30), serving() as wire:
        url = f"{wire.sim.url}/api/{GATE}?fps=20&height=100"
        async with wire.session.get(url) as response:
            assert response.content_type == "multipart/x-mixed-replace"
            for _ in range(3):
                await response.content.readuntil(b"Content-Type: image/jpeg\r\n\r\n")
                frame = await response.content.readuntil(b"\r\n\r\n--frame")
                assert Image.open(BytesIO(frame)).height == 100


async def test_webrtc_is_refused_for_unknown_streams_and_bad_offers() -> None:
    async with serving() as wire:
        unknown = await wire.ask("POST", "/api/go2rtc/webrtc?src=nope", data="v=0")
        assert unknown.status == 404
        bad = await wire.ask("POST", f"/api/go2rtc/webrtc?src={MARKET}", data="v=0")
        assert (bad.status, bad.text) == (500, "webrtc: codecs not matched")
        assert (await wire.get(f"/api/go2rtc/webrtc?src={MARKET}")).status == 405
