"""Videos, decoded as a player would."""

from io import BytesIO

import av
import numpy as np
import pytest

from simulator.media import Media, UnknownCameraError
from tests.unit.simulator.media_world import NOON, FakeWorld


def decoded(body: bytes) -> list[av.VideoFrame]:
    with av.open(BytesIO(body), "r") as container:
        return list(container.decode(video=0))


def red_at(frame: av.VideoFrame) -> float:
    pixels = frame.to_ndarray(format="rgb24").astype(int)
    red = (pixels[:, :, 0] > 140) & (pixels[:, :, 1] < 90) & (pixels[:, :, 2] < 90)
    red[: pixels.shape[0] // 3] = False
    assert red.any()
    return float(np.nonzero(red)[1].mean() / pixels.shape[1])


@pytest.fixture
def media() -> Media:
    return Media(FakeWorld(time=NOON + 7200))


def test_clip_has_its_length_and_shows_the_movement(media: Media) -> None:
    body = media.clip("gate", NOON, NOON + 6)
    with av.open(BytesIO(body), "r") as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(6, abs=0.3)
    frames = decoded(body)
    assert (frames[0].width, frames[0].height, len(frames)) == (640, 360, 30)
    assert red_at(frames[-1]) - red_at(frames[0]) == pytest.approx(0.58, abs=0.05)


def test_the_index_of_a_clip_is_in_front(media: Media) -> None:
    for seconds in (2, 90):
        body = media.clip("yard", NOON, NOON + seconds)
        assert 0 < body.find(b"moov") < body.find(b"mdat")


def test_an_hour_of_clip_costs_no_more_than_its_beginning(media: Media) -> None:
    body = media.clip("yard", NOON, NOON + 3600)
    with av.open(BytesIO(body), "r") as container:
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(3600, abs=1)


def test_nothing_beyond_now() -> None:
    media = Media(FakeWorld(time=NOON + 10))
    assert len(decoded(media.clip("gate", NOON, NOON + 600))) == 50


def test_clip_of_an_unknown_camera(media: Media) -> None:
    with pytest.raises(UnknownCameraError):
        media.clip("nowhere", NOON, NOON + 5)


def test_hls_segments_play_in_a_row_and_each_alone(media: Media) -> None:
    made = media.vod_playlist("gate", NOON, NOON + 24)
    assert len(made.segments) == 3
    assert made.index.count("#EXTINF") == 3
    assert "#EXTINF:4.000,\nseg-3-v1.m4s\n#EXT-X-ENDLIST" in made.index
    assert '#EXT-X-MAP:URI="init-v1.mp4"' in made.index
    assert "index-v1.m3u8" in made.master
    frames = decoded(made.init + b"".join(made.segments))
    times = [frame.time for frame in frames]
    assert times == pytest.approx([number / 5 for number in range(120)], abs=0.01)
    alone = decoded(made.init + made.segments[1])
    assert len(alone) == 50
    assert alone[0].time == pytest.approx(10, abs=0.01)
    assert red_at(alone[0]) == pytest.approx(1.0 % 0.8 + 0.05, abs=0.05)


def test_hls_of_the_oldest_release_is_a_transport_stream() -> None:
    made = Media(FakeWorld(release="0.16", time=NOON + 60)).vod_playlist("gate", NOON, NOON + 20)
    assert made.init == b""
    assert "seg-2-v1.ts" in made.index
    assert "EXT-X-MAP" not in made.index
    assert made.segments[0][0] == 0x47
    assert len(decoded(b"".join(made.segments))) == 100


def test_hls_segment_numbers_end_where_the_playlist_ends(media: Media) -> None:
    made = media.vod_playlist("yard", NOON, NOON + 3600)
    assert len(made.segments) == 360
    with pytest.raises(IndexError):
        made.segments[360]
