"""Live video, played by real clients: ffmpeg over RTSP, a WebRTC peer, a transport stream reader."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from io import BytesIO
from threading import Event
import time
from typing import override

import av
import pytest

from simulator.media import Media, RtspServer, UnknownStreamError
from simulator.media.frames import FRAMES_PER_SECOND
from simulator.media.rtp import LARGEST, Packetizer, nal_units
from tests.unit.simulator.media_world import NOON, SPEED, FakeWorld
from tests.unit.simulator.test_media_video import red_at
from tests.unit.simulator.webrtc_peer import Ask, watched

pytestmark = pytest.mark.usefixtures("socket_enabled")

PLAYER = {"rtsp_transport": "tcp", "timeout": "5000000", "analyzeduration": "500000"}


class RunningWorld(FakeWorld):
    """Its clock runs."""

    def __init__(self) -> None:
        super().__init__()
        self._began = time.monotonic()

    @override
    def now(self) -> float:
        return NOON + time.monotonic() - self._began


@pytest.fixture
def world() -> RunningWorld:
    return RunningWorld()


@pytest.fixture
async def media(world: RunningWorld) -> AsyncIterator[Media]:
    media = Media(world)
    yield media
    await media.close()


@pytest.fixture
async def rtsp(media: Media) -> AsyncIterator[RtspServer]:
    server = RtspServer(media)
    await server.start()
    yield server
    await server.stop()


def play(url: str, count: int, began: Event | None = None) -> list[tuple[float, float]]:
    """Time and place of the red figure in the first frames of a stream."""
    with av.open(url, options=PLAYER, timeout=10) as container:
        found: list[tuple[float, float]] = []
        for frame in container.decode(video=0):
            if frame.time is None:
                # FFmpeg gives no time to the first frame of any RTSP stream.
                assert not found
                continue
            found.append((frame.time, red_at(frame)))
            if began is not None:
                began.set()
            if len(found) == count:
                break
    return found


@asynccontextmanager
async def playing(rtsp: RtspServer) -> AsyncIterator[asyncio.Task[list[tuple[float, float]]]]:
    """A player that has begun to play the gate and goes on until the server ends the stream."""
    began = Event()
    player = asyncio.create_task(asyncio.to_thread(play, f"{rtsp.url}/gate", 10_000, began))
    assert await asyncio.to_thread(began.wait, 30)
    yield player
    async with asyncio.timeout(30):
        assert len(await player) < 10_000


async def test_rtsp_plays_and_moves(rtsp: RtspServer) -> None:
    found = await asyncio.to_thread(play, f"{rtsp.url}/gate", 10)
    times = [moment for moment, _ in found]
    assert times == sorted(set(times))
    assert times[-1] - times[0] >= 9 / FRAMES_PER_SECOND - 0.01
    for moment, place in found:
        walked = (moment - times[0]) * SPEED
        # However slow the machine, the clock of the stream is that of the world; the figure starts over at 0.8.
        off = (place - found[0][1] - walked) % 0.8
        assert min(off, 0.8 - off) < 0.05


async def test_rtsp_of_a_named_stream_and_of_many_viewers_encodes_once(
    rtsp: RtspServer, media: Media
) -> None:
    players = [
        asyncio.create_task(asyncio.to_thread(play, f"{rtsp.url}/{name}", 8))
        for name in ("gate", "gate_main", "gate", "gate")
    ]
    most = 0
    while not all(player.done() for player in players):
        most = max(most, len(media.running))
        await asyncio.sleep(0.05)
    assert [len(await player) for player in players] == [8] * 4
    assert most == 1
    async with asyncio.timeout(20):
        while media.running:  # noqa: ASYNC110  # Nothing tells of the last viewer leaving.
            await asyncio.sleep(0.02)


async def test_rtsp_refuses_unknown_streams_and_offline_cameras(
    rtsp: RtspServer, world: RunningWorld
) -> None:
    with pytest.raises(av.error.HTTPNotFoundError):
        await asyncio.to_thread(play, f"{rtsp.url}/nowhere", 1)
    world.is_offline = True
    with pytest.raises(av.error.HTTPNotFoundError):
        await asyncio.to_thread(play, f"{rtsp.url}/gate", 1)


async def test_rtsp_ends_when_the_camera_fails(rtsp: RtspServer, world: RunningWorld) -> None:
    async with playing(rtsp):
        world.is_offline = True


async def test_rtsp_asks_udp_clients_to_use_tcp_and_survives_nonsense(rtsp: RtspServer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", rtsp.port)
    setup = f"SETUP {rtsp.url}/gate/trackID=0 RTSP/1.0\r\nCSeq: 1\r\n"
    writer.write(f"{setup}Transport: RTP/AVP;unicast;client_port=5000-5001\r\n\r\n".encode())
    assert (await reader.readline()).startswith(b"RTSP/1.0 461")
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"nonsense\r\n\r\n")
    assert await reader.read() == b""
    writer.close()
    assert len(await asyncio.to_thread(play, f"{rtsp.url}/gate", 2)) == 2


async def test_rtsp_starts_again_on_its_port(rtsp: RtspServer) -> None:
    port = rtsp.port
    async with playing(rtsp):
        await rtsp.stop()
    with pytest.raises(RuntimeError):
        _ = rtsp.port
    await rtsp.start()
    assert rtsp.port == port
    assert len(await asyncio.to_thread(play, f"{rtsp.url}/gate", 2)) == 2


def gate(media: Media) -> Ask:
    return partial(media.webrtc_answer, "gate")


@pytest.mark.parametrize("candidates", [True, False])
async def test_webrtc(media: Media, candidates: bool) -> None:
    async with asyncio.timeout(20), watched(gate(media), candidates=candidates) as third:
        frame = await third
    assert (frame.width, frame.height) == (640, 360)
    assert 0 < red_at(frame) < 1


async def test_webrtc_peers_end_with_the_server(media: Media) -> None:
    async with asyncio.timeout(20), watched(gate(media)) as third:
        await third
        assert media.peers == 1
        await media.close()
        assert (media.peers, media.running) == (0, ())


async def test_a_webrtc_peer_that_leaves_ends_the_encoding(media: Media) -> None:
    async with asyncio.timeout(20):
        async with watched(gate(media)) as third:
            await third
            assert media.running == ("gate",)
        while media.peers or media.running:  # noqa: ASYNC110  # Nothing tells of it.
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("offer", ["", "v=0", "nonsense H264/90000"])
async def test_webrtc_refuses_what_is_no_offer(media: Media, offer: str) -> None:
    with pytest.raises(ValueError, match="webrtc"):
        await media.webrtc_answer("gate", offer)
    assert media.peers == 0


async def test_webrtc_of_an_offline_camera(media: Media, world: RunningWorld) -> None:
    world.is_offline = True
    with pytest.raises(UnknownStreamError):
        await media.webrtc_answer("gate", "v=0")


async def test_mpegts_is_what_jsmpeg_plays(media: Media) -> None:
    body = b""
    async with asyncio.timeout(30), aclosing(media.mpegts("gate")) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > 100_000 or body.count(b"\x00\x00\x01\x00") > 8:
                break
    assert body[0] == 0x47
    with av.open(BytesIO(body), "r") as container:
        assert container.streams.video[0].codec_context.name == "mpeg1video"
        assert len(list(container.decode(video=0))) >= 4


def test_packets_of_a_large_frame_join_to_the_same_frame() -> None:
    large, small = b"\x65" + bytes(range(1, 256)) * 20, b"\x67abc"
    packets = Packetizer(7).packets(b"\0\0\0\1" + small + b"\0\0\1" + large, 1234)
    assert nal_units(b"\0\0\0\1" + small + b"\0\0\1" + large) == [small, large]
    assert all(len(packet) <= LARGEST + 14 for packet in packets)
    assert [packet[1] >> 7 for packet in packets] == [0] * (len(packets) - 1) + [1]
    assert [int.from_bytes(packet[2:4]) for packet in packets] == list(range(len(packets)))
    assert packets[0][12:] == small
    joined = bytes((packets[1][12] & 0xE0 | packets[1][13] & 0x1F,))
    assert joined + b"".join(packet[14:] for packet in packets[1:]) == large
