"""What else the integration may ask for: motion of reviews, single frames, labels, storage, summaries by a model."""

from io import BytesIO

import av
from PIL import Image
import pytest

from tests.unit.simulator.http_rig import GATE, OFFICE, serving
from tests.unit.simulator.media_world import NOON

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def test_motion_by_the_time() -> None:
    async with serving() as wire:
        query = f"after={NOON - 600}&before={NOON}&scale=60"
        rows = await wire.json(f"/api/review/activity/motion?cameras={GATE},{OFFICE}&{query}")
        assert 10 <= len(rows) <= 12
        starts = [row["start_time"] for row in rows]
        assert starts == sorted(starts)
        assert all(start % 60 == 0 for start in starts)
        assert max(row["motion"] for row in rows) == 100
        assert {row["camera"] for row in rows} == {f"{GATE},{OFFICE}"}
        token = await wire.log_in("chi")
        cut = await wire.json(f"/api/review/activity/motion?{query}", token)
        assert GATE not in cut[0]["camera"]


async def test_a_summary_of_reviews_needs_a_language_model() -> None:
    async with serving() as wire:
        path = f"/api/review/summarize/start/{NOON - 7200}/end/{NOON}"
        assert wire.sim.frigate.config["genai"]
        told = await wire.ask("POST", path)
        assert told.json["success"] is True
        assert told.json["summary"].startswith("# Security Summary")
        quiet = await wire.ask("POST", "/api/review/summarize/start/1000/end/2000")
        assert "No concerns" in quiet.json["summary"]
        wire.sim.frigate.config["genai"] = {}
        assert (await wire.ask("POST", path)).status == 400


async def test_single_frames_of_recordings() -> None:
    async with serving() as wire:
        path = f"/api/{GATE}/recordings/{NOON - 60}/snapshot.png"
        answer = await wire.get(f"{path}?height=180")
        assert Image.open(BytesIO(answer.body)).size == (320, 180)
        assert (await wire.get(f"/api/{GATE}/recordings/1000.0/snapshot.jpg")).status == 404
        assert (await wire.get(f"/api/{GATE}/recordings/{NOON}/snapshot.webp")).status == 422


async def test_moving_previews_and_clips_of_a_label() -> None:
    async with serving() as wire:
        gif = await wire.get(f"/api/{GATE}/start/{NOON - 60}/end/{NOON - 50}/preview.gif")
        image = Image.open(BytesIO(gif.body))
        assert image.format == "GIF"
        assert getattr(image, "n_frames", 1) > 1
        clip = await wire.get(f"/api/{GATE}/person/clip.mp4")
        with av.open(BytesIO(clip.body), "r") as container:
            assert len(list(container.decode(video=0))) > 5
        assert (await wire.get(f"/api/{GATE}/elephant/clip.mp4")).status == 404
        review = next(iter(wire.sim.frigate.db.reviews))
        assert (await wire.get(f"/api/review/{review}/clip.mp4")).status == 200


async def test_birdseye_is_there_only_where_it_is_restreamed() -> None:
    async with serving() as wire:
        token = await wire.log_in("binh")
        wire.sim.frigate.config["birdseye"]["restream"] = False
        assert (await wire.get("/api/birdseye/latest.jpg")).status == 404
        wire.sim.frigate.config["birdseye"]["restream"] = True
        assert (await wire.get("/api/birdseye/latest.jpg")).status == 200
        assert (await wire.get("/api/birdseye/latest.jpg", token)).status == 403


async def test_labels_plates_and_logs() -> None:
    async with serving() as wire:
        rows = wire.sim.frigate.db.events.values()
        of_gate = await wire.json(f"/api/labels?camera={GATE}")
        assert of_gate == sorted({row.label for row in rows if row.camera == GATE})
        next(iter(rows)).data["recognized_license_plate"] = "36A-123.45"
        assert "36A-123.45" in await wire.json("/api/recognized_license_plates")
        next(iter(rows)).sub_label = "An, Bình"
        split = await wire.json("/api/sub_labels?split_joined=1")
        assert {"An", "Bình"} <= set(split)
        assert (await wire.get("/api/logs/frigate")).status == 500
        assert (await wire.json("/api/notifications/pubkey")).startswith("B")
        assert (await wire.get("/api/")).text == "Frigate is running. Alive and healthy!"


async def test_recordings_can_be_deleted() -> None:
    async with serving() as wire:
        query = f"after={NOON - 100}&before={NOON}"
        path = f"/api/recordings/start/{NOON - 200}/end/{NOON}?cameras={GATE}"
        token = await wire.log_in("binh")
        assert (await wire.ask("DELETE", path, token)).status == 403
        assert await wire.json(f"/api/{GATE}/recordings?{query}") != []
        assert (await wire.ask("DELETE", path)).status == 200
        assert await wire.json(f"/api/{GATE}/recordings?{query}") == []
        assert await wire.json(f"/api/{OFFICE}/recordings?{query}") != []
