"""A browser's side of WebRTC."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
import av

from simulator.media.webrtc import offer_loopback

# Takes an SDP offer, gives the answer.
type Ask = Callable[[str], Awaitable[str]]


@asynccontextmanager
async def watched(
    ask: Ask, *, candidates: bool = True
) -> AsyncIterator[asyncio.Future[av.VideoFrame]]:
    """A browser that watches a camera by WebRTC; the future gets its third frame."""
    browser = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    browser.addTransceiver("video", direction="recvonly")
    browser.addTransceiver("audio", direction="recvonly")
    offer_loopback(browser)
    third: asyncio.Future[av.VideoFrame] = asyncio.get_running_loop().create_future()

    @browser.on("track")
    async def receive(track: MediaStreamTrack) -> None:
        if track.kind != "video":
            return
        with suppress(MediaStreamError):
            for _ in range(3):
                frame = await track.recv()
            assert isinstance(frame, av.VideoFrame)
            third.set_result(frame)

    try:
        await browser.setLocalDescription(await browser.createOffer())
        lines = browser.localDescription.sdp.splitlines()
        if not candidates:
            lines = [line for line in lines if "candidate" not in line]
        answer = await ask("\r\n".join([*lines, ""]))
        await browser.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        yield third
    finally:
        await browser.close()
